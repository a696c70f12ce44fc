"""Is the method written down as it is carried out, and does the code name sections that are there?"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from theorytopractice.assessment.flags import FLAGS
from theorytopractice.assessment.measures import MEASURES
from theorytopractice.model.settings import Settings

ROOT = Path(__file__).parents[1]
METHOD = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")
LETTERS = {"insight": "I", "problem": "P", "experience": "E", "mechanism": "M"}
CITED = re.compile(
    r"\b[Mm]ethod, (?:sections? )?(\d+(?:\.\d+)?(?:-\d)?)|\bsections? (\d+(?:\.\d+)?(?:-\d)?)(?:(?: to | and |, )(\d+(?:\.\d+)?))?"
    r"|\((\d+(?:\.\d+)(?:-\d)?)\)|\b(T\d)\b"
)


def section(number):
    """Return the text of a section up to the next heading."""
    (text,) = re.findall(rf"^#+ {re.escape(number)}\.? .*\n((?:(?!#+ \d).*\n)*)", METHOD, re.MULTILINE)
    return text


def rows(number):
    """Return the cells of the tables of a section, without the heads."""
    lines = [line.strip("|").split("|") for line in section(number).splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line] for line in lines]


def anchors():
    """Return whatever can be cited: sections, numbered paragraphs of 5.1, rules of time."""
    headings = re.findall(r"^#+ (\d+(?:\.\d+)?)\.? ", METHOD, re.MULTILINE)
    paragraphs = re.findall(r"^(\d)\. ", section("5.1"), re.MULTILINE)
    return {*headings, *(f"5.1-{number}" for number in paragraphs), *re.findall(r"\*\*(T\d)\.\*\*", METHOD)}


def docstrings(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = (ast.Module, ast.ClassDef, ast.FunctionDef)
    return [text for node in ast.walk(tree) if isinstance(node, named) and (text := ast.get_docstring(node))]


def test_every_flag_is_defined_and_for_its_kinds():
    defined = {row[0].strip("`"): row[2] for row in rows("5.3")}
    kinds = {name: flag.kinds for name, flag in FLAGS.items()}
    assert defined == {name: " ".join(LETTERS[kind] for kind in kinds[name]) for name in FLAGS}


def test_every_measure_is_defined():
    defined = []
    for name, _ in rows("12"):
        first, *last = re.findall("`([^`]+)`", name)
        if " to " in name:
            stem = first.removesuffix("0")
            defined += [f"{stem}{number}" for number in range(int(last[0].removeprefix(stem)) + 1)]
        else:
            defined += [first, *last]
    assert defined == list(MEASURES)


@pytest.mark.parametrize(
    "name", [name for name in Settings.names() if name not in ("title", "language", "zone")]
)
def test_every_threshold_is_named_with_its_default(name):
    default = getattr(Settings(), name)
    assert f"`{name}`" in METHOD
    if not isinstance(default, bool):
        assert re.search(rf"`{name}` \({default}\b", METHOD)


def test_every_section_that_the_code_cites_is_there():
    known, cited = anchors(), set()
    for path in sorted((ROOT / "theorytopractice").rglob("*.py")):
        for text in docstrings(path):
            numbers = {number for found in CITED.findall(text) for number in found if number}
            assert numbers <= known, f"{path.relative_to(ROOT)}: {numbers - known}"
            cited |= numbers
    assert {"3", "4", "5.3", "6", "7", "8", "9", "10", "12", "13"} <= cited
