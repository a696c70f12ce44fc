"""When will the open actions be done? The method's examples, a simulation, and plans made by hand."""

from __future__ import annotations

import json
from datetime import date, timedelta
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from builder import frames_of
from click.testing import CliRunner

import theorytopractice as ttp
from theorytopractice.assessment.arrays import MISSING
from theorytopractice.assessment.outlook import beats_chance
from theorytopractice.assessment.own_time import Cases
from theorytopractice.cli import main
from theorytopractice.errors import PracticeError, UnknownName

NOW = date(2026, 6, 28)


def weeks(history, remaining):
    return [one.weeks for one in ttp.forecast_of(history, remaining).milestones]


def plan_of(history, n_open, *, theme="", recorded=None):
    """Write a plan whose actions were done in each of the past weeks, on a Wednesday, and some are still open."""
    recorded = str(recorded or NOW - timedelta(days=7 * len(history) - 1))
    finding = {
        "finding_id": "F",
        "kind": "insight",
        "statement": "s",
        "theme": theme,
        "recorded_on": recorded,
    }
    done = [
        NOW - timedelta(days=7 * (len(history) - 1 - week) + 4)
        for week, number in enumerate(history)
        for _ in range(number)
    ]
    ids = [f"A-{number}" for number in range(len(done) + n_open)]
    return {
        "finding": [finding],
        "action": [{"action_id": one, "title": "t", "recorded_on": recorded} for one in ids],
        "finding_action": [{"finding_id": "F", "action_id": one, "role": "delivers"} for one in ids],
        "event": [
            {"subject": "action", "subject_id": one, "event": "complete", "happened_on": str(day)}
            for one, day in zip(ids, done, strict=False)
        ],
        "evidence": [
            {"action_id": one, "dated_on": str(day)} for one, day in zip(ids, done, strict=False)
        ],
    }  # fmt: skip


def of(tables, **options):
    return ttp.forecast(frames_of(tables), as_of=NOW, **options)


@pytest.mark.parametrize(
    ("history", "remaining", "expected"),
    [
        ([0, 1], 5, [9, 13, 16]),
        ([1, 1, 1, 1], 7, [7, 7, 7]),
        ([0, 0, 1, 1, 1], 10, [16, 20, 23]),
        ([2, 0, 3, 1, 4, 2, 0, 5], 20, [10, 13, 15]),
    ],
)
def test_the_examples_of_the_method_come_out(history, remaining, expected):
    assert weeks(history, remaining) == expected


def test_every_chance_is_that_of_all_possible_futures():
    history, remaining = [0, 2, 1], 4
    found = ttp.forecast_of(history, remaining).chances
    for after in range(7):
        futures = list(product(history, repeat=after))
        done = Fraction(sum(sum(future) >= remaining for future in futures), len(futures))
        assert found["chance"].iloc[after] == pytest.approx(float(done), abs=1e-12)


def test_what_has_a_chance_of_exactly_one_half_is_reached():
    assert weeks([0, 1], 1)[0] == 1


def test_nothing_open_is_done_today():
    assert weeks([0] * 8, 0) == [0, 0, 0]


@pytest.mark.parametrize(("history", "remaining"), [([1, -1], 3), ([1, 0.5], 3), ([1], -1)])
def test_counts_that_are_none_are_refused(history, remaining):
    with pytest.raises(PracticeError, match="whole numbers"):
        ttp.forecast_of(history, remaining)


@pytest.mark.parametrize(
    ("history", "remaining", "reason"),
    [
        ([0] * 26, 3, "no action was done in the last 26 weeks"),
        ([0] * 25 + [1], 201, "more than a hundred years"),
    ],
)
def test_what_cannot_be_told_is_said_with_its_reason(history, remaining, reason):
    found = ttp.forecast_of(history, remaining)
    assert reason in found.cannot_tell
    assert "cannot tell" in found.text
    assert found.milestones == ()


def test_a_plan_gives_its_history_and_the_days():
    found = of(plan_of([2, 0, 3, 1, 4, 2, 0, 5], 20))
    assert (found.history, found.remaining) == ((2, 0, 3, 1, 4, 2, 0, 5), 20)
    assert [one.chance for one in found.milestones] == [0.5, 0.85, 0.95]
    likely, _, sure = found.milestones
    assert 8 <= likely.weeks <= 12  # 20 at 17 in 8 weeks; the plain pace says 10
    assert sure.weeks > 15  # the plain pace takes its own mean for sure
    for one in found.milestones:
        assert 7 * (one.weeks - 1) < (one.on - NOW).days <= 7 * one.weeks
    assert "Judged by 17 done in the last 8 weeks." in found.text
    assert "The past is too short to say" in found.text
    assert (
        ttp.forecast(frames_of(plan_of([2, 0, 3, 1, 4, 2, 0, 5], 20)), as_of=NOW).as_dict() == found.as_dict()
    )


def test_what_is_added_meanwhile_is_counted_in_or_said():
    """Two a week are done and one in two weeks is added; then as many are added as are done."""
    tables = plan_of([2] * 20, 20)
    for number, row in enumerate(tables["action"][-10:]):
        row["recorded_on"] = str(NOW - timedelta(days=14 * number))
    found = of(tables)
    assert found.outlook.counts_new
    assert 12 <= found.milestones[0].weeks <= 15  # 20 at 2 − 0.5 a week
    assert "New actions come at 0.5 a week; they are counted in." in found.text
    for number, row in enumerate(tables["action"][-50:]):
        row["recorded_on"] = str(NOW - timedelta(days=3 * (number % 44)))
    full = of(tables)
    assert not full.outlook.counts_new
    assert "about as many as are done or more; meant are those open now" in full.text


def test_past_forecasts_are_checked_and_the_views_are_weighed():
    found = of(plan_of([2, 1, 3, 0, 2, 4, 1, 2, 3, 1, 0, 2, 2, 3, 1, 2, 1, 3, 2, 0], 10))
    assert found.outlook.n_origins == 16
    assert sum(found.outlook.weights.values()) == pytest.approx(1)
    assert {(one.chance, one.made) for one in found.outlook.hits} == {(0.5, 9), (0.85, 9), (0.95, 9)}
    assert "Past forecasts, checked four weeks later: " in found.text
    assert found.as_dict()["hits"][1]["held"] >= 7


def test_a_view_that_foretold_the_past_no_better_than_a_blind_guess_is_not_heard():
    """Of five open actions 0 to 5 may be done in a week: a blind guess gives each 1/6."""
    days = np.zeros(5, dtype=np.int32)
    cases = Cases(days, np.full(5, MISSING), np.full(5, MISSING), 100)
    origins = np.arange(24, 100, 7)
    assert beats_chance(cases, origins, np.full(len(origins), np.log(0.2)), None)
    assert not beats_chance(cases, origins, np.full(len(origins), np.log(0.15)), None)
    assert beats_chance(cases, origins, *(np.full(len(origins), np.log(chance)) for chance in (0.1, 0.2)))


def test_each_owner_and_unit_has_its_own_forecast():
    tables = plan_of([1] * 8, 3)
    tables["owner"] = [
        {"owner_id": "O-1", "name": "Ada", "unit": "Works"},
        {"owner_id": "O-2", "name": "Bo", "unit": "Works"},
    ]
    tables["action_owner"] = [
        {"action_id": f"A-{number}", "owner_id": f"O-{1 + number % 2}", "role": "accountable"} for number in range(10)
    ]  # fmt: skip
    owners = of(tables, by="owner").groups
    assert {name: (one.remaining, sum(one.history)) for name, one in owners.items()} == {
        "Ada": (1, 4), "Bo": (1, 4), "nobody": (1, 0),
    }  # fmt: skip
    units = of(tables, by="unit").groups
    assert {name: one.remaining for name, one in units.items()} == {"Works": 2, "(no unit)": 1}
    assert "1 action of 'Ada' is open." in owners["Ada"].text
    with pytest.raises(UnknownName, match="There is no grouping"):
        of(tables, by="colour")


def test_a_week_ends_on_the_day_and_begins_six_days_before():
    tables = plan_of([0] * 7 + [2], 1)
    for event, ago in zip(tables["event"], (0, 7), strict=True):
        event["happened_on"] = str(NOW - timedelta(days=ago))
    assert of(tables).history == (0, 0, 0, 0, 0, 0, 1, 1)


@pytest.mark.parametrize(("days", "n_weeks"), [(55, 0), (56, 8), (62, 8), (63, 9), (400, 26)])
def test_only_complete_weeks_since_the_first_record_count_and_at_most_26(days, n_weeks):
    found = of(plan_of([1], 1, recorded=NOW - timedelta(days=days - 1)))
    assert (not found.cannot_tell) == (n_weeks > 0)
    if n_weeks:
        assert len(found.history) == n_weeks
    else:
        assert found.cannot_tell == "there is a history of 7 complete weeks and at least 8 are needed"


def test_open_actions_are_distinct_live_and_of_open_findings():
    tables = plan_of([1] * 8, 5)
    tables["finding"].append({**tables["finding"][0], "finding_id": "G"})
    tables["finding"].append({**tables["finding"][0], "finding_id": "closed"})
    links = tables["finding_action"]
    links.append({"finding_id": "G", "action_id": "A-8", "role": "improves"})  # open, twice linked
    links[9]["finding_id"] = "closed"  # open, but nobody waits for it
    links.append({"finding_id": "closed", "action_id": "A-0", "role": "delivers"})
    said = {"subject": "action", "happened_on": str(NOW)}
    tables["event"] += [
        {
            "subject": "finding",
            "subject_id": "closed",
            "event": "reject",
            "happened_on": str(NOW),
            "reason": "r",
        },
        {**said, "subject_id": "A-10", "event": "cancel", "reason": "r"},
        {**said, "subject_id": "A-11", "event": "complete"},  # without evidence
    ]
    tables["action"].append({"action_id": "unlinked", "title": "t", "recorded_on": "2020-01-01"})
    found = of(tables)
    assert (found.remaining, found.n_unverified, found.history) == (2, 1, (1,) * 8)


def test_an_action_done_again_counts_on_its_last_day_and_a_reopened_one_is_open():
    tables = plan_of([1] * 8, 0)
    said = {"subject": "action", "subject_id": "A-0"}
    tables["event"] += [
        {**said, "event": "reopen", "happened_on": str(NOW - timedelta(days=30))},
        {**said, "event": "complete", "happened_on": str(NOW - timedelta(days=1))},
        {"subject": "action", "subject_id": "A-1", "event": "reopen", "happened_on": str(NOW)},
    ]
    tables["evidence"].append({"action_id": "A-0", "dated_on": str(NOW)})
    found = of(tables)
    assert (found.history, found.remaining) == ((0, 0, 1, 1, 1, 1, 1, 2), 1)


def test_each_theme_has_its_own_history_and_open_actions():
    tables, other = plan_of([1] * 8, 3, theme="water"), plan_of([2] * 10, 1, theme="roads")
    for rows in other.values():
        for row in rows:
            row.update({k: f"R{v}" for k, v in row.items() if k.endswith("_id")})
    both = {name: tables[name] + other[name] for name in tables}
    found = of(both, by="theme")
    assert (found.remaining, found.history) == (4, (2, 2, *[3] * 8))
    assert {name: (one.remaining, one.history) for name, one in found.groups.items()} == {
        "water": (3, (1,) * 8), "roads": (1, (2,) * 10),
    }  # fmt: skip
    assert of(both, theme="roads").as_dict() == found.groups["roads"].as_dict()
    with pytest.raises(UnknownName, match="did you mean 'roads'"):
        of(both, theme="road")


def test_an_action_of_two_themes_is_in_both_histories_and_once_in_the_whole():
    tables = plan_of([1] * 8, 1, theme="water")
    tables["finding"].append({**tables["finding"][0], "finding_id": "G", "theme": " roads "})
    tables["finding_action"] += [
        {"finding_id": "G", "action_id": action, "role": "improves"} for action in ("A-7", "A-8")
    ]
    found = of(tables, by="theme")
    assert (found.remaining, found.history) == (1, (1,) * 8)
    assert {name: (one.remaining, one.history) for name, one in found.groups.items()} == {
        "roads": (1, (*[0] * 7, 1)), "water": (1, (1,) * 8),
    }  # fmt: skip


def test_an_empty_plan_has_nothing_open():
    assert ttp.forecast({}, as_of=NOW).text == "As of 2026-06-28: 0 actions are open."


def test_the_command_prints_sentences_and_json():
    command = ["forecast", str(ttp.path_of("data/example")), "--as-of", "2026-06-30"]
    assert "Chance that all are done: 50% by" in CliRunner().invoke(main, command).stdout
    rows = json.loads(CliRunner().invoke(main, [*command, "--by", "theme", "--format", "json"]).stdout)
    assert rows[0]["theme"] is None
    assert {row["as_of"] for row in rows} == {"2026-06-30"}
    assert len(rows) == 13
    assert sum(row["remaining"] for row in rows[1:]) >= rows[0]["remaining"] > 0


def test_one_week_is_said_as_one():
    text = ttp.forecast_of([1, 1, 1, 1], 1).text
    assert "(1 week)" in text
    assert "1 weeks" not in text
