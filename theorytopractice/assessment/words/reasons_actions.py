"""Which actions, decisions and dates raised the flags that every kind of finding may have? (method, 5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.columns import code
from theorytopractice.assessment.arrays.segments import MISSING
from theorytopractice.assessment.arrays.suspects import suspect_links_of
from theorytopractice.assessment.stages import raising
from theorytopractice.assessment.stages.actions import SeenEvents
from theorytopractice.assessment.stages.timeline import CHECKS, is_kind
from theorytopractice.assessment.words.reasons import because
from theorytopractice.assessment.words.wording import (
    action_event,
    age_of,
    day_text,
    days_text,
    evidence,
    finding_event,
    finding_name,
    text_of,
)
from theorytopractice.assessment.words.wording_actions import (
    action_name,
    lacking_text,
    links_of,
    names_of,
    state_text,
)
from theorytopractice.assessment.words.wording_findings import block_text
from theorytopractice.assessment.words.wording_indicators import indicator_name
from theorytopractice.model.vocabularies import ActionEvent, ActionRole, FindingKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from theorytopractice.assessment.arrays.segments import Grouped, Truths
    from theorytopractice.assessment.stages.situation import Situation

FULL = 100


def _each(s: Situation, rows: Truths, say: Callable[[int], str]) -> str:
    """Say something of each action among some rows."""
    return "; ".join(f"{action_name(s, link)} {say(link)}" for link in links_of(s, rows))


def _events(s: Situation) -> SeenEvents:
    """Return the visible events of every linked action, as its state was read from them."""
    revised = s.seen.revised_on[s.actions.case]
    return SeenEvents(s.book, s.actions.action, s.day[s.actions.case], revised, s.cases.knowledge)


def origin_text(s: Situation) -> str:
    """Say from which day age and activity count."""
    if s.seen.revised_on[0] != MISSING:
        return f"its meaning was revised on {day_text(s.origin[0])}"
    return f"it entered the plan on {day_text(s.origin[0])}"


def _on_the_shelf(s: Situation) -> str:
    grace = s.book.settings.new_grace
    return f"nothing has moved it from the shelf in the {days_text(s.age[0])} since {origin_text(s)}; the grace is {grace}"


@because
def new(s: Situation) -> str:
    """Say how young the finding is."""
    return _on_the_shelf(s)


@because
def shelved(s: Situation) -> str:
    """Say how long the finding has lain there."""
    return _on_the_shelf(s)


@because
def unowned(s: Situation) -> str:
    """Name the actions without an accountable owner."""
    alone = s.is_kind(FindingKind.MECHANISM)[0] and not s.book.findings.has_owner[s.cases.finding[0]]
    said = ["the mechanism itself has no owner_id"] if alone else []
    if raising.without_owner(s).any():
        said.append(f"nobody is accountable for {names_of(s, raising.without_owner(s))}")
    return "; ".join(said)


@because
def undated(s: Situation) -> str:
    """Name the actions without a due date."""
    return f"no due date is set for {names_of(s, raising.without_due(s))}"


@because
def unverified(s: Situation) -> str:
    """Name the actions that are complete without evidence."""
    return _each(s, raising.without_evidence(s), lambda link: f"is {state_text(s, link)}")


@because
def overdue(s: Situation) -> str:
    """Name the actions past their due date."""

    def say(link: int) -> str:
        due = int(s.actions.due[link])
        return f"was due on {day_text(due)}, {days_text(age_of(s, due))} ago"

    return _each(s, raising.past_due(s), say)


@because
def slipped(s: Situation) -> str:
    """Name the actions that were put off."""

    def say(link: int) -> str:
        due, original = int(s.actions.due[link]), int(s.actions.original_due[link])
        moved = f"was put off by {days_text(due - original)}, from {day_text(original)} to {day_text(due)}"
        return f"{moved}, re-dated on {action_event(s, s.actions.redate_row[link])}"

    return _each(s, raising.moved_later(s), say)


@because
def reopened(s: Situation) -> str:
    """Name the actions that were taken up again."""
    events = _events(s)
    last = events.last(ActionEvent.REOPEN)
    return _each(
        s,
        raising.taken_up_again(s),
        lambda link: f"was reopened on {action_event(s, events.row[last[link]])} and is not complete since",
    )


@because
def progress_100_not_closed(s: Situation) -> str:
    """Name the actions that claimed to be finished."""
    events = _events(s)

    def say(link: int) -> str:
        claim = np.flatnonzero((events.segment == link) & (events.progress >= FULL))[0]
        return f"claimed 100 % on {action_event(s, events.row[claim])} and is not complete"

    return _each(s, raising.claimed_full(s), say)


@because
def plan_abandoned(s: Situation) -> str:
    """Name the actions, all cancelled."""
    return "every action is cancelled: " + _each(s, raising.given_up(s), lambda link: state_text(s, link))


@because
def scope_reduced(s: Situation) -> str:
    """Name the cancelled actions among the others."""
    gone, counted = links_of(s, raising.given_up(s)), links_of(s, s.actions.counts)
    return f"{len(gone)} of {len(counted)} actions given up: " + _each(
        s, raising.given_up(s), lambda link: state_text(s, link)
    )


@because
def blocked(s: Situation) -> str:
    """Tell the block in force."""
    return block_text(s)


@because
def block_expired(s: Situation) -> str:
    """Tell the revisit date that passed."""
    row = int(s.seen.block[0])
    due, found = int(s.book.finding_events["due"][row]), finding_event(s, row)
    if due == MISSING:
        return f"the block of {found} has no revisit date"
    return f"the revisit date of the block of {found} was {day_text(due)}, {days_text(age_of(s, due))} ago"


@because
def no_enabling_action(s: Situation) -> str:
    """Say of each enabling action why it does not count."""
    enabling = s.role(ActionRole.ENABLES)
    if not enabling.any():
        return "no action enables it, so nobody works on its conditions"

    def say(link: int) -> str:
        if s.actions.is_cancelled[link]:
            return f"is {state_text(s, link)}"
        return f"lacks {lacking_text(s, link)}"

    return "no enabling action is live, owned and dated: " + _each(s, enabling, say)


@because
def stalled(s: Situation) -> str:
    """Tell the last thing that moved."""
    latest = int(np.maximum(s.origin, s.latest_activity)[0])
    limit = s.book.settings.stall_days
    return (
        f"nothing moved in the {days_text(age_of(s, latest))} since {_moved(s, latest)}; the limit is {limit}"
    )


def _moved(s: Situation, day: int) -> str:
    """Say what moved on a day: an event, evidence, a new action, or the finding itself."""
    events, live = _events(s), s.actions.is_live
    hits = np.flatnonzero(events.is_activity() & (events.day == day) & live[events.segment])
    if len(hits):
        found = action_event(s, events.row[hits[-1]])
        return f"{found.cell('event')} of {action_name(s, events.segment[hits[-1]])} on {found}"
    for link in np.flatnonzero(live & (s.actions.active_on == day)).tolist():
        if (row := int(s.actions.proof_row[link])) >= 0 and s.book.evidence["day"][row] == day:
            return f"evidence of {action_name(s, link)} on {evidence(s, row)}"
        return f"{action_name(s, link)} entered the plan on {day_text(day)}"
    return origin_text(s)


@because
def future_dated(s: Situation) -> str:
    """Name what has facts after the day: how many, and the date of the first; they are not visible yet."""
    said = []
    for link in links_of(s, raising.ahead_of_day(s)):
        action = int(s.actions.action[link])
        redate = s.book.action_events["kind"] == code(ActionEvent, ActionEvent.REDATE)
        dates = [*_ahead(s, s.book.action_events, action, ~redate), *_ahead(s, s.book.evidence, action)]
        said.append(_count(action_name(s, link), "fact", dates))
    _, indicator, _ = s.measured(np.ones(1, dtype=bool))
    for one in np.unique(indicator).tolist():
        dates = _ahead(s, s.book.observations, one)
        said += [_count(indicator_name(s, one), "value", dates)] if dates else []
    if s.mechanisms.has_future[0]:
        events = s.book.finding_events
        dates = _ahead(s, events, int(s.cases.finding[0]), is_kind(events["kind"], *CHECKS))
        said.append(_count(finding_name(s, s.cases.finding[0]), "check", dates))
    return "facts after this day are not counted: " + "; ".join(said)


def _ahead(s: Situation, facts: Grouped, parent: int, wanted: Truths | None = None) -> list[int]:
    """Return the dates after the as-of day of the facts of one parent."""
    rows = np.arange(facts.starts[parent], facts.starts[parent + 1])
    rows = rows if wanted is None else rows[wanted[rows]]
    return sorted(int(day) for day in facts["day"][rows] if day > s.day[0])


def _count(name: str, word: str, dates: list[int]) -> str:
    first = day_text(dates[0])
    return (
        f"{name} 1 {word} on {first}" if len(dates) == 1 else f"{name} {len(dates)} {word}s from {first} on"
    )


@because
def suspect(s: Situation) -> str:
    """Name the links that nobody confirmed since their other end was reworded."""
    said = []
    for row in suspect_links_of(s.book.frames, finding_name(s, s.cases.finding[0]), int(s.day[0])).to_dict(
        "records"
    ):
        confirmed = text_of(row["confirmed_on"])[:10]
        when = f"last confirmed on {confirmed}" if confirmed else "never confirmed"
        other, reworded = row["reworded_id"], text_of(row["reworded_on"])[:10]
        said.append(
            f"its link ({row['role']}) with {other} was {when}, and {other} was reworded on {reworded}"
        )
    return "; ".join(dict.fromkeys(said))


@because
def review_overdue(s: Situation) -> str:
    """Tell since when a review is due."""
    due, reviewed = int(s.review_due[0]), int(s.seen.reviewed_on[0])
    recorded = day_text(s.book.findings.recorded[s.cases.finding[0]])
    last = (
        f"last reviewed on {day_text(reviewed)}"
        if reviewed != MISSING
        else f"never reviewed since it entered the plan on {recorded}"
    )
    return f"a review was due on {day_text(due)}, {days_text(age_of(s, due))} ago; {last}"
