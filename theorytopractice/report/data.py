"""What does the report look at? Some findings of a plan on one day, with every assessment that a part may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from theorytopractice.assessment import (
    durations,
    forecast,
    listings,
    measures,
    reviews,
    survival,
    verdict,
    workload,
)
from theorytopractice.assessment.assess import StageTally, assess, tally
from theorytopractice.assessment.assess import gap_map as map_of
from theorytopractice.assessment.changes import Changes
from theorytopractice.assessment.data_gaps import data_gaps
from theorytopractice.assessment.decisions import decisions, pending_decisions
from theorytopractice.assessment.encode import encode, worded
from theorytopractice.errors import PracticeError, nearest, quote
from theorytopractice.i18n import PARTS, message, say, say_in_turn
from theorytopractice.model.labels import name_of
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.settings import as_day
from theorytopractice.model.values import PartialTables, split_list
from theorytopractice.model.vocabularies import (
    ActionState,
    Disposition,
    Knowledge,
    OwnerRole,
    Relation,
    Stage,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from theorytopractice.assessment.decisions import Decision
    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.assessment.forecast import Forecast
    from theorytopractice.assessment.snapshot import Listing
    from theorytopractice.assessment.survival import Survival
    from theorytopractice.errors import Issue
    from theorytopractice.model.settings import Settings, Zoned


if TYPE_CHECKING:
    Tables = Mapping[str, pd.DataFrame]

MOST_WORDS = 12
NAMES = {
    "unit": message("only the unit “{word}”"),
    "owner": message("only the owner “{word}”"),
    "theme": message("only the theme “{word}”"),
    "tag": message("only the tag “{word}”"),
    "kind": message("only the kind “{word}”"),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What narrows a report down; several narrow it together, none leaves everything.

    ``unit`` is that of the owner who answers for a finding, or is accountable for one of its actions; ``owner``
    the identifier or name of such an owner.
    """

    unit: str = ""
    owner: str = ""
    theme: str = ""
    kind: str = ""
    tag: str = ""

    def __bool__(self) -> bool:
        """Tell whether anything is narrowed down."""
        return bool(self.unit or self.owner or self.theme or self.kind or self.tag)

    def words(self) -> str:
        """Say what was chosen; empty where everything is."""
        return say_in_turn(
            PARTS,
            (
                say(NAMES[name], word=name_of(word) if name == "kind" else word)
                for name in NAMES
                if (word := getattr(self, name))
            ),
        )

    def finding_ids(self, tables: Tables) -> set[str]:
        """Return the chosen findings.

        Raises:
            PracticeError: no finding has what was chosen; the sentence names the nearest that some have.
        """
        chosen = set(tables["finding"]["finding_id"].astype(str))
        if not self:
            return chosen
        had = _had(tables)
        for name in NAMES:
            wanted = getattr(self, name).strip()
            if not wanted:
                continue
            held = had[name]
            words = sorted(held["word"].unique())
            mine = held.loc[held["word"].map(comparable) == comparable(wanted), "finding_id"]
            if mine.empty:
                raise PracticeError(f"No finding has the {name} {quote(wanted)}{_hint(wanted, words, name)}")
            chosen &= set(mine)
        if not chosen:
            raise PracticeError(f"No finding is all of this: {self.words()}; ask for less at once.")
        return chosen


def narrow_tables(tables: Tables, finding_ids: set[str]) -> dict[str, pd.DataFrame]:
    """Return the tables with what belongs to some findings: their links, actions, indicators and facts.

    The mechanisms in which experiences are codified stay in them with their checks, because the stage of the experience
    asks for these, but without their actions.
    Of the other findings that the chosen ones name, only their own row stays: what came from what needs no more.
    """
    relation = tables["finding_relation"]
    codified = relation["relation"].eq(Relation.CODIFIED_IN) & relation["finding_id"].isin(finding_ids)
    kept = finding_ids | set(relation.loc[codified, "other_finding_id"].astype(str))
    actions = set(_of(tables["finding_action"], "finding_id", finding_ids)["action_id"])
    indicators = set(_of(tables["finding_indicator"], "finding_id", finding_ids)["indicator_id"])
    event, evidence = tables["event"], tables["evidence"]
    named = set(_of(relation, "finding_id", kept)["other_finding_id"].astype(str))
    named |= set(event.loc[event["subject_id"].isin(kept), "other_finding_id"].dropna())
    subjects = event["subject"].eq("finding") & event["subject_id"].isin(kept)
    subjects |= event["subject"].eq("action") & event["subject_id"].isin(actions)
    chosen = {
        "finding": _of(tables["finding"], "finding_id", kept | named),
        "action": _of(tables["action"], "action_id", actions),
        "indicator": _of(tables["indicator"], "indicator_id", indicators),
        "finding_action": _of(tables["finding_action"], "finding_id", finding_ids),
        "action_owner": _of(tables["action_owner"], "action_id", actions),
        "finding_indicator": _of(tables["finding_indicator"], "finding_id", finding_ids),
        "finding_relation": _of(relation, "finding_id", kept),
        "event": event[subjects],
        "observation": _of(tables["observation"], "indicator_id", indicators),
        "evidence": evidence[evidence["action_id"].isin(actions) | evidence["finding_id"].isin(kept)],
    }
    return PartialTables({**tables, **chosen})


def _hint(wanted: str, words: list[str], name: str) -> str:
    """Say what may have been meant, else what there is."""
    if not words:
        return f"; no finding has a {name}."
    meant = nearest(wanted, words)
    if not meant:
        meant = f"; known: {', '.join(words[:MOST_WORDS])}{', …' if len(words) > MOST_WORDS else ''}"
    return meant if meant.endswith((".", "?")) else f"{meant}."


def _of(frame: pd.DataFrame, column: str, kept: set[str]) -> pd.DataFrame:
    return frame[frame[column].isin(kept)]


def _had(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return (finding_id, word) pairs for everything that may be chosen."""
    import pandas as pd

    finding = tables["finding"].astype({"finding_id": "str"})
    held = tables["action_owner"][tables["action_owner"]["role"] == OwnerRole.ACCOUNTABLE]
    linked = tables["finding_action"].merge(held[["action_id", "owner_id"]], on="action_id")
    answers = pd.concat([linked[["finding_id", "owner_id"]], finding[["finding_id", "owner_id"]]]).dropna()
    owners = answers.merge(tables["owner"][["owner_id", "name", "unit"]], on="owner_id", how="left")

    def pairs(frame: pd.DataFrame, column: str) -> pd.DataFrame:
        rows = frame[["finding_id", column]].dropna().rename(columns={column: "word"})
        return rows.assign(word=rows["word"].astype(str).str.strip())

    tags = finding["tags"].fillna("").astype(object)
    return {
        "unit": pairs(owners, "unit"),
        "owner": pd.concat([pairs(owners, "owner_id"), pairs(owners, "name")]),
        "theme": pairs(finding, "theme"),
        "kind": pairs(finding, "kind"),
        "tag": pairs(finding.assign(tag=tags.map(split_list)).explode("tag"), "tag"),
    }


USUAL_PERIOD = timedelta(days=30)


class ReportablePlan(Protocol):
    """What the report asks of a plan: its tables, settings, checks and fingerprint."""

    @property
    def settings(self) -> Settings:
        """The plan's choices."""

    def __getitem__(self, table: str, /) -> pd.DataFrame:
        """Return a table."""

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the tables."""

    def __len__(self) -> int:
        """Return the number of tables."""

    def check(self, as_of: date | str | None = None) -> Sequence[Issue]:
        """Return what is wrong or doubtful in the plan as of a day."""

    def fingerprint(self) -> str:
        """Return a hash of the plan's content."""


def period(plan: Zoned, as_of: date | str | None, since: date | str | None) -> tuple[date, date]:
    """Return the day of a report, and the day after which movement is shown: thirty days earlier unless given.

    Raises:
        PracticeError: one of them is no date, or the last report is not before the day.
    """
    day = as_day(plan, as_of)
    before = day - USUAL_PERIOD if since is None else as_day(plan, since)
    if before >= day:
        raise PracticeError(f"The last report, {before}, must be before the as-of day, {day}.")
    return day, before


class ReportData:
    """A plan, or some of its findings, as of one day; every assessment is made when it is first asked for.

    Frames have a row only for chosen findings that are in the plan on the day.

    Args:
        plan: the plan.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` or ``restated`` (method, T3).
        since: the day on which the last report was made; without it, movement of the last thirty days is shown.
        choice: which findings.

    Raises:
        PracticeError: ``since`` is not before the day, or nothing was chosen.
    """

    def __init__(
        self,
        plan: ReportablePlan,
        *,
        as_of: date | str | None = None,
        knowledge: str = Knowledge.THEN,
        since: date | str | None = None,
        scope: Scope | None = None,
    ) -> None:
        """Read the tables; nothing is assessed yet."""
        self.plan, self.settings = plan, plan.settings
        self.knowledge = Knowledge(knowledge)
        self.scope = scope or Scope()
        whole = {name: worded(name, plan[name]) for name in plan}
        self._whole = encode(
            MappingProxyType(whole)
        )  # no dictionary: of unknown columns the plan's check warns
        self.ids = self.scope.finding_ids(whole)
        self.tables = narrow_tables(whole, self.ids) if self.scope else whole
        self.encoded: EncodedPlan = encode(self.tables) if self.scope else self._whole
        self.day, self.since = period(plan, as_of, since)
        self.is_period_given = since is not None

    def _chosen(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Keep the rows of chosen findings, with the frame's day."""
        if not self.scope:
            return frame
        kept = frame[frame["finding_id"].isin(self.ids)].reset_index(drop=True)
        kept.attrs.update(frame.attrs)
        return kept

    @cached_property
    def waiting(self) -> list[Decision]:
        """The findings that wait for a decision, each by its gravest reason."""
        return pending_decisions(
            self._chosen(decisions(self._whole, as_of=self.day, knowledge=self.knowledge))
        )

    @cached_property
    def changes(self) -> Changes:
        """What changed since the day of the last report."""
        return Changes(
            self._whole, since=self.since, as_of=self.day, knowledge=self.knowledge, among=self._among
        )

    @cached_property
    def data_gaps(self) -> pd.DataFrame:
        """What is not known of the open findings."""
        return data_gaps(self.encoded, as_of=self.day, knowledge=self.knowledge, among=self._among)

    @cached_property
    def assessed(self) -> pd.DataFrame:
        """What ``assess`` says of the findings that are in the plan, first days included."""
        frame = self._chosen(assess(self._whole, as_of=self.day, knowledge=self.knowledge, dates=True))
        known = frame[frame["disposition"] != Disposition.UNKNOWN].reset_index(drop=True)
        known.attrs.update(frame.attrs | {"not_yet": len(frame) - len(known)})
        return known

    @cached_property
    def counts(self) -> StageTally:
        """How many findings stand where."""
        return tally(self.assessed)

    @cached_property
    def finding(self) -> pd.DataFrame:
        """The findings as they were written, by finding_id."""
        return self.tables["finding"].set_index("finding_id", drop=False)

    def statement(self, finding_id: str) -> str:
        """Return what a finding says."""
        return str(self.finding.at[finding_id, "statement"])  # noqa: PD008 - one cell

    @cached_property
    def measures(self) -> pd.DataFrame:
        """The measures of the day, by name; learning since the last report."""
        return measures.measures(
            self.encoded, as_of=self.day, knowledge=self.knowledge, since=self.since, among=self._among
        ).set_index("measure", drop=False)

    @cached_property
    def _measures_before(self) -> pd.DataFrame:
        """The measures on the day of the last report."""
        return measures.measures(
            self.encoded, as_of=self.since, knowledge=self.knowledge, among=self._among
        ).set_index("measure", drop=False)

    def figure(self, measure: str, *, is_before: bool = False) -> tuple[int, int]:
        """Return a count and its whole, of the day or of the last report; ``sustained`` is of all open findings."""
        frame = self._measures_before if is_before else self.measures
        name = f"funnel_now_{Stage.SUSTAINED.value}" if measure == "sustained" else measure
        row: Any = frame.loc[name]
        return int(row["numerator"]), int(row["denominator"])

    def measures_among(self, finding_ids: set[str]) -> pd.DataFrame:
        """The measures of the day over some of the findings alone, by name."""
        encoded = encode(narrow_tables(self.tables, finding_ids))
        return measures.measures(
            encoded, as_of=self.day, knowledge=self.knowledge, since=self.since, among=finding_ids
        ).set_index("measure", drop=False)

    @property
    def _among(self) -> set[str] | None:
        return self.ids if self.scope else None

    def trend(self, measure: str, days: list[date]) -> pd.DataFrame:
        """Follow a measure over several days."""
        return measures.trend(self.encoded, measure, days, knowledge=self.knowledge, among=self._among)

    @cached_property
    def survival(self) -> Survival:
        """How long it takes until a finding is in practice."""
        waits = self._chosen(durations.durations(self._whole, as_of=self.day, knowledge=self.knowledge))
        waits.attrs["undated"] = tuple(key for key in waits.attrs["undated"] if key in self.ids)
        return survival.survival(waits)

    @cached_property
    def forecast(self) -> Forecast:
        """By when the open actions will be done."""
        own = self.tables["finding"]
        chosen = {**self.tables, "finding": own[own["finding_id"].isin(self.ids)]}
        plan = PartialTables(chosen) if self.scope else self.encoded
        return forecast.forecast(plan, as_of=self.day, knowledge=self.knowledge)

    def _list(self, listing: Listing) -> pd.DataFrame:
        frame = listing(self.encoded, as_of=self.day, knowledge=self.knowledge)
        return self._chosen(frame) if "finding_id" in frame else frame

    @cached_property
    def problems(self) -> pd.DataFrame:
        """The rectification list."""
        return self._list(listings.problems)

    @cached_property
    def experiences(self) -> pd.DataFrame:
        """Where each experience was taken over."""
        return self._list(listings.experiences)

    @cached_property
    def spread(self) -> pd.DataFrame:
        """Where each experience has spread, one row a site by its best state."""
        return self._list(listings.spread)

    @cached_property
    def mechanisms(self) -> pd.DataFrame:
        """How each mechanism is followed."""
        return self._list(listings.mechanisms)

    @cached_property
    def slots(self) -> pd.DataFrame:
        """Every check slot of the mechanisms."""
        return self._list(listings.slots)

    @cached_property
    def commitments(self) -> pd.DataFrame:
        """The state of every promise."""
        return self._list(listings.commitments)

    @cached_property
    def reviews(self) -> pd.DataFrame:
        """Every review."""
        return self._list(reviews.reviews)

    @cached_property
    def actions(self) -> pd.DataFrame:
        """Every action with its state."""
        return self._list(workload.actions)

    @cached_property
    def agenda(self) -> pd.DataFrame:
        """Every open action of the chosen findings, the earliest due first."""
        every = self._list(workload.agenda)
        if not self.scope:
            return every
        served = [[each for each in ids if each in self.ids] for ids in every["finding_ids"]]
        every["finding_ids"] = pd.Series(served, index=every.index, dtype=object)
        return every[every["finding_ids"].str.len() > 0].reset_index(drop=True)

    @cached_property
    def due_measurements(self) -> pd.DataFrame:
        """The indicators of the chosen findings that are due to be measured."""
        due = self._list(workload.due_measurements)
        own = due["indicator_id"].isin(set(self.tables["finding_indicator"]["indicator_id"]))
        return due[own].reset_index(drop=True)

    @cached_property
    def open_actions(self) -> dict[str, list[dict[str, Any]]]:
        """The open actions on each finding, the earliest due first."""
        actions: dict[str, list[dict[str, Any]]] = {}
        for row in self.agenda.to_dict("records"):
            for finding_id in row["finding_ids"]:
                actions.setdefault(finding_id, []).append({str(name): cell for name, cell in row.items()})
        return actions

    @cached_property
    def done_actions(self) -> pd.DataFrame:
        """The actions that are done."""
        return self.actions[self.actions["action_state"] == ActionState.DONE]

    @cached_property
    def observations(self) -> pd.DataFrame:
        """Every value that was known on the day."""
        return self._list(listings.observations)

    @cached_property
    def learning(self) -> pd.DataFrame:
        """Reviews and newly derived findings, quarter by quarter."""
        return reviews.learning(self.encoded, as_of=self.day, knowledge=self.knowledge, among=self._among)

    @cached_property
    def review_dates(self) -> pd.DataFrame:
        """When each finding is due for review."""
        return self._list(reviews.review_dates)

    @cached_property
    def lineage(self) -> pd.DataFrame:
        """What came from what."""
        return self._list(listings.lineage)

    @cached_property
    def owner_load(self) -> pd.DataFrame:
        """Who has how much to do."""
        return self._list(workload.owner_load)

    @cached_property
    def staleness(self) -> pd.DataFrame:
        """Since when nothing was heard of each finding."""
        return self._list(listings.staleness)

    @cached_property
    def gap_map(self) -> pd.DataFrame:
        """Themes by certainty."""
        return map_of(self.encoded, as_of=self.day, knowledge=self.knowledge, among=self._among)

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """Whether each indicator moved after the action."""
        return self._chosen(
            verdict.verdict(self.encoded, as_of=self.day, knowledge=self.knowledge, with_series=False)
        )

    @cached_property
    def attainment(self) -> pd.DataFrame:
        """How far each indicator has come from its baseline to its target."""
        return self._list(listings.attainment)

    @cached_property
    def indicator_links(self) -> pd.DataFrame:
        """Which indicators belong to each finding: required outcomes and impacts first."""
        links = self.tables["finding_indicator"]
        level = links["indicator_id"].map(self.tables["indicator"].set_index("indicator_id")["level"])
        is_required = links["required"].astype(str).str.casefold() != "false"
        ranked = links.assign(rank=~is_required * 2 + ~level.isin(("outcome", "impact")))
        return ranked.sort_values("rank", kind="stable")

    @cached_property
    def standing(self) -> pd.DataFrame:
        """The counts behind each finding's stage, by finding_id."""
        return self._list(listings.standing).set_index("finding_id", drop=False)

    def answers(self, finding_id: str) -> list[str]:
        """Name who answers for a finding."""
        names: list[str] = self.standing["answers"][finding_id]
        return names

    @cached_property
    def issues(self) -> list[Issue]:
        """What is wrong or doubtful in the whole plan on the day."""
        return list(self.plan.check(self.day))
