"""Time to practice: published figures, hand-made curves, and every single day as the second way."""

from __future__ import annotations

import csv
import json
import random
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from builder import frames_of
from click.testing import CliRunner
from random_plans import random_day, random_plan

import theorytopractice as ttp
from theorytopractice.assessment.assessment import stages_on
from theorytopractice.assessment.durations import cumulative_incidence, kaplan_meier, times_in_practice
from theorytopractice.assessment.encode import encode
from theorytopractice.assessment.encoded_plan import FindingDays, all_findings_on
from theorytopractice.assessment.survival import spell
from theorytopractice.cli import main
from theorytopractice.errors import PracticeError, UnknownName

# Method, 12.1: ten findings, five done after 2, 3, 3, 5 and 8 months, five open at 4, 6, 9, 12 and 12.
TEN_DAYS = [2, 3, 3, 5, 8, 4, 6, 9, 12, 12]
# Freireich et al. 1963, weeks of remission in acute leukaemia: 21 given 6-MP (12 censored), 21 placebo.
DRUG = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
DRUG_ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
NOW = date(2026, 6, 30)
KNOWN = ("then", "restated")


def durations(days, endings, **columns):
    return pd.DataFrame({"days": days, "ending": endings, **columns})


def ten(*superseded):
    endings = ["in_practice"] * 5 + ["superseded" if days in superseded else "open" for days in TEN_DAYS[5:]]
    return durations(TEN_DAYS, endings)


def freireich():
    endings = ["carried_out" if ended else "open" for ended in [*DRUG_ENDED, *[1] * 21]]
    return durations(DRUG + PLACEBO, endings, theme=["6-MP"] * 21 + ["placebo"] * 21)


def steps(frame):
    return list(zip(frame["days"], frame["share"], strict=True))


def plan_of(waits):
    """Write plan tables whose findings reach stage 3, are closed, or wait, after the given days."""
    tables = {
        name: [] for name in ("finding", "action", "finding_action", "action_owner", "event", "evidence")
    }
    tables["owner"] = [{"owner_id": "O", "name": "Ada", "unit": "Works"}]
    for number, (days, ending, theme) in enumerate(waits):
        f, a = f"F-{number}", f"A-{number}"
        begin = NOW - timedelta(days=days if ending == "open" else days + number % 7)
        end = begin + timedelta(days=days)
        tables["finding"].append(
            {"finding_id": f, "kind": "insight", "statement": "12 of 40 wait.", "theme": theme, "recorded_on": str(begin)}
        )  # fmt: skip
        tables["action"].append(
            {"action_id": a, "title": "t", "due": "2026-12-31", "recorded_on": str(begin)}
        )
        tables["finding_action"].append({"finding_id": f, "action_id": a, "role": "delivers"})
        tables["action_owner"].append({"action_id": a, "owner_id": "O", "role": "accountable"})
        subject = {"subject": "finding", "subject_id": f, "happened_on": str(end), "reason": "r"}
        if ending == "carried_out":
            done = {"subject": "action", "subject_id": a, "event": "complete", "happened_on": str(end)}
            tables["event"].append(done)
            tables["evidence"].append({"action_id": a, "dated_on": str(end)})
        elif ending != "open":
            word = {"rejected": "reject", "retired": "retire"}[ending]
            tables["event"].append({**subject, "event": word})
    return tables


def write(tables, folder):
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(column for row in rows for column in row)))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def said(*arguments):
    result = CliRunner().invoke(main, [*map(str, arguments), "--as-of", str(NOW), "--format", "json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_ten_findings_of_the_method_have_a_median_of_eight():
    found = ttp.survival(ten())
    assert found.curve["days"].tolist() == [2, 3, 5, 8]
    assert found.curve["survival"].tolist() == pytest.approx([0.9, 0.7, 0.583333, 0.4375], abs=1e-6)
    assert found.curve["at_risk"].tolist() == [10, 9, 6, 4]
    assert (found.n, found.events, found.median_days) == (10, 5, 8)


def test_superseded_findings_compete_instead_of_being_censored():
    found = ttp.survival(ten(4, 6))
    assert steps(found.incidence["in_practice"]) == [
        (2, pytest.approx(0.1)), (3, pytest.approx(0.3)), (5, pytest.approx(0.4)), (8, pytest.approx(0.5)),
    ]  # fmt: skip
    assert steps(found.incidence["superseded"]) == [(4, pytest.approx(0.1)), (6, pytest.approx(0.2))]
    assert found.incidence["rejected"].empty
    assert found.endings == {"in_practice": 5, "rejected": 0, "superseded": 2, "retired": 0, "open": 3}


def test_freireichs_medians_and_log_rank_come_out():
    found = ttp.survival(freireich(), by="theme")
    drug, placebo = found.groups["6-MP"], found.groups["placebo"]
    assert (drug.median_days, drug.low_days, drug.high_days) == (23, 13, None)
    assert (placebo.median_days, placebo.low_days, placebo.high_days) == (8, 4, 11)
    assert found.log_rank.chi_square == pytest.approx(16.792941, abs=1e-6)
    assert found.log_rank.degrees == 1
    assert found.log_rank.p == pytest.approx(4.17e-5, rel=1e-3)


def test_the_band_is_the_published_log_log_band():
    """Stata's ``sts list`` of the 6-MP group."""
    curve = ttp.survival(freireich().iloc[:21]).curve
    assert curve["days"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve["low"].round(4).tolist() == [0.6197, 0.5631, 0.5032, 0.4316, 0.3675, 0.2678, 0.1881]
    assert curve["high"].round(4).tolist() == [0.9516, 0.9228, 0.8894, 0.8491, 0.8049, 0.7468, 0.6801]


def test_published_data_come_out_of_a_plan_folder_by_the_command(tmp_path):
    frame = freireich()
    write(plan_of(frame.itertuples(index=False, name=None)), tmp_path)
    (whole,) = said("survival", tmp_path, "--stage", "3")
    assert (whole["n"], whole["events"], whole["as_of"]) == (42, 30, "2026-06-30")
    drug, placebo = said("survival", tmp_path, "--stage", "3", "--by", "theme")
    assert (drug["group"], drug["median_days"], drug["low_days"], drug["high_days"]) == ("6-MP", 23, 13, None)
    assert (placebo["group"], placebo["median_days"], placebo["low_days"]) == ("placebo", 8, 4)
    assert drug["log_rank"]["chi_square"] == pytest.approx(16.792941, abs=1e-6)
    assert [step["days"] for step in drug["incidence"]["carried_out"]] == [6, 7, 10, 13, 16, 22, 23]


def test_competing_endings_come_out_of_a_plan_folder_by_the_command(tmp_path):
    """Two reach stage 3 on days 100 and 400, one is rejected on day 200, one retired on 300, one waits 900."""
    waits = [
        (100, "carried_out", ""), (200, "rejected", ""), (300, "retired", ""), (400, "carried_out", ""), (900, "open", ""),
    ]  # fmt: skip
    write(plan_of(waits), tmp_path)
    (found,) = said("survival", tmp_path, "--stage", "3")
    assert found["incidence"] == {
        "carried_out": [{"days": 100, "share": pytest.approx(0.2)}, {"days": 400, "share": pytest.approx(0.4)}],
        "rejected": [{"days": 200, "share": pytest.approx(0.2)}],
        "superseded": [],
        "retired": [{"days": 300, "share": pytest.approx(0.2)}],
    }  # fmt: skip
    assert [one["share"] for one in found["within"]] == pytest.approx([0.2, 0.2, 0.4])
    assert all(one["low"] < one["share"] < one["high"] for one in found["within"])
    assert found["median_days"] is None  # two of five, and no more
    assert found["net_median_days"] == 400  # Kaplan–Meier: 0.8, then half of it
    assert "Median time until carried out not reached: at most 40% so far." in found["text"]
    assert (
        "If nothing were closed for other reasons, the median would be 400 days (13 months)." in found["text"]
    )


def test_without_competing_endings_shares_within_are_the_curves_complement():
    days = [100, 150, 200, 300, 400, 800, 500, 600]
    found = ttp.survival(durations(days, ["in_practice"] * 6 + ["open"] * 2))
    for one in found.within:
        row = found.curve[found.curve["days"] <= one.days].iloc[-1]
        assert (one.share, one.low, one.high) == pytest.approx((1 - row.survival, 1 - row.high, 1 - row.low))


def test_a_share_is_not_told_beyond_the_longest_wait_unless_all_have_ended():
    waiting = ttp.survival(durations([10, 400], ["in_practice", "open"])).within
    assert [one.share for one in waiting] == [pytest.approx(0.5), pytest.approx(0.5), None]
    ended = ttp.survival(durations([10, 20], ["in_practice", "rejected"])).within
    assert [one.share for one in ended] == pytest.approx([0.5] * 3)


def test_a_share_of_nothing_has_wilsons_upper_limit():
    """Method, section 16: 0 of 20 has the interval 0–0.1611."""
    one = ttp.survival(durations([200] * 20, ["open"] * 20)).within[0]
    assert [one.share, one.low, one.high] == pytest.approx([0, 0, 0.1611], abs=5e-5)


def test_the_median_is_reached_at_exactly_one_half():
    assert ttp.survival(durations([3, 5, 7, 9], ["in_practice"] * 2 + ["open"] * 2)).median_days == 5
    thirds = durations([1, 2, 3, 4, 5, 6], ["in_practice"] * 3 + ["open"] * 3)
    assert ttp.survival(thirds).median_days == 3


def test_a_median_at_exactly_one_half_is_the_middle_of_the_flat_stretch():
    """S = 0.75, 0.5, 0.25 at 3, 5, 7: at one half from day 5 to day 7."""
    assert ttp.survival(durations([3, 5, 7, 9], ["in_practice"] * 3 + ["open"])).median_days == 6
    assert ttp.survival(durations([3, 5, 8, 9], ["in_practice"] * 3 + ["open"])).median_days == 6.5


def test_with_other_ways_out_the_median_is_that_of_the_cumulative_incidence():
    """Method, 12.1: with two superseded 0.1, 0.3, 0.4, 0.5 are in practice at 2, 3, 5, 8."""
    found = ttp.survival(ten(4, 6))
    assert (found.median_days, found.net_median_days) == (8, 8)
    assert "If nothing were closed for other reasons, the median would be 8 days." in found.text
    early = ttp.survival(durations([2, 3, 4, 5], ["in_practice", "rejected", "rejected", "in_practice"]))
    assert (early.median_days, early.net_median_days) == (5, 5)
    never = ttp.survival(durations([2, 3, 4, 5], ["in_practice", "rejected", "rejected", "open"]))
    assert (never.median_days, never.net_median_days) == (None, None)
    assert "not reached: at most 25% so far. If nothing were closed" in never.text


def test_a_share_just_below_one_half_is_not_rounded_up_to_it():
    """Of 250, 124 are in practice and one was rejected: 49.6%."""
    found = ttp.survival(
        durations([5] * 125 + [9] * 125, ["in_practice"] * 124 + ["rejected"] + ["open"] * 125)
    )
    assert "at most 49.6% so far" in found.text


def test_a_single_finding_gives_no_interval():
    found = ttp.survival(durations([100], ["in_practice"]))
    assert (found.median_days, found.low_days, found.high_days) == (100, None, None)
    assert [(one.share, one.low, one.high) for one in found.within] == [(1, None, None)] * 3
    assert "Median time to practice 100 days (3 months), of a single finding." in found.text
    assert "interval" not in found.text


def entered_late(recorded_on):
    """Write a plan whose only finding was carried out on 20 February, and recorded on a day."""
    tables = plan_of([(50, "carried_out", "")])
    tables["finding"][0]["recorded_on"] = tables["action"][0]["recorded_on"] = recorded_on
    tables["event"][0]["happened_on"] = tables["evidence"][0]["dated_on"] = "2026-02-20"
    return frames_of(tables)


@pytest.mark.parametrize("recorded_on", ["2026-02-20", "2026-06-01"])
def test_what_was_in_practice_when_it_was_recorded_is_told_apart(recorded_on):
    found = ttp.survival(entered_late(recorded_on), stage=3, as_of=NOW)
    assert (found.n, found.events, found.median_days, found.already) == (0, 0, None, ("F-0",))
    assert (
        "1 finding was carried out when it entered the plan, so it tells of no waiting time: F-0."
        in found.text
    )


def test_what_came_a_day_after_the_record_is_a_waiting_time():
    found = ttp.survival(entered_late("2026-02-19"), stage=3, as_of=NOW)
    assert (found.n, found.events, found.median_days, found.already) == (1, 1, 1, ())


def test_those_already_in_practice_are_in_no_curve_group_or_test():
    frame = durations(
        [0, 0, 5, 9, 7, 12], ["in_practice"] * 5 + ["open"], finding_id=list("ABCDEF"), theme=list("xyxxyy")
    )
    found, without = ttp.survival(frame, by="theme"), ttp.survival(frame.iloc[2:], by="theme")
    assert (found.already, found.groups["x"].already, found.groups["y"].already) == (
        ("A", "B"),
        ("A",),
        ("B",),
    )
    assert (found.median_days, found.n) == (without.median_days, 4)
    assert found.log_rank == without.log_rank
    assert (
        "2 findings were in practice when they entered the plan, so they tell of no waiting time: A, B."
        in found.text
    )


def test_a_curve_that_stays_above_one_half_says_so():
    found = ttp.survival(durations([50, 400, 700, 760], ["in_practice", "open", "open", "open"]))
    assert (found.median_days, found.low_days is None, found.high_days) == (None, False, None)
    assert "not reached: fewer than half are in practice after 24 months" in found.text


@pytest.mark.parametrize(
    ("days", "endings", "median"),
    [([], [], None), ([0], ["in_practice"], None), ([4], ["in_practice"], 4), ([5], ["open"], None), ([5, 5], ["rejected", "in_practice"], 5)],
)  # fmt: skip
def test_data_at_the_edge_give_numbers_or_nothing(days, endings, median):
    found = ttp.survival(durations(days, endings))
    assert found.median_days == median
    assert "nan" not in json.dumps(found.as_dict()).lower()
    assert found.text


def test_incidence_and_its_error_agree_with_statsmodels_where_it_gives_one():
    from statsmodels.duration.survfunc import CumIncidenceRight

    rng = np.random.default_rng(3)
    days, cause = rng.integers(1, 40, 150), rng.integers(0, 4, 150)
    days, cause = (
        np.append(days, 41),
        np.append(cause, 0),
    )  # the last one is censored: its error stays a number
    theirs = CumIncidenceRight(days, cause)
    for number, ours in enumerate(cumulative_incidence(days, cause, np.full(151, -1), 3)):
        at = np.searchsorted(theirs.times, ours["days"])
        share, error = theirs.cinc[number][at], theirs.cinc_se[number][at]
        width = np.exp(1.959964 * error / ((1 - share) * -np.log(1 - share)))
        assert ours["share"].to_numpy() == pytest.approx(share)
        assert (1 - ours["low"]).to_numpy() == pytest.approx((1 - share) ** (1 / width), rel=1e-6)
        assert (1 - ours["high"]).to_numpy() == pytest.approx((1 - share) ** width, rel=1e-6)


def test_delayed_entry_counts_a_finding_only_from_when_it_was_under_observation():
    """By hand: A (0–10, done), B (from 5, done at 20), C (from 15, open at 30), D ended at 3 before its entry at 4."""
    entry = np.array([-1, 5, 15, 4])
    days, done = np.array([10, 20, 30, 3]), np.array([True, True, False, True])
    seen = days > entry
    curve = kaplan_meier(days[seen], done[seen], entry[seen])
    assert curve["at_risk"].tolist() == [2, 2]
    assert curve["survival"].tolist() == pytest.approx([1 / 2, 1 / 4])
    frame = durations(
        days, np.where(done, "in_practice", "open"), finding_id=list("ABCD"), recorded_on=["2026-01-01"] * 4
    )
    found = ttp.survival(frame, entered={"B": "2026-01-06", "C": "2026-01-16", "D": "2026-01-05"})
    assert found.curve.equals(curve)
    assert (found.n, found.n_entered_late, found.n_ended_before) == (3, 2, 1)
    assert "1 had ended before they came under observation" in found.text


def test_one_day_of_entry_delays_only_what_was_recorded_before():
    frame = durations(
        [10, 20], ["in_practice", "open"], finding_id=["A", "B"], recorded_on=["2026-01-01", "2026-02-01"]
    )
    found = ttp.survival(frame, entered="2026-01-20")
    assert (found.n, found.n_entered_late, found.n_ended_before) == (1, 0, 1)


def test_a_curve_at_zero_does_not_rise_again_when_others_enter_late():
    curve = kaplan_meier(np.array([1, 3, 4]), np.array([True, True, True]), np.array([-1, 2, 2]))
    assert curve["survival"].tolist() == [0, 0, 0]
    assert curve["high"].tolist() == [1, 1, 1]


def test_a_curve_that_was_at_zero_before_others_entered_carries_a_caution():
    begun = ["2026-01-01"] * 2
    frame = durations([5, 50], ["in_practice"] * 2, finding_id=["A", "B"], recorded_on=begun)
    assert "the curve tells little" in ttp.survival(frame, entered={"B": "2026-01-21"}).text
    assert "the curve tells little" not in ttp.survival(frame).text


def test_groups_nobody_waited_in_are_left_out_of_the_test_and_one_group_is_not_compared():
    frame = durations([1, 5, 6, 7, 8], ["open"] + ["in_practice"] * 4, theme=["a", "b", "b", "c", "c"])
    without = frame.iloc[1:]
    found = ttp.survival(frame, by="theme")
    assert found.log_rank.degrees == 1
    assert found.log_rank.chi_square == pytest.approx(ttp.survival(without, by="theme").log_rank.chi_square)
    assert ttp.survival(frame.iloc[1:3], by="theme").log_rank is None


CAUSES = {0: "open", 1: "in_practice", 2: "rejected"}
WAITED = [2, 3, 3, 5, 8, 4, 6, 9, 12, 12, 1, 4, 7, 7, 10, 11, 13, 2, 5, 6]
LEFT_BY = [1, 1, 1, 1, 1, 2, 2, 0, 0, 0, 1, 2, 1, 1, 0, 2, 1, 2, 2, 1]


@pytest.mark.parametrize(
    ("sizes", "ways", "expected"),
    [
        ((10, 10), (1, 2), (0.276987008041, 1, 0.598682873029)),
        ((10, 10), (2, 1), (0.923583734067, 1, 0.336535756804)),
        ((7, 7, 6), (1, 2), (3.46921099427, 2, 0.176469804400)),
        ((7, 7, 6), (2, 1), (1.66811803932, 2, 0.434282940936)),
    ],
)
def test_grays_test_is_that_of_rs_cmprsk(sizes, ways, expected):
    """R, cmprsk 2.2-11: cuminc(WAITED, LEFT_BY, rep(letters[1:2], c(10, 10)))$Tests, and with c(7, 7, 6)."""
    group = np.repeat(list("abc")[: len(sizes)], sizes)
    endings = [CAUSES[{0: 0, ways[0]: 1, ways[1]: 2}[cause]] for cause in LEFT_BY]
    found = ttp.survival(durations(WAITED, endings, theme=group), by="theme")
    assert (found.gray.chi_square, found.gray.degrees, found.gray.p) == pytest.approx(expected, rel=1e-9)
    assert "Gray's test chi-square" in found.text
    assert found.rows()[0]["gray"]["degrees"] == expected[1]


def test_many_groups_of_one_or_two_are_not_said_to_differ():
    days = [1, 50, 51, 52, 53, 54, 55, 56, 57, 58]
    found = ttp.survival(durations(days, ["in_practice"] * 10, theme=list("abcdefghij")), by="theme")
    assert found.log_rank.p < 0.05
    assert "By theme the groups are too small to tell whether the curves differ" in found.text


def test_without_other_ways_out_there_is_no_grays_test():
    assert ttp.survival(freireich(), by="theme").gray is None
    one = durations([1, 2, 3], ["in_practice", "rejected", "open"], theme=["a"] * 3)
    assert ttp.survival(one, by="theme").gray is None


def test_each_owner_has_a_curve_and_a_mechanism_that_of_its_own_owner():
    tables = plan_of([(50, "carried_out", ""), (20, "open", "")])
    tables["finding"].append(
        {
            "finding_id": "M",
            "kind": "mechanism",
            "statement": "s",
            "recorded_on": "2026-06-01",
            "owner_id": "O-2",
        }
    )
    tables["owner"].append({"owner_id": "O-2", "name": "Bo", "unit": "Roads"})
    frames = frames_of(tables)
    assert ttp.durations(frames, stage=3, as_of=NOW)["owner"].tolist() == ["Ada", "Ada", "Bo"]
    assert list(ttp.survival(frames, stage=3, as_of=NOW, by="owner").groups) == ["Ada", "Bo"]


def test_dates_that_are_known_only_to_an_interval_are_said_so():
    """The indicator is measured every 90 days: in practice on the day of the measurement, or up to 90 days earlier."""
    tables = plan_of([(50, "carried_out", "")])
    tables["event"][0]["happened_on"] = tables["evidence"][0]["dated_on"] = "2026-02-20"
    tables["finding"][0]["recorded_on"] = tables["action"][0]["recorded_on"] = "2026-01-01"
    tables["finding"][0]["recorded_quality"] = "approximate"
    tables["indicator"] = [
        {"indicator_id": "I", "name": "i", "direction": "ascending", "level": "outcome", "baseline": "40", "target": "80",
         "cadence_days": "90"}
    ]  # fmt: skip
    tables["finding_indicator"] = [{"finding_id": "F-0", "indicator_id": "I"}]
    tables["observation"] = [{"indicator_id": "I", "observed_on": "2026-03-01", "value": "85"}]
    found = ttp.survival(frames_of(tables), as_of="2026-06-30")
    assert (found.n_coarse, found.coarse_days, found.n_approximate) == (1, 90, 1)
    assert "known only to the interval between measurements or checks (up to 90 days)" in found.text
    assert "1 finding was recorded on about the day that is given." in found.text
    assert "known only" not in ttp.survival(frames_of(tables), stage=3, as_of="2026-06-30").text


def test_groups_stand_in_the_order_of_their_vocabulary_and_none_is_lost():
    frame = durations([1, 2, 3], ["open"] * 3, certainty=["low", "high", None])
    assert list(ttp.survival(frame, by="certainty").groups) == ["high", "low", "(no certainty)"]


@pytest.mark.parametrize(
    ("frame", "options", "error", "words"),
    [
        (durations([1], ["done"]), {}, UnknownName, "There is no ending 'done'"),
        (durations([-1], ["open"]), {}, PracticeError, "0 or more"),
        (durations([None], ["open"]), {}, PracticeError, "0 or more"),
        (pd.DataFrame({"days": [1]}), {}, PracticeError, "lacks the column 'ending'"),
        (durations([1], ["open"]), {"by": "colour"}, UnknownName, "grouping 'colour'"),
        (durations([1], ["open"]), {"entered": "2026-01-01"}, PracticeError, "Delayed entry needs"),
        ({}, {"stage": 5}, PracticeError, "not to '5'"),
        ({}, {"entered": "soon"}, PracticeError, "'soon' is not a date"),
    ],
)
def test_what_cannot_be_estimated_is_refused_in_one_sentence(frame, options, error, words):
    with pytest.raises(error, match=words):
        ttp.survival(frame, **options)


def decided(*events):
    """Return the ending and days of a finding that waits from 2026-01-01, carried out on 20 February."""
    tables = plan_of([(50, "carried_out", "")])
    tables["finding"][0]["recorded_on"] = tables["action"][0]["recorded_on"] = "2026-01-01"
    tables["finding"].append({**tables["finding"][0], "finding_id": "F-9", "recorded_on": "2027-01-01"})
    tables["event"][0]["happened_on"] = tables["evidence"][0]["dated_on"] = "2026-02-20"
    for event, day in events:
        tables["event"].append(
            {"subject": "finding", "subject_id": "F-0", "event": event, "happened_on": day, "reason": "r", "other_finding_id": "F-9"}
        )  # fmt: skip
    found = ttp.durations(frames_of(tables), stage=3, as_of="2026-04-11")
    return [(row.ending, row.days) for row in found.itertuples()]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], [("carried_out", 50)]),
        ([("reject", "2026-03-01")], [("carried_out", 50)]),
        ([("reject", "2026-01-31")], [("rejected", 30)]),
        ([("reject", "2026-01-31"), ("reopen", "2026-02-10")], [("carried_out", 50)]),
        ([("reject", "2026-01-31"), ("reopen", "2026-03-02")], [("carried_out", 60)]),
        ([("supersede", "2026-02-01"), ("retire", "2026-02-15")], [("retired", 45)]),
        ([("duplicate", "2026-03-01")], []),
    ],
)
def test_a_wait_ends_with_the_stage_or_else_with_the_decision_in_force(events, expected):
    assert decided(*events) == expected


def test_a_finding_recorded_later_is_not_there_and_an_open_one_waits_until_the_day():
    tables = frames_of(plan_of([(50, "open", ""), (20, "open", "")]))
    found = ttp.durations(tables, as_of=NOW - timedelta(days=30))
    assert found[["finding_id", "days", "ending"]].to_numpy().tolist() == [["F-0", 20, "open"]]
    assert found["ended_on"].isna().all()
    assert found["unit"].tolist() == ["Works"]


@pytest.mark.parametrize(("seed", "knowledge"), [(seed, KNOWN[seed % 2]) for seed in range(10)])
def test_waits_and_stays_are_those_that_every_single_day_shows(seed, knowledge):
    rng = random.Random(seed)
    frames, day = frames_of(random_plan(rng)), random_day(rng)
    encoded = encode(frames)
    now = all_findings_on(encoded, day, knowledge)
    until = int(now.day[0]) if len(now) else 0
    rows = {}
    for place, name in enumerate(encoded.findings.ids):
        begin = max(
            int(encoded.findings.recorded[place]), until - 2000
        )  # of one without a date, long before all
        days = np.arange(begin, until + 1, dtype=np.int32)
        rows[name] = stages_on(encoded, FindingDays(np.full(len(days), place), days, now.knowledge))
    waits = ttp.durations(frames, as_of=day, knowledge=knowledge).set_index("finding_id")
    stays = times_in_practice(frames, as_of=day, knowledge=knowledge).set_index("finding_id")
    for name, wait in zip(map(str, waits.index), waits.to_dict("records"), strict=True):
        reached = np.flatnonzero(rows[name] >= 4)
        assert (wait["ending"] == "in_practice") == (len(reached) > 0)
        assert (name in stays.index) == (len(reached) > 0)
        if not len(reached):
            continue
        assert wait["days"] == reached[0]
        after = rows[name][reached[0] :]
        back = np.flatnonzero(after >= 4)[-1]
        fell = np.flatnonzero((after >= 0) & (after < 4))
        lapsed = fell[fell > back]
        assert (stays.loc[name, "ending"] == "lapsed") == (len(lapsed) > 0)
        if len(lapsed):
            assert stays.loc[name, "days"] == lapsed[0]
        is_open = after[: back + 1][after[: back + 1] >= 0]
        assert stays.loc[name, "dips"] == ((is_open[:-1] >= 4) & (is_open[1:] < 4)).sum()


def test_time_in_practice_ends_on_the_day_on_which_data_go_stale():
    """In practice on 1 March by a value that is fresh for 60 days (cadence 30): lapsed on day 61."""
    tables = plan_of([(50, "carried_out", "")])
    tables["finding"].append({**tables["finding"][0], "finding_id": "F-9", "recorded_on": "2027-01-01"})
    tables["event"][0]["happened_on"] = tables["evidence"][0]["dated_on"] = "2026-02-20"
    tables["finding"][0]["recorded_on"] = tables["action"][0]["recorded_on"] = "2026-01-01"
    tables["indicator"] = [
        {"indicator_id": "I", "name": "i", "direction": "ascending", "level": "outcome", "baseline": "40", "target": "80",
         "cadence_days": "30"}
    ]  # fmt: skip
    tables["finding_indicator"] = [{"finding_id": "F-0", "indicator_id": "I"}]
    tables["observation"] = [{"indicator_id": "I", "observed_on": "2026-03-01", "value": "85"}]
    found = ttp.time_in_practice(frames_of(tables), as_of="2026-06-30")
    assert (found.n, found.events, found.median_days) == (1, 1, 61)
    still = ttp.time_in_practice(frames_of(tables), as_of="2026-04-30")
    assert (still.events, still.longest_days) == (0, 60)
    assert "still in practice" in still.text


def test_a_fall_that_a_finding_came_back_from_is_a_dip_and_no_lapse():
    """In practice on 1 March, stale from 1 May (61 days on), measured again on 1 June, stale again from 1 August."""
    tables = plan_of([(50, "carried_out", "")])
    tables["event"][0]["happened_on"] = tables["evidence"][0]["dated_on"] = "2026-02-20"
    tables["finding"][0]["recorded_on"] = tables["action"][0]["recorded_on"] = "2026-01-01"
    tables["indicator"] = [
        {"indicator_id": "I", "name": "i", "direction": "ascending", "level": "outcome", "baseline": "40", "target": "80",
         "cadence_days": "30"}
    ]  # fmt: skip
    tables["finding_indicator"] = [{"finding_id": "F-0", "indicator_id": "I"}]
    tables["observation"] = [
        {"indicator_id": "I", "observed_on": day, "value": "85"} for day in ("2026-03-01", "2026-06-01")
    ]
    down = ttp.time_in_practice(frames_of(tables), as_of="2026-05-31")
    assert (down.events, down.median_days, down.dips) == (1, 61, {})
    back = ttp.time_in_practice(frames_of(tables), as_of="2026-06-30")
    assert (back.events, back.longest_days, back.dips) == (0, 121, {"F-0": 1})
    assert "1 finding fell out of practice and came back, which is no lapse: F-0." in back.text
    gone = ttp.time_in_practice(frames_of(tables), as_of="2026-09-30")
    assert (gone.events, gone.median_days, gone.dips) == (1, 153, {"F-0": 1})


def test_the_sentence_gives_counts_shares_with_intervals_and_the_median():
    days = [100, 150, 200, 300, 400, 800, 500, 900]
    frame = durations(days, ["in_practice"] * 6 + ["open", "rejected"])
    text = ttp.survival(frame, as_of="2026-06-30").text
    assert text.startswith("As of 2026-06-30: 8 findings: 6 put into practice, 1 rejected, 1 still waiting.")
    assert "within 6 months 25% (95% interval 7–69%)" in text
    assert "Median time to practice 300 days (9 months), 95% interval 100 to " in text


@pytest.mark.parametrize(
    ("days", "said"),
    [(60, "60 days"), (61, "2 months"), (181, "5 months"), (183, "6 months"), (364, "11 months"),
     (365, "12 months"), (730, "24 months"), (841, "27 months")],
)  # fmt: skip
def test_a_year_is_twelve_months_and_no_month_is_told_before_it_has_passed(days, said):
    assert spell(days) == said


def test_the_command_prints_a_table_with_its_sentence():
    example = ttp.path_of("data/example")
    result = CliRunner().invoke(main, ["survival", str(example), "--as-of", "2026-06-30", "--by", "kind"])
    assert "within 6 months" in result.stdout
    assert "mechanism" in result.stdout
    assert "As of 2026-06-30: 45 findings" in result.stdout


def test_times_that_nobody_was_followed_for_are_told_in_a_sentence_of_their_own():
    said = ttp.survival(durations([10, 100], ["in_practice", "open"])).text
    assert (
        "Whether in practice within 6, 12 or 24 months cannot be told yet: none was followed so long." in said
    )
    assert ". In practice within" not in said


def test_findings_without_a_date_are_left_out_of_waits_and_cohorts_and_counted_aloud():
    more = {"kind": "insight", "statement": "s"}
    finding = pd.DataFrame(
        [
            {"finding_id": "F-1", "recorded_on": "2025-01-01", "recorded_quality": "", **more},
            {"finding_id": "F-2", "recorded_on": None, "recorded_quality": "unknown", **more},
        ]
    )
    tables = {"finding": finding}
    assert ttp.assess(tables, as_of="1990-01-01")["disposition"].tolist() == ["unknown", "open"]
    waits = ttp.survival(tables, as_of="2026-06-30")
    assert (waits.n, waits.undated) == (1, ("F-2",))
    assert "1 finding without a known date is left out." in waits.text
    figures = ttp.measures(tables, as_of="2026-06-30")
    assert figures.attrs["n_undated"] == 1
    rates = figures.set_index("measure")["denominator"]
    assert (rates["cohort_rate_3_1y"], rates["implementation_rate"], rates["staleness_median_days"]) == (
        1,
        2,
        1,
    )


def test_who_compares_lapses_with_the_lapse_rate_is_told_the_difference():
    with ttp.open_plan(ttp.path_of("data/example")) as plan:
        text = ttp.time_in_practice(plan, as_of="2026-06-30").text
        rate = ttp.measures(plan, as_of="2026-06-30").set_index("measure").loc["lapse_rate", "numerator"]
    assert "4 lapsed" in text
    assert rate == 3
    assert "Any fall out of practice that lasts is a lapse here; the flag lapsed and the lapse rate" in text
