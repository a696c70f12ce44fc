"""What does the report look at? A plan on one day, with every assessment that a part may ask for."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

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
from theorytopractice.assessment.encode import encode
from theorytopractice.model.values import PartialTables
from theorytopractice.model.vocabularies import ActionState, Disposition, Knowledge
from theorytopractice.report.scope import Scope, narrow_tables, period

if TYPE_CHECKING:
    from datetime import date

    from theorytopractice.assessment.decisions import Decision
    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.assessment.forecast import Forecast
    from theorytopractice.assessment.snapshot import Listing
    from theorytopractice.assessment.survival import Survival
    from theorytopractice.errors import Issue
    from theorytopractice.report.scope import ReportablePlan


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
        whole = {name: plan[name] for name in plan}
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
    def begun(self) -> dict[str, list[dict[str, Any]]]:
        """The actions in progress on each finding, the earliest due first."""
        actions: dict[str, list[dict[str, Any]]] = {}
        for row in self.agenda[self.agenda["action_state"] == ActionState.IN_PROGRESS].to_dict("records"):
            for finding_id in row["finding_ids"]:
                actions.setdefault(finding_id, []).append({str(name): cell for name, cell in row.items()})
        return actions

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
