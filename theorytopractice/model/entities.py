"""Which tables does a plan have, and which fields? Every field is declared here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, TypeVar, dataclass_transform

from theorytopractice.i18n import message as _
from theorytopractice.model import vocabularies as words
from theorytopractice.model.fields import (
    Entity,
    cadence,
    day,
    declared_fields,
    integer,
    key,
    link,
    number,
    text,
    truth,
    value,
    word,
    wording,
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
    name: str,
    *key_columns: str,
    label: str,
    identity: tuple[str, ...] = (),
    **options: Any,  # noqa: ANN401
) -> Callable[[type[RowClass]], type[RowClass]]:
    """Declare a row class as a table of the plan; ``options`` are ``prefix``, ``is_fact`` and ``is_memory`` of an Entity."""

    def declare(row_class: type[RowClass]) -> type[RowClass]:
        frozen = dataclass(frozen=True, kw_only=True)(row_class)
        frozen.entity = Entity(
            name,
            label,
            (frozen.__doc__ or "").strip(),
            key_columns,
            declared_fields(frozen),
            identity=identity or key_columns,
            **options,
        )
        ENTITIES[name] = frozen.entity
        ROW_CLASSES[name] = frozen
        return frozen

    return declare


__all__ = ["ENTITIES", "ROW_CLASSES", "Row"]

Day: TypeAlias = date | str | None
Number: TypeAlias = "Decimal | float | str | None"  # an int is a float to the type checker
Text: TypeAlias = str | None
Truth: TypeAlias = bool | str | None
Whole: TypeAlias = int | str | None


def note() -> Text:
    """Declare the field for whatever has no other."""
    field: Text = text(_("Note"), _("Anything else worth knowing."), long=True)
    return field


def original_status() -> Text:
    """Declare the field for the word that the source had for the state of a row; no rule reads it."""
    field: Text = text(
        _("Status in the source"), _("The source's own word for where it stands; no rule reads it."), since=6
    )
    return field


@table("owner", "owner_id", prefix="O", label=_("owner"), identity=("owner_id", "name"))
class Owner(Row):
    """A person or post that can be held to account."""

    owner_id: Text = key(_("Owner"), _("Short name of the row, such as O-07."))
    name: Text = text(_("Name"), _("Name of the person or post."), required=True, prompt="must")
    unit: Text = text(_("Unit"), _("Unit, department or site the owner belongs to."), prompt="should")
    email: Text = text(_("E-mail"), _("Where reminders go."))
    left_on: Day = day(_("Left on"), _("Day on which the owner left; what is live moves to somebody else."))
    note: Text = note()


@table("finding", "finding_id", prefix="F", label=_("finding"), identity=("finding_id", "statement"))
class Finding(Row):
    """Something learned: an insight, a problem, a successful experience or a long-term mechanism."""

    finding_id: Text = key(_("Finding"), _("Short name of the row, such as F-012."))
    kind: Text = word(
        words.FindingKind, _("Kind"), _("What sort of finding it is."), required=True, prompt="must"
    )
    statement: Text = text(
        _("What was learned"),
        _("What was learned, in one sentence: we learned that …"),
        required=True,
        prompt="must",
        long=True,
    )
    theme: Text = text(_("Theme"), _("Subject under which it is discussed."), prompt="should")
    source: Text = text(
        _("Source"), _("Study, evaluation, inspection or meeting that it came from."), prompt="must"
    )
    certainty: Text = word(
        words.Certainty, _("Certainty"), _("How sure the evidence makes us."), default="unrated"
    )
    certainty_reason: Text = text(_("Why that certainty"), _("Why that certainty."), long=True)
    recorded_on: Day = day(
        _("Recorded on"),
        _("Day on which it entered the plan; empty only where nobody knows it."),
        prompt="must",
        alternatives=("recorded_quality",),
        needed_unless=("recorded_quality", words.RecordedQuality.UNKNOWN.value),
    )
    review_every_days: Whole = integer(
        _("Review every (days)"), _("Days between reviews, where not the usual."), unit="days"
    )
    so_what: Text = text(
        _("What will change"), _("What will change if it is put into practice."), prompt="should", long=True
    )
    solvability: Text = word(
        words.Solvability,
        _("Solvability"),
        _("For a problem: can it be solved now, or what does it wait for?"),
        default="now",
        prompt="must",
        kinds=("problem",),
    )
    origin_site: Text = text(
        _("Site where it began"),
        _("For an experience: the site where it first worked."),
        prompt="must",
        kinds=("experience",),
    )
    why_it_works: Text = text(
        _("Why it works"),
        _("For an experience: why it works."),
        prompt="must",
        kinds=("experience",),
        long=True,
    )
    core_elements: Text = text(
        _("What must be kept"),
        _("For an experience: what must be kept when it is adapted."),
        prompt="must",
        kinds=("experience",),
        long=True,
    )
    document: Text = text(
        _("Document"),
        _("For a mechanism: the rule or document that lays it down."),
        prompt="must",
        kinds=("mechanism",),
    )
    effective_on: Day = day(
        _("In force from"),
        _("For a mechanism: day from which it is in force."),
        is_start=True,
        prompt="must",
        kinds=("mechanism",),
    )
    check_every: Text = cadence(
        _("Check every"),
        _("For a mechanism: how often it is checked: P30D or P1M; in forms also 30 days or monthly."),
        prompt="must",
        kinds=("mechanism",),
    )
    owner_id: Text = link(
        "owner",
        _("Owner"),
        _("Who answers for the finding itself; needed for a mechanism."),
        must_for=("mechanism",),
    )
    reworded_on: Day = day(_("Reworded on"), _("Day on which the statement last changed its wording."))
    note: Text = note()
    recorded_quality: Text = word(
        words.RecordedQuality,
        _("How well that day is known"),
        _("How well the day on which it was recorded is known; unknown where there is none."),
        default="exact",
        since=6,
    )
    tags: Text = text(
        _("Tags"), _("Words to find it by, ';' between; the theme is what groups."), is_list=True, since=6
    )
    original_status: Text = original_status()
    statement_en: Text = wording("statement", "en", _("What was learned, in English"), since=6)
    statement_zh: Text = wording("statement", "zh", _("What was learned, in Chinese"), since=6)
    so_what_en: Text = wording("so_what", "en", _("What will change, in English"), since=6)
    so_what_zh: Text = wording("so_what", "zh", _("What will change, in Chinese"), since=6)


@table("action", "action_id", prefix="A", label=_("action"), identity=("action_id", "title"))
class Action(Row):
    """Something to be done because of a finding."""

    action_id: Text = key(_("Action"), _("Short name of the row, such as A-014."))
    title: Text = text(
        _("What is done"),
        _("What is done, beginning with a verb: so we will …"),
        required=True,
        prompt="must",
        long=True,
    )
    planned_start: Day = day(_("Planned start"), _("Day on which work should begin."), is_start=True)
    due: Day = day(
        _("Due"), _("Day by which it must be done; that day itself is still in time."), prompt="must"
    )
    recorded_on: Day = day(
        _("Recorded on"), _("Day on which it entered the plan."), required=True, prompt="must"
    )
    promised_to: Text = text(_("Promised to"), _("To whom it was promised; makes the action a commitment."))
    site: Text = text(
        _("Site"),
        _("For a replication: the site that takes the experience over."),
        prompt="should",
        kinds=("experience",),
    )
    adaptation: Text = word(
        words.Adaptation,
        _("Adaptation"),
        _("For a replication: how it was changed for the site."),
        prompt="should",
        kinds=("experience",),
    )
    core_kept: Text = word(
        words.CoreKept,
        _("Core elements kept"),
        _("For a replication: were the core elements kept?"),
        prompt="should",
        kinds=("experience",),
    )
    adaptation_reason: Text = text(
        _("Why it was adapted"),
        _("Why it was changed, or why not."),
        prompt="should",
        kinds=("experience",),
        long=True,
    )
    strength: Text = word(
        words.Strength,
        _("Strength"),
        _("How strongly such an action changes what people do."),
        prompt="should",
    )
    dose: Text = text(_("Dose"), _("How much of it: hours, sessions, households."), prompt="should")
    cost: Number = number(_("Cost"), _("What it costs, in the plan's currency."), prompt="should", signs="¤")
    note: Text = note()
    reworded_on: Day = day(_("Reworded on"), _("Day on which the title last changed its wording."), since=2)
    original_status: Text = original_status()
    title_en: Text = wording("title", "en", _("What is done, in English"), since=6)
    title_zh: Text = wording("title", "zh", _("What is done, in Chinese"), since=6)


@table("indicator", "indicator_id", prefix="I", label=_("indicator"), identity=("indicator_id", "name"))
class Indicator(Row):
    """What is measured to see whether a finding took effect."""

    indicator_id: Text = key(_("Indicator"), _("Short name of the row, such as I-03."))
    name: Text = text(
        _("What is measured"),
        _("What is measured: we shall know by …"),
        required=True,
        prompt="must",
        long=True,
    )
    definition: Text = text(
        _("Definition"),
        _("How it is counted, so that two people get the same figure."),
        prompt="should",
        long=True,
    )
    unit: Text = text(
        _("Unit of the values"), _("Unit of the values, such as days, % or cases per 1,000."), prompt="must"
    )
    measure: Text = word(words.Measure, _("Sort of values"), _("What the values are."), prompt="must")
    direction: Text = word(
        words.Direction, _("Better is"), _("Which way is better."), required=True, prompt="must"
    )
    level: Text = word(words.Level, _("Level"), _("Output, outcome, impact, or confirmation by those affected."),
                       required=True, prompt="must")  # fmt: skip
    intent: Text = word(words.Intent, _("Intent"), _("Improve the figure, or maintain it (empty: improve)."))
    baseline: Number = value(_("Baseline"), _("Value before the action."), prompt="should")
    baseline_on: Day = day(_("Baseline on"), _("Day of that value."))
    baseline_waiver: Text = text(
        _("Why there is no baseline"), _("Why no baseline exists; a reason, not a tick."), long=True
    )
    target: Number = value(_("Target"), _("Value to be reached."), prompt="should")
    target_low: Number = value(
        _("Target from"), _("Lower bound, for a range."), prompt="should", kinds=("range",)
    )
    target_high: Number = value(
        _("Target to"), _("Upper bound, for a range."), prompt="should", kinds=("range",)
    )
    target_on: Day = day(_("Target by"), _("Day by which the target should be reached."))
    tolerance: Number = number(
        _("Tolerance"), _("How far past the target still counts (empty: 0)."), signs="%¤"
    )
    cadence_days: Whole = integer(
        _("Measured every (days)"), _("Days between measurements."), unit="days", prompt="should"
    )
    lag_days: Whole = integer(_("Effect shows after (days)"), _("Days after the start before an effect can show (empty: 0)."),
                                         unit="days", prompt="should")  # fmt: skip
    confirm: Whole = integer(
        _("Values that confirm"), _("Values in a row that confirm the target (empty: the plan's).")
    )
    lapse: Whole = integer(
        _("Values that mean a lapse"), _("Values in a row that mean it has lapsed (empty: the plan's).")
    )
    hold_days: Whole = integer(
        _("Must hold for (days)"), _("Days it must hold to be sustained (empty: the plan's)."), unit="days"
    )
    scale: Text = text(
        _("Scale"),
        _("For an ordinal measure: its values from worst to best or best to worst, ';' between."),
        prompt="should",
        kinds=("ordinal",),
        is_list=True,
    )
    source: Text = text(_("Source"), _("Where the values come from."))
    retargeted_on: Day = day(_("Target moved on"), _("Day on which what it demands last changed: target, bounds, tolerance, direction, "
                                     "baseline, lag or cadence."), since=3)  # fmt: skip
    retarget_reason: Text = text(
        _("Why the target was moved"), _("Why that was changed."), long=True, since=3
    )
    owner_id: Text = link("owner", _("Measured by"), _("Who measures it."), prompt="should", since=6)
    common: Text = text(
        _("Same indicator elsewhere"), _("Key by which other plans know the same indicator."), since=6
    )
    name_en: Text = wording("name", "en", _("What is measured, in English"), since=6)
    name_zh: Text = wording("name", "zh", _("What is measured, in Chinese"), since=6)


@table("finding_action", "finding_id", "action_id", "role", label=_("link to an action"))
class FindingAction(Row):
    """An action's part in a finding."""

    finding_id: Text = link("finding", _("Finding"), _("The finding."), required=True, prompt="must")
    action_id: Text = link("action", _("Action"), _("The action."), required=True, prompt="must")
    role: Text = word(
        words.ActionRole, _("Role"), _("What the action is to the finding."), required=True, prompt="must"
    )
    rationale: Text = text(
        _("Why it should work"),
        _("Why this action should bring the finding into practice."),
        prompt="should",
        long=True,
    )
    confirmed_on: Day = day(
        _("Confirmed on"), _("Day on which somebody last confirmed that the link still holds.")
    )


@table("action_owner", "action_id", "owner_id", "role", label=_("part of an owner"))
class ActionOwner(Row):
    """An owner's part in an action."""

    action_id: Text = link("action", _("Action"), _("The action."), required=True, prompt="must")
    owner_id: Text = link("owner", _("Owner"), _("The owner."), required=True, prompt="must")
    role: Text = word(
        words.OwnerRole, _("Role"), _("What the owner is to the action."), required=True, prompt="must"
    )


@table("finding_indicator", "finding_id", "indicator_id", "action_id", label=_("link to an indicator"))
class FindingIndicator(Row):
    """An indicator by which a finding, or one replication of it, is judged."""

    finding_id: Text = link("finding", _("Finding"), _("The finding."), required=True, prompt="must")
    indicator_id: Text = link("indicator", _("Indicator"), _("The indicator."), required=True, prompt="must")
    required: Truth = truth(
        _("Outcome depends on it"), _("Whether the outcome depends on it."), default="true"
    )
    action_id: Text = link(
        "action",
        _("Action"),
        _("For an experience: the replication that it measures."),
        kinds=("experience",),
    )
    required_changed_on: Day = day(
        _("Requirement changed on"),
        _("Day on which the finding last began or ceased to depend on the indicator."),
        since=5,
    )


@table("finding_relation", "finding_id", "relation", "other_finding_id", label=_("relation"))
class FindingRelation(Row):
    """How one finding depends on another."""

    finding_id: Text = link("finding", _("Finding"), _("The finding."), required=True, prompt="must")
    relation: Text = word(
        words.Relation, _("Relation"), _("How it depends on the other."), required=True, prompt="must"
    )
    other_finding_id: Text = link(
        "finding", _("Other finding"), _("The other finding."), required=True, prompt="must"
    )
    confirmed_on: Day = day(
        _("Confirmed on"), _("Day on which somebody last confirmed that the link still holds.")
    )


@table(
    "event",
    "event_id",
    prefix="V",
    is_fact=True,
    label=_("event"),
    identity=("event", "subject_id", "happened_on"),
)
class Event(Row):
    """Something that happened to a finding or an action on a day."""

    event_id: Text = key(_("Event"), _("Short name of the row, such as V-0123."))
    subject: Text = word(
        words.Subject, _("Happened to"), _("Whether it happened to a finding or an action."), required=True
    )
    subject_id: Text = text(_("Which one"), _("Which finding or action."), required=True, is_key=True)
    event: Text = text(
        _("What happened"),
        _("What happened."),
        required=True,
        prompt="must",
        known=(*words.FindingEvent, *words.ActionEvent),
    )
    happened_on: Day = day(_("Happened on"), _("Day on which it happened."), required=True, prompt="must")
    recorded_on: Day = day(
        _("Recorded on"), _("Day on which the plan came to know it (empty: the same day).")
    )
    by: Text = text(_("Decided or done by"), _("Who did or decided it."), prompt="should")
    reason: Text = text(
        _("Reason"),
        _("Why; for a block: the condition that is missing."),
        prompt="should",
        long=True,
        must_for=("block", "redate", "reject", "retire", "cancel"),
    )
    due: Day = day(
        _("New date"),
        _("For redate: the new due date; for block: the day to look again."),
        prompt="must",
        kinds=("redate", "block"),
    )
    other_finding_id: Text = link(
        "finding",
        _("Other finding"),
        _("For supersede and duplicate: the finding that takes over."),
        prompt="must",
        kinds=("supersede", "duplicate"),
    )
    consent: Truth = truth(
        _("Those it was promised to agreed"),
        _("For redate of a commitment: did those it was promised to agree?"),
        prompt="should",
        kinds=("redate",),
    )
    progress: Number = number(
        _("Per cent done"),
        _("For progress: per cent done."),
        unit="%",
        signs="%",
        prompt="must",
        kinds=("progress",),
    )


@table(
    "observation",
    "observation_id",
    prefix="B",
    is_fact=True,
    label=_("observation"),
    identity=("value", "indicator_id", "observed_on"),
)
class Observation(Row):
    """A value of an indicator on a day."""

    observation_id: Text = key(_("Observation"), _("Short name of the row, such as B-0456."))
    indicator_id: Text = link("indicator", _("Indicator"), _("The indicator."), required=True, prompt="must")
    observed_on: Day = day(
        _("Observed on"),
        _("Day or end of the period that the value describes."),
        required=True,
        prompt="must",
    )
    value: Number = value(_("Value"), _("The value, as written in the source."), required=True, prompt="must")
    final: Truth = truth(_("Final value"), _("False for a provisional value."), default="true")
    n: Number = number(
        _("Respondents or exposure"), _("Respondents behind a percentage, or exposure of a count.")
    )
    recorded_on: Day = day(
        _("Recorded on"), _("Day on which the plan came to know it (empty: the same day).")
    )
    note: Text = note()


@table(
    "evidence",
    "evidence_id",
    prefix="E",
    is_fact=True,
    label=_("evidence"),
    identity=("evidence_id", "dated_on"),
)
class Evidence(Row):
    """A dated proof that something was done or is so."""

    evidence_id: Text = key(_("Evidence"), _("Short name of the row, such as E-031."))
    action_id: Text = link("action", _("Action"), _("The action that it proves."))
    finding_id: Text = link("finding", _("Finding"), _("The finding that it supports."))
    dated_on: Day = day(_("Dated"), _("Date of the evidence."), required=True, prompt="must")
    kind: Text = text(_("Kind"), _("Minutes, photograph, record, survey …"))
    uri: Text = text(_("Link or file"), _("Where it can be read."), prompt="should")
    sha256: Text = text(_("Checksum"), _("Checksum of the file, so that nobody exchanges it unnoticed."))
    description: Text = text(
        _("What it shows"), _("What it shows."), prompt="must", alternatives=("uri",), long=True
    )
    recorded_on: Day = day(
        _("Recorded on"), _("Day on which the plan came to know it (empty: the same day).")
    )
    verified_by: Text = text(_("Verified by"), _("Who has looked at it."))


@table("setting", "name", label=_("setting"))
class Setting(Row):
    """A choice that holds for the whole plan."""

    name: Text = text(_("Name"), _("Name of the setting."), required=True)
    value: Text = text(_("Value of the setting"), _("Its value."), required=True)


@table("source_row", "source", "table", "key", label=_("what a source said"), is_memory=True)
class SourceRow(Row):
    """What a source of imports last said for a row, so that its next import changes only what it changed itself."""

    source: Text = text(_("Source"), _("Name of the source, such as the file of a register."), required=True)
    table: Text = text(_("Table"), _("Table of the plan."), required=True)
    key: Text = text(_("Key"), _("Key of the row; the parts of a link with / between."), required=True)
    said: Text = text(
        _("What it said"), _("Column and text of each cell, as JSON."), required=True, long=True
    )
    said_on: Day = day(_("Said on"), _("Day on which it last said something new."), required=True)
