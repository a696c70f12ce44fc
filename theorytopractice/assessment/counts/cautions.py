"""How is a measure named and worded, and what must be said beside it?

Method, section 11 (numerator and denominator always, the counts first below 20) and the last column of the
table of section 12. Reports, charts and the command line take their words from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.language import PARTS, message, say, say_in_turn, say_n, say_names
from theorytopractice.model.naming import name_of
from theorytopractice.model.vocabularies import Stage

if TYPE_CHECKING:
    import pandas as pd

FEW = 20
MANY = 100

NAMES = {
    "implementation_rate": message("implementation rate"),
    "practice_rate": message("practice rate"),
    "cohort_rate_3_1y": message("carried out within 1 year"),
    "cohort_rate_4_1y": message("in practice within 1 year"),
    "cohort_rate_3_4y": message("carried out within 4 years"),
    "cohort_rate_4_4y": message("in practice within 4 years"),
    **{f"funnel_ever_{number}": f"ever at '{stage}' or above" for number, stage in enumerate(Stage)},
    **{f"funnel_now_{number}": f"now at '{stage}'" for number, stage in enumerate(Stage)},
    "shelf_rate": message("shelf rate"),
    "overdue_rate": message("overdue rate"),
    "on_time_rate": message("on-time rate"),
    "evidence_gap": message("evidence gap"),
    "lapse_rate": message("lapse rate"),
    "staleness_median_days": message("median days since anything was heard"),
    "rebound_rate": message("rebound rate"),
    "kept_on_time_rate": message("promises kept on time"),
    "kept_ever_rate": message("promises kept, on time or late"),
    "median_days_late": message("median days late"),
    "confirmed_share": message("promises confirmed as kept"),
    "satisfied_share": message("surveys that pass"),
    "replication_success": message("replication success"),
    "persistence": message("persistence"),
    "learning_yield": message("learning yield"),
    "revision_share": message("revision share"),
}
"""Measure → its name in English."""

_EVER_AT = message("ever at '{stage}' or above")
_NOW_AT = message("now at '{stage}'")

_COHORT = message(
    "Counts everything recorded in that year, also what was closed since; read it beside the rates of today."
)
_EVER = message("The highest stage that a finding ever reached; what lapsed or was closed since is in it.")
_NOW = message("Lapses make the numbers of now rise and fall from stage to stage; read 'ever' beside them.")
_RATE = message("Falls when findings are added; read the cohort rate beside it.")

CAUTIONS = {
    "implementation_rate": _RATE,
    "practice_rate": message(
        "Theory turned into practice. Falls when findings are added; read the cohort rate beside it."
    ),
    **{f"cohort_rate_{stage}_{years}y": _COHORT for years in (1, 4) for stage in (3, 4)},
    **{f"funnel_ever_{stage}": _EVER for stage in range(len(Stage))},
    **{f"funnel_now_{stage}": _NOW for stage in range(len(Stage))},
    "shelf_rate": message(
        "Leaves out findings too new to judge; the list, oldest first, says more than the rate."
    ),
    "overdue_rate": message(
        "Falls when people move due dates; read slipped findings and the on-time rate beside it."
    ),
    "on_time_rate": message("Judges by the original due date; what is done without evidence is not done."),
    "evidence_gap": message("Carried out, effect never looked at: the façade index."),
    "lapse_rate": message("A lapse shows only where somebody keeps measuring."),
    "staleness_median_days": message(
        "A median hides the worst; look at the ten findings not heard of for longest."
    ),
    "rebound_rate": message("Only a problem that those affected had confirmed as solved can rebound."),
    "kept_on_time_rate": message(
        "Half a promise is not kept. The four numbers of trust stand side by side, never as one index."
    ),
    "kept_ever_rate": message("A promise kept late counts; read the days late beside it."),
    "median_days_late": message("Over promises kept late; those still missed are not in it."),
    "confirmed_share": message("Silence is not consent: a promise that nobody confirmed lowers this share."),
    "satisfied_share": message(
        "Only surveys not older than 400 days; where there is none, nobody was asked."
    ),
    "replication_success": message("Only sites with a known result count."),
    "persistence": message(
        "Pools the last 12 checks of every mechanism; a dead letter can hide among many checks."
    ),
    "learning_yield": message("New findings for each review; not a share, it may exceed 1."),
    "revision_share": message("0 % over many reviews is a warning, not a triumph."),
}
"""Measure → the sentence to print with it, in English."""


def measure_name(measure: str) -> str:
    """Say the name of a measure in the language that is spoken."""
    funnel, _, stage = measure.rpartition("_")
    pattern = {"funnel_ever": _EVER_AT, "funnel_now": _NOW_AT}.get(funnel)
    if pattern is None:
        return say(NAMES[measure])
    return say(pattern, stage=name_of(tuple(Stage)[int(stage)]))


def worded(frame: pd.DataFrame) -> list[str]:
    """Put every row of a measures frame into words: value, counts and interval; counts first where few.

    Args:
        frame: what ``measures`` returns.
    """
    unknown = frame.attrs.get("unknown_sites", 0)
    words = [figure(row) for _, row in frame.iterrows()]
    if unknown:
        sites = say_n("{n} site is not known yet", "{n} sites are not known yet", unknown)
        words = [
            say_in_turn(PARTS, [said, sites]) if name == "replication_success" else said
            for name, said in zip(frame["measure"], words, strict=True)
        ]
    return words


def figure(row: pd.Series) -> str:
    """Put one figure into words, such as "3 of 7: 43 % (16–75 %)" or "31.0 % (25.7–36.9 %), 80 of 258"."""
    value, n, of, low, high = (
        _number(row[key]) for key in ("value", "numerator", "denominator", "low", "high")
    )
    if of is None:
        return ""
    if value is None:
        return say("cannot tell: nothing to count")
    if n is None:
        return _median(value, of)
    facts = {"k": f"{n:,.0f}", "of": f"{of:,.0f}"}
    if str(row["measure"]).startswith("funnel") and None in (low, high):
        return say("{k} of {of}", **facts)
    if low is None or high is None:
        return say("{value} ({k} for {of} reviews)", value=f"{value:.2f}", **facts)
    digits = 0 if of < MANY else 1
    facts |= {
        "share": f"{100 * value:.{digits}f}",
        "low": f"{100 * low:.{digits}f}",
        "high": f"{100 * high:.{digits}f}",
    }
    few = message("{k} of {of}: {share} % ({low}–{high} %)")
    many = message("{share} % ({low}–{high} %), {k} of {of}")
    return say(few if of < FEW else many, **facts)


def _median(value: float, of: float) -> str:
    """Say a median number of days and of how many cases it is."""
    return say_n(
        "{value} day (median of {of})",
        "{value} days (median of {of})",
        1 if value == 1 else 2,
        value=f"{value:g}",
        of=f"{of:,.0f}",
    )


def cautions(frame: pd.DataFrame) -> dict[str, str]:
    """Return the cautions of the measures that have something to count: names in words → sentence."""
    grouped: dict[str, list[str]] = {}
    for name in frame["measure"][frame["denominator"].fillna(0) > 0]:
        grouped.setdefault(say(CAUTIONS[name]), []).append(measure_name(name))
    span = 2
    return {
        f"{names[0]} … {names[-1]}" if len(names) > span else say_names(names): sentence
        for sentence, names in grouped.items()
    }


def _number(value: object) -> float | None:
    """Return a cell as a number, None where it is missing."""
    import pandas as pd

    return None if value is None or pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]
