"""Which very rows raised a flag, and which facts tell it? What goes into the sentences of the table of flags.

The facts in the braces of a sentence are those of the finding (``FINDING_FACTS``), of all its rows together or of each row
(``ROW_FACTS``). What no template can say is a function ``why_…``, a fact as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from string import Formatter
from typing import TYPE_CHECKING, Any

import numpy as np

from theorytopractice.assessment.actions import SeenEvents
from theorytopractice.assessment.arrays import (
    MISSING,
    NEVER,
    BoolArray,
    Grouped,
    code,
    positions,
)
from theorytopractice.assessment.assessment import Assessment, solved_since
from theorytopractice.assessment.encode import find_suspect_links
from theorytopractice.assessment.encoded_plan import CHECKS, is_kind, owner_ids
from theorytopractice.assessment.flags import (
    ACTIONS,
    FLAGS,
    INDICATORS,
    SITES,
    SLOTS,
    Flag,
    Sentence,
    is_ahead,
    required_anew,
    shared_by,
)
from theorytopractice.assessment.mechanisms import PASS
from theorytopractice.assessment.phrases import (
    action_event,
    action_name,
    action_names,
    age,
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
    never_reviewed,
    recorded_text,
    replication_state,
    sentence,
    several,
    site_name,
    site_reason,
    slot_text,
    state_text,
    survey_text,
    target_text,
    unexplained_text,
    value_text,
    without_full_stop,
)
from theorytopractice.assessment.problems import MILESTONE_DAYS, RIPE_DAYS, is_enabling, ripe_on
from theorytopractice.assessment.proof import shown_elsewhere
from theorytopractice.i18n import CLAUSES, PARTS, message, say, say_in_turn, say_n
from theorytopractice.model.labels import event_name, name_of
from theorytopractice.model.values import natural
from theorytopractice.model.vocabularies import (
    FULL_PROGRESS,
    ActionEvent,
    ActionRole,
    ActionState,
    Level,
    Relation,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What may be said of a sort of row: which rows, in order; the facts of each, and of all together."""

    numbers: Callable[[Assessment, BoolArray], list[int]]
    facts: Mapping[str, Callable[[Assessment, int], object]]
    together: Mapping[str, Callable[[Assessment, BoolArray], object]]


def flag_reasons(a: Assessment, names: Iterable[str]) -> dict[str, str]:
    """Return a sentence for each raised flag of a single case."""
    return {name: sentence(_reason(FLAGS[name], a)) for name in names}


def _reason(flag: Flag, a: Assessment) -> str:
    """Say which facts raised a flag."""
    itself = _fill(flag.also_why, a, {}) if flag.also and flag.also(a)[0] else ""
    if not (flag.of and flag.rows):
        return say_in_turn(PARTS, (itself, _fill(flag.why, a, {})))
    rows, of = flag.rows(a), ROW_FACTS[flag.of]
    if not rows.any():
        return itself
    facts: dict[str, Callable[[], object]] = {
        name: partial(fact, a, rows) for name, fact in of.together.items()
    }
    facts["each"] = lambda: say_in_turn(
        PARTS, (_fill_row(flag.each, of, a, row) for row in of.numbers(a, rows))
    )
    return say_in_turn(PARTS, (itself, _fill(flag.why, a, facts)))


def _fill(why: Sentence, a: Assessment, facts: Mapping[str, Callable[[], object]]) -> str:
    """Put facts of all the rows, and of the finding, into their places."""
    if callable(why):
        return why(a)
    return say(
        why, **{name: facts[name]() if name in facts else FINDING_FACTS[name](a) for name in _places(why)}
    )


def _fill_row(each: str, of: RowFacts, a: Assessment, row: int) -> str:
    return say(each, **{name: of.facts[name](a, row) for name in _places(each)})


def _places(template: str) -> list[str]:
    """Return the names in the braces of a template."""
    return [name for _, name, _, _ in Formatter().parse(template) if name]


def _finding(a: Assessment) -> int:
    return int(a.cases.finding[0])


def _origin(a: Assessment) -> str:
    """Say from which day age and activity count."""
    if a.visible.revised_on[0] != MISSING:
        return say("its meaning was revised on {day}", day=day_text(a.origin[0]))
    return say("it entered the plan on {day}", day=recorded_text(a))


def _last_move(a: Assessment) -> int:
    return int(np.maximum(a.origin, a.latest_activity)[0])


def _moved(a: Assessment) -> str:
    """Say what moved last: an event, evidence, a new action, or the finding itself."""
    day, events, live = _last_move(a), _events(a), a.actions.is_live
    hits = np.flatnonzero(events.is_activity() & (events.day == day) & live[events.segment])
    if len(hits):
        fact, name = action_event(a, events.row[hits[-1]]), action_name(a, events.segment[hits[-1]])
        return say(
            "{event} of {action} on {found}", event=event_name(fact.cell("event")), action=name, found=fact
        )
    for link in np.flatnonzero(live & (a.actions.active_on == day)).tolist():
        name = action_name(a, link)
        if (row := int(a.actions.proof_row[link])) >= 0 and a.encoded.evidence["day"][row] == day:
            return say("evidence of {action} on {found}", action=name, found=evidence(a, row))
        return say("{action} entered the plan on {day}", action=name, day=day_text(day))
    return _origin(a)


def why_stalled(a: Assessment) -> str:
    """Say for how long nothing has moved, and since what; of a finding without a date that nobody knows."""
    limit = a.encoded.settings.stall_days
    if _last_move(a) == MISSING:
        return say(
            "nothing has moved, and nobody knows since when it is in the plan; the limit is {stall_days}",
            stall_days=limit,
        )
    return say(
        "nothing moved in the {idle} since {moved}; the limit is {stall_days}",
        idle=days_text(age(a, _last_move(a))),
        moved=_moved(a),
        stall_days=limit,
    )


def _events(a: Assessment) -> SeenEvents:
    """Return the visible events of every linked action, as its state was read from them."""
    revised = a.visible.revised_on[a.actions.case]
    return SeenEvents(a.encoded, a.actions.action, a.day[a.actions.case], revised, a.cases.knowledge)


def _owner(a: Assessment, table: str, row: int) -> str:
    """Return the name and the id of the known owner whom a row of a table names; the id alone where there is no name."""
    place = positions(a.encoded.frames[table]["owner_id"].iloc[[row]], owner_ids(a.encoded))
    owner = a.encoded.frames["owner"].iloc[int(place[0])]
    name, identifier = cell_text(owner["name"]), cell_text(owner["owner_id"])
    return say("{name} ({identifier})", name=name, identifier=identifier) if name else identifier


def _surveys(a: Assessment) -> str:
    """Say what each survey of those affected says."""
    surveys = [
        say_in_turn(CLAUSES, (indicator_name(a, indicator), survey_text(a, i)))
        for i, indicator in enumerate(a.surveys.indicator)
    ]
    return say_in_turn(PARTS, surveys) or say("no confirmation indicator is linked as required")


def _claim(a: Assessment, link: int) -> object:
    events = _events(a)
    claims = np.flatnonzero((events.segment == link) & (events.progress >= FULL_PROGRESS))
    return action_event(a, events.row[claims[0]])


def _reopening(a: Assessment, link: int) -> object:
    events = _events(a)
    return action_event(a, events.row[events.last(ActionEvent.REOPEN)[link]])


def _left_owner(a: Assessment, link: int) -> str:
    return _owner(a, "action_owner", int(a.encoded.actions.accountable[a.actions.action[link]]))


def _verifier(a: Assessment, link: int) -> str:
    row = a.encoded.evidence.row[a.actions.own_proof_row[link]]
    return cell_text(a.encoded.frames["evidence"]["verified_by"].iloc[int(row)])


def _reused_for(a: Assessment, link: int) -> str:
    """Name the other actions that the evidence of an action stands for."""
    place, day = int(a.actions.reused_row[link]), int(a.actions.day[link])
    others = shown_elsewhere(a.encoded, place, day, a.cases.knowledge)
    names = sorted((str(a.encoded.actions.ids[one]) for one in others), key=natural)
    return several(names)


def _passed_slots(a: Assessment) -> BoolArray:
    return a.mechanisms.slots.is_valid & (a.mechanisms.slots.result == PASS)


def _undeclared(a: Assessment, indicator: int) -> str:
    """Say why no baseline that somebody declared counts."""
    if not a.encoded.targets.has_baseline[indicator]:
        return say("no baseline is declared")
    on = day_cell(a.encoded.frames["indicator"], "baseline_on", indicator)
    return say("its baseline is of {day}, after this day", day=on)


def _unread(start: int) -> str:
    """Say why no value stands in for a baseline."""
    if start == NEVER:
        return say("no action has started")
    return say("no final value lies before {day}, when the first action started", day=day_text(start))


def why_moved(a: Assessment, i: int) -> str:
    """Say when what an indicator demands was changed, and for which reason."""
    indicator = int(a.outcomes.indicator[i])
    text = say(
        "what {indicator} demands was changed on {moved}, after the first action had started on {start}",
        indicator=indicator_name(a, indicator),
        moved=day_text(a.encoded.targets.retargeted_on[indicator]),
        start=day_text(a.outcomes.start[i]),
    )
    reason = without_full_stop(cell_text(indicator_row(a, indicator)["retarget_reason"]))
    return say("{said}: {reason}", said=text, reason=reason) if reason else text


def why_required(a: Assessment) -> str:
    """Say since when the finding requires an indicator, or no longer does."""
    links, lines = a.encoded.finding_indicators, []
    for link in required_anew(a)[1].tolist():
        facts = {
            "indicator": indicator_name(a, int(links["indicator"][link])),
            "moved": day_text(links["changed_on"][link]),
            "start": day_text(a.start[0]),
        }
        lines.append(
            say(
                "{indicator} is required only since {moved}, after the first action had started on {start}",
                **facts,
            )
            if links["is_required"][link]
            else say(
                "{indicator} is required no longer since {moved}, after the first action had started on {start}",
                **facts,
            )
        )
    return say_in_turn(PARTS, lines)


def why_expired(a: Assessment) -> str:
    """Say when the block was to be looked at again."""
    row = int(a.visible.block[0])
    due, fact = int(a.encoded.finding_events["due"][row]), finding_event(a, row)
    if due == MISSING:
        return say("the block of {found} has no revisit date", found=fact)
    return say(
        "the revisit date of the block of {found} was {day}, {age} ago",
        found=fact,
        day=day_text(due),
        age=days_text(age(a, due)),
    )


def why_not_enabled(a: Assessment) -> str:
    """Say of each enabling action why it does not count."""
    enabling = a.role(ActionRole.ENABLES)
    if not enabling.any():
        return say("no action enables it, so nobody works on its conditions")

    lines = (
        say("{action} is {state}", action=action_name(a, link), state=state_text(a, link))
        if a.actions.is_cancelled[link]
        else say("{action} lacks {what}", action=action_name(a, link), what=lacking_text(a, link))
        for link in link_numbers(a, enabling)
    )
    return say("no enabling action is live, owned and dated: {each}", each=say_in_turn(PARTS, lines))


def why_shared(a: Assessment) -> str:
    """Name the other open findings that require an indicator."""
    _, indicator, other = shared_by(a)
    lines = []
    for place in np.unique(indicator).tolist():
        names = several(finding_name(a, finding) for finding in np.unique(other[indicator == place]).tolist())
        lines.append(
            say(
                "{indicator} is required by {findings} too",
                indicator=indicator_name(a, place),
                findings=names,
            )
        )
    return say_in_turn(PARTS, lines)


def why_no_indicator(a: Assessment) -> str:
    """Say which indicators are linked, and why none counts."""
    _, link = a.encoded.finding_indicators.expand(a.cases.finding)
    lines = dict.fromkeys(_uncounted(a, row) for row in link.tolist())
    return say_in_turn(PARTS, [say("no outcome or impact indicator is linked as required"), *lines])


def _uncounted(a: Assessment, row: int) -> str:
    """Say why a linked indicator does not count."""
    indicator = int(a.encoded.finding_indicators["indicator"][row])
    name, level = indicator_name(a, indicator), str(indicator_row(a, indicator)["level"])
    if level in (Level.OUTCOME, Level.IMPACT):
        return say("{indicator} does not count, it is not required", indicator=name)
    if a.encoded.finding_indicators["is_required"][row]:
        return say("{indicator} does not count, its level is {level}", indicator=name, level=name_of(level))
    return say(
        "{indicator} does not count, its level is {level} and it is not required",
        indicator=name,
        level=name_of(level),
    )


LINK_WORDS = (*ActionRole, Relation.RELATED, message("derived_from"), message("codified_in"))


def why_suspect(a: Assessment) -> str:
    """Name the links that nobody confirmed since their other end was reworded."""
    links = find_suspect_links(a.encoded.frames, finding_name(a, a.cases.finding[0]), int(a.day[0]))
    return say_in_turn(PARTS, dict.fromkeys(_suspect(row) for row in links.to_dict("records")))


def _suspect(row: dict[Hashable, Any]) -> str:
    """Say when a link was last confirmed, and when its other end was reworded."""
    confirmed, role = cell_text(row["confirmed_on"])[:10], str(row["role"])
    facts = {
        "role": say(role) if role in LINK_WORDS else role,
        "other": row["reworded_id"],
        "reworded": cell_text(row["reworded_on"])[:10],
    }
    if not confirmed:
        return say(
            "its link ({role}) with {other} was never confirmed, and {other} was reworded on {reworded}",
            **facts,
        )
    return say(
        "its link ({role}) with {other} was last confirmed on {confirmed}, and {other} was reworded on {reworded}",
        confirmed=confirmed,
        **facts,
    )


def why_review(a: Assessment) -> str:
    """Tell since when a review is due."""
    due, reviewed = int(a.review_due[0]), int(a.visible.reviewed_on[0])
    since = say("a review was due on {day}, {age} ago", day=day_text(due), age=days_text(age(a, due)))
    if reviewed != MISSING:
        return say_in_turn(PARTS, (since, say("last reviewed on {day}", day=day_text(reviewed))))
    return say_in_turn(PARTS, (since, never_reviewed(a)))


def why_shelf(a: Assessment) -> str:
    """Tell for how long nothing has moved a finding from the shelf."""
    grace = a.encoded.settings.new_grace
    if a.origin[0] == MISSING:
        return say("nothing has moved it from the shelf, and nobody knows since when it is there")
    return say(
        "nothing has moved it from the shelf in the {age} since {origin}; the grace is {grace}",
        age=days_text(a.age[0]),
        origin=_origin(a),
        grace=grace,
    )


def why_ahead(a: Assessment) -> str:
    """Name what has facts after the day: how many, and the date of the first; they are not visible yet."""
    lines = []
    is_redate = a.encoded.action_events["kind"] == code(ActionEvent, ActionEvent.REDATE)
    for link in link_numbers(a, is_ahead(a)):
        action = int(a.actions.action[link])
        dates = [
            *_ahead(a, a.encoded.action_events, action, ~is_redate),
            *_ahead(a, a.encoded.evidence, action),
        ]
        lines.append(_facts_ahead(action_name(a, link), dates))
    _, indicator, _ = a.measured(np.ones(1, dtype=bool))
    for place in np.unique(indicator).tolist():
        dates = _ahead(a, a.encoded.observations, place)
        lines.append(_values_ahead(indicator_name(a, place), dates) if dates else "")
    if a.mechanisms.has_future[0]:
        events = a.encoded.finding_events
        dates = _ahead(a, events, _finding(a), is_kind(events["kind"], *CHECKS))
        lines.append(_checks_ahead(finding_name(a, _finding(a)), dates))
    return say("facts after this day are not counted: {facts}", facts=say_in_turn(PARTS, lines))


def _facts_ahead(name: str, dates: list[int]) -> str:
    day = day_text(dates[0])
    return say_n("{name} {n} fact on {day}", "{name} {n} facts from {day} on", len(dates), name=name, day=day)


def _values_ahead(name: str, dates: list[int]) -> str:
    day = day_text(dates[0])
    return say_n(
        "{name} {n} value on {day}", "{name} {n} values from {day} on", len(dates), name=name, day=day
    )


def _checks_ahead(name: str, dates: list[int]) -> str:
    day = day_text(dates[0])
    return say_n(
        "{name} {n} check on {day}", "{name} {n} checks from {day} on", len(dates), name=name, day=day
    )


def _ahead(a: Assessment, facts: Grouped, parent: int, wanted: BoolArray | None = None) -> list[int]:
    """Return the dates after the as-of day of the facts of one parent."""
    rows = np.arange(facts.starts[parent], facts.starts[parent + 1])
    rows = rows if wanted is None else rows[wanted[rows]]
    return sorted(int(day) for day in facts["day"][rows] if day > a.day[0])


def why_drifting(a: Assessment) -> str:
    """Name the nearest milestone, which is too far away."""
    low, high = (day_text(int(a.day[0]) + sign * MILESTONE_DAYS) for sign in (-1, 1))
    none = say("no due or target date lies between {low} and {high}", low=low, high=high)
    nearest = min((dates := _milestones(a)), key=lambda day: (abs(age(a, day)), day), default=None)
    return say_in_turn(PARTS, (none, say("there is none at all") if nearest is None else dates[nearest]))


def _milestones(a: Assessment) -> dict[int, str]:
    """Return, for each due and target date, how it is told as the nearest."""
    texts = {}
    for link in link_numbers(a, a.actions.is_live | is_enabling(a)):
        if (day := int(a.actions.due[link])) != MISSING:
            name, on = action_name(a, link), day_text(day)
            texts[day] = say("the nearest is {action}, due {day}", action=name, day=on)
    _, rows = a.encoded.finding_indicators.expand(a.cases.finding)
    for indicator in a.encoded.finding_indicators["indicator"][rows].tolist():
        if (day := int(a.encoded.targets.target_on[indicator])) != MISSING:
            name, on = indicator_name(a, indicator), day_text(day)
            texts[day] = say("the nearest is {indicator}, target for {day}", indicator=name, day=on)
    return texts


FINDING_FACTS: dict[str, Callable[[Assessment], object]] = {
    "why_shelf": why_shelf,
    "stalled": why_stalled,
    "stage": lambda a: int(a.stage[0]),
    "solved_since": lambda a: day_text(solved_since(a)[0]),
    "surveys": _surveys,
    "ripe_on": lambda a: day_text(ripe_on(a)[0]),
    "ripe_for": lambda a: days_text(age(a, ripe_on(a)[0])),
    "ripe_days": lambda _: RIPE_DAYS,
    "waiting": lambda a: action_names(a, a.actions.is_live & ~a.actions.is_in(ActionState.DONE)),
    "unexplained": unexplained_text,
    "effective": lambda a: day_text(a.encoded.findings.effective[_finding(a)]),
    "checked": check_counts_text,
    "last_pass": lambda a: slot_text(a, int(np.flatnonzero(_passed_slots(a))[-1])),
    "owner": lambda a: _owner(a, "finding", _finding(a)),
    "left_on": lambda a: day_text(a.encoded.findings.owner_left_on[_finding(a)]),
    "block": block_text,
    "why_expired": why_expired,
    "why_required": why_required,
    "why_not_enabled": why_not_enabled,
    "why_shared": why_shared,
    "why_no_indicator": why_no_indicator,
    "why_suspect": why_suspect,
    "why_review": why_review,
    "why_ahead": why_ahead,
    "why_drifting": why_drifting,
}
"""What a sentence may say of a finding."""


ROW_FACTS = {
    ACTIONS: RowFacts(
        numbers=link_numbers,
        facts={
            "action": action_name,
            "state": state_text,
            "due": lambda a, i: day_text(a.actions.due[i]),
            "late": lambda a, i: days_text(age(a, a.actions.due[i])),
            "original": lambda a, i: day_text(a.actions.original_due[i]),
            "delay": lambda a, i: days_text(int(a.actions.due[i]) - int(a.actions.original_due[i])),
            "redate": lambda a, i: action_event(a, a.actions.redate_row[i]),
            "reopening": _reopening,
            "claim": _claim,
            "owner": _left_owner,
            "completed": lambda a, i: action_event(a, a.actions.decided_row[i]),
            "reported": lambda a, i: day_text(a.encoded.action_events["recorded"][a.actions.decided_row[i]]),
            "own_proof": lambda a, i: evidence(a, a.actions.own_proof_row[i]),
            "verifier": _verifier,
            "reused": lambda a, i: evidence(a, a.actions.reused_row[i]),
            "reused_for": _reused_for,
            "left_on": lambda a, i: day_text(a.encoded.actions.owner_left_on[a.actions.action[i]]),
        },
        together={
            "actions": action_names,
            "n": lambda a, rows: len(link_numbers(a, rows)),
            "of": lambda a, _: len(link_numbers(a, a.actions.counts)),
        },
    ),
    INDICATORS: RowFacts(
        numbers=lambda _, rows: np.flatnonzero(rows).tolist(),
        facts={
            "indicator": lambda a, i: indicator_name(a, a.outcomes.indicator[i]),
            "target": lambda a, i: target_text(indicator_row(a, a.outcomes.indicator[i])),
            "baseline": lambda a, i: baseline_text(a, a.outcomes, i),
            "no_baseline": lambda a, i: _undeclared(a, int(a.outcomes.indicator[i])),
            "no_value": lambda a, i: _unread(int(a.outcomes.start[i])),
            "since": lambda a, i: day_text(a.outcomes.since[i]),
            "lapsed_on": lambda a, i: day_text(a.outcomes.lapsed_on[i]),
            "last": lambda a, i: value_text(a, a.outcomes.last_row[i]),
            "latest": lambda a, i: value_text(a, a.outcomes.latest_row[i]),
            "value_age": lambda a, i: days_text(
                age(a, a.encoded.observations["day"][a.outcomes.last_row[i]])
            ),
            "fresh": lambda a, i: int(a.encoded.targets.fresh[a.outcomes.indicator[i]]),
            "why_moved": why_moved,
        },
        together={
            "indicators": lambda a, rows: several(indicators(a, a.outcomes, rows)),
            "others": lambda a, rows: several(indicators(a, a.outcomes, ~rows), "or"),
            "n": lambda _, rows: int(rows.sum()),
            "of": lambda _, rows: len(rows),
        },
    ),
    SITES: RowFacts(
        numbers=lambda _, rows: np.flatnonzero(rows).tolist(),
        facts={
            "action": lambda a, i: action_name(a, a.experiences.link[i]),
            "site": lambda a, i: site_name(a, int(a.experiences.link[i])),
            "state": lambda a, i: name_of(replication_state(a, i)),
            "why": site_reason,
        },
        together={},
    ),
    SLOTS: RowFacts(
        numbers=lambda _, rows: np.flatnonzero(rows).tolist(),
        facts={"slot": slot_text},
        together={"n": lambda _, rows: int(rows.sum())},
    ),
}
"""What a sentence may say of a sort of row."""
