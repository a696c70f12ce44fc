"""In which words is said what is not known, what that means, and among how many it was counted?"""

from __future__ import annotations

from theorytopractice.language import message, say_n

WORDS = {
    "unverified": (
        message("Reported done, without evidence"),
        message("Nobody can check that it was done; it does not count as done."),
    ),
    "solved_unconfirmed": (
        message("Those affected were not asked, or do not agree"),
        message("The target is met, but nobody knows from those affected that the problem is solved."),
    ),
    "no_indicator": (
        message("No indicator of effect"),
        message("Whatever is done, nobody will be able to say whether it worked."),
    ),
    "no_target": (
        message("No target"),
        message("It is measured, but nobody said which value would be good enough."),
    ),
    "no_baseline": (
        message("No figure from before"),
        message("Nobody can say whether anything changed, because the starting point is missing."),
    ),
    "unmeasured": (
        message("Never measured"),
        message("There is an indicator of effect, but no final value of it is known."),
    ),
    "stale": (
        message("No fresh data"),
        message("It was measured, but not lately; how it stands now is not known."),
    ),
    "no_verdict": (
        message("No verdict on whether it moved"),
        message("Nothing has begun, or there are too few measurements, or values that cannot be compared."),
    ),
    "sites": (
        message("Result at a site not known yet"),
        message("The experience is planned or was taken over there; whether it works there is open."),
    ),
    "no_cadence": (
        message("Nobody said how often it is checked"),
        message("The rule is in force, but whether it is followed cannot be known."),
    ),
    "unexplained": (
        message("Nobody wrote down why it works"),
        message("Others cannot tell what they must keep when they take it over."),
    ),
    "unowned": (
        message("Open action without an accountable owner"),
        message("Nobody can be asked about it."),
    ),
    "undated": (
        message("Open action without a due date"),
        message("It can be neither on time nor late."),
    ),
    "unrated": (
        message("Certainty not rated"),
        message("Nobody judged how sure the finding is; it is in no list of what is known and not done."),
    ),
}
"""What may not be known → its name, and what that means; the gravest for trust first."""


def insights_and_problems(n: int) -> str:
    """Say how many open insights and problems there are."""
    return say_n("{n:,} open insight or problem", "{n:,} open insights and problems", n)


def with_indicator(n: int) -> str:
    """Say how many of them have an indicator of effect."""
    return say_n(
        "{n:,} open insight or problem with an indicator of effect",
        "{n:,} open insights and problems with an indicator of effect",
        n,
    )


def reported(n: int) -> str:
    """Say how many findings have an action that was reported done."""
    return say_n(
        "{n:,} open finding with an action reported done",
        "{n:,} open findings with an action reported done",
        n,
    )


def problems_in_practice(n: int) -> str:
    """Say how many problems have measures in practice."""
    return say_n(
        "{n:,} open problem whose measures are in practice",
        "{n:,} open problems whose measures are in practice",
        n,
    )


def mechanisms(n: int) -> str:
    """Say how many mechanisms are in force."""
    return say_n("{n:,} open mechanism in force", "{n:,} open mechanisms in force", n)


def experiences(n: int) -> str:
    """Say how many experiences there are."""
    return say_n("{n:,} open experience", "{n:,} open experiences", n)


def indicators_of_effect(n: int) -> str:
    """Say how many indicators of effect there are."""
    return say_n(
        "{n:,} indicator of effect of open insights and problems",
        "{n:,} indicators of effect of open insights and problems",
        n,
    )


def measured_indicators(n: int) -> str:
    """Say how many indicators were measured."""
    return say_n(
        "{n:,} measured indicator of open insights and problems",
        "{n:,} measured indicators of open insights and problems",
        n,
    )


def sites(n: int) -> str:
    """Say how many sites there are."""
    return say_n("{n:,} site of open experiences", "{n:,} sites of open experiences", n)


def open_actions(n: int) -> str:
    """Say how many open actions there are."""
    return say_n("{n:,} open action", "{n:,} open actions", n)


def open_findings(n: int) -> str:
    """Say how many open findings there are."""
    return say_n("{n:,} open finding", "{n:,} open findings", n)
