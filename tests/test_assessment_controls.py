"""Is a change that came everywhere told apart from one that came where somebody acted?"""

from __future__ import annotations

import numpy as np
import operating
from builder import frames_of, month_middle, monthly_tables

import theorytopractice as ttp
from theorytopractice.assessment.controls import difference
from theorytopractice.assessment.judgement import Cohort, Verdict, judge

DAY = "2025-12-31"
PRE = [50, 52, 49, 51, 48, 53, 50, 49, 52, 51, 47, 50]
POST = [56, 58, 55, 57, 56, 59, 57, 55, 58, 57, 56, 58]
STILL = [30, 31, 29, 30, 32, 28, 30, 31, 29, 31, 30, 29]


def plan(control, *, key="k", **linked):
    """Lay out an indicator that rose since the action, and the same one at a site without an action."""
    tables = monthly_tables(PRE, POST, common="k")
    tables["indicator"].append(
        tables["indicator"][0] | {"indicator_id": "C", "name": "i there", "common": key}
    )
    for i, value in enumerate(control):
        row = {"observation_id": f"C-{i}", "indicator_id": "C", "observed_on": month_middle(i)}
        tables["observation"].append(row | {"value": str(value)})
    if linked:
        tables["finding_indicator"].append({"finding_id": "F", "indicator_id": "C"} | linked)
    return frames_of(tables)


def told(*arguments, **options):
    rows = ttp.verdict(plan(*arguments, **options), as_of=DAY).set_index("indicator_id")
    return rows.loc["I", "verdict"], rows.loc["I", "rival"], rows.loc["I", "sentence"]


def test_a_change_that_came_where_nobody_acted_too_is_no_claim():
    word, rival, sentence = told([value - 20 for value in PRE + POST])
    assert (word, rival) == ("better, but", "controls")
    assert sentence.endswith("but beside the same figure where nobody acted it is not clear.")


def test_a_change_that_came_only_where_somebody_acted_stays_a_claim():
    word, _, sentence = told(STILL + STILL)
    assert word == "improved"
    assert sentence.endswith("The same figure where nobody acted did not move likewise.")


def test_another_key_a_lacking_month_or_an_action_of_its_own_makes_no_control():
    moved = [value - 20 for value in PRE + POST]
    assert told(moved, key="other")[0] == "improved"
    assert told(moved[:-1])[0] == "improved"
    assert told(moved, required="true")[0] == "improved"


def test_an_empty_key_is_no_key():
    tables = plan([value - 20 for value in PRE + POST])
    tables["indicator"]["common"] = ""
    assert ttp.verdict(tables, as_of=DAY).set_index("indicator_id").loc["I", "verdict"] == "improved"


def test_percentages_are_compared_on_their_scale_and_rates_as_rates():
    n = np.array([100.0, 200.0])
    apart = difference("count", [(np.array([4.0, 8.0]), n), (np.array([4.0, 16.0]), n * [1, 2])], 1)
    assert np.abs(apart).max() < 0.01
    assert difference("percentage", [(np.array([50.0, 50.0]), n)] * 2, 1).tolist() == [0, 0]


def test_what_comes_over_all_sites_is_seldom_a_claim():
    random = np.random.default_rng(6)
    shock = 2.0 * (np.arange(48) >= 24)
    own, other = (random.normal(0, 1, (300, 48)) + shock for _ in range(2))
    layout = operating.cohort_of("normal", 0, (24, 24), 1).layout
    alone = judge(Cohort(layout, "unit", own, None, np.ones(300)))
    beside = judge(Cohort(layout, "unit", own - other, None, np.ones(300)))
    assert (alone.word == Verdict.IMPROVED).mean() > 0.8
    assert ((alone.word == Verdict.IMPROVED) & (beside.low > 0)).mean() <= 0.05
