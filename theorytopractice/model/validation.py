"""What is wrong with a plan's tables? All problems at once, as values.

Errors refuse the row, warnings keep it. Each rule is a generator in one of the sibling modules:
``validation_cells`` (one row by itself), ``validation_links``, ``validation_events``,
``validation_values`` (of indicators), ``validation_warnings``. W-STATUS belongs to imports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.model import validation_rules as cells
from theorytopractice.model import validation_rules as events
from theorytopractice.model import validation_rules as links
from theorytopractice.model import validation_rules as values
from theorytopractice.model import validation_warnings as warnings
from theorytopractice.model.validation_rules import ValidationContext, drop_repeated_links

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from theorytopractice.errors import Issue
    from theorytopractice.model.validation_rules import Problem, Rule
    from theorytopractice.model.values import TextTable


__all__ = ["drop_repeated_links", "validate"]

ERROR_RULES: tuple[Rule, ...] = (
    cells.unreadable,
    cells.long_keys,
    events.unknown_events,
    links.dangling_links,
    links.dangling_subjects,
    values.unfit_values,
    values.odd_progress,
    cells.missing_cells,
    cells.homeless_evidence,
    cells.repeated_keys,
    cells.settings,
    cells.late_starts,
    cells.empty_waivers,
    values.missing_scales,
    events.incomplete,
    events.missing_reasons,
    events.open_blocks,
    events.early_completions,
    events.self_checks,
    links.several_accountable,
    links.superseded_in_circles,
    links.derived_in_circles,
)
"""What refuses a row, wherever it stands: in a file, a plan or a mapping of frames."""
RULES: tuple[Rule, ...] = (
    *ERROR_RULES,
    cells.unknown_columns,
    links.find_repeated_links,
    values.backward_targets,
    values.fractions,
    warnings.future_facts,
    warnings.late_records,
    warnings.rival_values,
    warnings.vague_statements,
    warnings.distant_dues,
    warnings.weak_actions,
    warnings.outputs_only,
    warnings.heavy_loads,
    warnings.round_progress,
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
    found = [problem for rule in RULES for problem in rule(sheets) if sheets.keep(problem)]
    places = sheets.places()

    def order(problem: Problem) -> tuple[int, int, int]:
        table, column = places[problem.table, problem.column]
        return table, problem.row, column

    found.sort(key=order)
    return [sheets.issue(one) for one in found if table_names is None or one.table in table_names]
