"""Can each cell stand where it stands? What one row of a table says by itself."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from theorytopractice.errors import nearest, shown
from theorytopractice.language import say
from theorytopractice.model.fields import ValueType
from theorytopractice.model.settings import Settings
from theorytopractice.model.validation_sheets import HEADER, Problem, Sheets
from theorytopractice.model.values import LONGEST_KEY, folded, misread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from theorytopractice.model.fields import Field

LIKE = 0.6
NO_REASONS = ("true", "false", "yes", "no")


def unreadable(sheets: Sheets) -> Iterator[Problem]:
    """E-DATE, E-NUM, E-VOCAB, E-REF: a text that cannot be read as its field."""
    for name, table in sheets.tables.items():
        for field in table.entity.fields:
            cells = table.columns.get(field.name, [])
            bad = {text: why for text in _suspects(field, cells) if (why := misread(field, text))}
            for row, text in enumerate(cells) if bad else ():
                if text in bad:
                    yield Problem(bad[text].code, name, row, field.name, bad[text].message)


def _suspects(field: Field, cells: list[str]) -> set[str]:
    """Return the distinct texts worth reading: none where all are short and the field takes any short text."""
    takes_any = field.type in (ValueType.TEXT, ValueType.VALUE)
    if takes_any and max(map(len, cells), default=0) <= LONGEST_KEY and "\0" not in "".join(cells):
        return set()
    texts = set(cells)
    texts.discard("")
    return texts


def long_keys(sheets: Sheets) -> Iterator[Problem]:
    """E-ID: an identifier that nobody can say; a link to it would be refused as well."""
    for name, table in sheets.tables.items():
        column = table.entity.identifier or ""
        keys = sheets.column(name, column) if column else []
        if max(map(len, keys), default=0) > LONGEST_KEY:
            for row, key in enumerate(keys):
                if len(key) > LONGEST_KEY:
                    message = say(
                        "{key} is too long for a key; shorten it to at most {n} characters",
                        key=shown(key),
                        n=LONGEST_KEY,
                    )
                    yield Problem("E-ID", name, row, column, message)


def repeated_keys(sheets: Sheets) -> Iterator[Problem]:
    """E-ID: a key that an earlier row of the same table has already."""
    for name, table in sheets.tables.items():
        column = table.entity.identifier or ("name" if name == "setting" else "")
        keys = sheets.column(name, column) if column else []
        if len(set(keys)) == len(keys):
            continue
        first: dict[str, int] = {}
        for row, key in enumerate(keys):
            earlier = first.setdefault(key, row)
            if key and earlier != row:
                line = table.line(earlier)
                where = say("an earlier row") if line is None else say("line {line}", line=line)
                message = say(
                    "{key} is already the {column} of {where}; remove one of the two or give it another",
                    key=shown(key),
                    column=column,
                    where=where,
                )
                yield Problem("E-ID", name, row, column, message)


def missing(sheets: Sheets) -> Iterator[Problem]:
    """E-REQ: a required column empty, or missing altogether (said once, at the header)."""
    for name, table in sheets.tables.items():
        for field in table.entity.fields:
            if not field.required or not len(table):
                continue
            cells = table.columns.get(field.name)
            if cells is None:
                meant = difflib.get_close_matches(field.name, table.unknown, n=1, cutoff=LIKE)
                message = say(
                    "the column {column} is missing; every {name} needs it{hint}",
                    column=field.name,
                    name=name,
                    hint=say("; did you mean it by {alike}?", alike=shown(meant[0])) if meant else "",
                )
                yield Problem("E-REQ", name, HEADER, field.name, message)
            elif "" in cells:
                message = say(
                    "the cell is empty; every {name} needs its {column}", name=name, column=field.name
                )
                empty = (row for row, text in enumerate(cells) if not text)
                yield from (Problem("E-REQ", name, row, field.name, message) for row in empty)


def homeless_evidence(sheets: Sheets) -> Iterator[Problem]:
    """E-REQ: evidence of neither an action nor a finding."""
    table = sheets["evidence"]
    message = say("the evidence belongs to nothing; give the action_id or the finding_id that it is for")
    for row, (action, finding) in enumerate(zip(table["action_id"], table["finding_id"], strict=True)):
        if not action and not finding:
            yield Problem("E-REQ", "evidence", row, "action_id", message)


def settings(sheets: Sheets) -> Iterator[Problem]:
    """E-VOCAB: a setting that does not exist, or a value that it cannot have."""
    for row, (name, value) in enumerate(sheets.columns("setting", "name", "value")):
        problem = Settings.problem(name, value) if name else None
        if problem and name not in Settings.known():
            yield Problem("E-VOCAB", "setting", row, "name", problem)
        elif problem and value:
            yield Problem("E-VOCAB", "setting", row, "value", problem)


def late_starts(sheets: Sheets) -> Iterator[Problem]:
    """E-ORDER: planned to start after the day on which it is due."""
    for row, (start, due) in enumerate(sheets.columns("action", "planned_start", "due")):
        if start and due and start > due:
            message = say(
                "the planned start {start} lies after the due date {due}; mend one of the two",
                start=start,
                due=due,
            )
            yield Problem("E-ORDER", "action", row, "planned_start", message)


def empty_waivers(sheets: Sheets) -> Iterator[Problem]:
    """E-REASON: a baseline waiver that is a tick and no reason."""
    for row, waiver in enumerate(sheets.column("indicator", "baseline_waiver")):
        if waiver and folded(waiver) in NO_REASONS:
            message = say(
                "{waiver} is not a reason; say in a few words why no baseline exists, or leave it empty",
                waiver=shown(waiver),
            )
            yield Problem("E-REASON", "indicator", row, "baseline_waiver", message)


def unknown_columns(sheets: Sheets) -> Iterator[Problem]:
    """W-UNKNOWN: a column that no entity declares; it is kept."""
    for name, table in sheets.tables.items():
        for column in table.unknown:
            message = say(
                "the column {column} is not known and feeds no rule; it is kept{hint}",
                column=shown(column),
                hint=nearest(column, table.entity.columns),
            )
            yield Problem("W-UNKNOWN", name, HEADER, column, message)
