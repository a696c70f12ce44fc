"""How is a cell of ours filled from foreign rows? A column at a time: each different text is read once."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from theorytopractice.errors import quote
from theorytopractice.exchange.mapping_schema import BLANK, REFERENCE
from theorytopractice.exchange.transformations import (
    Transformation,
    declared_dates,
    number,
    per_cent,
    split,
    words,
    year,
)
from theorytopractice.model.plain_numbers import plain_number
from theorytopractice.model.plain_text import comparable, text_of_html
from theorytopractice.model.values import fold, read_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from decimal import Decimal

    from theorytopractice.exchange import mapping_schema as schema
    from theorytopractice.exchange.mapping_own import OwnField


class Cells(Protocol):
    """Foreign rows, column by column."""

    def __len__(self) -> int:
        """Return the number of rows."""

    def __getitem__(self, column: str) -> list[str]:
        """Return the cells of a column."""


@dataclass(frozen=True, slots=True)
class MappingIssue:
    """Something to be listed about a foreign row: the column, what was found there, and what it means."""

    column: str
    found: str
    message: str


def transformations_of(cell: schema.CellReading, *, is_start: bool = False) -> tuple[Transformation, ...]:
    """Return the transformations that a cell declares, in order.

    Args:
        cell: what the mapping declares.
        is_start: whether a month without a day is its first day; where not, it is its last.
    """
    changes: list[Transformation] = [text_of_html] if cell.html else []
    if cell.split is not None and cell.part is not None:
        changes.append(split(cell.split, cell.part))
    if cell.dates is not None or cell.century is not None:
        changes.append(declared_dates(cell.dates or (), cell.century, is_start=is_start))
    if cell.year is not None:
        changes.append(year(cell.year))
    if cell.number is not None:
        changes.append(number(cell.number))
    if cell.share:
        changes.append(per_cent)
    if cell.words is not None:
        changes.append(words(cell.words))
    return tuple(changes)


# --- conditions --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of a foreign column; ``otherwise`` is what is listed where it does not hold, if anything."""

    key: str
    column: str
    otherwise: str
    test: Callable[[str], bool]

    @classmethod
    def of(cls, declared: schema.Condition, key: str) -> Condition:
        """Build the test that is declared."""
        return cls(key, declared.column, declared.otherwise or "", _test(declared))

    def check(self, rows: Cells) -> tuple[dict[str, bool], dict[str, str]]:
        """Return which texts of the column pass, and why some could not be read at all."""
        passes: dict[str, bool] = {}
        wrong: dict[str, str] = {}
        for text in set(rows[self.column]):
            try:
                passes[text] = self.test(text)
            except ValueError as error:
                passes[text], wrong[text] = False, str(error)
        return passes, wrong


def _test(declared: schema.Condition) -> Callable[[str], bool]:
    test = declared.tests[0]
    if test == "is":
        return partial(_is_filled, wanted=declared.is_ not in BLANK)
    if test in ("before", "after"):
        read = declared_dates(declared.dates or (), declared.century)
        days = declared.before or declared.after or ()
        return lambda text: (
            bool(text) and any(_is_beyond(read(text), day, less=test == "before") for day in days)
        )
    if test in ("less", "more"):
        limits = [read_number(one) for one in declared.less or declared.more or ()]
        value = _number_of(declared.number or "")
        return lambda text: (
            bool(text)
            and any(value(text) < limit if test == "less" else value(text) > limit for limit in limits)
        )
    if test == "matches":
        patterns = [re.compile(one) for one in declared.matches or ()]
        return lambda text: any(pattern.fullmatch(text) for pattern in patterns)
    known = tuple(map(fold, getattr(declared, test)))
    tests: dict[str, Callable[[str], bool]] = {
        "equals": lambda cell: cell in known,
        "differs": lambda cell: cell not in known,
        "begins": lambda cell: cell.startswith(known),
        "contains": lambda cell: any(one in cell for one in known),
    }
    chosen = tests[test]
    return lambda text: chosen(fold(text))


def _is_filled(text: str, *, wanted: bool) -> bool:
    return bool(text.strip()) == wanted


def _is_beyond(text: str, limit: str, *, less: bool) -> bool:
    return text < limit if less else text > limit


def _number_of(decimal: str) -> Callable[[str], Decimal]:
    def read(text: str) -> Decimal:
        try:
            return read_number(plain_number(text, decimal))
        except ValueError as error:
            raise ValueError(f"{quote(text)} is not a number, so that it is neither less nor more") from error

    return read


def passing(
    conditions: Sequence[Condition], rows: Cells, positions: Sequence[int]
) -> tuple[Sequence[int], list[tuple[int, MappingIssue]]]:
    """Return the positions of the rows for which all conditions hold, and what is listed about the others.

    The first that fails speaks; a cell that it cannot read is listed also where it says nothing.
    """
    issues: list[tuple[int, MappingIssue]] = []
    for condition in conditions:
        cells = rows[condition.column]
        passes, wrong = condition.check(rows)
        if all(passes.values()):
            continue
        if condition.otherwise or wrong:
            for position in positions:
                text = cells[position]
                why = "" if passes[text] else wrong.get(text, "") or condition.otherwise
                if why:
                    issues.append((position, MappingIssue(condition.column, text, why)))
        positions = [position for position in positions if passes[cells[position]]]
    return positions, issues


# --- columns -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Reading:
    """A column that was read: its texts, and what is to be listed by position.

    ``failures`` are what an alternative could not read, with its columns: nothing of it is listed where a later
    alternative reads the same columns.
    """

    texts: list[str]
    issues: dict[int, list[MappingIssue]] = field(default_factory=dict)
    failures: dict[int, list[tuple[tuple[str, ...], MappingIssue]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to fill a cell: from a column, a constant, a template or a hash, through small transformations."""

    key: str
    cell: schema.Cell
    changes: tuple[Transformation, ...] = ()
    only: tuple[Condition, ...] = ()
    columns: tuple[str, ...] = ()

    @classmethod
    def of(cls, cell: schema.Cell, key: str, *, is_start: bool = False) -> Alternative:
        """Build an alternative from what is declared."""
        only = tuple(Condition.of(one, f"{key}.only[{number}]") for number, one in enumerate(cell.only, 1))
        return cls(key, cell, transformations_of(cell, is_start=is_start), only, tuple(_columns(cell)))

    def foreign(self) -> Iterator[tuple[str, str]]:
        """Return each foreign column that is read here, with the key that names it."""
        yield from ((name, self.key) for name in self.columns)
        yield from ((condition.column, condition.key) for condition in self.only)

    @property
    def column(self) -> str:
        """The foreign column that a listing names."""
        return next((name for name in self.columns if name != "#row"), "")

    @property
    def outputs(self) -> tuple[str, ...]:
        """The texts that it may give, if known."""
        if self.cell.words is not None:
            return tuple(self.cell.words.values())
        return (self.cell.constant,) if self.cell.constant is not None and not self.changes else ()

    def raw(self, rows: Cells) -> list[str]:
        """Return the texts before they are transformed; a template with an empty cell in it is empty."""
        cell = self.cell
        if cell.constant is not None:
            return [cell.constant] * len(rows)
        if cell.template is not None:
            return _templated(cell.template, rows)
        if cell.hash is not None:
            parts = zip(*(rows[name] for name in cell.hash), strict=True)
            return [cell.prefix + _digest(row) if any(row) else "" for row in parts]
        return rows[cell.column or cell.name or ""]


def _columns(cell: schema.Cell) -> Iterable[str]:
    if cell.template is not None:
        return REFERENCE.findall(cell.template)
    return cell.hash or tuple(filter(None, (cell.column, cell.name)))


def _templated(template: str, rows: Cells) -> list[str]:
    pieces = REFERENCE.split(template)
    if len(pieces) == 1:
        return [template] * len(rows)
    columns = [rows[name] for name in pieces[1::2]]
    if len(columns) == 1:
        before, _, after = pieces
        return [before + text + after if text else "" for text in columns[0]]
    form = "{}".join(piece.replace("{", "{{").replace("}", "}}") for piece in pieces[::2]).format
    return [form(*row) if all(row) else "" for row in zip(*columns, strict=True)]


HASH_DIGITS = 12


def _digest(texts: Iterable[str]) -> str:
    """Return a short fingerprint of texts; case, width and blanks do not count."""
    whole = "\x1f".join(map(comparable, texts)).encode()
    return hashlib.sha256(whole).hexdigest()[:HASH_DIGITS]


@dataclass(frozen=True, slots=True)
class Column:
    """How one of our columns is filled: the first alternative that gives a text counts."""

    key: str
    alternatives: tuple[Alternative, ...]

    @classmethod
    def of(cls, cells: Sequence[schema.Cell], key: str, *, is_start: bool = False) -> Column:
        """Build a column from what is declared."""
        many = len(cells) > 1
        return cls(
            key,
            tuple(
                Alternative.of(cell, f"{key}[{number}]" if many else key, is_start=is_start)
                for number, cell in enumerate(cells, 1)
            ),
        )

    def foreign(self) -> Iterator[tuple[str, str]]:
        """Return each foreign column that is read here, with the key that names it."""
        for alternative in self.alternatives:
            yield from alternative.foreign()

    def read(
        self,
        rows: Cells,
        own: OwnField | None = None,
        owner_key: Callable[[str], str] | None = None,
    ) -> Reading:
        """Fill the cells from foreign rows.

        Args:
            rows: the rows.
            own: puts a text into our field; raises ValueError where the field cannot hold it.
            owner_key: gives the key of the owner of a name.
        """
        reading = Reading([""] * len(rows))
        pending: Sequence[int] = range(len(rows))
        for one in self.alternatives:
            if not pending:
                break
            chosen, wrong = passing(one.only, rows, pending)
            for position, issue in wrong:
                reading.issues.setdefault(position, []).append(issue)
            steps = (*one.changes, owner_key) if one.cell.name and owner_key else one.changes
            unfilled = _fill(one, rows, chosen, (steps, own), reading)
            pending = (
                unfilled if len(chosen) == len(pending) else sorted({*pending} - {*chosen} | {*unfilled})
            )
        for position, failed in reading.failures.items():
            reading.issues.setdefault(position, []).extend(issue for _, issue in failed)
        return reading

    def origins(self, rows: Cells, positions: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Return for rows that gave nothing the foreign column of the last alternative, and what stands there."""
        places: dict[int, tuple[str, str]] = dict.fromkeys(positions, ("", ""))
        for one in self.alternatives:
            if one.column:
                raw = one.raw(rows)
                for position in passing(one.only, rows, positions)[0]:
                    places[position] = (one.column, raw[position])
        return places


def _fill(
    one: Alternative,
    rows: Cells,
    chosen: Sequence[int],
    steps: tuple[tuple[Transformation, ...], OwnField | None],
    reading: Reading,
) -> list[int]:
    """Fill the chosen rows by one alternative, and return those that it leaves empty.

    What an alternative could not read is no longer to be listed where a later one reads the same columns.
    """
    raw = one.raw(rows)
    known, wrong = _read_once(
        raw if len(chosen) == len(raw) else [raw[position] for position in chosen], *steps
    )
    is_whole = len(chosen) == len(raw)
    if is_whole and not any(reading.texts):
        reading.texts[:] = raw if known is None else [known[text] for text in raw]
    else:
        for position in chosen:
            reading.texts[position] = raw[position] if known is None else known[raw[position]]
    if one.cell.listed is None and not reading.failures and is_whole and all(reading.texts):
        return []
    unfilled = []
    column = one.column
    failed = {
        text: [(one.columns, MappingIssue(column, text if column else "", why))]
        for text, why in wrong.items()
    }
    empty = MappingIssue(column, "", one.cell.otherwise) if one.cell.otherwise else None
    for position in chosen:
        if reading.texts[position]:
            _settle(one, position, raw[position], reading)
            continue
        unfilled.append(position)
        if raw[position] in failed:
            before = reading.failures.get(position, [])
            reading.failures[position] = (
                [*before, *failed[raw[position]]] if before else failed[raw[position]]
            )
        elif empty is not None and not raw[position]:
            reading.issues.setdefault(position, []).append(empty)
    return unfilled


def _settle(
    one: Alternative,
    position: int,
    found: str,
    reading: Reading,
) -> None:
    failures = reading.failures
    if position in failures:
        failures[position] = [
            (names, issue) for names, issue in failures[position] if not {*names} <= {*one.columns}
        ]
    if one.cell.listed is not None:
        issue = MappingIssue(one.column, found if one.column else "", one.cell.listed)
        reading.issues.setdefault(position, []).append(issue)


def _read_once(
    texts: Sequence[str], changes: tuple[Transformation, ...], own: OwnField | None
) -> tuple[dict[str, str] | None, dict[str, str]]:
    """Return what each different text becomes, empty where it cannot be read, and why; None where all stay."""
    if not changes and (own is None or own.holds_all(texts)):
        return None, {}
    known: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for text in dict.fromkeys(texts):  # in order, for the first spelling of a name counts
        changed = text
        try:
            for change in changes:
                changed = change(changed) if changed else changed
            known[text] = own(changed) if changed and own is not None else changed
        except ValueError as error:
            known[text], wrong[text] = "", str(error)
    return known, wrong
