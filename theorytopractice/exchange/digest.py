"""What does each owner have to know now, and what do leaders? One mail each, as a file; nothing is sent.

All facts come from the listings of the assessment, so that a mail never says another thing than the report.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from theorytopractice.assessment.changes import Changes
from theorytopractice.assessment.decisions import decisions, pending_decisions
from theorytopractice.assessment.encode import encode
from theorytopractice.assessment.workload import due_actions, owner_load
from theorytopractice.errors import PlanError, PracticeError, UnknownName, quote, reason_of
from theorytopractice.exchange.calendar import details
from theorytopractice.exchange.due_dates import DueDate, People, Sort, due_dates, plain
from theorytopractice.exchange.files import write_file
from theorytopractice.exchange.mail import Line, Mail, MailPart, receiver
from theorytopractice.i18n import LANGUAGES, say, say_day, say_n, say_names, speaking
from theorytopractice.model.labels import name_of
from theorytopractice.model.settings import SOON_DAYS, as_day
from theorytopractice.model.vocabularies import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
    from datetime import date

    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.store.plan import Plan

    Row = Mapping[Hashable, Any]
    Who = Callable[[str], tuple[str, ...]]


LEADERS = "leaders"
TOMORROW, WEEK = 1, 7
USUAL_PERIOD = timedelta(days=30)
MOST_LINES = 40
SAFE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,60}")
UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(slots=True)
class Digest:
    """The mails by the name of their file, and who gets none: with nothing to know, or because they left."""

    mails: dict[str, Mail] = field(default_factory=dict)
    idle: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def without_address(self) -> list[str]:
        """The files of owners to whom no mail can be addressed."""
        names = (name for name in self.mails if name != f"{LEADERS}.eml")
        return [name for name in names if receiver(self.mails[name].name, self.mails[name].address) is None]


def write_digest(
    plan: Plan,
    folder: str | Path,
    *,
    as_of: date | str | None = None,
    since: date | str | None = None,
    language: str | None = None,
) -> Digest:
    """Write a mail for each owner who has something to know, and one for leaders, as ``.eml`` files; nothing is sent.

    Args:
        plan: the plan.
        folder: where the files go; made where there is none.
        as_of: the day; today in the plan's zone unless given.
        since: after which day movement is told; thirty days earlier unless given.
        language: ``en`` or ``zh``; the plan's own unless given.

    Raises:
        UnknownName: there is no such language.
        PracticeError: a day is none, the folder holds mails of an earlier digest, or cannot be written.
    """
    if language is not None and language not in LANGUAGES:
        raise UnknownName(say("language"), language, LANGUAGES)
    encoded = encode(plan)
    with speaking(language or encoded.settings.language):
        digest = _Writer(encoded, as_of, since).digest()
        contents = {name: mail.to_bytes() for name, mail in digest.mails.items()}
    folder = Path(folder)
    _make(folder)
    _refuse_others(folder, set(contents))
    for name, content in contents.items():
        write_file(folder / name, content)
    return digest


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        told = say("Cannot write {path}: {reason}.", path=quote(folder), reason=reason_of(error))
        raise PracticeError(told) from error


def _refuse_others(folder: Path, names: set[str]) -> None:
    """Refuse a folder with mails that this digest does not replace: somebody would send them as new."""
    others = sorted(file.name for file in folder.glob("*.eml") if file.name not in names)
    if others:
        told = say_n(
            "{folder} holds {n} mail of an earlier digest ({name}); remove it, or choose another folder.",
            "{folder} holds {n} mails of an earlier digest (such as {name}); remove them, or choose another folder.",
            len(others), folder=quote(folder), name=others[0],
        )  # fmt: skip
        raise PlanError(told)


def file_name(owner_id: str) -> str:
    """Return under which name an owner's mail is kept: by the key, so that no key can name another place."""
    if SAFE_NAME.fullmatch(owner_id) and not owner_id.endswith("."):
        return f"owner-{owner_id}.eml"
    mark = hashlib.sha256(owner_id.encode(errors="replace")).hexdigest()[:8]
    return f"owner-{UNSAFE.sub('_', owner_id)[:40]}-{mark}.eml"


class _Writer:
    """Gathers what is to be known as of a day, and writes it for one owner or for leaders."""

    def __init__(self, encoded: EncodedPlan, as_of: date | str | None, since: date | str | None) -> None:
        self._encoded, self._day = encoded, as_day(encoded, as_of)
        self._since = self._day - USUAL_PERIOD if since is None else as_day(encoded, since)
        if self._since >= self._day:
            told = say(
                "The day {since} must be before the as-of day, {day}.", since=self._since, day=self._day
            )
            raise PracticeError(told)
        self._people = People(encoded)
        self._title = plain(encoded.settings.title) or say("Findings and what is done about them")
        self._actions = due_actions(encoded, as_of=self._day).to_dict("records")
        limit = (
            self._day + timedelta(days=SOON_DAYS)
            if self._day < self._day.max - USUAL_PERIOD
            else self._day.max
        )
        dates = due_dates(encoded, self._day)
        self._dates = [row for row in dates if row.sort is not Sort.ACTION and row.on <= limit]
        finding = encoded.frames["finding"]
        self._statement = dict(zip(finding["finding_id"], finding["statement"], strict=True))
        self._movement = self._changed()
        self._answers = self._answering()

    def digest(self) -> Digest:
        """Return all mails, owners in the order of the plan."""
        digest, taken = Digest(), set()
        for key, row in self._people.rows.items():
            parts = self._parts(key)
            if not parts:
                digest.idle.append(self._people.name(key))
            elif not pd.isna(row["left_on"]) and pd.Timestamp(row["left_on"]).date() <= self._day:
                digest.left.append(self._people.name(key))
            else:
                name = file_name(key)
                if name.casefold() in taken:  # two keys that differ by case are one file on some disks
                    name = file_name(f"{key}\0")
                taken.add(name.casefold())
                digest.mails[name] = self._mail(key, parts)
        digest.mails[f"{LEADERS}.eml"] = self._leaders(digest.left)
        return digest

    def _mail(self, key: str, parts: list[MailPart]) -> Mail:
        """Write the mail of an owner."""
        name = self._people.name(key)
        own = [row for row in self._actions if self._people.of_action.get(row["action_id"]) == key]
        counts = _counts(own, [row for row in self._dates if key in row.owner_ids])
        email = self._people.rows[key]["email"]
        return Mail(
            name=name,
            address=email if isinstance(email, str) else "",
            subject=say("{counts}: {title}", counts=counts, title=self._title),
            heading=say("For {name}", name=name),
            dated=self._dated(),
            lead=say("You have: {counts}.", counts=counts),
            foot=say("From the plan {title}. Answer to whoever sent you this mail.", title=self._title),
            day=self._day,
            parts=parts,
        )

    def _leaders(self, left: list[str]) -> Mail:
        """Write the mail for leaders; ``left`` are owners who left and still have something to do."""
        gone = _cut(
            say("Owners who have left and still have something to do"), [Line(name) for name in left],
            say("They get no mail. Hand over what is theirs."),
        )  # fmt: skip
        parts = [self._decisions(), *self._parts(None), self._loads(), gone]
        counts = _counts(self._actions, self._dates)
        return Mail(
            name="",
            address="",
            subject=say("{counts}: {title}", counts=counts, title=self._title),
            heading=say("What leaders should know"),
            dated=self._dated(),
            lead=say("There are: {counts}.", counts=counts),
            foot=say("From the plan {title}. The report says more.", title=self._title),
            day=self._day,
            parts=[part for part in parts if part is not None],
        )

    def _dated(self) -> str:
        return say("{title}, as of {day}", title=self._title, day=say_day(self._day))

    def _parts(self, key: str | None) -> list[MailPart]:
        """Return what an owner has to know, or all of it (None); only parts that hold something."""
        own = [
            row for row in self._actions if key is None or self._people.of_action.get(row["action_id"]) == key
        ]
        dates = [row for row in self._dates if key is None or key in row.owner_ids]
        moved = [
            line for finding_id, line in self._movement if key is None or key in self._answers[finding_id]
        ]
        parts = [
            self._part(say("Overdue"), own, lambda row: row["is_open"] and row["is_overdue"], key),
            *(self._part(heading, own, _due_within(low, high), key) for heading, low, high in _windows()),
            self._part(say("Stalled"), own, lambda row: row["is_stalled"], key,
                       say("They serve a finding in which nothing has moved for long.")),
            self._part(say("Waiting for evidence"), own, lambda row: row["awaits_evidence"], key,
                       say("Reported complete. Attach what proves it, or they do not count as done.")),
            _cut(say("Reviews, checks and measurements"), [self._date_line(row, key) for row in dates]),
            _cut(say("What has moved since {day}", day=say_day(self._since)), moved),
        ]  # fmt: skip
        return [part for part in parts if part is not None]

    def _part(
        self,
        heading: str,
        rows: Sequence[Row],
        wanted: Callable[[Row], bool],
        key: str | None,
        note: str = "",
    ) -> MailPart | None:
        """Return the actions of a sort, the earliest due first."""
        chosen = sorted((row for row in rows if wanted(row)), key=_by_due)
        return _cut(heading, [self._action_line(row, key) for row in chosen], note)

    def _action_line(self, row: Row, key: str | None) -> Line:
        who = self._people.of_action.get(row["action_id"])
        told = (
            []
            if key is not None
            else [say("Who: {names}", names=self._people.name(who) if who else name_of("nobody"))]
        )
        if promised := plain(row["promised_to"]):
            told.append(say("Promised to {whom}.", whom=promised))
        told += [f"{one}: {plain(self._statement.get(one))}" for one in row["finding_ids"]]
        text = say("{title} ({action_id})", title=plain(row["title"]), action_id=plain(row["action_id"]))
        if row["awaits_evidence"]:
            return Line(text, details=tuple(told))
        return Line(text, _when(row["due"], self._day), tuple(told), is_late=bool(row["is_overdue"]))

    def _date_line(self, row: DueDate, key: str | None) -> Line:
        who = say_names(self._people.name(one) for one in row.owner_ids) or name_of("nobody")
        told = [] if key is not None else [say("Who: {names}", names=who)]
        text = say("{what}: {title} ({key})", what=row.sort.label, title=row.title, key=plain(row.key))
        return Line(text, _when(row.on, self._day), (*told, *details(row)), is_late=row.on < self._day)

    def _decisions(self) -> MailPart | None:
        """Return the findings that wait for a decision, the gravest first."""
        lines = [
            Line(
                say("{finding_id}: {statement}", finding_id=plain(one.finding_id),
                    statement=plain(self._statement.get(one.finding_id))),
                say("{heading} ({dated})", heading=one.heading, dated=one.dated) if one.dated else one.heading,
                (one.asked,),
            )
            for one in pending_decisions(decisions(self._encoded, as_of=self._day))
        ]  # fmt: skip
        return _cut(say("Waiting for a decision"), lines)

    def _loads(self) -> MailPart | None:
        """Return who has how much to do, nobody first where something is open for which nobody is accountable."""
        frame = owner_load(self._encoded, as_of=self._day)
        lines = []
        for row in frame[frame["open"] > 0].to_dict("records"):
            key = row["owner_id"]
            name = self._people.name(key) if isinstance(key, str) else name_of("nobody")
            told = say(
                "{open} open, {overdue} overdue, {soon} due within 30 days, {stalled} stalled",
                open=row["open"], overdue=row["overdue"], soon=row["due_in_30_days"], stalled=row["stalled"],
            )  # fmt: skip
            lines.append(Line(told, name))
        return _cut(say("Who has how much to do"), lines)

    def _changed(self) -> list[tuple[str, Line]]:
        """Say of each finding that moved how it did."""
        changes = Changes(self._encoded, since=self._since, as_of=self._day)
        groups = (
            (say("Moved up"), changes.up, _stages),
            (say("Moved down"), changes.down, _stages),
            (say("Newly lapsed"), changes.lapsed, None),
            (say("Added"), changes.added, None),
            (say("Closed"), changes.closed, lambda row: name_of(row["disposition"])),
            (say("Opened again"), changes.opened, None),
        )
        lines = []
        for heading, frame, tell in groups:
            for row in frame.to_dict("records"):
                key = str(row["finding_id"])
                text = say(
                    "{finding_id}: {statement}", finding_id=plain(key), statement=plain(self._statement[key])
                )
                lines.append((key, Line(text, heading, (tell(row),) if tell else ())))
        return lines

    def _answering(self) -> dict[str, set[str]]:
        """Return who owns each finding, or is accountable for an action that serves it."""
        answers: dict[str, set[str]] = defaultdict(set)
        for finding_id, owner_id in self._people.of_finding.items():
            answers[finding_id].add(owner_id)
        links = self._encoded.frames["finding_action"]
        for finding_id, action_id in zip(links["finding_id"], links["action_id"], strict=True):
            if action_id in self._people.of_action:
                answers[finding_id].add(self._people.of_action[action_id])
        return answers


def _counts(rows: Sequence[Row], dates: list[DueDate]) -> str:
    """Say how much is open, and what of it presses."""
    is_open = [row for row in rows if row["is_open"]]
    overdue = sum(bool(row["is_overdue"]) for row in is_open)
    soon = sum(bool(row["is_due_soon"]) for row in is_open)
    proof = sum(bool(row["awaits_evidence"]) for row in rows)
    told = [
        say_n("{n:,} open action", "{n:,} open actions", len(is_open)) if is_open else "",
        say_n("{n:,} overdue", "{n:,} overdue", overdue) if overdue else "",
        say_n("{n:,} due within 30 days", "{n:,} due within 30 days", soon) if soon else "",
        say_n("{n:,} waiting for evidence", "{n:,} waiting for evidence", proof) if proof else "",
        say_n("{n:,} review, check or measurement", "{n:,} reviews, checks or measurements", len(dates))
        if dates
        else "",
    ]
    return say_names(filter(None, told)) or say("nothing is due")


def _windows() -> Iterable[tuple[str, int, int]]:
    """Return the spans in which something falls due, each without the one before."""
    return (
        (say("Due today or tomorrow"), 0, TOMORROW),
        (say("Due within 7 days"), TOMORROW + 1, WEEK),
        (say("Due within 30 days"), WEEK + 1, SOON_DAYS),
    )


def _due_within(low: int, high: int) -> Callable[[Row], bool]:
    """Return what tells whether an open action is due from so many to so many days ahead."""
    return lambda row: (
        bool(row["is_open"]) and not pd.isna(row["days_left"]) and low <= row["days_left"] <= high
    )


def _by_due(row: Row) -> tuple[bool, Any]:
    """Order actions by due date, those without one last."""
    return (True, "") if pd.isna(row["due"]) else (False, row["due"])


def _when(due: Any, day: date) -> str:  # noqa: ANN401 - a date, a timestamp or a missing one
    """Say when something is due, and how many days that is away."""
    if pd.isna(due):
        return say("no due date")
    on = pd.Timestamp(due).date()
    left = (on - day).days
    if left < 0:
        return say_n("{day}, {n:,} day overdue", "{day}, {n:,} days overdue", -left, day=say_day(on))
    if left == 0:
        return say("{day}, today", day=say_day(on))
    return say_n("{day}, in {n:,} day", "{day}, in {n:,} days", left, day=say_day(on))


def _stages(row: Row) -> str:
    """Say from which stage to which a finding moved."""
    before, now = (name_of(str(Stage(int(row[column])))) for column in ("stage_before", "stage"))
    return say("from {before} to {now}", before=before, now=now)


def _cut(heading: str, lines: list[Line], note: str = "") -> MailPart | None:
    """Return a part with at most so many lines, and how many more there are; None where it holds nothing."""
    if not lines:
        return None
    left = len(lines) - MOST_LINES
    more = say_n("and {n:,} more", "and {n:,} more", left) if left > 0 else ""
    return MailPart(say("{heading}: {n:,}", heading=heading, n=len(lines)), lines[:MOST_LINES], note, more)
