"""Which actions and which facts of them raised the flags that every kind of finding may have? (method, 5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.arrays.columns import code, positions
from theorytopractice.assessment.lists.framing import owner_ids
from theorytopractice.assessment.stages import raising
from theorytopractice.assessment.stages.actions import SeenEvents
from theorytopractice.assessment.stages.ladder import is_left_alone
from theorytopractice.assessment.stages.timeline import CHECKS, is_kind
from theorytopractice.assessment.words.reasons import because
from theorytopractice.assessment.words.reasons_findings import origin_text
from theorytopractice.assessment.words.wording import (
    action_event,
    age_of,
    day_text,
    days_text,
    evidence,
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
from theorytopractice.assessment.words.wording_indicators import indicator_name
from theorytopractice.language import PARTS, say, say_in_turn, say_n
from theorytopractice.model.naming import event_name
from theorytopractice.model.vocabularies import ActionEvent, ActionRole, FindingKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from theorytopractice.assessment.arrays.segments import Grouped, Truths
    from theorytopractice.assessment.stages.situation import Situation

FULL = 100


def _each(s: Situation, rows: Truths, tell: Callable[[str, int], str]) -> str:
    """Tell something of each action among some rows, by its name and its link."""
    return say_in_turn(PARTS, (tell(action_name(s, link), link) for link in links_of(s, rows)))


def standing_text(s: Situation, link: int) -> str:
    """Say that a linked action is in its state."""
    return say("{action} is {state}", action=action_name(s, link), state=state_text(s, link))


def _states(s: Situation, rows: Truths) -> str:
    """Tell the state of each action among some rows."""
    return _each(s, rows, lambda name, link: say("{action} {state}", action=name, state=state_text(s, link)))


def _events(s: Situation) -> SeenEvents:
    """Return the visible events of every linked action, as its state was read from them."""
    revised = s.seen.revised_on[s.actions.case]
    return SeenEvents(s.book, s.actions.action, s.day[s.actions.case], revised, s.cases.knowledge)


@because
def unowned(s: Situation) -> str:
    """Name the actions without an accountable owner."""
    alone = s.is_kind(FindingKind.MECHANISM)[0] and not s.book.findings.has_owner[s.cases.finding[0]]
    said = [say("the mechanism itself has no owner_id")] if alone else []
    if raising.without_owner(s).any():
        said.append(say("nobody is accountable for {actions}", actions=names_of(s, raising.without_owner(s))))
    return say_in_turn(PARTS, said)


@because
def owner_left(s: Situation) -> str:
    """Name the open actions whose accountable owner has left, that owner and the day; a mechanism's own too."""
    said = []
    if is_left_alone(s)[0]:
        finding = int(s.cases.finding[0])
        said.append(
            say(
                "its owner {owner} left on {day}, and the mechanism still names nobody else",
                owner=_owner(s, "finding", finding),
                day=day_text(s.book.findings.owner_left_on[finding]),
            )
        )

    def tell(name: str, link: int) -> str:
        action = s.actions.action[link]
        row = int(s.book.actions.accountable[action])
        return say(
            "{action} is open, and {owner}, who is accountable for it, left on {day}",
            action=name,
            owner=_owner(s, "action_owner", row),
            day=day_text(s.book.actions.owner_left_on[action]),
        )

    return say_in_turn(PARTS, [*said, _each(s, raising.left_behind(s), tell)])


def _owner(s: Situation, table: str, row: int) -> str:
    """Return the name and the id of the known owner whom a row of a table names; the id alone where there is no name."""
    place = positions(s.book.frames[table]["owner_id"].iloc[[row]], owner_ids(s.book))
    owner = s.book.frames["owner"].iloc[int(place[0])]
    name, identifier = text_of(owner["name"]), text_of(owner["owner_id"])
    return say("{name} ({identifier})", name=name, identifier=identifier) if name else identifier


@because
def undated(s: Situation) -> str:
    """Name the actions without a due date."""
    return say("no due date is set for {actions}", actions=names_of(s, raising.without_due(s)))


@because
def unverified(s: Situation) -> str:
    """Name the actions that are complete without evidence."""
    return _each(s, raising.without_evidence(s), lambda _, link: standing_text(s, link))


@because
def overdue(s: Situation) -> str:
    """Name the actions past their due date."""

    def tell(name: str, link: int) -> str:
        due = int(s.actions.due[link])
        age = days_text(age_of(s, due))
        return say("{action} was due on {day}, {age} ago", action=name, day=day_text(due), age=age)

    return _each(s, raising.past_due(s), tell)


@because
def slipped(s: Situation) -> str:
    """Name the actions that were put off."""

    def tell(name: str, link: int) -> str:
        due, original = int(s.actions.due[link]), int(s.actions.original_due[link])
        return say(
            "{action} was put off by {delay}, from {first} to {due}, re-dated on {found}",
            action=name,
            delay=days_text(due - original),
            first=day_text(original),
            due=day_text(due),
            found=action_event(s, s.actions.redate_row[link]),
        )

    return _each(s, raising.moved_later(s), tell)


@because
def reopened(s: Situation) -> str:
    """Name the actions that were taken up again."""
    events = _events(s)
    last = events.last(ActionEvent.REOPEN)

    def tell(name: str, link: int) -> str:
        found = action_event(s, events.row[last[link]])
        return say("{action} was reopened on {found} and is not complete since", action=name, found=found)

    return _each(s, raising.taken_up_again(s), tell)


@because
def progress_100_not_closed(s: Situation) -> str:
    """Name the actions that claimed to be finished."""
    events = _events(s)

    def tell(name: str, link: int) -> str:
        claim = np.flatnonzero((events.segment == link) & (events.progress >= FULL))[0]
        found = action_event(s, events.row[claim])
        return say("{action} claimed 100 % on {found} and is not complete", action=name, found=found)

    return _each(s, raising.claimed_full(s), tell)


@because
def plan_abandoned(s: Situation) -> str:
    """Name the actions, all cancelled."""
    return say("every action is cancelled: {actions}", actions=_states(s, raising.given_up(s)))


@because
def scope_reduced(s: Situation) -> str:
    """Name the cancelled actions among the others."""
    return say(
        "{gone} of {of} actions given up: {actions}",
        gone=len(links_of(s, raising.given_up(s))),
        of=len(links_of(s, s.actions.counts)),
        actions=_states(s, raising.given_up(s)),
    )


@because
def no_enabling_action(s: Situation) -> str:
    """Say of each enabling action why it does not count."""
    enabling = s.role(ActionRole.ENABLES)
    if not enabling.any():
        return say("no action enables it, so nobody works on its conditions")

    def tell(name: str, link: int) -> str:
        if s.actions.is_cancelled[link]:
            return standing_text(s, link)
        return say("{action} lacks {what}", action=name, what=lacking_text(s, link))

    return say("no enabling action is live, owned and dated: {actions}", actions=_each(s, enabling, tell))


@because
def stalled(s: Situation) -> str:
    """Tell the last thing that moved."""
    latest = int(np.maximum(s.origin, s.latest_activity)[0])
    return say(
        "nothing moved in the {age} since {moved}; the limit is {limit}",
        age=days_text(age_of(s, latest)),
        moved=_moved(s, latest),
        limit=s.book.settings.stall_days,
    )


def _moved(s: Situation, day: int) -> str:
    """Say what moved on a day: an event, evidence, a new action, or the finding itself."""
    events, live = _events(s), s.actions.is_live
    hits = np.flatnonzero(events.is_activity() & (events.day == day) & live[events.segment])
    if len(hits):
        found, name = action_event(s, events.row[hits[-1]]), action_name(s, events.segment[hits[-1]])
        event = event_name(found.cell("event"))
        return say("{event} of {action} on {found}", event=event, action=name, found=found)
    for link in np.flatnonzero(live & (s.actions.active_on == day)).tolist():
        name = action_name(s, link)
        if (row := int(s.actions.proof_row[link])) >= 0 and s.book.evidence["day"][row] == day:
            return say("evidence of {action} on {found}", action=name, found=evidence(s, row))
        return say("{action} entered the plan on {day}", action=name, day=day_text(day))
    return origin_text(s)


@because
def future_dated(s: Situation) -> str:
    """Name what has facts after the day: how many, and the date of the first; they are not visible yet."""
    said = []
    for link in links_of(s, raising.ahead_of_day(s)):
        action = int(s.actions.action[link])
        redate = s.book.action_events["kind"] == code(ActionEvent, ActionEvent.REDATE)
        dates = [*_ahead(s, s.book.action_events, action, ~redate), *_ahead(s, s.book.evidence, action)]
        said.append(_facts(action_name(s, link), dates))
    _, indicator, _ = s.measured(np.ones(1, dtype=bool))
    for one in np.unique(indicator).tolist():
        dates = _ahead(s, s.book.observations, one)
        said += [_values(indicator_name(s, one), dates)] if dates else []
    if s.mechanisms.has_future[0]:
        events = s.book.finding_events
        dates = _ahead(s, events, int(s.cases.finding[0]), is_kind(events["kind"], *CHECKS))
        said.append(_checks(finding_name(s, s.cases.finding[0]), dates))
    return say("facts after this day are not counted: {facts}", facts=say_in_turn(PARTS, said))


def _ahead(s: Situation, facts: Grouped, parent: int, wanted: Truths | None = None) -> list[int]:
    """Return the dates after the as-of day of the facts of one parent."""
    rows = np.arange(facts.starts[parent], facts.starts[parent + 1])
    rows = rows if wanted is None else rows[wanted[rows]]
    return sorted(int(day) for day in facts["day"][rows] if day > s.day[0])


def _facts(name: str, dates: list[int]) -> str:
    first = day_text(dates[0])
    return say_n(
        "{name} {n} fact on {day}", "{name} {n} facts from {day} on", len(dates), name=name, day=first
    )


def _values(name: str, dates: list[int]) -> str:
    first = day_text(dates[0])
    return say_n(
        "{name} {n} value on {day}", "{name} {n} values from {day} on", len(dates), name=name, day=first
    )


def _checks(name: str, dates: list[int]) -> str:
    first = day_text(dates[0])
    return say_n(
        "{name} {n} check on {day}", "{name} {n} checks from {day} on", len(dates), name=name, day=first
    )
