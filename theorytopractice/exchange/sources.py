"""What is in a file or folder that somebody wants to import? A source, whichever way it is written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError, shown
from theorytopractice.exchange.mapping import apply, read_mapping
from theorytopractice.exchange.references import is_references, references_source
from theorytopractice.exchange.workbook_source import workbook_source
from theorytopractice.exchange.workbooks import WORKBOOKS
from theorytopractice.store.folder import folder_source
from theorytopractice.store.sources import Source

if TYPE_CHECKING:
    from pathlib import Path


def read_source(path: Path, *, mapping: Path | None = None, name: str = "", erase: bool = False) -> Source:
    """Read what an import brings.

    Args:
        path: a plan folder; a workbook that an export wrote; references of the literature (BibTeX, RIS, CSL-JSON); or,
            with a mapping, a foreign file or the folder of several.
        mapping: the TOML file that says how foreign tables become ours.
        name: what the plan remembers the source by; the mapping's title or file name, or the folder's or workbook's name unless given.
        erase: whether an empty cell erases what the source said before.

    Raises:
        PlanError: it cannot be read, or is of a sort that needs a mapping.
        InvalidPlan: a file of the folder is no CSV.
    """
    if mapping is not None:
        read = read_mapping(mapping)
        result = apply(read, path)
        source = Source(name or read.title or mapping.stem, result.tables, result.issues)
    elif path.is_dir():
        source = folder_source(path, name)
    elif is_references(path):
        source = references_source(path, name)
    elif path.suffix.lower() in WORKBOOKS:
        source = workbook_source(path, name)
    else:
        raise PlanError(
            f"{shown(path.name)} is no plan folder; say with --mapping how its columns become ours, "
            "or let 'theorytopractice import --suggest' propose it."
        )
    if erase:
        cells = [(table, column) for table, one in source.tables.items() for column in one.columns]
        source = replace(source, erase=frozenset(cells))
    return source
