"""Which very rows raised each flag? One sentence a flag, with ids and dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from theorytopractice.assessment import flags
from theorytopractice.assessment.actions import ActionState, SeenEvents
from theorytopractice.assessment.columns import code, positions
from theorytopractice.assessment.encode import find_suspect_links
from theorytopractice.assessment.experiences import Replication
from theorytopractice.assessment.frames import owner_ids
from theorytopractice.assessment.grouped import MISSING, NEVER
from theorytopractice.assessment.ladder import is_left_alone, is_moved, shared_by
from theorytopractice.assessment.mechanisms import DEAD_AFTER, DORMANT_AFTER
from theorytopractice.assessment.phrases import (
    action_event,
    action_name,
    action_names,
    age_text,
    baseline_text,
    block_text,
    cell_text,
    check_counts_text,
    day_cell,
    day_text,
    days_text,
    evidence,
    finding_event,
    finding_name,
    indicator_name,
    indicator_row,
    indicators,
    lacking_text,
    link_numbers,
    observation,
    passed_slots,
    replication_state,
    sentence,
    several,
    site_name,
    site_reason,
    slot_text,
    slots_text,
    state_text,
    survey_text,
    target_text,
    unexplained_text,
    valid_slots,
    value_text,
    without_full_stop,
)
from theorytopractice.assessment.problems import MILESTONE_DAYS, RIPE_DAYS, is_enabling, ripe_on, solved_since
from theorytopractice.assessment.visibility import CHECKS, is_kind
from theorytopractice.i18n import CLAUSES, PARTS, message, say, say_in_turn, say_n
from theorytopractice.model.labels import event_name, name_of
from theorytopractice.model.vocabularies import ActionEvent, ActionRole, FindingKind, Level, Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from theorytopractice.assessment.assessment import Assessment
    from theorytopractice.assessment.grouped import BoolArray, Grouped


Reason: TypeAlias = "Callable[[Assessment], str]"

REASONS: dict[str, Reason] = {}


def because(reason: Reason) -> Reason:
    """Declare a function as the reason of the flag of its name."""
    REASONS[reason.__name__] = reason
    return reason


def flag_reasons(s: Assessment, flags: list[str]) -> dict[str, str]:
    """Return a sentence for each raised flag of a single case."""
    return {name: sentence(REASONS[name](s)) for name in flags}


LINK_WORDS = (*ActionRole, Relation.RELATED, message("derived_from"), message("codified_in"))


def origin_text(s: Assessment) -> str:
    """Say from which day age and activity count."""
    if s.visible.revised_on[0] != MISSING:
        return say("its meaning was revised on {day}", day=day_text(s.origin[0]))
    return say("it entered the plan on {day}", day=day_text(s.origin[0]))


def _on_the_shelf(s: Assessment) -> str:
    return say(
        "nothing has moved it from the shelf in the {age} since {origin}; the grace is {grace}",
        age=days_text(s.age[0]),
        origin=origin_text(s),
        grace=s.encoded.settings.new_grace,
    )


@because
def new(s: Assessment) -> str:
    """Say how young the finding is."""
    return _on_the_shelf(s)


@because
def shelved(s: Assessment) -> str:
    """Say how long the finding has lain there."""
    return _on_the_shelf(s)


@because
def blocked(s: Assessment) -> str:
    """Tell the block in force."""
    return block_text(s)


@because
def block_expired(s: Assessment) -> str:
    """Tell the revisit date that passed."""
    row = int(s.visible.block[0])
    due, found = int(s.encoded.finding_events["due"][row]), finding_event(s, row)
    if due == MISSING:
        return say("the block of {found} has no revisit date", found=found)
    return say(
        "the revisit date of the block of {found} was {day}, {age} ago",
        found=found,
        day=day_text(due),
        age=days_text(age_text(s, due)),
    )


@because
def suspect(s: Assessment) -> str:
    """Name the links that nobody confirmed since their other end was reworded."""
    found = find_suspect_links(s.encoded.frames, finding_name(s, s.cases.finding[0]), int(s.day[0]))
    return say_in_turn(PARTS, dict.fromkeys(_suspect(row) for row in found.to_dict("records")))


def _suspect(row: dict[Hashable, Any]) -> str:
    """Say when a link was last confirmed, and when its other end was reworded."""
    confirmed = cell_text(row["confirmed_on"])[:10]
    role, other, reworded = str(row["role"]), row["reworded_id"], cell_text(row["reworded_on"])[:10]
    role = say(role) if role in LINK_WORDS else role
    if not confirmed:
        return say(
            "its link ({role}) with {other} was never confirmed, and {other} was reworded on {reworded}",
            role=role,
            other=other,
            reworded=reworded,
        )
    return say(
        "its link ({role}) with {other} was last confirmed on {confirmed}, and {other} was reworded on {reworded}",
        role=role,
        other=other,
        confirmed=confirmed,
        reworded=reworded,
    )


@because
def review_overdue(s: Assessment) -> str:
    """Tell since when a review is due."""
    due, reviewed = int(s.review_due[0]), int(s.visible.reviewed_on[0])
    since = say("a review was due on {day}, {age} ago", day=day_text(due), age=days_text(age_text(s, due)))
    if reviewed != MISSING:
        return say_in_turn(PARTS, (since, say("last reviewed on {day}", day=day_text(reviewed))))
    recorded = day_text(s.encoded.findings.recorded[s.cases.finding[0]])
    never = say("never reviewed since it entered the plan on {day}", day=recorded)
    return say_in_turn(PARTS, (since, never))


def each_indicator(s: Assessment, rows: BoolArray, tell: Callable[[str, int], str]) -> str:
    """Tell something of each required indicator among some rows, by its name and its place."""
    view = s.outcomes
    return say_in_turn(
        PARTS,
        (tell(indicator_name(s, view.indicator[i]), i) for i in np.flatnonzero(rows).tolist()),
    )


def _target(s: Assessment, i: int) -> str:
    return target_text(indicator_row(s, s.outcomes.indicator[i]))


@because
def no_indicator(s: Assessment) -> str:
    """Say which indicators are linked, and why none counts."""
    _, link = s.encoded.finding_indicators.expand(s.cases.finding)
    said = dict.fromkeys(_uncounted(s, row) for row in link.tolist())
    return say_in_turn(PARTS, [say("no outcome or impact indicator is linked as required"), *said])


def _uncounted(s: Assessment, row: int) -> str:
    """Say why a linked indicator does not count."""
    indicator = int(s.encoded.finding_indicators["indicator"][row])
    name, level = indicator_name(s, indicator), str(indicator_row(s, indicator)["level"])
    if level in (Level.OUTCOME, Level.IMPACT):
        return say("{indicator} does not count, it is not required", indicator=name)
    if s.encoded.finding_indicators["is_required"][row]:
        return say("{indicator} does not count, its level is {level}", indicator=name, level=name_of(level))
    return say(
        "{indicator} does not count, its level is {level} and it is not required",
        indicator=name,
        level=name_of(level),
    )


@because
def no_target(s: Assessment) -> str:
    """Name the indicators without a target."""
    without = ~s.encoded.targets.has_target[s.outcomes.indicator]
    return say(
        "nobody said which value is aimed at for {indicators}",
        indicators=several(indicators(s, s.outcomes, without)),
    )


@because
def no_baseline(s: Assessment) -> str:
    """Name the indicators that should improve from nobody knows where."""
    return each_indicator(
        s,
        s.outcomes.lacks_baseline,
        lambda name, i: say(
            "{indicator} should improve, but {declared} and {before}",
            indicator=name,
            declared=_undeclared(s, int(s.outcomes.indicator[i])),
            before=_unread(int(s.outcomes.start[i])),
        ),
    )


def _undeclared(s: Assessment, indicator: int) -> str:
    """Say why no baseline that somebody declared counts."""
    if not s.encoded.targets.has_baseline[indicator]:
        return say("no baseline is declared")
    on = day_cell(s.encoded.frames["indicator"], "baseline_on", indicator)
    return say("its baseline is of {day}, after this day", day=on)


def _unread(start: int) -> str:
    """Say why no value stands in for a baseline."""
    if start == NEVER:
        return say("no action has started")
    return say("no final value lies before {day}, when the first action started", day=day_text(start))


@because
def met_at_baseline(s: Assessment) -> str:
    """Name the indicators whose baseline satisfies the target already."""
    return each_indicator(
        s,
        s.outcomes.is_met_at_baseline,
        lambda name, i: say(
            "{indicator} should improve, but its {baseline} satisfies the {target} already",
            indicator=name,
            baseline=baseline_text(s, s.outcomes, i),
            target=_target(s, i),
        ),
    )


@because
def target_moved(s: Assessment) -> str:
    """Name the indicators that demand something else since a day after the start, with the reason given."""

    def tell(name: str, i: int) -> str:
        indicator = int(s.outcomes.indicator[i])
        said = say(
            "what {indicator} demands was changed on {moved}, after the first action had started on {start}",
            indicator=name,
            moved=day_text(s.encoded.targets.retargeted_on[indicator]),
            start=day_text(s.outcomes.start[i]),
        )
        reason = without_full_stop(cell_text(indicator_row(s, indicator)["retarget_reason"]))
        return say("{said}: {reason}", said=said, reason=reason) if reason else said

    return each_indicator(s, is_moved(s), tell)


@because
def partially_met(s: Assessment) -> str:
    """Say which indicators show the outcome, and which do not."""
    shown = s.outcomes.is_shown
    return say(
        "{n} of {of} required indicators show the outcome: {shown}, but not {others}",
        n=int(shown.sum()),
        of=len(shown),
        shown=several(indicators(s, s.outcomes, shown)),
        others=several(indicators(s, s.outcomes, ~shown), "or"),
    )


@because
def outcome_ahead(s: Assessment) -> str:
    """Say what is shown, and which actions are not done."""
    shown = each_indicator(
        s,
        s.outcomes.is_shown,
        lambda name, i: say(
            "{indicator} shows the outcome since {day}", indicator=name, day=day_text(s.outcomes.since[i])
        ),
    )
    waiting = s.actions.is_live & (s.actions.state != ActionState.DONE)
    return say("{shown}, but not done: {actions}", shown=shown, actions=action_names(s, waiting))


@because
def outcome_without_action(s: Assessment) -> str:
    """Name the values that satisfy a target although nothing was begun."""
    met = each_indicator(
        s,
        s.outcomes.is_met_without_action,
        lambda name, i: say(
            "{indicator} satisfies its {target} with {value}",
            indicator=name,
            target=_target(s, i),
            value=value_text(s, s.outcomes.latest_row[i]),
        ),
    )
    return say("no action has started, yet {met}", met=met)


@because
def wobble(s: Assessment) -> str:
    """Name the last values that miss a target which is met."""
    return each_indicator(
        s,
        s.outcomes.is_wobbling,
        lambda name, i: say(
            "{indicator} is met since {day}, but its last value misses the {target}: {value}",
            indicator=name,
            day=day_text(s.outcomes.since[i]),
            target=_target(s, i),
            value=value_text(s, s.outcomes.last_row[i]),
        ),
    )


@because
def lapsed(s: Assessment) -> str:
    """Say since when it was met, and since when it is no longer."""
    if s.is_kind(FindingKind.MECHANISM)[0]:
        check = slot_text(s, passed_slots(s)[-1])
        return say("it was followed once, last with {check}, and is a dead letter now", check=check)
    return each_indicator(
        s,
        s.outcomes.has_lapsed,
        lambda name, i: say(
            "{indicator} was met from {since} and lapsed on {day} ({target}); last value {value}",
            indicator=name,
            since=day_text(s.outcomes.since[i]),
            day=day_text(s.outcomes.lapsed_on[i]),
            target=_target(s, i),
            value=value_text(s, s.outcomes.last_row[i]),
        ),
    )


@because
def stale(s: Assessment) -> str:
    """Say how old the last values are."""

    def tell(name: str, i: int) -> str:
        row = s.outcomes.last_row[i]
        return say(
            "{indicator} was last measured on {found}, {age} ago; a value stays fresh for {limit}",
            indicator=name,
            found=observation(s, row),
            age=days_text(age_text(s, s.encoded.observations["day"][row])),
            limit=int(s.encoded.targets.fresh[s.outcomes.indicator[i]]),
        )

    return each_indicator(s, s.outcomes.is_stale, tell)


@because
def shared_indicator(s: Assessment) -> str:
    """Name the other open findings that require an indicator."""
    _, indicator, other = shared_by(s)
    said = []
    for one in np.unique(indicator).tolist():
        names = several(finding_name(s, finding) for finding in np.unique(other[indicator == one]).tolist())
        said.append(
            say("{indicator} is required by {findings} too", indicator=indicator_name(s, one), findings=names)
        )
    return say_in_turn(PARTS, said)


FULL = 100


def _each(s: Assessment, rows: BoolArray, tell: Callable[[str, int], str]) -> str:
    """Tell something of each action among some rows, by its name and its link."""
    return say_in_turn(PARTS, (tell(action_name(s, link), link) for link in link_numbers(s, rows)))


def standing_text(s: Assessment, link: int) -> str:
    """Say that a linked action is in its state."""
    return say("{action} is {state}", action=action_name(s, link), state=state_text(s, link))


def _states(s: Assessment, rows: BoolArray) -> str:
    """Tell the state of each action among some rows."""
    return _each(s, rows, lambda name, link: say("{action} {state}", action=name, state=state_text(s, link)))


def _events(s: Assessment) -> SeenEvents:
    """Return the visible events of every linked action, as its state was read from them."""
    revised = s.visible.revised_on[s.actions.case]
    return SeenEvents(s.encoded, s.actions.action, s.day[s.actions.case], revised, s.cases.knowledge)


@because
def unowned(s: Assessment) -> str:
    """Name the actions without an accountable owner."""
    alone = s.is_kind(FindingKind.MECHANISM)[0] and not s.encoded.findings.has_owner[s.cases.finding[0]]
    said = [say("the mechanism itself has no owner_id")] if alone else []
    if flags.unowned_actions(s).any():
        said.append(
            say("nobody is accountable for {actions}", actions=action_names(s, flags.unowned_actions(s)))
        )
    return say_in_turn(PARTS, said)


@because
def owner_left(s: Assessment) -> str:
    """Name the open actions whose accountable owner has left, that owner and the day; a mechanism's own too."""
    said = []
    if is_left_alone(s)[0]:
        finding = int(s.cases.finding[0])
        said.append(
            say(
                "its owner {owner} left on {day}, and the mechanism still names nobody else",
                owner=_owner(s, "finding", finding),
                day=day_text(s.encoded.findings.owner_left_on[finding]),
            )
        )

    def tell(name: str, link: int) -> str:
        action = s.actions.action[link]
        row = int(s.encoded.actions.accountable[action])
        return say(
            "{action} is open, and {owner}, who is accountable for it, left on {day}",
            action=name,
            owner=_owner(s, "action_owner", row),
            day=day_text(s.encoded.actions.owner_left_on[action]),
        )

    return say_in_turn(PARTS, [*said, _each(s, flags.left_behind(s), tell)])


def _owner(s: Assessment, table: str, row: int) -> str:
    """Return the name and the id of the known owner whom a row of a table names; the id alone where there is no name."""
    place = positions(s.encoded.frames[table]["owner_id"].iloc[[row]], owner_ids(s.encoded))
    owner = s.encoded.frames["owner"].iloc[int(place[0])]
    name, identifier = cell_text(owner["name"]), cell_text(owner["owner_id"])
    return say("{name} ({identifier})", name=name, identifier=identifier) if name else identifier


@because
def undated(s: Assessment) -> str:
    """Name the actions without a due date."""
    return say("no due date is set for {actions}", actions=action_names(s, flags.undated_actions(s)))


@because
def unverified(s: Assessment) -> str:
    """Name the actions that are complete without evidence."""
    return _each(s, flags.unverified_actions(s), lambda _, link: standing_text(s, link))


@because
def overdue(s: Assessment) -> str:
    """Name the actions past their due date."""

    def tell(name: str, link: int) -> str:
        due = int(s.actions.due[link])
        age = days_text(age_text(s, due))
        return say("{action} was due on {day}, {age} ago", action=name, day=day_text(due), age=age)

    return _each(s, flags.overdue_actions(s), tell)


@because
def slipped(s: Assessment) -> str:
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

    return _each(s, flags.rescheduled_actions(s), tell)


@because
def reopened(s: Assessment) -> str:
    """Name the actions that were taken up again."""
    events = _events(s)
    last = events.last(ActionEvent.REOPEN)

    def tell(name: str, link: int) -> str:
        found = action_event(s, events.row[last[link]])
        return say("{action} was reopened on {found} and is not complete since", action=name, found=found)

    return _each(s, flags.reopened_actions(s), tell)


@because
def progress_100_not_closed(s: Assessment) -> str:
    """Name the actions that claimed to be finished."""
    events = _events(s)

    def tell(name: str, link: int) -> str:
        claim = np.flatnonzero((events.segment == link) & (events.progress >= FULL))[0]
        found = action_event(s, events.row[claim])
        return say("{action} claimed 100 % on {found} and is not complete", action=name, found=found)

    return _each(s, flags.actions_claiming_completion(s), tell)


@because
def plan_abandoned(s: Assessment) -> str:
    """Name the actions, all cancelled."""
    return say("every action is cancelled: {actions}", actions=_states(s, flags.cancelled_actions(s)))


@because
def scope_reduced(s: Assessment) -> str:
    """Name the cancelled actions among the others."""
    return say(
        "{gone} of {of} actions given up: {actions}",
        gone=len(link_numbers(s, flags.cancelled_actions(s))),
        of=len(link_numbers(s, s.actions.counts)),
        actions=_states(s, flags.cancelled_actions(s)),
    )


@because
def no_enabling_action(s: Assessment) -> str:
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
def stalled(s: Assessment) -> str:
    """Tell the last thing that moved."""
    latest = int(np.maximum(s.origin, s.latest_activity)[0])
    return say(
        "nothing moved in the {age} since {moved}; the limit is {limit}",
        age=days_text(age_text(s, latest)),
        moved=_moved(s, latest),
        limit=s.encoded.settings.stall_days,
    )


def _moved(s: Assessment, day: int) -> str:
    """Say what moved on a day: an event, evidence, a new action, or the finding itself."""
    events, live = _events(s), s.actions.is_live
    hits = np.flatnonzero(events.is_activity() & (events.day == day) & live[events.segment])
    if len(hits):
        found, name = action_event(s, events.row[hits[-1]]), action_name(s, events.segment[hits[-1]])
        event = event_name(found.cell("event"))
        return say("{event} of {action} on {found}", event=event, action=name, found=found)
    for link in np.flatnonzero(live & (s.actions.active_on == day)).tolist():
        name = action_name(s, link)
        if (row := int(s.actions.proof_row[link])) >= 0 and s.encoded.evidence["day"][row] == day:
            return say("evidence of {action} on {found}", action=name, found=evidence(s, row))
        return say("{action} entered the plan on {day}", action=name, day=day_text(day))
    return origin_text(s)


@because
def future_dated(s: Assessment) -> str:
    """Name what has facts after the day: how many, and the date of the first; they are not visible yet."""
    said = []
    for link in link_numbers(s, flags.future_dated_actions(s)):
        action = int(s.actions.action[link])
        redate = s.encoded.action_events["kind"] == code(ActionEvent, ActionEvent.REDATE)
        dates = [*_ahead(s, s.encoded.action_events, action, ~redate), *_ahead(s, s.encoded.evidence, action)]
        said.append(_facts(action_name(s, link), dates))
    _, indicator, _ = s.measured(np.ones(1, dtype=bool))
    for one in np.unique(indicator).tolist():
        dates = _ahead(s, s.encoded.observations, one)
        said += [_values(indicator_name(s, one), dates)] if dates else []
    if s.mechanisms.has_future[0]:
        events = s.encoded.finding_events
        dates = _ahead(s, events, int(s.cases.finding[0]), is_kind(events["kind"], *CHECKS))
        said.append(_checks(finding_name(s, s.cases.finding[0]), dates))
    return say("facts after this day are not counted: {facts}", facts=say_in_turn(PARTS, said))


def _ahead(s: Assessment, facts: Grouped, parent: int, wanted: BoolArray | None = None) -> list[int]:
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


def _sites(s: Assessment, *states: Replication) -> str:
    """Say of each replication in some states why it is in it."""
    return say_in_turn(
        PARTS,
        (
            say(
                "{action} at {site}: {state} ({why})",
                action=action_name(s, link),
                site=site_name(s, link),
                state=name_of(replication_state(s, place)),
                why=site_reason(s, place),
            )
            for place, link in enumerate(s.experiences.link.tolist())
            if replication_state(s, place) in states
        ),
    )


@because
def unexplained(s: Assessment) -> str:
    """Name what nobody wrote down."""
    return say("nobody can apply it elsewhere: {what} not written down", what=unexplained_text(s))


@because
def drifted(s: Assessment) -> str:
    """Name the sites that did not keep the core."""
    return _sites(s, Replication.DRIFTED)


@because
def failed_elsewhere(s: Assessment) -> str:
    """Name the sites where it did not work or was given up."""
    return _sites(s, Replication.DID_NOT_WORK, Replication.ABANDONED)


@because
def no_cadence(s: Assessment) -> str:
    """Say since when nobody knows how often it is checked."""
    effective = day_text(s.encoded.findings.effective[s.cases.finding[0]])
    unsaid = say("in force since {day}, but check_every does not say how often it is checked", day=effective)
    return say_in_turn(PARTS, (unsaid, check_counts_text(s)))


@because
def dead_letter(s: Assessment) -> str:
    """Name the last two slots, neither of them passed."""
    return say(
        "neither of the last {n} checks that count was passed: {checks}",
        n=DEAD_AFTER,
        checks=slots_text(s, valid_slots(s)[-DEAD_AFTER:]),
    )


@because
def dormant(s: Assessment) -> str:
    """Name the last three slots, none of them applicable."""
    counted = np.flatnonzero(s.mechanisms.slots.is_counted).tolist()
    return say(
        "none of the last {n} checks applied: {checks}",
        n=DORMANT_AFTER,
        checks=slots_text(s, counted[-DORMANT_AFTER:]),
    )


@because
def check_missed(s: Assessment) -> str:
    """Name the slot that nobody checked."""
    return slot_text(s, valid_slots(s)[-1])


@because
def check_failed(s: Assessment) -> str:
    """Name the check that failed."""
    return slot_text(s, valid_slots(s)[-1])


@because
def ripe(s: Assessment) -> str:
    """Say since when every condition is there, and what shows it."""
    told = say_in_turn(PARTS, (standing_text(s, link) for link in link_numbers(s, is_enabling(s))))
    since = day_text(ripe_on(s)[0])
    return say("every condition is there since {day}: {actions}", day=since, actions=told)


@because
def ripe_not_moved(s: Assessment) -> str:
    """Say for how long the problem could have been taken up."""
    day = int(ripe_on(s)[0])
    return say(
        "ripe since {day}, for {age} (more than {limit}), and still at stage 0",
        day=day_text(day),
        age=days_text(age_text(s, day)),
        limit=RIPE_DAYS,
    )


@because
def drifting(s: Assessment) -> str:
    """Name the nearest milestone, which is too far away."""
    low, high = (day_text(int(s.day[0]) + sign * MILESTONE_DAYS) for sign in (-1, 1))
    none = say("no due or target date lies between {low} and {high}", low=low, high=high)
    nearest = min((dates := _milestones(s)), key=lambda day: (abs(age_text(s, day)), day), default=None)
    found = say("there is none at all") if nearest is None else dates[nearest]
    return say_in_turn(PARTS, (none, found))


def _milestones(s: Assessment) -> dict[int, str]:
    """Return, for each due and target date, how it is told as the nearest."""
    wanted = (s.actions.counts & s.actions.is_live) | is_enabling(s)
    told = {}
    for link in link_numbers(s, wanted):
        if (day := int(s.actions.due[link])) != MISSING:
            name, on = action_name(s, link), day_text(day)
            told[day] = say("the nearest is {action}, due {day}", action=name, day=on)
    _, rows = s.encoded.finding_indicators.expand(s.cases.finding)
    for indicator in s.encoded.finding_indicators["indicator"][rows].tolist():
        if (day := int(s.encoded.targets.target_on[indicator])) != MISSING:
            name, on = indicator_name(s, indicator), day_text(day)
            told[day] = say("the nearest is {indicator}, target for {day}", indicator=name, day=on)
    return told


def _surveys(s: Assessment) -> str:
    """Say what each survey of those affected says."""
    said = [
        say_in_turn(CLAUSES, (indicator_name(s, one), survey_text(s, i)))
        for i, one in enumerate(s.surveys.indicator)
    ]
    return say_in_turn(PARTS, said) or say("no confirmation indicator is linked as required")


@because
def solved(s: Assessment) -> str:
    """Say since when a problem is solved, and who confirms it."""
    return say(
        "in practice (stage {stage}) and confirmed, since {day}: {surveys}",
        stage=int(s.stage[0]),
        day=day_text(solved_since(s)[0]),
        surveys=_surveys(s),
    )


@because
def solved_unconfirmed(s: Assessment) -> str:
    """Say why those affected do not confirm."""
    return say(
        "in practice (stage {stage}), but not confirmed: {surveys}",
        stage=int(s.stage[0]),
        surveys=_surveys(s),
    )


@because
def recurred(s: Assessment) -> str:
    """Say since when it was solved, and when it came back."""
    view = s.outcomes
    back = each_indicator(
        s,
        view.has_lapsed,
        lambda name, i: say("{indicator} lapsed on {day}", indicator=name, day=day_text(view.lapsed_on[i])),
    )
    since = day_text(solved_since(s)[0])
    return say("it became solved on {day}, and came back: {indicators}", day=since, indicators=back)


NAMES = (
    # every kind
    message("new"), message("shelved"), message("unowned"), message("undated"), message("unverified"),
    message("overdue"), message("slipped"), message("reopened"), message("progress_100_not_closed"),
    message("plan_abandoned"), message("scope_reduced"), message("blocked"), message("block_expired"),
    message("no_enabling_action"), message("stalled"), message("future_dated"), message("suspect"),
    message("review_overdue"), message("owner_left"),
    # insights and problems
    message("no_indicator"), message("no_target"), message("no_baseline"), message("met_at_baseline"),
    message("target_moved"), message("partially_met"), message("outcome_ahead"), message("outcome_without_action"), message("wobble"),
    message("lapsed"), message("stale"), message("shared_indicator"), message("ripe"),
    message("ripe_not_moved"), message("drifting"), message("solved"), message("solved_unconfirmed"),
    message("recurred"),
    # experiences
    message("unexplained"), message("drifted"), message("failed_elsewhere"),
    # mechanisms
    message("no_cadence"), message("dead_letter"), message("dormant"), message("check_missed"),
    message("check_failed"),
)  # fmt: skip


def flag_name(flag: str) -> str:
    """Return what a flag is called in the language that is spoken."""
    return say(flag) if flag in NAMES else flag
