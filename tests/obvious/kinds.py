"""Which rule gives the stage and the flags of a kind? (method, sections 3, 5.3, 6, 8 and 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .experiences import experience_flags, experience_stage
from .facts import Look, disposition_of
from .ladder import STAGE_NAMES, kind_of, ladder_flags, ladder_stage
from .mechanisms import mechanism_flags, mechanism_stage
from .problems import problem_flags

if TYPE_CHECKING:
    from collections.abc import Callable

HEADLINES = ("lapsed", "dead_letter", "blocked", "overdue", "stalled", "shelved")


def stage_of(look: Look, finding_id: str) -> int | None:
    """Give the stage of a finding at D, None unless it is open (section 3)."""
    if disposition_of(look, finding_id) != "open":
        return None
    own = look.for_finding(finding_id)
    kind = kind_of(look, finding_id)
    if kind == "mechanism":
        return mechanism_stage(own, finding_id)
    if kind == "experience":
        return experience_stage(own, finding_id)
    return ladder_stage(own, finding_id)


def flags_of(look: Look, finding_id: str, has_been_solved: Callable[[Look, str], bool]) -> set[str]:
    """Give the flags of a finding at D, none unless it is open."""
    stage = stage_of(look, finding_id)
    if stage is None:
        return set()
    own = look.for_finding(finding_id)
    kind = kind_of(look, finding_id)
    if kind == "mechanism":
        return mechanism_flags(own, finding_id, stage)
    if kind == "experience":
        return experience_flags(own, finding_id, stage)
    flags = ladder_flags(own, finding_id, stage)
    if kind == "problem":
        flags |= problem_flags(own, finding_id, stage)
        if "lapsed" in flags and has_been_solved(look, finding_id):
            flags.add("recurred")
    return flags


def headline_of(disposition: str, stage: int | None, flags: set[str]) -> str:
    """Give the one label of a finding (5.3)."""
    if disposition != "open":
        return disposition
    for flag in HEADLINES:
        if flag in flags:
            return flag
    return STAGE_NAMES[stage]
