"""Do the lists beside the measures hold what they say? Small plans, worked by hand."""

from __future__ import annotations

import random

import pandas as pd
import pytest
from builder import PlanBuilder, frames_of
from random_plans import random_day, random_plan

import theorytopractice as ttp
from theorytopractice.assessment.assess import assess

DAY = "2026-06-30"


def plain(frame, *columns):
    """Return rows as tuples, missing as None."""
    return [
        tuple(None if pd.isna(cell) else cell for cell in row)
        for row in frame[list(columns)].astype(object).itertuples(index=False)
    ]


def test_the_shelf_lists_the_oldest_first():
    sheet = PlanBuilder().finding("F-1", "2026-05-31").finding("F-2", "2026-05-30", theme="Health")
    sheet.finding("F-10", "2025-06-30").finding("F-9", "2025-06-30").finding("F-3", "2025-01-01")
    sheet.action("A-3", "F-3", owner="O-1").finding("F-4", "2024-01-01")
    sheet.event("F-4", "review_material", "2026-05-11")
    frame = ttp.shelf(sheet.frames, as_of=DAY)
    assert plain(frame, "finding_id", "age") == [("F-9", 365), ("F-10", 365), ("F-4", 50), ("F-2", 31)]
    assert frame.loc[3, "theme"] == "Health"
    assert frame.attrs["as_of"] == DAY


def test_staleness_lists_the_worst_first_with_its_newest_fact():
    sheet = PlanBuilder().finding("F-1").event("F-1", "review_confirmed", "2026-06-10")
    sheet.finding("F-2", "2026-05-31").finding("F-3").event("F-3", "reject", "2026-06-01", reason="r")
    sheet.finding("F-4").action("A-4", "F-4", recorded_on="2026-07-01").event("A-4", "start", "2026-06-29")
    sheet.add("evidence", finding_id="F-1", dated_on="2026-06-29", recorded_on="2026-07-02")
    then = ttp.staleness(sheet.frames, as_of=DAY)
    assert plain(then, "finding_id", "days") == [("F-4", 180), ("F-2", 30), ("F-1", 20)]
    assert plain(then, "newest_on")[2] == (pd.Timestamp("2026-06-10"),)
    assert plain(then, "newest_on")[0] == (None,)
    restated = ttp.staleness(sheet.frames, as_of=DAY, knowledge="restated")
    assert plain(restated, "finding_id", "days")[2] == ("F-1", 1)


def test_persistence_counts_twelve_slots_and_the_present_run():
    sheet = PlanBuilder()
    stories = {
        "F-1": ("2025-03-01", ["fail"] * 2 + ["pass"] * 5 + ["na"] + ["pass"] * 7),
        "F-2": ("2026-05-31", ["fail"]),
        "F-3": ("2026-06-15", []),
    }
    for finding_id, (begun, words) in stories.items():
        sheet.finding(finding_id, "2025-01-01", "mechanism", effective_on=begun, check_every="P30D")
        for number, word in enumerate(words, start=1):
            day = pd.Timestamp(begun) + pd.Timedelta(days=30 * number)
            sheet.event(finding_id, f"check_{word}", f"{day:%Y-%m-%d}")
    sheet.finding("F-4")
    frame = ttp.persistence(sheet.frames, as_of="2026-07-09")
    # F-1: 16 slots closed or passed by then, the 16th (24 June) missed; F-2: one closed on 9 July
    assert plain(frame, "finding_id", "passes", "slots", "streak") == [
        ("F-1", 11, 12, 0),
        ("F-2", 0, 1, 0),
        ("F-3", 0, 0, 0),
    ]
    assert plain(frame, "value", "low")[2] == (None, None)
    assert ttp.persistence(sheet.frames, as_of=DAY).iloc[0][["passes", "slots", "streak"]].tolist() == [
        12,
        12,
        12,
    ]


def work():
    """Six actions of three owners, and one that is not theirs."""
    sheet = (
        PlanBuilder().finding("F-1", "2026-06-01").finding("F-2", "2026-01-01").finding("F-3", "2026-01-01")
    )
    sheet.event("F-3", "reject", "2026-02-01", reason="r")
    sheet.add("owner", owner_id="O-2", name="Wang Li", unit="Water").add("owner", owner_id="O-10", name="Ada")
    sheet.add("owner", owner_id="O-99", name="Zoe")
    sheet.action("A-1", "F-1", owner="O-10", due="2026-06-29", recorded_on="2026-06-01")
    sheet.add("finding_action", finding_id="F-1", action_id="A-1", role="improves")
    sheet.action("A-2", "F-1", owner="O-2", due=DAY, role="enables")
    sheet.action("A-3", "F-1", owner="O-2", due="2026-07-30", role="improves")
    sheet.action("A-4", "F-1", owner="O-2", due="2026-07-31", role="replicates")
    sheet.action("A-5", "F-2", owner="O-2", due="").event("A-5", "start", "2026-01-05")
    sheet.action("A-6", "F-1", owner="O-10").done("A-6", "2026-06-02", "2026-06-03", proved=False)
    sheet.action("A-7", "F-3", owner="O-10").action("A-8", "F-1", due="2026-01-01").action("A-9")
    sheet.action("A-10", "F-1", owner="O-10").event("A-10", "cancel", "2026-06-02", reason="r")
    return sheet.action("A-11", "F-1", owner="O-99", due="").add(
        "action_owner", action_id="A-11", owner_id="O-2", role="responsible"
    )


def test_an_owners_load_counts_distinct_actions_of_open_findings_and_nobody_comes_first():
    columns = ("owner_id", "name", "unit", "live", "open", "overdue", "due_in_30_days", "stalled")
    assert plain(ttp.owner_load(work().frames, as_of=DAY), *columns) == [
        (None, "nobody", None, 1, 1, 1, 0, 0),
        ("O-2", "Wang Li", "Water", 4, 4, 0, 2, 1),
        ("O-10", "Ada", None, 2, 1, 1, 0, 0),
        ("O-99", "Zoe", None, 1, 1, 0, 0, 0),
    ]


def test_owner_loads_add_up_to_the_overdue_rate():
    load = ttp.owner_load(work().frames, as_of=DAY)
    overdue = ttp.measures(work().frames, as_of=DAY).set_index("measure").loc["overdue_rate"]
    assert load["overdue"].sum() == overdue["numerator"] == 2
    assert overdue["denominator"] == 5  # have no due date


def test_nobody_is_there_also_when_everything_has_an_owner():
    assert plain(ttp.owner_load({}, as_of=DAY), "name", "open") == [("nobody", 0)]


@pytest.mark.parametrize(
    ("more", "value", "expected"),
    [
        ({}, "70", 0.75),
        ({"direction": "descending", "baseline": "12", "target": "5"}, "8.5", 0.5),
        ({}, "35", -0.125),
        ({}, "100", 1.5),
        ({"baseline": "80"}, "90", None),
        ({"baseline": "0.30", "target": "0.3"}, "90", None),
        ({"target": ""}, "70", None),
        ({"direction": "range", "target": "", "target_low": "36", "target_high": "38"}, "37", None),
        ({"measure": "ordinal", "scale": "1;2;3", "baseline": "1", "target": "3"}, "2", None),
        ({"measure": "nominal", "baseline": "no", "target": "yes"}, "yes", None),
        ({"baseline_on": "2026-07-01"}, "70", None),
    ],
)
def test_attainment_is_the_part_of_the_way_gone(more, value, expected):
    sheet = PlanBuilder().finding("F-1").indicator("I-1", "F-1", ("2026-03-01", value), **more)
    assert plain(ttp.attainment(sheet.frames, as_of=DAY), "attainment") == [(expected,)]


def test_attainment_takes_the_baseline_from_before_the_start_and_the_latest_final_value():
    sheet = PlanBuilder().finding("F-1").action("A-1", "F-1").event("A-1", "start", "2026-02-01")
    values = [("2026-01-05", "40"), ("2026-02-01", "55"), ("2026-05-01", "60")]
    sheet.indicator("I-1", "F-1", *values, baseline="", required="false", level="output")
    sheet.add("observation", indicator_id="I-1", observed_on="2026-06-01", value="80", final="false")
    sheet.add("observation", indicator_id="I-1", observed_on="2026-07-01", value="80")
    row = ttp.attainment(sheet.frames, as_of=DAY).iloc[0]
    assert (row["baseline"], row["target"], row["latest"], row["attainment"]) == (40, 80, 60, 0.5)
    assert row["latest_on"] == pd.Timestamp("2026-05-01")


def test_a_replication_has_a_baseline_of_its_own():
    sheet = PlanBuilder().finding("F-1", kind="experience")
    for number, start in ((1, "2026-02-01"), (2, "2026-04-01")):
        sheet.action(f"A-{number}", "F-1", role="replicates", site=f"s{number}").event(
            f"A-{number}", "start", start
        )
    values = (("2026-01-15", "40"), ("2026-03-15", "60"), ("2026-06-01", "70"))
    sheet.indicator("I-1", "F-1", *values, baseline="", action_id="A-1")
    sheet.add("finding_indicator", finding_id="F-1", indicator_id="I-1", action_id="A-2")
    sheet.finding("F-2").event("F-2", "reject", "2026-02-01", reason="r").indicator(
        "I-2", "F-2", ("2026-03-01", "50")
    )
    frame = ttp.attainment(sheet.frames, as_of=DAY)
    assert plain(frame, "action_id", "baseline", "attainment") == [("A-1", 40, 0.75), ("A-2", 60, 0.5)]


def test_the_shelf_holds_what_is_flagged_shelved_on_random_plans():
    n = 0
    for seed in range(5):
        rng = random.Random(seed)
        frames, day = frames_of(random_plan(rng)), random_day(rng)
        assessed = assess(frames, as_of=day)
        flagged = assessed.loc[["shelved" in flags for flags in assessed["flags"]], "finding_id"]
        assert sorted(ttp.shelf(frames, as_of=day)["finding_id"]) == sorted(flagged)
        n += len(flagged)
    assert n > 0


@pytest.mark.parametrize("listing", [ttp.shelf, ttp.staleness, ttp.persistence, ttp.attainment])
def test_lists_of_an_empty_plan_are_empty(listing):
    assert listing({}, as_of=DAY).empty
