"""How do data frames as they come, one row a recommendation or a value, become the tables of a plan?

Their columns are named by ours (``finding.statement``, ``owner.name``, ``status`` …), their status words by events; no word
has a meaning of its own. What cannot be read is told all at once. Keys are made of what a row says, so that the same row
has the same key whenever it comes.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice import clock
from theorytopractice.errors import InvalidPlan, Issue, PracticeError, UnknownName, nearest, quote
from theorytopractice.i18n import message, say
from theorytopractice.model.dialects import CELL
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.settings import read_as_of
from theorytopractice.model.validation import validate
from theorytopractice.model.values import TextTable, as_text, parse_error, split_list
from theorytopractice.model.vocabularies import (
    ActionEvent,
    ActionRole,
    FindingEvent,
    FindingKind,
    OwnerRole,
    RecordedQuality,
    Subject,
)
from theorytopractice.store.plan import to_frame
from theorytopractice.store.sources import Source

if TYPE_CHECKING:
    from datetime import date

Rows = dict[str, dict[str, str]]
STATUS = ("status", "status_on")
READ = ("finding", "action", "owner", "indicator", "observation", "evidence")
EVENTS: Mapping[Subject, type[ActionEvent | FindingEvent]] = {
    Subject.ACTION: ActionEvent,
    Subject.FINDING: FindingEvent,
}
NOTHING = ("", None)


@dataclass(frozen=True)
class FrameSource(Source, Mapping[str, pd.DataFrame]):
    """A source that came in frames: ``plan.import_`` takes it, and so does every function that takes a plan."""

    @cached_property
    def _frames(self) -> dict[str, pd.DataFrame]:
        return {name: to_frame(table) for name, table in self.tables.items()}

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table as a typed frame."""
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the tables."""
        return iter(self.tables)

    def __len__(self) -> int:
        """Return the number of tables."""
        return len(self.tables)

    def __repr__(self) -> str:
        """Say how many rows it has of which tables."""
        return f"<Source {self.name}: {', '.join(f'{len(t)} {name}' for name, t in self.tables.items() if len(t))}>"


def from_frames(  # noqa: PLR0913 - all but the first are keywords
    frames: object,
    *,
    columns: Mapping[str, Any],
    words: Mapping[str, Any] | None = None,
    as_of: date | str | None = None,
    name: str = "",
    plan: Mapping[str, pd.DataFrame] | None = None,
) -> FrameSource:
    """Make a source of data frames as they come: recommendations with owner, due date and status, or values.

    A row is a finding, with an action where it has an owner, a due date, a status or an ``action.title`` (the statement
    stands for a title that is missing), or a value of an indicator (long), or one value a column (wide).

    Args:
        frames: a frame of pandas, polars or Arrow, or several by a name of your own.
        columns: your column by ours: ``finding.statement``, ``action.due``, ``owner.name``, ``status``, ``status_on``,
            ``indicator.name``, ``observation.value`` …; for values one a column a list of them under
            ``observation.value``, of which the headings are dates. Of several frames by their names.
        words: the event (``complete``), several in turn, or cells of it (``{"event": "cancel", "reason": …}``) by status
            word; None for a word that tells of nothing. Case and blanks do not count.
        as_of: the day on which the frames were true: of a finding, action or status that has no date of its own. Without
            it a finding without a date comes in as such (``recorded_quality`` unknown); an action must have a day.
        name: what a plan remembers the source by.
        plan: a plan of which the owners and indicators are known by their names.

    Raises:
        InvalidPlan: cells that cannot be read, words without a meaning, rows that lack what they must have.
        UnknownName: there is no such column.

    Example:
        >>> import pandas as pd
        >>> register = pd.DataFrame({
        ...     "Recommendation": ["Call a day before.", "Draw a map."], "Lead": ["Ann", "ann "],
        ...     "Deadline": ["31 Mar 2026", "Q2 2026"], "Status": ["Done", "Not yet"], "Closed": ["2026-03-01", None],
        ... })
        >>> source = ttp.from_frames(
        ...     register,
        ...     columns={"finding.statement": "Recommendation", "owner.name": "Lead", "action.due": "Deadline",
        ...              "status": "Status", "status_on": "Closed"},
        ...     words={"done": "complete", "not yet": None}, as_of="2026-04-01",
        ... )
        >>> source
        <Source frames: 1 owner, 2 finding, 2 action, 2 finding_action, 2 action_owner, 1 event>
        >>> ttp.assess(source, as_of="2026-04-01")["stage"].tolist()
        [2, 1]
    """
    several = dict(frames) if isinstance(frames, Mapping) else {"": frames}
    day = "" if as_of is None else read_as_of(as_of).isoformat()
    reader = _Reader(_meanings(words or {}), day, plan or {})
    for own, frame in several.items():
        named = columns if not own or (len(several) == 1 and own not in columns) else columns.get(own)
        if not isinstance(named, Mapping):
            raise PracticeError(
                say(
                    "Say which columns of the frame {name} are ours, under its name in columns.",
                    name=quote(own),
                )
            )
        reader.read(str(own) or name or "frames", _pandas(frame), named)
    return reader.source(name or "frames")


def _pandas(frame: Any) -> pd.DataFrame:  # noqa: ANN401 - a frame of any library
    """Return a frame of pandas, polars, Arrow or what offers the protocol of data frames."""
    if isinstance(frame, pd.DataFrame):
        return frame
    if hasattr(frame, "to_pandas"):
        made: pd.DataFrame = frame.to_pandas()
        return made
    if hasattr(frame, "__dataframe__"):
        return pd.api.interchange.from_dataframe(frame)
    raise PracticeError(say("Expected a data frame, found {found}.", found=quote(type(frame).__name__)))


Meaning = tuple[dict[str, str], ...]


def _meanings(words: Mapping[str, Any]) -> dict[str, Meaning]:
    """Return the events of each status word; raises UnknownName where one is no event."""
    known = [*ActionEvent, *FindingEvent]
    meanings = {}
    for word, meaning in words.items():
        several = meaning if isinstance(meaning, list | tuple) else [] if meaning in NOTHING else [meaning]
        events = [
            {str(k): as_text(v) for k, v in one.items()} if isinstance(one, Mapping) else {"event": str(one)}
            for one in several
        ]
        for event in events:
            if event.get("event", "").rpartition(".")[2] not in known:
                raise UnknownName(say("event"), event.get("event", ""), [str(one) for one in known])
            for column in event:
                if column not in ENTITIES["event"].columns:
                    raise UnknownName(say("column"), column, ENTITIES["event"].columns)
        meanings[comparable(str(word))] = tuple(events)
    return meanings


def _key(prefix: str, *parts: str) -> str:
    """Return a key made of what a row says."""
    digest = hashlib.sha256("\0".join(map(comparable, parts)).encode()).hexdigest()
    return f"{prefix}-{digest[:10]}"


NO_MEANING = message("{word} ({n} rows) has no meaning; give its event, or None, in words{hint}")
BLANK = message("the cell is empty; every {table} needs its {column}")


@dataclass
class _Reader:
    """The rows read so far, by table and key, and what could not be read."""

    words: Mapping[str, Meaning]
    day: str
    plan: Mapping[str, pd.DataFrame]
    rows: dict[str, Rows] = field(default_factory=lambda: {name: {} for name in ENTITIES})
    issues: list[Issue] = field(default_factory=list)
    places: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    spellings: dict[str, Counter[str]] = field(default_factory=dict)
    known: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    spoken_of: set[str] = field(default_factory=lambda: {"event", "evidence"})
    """The tables of which the frames tell, also where they have no row for them."""

    def read(self, name: str, frame: pd.DataFrame, columns: Mapping[str, Any]) -> None:
        """Read every row of one frame."""
        own, wide = _own_columns(frame, columns)
        self.spoken_of |= {"action_owner"} if any(ours.startswith("owner.") for ours in own) else set()
        cells = {ours: self._column(name, frame, ours, theirs) for ours, theirs in own.items()}
        self._list_words(name, cells.get("status", []), own.get("status", ""))
        for row in range(len(frame)):
            texts = {ours: column[row] for ours, column in cells.items() if column[row]}
            if texts or wide:
                self._take(name, row, texts, own)
        for heading, day in wide.items():
            values = self._column(name, frame, "observation.value", heading)
            for row, value in enumerate(values):
                key = self._indicator({ours: column[row] for ours, column in cells.items() if column[row]})
                if value and key:
                    self._observe(key, {"value": value, "observed_on": day})

    def _column(self, name: str, frame: pd.DataFrame, ours: str, theirs: object) -> list[str]:
        """Return the cells of one of their columns in plain writing, and list those that cannot be read."""
        table, _, column = ("event", "", "happened_on") if ours == "status_on" else ours.partition(".")
        declared = ENTITIES[table][column] if column else None
        read: list[str] = []
        for row, cell in enumerate(frame[theirs]):
            try:
                text = as_text(cell).strip()
                plain = CELL.plain_cell(declared, text) if declared else text
                problem = parse_error(declared, plain) if declared and plain else None
            except PracticeError as error:
                self.issues.append(Issue("E-VOCAB", name, row, str(theirs), quote(cell), str(error)))
                read.append("")
                continue
            if problem:
                self.issues.append(Issue(problem.code, name, row, str(theirs), text, problem.message))
            read.append("" if problem else plain)
        return read

    def _list_words(self, name: str, words: Sequence[str], column: object) -> None:
        """List each status word without a meaning once, with how often it stands."""
        for word, n in Counter(word for word in words if word and comparable(word) not in self.words).items():
            text = say(NO_MEANING, word=quote(word), n=n, hint=nearest(word, self.words))
            self.issues.append(Issue("E-VOCAB", name, None, str(column), word, text))

    def _take(self, name: str, row: int, texts: Mapping[str, str], own: Mapping[str, object]) -> None:
        """Take one row as a finding with its action, and as a value of an indicator."""
        finding = action = ""
        if any(ours.startswith("finding.") for ours in own):
            finding = self._finding(name, row, texts, own)
            if not finding:
                return
        if any(ours.startswith(("action.", "owner.", "status", "evidence.")) for ours in texts):
            action = self._action(name, row, texts, finding)
        subject = (Subject.ACTION, action) if action else (Subject.FINDING, finding)
        if subject[1]:
            self._status(texts, subject)
        if action and (proof := _of("evidence", texts)):
            proof = {"action_id": action, "dated_on": texts.get("status_on", self.day)} | proof
            self._put(
                "evidence", proof.pop("evidence_id", "") or _key("E", *proof.values()), proof, name, row
            )
        indicator = self._indicator(texts)
        if indicator and finding:
            self._link("finding_indicator", finding_id=finding, indicator_id=indicator)
        if indicator and "observation.value" in texts:
            self._observe(indicator, _of("observation", texts))

    def _finding(self, name: str, row: int, texts: Mapping[str, str], own: Mapping[str, object]) -> str:
        """Take the finding of a row; return its key, empty where it has no statement."""
        cells = {"kind": str(FindingKind.INSIGHT)} | _of("finding", texts)
        is_dated = bool(self.day or "recorded_on" in cells)
        if not is_dated:
            cells["recorded_quality"] = str(RecordedQuality.UNKNOWN)
        elif cells.get("recorded_quality") != RecordedQuality.UNKNOWN:
            cells = {"recorded_on": self.day} | cells
        key = cells.pop("finding_id", "") or (_key("F", cells["statement"]) if "statement" in cells else "")
        if "statement" not in cells:
            text = say(BLANK, table="finding", column="statement")
            self.issues.append(
                Issue("E-REQ", name, row, str(own.get("finding.statement", "finding.statement")), "", text)
            )
            return ""
        self._put("finding", key, cells, name, row)
        return key

    def _action(self, name: str, row: int, texts: Mapping[str, str], finding: str) -> str:
        """Take the action of a row with its owners; return its key."""
        cells = {
            "title": texts.get("finding.statement", ""),
            "recorded_on": texts.get("finding.recorded_on", self.day),
        }
        cells |= _of("action", texts)
        if not cells["title"] and "action_id" not in cells:
            return ""
        if not cells["recorded_on"]:
            text = say(
                "the day on which the action was recorded is missing; give as_of, or a column for action.recorded_on"
            )
            self.issues.append(Issue("E-REQ", name, row, "action.recorded_on", "", text))
        key = cells.pop("action_id", "") or _key("A", finding, cells["title"])
        self._put("action", key, cells, name, row)
        if finding:
            self._link("finding_action", finding_id=finding, action_id=key, role=str(ActionRole.DELIVERS))
        for place, owner in enumerate(split_list(texts.get("owner.name", texts.get("owner.owner_id", "")))):
            if owner:
                role = OwnerRole.RESPONSIBLE if place else OwnerRole.ACCOUNTABLE
                self._link(
                    "action_owner",
                    action_id=key,
                    owner_id=self._owner(owner, texts, name, row),
                    role=str(role),
                )
        return key

    def _owner(self, owner: str, texts: Mapping[str, str], name: str, row: int) -> str:
        """Take an owner; return the key, which all spellings of the name have in common."""
        known = self._known("owner").get(comparable(owner))
        self.spellings.setdefault(comparable(owner), Counter())[owner] += 1
        cells = {"name": known[1] if known else owner}
        cells |= {column: text for column, text in _of("owner", texts).items() if column != "name"}
        key = cells.pop("owner_id", "") or (known[0] if known else _key("O", owner))
        self._put("owner", key, cells, name, row)
        return key

    def _known(self, table: str) -> dict[str, tuple[str, str]]:
        """Return the key and the name of the plan's owners or indicators by what people take for the same name."""
        if table not in self.known:
            frame = self.plan[table] if table in self.plan else pd.DataFrame(columns=["name", f"{table}_id"])
            pairs = zip(frame[f"{table}_id"].astype(str), frame["name"].astype(str), strict=True)
            self.known[table] = {comparable(name): (key, name) for key, name in pairs}
        return self.known[table]

    def _status(self, texts: Mapping[str, str], subject: tuple[Subject, str]) -> None:
        """Take the events that a status word means."""
        day = texts.get("status_on", self.day)
        for meaning in self.words.get(comparable(texts.get("status", "")), ()):
            kind, _, word = meaning["event"].rpartition(".")
            of = Subject(kind) if kind in tuple(Subject) else subject[0]
            cells = meaning | {"event": word, "subject": str(of), "subject_id": subject[1]}
            cells = {"happened_on": day, "recorded_on": max(day, self.day)} | cells
            self._put("event", _key("V", str(of), subject[1], word, day), cells, "", 0)

    def _indicator(self, texts: Mapping[str, str]) -> str:
        """Take the indicator of a row; return its key, empty where it names none."""
        cells = _of("indicator", texts)
        name = cells.get("name", "")
        known = self._known("indicator").get(comparable(name))
        key = cells.pop("indicator_id", "") or (known[0] if known else _key("I", name) if name else "")
        if known:
            cells["name"] = known[1]
        if key and cells and (len(cells) > 1 or not known):
            self._put("indicator", key, cells, "", 0)
        return key

    def _observe(self, indicator: str, cells: dict[str, str]) -> None:
        """Take a value; one without a day is of the day of the frames."""
        cells = {"observed_on": self.day, "indicator_id": indicator} | cells
        key = cells.pop("observation_id", "") or _key("B", indicator, cells["observed_on"], cells["value"])
        self._put("observation", key, cells, "", 0)

    def _put(self, table: str, key: str, cells: Mapping[str, str], name: str, row: int) -> None:
        """Take a row; one that comes again fills what is empty."""
        identifier = ENTITIES[table].key[0]
        self.places.setdefault((table, key), (name, row))
        self.rows[table][key] = dict(cells) | self.rows[table].get(key, {}) | {identifier: key}

    def _link(self, table: str, **cells: str) -> None:
        self.rows[table].setdefault("\0".join(cells.values()), cells)

    def source(self, name: str) -> FrameSource:
        """Return what was read; raises InvalidPlan with everything that could not be."""
        for row in self.rows["owner"].values():
            alike = comparable(row["name"])
            if alike in self.spellings and alike not in self._known("owner"):
                row["name"] = self.spellings[alike].most_common(1)[0][0]
        tables = {
            table: TextTable.of(ENTITIES[table], list(rows.values()), name)
            for table, rows in self.rows.items()
            if rows or table in self.spoken_of
        }
        today = read_as_of(self.day) if self.day else clock.today("UTC")
        issues = self.issues or [one for one in validate(self._whole(tables), today=today) if one.is_error]
        if issues:
            raise InvalidPlan(
                [self._placed(one) for one in issues], say("What came in frames"), then=say("mend them first")
            )
        return FrameSource(name, tables)

    def _whole(self, tables: Mapping[str, TextTable]) -> dict[str, TextTable]:
        """Return the tables, with the indicators that only the plan has."""
        if "indicator" not in self.plan or "observation" not in tables:
            return dict(tables)
        frame = self.plan["indicator"]
        own = {row["indicator_id"] for row in tables["indicator"].rows()} if "indicator" in tables else set()
        rows = tables["indicator"].rows() if "indicator" in tables else []
        rows += [
            {str(column): as_text(cell) for column, cell in record.items()}
            for record in frame.to_dict("records")
            if str(record["indicator_id"]) not in own
        ]
        return dict(tables) | {"indicator": TextTable.of(ENTITIES["indicator"], rows)}

    def _placed(self, issue: Issue) -> Issue:
        """Return an issue with the row of the frame in which it stands."""
        place = self.places.get((issue.table, issue.key))
        if place is None or not place[0]:
            return dataclasses.replace(issue, where="") if issue.where else issue
        return dataclasses.replace(
            issue, table=place[0], row=place[1], where="", column=f"{issue.table}.{issue.column}"
        )


def _of(table: str, texts: Mapping[str, str]) -> dict[str, str]:
    """Return the cells of one of our tables among those of a row."""
    return {
        ours.removeprefix(f"{table}."): text for ours, text in texts.items() if ours.startswith(f"{table}.")
    }


def known_columns() -> list[str]:
    """Return our names of columns that a frame may have."""
    return [f"{table}.{column}" for table in READ for column in ENTITIES[table].columns] + list(STATUS)


def _other_way_round(theirs: str, ours: object, known: Sequence[str]) -> str:
    """Say that columns are named by ours, as a frame's own renaming does not."""
    name = str(ours)
    alike = [one for one in known if one.rpartition(".")[2] == name]
    name = name if name in known else alike[0] if alike else "finding.statement"
    return say(
        "columns gives your column by ours, and {theirs} is one of yours: write columns = {example}.",
        theirs=quote(theirs),
        example=f"{{{name!r}: {theirs!r}, …}}",
    )


def _own_columns(frame: pd.DataFrame, columns: Mapping[str, Any]) -> tuple[dict[str, Any], dict[Any, str]]:
    """Return their column by ours, and the day of each column of values; raises UnknownName."""
    known = known_columns()
    own: dict[str, Any] = {}
    wide: dict[Any, str] = {}
    for ours, theirs in columns.items():
        if ours not in known and ours in frame.columns:
            raise PracticeError(_other_way_round(ours, theirs, known))
        if ours not in known:
            raise UnknownName(say("column"), ours, known)
        several = theirs if isinstance(theirs, list | tuple) and ours == "observation.value" else [theirs]
        for one in several:
            if one not in frame.columns:
                raise UnknownName(say("column"), str(one), [str(column) for column in frame.columns])
        if len(several) > 1:
            wide |= {heading: _day_of(heading) for heading in several}
        else:
            own[ours] = several[0]
    return own, wide


def _day_of(heading: object) -> str:
    """Return the day of a column of values: the last one of its month, quarter or year."""
    field_ = ENTITIES["observation"]["observed_on"]
    text = CELL.plain_cell(field_, as_text(heading))
    if parse_error(field_, text):
        raise PracticeError(
            say("The column {name} is no date, so that its values have no day.", name=quote(heading))
        )
    return text
