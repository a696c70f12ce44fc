"""Reports on small plans that are held in memory."""

from __future__ import annotations

from held import Held

from theorytopractice.report.page import Page

DAY = "2026-06-30"


def page(sheet, **options):
    """Return the report on a sheet."""
    return Page(Held(sheet), as_of=DAY, **options)


def lines(part):
    """Return the lines of a part as a terminal shows them."""
    return part.text.split("\n")
