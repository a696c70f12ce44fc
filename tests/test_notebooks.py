"""Do the notebooks run as they stand, and are they kept without outputs?"""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from theorytopractice.report.execution import execute

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_CELLS = 14


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def inside_widgets(notebook):
    """What interactive cells show; an error in one would not stop the run."""
    found = notebook.metadata.get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {})
    return [one for widget in found.get("state", {}).values() for one in widget["state"].get("outputs", [])]


@pytest.mark.slow
def test_a_notebook_runs_from_top_to_bottom(notebook, tmp_path):
    execute(notebook, str(tmp_path), name="notebook")
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert outputs
    outputs += inside_widgets(notebook)
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert not [output for output in outputs if output["output_type"] == "error"]


def test_a_notebook_is_kept_without_outputs(notebook):
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert notebook.metadata.kernelspec.name == "python3"


def is_report(notebook):
    """Reports are run by the command: they begin with a note to planners and a cell of parameters."""
    return "note" in notebook.cells[0].metadata.get("tags", ())


def test_a_notebook_is_short_and_says_before_what_will_be_seen(notebook):
    kinds = [cell.cell_type for cell in notebook.cells]
    if is_report(notebook):
        assert "parameters" in notebook.cells[1].metadata.tags
        assert kinds == ["markdown", *["code"] * (len(kinds) - 1)]
        assert all(cell.source.count("\n") < 12 for cell in notebook.cells)
        return
    assert len(kinds) <= MOST_CELLS
    assert kinds == ["markdown", "code"] * (len(kinds) // 2)


def test_a_notebook_uses_public_names_and_defines_no_function(notebook):
    source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert "._" not in source
    assert "def " not in source
