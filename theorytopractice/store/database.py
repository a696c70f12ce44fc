"""How is a plan kept in a database? One transaction a change, all or nothing, one writer at a time."""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from theorytopractice.errors import PlanError, shown
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.values import TextTable
from theorytopractice.store.history import Change, RowChange, from_texts
from theorytopractice.store.schema import CHANGE, CHANGE_ROW, EXTRA, TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

BUSY_SECONDS = 30
LOCK = 7_412_039  # any number; the same for all writers of plans on a PostgreSQL server
MIGRATIONS = Path(__file__).parent / "migrations"
Edit = "Callable[[dict[str, TextTable]], Sequence[RowChange]]"


class Database:
    """A plan in a SQLite file or on a database server."""

    def __init__(self, url: sa.URL | str, name: str) -> None:
        """Prepare the engine; nothing is opened yet. ``name`` is how sentences call the plan."""
        self.name = name
        self.url = sa.make_url(url)
        self.engine = sa.create_engine(self.url, poolclass=sa.NullPool, hide_parameters=True)
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", lambda link: link.exec_driver_sql(_begin(link)))

    @property
    def is_sqlite(self) -> bool:
        """Tell whether it is a SQLite file."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def _connection(self, *, write: bool = False) -> Iterator[sa.Connection]:
        """Open a transaction; every refusal of the database becomes one sentence."""
        try:
            with self.engine.connect().execution_options(write=write) as link, link.begin():
                if write and not self.is_sqlite:
                    link.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
                yield link
        except sa.exc.DBAPIError as error:
            raise PlanError(_refusal(self.name, error)) from error

    def open(self, *, create: bool = False) -> None:
        """Bring the database to today's form; with ``create`` make the tables of a new plan.

        Raises:
            PlanError: it is no plan, or one of a newer version.
        """
        with self._connection(write=True) as link:
            found = MigrationContext.configure(link).get_current_revision()
            known = {one.revision for one in _scripts().walk_revisions()}
            if found is not None and found not in known:
                raise PlanError(
                    f"{shown(self.name)} was written by a newer version of theorytopractice (format {found}); upgrade it."
                )
            tables = set(sa.inspect(link).get_table_names())
            if found is None and (tables or not create):
                what = "is another program's database" if tables else "holds no plan"
                raise PlanError(f"{shown(self.name)} {what}; 'theorytopractice new' makes a plan.")
            if found != _scripts().get_current_head():
                _migrate(link)

    def tables(self) -> dict[str, TextTable]:
        """Read every table as texts."""
        with self._connection() as link:
            return {name: _read(link, name) for name in ENTITIES}

    def some_tables(self, wanted: Callable[[sa.Connection], Mapping[str, Any]]) -> dict[str, TextTable]:
        """Read the rows of each table for which ``wanted`` gives a condition; other tables are left out."""
        with self._connection() as link:
            return {name: _read(link, name, condition) for name, condition in wanted(link).items()}

    def version(self) -> int:
        """Return the number of the last change; 0 if none."""
        with self._connection() as link:
            return int(
                link.execute(sa.select(sa.func.coalesce(sa.func.max(CHANGE.c.change_id), 0))).scalar_one()
            )

    def changes(self) -> list[Change]:
        """Read the whole history."""
        with self._connection() as link:
            return _changes(link)

    def change(
        self, made_by: str, what: str, edit: Callable[..., Sequence[RowChange]], undoes: int | None = None
    ) -> None:
        """Make one change in one transaction.

        ``edit`` is handed the tables and a function that reads the history; it returns what to change.
        """
        with self._connection(write=True) as link:
            rows = edit({name: _read(link, name) for name in ENTITIES}, lambda: _changes(link))
            if not rows:
                return
            last = link.execute(sa.select(sa.func.coalesce(sa.func.max(CHANGE.c.change_id), 0))).scalar_one()
            change = Change.now(last + 1, made_by, what, rows, undoes)
            _apply(link, rows)
            _remember(link, change)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def _prepare_sqlite(raw: sqlite3.Connection, _: object) -> None:
    raw.isolation_level = None  # the "begin" listener opens transactions
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
        try:
            raw.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError as error:
            if "readonly" not in str(error):
                raise
    raw.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


def _begin(link: sa.Connection) -> str:
    return "BEGIN IMMEDIATE" if link.get_execution_options().get("write") else "BEGIN"


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return ScriptDirectory.from_config(config)


def _migrate(link: sa.Connection) -> None:
    config = Config(attributes={"connection": link})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise PlanError(f"The plan cannot be brought to today's form: {error}.") from error


def _refusal(name: str, error: sa.exc.DBAPIError) -> str:
    """Say in one sentence why the database refused, and what to do."""
    said = str(error.orig).splitlines()[0] if str(error.orig) else type(error.orig).__name__
    advice = {
        "locked": "another program is writing to it; try again when it has finished",
        "file is not a database": "it is not a plan; choose another file",
        "malformed": "the file is damaged; restore a backup",
        "readonly": "it may only be read here; ask for the right to write, or copy it",
        "unable to open": "the file cannot be opened; does its folder exist, and may you use it?",
        "full": "the disk is full; make room and try again; the plan is as it was",
        "disk I/O": "the disk refused; make room or check it; the plan is as it was",
    }
    known = next((advice[word] for word in advice if word in said), f"the database says: {said}")
    return f"Cannot use the plan {shown(name)}: {known}."


def _text_of(column: sa.Column[Any]) -> sa.ColumnElement[str]:
    """Return a column as the text of a cell."""
    if isinstance(column.type, sa.Boolean):
        return sa.case((column.is_(True), "true"), (column.is_(False), "false"), else_="").label(column.name)
    text = sa.type_coerce(column, sa.Text) if isinstance(column.type, sa.Text) else sa.cast(column, sa.Text)
    return sa.func.coalesce(text, "").label(column.name)


def _read(link: sa.Connection, name: str, condition: sa.ColumnElement[bool] | None = None) -> TextTable:
    """Read a table as texts; unknown columns come back beside the declared ones."""
    table, entity = TABLES[name], ENTITIES[name]
    query = sa.select(*(_text_of(column) for column in table.c))
    rows = link.execute(query if condition is None else query.where(condition)).all()
    cells = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in table.c]
    columns = dict(zip((column.name for column in table.c), cells, strict=True))
    extras = [json.loads(text) if text else {} for text in columns.pop(EXTRA)]
    unknown = sorted({column for extra in extras for column in extra})
    columns |= {column: [extra.get(column, "") for extra in extras] for column in unknown}
    return TextTable(entity, columns, name)


def _typed(name: str, row: Mapping[str, str]) -> dict[str, Any]:
    """Turn the texts of a row into what the database keeps."""
    entity, table = ENTITIES[name], TABLES[name]
    values: dict[str, Any] = {}
    for field in entity.fields:
        text, type_ = row.get(field.name, ""), table.c[field.name].type
        if text == "":
            values[field.name] = None
        elif isinstance(type_, sa.Date):
            values[field.name] = date.fromisoformat(text)
        elif isinstance(type_, sa.Integer):
            values[field.name] = int(float(text))
        else:
            values[field.name] = text == "true" if isinstance(type_, sa.Boolean) else text
    unknown = {column: text for column, text in row.items() if column not in entity.columns and text}
    return {**values, EXTRA: json.dumps(unknown, ensure_ascii=False, sort_keys=True) if unknown else None}


def _apply(link: sa.Connection, rows: Sequence[RowChange]) -> None:
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
        come = [_typed(name, row.after) for row in rows if row.entity == name and row.after is not None]
        if come:
            link.execute(sa.insert(table), come)


def _remember(link: sa.Connection, change: Change) -> None:
    head = {"change_id": change.change_id, "made_at": change.made_at, "made_by": change.made_by}
    link.execute(sa.insert(CHANGE), [{**head, "what": change.what, "undoes": change.undoes}])
    rows = [
        {
            "change_id": change.change_id,
            "position": position,
            "entity": row["entity"],
            "row_key": row["key"],
            "before": row["before"] or None,
            "after": row["after"] or None,
        }
        for position, row in enumerate(change.texts())
    ]
    link.execute(sa.insert(CHANGE_ROW), rows)


def _changes(link: sa.Connection) -> list[Change]:
    query = (
        sa.select(CHANGE, CHANGE_ROW.c.entity, CHANGE_ROW.c.row_key, CHANGE_ROW.c.before, CHANGE_ROW.c.after)
        .join(CHANGE_ROW)
        .order_by(CHANGE.c.change_id, CHANGE_ROW.c.position)
    )
    return from_texts(
        {
            "key" if name == "row_key" else name: "" if value is None else str(value)
            for name, value in row.items()
        }
        for row in link.execute(query).mappings()
    )
