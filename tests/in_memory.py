"""Plans held in memory, as the report asks for them: the worked example, and small ones by hand."""

from __future__ import annotations

from functools import cache

import pandas as pd

from theorytopractice.model.settings import Settings
from theorytopractice.report.data import ReportData
from theorytopractice.resources import path_of

DAY = "2026-06-30"


class Held(dict):
    """Tables held in memory, with what else the report asks of a plan."""

    def __init__(self, tables, fingerprint="abc123", **settings):
        super().__init__(tables)
        self.settings, self._fingerprint = Settings(**settings), fingerprint

    def check(self, today=None):  # noqa: ARG002 - nothing is found on any day
        return []

    def fingerprint(self):
        return self._fingerprint


@cache
def example_frames():
    """The worked example as frames of texts."""
    return {file.stem: pd.read_csv(file, dtype="str") for file in path_of("data/example").glob("*.csv")}


def held(sheet, fingerprint="abc123", **settings):
    """Return a small plan with every table and column of the worked example."""
    chosen = [{"name": name, "value": str(value)} for name, value in settings.items()]
    given = sheet.frames | {"setting": pd.DataFrame(chosen, columns=["name", "value"])}
    tables = {
        name: given.get(name, frame.iloc[:0]).reindex(columns=frame.columns).astype("str")
        for name, frame in example_frames().items()
    }
    return Held(tables, fingerprint, **settings)


def viewed(sheet, day=DAY, **settings):
    """Look at a small plan."""
    return ReportData(held(sheet, **settings), as_of=day)


@cache
def example_view():
    """Look at the worked example on its day."""
    return ReportData(Held(example_frames()), as_of=DAY)
