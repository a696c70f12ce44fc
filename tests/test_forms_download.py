"""Does a file hold what is listed, all of it and nothing else, and can the whole plan come back?"""

# ruff: noqa: F401, F811 - pytest finds fixtures by their names

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from browser_helpers import browser, page, plan, server
from forms_helpers import Controls, ask, example_database, plan_path, session

from theorytopractice.forms.download import LISTS
from theorytopractice.forms.listing import matching_findings


def read(answer):
    content = io.BytesIO(answer.file.content)
    return (
        pd.read_csv(content)
        if answer.file.name.endswith(".csv")
        else pd.read_excel(content, engine="calamine")
    )


def test_the_findings_of_a_filter_are_downloaded_in_their_order(session):
    ask(session, "list", values={"text": "", "kind": "experience"})
    ask(session, "sort", by="statement")
    keys = [entry.finding_id for entry in matching_findings(session)]
    for ending in ("csv", "xlsx"):
        answer = ask(session, "download", of="findings", ending=ending)
        assert answer.file.name == f"findings-2026-06-30.{ending}"
        frame = read(answer)
        assert list(frame["finding_id"]) == keys
        assert {"statement", "stage"} <= set(frame.columns)
    assert 0 < len(keys) < len(session.overview.entries())
    assert f"{len(keys)} rows" in answer.text


@pytest.mark.parametrize("of", LISTS)
def test_every_list_comes_in_both_sorts(session, of):
    ask(session, "choose", finding="F-013")
    frames = [read(ask(session, "download", of=of, ending=ending)) for ending in ("csv", "xlsx")]
    assert list(frames[0].columns) == list(frames[1].columns)
    assert len(frames[0]) == len(frames[1])
    assert len(frames[0]) or of == "changes"


@pytest.mark.parametrize("screen", ["findings", "meeting", "values", "owners", "changes"])
def test_every_list_has_its_button(session, screen):
    buttons = Controls(ask(session, "screen", screen=screen).parts["screen"]).buttons("download")
    assert {"of": screen, "ending": "xlsx"} in buttons


def test_the_owners_that_are_looked_for_are_downloaded(session):
    ask(session, "owners", values={"text": "lopez"})
    assert set(read(ask(session, "download", of="owners", ending="csv"))["name"]) == {
        row["name"] for row in session.rows("owner") if "lopez" in row["name"].lower()
    }


def test_what_a_page_never_offered_is_refused(session):
    for facts in ({"of": "secrets", "ending": "csv"}, {"of": "findings", "ending": "exe"}, {}):
        assert ask(session, "download", **facts).refused


def test_a_text_that_begins_like_a_formula_stays_a_text(session):
    session.plan.change("finding", "F-001", statement="=1+1")
    content = ask(session, "download", of="findings", ending="csv").file.content.decode("utf-8-sig")
    assert "'=1+1" in content


def test_the_whole_plan_comes_as_the_workbook_that_can_come_back(session, tmp_path):
    import theorytopractice as ttp

    answer = ask(session, "download", of="plan")
    path = tmp_path / answer.file.name
    path.write_bytes(answer.file.content)
    comparison = session.plan.compare(ttp.read_source(path))
    assert not comparison.cells


@pytest.mark.browser
def test_the_browser_saves_what_is_listed(page, tmp_path):
    with page.expect_download() as waiting:
        page.get_by_role("button", name=".xlsx Findings").click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert path.name.startswith("findings-")
    assert len(pd.read_excel(path, engine="calamine")) > 1
