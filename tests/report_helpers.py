"""What tests of the report share: a page without a kernel, and a reader of pages."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser

from fakes import FakePlan, example_frames, fake_plan
from nbformat.v4 import new_code_cell, new_notebook, new_output

from theorytopractice.report.data import ReportData
from theorytopractice.report.exporter import TheoryToPracticeExporter
from theorytopractice.report.page import Page

DAY = "2026-06-30"
PARTS = (
    "masthead", "decisions", "movement", "contents", "standing", "knowing", "owners", "problems", "experiences", "mechanisms",
    "insights", "learning", "unknowns", "findings", "footer",
)  # fmt: skip
"""Every part of the report, in its order."""


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

    def all(self, tag):
        """Return the attributes of every element of a name."""
        return [attributes for name, attributes in self.elements if name == tag]


def report_page(builder, **options):
    """Return the report on a plan that was built."""
    return Page(fake_plan(builder), as_of=DAY, **options)


def report_data(builder, day=DAY, **settings):
    """Return what the report is made of, for a plan that was built."""
    return ReportData(fake_plan(builder, **settings), as_of=day)


@cache
def example_data():
    """Return what the report is made of, for the worked example."""
    return ReportData(FakePlan(example_frames()), as_of=DAY)


def lines(part):
    """Return the lines of a part as a terminal shows them, but the way back to the brief."""
    return [line for line in part.text.split("\n") if line != "Back to the decisions"]


def notebook_of(page, parts=PARTS):
    """Return a notebook as if it had been executed, one part a cell."""
    texts = [
        {"text/html": str(part.html), "text/plain": repr(part)}
        for part in (getattr(page, name) for name in parts)
    ]
    outputs = [new_output("execute_result", text, execution_count=1) for text in texts]
    cells = [new_code_cell("1", id=f"c{i}", outputs=[output]) for i, output in enumerate(outputs)]
    return new_notebook(cells=cells)


def export(notebook, **options):
    """Render a notebook as the exporter does; return the page and the files beside it."""
    page, resources = TheoryToPracticeExporter(**options).from_notebook_node(
        notebook, {"unique_key": "report"}
    )
    return page, resources.get("outputs") or {}


def render_page(plan, **options):
    """Return the whole report on a plan as one page."""
    return export(notebook_of(Page(plan, **{"as_of": DAY, **options})), single_file=True)[0]
