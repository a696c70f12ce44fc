"""How does the package say that something is wrong?

Wrong data is a value: an :class:`Issue`, collected in lists so that all problems are shown at once.
A broken call is an exception of this small tree::

    PracticeError                 one plain sentence, shown to the user as it stands
    ├── PlanError                 the plan cannot be opened, read or written
    │   └── ConflictError         somebody else changed the same row, or holds the plan
    ├── InvalidPlan               data was refused; carries the issues
    └── UnknownName               a finding, table, word or setting that does not exist
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHOWN_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem in the data: where, what was found, and how to mend it.

    ``code`` begins with ``E-`` (the row is refused) or ``W-`` (it is kept and listed). ``row`` is the
    line of the file or sheet, the header being line 1; ``None`` where no file is involved. ``key`` names the
    row as people do, where it has a key.
    """

    code: str
    table: str
    row: int | None
    column: str
    found: str
    message: str
    where: str = ""
    key: str = ""

    @property
    def is_error(self) -> bool:
        """True for a problem that refuses the row."""
        return self.code.startswith("E-")

    def __str__(self) -> str:
        """One sentence: place, code, what was found and how to mend it."""
        place = self.where or self.table
        line = f" line {self.row}" if self.row is not None else ""
        line += f" ({self.key})" if self.key else ""
        column = f", {self.column}" if self.column else ""
        return f"{self.code} {place}{line}{column}: {self.message}"


class PracticeError(Exception):
    """The root: anything that the package refuses to do, said in one sentence."""


class PlanError(PracticeError):
    """The plan cannot be opened, read or written."""


class ConflictError(PlanError):
    """Somebody else changed the same row, or holds the plan."""


class InvalidPlan(PracticeError):  # noqa: N818 - reads as what it is: an invalid plan
    """Data was refused. ``issues`` lists every problem."""

    def __init__(
        self, issues: Sequence[Issue], what: str = "The plan", *, then: str = "nothing was stored"
    ) -> None:
        """Build the sentence from the errors among ``issues``; ``then`` says what follows from them."""
        self.issues = list(issues)
        errors = [issue for issue in self.issues if issue.is_error]
        noun = "error" if len(errors) == 1 else "errors"
        lines = "\n".join(f"  {issue}" for issue in errors)
        super().__init__(f"{what} has {len(errors)} {noun}; {then}.\n{lines}")


class UnknownName(PracticeError):  # noqa: N818 - reads as what it is: an unknown name
    """A finding, table, word or setting that does not exist; the sentence names the nearest."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        """Build the sentence from what was looked for and what exists."""
        said = f"There is no {what} {shown(name)}{nearest(name, known)}"
        super().__init__(said if said.endswith("?") else f"{said}.")


def shown(text: object) -> str:
    """Quote a value for a sentence: on one line, printable, at most 80 characters."""
    quoted = repr(str(text))
    if len(quoted) > SHOWN_CHARACTERS:
        return f"{quoted[: SHOWN_CHARACTERS - 1]}…' ({len(str(text)):,} characters)"
    return quoted


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which known words come nearest: ``"; did you mean 'start'?"``, and the list of a short vocabulary."""
    words = [str(one) for one in known]
    close = difflib.get_close_matches(word[:SHOWN_CHARACTERS].casefold(), words, n=1, cutoff=0.6)
    few = 20
    listed = f"nown: {', '.join(words)}" if 0 < len(words) <= few else ""
    if close:
        return f"; did you mean {close[0]!r}?" + (f" K{listed}" if listed else "")
    return f"; k{listed}" if listed else ""
