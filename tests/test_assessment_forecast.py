"""When will the open actions be done? The method's examples, a simulation, and plans made by hand."""

from __future__ import annotations

import json
from datetime import date, timedelta
from fractions import Fraction
from itertools import product

import pytest
from builder import frames_of
from click.testing import CliRunner

import theorytopractice as ttp
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
    assert [(one.weeks, one.on) for one in found.milestones] == [
        (10, NOW + timedelta(weeks=10)), (13, NOW + timedelta(weeks=13)), (15, NOW + timedelta(weeks=15)),
    ]  # fmt: skip
    assert "Assumed: no action is added" in found.text


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
        {"subject": "finding", "subject_id": "closed", "event": "reject", "happened_on": str(NOW)},
        {**said, "subject_id": "A-10", "event": "cancel"},
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
