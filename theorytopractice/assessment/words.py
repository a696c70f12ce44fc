"""What does each word of a plan mean, when does it apply, and what is to be done? Every word has one row.

Flags, measures and settings are told where they are declared; the words of the vocabularies and the states that the
assessment finds have their rows here, in the order of the method.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from theorytopractice.assessment.flags import FLAGS
from theorytopractice.assessment.measures import MEASURES
from theorytopractice.errors import UnknownName
from theorytopractice.i18n import message, say, say_list
from theorytopractice.model.labels import name_of
from theorytopractice.model.settings import MEANINGS, usual_value
from theorytopractice.model.vocabularies import FindingKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

COLUMNS = ("word", "sort", "meaning", "when", "what_to_do")


class Word(NamedTuple):
    """One word: what it is a word for, what it means, when it applies, what is to be done (may be empty)."""

    word: str
    sort: str
    meaning: str
    when: str = ""
    what_to_do: str = ""


KIND = message("kind of finding")
STAGE = message("stage")
DISPOSITION = message("state of a finding")
ACTION_STATE = message("state of an action")
PROMISE = message("state of a promise")
SITE = message("state of a replication")
SLOT = message("result of a check")
ACTION_EVENT = message("event of an action")
FINDING_EVENT = message("event of a finding")
ACTION_ROLE = message("role of an action")
OWNER_ROLE = message("role of an owner")
RELATION = message("relation between findings")
CERTAINTY = message("certainty")
SOLVABILITY = message("solvability of a problem")
LEVEL = message("level of an indicator")
DIRECTION = message("direction of an indicator")
VALUES = message("sort of values")
INTENT = message("intent of an indicator")
ADAPTATION = message("adaptation of an experience")
KNOWLEDGE = message("knowledge")
VERDICT = message("verdict")
FLAG, MEASURE, SETTING = message("flag"), message("measure"), message("setting")

VOCABULARY = (
    Word(
        "insight", KIND, message("Something learned that should change what people do."),
        message("Most findings of studies and evaluations."),
        message("Link an action that carries it out and an indicator that would show the effect."),
    ),
    Word(
        "problem", KIND, message("Something that is wrong and affects people who can be asked."),
        message("A complaint, a defect, a shortage that stands."),
        message("Say whether it can be solved now, and link a survey of those affected."),
    ),
    Word(
        "experience", KIND, message("A practice that worked at one site and may work elsewhere."),
        message("It has a site where it began and reasons why it works."),
        message("Link an action with the role replicates for each further site."),
    ),
    Word(
        "mechanism", KIND, message("A rule or routine that should be followed for years."),
        message("It has a document, a day from which it is in force, and an interval of checks."),
        message("Record a check in every interval, by somebody other than its owner."),
    ),
    Word(
        "on the shelf", STAGE, message("Stage 0: nothing was planned or begun."),
        message("No action has both an accountable owner and a due date, and none has begun."),
        message("Give it an action with an owner and a date, or close it with a reason."),
    ),
    Word(
        "planned", STAGE, message("Stage 1: somebody has it, and until when."),
        message("Some action has an accountable owner and a due date."),
        message("Record the start when work begins."),
    ),
    Word(
        "under way", STAGE, message("Stage 2: work has begun."),
        message("Some action is in progress, suspended or complete."),
        message("Record what completes each action, with its evidence."),
    ),
    Word(
        "carried out", STAGE, message("Stage 3: everything planned was done, with evidence."),
        message("Every action that carries it out is done."),
        message("Measure the outcome: done is not yet in practice."),
    ),
    Word(
        "in practice", STAGE, message("Stage 4: it was done and the outcome shows."),
        message("Every required outcome reached its target after the start, from a baseline that missed it."),
        message("Keep measuring: a target must hold to be sustained."),
    ),
    Word(
        "sustained", STAGE, message("Stage 5: the outcome has held for half a year of measurements."),
        message("At least 180 days and three values on target without a long gap, unless the plan says otherwise."),
        message("Keep measuring at the declared interval."),
    ),
    Word(
        "open", DISPOSITION, message("The finding counts: it has a stage and flags."),
        message("No decision has closed it, or it was reopened."),
    ),
    Word(
        "rejected", DISPOSITION, message("Somebody decided against it."),
        message("The last decision is reject, which needs a reason."),
        message("Reopen it if the reason no longer holds."),
    ),
    Word(
        "superseded", DISPOSITION, message("Another finding stands in its place."),
        message("The last decision is supersede, which names the other finding."),
        message("Follow the finding that replaced it."),
    ),
    Word(
        "retired", DISPOSITION, message("It no longer applies."),
        message("The last decision is retire, which needs a reason."),
        message("Reopen it if it applies again."),
    ),
    Word(
        "duplicate", DISPOSITION, message("The same finding stands elsewhere in the plan."),
        message("The last decision is duplicate, which names the other finding."),
        message("Follow the finding that is kept."),
    ),
    Word(
        "unknown", DISPOSITION, message("It was not in the plan yet."),
        message("It was recorded after the day that is looked at."),
    ),
    Word("not_started", ACTION_STATE, message("Nothing was done yet."), message("No start and no progress."),
         message("Record the start when work begins.")),
    Word("in_progress", ACTION_STATE, message("Work goes on."),
         message("The last event is a start, a resumption or a reopening, or some progress was recorded."),
         message("Record completion with its evidence.")),
    Word("suspended", ACTION_STATE, message("Work has paused."), message("The last event is suspend."),
         message("Resume or cancel it.")),
    Word("done_unverified", ACTION_STATE, message("Reported complete, and nothing proves it."),
         message("The last event is complete, and no evidence dates from then or since the last reopening."),
         message("Add evidence: a link, a file or a description.")),
    Word("done", ACTION_STATE, message("Complete, with evidence."),
         message("The last event is complete and evidence of the action is recorded.")),
    Word("cancelled", ACTION_STATE, message("Given up."),
         message("The last event is cancel, which needs a reason."),
         message("A cancelled promise still counts until those it was made to release it.")),
    Word("released", PROMISE, message("Those it was made to no longer expect it."), message("A release is recorded.")),
    Word("disputed", PROMISE, message("Reported done, but those it was made to say no."),
         message("The last answer since completion is a dispute."),
         message("Ask what is missing, and record their confirmation when it is done.")),
    Word("kept_undated", PROMISE, message("Kept; no date had been promised."),
         message("The action is done and has no effective due date.")),
    Word("kept_on_time", PROMISE, message("Kept by its date."),
         message("The action was done on or before its effective due date.")),
    Word("kept_late", PROMISE, message("Kept, but after its date."),
         message("The action was done after its effective due date; only agreed new dates count.")),
    Word("undated", PROMISE, message("Promised without a date."), message("It is not done and has no effective due date."),
         message("Agree a date with those it was promised to.")),
    Word("missed", PROMISE, message("Its date has passed and it is not done with evidence."),
         message("The day is after the effective due date."),
         message("Do it, or agree a new date or a release with those it was promised to.")),
    Word("open", PROMISE, message("Its date is still to come."), message("It is not done, and its date has not passed.")),
    Word("idea", SITE, message("A site was named, no more."), message("No owner with a date, and no start."),
         message("Give it an accountable owner and a due date.")),
    Word("planned", SITE, message("Somebody has it, and until when."),
         message("The action has an accountable owner and a due date.")),
    Word("started", SITE, message("Work at the site has begun."), message("The action has a start.")),
    Word("adopted", SITE, message("Carried over; whether it works is not known yet."),
         message("The action is done and its adaptation is recorded."),
         message("Measure the outcome at this site.")),
    Word("did_not_work", SITE, message("Carried over, and the outcome did not show."),
         message("An outcome is measured and missed, half a year after completion."),
         message("Find out why before the next site.")),
    Word("worked", SITE, message("Carried over, and it worked there too."),
         message("The action is done and every outcome of the site is shown.")),
    Word("drifted", SITE, message("Carried over, but its core was lost."),
         message("The action is done and its core elements were not kept."),
         message("Restore the core elements, or record it as another practice.")),
    Word("abandoned", SITE, message("Given up at this site."), message("The action is cancelled.")),
    Word("pass", SLOT, message("The rule was followed."), message("The last check of the interval is check_pass.")),
    Word("fail", SLOT, message("The rule was not followed."), message("The last check of the interval is check_fail.")),
    Word("na", SLOT, message("There was nothing to follow."), message("The last check of the interval is check_na.")),
    Word("missed", SLOT, message("Nobody checked."), message("The interval and its grace are over without a check."),
         message("Check it now: two misses in a row make a dead letter.")),
    Word("start", ACTION_EVENT, message("Work begins."), message("On the day on which it begins.")),
    Word("complete", ACTION_EVENT, message("Work is finished."), message("On the day on which it is finished."),
         message("Add evidence, or it does not count as done.")),
    Word("reopen", ACTION_EVENT, message("Work that was complete goes on."),
         message("When it turns out not to be finished."), message("New evidence is needed afterwards.")),
    Word("cancel", ACTION_EVENT, message("Work is given up."), message("When nobody will do it."),
         message("Give the reason.")),
    Word("suspend", ACTION_EVENT, message("Work pauses."), message("When it rests, but is not given up.")),
    Word("resume", ACTION_EVENT, message("Work goes on after a pause."), message("When it goes on.")),
    Word("redate", ACTION_EVENT, message("The due date moves."), message("On the day on which the new date is set."),
         message("Give the new date, the reason, and whether those it was promised to agree.")),
    Word("progress", ACTION_EVENT, message("So many per cent are done."), message("Whenever it is known."),
         message("100 per cent closes nothing: record completion.")),
    Word("release", ACTION_EVENT, message("Those it was promised to no longer expect it."), message("When they say so.")),
    Word("dispute", ACTION_EVENT, message("Those it was promised to say that it is not done."), message("When they say so.")),
    Word("confirm", ACTION_EVENT, message("Those it was promised to say that it is done."), message("When they say so.")),
    Word("accept", FINDING_EVENT, message("The organisation agrees with the finding."),
         message("When it is decided."), message("Agreeing is not doing: link an action.")),
    Word("partially_accept", FINDING_EVENT, message("The organisation agrees with part of the finding."),
         message("When it is decided."), message("Say which part, and link an action.")),
    Word("reject", FINDING_EVENT, message("The organisation decides against the finding."),
         message("When it is decided."), message("Give the reason.")),
    Word("supersede", FINDING_EVENT, message("Another finding takes its place."), message("When the other one is recorded."),
         message("Name the other finding.")),
    Word("retire", FINDING_EVENT, message("The finding no longer applies."), message("When it is decided."),
         message("Give the reason.")),
    Word("duplicate", FINDING_EVENT, message("The same finding stands elsewhere."), message("When it is noticed."),
         message("Name the other finding.")),
    Word("reopen", FINDING_EVENT, message("A closed finding counts again."), message("When it is decided.")),
    Word("block", FINDING_EVENT, message("Something must happen first."), message("When work cannot go on."),
         message("Name the condition and the day on which it is looked at again.")),
    Word("unblock", FINDING_EVENT, message("The condition is met."), message("When work can go on.")),
    Word("check_pass", FINDING_EVENT, message("A check found the rule followed."), message("On the day of the check."),
         message("Somebody other than the owner checks.")),
    Word("check_fail", FINDING_EVENT, message("A check found the rule not followed."), message("On the day of the check."),
         message("Somebody other than the owner checks.")),
    Word("check_na", FINDING_EVENT, message("A check found nothing to follow."), message("On the day of the check."),
         message("Somebody other than the owner checks.")),
    Word("review_confirmed", FINDING_EVENT, message("A review found the finding still right."),
         message("On the day of the review.")),
    Word("review_revised", FINDING_EVENT, message("A review changed details, not the meaning."),
         message("On the day of the review.")),
    Word("review_material", FINDING_EVENT, message("A review changed what the finding means."),
         message("On the day of the review."),
         message("What was done before no longer counts for it; act and measure anew.")),
    Word("delivers", ACTION_ROLE, message("The action puts the finding into practice."), message("The only role that moves the ladder.")),
    Word("enables", ACTION_ROLE, message("The action creates a condition for it."), message("For problems that need conditions, and blocks.")),
    Word("improves", ACTION_ROLE, message("The action builds on what is done already."), message("Follow-up work; it never lowers a stage.")),
    Word("replicates", ACTION_ROLE, message("The action carries an experience to another site."), message("For experiences; it needs a site.")),
    Word("accountable", OWNER_ROLE, message("Answers for the action."), message("Exactly one owner of each action.")),
    Word("responsible", OWNER_ROLE, message("Does the work."), message("Any number of owners.")),
    Word("consulted", OWNER_ROLE, message("Is asked before decisions."), message("Any number of owners.")),
    Word("informed", OWNER_ROLE, message("Is told of decisions."), message("Any number of owners.")),
    Word("derived_from", RELATION, message("The finding came out of another one."), message("When a review or an action led to something new.")),
    Word("codified_in", RELATION, message("The experience became a rule."), message("It names the mechanism."),
         message("A rule alone proves nothing: a site must have worked.")),
    Word("related", RELATION, message("The findings belong together."), message("Shown and searched; no rule uses it.")),
    Word("high", CERTAINTY, message("Further evidence would hardly change it."), message("A rating of the evidence, with its reason.")),
    Word("moderate", CERTAINTY, message("Further evidence may change it."), message("A rating of the evidence, with its reason.")),
    Word("low", CERTAINTY, message("Further evidence is likely to change it."), message("A rating of the evidence, with its reason.")),
    Word("very_low", CERTAINTY, message("Little more than a guess."), message("A rating of the evidence, with its reason.")),
    Word("unrated", CERTAINTY, message("Nobody has rated the evidence."), message("Until somebody does."), message("Rate it.")),
    Word("now", SOLVABILITY, message("The problem can be solved now."), message("The usual case.")),
    Word("needs_conditions", SOLVABILITY, message("Something else must come first."), message("Law, money, other people's work."),
         message("Link an action with the role enables, with owner and date.")),
    Word("long_term", SOLVABILITY, message("It takes years."), message("Set milestones within a year either side."),
         message("Keep one due date or target date within a year.")),
    Word("output", LEVEL, message("Measures what was done."), message("Never shows that it worked.")),
    Word("outcome", LEVEL, message("Measures what changed by it."), message("Counts for in practice and sustained.")),
    Word("impact", LEVEL, message("Measures the larger good."), message("Counts for in practice and sustained.")),
    Word("confirmation", LEVEL, message("The share of those affected who say that it is solved."), message("Problems; at least ten answers, not older than 400 days.")),
    Word("ascending", DIRECTION, message("More is better."), message("The target is a least value.")),
    Word("descending", DIRECTION, message("Less is better."), message("The target is a greatest value.")),
    Word("range", DIRECTION, message("Between two bounds is best."), message("The target has a low and a high bound.")),
    Word("unit", VALUES, message("A number with a unit."), message("Minutes, tonnes, money.")),
    Word("count", VALUES, message("A whole number of events."), message("How many out of how much time or how many people may stand in n.")),
    Word("percentage", VALUES, message("A share from 0 to 100."), message("Of how many may stand in n.")),
    Word("ordinal", VALUES, message("A step on a scale."), message("The scale lists its steps in order.")),
    Word("nominal", VALUES, message("One of several names."), message("It is met when the name is the target's.")),
    Word("improve", INTENT, message("The figure should get better."), message("It needs a baseline that misses the target.")),
    Word("maintain", INTENT, message("The figure should stay where it is."), message("It needs no baseline.")),
    Word("none", ADAPTATION, message("Taken over as it was."), message("Recorded when the replication is done.")),
    Word("planned", ADAPTATION, message("Changed on purpose before it began."), message("Recorded when the replication is done.")),
    Word("reactive", ADAPTATION, message("Changed on the way, because something happened."), message("Recorded when the replication is done.")),
    Word("then", KNOWLEDGE, message("What was known on the day."), message("Facts recorded later are not seen; the usual view.")),
    Word("restated", KNOWLEDGE, message("What is known today of the day."), message("Facts recorded later are seen by their own date.")),
    Word("cannot tell", VERDICT, message("Nobody can say whether the figure moved after the action."), message("Nothing was measured before, no action began, there were too few events, or it has no direction.")),
    Word("too few points", VERDICT, message("There are too few measurements to say."), message("Fewer than the rules need before or since."), message("Keep measuring.")),
    Word("improved", VERDICT, message("Better since the action, and still so."), message("It says since, not because of.")),
    Word("better, but", VERDICT, message("Better than before, but something else may explain it."), message("The sentence names it: an old trend, a season, a bad start, chance."), message("Keep measuring.")),
    Word("no signal", VERDICT, message("No change since the action is clear."), message("The evidence stays below the bar.")),
    Word("worse, but", VERDICT, message("Worse than before, but something else may explain it."), message("The sentence names it: an old trend, a season, a good start, chance."), message("Keep measuring.")),
    Word("worse", VERDICT, message("Worse since the action, and still so."), message("It says since, not because of."), message("Look for the reason.")),
)  # fmt: skip

FIELDS = {
    ("finding", "kind"): (KIND,),
    ("finding", "certainty"): (CERTAINTY,),
    ("finding", "solvability"): (SOLVABILITY,),
    ("action", "adaptation"): (ADAPTATION,),
    ("finding_action", "role"): (ACTION_ROLE,),
    ("action_owner", "role"): (OWNER_ROLE,),
    ("finding_relation", "relation"): (RELATION,),
    ("indicator", "level"): (LEVEL,),
    ("indicator", "direction"): (DIRECTION,),
    ("indicator", "measure"): (VALUES,),
    ("indicator", "intent"): (INTENT,),
    ("event", "event"): (ACTION_EVENT, FINDING_EVENT),
}
"""The fields of a form whose words are told, and of which sorts they are."""


def words(word: str = "") -> pd.DataFrame:
    """Say what a word means, when it applies and what is to be done; of all words if none is given.

    The words are flags, stages, states, events, kinds, roles and the other vocabularies, measures, settings and
    verdicts, in the language that is spoken (:func:`theorytopractice.i18n.speaking`).

    Args:
        word: one word, however its blanks and capitals are written; all of them if empty.

    Returns:
        ``word``, ``sort``, ``meaning``, ``when``, ``what_to_do`` (str, empty where there is nothing to say); one row a
        word and sort.

    Raises:
        UnknownName: no such word; the nearest one is named.

    >>> ttp.words("missed")["sort"].to_list()
    ['state of a promise', 'result of a check']
    """
    everything = list(_rows())
    rows = [row for row in everything if not word or _plain(row.word) == _plain(word)]
    if not rows:
        raise UnknownName(say("word"), word, list(dict.fromkeys(row.word for row in everything)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def tell(frame: pd.DataFrame) -> str:
    """Write words as text: each with its sort and meaning, and what to do below."""
    paragraphs = []
    for row in map(Word._make, frame[list(COLUMNS)].to_numpy().tolist()):
        lines = [say("{word} ({sort}): {meaning}", word=row.word, sort=row.sort, meaning=row.meaning)]
        lines += [f"  {text}" for text in (row.when, row.what_to_do) if text]
        paragraphs.append("\n".join(lines))
    return "\n".join(paragraphs)


def meanings(table: str, column: str, choices: Collection[str]) -> list[tuple[str, str]]:
    """Return the words that a field offers, each with its meaning; empty where the field takes others.

    >>> meanings("finding_action", "role", ["delivers"])
    [('delivers', 'The action puts the finding into practice.')]
    """
    by_sort = [
        {row.word: row.meaning for row in VOCABULARY if row.sort == sort}
        for sort in FIELDS.get((table, column), ())
    ]
    fitting = [
        told for told in by_sort if set(choices) <= set(told)
    ]  # to reopen an action is not to reopen a finding
    return [(word, say(fitting[0][word])) for word in choices] if fitting else []


def _rows() -> Iterator[Word]:
    """Say every word: flags first, then the vocabularies, measures and settings."""
    for flag in FLAGS.values():
        yield Word(flag.name, say(FLAG), say(flag.meaning), _kinds(flag.kinds), say(flag.advice))
    for row in VOCABULARY:
        yield Word(row.word, *(say(text) if text else "" for text in row[1:]))
    for measure in MEASURES.values():
        yield Word(
            measure.name, say(MEASURE), measure.text(measure.meaning), "", measure.text(measure.caution)
        )
    for name, meaning in MEANINGS.items():
        usual = usual_value(name)
        yield Word(name, say(SETTING), say(meaning), say("Usually {value}.", value=usual) if usual else "")


def _kinds(kinds: tuple[FindingKind, ...]) -> str:
    """Say for which kinds of findings a flag is judged."""
    if set(kinds) == set(FindingKind):
        return say("For findings of every kind.")
    return say("For findings of the kind {kinds}.", kinds=say_list(map(name_of, kinds), "or"))


def _plain(word: str) -> str:
    return word.replace("_", " ").strip().casefold()
