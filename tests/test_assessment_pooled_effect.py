"""Are the sites of an experience pooled, and does the funnel show those that chance does not explain?"""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

import theorytopractice as ttp
from theorytopractice import charts

DAY = "2026-06-30"


@pytest.fixture(scope="module")
def plan():
    return ttp.open_plan(ttp.path_of("data/example"))


@pytest.fixture(scope="module")
def pooled(plan):
    return ttp.pooled_effect(plan, as_of=DAY)


def test_sites_are_pooled_by_random_effects(pooled):
    own = pooled[pooled["finding_id"] == "F-006"]
    sites, together = own[own["site"].notna()], own[own["site"].isna()].iloc[0]
    known = combine_effects(sites["effect"].to_numpy(), sites["se"].to_numpy() ** 2, method_re="iterated")
    assert together["n_sites"] == 4
    assert together["effect"] == pytest.approx(known.mean_effect_re)
    assert together["between_sites"] ** 2 == pytest.approx(known.tau2)
    assert together["low"] <= known.conf_int(use_t=False)[1][0]
    assert sites["weight"].sum() == pytest.approx(1)


def test_one_site_is_not_pooled_and_one_that_cannot_be_told_is_counted(pooled):
    together = pooled[pooled["site"].isna()].set_index("finding_id")
    assert together.loc["F-020", ["effect", "n_sites"]].isna().tolist() == [True, False]
    assert together.loc["F-021", "n_left_out"] == 1


def test_rates_and_plain_counts_are_not_mixed(plan):
    frames = {name: plan[name].copy() for name in plan}
    own = frames["indicator"]["indicator_id"].isin(["I-10", "I-11"])
    frames["indicator"].loc[own | frames["indicator"]["indicator_id"].isin(["I-12", "I-13"]), "measure"] = (
        "count"
    )
    read = frames["observation"]
    read.loc[read["indicator_id"].isin(["I-10", "I-11"]), "n"] = 100
    read.loc[read["indicator_id"].isin(["I-12", "I-13"]), "n"] = None
    sets = ttp.pooled_effect(frames, "F-006", as_of=DAY)
    assert sets[sets["site"].isna()]["is_rate"].tolist() == [True, False]


def test_an_unknown_experience_is_named(plan):
    with pytest.raises(ttp.UnknownName, match="F-001"):
        ttp.pooled_effect(plan, "F-001", as_of=DAY)


def test_the_funnel_names_its_sites_and_says_what_is_beyond_the_limits(pooled):
    axes = charts.site_funnel(pooled)
    average = pooled[(pooled["finding_id"] == "F-006") & pooled["site"].isna()]["effect"].iloc[0]
    assert any(np.asarray(line.get_xdata()).tolist() == [average] * 2 for line in axes.lines), (
        "the line is the average that the title says"
    )
    assert "F-006, 4 sites" in axes.get_title(loc="left").replace("\n", " ")
    assert {text.get_text() for text in axes.texts} >= {"Reedmarsh", "Highfield", "Alder Ford", "Pinehill"}


def test_a_funnel_without_two_sites_says_so(pooled):
    assert "two sites" in charts.site_funnel(pooled, "F-020").get_title(loc="left").replace("\n", " ")


@pytest.mark.parametrize("table", ["finding_action", "finding_indicator", "observation"])
def test_a_plan_without_replications_or_values_pools_nothing(plan, table):
    frames = {name: plan[name] for name in plan} | {table: plan[table].iloc[:0]}
    assert ttp.pooled_effect(frames, as_of=DAY)["effect"].notna().sum() == 0
