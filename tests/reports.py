"""What tests of the report share: plans in memory, a page without a kernel, a reader of pages."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pandas as pd
from nbformat.v4 import new_code_cell, new_notebook, new_output

from theorytopractice.model.settings import Settings
from theorytopractice.report.exporter import TheoryToPracticeExporter
from theorytopractice.report.page import Page
from theorytopractice.report.scope import narrow_tables
from theorytopractice.resources import path_of

DAY = "2026-06-30"
PARTS = (
    "masthead", "decisions", "movement", "standing", "knowing", "owners", "problems", "experiences", "mechanisms",
    "insights", "learning", "unknowns", "findings", "footer",
)  # fmt: skip
"""Every part of the report, in its order."""


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
    """Return the worked example as frames of texts; with other settings if some are given."""
    files = sorted(path_of("data/example").glob("*.csv"))
    plan = FakePlan({file.stem: pd.read_csv(file, dtype=str) for file in files})
    if settings:
        plan.settings = Settings(**settings)
    return plan


def only(plan, finding_id):
    """Return a plan with one finding of another, and what belongs to it."""
    return FakePlan(narrow_tables(plan, {finding_id}))


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


def notebook_of(page, parts=PARTS):
    """Return a notebook as if it had been executed, one part a cell."""
    shown = [getattr(page, name) for name in parts]
    outputs = [
        new_output(
            "execute_result", {"text/html": str(part.html), "text/plain": repr(part)}, execution_count=1
        )
        for part in shown
    ]
    return new_notebook(
        cells=[new_code_cell("1", id=f"c{i}", outputs=[one]) for i, one in enumerate(outputs)]
    )


def exported(notebook, **options):
    """Render a notebook as the exporter does; return the page and the files beside it."""
    page, resources = TheoryToPracticeExporter(**options).from_notebook_node(
        notebook, {"unique_key": "report"}
    )
    return page, resources.get("outputs") or {}


def page_of(plan, **given):
    """Return the whole report on a plan as one page."""
    return exported(notebook_of(Page(plan, **{"as_of": DAY, **given})), single_file=True)[0]
