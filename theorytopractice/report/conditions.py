"""Which problems wait for conditions, who works on these, and which conditions are met?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.charts import small
from theorytopractice.language import message, say, say_n, say_short_day
from theorytopractice.model.naming import name_of
from theorytopractice.model.vocabularies import ActionRole, Solvability
from theorytopractice.report.html import joined, listed, quiet, table, tag
from theorytopractice.report.sections.decisions import link
from theorytopractice.report.strips import key, strip

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from typing import Any

    from markupsafe import Markup

    from theorytopractice.report.view import View

    Row = Mapping[Hashable, Any]

MOST, IN_PRACTICE = 12, 4
MOST_MARKS, MOST_NAMED = 24, 4
MARKS = {
    "done": small.FULL,
    "done_unverified": small.HALF,
    "in_progress": small.HALF,
    "suspended": small.HALF,
    "cancelled": small.CROSS,
}
"""State of an enabling action → its mark; what has not begun is empty."""
MEANINGS = (
    (small.FULL, message("done")),
    (small.HALF, message("begun, or done without evidence")),
    (small.EMPTY, message("not begun")),
    (small.CROSS, message("cancelled")),
)


def conditions(view: View, problems: pd.DataFrame) -> Markup:
    """Return the open problems that are blocked or need conditions, with the actions that create these."""
    heading = tag("h3", say("Conditions: what must be there first?"))
    rows = view.problems
    needs = rows["solvability"].eq(Solvability.NEEDS_CONDITIONS) & (rows["stage"] < IN_PRACTICE)
    blocked = problems.loc[["blocked" in flags for flags in problems["flags"]], "finding_id"]
    expired = set(problems.loc[["block_expired" in flags for flags in problems["flags"]], "finding_id"])
    ids = rows.loc[needs | rows["finding_id"].isin(blocked), "finding_id"].unique()
    if not len(ids):
        return joined([heading, quiet(say("No problem is blocked or needs conditions first."))])
    groups = rows[rows["finding_id"].isin(ids[:MOST])].groupby("finding_id", sort=False)
    heads = [say("Problem"), say("Condition"), say("Actions that create it"), say("Revisit"), say("Met")]
    caption = say(
        "Problems that are blocked or need conditions first: what must be there, and who works on it"
    )
    made = table(
        caption,
        heads,
        (_cells(group, is_expired=name in expired) for name, group in groups),
        name="works conditions",
    )
    left = len(ids) - MOST
    more = say_n(
        "{n:,} more problem waits or needs conditions.", "{n:,} more problems wait or need conditions.", left
    )
    legend = key((mark, say(words)) for mark, words in MEANINGS)
    return joined([heading, legend, made, tag("p", more, class_="more") if left > 0 else ""])


def _cells(group: pd.DataFrame, *, is_expired: bool) -> list[object]:
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
        joined([link(row["finding_id"]), " ", row["statement"]]),
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
    marks = [MARKS.get(state, small.EMPTY) for state in states[:MOST_MARKS]]
    told = [_told(row) for row in enabling.head(MOST_NAMED).to_dict("records")]
    left = len(enabling) - MOST_NAMED
    if left > 0:
        told.append(say_n("{n:,} more", "{n:,} more", left))
    return strip(marks, listed(told))


def _told(row: Row) -> str:
    facts = {"measure": row["measure"], "state": name_of(row["action_state"])}
    if pd.isna(row["responsible"]):
        return say("{measure}: {state}, nobody has it", **facts)
    return say("{measure}: {state}, {who}", **facts, who=row["responsible"])
