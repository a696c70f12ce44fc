"""How is one of our cells filled from a foreign row?

By alternatives, of which the first counts whose conditions hold and that gives a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from theorytopractice.errors import shown
from theorytopractice.exchange.toml_part import Part, wrong
from theorytopractice.exchange.transformations import CHANGES, changes_of
from theorytopractice.model.values import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from theorytopractice.exchange.foreign import Record
    from theorytopractice.exchange.transformations import Change

ORIGINS = ("column", "constant", "template")
KEYS = (*ORIGINS, "split", "part", *CHANGES, "only", "otherwise", "listed")
TESTS = ("equals", "differs", "begins", "is")
STATES = ("filled", "empty")
REFERENCE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something to be listed about a foreign row: the column, what was found there, and what it means."""

    column: str
    found: str
    message: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of a foreign row; ``otherwise`` is what is listed where it does not hold, if anything."""

    key: str
    column: str
    test: str
    words: tuple[str, ...]
    otherwise: str

    @classmethod
    def of(cls, part: Part) -> Condition:
        """Read a condition; raises PlanError."""
        part.allow(("column", *TESTS, "otherwise"))
        tests = [test for test in TESTS if test in part]
        if len(tests) != 1:
            raise wrong(part.key, f"expected one of {', '.join(TESTS)}")
        words = part.texts(tests[0])
        if tests[0] == "is" and words not in {(state,) for state in STATES}:
            raise wrong(part.under("is"), f"expected 'filled' or 'empty', found {shown(words[0])}")
        return cls(part.key, part.text("column"), tests[0], words, part.text("otherwise", ""))

    def holds(self, record: Record) -> bool:
        """Say whether a row passes; case and surrounding blanks do not matter."""
        cell = folded(record[self.column])
        known = tuple(map(folded, self.words))
        if self.test == "is":
            return bool(cell) == (self.words == ("filled",))
        if self.test == "begins":
            return cell.startswith(known)
        return (cell in known) == (self.test == "equals")

    def trouble(self, record: Record) -> Trouble:
        """Return what is listed about a row that does not pass."""
        return Trouble(self.column, record[self.column], self.otherwise)


def conditions_of(part: Part) -> tuple[Condition, ...]:
    """Read the conditions under ``only``: one, or a list of which all must hold."""
    return tuple(Condition.of(one) for one in part.parts("only")) if "only" in part else ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to fill a cell: from a column, a constant or a template, through small transformations."""

    key: str
    origin: str
    text: str
    changes: tuple[Change, ...] = ()
    outputs: tuple[str, ...] = ()
    only: tuple[Condition, ...] = ()
    otherwise: str = ""
    listed: str = ""

    @classmethod
    def of(cls, value: object, key: str) -> Alternative:
        """Read an alternative; a mere text is the name of a foreign column. Raises PlanError."""
        if isinstance(value, str):
            return cls(key, "column", Part({"column": value}, key).text("column"))
        part = Part.of(value, key)
        part.allow(KEYS)
        origins = [origin for origin in ORIGINS if origin in part]
        if len(origins) != 1:
            raise wrong(key, f"expected one of {', '.join(ORIGINS)}")
        changes, outputs = changes_of(part)
        text = part.text(origins[0]) if origins[0] != "constant" else part.scalar("constant")
        if origins[0] == "constant" and not changes:
            outputs = (text,)
        said = part.text("otherwise", ""), part.text("listed", "")
        return cls(key, origins[0], text, changes, outputs, conditions_of(part), *said)

    def foreign(self) -> Iterator[tuple[str, str]]:
        """Return each foreign column that is read here, with the key that names it."""
        if self.origin == "column":
            yield self.text, self.key
        if self.origin == "template":
            yield from ((name, self.key) for name in REFERENCE.findall(self.text))
        yield from ((condition.column, condition.key) for condition in self.only)

    def raw(self, record: Record) -> str:
        """Return the text before it is transformed; a template with an empty cell in it is empty."""
        if self.origin == "column":
            return record[self.text]
        if self.origin == "constant" or not all(record[name] for name in REFERENCE.findall(self.text)):
            return self.text if self.origin == "constant" else ""
        return REFERENCE.sub(lambda match: record[match[1]], self.text)

    @property
    def column(self) -> str:
        """The foreign column that a listing names."""
        if self.origin == "template":
            return next(iter(REFERENCE.findall(self.text)), "")
        return self.text if self.origin == "column" else ""


@dataclass(slots=True)
class Reading:
    """A cell that was read: its text, where it came from, and what is to be listed about it."""

    text: str = ""
    column: str = ""
    found: str = ""
    troubles: list[Trouble] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Column:
    """How one of our columns is filled: the first alternative that gives a text counts."""

    key: str
    alternatives: tuple[Alternative, ...]

    @classmethod
    def of(cls, value: object, key: str) -> Column:
        """Read a column: a text, a table, or a list of them. Raises PlanError."""
        if not isinstance(value, list):
            return cls(key, (Alternative.of(value, key),))
        if not value:
            raise wrong(key, "the list is empty")
        return cls(key, tuple(Alternative.of(one, f"{key}[{n}]") for n, one in enumerate(value, 1)))

    def foreign(self) -> Iterator[tuple[str, str]]:
        """Return each foreign column that is read here, with the key that names it."""
        for alternative in self.alternatives:
            yield from alternative.foreign()

    def read(self, record: Record) -> Reading:
        """Fill the cell from a foreign row."""
        reading = Reading()
        for one in self.alternatives:
            if not all(condition.holds(record) for condition in one.only):
                continue
            raw = one.raw(record)
            reading.column, reading.found = one.column or reading.column, raw if one.column else reading.found
            if not raw:
                if one.otherwise:
                    reading.troubles.append(Trouble(one.column, raw, one.otherwise))
                continue
            try:
                for change in one.changes:
                    raw = change(raw) if raw else raw
            except ValueError as error:
                reading.troubles.append(Trouble(one.column, raw, str(error)))
                continue
            if one.listed:
                reading.troubles.append(Trouble(one.column, reading.found, one.listed))
            reading.text = raw
            return reading
        return reading
