"""Which sites and checks raised the flags of experiences and mechanisms? (method, sections 8 and 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theorytopractice.assessment.stages.experiences import Replication
from theorytopractice.assessment.stages.mechanisms import DEAD_AFTER, DORMANT_AFTER
from theorytopractice.assessment.words.reasons import because
from theorytopractice.assessment.words.wording import day_text, finding_event
from theorytopractice.assessment.words.wording_actions import action_name
from theorytopractice.assessment.words.wording_checks import slot_text, slots_text, valid_slots
from theorytopractice.assessment.words.wording_sites import (
    replication_state,
    site_of,
    site_reason,
    unexplained_text,
)

if TYPE_CHECKING:
    from theorytopractice.assessment.stages.situation import Situation


def _sites(s: Situation, *states: Replication) -> str:
    """Say of each replication in some states why it is in it."""
    said = []
    for place, link in enumerate(s.experiences.link.tolist()):
        if (state := replication_state(s, place)) in states:
            word = str(state).replace("_", " ")
            said.append(f"{action_name(s, link)} at {site_of(s, link)}: {word} ({site_reason(s, place)})")
    return "; ".join(said)


@because
def unexplained(s: Situation) -> str:
    """Name what nobody wrote down."""
    return f"nobody can apply it elsewhere: {unexplained_text(s)} not written down"


@because
def drifted(s: Situation) -> str:
    """Name the sites that did not keep the core."""
    return _sites(s, Replication.DRIFTED)


@because
def failed_elsewhere(s: Situation) -> str:
    """Name the sites where it did not work or was given up."""
    return _sites(s, Replication.DID_NOT_WORK, Replication.ABANDONED)


@because
def no_cadence(s: Situation) -> str:
    """Say since when nobody knows how often it is checked."""
    effective = day_text(s.book.findings.effective[s.cases.finding[0]])
    last = int(s.mechanisms.last_check_row[0])
    checked = f"last checked on {finding_event(s, last)}" if last >= 0 else "never checked"
    return f"in force since {effective}, but check_every does not say how often it is checked; {checked}"


@because
def dead_letter(s: Situation) -> str:
    """Name the last two slots, neither of them passed."""
    return f"neither of the last {DEAD_AFTER} checks that count was passed: {slots_text(s, valid_slots(s)[-DEAD_AFTER:])}"


@because
def dormant(s: Situation) -> str:
    """Name the last three slots, none of them applicable."""
    counted = np.flatnonzero(s.mechanisms.slots.is_counted).tolist()
    return f"none of the last {DORMANT_AFTER} checks applied: {slots_text(s, counted[-DORMANT_AFTER:])}"


@because
def check_missed(s: Situation) -> str:
    """Name the slot that nobody checked."""
    return slot_text(s, valid_slots(s)[-1])


@because
def check_failed(s: Situation) -> str:
    """Name the check that failed."""
    return slot_text(s, valid_slots(s)[-1])
