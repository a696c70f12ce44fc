"""Is a frame shown so that people can sort and search it, with and without scripts?"""

from __future__ import annotations

import pandas as pd
import pytest

import theorytopractice as ttp
from theorytopractice import charts


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "finding_id": ["F-002", "F-001"],
            "flags": [["shelved", "unowned"], []],
            "due": pd.to_datetime(["2026-03-31", ""]),
            "share": [0.309524, None],
            "change": [-1234.5, 0.5],
            "is_fresh": [True, False],
            "as_of": pd.to_datetime(["2026-06-30", "2026-06-30"]),
        }
    )


def test_cells_become_the_words_that_a_person_reads(frame):
    shown = charts.table(frame)
    assert shown.texts.to_dict("list") == {
        "finding_id": ["F-002", "F-001"],
        "flags": ["shelved, unowned", ""],
        "due": ["2026-03-31", ""],
        "share": ["0.31", ""],
        "change": ["-1,234", "0.5"],
        "is_fresh": ["yes", "no"],
    }


def test_the_day_that_all_rows_share_stands_once_below(frame):
    assert charts.table(frame, caption="On the shelf").caption == "On the shelf, as of 2026-06-30"
    assert charts.table(frame.head(1).drop(columns="as_of")).caption == ""
    days = frame.assign(as_of=pd.to_datetime(["2026-06-30", "2025-06-30"]))
    assert list(charts.table(days).texts["as_of"]) == ["2026-06-30", "2025-06-30"]


def test_a_named_index_becomes_a_column_and_a_counter_does_not(frame):
    assert "finding_id" in charts.table(frame.set_index("finding_id")).texts
    assert "index" not in charts.table(frame[::-1]).texts
    wide = frame.set_index("finding_id")[["share"]].rename_axis(columns="site")
    assert ">site<" not in charts.table(wide).html()


def test_two_columns_of_one_name_are_both_shown(frame):
    assert list(charts.table(frame[["share", "share"]]).texts.iloc[0]) == ["0.31", "0.31"]


def test_a_page_without_scripts_still_shows_the_rows(frame):
    before_any_script = charts.table(frame).html().split("<script")[0]
    assert "<td" in before_any_script
    assert "shelved, unowned" in before_any_script


def test_what_people_wrote_is_text_and_never_markup():
    html = charts.table(pd.DataFrame({"statement": ["<img src=x onerror=alert(1)>"]})).html()
    assert "<img src=x" not in html


def test_a_table_fetches_nothing_and_does_not_carry_the_script(frame):
    html = charts.table(frame).html()
    assert "unpkg" not in html
    assert "cdn" not in html
    assert len(html) < 20_000


def test_a_plan_of_thousands_is_shown_whole():
    many = pd.DataFrame({"finding_id": [f"F-{number:04}" for number in range(3_000)], "statement": "x" * 40})
    assert "F-2999" in charts.table(many).html()


def test_a_terminal_shows_rows_and_caption(frame):
    lines = repr(charts.table(frame)).splitlines()
    assert len(lines) == 4
    assert lines[-1] == "as of 2026-06-30"


def test_an_empty_frame_keeps_its_headings(frame):
    assert "finding_id" in charts.table(frame.head(0)).html()


def test_numbers_stand_right_and_identifiers_are_no_numbers(frame):
    shown = charts.table(frame.drop(columns="is_fresh"))
    assert [shown.texts.columns[place] for place in shown.figures] == ["share", "change"]
    assert '"targets": [0, 1, 2], "type": "string"' in shown.html()


def test_what_cannot_be_a_table_is_refused_in_a_sentence(frame):
    with pytest.raises(ttp.PracticeError, match="at least one row"):
        charts.table(frame, rows=0)
    with pytest.raises(ttp.PracticeError, match="one row of headings"):
        charts.table(pd.concat({"now": frame}, axis="columns"))
