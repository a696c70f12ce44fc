"""What is a flag called? In English by its name, as it stands in lists and formulas."""

from __future__ import annotations

from theorytopractice.language import message, say

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
