"""Does the command line print measures for people and for programs?"""

from __future__ import annotations

import json

from click.testing import CliRunner
from conftest import EXAMPLE

import theorytopractice as ttp
from theorytopractice.cli import main

DAY = "2026-06-30"


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


def test_measures_prints_words_and_cautions():
    result = run("measures", str(EXAMPLE), "--as-of", DAY)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert len(lines[0].split()) > 2
    assert lines[0].startswith("implementation rate ")
    assert "As of 2026-06-30. In brackets: 95% Wilson intervals." in lines
    assert "- revision share: 0% over many reviews is a warning, not a triumph." in lines


def test_measures_beware_of_nothing_that_was_not_counted():
    """The example is not four years old: nobody is in its cohort of four years."""
    lines = run("measures", str(EXAMPLE), "--as-of", DAY).stdout.splitlines()
    told = lines[lines.index("Beware:") :]
    assert any("carried out within 4 years" in line and "nothing to count" in line for line in lines)
    assert not any("within 4 years" in line for line in told)


def test_measures_as_json_has_the_keys_of_the_contract():
    result = run("measures", str(EXAMPLE), "--as-of", DAY, "--format", "json")
    rows = json.loads(result.stdout)
    assert [row["measure"] for row in rows] == ttp.measures(ttp.open_plan(EXAMPLE), as_of=DAY)[
        "measure"
    ].tolist()
    assert list(rows[0]) == ["measure", "value", "numerator", "denominator", "low", "high", "as_of"]
    assert {row["as_of"] for row in rows} == {DAY}
    four_years = next(row for row in rows if row["measure"] == "cohort_rate_3_4y")
    assert [four_years[key] for key in ("value", "numerator", "denominator", "low", "high")] == [
        None,
        0,
        0,
        None,
        None,
    ]


def test_a_period_that_begins_after_its_end_is_one_plain_sentence():
    result = run("measures", str(EXAMPLE), "--as-of", DAY, "--since", "2026-07-01")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("theorytopractice: The period begins on 2026-07-01")
