"""How do foreign tables become ours? Through a mapping: a TOML file that a planner can read.

A **source** names a file (CSV in UTF-8, or a JSON list of objects), and each **block** makes one row of one
of our tables from each row of a source. ``column = …`` says how a cell is filled::

    [source.units]                          # every row of units.csv

    [source.projects]
    file = "projects 2026.csv"              # where it is not projects.csv; optional: separator = ";", and
                                            # only = … (of the file's own columns)
    join.units = { on = "unit-code" }       # looks up the row of an earlier source as "units.<column>";
                                            # or { here = "unit", there = "code" }
    [source.projects.derived]               # columns to use again, in this source and by those that join it
    begun_on = { column = "Begun", dates = ["dd/mm/yyyy", "d mmm yy"], century = 2000 }

    [[action]]                              # any of our tables; several blocks may fill one
    from = "projects"
    only = [{ column = "Kind", begins = "A", otherwise = "no action" }]  # equals, differs, begins: a text or
                                            # a list; is = "filled" or "empty". All must hold.
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

Rows with the same key are merged: an empty cell takes the other row's text, of two different texts the first
stays and the second is listed (W-DUP). A cell that cannot be read stays empty and is listed (W-IMPORT); where
it is required, or the row's own key, the row is left out. An event without a readable date is listed
(W-STATUS). A foreign row that makes nothing is always listed.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError, nearest, quote, reason_of
from theorytopractice.exchange.apply import RowMapper
from theorytopractice.exchange.mapping_schema import Block, Source, read_blocks, read_sources
from theorytopractice.exchange.readers import ForeignTable, read_foreign
from theorytopractice.exchange.transformations import TomlTable, mapping_error
from theorytopractice.model.entities import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from theorytopractice.errors import Issue
    from theorytopractice.model.values import TextTable


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping that was read: its title, its sources by name, and its blocks."""

    title: str
    sources: dict[str, Source]
    blocks: tuple[Block, ...]

    @property
    def files(self) -> dict[str, Source]:
        """File name → the first source that reads it."""
        return {source.file: source for source in reversed(self.sources.values())}


@dataclass(frozen=True, slots=True)
class MappingResult:
    """What a mapping made: our tables that have rows, what is only listed, and rows read by file."""

    tables: dict[str, TextTable]
    issues: list[Issue]
    n_read: dict[str, int]


def read_mapping(path: Path) -> Mapping:
    """Read a mapping.

    Raises:
        PlanError: the file cannot be read, or one of its keys cannot be used; the sentence names it.
    """
    try:
        cells = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise PlanError(f"Cannot read the mapping {quote(path)}: {reason_of(error)}.") from error
    except (ValueError, RecursionError) as error:
        raise PlanError(f"The mapping {quote(path.name)} is not TOML in UTF-8: {error}.") from error
    part = TomlTable(cells)
    part.allow(("title", "source", "status", *ENTITIES))
    sources = read_sources(part.part("source"))
    return Mapping(part.text("title", ""), sources, read_blocks(part, sources))


def apply(mapping: Mapping, source: Path) -> MappingResult:
    """Make our rows from a foreign file, or from the files of a folder.

    Args:
        mapping: What :func:`read_mapping` read.
        source: The folder that holds the files, or the file itself where the mapping names only one.

    Raises:
        PlanError: a file cannot be read, or the mapping names a column that a file does not have.
    """
    files = _read_files(mapping, source)
    _check_columns(mapping, files)
    maker = RowMapper(files, [issue for file in files.values() for issue in file.issues])
    for one in mapping.sources.values():
        maker.prepare(one)
    for block in mapping.blocks:
        maker.make(block, mapping.sources[block.source])
    maker.add_unused_rows()
    tables = {name: maker.table(entity) for name, entity in ENTITIES.items() if maker.rows.get(name)}
    n_read = {file.name: len(file.records) + len(file.issues) for file in files.values()}
    return MappingResult(tables, list(dict.fromkeys(maker.issues)), n_read)


def _read_files(mapping: Mapping, source: Path) -> dict[str, ForeignTable]:
    """Read each file once, under the name that the mapping gives it."""
    named = mapping.files
    if source.is_dir():
        return {name: read_foreign(source / name, separator=one.separator) for name, one in named.items()}
    if len(named) > 1:
        raise PlanError(
            f"The mapping reads {len(named)} files ({', '.join(named)}); give the folder that holds them, "
            f"not {quote(source)}."
        )
    return {name: read_foreign(source, separator=one.separator) for name, one in named.items()}


def _check_columns(mapping: Mapping, files: dict[str, ForeignTable]) -> None:
    """Refuse a mapping that names a foreign column which does not exist."""
    known: dict[str, list[str]] = {}
    for source in mapping.sources.values():
        columns = list(files[source.file].columns)
        _require_columns((((one.column, one.key) for one in source.only)), columns, source.file)
        for join in source.joins:
            _require_columns([(join.here, join.key)], columns, source.file)
            _require_columns([(join.there, join.key)], known[join.source], join.source)
            columns += [f"{join.source}.{name}" for name in known[join.source] if "." not in name]
        for name, column in source.derived.items():
            _require_columns(column.foreign(), columns, source.file)
            columns.append(name)
        known[source.name] = columns
    for block in mapping.blocks:
        _require_columns(block.foreign(), known[block.source], mapping.sources[block.source].file)


def _require_columns(named: Iterable[tuple[str, str]], known: Collection[str], file: str) -> None:
    for column, key in named:
        if column not in known:
            raise mapping_error(key, f"{quote(file)} has no column {quote(column)}{nearest(column, known)}")
