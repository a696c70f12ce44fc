"""Do the values that are typed into the grid come to the right rows, and is nothing lost or stored by mistake?"""

from __future__ import annotations

import html
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from theorytopractice import Finding, FindingIndicator, Indicator, Observation
from theorytopractice.forms import router
from theorytopractice.forms.answer import Message
from theorytopractice.forms.grid_cells import Target, month_of, place_block
from theorytopractice.forms.session import Session
from theorytopractice.model.entities import Setting
from theorytopractice.store.open import make_plan, open_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from theorytopractice.forms.answer import Answer
    from theorytopractice.store.plan import Plan


TODAY = date(2026, 7, 10)
MEASURED = {"direction": "ascending", "level": "outcome", "unit": "%"}
INDICATORS = (
    Indicator(indicator_id="I-1", name="Kept", measure="percentage", target="80", **MEASURED),
    Indicator(indicator_id="I-2", name="Wait", measure="unit", **MEASURED),
    Indicator(indicator_id="I-3", name="Falls", measure="count", **MEASURED),
    Indicator(indicator_id="I-10", name="Grade", measure="ordinal", scale="poor;fair;good", **MEASURED),
)
STORED = (
    Observation(observation_id="B-1", indicator_id="I-2", observed_on="2026-05-31", value="21"),
    Observation(
        observation_id="B-2", indicator_id="I-2", observed_on="2026-06-15", value="22", note="by hand"
    ),
)


@pytest.fixture
def plan(tmp_path: Path) -> Iterator[Plan]:
    """A plan with four indicators, one of them measured."""
    with make_plan(tmp_path / "plan.db", who="Ada") as made:
        finding = Finding(
            finding_id="F-1", kind="insight", statement="The calls help.", recorded_on="2026-01-05"
        )
        link = FindingIndicator(finding_id="F-1", indicator_id="I-3")
        made.add(finding, *INDICATORS, link, *STORED)
        yield made


def opened(plan: Plan, **asked: str) -> tuple[Session, dict[str, str], dict[str, str]]:
    """Return a planner at the grid, the fields of its form, and what opens it."""
    session = Session(plan, as_of=TODAY)
    router.answer(session, Message("screen", {"screen": "values"}))
    page = router.answer(session, Message("grid-list", {"values": asked})).parts["grid"]
    return session, fields(page), {"form": "grid", "last": "2026-06", "months": "1", "ids": ""}


def fields(page: str) -> dict[str, str]:
    """Read the fields of a page as a browser would."""
    found = (dict(re.findall(r'([\w-]+)="([^"]*)"', one)) for one in re.findall(r"<input ([^>]*)>", page))
    pairs = (
        (html.unescape(one["name"]), html.unescape(one.get("value", ""))) for one in found if "name" in one
    )
    return dict(pairs) | {"final": "true"}


def save(session: Session, values: dict[str, str], **facts: str) -> Answer:
    """Save a grid."""
    return router.answer(session, Message("grid-save", {"values": values, "open": {"form": "grid", "last": "2026-06",
                                                                        "months": "1", "ids": "", **facts}}))  # fmt: skip


def stored(plan: Plan) -> list[tuple[str, ...]]:
    """Return the values that came on top of those of the beginning."""
    rows = plan.look(lambda records: records.where("observation")).rows()
    names = ("indicator_id", "observed_on", "value", "n", "final", "recorded_on", "note")
    return [tuple(row[name] for name in names) for row in rows if row["observation_id"] not in ("B-1", "B-2")]


def test_the_last_complete_month_is_shown_first_with_what_it_holds(plan: Plan) -> None:
    _, values, _ = opened(plan)
    cells = {name: text for name, text in values.items() if name.startswith("v|")}
    assert cells == {"v|I-1|2026-06": "", "v|I-2|2026-06": "22", "v|I-3|2026-06": "", "v|I-10|2026-06": ""}


def test_new_values_are_stored_as_one_change_on_the_last_day_of_the_month(plan: Plan) -> None:
    session, values, _ = opened(plan)
    answer = save(session, values | {"v|I-1|2026-06": "70,5", "v|I-10|2026-06": "good"})
    assert stored(plan) == [
        ("I-1", "2026-06-30", "70.5", "", "true", "2026-07-10", ""),
        ("I-10", "2026-06-30", "good", "", "true", "2026-07-10", ""),
    ]
    assert plan.latest(1)["what"].iloc[0] == "2 values of June 2026"
    assert 'data-do="undo"' in answer.parts["notice"]
    assert len(answer.forget) == 1


def test_undo_takes_all_values_back(plan: Plan) -> None:
    session, values, _ = opened(plan)
    save(session, values | {"v|I-1|2026-06": "70", "v|I-3|2026-06": "3"})
    answer = router.answer(session, Message("undo", {"change": int(plan.latest(1)["change_id"].iloc[0])}))
    assert stored(plan) == []
    assert 'name="v|I-1|2026-06"' in answer.parts["screen"]


def test_a_changed_value_is_a_newer_row_of_the_same_day_and_keeps_its_note(plan: Plan) -> None:
    session, values, _ = opened(plan)
    save(session, values | {"v|I-2|2026-06": "23", "final": "false"})
    assert stored(plan) == [("I-2", "2026-06-15", "23", "", "false", "2026-07-10", "by hand")]
    assert len(plan.observation) == 3
    assert opened(plan)[1]["v|I-2|2026-06"] == "23"


@pytest.mark.parametrize("same", ["22", "22.0", " 22 ", "22,0"])
def test_the_same_value_written_otherwise_stores_nothing(plan: Plan, same: str) -> None:
    session, values, _ = opened(plan)
    answer = save(session, values | {"v|I-2|2026-06": same})
    assert answer.text == "Nothing was changed."
    assert stored(plan) == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("v|I-1|2026-06", "101", "no percentage from 0 to 100"),
        ("v|I-1|2026-06", "1.340,5", "&#39;1.340,5&#39; is no percentage"),
        ("v|I-1|2026-06", "1e3", "“1e3” is not how people write a number; write 1000."),
        ("v|I-3|2026-06", "many", "not a number"),
        ("v|I-10|2026-06", "bad", "not on the scale"),
        ("v|I-3|2026-06", "1,234", "can be read in two ways"),
        ("v|I-2|2026-06", "", "The value 22 stands here"),
    ],
)
def test_one_bad_cell_keeps_the_whole_grid_from_being_stored(
    plan: Plan, name: str, text: str, said: str
) -> None:
    session, values, _ = opened(plan)
    answer = save(session, {"v|I-1|2026-06": "50"} | values | {"v|I-1|2026-06": "50", name: text})
    assert stored(plan) == []
    assert said in answer.parts["summary"]
    assert said in answer.parts[f"error:{name}"]
    assert answer.focus == "summary-box"
    place = [one for one in values if one.startswith("v|")].index(name)
    assert f'href="#cell-{place}-0"' in answer.parts["summary"]
    left = router.answer(session, Message("grid-check", {"field": name, "values": values | {name: text}}))
    assert said in left.parts[f"error:{name}"]
    assert "data-wrong" in left.parts[f"error:{name}"]


def test_shares_in_place_of_per_cent_are_told_and_stored(plan: Plan) -> None:
    session, values, _ = opened(plan)
    answer = save(session, values | {"v|I-1|2026-06": "0.4"})
    assert [row[2] for row in stored(plan)] == ["0.4"]
    assert "write per cent" in answer.parts["notice"]


def test_several_months_are_stored_together(plan: Plan) -> None:
    session, values, _ = opened(plan, last="2026-06", months="3", text="Falls")
    assert [name for name in values if name.startswith("v|")] == [
        f"v|I-3|2026-0{month}" for month in (4, 5, 6)
    ]
    save(session, values | {"v|I-3|2026-04": "4", "v|I-3|2026-06": "6"}, months="3")
    assert [row[1:3] for row in stored(plan)] == [("2026-04-30", "4"), ("2026-06-30", "6")]
    assert plan.latest(1)["what"].iloc[0] == "2 values of April 2026 to June 2026"


def test_months_go_back_over_the_turn_of_the_year(plan: Plan) -> None:
    _, values, _ = opened(plan, last="2026-02", months="3", text="Falls")
    assert [name[-7:] for name in values if name.startswith("v|")] == ["2025-12", "2026-01", "2026-02"]


def test_respondents_are_stored_beside_the_value(plan: Plan) -> None:
    session, values, _ = opened(plan, last="2026-06", months="1", has_n="yes")
    assert [name for name in values if name.startswith("n|")] == ["n|I-1|2026-06", "n|I-3|2026-06"]
    save(session, values | {"v|I-1|2026-06": "70", "n|I-1|2026-06": "1 200"}, n="yes")
    assert [row[:4] for row in stored(plan)] == [("I-1", "2026-06-30", "70", "1200")]


def test_respondents_without_a_value_are_refused_beside_their_cell(plan: Plan) -> None:
    session, values, _ = opened(plan, last="2026-06", months="1", has_n="yes")
    answer = save(session, values | {"n|I-3|2026-06": "9"}, n="yes")
    assert "Enter the value as well" in answer.parts["error:n|I-3|2026-06"]
    assert 'href="#cell-2-1"' in answer.parts["summary"]


def test_a_chosen_day_shows_and_gets_the_values_of_that_day(plan: Plan) -> None:
    session, values, _ = opened(plan, last="2026-06", months="1", day="20.6.2026")
    assert values["v|I-2|2026-06-20"] == ""
    save(session, values | {"v|I-2|2026-06-20": "24"}, day="2026-06-20")
    assert [row[:3] for row in stored(plan)] == [("I-2", "2026-06-20", "24")]


def test_a_day_outside_the_month_is_refused(plan: Plan) -> None:
    session = Session(plan, as_of=TODAY)
    answer = router.answer(
        session, Message("grid-list", {"values": {"last": "2026-06", "months": "1", "day": "2026-05-20"}})
    )
    assert "does not lie in June 2026" in answer.parts["error:day"]
    assert 'name="v|I-2|2026-06"' in answer.parts["grid"]


def test_values_of_a_running_month_are_of_today(plan: Plan) -> None:
    session, values, _ = opened(plan, last="2026-07", months="1")
    save(session, values | {"v|I-3|2026-07": "1"}, last="2026-07")
    assert [row[1] for row in stored(plan)] == ["2026-07-10"]


@pytest.mark.parametrize(
    ("words", "found"), [("wait", ["I-2"]), ("calls help", ["I-3"]), ("i-1", ["I-1", "I-10"])]
)
def test_indicators_are_found_by_name_number_and_finding(plan: Plan, words: str, found: list[str]) -> None:
    _, values, _ = opened(plan, last="2026-06", months="1", text=words)
    assert [name.split("|")[1] for name in values if name.startswith("v|")] == found


def test_only_those_without_a_value_in_the_month_are_shown_if_asked(plan: Plan) -> None:
    _, values, _ = opened(plan, last="2026-06", months="1", is_open="yes")
    assert [name.split("|")[1] for name in values if name.startswith("v|")] == ["I-1", "I-3", "I-10"]


def test_never_more_than_fifty_indicators_stand_on_a_page(plan: Plan) -> None:
    plan.add(*(Indicator(indicator_id=f"J-{at}", name=f"Number {at}", **MEASURED) for at in range(100)))
    session, values, _ = opened(plan)
    assert len([name for name in values if name.startswith("v|")]) == 50
    last = fields(router.answer(session, Message("grid-page", {"page": 2})).parts["grid"])
    assert [name.split("|")[1] for name in last if name.startswith("v|")] == ["J-96", "J-97", "J-98", "J-99"]


def test_another_value_stored_meanwhile_is_shown_and_nothing_is_stored(plan: Plan, tmp_path: Path) -> None:
    session, values, _ = opened(plan)
    _rival(tmp_path, "25")
    answer = save(session, values | {"v|I-2|2026-06": "23", "v|I-1|2026-06": "70"})
    beside = answer.parts["error:v|I-2|2026-06"]
    assert re.search(r"Bo changed this on .+ \d\d:\d\d\.", beside)
    assert "keep theirs: 25" in beside
    assert "save mine: 23" in beside
    assert [row[2] for row in stored(plan)] == ["25"]


@pytest.mark.parametrize(("choice", "kept"), [("mine", ["25", "70", "23"]), ("theirs", ["25", "70"])])
def test_the_planner_decides_between_two_values(
    plan: Plan, tmp_path: Path, choice: str, kept: list[str]
) -> None:
    session, values, _ = opened(plan)
    _rival(tmp_path, "25")
    values |= {"v|I-2|2026-06": "23", "v|I-1|2026-06": "70"}
    asked = fields(save(session, values).parts["error:v|I-2|2026-06"])
    save(session, values | asked | {"~choice|I-2|2026-06": choice})
    assert [row[2] for row in stored(plan)] == kept
    if choice == "mine":
        assert opened(plan)[1]["v|I-2|2026-06"] == "23"


def test_a_third_value_is_asked_about_again(plan: Plan, tmp_path: Path) -> None:
    session, values, _ = opened(plan)
    _rival(tmp_path, "25")
    values |= {"v|I-2|2026-06": "23"}
    asked = fields(save(session, values).parts["error:v|I-2|2026-06"])
    _rival(tmp_path, "26")
    answer = save(session, values | asked | {"~choice|I-2|2026-06": "mine"})
    assert "keep theirs: 26" in answer.parts["error:v|I-2|2026-06"]
    assert [row[2] for row in stored(plan)] == ["25", "26"]


def test_a_rival_value_in_an_untouched_cell_stands_in_nobodys_way(plan: Plan, tmp_path: Path) -> None:
    session, values, _ = opened(plan)
    _rival(tmp_path, "25")
    save(session, values | {"v|I-1|2026-06": "70"})
    assert [row[2] for row in stored(plan)] == ["25", "70"]


def _rival(folder: Path, value: str) -> None:
    with open_plan(folder / "plan.db", who="Bo") as other:
        other.record(
            Observation(indicator_id="I-2", observed_on="2026-06-15", value=value, recorded_on="2026-07-09")
        )


def test_the_grid_of_a_draft_opens_again_with_its_months_and_indicators(plan: Plan) -> None:
    session = Session(plan, as_of=TODAY)
    facts = {"form": "grid", "last": "2026-05", "months": "3", "ids": "I-2\tI-10", "n": "yes"}
    shown = router.answer(session, Message("go-on", {"open": facts})).parts["screen"]
    assert list(dict.fromkeys(name[2:] for name in fields(shown) if name.startswith("v|"))) == [
        f"{one}|2026-0{month}" for one in ("I-2", "I-10") for month in (3, 4, 5)
    ]
    assert re.search(r'data-draft="grid\|2026-05\|3\|\|yes\|\w{12}"', shown)


def test_a_draft_is_found_again_though_one_of_its_indicators_is_gone(plan: Plan) -> None:
    facts = {"form": "grid", "last": "2026-06", "months": "1", "ids": "I-1\tI-2"}
    keys = []
    for _ in range(2):
        shown = router.answer(Session(plan, as_of=TODAY), Message("go-on", {"open": facts})).parts["screen"]
        keys += re.findall(r'data-draft="([^"]*)"', shown)
        if len(keys) == 1:
            plan.remove("indicator", "I-1", reason="never measured")
    assert keys[0] == keys[1]


def pasted(
    text: str, row: int = 0, column: int = 0, months: tuple[str, ...] = ("2026-05", "2026-06")
) -> tuple[dict[str, str], list[str]]:
    """Paste into a grid of the four indicators; return the cells by row and month, and what was left."""
    rows = [{name: str(value or "") for name, value in one.values().items()} for one in INDICATORS]
    values = {f"v|{one['indicator_id']}|{month}": "" for one in rows for month in months}
    found = place_block(text, Target.from_form(values, rows, TODAY), row, column)
    return {name[2:]: value for name, value in found.values.items()}, found.unplaced


def test_a_block_of_numbers_is_filled_in_by_its_place() -> None:
    assert pasted("1\t2\n3\t\n", row=1) == ({"I-2|2026-05": "1", "I-2|2026-06": "2", "I-3|2026-05": "3"}, [])


def test_a_block_with_names_or_keys_is_filled_in_by_them() -> None:
    filled, left = pasted("grade\tgood\nI-1\t70\nFalls\t3\n", column=1)
    assert filled == {"I-10|2026-06": "good", "I-1|2026-06": "70", "I-3|2026-06": "3"}
    assert left == []


def test_months_in_the_heading_decide_the_columns() -> None:
    filled, left = pasted("No.\tName\tJune 2026\t2026-05\tJul 2026\nI-2\tWait\t6\t5\t7\n")
    assert filled == {"I-2|2026-06": "6", "I-2|2026-05": "5"}
    assert left == ["“I-2”, Jul 2026: 7, no cell for it here"]


def test_a_column_that_the_heading_gives_no_month_is_listed() -> None:
    filled, left = pasted("Name\tRoom\tJune 2026\nWait\t12\t6\nFalls\t14\t3\n")
    assert filled == {"I-2|2026-06": "6", "I-3|2026-06": "3"}
    assert left == ["“Wait”, Room: 12, no cell for it here", "“Falls”, Room: 14, no cell for it here"]


def test_words_above_numbers_are_a_heading() -> None:
    assert pasted("Value\n1\n2\n") == ({"I-1|2026-05": "1", "I-2|2026-05": "2"}, [])


def test_words_of_a_scale_are_no_heading() -> None:
    assert pasted("good\tfair\n", row=3) == ({"I-10|2026-05": "good", "I-10|2026-06": "fair"}, [])


def test_what_finds_no_cell_is_listed() -> None:
    assert pasted("1\t2\t3\n4\n", row=3)[1] == [
        "line 1: 3, no cell for it here",
        "line 2: 4, no cell for it here",
    ]
    filled, left = pasted("Kept\t1\nKept\t2\nNobody\t3\n")
    assert filled == {"I-1|2026-05": "1"}
    assert left == [
        "“Kept”: 2, the block fills this cell twice",
        "“Nobody”: 3, no cell for it here",
    ]


def test_a_name_that_two_indicators_share_fills_neither() -> None:
    rows = [{"indicator_id": one, "name": "Wait"} for one in ("A", "B")] + [
        {"indicator_id": "C", "name": "Other"}
    ]
    target = Target.from_form({f"v|{row['indicator_id']}|2026-06": "" for row in rows}, rows, TODAY)
    found = place_block("Wait\t1\nOther\t2\n", target, 0, 0)
    assert found.values == {"v|C|2026-06": "2"}
    assert found.unplaced == ["“Wait”: 1, no cell for it here"]


def test_a_quoted_cell_with_a_line_break_is_one_cell() -> None:
    assert pasted('"I-2"\t"5\n"\nI-3\t7\n')[0] == {"I-2|2026-05": "5", "I-3|2026-05": "7"}


@pytest.mark.parametrize(
    "text", ["2026-06", "6/2026", "Jun 2026", "June 2026", "Jun-2026", "2026年6月", "30.6.2026", "2026/06"]
)
def test_a_month_is_read_as_people_write_it(text: str) -> None:
    assert month_of(text, TODAY) == "2026-06"


@pytest.mark.parametrize("text", ["12.5", "10.1234", "2026", "today", "Value", "13/2026", "3/4/2026", ""])
def test_what_is_no_month_is_none(text: str) -> None:
    assert month_of(text, TODAY) == ""


def test_pasting_tells_at_once_what_is_wrong(plan: Plan) -> None:
    session, values, _ = opened(plan)
    answer = router.answer(
        session,
        Message("grid-paste", {"text": "Kept\t101\nFalls\t4\n", "row": 0, "column": 0, "values": values}),
    )
    assert answer.values == {"v|I-1|2026-06": "101", "v|I-3|2026-06": "4"}
    assert "no percentage" in answer.parts["error:v|I-1|2026-06"]
    assert answer.parts["error:v|I-3|2026-06"] == ""
    assert "2 cells were filled." in answer.text


def test_the_grid_speaks_chinese(plan: Plan) -> None:
    plan.add(Setting(name="language", value="zh"))
    session, values, _ = opened(plan)
    save(session, values | {"v|I-1|2026-06": "70"})
    assert [row[2] for row in stored(plan)] == ["70"]
    page = router.answer(session, Message("grid-list", {"values": {"last": "2026-06", "months": "1"}})).parts[
        "grid"
    ]
    assert "2026年6月" in page


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("Jul-26\tAug-26\tSep-26", {"2026-08": "81", "2026-09": "82"}),
        ("Q3 2026\tAug-26\tSep-26", {"2026-08": "81", "2026-09": "82"}),
        ("7/26\t8/26\t9/26", {}),
        ("Week 1\tWeek 2\tWeek 3", {}),
        ("first\tsecond\tthird", {"2026-08": "80", "2026-09": "81", "2026-10": "82"}),
    ],
)
def test_a_heading_of_periods_never_lets_a_value_go_by_place(heading, values):
    row = {"indicator_id": "I-1", "name": "Kept", "measure": "unit", "unit": ""}
    months = [("v", "2026-08"), ("v", "2026-09"), ("v", "2026-10")]
    fields = frozenset(f"v|I-1|{month}" for _, month in months)
    block = place_block(
        f"\t{heading}\nKept\t80\t81\t82\n", Target([row], months, fields, date(2026, 11, 10)), 0, 0
    )
    assert block.values == {f"v|I-1|{month}": value for month, value in values.items()}
    assert len(block.unplaced) == 3 - len(values)
