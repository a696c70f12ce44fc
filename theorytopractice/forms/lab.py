"""How do researchers reach the notebooks? As copies in a folder of their own, opened in JupyterLab."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from theorytopractice.errors import PracticeError, reason_of, shown
from theorytopractice.forms.serve import NOTEBOOK, PLAN
from theorytopractice.resources import path_of
from theorytopractice.store.open import storable

if TYPE_CHECKING:
    from pathlib import Path


def copy_notebooks(folder: Path) -> list[Path]:
    """Copy the notebooks that a folder lacks into it, and return the copies; what is there stays as it is.

    Raises:
        PracticeError: nothing can be written there.
    """
    copies = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for notebook in sorted(path_of("notebooks").glob("*.ipynb")):
            if not (folder / notebook.name).exists():
                copies.append(folder / notebook.name)
                shutil.copyfile(notebook, copies[-1])
    except OSError as error:
        reason = reason_of(error)
        raise PracticeError(
            f"Cannot copy the notebooks to {shown(folder)}: {reason}; choose another with --to."
        ) from error
    return copies


def open_lab(folder: Path, where: str | None, *, port: int | None = None, browser: bool = True) -> None:
    """Run JupyterLab on a folder until somebody ends it; with a plan, at the notebook that opens it."""
    from jupyterlab.labapp import LabApp

    arguments = [str(folder), "--ServerApp.ip=127.0.0.1"]
    if where is not None:
        os.environ[PLAN] = storable(where)
        arguments.append(f"--LabApp.default_url=/lab/tree/{path_of(NOTEBOOK).name}")
    if port is not None:
        arguments.append(f"--ServerApp.port={port}")
    if not browser:
        arguments.append("--no-browser")
    LabApp.launch_instance(arguments)
