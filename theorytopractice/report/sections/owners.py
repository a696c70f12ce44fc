"""Who has how much to do, what falls due when, and by when will it be done?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice import charts
from theorytopractice.assessment.decisions import Status
from theorytopractice.assessment.workload import (
    departed_owners,
    due_by_month,
    due_counts,
    earliest_due,
    last_month_ahead,
)
from theorytopractice.html import Part, annex, chart, join, mark, quiet, table, tag
from theorytopractice.i18n import (
    say,
    say_day,
    say_list,
    say_month,
    say_n,
    say_number,
    say_share,
    say_short_day,
)
from theorytopractice.model.labels import name_of
from theorytopractice.model.settings import SOON_DAYS
from theorytopractice.model.vocabularies import FindingKind
from theorytopractice.report.marks import more_html
from theorytopractice.report.sentences import link

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from markupsafe import Markup

    from theorytopractice.report.data import ReportData


MOST_OWNERS, MOST_BARS, MOST_ACTIONS, MOST_WEEKS = 15, 12, 12, 26
LEAST_CHANCE = 0.005


def render(data: ReportData) -> Part:
    """Owners with their load, a timeline of what falls due, and a forecast of the open actions."""
    return annex(
        "owners",
        say("Who has how much to do"),
        tag("div", _loads(data.owner_load), _timeline(data), class_="charts"),
        *_owners_who_left(data),
        tag("h3", say("What falls due")),
        *_list(data),
        *_measurements(data),
        tag("h3", say("By when the open actions will be done")),
        *_forecast(data),
        lead=say("Each action counts once, for the one owner who is accountable for it."),
    )


def _loads(load: pd.DataFrame) -> Markup:
    """Return the owners' open actions as bars, with the table of all their actions behind them."""
    numbers = tag("div", *_table(load))
    if not load["open"].any():
        return tag("div", numbers, quiet(say("No action is open, so there is nothing to draw.")))
    return chart(charts.picture(charts.owner_load(load, most=MOST_BARS)), numbers)


def _table(load: pd.DataFrame) -> list[Markup]:
    """Return the owners with their loads, nobody first, and what the columns count."""
    columns = {
        "live": say("Live"),
        "open": say("Open"),
        "overdue": say("Overdue"),
        "due_in_30_days": say("Due in 30 days"),
        "stalled": say("Stalled"),
    }
    loads = table(
        say("Actions that serve an open finding, by who is accountable"),
        (say("Owner"), say("Unit"), *columns.values()),
        (
            (
                _name(row),
                row["unit"] if isinstance(row["unit"], str) else "–",
                *(say_number(row[name]) for name in columns),
            )
            for row in load.head(MOST_OWNERS).to_dict("records")
        ),
        name="loads",
    )
    words = say(
        "Live: not cancelled, so completed ones too. Open: live and not complete. Of the open ones: overdue, due within"
        " 30 days, and stalled, which serve a finding in which nothing has moved for long."
    )
    left = len(load) - MOST_OWNERS
    more = say_n(
        "{n:,} more owner, with fewer or no open actions.",
        "{n:,} more owners, with fewer or no open actions.",
        left,
    )
    return [loads, more_html(more, left), tag("p", words, class_="note")]


def _name(row: dict[Any, Any]) -> str:
    """Return an owner's name, or identifier where the plan does not say it; "nobody" for what nobody has."""
    if not isinstance(row["owner_id"], str):
        return name_of("nobody")
    return row["name"] if isinstance(row["name"], str) and row["name"] else row["owner_id"]


def _owners_who_left(data: ReportData) -> list[Markup]:
    """Return a line for each owner who has left and still answers for open actions or a mechanism (``owner_left``)."""
    rules = data.assessed[data.assessed["kind"] == FindingKind.MECHANISM].set_index("finding_id")
    rules = rules.assign(owner_id=data.finding["owner_id"].reindex(rules.index))
    lines = []
    for row in departed_owners(data.tables["owner"], data.owner_load, rules, data.day).to_dict("records"):
        facts = {"owner": _name(row), "day": say_day(row["left_on"].date())}
        if row["open"]:
            lines.append(
                say_n(
                    "{owner} left on {day} and is still accountable for {n} open action.",
                    "{owner} left on {day} and is still accountable for {n} open actions.",
                    row["open"],
                    **facts,
                )
            )
        if row["finding_ids"]:
            findings = say_list(row["finding_ids"])
            lines.append(say("{owner} left on {day} and still owns {findings}.", findings=findings, **facts))
    return [tag("ul", *(tag("li", line) for line in lines), class_="gone")] if lines else []


def _timeline(data: ReportData) -> Markup | None:
    """Return when the open actions fall due as a picture; None where none is open."""
    agenda = data.agenda
    return None if agenda.empty else chart(charts.picture(charts.due_dates(agenda)), _months(data))


def _list(data: ReportData) -> list[Markup]:
    """Return the actions that fall due next, the earliest first."""
    agenda = data.agenda
    if agenda.empty:
        return [quiet(say("No action is open, so nothing falls due."))]
    named = earliest_due(agenda, agenda["is_overdue"], MOST_ACTIONS)
    left = len(agenda) - len(named)
    actions = table(
        say("Open actions as of {day}, the earliest due first", day=say_day(data.day)),
        (say("Action"), say("Who"), say("Due"), say("Time left"), say("Finding")),
        (_action(row) for row in named.to_dict("records")),
        name="agenda",
    )
    return [actions, *([tag("p", _more(agenda, named, left), class_="more")] if left > 0 else [])]


def _measurements(data: ReportData) -> list[Markup]:
    """Return what is due to be measured, by whom; nothing where no indicator names anybody."""
    due = data.due_measurements
    if due["owner_id"].isna().all():
        return []
    due = due.sort_values("owner_id", kind="stable")
    return [
        table(
            say("Measurements that are due, by who measures"),
            (say("Who"), say("Indicator"), say("Last measured"), say("Due"), say("Finding")),
            (
                (
                    _name({"owner_id": row["owner_id"], "name": row["measured_by"]}),
                    join([tag("span", row["indicator_id"], class_="id"), " ", row["name"]]),
                    say("never") if pd.isna(row["last_on"]) else say_short_day(row["last_on"].date()),
                    "–" if pd.isna(row["due_on"]) else say_short_day(row["due_on"].date()),
                    join((link(finding_id) for finding_id in row["finding_ids"]), " "),
                )
                for row in due.to_dict("records")
            ),
            name="measurements",
        )
    ]


def _more(agenda: pd.DataFrame, named: pd.DataFrame, left: int) -> str:
    """Say how many open actions are not listed, and how many of them are overdue."""
    overdue = int(agenda["is_overdue"].sum() - named["is_overdue"].sum())
    words = (
        say_n("{n:,} of them is overdue", "{n:,} of them are overdue", overdue)
        if overdue
        else say("none of them is overdue")
    )
    return say_n(
        "{n:,} more open action is not listed here; {overdue}.",
        "{n:,} more open actions are not listed here; {overdue}.",
        left,
        overdue=words,
    )


def _action(row: dict[Any, Any]) -> tuple[object, ...]:
    findings = join((link(finding_id) for finding_id in row["finding_ids"]), " ")
    return (
        join(
            [
                tag("span", row["action_id"], class_="id"),
                " ",
                row["title"] if isinstance(row["title"], str) else "",
            ]
        ),
        row["responsible"] if isinstance(row["responsible"], str) else name_of("nobody"),
        "–" if pd.isna(row["due"]) else say_short_day(row["due"].date()),
        _time_left(row),
        findings,
    )


def _time_left(row: dict[Any, Any]) -> Markup | str:
    """Say how many days are left until an action is due, or how many it is overdue."""
    if pd.isna(row["days_left"]):
        return say("no due date")
    days = int(row["days_left"])
    if days < 0:
        return mark(Status.ACT, say_n("{n:,} day overdue", "{n:,} days overdue", -days))
    words = say_n("{n:,} day left", "{n:,} days left", days) if days else say("due today")
    return mark(Status.WATCH if days <= SOON_DAYS else Status.COURSE, words)


def _months(data: ReportData) -> Markup:
    """Count the open actions by the month in which they fall due."""
    return table(
        say("Open actions by when they fall due"),
        (say("Due"), say("Actions")),
        _by_month(data),
        name="numbers",
    )


def _by_month(data: ReportData) -> Iterator[tuple[str, str]]:
    """Go through what is overdue, the months ahead, what comes after them, and what has no date."""
    today = pd.Timestamp(data.day)
    counts = due_counts(data.agenda, today)
    yield say("overdue"), say_number(counts.overdue)
    months = due_by_month(data.agenda, today)
    for month, n in zip(pd.DatetimeIndex(months.index), months, strict=True):
        yield say_month(month.date()), say_number(int(n))
    yield say("after {day}", day=say_short_day(last_month_ahead(today).date())), say_number(counts.beyond)
    yield say("no due date"), say_number(counts.none)


def _forecast(data: ReportData) -> list[Markup]:
    """Return the forecast in words and, where one can be told, as a picture."""
    outlook = data.forecast
    words = tag("p", outlook.text)
    if not outlook.milestones or not outlook.remaining:
        return [words]
    possible = outlook.chances[outlook.chances["chance"] >= LEAST_CHANCE]
    step = -(-len(possible) // MOST_WEEKS)
    weeks = {milestone.weeks for milestone in outlook.milestones}
    rows = (
        (say_number(row["weeks"]), say_short_day(row["on"].date()), say_share(row["chance"]))
        for row in possible.to_dict("records")
        if row["weeks"] % step == 0 or row["weeks"] in weeks
    )
    heads = (say("Weeks from now"), say("Day"), say("Chance that all are done"))
    numbers = table(say("Chance that all actions that are open now are done"), heads, rows, name="numbers")
    return [words, chart(charts.picture(charts.forecast(outlook)), numbers)]
