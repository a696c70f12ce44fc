"""To be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.report.html import Part, quiet

if TYPE_CHECKING:
    from theorytopractice.report.view import View


def show(view: View) -> Part:  # noqa: ARG001
    """To be written."""
    return Part(quiet("…"))
