"""How do the due dates of a plan get into people's calendars? As all-day events that keep their identity.

The same plan, day and language give the same bytes: an event is known by what falls due, never by its date, so that a
calendar that reads a later file moves the event; and it is stamped with the as-of day, never with the clock.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from theorytopractice.assessment.encode import encode
from theorytopractice.errors import UnknownName
from theorytopractice.exchange.due_dates import DueDate, People, Sort, due_dates, plain
from theorytopractice.exchange.files import write_file
from theorytopractice.i18n import LANGUAGES, say, say_day, say_names, speaking
from theorytopractice.model.settings import as_day

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import icalendar

    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.store.plan import Plan


PRODUCT = "-//theorytopractice//theorytopractice//EN"
DOMAIN = "theorytopractice.invalid"
TITLE_SIGNS = 12
LONGEST_TITLE = 100


def write_calendar(
    plan: Plan,
    path: str | Path,
    *,
    owner: str | None = None,
    as_of: date | str | None = None,
    language: str | None = None,
) -> Path:
    """Write what falls due as an iCalendar file: all-day events for any calendar.

    Due dates of open actions that serve an open finding, reviews of findings, checks of mechanisms, days on which a
    block is looked at again, and the next measurements of indicators that say how often they are measured.

    Args:
        plan: the plan.
        path: the file to write.
        owner: only what this owner, by key or name, is asked for; everybody unless given.
        as_of: the day as of which the plan is looked at; today in its zone unless given.
        language: ``en`` or ``zh``; the plan's own unless given.

    Raises:
        UnknownName: there is no such owner or language.
        PracticeError: the file cannot be written.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> ttp.write_calendar(plan, "mara.ics", owner="O-01", as_of="2026-06-30").name
        'mara.ics'
    """
    return write_file(path, calendar_of(plan, owner=owner, as_of=as_of, language=language).to_ical())


def calendar_of(
    plan: Plan,
    *,
    owner: str | None = None,
    as_of: date | str | None = None,
    language: str | None = None,
) -> icalendar.Calendar:
    """Return what falls due as a calendar; see :func:`write_calendar`."""
    if language is not None and language not in LANGUAGES:
        raise UnknownName("language", language, LANGUAGES)
    encoded = encode(plan)
    day = as_day(encoded, as_of)
    with speaking(language or encoded.settings.language):
        people = People(encoded)
        chosen = None if owner is None else people.choose(owner)
        rows = [row for row in due_dates(encoded, day) if chosen is None or chosen in row.owner_ids]
        return _Writer(encoded, people, day).calendar(rows, chosen)


class _Writer:
    """Writes due dates as events, in the language that is spoken."""

    def __init__(self, encoded: EncodedPlan, people: People, day: date) -> None:
        self._people = people
        self._title = plain(encoded.settings.title)
        self._plan = hashlib.sha256(self._title.encode()).hexdigest()[:TITLE_SIGNS]
        self._stamp = datetime.combine(day, time(), UTC)
        finding = encoded.frames["finding"]
        self._statement = dict(zip(finding["finding_id"], finding["statement"], strict=True))

    def calendar(self, rows: list[DueDate], owner: str | None) -> icalendar.Calendar:
        """Return the events of some due dates in a calendar that is called after the plan and the owner."""
        import icalendar

        calendar = icalendar.Calendar()
        calendar.add("prodid", PRODUCT)
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        title = self._title or say("Findings and what is done about them")
        name = (
            title if owner is None else say("{title}: {owner}", title=title, owner=self._people.name(owner))
        )
        calendar.add("x-wr-calname", name)
        for row in rows:
            calendar.add_component(self._event(row))
        return calendar

    def _event(self, row: DueDate) -> icalendar.Event:
        import icalendar

        event = icalendar.Event()
        key = hashlib.sha256(f"{self._plan}\0{row.sort}\0{row.key}".encode()).hexdigest()[:32]
        event.add("uid", f"{row.sort}-{key}@{DOMAIN}")
        event.add("dtstamp", self._stamp)
        event.add("dtstart", row.on)
        if row.on < row.on.max:
            event.add("dtend", row.on + timedelta(days=1))
        event.add("summary", summary(row))
        event.add("description", "\n".join(self._lines(row)))
        event.add("categories", [row.sort.label])
        event.add("transp", "TRANSPARENT")
        return event

    def _lines(self, row: DueDate) -> list[str]:
        """Say who is asked, what it serves, and what else is to be known."""
        who = say_names(self._people.name(key) for key in row.owner_ids)
        lines = [row.title] if len(row.title) > LONGEST_TITLE else []
        lines.append(say("Who: {names}", names=who) if who else say("Nobody is named for it."))
        if row.sort in (Sort.ACTION, Sort.MEASUREMENT):
            lines += [f"{key}: {plain(self._statement.get(key))}" for key in row.finding_ids]
        lines += details(row)
        return lines


def summary(row: DueDate) -> str:
    """Say in one short line what falls due."""
    title = row.title if len(row.title) <= LONGEST_TITLE else f"{row.title[: LONGEST_TITLE - 1].rstrip()}…"
    return say("{what}: {title} ({key})", what=row.sort.label, title=title, key=plain(row.key))


def details(row: DueDate) -> list[str]:
    """Say what else is to be known of a due date."""
    lines = []
    if row.sort is Sort.ACTION:
        first = row.row["original_due"]
        if first == first and first.date() != row.on:  # noqa: PLR0124 - a missing day differs from itself
            lines.append(say("First due on {day}.", day=say_day(first.date())))
        if promised := plain(row.row["promised_to"]):
            lines.append(say("Promised to {whom}.", whom=promised))
    elif row.sort is Sort.REVISIT and (condition := plain(row.row["condition"])):
        lines.append(say("It waits for: {condition}", condition=condition))
    elif row.sort is Sort.CHECK:
        if document := plain(row.row["document"]):
            lines.append(say("Document: {document}", document=document))
        lines.append(say("Somebody other than its owner checks it."))
    elif row.sort is Sort.MEASUREMENT:
        lines.append(say("Last measured on {day}.", day=say_day(row.row["latest_on"])))
    return lines
