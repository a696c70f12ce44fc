"""How does the package say that something is wrong?

Wrong data is a value: an :class:`Issue`, collected in lists so that all problems are shown at once.
A broken call is an exception of this small tree::

    PracticeError                 one plain sentence, shown to the user as it stands
    ├── PlanError                 the plan cannot be opened, read or written
    │   └── ConflictError         somebody else changed the same row
    ├── InvalidPlan               data was refused; carries the issues
    └── UnknownName               a finding, table, word or setting that does not exist
"""

from __future__ import annotations

import difflib
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from theorytopractice.i18n import CLAUSES, message, say, say_in_turn, say_n, say_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


MAX_QUOTED = 80
REASONS = (
    message("no such file or directory"),
    message("permission denied"),
    message("operation not permitted"),
    message("not a directory"),
    message("is a directory"),
    message("file exists"),
    message("directory not empty"),
    message("read-only file system"),
    message("no space left on device"),
    message("disk quota exceeded"),
    message("file name too long"),
    message("input/output error"),
    message("too many open files"),
    message("device or resource busy"),
)
"""Why an operating system refuses, as it says so itself."""
ASKING = ("?", "？")


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem in the data: where, what was found, and how to mend it.

    ``code`` begins with ``E-`` (the row is refused) or ``W-`` (it is kept and listed). ``row`` is the
    line of the file or sheet, the header being line 1; of a frame (``where`` is empty) its position from 0; ``None``
    where neither is involved. ``key`` names the row as people do, where it has a key.
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
        place = say_in_turn(CLAUSES, [self._row(), self.column])
        return say("{code} {place}: {message}", code=self.code, place=place, message=self.message)

    def _row(self) -> str:
        """Say which row of which file or table it is."""
        facts = {"place": self.where or self.table, "line": self.row, "key": self.key}
        if self.row is None:
            return say("{place} ({key})", **facts) if self.key else str(facts["place"])
        if self.key:
            return (
                say("{place} line {line} ({key})", **facts)
                if self.where
                else say("{place} row {line} ({key})", **facts)
            )
        return say("{place} line {line}", **facts) if self.where else say("{place} row {line}", **facts)


class PracticeError(Exception):
    """The root: anything that the package refuses to do, said in one sentence."""


class PlanError(PracticeError):
    """The plan cannot be opened, read or written."""


class ConflictError(PlanError):
    """Somebody else changed the same row."""


MOST_LINES = 200
"""Lines that are written out; ``issues`` has all problems."""
MOST_ALIKE = 3
"""Rows that are named of those of which the same is said."""


class InvalidPlan(PracticeError):  # noqa: N818 - reads as what it is: an invalid plan
    """Data was refused. ``issues`` lists every problem."""

    def __init__(self, issues: Sequence[Issue], what: str | None = None, *, then: str | None = None) -> None:
        """Build the sentence from the errors among ``issues``; ``what`` has them, ``then`` says what follows.

        Unless told, it is the plan, and nothing was stored.
        """
        self.issues = list(issues)
        errors = [issue for issue in self.issues if issue.is_error]
        head = say_n(
            "{what} has {n} error; {then}.",
            "{what} has {n} errors; {then}.",
            n=len(errors),
            what=what or say("The plan"),
            then=then or say("nothing was stored"),
        )
        lines = [line for alike in alike_issues(errors) for line in _lines_of(alike)]
        if len(lines) > MOST_LINES:
            more = len(lines) - MOST_LINES
            lines[MOST_LINES:] = [say_n("and {n:,} more", "and {n:,} more", more)]
        super().__init__("\n  ".join([head, *lines]))


def alike_issues(issues: Iterable[Issue]) -> list[list[Issue]]:
    """Group problems that say the same of one column, in the order in which each comes first."""
    groups: dict[tuple[str, str, str, str], list[Issue]] = {}
    for issue in issues:
        groups.setdefault((issue.code, issue.where or issue.table, issue.column, issue.message), []).append(
            issue
        )
    return [*groups.values()]


def _lines_of(alike: Sequence[Issue]) -> list[str]:
    """Write the first problems of a group out, and how many more rows have it."""
    lines = [*dict.fromkeys(str(issue) for issue in alike[:MOST_ALIKE])]
    if len(alike) > len(lines):
        more = len(alike) - len(lines)
        lines.append(say_n("the same of {n:,} more row", "the same of {n:,} more rows", more))
    return lines


class UnknownName(PracticeError):  # noqa: N818 - reads as what it is: an unknown name
    """A finding, table, word or setting that does not exist; the sentence names the nearest."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        """Build the sentence from what was looked for, as it is called in the language spoken, and what exists."""
        facts = {"what": what, "name": quote(name), "hint": nearest(name, known)}
        if facts["hint"].endswith(ASKING):
            super().__init__(say("There is no {what} {name}{hint}", **facts))
        else:
            super().__init__(say("There is no {what} {name}{hint}.", **facts))


def quote(text: object) -> str:
    """Quote a value for a sentence: on one line, printable, at most 80 characters."""
    quoted = repr(str(text))
    if len(quoted) > MAX_QUOTED:
        return say("{begin}…' ({n:,} characters)", begin=quoted[: MAX_QUOTED - 1], n=len(str(text)))
    return quoted


def reason_of(error: OSError) -> str:
    """Say why the operating system refused, for the end of a sentence."""
    reason = (error.strerror or str(error)).lower()
    return say(reason) if reason in REASONS else reason


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which known words come nearest: ``"; did you mean 'start'?"``, and the list of a short vocabulary."""
    words = [str(word) for word in known]
    alike = closest(word[:MAX_QUOTED].casefold(), words)
    few = 20
    listed = say_names(words) if len(words) <= few else ""
    if alike and len(words) > 1 and listed:
        return say("; did you mean {alike}? Known: {listed}", alike=repr(alike), listed=listed)
    if alike:
        return say("; did you mean {alike}?", alike=repr(alike))
    return say("; known: {listed}", listed=listed) if listed else ""


def closest(word: str, known: Sequence[str], likeness: float = 0.6) -> str:
    """Return the known word that comes nearest to one, empty if none is as like it as ``likeness`` (0 to 1)."""
    plain = {one.casefold(): one for one in reversed(known)}  # people name a heading without its capitals
    near = difflib.get_close_matches(word.casefold(), [*plain], n=1, cutoff=likeness)
    return plain[near[0]] if near else ""


_RENAMED = {"shown": "quote", "SHOWN_CHARACTERS": "MAX_QUOTED"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes are of any type
    """Return what a name of before stands for now, and warn."""
    if name not in _RENAMED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    warnings.warn(f"{__name__}.{name} is now {__name__}.{_RENAMED[name]}.", DeprecationWarning, stacklevel=2)
    return globals()[_RENAMED[name]]
