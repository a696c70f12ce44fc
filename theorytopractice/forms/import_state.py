"""How far has an import come? The file, what its columns and words are taken for, and what it would change."""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import tomlkit

from theorytopractice.errors import PlanError, PracticeError
from theorytopractice.exchange.column_synonyms import DECISIONS, EVENTS, headings, meaning_of
from theorytopractice.exchange.mapping import build_mapping
from theorytopractice.exchange.register_survey import describe
from theorytopractice.exchange.sources import read_source
from theorytopractice.exchange.suggest import Suggestion, propose
from theorytopractice.exchange.suggest_register import DATES_OF
from theorytopractice.exchange.suggest_register import NO_EVENT as WITHOUT_EVENT
from theorytopractice.exchange.suggest_values import undecided_directions, with_directions
from theorytopractice.forms.attachments import safe_name
from theorytopractice.i18n import say
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.vocabularies import ActionEvent, FindingEvent, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from theorytopractice.exchange.register_survey import Survey
    from theorytopractice.forms.attachments import Upload
    from theorytopractice.store.plan import Plan
    from theorytopractice.store.sources import Comparison, Place, Source


ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".bib", ".ris")  # fmt: skip
"""The files that may hold a table."""
NO_EVENT = "nothing"
"""The choice that a status word stands for no event."""
EVENT_CHOICES = {
    Subject.ACTION: (
        ActionEvent.START,
        ActionEvent.COMPLETE,
        ActionEvent.SUSPEND,
        ActionEvent.CANCEL,
    ),
    Subject.FINDING: (
        FindingEvent.ACCEPT,
        FindingEvent.PARTIALLY_ACCEPT,
        FindingEvent.REJECT,
        FindingEvent.RETIRE,
    ),
}
"""The events that a status word may stand for."""
ROLES = tuple(role for role in headings() if role not in ("recommendation", "colour"))
"""What a column may be said to be."""


@dataclass(frozen=True, slots=True)
class StatusWord:
    """A word of a status column: in which block of the mapping, how often, what it often means, what was decided."""

    block: int
    source: str
    column: str
    subject: str
    word: str
    n: int
    meaning: str
    event: str

    @property
    def place(self) -> tuple[str, str, str]:
        """The sheet, the column, and the word as a mapping compares it."""
        return self.source, self.column, comparable(self.word)


@dataclass(slots=True)
class ImportState:
    """One import: the file, the mapping where one is needed, the comparison with the plan, and what was decided."""

    name: str = ""
    path: Path | None = None
    mapping_path: Path | None = None
    survey: Survey | None = None
    suggestion: Suggestion | None = None
    roles: dict[str, dict[str, str]] = field(default_factory=dict)
    words: dict[tuple[str, str, str], str] = field(default_factory=dict)
    days: dict[tuple[str, str, str], str] = field(default_factory=dict)
    kind: str = ""
    directions: dict[str, str] = field(default_factory=dict)
    source: Source | None = None
    comparison: Comparison | None = None
    version: object = None
    new_rows: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    decisions: dict[Place, str] = field(default_factory=dict)
    outcome: str = ""
    pages: dict[str, int] = field(default_factory=dict)

    def take(self, upload: Upload, plan: Plan) -> None:
        """Take a file: what is ours is compared at once, of a foreign table a mapping is proposed.

        Raises:
            PlanError: it can be read neither as ours nor as a table.
        """
        if not upload.name.casefold().endswith(ENDINGS):
            raise PlanError(
                say("{name} is no table. Choose a spreadsheet (such as .xlsx, .ods or .csv), or copy the table into one and save it.", name=upload.name)
            )  # fmt: skip
        folder = upload.path.with_name(f"{upload.path.name}-import")
        folder.mkdir(exist_ok=True)
        self.name, self.path = upload.name, folder / safe_name(upload.name)
        shutil.copyfile(upload.path, self.path)
        try:
            self.source = read_source(self.path, plan=plan)
        except PlanError:
            self.survey = describe(self.path)
            self.suggestion = propose(self.path, self.survey)
            return
        self.compare(plan)

    def take_mapping(self, upload: Upload, plan: Plan) -> None:
        """Take a mapping that lies ready, and compare."""
        if self.path is None:
            raise PlanError(say("Choose the file first."))
        self.mapping_path = self.path.with_name("mapping-of-ones-own.toml")
        shutil.copyfile(upload.path, self.mapping_path)
        try:
            self.read(plan)
        except PracticeError:
            # What is chosen on the screen counts again; the next dry run shall not stumble over this mapping.
            self.mapping_path = None
            raise

    def propose(self) -> None:
        """Propose the mapping anew from what was said of the columns."""
        if self.path is not None and self.survey is not None:
            self.suggestion = propose(self.path, self.survey, self.roles)

    def read(self, plan: Plan) -> None:
        """Read the file by its mapping, and compare."""
        if self.path is None:
            raise PlanError(say("Choose the file first."))
        mapping = self.mapping_path
        if mapping is None and self.suggestion is not None:
            mapping = self.path.with_name("mapping.toml")
            mapping.write_text(self.mapping_text(), encoding="utf-8")
        self.source = read_source(self.path, mapping=mapping, plan=plan)
        self.decisions.clear()
        self.compare(plan)

    def compare(self, plan: Plan) -> None:
        """Compare what the file says with the plan; nothing is stored.

        What was decided stands only while both sides say what they said then: nobody decided about another text.
        """
        if self.source is not None:
            decided = {
                cell.place: (cell.now, cell.after)
                for cell in (self.comparison.conflicts if self.comparison else ())
                if cell.place in self.decisions
            }
            self.version = plan.version
            self.comparison = plan.compare(self.source)
            self.decisions = {
                cell.place: self.decisions[cell.place]
                for cell in self.comparison.conflicts
                if decided.get(cell.place) == (cell.now, cell.after)
            }
            # Once for all redraws: it takes 0.3 s at 200,000 rows.
            self.new_rows = self.comparison.new_rows()
            self.outcome, self.pages = "", {}

    def n_undecided(self) -> int:
        """Return how many conflicts nobody has decided yet."""
        return (
            sum(cell.place not in self.decisions for cell in self.comparison.conflicts)
            if self.comparison
            else 0
        )

    def status_words(self) -> list[StatusWord]:
        """Return the words of all status columns, in the order of the mapping, the most frequent first."""
        return list(self._status_words()) if self.suggestion else []

    def _status_words(self) -> Iterator[StatusWord]:
        suggestion = self.suggestion
        for number, block in enumerate(self._raw().get("status", [])):
            plan = next(one for one in suggestion.plans if one.source == block["from"])  # type: ignore[union-attr]
            column = plan.columns[block["column"]]
            meanings = EVENTS if block["subject"] == Subject.ACTION else DECISIONS
            counts = [*column.counts.most_common(), *([("", column.n_blank)] if column.n_blank else [])]
            alike: dict[str, list[tuple[str, int]]] = {}
            for word, n in counts:
                alike.setdefault(comparable(word), []).append((word, n))
            for same in alike.values():
                word, n = same[0][0], sum(n for _, n in same)
                meaning = meaning_of(word, meanings) if word else NO_EVENT
                meaning = NO_EVENT if meaning in WITHOUT_EVENT else meaning
                default = NO_EVENT if meaning == NO_EVENT else ""
                place = block["from"], block["column"], comparable(word)
                event = self.words.get(place, default)
                yield StatusWord(number, *place[:2], block["subject"], word, n, meaning, event)

    def date_columns(self, source: str) -> list[str]:
        """Return the columns of a sheet that hold dates."""
        plan = (
            next((one for one in self.suggestion.plans if one.source == source), None)
            if self.suggestion
            else None
        )
        return [name for name, column in plan.columns.items() if column.sort == "dates"] if plan else []

    def day_column(self, one: StatusWord) -> str:
        """Return the column that dates the event of a word: what was chosen, or one that says so; never any other.

        When something was due or was recorded does not say when it was done.
        """
        columns = self.date_columns(one.source)
        chosen = self.days.get(one.place, "")
        if chosen in columns or not columns:
            return chosen if chosen in columns else ""
        plan = next(plan for plan in self.suggestion.plans if plan.source == one.source)  # type: ignore[union-attr]
        roles = DATES_OF.get(one.event or one.meaning, ("updated_on", "finding.recorded_on"))
        return next((name for name in map(plan.named, roles) if name in columns), "")

    def is_open(self, one: StatusWord) -> bool:
        """Tell whether it is undecided what a word stands for, or which column dates it."""
        if one.event in ("", NO_EVENT):
            return not one.event
        return bool(self.date_columns(one.source)) and not self.day_column(one)

    def _raw(self) -> dict[str, Any]:
        return tomllib.loads(self.suggestion.text) if self.suggestion else {}

    def open_directions(self) -> list[tuple[str, str]]:
        """Return the sheets of which nothing says which way is better, each with what was decided."""
        return [(source, self.directions.get(source, "")) for source in undecided_directions(self._raw())]

    def mapping_text(self) -> str:
        """Return the mapping with what was decided, as TOML.

        Raises:
            PlanError: it cannot be used.
        """
        raw = self._raw()
        if any(not way for _, way in self.open_directions()):
            raise PlanError(
                say("Choose which way is better for the figures; until then nothing can be judged by them.")
            )
        raw = with_directions(raw, self.suggestion.plans if self.suggestion else (), self.directions)
        for block in raw.get("finding", []):
            if self.kind:
                block["kind"] = {"constant": self.kind}
        for block in raw.get("status", []):
            block.pop("words", None)
            block["words"] = {}
        for one in self._status_words():
            if not self.is_open(one):
                raw["status"][one.block]["words"][one.word] = self._event(one)
        for block in raw.get("status", []):
            # A block without a word would not be read, and its words be lost unlisted.
            block["words"] = block["words"] or {"": {}}
        build_mapping(raw)
        return tomlkit.dumps(raw)

    def _event(self, one: StatusWord) -> dict[str, Any]:
        """Return what a word makes: nothing, or an event with its day and, where it needs one, its reason."""
        if one.event == NO_EVENT:
            return {}
        plan = next(plan for plan in self.suggestion.plans if plan.source == one.source)  # type: ignore[union-attr]
        day = self.day_column(one)
        event: dict[str, Any] = {"event": one.event}
        if day:
            event["happened_on"] = plan.date_cell(day)[0]
        if one.event in ENTITIES["event"]["reason"].must_for:
            event["reason"] = {"constant": say("the register says: {word}", word=one.word)}
        return event
