"""Which sort of plan does a path or URL name?"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from theorytopractice.errors import PlanError, reason_of, shown
from theorytopractice.i18n import say
from theorytopractice.store.database import Database
from theorytopractice.store.folder import Folder

SQLITE_ENDINGS = (".db", ".sqlite", ".sqlite3")
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
        told = say("Cannot use the plan {name}: {why}.", name=shown(where), why=reason_of(error))
        raise PlanError(told) from error
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
        made = Database(url, url.render_as_string(hide_password=True))
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
    return made
