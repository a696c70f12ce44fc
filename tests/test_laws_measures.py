"""Do measures, lists, waits and verdicts agree with the slow, obvious reading on random plans?"""

from __future__ import annotations

import random
from collections import Counter

import obvious
import pandas as pd
import pytest
from builder import frames_of
from obvious import waiting
from obvious.learning import rubber_stamps as obvious_stamps
from random_plans import random_day, random_plan, random_series_day, random_series_plan

import theorytopractice as ttp
from theorytopractice.assessment.durations import times_in_practice

pytestmark = pytest.mark.slow
KNOWLEDGE = ("then", "restated")
COUNTED = ("value", "numerator", "denominator", "low", "high")


def plan_and_day(seed):
    rng = random.Random(seed)
    return random_plan(rng), random_day(rng)


def rows_of(frame, *names):
    """Return some columns as plain rows; missing as None."""
    return [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in frame[list(names)].astype(object).to_dict("records")
    ]


def assert_same(rows, expected, names, seed):
    assert len(rows) == len(expected), (seed, rows, expected)
    for row, other in zip(rows, expected, strict=True):
        for name in names:
            one, two = row[name], other[name]
            is_number = isinstance(one, int | float) and two is not None
            assert one == (pytest.approx(float(two), abs=1e-9) if is_number else two), (
                seed,
                name,
                row,
                other,
            )


@pytest.mark.parametrize("share", range(2))
def test_every_measure_agrees(share):
    told = Counter()
    for seed in range(share, 160, 2):
        tables, day = plan_and_day(seed)
        knowledge = KNOWLEDGE[seed // 2 % 2]
        expected = {row["measure"]: row for row in obvious.measures(tables, day, knowledge)}
        for row in rows_of(
            ttp.measures(frames_of(tables), as_of=day, knowledge=knowledge), "measure", *COUNTED
        ):
            other = expected.pop(row["measure"])
            n_columns = 1 if row["measure"].startswith("funnel") else len(COUNTED)
            if row["measure"] == "persistence":
                n_columns = 3  # its interval allows for differences between mechanisms
            names = COUNTED[:n_columns]
            assert_same([row], [other], names, seed)
            told[row["measure"]] += bool(row["value"])
        assert not expected
    four_years = {"cohort_rate_3_4y", "cohort_rate_4_4y"}  # random plans are younger
    assert {name for name, n in told.items() if n == 0} <= four_years, told


def test_learning_in_a_period_agrees():
    for seed in range(40):
        tables, day = plan_and_day(seed)
        since = pd.Timestamp(day) - pd.Timedelta(days=90)
        wanted = ("learning_yield", "revision_share")
        fast = ttp.measures(frames_of(tables), as_of=day, since=since.date().isoformat())
        slow = obvious.measures(tables, day, since=since.date())
        assert_same(
            [row for row in rows_of(fast, "measure", *COUNTED) if row["measure"] in wanted],
            [row for row in slow if row["measure"] in wanted],
            COUNTED,
            seed,
        )


def test_the_forecast_counts_the_open_actions_that_owners_have():
    """An action has one state, whatever finding was revised since (method, 10 and 12)."""
    n = 0
    for seed in range(600, 640):
        tables, day = plan_and_day(seed)
        frames = frames_of(tables)
        remaining = ttp.forecast(frames, as_of=day).remaining
        assert remaining == ttp.owner_load(frames, as_of=day)["open"].sum(), seed
        n += remaining
    assert n > 20


def test_rubber_stamps_agree():
    n = 0
    for seed in range(500, 550):
        tables, day = plan_and_day(seed)
        knowledge = KNOWLEDGE[seed % 2]
        frame = ttp.reviews(frames_of(tables), as_of=day, knowledge=knowledge)
        stamped = frame[frame["is_rubber_stamp"].astype(bool)]
        fast = [
            (row["finding_id"], row["reviewed_on"].date())
            for row in rows_of(stamped, "finding_id", "reviewed_on")
        ]
        assert sorted(fast) == sorted(obvious_stamps(tables, day, knowledge)), seed
        n += len(fast)
    assert n >= 20


def test_the_lists_agree():
    for seed in range(200, 250):
        tables, day = plan_and_day(seed)
        frames = frames_of(tables)
        load = {row["owner_id"]: row for row in rows_of(
            ttp.owner_load(frames, as_of=day), "owner_id", "open", "overdue", "due_in_30_days", "stalled"
        )}  # fmt: skip
        slow = {row["owner_id"]: row | {"open": row["live"]} for row in obvious.owner_loads(tables, day)}
        busy = {key: row for key, row in load.items() if row["open"] or key is None}
        assert next(iter(load)) is None
        assert busy.keys() == slow.keys(), seed
        for key, row in busy.items():
            assert_same([row], [slow[key]], ("open", "overdue", "due_in_30_days", "stalled"), seed)
        stale = {
            row["finding_id"]: row["days"]
            for row in rows_of(ttp.staleness(frames, as_of=day), "finding_id", "days")
        }
        assert stale == {row["finding_id"]: row["days"] for row in obvious.staleness(tables, day)}, seed
        shelf = [row["finding_id"] for row in rows_of(ttp.shelf(frames, as_of=day), "finding_id")]
        assert sorted(shelf) == sorted(row["finding_id"] for row in obvious.shelf(tables, day)), seed


def plain_median(rows):
    """Read the median of waits as method 12.1 says; what had ended on the day of its record is no wait."""
    event = ("in_practice", "carried_out")
    waits = [(row["days"], row["ending"]) for row in rows if row["days"] > 0 or row["ending"] not in event]
    days, endings = [one for one, _ in waits], [how for _, how in waits]
    word = next((how for how in endings if how in event), "in_practice")
    if {"rejected", "superseded", "retired"} & set(endings):
        return waiting.median_with_other_ways(waiting.aalen_johansen(days, endings, word))
    return waiting.median_of(waiting.kaplan_meier(days, [how == word for how in endings]))


def test_waits_agree():
    endings = Counter()
    for seed in range(300, 390):
        tables, day = plan_and_day(seed)
        stage = (3, 4)[seed % 2]
        frame = ttp.durations(frames_of(tables), stage=stage, as_of=day, knowledge=KNOWLEDGE[seed // 2 % 2])
        fast = {
            row["finding_id"]: (row["days"], row["ending"])
            for row in rows_of(frame, "finding_id", "days", "ending")
        }
        slow = obvious.durations(tables, day, KNOWLEDGE[seed // 2 % 2], stage)
        expected = {
            row["finding_id"]: (row["days"], row["ending"].replace("censored", "open")) for row in slow
        }
        assert fast == expected, seed
        assert ttp.survival(frame, stage=stage).median_days == plain_median(slow), seed
        endings.update(ending for _, ending in fast.values())
    assert {"in_practice", "carried_out", "rejected", "superseded", "retired", "open"} <= set(endings)


def test_who_was_in_practice_at_entry_is_named_apart():
    n = 0
    for seed in range(300, 360):
        tables, day = plan_and_day(seed)
        found = ttp.survival(ttp.durations(frames_of(tables), stage=3, as_of=day), stage=3)
        expected = waiting.already(obvious.durations(tables, day, "then", 3))
        assert list(found.already) == expected, seed
        n += len(expected)
    assert n


def test_times_in_practice_and_dips_agree():
    told = Counter()
    for seed in range(60):
        tables, day = plan_and_day(seed)
        frame = times_in_practice(frames_of(tables), as_of=day)
        fast = rows_of(frame, "finding_id", "days", "ending", "dips")
        slow = waiting.times_in_practice(tables, day)
        assert [row | {"ending": row["ending"].replace("open", "censored")} for row in fast] == slow, seed
        told.update(row["ending"] for row in slow)
        told["dips"] += sum(row["dips"] for row in slow)
    assert {"lapsed", "censored", "dips"} <= set(told), told


def test_verdicts_agree():
    names = ("n_pre", "n_post", "mean", "mean_moving_range", "lower_limit", "upper_limit", "longest_run", "n_crossings")  # fmt: skip
    told = Counter()
    for seed in range(80):
        rng = random.Random(seed)
        tables = random_series_plan(rng)
        day = random_series_day(rng)
        frame = ttp.verdict(frames_of(tables), as_of=day)
        rows = frame.to_dict("records")
        fast = rows_of(frame, "finding_id", "indicator_id", *names)
        slow = sorted(obvious.verdicts(tables, day), key=lambda row: (row["finding_id"], row["indicator_id"]))
        fast.sort(key=lambda row: (row["finding_id"], row["indicator_id"]))
        assert_same(fast, slow, ("finding_id", "indicator_id", *names), seed)
        told.update(row["verdict"] for row in slow)
        words = {(row["finding_id"], row["indicator_id"]): row["verdict"] for row in rows}
        for row in slow:
            word = words[row["finding_id"], row["indicator_id"]]
            is_weighed = word not in ("cannot tell", "too few points") or row["verdict"] == "weighed"
            assert is_weighed or word == row["verdict"], (seed, row)
    assert len(told) == 3, told


def test_the_forecast_and_the_owners_loads_count_the_same_open_actions():
    n = 0
    for seed in range(600, 630):
        tables, day = plan_and_day(seed)
        frames, knowledge = frames_of(tables), KNOWLEDGE[seed % 2]
        remaining = ttp.forecast(frames, as_of=day, knowledge=knowledge).remaining
        assert remaining == ttp.owner_load(frames, as_of=day, knowledge=knowledge)["open"].sum(), seed
        n += remaining
    assert n >= 30
