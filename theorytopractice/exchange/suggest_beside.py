"""Which blocks bring in the indicator that a register keeps beside each finding? Its name, baseline, target and value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from theorytopractice.errors import quote
from theorytopractice.exchange.column_looks import Reason
from theorytopractice.exchange.suggest_lines import Lines
from theorytopractice.exchange.suggest_values import indicator_lines
from theorytopractice.i18n import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from theorytopractice.exchange.suggest_sheet import SheetPlan

PLACE = "YYYY-MM-DD"


def beside(plan: SheetPlan, finding_id: Any) -> Iterator[Lines]:  # noqa: ANN401 - a cell of a mapping
    """Return the blocks of the indicators that stand in the rows of findings; none where no column names them."""
    name = plan.named("indicator.name")
    if not name:
        return
    plan.used.add(name)
    statement = plan.named("finding.statement") or plan.named("action.title")
    filled = [{"column": one, "is": "filled"} for one in (statement, name) if plan.columns[one].n_blank]
    key = _key(plan, name)
    block = indicator_lines(plan, name, key)
    if plan.columns[name].n_blank:
        block.narrow([{"column": name, "is": "filled"}])
    yield block
    link = Lines("finding_indicator")
    link.add("from", plan.source)
    link.narrow(filled)
    link.add("finding_id", finding_id)
    link.add("indicator_id", key, "each row: the indicator shows whether its finding took effect")
    yield link
    if value := plan.named("observation.value"):
        yield _value(plan, name, value, key)


def _key(plan: SheetPlan, name: str) -> Any:  # noqa: ANN401 - a cell of a mapping
    """Return how the key of an indicator is made: of its finding's, where each row has its own."""
    subject = plan.named("finding.finding_id")
    if (
        subject
        and plan.is_unique([subject])
        and not plan.columns[subject].n_blank
        and not set("{}") & set(subject)
    ):
        return {"template": f"I-{{{subject}}}"}
    return {"hash": [name], "prefix": "I-"}


def _value(plan: SheetPlan, name: str, value: str, key: Any) -> Lines:  # noqa: ANN401 - a cell of a mapping
    """Return the value of an indicator, dated by the last update; without such a column a decision."""
    day = plan.named("observation.observed_on") or plan.named("updated_on")
    is_open = not day
    block = Lines("observation", is_open=is_open)
    block.add("from", plan.source, is_open=is_open)
    filled = [{"column": one, "is": "filled"} for one in (name, value, *([day] if day else []))]
    block.add("only", filled, is_open=is_open)
    block.add("indicator_id", key, is_open=is_open)
    observed_on = plan.date_cell(day)[0] if day else {"constant": PLACE}
    block.add("observed_on", observed_on, is_open=is_open)
    block.add("value", plan.number_cell([value]), plan.why(value), is_open=is_open)
    if is_open:
        plan.reasons[value] = reason = Reason(message("no column says when it was measured"), {})
        plan.undecided.append(f"{quote(value)} (observation): {reason.english}")
        block.above = [f"DECIDE, and take the first # of each line away: {quote(value)}, {reason.english}."]
    else:
        plan.used.add(value)
    return block
