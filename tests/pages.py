"""Reports on small plans that are held in memory."""

from __future__ import annotations

from theorytopractice.assessment.arrays.encoding import encode
from theorytopractice.model.settings import Settings
from theorytopractice.report.page import Page

DAY = "2026-06-30"


class Held(dict):
    """A plan held in memory: every table, empty where the sheet has none."""

    settings = Settings()

    def check(self, today=None):  # noqa: ARG002 - a plan that is held finds nothing
        return []

    def fingerprint(self):
        return "abc"


def page(sheet, **options):
    return Page(Held(encode(sheet.frames).frames), as_of=DAY, **options)


def lines(part):
    return part.text.split("\n")
