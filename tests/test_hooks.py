"""Does git take a notebook with outputs, or a file without style, once `make hooks` was called?"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_hooks_strip_outputs_and_put_style_right(tmp_path):
    def run(*command):
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    for name in (".pre-commit-config.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".gitignore").write_text(".venv\n")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    output = new_output("stream", text="42")
    nbformat.write(
        new_notebook(cells=[new_code_cell("42", outputs=[output], execution_count=1)]), tmp_path / "a.ipynb"
    )
    (tmp_path / "a.py").write_text('"""A module."""\nA = [1,2]\n')
    run("git", "init", "--quiet")
    run("git", "add", "--all")
    hooks = [sys.executable, "-m", "pre_commit", "run", "--all-files"]
    first = run(*hooks)
    assert first.returncode == 1, first.stdout + first.stderr
    cell = nbformat.read(tmp_path / "a.ipynb", as_version=4).cells[0]
    assert (cell.outputs, cell.execution_count) == ([], None)
    assert (tmp_path / "a.py").read_text() == '"""A module."""\n\nA = [1, 2]\n'
    run("git", "add", "--all")
    assert run(*hooks).returncode == 0
