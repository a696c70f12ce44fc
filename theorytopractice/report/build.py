"""How is the report made? The packaged notebook is executed, rendered, and put in place so that nobody finds half of one."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from theorytopractice.errors import PracticeError, UnknownName, quote, reason_of
from theorytopractice.i18n import CHINESE, LANGUAGES, speaking
from theorytopractice.model.vocabularies import FindingKind, Knowledge
from theorytopractice.report.data import Scope, period
from theorytopractice.resources import path_of
from theorytopractice.store.open import refuse_over_plan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from nbformat import NotebookNode

    from theorytopractice.store.plan import Plan


NOTEBOOK = "notebooks/report.ipynb"
PORTFOLIO = "notebooks/portfolio.ipynb"
PARAMETERS = "parameters"
EXTENTS = BRIEF, FULL = "brief", "full"
FOLDED = '<details class="annex">'
"""How a part of the annex begins that opens on demand."""


@dataclass(frozen=True, slots=True)
class PageFiles:
    """A report as it is put in place: the page, and the files beside it by their paths from the page's folder."""

    page: str
    files: dict[str, bytes]


def write_report(  # noqa: PLR0913 - what a report may be asked for
    plan: Plan | Sequence[Plan],
    target: Path | str,
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    since: date | str | None = None,
    language: str | None = None,
    unit: str = "",
    owner: str = "",
    theme: str = "",
    kind: str = "",
    tag: str = "",
    pdf: bool | str = False,
) -> Path:
    """Write the leaders' report on a plan as one HTML page; the same plan, day and settings give the same bytes.

    A page of more than two megabytes keeps its findings in files beside it. Several plans give a portfolio: the same
    measures side by side.

    Args:
        plan: the plan; the notebook is handed a copy as a plain folder, so that nobody changes it meanwhile
            and no password of a database is handed on.
        target: the file to write; what stands there is replaced only by a complete report.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` or ``restated`` (method, T3).
        since: the day on which the last report was made; without it, movement of the last thirty days is shown.
        language: ``en`` or ``zh``; the plan's own unless given.
        unit: only findings of this unit.
        owner: only findings of this owner, by identifier or name.
        theme: only findings of this theme.
        kind: only findings of this kind.
        tag: only findings with this tag.
        pdf: also write the report as a tagged PDF beside the page, printed by Chromium: ``full`` (or True) with every
            part of the annex, ``brief`` the first page alone.

    Raises:
        PracticeError: a cell of the report failed, the file cannot be written, or no Chromium was found.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> report = ttp.write_report(plan, "report.html", as_of="2026-06-30")
        >>> report.name
        'report.html'
    """
    if isinstance(pdf, str) and pdf and pdf not in EXTENTS:
        raise UnknownName("extent of a PDF", pdf, EXTENTS)
    _refuse_unknown(knowledge=knowledge, language=language, kind=kind)
    target = Path(target)
    plans = [plan] if isinstance(plan, Mapping) else list(plan)
    _refuse_target(plans, target)
    for item in plans:
        period(item, as_of, since)
    part = {"unit": unit, "owner": owner, "theme": theme, "kind": str(kind), "tag": tag}
    parameters: dict[str, Any] = {
        "as_of": None if as_of is None else str(as_of),
        "knowledge": str(knowledge),
        "since": None if since is None else str(since),
        "language": language,
    }
    if len(plans) == 1:
        parameters |= part
        Scope(**part).finding_ids(plans[0])
    elif any(part.values()):
        raise PracticeError(
            "A portfolio shows whole plans; choose a unit, owner, theme, kind or tag in a report on one plan."
        )
    with TemporaryDirectory(prefix="theorytopractice-") as folder:
        copies = [_copy(item, Path(folder) / f"plan{at}") for at, item in enumerate(plans)]
        where = copies if len(plans) > 1 else copies[0]
        notebook = with_parameters(
            read_notebook(path_of(PORTFOLIO if len(plans) > 1 else NOTEBOOK)), {"where": where, **parameters}
        )
        execute(notebook, folder)
        report = render(notebook, target.stem)
        document = _pdf(notebook, Path(folder), FULL if pdf is True else str(pdf)) if pdf else None
    place(target, report.page, report.files, document)
    return target


def missing_font(language: str) -> str:
    """Say what the charts of a report lack on this machine in this language; empty where they lack nothing."""
    from theorytopractice import charts

    with speaking(language):
        return charts.missing_font() if language == CHINESE else ""


def _refuse_unknown(*, knowledge: str, language: str | None, kind: str) -> None:
    """Refuse a word that is in no vocabulary."""
    if knowledge not in tuple(Knowledge):
        raise UnknownName("kind of knowledge", knowledge, Knowledge)
    if language is not None and language not in LANGUAGES:
        raise UnknownName("language", language, LANGUAGES)
    if kind and kind not in tuple(FindingKind):
        raise UnknownName("kind", kind, FindingKind)


def _refuse_target(plans: list[Plan], target: Path) -> None:
    """Refuse a place where no report can be."""
    if any(plan.keeps(target) for plan in plans):
        raise PracticeError(
            f"{quote(target)} is a file of the plan itself; write the report under another name."
        )
    refuse_over_plan(target)
    refuse_over_plan(target.with_suffix(".pdf"))
    if target.suffix.casefold() == ".pdf":
        raise PracticeError(
            f"The report is an HTML file; name it {quote(target.with_suffix('.html').name)}, and ask for the PDF beside it."
        )
    if not target.parent.is_dir():
        raise PracticeError(f"Cannot write {quote(target)}: there is no folder {quote(target.parent)}.")


def _copy(plan: Plan, folder: Path) -> str:
    """Write a plan as a folder for the notebook to read."""
    plan.write_folder(folder)
    return str(folder)


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
    """Run every cell in a kernel of its own in a folder.

    Raises:
        PracticeError: a cell failed, which the sentence shows with its error; or no kernel answered.
    """
    from theorytopractice.report import execution

    try:
        execution.execute(notebook, folder)
    except execution.CellError as error:
        raise PracticeError(_failure(notebook, error.index, error.reason)) from error


def render(notebook: NotebookNode, name: str = "report", *, single_file: bool = False) -> PageFiles:
    """Render an executed notebook as a page of this name, and files beside it where it would be too large."""
    from theorytopractice.report.exporter import TheoryToPracticeExporter

    exporter = TheoryToPracticeExporter(single_file=single_file)  # type: ignore[no-untyped-call]
    page, resources = exporter.from_notebook_node(notebook, {"unique_key": name})
    return PageFiles(page, resources.get("outputs") or {})


def _pdf(notebook: NotebookNode, folder: Path, extent: str) -> bytes:
    """Print the brief alone, or the whole report with every part of the annex open."""
    from theorytopractice.report.exporter import print_page

    page = render(notebook, single_file=True).page
    if extent == FULL:
        page = page.replace(FOLDED, f"{FOLDED[:-1]} open>")
    return print_page(page, folder)


def _failure(notebook: NotebookNode, index: int, reason: str) -> str:
    """Say which cell failed, and why."""
    source = "\n".join(f"    {line}" for line in notebook.cells[index].source.splitlines())
    return f"The report was not written: its cell {index + 1} failed with {reason}\n{source}"


OURS = re.compile(r"findings-\d\d+-[0-9a-f]{8}\.html")


def place(target: Path, page: str, files: Mapping[str, bytes], document: bytes | None = None) -> None:
    """Write the files beside a report, the PDF, and last the page; then remove files of an earlier one.

    The files are named for their content, so the page that stands there until the last moment keeps its own.

    Raises:
        PracticeError: something cannot be written; the earlier report stands as it was.
    """
    folders = {(target.parent / name).parent for name in files}
    try:
        for folder in folders:
            folder.mkdir(exist_ok=True)
    except OSError as error:
        raise _cannot(target, error) from error
    for name, content in files.items():
        replace(target.parent / name, content)
    if document is not None:
        replace(target.with_suffix(".pdf"), document)
    replace(target, page.encode())
    beside = target.with_name(f"{target.stem}_files")
    if beside.is_dir() and not beside.is_symlink():
        _remove_old(beside, {Path(name).name for name in files})


def replace(target: Path, content: bytes) -> None:
    """Write a file whole, under its name, or not at all; a device or pipe is written to, never replaced."""
    is_special = target.exists() and not target.is_file() and not target.is_dir()
    pending = target if is_special else target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        pending.write_bytes(content)
        if not is_special:
            pending.replace(target)
    except OSError as error:
        raise _cannot(target, error) from error
    finally:
        if not is_special:
            pending.unlink(missing_ok=True)


def _cannot(target: Path, error: OSError) -> PracticeError:
    reason = reason_of(error)
    return PracticeError(f"Cannot write {quote(target)}: {reason}.")


def _remove_old(folder: Path, kept: set[str]) -> None:
    """Remove what an earlier report kept beside it, and nothing that anybody else put there."""
    for file in folder.iterdir():
        if OURS.fullmatch(file.name) and file.name not in kept:
            file.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
