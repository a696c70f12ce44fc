"""What is in a file or folder that somebody wants to import? A source, whichever way it is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError, shown
from theorytopractice.exchange.mapping import apply, read_mapping
from theorytopractice.exchange.mapping_names import Names
from theorytopractice.store.folder import folder_source
from theorytopractice.store.sources import Source

if TYPE_CHECKING:
    from theorytopractice.store.plan import Plan


def read_source(
    path: str | Path,
    *,
    mapping: str | Path | None = None,
    name: str = "",
    erase: bool = False,
    plan: Plan | None = None,
) -> Source:
    """Read what an import brings.

    Args:
        path: a plan folder, or, with a mapping, a foreign file (also one of several sheets) or the folder of several.
        mapping: the TOML file that says how foreign tables become ours.
        name: what the plan remembers the source by; the mapping's name, title or file name, or the folder's name unless given.
        erase: whether an empty cell erases what the source said before; a mapping may say so itself.
        plan: the plan that it is meant for; its owners are found by name, and its spellings of names are kept.

    Raises:
        PlanError: it cannot be read, or is of a sort that needs a mapping.
        InvalidPlan: a file of the folder is no CSV.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "register.csv").write_text("No,What,Opened\\nA-1,Call patients,5 Jan 2026\\n")
    >>> _ = (folder / "m.toml").write_text('source = "register"\\naction = {action_id = "No", title = "What", recorded_on = "Opened"}')
    >>> source = read_source(folder / "register.csv", mapping=folder / "m.toml")
    >>> source.name, source.tables["action"]["recorded_on"]
    ('register', ['2026-01-05'])
    """
    path = Path(path)
    if mapping is not None:
        source = _through(Path(mapping), path, name, plan)
    elif path.is_dir():
        source = folder_source(path, name)
    else:
        raise PlanError(
            f"{shown(path.name)} is no plan folder; say with --mapping how its columns become ours, "
            "or let 'theorytopractice import --suggest' propose it."
        )
    if erase:
        cells = {(table, column) for table, one in source.tables.items() for column in one.columns}
        source = replace(source, erase=frozenset(cells - _unreadable(source)))
    return source


def _through(mapping: Path, path: Path, name: str, plan: Plan | None) -> Source:
    read = read_mapping(mapping)
    names = None if plan is None else Names.of(plan.tables())
    result = apply(read, path, names)
    return Source(
        name or read.name or read.title or mapping.stem,
        result.tables,
        result.issues,
        erase=result.erase,
        gone=read.gone,
        redates=result.redates,
    )


def _unreadable(source: Source) -> set[tuple[str, str]]:
    """Return nothing yet."""
    return set()
