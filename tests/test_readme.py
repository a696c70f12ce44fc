"""Is what README, CONTRIBUTING and the docs show there, and does it print what they say?"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import theorytopractice as ttp
from theorytopractice.cli import main

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
README = PAGES[0].read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
MOST_LINES, MOST_SIGNS = 150, 160


def commands():
    """Return each command line that a page shows, as its words."""
    texts = (
        text for page in PAGES for text in re.findall("`(theorytopractice [^`]+)`", page.read_text("utf-8"))
    )
    return [re.sub(r"[\[\]]", "", text).split()[1:] for text in texts]


def test_the_readme_is_short():
    lines = README.splitlines()
    assert len(lines) <= MOST_LINES
    assert [line for line in lines if len(line) > MOST_SIGNS] == []


def test_the_code_prints_what_is_shown():
    code, shown = re.search("```python\n(.*?)```\n\n```text\n(.*?)```", README, re.DOTALL).groups()
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    pattern = "".join(".*" if line == "…\n" else re.escape(line) for line in shown.splitlines(keepends=True))
    assert re.fullmatch(pattern, result.stdout, re.DOTALL)


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_each_command_that_is_shown_exists_with_its_options(words):
    command = main.commands[words[0]]
    known = {name for parameter in command.params for name in parameter.opts if name.startswith("-")}
    assert {word for word in words if word.startswith("-")} <= known
    places = sum(parameter.param_type_name == "argument" for parameter in command.params)
    assert places or words[1:] == []


def test_every_command_is_shown():
    assert {words[0] for words in commands()} == set(main.commands)


def test_every_function_that_is_named_is_there():
    table = README.partition("| question | functions |")[2].partition("\n## ")[0]
    names = re.findall("`([a-z_]+)`", table)
    assert len(names) > 30
    assert set(names) <= set(dir(ttp))


def test_each_file_and_each_target_of_make_that_is_named_is_there():
    for page in PAGES:
        text = page.read_text("utf-8")
        for path in re.findall(
            r"\]\(([^)#]+)\)|`((?:tests|docs|data|notebooks|theorytopractice)/[^`\s]*)`", text
        ):
            name = path[0] or path[1]
            assert (page.parent / name).exists() or (ROOT / name).exists(), f"{page.name}: {name}"
        for target in re.findall(r"(?:\$ |`)make ([a-z]+)", text):
            assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target
