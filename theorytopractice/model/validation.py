"""What is wrong with a plan's tables? All problems at once, as values: errors refuse the row, warnings keep it.

Each rule is a generator: those that refuse stand in ``validation_rules``, those that only make a planner look twice
here. W-STATUS belongs to imports.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from theorytopractice.errors import quote
from theorytopractice.i18n import message, say, say_names
from theorytopractice.model import validation_rules as rules
from theorytopractice.model.plain_text import HIDDEN, comparable, hidden_signs
from theorytopractice.model.spellings import NAMED, alike
from theorytopractice.model.validation_rules import (
    HEADER,
    Problem,
    ValidationContext,
    name_rows,
    place_of_row,
    steps,
)
from theorytopractice.model.values import TextTable, read_number, step
from theorytopractice.model.vocabularies import (
    ActionEvent,
    Direction,
    Intent,
    Level,
    Measure,
    OwnerRole,
    Strength,
    Subject,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from theorytopractice.errors import Issue
    from theorytopractice.model.fields import Entity
    from theorytopractice.model.validation_rules import Rule


OWN_DATES = {"event": "happened_on", "observation": "observed_on", "evidence": "dated_on"}
BACK_DAYS = 90
LONG_YEARS = 2
LOAD = 10
QUARTERS = tuple(map(Decimal, (0, 25, 50, 75, 100)))
STATES = (
    ActionEvent.START,
    ActionEvent.COMPLETE,
    ActionEvent.REOPEN,
    ActionEvent.CANCEL,
    ActionEvent.SUSPEND,
    ActionEvent.RESUME,
)


def future_facts(sheets: ValidationContext) -> Iterator[Problem]:
    """W-FUTURE: a fact dated after the as-of day; it is kept and not seen until then (method, T4)."""
    for name, column in OWN_DATES.items():
        for row, day in enumerate(sheets.column(name, column)):
            if day > sheets.today:
                message = say(
                    "{day} lies after the as-of day, {today}, which does not see it; mend the date if it has not happened",
                    day=day,
                    today=sheets.today,
                )
                yield Problem("W-FUTURE", name, row, column, message)


UNSEEN = {"finding": "recorded_on", "action": "recorded_on", "indicator": "retargeted_on"}
FAR_YEARS = 20
FAR_DATES = (("action", "due"), ("action", "planned_start"), ("indicator", "target_on"), ("finding", "effective_on"), ("event", "due"))  # fmt: skip


def unseen_rows(sheets: ValidationContext) -> Iterator[Problem]:
    """W-FUTURE: a finding or action recorded after the as-of day, which is not in the plan until then; a date beyond belief."""
    for name, column in UNSEEN.items():
        for row, day in enumerate(sheets.column(name, column)):
            if day > sheets.today:
                text = say(
                    "{day} lies after the as-of day, {today}, which does not see it; mend the date if it has not happened",
                    day=day,
                    today=sheets.today,
                )
                yield Problem("W-FUTURE", name, row, column, text)
    limit = f"{int(sheets.today[:4]) + FAR_YEARS:04}{sheets.today[4:]}"
    for name, column in FAR_DATES:
        for row, day in enumerate(sheets.column(name, column)):
            if day > limit:
                text = say(
                    "{day} is more than {n} years off; mend the date if it is a slip", day=day, n=FAR_YEARS
                )
                yield Problem("W-FUTURE", name, row, column, text)


def late_records(sheets: ValidationContext) -> Iterator[Problem]:
    """W-BACK: a fact recorded more than 90 days after its own date."""
    for name, column in OWN_DATES.items():
        days = sheets.column(name, column)
        records = sheets.column(name, "recorded_on")
        number = {day: date.fromisoformat(day).toordinal() for day in {*days, *records} if day}
        for row, (day, recorded) in enumerate(zip(days, records, strict=True)):
            if recorded and day and (late := number[recorded] - number[day]) > BACK_DAYS:
                message = say(
                    "recorded {late:,} days after its date {day}; check both dates", late=late, day=day
                )
                yield Problem("W-BACK", name, row, "recorded_on", message)


def rival_values(sheets: ValidationContext) -> Iterator[Problem]:
    """W-DUP: two final values of one indicator and date, recorded on the same day.

    An empty ``recorded_on`` counts as the fact's own date (method, T5); a value recorded later is a
    correction, and a provisional one no rival.
    """
    first: dict[str, int] = {}
    table = sheets["observation"]
    names = ("indicator_id", "observed_on", "recorded_on", "final")
    for row, (indicator, day, recorded, final) in enumerate(sheets.columns("observation", *names)):
        if final == "false" or not indicator or not day:
            continue
        earlier = first.setdefault(f"{indicator}\0{day}\0{recorded or day}", row)
        if earlier != row:
            where = place_of_row(table, earlier)
            message = say(
                "{indicator} has another value for {day} in {where}; the later key counts: remove one, or give the correction its own recorded_on",
                indicator=quote(indicator),
                day=day,
                where=where,
            )
            yield Problem("W-DUP", "observation", row, "observed_on", message)


SPELT = message(
    "{spellings} are taken for one name; write one of them everywhere (theorytopractice names, rename)"
)
SAME_OWNERS = message(
    "{owners} have names that are taken for one; merge them if they are (theorytopractice merge)"
)


def unlike_spellings(sheets: ValidationContext) -> Iterator[Problem]:
    """W-SPELLING: themes, units, sites, or names of owners that differ only in case, width or blanks."""
    for places in NAMED.values():
        held = [(table, column, sheets.column(table, column)) for table, column in places]
        for group in alike(Counter(text for _, _, cells in held for text in cells if text)):
            table, column = next(
                (table, column) for table, column, cells in held if set(cells) & group.keys()
            )
            spellings = say_names(f"{quote(text)} ({n})" for text, n in group.most_common())
            yield Problem("W-SPELLING", table, HEADER, column, say(SPELT, spellings=spellings))
    owners: dict[str, list[tuple[str, str]]] = {}
    for key, name, left in sheets.columns("owner", "owner_id", "name", "left_on"):
        if name and not left:
            owners.setdefault(comparable(name), []).append((key, name))
    for same in owners.values():
        if len({name for _, name in same}) > 1:
            named = name_rows([f"{key} {name}" for key, name in same])
            yield Problem("W-SPELLING", "owner", HEADER, "name", say(SAME_OWNERS, owners=named))


def hidden_characters(sheets: ValidationContext) -> Iterator[Problem]:
    """W-HIDDEN: a text with characters that nobody sees, and that change how it is read."""
    for name, table in sheets.tables.items():
        for column, cells in table.columns.items():
            if table.entity.is_memory or HIDDEN.search("\n".join(cells)) is None:
                continue
            for row, text in enumerate(cells):
                signs = hidden_signs(text)
                if signs and "\0" not in text:  # which is refused
                    message = say(
                        "the text holds {signs}, which nobody sees and which can change how it is read: type it anew",
                        signs=say_names(signs),
                    )
                    yield Problem("W-HIDDEN", name, row, column, message)


def vague_statements(sheets: ValidationContext) -> Iterator[Problem]:
    """W-VAGUE: a statement with no number, actor or verb."""
    message = say("the statement is vague: say who does what, and by how much")
    for row, statement in enumerate(sheets.column("finding", "statement")):
        if statement and is_vague(statement):
            yield Problem("W-VAGUE", "finding", row, "statement", message)


def distant_dues(sheets: ValidationContext) -> Iterator[Problem]:
    """W-LONG: due more than two years after the as-of day."""
    year, rest = int(sheets.today[:4]) + LONG_YEARS, sheets.today[4:]
    limit = f"{year:04}{rest}"
    for row, due in enumerate(sheets.column("action", "due")):
        if due > limit:
            message = say(
                "{due} is more than {n} years off; set a nearer due date or milestones", due=due, n=LONG_YEARS
            )
            yield Problem("W-LONG", "action", row, "due", message)


def weak_actions(sheets: ValidationContext) -> Iterator[Problem]:
    """W-WEAK: all actions of a finding, in whatever role, are weak by nature."""
    message = say(
        "all actions of this finding are weaker ones, which seldom last; add one that changes the way of working"
    )
    strength = sheets.lookup("action", "action_id", "strength")
    links = sheets.columns("finding_action", "finding_id", "action_id")
    only = _only((finding, strength.get(action) == Strength.WEAKER) for finding, action in links if action)
    for row, finding in enumerate(sheets.column("finding", "finding_id")):
        if finding in only:
            yield Problem("W-WEAK", "finding", row, "finding_id", message)


def outputs_only(sheets: ValidationContext) -> Iterator[Problem]:
    """W-OUTPUT: all indicators of a finding, required or not, measure outputs."""
    message = say(
        "all indicators of this finding are outputs, which show no effect; add an outcome or impact"
    )
    level = sheets.lookup("indicator", "indicator_id", "level")
    links = sheets.columns("finding_indicator", "finding_id", "indicator_id")
    only = _only((finding, level.get(indicator) == Level.OUTPUT) for finding, indicator in links if indicator)
    for row, finding in enumerate(sheets.column("finding", "finding_id")):
        if finding in only:
            yield Problem("W-OUTPUT", "finding", row, "finding_id", message)


def _only(links: Iterator[tuple[str, bool]]) -> set[str]:
    """Return the keys that have some link, and of which every link is true."""
    every: dict[str, bool] = {}
    for key, is_such in links:
        every[key] = every.get(key, True) and is_such
    return {key for key, is_such in every.items() if key and is_such}


def heavy_loads(sheets: ValidationContext) -> Iterator[Problem]:
    """W-LOAD: an owner accountable for more than ten live actions.

    Live here: the action's last event up to the as-of day that changes its state is neither cancel nor complete.
    Whether a completion has its evidence is left to the assessment.
    """
    words = sheets.column("event", "event")
    last = sheets.latest(Subject.ACTION, *STATES, until=sheets.today)
    over = {
        action for action, row in last.items() if words[row] in (ActionEvent.COMPLETE, ActionEvent.CANCEL)
    }
    loads: dict[str, set[str]] = {}
    for action, owner, role in sheets.columns("action_owner", "action_id", "owner_id", "role"):
        if role == OwnerRole.ACCOUNTABLE and action and owner and action not in over:
            loads.setdefault(owner, set()).add(action)
    for row, (owner, name) in enumerate(sheets.columns("owner", "owner_id", "name")):
        load = len(loads.get(owner, ()))
        if load > LOAD:
            message = say(
                "{owner} is accountable for {load:,} live actions; more than {most} are seldom kept: hand some over",
                owner=quote(name or owner),
                load=load,
                most=LOAD,
            )
            yield Problem("W-LOAD", "owner", row, "owner_id", message)


def round_progress(sheets: ValidationContext) -> Iterator[Problem]:
    """W-ROUND: every progress value of the plan a multiple of 25: guessed, not measured.

    Said once for the column. Nothing but 0 and 100 is no guess and raises no warning.
    """
    values = {read_number(text) for text in set(sheets.column("event", "progress")) if text}
    if values.issubset(QUARTERS) and not values.issubset((QUARTERS[0], QUARTERS[-1])):
        message = say(
            "every progress value is a multiple of 25, as guesses are; count what is done, or leave progress out"
        )
        yield Problem("W-ROUND", "event", HEADER, "progress", message)


ENOUGH_CHARACTERS = 120
WORD = re.compile(r"[A-Za-z]+(?:['’\-][A-Za-z]+)*|[\u4e00-\u9fff]")
OTHER_LETTER = re.compile(r"[^\W\d_A-Za-z\u4e00-\u9fff]")
SAYS = re.compile(r"\d|[½¼¾]|[一二两三四五六七八九十百千万亿半]|[^\Ws]s\b|ed\b", re.IGNORECASE)
WISH = re.compile(
    r"\W*(?:(?:improve|strengthen|enhance|promote|insufficient|inadequate|lack of)\b"
    r"|加强|加大|强化|提高|提升|改进|改善|完善|优化|推进|推动|促进|深化|健全|增强)",
    re.IGNORECASE,
)
HEADING = re.compile(
    r"(?:[A-Za-z'’\-]+\s+)?[A-Za-z'’\-]+(?:[ts]ion|ment|ness|ity|[ae]nce|age|ing|ship|cy)\W*", re.IGNORECASE
)


def is_vague(statement: str) -> bool:
    """Tell whether a statement has no number, no actor and no verb (tables, W-VAGUE).

    A single word has none, nor have two of which the last is an abstract noun ("Better communication"), nor up to
    four that begin with a wish or a want: "Insufficient attention to coordination", 加强管理 (a Chinese sign counts
    as a word). A number, a plural, a verb in -s or -ed, and any other script get the benefit of the doubt: no
    grammar is parsed.
    """
    if len(statement) > ENOUGH_CHARACTERS or OTHER_LETTER.search(statement) or SAYS.search(statement):
        return False
    too_few = 5 if WISH.match(statement) else 2
    return len(WORD.findall(statement)) < too_few or HEADING.fullmatch(statement) is not None


def backward_targets(sheets: ValidationContext) -> Iterator[Problem]:
    """W-DIR: a target on the wrong side of the baseline, or equal to it although it should improve."""
    names = ("measure", "scale", "direction", "intent", "baseline", "target")
    for row, (measure, scale, direction, intent, baseline, target) in enumerate(
        sheets.columns("indicator", *names)
    ):
        if not baseline or not target or direction not in (Direction.ASCENDING, Direction.DESCENDING):
            continue
        before, after = _level(measure, scale, baseline), _level(measure, scale, target)
        if before is None or after is None:
            continue
        is_wrong = after < before if direction == Direction.ASCENDING else after > before
        if is_wrong or (after == before and intent != Intent.MAINTAIN):
            facts = {"target": quote(target), "baseline": quote(baseline), "direction": direction}
            message = (
                say(
                    "the target {target} is on the wrong side of the baseline {baseline} although the direction is {direction}; check target, baseline, direction and intent",
                    **facts,
                )
                if is_wrong
                else say(
                    "the target {target} is equal to the baseline {baseline} although the direction is {direction}; check target, baseline, direction and intent",
                    **facts,
                )
            )
            yield Problem("W-DIR", "indicator", row, "target", message)


def _level(measure: str, scale: str, text: str) -> Decimal | None:
    """Return what two levels are compared by: the number, or the position on the scale."""
    if measure == Measure.ORDINAL:
        place = steps(scale).get(step(text))
        return None if place is None else Decimal(place)
    try:
        return None if measure == Measure.NOMINAL else read_number(text)
    except ValueError:  # the measure itself could not be read
        return None


def fractions(sheets: ValidationContext) -> Iterator[Problem]:
    """W-FRACTION: a percentage whose values are all at most 1, and not all 0: shares, not per cent."""
    keys = sheets.column("indicator", "indicator_id")
    measures = sheets.column("indicator", "measure")
    small = {
        key for key, measure in zip(keys, measures, strict=True) if key and measure == Measure.PERCENTAGE
    }
    some: set[str] = set()
    for key, text in sheets.columns("observation", "indicator_id", "value") if small else ():
        if text and key in small:
            value = read_number(text)
            if value > 1:
                small.discard(key)
            elif value:
                some.add(key)
    message = say(
        "all values of this percentage are at most 1; write per cent (0.4 as 40), or another measure"
    )
    for row, key in enumerate(keys):
        if key in small and key in some:
            yield Problem("W-FRACTION", "indicator", row, "measure", message)


REPEATED = message("the link of {where} is repeated and the two are merged; remove one of them")
REPEATED_REQUIRED = message(
    "the link of {where} is repeated and the two are merged; required: true wins; remove one of them"
)


def is_link(entity: Entity) -> bool:
    """Tell whether a table only links others, so that a repeated row can be merged."""
    return entity.identifier is None and len(entity.key) > 1 and not entity.is_memory


def repeated_links(sheets: ValidationContext) -> Iterator[Problem]:
    """W-DUP: a link that an earlier row has already; the two are merged."""
    for name, table in sheets.tables.items():
        entity = table.entity
        if not is_link(entity):
            continue
        needed = [entity.key.index(column) for column in entity.key if entity[column].required]
        sentence = REPEATED_REQUIRED if "required" in entity.columns else REPEATED
        first: dict[str, int] = {}
        for row, key in enumerate(sheets.columns(name, *entity.key)):
            earlier = first.setdefault("\0".join(key), row)
            if earlier != row and all(key[position] for position in needed):
                where = place_of_row(table, earlier)
                yield Problem("W-DUP", name, row, entity.key[0], say(sentence, where=where))


def drop_repeated_links(table: TextTable) -> TextTable:
    """Merge the repeated rows of a link table; a table without any is returned as it is.

    The first row of a link stays, later ones fill its empty cells. ``required`` is the exception: true
    wins, and an empty cell means true.
    """
    if not is_link(table.entity):
        return table
    keys = table.keys()
    first_rows: dict[tuple[str, ...], int] = {}
    repeats = [
        (row, first) for row, key in enumerate(keys) if (first := first_rows.setdefault(key, row)) != row
    ]
    if not repeats:
        return table
    columns = {}
    for name, cells in table.columns.items():
        merged = cells.copy()
        for row, first in repeats:
            if name != "required":
                merged[first] = merged[first] or cells[row]
            elif cells[row] in ("", "true") and merged[first]:
                merged[first] = "true"
        columns[name] = [merged[row] for row in first_rows.values()]
    lines = [table.lines[row] for row in first_rows.values()] if table.lines else []
    return TextTable(table.entity, columns, table.source, lines)


ERROR_RULES: tuple[Rule, ...] = (
    rules.unreadable,
    rules.long_keys,
    rules.unknown_events,
    rules.dangling_links,
    rules.dangling_subjects,
    rules.unfit_values,
    rules.odd_progress,
    rules.missing_cells,
    rules.undated_findings,
    rules.homeless_evidence,
    rules.repeated_keys,
    rules.settings,
    rules.late_starts,
    rules.empty_waivers,
    rules.missing_scales,
    rules.impossible_targets,
    rules.incomplete_events,
    rules.early_completions,
    rules.self_checks,
    rules.several_accountable,
    rules.superseded_in_circles,
    rules.derived_in_circles,
)
"""What refuses a row, wherever it stands: in a file, a plan or a mapping of frames."""
RULES: tuple[Rule, ...] = (
    *ERROR_RULES,
    rules.unknown_columns,
    repeated_links,
    backward_targets,
    fractions,
    future_facts,
    late_records,
    rival_values,
    unlike_spellings,
    unseen_rows,
    hidden_characters,
    vague_statements,
    distant_dues,
    weak_actions,
    outputs_only,
    heavy_loads,
    round_progress,
)


def validate(
    tables: Mapping[str, TextTable], *, today: date, table_names: Collection[str] | None = None
) -> list[Issue]:
    """Return every problem of a plan's tables, sorted by table, row and column.

    Args:
        tables: Table name → its rows as texts without surrounding white space; a missing one is empty.
        today: The as-of day, by which warnings are judged.
        table_names: Report only problems of these tables; all are read in any case.

    Raises:
        UnknownName: A table that no plan has.
    """
    sheets = ValidationContext.of(tables, today)
    problems = [problem for rule in RULES for problem in rule(sheets) if sheets.keep(problem)]
    places = sheets.places()

    def order(problem: Problem) -> tuple[int, int, int]:
        table, column = places[problem.table, problem.column]
        return table, problem.row, column

    problems.sort(key=order)
    return [
        sheets.issue(problem) for problem in problems if table_names is None or problem.table in table_names
    ]
