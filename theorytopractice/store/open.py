"""Which sort of plan does a path or URL name, how is it opened or made, and may something else be written there?"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from theorytopractice.errors import PlanError, PracticeError, reason_of, shown
from theorytopractice.i18n import message, say
from theorytopractice.store.database import SQLITE_ENDINGS, Database
from theorytopractice.store.folder import (
    NAMES,
    PACKAGE,
    Folder,
    holds_plan,
    is_database,
    refuse_among_evidence,
)
from theorytopractice.store.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Iterator


def open_plan(where: str | Path, *, create: bool = False, who: str | None = None) -> Plan:
    """Open a plan: a SQLite file, a plan folder, or a database URL.

    Raises:
        PlanError: there is no plan, or it cannot be opened.

    Example:
        >>> with ttp.open_plan(ttp.path_of("data/example")) as plan:
        ...     len(plan.finding)
        46
    """
    store = store_at(str(where))
    if isinstance(store, Database) and store.file is not None and not store.file.exists() and not create:
        raise PlanError(
            say("There is no plan at {name}; 'theorytopractice new' makes one.", name=shown(store.name))
        )
    place = store.path if isinstance(store, Folder) else store.file
    if create and place is not None and not (store.exists() and store.is_taken()):
        refuse_among_evidence(place)
    store.open(create=create)
    return Plan(store, who=who)


def make_plan(where: str | Path, *, who: str | None = None) -> Plan:
    """Make an empty plan; raises PlanError where there is one already.

    Example:
        >>> with ttp.make_plan("calls.db", who="Mara") as plan:
        ...     plan.add(ttp.Finding(kind="insight", statement="Calls halve missed visits.", recorded_on="2026-01-01"))
        ['F-001']
    """
    store = store_at(str(where))
    absent = not store.exists()
    if not absent and store.is_taken():
        raise PlanError(
            say(
                "{name} exists already; choose another name, import into it, or remove it first.",
                name=shown(store.name),
            )
        )
    try:
        return open_plan(where, create=True, who=who)
    except BaseException:
        if absent:
            store.erase()
        raise


@contextmanager
def import_into(where: str | Path, *, dry_run: bool = False) -> Iterator[Plan]:
    """Open a plan to import into, making it if absent; one that was made stays only if the import went well."""
    store = store_at(str(where))
    absent = not store.exists() or (isinstance(store, Database) and not store.is_taken())
    try:
        with open_plan(where, create=absent) as plan:
            yield plan
    except BaseException:
        if absent:
            _discard(store)
        raise
    if absent and dry_run:
        _discard(store)


def _discard(store: Database | Folder) -> None:
    """Remove a plan that was made for an import that did not happen, unless somebody else filled it since."""
    with suppress(PracticeError):
        if not store.exists() or not store.changes():
            store.erase()


DRIVER = "postgresql+psycopg:"
BACKENDS = ("sqlite", "postgresql")


def store_at(where: str) -> Database | Folder:
    """Return the store that a path, folder or database URL names; nothing is opened yet.

    Raises:
        PlanError: it can be none.
    """
    if not where.strip():
        raise PlanError(
            say("The plan has no name; name a file such as plan.db, a folder, or a database URL.")
        )
    if "://" in where:
        return _by_url(where)
    path = Path(where)
    try:
        is_folder = path.is_dir() or (not path.exists() and path.suffix not in SQLITE_ENDINGS)
    except OSError as error:
        sentence = say("Cannot use the plan {name}: {why}.", name=shown(where), why=reason_of(error))
        raise PlanError(sentence) from error
    return Folder(path) if is_folder else Database(sa.URL.create("sqlite", database=str(path)), where)


def storable(where: str | Path) -> str:
    """Return a name of the same plan that holds in every folder: an absolute path, or a URL as it is.

    Raises:
        PlanError: it can name no plan.
    """
    store = store_at(str(where))
    if "://" not in str(where):
        return str(Path(where).absolute())
    if isinstance(store, Database) and store.file is not None:
        return store.url.set(database=str(store.file.absolute())).render_as_string(hide_password=False)
    return str(where)


def _by_url(where: str) -> Database:
    advice = say("write postgresql+psycopg://user@host/name")
    secretless = shown(where.rsplit("@", maxsplit=1)[-1])
    try:
        url = sa.make_url(where)
        database = Database(url, url.render_as_string(hide_password=True))
    except (sa.exc.ArgumentError, ImportError, ValueError) as error:
        if isinstance(error, ImportError) and where.startswith(DRIVER):
            advice = say("install its driver by pip install 'theorytopractice[postgresql]'")
        raise PlanError(
            say(
                "{url} is no database URL that can be used here ({error}); {advice}.",
                url=secretless,
                error=error,
                advice=advice,
            )
        ) from None
    if url.get_backend_name() not in BACKENDS:
        raise PlanError(
            say(
                "{url} is on a server of another sort than PostgreSQL; {advice}.",
                url=secretless,
                advice=advice,
            )
        )
    if not url.database or url.database == ":memory:":
        raise PlanError(say("{url} names no database; {advice}.", url=secretless, advice=advice))
    return database


WRITE_ENDS = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a file while somebody writes to it
DATABASE = message("{path} is a plan or another database, which would be lost; write to another file.")
NAMED_AS_DATABASE = message("{path} has the name of a plan; choose another ending, such as .html.")
OF_A_FOLDER = message("{path} belongs to the plan folder {folder}; write to another folder.")


def refuse_over_plan(target: Path) -> None:
    """Refuse to write a file that is not of a plan over one that is, or where a plan would read it.

    Raises:
        PlanError: a plan would be lost or spoilt.
    """
    real = target.resolve()
    own = next(
        (real.with_name(real.name.removesuffix(end)) for end in WRITE_ENDS if real.name.endswith(end)), real
    )
    if any(map(is_database, (real, own))):
        raise PlanError(say(DATABASE, path=shown(target)))
    if own.suffix.casefold() in SQLITE_ENDINGS:
        raise PlanError(say(NAMED_AS_DATABASE, path=shown(target)))
    for place in {target.absolute(), real}:
        if _is_of_a_folder(place):
            raise PlanError(say(OF_A_FOLDER, path=shown(target), folder=shown(target.parent)))
    refuse_among_evidence(target)


def _is_of_a_folder(file: Path) -> bool:
    """Tell whether a name is one that a plan folder keeps, or would read as a table."""
    name = file.name.casefold()
    is_kept = name in {*NAMES, PACKAGE} or name.endswith(".csv") or name.startswith(".")
    return is_kept and (holds_plan(file.parent) or (name == PACKAGE and file.exists()))
