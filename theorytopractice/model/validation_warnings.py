"""What is allowed, but should make a planner look twice?"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from theorytopractice.errors import quote
from theorytopractice.i18n import say
from theorytopractice.model.validation_rules import HEADER, Problem, ValidationContext
from theorytopractice.model.values import read_number
from theorytopractice.model.vocabularies import ActionEvent, Level, OwnerRole, Strength, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator


OWN_DATES = {"event": "happened_on", "observation": "observed_on", "evidence": "dated_on"}
BACK_DAYS = 90
LONG_YEARS = 2
LOAD = 10
QUARTERS = tuple(map(Decimal, (0, 25, 50, 75, 100)))
STATES = (
    ActionEvent.START,
    ActionEvent.COMPLETE,
    ActionEvent.REOPEN,
    ActionEvent.CANCEL,
    ActionEvent.SUSPEND,
    ActionEvent.RESUME,
)


def future_facts(sheets: ValidationContext) -> Iterator[Problem]:
    """W-FUTURE: a fact dated after the as-of day; it is kept and not seen until then (method, T4)."""
    for name, column in OWN_DATES.items():
        for row, day in enumerate(sheets.column(name, column)):
            if day > sheets.today:
                message = say(
                    "{day} lies after the as-of day, {today}, which does not see it; mend the date if it has not happened",
                    day=day,
                    today=sheets.today,
                )
                yield Problem("W-FUTURE", name, row, column, message)


def late_records(sheets: ValidationContext) -> Iterator[Problem]:
    """W-BACK: a fact recorded more than 90 days after its own date."""
    for name, column in OWN_DATES.items():
        days = sheets.column(name, column)
        records = sheets.column(name, "recorded_on")
        number = {day: date.fromisoformat(day).toordinal() for day in {*days, *records} if day}
        for row, (day, recorded) in enumerate(zip(days, records, strict=True)):
            if recorded and day and (late := number[recorded] - number[day]) > BACK_DAYS:
                message = say(
                    "recorded {late:,} days after its date {day}; check both dates", late=late, day=day
                )
                yield Problem("W-BACK", name, row, "recorded_on", message)


def rival_values(sheets: ValidationContext) -> Iterator[Problem]:
    """W-DUP: two final values of one indicator and date, recorded on the same day.

    An empty ``recorded_on`` counts as the fact's own date (method, T5); a value recorded later is a
    correction, and a provisional one no rival.
    """
    first: dict[str, int] = {}
    table = sheets["observation"]
    names = ("indicator_id", "observed_on", "recorded_on", "final")
    for row, (indicator, day, recorded, final) in enumerate(sheets.columns("observation", *names)):
        if final == "false" or not indicator or not day:
            continue
        earlier = first.setdefault(f"{indicator}\0{day}\0{recorded or day}", row)
        if earlier != row:
            line = table.line(earlier)
            where = say("an earlier row") if line is None else say("line {line}", line=line)
            message = say(
                "{indicator} has another value for {day} in {where}; the later key counts: remove one, or give the correction its own recorded_on",
                indicator=quote(indicator),
                day=day,
                where=where,
            )
            yield Problem("W-DUP", "observation", row, "observed_on", message)


def vague_statements(sheets: ValidationContext) -> Iterator[Problem]:
    """W-VAGUE: a statement with no number, actor or verb."""
    message = say("the statement is vague: say who does what, and by how much")
    for row, statement in enumerate(sheets.column("finding", "statement")):
        if statement and is_vague(statement):
            yield Problem("W-VAGUE", "finding", row, "statement", message)


def distant_dues(sheets: ValidationContext) -> Iterator[Problem]:
    """W-LONG: due more than two years after the as-of day."""
    year, rest = int(sheets.today[:4]) + LONG_YEARS, sheets.today[4:]
    limit = f"{year:04}{rest}"
    for row, due in enumerate(sheets.column("action", "due")):
        if due > limit:
            message = say(
                "{due} is more than {n} years off; set a nearer due date or milestones", due=due, n=LONG_YEARS
            )
            yield Problem("W-LONG", "action", row, "due", message)


def weak_actions(sheets: ValidationContext) -> Iterator[Problem]:
    """W-WEAK: all actions of a finding, in whatever role, are weak by nature."""
    message = say(
        "all actions of this finding are weaker ones, which seldom last; add one that changes the way of working"
    )
    strength = sheets.lookup("action", "action_id", "strength")
    links = sheets.columns("finding_action", "finding_id", "action_id")
    only = _only((finding, strength.get(action) == Strength.WEAKER) for finding, action in links if action)
    for row, finding in enumerate(sheets.column("finding", "finding_id")):
        if finding in only:
            yield Problem("W-WEAK", "finding", row, "finding_id", message)


def outputs_only(sheets: ValidationContext) -> Iterator[Problem]:
    """W-OUTPUT: all indicators of a finding, required or not, measure outputs."""
    message = say(
        "all indicators of this finding are outputs, which show no effect; add an outcome or impact"
    )
    level = sheets.lookup("indicator", "indicator_id", "level")
    links = sheets.columns("finding_indicator", "finding_id", "indicator_id")
    only = _only((finding, level.get(one) == Level.OUTPUT) for finding, one in links if one)
    for row, finding in enumerate(sheets.column("finding", "finding_id")):
        if finding in only:
            yield Problem("W-OUTPUT", "finding", row, "finding_id", message)


def _only(links: Iterator[tuple[str, bool]]) -> set[str]:
    """Return the keys that have some link, and of which every link is true."""
    every: dict[str, bool] = {}
    for key, is_such in links:
        every[key] = every.get(key, True) and is_such
    return {key for key, is_such in every.items() if key and is_such}


def heavy_loads(sheets: ValidationContext) -> Iterator[Problem]:
    """W-LOAD: an owner accountable for more than ten live actions.

    Live here: the action's last event up to the as-of day that changes its state is neither cancel nor complete.
    Whether a completion has its evidence is left to the assessment.
    """
    words = sheets.column("event", "event")
    last = sheets.latest(Subject.ACTION, *STATES, until=sheets.today)
    over = {
        action for action, row in last.items() if words[row] in (ActionEvent.COMPLETE, ActionEvent.CANCEL)
    }
    loads: dict[str, set[str]] = {}
    for action, owner, role in sheets.columns("action_owner", "action_id", "owner_id", "role"):
        if role == OwnerRole.ACCOUNTABLE and action and owner and action not in over:
            loads.setdefault(owner, set()).add(action)
    for row, (owner, name) in enumerate(sheets.columns("owner", "owner_id", "name")):
        load = len(loads.get(owner, ()))
        if load > LOAD:
            message = say(
                "{owner} is accountable for {load:,} live actions; more than {most} are seldom kept: hand some over",
                owner=quote(name or owner),
                load=load,
                most=LOAD,
            )
            yield Problem("W-LOAD", "owner", row, "owner_id", message)


def round_progress(sheets: ValidationContext) -> Iterator[Problem]:
    """W-ROUND: every progress value of the plan a multiple of 25: guessed, not measured.

    Said once for the column. Nothing but 0 and 100 is no guess and raises no warning.
    """
    values = {read_number(text) for text in set(sheets.column("event", "progress")) if text}
    if values.issubset(QUARTERS) and not values.issubset((QUARTERS[0], QUARTERS[-1])):
        message = say(
            "every progress value is a multiple of 25, as guesses are; count what is done, or leave progress out"
        )
        yield Problem("W-ROUND", "event", HEADER, "progress", message)


ENOUGH_CHARACTERS = 120
WORD = re.compile(r"[A-Za-z]+(?:['’\-][A-Za-z]+)*|[\u4e00-\u9fff]")
OTHER_LETTER = re.compile(r"[^\W\d_A-Za-z\u4e00-\u9fff]")
SAYS = re.compile(r"\d|[½¼¾]|[一二两三四五六七八九十百千万亿半]|[^\Ws]s\b|ed\b", re.IGNORECASE)
WISH = re.compile(
    r"\W*(?:(?:improve|strengthen|enhance|promote|insufficient|inadequate|lack of)\b"
    r"|加强|加大|强化|提高|提升|改进|改善|完善|优化|推进|推动|促进|深化|健全|增强)",
    re.IGNORECASE,
)
HEADING = re.compile(
    r"(?:[A-Za-z'’\-]+\s+)?[A-Za-z'’\-]+(?:[ts]ion|ment|ness|ity|[ae]nce|age|ing|ship|cy)\W*", re.IGNORECASE
)


def is_vague(statement: str) -> bool:
    """Tell whether a statement has no number, no actor and no verb (tables, W-VAGUE).

    A single word has none, nor have two of which the last is an abstract noun ("Better communication"), nor up to
    four that begin with a wish or a want: "Insufficient attention to coordination", 加强管理 (a Chinese sign counts
    as a word). A number, a plural, a verb in -s or -ed, and any other script get the benefit of the doubt: no
    grammar is parsed.
    """
    if len(statement) > ENOUGH_CHARACTERS or OTHER_LETTER.search(statement) or SAYS.search(statement):
        return False
    too_few = 5 if WISH.match(statement) else 2
    return len(WORD.findall(statement)) < too_few or HEADING.fullmatch(statement) is not None
