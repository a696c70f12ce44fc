"""Which tables does a plan have, and which fields? Every field is declared here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, ClassVar, TypeAlias, TypeVar, dataclass_transform

from theorytopractice.i18n import message
from theorytopractice.model import vocabularies as words
from theorytopractice.model.fields import (
    Entity,
    cadence,
    day,
    entity_of,
    integer,
    key,
    link,
    number,
    text,
    truth,
    value,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal


ENTITIES: dict[str, Entity] = {}
ROW_CLASSES: dict[str, type[Row]] = {}
RowClass = TypeVar("RowClass", bound="Row")


class Row:
    """A row of a plan's table: a frozen value, with its table's declaration in ``entity``."""

    entity: ClassVar[Entity]

    def values(self) -> dict[str, object]:
        """Return column → value, for every declared column."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=())
def table(
    name: str, *key_columns: str, prefix: str = "", is_fact: bool = False
) -> Callable[[type[RowClass]], type[RowClass]]:
    """Declare a row class as a table of the plan."""

    def declare(row_class: type[RowClass]) -> type[RowClass]:
        made = dataclass(frozen=True, kw_only=True)(row_class)
        made.entity = entity_of(made, name, key_columns=key_columns, prefix=prefix, is_fact=is_fact)
        ENTITIES[name] = made.entity
        ROW_CLASSES[name] = made
        return made

    return declare


__all__ = ["ENTITIES", "ROW_CLASSES", "Row"]

Day: TypeAlias = date | str | None
Number: TypeAlias = "Decimal | float | str | None"  # an int is a float to the type checker
Text: TypeAlias = str | None
Truth: TypeAlias = bool | str | None
Whole: TypeAlias = int | str | None


@table("owner", "owner_id", prefix="O")
class Owner(Row):
    """A person or post that can be held to account."""

    owner_id: Text = key(message("Short name of the row, such as O-07."))
    name: Text = text(message("Name of the person or post."), required=True, asked="must")
    unit: Text = text(message("Unit, department or site the owner belongs to."), asked="should")
    email: Text = text(message("Where reminders go."))
    left_on: Day = day(message("Day on which the owner left; what is live moves to somebody else."))
    note: Text = text(message("Anything else worth knowing."), long=True)


@table("finding", "finding_id", prefix="F")
class Finding(Row):
    """Something learned: an insight, a problem, a successful experience or a long-term mechanism."""

    finding_id: Text = key(message("Short name of the row, such as F-012."))
    kind: Text = word(words.FindingKind, message("What sort of finding it is."), required=True, asked="must")
    statement: Text = text(
        message("What was learned, in one sentence: we learned that …"),
        required=True,
        asked="must",
        long=True,
    )
    theme: Text = text(message("Subject under which it is discussed."), asked="should")
    source: Text = text(message("Study, evaluation, inspection or meeting that it came from."), asked="must")
    certainty: Text = word(words.Certainty, message("How sure the evidence makes us."), default="unrated")
    certainty_reason: Text = text(message("Why that certainty."), long=True)
    recorded_on: Day = day(message("Day on which it entered the plan."), required=True, asked="must")
    review_every_days: Whole = integer(message("Days between reviews, where not the usual."), unit="days")
    so_what: Text = text(message("What will change if it is put into practice."), asked="should", long=True)
    solvability: Text = word(
        words.Solvability,
        message("For a problem: can it be solved now, or what does it wait for?"),
        default="now",
        asked="must",
        only=("problem",),
    )
    origin_site: Text = text(
        message("For an experience: the site where it first worked."), asked="must", only=("experience",)
    )
    why_it_works: Text = text(
        message("For an experience: why it works."), asked="must", only=("experience",), long=True
    )
    core_elements: Text = text(
        message("For an experience: what must be kept when it is adapted."),
        asked="must",
        only=("experience",),
        long=True,
    )
    document: Text = text(
        message("For a mechanism: the rule or document that lays it down."), asked="must", only=("mechanism",)
    )
    effective_on: Day = day(
        message("For a mechanism: day from which it is in force."), asked="must", only=("mechanism",)
    )
    check_every: Text = cadence(
        message("For a mechanism: how often it is checked: P30D or P1M; in forms also 30 days or monthly."),
        asked="must",
        only=("mechanism",),
    )
    owner_id: Text = link(
        "owner",
        message("Who answers for the finding itself; needed for a mechanism."),
        must_for=("mechanism",),
    )
    reworded_on: Day = day(message("Day on which the statement last changed its wording."))
    note: Text = text(message("Anything else worth knowing."), long=True)


@table("action", "action_id", prefix="A")
class Action(Row):
    """Something to be done because of a finding."""

    action_id: Text = key(message("Short name of the row, such as A-014."))
    title: Text = text(
        message("What is done, beginning with a verb: so we will …"), required=True, asked="must", long=True
    )
    planned_start: Day = day(message("Day on which work should begin."))
    due: Day = day(message("Day by which it must be done; that day itself is still in time."), asked="must")
    recorded_on: Day = day(message("Day on which it entered the plan."), required=True, asked="must")
    promised_to: Text = text(message("To whom it was promised; makes the action a commitment."))
    site: Text = text(
        message("For a replication: the site that takes the experience over."),
        asked="should",
        only=("experience",),
    )
    adaptation: Text = word(
        words.Adaptation,
        message("For a replication: how it was changed for the site."),
        asked="should",
        only=("experience",),
    )
    core_kept: Text = word(
        words.CoreKept,
        message("For a replication: were the core elements kept?"),
        asked="should",
        only=("experience",),
    )
    adaptation_reason: Text = text(
        message("Why it was changed, or why not."), asked="should", only=("experience",), long=True
    )
    strength: Text = word(
        words.Strength, message("How strongly such an action changes what people do."), asked="should"
    )
    dose: Text = text(message("How much of it: hours, sessions, households."), asked="should")
    cost: Number = number(message("What it costs, in the plan's currency."), asked="should")
    note: Text = text(message("Anything else worth knowing."), long=True)
    reworded_on: Day = day(message("Day on which the title last changed its wording."), since=2)


@table("indicator", "indicator_id", prefix="I")
class Indicator(Row):
    """What is measured to see whether a finding took effect."""

    indicator_id: Text = key(message("Short name of the row, such as I-03."))
    name: Text = text(message("What is measured: we shall know by …"), required=True, asked="must", long=True)
    definition: Text = text(
        message("How it is counted, so that two people get the same figure."), asked="should", long=True
    )
    unit: Text = text(message("Unit of the values, such as days, % or cases per 1,000."), asked="must")
    measure: Text = word(words.Measure, message("What the values are."), asked="must")
    direction: Text = word(words.Direction, message("Which way is better."), required=True, asked="must")
    level: Text = word(words.Level, message("Output, outcome, impact, or confirmation by those affected."),
                       required=True, asked="must")  # fmt: skip
    intent: Text = word(words.Intent, message("Improve the figure, or maintain it (empty: improve)."))
    baseline: Number = value(message("Value before the action."), asked="should")
    baseline_on: Day = day(message("Day of that value."))
    baseline_waiver: Text = text(message("Why no baseline exists; a reason, not a tick."), long=True)
    target: Number = value(message("Value to be reached."), asked="should")
    target_low: Number = value(message("Lower bound, for a range."), asked="should", only=("range",))
    target_high: Number = value(message("Upper bound, for a range."), asked="should", only=("range",))
    target_on: Day = day(message("Day by which the target should be reached."))
    tolerance: Number = number(message("How far past the target still counts (empty: 0)."))
    cadence_days: Whole = integer(message("Days between measurements."), unit="days", asked="should")
    lag_days: Whole = integer(message("Days after the start before an effect can show (empty: 0)."),
                                         unit="days", asked="should")  # fmt: skip
    confirm: Whole = integer(message("Values in a row that confirm the target (empty: the plan's)."))
    lapse: Whole = integer(message("Values in a row that mean it has lapsed (empty: the plan's)."))
    hold_days: Whole = integer(message("Days it must hold to be sustained (empty: the plan's)."), unit="days")
    scale: Text = text(
        message("For an ordinal measure: its values from worst to best or best to worst, ';' between."),
        asked="should",
        only=("ordinal",),
    )
    source: Text = text(message("Where the values come from."))
    retargeted_on: Day = day(message("Day on which what it demands last changed: target, bounds, tolerance, direction, "
                                     "baseline, lag, cadence, or whether a finding requires it."), since=3)  # fmt: skip
    retarget_reason: Text = text(message("Why that was changed."), long=True, since=3)


@table("finding_action", "finding_id", "action_id", "role")
class FindingAction(Row):
    """An action's part in a finding."""

    finding_id: Text = link("finding", message("The finding."), required=True, asked="must")
    action_id: Text = link("action", message("The action."), required=True, asked="must")
    role: Text = word(
        words.ActionRole, message("What the action is to the finding."), required=True, asked="must"
    )
    rationale: Text = text(
        message("Why this action should bring the finding into practice."), asked="should", long=True
    )
    confirmed_on: Day = day(message("Day on which somebody last confirmed that the link still holds."))


@table("action_owner", "action_id", "owner_id", "role")
class ActionOwner(Row):
    """An owner's part in an action."""

    action_id: Text = link("action", message("The action."), required=True, asked="must")
    owner_id: Text = link("owner", message("The owner."), required=True, asked="must")
    role: Text = word(
        words.OwnerRole, message("What the owner is to the action."), required=True, asked="must"
    )


@table("finding_indicator", "finding_id", "indicator_id", "action_id")
class FindingIndicator(Row):
    """An indicator by which a finding, or one replication of it, is judged."""

    finding_id: Text = link("finding", message("The finding."), required=True, asked="must")
    indicator_id: Text = link("indicator", message("The indicator."), required=True, asked="must")
    required: Truth = truth(message("Whether the outcome depends on it."), default="true")
    action_id: Text = link(
        "action", message("For an experience: the replication that it measures."), only=("experience",)
    )


@table("finding_relation", "finding_id", "relation", "other_finding_id")
class FindingRelation(Row):
    """How one finding depends on another."""

    finding_id: Text = link("finding", message("The finding."), required=True, asked="must")
    relation: Text = word(
        words.Relation, message("How it depends on the other."), required=True, asked="must"
    )
    other_finding_id: Text = link("finding", message("The other finding."), required=True, asked="must")
    confirmed_on: Day = day(message("Day on which somebody last confirmed that the link still holds."))


@table("event", "event_id", prefix="V", is_fact=True)
class Event(Row):
    """Something that happened to a finding or an action on a day."""

    event_id: Text = key(message("Short name of the row, such as V-0123."))
    subject: Text = word(
        words.Subject, message("Whether it happened to a finding or an action."), required=True
    )
    subject_id: Text = text(message("Which finding or action."), required=True)
    event: Text = text(message("What happened."), required=True, asked="must")
    happened_on: Day = day(message("Day on which it happened."), required=True, asked="must")
    recorded_on: Day = day(message("Day on which the plan came to know it (empty: the same day)."))
    by: Text = text(message("Who did or decided it."), asked="should")
    reason: Text = text(
        message("Why; for a block: the condition that is missing."),
        asked="should",
        long=True,
        must_for=("block", "redate", "reject", "retire", "cancel"),
    )
    due: Day = day(
        message("For redate: the new due date; for block: the day to look again."),
        asked="must",
        only=("redate", "block"),
    )
    other_finding_id: Text = link(
        "finding",
        message("For supersede and duplicate: the finding that takes over."),
        asked="must",
        only=("supersede", "duplicate"),
    )
    consent: Truth = truth(
        message("For redate of a commitment: did those it was promised to agree?"),
        asked="should",
        only=("redate",),
    )
    progress: Number = number(
        message("For progress: per cent done."), unit="%", asked="must", only=("progress",)
    )


@table("observation", "observation_id", prefix="B", is_fact=True)
class Observation(Row):
    """A value of an indicator on a day."""

    observation_id: Text = key(message("Short name of the row, such as B-0456."))
    indicator_id: Text = link("indicator", message("The indicator."), required=True, asked="must")
    observed_on: Day = day(
        message("Day or end of the period that the value describes."), required=True, asked="must"
    )
    value: Number = value(message("The value, as written in the source."), required=True, asked="must")
    final: Truth = truth(message("False for a provisional value."), default="true")
    n: Number = number(message("Respondents behind a percentage, or exposure of a count."))
    recorded_on: Day = day(message("Day on which the plan came to know it (empty: the same day)."))
    note: Text = text(message("Anything else worth knowing."), long=True)


@table("evidence", "evidence_id", prefix="E", is_fact=True)
class Evidence(Row):
    """A dated proof that something was done or is so."""

    evidence_id: Text = key(message("Short name of the row, such as E-031."))
    action_id: Text = link("action", message("The action that it proves."))
    finding_id: Text = link("finding", message("The finding that it supports."))
    dated_on: Day = day(message("Date of the evidence."), required=True, asked="must")
    kind: Text = text(message("Minutes, photograph, record, survey …"))
    uri: Text = text(message("Where it can be read."), asked="should")
    sha256: Text = text(message("Checksum of the file, so that nobody exchanges it unnoticed."))
    description: Text = text(message("What it shows."), asked="must", instead=("uri",), long=True)
    recorded_on: Day = day(message("Day on which the plan came to know it (empty: the same day)."))
    verified_by: Text = text(message("Who has looked at it."))


@table("setting", "name")
class Setting(Row):
    """A choice that holds for the whole plan."""

    name: Text = text(message("Name of the setting."), required=True)
    value: Text = text(message("Its value."), required=True)
