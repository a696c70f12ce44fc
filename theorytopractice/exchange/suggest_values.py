"""Which blocks bring a sheet of indicators in? Indicators with their values, a month a row or a month a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from theorytopractice.errors import quote
from theorytopractice.exchange.column_synonyms import days_of, level_of
from theorytopractice.exchange.register_survey import CENTURY, read_as
from theorytopractice.exchange.suggest_lines import Lines
from theorytopractice.i18n import say
from theorytopractice.model.plain_dates import DateStyle
from theorytopractice.model.plain_numbers import plain_number
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.values import read_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from theorytopractice.exchange.suggest_sheet import SheetPlan

MOST_INDICATORS, MOST_SHOWN = 60, 4
LINKED = 0.6
"""From which share of keys of findings on a column is a link to them."""


DECIDE_DIRECTION = "DECIDE: which way is better, ascending or descending? Take the # away then."


def name_of_indicator(plan: SheetPlan) -> str:
    """Return the column that names what is measured."""
    roles = ("indicator.name", "finding.statement", "action.title", "recommendation", "finding.theme")
    name = next(filter(None, map(plan.named, roles)), "")
    periods = set(plan.periods())
    texts = (
        one
        for one, column in plan.columns.items()
        if one not in periods and column.sort in ("texts", "words")
    )
    return name or next(texts, "")


def value_blocks(plan: SheetPlan, register: SheetPlan | None) -> list[Lines]:
    """Return the blocks of a sheet of values; ``register`` is the sheet with the findings that it may name."""
    name = name_of_indicator(plan)
    if not name:
        return []
    link = _link_column(plan, register, name)
    own = plan.named("finding.finding_id")
    if own and own != link and plan.is_unique([own]) and not plan.columns[own].n_blank:
        key: Any = own
        plan.used.add(own)
    else:
        key = {"hash": _telling(plan, name), "prefix": "I-"}
    plan.used |= {name, *plan.periods()}
    indicator = indicator_lines(plan, name, key)
    due = plan.named("action.due")
    if due and not plan.named("indicator.target_on") and plan.named("indicator.target"):
        indicator.add("target_on", *plan.date_cell(due))
    blocks = [*_measurers(plan, indicator), indicator]
    if link and register is not None:
        blocks.append(_finding_indicator(plan, register, link, key))
    blocks.append(_wide(plan, key) if plan.periods() else _long(plan, key))
    return blocks


def _telling(plan: SheetPlan, name: str) -> list[str]:
    """Return the columns that tell indicators apart: so many that none has two values for a period."""
    period = plan.named("observation.observed_on") or plan.named("finding.recorded_on")
    if plan.periods() or not period:
        return [name]
    columns = [name]
    for own, column in plan.columns.items():
        if plan.is_unique([*columns, period]):
            break
        if own not in (*columns, period) and column.sort in ("words", "texts"):
            columns.append(own)
    if not plan.is_unique([*columns, period]):
        plan.undecided.append(
            f"{quote(name)} has several values for a period; the first is taken, the others are listed"
        )
        return [name]
    return columns


def indicator_lines(plan: SheetPlan, name: str, key: Any) -> Lines:  # noqa: ANN401 - a cell of a mapping
    """Return the block of the indicators that a column names."""
    block = Lines("indicator")
    block.add("from", plan.source)
    block.add("indicator_id", key)
    parts = key["hash"] if isinstance(key, dict) and "hash" in key else [name]
    whole = {"template": " – ".join(f"{{{part}}}" for part in parts)} if len(parts) > 1 else name
    plan.used |= {*parts}
    block.add(
        "name", whole, plan.why(name) if plan.looks[name].role else "GUESSED: the first column of words"
    )
    _add_unit(plan, block)
    cell, why, is_open = _direction(plan, name)
    block.add("direction", cell, why, is_open=is_open)
    block.add("level", *_level(plan))
    for role in ("baseline", "target"):
        if column := plan.named(f"indicator.{role}"):
            plan.used.add(column)
            cell, why = _with_limits(plan, column) if role == "target" else (plan.number_cell([column]), "")
            block.add(role, cell, f"{plan.why(column)}{why}")
        if (column := plan.named(f"indicator.{role}_on")) and plan.columns[column].counts:
            block.add(f"{role}_on", *plan.date_cell(column))
    for role in ("definition", "source"):
        column, why = plan.take(f"indicator.{role}")
        block.add(role, column or None, why)
    _add_cadence(plan, block)
    return block


def _add_unit(plan: SheetPlan, block: Lines) -> None:
    unit = plan.named("indicator.unit") or (plan.named("owner.unit") if plan.periods() else "")
    if not unit:
        return
    plan.used.add(unit)
    block.add("unit", unit, plan.looks[unit].why)
    numbers = [plan.named(f"indicator.{role}") for role in ("baseline", "target")]
    rows = [
        row for row, text in enumerate(plan.columns[unit].cells) if "%" in text or "per cent" in text.lower()
    ]
    values = [_number(plan.columns[one].cells[row]) for one in numbers if one for row in rows]
    known = [value for value in values if value is not None]
    if known and all(abs(value) <= 1 for value in known) and any(value % 1 for value in known):
        sample = quote(plan.columns[unit].cells[rows[0]])
        plan.undecided.append(
            f"the values in {sample} are shares of one, as spreadsheets keep 45 %: call the unit a share, or write 45"
        )


def _level(plan: SheetPlan) -> tuple[Any, str]:
    """Return what an indicator measures, by its column, else as a guess."""
    name = plan.named("indicator.level")
    words = {word: level_of(word) for word in plan.columns[name].counts} if name else {}
    if not name or not all(words.values()):
        return {"constant": "outcome"}, "GUESSED: else output, impact or confirmation"
    plan.used.add(name)
    return {"column": name, "words": words}, plan.why(name)


def _add_cadence(plan: SheetPlan, block: Lines) -> None:
    """Add how often is measured, in days, as far as the words say it."""
    name = plan.named("indicator.cadence_days")
    words = {word: days_of(word) for word in plan.columns[name].counts} if name else {}
    if known := {word: days for word, days in words.items() if days}:
        plan.used.add(name)
        block.add("cadence_days", {"column": name, "words": known}, f"{plan.why(name)}; in days")


def _measurers(plan: SheetPlan, block: Lines) -> list[Lines]:
    """Fill who measures, and return the block that makes these owners."""
    name, why = plan.take("owner.name")
    if not name:
        return []
    owners = Lines("owner")
    owners.add("from", plan.source)
    if plan.columns[name].n_blank:
        owners.narrow([{"column": name, "is": "filled"}])
    owners.add("owner_id", {"name": name}, why)
    owners.add("name", name)
    block.add("owner_id", {"name": name}, "who measures it")
    return [owners]


def _direction(plan: SheetPlan, name: str) -> tuple[Any, str, bool]:
    """Return which way is better: from baseline to target; where that does not tell, only as a decision.

    A direction that nobody decided would judge; without it the mapping is refused in one sentence.
    """
    ways = _ways(plan, name)
    known = set(ways.values()) - {""}
    unknown = [text for text, way in ways.items() if not way]
    if unknown:
        plan.undecided.append(f"which way is better (direction): {', '.join(unknown[:MOST_SHOWN])}"
                              f"{', …' if len(unknown) > len('four') else ''}")  # fmt: skip
    if len(ways) > MOST_INDICATORS or (len(known) <= 1 and not (known and unknown)):
        way = next(iter(known), "ascending")
        if known:
            return {"constant": way}, "from baseline and target", False
        return {"constant": way}, DECIDE_DIRECTION, True
    words = {text: way or "ascending" for text, way in ways.items()}
    note = f"; {DECIDE_DIRECTION} For {', '.join(unknown)}" if unknown else ""
    return {"column": name, "words": words}, f"from baseline and target{note}", bool(unknown)


def undecided_directions(raw: Mapping[str, Any]) -> list[str]:
    """Return the sources of which a mapping does not say yet which way is better."""
    return [block["from"] for block in raw.get("indicator", []) if "direction" not in block]


def with_directions(
    raw: dict[str, Any], plans: Iterable[SheetPlan], decided: Mapping[str, str]
) -> dict[str, Any]:
    """Return a mapping in which the direction that was decided for a source stands for all that have none yet."""
    of = {plan.source: plan for plan in plans}
    for block in raw.get("indicator", []):
        way = decided.get(block["from"], "")
        if way and "direction" not in block:
            name = name_of_indicator(of[block["from"]])
            ways = _ways(of[block["from"]], name)
            words = {text: one or way for text, one in ways.items()}
            is_mixed = len(set(words.values())) > 1
            block["direction"] = {"column": name, "words": words} if is_mixed else {"constant": way}
    return raw


def _ways(plan: SheetPlan, name: str) -> dict[str, str]:
    columns = [plan.named("indicator.baseline"), plan.named("indicator.target")]
    declared = [plan.number_cell([one]) if one else "" for one in columns]
    signs = [cell.get("number", "") if isinstance(cell, dict) else "" for cell in declared]
    ways: dict[str, str] = {}
    for row, text in enumerate(plan.columns[name].cells):
        cells = [plan.columns[one].cells[row] if one else "" for one in columns]
        before, after = (_number(cell, sign) for cell, sign in zip(cells, signs, strict=True))
        if not text or ways.get(text):
            continue
        ways[text] = next((way for sign, way in LIMITS.items() if cells[1].startswith(sign)), "")
        if before is not None and after is not None and before != after:
            ways[text] = "descending" if after < before else "ascending"
    return ways


LIMITS = {
    "<": "descending",
    "≤": "descending",
    "＜": "descending",
    ">": "ascending",
    "≥": "ascending",
    "＞": "ascending",
}


def _with_limits(plan: SheetPlan, name: str) -> tuple[Any, str]:
    """Return how a target is declared of which some are written as limits, such as < 2 or ≥ 30: the number behind the sign."""
    cell = plan.number_cell([name])
    texts = plan.columns[name].counts
    signs = [sign for sign in LIMITS if any(text.startswith(sign) for text in texts)]
    if not signs:
        return cell, ""
    usual = cell if isinstance(cell, dict) else {"column": name}
    begun = [
        {
            "column": name,
            "only": {"column": name, "begins": sign},
            "split": sign,
            "part": 2,
            "number": usual.get("number", "."),
        }
        for sign in signs
    ]
    sample = next(text for text in texts if text.startswith(signs[0]))
    return [*begun, usual], f"; GUESSED: of {quote(sample)} the number is the target"


def _number(text: str, sign: str = "") -> Decimal | None:
    try:
        return read_number(plain_number(text, sign))
    except ValueError:
        return None


def _link_column(plan: SheetPlan, register: SheetPlan | None, name: str) -> str:
    """Return the column that names findings of the register, if there is one."""
    subject = register.named("finding.finding_id") if register is not None else ""
    if register is None or not subject:
        return ""
    keys = {*register.cells(subject)} - {""}
    for own in plan.columns:
        cells = [text for text in plan.cells(own) if text]
        if (
            own != name
            and own not in plan.periods()
            and cells
            and sum(text in keys for text in cells) >= LINKED * len(cells)
        ):
            return own
    return ""


def _finding_indicator(plan: SheetPlan, register: SheetPlan, link: str, key: Any) -> Lines:  # noqa: ANN401 - a cell
    """Return the link of an indicator to its finding, for the findings that are in the register."""
    plan.used.add(link)
    subject = register.named("finding.finding_id")
    keys = {*register.cells(subject)} - {""}
    names = list(dict.fromkeys(text for text in plan.columns[link].cells if comparable(text) in keys))
    own = register.finding_key(register.named("finding.statement") or register.named("action.title"))[0]
    first = own[0] if isinstance(own, list) else own
    is_number = isinstance(first, dict) and "template" in first
    block = Lines("finding_indicator")
    block.add("from", plan.source)
    block.add("only", {"column": link, "equals": names, "otherwise": say("the register has no such finding")})
    block.add(
        "finding_id",
        {"template": f"F-{{{link}}}"} if is_number else link,
        f"its cells are keys of {quote(register.source)}",
    )
    block.add("indicator_id", key)
    return block


def _wide(plan: SheetPlan, key: Any) -> Lines:  # noqa: ANN401 - a cell of a mapping
    periods = plan.periods()
    wide: dict[str, Any] = {"columns": list(periods)}
    if any(read_as(name, DateStyle(has_years=True)) in ("", "?") for name in periods):
        wide["century"] = CENTURY
    block = Lines("observation")
    block.add("from", plan.source)
    block.add("wide", wide, f"{len(periods)} headings are periods; each value is dated by the last day")
    block.add("indicator_id", key)
    value = plan.number_cell(periods, "cell")
    block.add("value", None if value == "cell" else value, "the decimal sign")
    return block


def _long(plan: SheetPlan, key: Any) -> Lines:  # noqa: ANN401 - a cell of a mapping
    block = Lines("observation")
    block.add("from", plan.source)
    block.add("indicator_id", key)
    block.add(
        "observed_on",
        *plan.date_cell(plan.named("observation.observed_on") or plan.named("finding.recorded_on")),
    )
    value = plan.named("observation.value")
    plan.used.add(value)
    block.add("value", plan.number_cell([value]), plan.why(value))
    return block
