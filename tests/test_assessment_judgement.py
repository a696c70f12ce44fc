"""Is the evidence for a change what a second way gives, and do the words keep to it?"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import numpy as np
import operating
import pytest
from scipy.stats import binom

from theorytopractice.assessment import change_model
from theorytopractice.assessment.change_model import Layout, last_change, model
from theorytopractice.assessment.judgement import Cohort, Rival, Verdict, chance, judge, ljung_box_p, words
from theorytopractice.assessment.measured_scale import exact_p, scale_of, tame
from theorytopractice.assessment.operating_characteristics import nearest

MONTHS = 12.0


def layout(n_pre, n_post, cycle=MONTHS):
    return Layout(tuple(float(k) for k in range(n_pre + n_post)), n_pre, cycle)


def cohort(pre, post, measure="unit", size=None, better=1.0):
    value = np.array([[*pre, *post]], dtype=float)
    n = None if size is None else np.array([size], dtype=float)
    return Cohort(layout(len(pre), len(post)), measure, value, n, np.array([better]))


def only(*arguments, **options):
    told = judge(cohort(*arguments, **options))
    return told.word[0], told.rival[0], told


def covariances(time, n_pre, cycle):
    """Write out every covariance with its weight, cell by cell."""
    n = len(time)
    seasons = change_model.SEASONS if cycle else change_model.SEASONS[:1]
    for (memory, a), (trend, b), (season, c) in product(change_model.MEMORIES, change_model.TRENDS, seasons):
        matrix = np.zeros((n, n))
        for i, j in product(range(n), range(n)):
            apart = abs(time[i] - time[j])
            turn = 2 * math.pi * apart / cycle if cycle else 0.0
            wave = math.cos(turn) + change_model.SECOND_WAVE * math.cos(2 * turn)
            line = (time[i] - time[n_pre]) * (time[j] - time[n_pre])
            near = memory**apart if memory else float(i == j)
            matrix[i, j] = near + trend**2 * line + season**2 * wave
        yield matrix, a * b * c


def likelihood(matrix, y):
    """Integrate level and size of the noise out by formula (Liang et al. 2008)."""
    ones = np.ones(len(y))
    still, own = np.linalg.solve(matrix, y), np.linalg.solve(matrix, ones)
    left = y @ still - (ones @ still) ** 2 / (ones @ own)
    return np.exp(
        -0.5 * np.linalg.slogdet(matrix)[1] - 0.5 * math.log(ones @ own) - (len(y) - 1) / 2 * math.log(left)
    )


def slow_ratio(y, n_pre, cycle, m):
    """Weigh a change in the first m values with whole matrices."""
    time = np.arange(len(y), dtype=float)
    step = (time >= n_pre).astype(float)
    bend = step * (time - time[n_pre])
    still = moved = 0.0
    for matrix, weight in covariances(time, n_pre, cycle):
        still += weight * likelihood(matrix[:m, :m], y[:m])
        for size, share in change_model.BENDS:
            changed = matrix + change_model.STEP**2 * np.outer(step, step) + size**2 * np.outer(bend, bend)
            moved += weight * share * likelihood(changed[:m, :m], y[:m])
    return math.log(moved / still)


@pytest.mark.parametrize("cycle", [0.0, MONTHS])
def test_the_evidence_at_every_look_is_that_of_whole_matrices(cycle):
    values = np.random.default_rng(3).normal(50, 4, (2, 15))
    values[:, 9:] += 6
    found = model(layout(9, 6, cycle)).weigh(values, 3).ratio
    for row, y in enumerate(values):
        scaled = (y - y[:9].mean()) / y.std()
        expected = [slow_ratio(scaled, 9, cycle, m) for m in range(12, 16)]
        assert found[row] == pytest.approx(expected, rel=1e-8)


def test_integrating_level_and_noise_out_is_what_quadrature_gives():
    y = np.array([0.2, -0.4, 0.9, 1.4])
    near = np.array([[0.5 ** abs(i - j) for j in range(4)] for i in range(4)])
    ratio = likelihood(near, y) / likelihood(np.eye(4), y)

    def by_quadrature(matrix):
        """Add the density up over a fine grid of level and logarithm of the noise."""
        middle, log_noise = np.meshgrid(np.arange(-20, 20, 0.02), np.arange(-3, 3, 0.02))
        rest = y[:, None, None] - middle
        square = np.einsum("iab,ij,jab->ab", rest, np.linalg.inv(matrix), rest) / np.exp(2 * log_noise)
        return np.exp(-square / 2 - 4 * log_noise).sum() / math.sqrt(np.linalg.det(matrix))

    assert ratio == pytest.approx(by_quadrature(near) / by_quadrature(np.eye(4)), rel=1e-3)


def test_shift_and_unit_do_not_change_the_evidence():
    values = np.random.default_rng(4).normal(0, 1, (3, 20))
    one = model(layout(12, 8)).weigh(values, 3)
    other = model(layout(12, 8)).weigh(values * 250 + 7000, 3)
    assert one.ratio == pytest.approx(other.ratio, rel=1e-6)
    assert one.effect * 250 == pytest.approx(other.effect, rel=1e-6)


def test_the_exact_p_of_events_is_that_of_the_binomial():
    value, size = np.array([[4.0, 6, 1, 0, 2]]), np.array([[10.0, 10, 20, 10, 30]])
    found = exact_p(value, size, "count", 2)[0]
    for look, since, exposed in ((0, 1, 20), (1, 1, 30), (2, 3, 60)):
        share = exposed / (20 + exposed)
        total = 10 + since
        tails = binom.cdf(since, total, share), binom.sf(since - 1, total, share)
        assert found[look] == pytest.approx(min(1, 2 * min(tails)))


@pytest.mark.parametrize(
    ("measure", "values", "size"),
    [
        ("count", [0, 3, 17, 40], None),
        ("count", [3, 17, 40, 12], [1000, 1000, 1000, 1000]),
        ("percentage", [0, 98, 100, 45.5], None),
        ("unit", [1, 2, 3, 90], None),
        ("unit", [-4, 0, 3, 2.5], None),
    ],
)
def test_a_scale_leads_back_to_the_values(measure, values, size):
    n = None if size is None else np.array([size], dtype=float)
    scale = scale_of(measure, np.array([values], dtype=float), n, 2)
    back = scale.back(scale.forward(scale.values))
    expected = np.array(values) / (np.array(size) if size else 1)
    assert back[0] == pytest.approx(expected, abs=1e-9)


def test_no_level_leads_beyond_what_the_measure_can_be():
    far = np.array([-9.0, 9.0])
    assert scale_of("count", np.zeros((1, 4)), None, 2).back(far)[0] == 0
    for size in (None, np.full((1, 4), 50.0)):
        ends = scale_of("percentage", np.full((1, 4), 98.0), size, 2).back(far * 5)
        assert 0 <= ends.min() <= ends.max() <= 100


def test_a_far_value_counts_only_as_far_as_it_might_by_chance():
    pre = [50, 52, 48, 51, 49, 50, 52, 48]
    found = tame(np.array([[*pre, 51.0, 500.0, 49.0]]), 8)[0]
    assert found[:8].tolist() == pre
    assert found[9] < 60


def test_events_too_few_are_told_and_not_weighed():
    assert only([0] * 12, [0, 0, 1], "count", better=-1)[:2] == (Verdict.CANNOT_TELL, Rival.EVENTS)
    assert only([1] + [0] * 11, [0] * 8, "count", better=-1)[:2] == (Verdict.CANNOT_TELL, Rival.EVENTS)


def test_the_rate_is_judged_and_not_the_count():
    pre, post = (
        [40, 38, 41, 37, 42, 39, 40, 43, 38, 41, 40, 39],
        [28, 30, 27, 29, 26, 28, 31, 27, 29, 28, 27, 30],
    )
    size = [2000] * 12 + [1000] * 12
    assert only(pre, post, "count", better=-1)[0] == Verdict.IMPROVED
    word, _, told = only(pre, post, "count", size, better=-1)
    assert word == Verdict.WORSE
    assert told.effect[0] == pytest.approx(28.3 / 1000 - 39.8 / 2000, rel=0.05)


def test_the_present_is_judged_and_the_past_is_told():
    pre = [50, 52, 49, 51, 48, 53, 50, 49, 52, 51, 47, 50] * 2
    word, _, told = only(pre, [54, 55, 53, 56, 54, 55, 53, 55] + [40, 41, 39, 42] * 7)
    assert (word, told.present[0], told.past[0]) == (Verdict.WORSE, 8, 1)
    assert told.now[0] == pytest.approx(40.5, abs=0.5)


def test_an_old_trend_is_named():
    random = np.random.default_rng(11)
    values = 50 + 0.15 * np.arange(48) + random.normal(0, 1, 48)
    assert only(values[:24], values[24:])[:2] == (Verdict.BETTER_BUT, Rival.TREND)


@pytest.mark.parametrize(("measure", "most"), [("count", np.inf), ("unit", np.inf), ("percentage", 100.0)])
def test_no_effect_leads_beyond_what_the_measure_can_be(measure, most):
    """The course without the change plus either end of the interval stays within 0 and the most."""
    random = np.random.default_rng(8)
    values = np.abs(np.concatenate([random.normal(6, 2, (40, 12)), random.normal(2, 2, (40, 9))], axis=1))
    told = judge(Cohort(layout(12, 9), measure, np.minimum(values.round(1), most), None, -np.ones(40)))
    before = told.now - told.effect
    assert (told.word == Verdict.IMPROVED).any()
    assert (before + told.low >= -1e-9).all()
    assert (before + told.high <= most + 1e-9).all()


def test_a_claim_and_its_interval_say_the_same():
    told = judge(operating.cohort_of("step", 1.5, (24, 24), 300, seed=2))
    claims = np.isin(told.word, (Verdict.IMPROVED, Verdict.WORSE))
    assert claims.sum() > 100
    assert ((told.low > 0) | (told.high < 0))[claims].all()


def test_a_series_is_given_the_line_of_what_it_is_like():
    for kind, size, expected in (
        ("memory", 0.6, "memory 0.6"),
        ("season", 2, "season 1"),
        ("normal", 0, "normal"),
    ):
        own = operating.cohort_of(kind, size, (60, 60), 60, seed=4)
        told = judge(own)
        lines = [nearest(own, told, row)["regime"] for row in range(60)]
        assert lines.count(expected) > 40, (kind, lines)


def test_a_constant_figure_gives_no_signal():
    assert only([5] * 12, [5] * 8)[0] == Verdict.NO_SIGNAL


def test_where_a_change_lies_is_found_and_none_where_there_is_none():
    values = np.random.default_rng(2).normal(0, 1, (2, 30))
    values[0, 12:] += 6
    assert last_change(np.arange(30.0), values).tolist() == [12, 0]


def test_ljung_box_is_that_of_statsmodels():
    from statsmodels.stats.diagnostic import acorr_ljungbox

    rest = np.random.default_rng(5).normal(0, 1, (2, 30))
    expected = [acorr_ljungbox(one, lags=[5])["lb_pvalue"].item() for one in rest]
    assert ljung_box_p(rest) == pytest.approx(expected)


def test_of_many_claims_those_that_chance_explains_are_taken_back():
    """Benjamini–Hochberg by hand: of 5 the k-th smallest must be at most 0.1 k / 5."""
    assert chance(np.array([0.001, 0.03, 0.07, 0.5, 0.9])).tolist() == [True, True, False, False, False]
    assert chance(np.array([])).tolist() == []


@pytest.mark.parametrize(
    ("side", "rival", "word"),
    [(1, "", "improved"), (-1, "", "worse"), (1, "season", "better, but"), (-1, "memory", "worse, but"), (0, "", "no signal")],
)  # fmt: skip
def test_each_word_follows_from_side_and_rival(side, rival, word):
    assert words(np.array([side]), np.array([rival], dtype=object))[0] == word


ROWS = 300


@pytest.mark.parametrize("regime", operating.NOTHING, ids=lambda one: one.name)
def test_false_claims_are_as_rare_as_the_method_asks(regime):
    """Within three standard errors."""
    lengths = operating.DAYS if regime.kind == "weekly" else (24, 24)
    false, but = operating.false_claims(regime, lengths, ROWS, seed=1)
    assert false <= regime.false + 3 * math.sqrt(regime.false * (1 - regime.false) / ROWS)
    assert but <= regime.but + 3 * math.sqrt(regime.but * (1 - regime.but) / ROWS)


def test_what_the_table_says_is_what_the_product_does():
    """Three standard errors of both, for each line of what happened."""
    from theorytopractice.assessment.operating_characteristics import operating_characteristics

    lines = operating_characteristics().set_index("regime")
    for change in operating.HAPPENED:
        name = f"{change.name}: {' or '.join(change.words)}"
        same = lines.loc[[name]]
        line = same[same["n_post"] == change.lengths[1]].iloc[0]
        error = math.sqrt(max(line["power"] * (1 - line["power"]), 0.01) * (1 / ROWS + 1 / line["series"]))
        assert abs(operating.power(change, ROWS, seed=1) - line["power"]) <= 3 * error, name


def test_thirty_unmoved_indicators_seldom_give_a_false_claim_and_claims_are_seldom_false():
    plans, each = 100, 30
    told = judge(operating.cohort_of("normal", 0, (24, 24), plans * each, seed=3))
    moved = judge(operating.cohort_of("step", 1.5, (24, 24), plans * 5, seed=3))
    is_claim = np.isin(told.word, (Verdict.IMPROVED, Verdict.WORSE)).reshape(plans, each)
    p = told.p.reshape(plans, each)
    assert (
        np.mean([(chance(one) & claim).any() for one, claim in zip(p, is_claim, strict=True)]) <= 0.1 + 0.09
    )
    false = sure = 0
    for k in range(plans):
        together = np.concatenate([moved.p[5 * k : 5 * k + 5], p[k, :25]])
        holds = chance(together)
        right = holds[:5] & np.isin(moved.word[5 * k : 5 * k + 5], (Verdict.IMPROVED, Verdict.WORSE))
        false += int((holds[5:] & is_claim[k, :25]).sum())
        sure += int(right.sum()) + int((holds[5:] & is_claim[k, :25]).sum())
    assert sure > plans
    assert false <= 0.1 * sure


def test_a_verdict_at_each_look_is_told_from_what_was_known_then():
    """The words at 22 looks at an old trend, each from the values up to then."""
    whole = operating.cohort_of("trend", 0.05, (24, 24), 200, seed=5)
    ever = np.zeros(200, dtype=bool)
    for m in range(3, 25, 3):
        kept = slice(0, 24 + m)
        seen = replace(
            whole, layout=replace(whole.layout, time=whole.layout.time[kept]), value=whole.value[:, kept]
        )
        ever |= np.isin(judge(seen).word, (Verdict.IMPROVED, Verdict.WORSE))
    assert ever.mean() <= 0.06 + 3 * math.sqrt(0.06 * 0.94 / 200)
