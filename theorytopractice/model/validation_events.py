"""Does each event say what it must? Words, dates and reasons of what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.errors import nearest, shown
from theorytopractice.language import message, say
from theorytopractice.model.validation_sheets import Problem, Sheets
from theorytopractice.model.values import folded
from theorytopractice.model.vocabularies import ActionEvent, FindingEvent, FindingKind, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS: dict[str, tuple[str, ...]] = {
    Subject.FINDING: tuple(FindingEvent),
    Subject.ACTION: tuple(ActionEvent),
}
CHECKED = (FindingEvent.CHECK_PASS, FindingEvent.CHECK_FAIL, FindingEvent.CHECK_NA)
NEEDED = (
    (Subject.ACTION, ActionEvent.REDATE, "due", message("the new due date")),
    (Subject.ACTION, ActionEvent.PROGRESS, "progress", message("the per cent done")),
    (Subject.FINDING, FindingEvent.SUPERSEDE, "other_finding_id", message("the finding that takes over")),
    (Subject.FINDING, FindingEvent.DUPLICATE, "other_finding_id", message("the finding that it repeats")),
)
REASONED = (
    (Subject.FINDING, FindingEvent.REJECT),
    (Subject.FINDING, FindingEvent.RETIRE),
    (Subject.ACTION, ActionEvent.CANCEL),
)


def unknown_events(sheets: Sheets) -> Iterator[Problem]:
    """E-VOCAB: a word that is no event, or one of the other subject."""
    known: dict[tuple[str, ...], str | None] = {}
    for row, pair in enumerate(sheets.columns("event", "subject", "event")):
        if pair not in known:
            known[pair] = _word_problem(*pair)
        told = known[pair]
        if told:
            yield Problem("E-VOCAB", "event", row, "event", told)


def _word_problem(subject: str, word: str) -> str | None:
    """Say what is wrong with the word of an event; the subject may be empty."""
    fitting = [one for one in WORDS if word in WORDS[one]]
    if not word or subject in fitting or (fitting and not subject):
        return None
    own = WORDS.get(subject) or tuple(dict.fromkeys(word for words in WORDS.values() for word in words))
    if fitting:
        return say(
            "{word} is an event of the other subject, {subject}; mend the subject or the event",
            word=shown(word),
            subject=fitting[0],
        )
    facts = {"word": shown(word), "subject": subject, "hint": nearest(word, own)}
    if subject:
        return say("{word} is not an event of the subject {subject}{hint}", **facts)
    return say("{word} is not an event{hint}", **facts)


def incomplete(sheets: Sheets) -> Iterator[Problem]:
    """E-REQ: redate without due, progress without progress, supersede or duplicate without the other."""
    for subject, word, column, what in NEEDED:
        cells = sheets["event"][column]
        for row in sheets.happened(subject, word):
            if not cells[row]:
                yield Problem(
                    "E-REQ",
                    "event",
                    row,
                    column,
                    say("{word} needs its {column}; give {what}", word=word, column=column, what=say(what)),
                )


def unreasoned(sheets: Sheets) -> Iterator[Problem]:
    """E-REASON: rejected, retired or cancelled without a reason."""
    reasons = sheets["event"]["reason"]
    for subject, word in REASONED:
        for row in sheets.happened(subject, word):
            if not reasons[row]:
                yield Problem(
                    "E-REASON",
                    "event",
                    row,
                    "reason",
                    say("{word} needs a reason; say why in a few words", word=word),
                )


def open_blocks(sheets: Sheets) -> Iterator[Problem]:
    """E-BLOCK: blocked without the condition that is missing, or the day to look again."""
    lacking = {"reason": say("the condition that is missing"), "due": say("the day to look again")}
    for column, what in lacking.items():
        cells = sheets["event"][column]
        for row in sheets.happened(Subject.FINDING, FindingEvent.BLOCK):
            if not cells[row]:
                yield Problem(
                    "E-BLOCK",
                    "event",
                    row,
                    column,
                    say("{word} needs its {column}; give {what}", word="block", column=column, what=what),
                )


def early_completions(sheets: Sheets) -> Iterator[Problem]:
    """E-ORDER: completed before the first start of the same action; no start is no error."""
    actions = sheets.column("event", "subject_id")
    days = sheets.column("event", "happened_on")
    started: dict[str, str] = {}
    for row in sheets.happened(Subject.ACTION, ActionEvent.START):
        if days[row]:
            started[actions[row]] = min(days[row], started.get(actions[row], days[row]))
    for row in sheets.happened(Subject.ACTION, ActionEvent.COMPLETE):
        start = started.get(actions[row], "") if actions[row] else ""
        if days[row] and days[row] < start:
            told = say(
                "complete on {day} lies before the first start on {start}; mend one of the two dates",
                day=days[row],
                start=start,
            )
            yield Problem("E-ORDER", "event", row, "happened_on", told)


def self_checks(sheets: Sheets) -> Iterator[Problem]:
    """E-SELF: a mechanism checked by its own owner, named by id or by name (method, section 9)."""
    names = sheets.lookup("owner", "owner_id", "name")
    owners = {
        key: {folded(owner), folded(names.get(owner, ""))} - {""}
        for key, kind, owner in sheets.columns("finding", "finding_id", "kind", "owner_id")
        if owner and kind == FindingKind.MECHANISM
    }
    findings, by = (sheets.column("event", name) for name in ("subject_id", "by"))
    for row in sheets.happened(Subject.FINDING, *CHECKED):
        if by[row] and folded(by[row]) in owners.get(findings[row], ()):
            told = say("{by} answers for this mechanism; let somebody else check it", by=shown(by[row]))
            yield Problem("E-SELF", "event", row, "by", told)
