"""How urgent is a finding, in one word, one shape and one colour?"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from theorytopractice.model.vocabularies import Certainty

if TYPE_CHECKING:
    from collections.abc import Collection

IN_PRACTICE = 4
SURE = (Certainty.HIGH, Certainty.MODERATE)
UNSETTLED = frozenset(
    {
        "shelved", "stalled", "blocked", "ripe", "wobble", "stale", "unowned", "undated", "unverified",
        "slipped", "reopened", "progress_100_not_closed", "check_missed", "check_failed", "drifted",
        "drifting", "solved_unconfirmed", "plan_abandoned", "recurred",
    }
)  # fmt: skip


class Status(Enum):
    """What a leader does about a finding: word and shape, most urgent first; the colour is the style sheet's."""

    ACT = ("act now", "▲")
    WATCH = ("watch", "◆")
    COURSE = ("on course", "●")
    PRACTICE = ("in practice", "✔")
    CLOSED = ("closed", "–")

    @property
    def word(self) -> str:
        """The status in words."""
        return self.value[0]

    @property
    def shape(self) -> str:
        """The sign that stands for it without colour."""
        return self.value[1]


def reasons(headline: str, flags: Collection[str], certainty: str) -> list[str]:
    """Say why an open finding needs a decision, gravest first; an empty list if it needs none."""
    stuck = [flag for flag in ("block_expired", "no_enabling_action") if flag in flags]
    found = {
        "lapsed": headline == "lapsed",
        "dead_letter": headline == "dead_letter" or "dead_letter" in flags,
        **dict.fromkeys(stuck[:1], headline == "blocked"),
        "overdue": headline == "overdue",
        "shelved": headline == "shelved" and certainty in SURE,
        "ripe_not_moved": "ripe_not_moved" in flags,
    }
    return [name for name, holds in found.items() if holds]


def status(
    disposition: str, stage: int | None, headline: str, flags: Collection[str], certainty: str
) -> Status:
    """Judge one finding from what ``assess`` says of it."""
    if disposition != "open" or stage is None:
        return Status.CLOSED
    if reasons(headline, flags, certainty):
        return Status.ACT
    if UNSETTLED.intersection(flags):
        return Status.WATCH
    return Status.PRACTICE if stage >= IN_PRACTICE else Status.COURSE
