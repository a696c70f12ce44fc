"""How often is a verdict wrong, and how often does it see what happened? ``python tests/operating.py [SERIES]``.

Draws series in which nothing happened, or something did, from fixed seeds, judges them as the product does and
prints the shares (method, section 13.4). ``--write`` puts them into the table that the product reads. A claim
counts as false if the evidence has passed the bar after any of the first 36 values since the action, or if the
word at the end is *improved* or *worse*; that is a little more than what one would see look by look, which is
what is counted where an old trend goes on.
"""

from __future__ import annotations

import csv
import sys
import zlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from theorytopractice.assessment.change_model import Layout
from theorytopractice.assessment.judgement import ENOUGH_POST, Cohort, Verdict, judge

TABLE = Path(__file__).parents[1] / "theorytopractice" / "assessment" / "operating_characteristics.csv"
DAYS = (400, 400)
LENGTHS = ((12, 12), (24, 24), (12, 60), (24, 60), (60, 60), DAYS)
LOOKS = 36
UNITS = 10
YEAR = 12
WEEK = 7
WEEKS_A_YEAR = 52.1775
FEW = 2000


class Regime(NamedTuple):
    """Series of one kind: their name, the limit of false claims and of "but" at the end, and how they are drawn."""

    name: str
    kind: str
    size: float = 0.0
    false: float = 0.05
    but: float = 0.15
    measure: str = "unit"
    exposed: bool = False


NOTHING = (
    Regime("normal", "normal"),
    Regime("lognormal", "lognormal"),
    Regime("t3", "t3"),
    *(Regime(f"Poisson {mean:g}", "poisson", mean, measure="count") for mean in (0.1, 0.3, 1, 3, 8, 20)),
    *(
        Regime(f"Poisson {mean:g}, changing exposure", "poisson", mean, measure="count", exposed=True)
        for mean in (0.3, 1, 3, 8, 20)
    ),
    Regime("negative binomial 8", "negbin", 8, measure="count"),
    Regime("98 % of 50", "share", 0.98, measure="percentage", exposed=True),
    Regime("98 % without n", "share", 0.98, measure="percentage"),
    *(
        Regime(
            f"92 % of 20 to 500, over-dispersed {rho:g}",
            "spread share",
            rho,
            measure="percentage",
            exposed=True,
        )
        for rho in (0.01, 0.05)
    ),
    Regime("days between events", "between", 30),
    Regime("cases between events", "cases", 0.02),
    Regime("Poisson 8, old trend 0.05", "count trend", 0.05, 0.07, 1, measure="count"),
    Regime("memory 0.3", "memory", 0.3, 0.06, 0.25),
    Regime("memory 0.6", "memory", 0.6, 0.08, 0.25),
    Regime("season 1", "season", 1, 0.06, 0.30),
    Regime("season 2", "season", 2, 0.06, 0.30),
    Regime("weekly season 2", "weekly", 2, 0.06, 0.30),
    Regime("old trend 0.05", "trend", 0.05, 0.06, 1),
    Regime("old trend 0.1", "trend", 0.1, 0.06, 1),
    Regime("worst of ten units", "worst", 0, 0.06, 1),
    Regime("three bad months", "bad", 0, 0.06, 1),
)


NOT_MEANT = {
    (kind, DAYS) for kind in ("season", "bad", "between", "cases", "count trend")
}  # a year, a month or an event have no daily values, and 800 days are too long for such a trend


class Power(NamedTuple):
    """A change: how it is drawn, the lengths, and the least share of the words wanted."""

    name: str
    kind: str
    size: float
    lengths: tuple[int, int]
    words: tuple[Verdict, ...]
    least: float
    measure: str = "unit"
    most: float = 1.0


SURE, EITHER = (Verdict.IMPROVED,), (Verdict.IMPROVED, Verdict.BETTER_BUT)
HAPPENED = (
    Power("step 2", "step", 2, (24, 6), SURE, 0.60),
    Power("step 2", "step", 2, (24, 12), SURE, 0.85),
    Power("step 1", "step", 1, (24, 24), SURE, 0.35),
    Power("step 1.5", "step", 1.5, (24, 24), SURE, 0.70),
    Power("step 1", "step", 1, (24, 24), EITHER, 0.70),
    Power("step 1.5", "step", 1.5, (24, 24), EITHER, 0.90),
    Power("halved from 3", "halved", 3, (12, 12), SURE, 0.55, "count"),
    Power("halved from 8", "halved", 8, (12, 12), SURE, 0.90, "count"),
    Power("falling evenly from 20 to 10", "falling", 20, (24, 24), SURE, 0.60, "count"),
    Power("up 2 for 8, then down 2", "turned", 2, (24, 36), (Verdict.WORSE,), 0.90),
    Power("up 2 for 8, then down 2", "turned", 2, (24, 36), SURE, 0.0, most=0.01),
)


def memory(random, shape, size):
    """Draw an AR(1) series with variance 1."""
    noise = random.standard_normal((shape[0], shape[1]))
    values = noise.copy()
    for k in range(1, shape[1]):
        values[:, k] = size * values[:, k - 1] + np.sqrt(1 - size**2) * noise[:, k]
    return values


def season(random, shape, size, cycle=YEAR):
    """Draw a wave whose phase nobody knows."""
    phase = random.uniform(0, 2 * np.pi, (shape[0], 1))
    return random.standard_normal(shape) + size * np.sin(2 * np.pi * np.arange(shape[1]) / cycle + phase)


def worst(random, shape, n_pre):
    """Draw ten equal units and take the one with the worst average before."""
    units = random.standard_normal((shape[0], UNITS, shape[1]))
    return units[np.arange(shape[0]), units[:, :, :n_pre].mean(axis=2).argmin(axis=1)]


def bad(random, shape, n_pre):
    """Draw series whose last three values before the action are the worst of forty."""
    values = random.standard_normal((shape[0], shape[1]))
    last = random.standard_normal((shape[0], 40, 3))
    values[:, n_pre - 3 : n_pre] = last[np.arange(shape[0]), last.mean(axis=2).argmin(axis=1)]
    return values


def over_dispersed(random, shape, rho, share=0.92):
    """Draw percentages of 20 to 500 whose true share varies between values (beta-binomial)."""
    n = random.integers(20, 501, shape).astype(float)
    weight = (1 - rho) / rho
    truth = random.beta(share * weight, (1 - share) * weight, shape)
    return 100 * random.binomial(n.astype(int), truth) / n, n


def draw(kind, size, lengths, rows, random, *, exposed=False):
    """Return the values of a kind of series, and their exposure or n where it is known."""
    n_pre, shape = lengths[0], (rows, sum(lengths))
    after = (np.arange(shape[1]) >= n_pre).astype(float)
    exposure = random.uniform(500, 2000, shape) if exposed else None
    rate = 1.0 if exposure is None else exposure / 1000
    draws = {
        "normal": lambda: random.standard_normal(shape),
        "lognormal": lambda: random.lognormal(0, 1, shape),
        "t3": lambda: random.standard_t(3, shape),
        "poisson": lambda: random.poisson(size * rate, shape),
        "negbin": lambda: random.negative_binomial(size / 5, 1 / 6, shape),
        "share": lambda: 2.0 * random.binomial(50, size, shape),
        "between": lambda: np.ceil(random.exponential(size, shape)),
        "cases": lambda: random.geometric(size, shape),
        "count trend": lambda: random.poisson(8 + size * np.sqrt(8) * np.arange(shape[1]), shape),
        "memory": lambda: memory(random, shape, size),
        "season": lambda: season(random, shape, size),
        "weekly": lambda: season(random, shape, size, WEEK),
        "trend": lambda: random.standard_normal(shape) + size * np.arange(shape[1]),
        "worst": lambda: worst(random, shape, n_pre),
        "bad": lambda: bad(random, shape, n_pre),
        "step": lambda: random.standard_normal(shape) + size * after,
        "halved": lambda: random.poisson(size * (1 - after / 2), shape),
        "falling": lambda: random.poisson(size * (1 - np.cumsum(after) / lengths[1] / 2), shape),
        "turned": lambda: (
            random.standard_normal(shape) + size * after * np.where(np.arange(shape[1]) < n_pre + 8, 1, -1)
        ),
    }
    if kind == "share" and exposed:
        exposure = np.full(shape, 50.0)
    if kind == "spread share":
        return over_dispersed(random, shape, size)
    return np.asarray(draws[kind](), dtype=float), exposure


def cohort_of(kind, size, lengths, rows, measure="unit", *, exposed=False, seed=0):
    """Draw a cohort of monthly series from a seed that its own name settles."""
    random = np.random.default_rng([seed, zlib.crc32(f"{kind} {size} {lengths} {exposed}".encode())])
    value, exposure = draw(kind, size, lengths, rows, random, exposed=exposed)
    layout = Layout(tuple(float(k) for k in range(sum(lengths))), lengths[0], float(YEAR))
    if lengths == DAYS:
        layout, value, exposure = by_weeks(value, exposure, lengths, measure)
    better = np.full(rows, -1.0 if measure == "count" else 1.0)
    return Cohort(layout, measure, value, exposure, better)


def by_weeks(value, exposure, lengths, measure):
    """Put whole weeks together, from the action in both directions, as the product does with daily values."""
    whole = lengths[0] // WEEK
    kept = slice(lengths[0] - whole * WEEK, lengths[0] + whole * WEEK)
    weeks = value[:, kept].reshape(len(value), 2 * whole, WEEK)
    size = np.ones_like(value) if exposure is None and measure == "count" else exposure
    size = None if size is None else size[:, kept].reshape(weeks.shape).sum(axis=2)
    value = weeks.sum(axis=2) if measure == "count" else weeks.mean(axis=2)
    return Layout(tuple(float(k) for k in range(2 * whole)), whole, WEEKS_A_YEAR), value, size


def false_claims(regime, lengths, rows, seed=0):
    """Return the shares of series with a false claim ever, and with a "but" at the end."""
    cohort = cohort_of(
        regime.kind, regime.size, lengths, rows, regime.measure, exposed=regime.exposed, seed=seed
    )
    told = judge(cohort)
    but = float(np.isin(told.word, (Verdict.BETTER_BUT, Verdict.WORSE_BUT)).mean())
    if regime.kind in {"trend", "count trend"} and lengths != DAYS:
        return look_by_look(cohort), but
    is_claim = np.isin(told.word, (Verdict.IMPROVED, Verdict.WORSE))
    ever = is_claim | ((told.since >= 0) & (told.since < LOOKS))
    return float(ever.mean()), but


def look_by_look(cohort):
    """Return the share of series that are ever claimed to have moved, each look judged from the values up to then."""
    ever = np.zeros(len(cohort.value), dtype=bool)
    for m in range(ENOUGH_POST, min(LOOKS, cohort.n_post) + 1):
        kept = slice(0, cohort.n_pre + m)
        layout = replace(cohort.layout, time=cohort.layout.time[kept])
        told = judge(replace(cohort, layout=layout, value=cohort.value[:, kept]))
        ever |= np.isin(told.word, (Verdict.IMPROVED, Verdict.WORSE))
    return float(ever.mean())


def power(change, rows, seed=0):
    """Return the share of series that get one of the words at the end."""
    told = judge(cohort_of(change.kind, change.size, change.lengths, rows, change.measure, seed=seed))
    return float(np.isin(told.word, change.words).mean())


def row_of(job):
    """Measure one line of the table."""
    kind, one, lengths, rows, seed = job
    if kind == "nothing":
        false, but = false_claims(one, lengths, rows, seed)
        return [one.name, *lengths, rows, f"{false:.4f}", one.false, f"{but:.4f}", one.but, "", ""]
    reached = power(one, rows, seed)
    words = " or ".join(one.words)
    return [f"{one.name}: {words}", *lengths, rows, "", "", "", "", f"{reached:.4f}", one.least]


HEAD = (
    "regime", "n_pre", "n_post", "series", "false_claim", "false_claim_limit",
    "but", "but_limit", "power", "power_least",
)  # fmt: skip


def table(rows, seed=0, workers=2):
    """Measure every line."""
    jobs: list[tuple[str, Regime | Power, tuple[int, int], int, int]] = [
        ("nothing", one, lengths, rows, seed)
        for one in NOTHING
        for lengths in LENGTHS
        if (one.kind, lengths) not in NOT_MEANT and (one.kind != "weekly" or lengths == DAYS)
    ]
    jobs += [("happened", one, one.lengths, rows, seed) for one in HAPPENED]
    jobs.sort(key=lambda job: -sum(job[2]))
    with ProcessPoolExecutor(workers) as pool:
        return sorted(pool.map(row_of, jobs), key=lambda line: [str(cell) for cell in line[:1]] + line[1:3])


def main(arguments):
    """Print the table, and write it if asked."""
    numbers = [int(one) for one in arguments if one.isdigit()]
    lines = table(numbers[0] if numbers else FEW)
    for line in (HEAD, *lines):
        miss = line[4] and line[4] != "false_claim" and (float(line[4]) > line[5] or float(line[6]) > line[7])
        low = line[8] and line[8] != "power" and float(line[8]) < line[9]
        sys.stdout.write(
            "  ".join(str(cell).ljust(9) for cell in line) + ("  !" if miss or low else "") + "\n"
        )
    if "--write" in arguments:
        with TABLE.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([HEAD, *lines])


if __name__ == "__main__":
    main(sys.argv[1:])
