"""What does each tab of a finding show? The rows that belong to it, as they are, with the ways to change them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from theorytopractice.forms.charting import chart
from theorytopractice.forms.controls import button
from theorytopractice.forms.overview import cell
from theorytopractice.forms.tables import adding, day, gap, or_gap, rows, told
from theorytopractice.language import say, say_names
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.naming import label_of, name_of
from theorytopractice.report.html import behind, joined, tag, terms

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping

    import pandas as pd
    from markupsafe import Markup

    from theorytopractice.forms.shown import Shown
    from theorytopractice.model.fields import Field

    Row = Mapping[Hashable, Any] | Mapping[str, Any]


AIMED = ("name", "level", "unit", "baseline", "target", "target_low", "target_high")
"""What is said of an indicator above its fields: its name, from where to where it should move."""
INSTEAD = {"baseline": ("baseline_waiver",), "target": ("target_low", "target_high")}
"""Fields that may stand instead of another one, which is missed only where none of them is there."""


def finding(shown: Shown) -> Markup:
    """Show what was written down of the finding; what is asked and not there is shown as a gap."""
    pairs, _ = _fields(shown, "finding", shown.row, above=("finding_id", "statement"))
    change = button(
        say("Change"),
        "open",
        kind="add",
        of=shown.finding_id,
        open={"form": "finding", "key": shown.finding_id},
    )
    return tag("div", terms(pairs, name="fields"), tag("p", change, class_="buttons"))


def _fields(
    shown: Shown, table: str, row: Row | pd.Series, *, above: Collection[str]
) -> tuple[list[tuple[str, object]], list[str]]:
    """Return the fields of a row with what they hold, and the names of those that are asked for and empty.

    ``above`` are those that stand above them already.
    """
    kind = shown.entry.kind
    own = [one for one in ENTITIES[table].fields if one.name not in above]
    gaps = [one for one in own if _is_asked(one, kind) and not cell(row[one.name])]
    pairs = [
        (label_of(table, one.name), told(shown.desk, one, row[one.name]))
        for one in own
        if one in gaps or _holds(one, kind, cell(row[one.name]))
    ]
    return pairs, [label_of(table, one.name) for one in gaps]


def _holds(one: Field, kind: str, text: str) -> bool:
    """Tell whether a field holds something: what it would be anyway says nothing of a kind that does not have it."""
    return bool(text) and (one.speaks_of(kind) or text != one.default)


def _is_asked(one: Field, kind: str) -> bool:
    """Tell whether a form of this kind of finding asks for a field."""
    return (bool(one.asked) or one.insists(kind)) and one.speaks_of(kind)


def _folded(shown: Shown, table: str, key: str, *, above: Collection[str]) -> Markup | None:
    """Return all fields of a row behind a fold that names what is asked for and not there; None if the row is gone."""
    entity = ENTITIES[table]
    rows_ = shown.desk.rows(table, **{entity.key[0]: key})
    if not rows_:
        return None
    pairs, gaps = _fields(shown, table, rows_[0], above={entity.key[0], *above})
    missing = gap(say("not said: {fields}", fields=say_names(gaps))) if gaps else ""
    return behind(joined([say("All fields of {key}", key=key), missing], " "), terms(pairs, name="fields"))


def actions(shown: Shown) -> Markup:
    """Show what is done, by whom, until when, and in which state it is."""
    heads = [
        label_of("finding_action", "action_id"),
        say("State"),
        say("Owner"),
        say("Due"),
        say("Role"),
        say("What to do"),
    ]
    lines = [
        (
            tag("div", cell(row["title"]), tag("p", row["action_id"], class_="small")),
            name_of(row["action_state"]),
            or_gap(row["responsible"]),
            _due(row),
            name_of(row["role"]),
            _action_buttons(shown, row),
        )
        for row in shown.actions.to_dict("records")
    ]
    finding_id = shown.finding_id
    add = tag("p", adding(say("Add an action"), form="action", finding=finding_id), " ",
              adding(say("Link an action that exists"), form="row", table="finding_action", finding_id=finding_id),
              class_="buttons")  # fmt: skip
    return tag(
        "div",
        rows(say("Actions of {finding_id}", finding_id=finding_id), heads, lines, say("No action yet.")),
        *(
            _folded(shown, "action", str(one), above=("title", "due"))
            for one in dict.fromkeys(shown.actions["action_id"])
        ),
        add,
    )


def _due(row: Row) -> object:
    if not day(row["due"]):
        return gap(say("no date"))
    return say("{day}, overdue", day=day(row["due"])) if row["is_overdue"] is True else day(row["due"])


def _action_buttons(shown: Shown, row: Row) -> Markup:
    action_id = str(row["action_id"])
    event = {"form": "event", "subject": "action", "subject_id": action_id}
    return tag(
        "span",
        button(say("Change"), "open", kind="plain", of=action_id,
               open={"form": "action", "finding": shown.finding_id, "key": action_id}),
        " ",
        button(say("Record an event"), "open", kind="plain", of=action_id, open=event),
        " ",
        button(say("Add evidence"), "open", kind="plain", of=action_id,
               open={"form": "row", "table": "evidence", "action_id": action_id}),
        class_="row-buttons",
    )  # fmt: skip


def indicators(shown: Shown) -> Markup:
    """Show each indicator with its chart and its latest value."""
    pieces = []
    for row in shown.indicators.to_dict("records"):
        indicator_id = str(row["indicator_id"])
        change = {"form": "indicator", "finding": shown.finding_id, "key": indicator_id}
        value = {"form": "row", "table": "observation", "indicator_id": indicator_id}
        aimed = [name for name in AIMED if any(cell(row[one]) for one in (name, *INSTEAD.get(name, ())))]
        pieces.append(
            tag(
                "article",
                tag("h3", tag("span", indicator_id, class_="id"), " ", cell(row["name"])),
                tag("p", _aim(row), class_="small"),
                _folded(shown, "indicator", indicator_id, above=aimed),
                chart(shown, row),
                tag(
                    "p",
                    adding(say("Add a value"), **value),
                    " ",
                    button(say("Change"), "open", kind="plain", of=indicator_id, open=change),
                    class_="buttons",
                ),
            )
        )
    add = tag("p", adding(say("Add an indicator"), form="indicator", finding=shown.finding_id), " ",
              adding(say("Link an indicator that exists"), form="row", table="finding_indicator", finding_id=shown.finding_id),
              class_="buttons")  # fmt: skip
    return tag("div", *(pieces or [tag("p", say("No indicator yet."), class_="none")]), add)


def _aim(row: Row) -> str:
    """Say from where to where a figure should move."""
    was = cell(row["baseline"]) or say("not said")
    bounds = "–".join(filter(None, (cell(row["target_low"]), cell(row["target_high"]))))
    aim = cell(row["target"]) or bounds or say("not said")
    level, unit = name_of(row["level"]), cell(row["unit"])
    return say(
        "{level}, in {unit}: baseline {was}, target {aim}",
        level=level,
        unit=unit or say("no unit"),
        was=was,
        aim=aim,
    )
