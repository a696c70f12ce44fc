"""Which actions should bring a finding into practice, and by which measures shall we know? Boxes from left to right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from theorytopractice.assessment.theory_of_change import TheoryOfChange
from theorytopractice.assessment.theory_of_change import theory_of_change as change_of
from theorytopractice.charts import style
from theorytopractice.charts.axes import no_frame
from theorytopractice.charts.ladder import COLOURS as STAGE_COLOURS
from theorytopractice.errors import PracticeError
from theorytopractice.i18n import message, say, say_n, say_names
from theorytopractice.model.labels import name_of
from theorytopractice.model.vocabularies import ActionState

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from theorytopractice.assessment.theory_of_change import Tally
    from theorytopractice.charts.axes import Plan


COLUMNS = ((0, 190), (232, 452), (494, 684))  # left and right edges, in points
WIDTH = COLUMNS[-1][1]
GAP, PADDING = 9, 14
LETTER = 4.6  # points that a letter of the small size takes at most, on average
MOST_LINES = 7
SIGNS = {
    ActionState.DONE: "●", "shown": "●", ActionState.DONE_UNVERIFIED: "◕", "met": "◕", ActionState.IN_PROGRESS: "◐", ActionState.SUSPENDED: "‖",
    ActionState.CANCELLED: "✕", "lapsed": "↓", "stale": "◌", "no_target": "?", "confirmed": "●",
}  # fmt: skip
WORDS = {
    ActionState.DONE_UNVERIFIED: message("complete, no evidence"), "shown": message("outcome shown"),
    "met": message("target met"), "unmet": message("target missed"),
    "no_value": message("no value since the start"), "no_target": message("no target"),
    "confirmed": message("confirmed by those affected"),
    "not_confirmed": message("not confirmed by those affected"), "stale": message("stale"),
}  # fmt: skip
GOOD, MOVING, BAD = (
    (ActionState.DONE, "shown", "confirmed"),
    (ActionState.IN_PROGRESS, ActionState.DONE_UNVERIFIED, "met"),
    ("lapsed", "overdue"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text in a box."""

    text: str
    size: float = style.SMALL
    colour: str = style.INK
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
    colour: str = style.LINE
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
    result = []
    for node, row in nodes[nodes["kind"] == "finding"].iterrows():
        links = out.get(node, none)
        actions = [
            _action_box(nodes.loc[link["target"]], link["role"], _owners(nodes, out.get(link["target"], none)),
                    int(serves[link["target"]]))
            for link in links[links["kind"] == "action"].to_dict("records")
        ]  # fmt: skip
        indicators = [
            _indicator_box(nodes.loc[link["target"]], link["role"], int(serves[link["target"]]))
            for link in links[links["kind"] == "indicator"].to_dict("records")
        ]
        no_action, no_indicator = _gap_box(say("No action yet")), _gap_box(say("No indicator yet"))
        result.append(Band([_finding_box(row)], actions or [no_action], indicators or [no_indicator]))
    return result


def _letters(column: int) -> int:
    """Return how many letters a line of a column holds."""
    left, right = COLUMNS[column]
    return int((right - left - 18) / LETTER)


def _text(text: object, column: int) -> list[Line]:
    return [Line(line) for line in style.wrap_lines(text, _letters(column), most=MOST_LINES)]


def _small(text: str, column: int) -> list[Line]:
    return [Line(line, style.SMALL - 1, style.MUTED) for line in style.wrap_lines(text, _letters(column) + 3)]


def _head(identifier: object, state: str, column: int) -> list[Line]:
    return [
        Line(line, is_bold=True) for line in style.wrap_lines(f"{identifier}  {state}", _letters(column) - 3)
    ]


def _finding_box(row: pd.Series) -> Box:
    stage = None if pd.isna(row["stage"]) else int(row["stage"])
    headline, colour = name_of(row["state"]), style.CLOSED
    if stage is not None:
        beside = "" if row["state"] == row["stage_name"] else f" · {headline}"
        headline = say("stage {stage}, {name}", stage=stage, name=name_of(row["stage_name"])) + beside
        colour = STAGE_COLOURS[stage]
    return Box([*_head(row["id"], headline, 0), *_text(row["label"], 0)], colour)


def _action_box(row: pd.Series, role: str, owners: str, n_findings: int) -> Box:
    below = " · ".join(filter(None, (owners, _due_text(row), _n_served(n_findings))))
    purpose = "" if role == "delivers" else f" · {name_of(role)}"
    colour = _colour("overdue" if row["is_overdue"] else row["state"])
    lines = [*_head(row["id"], _state(row["state"]) + purpose, 1), *_text(row["label"], 1), *_small(below, 1)]
    return Box(lines, colour, role, is_live=row["state"] != ActionState.CANCELLED)


def _due_text(row: pd.Series) -> str:
    """Say when an action is due."""
    is_over = row["state"] in (ActionState.DONE, ActionState.CANCELLED)
    if pd.isna(row["due"]):
        return "" if is_over else say("no due date")
    day = f"{row['due']:%Y-%m-%d}"
    return (
        say("due {day}, overdue", day=day) if row["is_overdue"] and not is_over else say("due {day}", day=day)
    )


def _indicator_box(row: pd.Series, role: str, n_findings: int) -> Box:
    aim = row["target"]
    if pd.isna(aim):
        goal = ""
    elif pd.isna(row["due"]):
        goal = say("target {aim}", aim=aim)
    else:
        goal = say("target {aim} by {day}", aim=aim, day=f"{row['due']:%Y-%m-%d}")
    optional = say("optional") if role == "optional" else ""
    below = " · ".join(filter(None, (goal, optional, _n_served(n_findings))))
    lines = [*_head(row["id"], _state(row["state"]), 2), *_text(row["label"], 2), *_small(below, 2)]
    return Box(lines, _colour(row["state"]), role)


def _gap_box(text: str) -> Box:
    return Box([Line(text, colour=style.MUTED)], is_live=False, is_absent=True)


def _owners(nodes: pd.DataFrame, links: pd.DataFrame) -> str:
    """Name the owners of an action, who is accountable first."""
    names = {
        role: [str(nodes.loc[node, "label"]) for node in part]
        for role, part in links.groupby("role")["target"]
    }
    accountable = say_names(names.pop("accountable", [])) or say("nobody is accountable")
    helpers = [name for role in ("responsible", "consulted", "informed") for name in names.get(role, [])]
    others = [name for name in dict.fromkeys(helpers) if name != accountable]
    return (
        say("{accountable}, with {others}", accountable=accountable, others=say_names(others))
        if others
        else accountable
    )


def _state(state: str) -> str:
    return f"{SIGNS.get(state, '○')} {say(WORDS[state]) if state in WORDS else name_of(state)}"


def _n_served(n_findings: int) -> str:
    if n_findings == 1:
        return ""
    return say_n("serves {n} finding here", "serves {n} findings here", n_findings)


def _colour(state: str) -> str:
    if state in GOOD:
        return style.PRACTICE
    if state in BAD:
        return style.ACT
    return (
        style.COURSE if state in MOVING else style.CLOSED if state == ActionState.CANCELLED else style.WATCH
    )


MOST_BOXES = 75
TITLE = 88  # letters of the title, where there is all the room
POINTS = 72  # to the inch; the drawing is laid out in points
HEAD, MARGIN, BETWEEN, CAPTION = 30, 10, 26, 22
Dashes: TypeAlias = "str | tuple[int, tuple[int, ...]]"
DASHES: dict[str, Dashes] = {
    "enables": (0, (5, 3)),
    "improves": (0, (1, 2)),
    "replicates": (0, (6, 2, 1, 2)),
    "optional": (0, (1, 2)),
}
THREAD: dict[str, Any] = {"color": style.CLOSED, "linewidth": 1, "zorder": 1, "solid_capstyle": "projecting"}
HEADINGS = (
    message("what was learned"),
    message("what is done about it, and by whom"),
    message("how we shall know"),
)


def theory_of_change(
    source: TheoryOfChange | Plan,
    finding_id: str | None = None,
    *,
    theme: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw from left to right what was learned, what is done about it and by whom, and how we shall know.

    A finding has a band of its own; an action or indicator that serves several is drawn in the band of each. Every
    state stands there in words beside its sign; the line to an action says by its dashes, and the box in words, where
    it does not deliver but enables, improves or replicates.

    Args:
        source: what ``theory_of_change`` returns, or a plan, which is then read as of today.
        finding_id: with a plan, only this finding.
        theme: with a plan, only the findings of this theme.
        ax: where to draw, text shrinking with the room; a new figure, as high as the boxes need, unless given.

    Raises:
        PracticeError: there are more boxes than can be read.
    """
    if isinstance(source, pd.DataFrame):
        raise no_frame("theory_of_change(plan)")
    change = source if isinstance(source, TheoryOfChange) else change_of(source, finding_id, theme=theme)
    n = _count(change)
    if n > MOST_BOXES:
        raise PracticeError(
            f"A drawing of {n:,} boxes cannot be read (at most {MOST_BOXES}); draw one finding or a smaller theme: "
            "theory_of_change(plan, 'F-001') or theory_of_change(plan, theme='…')."
        )
    rows = bands(change)
    height = CAPTION + sum(band.height for band in rows) + BETWEEN * max(len(rows) - 1, 0)
    with style.style():
        ax = ax if ax is not None else _sheet(height)
        scale = _scale(ax, height)
        _draw_headings(ax, height, scale)
        top = height - CAPTION
        for band in rows:
            _draw_band(ax, band, top, scale)
            top -= band.height + BETWEEN
        ax.set_xlim(0, WIDTH)
        ax.set_ylim(0, height)
        ax.set_aspect("equal", anchor="NW")
        ax.set_axis_off()
        style.set_title(ax, title(change), width=int(TITLE * scale))
    return ax


def title(change: TheoryOfChange) -> str:
    """Say how far doing and showing have come."""
    counts = change.tally()
    if not counts.findings:
        return say("No finding is in the plan")
    if counts.findings == 1:
        row = change.nodes[change.nodes["kind"] == "finding"].iloc[0]
        what = say("{finding}, {stage}", finding=row["id"], stage=name_of(row["stage_name"] or row["state"]))
    else:
        what = say_n("{n} finding", "{n} findings", counts.findings)
    return say("{what}: {acts}, {shows}", what=what, acts=_done_text(counts), shows=_shown_text(counts))


def _done_text(counts: Tally) -> str:
    """Say how many of the live actions are done."""
    if not counts.live_actions:
        return say("no live action")
    if counts.live_actions == 1:
        return say("{n} of 1 live action is done", n=counts.done)
    return say_n(
        "{n} of {of} live actions is done",
        "{n} of {of} live actions are done",
        counts.done,
        of=counts.live_actions,
    )


def _shown_text(counts: Tally) -> str:
    """Say how many of the indicators show the outcome."""
    if not counts.indicators:
        return say("no indicator")
    if counts.indicators == 1:
        return say("{n} of 1 indicator shows the outcome", n=counts.shown)
    return say_n(
        "{n} of {of} indicators shows the outcome",
        "{n} of {of} indicators show the outcome",
        counts.shown,
        of=counts.indicators,
    )


def _count(change: TheoryOfChange) -> int:
    """Count the boxes: findings, and their links to actions and indicators."""
    is_finding = change.edges["source"].isin(change.nodes.loc[change.nodes["kind"] == "finding", "node"])
    return int((change.nodes["kind"] == "finding").sum() + is_finding.sum())


def _sheet(height: float) -> Axes:
    """Return axes on which a unit is a point, with room for the title above."""
    wide, high = WIDTH + 2 * MARGIN, height + HEAD + MARGIN
    figure = Figure(figsize=(wide / POINTS, high / POINTS))
    return figure.add_axes((MARGIN / wide, MARGIN / high, WIDTH / wide, height / high))


def _scale(ax: Axes, height: float) -> float:
    """Return how much smaller than planned the room is, for the sizes of the text."""
    figure = ax.get_figure(root=True)
    if figure is None:
        return 1.0
    wide, high = (ax.get_position().size * figure.get_size_inches()) * POINTS
    return float(min(wide / WIDTH, high / height, 1.0))


def _draw_headings(ax: Axes, height: float, scale: float) -> None:
    for (left, _), words in zip(COLUMNS, HEADINGS, strict=True):
        ax.text(left, height - 8, say(words), color=style.MUTED, fontsize=style.SMALL * scale, va="center")


def _draw_band(ax: Axes, band: Band, top: float, scale: float) -> None:
    """Draw one finding with its actions and indicators, each stack in the middle of the band."""
    middle = top - band.height / 2
    stacks = [_stack(stack, middle) for stack in (band.finding, band.actions, band.indicators)]
    ends = [[(y, DASHES.get(box.role, "-")) for box, y in stack] for stack in stacks]
    _draw_fork(ax, middle, ends[1])
    _draw_join(ax, middle, [y for box, y in stacks[1] if box.is_live], ends[2])
    for (left, right), stack in zip(COLUMNS, stacks, strict=True):
        for box, y in stack:
            _draw_box(ax, box, (left, right, y), scale)


def _stack(boxes: list[Box], middle: float) -> list[tuple[Box, float]]:
    """Return each box with the height of its middle, the whole stack around the middle of the band."""
    total = sum(box.height for box in boxes) + GAP * (len(boxes) - 1)
    y, stack = middle + total / 2, []
    for box in boxes:
        stack.append((box, y - box.height / 2))
        y -= box.height + GAP
    return stack


def _draw_fork(ax: Axes, middle: float, ends: list[tuple[float, Dashes]]) -> None:
    """Draw lines from a finding to its actions, the last piece dashed by the role."""
    left, right = COLUMNS[0][1], COLUMNS[1][0]
    elbow = (left + right) / 2
    ax.plot([left, elbow], [middle, middle], **THREAD)
    _draw_trunk(ax, elbow, [middle, *(y for y, _ in ends)])
    for y, dashes in ends:
        ax.plot([elbow, right], [y, y], linestyle=dashes, **THREAD)


def _draw_join(ax: Axes, middle: float, sources: list[float], ends: list[tuple[float, Dashes]]) -> None:
    """Draw lines from the actions of a finding, joined, to its indicators; those that are optional dotted."""
    left, right = COLUMNS[1][1], COLUMNS[2][0]
    near, far = left + (right - left) / 3, left + 2 * (right - left) / 3
    for y in sources:
        ax.plot([left, near], [y, y], **THREAD)
    _draw_trunk(ax, near, [middle, *sources])
    if sources:
        ax.plot([near, far], [middle, middle], **THREAD)
    _draw_trunk(ax, far, [middle, *(y for y, _ in ends)])
    for y, dashes in ends:
        ax.plot([far, right], [y, y], linestyle=dashes, **THREAD)


def _draw_trunk(ax: Axes, x: float, heights: list[float]) -> None:
    ax.plot([x, x], [min(heights), max(heights)], **THREAD)


def _draw_box(ax: Axes, box: Box, place: tuple[float, float, float], scale: float) -> None:
    """Draw a box with its lines of text, and at its left a bar in the colour of its state."""
    left, right, middle = place
    bottom = middle - box.height / 2
    ax.add_patch(
        Rectangle((left, bottom), right - left, box.height, facecolor=style.PAPER, edgecolor=style.LINE,
                  linestyle="--" if box.is_absent else "-", linewidth=0.9, zorder=2, clip_on=False)
    )  # fmt: skip
    if not box.is_absent:
        ax.add_patch(Rectangle((left, bottom), 3.5, box.height, facecolor=box.colour, linewidth=0, zorder=3))
    y = bottom + box.height - 7
    for line in box.lines:
        y -= line.height / 2
        ax.text(left + 10, y, line.text, fontsize=line.size * scale, color=line.colour, va="center", zorder=4,
                fontweight="bold" if line.is_bold else "normal")  # fmt: skip
        y -= line.height / 2
