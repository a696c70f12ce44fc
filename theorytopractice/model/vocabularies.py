"""Which words may stand in which field? Values are the words that people read and write."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class FindingKind(StrEnum):
    """What sort of finding it is; each kind climbs to practice by rules of its own."""

    INSIGHT = "insight"
    PROBLEM = "problem"
    EXPERIENCE = "experience"
    MECHANISM = "mechanism"


EVERY_KIND = tuple(FindingKind)
LADDER_KINDS = (FindingKind.INSIGHT, FindingKind.PROBLEM)
"""The kinds that climb the ladder of section 5; the others have rules of their own (sections 8 and 9)."""


class Certainty(StrEnum):
    """How sure the evidence behind a finding makes us."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very_low"
    UNRATED = "unrated"


class RecordedQuality(StrEnum):
    """How well the day is known on which a finding was recorded."""

    EXACT = "exact"
    APPROXIMATE = "approximate"
    UNKNOWN = "unknown"


class Solvability(StrEnum):
    """Whether a problem can be solved now, needs conditions first, or takes years."""

    NOW = "now"
    NEEDS_CONDITIONS = "needs_conditions"
    LONG_TERM = "long_term"


class Adaptation(StrEnum):
    """How an experience was changed for another site."""

    NONE = "none"
    PLANNED = "planned"
    REACTIVE = "reactive"


class CoreKept(StrEnum):
    """Whether the core elements of an experience survived its adaptation."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Strength(StrEnum):
    """How strongly an action by its nature changes what people do."""

    STRONGER = "stronger"
    INTERMEDIATE = "intermediate"
    WEAKER = "weaker"


class Measure(StrEnum):
    """What an indicator's values are."""

    UNIT = "unit"
    COUNT = "count"
    PERCENTAGE = "percentage"
    ORDINAL = "ordinal"
    NOMINAL = "nominal"


class Direction(StrEnum):
    """Which way is better."""

    ASCENDING = "ascending"
    DESCENDING = "descending"
    RANGE = "range"


class Level(StrEnum):
    """How far along the chain from doing to effect an indicator measures."""

    OUTPUT = "output"
    OUTCOME = "outcome"
    IMPACT = "impact"
    CONFIRMATION = "confirmation"


class Intent(StrEnum):
    """Whether the indicator should get better or be kept where it is."""

    IMPROVE = "improve"
    MAINTAIN = "maintain"


class ActionRole(StrEnum):
    """What an action is to a finding; only ``delivers`` moves the ladder."""

    DELIVERS = "delivers"
    ENABLES = "enables"
    IMPROVES = "improves"
    REPLICATES = "replicates"


class OwnerRole(StrEnum):
    """What an owner is to an action; at most one is accountable."""

    ACCOUNTABLE = "accountable"
    RESPONSIBLE = "responsible"
    CONSULTED = "consulted"
    INFORMED = "informed"


class Relation(StrEnum):
    """How one finding depends on another."""

    DERIVED_FROM = "derived_from"
    CODIFIED_IN = "codified_in"
    RELATED = "related"


class Subject(StrEnum):
    """What an event happened to."""

    FINDING = "finding"
    ACTION = "action"


class ActionEvent(StrEnum):
    """What can happen to an action."""

    START = "start"
    COMPLETE = "complete"
    REOPEN = "reopen"
    CANCEL = "cancel"
    SUSPEND = "suspend"
    RESUME = "resume"
    REDATE = "redate"
    PROGRESS = "progress"
    RELEASE = "release"
    DISPUTE = "dispute"
    CONFIRM = "confirm"


class FindingEvent(StrEnum):
    """What can happen to a finding."""

    ACCEPT = "accept"
    PARTIALLY_ACCEPT = "partially_accept"
    REJECT = "reject"
    SUPERSEDE = "supersede"
    RETIRE = "retire"
    DUPLICATE = "duplicate"
    REOPEN = "reopen"
    BLOCK = "block"
    UNBLOCK = "unblock"
    CHECK_PASS = "check_pass"  # noqa: S105 - a check that was passed, not a password
    CHECK_FAIL = "check_fail"
    CHECK_NA = "check_na"
    REVIEW_CONFIRMED = "review_confirmed"
    REVIEW_REVISED = "review_revised"
    REVIEW_MATERIAL = "review_material"


class Disposition(StrEnum):
    """What was decided about a finding as a whole; only an open one has a stage (method, section 3)."""

    OPEN = "open"
    UNKNOWN = "unknown"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    RETIRED = "retired"
    DUPLICATE = "duplicate"


CLOSED = (Disposition.REJECTED, Disposition.SUPERSEDED, Disposition.RETIRED, Disposition.DUPLICATE)


class ActionState(StrEnum):
    """The states of an action, computed from its events (method, section 4)."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    SUSPENDED = "suspended"
    DONE_UNVERIFIED = "done_unverified"
    DONE = "done"
    CANCELLED = "cancelled"


UNDER_WAY = (ActionState.IN_PROGRESS, ActionState.SUSPENDED)
COMPLETE = (ActionState.DONE, ActionState.DONE_UNVERIFIED)
FULL_PROGRESS = 100


class Stage(IntEnum):
    """The ladder from the shelf to sustained practice, lowest first; as text its name (method, section 5)."""

    ON_THE_SHELF = 0
    PLANNED = 1
    UNDER_WAY = 2
    CARRIED_OUT = 3
    IN_PRACTICE = 4
    SUSTAINED = 5

    def __str__(self) -> str:
        """Return the name of the stage: ``on the shelf``."""
        return self.name.lower().replace("_", " ")

    def __format__(self, spec: str) -> str:
        """Write the name, not the number."""
        return format(str(self), spec)


class Knowledge(StrEnum):
    """Whether a past day is seen as it was then known, or as it is known today (method, T3)."""

    THEN = "then"
    RESTATED = "restated"
