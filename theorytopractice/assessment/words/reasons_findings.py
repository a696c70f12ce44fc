"""Which dates, blocks and links of a finding itself raised its flags? (method, 5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from theorytopractice.assessment.arrays.segments import MISSING
from theorytopractice.assessment.arrays.suspects import suspect_links_of
from theorytopractice.assessment.words.reasons import because
from theorytopractice.assessment.words.wording import (
    age_of,
    day_text,
    days_text,
    finding_event,
    finding_name,
    text_of,
)
from theorytopractice.assessment.words.wording_findings import block_text
from theorytopractice.language import PARTS, message, say, say_in_turn
from theorytopractice.model.vocabularies import ActionRole, Relation

if TYPE_CHECKING:
    from collections.abc import Hashable

    from theorytopractice.assessment.stages.situation import Situation

LINK_WORDS = (*ActionRole, Relation.RELATED, message("derived_from"), message("codified_in"))


def origin_text(s: Situation) -> str:
    """Say from which day age and activity count."""
    if s.seen.revised_on[0] != MISSING:
        return say("its meaning was revised on {day}", day=day_text(s.origin[0]))
    return say("it entered the plan on {day}", day=day_text(s.origin[0]))


def _on_the_shelf(s: Situation) -> str:
    return say(
        "nothing has moved it from the shelf in the {age} since {origin}; the grace is {grace}",
        age=days_text(s.age[0]),
        origin=origin_text(s),
        grace=s.book.settings.new_grace,
    )


@because
def new(s: Situation) -> str:
    """Say how young the finding is."""
    return _on_the_shelf(s)


@because
def shelved(s: Situation) -> str:
    """Say how long the finding has lain there."""
    return _on_the_shelf(s)


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
        return say("the block of {found} has no revisit date", found=found)
    return say(
        "the revisit date of the block of {found} was {day}, {age} ago",
        found=found,
        day=day_text(due),
        age=days_text(age_of(s, due)),
    )


@because
def suspect(s: Situation) -> str:
    """Name the links that nobody confirmed since their other end was reworded."""
    found = suspect_links_of(s.book.frames, finding_name(s, s.cases.finding[0]), int(s.day[0]))
    return say_in_turn(PARTS, dict.fromkeys(_suspect(row) for row in found.to_dict("records")))


def _suspect(row: dict[Hashable, Any]) -> str:
    """Say when a link was last confirmed, and when its other end was reworded."""
    confirmed = text_of(row["confirmed_on"])[:10]
    role, other, reworded = str(row["role"]), row["reworded_id"], text_of(row["reworded_on"])[:10]
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
def review_overdue(s: Situation) -> str:
    """Tell since when a review is due."""
    due, reviewed = int(s.review_due[0]), int(s.seen.reviewed_on[0])
    since = say("a review was due on {day}, {age} ago", day=day_text(due), age=days_text(age_of(s, due)))
    if reviewed != MISSING:
        return say_in_turn(PARTS, (since, say("last reviewed on {day}", day=day_text(reviewed))))
    recorded = day_text(s.book.findings.recorded[s.cases.finding[0]])
    never = say("never reviewed since it entered the plan on {day}", day=recorded)
    return say_in_turn(PARTS, (since, never))
