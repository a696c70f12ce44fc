"""Does the report say what holds, as one page that cannot do harm and needs no network?"""

from __future__ import annotations

import os
import re
from html.parser import HTMLParser

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from theorytopractice.assessment.stages.flags import FLAGS
from theorytopractice.charts.tally import Tally
from theorytopractice.errors import PracticeError
from theorytopractice.model.settings import Settings
from theorytopractice.report import build, words
from theorytopractice.report.decisions import decisions
from theorytopractice.report.exporter import TheoryToPracticeExporter
from theorytopractice.report.html import safe
from theorytopractice.report.page import Page
from theorytopractice.report.status import Status, reasons, status
from theorytopractice.resources import path_of
from theorytopractice.store.opening import open_plan

DAY = "2026-06-30"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "$x$",
    "[a](javascript:alert(1))",
]
EMPTY = {"img", "meta", "link", "br", "hr", "input", "base", "source"}


class FakePlan(dict):
    """A plan held in memory: frames by name."""

    settings = Settings(title="A county", stall_days=60)

    def keeps(self, _):
        return False

    def fingerprint(self):
        return "abc123"

    def check(self, today=None):  # noqa: ARG002 - a fake finds nothing on any day
        return []

    def write_folder(self, path):
        path.mkdir()


def example(**settings):
    files = sorted(path_of("data/example").glob("*.csv"))
    plan = FakePlan({file.stem: pd.read_csv(file, dtype=str) for file in files})
    if settings:
        plan.settings = Settings(**settings)
    return plan


class Reader(HTMLParser):
    """Reads a page: its elements, what it loads, its headings, and its text."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.loads, self.handlers, self.headings, self.text = [], [], [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.loads += [
            value for name, value in attrs if name in ("src", "href", "srcset", "data", "xlink:href")
        ]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_data(self, data):
        self.text += data


def page_of(plan):
    page = Page(plan, as_of=DAY)
    parts = [page.masthead, page.decisions, page.ladder, page.findings, page.footer]
    outputs = [
        new_output(
            "execute_result", {"text/html": part._repr_html_(), "text/plain": repr(part)}, execution_count=1
        )
        for part in parts
    ]
    heading = new_markdown_cell("## Findings", id="m")
    parts = [new_code_cell("1", id=f"c{i}", outputs=[output]) for i, output in enumerate(outputs)]
    cells = [parts[0], heading, *parts[1:]]
    return TheoryToPracticeExporter().from_notebook_node(new_notebook(cells=cells))[0]


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (
            Tally((9, 8, 7, 7, 5, 6), 4, 9, 3),
            (
                "Of 42 findings, 11 are in practice, 6 of them sustained; 9 have stood on the shelf for over a month; "
                "3 that worked have lapsed."
            ),
        ),
        (
            Tally((1, 0, 0, 0, 1, 0), 0, 1, 1),
            (
                "Of 2 findings, 1 is in practice, none of them sustained; 1 has stood on the shelf for over a month; "
                "1 that worked has lapsed."
            ),
        ),
        (
            Tally((0, 1, 0, 0, 0, 0), 0, 0, 0),
            (
                "Of 1 finding, none is in practice; none has stood on the shelf for over a month; "
                "none that worked has lapsed."
            ),
        ),
        (Tally((0,) * 6, 3, 0, 0), "No finding is open."),
    ],
)
def test_the_verdict_is_one_sentence_that_agrees_in_number(counts, sentence):
    assert words.verdict(counts, 30) == sentence


def test_the_verdict_names_the_plans_own_patience():
    assert "for over 45 days" in words.verdict(Tally((1,) * 6, 0, 1, 0), 45)


def test_every_flag_has_words():
    assert set(FLAGS) <= set(words.FLAGS)


@pytest.mark.parametrize(
    ("headline", "flags", "certainty", "expected"),
    [
        ("lapsed", ["dead_letter", "lapsed"], "low", ["lapsed", "dead_letter"]),
        ("dead_letter", ["dead_letter"], "low", ["dead_letter"]),
        ("blocked", ["blocked", "block_expired", "no_enabling_action"], "low", ["block_expired"]),
        ("blocked", ["blocked", "no_enabling_action"], "low", ["no_enabling_action"]),
        ("blocked", ["blocked"], "high", []),
        ("overdue", ["overdue"], "low", ["overdue"]),
        ("shelved", ["shelved"], "moderate", ["shelved"]),
        ("shelved", ["shelved"], "low", []),
        ("shelved", ["ripe_not_moved", "shelved"], "low", ["ripe_not_moved"]),
        ("stalled", ["stalled"], "high", []),
    ],
)
def test_a_decision_is_asked_for_these_reasons(headline, flags, certainty, expected):
    assert reasons(headline, flags, certainty) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("rejected", None, "rejected", [], "high"), Status.CLOSED),
        (("open", 3, "lapsed", ["lapsed"], "high"), Status.ACT),
        (("open", 4, "in practice", ["wobble"], "high"), Status.WATCH),
        (("open", 4, "in practice", [], "high"), Status.PRACTICE),
        (("open", 2, "under way", [], "high"), Status.COURSE),
    ],
)
def test_every_finding_has_one_status(arguments, expected):
    assert status(*arguments) == expected


def test_decisions_come_gravest_first_with_owner_and_date():
    plan = example()
    found = decisions(plan, Page(plan, as_of=DAY).assessed, knowledge="then")
    ids = ["F-013", "F-024", "F-028", "F-039", "F-018", "F-032", "F-002", "F-016"]
    assert [one.finding_id for one in found if one.finding_id in ids] == ids
    overdue = next(one for one in found if one.finding_id == "F-032")
    assert (overdue.owners, str(overdue.since)) == (("Peter Nansby",), "2025-06-30")


def test_at_most_seven_decisions_are_shown_and_the_rest_counted():
    page = Page(example(), as_of=DAY)
    assert page.decisions.html.count("<li>") == 7
    assert "more finding" in page.decisions.text


def test_nothing_to_decide_is_said():
    plan = example()
    plan["finding"] = plan["finding"].query("finding_id == 'F-001'")
    assert Page(plan, as_of=DAY).decisions.text == "Nothing needs a decision today."


def test_a_plan_without_findings_has_a_report():
    plan = FakePlan({name: frame.iloc[:0] for name, frame in example().items()})
    assert "No finding is open" in Reader(page_of(plan)).text


def test_the_table_holds_every_finding_that_is_in_the_plan():
    page = Page(example(), as_of="2025-06-30")
    known = page.assessed.query("disposition != 'unknown'")
    assert page.findings.html.count('<th scope="row">') == len(known) == 38


def test_the_footer_says_from_what_the_report_was_made():
    text = Page(example(), as_of=DAY, knowledge="restated").footer.text
    assert "30 June 2026 (inclusive), as it is known today" in text
    assert "stall_days = 60; the others are the default" in text
    assert "content hash abc123" in text
    assert "no warnings" in text
    assert "all are the default" in Page(example(zone="Asia/Shanghai"), as_of=DAY).footer.text


def test_the_page_loads_nothing_and_runs_nothing():
    reader = Reader(page_of(example()))
    assert not [
        tag for tag, _ in reader.elements if tag in ("script", "iframe", "object", "embed", "link", "base")
    ]
    assert not reader.handlers
    assert all(value.startswith("#") for value in reader.loads)
    policy = next(
        a["content"] for t, a in reader.elements if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy


def test_the_page_is_fit_for_every_reader():
    page = page_of(example())
    reader = Reader(page)
    tags = [tag for tag, _ in reader.elements]
    assert reader.elements[0] == ("html", {"lang": "en"})
    assert reader.headings[0] == 1
    assert all(
        after <= before + 1 for before, after in zip(reader.headings, reader.headings[1:], strict=False)
    )
    assert ("a", {"class": "skip", "href": "#content"}) in reader.elements
    assert tags.count("table") == tags.count("caption") == 2
    assert all("scope" in attributes for tag, attributes in reader.elements if tag == "th")
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert tags.count("svg") == 1
    assert "13 of 42 findings are in practice" in page
    assert 'role="img" aria-label="13 of 42 findings are in practice; 6 stand on the shelf"' in page


def test_every_table_stands_in_a_box_that_scrolls_and_takes_focus():
    boxes = [a for t, a in Reader(page_of(example())).elements if a.get("class") == "box"]
    assert [(box["role"], box["tabindex"]) for box in boxes] == [("region", "0")] * 2


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_in_any_field_is_shown_as_text(hostile):
    plan = example(title=hostile)
    plan["finding"] = plan["finding"].assign(statement=hostile, theme=hostile, source=hostile)
    plan["owner"] = plan["owner"].assign(name=hostile)
    reader = Reader(page_of(plan))
    tags = {tag for tag, _ in reader.elements}
    assert not tags & {"script", "img"}
    assert not reader.handlers
    assert not [value for value in reader.loads if "javascript" in value]
    assert reader.text.count(hostile) >= 50


def test_control_characters_are_left_out():
    assert safe("a\x00b\x1b[31m<\n") == "ab[31m&lt;\n"


def failing(tmp_path, source):
    notebook = new_notebook(
        cells=[new_code_cell("", metadata={"tags": ["parameters"]}), new_code_cell(source)]
    )
    path = tmp_path / "report.ipynb"
    nbformat.write(notebook, path)
    return path


def test_a_failing_cell_is_shown_and_the_old_report_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "path_of", lambda _: failing(tmp_path, "1 / 0"))
    plan, target = example(), tmp_path / "report.html"
    target.write_text("the good one", encoding="utf-8")
    with pytest.raises(
        PracticeError, match=r"cell 3 failed with ZeroDivisionError: division by zero\n    1 / 0"
    ):
        build.write_report(plan, target)
    assert target.read_text(encoding="utf-8") == "the good one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "report.ipynb"]


def test_a_report_needs_a_folder_and_a_known_kind_of_knowledge(tmp_path):
    with pytest.raises(PracticeError, match="there is no folder"):
        build.write_report(example(), tmp_path / "none" / "report.html")
    with pytest.raises(PracticeError, match="did you mean 'restated'"):
        build.write_report(example(), tmp_path / "report.html", knowledge="restate")


def test_a_report_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path):
    (tmp_path / "report.html").mkdir()
    with pytest.raises(PracticeError, match="Cannot write"):
        build.replace(tmp_path / "report.html", "page")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_the_same_plan_and_day_give_the_same_bytes(tmp_path):
    with open_plan(path_of("data/example")) as plan:
        first = build.write_report(plan, tmp_path / "a.html", as_of=DAY).read_bytes()
        second = build.write_report(plan, tmp_path / "b.html", as_of=DAY).read_bytes()
        assert first == second
        assert plan.fingerprint().encode() in first
    assert str(tmp_path).encode() not in first
    reader = Reader(first.decode())
    assert "Of 42 findings, 13 are in practice, 6 of them sustained; 5 have stood on the shelf" in reader.text
    assert reader.headings == [1, 2, 2, 2]
    assert all(value.startswith("#") for value in reader.loads)


def test_the_bar_is_silent_in_a_pipe(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(build, "path_of", lambda _: failing(tmp_path, "1 + 1"))
    build.write_report(example(), tmp_path / "report.html")
    assert capsys.readouterr() == ("", "")


def test_a_pipe_is_written_to_and_never_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    build.replace(pipe, "<html></html>")
    assert os.read(reader, 100) == b"<html></html>"
    os.close(reader)
    assert pipe.is_fifo()
    assert [one.name for one in tmp_path.iterdir()] == ["pipe"]
