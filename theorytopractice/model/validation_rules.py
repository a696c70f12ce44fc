"""What is wrong with a row, a value, an event or a link, so that it is refused? One function a rule."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from theorytopractice.errors import MAX_QUOTED, Issue, UnknownName, closest, nearest, quote
from theorytopractice.i18n import message, say, say_names
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import Field, ValueType
from theorytopractice.model.settings import Settings
from theorytopractice.model.values import (
    LONGEST_KEY,
    ParseError,
    TextTable,
    fold,
    natural,
    parse_error,
    read_list,
    read_number,
    step,
)
from theorytopractice.model.vocabularies import (
    FULL_PROGRESS,
    ActionEvent,
    Direction,
    FindingEvent,
    FindingKind,
    Measure,
    OwnerRole,
    RecordedQuality,
    Relation,
    Subject,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from theorytopractice.model.fields import Entity


HEADER = -1
NAMED_AT_MOST = 5


class Problem(NamedTuple):
    """What a rule found in one cell; ``row`` counts from 0, ``HEADER`` means the column as a whole."""

    code: str
    table: str
    row: int
    column: str
    message: str


Rule: TypeAlias = "Callable[[ValidationContext], Iterable[Problem]]"


@dataclass(slots=True)
class ValidationContext:
    """The tables under examination, an empty one for each that is missing, and the cells refused so far.

    ``today`` is an ISO date: a readable date compares as text. Rules run in order, so that a later one
    finds every cell that it reads through :meth:`column` either readable or empty.
    """

    tables: dict[str, TextTable]
    today: str
    refused: dict[tuple[str, str], set[int]] = dataclasses.field(default_factory=dict)
    _happened: dict[tuple[str, str], list[int]] | None = None

    @classmethod
    def of(cls, tables: Mapping[str, TextTable], today: date) -> ValidationContext:
        """Lay the tables out in the order of the declarations; raises UnknownName."""
        for name in tables:
            if name not in ENTITIES:
                raise UnknownName(say("table"), name, ENTITIES)
        empty = {name: TextTable(entity, {}) for name, entity in ENTITIES.items()}
        return cls({name: tables.get(name, none) for name, none in empty.items()}, today.isoformat())

    def __getitem__(self, table: str) -> TextTable:
        """Return a table as it was written."""
        return self.tables[table]

    def column(self, table: str, name: str) -> list[str]:
        """Return a column in which the cells refused so far are empty."""
        cells = self.tables[table][name]
        rows = self.refused.get((table, name))
        if rows:
            cells = cells.copy()
            for row in rows:
                cells[row] = ""
        return cells

    def columns(self, table: str, *names: str) -> Iterator[tuple[str, ...]]:
        """Walk over the rows of some columns, refused cells being empty."""
        return zip(*(self.column(table, name) for name in names), strict=True)

    def lookup(self, table: str, key: str, name: str) -> dict[str, str]:
        """Return key → cell for two columns of a table."""
        return dict(zip(self.column(table, key), self.column(table, name), strict=True))

    def keep(self, problem: Problem) -> bool:
        """Tell whether a problem is news: a cell that is refused already is reported once."""
        cell = problem.table, problem.column
        if problem.row in self.refused.get(cell, ()):
            return False
        if problem.code.startswith("E-") and problem.row != HEADER:
            self.refused.setdefault(cell, set()).add(problem.row)
        return True

    def happened(self, subject: str, *words: str) -> list[int]:
        """Return the rows of the events of these words; call it when the words have been checked."""
        if self._happened is None:
            self._happened = {}
            for row, key in enumerate(self.columns("event", "subject", "event")):
                self._happened.setdefault((key[0], key[1]), []).append(row)
        return [row for word in words for row in self._happened.get((subject, word), ())]

    def latest(self, subject: str, *words: str, until: str = "9999-12-31") -> dict[str, int]:
        """Return for each finding or action the row of its last event of these words (method, T5)."""
        names = ("subject_id", "happened_on", "event_id")
        subjects, days, keys = (self.column("event", name) for name in names)
        last: dict[str, int] = {}
        for row in self.happened(subject, *words):
            key, day = subjects[row], days[row]
            if not key or not day or day > until:
                continue
            other = last.setdefault(key, row)
            before = days[other]
            if day > before or (
                day == before and row != other and sequence(keys[row], row) > sequence(keys[other], other)
            ):
                last[key] = row
        return last

    def issue(self, problem: Problem) -> Issue:
        """Turn a problem into the value that is shown."""
        code, name, row, column, message = problem
        table = self.tables[name]
        if row == HEADER:
            line = 1 if table.lines and table.source else None
            text = column if column not in table.entity.columns else ""
            key = ""
        else:
            key = "/".join(table[part][row] for part in table.entity.key if table[part][row])
            line = table.line(row)
            cells = table.columns.get(column)
            text = cells[row] if cells else ""
        where = table.source or ("" if table.lines else name)  # of a frame the row is a position, of no file
        return Issue(code, name, line, brief(column), brief(text), message, where, brief(key))

    def places(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Return (table, column) → the position of the table and of the column in it, for sorting."""
        return {
            (name, column): (tables, columns)
            for tables, (name, table) in enumerate(self.tables.items())
            for columns, column in enumerate([*table.entity.columns, *table.unknown])
        }


def sequence(key: str, row: int) -> tuple[int, object, int]:
    """Return the order of facts of one day: natural order of the keys, then those that have none yet."""
    return (0, natural(key), row) if key else (1, 0, row)


def brief(text: str) -> str:
    """Shorten a cell to one printable line."""
    head = text[:MAX_QUOTED]
    plain = head if head.isprintable() else repr(head)[1:-1][:MAX_QUOTED]
    if len(text) <= MAX_QUOTED:
        return plain
    return say("{begin}… ({n:,} characters)", begin=plain, n=len(text))


def name_rows(names: list[str]) -> str:
    """List the first few names, and say how many there are more."""
    more = len(names) - NAMED_AT_MOST
    first = say_names(quote(name) for name in names[:NAMED_AT_MOST])
    return say("{listed} and {more:,} more", listed=first, more=more) if more > 0 else first


def place_of_row(table: TextTable, row: int) -> str:
    """Say where a row stands to which a later one is likened: its line where there is a file."""
    line = table.line(row)
    if line is None:
        return say("an earlier row")
    return say("line {line}", line=line) if table.source else say("row {row}", row=line)


NO_REASONS = ("true", "false", "yes", "no")


def unreadable(sheets: ValidationContext) -> Iterator[Problem]:
    """E-DATE, E-NUM, E-VOCAB, E-REF: a text that cannot be read as its field."""
    for name, table in sheets.tables.items():
        for field in table.entity.fields:
            cells = table.columns.get(field.name, [])
            bad = {text: why for text in _suspects(field, cells) if (why := parse_error(field, text))}
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


def long_keys(sheets: ValidationContext) -> Iterator[Problem]:
    """E-ID: an identifier that nobody can say; a link to it would be refused as well."""
    for name, table in sheets.tables.items():
        column = table.entity.identifier or ""
        keys = sheets.column(name, column) if column else []
        for row, key in enumerate(keys):
            if len(key) > LONGEST_KEY:
                message = say(
                    "{key} is too long for a key; shorten it to at most {n} characters",
                    key=quote(key),
                    n=LONGEST_KEY,
                )
                yield Problem("E-ID", name, row, column, message)


def repeated_keys(sheets: ValidationContext) -> Iterator[Problem]:
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
                message = say(
                    "{key} is already the {column} of {where}; remove one of the two or give it another",
                    key=quote(key),
                    column=column,
                    where=place_of_row(table, earlier),
                )
                yield Problem("E-ID", name, row, column, message)


def missing_cells(sheets: ValidationContext) -> Iterator[Problem]:
    """E-REQ: a required column empty, or missing altogether (said once, at the header)."""
    for name, table in sheets.tables.items():
        for field in table.entity.fields:
            if not field.required or not len(table):
                continue
            cells = table.columns.get(field.name)
            if cells is None:
                yield _missing_column(table, field.name)
            elif "" in cells:
                message = say(
                    "the cell is empty; every {name} needs its {column}", name=name, column=field.name
                )
                empty = (row for row, text in enumerate(cells) if not text)
                yield from (Problem("E-REQ", name, row, field.name, message) for row in empty)


def _missing_column(table: TextTable, column: str) -> Problem:
    alike = closest(column, table.unknown)
    message = say(
        "the column {column} is missing; every {name} needs it{hint}",
        column=column,
        name=table.entity.name,
        hint=say("; did you mean it by {alike}?", alike=quote(alike)) if alike else "",
    )
    return Problem("E-REQ", table.entity.name, HEADER, column, message)


def undated_findings(sheets: ValidationContext) -> Iterator[Problem]:
    """E-REQ: a finding without the day of its record though that is not called unknown, or with a day that is."""
    absent = say(
        "the cell is empty; every finding needs its recorded_on, or unknown in recorded_quality if nobody knows it"
    )
    doubtful = say(
        "recorded_quality is unknown although recorded_on is given; write exact or approximate, or leave recorded_on empty"
    )
    table, qualities = sheets["finding"], sheets.column("finding", "recorded_quality")
    if "recorded_on" not in table.columns and any(word != RecordedQuality.UNKNOWN for word in qualities):
        yield _missing_column(table, "recorded_on")
        return
    for row, (day, quality) in enumerate(zip(table["recorded_on"], qualities, strict=True)):
        if not day and quality != RecordedQuality.UNKNOWN:
            yield Problem("E-REQ", "finding", row, "recorded_on", absent)
        elif day and quality == RecordedQuality.UNKNOWN:
            yield Problem("E-REQ", "finding", row, "recorded_quality", doubtful)


def homeless_evidence(sheets: ValidationContext) -> Iterator[Problem]:
    """E-REQ: evidence of neither an action nor a finding."""
    table = sheets["evidence"]
    message = say("the evidence belongs to nothing; give the action_id or the finding_id that it is for")
    for row, (action, finding) in enumerate(zip(table["action_id"], table["finding_id"], strict=True)):
        if not action and not finding:
            yield Problem("E-REQ", "evidence", row, "action_id", message)


def settings(sheets: ValidationContext) -> Iterator[Problem]:
    """E-VOCAB: a setting that does not exist, or a value that it cannot have."""
    for row, (name, value) in enumerate(sheets.columns("setting", "name", "value")):
        problem = Settings.problem(name, value) if name else None
        if problem and name not in Settings.names():
            yield Problem("E-VOCAB", "setting", row, "name", problem)
        elif problem and value:
            yield Problem("E-VOCAB", "setting", row, "value", problem)


def late_starts(sheets: ValidationContext) -> Iterator[Problem]:
    """E-ORDER: planned to start after the day on which it is due."""
    for row, (start, due) in enumerate(sheets.columns("action", "planned_start", "due")):
        if start and due and start > due:
            message = say(
                "the planned start {start} lies after the due date {due}; mend one of the two",
                start=start,
                due=due,
            )
            yield Problem("E-ORDER", "action", row, "planned_start", message)


def empty_waivers(sheets: ValidationContext) -> Iterator[Problem]:
    """E-REASON: a baseline waiver that is a tick and no reason."""
    for row, waiver in enumerate(sheets.column("indicator", "baseline_waiver")):
        if waiver and fold(waiver) in NO_REASONS:
            message = say(
                "{waiver} is not a reason; say in a few words why no baseline exists, or leave it empty",
                waiver=quote(waiver),
            )
            yield Problem("E-REASON", "indicator", row, "baseline_waiver", message)


def unknown_columns(sheets: ValidationContext) -> Iterator[Problem]:
    """W-UNKNOWN: a column that no entity declares; it is kept."""
    for name, table in sheets.tables.items():
        for column in table.unknown:
            message = say(
                "the column {column} is not known and feeds no rule; it is kept{hint}",
                column=quote(column),
                hint=nearest(column, table.entity.columns),
            )
            yield Problem("W-UNKNOWN", name, HEADER, column, message)


MISSPELT = message("the column {column} is not read; did you mean {name}?")
LIKE_A_SLIP = 0.8


def meant_column(column: str, entity: Entity, given: Collection[str], likeness: float = 1.0) -> str:
    """Return the column that another one is meant to be, empty if none: it differs in case, width and blanks only.

    With a ``likeness`` below 1, letters may differ too. A column that is given itself is meant by no other.

    >>> from theorytopractice.model.entities import ENTITIES
    >>> meant_column("Finding ID", ENTITIES["finding"], ()), meant_column("statment", ENTITIES["finding"], (), LIKE_A_SLIP)
    ('finding_id', 'statement')
    """
    names = {fold(name): name for name in entity.columns if name not in given}
    own = fold(column).replace(" ", "_")
    meant = names.get(own, "")
    return meant or (names.get(closest(own, list(names), likeness), "") if likeness < 1 else "")


def misspelt_columns(table: str, columns: Sequence[str]) -> list[Issue]:
    """E-REQ: columns that come with a table and are written almost as declared ones, which do not come."""
    entity = ENTITIES[table]
    meant = {
        name: meant_column(name, entity, columns, LIKE_A_SLIP)
        for name in columns
        if name not in entity.columns
    }
    return [
        Issue("E-REQ", table, None, name, "", say(MISSPELT, column=quote(name), name=other))
        for name, other in meant.items()
        if other
    ]


LEVELS = ("baseline", "target", "target_low", "target_high")
NUMBER_FIELD = Field("value", ValueType.NUMBER, "Any number.")
FEW_STEPS = 20
EMPTY = re.compile("")
PLAIN = re.compile(r"(\d{1,15}(\.\d{1,15})?)?", re.ASCII)
PLAIN_PERCENTAGE = re.compile(r"(\d{1,2}(\.\d{1,15})?)?", re.ASCII)


class ValueRule(dict[str, ParseError | None]):
    """Says what is wrong with a value, and remembers it for each distinct text.

    ``is_sure`` recognises texts that are right at a glance, which need no look closer and no memory.
    """

    def __init__(self, rule: Callable[[str], ParseError | None], sure: re.Pattern[str]) -> None:
        """Judge by ``rule`` what ``sure`` does not match."""
        super().__init__()
        self._rule = rule
        self.is_sure = sure.fullmatch

    def __missing__(self, text: str) -> ParseError | None:
        """Judge a text that has not been seen before."""
        self[text] = error = self._rule(text)
        return error


def not_a_number(text: str) -> ParseError | None:
    """E-NUM: a text where a number is needed; NaN and infinities are none."""
    return parse_error(NUMBER_FIELD, text)


def not_a_percentage(text: str) -> ParseError | None:
    """E-PCT: a percentage outside 0 to 100 (E-NUM where it is not even a number)."""
    if error := not_a_number(text):
        return error
    if 0 <= read_number(text) <= FULL_PROGRESS:
        return None
    return ParseError(
        "E-PCT", say("{text} is no percentage from 0 to 100; mend the value or the measure", text=quote(text))
    )


def steps(scale: str) -> dict[str, int]:
    """Return the values of a scale, folded, with their positions."""
    return {name: place for place, name in enumerate(read_list(scale)) if name}


def off_the_scale(scale: str) -> Callable[[str], ParseError | None]:
    """E-SCALE: a value that the declared scale does not name."""
    scale_steps = steps(scale)
    alike = scale_steps if len(scale_steps) <= FEW_STEPS else ()

    def rule(text: str) -> ParseError | None:
        if step(text) in scale_steps:
            return None
        hint = nearest(text, alike)
        return ParseError(
            "E-SCALE", say("{text} is not on the scale of its indicator{hint}", text=quote(text), hint=hint)
        )

    return rule


def value_rules(sheets: ValidationContext) -> list[ValueRule | None]:
    """Return the judge of each indicator; None for words, for a scale or a measure that cannot be read."""
    number, percentage = ValueRule(not_a_number, PLAIN), ValueRule(not_a_percentage, PLAIN_PERCENTAGE)
    scales: dict[str, ValueRule] = {}
    judges: list[ValueRule | None] = []
    measures = sheets["indicator"]["measure"]
    for measure, scale in zip(measures, sheets.column("indicator", "scale"), strict=True):
        if measure == Measure.PERCENTAGE:
            judges.append(percentage)
        elif measure == Measure.ORDINAL and steps(scale):
            if scale not in scales:
                scales[scale] = ValueRule(off_the_scale(scale), EMPTY)
            judges.append(scales[scale])
        else:
            judges.append(number if measure in ("", Measure.UNIT, Measure.COUNT) else None)
    return judges


def unfit_values(sheets: ValidationContext) -> Iterator[Problem]:
    """E-NUM, E-PCT, E-SCALE: a value, baseline or target that does not fit the indicator's measure."""
    by_row = value_rules(sheets)
    for column in LEVELS:
        for row, text in enumerate(sheets.column("indicator", column)):
            judge = by_row[row]
            if judge is not None and not judge.is_sure(text) and (error := judge[text]):
                yield Problem(error.code, "indicator", row, column, error.message)
    by_key = dict(zip(sheets["indicator"]["indicator_id"], by_row, strict=True)) | {"": None}
    for row, (key, text) in enumerate(sheets.columns("observation", "indicator_id", "value")):
        judge = by_key.get(key)
        if judge is not None and not judge.is_sure(text) and (error := judge[text]):
            yield Problem(error.code, "observation", row, "value", error.message)


def missing_scales(sheets: ValidationContext) -> Iterator[Problem]:
    """E-SCALE: an ordinal indicator that declares no scale."""
    message = say("an ordinal indicator needs its scale; write its values in order with ';' between")
    for row, (measure, scale) in enumerate(sheets.columns("indicator", "measure", "scale")):
        if measure == Measure.ORDINAL and not steps(scale):
            yield Problem("E-SCALE", "indicator", row, "scale", message)


def impossible_targets(sheets: ValidationContext) -> Iterator[Problem]:
    """E-ORDER, E-NUM: bounds of which the lower one lies above the upper one, a tolerance below 0.

    A target beyond its scale, or outside 0 to 100 for a percentage, is told by E-SCALE and E-PCT.
    """
    names = ("measure", "scale", "direction", "target_low", "target_high", "tolerance")
    for row, (measure, scale, direction, low, high, tolerance) in enumerate(
        sheets.columns("indicator", *names)
    ):
        bottom, top = (_level_of(measure, scale, text) for text in (low, high))
        if direction == Direction.RANGE and bottom is not None and top is not None and bottom > top:
            message = say(
                "the target goes from {low} down to {high}; exchange the two bounds",
                low=quote(low),
                high=quote(high),
            )
            yield Problem("E-ORDER", "indicator", row, "target_low", message)
        if tolerance and read_number(tolerance) < 0:
            message = say(
                "{text} is below 0; a tolerance says how far past the target still counts",
                text=quote(tolerance),
            )
            yield Problem("E-NUM", "indicator", row, "tolerance", message)


def _level_of(measure: str, scale: str, text: str) -> Decimal | int | None:
    """Return what a bound is compared by: the number, or the position on the scale; None where there is none."""
    if measure == Measure.NOMINAL or not text:
        return None
    try:
        return steps(scale).get(step(text)) if measure == Measure.ORDINAL else read_number(text)
    except ValueError:
        return None


def odd_progress(sheets: ValidationContext) -> Iterator[Problem]:
    """E-PCT: progress outside 0 to 100."""
    judge = ValueRule(not_a_percentage, PLAIN_PERCENTAGE)
    for row, text in enumerate(sheets.column("event", "progress")):
        if not judge.is_sure(text) and (error := judge[text]):
            yield Problem(error.code, "event", row, "progress", error.message)


WORDS: dict[str, tuple[str, ...]] = {
    Subject.FINDING: tuple(FindingEvent),
    Subject.ACTION: tuple(ActionEvent),
}
CHECKED = (FindingEvent.CHECK_PASS, FindingEvent.CHECK_FAIL, FindingEvent.CHECK_NA)
NEEDS = message("{word} needs its {column}; give {what}")
REASON = message("{word} needs a reason; say why in a few words")
NEEDED = (
    ("E-REQ", Subject.ACTION, ActionEvent.REDATE, "due", NEEDS, message("the new due date")),
    ("E-REQ", Subject.ACTION, ActionEvent.PROGRESS, "progress", NEEDS, message("the per cent done")),
    ("E-REQ", Subject.FINDING, FindingEvent.SUPERSEDE, "other_finding_id", NEEDS, message("the finding that takes over")),
    ("E-REQ", Subject.FINDING, FindingEvent.DUPLICATE, "other_finding_id", NEEDS, message("the finding that it repeats")),
    ("E-REASON", Subject.FINDING, FindingEvent.REJECT, "reason", REASON, ""),
    ("E-REASON", Subject.FINDING, FindingEvent.RETIRE, "reason", REASON, ""),
    ("E-REASON", Subject.ACTION, ActionEvent.CANCEL, "reason", REASON, ""),
    ("E-BLOCK", Subject.FINDING, FindingEvent.BLOCK, "reason", NEEDS, message("the condition that is missing")),
    ("E-BLOCK", Subject.FINDING, FindingEvent.BLOCK, "due", NEEDS, message("the day to look again")),
)  # fmt: skip
"""What an event needs beside its day: code, subject, word, column, sentence, and what to give."""


def unknown_events(sheets: ValidationContext) -> Iterator[Problem]:
    """E-VOCAB: a word that is no event, or one of the other subject."""
    messages: dict[tuple[str, ...], str | None] = {}
    for row, pair in enumerate(sheets.columns("event", "subject", "event")):
        if pair not in messages:
            messages[pair] = _word_problem(*pair)
        if message := messages[pair]:
            yield Problem("E-VOCAB", "event", row, "event", message)


def _word_problem(subject: str, word: str) -> str | None:
    """Say what is wrong with the word of an event; the subject may be empty."""
    fitting = [name for name in WORDS if word in WORDS[name]]
    if not word or subject in fitting or (fitting and not subject):
        return None
    own = WORDS.get(subject) or tuple(dict.fromkeys(word for words in WORDS.values() for word in words))
    if fitting:
        return say(
            "{word} is an event of the other subject, {subject}; mend the subject or the event",
            word=quote(word),
            subject=fitting[0],
        )
    facts = {"word": quote(word), "subject": subject, "hint": nearest(word, own)}
    if subject:
        return say("{word} is not an event of the subject {subject}{hint}", **facts)
    return say("{word} is not an event{hint}", **facts)


def incomplete_events(sheets: ValidationContext) -> Iterator[Problem]:
    """E-REQ, E-REASON, E-BLOCK: an event without what its word needs."""
    for code, subject, word, column, sentence, what in NEEDED:
        cells = sheets["event"][column]
        message = say(sentence, word=word, column=column, what=say(what) if what else "")
        for row in sheets.happened(subject, word):
            if not cells[row]:
                yield Problem(code, "event", row, column, message)


def early_completions(sheets: ValidationContext) -> Iterator[Problem]:
    """E-ORDER: completed before the first start of the same action; no start is no error."""
    actions, days = (sheets.column("event", name) for name in ("subject_id", "happened_on"))
    started: dict[str, str] = {}
    for row in sheets.happened(Subject.ACTION, ActionEvent.START):
        if days[row]:
            started[actions[row]] = min(days[row], started.get(actions[row], days[row]))
    for row in sheets.happened(Subject.ACTION, ActionEvent.COMPLETE):
        start = started.get(actions[row], "") if actions[row] else ""
        if days[row] and days[row] < start:
            message = say(
                "complete on {day} lies before the first start on {start}; mend one of the two dates",
                day=days[row],
                start=start,
            )
            yield Problem("E-ORDER", "event", row, "happened_on", message)


def self_checks(sheets: ValidationContext) -> Iterator[Problem]:
    """E-SELF: a mechanism checked by its own owner, named by id or by name (method, section 9)."""
    names = sheets.lookup("owner", "owner_id", "name")
    owners = {
        key: {fold(owner), fold(names.get(owner, ""))} - {""}
        for key, kind, owner in sheets.columns("finding", "finding_id", "kind", "owner_id")
        if owner and kind == FindingKind.MECHANISM
    }
    findings, by = (sheets.column("event", name) for name in ("subject_id", "by"))
    for row in sheets.happened(Subject.FINDING, *CHECKED):
        if by[row] and fold(by[row]) in owners.get(findings[row], ()):
            message = say("{by} answers for this mechanism; let somebody else check it", by=quote(by[row]))
            yield Problem("E-SELF", "event", row, "by", message)


DECISIONS = (
    FindingEvent.ACCEPT,
    FindingEvent.PARTIALLY_ACCEPT,
    FindingEvent.REJECT,
    FindingEvent.SUPERSEDE,
    FindingEvent.RETIRE,
    FindingEvent.DUPLICATE,
    FindingEvent.REOPEN,
)
REPLACED = (FindingEvent.SUPERSEDE, FindingEvent.DUPLICATE)
LINKED = ("owner", "finding", "action", "indicator")
SOUNDLESS = re.compile(r"[\W_]+|(?<!\d)0+(?=\d)")


class Register:
    """The keys of one table, and what may have been meant by one that is not among them."""

    def __init__(self, name: str, keys: Iterable[str]) -> None:
        """Remember the keys of the table ``name``."""
        self.name = name
        self.keys = set(keys) - {""}
        self._alike: dict[str, str] | None = None

    def problem(self, key: str) -> str:
        """Say that a key is missing, and name the one that differs only in case, signs or leading zeros."""
        if self._alike is None:
            self._alike = {_sound(own): own for own in self.keys}
        alike = self._alike.get(_sound(key))
        hint = (
            say("; did you mean {alike}?", alike=quote(alike))
            if alike
            else say("; add it to the table {name} or mend the key", name=self.name)
        )
        return say("there is no {name} {key}{hint}", name=self.name, key=quote(key), hint=hint)


def _sound(key: str) -> str:
    return SOUNDLESS.sub("", fold(key))


def registers(sheets: ValidationContext) -> dict[str, Register]:
    """Read the keys of every table that a link may lead to."""
    return {name: Register(name, sheets[name][f"{name}_id"]) for name in LINKED}


def dangling_links(sheets: ValidationContext) -> Iterator[Problem]:
    """E-REF: a link to a row that does not exist."""
    keys_of = registers(sheets)
    for name, table in sheets.tables.items():
        for field in table.entity.fields:
            if not field.refers:
                continue
            register = keys_of[field.refers]
            cells = sheets.column(name, field.name)
            bad = {key: register.problem(key) for key in set(cells) - register.keys if key}
            for row, key in enumerate(cells) if bad else ():
                if key in bad:
                    yield Problem("E-REF", name, row, field.name, bad[key])


def dangling_subjects(sheets: ValidationContext) -> Iterator[Problem]:
    """E-REF: an event of a finding or action that does not exist."""
    keys_of = registers(sheets)
    words: tuple[str, ...] = tuple(Subject)
    for row, (subject, key) in enumerate(sheets.columns("event", "subject", "subject_id")):
        if not subject or not key or key in keys_of[subject].keys:
            continue
        other = words[1 - words.index(subject)]
        if key in keys_of[other].keys:
            message = say(
                "{key} is a key of the table {other}, not of {subject}; mend the subject or the key",
                key=quote(key),
                other=other,
                subject=subject,
            )
        else:
            message = keys_of[subject].problem(key)
        yield Problem("E-REF", "event", row, "subject_id", message)


def several_accountable(sheets: ValidationContext) -> Iterator[Problem]:
    """E-ACC: more than one owner accountable for one action."""
    actions, roles = (sheets.column("action_owner", name) for name in ("action_id", "role"))
    first: dict[str, str] = {}
    several: dict[str, dict[str, int]] = {}
    for row, owner in enumerate(sheets["action_owner"]["owner_id"]):
        action = actions[row]
        if roles[row] != OwnerRole.ACCOUNTABLE or not action or not owner:
            continue
        other = first.setdefault(action, owner)
        if owner != other:
            several.setdefault(action, {other: row}).setdefault(owner, row)
    names = dict(zip(sheets["owner"]["owner_id"], sheets["owner"]["name"], strict=True)) if several else {}
    for action, owners in several.items():
        people = name_rows([f"{owner} {names.get(owner, '')}".rstrip() for owner in owners])
        message = say(
            "{action} has {n} accountable owners ({people}); keep one, the others are responsible",
            action=quote(action),
            n=len(owners),
            people=people,
        )
        yield Problem("E-ACC", "action_owner", min(owners.values()), "role", message)


def superseded_in_circles(sheets: ValidationContext) -> Iterator[Problem]:
    """E-CYCLE: findings that take over from one another; the last decision of each finding counts."""
    words, others = (sheets.column("event", name) for name in ("event", "other_finding_id"))
    last = sheets.latest(Subject.FINDING, *DECISIONS)
    edges = (
        (finding, others[row], row) for finding, row in last.items() if words[row] in REPLACED and others[row]
    )
    for row, ids in circles(edges):
        message = say("{ids} take over from one another in a circle; mend one of these decisions", ids=ids)
        yield Problem("E-CYCLE", "event", row, "other_finding_id", message)


def derived_in_circles(sheets: ValidationContext) -> Iterator[Problem]:
    """E-CYCLE: findings derived from one another, or a finding that relates to itself."""
    edges = []
    cells = sheets.columns("finding_relation", "finding_id", "relation", "other_finding_id")
    for row, (finding, relation, other) in enumerate(cells):
        if finding and other and (finding == other or relation == Relation.DERIVED_FROM):
            edges.append((finding, other, row))
    for row, ids in circles(edges):
        message = say("{ids} depend on one another in a circle; remove one of these links", ids=ids)
        yield Problem("E-CYCLE", "finding_relation", row, "other_finding_id", message)


def circles(edges: Iterable[tuple[str, str, int]]) -> Iterator[tuple[int, str]]:
    """Yield for each circle the row of the edge that closes it, and the ids on it.

    A depth-first walk without recursion: an edge back to a node of the present path closes a circle, and a
    graph without such edges has none. Linear in the edges.
    """
    leaving: dict[str, list[tuple[str, int]]] = {}
    for begin, end, row in edges:
        leaving.setdefault(begin, []).append((end, row))
    done: set[str] = set()
    for start, others in leaving.items():
        if start in done:
            continue
        path, position = [start], {start: 0}
        waiting = [iter(others)]
        while path:
            other, row = next(waiting[-1], ("", 0))
            if not other:
                done.add(path[-1])
                del position[path.pop()]
                waiting.pop()
            elif other in position:
                yield row, _circle(path, position[other])
            elif other not in done:
                position[other] = len(path)
                path.append(other)
                waiting.append(iter(leaving.get(other, ())))


def _circle(path: list[str], first: int) -> str:
    """Name a circle: its ids in order, the first one again at the end, those in the middle left out."""
    few = 6
    length = len(path) - first
    if length <= few:
        return " → ".join(quote(key) for key in [*path[first:], path[first]])
    head = " → ".join(quote(key) for key in path[first : first + few - 1])
    return say(
        "{head} → … → {last} → {first} ({n:,} in all)",
        head=head,
        last=quote(path[-1]),
        first=quote(path[first]),
        n=length,
    )
