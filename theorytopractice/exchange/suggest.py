"""How may a foreign file become a plan? A mapping is proposed, with its reasons and with what is still to be decided.

No model and no network: headings are compared with ``synonyms.toml``, and what stands in the columns has to bear them
out. The same file gives the same mapping. It can be imported at once; what is undecided makes nothing, and is listed.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from theorytopractice.errors import PlanError, quote
from theorytopractice.exchange.column_synonyms import plain
from theorytopractice.exchange.mapping import build_mapping
from theorytopractice.exchange.register_survey import Survey, describe
from theorytopractice.exchange.suggest_lines import Lines, one_line, write
from theorytopractice.exchange.suggest_register import register_blocks
from theorytopractice.exchange.suggest_sheet import SheetPlan
from theorytopractice.exchange.suggest_values import name_of_indicator, value_blocks, with_directions
from theorytopractice.i18n import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SUBJECTS = ("finding.statement", "action.title")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A mapping that is proposed, and how sure it is: sentences about columns, what is to be decided, and its sheets."""

    text: str
    certain: tuple[str, ...]
    guessed: tuple[str, ...]
    undecided: tuple[str, ...]
    unused: tuple[str, ...]
    plans: tuple[SheetPlan, ...] = ()


def suggest(path: str | Path) -> str:
    r"""Return a mapping (TOML with comments) for a foreign file: what its columns look like and why.

    Args:
        path: a CSV file, workbook, JSON or Parquet file.

    Raises:
        PlanError: it cannot be read, or nothing in it looks like a finding, an action or an indicator.

    >>> from pathlib import Path
    >>> Path("register.csv").write_text("Ref,Finding,Owner,Due date\nR-1,Keys cannot be traced to anybody,Ann,15/04/2026\n")
    83
    >>> text = ttp.suggest("register.csv")
    >>> "statement" in text, "[[action_owner]]" in text
    (True, True)
    """
    return propose(Path(path)).text


def propose(
    path: Path, survey: Survey | None = None, roles: Mapping[str, Mapping[str, str]] | None = None
) -> Suggestion:
    """Propose a mapping for a foreign file, as :func:`suggest` does, with how sure it is.

    ``roles`` are what somebody said that columns are, by the name of their sheet; an empty one is not read.
    """
    survey = survey or describe(path)
    names: dict[str, None] = {}
    plans = []
    for sheet in survey.sheets:
        if not len(sheet):
            continue
        source = _free(plain(sheet.name or path.stem).replace(" ", "_") or "register", names)
        plans.append(SheetPlan.of(sheet, source, (roles or {}).get(sheet.name)))
    values = [plan for plan in plans if _holds_values(plan)]
    registers = [plan for plan in plans if plan not in values and any(map(plan.named, SUBJECTS))]
    registers = list(filter(_is_register, registers)) or ([] if values else registers[:1])
    if not registers and not values:
        raise PlanError(
            f"Nothing in {quote(path.name)} looks like a finding, an action or an indicator; write a mapping by hand: "
            "'theorytopractice fields --mapping' is its manual."
        )
    blocks = [block for plan in registers for block in register_blocks(plan)]
    for plan in values:
        blocks += value_blocks(plan, registers[0] if registers else None)
    used = [*registers, *values]
    sources = {plan.source: _source(path, plan) for plan in used}
    text = write(f"{path.name}, as suggested", _head(path, used), sources, blocks)
    build_mapping(with_directions(tomllib.loads(text), used, {plan.source: "ascending" for plan in used}))
    certain, guessed, undecided, unused = _summary(plans, used)
    empty = tuple(f"the sheet {quote(name)}: no table" for name in survey.empty)
    return Suggestion(text, certain, guessed, undecided, (*unused, *empty), tuple(used))


def _free(name: str, taken: dict[str, None]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    taken[free] = None
    return free


def _holds_values(plan: SheetPlan) -> bool:
    """Tell whether a sheet holds measured values: periods as headings, or a value with its date and no actions beside it."""
    if plan.periods():
        return bool(name_of_indicator(plan))
    if all(map(plan.named, SUBJECTS)):
        return False
    is_dated = plan.named("observation.observed_on") or plan.named("finding.recorded_on")
    return bool(plan.named("observation.value") and is_dated and name_of_indicator(plan))


def _is_register(plan: SheetPlan) -> bool:
    """Tell whether more than a guess at sentences speaks for findings: an explanation of columns has sentences, too."""
    looks = [plan.looks[name] for name in map(plan.named, SUBJECTS) if name]
    return any(look.score > LIKELY for look in looks) or any(map(plan.named, SIGNS))


LIKELY = 85.0
"""From so many of 100 on a heading alone speaks for findings."""
SIGNS = ("status", "action.due", "owner.name", "finding.recorded_on")


def _source(path: Path, plan: SheetPlan) -> Lines:
    lines = Lines("source")
    sheet = plan.sheet
    lines.add("file", path.name)
    if sheet.name:
        lines.add("sheet", sheet.name, f"{len(sheet):,} rows; the name or the number, {sheet.number}")
    if sheet.header and sheet.header != (1,):
        above = f"; above it stands {quote(one_line(sheet.titles[0], 50))}" if sheet.titles else ""
        number = sheet.header[0] if len(sheet.header) == 1 else list(sheet.header)
        lines.add("header", number, f"GUESSED: this row names the columns{above}")
    if sheet.skip:
        lines.add("skip", [*sheet.skip], f"GUESSED: another table begins in row {sheet.skip[0]:,}")
    if sheet.hints:
        lines.add("hints", sheet.hints, "GUESSED: the row below the header only explains it")
    if sheet.encoding:
        lines.add(
            "encoding", sheet.encoding, "GUESSED: it is not Unicode; look whether accents and signs are right"
        )
    column, texts = sheet.footer
    if column:
        only = {
            "column": column,
            "differs": [*texts],
            "otherwise": say("it is taken for a total or a legend"),
        }
        lines.add("only", only, "GUESSED: rows at the end that are none of the table")
    if plan.fill_down:
        lines.add("fill_down", plan.fill_down, "GUESSED: named once for a group of rows")
    return lines


def _head(path: Path, plans: Sequence[SheetPlan]) -> list[str]:
    undecided = [text for plan in plans for text in plan.undecided]
    lines = [
        f"A mapping for {path.name}, proposed by 'theorytopractice import --suggest'. Read it: it only looks at headings and cells.",
        "GUESSED marks what may be wrong, DECIDE what only you know. What is not decided makes nothing, and the import lists",
        "it; only which way is better (direction) must be decided first. The manual: 'theorytopractice fields --mapping'.",
    ]
    if undecided:
        lines += ["To be decided:", *(f"  - {one_line(text, 180)}" for text in dict.fromkeys(undecided))]
    unused = [_unused(plan, name) for plan in plans for name in plan.columns if name not in plan.used]
    if unused:
        lines += ["Columns that are not read:", *(f"  - {one_line(text, 150)}" for text in unused)]
    return [*lines, ""]


def _unused(plan: SheetPlan, name: str) -> str:
    look = plan.looks[name]
    role = look.role or look.rival
    has_other = any(plan.looks[other].role == role for other in plan.used)
    why = {
        "": "nothing that is known",
        "unused": "a plan has no place for it",
    }.get(role, f"looks like {role}, which {'another column fills' if has_other else 'has no place here'}")
    return f"{quote(name)}: {plan.reasons[name].english if name in plan.reasons else why}"


def _summary(plans: Sequence[SheetPlan], used: Sequence[SheetPlan]) -> tuple[tuple[str, ...], ...]:
    """Return what is certain, guessed, undecided and unused."""
    certain: list[str] = []
    guessed: list[str] = []
    undecided: list[str] = []
    unused: list[str] = []
    for plan in plans:
        if plan not in used:
            unused.append(f"the sheet {quote(plan.sheet.name or plan.sheet.table.name)}")
            continue
        sheet = f"{plan.sheet.name}: " if len(used) > 1 else ""
        undecided += [f"{sheet}{text}" for text in plan.undecided]
        unused += [
            f"rows {first:,} to {last:,} of {plan.where}: another table; a mapping of its own would read it"
            for first, last in plan.sheet.other_tables
        ]
        periods = plan.periods()
        if periods:
            certain.append(f"{sheet}{periods[0]} … {periods[-1]} (values)")
        for name, look in plan.looks.items():
            if name not in plan.used:
                unused.append(f"{sheet}{_unused(plan, name)}")
            elif name not in periods:
                (certain if look.is_certain else guessed).append(
                    f"{sheet}{name} ({look.role.replace('finding.finding_id', 'key')})"
                )
    return tuple(certain), tuple(guessed), tuple(dict.fromkeys(undecided)), tuple(unused)
