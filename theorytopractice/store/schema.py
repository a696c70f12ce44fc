"""Which SQL tables does a plan have, and how do rows of texts go in and come back as they were written?

The tables are derived from the entities; nothing is declared twice.
"""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import ValueType
from theorytopractice.model.values import TextTable, natural
from theorytopractice.store.history import QUOTED, Change, Head, RowChange, as_json, from_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from theorytopractice.model.fields import Entity, Field


TYPES = {ValueType.DATE: sa.Date, ValueType.INTEGER: sa.Integer, ValueType.TRUTH: sa.Boolean}
EXTRA = "extra"  # unknown columns of a row, as a JSON object

METADATA = sa.MetaData()


def _table(entity: Entity) -> sa.Table:
    columns = [_column(field, entity) for field in entity.fields]
    table = sa.Table(entity.name, METADATA, *columns, sa.Column(EXTRA, sa.Text))
    if entity.identifier is None:
        _index_key(table, entity)
    for field in entity.fields:
        if field.refers and field.name != entity.key[0]:
            sa.Index(f"{entity.name}_{field.name}", table.c[field.name])
    return table


def _index_key(table: sa.Table, entity: Entity) -> None:
    """Make the key of a link table unique; a part of it may be empty."""
    parts = [
        table.c[name] if _is_needed(entity, name) else sa.func.coalesce(table.c[name], "")
        for name in entity.key
    ]
    sa.Index(f"{entity.name}_key", *parts, unique=True)


def _is_needed(entity: Entity, name: str) -> bool:
    return entity[name].required or name == entity.identifier


def _column(field: Field, entity: Entity) -> sa.Column[Any]:
    type_ = TYPES.get(field.type, sa.Text)()
    if field.name == entity.identifier:
        return sa.Column(field.name, type_, primary_key=True)
    nullable = not _is_needed(entity, field.name) if field.name in entity.key else not field.required
    target = f"{field.refers}.{field.refers}_id"
    link = [sa.ForeignKey(target, deferrable=True, initially="DEFERRED")] if field.refers else []
    return sa.Column(field.name, type_, *link, nullable=nullable)


TABLES = {name: _table(entity) for name, entity in ENTITIES.items()}
sa.Index("event_subject", TABLES["event"].c.subject, TABLES["event"].c.subject_id)

CHANGE = sa.Table(
    "change",
    METADATA,
    sa.Column("change_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("undoes", sa.Integer),
)
CHANGE_ROW = sa.Table(
    "change_row",
    METADATA,
    sa.Column("change_id", sa.Integer, sa.ForeignKey("change.change_id"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("row_key", sa.Text, nullable=False),
    sa.Column("before", sa.Text),
    sa.Column("after", sa.Text),
    sa.PrimaryKeyConstraint("change_id", "position"),
)
sa.Index("change_row_key", CHANGE_ROW.c.row_key)
IDENTIFIER = sa.Table(
    "identifier",
    METADATA,
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("largest", sa.Text, nullable=False),
)


MOST_SOUGHT = 100
MANY = 1_000


def _text_of(column: sa.Column[Any]) -> sa.ColumnElement[str]:
    """Return a column as the text of a cell."""
    if isinstance(column.type, sa.Boolean):
        return sa.case((column.is_(True), "true"), (column.is_(False), "false"), else_="").label(column.name)
    text = sa.type_coerce(column, sa.Text) if isinstance(column.type, sa.Text) else sa.cast(column, sa.Text)
    return sa.func.coalesce(text, "").label(column.name)


@cache
def _query(name: str) -> sa.Select[*tuple[Any, ...]]:
    """Return the query for a whole table; to build it takes longer than to read a few rows."""
    return sa.select(*(_text_of(column) for column in TABLES[name].c))


def read(link: sa.Connection, name: str, condition: sa.ColumnElement[bool] | None = None) -> TextTable:
    """Read a table as texts; unknown columns come back beside the declared ones."""
    table, entity = TABLES[name], ENTITIES[name]
    if isinstance(condition, sa.False_):
        return TextTable.of(entity, [], name)
    query = _query(name)
    rows = link.execute(query if condition is None else query.where(condition)).all()
    cells = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in table.c]
    columns = dict(zip((column.name for column in table.c), cells, strict=True))
    extras = [json.loads(text) if text else {} for text in columns.pop(EXTRA)]
    unknown = sorted({column for extra in extras for column in extra})
    columns |= {column: [extra.get(column, "") for extra in extras] for column in unknown}
    return TextTable(entity, columns, name)


def rows_among(
    link: sa.Connection, column: sa.ColumnElement[Any], texts: Collection[str]
) -> sa.ColumnElement[bool]:
    """Say that a column holds one of some texts: one parameter, however many there are."""
    if not texts:
        return sa.false()
    listed = sorted(texts)
    if link.dialect.name == "postgresql":
        return column == sa.any_(sa.bindparam(None, listed, sa.ARRAY(sa.Text)))
    return column.in_(sa.select(sa.func.json_each(json.dumps(listed)).table_valued("value").c.value))


class DatabaseReader:
    """The rows of a plan in a database, read as they are asked for, within one transaction."""

    def __init__(self, link: sa.Connection) -> None:
        """Hold the open transaction."""
        self._link = link

    def tables(self) -> dict[str, TextTable]:
        """Read every table."""
        return {name: read(self._link, name) for name in ENTITIES}

    def where(self, name: str, /, **wanted: Collection[str]) -> TextTable:
        """Read the rows of a table in which each of these columns holds one of its texts."""
        if not all(wanted.values()):
            return TextTable.of(ENTITIES[name], [], name)
        columns = TABLES[name].c
        return read(
            self._link,
            name,
            sa.and_(
                sa.true(), *(rows_among(self._link, columns[one], texts) for one, texts in wanted.items())
            ),
        )

    def largest(self, name: str) -> str:
        """Return the naturally largest identifier ever used in a table, empty if none."""
        query = sa.select(IDENTIFIER.c.largest).where(IDENTIFIER.c.entity == name)
        return self._link.execute(query).scalar_one_or_none() or ""

    def changes_from(self, change_id: int) -> list[Change]:
        """Read the history from a change on."""
        return changes(self._link, CHANGE.c.change_id >= change_id)

    def removed(self, name: str, keys: Collection[tuple[str, ...]]) -> dict[tuple[str, ...], dict[str, str]]:
        """Return the rows of a table that were once removed, by key, as each was when it last went."""
        sought = rows_among(self._link, CHANGE_ROW.c.row_key, [as_json(list(key)) for key in keys])
        its_own = sa.and_(CHANGE_ROW.c.entity == name, CHANGE_ROW.c.after.is_(None), sought)
        found = changes(self._link, its_own)
        return {row.key: row.before for one in found for row in one.rows if row.before is not None}


def _number(text: str) -> int:
    return int(float(text))


def _truth(text: str) -> bool:
    return text == "true"


def _as_written(text: str) -> str:
    return text


READERS: dict[type[Any], Callable[[str], Any]] = {
    sa.Date: date.fromisoformat,
    sa.Integer: _number,
    sa.Boolean: _truth,
    sa.Text: _as_written,
}


@cache
def _readers(name: str) -> list[tuple[str, Callable[[str], Any]]]:
    """Return for each declared column of a table what turns its text into what the database keeps."""
    return [(column, READERS[type(TABLES[name].c[column].type)]) for column in ENTITIES[name].columns]


def _extra(name: str, row: Mapping[str, str]) -> str | None:
    """Return the columns of a row that the model does not declare, as a JSON object; None where there are none."""
    if len(row) == len(columns := ENTITIES[name].columns) and all(map(row.__contains__, columns)):
        return None
    unknown = {column: text for column, text in row.items() if column not in columns and text}
    return json.dumps(unknown, ensure_ascii=False, sort_keys=True) if unknown else None


AT_ONCE = 20_000
"""Rows that are written together; more at once take memory and save no time."""


def apply(link: sa.Connection, rows: Sequence[RowChange]) -> None:
    """Delete what goes or changes, insert what comes or has changed; links are checked at the end."""
    for name, table in TABLES.items():
        gone = [row.key for row in rows if row.entity == name and row.before is not None]
        if gone:
            key = ENTITIES[name].key
            parts = (
                (sa.func.coalesce(table.c[one], "") if table.c[one].nullable else table.c[one], one)
                for one in key
            )
            where = sa.and_(*(part == sa.bindparam(f"k_{one}") for part, one in parts))
            link.execute(
                sa.delete(table).where(where),
                [dict(zip((f"k_{one}" for one in key), parts, strict=True)) for parts in gone],
            )
    for name, table in TABLES.items():
        come = [row.after for row in rows if row.entity == name and row.after is not None]
        for start in range(0, len(come), AT_ONCE):
            some = come[start : start + AT_ONCE]
            cells: dict[str, list[Any]] = {
                column: [reader(text) if (text := row.get(column)) else None for row in some]
                for column, reader in _readers(name)
            }
            _insert(link, table, cells | {EXTRA: [_extra(name, row) for row in some]})


def _insert(link: sa.Connection, table: sa.Table, cells: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows, given by column; many on SQLite by the driver itself, which takes a third of the time."""
    rows = zip(*cells.values(), strict=True)
    if link.dialect.name != "sqlite" or len(next(iter(cells.values()))) < MANY:
        link.execute(sa.insert(table), [dict(zip(cells, row, strict=True)) for row in rows])
        return
    statement = sa.insert(table).values(dict.fromkeys(cells, "")).compile(dialect=link.dialect)
    order = [list(cells).index(name) for name in statement.positiontup or ()]
    dates = {name for name in cells if isinstance(table.c[name].type, sa.Date)}
    texts = [
        [day and day.isoformat() for day in column] if name in dates else column
        for name, column in cells.items()
    ]
    link.exec_driver_sql(str(statement), list(zip(*(texts[place] for place in order), strict=True)))


def write_change(link: sa.Connection, change: Change) -> None:
    """Write a change into the history."""
    head = {"change_id": change.change_id, "made_at": change.made_at, "made_by": change.made_by}
    link.execute(sa.insert(CHANGE), [{**head, "what": change.what, "undoes": change.undoes}])
    for start in range(0, len(change.rows), AT_ONCE):
        rows = change.rows[start : start + AT_ONCE]
        cells: dict[str, Sequence[Any]] = {
            "change_id": [change.change_id] * len(rows),
            "position": range(start, start + len(rows)),
            "entity": [row.entity for row in rows],
            "row_key": [as_json(list(row.key)) for row in rows],
            "before": [as_json(row.before) or None for row in rows],
            "after": [as_json(row.after) or None for row in rows],
        }
        _insert(link, CHANGE_ROW, cells)
    _write_largest_identifiers(link, change)


def _write_largest_identifiers(link: sa.Connection, change: Change) -> None:
    """Keep the naturally largest identifier of each table, so that none is given out twice."""
    records = DatabaseReader(link)
    for name in sorted({row.entity for row in change.rows if ENTITIES[row.entity].identifier}):
        before = records.largest(name)
        largest = max([before, *(row.key[0] for row in change.rows if row.entity == name)], key=natural)
        if largest == before:
            continue
        if before:
            link.execute(sa.update(IDENTIFIER).where(IDENTIFIER.c.entity == name).values(largest=largest))
        else:
            link.execute(sa.insert(IDENTIFIER).values(entity=name, largest=largest))


def mentions(row_ids: Collection[str]) -> sa.ColumnElement[bool]:
    """Say that a row of the history may name one of some identifiers; of many, that any row may."""
    if len(row_ids) > MOST_SOUGHT:
        return sa.true()
    places = (CHANGE_ROW.c.row_key, CHANGE_ROW.c.before, CHANGE_ROW.c.after)
    texts = [QUOTED(one) for one in sorted(row_ids)]
    return sa.or_(sa.false(), *(place.contains(text, autoescape=True) for place in places for text in texts))


def heads(link: sa.Connection, most: int, made_by: str | None = None) -> list[Head]:
    """Read who made the latest changes and how many rows each touched, the newest first."""
    its_rows = sa.select(sa.func.count()).where(CHANGE_ROW.c.change_id == CHANGE.c.change_id)
    query = sa.select(CHANGE, its_rows.correlate(CHANGE).scalar_subquery().label("n_rows"))
    if made_by is not None:
        query = query.where(CHANGE.c.made_by == made_by)
    rows = link.execute(query.order_by(CHANGE.c.change_id.desc()).limit(most)).mappings()
    return [Head(**{**row, "made_at": str(row["made_at"])}) for row in rows]


def changes(
    link: sa.Connection, condition: sa.ColumnElement[bool] | None = None, *, most: int | None = None
) -> list[Change]:
    """Read the history, or the rows of it that fulfil a condition; of many only the first."""
    query = (
        sa.select(CHANGE, CHANGE_ROW.c.entity, CHANGE_ROW.c.row_key, CHANGE_ROW.c.before, CHANGE_ROW.c.after)
        .join(CHANGE_ROW)
        .order_by(CHANGE.c.change_id, CHANGE_ROW.c.position)
    )
    if condition is not None:
        query = query.where(condition)
    if most is not None:
        query = query.limit(most)
    return from_texts(
        {
            "key" if name == "row_key" else name: "" if value is None else str(value)
            for name, value in row.items()
        }
        for row in link.execute(query).mappings()
    )
