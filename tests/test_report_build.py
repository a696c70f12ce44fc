"""Is the report made whole or not at all, the same bytes each time, in one file or in several?"""

from __future__ import annotations

import base64
import os
import re
import shutil

import nbformat
import pytest
from fakes import FakePlan, fake_example
from markupsafe import escape
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from report_helpers import DAY, PARTS, Reader, export, notebook_of, render_page

from theorytopractice import Finding
from theorytopractice.errors import PracticeError
from theorytopractice.i18n import LANGUAGES
from theorytopractice.model.entities import ENTITIES, Setting
from theorytopractice.model.fields import ValueType
from theorytopractice.model.settings import Settings
from theorytopractice.report import build, exporter
from theorytopractice.report.exporter import inline
from theorytopractice.report.page import Page
from theorytopractice.report.portfolio import Portfolio, by_title
from theorytopractice.resources import path_of
from theorytopractice.store.open import make_plan, open_plan

SIDES = ("masthead", "side_by_side", "ladders", "decisions", "footer")


def failing(tmp_path, source):
    """Return a notebook of one cell."""
    notebook = new_notebook(
        cells=[new_code_cell("", metadata={"tags": ["parameters"]}), new_code_cell(source)]
    )
    path = tmp_path / "report.ipynb"
    nbformat.write(notebook, path)
    return path


def test_a_failing_cell_is_shown_and_the_old_report_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "path_of", lambda _: failing(tmp_path, "1 / 0"))
    plan, target = fake_example(), tmp_path / "report.html"
    target.write_text("the good one", encoding="utf-8")
    with pytest.raises(
        PracticeError, match=r"cell 3 failed with ZeroDivisionError: division by zero\n    1 / 0"
    ):
        build.write_report(plan, target)
    assert target.read_text(encoding="utf-8") == "the good one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "report.ipynb"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"knowledge": "restate"}, "did you mean 'restated'"),
        ({"language": "fr"}, "en"),
        ({"kind": "problems"}, "did you mean 'problem'"),
    ],
)
def test_what_no_report_can_be_is_refused_before_anything_runs(tmp_path, asked, said):
    with pytest.raises(PracticeError, match=said):
        build.write_report(fake_example(), tmp_path / "report.html", **asked)
    with pytest.raises(PracticeError, match="there is no folder"):
        build.write_report(fake_example(), tmp_path / "none" / "report.html")
    assert list(tmp_path.iterdir()) == []


def test_a_portfolio_is_of_whole_plans(tmp_path):
    with pytest.raises(PracticeError, match="A portfolio shows whole plans"):
        build.write_report([fake_example(), fake_example()], tmp_path / "report.html", theme="Schools")


def test_a_report_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path):
    (tmp_path / "report.html").mkdir()
    with pytest.raises(PracticeError, match="Cannot write"):
        build.replace(tmp_path / "report.html", b"page")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.slow
def test_the_same_plan_and_day_give_the_same_bytes_that_name_their_source(tmp_path):
    with open_plan(path_of("data/example")) as plan:
        first = build.write_report(plan, tmp_path / "a.html", as_of=DAY).read_bytes()
        second = build.write_report(plan, tmp_path / "b.html", as_of=DAY).read_bytes()
        assert first == second
        assert plan.fingerprint().encode() in first
    assert str(tmp_path).encode() not in first
    reader = Reader(first.decode())
    assert "Of 42 findings, 13 are in practice, 7 of them sustained; 5 have stood on the shelf" in reader.text
    assert len(reader.all("section")) == len(set(PARTS) - {"masthead", "contents", "footer"})
    assert len(first) < 1_000_000


def test_the_bar_is_silent_in_a_pipe(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(build, "path_of", lambda _: failing(tmp_path, "1 + 1"))
    build.write_report(fake_example(), tmp_path / "report.html")
    assert capsys.readouterr() == ("", "")


def test_a_pipe_is_written_to_and_never_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    build.replace(pipe, b"<html></html>")
    assert os.read(reader, 100) == b"<html></html>"
    os.close(reader)
    assert pipe.is_fifo()
    assert [one.name for one in tmp_path.iterdir()] == ["pipe"]


@pytest.fixture(scope="module")
def notebook():
    return notebook_of(Page(fake_example(), as_of=DAY), ("masthead", "decisions", "findings", "footer"))


@pytest.fixture
def small(monkeypatch):
    """Let a page be large soon."""
    monkeypatch.setattr(exporter, "MOST_BYTES", 50_000)
    monkeypatch.setattr(exporter, "PAGE_BYTES", 30_000)


@pytest.mark.usefixtures("small")
def test_a_large_page_keeps_its_findings_in_files_beside_it(notebook):
    page, files = export(notebook)
    assert "<article" not in page
    assert [one["id"] for one in Reader(page).all("section")] == ["decisions", "findings"]
    assert "&lt;" not in page
    assert len(files) > 2
    texts = {name: content.decode() for name, content in files.items()}
    ids = [one for text in texts.values() for one in re.findall(r'<article id="(f-[^"]*)"', text)]
    assert len(ids) == len(set(ids)) == 46
    assert all(re.fullmatch(r"report_files/findings-\d\d-[0-9a-f]{8}\.html", name) for name in texts)
    links = re.findall(r'href="(report_files/[^"#]*)#(f-[^"]*)"', page)
    assert {one for _, one in links} == set(ids)
    assert all(f'<article id="{one}"' in texts[name] for name, one in links)
    assert not re.search(r'href="#f-', page)


@pytest.mark.usefixtures("small")
def test_the_files_lead_back_and_onward_and_are_as_safe_as_the_page(notebook):
    page, files = export(notebook)
    names = list(files)
    readers = [Reader(content.decode()) for content in files.values()]
    for at, reader in enumerate(readers):
        assert "../report.html#findings" in reader.loads
        neighbours = [names[one].split("/")[1] for one in (at - 1, at + 1) if 0 <= one < len(names)]
        assert [value for value in dict.fromkeys(reader.loads) if value.startswith("findings-")] == neighbours
        assert reader.headings[:2] == [1, 2]
        assert len(reader.all("script")) == 1
        assert reader.elements[0] == ("html", {"lang": "en"})
    policies = {
        a["content"] for reader in [Reader(page), *readers] for a in reader.all("meta") if "http-equiv" in a
    }
    assert len(policies) == 1


@pytest.mark.usefixtures("small")
def test_one_file_holds_everything_where_that_is_asked_for(notebook):
    page, files = export(notebook, single_file=True)
    assert (page.count("<article"), files) == (46, {})


def test_a_page_that_is_small_stays_whole(notebook):
    page, files = export(notebook)
    assert (page.count("<article"), files) == (46, {})


def test_files_of_an_earlier_report_go_and_those_of_others_stay(tmp_path):
    beside = tmp_path / "r_files"
    target = tmp_path / "r.html"
    build.place(
        target, "one", {"r_files/findings-01-aaaaaaaa.html": b"1", "r_files/findings-02-bbbbbbbb.html": b"2"}
    )
    (beside / "mine.html").write_text("mine", encoding="utf-8")
    build.place(target, "two", {"r_files/findings-01-cccccccc.html": b"3"})
    assert sorted(file.name for file in beside.iterdir()) == ["findings-01-cccccccc.html", "mine.html"]
    (beside / "mine.html").unlink()
    build.place(target, "three", {})
    assert not beside.exists()
    assert target.read_text(encoding="utf-8") == "three"


def test_where_no_file_can_be_put_beside_the_report_the_earlier_one_stays(tmp_path):
    target = tmp_path / "r.html"
    target.write_text("old", encoding="utf-8")
    (tmp_path / "r_files").write_text("a file", encoding="utf-8")
    with pytest.raises(PracticeError, match="Cannot write"):
        build.place(target, "new", {"r_files/findings-01-aaaaaaaa.html": b"1"})
    assert target.read_text(encoding="utf-8") == "old"


def test_text_of_a_planners_own_cell_becomes_part_of_the_page(notebook):
    own = nbformat.from_dict(notebook)
    own.cells.insert(1, new_markdown_cell("## Our own words\n\n$x$ and [a](javascript:alert(1))", id="own"))
    own.cells.insert(0, new_markdown_cell("for planners", id="note", metadata={"tags": ["note"]}))
    page, _ = export(own)
    assert "Our own words" in page
    assert "for planners" not in page


def test_without_a_browser_a_pdf_is_refused_with_a_way_out(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(PracticeError, match="install one, or open the HTML report and print it"):
        exporter.find_browser()


ODD = r" North\South \1 \g<0> \g<x> {n} %s $x_1$ \u \\"
"""Signs that a pattern, a format or a formula would take for its own."""

READ = {"event", "kind", "subject_id", "scale", "sha256"}
"""Texts that are words of a list, names of rows, or figures."""


def oddly_written(tables):
    """Return a plan in which whatever people wrote ends in odd signs."""
    return {name: frame.assign(**_odd(name, frame)) for name, frame in tables.items() if name != "setting"}


def _odd(name, frame):
    told = {
        one.name
        for one in ENTITIES[name].fields
        if one.type is ValueType.TEXT and not one.words and not one.name.endswith("_id")
    }
    columns = frame.columns.intersection(told - READ)
    return {column: frame[column].where(frame[column].isna(), frame[column] + ODD) for column in columns}


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_signs_that_a_pattern_would_take_for_its_own_are_shown_as_they_are_written(language):
    plan = FakePlan(oddly_written(fake_example()))
    plan.settings = Settings(title=f"County{ODD}", language=language)
    page = render_page(plan)
    assert f"<title>{escape(plan.settings.title)}</title>" in page
    told = Reader(re.sub("<svg.*?</svg>", "", page, flags=re.DOTALL)).text
    assert all(statement in told for statement in plan["finding"]["statement"])
    assert told.count(r"North\South") == told.count(ODD) > len(plan["finding"])
    portfolio = Portfolio(by_title([plan, FakePlan(plan)]), language=language, as_of=DAY)
    side, _ = export(notebook_of(portfolio, SIDES))
    assert plan.settings.title in Reader(side).text


def test_words_in_a_chart_stay_as_they_are_written():
    words = 'Target 0.00123 of 2.71828, id="a", style="#ffffff", A\nM 1'
    svg = f'<?xml version="1.0"?>\n<svg>\n <text id="t" x="1.23456" style="fill: #ffffff">{words}</text>\n</svg>'
    shown = inline("a chart", base64.b64encode(svg.encode()).decode(), 7)
    assert f'<svg><text id="c7-t" x="1.23" style="fill: var(--paper, #ffffff)">{words}</text></svg>' in shown


@pytest.mark.slow
def test_a_plan_and_a_theme_named_like_a_pattern_are_reported_on(tmp_path):
    theme = r"North\South \1 \g<0>"
    with make_plan(tmp_path / "plan.db", who="Ada") as plan:
        plan.add(
            Setting(name="title", value=theme),
            Finding(
                finding_id="F-1",
                kind="insight",
                statement=f"{theme} helps.",
                recorded_on="2026-01-05",
                theme=theme,
            ),
        )
        page = build.write_report(plan, tmp_path / "report.html", as_of=DAY, theme=theme).read_text("utf-8")
    assert f"<title>{escape(theme)}</title>" in page
    assert f"{theme} helps." in Reader(page).text
