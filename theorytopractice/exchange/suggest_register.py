"""Which blocks bring a register in? Findings, actions, owners, links, status words, dated events and evidence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from theorytopractice.errors import quote
from theorytopractice.exchange.column_looks import GUESS, Look, Reason, because
from theorytopractice.exchange.column_synonyms import (
    DECISIONS,
    EVENTS,
    is_placeholder,
    meaning_of,
    tells_problems,
)
from theorytopractice.exchange.suggest_beside import beside
from theorytopractice.exchange.suggest_lines import Line, Lines, one_line
from theorytopractice.i18n import message, say
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.values import plain_word
from theorytopractice.model.vocabularies import Certainty, Strength

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from enum import StrEnum

    from theorytopractice.exchange.suggest_sheet import SheetPlan

MOST_WORDS, MOST_NAMED = 40, 8
PLACE = "YYYY-MM-DD"


def register_blocks(plan: SheetPlan) -> list[Lines]:
    """Return the blocks of a sheet of findings or actions."""
    statement = plan.named("finding.statement") or plan.named("action.title")
    title = plan.named("action.title") or statement
    plan.used |= {statement, title}
    finding_id, action_id = plan.finding_key(statement), plan.action_key(title)
    blocks = [*_owners(plan), _finding(plan, statement, finding_id), _action(plan, title, action_id)]
    blocks.append(_link(plan, finding_id[0], action_id[0]))
    blocks += _accountable(plan, action_id[0])
    blocks += _events(plan, action_id[0])
    blocks += beside(plan, finding_id[0])
    if plan.named("status"):
        blocks.append(_status(plan, "status", "action", action_id[0]))
    if plan.named("response"):
        blocks.append(_status(plan, "response", "finding", finding_id[0]))
    return blocks


def _finding(plan: SheetPlan, statement: str, key: tuple[Any, str]) -> Lines:
    block = Lines("finding")
    block.add("from", plan.source)
    if plan.columns[statement].n_blank and plan.goes_on(statement):
        _narrow(block, "", [{"column": statement, "is": "filled"}])
    block.add("finding_id", *key)
    word = tells_problems([plan.sheet.table.name, plan.sheet.name, *plan.sheet.titles, *plan.columns])
    if word:
        block.add(
            "kind",
            {"constant": "problem"},
            f"GUESSED from {quote(word)}; else insight, experience or mechanism",
        )
    else:
        block.add(
            "kind",
            {"constant": "insight"},
            "GUESSED: what was learned; else problem, experience or mechanism",
        )
    block.add("statement", statement, plan.why(statement))
    for role in ("theme", "so_what"):
        name, why = plan.take(f"finding.{role}")
        block.add(role, name or None, why)
    if unit := _unit_as_theme(plan):
        plan.used.add(unit)
        plan.looks[unit] = Look(
            "finding.theme", GUESS, because(message("it groups the rows, and is no owner's unit"))
        )
        block.add("theme", unit, plan.why(unit))
    name, why = plan.take("finding.source")
    origin = one_line(next((text for text in plan.sheet.titles if text), plan.sheet.table.name), 80)
    block.add("source", name or {"constant": origin}, why or "no column says where it comes from")
    block.add("recorded_on", *plan.recorded_on())
    if not plan.is_always_dated():
        block.add(
            "recorded_quality",
            {"constant": "unknown"},
            "of a finding without a date: it counts, and is left out of waiting times",
        )
    _certainty(plan, block)
    notes = [*plan.all_named("finding.note"), *plan.all_named("note")[1:]][:1]
    for name in notes:
        plan.used.add(name)
        block.add("note", name, plan.why(name))
    return block


def _unit_as_theme(plan: SheetPlan) -> str:
    """Return the column of units where it cannot be the owners' and nothing else groups the findings."""
    unit = plan.named("owner.unit")
    return "" if plan.named("finding.theme") or unit in plan.used else unit


def _certainty(plan: SheetPlan, block: Lines) -> None:
    name = plan.named("finding.certainty")
    if not name:
        return
    words = {word: plain_word(word, tuple(Certainty)) for word in plan.columns[name].counts}
    if all(word in tuple(Certainty) for word in words.values()):
        plan.used.add(name)
        block.add("certainty", name, plan.why(name))
        return
    plan.reasons[name] = _undecided_words(Certainty)
    block.add(
        "certainty", {"column": name, "words": words}, f"DECIDE: one of {', '.join(Certainty)}", is_open=True
    )


def _undecided_words(words: type[StrEnum]) -> Reason:
    return Reason(message("its words are to be decided: {words}"), {"words": ", ".join(words)})


def _action(plan: SheetPlan, title: str, key: tuple[Any, str]) -> Lines:
    block = Lines("action")
    block.add("from", plan.source)
    block.add("action_id", *key)
    same = (
        "no column says what is done: the finding's text is taken"
        if title == plan.named("finding.statement")
        else ""
    )
    block.add("title", title, same or plan.why(title))
    for role in ("due", "planned_start"):
        if name := plan.named(f"action.{role}"):
            block.add(role, *plan.date_cell(name), is_open=role == "planned_start" and _is_after(plan))
    if not plan.named("action.due"):
        block.say("No column says when it is due: without a due date an action is never overdue.")
    block.add("recorded_on", *plan.action_recorded_on())
    for role in ("site", "promised_to"):
        name, why = plan.take(f"action.{role}")
        block.add(role, name or None, why)
    if name := plan.named("action.cost"):
        plan.used.add(name)
        block.add("cost", plan.number_cell([name]), plan.why(name))
    _strength(plan, block)
    name, why = plan.take("note")
    block.add("note", name or None, why)
    return block


def _strength(plan: SheetPlan, block: Lines) -> None:
    name = plan.named("action.strength")
    if not name:
        return
    words = {word: plain_word(word, tuple(Strength)) for word in plan.columns[name].counts}
    is_known = all(word in tuple(Strength) for word in words.values())
    if is_known:
        plan.used.add(name)
        block.add("strength", name, plan.why(name))
        return
    plan.reasons[name] = _undecided_words(Strength)
    block.add(
        "strength", {"column": name, "words": words}, f"DECIDE: one of {', '.join(Strength)}", is_open=True
    )


def _is_after(plan: SheetPlan) -> bool:
    """Tell whether a planned start lies after its due date somewhere: such rows would be refused."""
    start, due = plan.named("action.planned_start"), plan.named("action.due")
    if not (start and due):
        return False
    pairs = zip(plan.days(start), plan.days(due), strict=True)
    n_after = sum(bool(begin and end and begin > end) for begin, end in pairs)
    if n_after:
        plan.undecided.append(
            f"{quote(start)} lies after {quote(due)} in {n_after:,} rows, so that it is not read"
        )
    return bool(n_after)


def _link(plan: SheetPlan, finding_id: Any, action_id: Any) -> Lines:  # noqa: ANN401 - cells of a mapping
    block = Lines("finding_action")
    block.add("from", plan.source)
    _narrow(
        block,
        "",
        [
            *_where(plan, "finding"),
            *(one for one in _where(plan, "action") if one not in _where(plan, "finding")),
        ],
    )
    block.add("finding_id", finding_id)
    block.add("action_id", action_id)
    block.add("role", {"constant": "delivers"}, "each row: the action puts its finding into practice")
    return block


# --- owners ------------------------------------------------------------------------------------------------


def _owner_columns(plan: SheetPlan) -> list[str]:
    """Return the columns of owners; the unit stands for the owner where there is none."""
    return plan.all_named("owner.name") or plan.all_named("owner.unit")[:1]


def _shares(plan: SheetPlan, name: str) -> Iterator[tuple[list[dict[str, Any]], str]]:
    """Return for each separator in a column of owners the rows that have it, and the separator."""
    column = plan.columns[name]
    only: list[dict[str, Any]] = [{"column": name, "is": "filled"}] if column.n_blank else []
    empty = [text for text in column.counts if is_placeholder(text)]
    if empty:
        only.append({"column": name, "differs": empty, "otherwise": say("no owner is named")})
    signs = plan.separators(name)
    for place, sign in enumerate(signs):
        conditions = list(only)
        before = "|".join(map(re.escape, signs[:place]))
        if place < len(signs) - 1 or before:
            wanted = f".*{re.escape(sign)}.*" if place < len(signs) - 1 else ".*"
            conditions.append(
                {"column": name, "matches": f"(?s){f'(?!.*(?:{before}))' if before else ''}{wanted}"}
            )
        yield conditions, sign
    if not signs:
        yield only, ""


def _owners(plan: SheetPlan) -> Iterator[Lines]:
    for name in _owner_columns(plan):
        plan.used.add(name)
        for only, sign in _shares(plan, name):
            block = Lines("owner")
            block.add("from", plan.source)
            silent = [
                {key: one[key] for key in one if key != "otherwise"} for one in only
            ]  # its link lists it
            _narrow(block, name, silent, sign)
            block.add("owner_id", {"name": name}, plan.why(name))
            block.add("name", name)
            for role in ("unit", "email"):
                _of_owner(plan, block, name, role)
            yield block


def _where(plan: SheetPlan, table: str) -> list[dict[str, Any]]:
    """Return the condition that a row makes a finding or an action at all: without one nothing can hang on it."""
    statement, title = plan.named("finding.statement"), plan.named("action.title")
    name = (statement or title) if table == "finding" else (title or statement)
    if table == "finding" and plan.goes_on(name):
        return []
    return [{"column": name, "is": "filled"}] if plan.columns[name].n_blank else []


def _narrow(block: Lines, name: str, only: Sequence[dict[str, Any]], sign: str = "") -> None:
    if only:
        block.add("only", only[0] if len(only) == 1 else list(only))
    if sign:
        block.add("each", {"column": name, "split": sign}, "several owners in a cell")


SEVERAL_OF_AN_OWNER = {
    "unit": message("an owner stands with several of them, so that it is not the owner's unit"),
    "email": message("an owner stands with several of them, so that it is not the owner's address"),
}
"""Why a column beside the owners says nothing of them."""


def _of_owner(plan: SheetPlan, block: Lines, owner: str, role: str) -> None:
    """Fill the unit or address of an owner where each owner has only one."""
    name = plan.named(f"owner.{role}")
    if not name or name == owner or owner != _owner_columns(plan)[0]:
        return
    known: dict[str, set[str]] = {}
    for row, part in plan.parts(owner, plan.separators(owner)):
        if text := plan.cells(name)[row]:
            known.setdefault(comparable(part), set()).add(text)
    plan.undecided = list(dict.fromkeys(plan.undecided))
    if any(len(texts) > 1 for texts in known.values()):
        plan.reasons[name] = Reason(SEVERAL_OF_AN_OWNER[role], {})
        return
    plan.used.add(name)
    block.add(role, name, plan.why(name))


def _accountable(plan: SheetPlan, action_id: Any) -> Iterator[Lines]:  # noqa: ANN401 - a cell of a mapping
    """Return the links to owners: the first that is named is accountable, the others and a second column responsible."""
    for place, name in enumerate(_owner_columns(plan)):
        for only, sign in _shares(plan, name):
            where = [*_where(plan, "action"), *only]
            if not place:
                first = {"name": name} | ({"split": sign, "part": 1} if sign else {})
                why = "GUESSED: the first that is named is accountable" if sign else ""
                yield _owner_link(plan, where, action_id, (first, "accountable", why))
            if place or sign:
                several = {"column": name, "matches": f"(?s).*{re.escape(sign)}.*"}
                if sign and not place and several not in where:
                    where.append(several)
                block = _owner_link(plan, where, action_id, ({"name": name}, "responsible", ""))
                if sign:
                    block.lines.insert(
                        1, Line("each", {"column": name, "split": sign}, "several owners in a cell")
                    )
                yield block
    plan.undecided = list(dict.fromkeys(plan.undecided))


def _owner_link(
    plan: SheetPlan,
    where: Sequence[dict[str, Any]],
    action_id: Any,  # noqa: ANN401 - a cell of a mapping
    owner: tuple[dict[str, Any], str, str],
) -> Lines:
    block = Lines("action_owner")
    block.add("from", plan.source)
    _narrow(block, "", where)
    block.add("action_id", action_id)
    block.add("owner_id", owner[0])
    block.add("role", {"constant": owner[1]}, owner[2])
    return block


# --- events ------------------------------------------------------------------------------------------------


def _dated(plan: SheetPlan, *roles: str) -> Any:  # noqa: ANN401 - a cell of a mapping
    """Return the first column of dates among some roles, as the happened_on of an event."""
    name = next(filter(None, map(plan.named, roles)), "")
    return plan.date_cell(name)[0] if name and plan.columns[name].counts else None


def _events(plan: SheetPlan, action_id: Any) -> Iterator[Lines]:  # noqa: ANN401 - a cell of a mapping
    """Return the events that a date alone tells, and the evidence."""
    complete, start = plan.named("event.complete"), plan.named("event.start")
    if start:
        yield _event(plan, action_id, "start", start)
    if complete and not plan.named("status"):
        yield _event(plan, action_id, "complete", complete)
    for role in ("event.progress", "event.redate"):
        if name := plan.named(role):
            yield _open_event(plan, action_id, role, name)
    evidence = plan.named("evidence.description")
    day = _dated(plan, "event.complete", "updated_on")
    if evidence and day is not None:
        plan.used.add(evidence)
        block = Lines("evidence")
        block.add("from", plan.source)
        date_name = plan.named("event.complete") or plan.named("updated_on")
        filled = [{"column": one, "is": "filled"} for one in (evidence, date_name)]
        _narrow(block, "", [*_where(plan, "action"), *filled])
        block.add("action_id", action_id)
        block.add("dated_on", day, f"GUESSED: evidence is dated by {quote(date_name)}")
        is_link = all(
            re.match(r"https?://|www\.|[\w./\\-]+\.\w{2,4}$", text) for text in plan.columns[evidence].counts
        )
        block.add("uri" if is_link else "description", evidence, plan.why(evidence))
        yield block
    elif evidence:
        plan.reasons[evidence] = Reason(message("no column dates the evidence"), {})


def _event(plan: SheetPlan, action_id: Any, event: str, name: str) -> Lines:  # noqa: ANN401 - a cell of a mapping
    block = Lines("event")
    block.add("from", plan.source)
    filled = [{"column": name, "is": "filled"}] if plan.columns[name].n_blank else []
    _narrow(block, "", [*_where(plan, "action"), *filled])
    block.add("subject", {"constant": "action"})
    block.add("subject_id", action_id)
    block.add("event", {"constant": event})
    block.add("happened_on", *plan.date_cell(name))
    return block


def _open_event(plan: SheetPlan, action_id: Any, role: str, name: str) -> Lines:  # noqa: ANN401 - a cell of a mapping
    """Return progress with the day of the last update; without such a day, and for a new due date, only as a decision."""
    event = role.removeprefix("event.")
    day = _dated(plan, "updated_on")
    numbers = [text for text in plan.columns[name].sample if re.fullmatch(r"[01]?[.,]?\d+", text)]
    is_share = (
        event == "progress"
        and len(numbers) == len(plan.columns[name].sample)
        and any(re.match(r"0[.,]\d", text) for text in numbers)
    )
    is_open = event == "redate" or day is None
    block = Lines("event")
    block.add("from", plan.source)
    only = [*_where(plan, "action"), {"column": name, "is": "filled"}]
    if day is not None:
        only.append({"column": plan.named("updated_on"), "is": "filled"})
    block.add("only", only, is_open=is_open)
    value = plan.date_cell(name)[0] if event == "redate" else plan.number_cell([name])
    if is_share:
        value = (value if isinstance(value, dict) else {"column": name}) | {"share": True}
    cells: dict[str, Any] = {
        "subject": {"constant": "action"},
        "subject_id": action_id,
        "event": {"constant": event},
        "happened_on": day if day is not None else {"constant": PLACE},
        "due" if event == "redate" else "progress": value,
    }
    for key, cell in cells.items():
        block.add(key, cell, is_open=is_open)
    if not is_open:
        plan.used.add(name)
        return block
    plan.used.discard(name)
    why = message("no column says when it was so")
    redate = message("a new due date is an event: say when it was decided")
    plan.reasons[name] = Reason(redate if event == "redate" else why, {})
    plan.undecided.append(f"{quote(name)} ({event}): {plan.reasons[name].english}")
    block.lines = [line for line in block.lines if line.is_open]
    block.above = [
        f"DECIDE, and take the first # of each line away: {quote(name)}, {plan.reasons[name].english}."
    ]
    block.is_open = True
    return block


# --- status words ------------------------------------------------------------------------------------------


def _status(plan: SheetPlan, role: str, subject: str, subject_id: Any) -> Lines:  # noqa: ANN401 - a cell of a mapping
    """Return the block of a status column: no word means anything until somebody says so."""
    name = plan.named(role)
    plan.used.add(name)
    block = Lines("status", above=STATUS_ABOVE)
    block.add("from", plan.source)
    _narrow(block, "", _where(plan, subject))
    block.add("column", name, plan.why(name))
    block.add("subject", subject)
    block.add("subject_id", subject_id)
    counts = plan.columns[name].counts
    if n_blank := plan.columns[name].n_blank:
        block.add(("words", ""), {}, f"{_times(n_blank)}: blank; no event")
    open_words = []
    alike: set[str] = set()
    for word in list(dict(counts.most_common(MOST_WORDS))):
        if comparable(word) in alike:  # the same word for a mapping
            continue
        alike.add(comparable(word))
        n = sum(many for other, many in counts.items() if comparable(other) == comparable(word))
        meaning = meaning_of(word, EVENTS if subject == "action" else DECISIONS)
        if meaning in NO_EVENT:
            block.add(("words", word), {}, f"{_times(n)}: {NO_EVENT[meaning]}; no event")
            continue
        open_words.append(f"{one_line(word, 30)} {n:,}")
        value, comment = _proposal(plan, word, meaning, subject)
        block.add(("words", word), value, f"{_times(n)}: {comment}", is_open=True)
    if len(counts) > MOST_WORDS:
        block.say(
            f"… and {len(counts) - MOST_WORDS:,} more words; all that are not decided are listed by the import"
        )
    if not any(isinstance(line.key, tuple) and not line.is_open for line in block.lines):
        block.add(
            ("words", ""), {}, "no cell is blank; it would be no event"
        )  # a mapping has a word at least
    if open_words:
        plan.undecided.append(f"which event each word of {quote(name)} stands for: {', '.join(open_words[:MOST_NAMED])}"
                              f"{', …' if len(open_words) > len('eightone') else ''}")  # fmt: skip
    return block


NO_EVENT = {
    "nothing": "nothing has happened yet",
    "late": "what is late is seen from the due date",
}
"""The words that a suggestion decides by itself."""
STATUS_ABOVE = [
    "DECIDE: a status word means nothing by itself. Take the # away where the proposal is right, or change it; {} is no event.",
    "Words that stay behind a # make no event, and the import lists them.",
]


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n:,} times"


DATES_OF = {
    "complete": ("event.complete", "updated_on"),
    "start": ("event.start", "updated_on"),
    "cancel": ("updated_on", "event.complete"),
    "suspend": ("updated_on",),
}


def _proposal(plan: SheetPlan, word: str, meaning: str, subject: str) -> tuple[dict[str, Any], str]:
    """Return what a word may stand for, and what is to be decided of it."""
    if not meaning:
        events = (
            "complete, start, cancel, suspend"
            if subject == "action"
            else "accept, partially_accept, reject, retire"
        )
        return {}, f"DECIDE which event: {events}, …; or leave {{}}"
    day = _dated(plan, *DATES_OF.get(meaning, ("updated_on", "finding.recorded_on")))
    value: dict[str, Any] = {"event": meaning, "happened_on": day if day is not None else {"constant": PLACE}}
    if meaning in ("cancel", "reject"):
        notes = plan.named("note")
        constant = {"constant": f"the register says: {word}"}
        value["reason"] = [{"column": notes}, constant] if notes else constant
    return (
        value,
        f"DECIDE: {meaning}?" if day is not None else f"DECIDE: {meaning}? No column dates it: name one",
    )
