"""How is a plan opened, made, or made only if an import goes well?"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError, PracticeError, shown
from theorytopractice.i18n import say
from theorytopractice.store.database import Database
from theorytopractice.store.plan import Plan
from theorytopractice.store.urls import store_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from theorytopractice.store.folder import Folder


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
