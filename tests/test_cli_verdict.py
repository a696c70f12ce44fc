"""The command `verdict` as a user meets it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import theorytopractice as ttp
from theorytopractice.cli import main

DAY = "2026-06-30"


def run(*arguments, status=0):
    result = CliRunner().invoke(main, ["verdict", str(ttp.path_of("data/example")), *arguments])
    assert result.exit_code == status, result.output
    return result


@pytest.fixture(scope="module")
def rows():
    return json.loads(run("--as-of", DAY, "--format", "json").stdout)


def test_json_has_the_columns_of_the_contract_first(rows):
    assert list(rows[0])[:12] == [
        "finding_id", "indicator_id", "n_pre", "n_post", "mean", "mean_moving_range", "lower_limit", "upper_limit",
        "longest_run", "n_crossings", "verdict", "series",
    ]  # fmt: skip
    assert {row["as_of"] for row in rows} == {DAY}
    fitted = [row["series"] for row in rows if row["series"]]
    keys = {"model", "level", "level_low", "level_high", "rate_ratio", "slope", "dispersion", "ljung_box_p"}
    assert fitted
    assert all(keys <= set(series) for series in fitted)


def test_json_has_null_where_a_figure_is_not_defined(rows):
    by_pair = {(row["finding_id"], row["indicator_id"]): row for row in rows}
    few, none = by_pair["F-027", "I-29"], by_pair["F-002", "I-02"]
    assert (few["n_pre"], few["lower_limit"], few["upper_limit"], few["series"]) == (1, None, None, None)
    assert (none["mean"], none["longest_run"], none["n_crossings"], none["started_on"]) == (None,) * 4


def test_the_table_says_each_verdict_and_how_many_indicators_were_examined(rows):
    said = run("--as-of", DAY).stdout
    examined = len({row["indicator_id"] for row in rows})
    assert said.endswith(f"{examined} indicators were examined. As of {DAY}.\n")
    assert all(row["sentence"] in said for row in rows)


def test_the_table_says_how_many_claims_there_are_and_how_many_of_them_may_be_wrong(rows):
    weighed = [row["verdict"] for row in rows if row["p"] is not None]
    claims = sum(word in {"improved", "worse"} for word in weighed)
    assert claims
    words = (
        f"Of {len(weighed)} verdicts of the plan that could be weighed, {claims} say “improved” or “worse”; "
    )
    assert words + "of such words at most 10% are expected to be wrong." in run("--as-of", DAY).stdout
    assert words in run("I-17", "--as-of", DAY).stdout, "the share is one of the plan, not of the row shown"


def test_one_indicator_is_shown_with_the_number_that_was_examined(rows):
    said = run("I-17", "--as-of", DAY).stdout
    assert said.count("I-17") == 2
    assert f"{len({row['indicator_id'] for row in rows})} indicators were examined; 1 of them shown." in said


def test_an_unknown_indicator_is_one_plain_sentence():
    assert "There is no indicator 'I-99'" in run("I-99", status=1).stderr


def test_a_later_action_can_be_asked_for():
    first, second = (
        json.loads(run("--as-of", DAY, "--format", "json", "--step", step).stdout) for step in "12"
    )
    assert len(second) < len(first)
    assert {row["finding_id"] for row in second} < {row["finding_id"] for row in first}
