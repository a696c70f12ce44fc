"""How is the report made? The packaged notebook is executed with a progress bar, rendered, and put in place."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from theorytopractice.errors import PracticeError, UnknownName, shown
from theorytopractice.model.vocabularies import Knowledge
from theorytopractice.resources import path_of

if TYPE_CHECKING:
    from datetime import date

    from nbformat import NotebookNode

    from theorytopractice.store.plan import Plan

NOTEBOOK = "notebooks/report.ipynb"
PARAMETERS = "parameters"
QUIET = ["--HistoryManager.enabled=False"]
ENCRYPTED = {"KernelManager": {"transport_encryption": "auto"}}


def write_report(
    plan: Plan, target: Path | str, *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
) -> Path:
    """Write the leaders' report on a plan as one HTML page; the same plan, day and settings give the same bytes.

    Args:
        plan: the plan; the notebook is handed a copy as a plain folder, so that nobody changes it meanwhile
            and no password of a database is handed on.
        target: the file to write; what stands there is replaced only by a complete report.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` or ``restated`` (method, T3).

    Raises:
        PracticeError: a cell of the report failed, or the file cannot be written.
    """
    if knowledge not in tuple(Knowledge):
        raise UnknownName("kind of knowledge", knowledge, Knowledge)
    target = Path(target)
    if plan.keeps(target):
        raise PracticeError(
            f"{shown(target)} is a file of the plan itself; write the report under another name."
        )
    if not target.parent.is_dir():
        raise PracticeError(f"Cannot write {shown(target)}: there is no folder {shown(target.parent)}.")
    with TemporaryDirectory(prefix="theorytopractice-") as folder:
        snapshot = Path(folder) / "plan"
        plan.write_folder(snapshot)
        day = None if as_of is None else str(as_of)
        parameters = {"where": str(snapshot), "as_of": day, "knowledge": str(knowledge)}
        notebook = with_parameters(read_notebook(path_of(NOTEBOOK)), parameters)
        notebook.metadata["title"] = plan.settings.title or "From findings to practice"
        execute(notebook, folder)
    replace(target, render(notebook))
    return target


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook."""
    import nbformat

    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call,unused-ignore]
    return notebook


def with_parameters(notebook: NotebookNode, values: dict[str, Any]) -> NotebookNode:
    """Put a cell that sets these values after the cell tagged ``parameters``."""
    from nbformat.v4 import new_code_cell

    cells = notebook.cells
    at = next(i for i, cell in enumerate(cells) if PARAMETERS in cell.metadata.get("tags", ()))
    source = "\n".join(f"{name} = {value!r}" for name, value in values.items())
    given = new_code_cell(source, id="given", metadata={"tags": ["injected-parameters"]})  # type: ignore[no-untyped-call,unused-ignore]
    cells.insert(at + 1, given)
    return notebook


def execute(notebook: NotebookNode, folder: str) -> None:
    """Run every cell in a kernel of its own in a folder; a bar shows the progress on a terminal, and nothing in a pipe.

    Raises:
        PracticeError: a cell failed; the sentence shows the cell and its error.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from tqdm import tqdm
    from traitlets.config import Config

    total = sum(cell.cell_type == "code" and bool(cell.source.strip()) for cell in notebook.cells)
    with tqdm(total=total, desc="report", unit="cell", leave=False, disable=None) as bar:
        running: list[int] = []
        client = NotebookClient(
            notebook,
            timeout=None,
            kernel_name="python3",
            extra_arguments=QUIET,
            config=Config(ENCRYPTED),
            resources={"metadata": {"path": folder}},
            on_cell_start=lambda cell_index, **_: running.append(cell_index),
            on_cell_executed=lambda **_: bar.update(),
        )
        try:
            client.execute()
        except CellExecutionError as error:
            reason = f"{error.ename}: {error.evalue}"
            raise PracticeError(_failure(notebook, running[-1], reason)) from error
        except DeadKernelError as error:
            at = running[-1] if running else 0
            raise PracticeError(_failure(notebook, at, "the kernel died")) from error


def render(notebook: NotebookNode) -> str:
    """Render an executed notebook as one page."""
    from theorytopractice.report.exporter import TheoryToPracticeExporter

    page: str = TheoryToPracticeExporter().from_notebook_node(notebook)[0]  # type: ignore[no-untyped-call]
    return page


def replace(target: Path, page: str) -> None:
    """Write a file whole, under its name, or not at all; a device or pipe is written to, never replaced."""
    is_special = target.exists() and not target.is_file() and not target.is_dir()
    pending = target if is_special else target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        pending.write_text(page, encoding="utf-8", newline="\n")
        if not is_special:
            pending.replace(target)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise PracticeError(f"Cannot write {shown(target)}: {reason}.") from error
    finally:
        if not is_special:
            pending.unlink(missing_ok=True)


def _failure(notebook: NotebookNode, index: int, reason: str) -> str:
    """Say which cell failed, and why."""
    source = "\n".join(f"    {line}" for line in notebook.cells[index].source.splitlines())
    return f"The report was not written: its cell {index + 1} failed with {reason}\n{source}"
