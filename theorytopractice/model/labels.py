"""How are tables, columns, words of vocabularies and states that the assessment finds said to people?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.i18n import message, say, say_as, spoken
from theorytopractice.model.entities import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from theorytopractice.model.fields import Entity, Field


NAMES = (
    # kinds of findings
    message("insight"), message("problem"), message("experience"), message("mechanism"),
    # certainty
    message("high"), message("moderate"), message("low"), message("very low"), message("unrated"),
    # how well a day is known
    message("exact"), message("approximate"),
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
    message("cannot tell"), message("too few points"), message("improved"), message("better, but …"),
    message("no signal"), message("worse, but …"), message("worse"),
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


SPOKEN = {
    "en": "English",
    "zh": "Chinese",
    "na": "not applicable",
    "done_unverified": "done without evidence",
    "unit": "number with a unit",
    "better, but": "better, but …",
    "worse, but": "worse, but …",
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
    """Say what a column of a table is called; one that is not declared is called by its own name."""
    entity = ENTITIES[table]
    if column in entity.columns:
        return say(entity[column].label)
    return column.replace("_", " ").capitalize()


def wording(table: str, column: str, row: Mapping[str, str]) -> str:
    """Return what a row says in a column, in its second wording where the language that is spoken has one."""
    second = ENTITIES[table].wordings(spoken()).get(column, "")
    return row.get(second, "") or row[column]


def table_name(table: str) -> str:
    """Say what a row of a table is called."""
    return say(ENTITIES[table].label)


def document(names: tuple[str, ...] = ()) -> str:
    """Describe tables (all unless named) and their columns as Markdown."""
    return "\n\n".join(_table(ENTITIES[name]) for name in names or ENTITIES)


def _table(entity: Entity) -> str:
    key = ", ".join(entity.key)
    rows = [f"| {field.name} | {_type(field)} | {_help(field)} |" for field in entity.fields]
    return "\n".join([f"## {entity.name}", "", f"{entity.help} Key: {key}.", "", "| column | holds | meaning |",
                      "|---|---|---|", *rows])  # fmt: skip


def _type(field: Field) -> str:
    """Say what a column holds, and whether it must be filled."""
    words = (
        f"one of {', '.join(field.words)}"
        if field.words
        else f"key of {field.refers}"
        if field.refers
        else field.type
    )
    unit = f" ({field.unit})" if field.unit else ""
    if field.needed_unless:
        column, word = field.needed_unless
        return f"{words}{unit}, required unless {column} is {word}"
    return f"{words}{unit}, required" if field.required else f"{words}{unit}"


def _help(field: Field) -> str:
    default = f" Empty means {field.default}." if field.default else ""
    return f"{field.help}{default}"
