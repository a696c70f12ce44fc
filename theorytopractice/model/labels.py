"""How are the words of the vocabularies, and the states that the assessment finds, said to people?"""

from __future__ import annotations

from theorytopractice.i18n import message, say, say_as

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
    # measures, directions, intents
    message("number with a unit"), message("count"), message("percentage"), message("ordinal"), message("nominal"),
    message("ascending"), message("descending"), message("range"), message("improve"), message("maintain"),
    # events
    message("start"), message("complete"), message("reopen"), message("cancel"), message("suspend"),
    message("resume"), message("redate"), message("progress"), message("release"), message("dispute"),
    message("confirm"), message("accept"), message("partially accept"), message("reject"), message("block"),
    message("unblock"), message("check pass"), message("check fail"), message("check na"),
    # true and false, subjects of events
    message("true"), message("false"), message("finding"), message("action"),
    # languages
    message("English"), message("Chinese"),
    # units of time
    message("day"), message("week"), message("month"), message("quarter"), message("year"),
)  # fmt: skip
"""Every word of a vocabulary or a state, as it is written in English."""


LABELS = {
    "owner_id": message("Owner"), "name": message("Name"), "unit": message("Unit"), "email": message("E-mail"),
    "left_on": message("Left on"), "note": message("Note"),
    "finding_id": message("Finding"), "kind": message("Kind"), "statement": message("What was learned"),
    "theme": message("Theme"), "source": message("Source"), "certainty": message("Certainty"),
    "certainty_reason": message("Why that certainty"), "recorded_on": message("Recorded on"),
    "review_every_days": message("Review every (days)"), "so_what": message("What will change"),
    "solvability": message("Solvability"), "origin_site": message("Site where it began"),
    "why_it_works": message("Why it works"), "core_elements": message("What must be kept"),
    "document": message("Document"), "effective_on": message("In force from"),
    "check_every": message("Check every"), "reworded_on": message("Reworded on"),
    "action_id": message("Action"), "title": message("What is done"), "planned_start": message("Planned start"),
    "due": message("Due"), "promised_to": message("Promised to"), "site": message("Site"),
    "adaptation": message("Adaptation"), "core_kept": message("Core elements kept"),
    "adaptation_reason": message("Why it was adapted"), "strength": message("Strength"), "dose": message("Dose"),
    "cost": message("Cost"),
    "indicator_id": message("Indicator"), "definition": message("Definition"), "measure": message("Measure"),
    "direction": message("Better is"), "level": message("Level"), "intent": message("Intent"),
    "baseline": message("Baseline"), "baseline_on": message("Baseline on"),
    "baseline_waiver": message("Why there is no baseline"), "target": message("Target"),
    "target_low": message("Target from"), "target_high": message("Target to"), "target_on": message("Target by"),
    "tolerance": message("Tolerance"), "cadence_days": message("Measured every (days)"),
    "lag_days": message("Effect shows after (days)"), "confirm": message("Values that confirm"),
    "lapse": message("Values that mean a lapse"), "hold_days": message("Must hold for (days)"),
    "scale": message("Scale"),
    "retargeted_on": message("Target moved on"), "retarget_reason": message("Why the target was moved"),
    "role": message("Role"), "rationale": message("Why it should work"), "confirmed_on": message("Confirmed on"),
    "required": message("Outcome depends on it"), "relation": message("Relation"),
    "other_finding_id": message("Other finding"),
    "event_id": message("Event"), "subject": message("Happened to"), "subject_id": message("Which one"),
    "event": message("What happened"), "happened_on": message("Happened on"), "by": message("Decided or done by"),
    "reason": message("Reason"), "consent": message("Those it was promised to agreed"),
    "progress": message("Per cent done"),
    "observation_id": message("Observation"), "observed_on": message("Observed on"), "value": message("Value"),
    "final": message("Final value"), "n": message("Respondents or exposure"),
    "evidence_id": message("Evidence"), "dated_on": message("Dated"), "uri": message("Link or file"),
    "sha256": message("Checksum"), "description": message("What it shows"), "verified_by": message("Verified by"),
}  # fmt: skip
"""What a column is called before people; :data:`OWN_LABELS` where a table calls it otherwise."""
OWN_LABELS = {
    ("indicator", "name"): message("What is measured"),
    ("indicator", "unit"): message("Unit of the values"),
    ("indicator", "measure"): message("Sort of values"),
    ("event", "due"): message("New date"),
    ("setting", "value"): message("Value of the setting"),
}
TABLES = {
    "owner": message("owner"), "finding": message("finding"), "action": message("action"),
    "indicator": message("indicator"), "finding_action": message("link to an action"),
    "action_owner": message("part of an owner"), "finding_indicator": message("link to an indicator"),
    "finding_relation": message("relation"), "event": message("event"), "observation": message("observation"),
    "evidence": message("evidence"), "setting": message("setting"),
}  # fmt: skip
"""What a row of each table is called."""

SPOKEN = {
    "en": "English",
    "zh": "Chinese",
    "na": "not applicable",
    "done_unverified": "done without evidence",
    "unit": "number with a unit",
}


def check_name(result: object) -> str:
    """Say the result of a check: a check that was missed is another thing than a promise that was."""
    return say_as("check", "missed") if result == "missed" else name_of(result)


def event_name(event: object) -> str:
    """Say what happened: to be complete is a state, to become so an event."""
    return say_as("event", "complete") if event == "complete" else name_of(event)


def name_of(word: object) -> str:
    """Say a word of a vocabulary, or a state, in the language that is spoken; ``very_low`` becomes "very low"."""
    written = SPOKEN.get(str(word), str(word).replace("_", " "))
    return say(written) if written in NAMES else written


def label_of(table: str, column: str) -> str:
    """Say what a column of a table is called; one that nobody named is called by its own name."""
    named = OWN_LABELS.get((table, column)) or LABELS.get(column)
    return say(named) if named else column.replace("_", " ").capitalize()


def table_name(table: str) -> str:
    """Say what a row of a table is called."""
    return say(TABLES[table])
