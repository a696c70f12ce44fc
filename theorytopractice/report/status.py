"""How urgent is a finding, in one word, one shape and one colour?"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from theorytopractice.language import message, say

if TYPE_CHECKING:
    from collections.abc import Collection

IN_PRACTICE = 4
UNSETTLED = frozenset(
    {
        "overdue", "shelved", "stalled", "no_cadence", "review_overdue", "failed_elsewhere", "blocked", "ripe", "wobble", "stale", "unowned", "undated", "unverified",
        "slipped", "reopened", "progress_100_not_closed", "check_missed", "check_failed", "drifted",
        "drifting", "solved_unconfirmed", "plan_abandoned", "recurred", "owner_left", "target_moved",
    }
)  # fmt: skip


class Status(Enum):
    """What a leader does about a finding: word and shape, most urgent first; the colour is the style sheet's."""

    ACT = (message("act now"), "▲")
    WATCH = (message("watch"), "◆")
    COURSE = (message("on course"), "●")
    PRACTICE = (message("in practice"), "✔")
    CLOSED = (message("closed"), "–")

    @property
    def word(self) -> str:
        """The status in words."""
        return say(self.value[0])

    @property
    def shape(self) -> str:
        """The sign that stands for it without colour."""
        return self.value[1]


def status(disposition: str, stage: int | None, flags: Collection[str], *, is_waiting: bool) -> Status:
    """Judge one finding from what ``assess`` says of it, and whether it waits for a decision."""
    if disposition != "open" or stage is None:
        return Status.CLOSED
    if is_waiting:
        return Status.ACT
    if UNSETTLED.intersection(flags):
        return Status.WATCH
    return Status.PRACTICE if stage >= IN_PRACTICE else Status.COURSE
