"""How are the words of the vocabularies, and the states that the assessment finds, said to people?"""

from __future__ import annotations

from theorytopractice.language import message, say, say_as

NAMES = (
    # kinds of findings
    message("insight"), message("problem"), message("experience"), message("mechanism"),
    # certainty
    message("high"), message("moderate"), message("low"), message("very low"), message("unrated"),
    # solvability
    message("now"), message("needs conditions"), message("long term"),
    # adaptation, core kept
    message("none"), message("planned"), message("reactive"), message("yes"), message("no"), message("unknown"),
    # strength
    message("stronger"), message("intermediate"), message("weaker"),
    # roles and levels
    message("delivers"), message("enables"), message("improves"), message("replicates"),
    message("accountable"), message("responsible"), message("consulted"), message("informed"),
    message("output"), message("outcome"), message("impact"), message("confirmation"),
    message("derived from"), message("codified in"), message("related"), message("superseded by"),
    message("duplicate of"),
    # stages and dispositions
    message("on the shelf"), message("under way"), message("carried out"), message("in practice"),
    message("sustained"), message("open"), message("rejected"), message("superseded"), message("retired"),
    message("duplicate"),
    # headlines that are no stage, and findings that are not there
    message("lapsed"), message("dead letter"), message("blocked"), message("overdue"), message("stalled"),
    message("shelved"),
    # states of actions
    message("not started"), message("in progress"), message("suspended"), message("done without evidence"),
    message("done"), message("cancelled"),
    # states of commitments
    message("released"), message("disputed"), message("kept undated"), message("kept on time"),
    message("kept late"), message("undated"), message("missed"),
    # states of replications
    message("abandoned"), message("drifted"), message("worked"), message("did not work"), message("adopted"),
    message("started"), message("idea"),
    # results of checks and surveys
    message("pass"), message("fail"), message("not applicable"), message("not asked"),
    # reviews
    message("review confirmed"), message("review revised"), message("review material"), message("supersede"),
    message("retire"),
    # verdicts
    message("cannot tell"), message("too few points"), message("baseline not stable"),
    message("possible improvement"), message("possible worsening"), message("improved"), message("worse"),
    message("no signal"),
    # nobody and nothing
    message("nobody"), message("(no theme)"), message("(no unit)"), message("(no certainty)"),
    message("(no kind)"),
    # units of time
    message("day"), message("week"), message("month"), message("quarter"), message("year"),
)  # fmt: skip
"""Every word of a vocabulary or a state, as it is written in English."""


SPOKEN = {"na": "not applicable", "done_unverified": "done without evidence"}


def check_name(result: object) -> str:
    """Say the result of a check: a check that was missed is another thing than a promise that was."""
    return say_as("check", "missed") if result == "missed" else name_of(result)


def name_of(word: object) -> str:
    """Say a word of a vocabulary, or a state, in the language that is spoken; ``very_low`` becomes "very low"."""
    written = SPOKEN.get(str(word), str(word).replace("_", " "))
    return say(written) if written in NAMES else written
