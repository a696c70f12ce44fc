"""What has one planner before them? The plan, the screen, what is chosen and all that belongs to it, what is looked for and not saved yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from theorytopractice.assessment.encode import worded
from theorytopractice.assessment.explain import explain
from theorytopractice.assessment.listings import experiences, mechanisms, standing
from theorytopractice.assessment.stage_line import stage_line
from theorytopractice.assessment.workload import actions as all_actions
from theorytopractice.forms.attachments import Uploads
from theorytopractice.forms.cells import cell, value_text
from theorytopractice.forms.form_model import NEW
from theorytopractice.forms.grid_state import GridState, Indicators
from theorytopractice.forms.import_state import ImportState
from theorytopractice.forms.overview import Overview
from theorytopractice.i18n import SENTENCES, TAGS, say, say_in_turn, say_short_day
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.labels import name_of, wording
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.values import fold
from theorytopractice.model.vocabularies import ActionState, FindingKind

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable
    from datetime import date

    import pandas as pd
    from markupsafe import Markup

    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.assessment.explain import Explanation
    from theorytopractice.forms.overview import Entry
    from theorytopractice.model.fields import Field
    from theorytopractice.store.plan import Plan


@dataclass(frozen=True)
class FindingDetail:
    """The chosen finding, its explanation, and the rows that belong to it."""

    entry: Entry
    explanation: Explanation
    encoded: EncodedPlan

    @property
    def finding_id(self) -> str:
        """The key of the finding."""
        return self.entry.finding_id

    @cached_property
    def row(self) -> pd.Series:
        """The finding's own row."""
        return self.rows("finding").iloc[0]

    @cached_property
    def actions(self) -> pd.DataFrame:
        """Its actions with their states and their parts in the finding, each part a row."""
        states = all_actions(self.encoded, as_of=self.explanation.as_of)
        return self.rows("finding_action").merge(states, on="action_id", how="left")

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Its indicators, each link a row."""
        links = self.rows("finding_indicator").rename(columns={"action_id": "of_action"})
        return links.merge(worded("indicator", self.encoded["indicator"]), on="indicator_id")

    @property
    def action_ids(self) -> list[str]:
        """The keys of its actions."""
        return list(dict.fromkeys(map(str, self.actions["action_id"])))

    @property
    def indicator_ids(self) -> list[str]:
        """The keys of its indicators."""
        return list(dict.fromkeys(map(str, self.indicators["indicator_id"])))

    @cached_property
    def reason(self) -> str:
        """The stage and what decided it, in one sentence."""
        entry, day = self.entry, self.explanation.as_of
        assessment: dict[Hashable, Any] = {
            "disposition": entry.disposition,
            "kind": entry.kind,
            "stage": entry.stage,
            "stage_name": entry.stage_name,
        }
        open_kind = entry.kind if entry.stage is not None else ""
        is_mechanism, is_experience = open_kind == FindingKind.MECHANISM, open_kind == FindingKind.EXPERIENCE
        checks = self._own_rows(mechanisms(self.encoded, as_of=day)) if is_mechanism else []
        sites: dict[str, set[str]] = {}
        for row in self._own_rows(experiences(self.encoded, as_of=day)) if is_experience else []:
            if cell(row["site"]):
                sites.setdefault(str(row["site"]), set()).add(str(row["state"]))
        (row,) = self._own_rows(standing(self.encoded, as_of=day))
        return stage_line(assessment, row, sites=sites, checks=checks[0] if checks else None)

    @property
    def stage_text(self) -> str:
        """Where the finding stands now, and why."""
        explanation = self.explanation
        place = say(
            "{finding_id} is now: {place}.",
            finding_id=explanation.finding_id,
            place=name_of(explanation.stage_name or explanation.disposition),
        )
        return say_in_turn(SENTENCES, [place, self.reason])

    def _own_rows(self, frame: pd.DataFrame) -> list[dict[Hashable, Any]]:
        """Return the rows of a list that are the finding's own."""
        return frame[frame["finding_id"] == self.finding_id].to_dict("records")

    def rows(self, table: str) -> pd.DataFrame:
        """Return the rows of a table that name the finding."""
        frame = self.encoded[table]
        return frame[frame["finding_id"] == self.finding_id]

    def action_titles(self) -> list[str]:
        """Return what is done, those cancelled left out."""
        live = self.actions[self.actions["action_state"] != ActionState.CANCELLED].drop_duplicates(
            "action_id"
        )
        return [
            say("{title} ({action_id}, {state})", title=cell(row["title"]), action_id=row["action_id"],
                state=name_of(row["action_state"]))
            for row in live.to_dict("records")
        ]  # fmt: skip

    def indicator_names(self) -> list[str]:
        """Return the names of the indicators."""
        return list(dict.fromkeys(map(str, self.indicators["name"])))


NAME_COLUMNS = {"owner": "name", "finding": "statement", "action": "title", "indicator": "name"}
"""The column that says what a row is."""
NOBODY, CLOSED = "(nobody)", "(closed)"
"""The choices of a filter that are no name: findings that nobody answers for, and those that are closed."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: words, filters, the order and the page."""

    text: str = ""
    stage: str = ""
    kind: str = ""
    theme: str = ""
    owner: str = ""
    flag: str = ""
    tag: str = ""
    order_by: str = "id"
    is_descending: bool = False
    page: int = 0

    @property
    def is_filtered(self) -> bool:
        """Whether anything is looked for in particular."""
        return any((self.text.strip(), self.stage, self.kind, self.theme, self.owner, self.flag, self.tag))

    def matches(self, entry: Entry) -> bool:
        """Tell whether a finding is one of those looked for."""
        return (
            (not self.stage or self.stage == (entry.stage_name or CLOSED))
            and (not self.kind or self.kind == entry.kind)
            and (not self.theme or self.theme == entry.theme)
            and (not self.tag or comparable(self.tag) in map(comparable, entry.tags))
            and (not self.flag or self.flag in entry.flags)
            and (not self.owner or self.owner in (entry.owners or (NOBODY,)))
            and all(word in entry.words for word in fold(self.text).split())
        )


@dataclass(slots=True)
class PageNumbers:
    """Which page was turned to, and of which rows: the screen, what is chosen in it and what is looked for."""

    subject: tuple[str, ...] = ()
    page: int = 0


@dataclass(frozen=True, slots=True)
class MeetingNote:
    """What was decided of an action: in which group it stood, the words, and the change that can be taken back."""

    group: str
    text: str
    change: int | None = None
    warnings: Markup | None = None


@dataclass(slots=True)
class MeetingState:
    """One meeting: of whom it speaks, which form is open in which row, what was decided so far, rows as they were shown.

    A row keeps the place at which it was first shown, so that a decision moves nothing away under the reader.
    """

    owner: str = ""
    group: str = ""
    action_id: str = ""
    form: Markup | None = None
    notes: dict[str, MeetingNote] = field(default_factory=dict)
    row_cache: dict[tuple[object, ...], Markup] = field(default_factory=dict)
    ranks: dict[tuple[str, str], tuple[bool, int, object]] = field(default_factory=dict)

    def open(self, group: str, action_id: str, form: Markup) -> None:
        """Note the form that is open in the row of an action."""
        self.group, self.action_id, self.form = group, action_id, form

    def close(self) -> None:
        """Put the open form away."""
        self.group, self.action_id, self.form = "", "", None

    def begin(self, owner: str = "") -> None:
        """Begin anew, of all or of one owner; what was decided before is not told any more."""
        self.close()
        self.owner = owner
        for memory in (self.notes, self.row_cache, self.ranks):
            memory.clear()


class Session:
    """One planner at one plan: the screen, the chosen finding, and what is handed over but not saved."""

    def __init__(self, plan: Plan, *, as_of: date | None = None, asks_name: bool = False) -> None:
        """Sit down at a plan; nothing is read yet."""
        self.plan, self.asks_name = plan, asks_name
        self.overview = Overview(plan, as_of)
        self.uploads = Uploads(plan)
        self.language = plan.settings.language
        self.query = Query()
        self.listed_ids: list[str] = []
        self.page_numbers = PageNumbers()
        self.owner_text = ""
        self.meeting_state = MeetingState()
        self.grid_state = GridState()
        self.import_state = ImportState()
        self.indicators = Indicators(plan, self.overview)
        self.screen = "findings"
        self.heading: tuple[str, ...] = ()
        self.finding_id = ""
        self.tab = "finding"
        self._detail: FindingDetail | None = None

    @property
    def language_tag(self) -> str:
        """The language of the page, as HTML wants it."""
        return TAGS[self.language]

    @property
    def today(self) -> date:
        """The day on which things are recorded: the as-of day where one was given."""
        return self.overview.day

    @property
    def who(self) -> str:
        """Under which name changes are remembered."""
        return self.plan.who

    @property
    def default_focus(self) -> str:
        """Where the cursor goes when something was put away: to what is chosen, or to the head of the screen."""
        if self.screen != "findings":
            return "screen-title"
        return "record-title" if self.detail() else "new"

    def detail(self) -> FindingDetail | None:
        """Return the chosen finding with all that belongs to it; None where none is chosen, or it is gone."""
        entry = self.overview.get(self.finding_id) if self.finding_id else None
        if entry is None:
            return None
        encoded = self.overview.neighbourhood({entry.finding_id})
        if self._detail is None or self._detail.encoded is not encoded or self._detail.entry is not entry:
            explanation = explain(encoded, entry.finding_id, as_of=self.overview.day)
            self._detail = FindingDetail(entry, explanation, encoded)
        return self._detail

    def stage_text(self) -> str:
        """Say where the chosen finding stands, and why; empty where none is chosen."""
        detail = self.detail()
        return detail.stage_text if detail else ""

    @property
    def place(self) -> dict[str, str]:
        """Where the planner is, so that a session that takes this one's place goes on there."""
        return {"screen": self.screen, "finding": self.finding_id, "tab": self.tab}

    @property
    def page_title(self) -> str:
        """What the page is called."""
        return self.plan.settings.title or say("From findings to practice")

    def close(self) -> None:
        """Let go of the plan, and of files that were handed over and never saved."""
        self.uploads.close()
        self.plan.close()

    def renew_language(self) -> None:
        """Speak the language that the settings of the plan name now."""
        self.language, self._detail = self.plan.settings.language, None

    def rows(self, table: str, **cells: str) -> list[dict[str, str]]:
        """Return the rows of a table in which each of these columns holds its text, as they are now."""
        conditions = {column: (text,) for column, text in cells.items()}
        return self.plan.look(lambda records: records.where(table, **conditions).rows())

    def kind_of(self, finding_id: str) -> str:
        """Return the kind of a finding, empty where there is none."""
        entry = self.overview.get(finding_id) if finding_id else None
        return entry.kind if entry else ""

    def name_of(self, table: str, key: str) -> str:
        """Say which row a key stands for: ``O-07 Maria Lopez``; who is only about to be added by the name alone."""
        if not key or table not in NAME_COLUMNS:
            return key
        if key.startswith(NEW):
            return key.removeprefix(NEW)
        if table == "finding":
            entry = self.overview.get(key)
            return f"{key} {entry.statement}" if entry else key
        rows = self.rows(table, **{ENTITIES[table].key[0]: key})
        return f"{key} {wording(table, NAME_COLUMNS[table], rows[0])}" if rows else key

    def field_label(self, field: Field, value: object, words: Collection[str] = ()) -> str:
        """Say what a cell holds, and of one that stands for another row, which row that is."""
        return self.name_of(field.refers, cell(value)) if field.refers else value_text(field, value, words)

    def moment_text(self, made_at: str) -> str:
        """Say a moment of the history by the clock of the plan."""
        moment = datetime.fromisoformat(made_at).astimezone(ZoneInfo(self.plan.settings.zone))
        return f"{say_short_day(moment.date())} {moment:%H:%M}"

    def usual_owner(self, finding_id: str) -> str:
        """Return whoever answers for the finding or for its actions already, if that is one; of a new one the planner."""
        if not finding_id:
            namesakes = self.rows("owner", name=self.who)
            return namesakes[0]["owner_id"] if len(namesakes) == 1 and not namesakes[0]["left_on"] else ""
        frames = self.overview.neighbourhood({finding_id}).frames
        links = frames["finding_action"]
        actions = set(links.loc[links["finding_id"] == finding_id, "action_id"])
        owners = frames["action_owner"]
        is_accountable = owners["action_id"].isin(actions) & (owners["role"] == "accountable")
        accountable = set(owners.loc[is_accountable, "owner_id"])
        finding = frames["finding"].set_index("finding_id")["owner_id"]
        return cell(finding.get(finding_id)) or (str(accountable.pop()) if len(accountable) == 1 else "")
