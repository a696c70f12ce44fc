"""Laws that hold for every plan (method, section 15), and no difference to the slow, obvious reading."""

from __future__ import annotations

import copy
import random
from collections import Counter
from datetime import timedelta

import obvious
import pandas as pd
import pytest
from builder import frames_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from obvious.commitments import commitment_rows
from obvious.facts import look_at, text
from obvious.learning import reviews_of, rubber_stamps
from random_plans import random_day, random_plan, random_series_day, random_series_plan

from theorytopractice.assessment import listings
from theorytopractice.assessment.assess import assess
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.values import natural

pytestmark = pytest.mark.slow
SHARES = 8
SEEDS_A_SHARE = 100
COMMITMENT_STATES = [
    "unknown",
    "released",
    "disputed",
    "kept_undated",
    "kept_on_time",
    "kept_late",
    "undated",
    "missed",
    "open",
]
REPLICATION_STATES = [
    "abandoned",
    "drifted",
    "worked",
    "did_not_work",
    "adopted",
    "started",
    "planned",
    "idea",
]
REVIEWS = ["review_confirmed", "review_revised", "review_material", "supersede", "retire"]
OTHER_CASES = [
    *(("commitment", state) for state in COMMITMENT_STATES),
    *(("replication", state) for state in REPLICATION_STATES),
    *(("slot", result) for result in ("pass", "fail", "na", "missed")),
    *(("review", word) for word in REVIEWS),
    *(("disposition", word) for word in ("rejected", "superseded", "retired", "duplicate", "unknown")),
    *(("relation", word) for word in ("derived_from", "codified_in", "related")),
    "rubber stamp",
    "ever solved",
    "confirmation with n",
    "confirmation without n",
]
VERDICTS = ("cannot tell", "too few points", "weighed")
KINDS = ("insight", "problem", "experience", "mechanism")
laws = settings(
    max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)


def count_cases(tables, day):
    """Count (kind, stage), flags and the other cases that a plan reaches on a day."""
    counts = Counter()
    for row in obvious.assess(tables, day):
        counts[row["kind"], row["stage"]] += 1
        counts["disposition", row["disposition"]] += 1
        counts.update(row["flags"])
        # fewer than were ever solved, but these need no look at earlier days
        counts["ever solved"] += bool({"solved", "recurred"} & set(row["flags"]))
    look = look_at(tables, day)
    counts.update(("commitment", row["state"]) for row in commitment_rows(look))
    if any(text(row, "kind") == "experience" for row in tables["finding"]):
        counts.update(("replication", row["state"]) for row in obvious.replications(tables, day))
    if any(text(row, "kind") == "mechanism" for row in tables["finding"]):
        counts.update(("slot", row["result"]) for row in obvious.slots(tables, day))
    counts.update(("review", fact.event) for one in look.plan.findings for fact in reviews_of(look, one))
    counts["rubber stamp"] += len(rubber_stamps(tables, day))
    counts.update(("relation", text(row, "relation")) for row in tables["finding_relation"])
    return counts + count_answers(look)


def count_answers(look):
    """Count the visible answers of those affected, with and without their number."""
    counts = Counter()
    for one, row in look.plan.indicators.items():
        if text(row, "level") == "confirmation":
            for fact in look.final_observations(one):
                counts["confirmation with n" if text(fact.row, "n") else "confirmation without n"] += 1
    return counts


def plan_and_day(seed):
    rng = random.Random(seed)
    return random_plan(rng), random_day(rng)


def rows_of(tables, day, **options):
    """Assess tables of text and return plain rows, as the obvious implementation does."""
    return plain(assess(frames_of(tables), as_of=day, **options))


def plain(frame):
    """Return the rows of a listing with plain values; dates as dates, missing as None."""
    frame = frame.drop(columns="as_of")
    for name in frame.select_dtypes("datetime"):
        frame[name] = frame[name].dt.date.astype(object)
    return [
        {
            name: None if not isinstance(value, list) and pd.isna(value) else value
            for name, value in row.items()
        }
        for row in frame.to_dict("records")
    ]


def natural_key(row):
    """Sort as listings are sorted: by finding, then action or slot, in natural order."""
    return [natural(str(row.get(name, ""))) for name in ("finding_id", "action_id", "slot")]


def stages(rows):
    return {row["finding_id"]: (row["disposition"], row["stage"]) for row in rows}


@pytest.mark.parametrize("share", range(SHARES))
def test_no_difference_to_the_obvious_implementation_on_random_plans(share):
    for seed in range(share * SEEDS_A_SHARE, (share + 1) * SEEDS_A_SHARE):
        tables, day = plan_and_day(seed)
        knowledge = "then" if seed % 3 else "restated"
        dates = seed % 5 == 0
        expected = obvious.assess(tables, day, knowledge, dates=dates)
        assert rows_of(tables, day, knowledge=knowledge, dates=dates) == expected, f"seed {seed} on {day}"


@pytest.mark.parametrize("share", range(SHARES))
def test_no_difference_in_commitments_replications_and_slots(share):
    for seed in range(share * SEEDS_A_SHARE, (share + 1) * SEEDS_A_SHARE, 4):
        tables, day = plan_and_day(seed)
        frames = frames_of(tables)
        for what in ("commitments", "replications", "slots"):
            expected = sorted(getattr(obvious, what)(tables, day), key=natural_key)
            came = plain(getattr(listings, what)(frames, as_of=day))
            assert by_one_spelling(came) == by_one_spelling(expected), f"{what}, seed {seed} on {day}"


def by_one_spelling(rows):
    """Return rows with their sites folded: which spelling of a site is shown is tried with the names."""
    return [row | {"site": comparable(row["site"])} if row.get("site") else row for row in rows]


def test_random_plans_reach_every_stage_flag_state_and_way_out():
    counts = Counter()
    for seed in range(SHARES * SEEDS_A_SHARE):
        counts += count_cases(*plan_and_day(seed))
    from theorytopractice.assessment.flags import FLAGS

    wanted = [*FLAGS, *((kind, stage) for kind in KINDS for stage in range(6)), *OTHER_CASES]
    assert {name: counts[name] for name in wanted if counts[name] < 10} == {}


def test_random_series_plans_reach_too_few_values_and_enough():
    counts = Counter()
    for seed in range(300):
        rng = random.Random(seed)
        counts.update(
            row["verdict"] for row in obvious.verdicts(random_series_plan(rng), random_series_day(rng))
        )
    assert {name: counts[name] for name in VERDICTS if counts[name] < 20} == {}


@laws
@given(st.integers(10_000, 20_000))
def test_p1_every_finding_has_one_disposition_and_a_stage_iff_open(seed):
    tables, day = plan_and_day(seed)
    rows = rows_of(tables, day)
    assert [row["finding_id"] for row in rows] == sorted({row["finding_id"] for row in tables["finding"]})
    assert all((row["stage"] is not None) == (row["disposition"] == "open") for row in rows)


@laws
@given(st.integers(10_000, 20_000))
def test_p2_facts_dated_or_recorded_later_change_only_future_dated(seed):
    tables, day = plan_and_day(seed)
    later = (day + timedelta(days=1)).isoformat()
    cut = copy.deepcopy(tables)
    for name, column in (("event", "happened_on"), ("observation", "observed_on"), ("evidence", "dated_on")):
        cut[name] = [
            row
            for row in tables.get(name, [])
            if row[column] < later and (row.get("recorded_on") or "") < later
        ]

    def seen(rows):
        return [{**row, "flags": sorted(set(row["flags"]) - {"future_dated"})} for row in rows]

    assert seen(rows_of(cut, day)) == seen(rows_of(tables, day))


@laws
@given(st.integers(10_000, 20_000))
def test_p3_order_of_rows_with_ids_is_irrelevant(seed):
    tables, day = plan_and_day(seed)
    for name, column in (
        ("event", "event_id"),
        ("observation", "observation_id"),
        ("evidence", "evidence_id"),
    ):
        for number, row in enumerate(tables.get(name, [])):
            row[column] = f"X-{number:04}"
    mixed = {name: random.Random(seed).sample(rows, len(rows)) for name, rows in tables.items()}
    assert rows_of(mixed, day) == rows_of(tables, day)


@laws
@given(st.integers(10_000, 20_000))
def test_p4_a_repeated_link_is_harmless(seed):
    tables, day = plan_and_day(seed)
    twice = {**tables, **{name: tables.get(name, []) * 2 for name in ("finding_action", "finding_indicator")}}
    assert rows_of(twice, day) == rows_of(tables, day)


@laws
@given(st.integers(10_000, 20_000))
def test_p5_an_added_cancelled_action_leaves_the_stage(seed):
    tables, day = plan_and_day(seed)
    more = copy.deepcopy(tables)
    for row in tables["finding"]:
        action = f"cancelled {row['finding_id']}"
        more["action"].append({"action_id": action, "title": "given up", "recorded_on": "2020-01-01"})
        more["finding_action"].append(
            {"finding_id": row["finding_id"], "action_id": action, "role": "delivers"}
        )
        more["event"].append(
            {
                "subject": "action",
                "subject_id": action,
                "event": "cancel",
                "happened_on": "2020-01-01",
                "reason": "-",
            }
        )
    material = {r["subject_id"] for r in tables.get("event", []) if r["event"] == "review_material"}
    before, after = stages(rows_of(tables, day)), stages(rows_of(more, day))
    assert {k: v for k, v in after.items() if k not in material} == {
        k: v for k, v in before.items() if k not in material
    }


@laws
@given(st.integers(10_000, 20_000))
def test_p6_unlinked_rows_change_nothing(seed):
    tables, day = plan_and_day(seed)
    more = copy.deepcopy(tables)
    more["action"] = [
        *tables.get("action", []),
        {"action_id": "alone", "title": "t", "recorded_on": "2025-01-01"},
    ]
    more["indicator"] = [
        *tables.get("indicator", []),
        {"indicator_id": "alone", "name": "n", "direction": "ascending", "level": "outcome", "target": "1"},
    ]
    more["observation"] = [
        *tables.get("observation", []),
        {"indicator_id": "alone", "observed_on": "2025-06-01", "value": "2"},
    ]
    assert rows_of(more, day) == rows_of(tables, day)


@laws
@given(st.integers(10_000, 20_000))
def test_p7_a_value_that_meets_every_target_never_lowers_the_stage(seed):
    tables, day = plan_and_day(seed)
    more = copy.deepcopy(tables)
    for row in tables.get("indicator", []):
        value = row.get("target") or row.get("target_low")
        if value:
            more["observation"].append(
                {
                    "indicator_id": row["indicator_id"],
                    "observed_on": day.isoformat(),
                    "value": value,
                    "n": "100",
                }
            )
    before, after = stages(rows_of(tables, day)), stages(rows_of(more, day))
    assert all((after[key][1] or 0) >= (before[key][1] or 0) for key in before)


@laws
@given(st.integers(10_000, 20_000))
def test_p8_an_open_delivering_action_lowers_a_carried_out_finding_to_under_way(seed):
    tables, day = plan_and_day(seed)
    ladder = {r["finding_id"] for r in tables["finding"] if r["kind"] in ("insight", "problem")}
    before = stages(rows_of(tables, day))
    more = copy.deepcopy(tables)
    for finding in ladder:
        more["action"].append({"action_id": f"new {finding}", "title": "t", "recorded_on": "2020-01-01"})
        more["finding_action"].append(
            {"finding_id": finding, "action_id": f"new {finding}", "role": "delivers"}
        )
    after = stages(rows_of(more, day))
    high = [key for key in ladder if (before[key][1] or 0) >= 3]
    assert [after[key][1] for key in high] == [2] * len(high)
