"""Did the indicator move after the action? Each rule of the method's section 13 at its edge, and its words."""

from __future__ import annotations

import statistics
import time
from itertools import pairwise

import numpy as np
import pytest
from builder import frames_of, month_begin, month_middle, monthly_frames, monthly_tables
from scipy.stats import binom, linregress

import theorytopractice as ttp
from theorytopractice.assessment.before_after import Values, Verdict, judge_series
from theorytopractice.errors import UnknownName

DAY = "2025-12-31"
# Mean and median 52, mean moving range 45 / 15 = 3, limits 44.02 and 59.98, two thirds of the way 46.68 and 57.32.
SIXTEEN = [54, 50, 53, 51] * 4
TWELVE = SIXTEEN[:12]


def only(*arguments, day=DAY, **options):
    """Give the one row of the verdict on such a plan."""
    rows = ttp.verdict(monthly_frames(*arguments, **options), as_of=day).to_dict("records")
    assert len(rows) == 1
    return rows[0]


def word(pre, post):
    """Give the verdict by the rules alone, without a plan around the values."""
    values = np.array([*pre, *post], dtype=float)
    place = np.arange(len(values))
    series = Values(np.zeros(len(values), dtype=np.int64), place.astype(float), values, 1)
    return str(list(Verdict)[judge_series(series, place >= len(pre), np.ones(1)).verdict[0]])


def test_without_a_value_before_or_after_nobody_can_tell():
    assert only([], [50] * 5)["sentence"] == (
        "There is no measurement from before the action, so nobody can say whether it changed anything."
    )
    assert word([], [50] * 5) == word([50] * 5, []) == "cannot tell"


def test_four_values_before_or_two_after_are_too_few():
    four, five = SIXTEEN[:4], SIXTEEN[:5]
    assert word(four, [52] * 3) == word(five, [52] * 2) == "too few points"
    assert word(five, [52] * 3) == "no signal"
    row = only(SIXTEEN, [40, 42])
    assert row["sentence"].startswith("Only 2 measurements since the action; at least 3 are needed.")
    assert "52 before and 41 since" in row["sentence"]


def test_a_trend_before_the_action_is_looked_for_from_eight_values_on():
    assert word(range(1, 9), [4, 5, 4]) == "baseline not stable"
    assert word(range(1, 8), [4, 5, 4]) == "no signal"


def test_runs_before_the_action_are_looked_for_from_ten_useful_values_on():
    """A valley has no slope: 2 crossings, and of 12 values at least 3 are expected."""
    assert word([10, 11, 10, 0, 1, 0, 0, 1, 0, 10, 11, 10], [5, 6, 5]) == "baseline not stable"
    assert word([10, 11, 0, 1, 0, 0, 1, 11, 10], [5, 6, 5]) == "no signal"


def test_on_trial_limits_a_run_is_no_sign():
    assert word(TWELVE[1:], [53] * 8) == "no signal"
    assert word(TWELVE, [53] * 8) == "improved"


def test_on_trial_limits_the_only_sign_is_a_possible_one():
    """Five values: mean 52, mean moving range 2.5, upper limit 58.65."""
    row = only([54, 50, 53, 51, 52], [59, 52, 52])
    assert row["verdict"] == "possible improvement"
    assert row["upper_limit"] == pytest.approx(58.65)
    assert "That range is provisional: it rests on 5 measurements." in row["sentence"]
    assert word([54, 50, 53, 51, 52], [45, 52, 52]) == "possible worsening"


def test_eight_values_in_a_row_on_one_side_of_the_mean_are_a_sign_and_seven_are_none():
    assert word(SIXTEEN, [53] * 8) == "improved"
    assert word(SIXTEEN, [53] * 7) == "no signal"
    assert word(SIXTEEN, [51] * 8) == "worse"


def test_a_value_on_the_mean_breaks_the_run():
    assert word(SIXTEEN, [53] * 4 + [52] + [53] * 4) == "no signal"


def test_decimals_on_the_mean_as_written_break_the_run():
    assert word([0.1, 0.3] * 8, [0.2] * 8) == "no signal"
    assert word([1.1, 3.3] * 8, [2.2] * 8) == "no signal"


def test_a_run_over_the_median_is_a_sign_of_anhoej_though_values_on_it_break_the_other():
    """25 useful values allow a run of 8; nine with one on the median between them are too many."""
    row = only(SIXTEEN, [53] * 4 + [52] + [53] * 5)
    assert (row["verdict"], row["longest_run"], row["n_crossings"]) == ("improved", 9, 16)
    assert "its middle value was 52 before and 53 since" in row["sentence"]


def test_less_is_better_where_the_direction_is_descending():
    assert only(SIXTEEN, [51] * 8, direction="descending")["verdict"] == "improved"
    assert only(SIXTEEN, [53] * 8, direction="descending")["verdict"] == "worse"


@pytest.mark.parametrize(
    ("post", "verdict"),
    [
        ([60, 52, 52], "possible improvement"),
        ([59.98, 52, 52], "no signal"),
        ([44, 52, 52], "possible worsening"),
        ([58, 51, 58], "possible improvement"),
        ([58, 51, 51, 58], "no signal"),
        ([57.32, 57.32, 57.32], "no signal"),
        ([46, 46, 52], "possible worsening"),
        ([60, 52, 44], "possible improvement"),
    ],
)
def test_a_value_beyond_the_limit_or_two_of_three_near_it_are_a_possible_sign(post, verdict):
    assert word(SIXTEEN, post) == verdict


def test_signs_on_both_sides_are_told():
    assert "and some on the worse side too" in only(SIXTEEN, [60, 52, 44])["sentence"]


def test_a_possible_sign_says_whether_values_lie_beyond_the_range_or_close_to_its_edge():
    """Limits 44.02 and 59.98, two thirds of the way 46.68 and 57.32."""
    said = [
        only(SIXTEEN, post)["sentence"] for post in ([60, 52, 61], [58, 51, 58], [46, 46, 52], [44, 52, 52])
    ]
    more = "more are needed to be sure."
    assert said == [
        f"Since the action 2 measurements lie beyond the earlier range (44–60), on the better side; {more}",
        f"Since the action 2 of 3 measurements in a row lie close to the upper edge of the earlier range (44–60), on the better side; {more}",
        f"Since the action 2 of 3 measurements in a row lie close to the lower edge of the earlier range (44–60), on the worse side; {more}",
        f"Since the action 1 measurement lies beyond the earlier range (44–60), on the worse side; {more}",
    ]


def test_a_run_that_ended_is_said_with_its_months_and_what_came_after():
    """Sixteen months from January 2020: the first since the action is May 2021."""
    ended = only(SIXTEEN, [53] * 8 + [51] * 5)["sentence"]
    assert ended.startswith(
        "8 measurements in a row from May to December 2021 are better than the earlier average of 52; the last 5 are not; "
    )
    mixed = only(SIXTEEN, [53] * 9 + [51, 53, 51])["sentence"]
    assert "9 measurements in a row from May 2021 to January 2022 are better" in mixed
    assert "of 52; of the 3 after them 1 is too; " in mixed


def test_limits_are_frozen_before_the_action():
    row = only(SIXTEEN, [90, 10, 90])
    assert (row["mean"], row["mean_moving_range"]) == (52, 3)
    assert (row["lower_limit"], row["upper_limit"]) == pytest.approx((44.02, 59.98))


def test_limits_are_missing_under_five_values_before():
    row = only(SIXTEEN[:4], [52] * 3)
    assert row["mean"] == 52
    assert np.isnan([row["lower_limit"], row["upper_limit"]]).all()


def test_values_between_start_and_completion_are_in_neither_group():
    row = only(SIXTEEN, [53] * 8, between=[90, 90])
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
    assert (row["n_post"], row["verdict"]) == (3, "no signal")
    assert ttp.verdict(frames_of(tables), as_of="2024-12-31")["verdict"].iloc[0] == "possible improvement"


def test_a_material_revision_hides_what_came_before_it():
    tables = monthly_tables(SIXTEEN, [53] * 8)
    tables["event"].append(event("F", "review_material", month_middle(3), "finding"))
    assert counts(tables, as_of=DAY) == (12, 8)


def test_indicators_of_every_level_required_or_not_are_judged_and_each_once():
    tables = monthly_tables(SIXTEEN, [53] * 8, level="output")
    tables["finding_indicator"][0]["required"] = "false"
    tables["finding_indicator"].append({"finding_id": "F", "indicator_id": "I", "action_id": "A"})
    assert ttp.verdict(frames_of(tables), as_of=DAY)["verdict"].tolist() == ["improved"]


@pytest.mark.parametrize("kind", ["experience", "mechanism"])
def test_only_insights_and_problems_are_judged(kind):
    assert len(ttp.verdict(monthly_frames(SIXTEEN, [53] * 8, kind=kind), as_of=DAY)) == 0
    assert only(SIXTEEN, [53] * 8, kind="problem")["verdict"] == "improved"


def test_closed_findings_and_indicators_without_values_have_no_verdict():
    tables = monthly_tables(SIXTEEN, [53] * 8)
    tables["event"].append(event("F", "reject", "2024-01-01", "finding", reason="r"))
    assert len(ttp.verdict(frames_of(tables), as_of=DAY)) == 0
    assert len(ttp.verdict(monthly_frames([], []), as_of=DAY)) == 0
    assert len(ttp.verdict({}, as_of=DAY)) == 0


def test_a_number_too_large_to_be_squared_is_not_compared():
    assert only(SIXTEEN, ["1e200", "53", "53"])["verdict"] == "cannot tell"


def test_words_name_the_run_its_month_and_the_earlier_average():
    row = only(SIXTEEN, [53] * 9, day=month_middle(25))
    assert row["sentence"] == (
        "9 measurements in a row since May 2021 are better than the earlier average of 52; "
        "a slow improvement that had already begun could look the same."
    )
    assert "since May are better" in only(SIXTEEN, [53] * 8, day="2021-12-31")["sentence"]


def test_a_run_that_is_over_is_not_told_as_if_it_lasted():
    row = only(SIXTEEN, [53] * 8 + [47, 46, 47], day=month_middle(28))
    assert row["verdict"] == "improved"
    assert row["sentence"].startswith(
        "8 measurements in a row from May to December 2021 are better than the earlier average of 52; "
        "the last 3 are not; "
    )


def test_under_24_values_before_every_improvement_carries_the_warning():
    warning = "a slow improvement that had already begun could look the same"
    assert warning in only((SIXTEEN * 2)[:23], [53] * 12)["sentence"]
    assert warning not in only((SIXTEEN * 2)[:24], [53] * 12)["sentence"]


def test_no_signal_is_worded_as_the_range_seen_before_and_never_as_no_effect():
    assert only(SIXTEEN, [52] * 3)["sentence"] == (
        "Since the action the figure has stayed within its earlier range (44–60)."
    )


def test_no_sentence_claims_a_cause():
    plans = [(SIXTEEN, [53] * 9), (SIXTEEN, [51] * 9), (SIXTEEN, [60] * 3), (range(9), [5] * 9), ([5], [5])]
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


# --- the same rules a second way, value by value --------------------------------------------------------


def signal(values, median):
    side = [value > median for value in values if value != median]
    if len(side) < 10:
        return False
    lengths = [1]
    for before, after in pairwise(side):
        lengths = [*lengths[:-1], lengths[-1] + 1] if before == after else [*lengths, 1]
    too_long = max(lengths) > round(np.log2(len(side))) + 3
    return too_long or len(lengths) - 1 < binom.ppf(0.05, len(side) - 1, 0.5)


def moved(pre, post):
    mean, median = statistics.fmean(pre), statistics.median(pre)
    row = 0
    for value in post:
        row = row + 1 if value > mean else 0
        if row == 8:
            return True
    return signal([*pre, *post], median) and statistics.median(post) > median


def possible(pre, post):
    reach = 2.66 * statistics.fmean(abs(b - a) for a, b in pairwise(pre))
    mean = statistics.fmean(pre)
    far = [value > mean + reach * 2 / 3 for value in post]
    near = any(sum(far[i : i + 3]) >= 2 for i in range(len(far) - 2))
    return any(value > mean + reach for value in post) or near


def slowly(pre, post):
    if len(pre) < 5 or len(post) < 3:
        return "too few points" if pre and post else "cannot tell"
    has_trend = len(pre) >= 8 and linregress(range(len(pre)), pre).pvalue < 0.05
    if has_trend or (len(pre) >= 8 and signal(pre, statistics.median(pre))):
        return "baseline not stable"
    down = [-value for value in pre], [-value for value in post]
    if len(pre) >= 12 and moved(pre, post):
        return "improved"
    if len(pre) >= 12 and moved(*down):
        return "worse"
    signs = {"possible improvement": possible(pre, post), "possible worsening": possible(*down)}
    return next((word for word, holds in signs.items() if holds), "no signal")


def random_series(random):
    pre, post = random.choice([0, 3, 4, 5, 7, 8, 9, 11, 12, 14, 24]), random.choice([0, 2, 3, 8, 12, 24])
    shift = random.choice([0, 0, 0.8, -0.8, 2])
    drift = random.choice([0, 0, 0.2]) * np.arange(pre + post)
    found = random.normal(0, 1, pre + post) + drift
    found[pre:] += shift
    return np.round(found * 4).tolist() if random.random() < 0.4 else found.tolist(), pre


def test_700_random_series_are_judged_as_value_by_value():
    random = np.random.default_rng(13)
    series = [random_series(random) for _ in range(700)]
    lengths = [len(values) for values, _ in series]
    segment = np.repeat(np.arange(len(series)), lengths)
    place = np.concatenate([np.arange(n) for n in lengths])
    is_post = place >= np.array([pre for _, pre in series])[segment]
    together = Values(segment, place.astype(float), np.concatenate([v for v, _ in series]), len(series))
    found = judge_series(together, is_post, np.ones(len(series))).verdict
    expected = [slowly(values[:pre], values[pre:]) for values, pre in series]
    assert [str(list(Verdict)[i]) for i in found] == expected
    assert set(expected) == {str(verdict) for verdict in Verdict}


# --- what the procedure costs ---------------------------------------------------------------------------


def share_improved(n_pre, n_post, seed, trend=0.0, n=8000):
    k = n_pre + n_post
    values = np.random.default_rng(seed).standard_normal((n, k)) + trend * np.arange(k)
    place = np.tile(np.arange(k), n)
    together = Values(np.repeat(np.arange(n), k), place.astype(float), values.ravel(), n)
    found = judge_series(together, place >= n_pre, np.ones(n)).verdict
    return (found == list(Verdict).index(Verdict.IMPROVED)).mean()


@pytest.mark.parametrize(
    ("n_pre", "n_post", "trend", "published"),
    [(12, 12, 0, 0.047), (24, 24, 0, 0.061), (12, 12, 0.1, 0.497)],
)
def test_false_alarms_are_as_often_as_the_method_says(n_pre, n_post, trend, published):
    """Within three standard errors, if the published figures rest on about 2,000 series."""
    error = (published * (1 - published) * (1 / 2000 + 1 / 8000)) ** 0.5
    assert abs(share_improved(n_pre, n_post, 20, trend) - published) < 3 * error


def test_thousand_series_are_judged_in_a_moment():
    begin = time.perf_counter()
    share_improved(18, 18, 1, n=1000)
    assert time.perf_counter() - begin < 3
