"""A plan held in memory instead of a store."""

from __future__ import annotations

from functools import cache

import pandas as pd

from theorytopractice.assessment.encode import complete_tables
from theorytopractice.model.settings import Settings
from theorytopractice.report.data import narrow_tables
from theorytopractice.resources import path_of


class FakePlan(dict):
    """Frames by name, with what else the report asks of a plan; nothing in it is wrong."""

    def __init__(self, tables, fingerprint="abc123", **settings):
        super().__init__(tables)
        self.settings, self._fingerprint = Settings(**settings), fingerprint

    def keeps(self, _):
        return False

    def fingerprint(self):
        return self._fingerprint

    def check(self, today=None):  # noqa: ARG002 - nothing is wrong on any day
        return []

    def write_folder(self, path):
        path.mkdir()


@cache
def example_frames():
    """The worked example as frames of texts."""
    return {file.stem: pd.read_csv(file, dtype=str) for file in sorted(path_of("data/example").glob("*.csv"))}


def fake_example(**settings):
    """Return the worked example; with other settings if some are given."""
    frames = {name: frame.copy() for name, frame in example_frames().items()}
    return FakePlan(frames, **settings or {"title": "A county", "stall_days": 60})


def fake_plan(builder, fingerprint="abc123", **settings):
    """Return what was built, with every table and column, and with settings."""
    rows = [{"name": name, "value": str(value)} for name, value in settings.items()]
    tables = complete_tables(builder.frames | {"setting": pd.DataFrame(rows, columns=["name", "value"])})
    return FakePlan({name: frame.astype("str") for name, frame in tables.items()}, fingerprint, **settings)


def only(plan, finding_id):
    """Return a plan with one finding of another, and what belongs to it."""
    return FakePlan(narrow_tables(plan, {finding_id}))
