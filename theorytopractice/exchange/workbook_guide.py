"""What does somebody have to know who fills a workbook in? The first sheet, and the comments on the columns' names."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from theorytopractice.i18n import message, say, say_day, say_names
from theorytopractice.model.fields import ValueType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from theorytopractice.model.fields import Field
    from theorytopractice.store.sources import Exported


HELD = {
    "owner": message("People and posts that can be held to account: one row each."),
    "finding": message("What was learned: an insight, a problem, a successful experience or a mechanism."),
    "action": message("What is to be done because of a finding, and by when."),
    "indicator": message("What is measured to see whether a finding took effect."),
    "finding_action": message("Which action serves which finding, and how."),
    "action_owner": message("Who answers for an action, who does it, who is asked and told."),
    "finding_indicator": message("By which indicator a finding is judged."),
    "finding_relation": message("Which finding came from which other one."),
    "event": message("What happened to a finding or an action, with its day: started, completed, accepted …"),
    "observation": message("The values of the indicators, each with its day."),
    "evidence": message("Dated proofs that something was done or is so."),
    "setting": message("What holds for the whole plan, such as its title and its language."),
}
"""What each sheet holds."""
HOW = (
    message(
        "Each sheet is a table, each row one record. Point at a column's name to read what belongs there."
    ),
    message("Add new rows below the last one, without a gap or with one."),
    message(
        "Leave the key (the first, darker column) of a new row empty, and the plan gives it the next free one. "
        "If another sheet is to name the new row, give it a key yourself, such as F-new-1."
    ),
    message(
        "A cell with an arrow has a list: the words that it may hold, or the keys of the rows of another sheet."
    ),
    message(
        "An orange cell must be filled, a yellow one should be. They are marked as soon as a row has anything in it."
    ),
    message(
        "Write dates and numbers as your program does. A date such as 2026-06-30 is understood everywhere."
    ),
    message(
        "You may sort, filter, hide, move and remove columns. Keep the names of the sheets and of the columns."
    ),
)
THEN = (
    message(
        "Save the workbook and send it back. Whoever keeps the plan takes it in: theorytopractice import PLAN WORKBOOK.xlsx. "
        "With --dry-run it is only said, cell by cell, what would change."
    ),
    message(
        "Each cell is compared with what it held when this workbook was written, and with the plan of today. If only you "
        "changed it, your text is taken. If only the plan was changed meanwhile, the plan's text stays."
    ),
    message("If both were changed, both texts are shown, and nothing is stored until somebody decides."),
    message(
        "An emptied cell erases nothing, and a deleted row, column or sheet removes nothing from the plan. They are listed."
    ),
    message(
        "A new due date of an action that is older than a day is recorded as moved today. The first date stays in sight."
    ),
)
WIDTHS = (20, 78, 10)


def write(book: Any, n_rows: Mapping[str, int], title: str, exported: Exported | None) -> None:  # noqa: ANN401
    """Write the sheet that explains the others.

    Args:
        book: the workbook, of XlsxWriter.
        n_rows: the number of rows of each table, in the order of the sheets.
        title: that of the plan.
        exported: the last change that the workbook knows of.
    """
    sheet = book.add_worksheet(say("Read me"))
    sheet.hide_gridlines(2)
    sheet.set_portrait()
    sheet.fit_to_pages(1, 0)
    for place, wide in enumerate(WIDTHS):
        sheet.set_column(place, place, wide)
    line = _text(book, sheet, title or say("A plan"), exported)
    head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
    for place, name in enumerate((say("Sheet"), say("What it holds"), say("Rows"))):
        sheet.write_string(line, place, name, head)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    link = book.add_format({"font_color": "#0563C1", "underline": 1, "valign": "top"})
    number = book.add_format({"num_format": "#,##0", "valign": "top"})
    for name in (one for one in n_rows if one in HELD):
        line += 1
        sheet.write_url(line, 0, f"internal:'{name}'!A1", link, name)
        sheet.write_string(line, 1, say(HELD[name]), wrapped)
        sheet.write_number(line, 2, n_rows[name], number)


def _text(book: Any, sheet: Any, title: str, exported: Exported | None) -> int:  # noqa: ANN401 - of XlsxWriter
    """Write title and paragraphs; return the first line below them."""
    large = book.add_format({"bold": True, "font_size": 16})
    bold = book.add_format({"bold": True, "font_size": 12})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_string(0, 0, title, large)
    line = 1
    if exported:
        day = say_day(datetime.fromisoformat(exported.made_at).date())
        sheet.write_string(line, 0, say("The plan as it was on {day}, to be filled in.", day=day))
    for heading, sentences in ((say("How to fill it in"), HOW), (say("What happens then"), THEN)):
        line += 2
        sheet.write_string(line, 0, heading, bold)
        for sentence in sentences:
            line += 1
            sheet.set_row(line, 15 * _lines(say(sentence)))  # a merged cell does not grow by itself
            sheet.merge_range(line, 0, line, len(WIDTHS) - 1, say(sentence), wrapped)
    return line + 2


def _lines(text: str) -> int:
    """Return over how many lines a sentence runs in the merged columns."""
    wide = sum(1 + (not sign.isascii()) for sign in text)
    return 1 + wide // (sum(WIDTHS) + 2)


EXPECTED = {
    ValueType.DATE: message("A date."),
    ValueType.INTEGER: message("A whole number."),
    ValueType.NUMBER: message("A number."),
    ValueType.TRUTH: message("TRUE or FALSE."),
    ValueType.CADENCE: message("A repeat, such as P30D, P2W, P1M or monthly."),
}


def comment(field: Field) -> str:
    """Return what stands beside a column's name: what people call it, what belongs there, and what empty means."""
    parts = [say(field.label), say(field.help)]
    if field.words:
        parts.append(say("One of: {words}.", words=say_names(field.words)))
    elif field.refers:
        parts.append(say("A key of the sheet {sheet}.", sheet=field.refers))
    elif field.type in EXPECTED:
        parts.append(say(EXPECTED[field.type]))
    if field.required:
        parts.append(say("Must be filled."))
    if field.default:
        parts.append(say("Empty means {default}.", default=field.default))
    return "\n".join(parts)
