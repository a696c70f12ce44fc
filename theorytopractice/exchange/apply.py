"""Which of our rows does each foreign row make, and what of it is only listed?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import TYPE_CHECKING

from theorytopractice.errors import Issue, quote
from theorytopractice.exchange.foreign_table import LISTED
from theorytopractice.exchange.mapping_blocks import SNAPSHOT
from theorytopractice.exchange.mapping_columns import MappingIssue, passing
from theorytopractice.exchange.mapping_files import headings
from theorytopractice.exchange.mapping_made import MadeRows
from theorytopractice.exchange.mapping_names import POOLS
from theorytopractice.exchange.mapping_own import OwnField
from theorytopractice.exchange.mapping_rows import SourceRows, View, split_each, unfold
from theorytopractice.exchange.mapping_snapshots import FELL_BACK, GONE, Walk, latest, moved_dues
from theorytopractice.i18n import say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.values import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from theorytopractice.exchange.mapping_blocks import Block, Join, Source
    from theorytopractice.exchange.mapping_columns import Column, Condition, Reading
    from theorytopractice.exchange.mapping_files import ForeignRows
    from theorytopractice.exchange.mapping_names import Names
    from theorytopractice.model.fields import Entity


UNDATED = "W-STATUS"
CLASH = "W-DUP"


@dataclass(slots=True)
class FilledRows:
    """Rows that were filled, before they are kept: their cells, and the places in the view that they come from."""

    cells: dict[str, list[str]]
    places: Sequence[int]

    def take(self, rows: Sequence[int]) -> FilledRows:
        """Return some of the rows."""
        cells = {name: [texts[row] for row in rows] for name, texts in self.cells.items()}
        return FilledRows(cells, [self.places[row] for row in rows])


@dataclass(slots=True)
class RowMapper:
    """Makes the rows of a mapping, block by block, and lists what it could not make."""

    files: Mapping[str, ForeignRows]
    names: Names
    issues: list[Issue] = field(default_factory=list)
    sources: dict[str, SourceRows] = field(default_factory=dict)
    made: dict[str, MadeRows] = field(default_factory=dict)
    redates: dict[str, tuple[str, str]] = field(default_factory=dict)
    redate: tuple[str, dict[str, Column]] = ("", {})
    unreadable: set[tuple[str, str]] = field(default_factory=set)
    words: list[tuple[str, list[str], list[str]]] = field(default_factory=list)

    # --- the rows of a source ------------------------------------------------------------------------------

    def prepare(self, source: Source) -> None:
        """Take a source's rows out of its file, look up what is joined, and derive its columns."""
        file = self.files[source.name]
        rows = SourceRows(file, range(len(file)))
        view = View(rows, range(len(file)))
        kept = self._pass(source.only, view)
        if len(kept) < len(file):
            rows = SourceRows(file, kept)
        self.sources[source.name] = rows
        for join in source.joins:
            self._join(join, rows)
        for name, column in source.derived.items():
            whole = View(rows, range(len(rows)))
            reading = column.read(whole, owner_key=self.names.owner_key)
            rows.derived[name] = reading.texts
            self._list(whole, ((place, one) for place, many in reading.issues.items() for one in many))

    def _join(self, join: Join, rows: SourceRows) -> None:
        other = self.sources[join.source]
        index = other.index(join.there)
        partners: list[int] = []
        issues: list[tuple[int, MappingIssue]] = []
        for place, text in enumerate(rows[join.here]):
            found = index.get(fold(text), []) if text else []
            partners.append(found[0] if len(found) == 1 else -1)
            if len(found) > 1:
                why = f"{len(found)} rows of {quote(join.source)} have this {join.there}; none was taken"
                issues.append((place, MappingIssue(join.here, text, why)))
            elif not found and join.otherwise:
                issues.append((place, MappingIssue(join.here, text, join.otherwise)))
        rows.joined[join.source] = (other, partners)
        for partner in partners:
            if partner >= 0:
                other.file.used[other.positions[partner]] = 1
        self._list(View(rows, range(len(rows))), issues)

    # --- lists ---------------------------------------------------------------------------------------------

    def _list(
        self, view: View, issues: Iterable[tuple[int, MappingIssue]], table: str = "", code: str = LISTED
    ) -> None:
        """List something about foreign rows, by their places in a view."""
        file = view.rows.file
        ordered = sorted(issues, key=itemgetter(0))
        positions = view.foreign([place for place, _ in ordered])
        for position, (place, issue) in zip(positions, ordered, strict=True):
            file.used[position] = 1
            line, where = file.lines[position], file.wheres[position]
            column = view.heading(issue.column, place)
            self.issues.append(Issue(code, table, line, column, issue.found, issue.message, where))

    def _pass(self, only: Sequence[Condition], view: View, table: str = "") -> Sequence[int]:
        """Return the places of the rows for which all conditions hold; list the others where the mapping says so."""
        places, issues = passing(only, view, range(len(view)))
        self._list(view, issues, table)
        return places

    # --- blocks --------------------------------------------------------------------------------------------

    def make(self, block: Block, source: Source) -> None:
        """Make a block's rows."""
        rows = self.sources[source.name]
        view = View(rows, range(len(rows)))
        view = view.take(self._pass(block.only, view, block.entity.name))
        if block.each:
            view = split_each(view, *block.each)
        if block.wide:
            view = self._unfold(block, view)
        if block.status is not None:
            self._make_events(block, view, is_series=source.is_series)
            return
        filled = self._fill(block.entity, block.columns, view, LISTED)
        if block.entity.name == "action":
            self._note_redates(filled, view, source, is_series=source.is_series)
        self._keep(block.entity, filled, view, is_series=source.is_series)
        if block.entity.name == "owner":
            made = self.made["owner"].columns
            self.names.learn_owners(made.get("name", ()), made.get("owner_id", ()))

    def _unfold(self, block: Block, view: View) -> View:
        """Take each row once for each of its periods; the headings that are none are listed."""
        wide = block.wide
        assert wide is not None  # noqa: S101 - the caller asked
        days: dict[str, str] = {}
        for heading, day in headings(view.rows.columns, wide.style, wide.columns):
            if day:
                days[heading] = day
            else:
                why = "the heading is no month, quarter, half-year, year or date that can be read in one way only"
                self.issues.append(
                    Issue(LISTED, block.entity.name, None, heading, heading, why, view.rows.file.name)
                )
        if not days:
            why = f"no heading that names a period matches {', '.join(map(quote, wide.columns))}"
            self.issues.append(Issue(LISTED, block.entity.name, None, "", "", why, view.rows.file.name))
        return unfold(view, days, wide.period, wide.cell)

    def _fill(self, entity: Entity, columns: Mapping[str, Column], view: View, code: str) -> FilledRows:
        """Fill rows, or list why one is left out: never with a required cell empty."""
        cells: dict[str, list[str]] = {}
        issues: dict[int, list[MappingIssue]] = defaultdict(list)
        missing: set[int] = set()
        told: set[MappingIssue] = set()
        readings = {
            name: column.read(view, self._own(entity, name), self.names.owner_key)
            for name, column in columns.items()
        }
        for name, reading in readings.items():
            cells[name] = reading.texts
            if reading.issues:
                self.unreadable.add((entity.name, name))
            if lost := _lacking(entity, name, readings):
                missing.update(lost)
                silent = [place for place in lost if not reading.issues.get(place)]
                origins = columns[name].origins(view, silent) if silent else {}
                told |= _say_missing(reading.issues, origins, lost, entity.name, name)
            for place, many in reading.issues.items():
                issues[place] += many
        for place in missing:  # of a row that makes nothing only that is said
            issues[place] = [one for one in issues[place] if one in told][-1:]
        self._list(view, ((place, one) for place, many in issues.items() for one in many), entity.name, code)
        _date_beats_constant(entity, columns, cells)
        filled = FilledRows(cells, range(len(view)))
        if not missing:
            return filled
        return filled.take([place for place in range(len(view)) if place not in missing])

    def _own(self, entity: Entity, name: str) -> OwnField:
        """Return what puts a text into one of our fields."""
        own = entity[name]
        sort = POOLS.get((entity.name, name)) or POOLS.get((own.refers, f"{own.refers}_id"), "")
        return OwnField(own, self.names, sort)

    def _keep(
        self, entity: Entity, filled: FilledRows, view: View, *, is_series: bool = False, code: str = CLASH
    ) -> None:
        """Add rows, or merge them with the rows of the same key: what differs is listed, the first stays."""
        file = view.rows.file
        view.mark_used(filled.places)
        if is_series:
            filled = self._last_said(entity, filled, view)
        positions = view.foreign(filled.places)
        made = self.made.setdefault(entity.name, MadeRows(entity))
        issues = made.add(
            filled.cells,
            [file.wheres[position] for position in positions],
            [file.lines[position] for position in positions],
            is_series=is_series,
        )
        self._list(view, ((filled.places[row], issue) for row, issue in issues), entity.name, code)

    @staticmethod
    def _last_said(entity: Entity, filled: FilledRows, view: View) -> FilledRows:
        """Of the links and facts in a series of snapshots keep what the last that speaks of the subject says."""
        days = [view[SNAPSHOT][place] for place in filled.places]
        n = len(filled.places)
        if entity.is_fact:
            fact = zip(
                *(texts for name, texts in filled.cells.items() if name not in NOT_OF_A_FACT), strict=True
            )
            return filled.take(sorted({one: row for row, one in enumerate(fact)}.values()))
        if entity.identifier:
            return filled
        return filled.take(latest(filled.cells.get(entity.key[0]) or [""] * n, days))

    def _note_redates(self, filled: FilledRows, view: View, source: Source, *, is_series: bool) -> None:
        """Note when and why due dates changed; in a series each change is an event."""
        keys, dues = filled.cells.get("action_id") or [], filled.cells.get("due") or []
        only, columns = self.redate
        if columns and only in ("", source.name):
            part = view.take(filled.places)
            entity = ENTITIES["event"]
            texts = {name: column.read(part, self._own(entity, name)) for name, column in columns.items()}
            for reading in texts.values():
                self._list(
                    part, ((place, one) for place, many in reading.issues.items() for one in many), "event"
                )
            empty = [""] * len(keys)
            days, reasons = (
                texts[name].texts if name in texts else empty for name in ("happened_on", "reason")
            )
            self.redates |= {
                key: (day, reason)
                for key, day, reason in zip(keys, days, reasons, strict=True)
                if day or reason
            }
        if is_series and dues:
            days = [view[SNAPSHOT][place] for place in filled.places]
            moved = list(moved_dues(keys, dues, days))
            why = {key: self.redates.get(key, ("", ""))[1] for _, key, _, _ in moved}
            cells = {
                "subject": ["action"] * len(moved),
                "subject_id": [key for _, key, _, _ in moved],
                "event": ["redate"] * len(moved),
                "happened_on": [day for _, _, _, day in moved],
                "due": [due for _, _, due, _ in moved],
                "reason": [why[key] for _, key, _, _ in moved],
            }
            self._keep(
                ENTITIES["event"], FilledRows(cells, [filled.places[row] for row, _, _, _ in moved]), view
            )

    # --- status words --------------------------------------------------------------------------------------

    def _make_events(self, block: Block, view: View, *, is_series: bool) -> None:
        """Make the events that status words stand for."""
        status = block.status
        assert status is not None  # noqa: S101 - the caller asked
        words = view[status.column]
        subjects = block.columns["subject_id"].read(view, self._own(block.entity, "subject_id")).texts
        self.words.append((status.subject, subjects, words))
        groups: dict[tuple[str, str], list[int]] = defaultdict(list)
        days: dict[tuple[str, str], list[str]] = defaultdict(list)
        if is_series:
            walk = Walk(view.rows.file.days, status.closing, status.gone is not None)
            for turn in walk.turns(subjects, words, view[SNAPSHOT]):
                key = ("" if turn.kind else fold(turn.word), turn.kind)
                groups[key].append(turn.place)
                days[key].append(turn.day)
            view.mark_used([place for place, subject in enumerate(subjects) if subject])
            why = "the snapshot has another row of this key before, with another word; that one counts"
            twice = [(place, MappingIssue(status.column, words[place], why)) for place in walk.repeated]
            self._list(view, twice, "event", UNDATED)
        else:
            folded = {word: (fold(word), "") for word in set(words)}
            for place, word in enumerate(words):
                groups[folded[word]].append(place)
        made: list[tuple[int, FilledRows, View]] = []
        for (word, kind), places in groups.items():
            columns = self._meaning(block, view, word, kind, places)
            if columns:
                own = {SNAPSHOT: days[word, kind]} if is_series else {}
                part = view.take(places, **own)
                made.append((len(made), self._fill(block.entity, columns, part, UNDATED), part))
        self._keep_events(block.entity, made, view)

    def _meaning(
        self, block: Block, view: View, word: str, kind: str, places: Sequence[int]
    ) -> Mapping[str, Column]:
        """Return the columns of the event that a word stands for; list the rows where the mapping does not say."""
        status = block.status
        assert status is not None  # noqa: S101 - the caller asked
        columns: Mapping[str, Column] | None
        if kind:
            columns = status.fell_back if kind == FELL_BACK else status.gone
            what = "this row fell back" if kind == FELL_BACK else "the next snapshot no longer has this row"
            key = "fell_back" if kind == FELL_BACK else "gone"
            why = f"{what}; the mapping does not say which event that is: {key} = {{ event = … }}"
        else:
            columns = status.meanings.get(word)
            why = ""
            if columns is None and not word:
                return {}
        if columns is None:
            words = view[status.column]
            self._list(
                view,
                (
                    (place, MappingIssue(status.column, words[place], why or _unknown_word(words[place])))
                    for place in places
                ),
                "event",
                LISTED if kind == GONE else UNDATED,
            )
            return {}
        if not columns:
            view.mark_used(places)
        return columns

    def _keep_events(
        self, entity: Entity, groups: Sequence[tuple[int, FilledRows, View]], view: View
    ) -> None:
        """Keep the events of all words in the order of the foreign rows."""
        columns = list(dict.fromkeys(name for _, filled, _ in groups for name in filled.cells))
        order = sorted(
            (part.positions[place], number, row)
            for number, filled, part in groups
            for row, place in enumerate(filled.places)
        )
        where = {position: place for place, position in enumerate(view.positions)}
        cells: dict[str, list[str]] = {}
        for name in columns:
            texts = [filled.cells.get(name) for _, filled, _ in groups]
            cells[name] = [column[row] if (column := texts[number]) else "" for _, number, row in order]
        self.made.setdefault(
            entity.name, MadeRows(entity)
        )  # words that mean nothing, too, tell that events are gone
        if order:
            self._keep(entity, FilledRows(cells, [where[position] for position, _, _ in order]), view)

    def note_words(self) -> None:
        """Keep the foreign status word of each finding and action beside what it stood for."""
        for table in ("finding", "action"):
            made = self.made.get(table)
            if (
                made is None
                or "original_status" not in made.entity.columns
                or "original_status" in made.columns
            ):
                continue
            known: dict[str, str] = {}
            for subject, subjects, words in self.words:
                if subject == table:
                    known |= dict(zip(subjects, words, strict=True))
            keys = made.columns.get(f"{table}_id") or [""] * len(made)
            made.columns["original_status"] = [known.get(key, "") if key else "" for key in keys]

    # --- the end -------------------------------------------------------------------------------------------

    def add_unused_rows(self, lookups: Iterable[ForeignRows]) -> None:
        """List every row that made nothing and was not listed for anything else; rows that are only looked up are not."""
        passed_over = {id(file) for file in lookups}
        for file in {id(one): one for one in self.files.values()}.values():
            if id(file) in passed_over or all(file.used):
                continue
            name = next(iter(file.cells), "")
            for position, used in enumerate(file.used):
                if not used:
                    found = file.cells[name][position] if name else ""
                    why = say("the mapping makes nothing of this row")
                    self.issues.append(
                        Issue(LISTED, "", file.lines[position], name, found, why, file.wheres[position])
                    )

    def add_short_keys(self) -> None:
        """List each key that was too long, once."""
        for key, short in self.names.short.items():
            why = f"the key has {len(key):,} characters; it is kept as {quote(short)}"
            self.issues.append(Issue(LISTED, "", None, "", key[:80], why))


NOT_OF_A_FACT = frozenset(("recorded_on", "value", "note", "n"))
"""What a later snapshot may put right of a fact."""


def _lacking(entity: Entity, name: str, readings: Mapping[str, Reading]) -> list[int]:
    """Return the places of the rows that lack a cell which they must have."""
    texts, own = readings[name].texts, entity[name]
    if "" not in texts or not (own.required or own.needed_unless or name == entity.identifier):
        return []
    empty = [place for place, text in enumerate(texts) if not text]
    if own.needed_unless is None or own.needed_unless[0] not in readings:
        return empty
    other, word = own.needed_unless
    return [place for place in empty if readings[other].texts[place] != word]


def _date_beats_constant(entity: Entity, columns: Mapping[str, Column], cells: dict[str, list[str]]) -> None:
    """Drop a word that the mapping gives to every row, unknown, where the row has what it says that nobody knows."""
    for declared in entity.fields:
        if declared.needed_unless is None or declared.name not in cells:
            continue
        other, word = declared.needed_unless
        if other in cells and not list(columns[other].foreign()):
            pairs = zip(cells[declared.name], cells[other], strict=True)
            cells[other] = ["" if text and given == word else given for text, given in pairs]


def _unknown_word(word: str) -> str:
    return say("the mapping does not say which event {word} stands for", word=quote(word))


def _say_missing(
    issues: dict[int, list[MappingIssue]],
    origins: Mapping[int, tuple[str, str]],
    lost: Sequence[int],
    table: str,
    name: str,
) -> set[MappingIssue]:
    """Say of each row that lacks a cell that nothing was made of it; return what was said."""
    for place, (foreign, found) in origins.items():
        issues[place] = [MappingIssue(foreign, found, say("{name} is empty", name=name))]
    known: dict[MappingIssue, MappingIssue] = {}
    for place in lost:
        last = issues[place][-1]
        if last not in known:
            why = say("{why}; no {table} was made", why=last.message, table=table)
            known[last] = replace(last, message=why)
        issues[place][-1] = known[last]
    return {*known.values()}
