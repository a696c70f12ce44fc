"""What is still unsolved, who has it until when, and do those affected agree that it is solved?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.language import message, say, say_as, say_n, say_short_day
from theorytopractice.model.naming import name_of
from theorytopractice.model.vocabularies import FindingKind, Solvability
from theorytopractice.report.conditions import conditions
from theorytopractice.report.html import Part, joined, quiet, section, table, tag
from theorytopractice.report.nothing import closed_of, nothing, open_of
from theorytopractice.report.promises import promises
from theorytopractice.report.sections.decisions import link

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from typing import Any

    from markupsafe import Markup

    from theorytopractice.report.view import View

    Row = Mapping[Hashable, Any]

IN_PRACTICE = 4
MOST_ROWS = 40
FINISHED = ("done", "done_unverified", "cancelled")
AGREE = {
    "yes": message("{stage}; those affected agree that it is solved"),
    "no": message("{stage}; those affected do not confirm that it is solved"),
    "not asked": message("{stage}; those affected have not been asked"),
}


def show(view: View) -> Part:
    """The problems: how many are solved, the rectification list, what they wait for, and the promises."""
    heading = say("Problems: what is still unsolved?")
    problems = open_of(view, FindingKind.PROBLEM)
    if problems.empty:
        told = [
            quiet(nothing(view, FindingKind.PROBLEM)),
            *([promises(view)] if len(view.commitments) else []),
        ]
        return section("problems", heading, *told)
    closed = closed_of(view, FindingKind.PROBLEM)
    return section(
        "problems",
        heading,
        tag("p", closed, class_="since") if closed else None,
        _rectification(view),
        conditions(view, problems),
        promises(view),
        lead=_sentence(view, problems),
    )


def _sentence(view: View, problems: pd.DataFrame) -> str:
    """Say how the problems stand; each is counted once."""
    is_reached = problems["stage"] >= IN_PRACTICE
    is_solved = _raised(problems, "solved")
    unsolved = problems[~is_reached]
    waits = unsolved["finding_id"].isin(waiting_ids(view, problems)).sum()
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


def waiting_ids(view: View, problems: pd.DataFrame) -> set[str]:
    """Return the problems that wait: blocked, or in need of conditions that are not there yet."""
    needy = view.finding["solvability"].eq(Solvability.NEEDS_CONDITIONS)
    needs = problems["finding_id"].map(needy).to_numpy(dtype=bool) & ~_raised(problems, "ripe")
    return set(problems.loc[needs | _raised(problems, "blocked"), "finding_id"])


def _raised(problems: pd.DataFrame, flag: str) -> pd.Series:
    return pd.Series([flag in flags for flags in problems["flags"]], index=problems.index, dtype=bool)


def _rectification(view: View) -> Markup:
    """Return the list of problems with their measures, unsolved ones first."""
    rows = _in_order(view.problems)
    shown = _whole(rows).assign(again=lambda part: part["finding_id"].duplicated())
    heads = [
        say("Problem"),
        say_as("rectification", "Measure"),
        say("Unit and person"),
        say("Time limit"),
        say("State"),
    ]
    made = table(
        say(
            "Rectification list: unsolved problems first; of these, those without an open measure, then the earliest due"
        ),
        heads,
        (_cells(row) for row in shown.to_dict("records")),
        name="works problems",
    )
    rest = rows[~rows["finding_id"].isin(shown["finding_id"])]
    left = rest["finding_id"].nunique()
    more = say_n(
        "{n:,} more problem is left out here, {unsolved:,} of them unsolved; all stand in the list of every finding.",
        "{n:,} more problems are left out here, {unsolved:,} of them unsolved; all stand in the list of every finding.",
        left,
        unsolved=rest.loc[rest["stage"] < IN_PRACTICE, "finding_id"].nunique(),
    )
    return joined([made, tag("p", more, class_="more") if left > 0 else ""])


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
    group = (rows["stage"] >= IN_PRACTICE).astype(int) + rows["solved"].astype(int)
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
    head = link(row["finding_id"]) if row["again"] else joined(about)
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
    return joined([row["measure"], tag("div", say("creates a condition"), class_="said")])


def _who(row: Row) -> object:
    """Name the person responsible and the unit."""
    if pd.isna(row["responsible"]):
        return name_of("nobody")
    if pd.isna(row["unit"]):
        return row["responsible"]
    return joined([row["responsible"], tag("div", row["unit"], class_="said")])


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
    return joined([say_short_day(limit.date()), tag("div", moved, class_="said")])
