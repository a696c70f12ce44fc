"""What is still unsolved, who has it until when, do those affected agree, and are promises kept?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.assessment.assess import has_flag, open_findings, waiting_problems
from theorytopractice.assessment.measures import SENTENCE, figure_of, say_figure
from theorytopractice.charts import svg
from theorytopractice.html import Part, annex, item_list, join, quiet, table, tag, terms
from theorytopractice.i18n import message, say, say_as, say_duration, say_n, say_short_day
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import (
    COMPLETE,
    ActionRole,
    ActionState,
    FindingKind,
    Solvability,
    Stage,
)
from theorytopractice.report.marks import mark_key, mark_strip, more_html
from theorytopractice.report.sentences import closed_text, empty_text, link

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from typing import Any

    from markupsafe import Markup

    from theorytopractice.report.data import ReportData


if TYPE_CHECKING:
    ConditionRow = Mapping[Hashable, Any]

MOST = 12
MOST_MARKS, MOST_NAMED = 24, 4
MARKS = {
    ActionState.DONE: svg.FULL,
    ActionState.DONE_UNVERIFIED: svg.HALF,
    ActionState.IN_PROGRESS: svg.HALF,
    ActionState.SUSPENDED: svg.HALF,
    ActionState.CANCELLED: svg.CROSS,
}
"""State of an enabling action → its mark; what has not begun is empty."""
MEANINGS = (
    (svg.FULL, message("done")),
    (svg.HALF, message("begun, or done without evidence")),
    (svg.EMPTY, message("not begun")),
    (svg.CROSS, message("cancelled")),
)


def conditions(data: ReportData, problems: pd.DataFrame) -> Markup:
    """Return the open problems that are blocked or need conditions, with the actions that create these."""
    heading = tag("h3", say("Conditions: what must be there first?"))
    rows = data.problems
    needs = rows["solvability"].eq(Solvability.NEEDS_CONDITIONS) & (rows["stage"] < Stage.IN_PRACTICE)
    blocked = problems.loc[has_flag(problems, "blocked"), "finding_id"]
    expired = set(problems.loc[has_flag(problems, "block_expired"), "finding_id"])
    ids = rows.loc[needs | rows["finding_id"].isin(blocked), "finding_id"].unique()
    if not len(ids):
        return join([heading, quiet(say("No problem is blocked or needs conditions first."))])
    groups = rows[rows["finding_id"].isin(ids[:MOST])].groupby("finding_id", sort=False)
    heads = [say("Problem"), say("Condition"), say("Actions that create it"), say("Revisit"), say("Met")]
    caption = say(
        "Problems that are blocked or need conditions first: what must be there, and who works on it"
    )
    listing = table(
        caption,
        heads,
        (_condition_cells(group, is_expired=name in expired) for name, group in groups),
        name="works conditions",
    )
    left = len(ids) - MOST
    more = say_n(
        "{n:,} more problem waits or needs conditions.", "{n:,} more problems wait or need conditions.", left
    )
    legend = mark_key((mark, say(words)) for mark, words in MEANINGS)
    return join([heading, legend, listing, more_html(more, left)])


def _condition_cells(group: pd.DataFrame, *, is_expired: bool) -> list[object]:
    """Return one problem: condition, strip of its enabling actions, revisit date, and since when it is ripe."""
    row = group.iloc[0]
    enabling = group[group["role"] == ActionRole.ENABLES]
    condition = say("not written down") if pd.isna(row["condition"]) else row["condition"]
    revisit = "–" if pd.isna(row["revisit_on"]) else say_short_day(row["revisit_on"].date())
    if is_expired:
        revisit = say("no date was set") if pd.isna(row["revisit_on"]) else say("was due {day}", day=revisit)
    ripe = row["ripe_on"]
    met = say("not yet") if pd.isna(ripe) else say("ripe since {day}", day=say_short_day(ripe.date()))
    return [
        join([link(row["finding_id"]), " ", row["statement"]]),
        condition,
        _work(enabling),
        revisit,
        met,
    ]


def _work(enabling: pd.DataFrame) -> object:
    """Show the enabling actions as marks, with each in words."""
    if enabling.empty:
        return say("nobody works on it: no action creates the condition")
    states = enabling["action_state"].tolist()
    marks = [MARKS.get(state, svg.EMPTY) for state in states[:MOST_MARKS]]
    texts = [_condition_text(row) for row in enabling.head(MOST_NAMED).to_dict("records")]
    left = len(enabling) - MOST_NAMED
    if left > 0:
        texts.append(say_n("{n:,} more", "{n:,} more", left))
    return mark_strip(marks, item_list(texts))


def _condition_text(row: ConditionRow) -> str:
    facts = {"measure": row["measure"], "state": name_of(row["action_state"])}
    if pd.isna(row["responsible"]):
        return say("{measure}: {state}, nobody has it", **facts)
    return say("{measure}: {state}, {who}", **facts, who=row["responsible"])


MOST_PROMISES = 20
BROKEN = ("missed", "disputed")
SHARES = (
    (
        "kept_on_time_rate",
        message("Kept on time, of those that have come due"),
        message("no promise has come due"),
    ),
    (
        "confirmed_share",
        message("Confirmed by those they were made to, of those kept or disputed"),
        message("no promise was kept or disputed"),
    ),
    (
        "satisfied_share",
        message("Recent surveys of those affected that are satisfied"),
        message("nobody was asked within 400 days"),
    ),
)
"""Measure → what it counts, and what is said where there is nothing to count."""


def promises(data: ReportData) -> Markup:
    """Return the four numbers of trust, and the promises that were missed or are disputed."""
    heading = tag("h3", say("Promises: are they kept?"))
    promised = data.commitments[data.commitments["state"] != "unknown"]
    if promised.empty:
        return join([heading, quiet(say("Nothing was promised to anybody."))])
    count = say_n(
        "{n:,} action was promised to somebody.", "{n:,} actions were promised to somebody.", len(promised)
    )
    return join(
        [heading, tag("p", count), terms(_trust(data), name="trust"), _broken_promises(data, promised)]
    )


def _trust(data: ReportData) -> list[tuple[str, str]]:
    """Return the four numbers with what each counts."""
    numbers = []
    for measure, name, nothing in SHARES:
        figure = figure_of(data.measures, measure)
        numbers.append(
            (say(name), say_figure(figure, SENTENCE) if pd.notna(figure["value"]) else say(nothing))
        )
    late = figure_of(data.measures, "median_days_late")
    if pd.isna(late["value"]):
        lateness = say("no promise was kept late")
    else:
        lateness = say_n(
            "{days} ({n:,} kept late)",
            "{days} ({n:,} kept late)",
            int(late["denominator"]),
            days=say_duration(late["value"]),
        )
    numbers.insert(1, (say("Median days late, of those kept late"), lateness))
    return numbers


def _broken_promises(data: ReportData, promised: pd.DataFrame) -> Markup:
    """Name the promises that were missed or are disputed, the longest due first."""
    broken = promised[promised["state"].isin(BROKEN)].sort_values("effective_due", kind="stable")
    if broken.empty:
        return quiet(say("No promise is missed or disputed."))
    titles = data.tables["action"].set_index("action_id")[["title", "promised_to"]]
    first = broken.head(MOST_PROMISES).join(titles, on="action_id")
    rows = [
        [
            row["title"],
            row["promised_to"],
            say("no date") if pd.isna(row["effective_due"]) else say_short_day(row["effective_due"].date()),
            name_of(row["state"]),
        ]
        for row in first.to_dict("records")
    ]
    heads = [say("Promise"), say("Made to"), say("Due"), say("State")]
    listing = table(
        say("Promises that were missed or are disputed, the longest due first"), heads, rows, name="works"
    )
    left = len(broken) - MOST_PROMISES
    more = say_n(
        "{n:,} more promise was missed or is disputed.",
        "{n:,} more promises were missed or are disputed.",
        left,
    )
    return join([listing, more_html(more, left)])


if TYPE_CHECKING:
    Row = Mapping[Hashable, Any]

MOST_ROWS = 40
FINISHED = (*COMPLETE, ActionState.CANCELLED)
AGREE = {
    "yes": message("{stage}; those affected agree that it is solved"),
    "no": message("{stage}; those affected do not confirm that it is solved"),
    "not asked": message("{stage}; those affected have not been asked"),
}


def render(data: ReportData) -> Part:
    """The problems: how many are solved, the rectification list, what they wait for, and the promises."""
    heading = say("Problems: what is still unsolved?")
    problems = open_findings(data.assessed, FindingKind.PROBLEM)
    if problems.empty:
        blocks = [
            quiet(empty_text(data.assessed, FindingKind.PROBLEM, is_narrowed=bool(data.scope))),
            *([promises(data)] if len(data.commitments) else []),
        ]
        return annex("problems", heading, *blocks)
    closed = closed_text(data.assessed, FindingKind.PROBLEM)
    return annex(
        "problems",
        heading,
        tag("p", closed, class_="since") if closed else None,
        _rectification(data),
        conditions(data, problems),
        promises(data),
        lead=_sentence(data, problems),
    )


def _sentence(data: ReportData, problems: pd.DataFrame) -> str:
    """Say how the problems stand; each is counted once."""
    is_reached = problems["stage"] >= Stage.IN_PRACTICE
    is_solved = has_flag(problems, "solved")
    unsolved = problems[~is_reached]
    waits = unsolved["finding_id"].isin(waiting_problems(problems, data.finding["solvability"])).sum()
    return say(
        "Of {problems}, {solved}, {unconfirmed}, {unsolved}; {waits}.",
        problems=say_n("{n:,} problem", "{n:,} problems", len(problems)),
        solved=say_n(
            "{n:,} is solved and confirmed by those affected",
            "{n:,} are solved and confirmed by those affected",
            int(is_solved.sum()),
        ),
        unconfirmed=say_n(
            "{n:,} is in practice but not confirmed",
            "{n:,} are in practice but not confirmed",
            int((is_reached & ~is_solved).sum()),
        ),
        unsolved=say_n("{n:,} is still unsolved", "{n:,} are still unsolved", len(unsolved)),
        waits=say_n(
            "{n:,} of the unsolved waits for conditions",
            "{n:,} of the unsolved wait for conditions",
            int(waits),
        ),
    )


def _rectification(data: ReportData) -> Markup:
    """Return the list of problems with their measures, unsolved ones first."""
    rows = _in_order(data.problems)
    first = _whole(rows).assign(again=lambda part: part["finding_id"].duplicated())
    heads = [
        say("Problem"),
        say_as("rectification", "Measure"),
        say("Unit and person"),
        say("Time limit"),
        say("State"),
    ]
    listing = table(
        say(
            "Rectification list: unsolved problems first; of these, those without an open measure, then the earliest due"
        ),
        heads,
        (_cells(row) for row in first.to_dict("records")),
        name="works problems",
    )
    rest = rows[~rows["finding_id"].isin(first["finding_id"])]
    left = rest["finding_id"].nunique()
    more = say_n(
        "{n:,} more problem is left out here, {unsolved:,} of them unsolved; all stand in the list of every finding.",
        "{n:,} more problems are left out here, {unsolved:,} of them unsolved; all stand in the list of every finding.",
        left,
        unsolved=rest.loc[rest["stage"] < Stage.IN_PRACTICE, "finding_id"].nunique(),
    )
    return join([listing, more_html(more, left)])


def _whole(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the first problems with all their measures, as many as the list may hold lines, one at least."""
    lines = rows.groupby("finding_id", sort=False).size()
    ends = lines.cumsum()
    kept = lines.index[(ends <= MOST_ROWS) | (ends == lines)]
    return rows[rows["finding_id"].isin(kept)]


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort the list: unsolved, unconfirmed, solved; then those without an open measure, then the earliest due."""
    is_open = rows["action_id"].notna() & ~rows["action_state"].isin(FINISHED)
    due = rows["current_due"].where(is_open).groupby(rows["finding_id"]).transform("min")
    group = (rows["stage"] >= Stage.IN_PRACTICE).astype(int) + rows["solved"].astype(int)
    ranked = rows.assign(group=group, earliest=due, place=range(len(rows)))
    first = ranked.groupby("finding_id")["place"].transform("min")
    return ranked.assign(first=first).sort_values(
        ["group", "earliest", "first", "place"], na_position="first", kind="stable"
    )


def _cells(row: Row) -> list[object]:
    """Return one problem with one of its measures; the second time the number alone names the problem."""
    stage = name_of(row["headline"])
    about = [
        link(row["finding_id"]),
        " ",
        row["statement"],
        tag("div", say(AGREE[row["confirmed"]], stage=stage), class_="said"),
    ]
    head = link(row["finding_id"]) if row["again"] else join(about)
    if pd.isna(row["action_id"]):
        return [head, say("no measure yet"), name_of("nobody"), say("no date"), ""]
    state = name_of(row["action_state"])
    return [
        head,
        _measure(row),
        _who(row),
        _limit(row),
        say("{state}, overdue", state=state) if row["is_overdue"] else state,
    ]


def _measure(row: Row) -> object:
    if row["role"] != "enables":
        return row["measure"]
    return join([row["measure"], tag("div", say("creates a condition"), class_="said")])


def _who(row: Row) -> object:
    """Name the person responsible and the unit."""
    if pd.isna(row["responsible"]):
        return name_of("nobody")
    if pd.isna(row["unit"]):
        return row["responsible"]
    return join([row["responsible"], tag("div", row["unit"], class_="said")])


def _limit(row: Row) -> object:
    """Say the time limit as it was set, and the present one where it was moved."""
    limit, due = row["time_limit"], row["current_due"]
    if pd.isna(due):
        return say("no date")
    if pd.isna(limit):
        return say_short_day(due.date())
    if limit == due:
        return say_short_day(limit.date())
    moved = say("moved to {day}", day=say_short_day(due.date()))
    return join([say_short_day(limit.date()), tag("div", moved, class_="said")])
