"""The report command as a user meets it: what it writes, what it prints, and what it refuses."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

import theorytopractice as ttp
from theorytopractice.cli import main

EXAMPLE = ttp.path_of("data/example")
DAY = "2026-06-30"


def run(*arguments, status=0):
    result = CliRunner().invoke(main, ["report", *(str(one) for one in arguments)])
    assert result.exit_code == status, result.output
    assert "Traceback" not in result.output
    return result


@pytest.mark.slow
def test_a_part_of_the_plan_in_chinese_with_its_pdf(tmp_path):
    target = tmp_path / "water.html"
    said = run(
        EXAMPLE, "-o", target, "--as-of", DAY, "--since", "2026-03-31", "--theme", "Drinking water",
        "--kind", "problem", "--language", "zh", "--pdf",
    )  # fmt: skip
    assert said.stdout == f"Wrote {target}.\nWrote {target.with_suffix('.pdf')}.\n"
    page = target.read_text(encoding="utf-8")
    assert '<html lang="zh-Hans">' in page
    assert "仅限主题“Drinking water”" in page
    ids = set(re.findall(r'<article id="f-(F-\d+)"', page))
    finding = ttp.open_plan(EXAMPLE).finding
    is_chosen = (finding["theme"] == "Drinking water") & (finding["kind"] == "problem")
    assert ids == set(finding.loc[is_chosen, "finding_id"])
    assert len(PdfReader(target.with_suffix(".pdf")).pages) > 1


def test_a_report_is_not_named_as_a_pdf(tmp_path):
    said = run(EXAMPLE, "-o", tmp_path / "r.pdf", "--as-of", DAY, status=1)
    assert "name it 'r.html', and ask for the PDF beside it" in said.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_several_plans_stand_side_by_side(tmp_path):
    run(EXAMPLE, EXAMPLE, "-o", tmp_path / "both.html", "--as-of", DAY)
    page = (tmp_path / "both.html").read_text(encoding="utf-8")
    assert "2 plans, 84 findings: 26 are in practice" in page
    assert list(tmp_path.iterdir()) == [tmp_path / "both.html"]


@pytest.mark.parametrize(
    ("asked", "said", "status"),
    [
        (["--theme", "Drinking watr"], "did you mean 'Drinking water'", 1),
        (["--owner", "Jonas Petrel", "--theme", "Housing"], "No finding is all of this", 1),
        (["--owner", "O-99"], "No finding has the owner 'O-99'", 1),
        (["--kind", "problems"], "'problems' is not one of", 2),
        (["--language", "fr"], "'fr' is not one of", 2),
        (["--since", "2026-07-01"], "must be before the as-of day", 1),
        (["--since", "soon"], "'soon' is not a date", 1),
    ],
)
def test_what_cannot_be_reported_is_said_in_one_sentence(tmp_path, asked, said, status):
    result = run(EXAMPLE, "-o", tmp_path / "r.html", "--as-of", DAY, *asked, status=status)
    assert said in result.stderr
    assert list(tmp_path.iterdir()) == []
