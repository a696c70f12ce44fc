"""What is in a file or folder that somebody wants to import? A source, whichever way it is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError, quote
from theorytopractice.exchange.mapping import apply, read_mapping
from theorytopractice.exchange.mapping_names import POOLS, Names
from theorytopractice.exchange.references import is_references, references_source
from theorytopractice.exchange.workbook_source import workbook_source
from theorytopractice.exchange.workbooks import WORKBOOKS
from theorytopractice.store.collector import without_collector
from theorytopractice.store.folder import folder_source
from theorytopractice.store.sources import Source

if TYPE_CHECKING:
    from theorytopractice.exchange.mapping import Mapping
    from theorytopractice.store.plan import Plan


@without_collector()
def read_source(
    path: str | Path,
    *,
    mapping: str | Path | None = None,
    name: str = "",
    erase: bool = False,
    plan: Plan | None = None,
) -> Source:
    r"""Read what an import brings.

    Args:
        path: a plan folder; a workbook that an export wrote; references of the literature (BibTeX, RIS, CSL-JSON); or, with
            a mapping, a foreign file (also one of several sheets) or the folder of several.
        mapping: the TOML file that says how foreign tables become ours.
        name: what the plan remembers the source by; the mapping's name, title or file name, or the folder's or workbook's name unless given.
        erase: whether an empty cell erases what the source said before; a mapping may say so itself.
        plan: the plan that it is meant for; its owners are found by name, and its spellings of names are kept.

    Raises:
        PlanError: it cannot be read, or is of a sort that needs a mapping.
        InvalidPlan: a file of the folder is no CSV.

    >>> from pathlib import Path
    >>> _ = Path("register.csv").write_text("No,What,Opened\nA-1,Call patients,5 Jan 2026\n")
    >>> _ = Path("m.toml").write_text('''source = "register"
    ... [[action]]
    ... action_id = "No"
    ... title = "What"
    ... recorded_on = "Opened"
    ... ''')
    >>> source = ttp.read_source("register.csv", mapping="m.toml")
    >>> source.name, source.tables["action"]["recorded_on"]
    ('register', ['2026-01-05'])
    """
    path = Path(path)
    if mapping is not None:
        read = read_mapping(Path(mapping))
        name = name or read.name or read.title or Path(mapping).stem
        return _through(replace(read, erase=True) if erase else read, path, name, plan)
    if path.is_dir():
        source = folder_source(path, name)
    elif is_references(path):
        source = references_source(path, name)
    elif path.suffix.lower() in WORKBOOKS:
        source = workbook_source(path, name)
    else:
        raise PlanError(
            f"{quote(path.name)} is no plan folder; say with --mapping how its columns become ours, "
            "or let 'theorytopractice import --suggest' propose it."
        )
    if erase:
        cells = [(table, column) for table, one in source.tables.items() for column in one.columns]
        source = replace(source, erase=frozenset(cells))
    return source


def _through(read: Mapping, path: Path, name: str, plan: Plan | None) -> Source:
    names = None if plan is None else Names.of(plan.tables(*dict.fromkeys(table for table, _ in POOLS)))
    result = apply(read, path, names)
    return Source(
        name,
        result.tables | result.empty,
        result.issues,
        erase=result.erase,
        gone=read.gone,
        redates=result.redates,
    )
