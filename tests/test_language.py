"""Is everything said in the language that is spoken, and in English where a catalogue lacks it?"""

import ast
import datetime as dt
import io
import string
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from babel.messages.pofile import read_po

import theorytopractice
from theorytopractice import charts, language
from theorytopractice.assessment.change.run_wording import when
from theorytopractice.assessment.counts.cautions import measure_name
from theorytopractice.assessment.forecast import forecast_of
from theorytopractice.charts import paper
from theorytopractice.errors import PracticeError
from theorytopractice.language import (
    CHINESE,
    CLAUSES,
    ENGLISH,
    catalogue_text,
    say,
    say_as,
    say_day,
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
from theorytopractice.model.naming import name_of

DAY = dt.date(2026, 6, 30)
CATALOGUE = """
msgid ""
msgstr ""
"Language: zh_Hans_CN\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "on the shelf"
msgstr "束之高阁"

msgid "{n} site"
msgid_plural "{n} sites"
msgstr[0] "{n}个地点"

msgid "{n} review"
msgid_plural "{n} reviews"
msgstr[0] ""

msgctxt "number of actions"
msgid "open"
msgstr "未完成"

msgid "{first}, {second}"
msgstr "{first}，{second}"

msgid "ever at '{stage}' or above"
msgstr "曾达到“{stage}”或更高"

msgid "from {begin} to {end} {year}"
msgstr "{year}年{begin}至{end}"

msgid "{n:,} action is open."
msgid_plural "{n:,} actions are open."
msgstr[0] "有{n:,}项未完成的行动。"

msgid "{first} {second}"
msgstr "{first}{second}"

msgid "When they will be done: cannot tell, {why}."
msgstr "何时完成：无法判断，{why}。"

msgid "no action was done in the last {n} weeks"
msgstr "最近{n}周没有完成任何行动"

msgid "{n:,} of {of:,} findings is in practice"
msgid_plural "{n:,} of {of:,} findings are in practice"
msgstr[0] "{of:,}项发现中有{n:,}项已付诸实践"

msgid "none stands on the shelf"
msgstr "没有发现束之高阁"

msgid "{first}; {second}"
msgstr "{first}；{second}"

msgid "{share} %"
msgstr "{share}%"
"""


@pytest.fixture
def made_up(monkeypatch):
    """Let Chinese have a small catalogue of its own."""
    monkeypatch.setattr(language, "catalogue_text", lambda _: CATALOGUE)
    language._catalogue.cache_clear()  # noqa: SLF001 - nobody else forgets a catalogue
    yield
    language._catalogue.cache_clear()  # noqa: SLF001 - as above


@pytest.fixture
def no_chinese_font(monkeypatch):
    monkeypatch.setattr(paper, "fonts", lambda: ("DejaVu Sans",))


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
    with pytest.raises(PracticeError, match=r"language.*'fr'.*en.*zh"), speaking("fr"):
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


def test_empty_texts_are_left_out_of_what_is_said_in_turn():
    assert say_in_turn(CLAUSES, ["a", "", "b", "c"]) == "a, b, c"
    assert say_in_turn(CLAUSES, ["", ""]) == ""


def test_braces_in_a_fact_are_not_read_as_fields():
    assert say_in_turn(CLAUSES, ["{first}", "{0}"]) == "{first}, {0}"


@pytest.mark.usefixtures("made_up")
def test_a_translated_message_is_said_in_its_language():
    with speaking(CHINESE):
        assert name_of("on the shelf") == "束之高阁"
        assert say_in_turn(CLAUSES, ["甲", "乙"]) == "甲，乙"
    assert name_of("on the shelf") == "on the shelf"


@pytest.mark.usefixtures("made_up")
def test_a_word_of_several_meanings_is_said_in_the_one_of_its_context():
    with speaking(CHINESE):
        assert say_as("number of actions", "open") == "未完成"
        assert name_of("open") == "open"


@pytest.mark.usefixtures("made_up")
def test_a_message_that_the_catalogue_lacks_is_said_in_english():
    with speaking(CHINESE):
        assert say("No finding is open") == "No finding is open"


@pytest.mark.usefixtures("made_up")
def test_chinese_has_one_plural_form_and_english_two():
    said = {n: say_n("{n} site", "{n} sites", n) for n in (0, 1, 2)}
    assert said == {0: "0 sites", 1: "1 site", 2: "2 sites"}
    with speaking(CHINESE):
        assert [say_n("{n} site", "{n} sites", n) for n in (1, 2)] == ["1个地点", "2个地点"]


@pytest.mark.usefixtures("made_up")
def test_an_untranslated_plural_is_said_in_the_right_english_form():
    with speaking(CHINESE):
        said = [say_n("{n} review", "{n} reviews", n) for n in (1, 2)]
    assert said == ["1 review", "2 reviews"]


@pytest.mark.usefixtures("made_up")
def test_assessments_word_their_results_in_the_language_that_is_spoken():
    with speaking(CHINESE):
        assert (
            forecast_of([0, 0, 0], 5).text
            == "有5项未完成的行动。何时完成：无法判断，最近3周没有完成任何行动。"
        )
        assert measure_name("funnel_ever_0") == "曾达到“束之高阁”或更高"
        run = {"run_from": dt.date(2025, 3, 31), "run_until": dt.date(2025, 9, 30), "run_after": 1}
        assert when(run) == "2025年3月至9月"


ASSESSED = pd.DataFrame(
    {
        "finding_id": ["F-1", "F-2"],
        "disposition": "open",
        "stage": [4, 3],
        "flags": [[], []],
        "stage_name": ["in practice", "carried out"],
    }
)


@pytest.mark.usefixtures("made_up")
def test_charts_say_their_title_and_labels_in_the_language_that_is_spoken():
    with speaking(CHINESE):
        ax = charts.ladder(ASSESSED)
    assert charts.picture(ax).words == "2项发现中有1项已付诸实践；没有发现束之高阁"
    assert ax.get_yticklabels()[0].get_text() == "束之高阁"


def _trend(days):
    frame = pd.DataFrame(
        {"as_of": pd.to_datetime(days), "value": [0.1] * len(days), "numerator": 1, "denominator": 10}
    )
    return charts.trend(frame.assign(low=0.05, high=0.4))  # fmt: skip


def _ticks(axis):
    return [words for words in axis.get_major_formatter().format_ticks(axis.get_majorticklocs()) if words]


@pytest.mark.usefixtures("made_up")
def test_the_axis_of_dates_names_months_by_numbers_in_chinese_and_by_words_in_english():
    days = ["2025-10-01", "2026-04-01"]
    with speaking(CHINESE):
        chinese = _ticks(_trend(days).xaxis)
    assert chinese == ["10月", "11月", "12月", "2026年", "2月", "3月", "4月"]
    assert _ticks(_trend(days).xaxis) == ["Oct", "Nov", "Dec", "2026", "Feb", "Mar", "Apr"]


@pytest.mark.usefixtures("made_up")
def test_the_axis_of_days_is_numbered_in_chinese():
    with speaking(CHINESE):
        assert _ticks(_trend(["2026-02-27", "2026-03-03"]).xaxis) == ["27日", "28日", "3月", "2日", "3日"]


@pytest.mark.usefixtures("made_up")
def test_shares_on_an_axis_have_a_space_before_the_per_cent_sign_in_english_only():
    with speaking(CHINESE):
        ax = _trend(["2025-10-01", "2026-04-01"])
    assert ax.yaxis.get_major_formatter()(0.2) == "20%"
    assert _trend(["2025-10-01", "2026-04-01"]).yaxis.get_major_formatter()(0.2) == "20 %"


@pytest.mark.usefixtures("made_up", "no_chinese_font")
def test_a_machine_without_chinese_fonts_draws_and_says_what_it_lacks():
    with speaking(CHINESE):
        svg = charts.as_svg(charts.ladder(ASSESSED))
        assert charts.missing_font().startswith("No font with Chinese signs was found on this machine")
    assert "束之高阁" in svg
    assert charts.missing_font() == ""


def test_of_many_fonts_with_chinese_signs_one_is_used(monkeypatch):
    class Font:
        def __init__(self, name):
            self.name = name

    known = [Font(name) for name in ("SimHei", "Microsoft YaHei", "DejaVu Sans", "Arial")]
    monkeypatch.setattr(paper.font_manager.fontManager, "ttflist", known)
    assert paper.fonts.__wrapped__() == ("DejaVu Sans", "Microsoft YaHei")


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("四十二项发现中有十三项已付诸实践；六项仍束之高阁", 40, ["四十二项发现中有十三项已付", "诸实践；六项仍束之高阁"]),
        ("二〇二六年有（甲）项目", 14, ["二〇二六年有", "（甲）项目"]),
        ("见F-001、F-002", 10, ["见F-001、", "F-002"]),
        ("one two three", 8, ["one two", "three"]),
    ],
)  # fmt: skip
def test_chinese_titles_break_into_even_lines_with_signs_where_they_belong(text, width, lines):
    assert paper.wrapped(text, width).split("\n") == lines


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
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in FORMS:
                yield path.name, call.func.id, call.args[: FORMS[call.func.id]]


FORMS = {"say": 1, "message": 1, "say_n": 2, "say_as": 2}


def test_no_message_is_put_together_before_it_is_said():
    glued = [(name, ast.unparse(one)) for name, _, texts in _calls() for one in texts
             if isinstance(one, ast.JoinedStr | ast.BinOp)]  # fmt: skip
    assert glued == []


def test_fields_of_messages_have_names():
    literals = [one.value for *_, texts in _calls() for one in texts
                if isinstance(one, ast.Constant) and isinstance(one.value, str)]  # fmt: skip
    assert len(literals) > 500
    assert all(name.isidentifier() for text in literals for name in _fields(text))
