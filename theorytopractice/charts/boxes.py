"""What stands in the boxes of a theory of change, and how high is each?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice.charts import paper
from theorytopractice.language import message, say, say_n, say_names
from theorytopractice.model.naming import name_of

if TYPE_CHECKING:
    from theorytopractice.assessment.theory_of_change import TheoryOfChange

COLUMNS = ((0, 190), (232, 452), (494, 684))  # left and right edges, in points
WIDTH = COLUMNS[-1][1]
GAP, PADDING = 9, 14
LETTER = 4.6  # points that a letter of the small size takes at most, on average
MOST_LINES = 7
SIGNS = {
    "done": "●", "shown": "●", "done_unverified": "◕", "met": "◕", "in_progress": "◐", "suspended": "‖",
    "cancelled": "✕", "lapsed": "↓", "stale": "◌", "no_target": "?", "confirmed": "●",
}  # fmt: skip
WORDS = {
    "done_unverified": message("complete, no evidence"), "shown": message("outcome shown"),
    "met": message("target met"), "unmet": message("target missed"),
    "no_value": message("no value since the start"), "no_target": message("no target"),
    "confirmed": message("confirmed by those affected"),
    "not_confirmed": message("not confirmed by those affected"), "stale": message("stale"),
}  # fmt: skip
GOOD, MOVING, BAD = (
    ("done", "shown", "confirmed"),
    ("in_progress", "done_unverified", "met"),
    ("lapsed", "overdue"),
)
IN_PRACTICE = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text in a box."""

    text: str
    size: float = paper.SMALL
    colour: str = paper.INK
    is_bold: bool = False

    @property
    def height(self) -> float:
        """The room that it takes, in points."""
        return self.size * 1.32


@dataclass(frozen=True, slots=True)
class Box:
    """A box with its lines.

    ``role`` is the role of the link that leads to it, ``is_live`` false for a cancelled action, ``is_absent`` marks
    what is missing.
    """

    lines: list[Line]
    colour: str = paper.LINE
    role: str = ""
    is_live: bool = True
    is_absent: bool = False

    @property
    def height(self) -> float:
        """The room that it takes, in points."""
        return sum(line.height for line in self.lines) + PADDING


@dataclass(frozen=True, slots=True)
class Band:
    """A finding with what belongs to it."""

    finding: list[Box]
    actions: list[Box] = field(default_factory=list)
    indicators: list[Box] = field(default_factory=list)

    @property
    def height(self) -> float:
        """The room that the highest of its three stacks takes, in points."""
        stacks = (self.finding, self.actions, self.indicators)
        return max(sum(box.height for box in stack) + GAP * (len(stack) - 1) for stack in stacks)


def bands(change: TheoryOfChange) -> list[Band]:
    """Return the band of each finding, in the order of the nodes."""
    nodes = change.nodes.set_index("node")
    leads = change.edges.assign(kind=nodes["kind"].reindex(change.edges["target"]).to_numpy())
    out: dict[object, pd.DataFrame] = dict(iter(leads.groupby("source", sort=False)))
    none = leads.iloc[:0]
    serves = leads[leads["kind"] != "owner"].groupby("target")["source"].nunique()
    made = []
    for node, row in nodes[nodes["kind"] == "finding"].iterrows():
        links = out.get(node, none)
        actions = [
            _action(nodes.loc[link["target"]], link["role"], _owners(nodes, out.get(link["target"], none)),
                    int(serves[link["target"]]))
            for link in links[links["kind"] == "action"].to_dict("records")
        ]  # fmt: skip
        indicators = [
            _indicator(nodes.loc[link["target"]], link["role"], int(serves[link["target"]]))
            for link in links[links["kind"] == "indicator"].to_dict("records")
        ]
        made.append(
            Band(
                [_finding(row)],
                actions or [_absent(say("No action yet"))],
                indicators or [_absent(say("No indicator yet"))],
            )
        )
    return made


def _letters(column: int) -> int:
    """Return how many letters a line of a column holds."""
    left, right = COLUMNS[column]
    return int((right - left - 18) / LETTER)


def _text(text: object, column: int) -> list[Line]:
    return [Line(line) for line in paper.lines_of(text, _letters(column), most=MOST_LINES)]


def _small(text: str, column: int) -> list[Line]:
    return [Line(line, paper.SMALL - 1, paper.MUTED) for line in paper.lines_of(text, _letters(column) + 3)]


def _head(identifier: object, state: str, column: int) -> list[Line]:
    return [
        Line(line, is_bold=True) for line in paper.lines_of(f"{identifier}  {state}", _letters(column) - 3)
    ]


def _finding(row: pd.Series) -> Box:
    stage = None if pd.isna(row["stage"]) else int(row["stage"])
    headline = name_of(row["state"])
    place, beside = headline, ""
    if stage is not None:
        place = say("stage {stage}, {name}", stage=stage, name=name_of(row["stage_name"]))
        beside = "" if row["state"] == row["stage_name"] else f" · {headline}"
    colour = (
        paper.CLOSED
        if stage is None
        else paper.PRACTICE
        if stage >= IN_PRACTICE
        else paper.COURSE
        if stage
        else paper.WATCH
    )
    return Box([*_head(row["id"], place + beside, 0), *_text(row["label"], 0)], colour)


def _action(row: pd.Series, role: str, owners: str, n_findings: int) -> Box:
    below = " · ".join(part for part in (owners, _when(row), _shared(n_findings)) if part)
    purpose = "" if role == "delivers" else f" · {name_of(role)}"
    colour = _colour("overdue" if row["is_overdue"] else row["state"])
    lines = [*_head(row["id"], _state(row["state"]) + purpose, 1), *_text(row["label"], 1), *_small(below, 1)]
    return Box(lines, colour, role, is_live=row["state"] != "cancelled")


def _when(row: pd.Series) -> str:
    """Say when an action is due."""
    is_over = row["state"] in ("done", "cancelled")
    if pd.isna(row["due"]):
        return "" if is_over else say("no due date")
    day = f"{row['due']:%Y-%m-%d}"
    return (
        say("due {day}, overdue", day=day) if row["is_overdue"] and not is_over else say("due {day}", day=day)
    )


def _indicator(row: pd.Series, role: str, n_findings: int) -> Box:
    aim = row["target"]
    if pd.isna(aim):
        goal = ""
    elif pd.isna(row["due"]):
        goal = say("target {aim}", aim=aim)
    else:
        goal = say("target {aim} by {day}", aim=aim, day=f"{row['due']:%Y-%m-%d}")
    optional = say("optional") if role == "optional" else ""
    below = " · ".join(part for part in (goal, optional, _shared(n_findings)) if part)
    lines = [
        *_head(row["id"], _state(row["state"]), 2),
        *_text(row["label"], 2),
        *(_small(below, 2) if below else []),
    ]
    return Box(lines, _colour(row["state"]), role)


def _absent(words: str) -> Box:
    return Box([Line(words, colour=paper.MUTED)], is_live=False, is_absent=True)


def _owners(nodes: pd.DataFrame, links: pd.DataFrame) -> str:
    """Name the owners of an action, who is accountable first."""
    names = {
        role: [str(nodes.loc[node, "label"]) for node in part]
        for role, part in links.groupby("role")["target"]
    }
    accountable = say_names(names.pop("accountable", [])) or say("nobody is accountable")
    with_them = [name for role in ("responsible", "consulted", "informed") for name in names.get(role, [])]
    more = [name for name in dict.fromkeys(with_them) if name != accountable]
    return (
        say("{accountable}, with {others}", accountable=accountable, others=say_names(more))
        if more
        else accountable
    )


def _state(state: str) -> str:
    return f"{SIGNS.get(state, '○')} {say(WORDS[state]) if state in WORDS else name_of(state)}"


def _shared(n_findings: int) -> str:
    if n_findings == 1:
        return ""
    return say_n("serves {n} finding here", "serves {n} findings here", n_findings)


def _colour(state: str) -> str:
    if state in GOOD:
        return paper.PRACTICE
    if state in BAD:
        return paper.ACT
    return paper.COURSE if state in MOVING else paper.CLOSED if state == "cancelled" else paper.WATCH
