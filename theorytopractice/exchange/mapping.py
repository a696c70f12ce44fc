"""How do foreign tables become ours? Through a mapping: a TOML file that a planner can read.

A **source** names a file, a sheet of a workbook or several files of one kind, and each **block** makes one row of one
of our tables from each row of a source. ``column = …`` says how a cell is filled::

    [source.units]                          # every row of units.csv

    [source.projects]
    file = "projects 2026.csv"              # where it is not projects.csv; optional: sheet, header, skip,
                                            # encoding, separator …, and only = … (of the file's own columns)
    join.units = { on = "unit-code" }       # looks up the row of an earlier source as "units.<column>";
                                            # or { here = "unit", there = "code" }
    [source.projects.derived]               # columns to use again, in this source and by those that join it
    begun_on = { column = "Begun", dates = ["dd/mm/yyyy", "d mmm yy"], century = 2000 }

    [[action]]                              # any of our tables; several blocks may fill one
    from = "projects"
    only = [{ column = "Kind", begins = "A", otherwise = "no action" }]  # equals, differs, begins, contains,
                                            # matches, before, after, less, more: one or a list; is = "filled" or "blank"
    action_id = { template = "A-{Number}" } # empty where a column in braces is empty
    title = "Name of the project"           # a mere text is a foreign column
    recorded_on = [                         # a list: the first that gives a text
        "begun_on",
        { column = "units.founded", year = "first day", listed = "dated by the founding of its unit" },
    ]
    due = { column = "Year", year = "last day", otherwise = "has no year" }
    cost = { column = "Cost", number = "," }          # the decimal sign; thousands marks are taken out
    strength = { column = "How", words = { "By law" = "stronger", "?" = "" } }
    site = { column = "Place", split = "/", part = 2 }
    note = { constant = "from the project list" }

    [[action_owner]]
    from = "projects"
    each = { column = "Owners", split = ";" }         # the row is taken once for each part of this cell
    action_id = { template = "A-{Number}" }
    owner_id = "Owners"
    role = { constant = "responsible" }

    [[status]]                              # words mean nothing by themselves: say which event, and its date
    from = "projects"
    column = "State"
    subject = "action"
    subject_id = { template = "A-{Number}" }
    words."Done" = { event = "complete", happened_on = { column = "Finished", dates = ["dd/mm/yyyy"] } }
    words."Idea" = {}                       # stands for no event

Dates are put together from ``yyyy yy mm m mmm mmmm dd d``; month names are of any language, ``century = 1950`` says that
``yy`` are the hundred years from 1950. Among the formats may stand ``day first``, ``month first`` (what 03/04/2026 means),
``serial``, ``serial 1904`` (days as a spreadsheet counts them) and ``year``. What is in none of the formats and can be read
in one way only is read, too: ``30-Jun-2027``, and ``06/2027`` as the last day of its month. A number may have ``%`` or a
currency beside it. ``html = true`` takes the text out of a cell with tags.
Everywhere ``otherwise`` is the sentence that is listed where a condition does not hold, a lookup finds
nothing or a cell is empty; without it that is in order. ``listed`` is listed where the alternative is used.

A file ``plan-{year}.csv`` is a series of dated snapshots: ``[[status]]`` over it makes an event where a row is first seen,
where its word changes, and, if the mapping says which, where it fell back or is gone. ``wide`` of an observation reads
headings that are months. ``title``, ``name``, ``[gone]``, ``erase`` and ``[redate]`` are of the whole import. All keys are
declared in :mod:`theorytopractice.exchange.mapping_schema`; ``theorytopractice fields --mapping`` prints them.

Rows with the same key are merged: an empty cell takes the other row's text, of two different texts the first
stays and the second is listed (W-DUP); of snapshots the last counts. A cell that cannot be read stays empty and is listed (W-IMPORT); where
it is required, or the row's own key, the row is left out. An event without a readable date is listed
(W-STATUS). A foreign row that makes nothing is always listed, unless its source is only looked up. What one alternative
cannot read is not listed where a later one reads the same column.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from theorytopractice.errors import Issue, PlanError, nearest, quote
from theorytopractice.exchange.apply import RowMapper
from theorytopractice.exchange.files import read_file
from theorytopractice.exchange.foreign_table import LISTED
from theorytopractice.exchange.mapping_blocks import EVENTS, Block, Source, build_blocks, build_sources
from theorytopractice.exchange.mapping_columns import Column
from theorytopractice.exchange.mapping_files import ROW, read_files
from theorytopractice.exchange.mapping_mistakes import Mistakes
from theorytopractice.exchange.mapping_names import Names
from theorytopractice.exchange.mapping_schema import BLOCKS, WholeMapping
from theorytopractice.i18n import say
from theorytopractice.model.entities import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path
    from typing import Any

    from theorytopractice.exchange.mapping_files import ForeignRows
    from theorytopractice.model.values import TextTable


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping that was read: its title and name, its sources by name, its blocks, and what holds for the whole import."""

    title: str
    name: str
    sources: dict[str, Source]
    blocks: tuple[Block, ...]
    erase: bool | tuple[str, ...] = False
    gone: dict[str, dict[str, str]] = field(default_factory=dict)
    redate: tuple[str, dict[str, Column]] = ("", {})


@dataclass(frozen=True, slots=True)
class MappingResult:
    """What a mapping made: our tables that have rows, what is only listed, and rows read by file.

    ``redates`` are the day and reason of a new due date by action, ``erase`` the cells in which a blank erases, ``empty`` the
    tables that the mapping fills and for which the source has no row.
    """

    tables: dict[str, TextTable]
    issues: list[Issue]
    n_read: dict[str, int]
    redates: dict[str, tuple[str, str]] = field(default_factory=dict)
    erase: frozenset[tuple[str, str]] = frozenset()
    empty: dict[str, TextTable] = field(default_factory=dict)


def read_mapping(path: Path) -> Mapping:
    """Read a mapping.

    Raises:
        PlanError: the file cannot be read, or keys of it cannot be used; the sentence names all of them.
    """
    try:
        raw = tomllib.loads(read_file(path, say("the mapping")).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PlanError(f"The mapping {quote(path.name)} is not TOML in UTF-8: {error}.") from error
    return build_mapping(raw)


def build_mapping(raw: dict[str, Any]) -> Mapping:
    """Build a mapping of what its TOML holds.

    Raises:
        PlanError: keys of it cannot be used; the sentence names all of them.
    """
    mistakes = Mistakes()
    for name in raw:
        known = (*(one.alias or key for key, one in WholeMapping.model_fields.items()), "status", *BLOCKS)
        if name not in known:
            mistakes.add(name, f"there is no such key here{nearest(name, known)}")
    whole = {name: value for name, value in raw.items() if name in WholeMapping.model_fields}
    declared = mistakes.declared(WholeMapping, whole, "") or WholeMapping()
    has_typo = bool(mistakes.all) and "source" not in raw
    sources = {} if has_typo else build_sources(raw.get("source", {}), mistakes)
    blocks = build_blocks(raw, sources, mistakes) if sources else ()
    redate = _redate(declared, sources, mistakes)
    gone = _gone(declared, mistakes)
    mistakes.refuse()
    name = declared.name or (raw["source"] if isinstance(raw.get("source"), str) else "")
    return Mapping(declared.title, name, sources, blocks, declared.erase, gone, redate)


def _gone(declared: WholeMapping, mistakes: Mistakes) -> dict[str, dict[str, str]]:
    """Return for a table the event that a missing row means."""
    gone = {}
    for table, events in EVENTS.items():
        one = None if declared.gone is None else getattr(declared.gone, table)
        if one is None:
            continue
        if one.event not in events:
            why = f"{quote(one.event)} is no such event{nearest(one.event, events)}"
            mistakes.add(f"gone.{table}.event", why)
        gone[str(table)] = {"event": one.event} | ({"reason": one.reason} if one.reason else {})
    return gone


def _redate(
    declared: WholeMapping, sources: dict[str, Source], mistakes: Mistakes
) -> tuple[str, dict[str, Column]]:
    redate = declared.redate
    if redate is None:
        return "", {}
    if redate.from_ is not None and redate.from_ not in sources:
        mistakes.add(
            "redate.from", f"there is no source {quote(redate.from_)}{nearest(redate.from_, sources)}"
        )
    columns = {
        name: Column.of(cells, f"redate.{name}")
        for name in ("reason", "happened_on")
        if (cells := getattr(redate, name)) is not None
    }
    return redate.from_ or "", columns


def apply(mapping: Mapping, source: Path, names: Names | None = None) -> MappingResult:
    """Make our rows from a foreign file, or from the files of a folder.

    Args:
        mapping: what :func:`read_mapping` read.
        source: the folder that holds the files, or the file itself where the mapping names only one.
        names: the names that the plan has already.

    Raises:
        PlanError: a file cannot be read, or the mapping names columns that a file does not have.
    """
    files = read_files(list(mapping.sources.values()), source)
    _check_columns(mapping, files)
    distinct = {id(file): file for file in files.values()}.values()
    names = names or Names()
    mapper = RowMapper(
        files, names, [issue for file in distinct for issue in file.issues], redate=mapping.redate
    )
    for one in mapping.sources.values():
        mapper.prepare(one)
    for block in mapping.blocks:
        mapper.make(block, mapping.sources[block.source])
    mapper.note_words()
    makers = {id(files[block.source]) for block in mapping.blocks}
    mapper.add_unused_rows(file for file in distinct if id(file) not in makers)
    mapper.add_short_keys()
    spoken_of = {name: mapper.made[name].table() for name in ENTITIES if name in mapper.made}
    tables = {name: table for name, table in spoken_of.items() if len(table)}
    erase, kept = _erase(mapping, tables, mapper.unreadable)
    n_read: dict[str, int] = {}
    for file in distinct:
        for where, n in file.n_read.items():
            n_read[where] = max(n, n_read.get(where, 0))
    issues = list(dict.fromkeys([*mapper.issues, *kept, *names.near()]))
    empty = {name: table for name, table in spoken_of.items() if not len(table)}
    return MappingResult(tables, issues, n_read, mapper.redates, erase, empty)


def _erase(
    mapping: Mapping, tables: dict[str, TextTable], unreadable: set[tuple[str, str]]
) -> tuple[frozenset[tuple[str, str]], list[Issue]]:
    """Return the cells in which a blank erases, and which were taken out: a cell that cannot be read erases nothing."""
    if mapping.erase is True:
        cells = {(name, column) for name, table in tables.items() for column in table.columns}
    else:
        cells = {(one.partition(".")[0], one.partition(".")[2]) for one in mapping.erase or ()}
    why = "some of its cells could not be read, so that blank ones erase nothing this time"
    kept = [Issue(LISTED, table, None, column, "", why) for table, column in sorted(cells & unreadable)]
    return frozenset(cells - unreadable), kept


def _check_columns(mapping: Mapping, files: dict[str, ForeignRows]) -> None:
    """Refuse a mapping that names foreign columns which do not exist; all of them at once."""
    mistakes = Mistakes()
    known: dict[str, list[str]] = {}
    for source in mapping.sources.values():
        columns = [*files[source.name].cells, ROW]
        file = files[source.name].name
        _require_columns((((one.column, one.key) for one in source.only)), columns, file, mistakes)
        for join in source.joins:
            _require_columns([(join.here, join.key)], columns, file, mistakes)
            _require_columns([(join.there, join.key)], known[join.source], join.source, mistakes)
            columns += [f"{join.source}.{name}" for name in known[join.source] if "." not in name]
        for name, column in source.derived.items():
            _require_columns(column.foreign(), columns, file, mistakes)
            columns.append(name)
        known[source.name] = columns
    for block in mapping.blocks:
        own = [block.wide.period, block.wide.cell] if block.wide else []
        file = files[block.source].name
        _require_columns(block.foreign(), [*known[block.source], *own], file, mistakes)
        if block.entity.name == "action" and mapping.redate[0] in ("", block.source):
            for column in mapping.redate[1].values():
                _require_columns(column.foreign(), known[block.source], file, mistakes)
    mistakes.refuse()


def _require_columns(
    named: Iterable[tuple[str, str]], known: Collection[str], file: str, mistakes: Mistakes
) -> None:
    for column, key in named:
        if column not in known:
            others = [one for one in known if one != ROW]
            mistakes.add(key, f"{quote(file)} has no column {quote(column)}{nearest(column, others)}")
