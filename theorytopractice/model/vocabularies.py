"""Which words may stand in which field? Values are the words that people read and write."""

from __future__ import annotations

from enum import StrEnum


class FindingKind(StrEnum):
    """What sort of finding it is; each kind climbs to practice by rules of its own."""

    INSIGHT = "insight"
    PROBLEM = "problem"
    EXPERIENCE = "experience"
    MECHANISM = "mechanism"


class Certainty(StrEnum):
    """How sure the evidence behind a finding makes us."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very_low"
    UNRATED = "unrated"


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


class Stage(StrEnum):
    """The ladder from the shelf to sustained practice, lowest first (method, section 5)."""

    ON_THE_SHELF = "on the shelf"
    PLANNED = "planned"
    UNDER_WAY = "under way"
    CARRIED_OUT = "carried out"
    IN_PRACTICE = "in practice"
    SUSTAINED = "sustained"


class Knowledge(StrEnum):
    """Whether a past day is seen as it was then known, or as it is known today (method, T3)."""

    THEN = "then"
    RESTATED = "restated"
