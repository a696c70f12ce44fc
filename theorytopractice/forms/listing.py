"""Which findings are listed, and a page at a time, however many there are?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from theorytopractice.assessment.flags import flag_label, gravest_first
from theorytopractice.forms.answer import Answer
from theorytopractice.forms.controls import button, labelled, pages, range_title, select
from theorytopractice.forms.rows import download_line, stage_mark
from theorytopractice.forms.session import CLOSED, NOBODY, Query
from theorytopractice.html import join, tag
from theorytopractice.i18n import say, say_n
from theorytopractice.model.labels import label_of, name_of
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.vocabularies import FindingKind, Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.overview import Entry
    from theorytopractice.forms.session import Session


PAGE = 25


STAGES = list(map(str, Stage))
MAX_FLAGS = 2
FILTERS = ("text", "stage", "kind", "theme", "owner", "flag", "tag")


ORDERS: dict[str, Callable[[Entry], object]] = {
    "id": lambda entry: entry.order,
    "statement": lambda entry: entry.words,
    "stage": lambda entry: (-1 if entry.stage is None else entry.stage, entry.order),
}


def matching_findings(session: Session) -> list[Entry]:
    """Return the findings that are looked for, in the order that was asked for."""
    query = session.query
    entries = session.overview.entries()
    if query.is_filtered:
        entries = list(filter(query.matches, entries))
    if query.order_by == "id" and not query.is_descending:
        return entries
    return sorted(entries, key=ORDERS[query.order_by], reverse=query.is_descending)  # type: ignore[arg-type]


def filter_findings(session: Session, message: Message) -> Answer:
    """Look for what the search and the filters say now."""
    values, query = message.values(), session.query
    asked = {name: values.get(name, "") for name in FILTERS}
    session.query = replace(
        Query(order_by=query.order_by, is_descending=query.is_descending),
        **asked,  # type: ignore[arg-type]  # every filter is a text
    )
    return Answer({"results": results(session)})


def turn_page(session: Session, message: Message) -> Answer:
    """Turn to another page."""
    session.query = replace(session.query, page=message.number("page"))
    return Answer({"results": results(session)}, focus="results-title")


def clear_filters(session: Session, _: Message) -> Answer:
    """Look for nothing in particular any more."""
    _clear(session)
    return Answer({"list": panel(session)}, focus="list-text")


def _clear(session: Session) -> None:
    session.query = Query(order_by=session.query.order_by, is_descending=session.query.is_descending)


def scroll_to(session: Session, finding_id: str) -> None:
    """Turn to the page on which a finding stands that has just come, and look for nothing in particular if it fits not."""
    entry = session.overview.get(finding_id)
    if entry is not None and not session.query.matches(entry):
        _clear(session)
    keys = [match.finding_id for match in matching_findings(session)]
    if finding_id in keys:
        session.query = replace(session.query, page=keys.index(finding_id) // PAGE)


def sort_findings(session: Session, message: Message) -> Answer:
    """Put the list in another order; the same one again turns it round."""
    by, query = message.text("by"), session.query
    if by in ORDERS:
        is_descending = by == query.order_by and not query.is_descending
        session.query = replace(query, order_by=by, is_descending=is_descending, page=0)
    return Answer({"results": results(session)}, focus=f"sort-{session.query.order_by}")


def panel(session: Session) -> Markup:
    """Return the list with its search and its filters."""
    text = session.query.text
    box = tag("input", type="search", id="list-text", name="text", value=text, autocomplete="off")
    findings = results(session)  # before the filters, which show what was looked at
    return tag(
        "section",
        tag("h2", say("Findings"), id="list-title"),
        tag(
            "form",
            labelled(say("Search"), "list-text", box),
            tag("div", filters(session), class_="filters", data_part="filters"),
            data_do="list",
            data_live="",
            role="search",
            aria_label=say("Findings"),
        ),
        tag("div", findings, data_part="results"),
        aria_labelledby="list-title",
    )


def filters(session: Session) -> Markup:
    """Return what the list can be narrowed by; of what can have moved and was not looked at, as it was."""
    entries = session.overview.last_entries()
    owners = {name for entry in entries for name in entry.owners}
    flags = {flag for entry in entries for flag in entry.flags}
    tags = {comparable(word): word for entry in entries for word in entry.tags}
    themes = sorted({entry.theme for entry in entries if entry.theme})
    query = session.query
    choices = [
        ("stage", say("Stage"), query.stage, [*map(_word_pair, STAGES), (CLOSED, say("closed"))]),
        ("kind", say("Kind"), query.kind, [_word_pair(str(kind)) for kind in FindingKind]),
        ("theme", say("Theme"), query.theme, [(theme, theme) for theme in themes]),
        (
            "owner",
            say("Owner"),
            query.owner,
            [(NOBODY, name_of("nobody")), *((name, name) for name in sorted(owners))],
        ),
        ("flag", say("Flag"), query.flag, [(name, flag_label(name)) for name in gravest_first(flags)]),
    ]
    if tags or query.tag:
        choices.insert(
            3,
            ("tag", label_of("finding", "tags"), query.tag, [(word, word) for word in sorted(tags.values())]),
        )
    return join(_filter(*choice) for choice in choices)


def _word_pair(word: str) -> tuple[str, str]:
    return word, name_of(word)


def _filter(name: str, label: str, text: str, pairs: list[tuple[str, str]]) -> Markup:
    box = select(text, pairs, empty=say("all"), id=f"list-{name}", name=name)
    return labelled(label, f"list-{name}", box)


def results(session: Session) -> Markup:
    """Return one page of the findings that are looked for."""
    entries = matching_findings(session)
    n = len(entries)
    last = max((n - 1) // PAGE, 0)
    page = min(max(session.query.page, 0), last)
    rows = entries[page * PAGE : (page + 1) * PAGE]
    session.listed_ids = [entry.finding_id for entry in rows]
    title = range_title(say_n("{n:,} finding", "{n:,} findings", n), page, len(rows), n, size=PAGE)
    columns = [("id", say("No.")), ("statement", say("Finding")), ("stage", say("Stage"))]
    head = tag("thead", tag("tr", *(_header(session, by, label) for by, label in columns)))
    body = tag("tbody", *(_row(session, entry) for entry in rows))
    return tag(
        "div",
        tag(
            "div",
            tag("p", title, id="results-title", tabindex="-1", class_="count", role="status"),
            button(say("Show all"), "list-clear", kind="plain") if session.query.is_filtered else None,
            download_line("findings", say("Findings")) if rows else None,
            class_="found",
        ),
        tag("table", head, body, class_="findings")
        if rows
        else tag("p", say("No finding fits."), class_="none"),
        pages(page, last) if last else None,
    )


def _header(session: Session, by: str, label: str) -> Markup:
    query = session.query
    order = ("descending" if query.is_descending else "ascending") if query.order_by == by else None
    arrow = {"ascending": " ↑", "descending": " ↓", None: ""}[order]
    sort = tag("button", label, tag("span", arrow, aria_hidden="true"), type="button", id=f"sort-{by}", class_="sort",
               data_do="sort", data_with=f'{{"by":"{by}"}}')  # fmt: skip
    return tag("th", sort, scope="col", aria_sort=order)


def line_parts(session: Session) -> dict[str, Markup]:
    """Return the lines of the list as they are now, each a part of the page; whatever is listed stays listed.

    Of findings that another one's change can have moved, the line waits until the list is asked for again.
    """
    entries = ((key, session.overview.get(key)) for key in _settled_ids(session))
    return {f"line:{key}": join(_cells(entry)) for key, entry in entries if entry is not None}


def has_all_findings(session: Session) -> bool:
    """Tell whether whatever is listed is still there."""
    ids = session.listed_ids
    rows = session.plan.look(lambda records: records.where("finding", finding_id=tuple(ids)))
    return len(rows) == len(ids) and all(map(session.overview.get, _settled_ids(session)))


def _settled_ids(session: Session) -> list[str]:
    """Return those of the list that do not wait to be looked at again."""
    return [key for key in session.listed_ids if not session.overview.is_pending(key)]


def _row(session: Session, entry: Entry) -> Markup:
    """Return a finding as a line."""
    current = "true" if entry.finding_id == session.finding_id else None
    return tag("tr", *_cells(entry), data_part=f"line:{entry.finding_id}", aria_current=current)


def _cells(entry: Entry) -> tuple[Markup, ...]:
    """Return number, statement, stage and what stands out of a finding."""
    choose = button(entry.statement, "choose", kind="link", finding=entry.finding_id)
    flags = [name for name in gravest_first(entry.flags) if name != "new"][:MAX_FLAGS]
    details = [name_of(entry.kind), entry.theme, ", ".join(entry.owners) or name_of("nobody")]
    small = tag("p", " · ".join(filter(None, details)), class_="small")
    return (
        tag("td", entry.finding_id, class_="id"),
        tag("th", choose, small, scope="row"),
        tag("td", stage_mark(entry), *(tag("p", flag_label(flag), class_="small") for flag in flags)),
    )
