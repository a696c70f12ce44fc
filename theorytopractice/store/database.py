"""How is a plan kept in a database? One transaction a change, all or nothing, one writer at a time."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from theorytopractice.errors import PlanError, quote
from theorytopractice.i18n import message, say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.store import atomic_write
from theorytopractice.store.history import Change, Version, mentioned_keys
from theorytopractice.store.schema import (
    CHANGE,
    METADATA,
    TABLES,
    DatabaseReader,
    apply,
    changes,
    heads,
    mentions,
    read,
    rows_among,
    write_change,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from theorytopractice.model.values import TextTable
    from theorytopractice.store.history import Head, RowChange, RowReader


Result = TypeVar("Result")
BUSY_SECONDS = 30
READING_SECONDS = 5
MOST_TOUCHED = 500  # rows; of more, to look at the whole plan is quicker
SQLITE_ENDINGS = (".db", ".sqlite", ".sqlite3")
ENDS = ("", "-wal", "-shm", "-journal")  # the files that SQLite keeps beside one another
LOCK = 7_412_039  # any number; the same for all writers of plans on a PostgreSQL server
HEAD = sa.select(CHANGE.c.change_id, CHANGE.c.made_at, CHANGE.c.made_by, CHANGE.c.what)
MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """A plan in a SQLite file or on a database server."""

    def __init__(self, url: sa.URL | str, name: str) -> None:
        """Prepare the engine; nothing is opened yet. ``name`` is how sentences call the plan."""
        self.name = name
        self.url = sa.make_url(url)
        self.engine = sa.create_engine(self.url, poolclass=sa.NullPool, hide_parameters=True)
        if self.file is not None:
            sa.event.listen(self.engine, "do_connect", self._prefer_reading)
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin)

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None for a database server."""
        return Path(str(self.url.database)) if self.url.get_backend_name() == "sqlite" else None

    def _prefer_reading(self, _: object, __: object, arguments: list[Any], options: dict[str, Any]) -> None:
        """Open a file only to read it where nothing may be written beside it."""
        if self.file is not None and not self.url.query:
            open_read_only(self.file, arguments, options)

    @contextmanager
    def _connection(self, *, write: bool = False, create: bool = False) -> Iterator[sa.Connection]:
        """Open a transaction that sees one state of the plan; every refusal becomes one sentence."""
        if not create and self._is_gone():
            raise PlanError(
                say(
                    "The plan {name} is not there any more; bring it back and try again.",
                    name=quote(self.name),
                )
            )
        options: dict[str, Any] = {"write": write}
        seal = seal_of(self.file) if self.file is not None else None
        if self.file is None and not write:
            options["isolation_level"] = "REPEATABLE READ"
        with (
            self._explain_refusal(),
            self.engine.connect().execution_options(**options) as link,
            link.begin(),
        ):
            if self.file is None:
                link.exec_driver_sql("SET LOCAL datestyle TO 'ISO, YMD'")
            if self.file is None and write:
                link.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            yield link
            if seal is not None and self.file is not None and seal_of(self.file) != seal:
                raise PlanError(database_refusal(self.name, "locked"))

    def _is_gone(self) -> bool:
        """Tell whether the plan's file is not there; SQLite would make an empty one of it."""
        return self.file is not None and not self.url.query and not self.exists()

    @contextmanager
    def _explain_refusal(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.DBAPIError as error:
            raise PlanError(
                database_refusal(self.name, str(error.orig) or type(error.orig).__name__)
            ) from error
        except sqlite3.Error as error:
            raise PlanError(database_refusal(self.name, str(error))) from error
        except UnicodeDecodeError as error:  # a sentence of SQLite's own about a damaged schema is no text
            raise PlanError(database_refusal(self.name, "malformed")) from error
        except UnicodeEncodeError as error:
            raise PlanError(atomic_write.half_a_character(error)) from error

    def open(self, *, create: bool = False) -> None:
        """Bring the database to today's form; with ``create`` make the tables of a new plan.

        It only reads where the form is today's already, so that readers never wait.

        Raises:
            PlanError: it is no plan, or one of a newer version.
        """
        with self._connection(create=create) as link:
            is_current = self._is_current(link, create=create)
        if is_current:
            return
        if self.file is not None:
            self._use_wal()
        with self._connection(write=True, create=create) as link:
            if not self._is_current(link, create=create):  # another program may have been first
                _migrate(link)

    def _is_current(self, link: sa.Connection, *, create: bool) -> bool:
        """Tell whether no migration is due; raises PlanError where this is no plan that can be used."""
        revision = MigrationContext.configure(link).get_current_revision()
        known = {one.revision for one in _scripts().walk_revisions()}
        if revision is not None and revision not in known:
            raise PlanError(
                say(
                    "{name} was written by a newer version of theorytopractice (format {format}); upgrade it.",
                    name=quote(self.name),
                    format=revision,
                )
            )
        tables = sa.inspect(link).get_table_names()
        if revision is None and (tables or not create):
            sentence = (
                say(
                    "{name} is another program's database; 'theorytopractice new' makes a plan.",
                    name=quote(self.name),
                )
                if tables
                else say("{name} holds no plan; 'theorytopractice new' makes a plan.", name=quote(self.name))
            )
            raise PlanError(sentence)
        return revision == _scripts().get_current_head()

    def _use_wal(self) -> None:
        """Let readers and a writer work side by side; the file remembers it."""
        with self._explain_refusal(), closing(self.engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA journal_mode=WAL")

    def tables(self, *names: str) -> dict[str, TextTable]:
        """Read every table, or the named ones, as texts."""
        with self._connection() as link:
            return {name: read(link, name) for name in names or ENTITIES}

    def tables_where(self, conditions: Callable[[sa.Connection], Mapping[str, Any]]) -> dict[str, TextTable]:
        """Read the rows of each table for which ``conditions`` gives a condition; other tables are left out."""
        with self._connection() as link:
            return {name: read(link, name, condition) for name, condition in conditions(link).items()}

    def version(self) -> Version:
        """Return what changes when somebody changes the plan, or puts another one in its place."""
        with self._connection() as link:
            last = link.execute(HEAD.order_by(CHANGE.c.change_id.desc()).limit(1)).first()
            return Version(self._place(), last[0] if last else 0, tuple(last[1:]) if last else ())

    def _place(self) -> tuple[int, ...]:
        """Return which file it is; nothing on a server."""
        return () if self.file is None or self.url.query else place_of(self.file)

    def changes(self, row_ids: Collection[str] | None = None) -> list[Change]:
        """Read the history, or at least what of it touches some rows."""
        with self._connection() as link:
            return changes(link, None if row_ids is None else mentions(row_ids))

    def latest(self, most: int, made_by: str | None = None) -> list[Head]:
        """Read who made the latest changes, the newest first."""
        with self._connection() as link:
            return heads(link, most, made_by)

    def affected_findings(self, version: Version) -> set[str] | None:
        """Return the findings that changes after a version can have moved; None: it may be any."""
        number = CHANGE.c.change_id
        with self._connection() as link:
            then = link.execute(HEAD.where(number == version.number)).first()
            if self._place() != version.place or (tuple(then[1:]) if then else ()) != version.head:
                return None
            touched = [
                row
                for change in changes(link, number > version.number, most=MOST_TOUCHED)
                for row in change.rows
            ]
            if len(touched) >= MOST_TOUCHED or any(row.entity == "setting" for row in touched):
                return None
            return findings_affected(link, touched)

    def change(
        self,
        made_by: str,
        what: str,
        edit: Callable[[RowReader], Sequence[RowChange]],
        undoes: int | None = None,
    ) -> int | None:
        """Make one change in one transaction; ``edit`` asks the records and returns what to change.

        Returns the number of the change, None where nothing was to be changed.
        """
        with self._connection(write=True) as link:
            rows = edit(DatabaseReader(link))
            if not rows:
                return None
            last = link.execute(sa.select(sa.func.coalesce(sa.func.max(CHANGE.c.change_id), 0))).scalar_one()
            change = Change.now(last + 1, made_by, what, rows, undoes)
            apply(link, rows)
            write_change(link, change)
            return change.change_id

    def look(self, ask: Callable[[RowReader], Result]) -> Result:
        """Ask the records something, as they are at one moment."""
        with self._connection() as link:
            return ask(DatabaseReader(link))

    @property
    def evidence_dir(self) -> Path | None:
        """The folder in which files lie that belong to the plan; None on a server."""
        return None if self.file is None else self.file.resolve().with_name(f"{self.file.stem}_evidence")

    def keeps(self, file: Path) -> bool:
        """Tell whether a file is the plan's own."""
        own = self.file
        return own is not None and file.resolve() in {own.resolve().with_name(own.name + end) for end in ENDS}

    def exists(self) -> bool:
        """Tell whether there is anything: a file, or tables on the server."""
        if self.file is not None:
            with atomic_write.explain_refusal(self.file, "read"):
                return self.file.exists()
        with self._connection() as link:
            return bool(sa.inspect(link).get_table_names())

    def is_taken(self) -> bool:
        """Tell whether a new plan may not be made here: it may in a file in which there is nothing yet.

        Whoever is killed while making a plan leaves such a file, since all tables come in one transaction.
        """
        if self.file is None:
            return True
        try:
            with self._connection() as link:
                return bool(sa.inspect(link).get_table_names())
        except PlanError:  # it is no database, or cannot be opened
            return True

    def erase(self) -> None:
        """Remove a plan that was made only for something that did not happen."""
        if self.file is not None:
            for end in ENDS:
                self.file.with_name(self.file.name + end).unlink(missing_ok=True)
            return
        with self._connection(write=True) as link:
            METADATA.drop_all(link)
            link.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def _prepare_sqlite(raw: sqlite3.Connection, _: object) -> None:
    raw.isolation_level = None  # the "begin" listener opens transactions
    for pragma in (f"busy_timeout={READING_SECONDS * 1000}", "foreign_keys=ON", "synchronous=FULL"):
        raw.execute(f"PRAGMA {pragma}")


def _begin(link: sa.Connection) -> None:
    """Begin a transaction; whoever writes waits longer for another writer than a reader does."""
    if link.get_execution_options().get("write"):
        link.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        link.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        link.exec_driver_sql("BEGIN")


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
        raise PlanError(say("The plan cannot be brought to today's form: {error}.", error=error)) from error


READ_ONLY = "mode=ro&immutable=1"
WRITE_ENDS = ("-wal", "-journal")
Seal = tuple[int, ...]


def place_of(file: Path) -> tuple[int, ...]:
    """Return what another file of the same name would not have."""
    with atomic_write.explain_refusal(file, "read"):
        status = file.stat()
    return status.st_dev, status.st_ino


def seal_of(file: Path) -> Seal | None:
    """Return what shows that a file was not written to; None where its folder may be written in, or somebody writes."""
    try:
        if os.access(file.parent, os.W_OK) or any(map(_holds_anything, _write_files(file))):
            return None
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def open_read_only(file: Path, arguments: list[Any], options: dict[str, Any]) -> None:
    """Change what SQLite is opened with, if the file is sealed."""
    if seal_of(file) is not None:
        arguments[0] = f"{file.resolve().as_uri()}?{READ_ONLY}"
        options["uri"] = True


def _write_files(file: Path) -> list[Path]:
    return [file.with_name(file.name + end) for end in WRITE_ENDS]


def _holds_anything(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def database_refusal(name: str, reason: str) -> str:
    """Say in one sentence why the database refused, and what to do."""
    advice = {
        "locked": message("another program is writing to it; try again when it has finished"),
        "file is not a database": message("it is not a plan; choose another file"),
        "no such table": message("it is not a plan; choose another file"),
        'relation "': message("it is not a plan; choose another file"),
        "no such column": message("it is not a plan; choose another file"),
        "malformed": message("the file is damaged; restore a backup"),
        "readonly": message("it may only be read here; ask for the right to write, or copy it"),
        "unable to open": message("the file cannot be opened; does its folder exist, and may you use it?"),
        "disk is full": message("the disk is full; make room and try again; the plan is as it was"),
        "No space left": message("the disk is full; make room and try again; the plan is as it was"),
        "disk I/O": message("the disk refused; make room or check it; the plan is as it was"),
    }
    known = next((say(sentence) for word, sentence in advice.items() if word in reason), "")
    why = known or say("the database says: {said}", said=reason.splitlines()[0])
    return say("Cannot use the plan {name}: {why}.", name=quote(name), why=why)


def findings_needed(link: sa.Connection, finding_ids: Sequence[str]) -> Mapping[str, Any]:
    """Return, for each table, the condition under which a row is needed.

    Beside the findings' own rows: the mechanisms that they are codified in, the findings at the other end
    of their relations, and those that share an indicator with them (method, 5.3 and section 8); and the evidence
    of other actions that is the same as theirs (5.4).
    """
    t = TABLES
    relation, measured, used = t["finding_relation"].c, t["finding_indicator"].c, t["finding_action"].c
    own = set(finding_ids)
    of_own = sa.or_(
        rows_among(link, relation.finding_id, own), rows_among(link, relation.other_finding_id, own)
    )
    ends = link.execute(sa.select(relation.finding_id, relation.other_finding_id).where(of_own)).all()
    full = own | {end for pair in ends for end in pair}
    indicators = _values(link, measured.indicator_id, rows_among(link, measured.finding_id, full))
    sharing = _values(link, measured.finding_id, rows_among(link, measured.indicator_id, indicators))
    actions = _values(link, used.action_id, rows_among(link, used.finding_id, full))
    event, evidence = t["event"].c, t["evidence"].c
    same = _same_evidence(link, rows_among(link, evidence.action_id, actions))
    elsewhere = _values(link, evidence.action_id, same) - {None}
    return {
        "owner": _owners(link, full | sharing, actions),
        "finding": rows_among(link, t["finding"].c.finding_id, full | sharing),
        "action": rows_among(link, t["action"].c.action_id, actions | elsewhere),
        "indicator": rows_among(link, t["indicator"].c.indicator_id, indicators),
        "finding_action": rows_among(link, used.finding_id, full),
        "action_owner": rows_among(link, t["action_owner"].c.action_id, actions),
        "finding_indicator": rows_among(link, measured.indicator_id, indicators),
        "finding_relation": of_own,
        "event": sa.or_(
            sa.and_(event.subject == "finding", rows_among(link, event.subject_id, full | sharing)),
            sa.and_(event.subject == "action", rows_among(link, event.subject_id, actions)),
        ),
        "observation": rows_among(link, t["observation"].c.indicator_id, indicators),
        "evidence": sa.or_(
            rows_among(link, evidence.action_id, actions), rows_among(link, evidence.finding_id, own), same
        ),
        "setting": sa.true(),
    }


def _same_evidence(link: sa.Connection, of: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Say that evidence of an action has the link or the checksum of some evidence."""
    evidence = TABLES["evidence"].c
    same = [
        rows_among(link, column, _values(link, column, of) - {None, ""})
        for column in (evidence.uri, evidence.sha256)
    ]
    return sa.and_(evidence.action_id.is_not(None), sa.or_(*same))


def _owners(link: sa.Connection, findings: set[str], actions: set[str]) -> sa.ColumnElement[bool]:
    """Say that an owner answers for one of some findings, or has a part in one of some actions."""
    held, finding, owner = TABLES["action_owner"].c, TABLES["finding"].c, TABLES["owner"].c
    owners = _values(link, held.owner_id, rows_among(link, held.action_id, actions))
    owners |= _values(link, finding.owner_id, rows_among(link, finding.finding_id, findings)) - {None}
    return rows_among(link, owner.owner_id, owners)


def _values(
    link: sa.Connection, column: sa.ColumnElement[Any], condition: sa.ColumnElement[bool]
) -> set[str]:
    return set(link.execute(sa.select(column).where(condition).distinct()).scalars())


def findings_affected(link: sa.Connection, rows: Sequence[RowChange]) -> set[str]:
    """Return the findings whose stage or flags some changed rows can move: the other way round of :func:`needed_by`."""
    t, named = TABLES, _key_condition(rows)
    held, measured, used = t["action_owner"].c, t["finding_indicator"].c, t["finding_action"].c
    actions = named["action"] | _values(link, held.action_id, rows_among(link, held.owner_id, named["owner"]))
    actions |= _actions_with_evidence_like(link, rows, named["action"])
    own = named["finding"]
    own |= _values(link, t["finding"].c.finding_id, rows_among(link, t["finding"].c.owner_id, named["owner"]))
    own |= _values(link, used.finding_id, rows_among(link, used.action_id, actions))
    own |= _values(link, measured.finding_id, rows_among(link, measured.indicator_id, named["indicator"]))
    return own | _related_findings(link, own | _related_findings(link, own))


def _actions_with_evidence_like(
    link: sa.Connection, rows: Sequence[RowChange], actions: set[str]
) -> set[str]:
    """Return the actions that have the same evidence as some actions, or as changed rows have or had (5.4)."""
    evidence = TABLES["evidence"].c
    named: set[str] = set()
    sides = [side or {} for row in rows if row.entity == "evidence" for side in (row.before, row.after)]
    for column in (evidence.uri, evidence.sha256):
        texts = _values(link, column, rows_among(link, evidence.action_id, actions))
        texts |= {side.get(column.name, "") for side in sides}
        named |= _values(link, evidence.action_id, rows_among(link, column, texts - {None, ""})) - {None}
    return named


def _key_condition(rows: Sequence[RowChange]) -> dict[str, set[str]]:
    """Return the identifiers that changed rows have and name, by table; an owner who is only named stays as he was."""
    named: dict[str, set[str]] = {name: set() for name in ("owner", "finding", "action", "indicator")}
    for change in rows:
        own = {(change.entity, change.key[0])}
        for table, key in own | {one for one in mentioned_keys(change) if one[0] != "owner"}:
            if table in named:
                named[table].add(key)
    return named


def _related_findings(link: sa.Connection, findings: set[str]) -> set[str]:
    """Return the findings at the other end of a relation, and those that share an indicator."""
    relation, measured = TABLES["finding_relation"].c, TABLES["finding_indicator"].c
    indicators = _values(link, measured.indicator_id, rows_among(link, measured.finding_id, findings))
    return (
        _values(link, relation.other_finding_id, rows_among(link, relation.finding_id, findings))
        | _values(link, relation.finding_id, rows_among(link, relation.other_finding_id, findings))
        | _values(link, measured.finding_id, rows_among(link, measured.indicator_id, indicators))
    )
