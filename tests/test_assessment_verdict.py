"""Did the indicator move after the action? What is compared with what, and how it is said (method, section 13)."""

from __future__ import annotations

import re
import time
from datetime import date

import numpy as np
import pytest
from builder import frames_of, month_begin, month_middle, monthly_frames, monthly_tables

import theorytopractice as ttp
from theorytopractice.assessment.change_model import Layout
from theorytopractice.assessment.judgement import Cohort, judge
from theorytopractice.assessment.verdict_words import card_text, lapse_text, off_target_since
from theorytopractice.errors import UnknownName

DAY = "2025-12-31"
# Mean and median 52, mean moving range 45 / 15 = 3, limits 44.02 and 59.98.
SIXTEEN = [54, 50, 53, 51] * 4
MOVED = [59, 57, 58, 60, 57, 59, 58, 60]


def only(*arguments, day=DAY, **options):
    """Give the one row of the verdict on such a plan."""
    rows = ttp.verdict(monthly_frames(*arguments, **options), as_of=day).to_dict("records")
    assert len(rows) == 1
    return rows[0]


def test_without_a_value_before_or_after_nobody_can_tell():
    assert only([], [50] * 5)["sentence"] == (
        "There is no measurement from before the action, so nobody can say whether it changed anything."
    )


def test_four_values_before_or_two_after_are_too_few():
    assert (
        only(SIXTEEN[:4], [52] * 3)["verdict"] == only(SIXTEEN[:5], [52] * 2)["verdict"] == "too few points"
    )
    assert only(SIXTEEN[:5], [52, 51, 53])["verdict"] == "no signal"
    row = only(SIXTEEN, [40, 42])
    assert row["sentence"].startswith("Only 2 measurements since the action; at least 3 are needed.")
    assert "52 before and 41 since" in row["sentence"]


def test_limits_are_frozen_before_the_action():
    row = only(SIXTEEN, [90, 10, 90])
    assert (row["mean"], row["mean_moving_range"]) == (52, 3)
    assert (row["lower_limit"], row["upper_limit"]) == pytest.approx((44.02, 59.98))


def test_limits_are_missing_under_five_values_before():
    row = only(SIXTEEN[:4], [52] * 3)
    assert row["mean"] == 52
    assert np.isnan([row["lower_limit"], row["upper_limit"]]).all()


def test_values_between_start_and_completion_are_in_neither_group():
    row = only(SIXTEEN, MOVED, between=[90, 90])
    assert (row["n_pre"], row["n_phase_in"], row["n_post"], row["verdict"]) == (16, 2, 8, "improved")
    assert str(row["started_on"].date()) == month_begin(16)
    assert str(row["post_from"].date()) == month_begin(18)


def test_the_lag_delays_what_counts_as_after():
    row = only(SIXTEEN, [53] * 8, lag_days="20")
    assert (row["n_phase_in"], row["n_post"]) == (1, 7)


def test_without_completion_values_count_from_the_start():
    tables = monthly_tables(SIXTEEN, [53] * 8, between=[53, 53])
    tables["event"].pop()
    row = ttp.verdict(frames_of(tables), as_of=DAY).iloc[0]
    assert (row["n_pre"], row["n_phase_in"], row["n_post"]) == (16, 0, 10)


def test_the_earliest_completion_counts_and_a_cancelled_action_gives_none():
    tables = monthly_tables(SIXTEEN, [53] * 8)
    for action, done in (("B", 14), ("C", 10)):
        tables["action"].append({"action_id": action, "title": "t", "recorded_on": "2019-01-01"})
        tables["finding_action"].append({"finding_id": "F", "action_id": action, "role": "delivers"})
        tables["event"].append(event(action, "complete", month_begin(done)))
    tables["event"].append(event("C", "cancel", month_begin(11), reason="r"))
    tables["event"].append(event("B", "reopen", month_begin(15)))
    row = ttp.verdict(frames_of(tables), as_of=DAY).iloc[0]
    assert (row["n_pre"], row["n_post"]) == (14, 10)


def event(subject_id, what, on, subject="action", **more):
    return {"subject": subject, "subject_id": subject_id, "event": what, "happened_on": on, **more}


def test_without_a_start_no_action_has_started():
    tables = monthly_tables(SIXTEEN, [53] * 8)
    tables["event"] = []
    row = ttp.verdict(frames_of(tables), as_of=DAY).iloc[0]
    assert (row["verdict"], row["sentence"]) == ("cannot tell", "No action has started.")
    assert row["series"] is None


@pytest.mark.parametrize(
    "indicator",
    [
        {"direction": "range"},
        {"measure": "ordinal", "scale": "52;53"},
        {"measure": "nominal", "target": "53"},
    ],
)
def test_ranges_and_words_cannot_be_told(indicator):
    row = only([52] * 12, [53] * 8, **indicator)
    assert (row["verdict"], row["n_pre"], row["n_post"], row["series"]) == ("cannot tell", 12, 8, None)


def test_provisional_values_and_those_recorded_later_are_not_seen():
    tables = monthly_tables(SIXTEEN, [53] * 8)
    tables["observation"][-1]["final"] = "false"
    tables["observation"][-2]["recorded_on"] = "2025-06-01"
    assert counts(tables, as_of="2025-05-31") == (16, 6)
    assert counts(tables, as_of="2025-05-31", knowledge="restated") == (16, 7)
    assert counts(tables, as_of=month_middle(18)) == (16, 3)


def counts(tables, **options):
    row = ttp.verdict(frames_of(tables), **options).iloc[0]
    return row["n_pre"], row["n_post"]


def test_of_two_values_on_one_date_the_latest_recorded_counts():
    tables = monthly_tables(SIXTEEN, [60, 52, 52])
    corrected = {"observation_id": "A-0", "value": "52", "recorded_on": "2025-01-01"}
    tables["observation"].insert(0, tables["observation"][16] | corrected)
    row = ttp.verdict(frames_of(tables), as_of=DAY).iloc[0]
    assert (row["n_post"], row["median_post"]) == (3, 52)
    assert ttp.verdict(frames_of(tables), as_of="2024-12-31")["sentence"].str.contains("outside").all()


def test_a_material_revision_hides_what_came_before_it():
    tables = monthly_tables(SIXTEEN, [53] * 8)
    tables["event"].append(event("F", "review_material", month_middle(3), "finding"))
    assert counts(tables, as_of=DAY) == (12, 8)


def test_indicators_of_every_level_required_or_not_are_judged_and_each_once():
    tables = monthly_tables(SIXTEEN, MOVED, level="output")
    tables["finding_indicator"][0]["required"] = "false"
    tables["finding_indicator"].append({"finding_id": "F", "indicator_id": "I", "action_id": "A"})
    assert ttp.verdict(frames_of(tables), as_of=DAY)["verdict"].tolist() == ["improved"]


@pytest.mark.parametrize("kind", ["experience", "mechanism"])
def test_only_insights_and_problems_are_judged(kind):
    assert len(ttp.verdict(monthly_frames(SIXTEEN, [53] * 8, kind=kind), as_of=DAY)) == 0
    assert only(SIXTEEN, MOVED, kind="problem")["verdict"] == "improved"


def test_closed_findings_and_indicators_without_values_have_no_verdict():
    tables = monthly_tables(SIXTEEN, [53] * 8)
    tables["event"].append(event("F", "reject", "2024-01-01", "finding", reason="r"))
    assert len(ttp.verdict(frames_of(tables), as_of=DAY)) == 0
    assert len(ttp.verdict(monthly_frames([], []), as_of=DAY)) == 0
    assert len(ttp.verdict({}, as_of=DAY)) == 0


def test_a_number_too_large_to_be_squared_is_not_compared():
    assert only(SIXTEEN, ["1e200", "53", "53"])["verdict"] == "cannot tell"


def test_a_sure_verdict_names_its_month_both_levels_and_the_interval():
    row = only(SIXTEEN, MOVED, day="2022-01-31")
    assert row["verdict"] == "improved"
    assert re.fullmatch(
        r"Better since May 2021: 5[12][.\d]* → 58[.\d]* on average \([.\d]+ to [.\d]+ higher, 95% interval\)\.",
        row["sentence"],
    )
    assert row["low"] < row["effect"] < row["high"]
    assert row["low"] > 0
    assert (str(row["since_when"].date()), row["rival"]) == (month_middle(16), "")
    assert "Better since May:" in only(SIXTEEN, MOVED, day="2021-12-31")["sentence"]


def test_less_is_better_where_the_direction_is_descending():
    assert only(SIXTEEN, [104 - one for one in MOVED], direction="descending")["verdict"] == "improved"
    assert only(SIXTEEN, MOVED, direction="descending")["verdict"] == "worse"


def test_the_present_is_judged_and_what_was_better_is_told():
    """Eight months at 58, then fourteen at 41: worse now, and nothing else stands beside it."""
    row = only([*SIXTEEN, *SIXTEEN[:8]], [*MOVED, *[41, 40, 42, 39, 41, 42, 40] * 2], day="2024-01-01")
    assert row["verdict"] == "worse"
    assert row["sentence"].startswith("Worse since September 2022: ")
    assert row["history"] == "It was better than before the action from January to August 2022"
    assert row["sentence"].endswith(row["history"] + ".")


def test_an_old_trend_is_named_as_what_else_may_explain_it():
    rising = [50 + k / 6 + (k * 7 % 5 - 2) / 2 for k in range(48)]
    row = only(rising[:24], rising[24:])
    assert (row["verdict"], row["rival"]) == ("better, but", "old trend")
    assert row["sentence"].endswith("on average), but it may have been rising already.")


def test_too_few_events_are_said():
    row = only([0] * 12, [0, 0, 1], measure="count", direction="descending")
    assert (row["verdict"], row["sentence"]) == (
        "cannot tell",
        "There were too few events, before and since, to say whether anything changed.",
    )


def test_of_counts_with_exposure_all_figures_are_rates():
    pre, post = [40, 38, 42, 41] * 3, [28, 29, 27, 30] * 3
    row = only(pre, post, exposure=[2000] * 12 + [1000] * 12, measure="count", direction="descending")
    assert (row["verdict"], row["mean"]) == ("worse", pytest.approx(0.020125))
    assert row["effect"] == pytest.approx(0.0084, abs=0.0015)
    assert row["upper_limit"] < 1


@pytest.mark.parametrize(
    ("values", "options", "low", "high"),
    [
        ([3, 0, 9, 0, 5, 1], {"measure": "count", "direction": "descending"}, 0, 99),
        ([99, 70, 100, 60, 98, 100], {"measure": "percentage"}, 0, 100),
        ([-9, 9, -9, 9, -9, 9], {}, -99, 99),
    ],
)
def test_limits_stay_within_what_the_measure_can_be(values, options, low, high):
    row = only(values * 2, values[:4], **options)
    assert low <= row["lower_limit"] <= row["upper_limit"] <= high
    assert (row["lower_limit"] < 0) == (low < 0)


def test_no_signal_is_worded_as_the_expected_range_and_never_as_no_effect():
    assert only(SIXTEEN, [52, 51, 53])["sentence"] == (
        "Since the action the figure has stayed within its expected range (44–60)."
    )
    assert only(SIXTEEN, [61, 45, 50])["sentence"] == (
        "Since the action no change is clear; some values lay outside the expected range (44–60)."
    )


def test_each_verdict_carries_how_often_it_is_wrong():
    row = only(SIXTEEN, MOVED)
    assert row["error"]["regime"] == "normal"
    assert (row["error"]["n_pre"], row["error"]["n_post"]) == (12, 12)
    assert (
        f"{100 * row['error']['false_claim']:.1f}% are ever called improved or worse"
        in row["series_sentence"]
    )
    assert only(SIXTEEN, [52])["error"] is None


def test_daily_values_are_judged_by_whole_weeks():
    """A wave of seven days, and nothing else: by days it would remember."""
    random = np.random.default_rng(8)
    days = np.arange(140)
    values = (50 + 10 * np.sin(2 * np.pi * days / 7) + random.normal(0, 1, 140)).round(2)
    tables = monthly_tables([1] * 70, [1] * 70)
    for k, row in enumerate(tables["observation"]):
        row |= {"value": str(values[k]), "observed_on": str(np.datetime64("2021-01-01") + k)}
    for row in tables["event"]:
        row["happened_on"] = "2021-03-12"
    row = ttp.verdict(frames_of(tables), as_of=DAY).iloc[0]
    assert (row["n_pre"], row["n_post"], row["verdict"]) == (70, 70, "no signal")
    for k, one in enumerate(tables["observation"]):
        one["value"] = str(values[k] + 4 * (k >= 70))
    assert ttp.verdict(frames_of(tables), as_of=DAY)["verdict"].iloc[0] == "improved"


def test_among_thirty_indicators_one_weak_claim_is_taken_back():
    tables = monthly_tables(SIXTEEN, [54, 55, 53, 56, 54, 55])
    alone = ttp.verdict(frames_of(tables), as_of=DAY).iloc[0]
    assert alone["verdict"] == "improved"
    assert 0.001 < alone["p"] < 0.05
    observed = list(tables["observation"])
    for number in range(29):
        name = f"J-{number}"
        tables["indicator"].append(tables["indicator"][0] | {"indicator_id": name})
        tables["finding_indicator"].append({"finding_id": "F", "indicator_id": name})
        for k, one in enumerate(observed):
            value = str(50 + (k * (number + 3)) % 7)
            tables["observation"].append(
                one | {"observation_id": f"{name}-{k}", "indicator_id": name, "value": value}
            )
    among = ttp.verdict(frames_of(tables), "I", as_of=DAY).iloc[0]
    assert (among["verdict"], among["rival"]) == ("better, but", "other indicators")
    assert "of 30 indicators one may move so far by chance" in among["sentence"]


def test_no_sentence_claims_a_cause():
    plans = [(SIXTEEN, MOVED), (SIXTEEN, [45] * 9), (SIXTEEN, [60] * 3), (range(9), [5] * 9), ([5], [5])]
    for pre, post in plans:
        row = only(pre, post)
        assert "because" not in (row["sentence"] + row["series_sentence"]).casefold()


def test_one_indicator_can_be_asked_for_and_the_others_count_as_examined():
    tables = monthly_tables(SIXTEEN, [53] * 8)
    tables["indicator"].append(tables["indicator"][0] | {"indicator_id": "J"})
    tables["finding_indicator"].append({"finding_id": "F", "indicator_id": "J"})
    tables["observation"].append({"indicator_id": "J", "observed_on": month_middle(1), "value": "1"})
    frame = ttp.verdict(frames_of(tables), "J", as_of=DAY)
    assert (frame["indicator_id"].tolist(), frame.attrs["n_examined"]) == (["J"], 2)
    with pytest.raises(UnknownName, match="There is no indicator 'K'"):
        ttp.verdict(frames_of(tables), "K", as_of=DAY)


def test_thousand_indicators_are_judged_in_a_moment():
    values = np.random.default_rng(1).normal(50, 4, (1000, 36))
    series = Cohort(Layout(tuple(map(float, range(36))), 18, 12.0), "unit", values, None, np.ones(1000))
    begin = time.process_time()
    judge(series)
    assert time.process_time() - begin < 3


def test_the_card_of_a_lapsed_finding_never_reads_improved():
    row: dict[object, str] = {"verdict": "improved", "sentence": "Better since May: 6 → 2 on average."}
    since = off_target_since(
        [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)], [1.0, 3.0, 4.0], target=1, better=-1
    )
    assert since == date(2026, 2, 1)
    lapse = lapse_text(since, "4 days", "1", "6.6", date(2026, 3, 31))
    assert card_text(row, is_lapsed=True, lapse=lapse) == (
        "Better than before, but off target again since February: 4 days now (target 1; 6.6 before)."
    )
    assert card_text(row, is_lapsed=True).startswith("Better than before, but lapsed: ")
    assert card_text(row, is_lapsed=False) == "Improved: Better since May: 6 → 2 on average."


def test_a_figure_on_target_or_never_on_it_is_not_off_it_again():
    days = [date(2026, 1, 1), date(2026, 2, 1)]
    assert off_target_since(days, [3.0, 1.0], target=1, better=-1) is None
    assert off_target_since(days, [3.0, 4.0], target=1, better=-1) is None


def two_steps():
    """Lay out 12 months, then 10 since a first action, then 10 since a second one, which began and ended later."""
    tables = monthly_tables(
        SIXTEEN[:12], [59, 58, 60, 57, 59, 58, 60, 59, 57, 58, *[66, 65, 67, 66, 64, 66, 67, 65, 66, 65]]
    )
    tables["action"].append({"action_id": "B", "title": "t", "recorded_on": "2019-01-01"})
    tables["finding_action"].append({"finding_id": "F", "action_id": "B", "role": "delivers"})
    tables["event"] += [event("B", "start", month_begin(22)), event("B", "complete", month_begin(23))]
    return frames_of(tables)


def test_a_second_action_is_compared_with_the_time_since_the_first():
    first, second = (ttp.verdict(two_steps(), as_of=DAY, step=step).iloc[0] for step in (1, 2))
    assert (first["n_pre"], first["n_post"]) == (12, 20)
    assert (second["n_pre"], second["n_phase_in"], second["n_post"]) == (10, 1, 9)
    assert (second["mean"], second["verdict"]) == (58.5, "improved")
    assert len(ttp.verdict(two_steps(), as_of=DAY, step=3)) == 0
    at_once = two_steps()
    at_once["event"].loc[at_once["event"]["subject_id"] == "B", "happened_on"] = month_begin(12)
    assert (
        ttp.verdict(at_once, as_of=DAY, step=2)["sentence"]
        .item()
        .startswith("There is no measurement between")
    )
    assert len(ttp.verdict(two_steps(), "I", as_of=DAY, step=2)) == 1


def test_before_a_second_step_stands_no_phase():
    frame = ttp.counterfactual(two_steps(), "F", "I", as_of=DAY, step=2)
    assert frame["phase"].isna().sum() == 12
    assert frame["phase"].value_counts().to_dict() == {"pre": 10, "post": 9, "phase-in": 1}
