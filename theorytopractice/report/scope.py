"""Of which findings, which day and which period does a report tell?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from theorytopractice.errors import PracticeError, nearest, shown
from theorytopractice.i18n import PARTS, message, say, say_in_turn
from theorytopractice.model.labels import name_of
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.settings import as_day
from theorytopractice.model.values import PartialTables
from theorytopractice.model.vocabularies import OwnerRole, Relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from theorytopractice.errors import Issue
    from theorytopractice.model.settings import Settings, Zoned


if TYPE_CHECKING:
    Tables = Mapping[str, pd.DataFrame]

MOST_WORDS = 12
NAMES = {
    "unit": message("only the unit “{word}”"),
    "owner": message("only the owner “{word}”"),
    "theme": message("only the theme “{word}”"),
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

    def __bool__(self) -> bool:
        """Tell whether anything is narrowed down."""
        return bool(self.unit or self.owner or self.theme or self.kind)

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
            found = had[name]
            words = sorted(found["word"].unique())
            mine = found.loc[found["word"].map(comparable) == comparable(wanted), "finding_id"]
            if mine.empty:
                raise PracticeError(f"No finding has the {name} {shown(wanted)}{_hint(wanted, words, name)}")
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
        told = frame[["finding_id", column]].dropna().rename(columns={column: "word"})
        return told.assign(word=told["word"].astype(str).str.strip())

    return {
        "unit": pairs(owners, "unit"),
        "owner": pd.concat([pairs(owners, "owner_id"), pairs(owners, "name")]),
        "theme": pairs(finding, "theme"),
        "kind": pairs(finding, "kind"),
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
