"""Is everything said in the language that is spoken, and in English where a catalogue lacks it?"""

import ast
import datetime as dt
import io
import string
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from language_helpers import small_catalogue  # noqa: F401 - a fixture

import theorytopractice
from theorytopractice.assessment.forecast import forecast_of
from theorytopractice.assessment.measures import measure_name
from theorytopractice.assessment.verdict_words import period_text
from theorytopractice.i18n import (
    CHINESE,
    CLAUSES,
    ENGLISH,
    catalogue_text,
    say,
    say_as,
    say_day,
    say_duration,
    say_in_turn,
    say_list,
    say_month,
    say_month_name,
    say_n,
    say_names,
    say_number,
    say_share,
    say_short_day,
    speaking,
    spoken,
    tag,
)
from theorytopractice.model.labels import name_of

DAY = dt.date(2026, 6, 30)


def test_english_is_spoken_unless_another_language_is_asked_for_and_again_afterwards():
    with speaking(CHINESE):
        with speaking(ENGLISH):
            assert spoken() == ENGLISH
        assert (spoken(), tag()) == (CHINESE, "zh-Hans")
    assert (spoken(), tag()) == (ENGLISH, "en")


def test_the_language_is_restored_after_an_error():
    with pytest.raises(ZeroDivisionError), speaking(CHINESE):
        1 / 0  # noqa: B018 - for its error
    assert spoken() == ENGLISH


def test_a_language_without_a_catalogue_is_refused_in_a_sentence():
    with pytest.raises(LookupError, match=r"language.*'fr'.*en.*zh"), speaking("fr"):
        pass


@pytest.mark.parametrize(
    ("spoken_in", "expected"),
    [
        (ENGLISH, ["30 June 2026", "30 Jun 2026", "June 2026", "June", "1,234.5", "43%", "a, b and c", "a, b, c"]),
        (CHINESE, ["2026年6月30日", "2026年6月30日", "2026年6月", "6月", "1,234.5", "43%", "a、b和c", "a、b、c"]),
    ],
)  # fmt: skip
def test_dates_numbers_shares_and_lists_are_written_as_the_language_writes_them(spoken_in, expected):
    with speaking(spoken_in):
        dates = [say_day(DAY), say_short_day(DAY), say_month(DAY), say_month_name(DAY)]
        assert [*dates, say_number(1234.5), say_share(0.43), say_list([*"abc"]), say_names("abc")] == expected


def test_lists_of_none_one_and_two_need_no_comma():
    assert [say_list([]), say_list(["a"]), say_list(["a", "b"])] == ["", "a", "a and b"]


@pytest.mark.parametrize(
    ("spoken_in", "expected"),
    [
        (ENGLISH, ["a or b", "a, b or c", "a, b and 2 more", "a or 3 more", "{0} and {1}"]),
        (CHINESE, ["a或b", "a、b或c", "a、b及其余2个", "a或其余3个之一", "{0}和{1}"]),
    ],
)
def test_a_choice_and_a_long_list_are_written_as_the_language_writes_them(spoken_in, expected):
    with speaking(spoken_in):
        choices = [say_list("ab", "or"), say_list("abc", "or")]
        long = [say_list("abcd", few=2), say_list("abcd", "or", few=1)]
        assert [*choices, *long, say_list(["{0}", "{1}"], few=2)] == expected


@pytest.mark.parametrize(
    ("spoken_in", "expected"),
    [
        (ENGLISH, ["0 days", "1 day", "1 day", "1,234.5 days", "1234.5 days", "1 week", "2 months", "3 years"]),
        (CHINESE, ["0天", "1天", "1天", "1,234.5天", "1234.5天", "1周", "2个月", "3年"]),
    ],
)  # fmt: skip
def test_a_length_of_time_has_the_unit_of_its_number(spoken_in, expected):
    with speaking(spoken_in):
        days = [*map(say_duration, (0, 1, 1.0, 1234.5)), say_duration(1234.5, grouped=False)]
        others = [say_duration(1, "week"), say_duration(2, "month"), say_duration(3, "year")]
        assert [*days, *others] == expected


def test_empty_texts_are_left_out_of_what_is_said_in_turn():
    assert say_in_turn(CLAUSES, ["a", "", "b", "c"]) == "a, b, c"
    assert say_in_turn(CLAUSES, ["", ""]) == ""


def test_braces_in_a_fact_are_not_read_as_fields():
    assert say_in_turn(CLAUSES, ["{first}", "{0}"]) == "{first}, {0}"


@pytest.mark.usefixtures("small_catalogue")
def test_a_translated_message_is_said_in_its_language():
    with speaking(CHINESE):
        assert name_of("on the shelf") == "束之高阁"
        assert say_in_turn(CLAUSES, ["甲", "乙"]) == "甲，乙"
    assert name_of("on the shelf") == "on the shelf"


@pytest.mark.usefixtures("small_catalogue")
def test_a_word_of_several_meanings_is_said_in_the_one_of_its_context():
    with speaking(CHINESE):
        assert say_as("number of actions", "open") == "未完成"
        assert name_of("open") == "open"


@pytest.mark.usefixtures("small_catalogue")
def test_a_message_that_the_catalogue_lacks_is_said_in_english():
    with speaking(CHINESE):
        assert say("No finding is open") == "No finding is open"


@pytest.mark.usefixtures("small_catalogue")
def test_chinese_has_one_plural_form_and_english_two():
    said = {n: say_n("{n} site", "{n} sites", n) for n in (0, 1, 2)}
    assert said == {0: "0 sites", 1: "1 site", 2: "2 sites"}
    with speaking(CHINESE):
        assert [say_n("{n} site", "{n} sites", n) for n in (1, 2)] == ["1个地点", "2个地点"]


@pytest.mark.usefixtures("small_catalogue")
def test_an_untranslated_plural_is_said_in_the_right_english_form():
    with speaking(CHINESE):
        said = [say_n("{n} review", "{n} reviews", n) for n in (1, 2)]
    assert said == ["1 review", "2 reviews"]


@pytest.mark.usefixtures("small_catalogue")
def test_assessments_word_their_results_in_the_language_that_is_spoken():
    with speaking(CHINESE):
        assert (
            forecast_of([0, 0, 0], 5).text
            == "有5项未完成的行动。何时完成：无法判断，最近3周没有完成任何行动。"
        )
        assert measure_name("funnel_ever_0") == "曾达到“束之高阁”或更高"
        assert period_text(dt.date(2025, 3, 31), dt.date(2025, 9, 30)) == "2025年3月至9月"


def _fields(text):
    """Return the names of the fields in a message."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _catalogue():
    return [entry for entry in read_po(io.StringIO(catalogue_text(CHINESE))) if entry.id]


def _forms(texts):
    return list(texts) if isinstance(texts, list | tuple) else [texts]


def test_every_translation_has_the_fields_of_its_message():
    for entry in _catalogue():
        ids, translations = _forms(entry.id), _forms(entry.string)
        fields = set().union(*map(_fields, ids))
        for translation in filter(None, translations):
            assert _fields(translation) == fields, entry.id


@cache
def _calls():
    """Return the file, the function and the texts of every message in the code."""
    return list(_found())


def _found():
    for path in Path(theorytopractice.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for call in ast.walk(ast.parse(text)) if "theorytopractice.i18n" in text else ():
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in FORMS:
                yield path.name, call.func.id, call.args[: FORMS[call.func.id]]


FORMS = {"say": 1, "message": 1, "_": 1, "say_n": 2, "say_as": 2}


def test_no_message_is_put_together_before_it_is_said():
    glued = [(name, ast.unparse(one)) for name, _, texts in _calls() for one in texts
             if isinstance(one, ast.JoinedStr | ast.BinOp)]  # fmt: skip
    assert glued == []


def test_fields_of_messages_have_names():
    literals = [one.value for *_, texts in _calls() for one in texts
                if isinstance(one, ast.Constant) and isinstance(one.value, str)]  # fmt: skip
    assert len(literals) > 500
    assert all(name.isidentifier() for text in literals for name in _fields(text))
