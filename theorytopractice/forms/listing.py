"""Which findings are listed, and a page at a time, however many there are?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from theorytopractice.assessment.decisions import is_urgent
from theorytopractice.forms.answer import Answer
from theorytopractice.forms.controls import button, select
from theorytopractice.html import joined, mark, status, tag
from theorytopractice.i18n import say, say_n
from theorytopractice.model.labels import name_of
from theorytopractice.model.values import fold
from theorytopractice.model.vocabularies import FindingKind, Stage
from theorytopractice.report import formatting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.overview import Entry
    from theorytopractice.forms.session import Session


PAGE = 25
NOBODY = "(nobody)"
CLOSED = "(closed)"
STAGES = list(map(str, Stage))
MOST_FLAGS = 2
ASKED = ("text", "stage", "kind", "theme", "owner", "flag")


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: words, filters, the order and the page."""

    text: str = ""
    stage: str = ""
    kind: str = ""
    theme: str = ""
    owner: str = ""
    flag: str = ""
    by: str = "id"
    is_down: bool = False
    page: int = 0

    @property
    def is_narrow(self) -> bool:
        """Whether anything is looked for in particular."""
        return any((self.text.strip(), self.stage, self.kind, self.theme, self.owner, self.flag))

    def fits(self, one: Entry) -> bool:
        """Tell whether a finding is one of those looked for."""
        return (
            (not self.stage or self.stage == (one.stage_name or CLOSED))
            and (not self.kind or self.kind == one.kind)
            and (not self.theme or self.theme == one.theme)
            and (not self.flag or self.flag in one.flags)
            and (not self.owner or self.owner in (one.owners or (NOBODY,)))
            and all(word in one.words for word in fold(self.text).split())
        )


ORDERS: dict[str, Callable[[Entry], object]] = {
    "id": lambda one: one.order,
    "statement": lambda one: one.words,
    "stage": lambda one: (-1 if one.stage is None else one.stage, one.order),
}


def matching_findings(session: Session) -> list[Entry]:
    """Return the findings that are looked for, in the order that was asked for."""
    query = session.query
    every = session.overview.entries()
    fitting = [one for one in every if query.fits(one)] if query.is_narrow else every
    if query.by == "id" and not query.is_down:
        return fitting
    return sorted(fitting, key=ORDERS[query.by], reverse=query.is_down)  # type: ignore[arg-type]


def renew(session: Session, message: Message) -> Answer:
    """Look for what the search and the filters say now."""
    typed, query = message.values(), session.query
    text, stage, kind, theme, owner, flag = (typed.get(name, "") for name in ASKED)
    session.query = Query(text, stage, kind, theme, owner, flag, query.by, query.is_down)
    return Answer({"results": results(session)})


def turn(session: Session, message: Message) -> Answer:
    """Turn to another page."""
    page = message.facts.get("page")
    session.query = replace(session.query, page=page if isinstance(page, int) else 0)
    return Answer({"results": results(session)}, focus="results-title")


def clear(session: Session, _: Message) -> Answer:
    """Look for nothing in particular any more."""
    session.query = Query(by=session.query.by, is_down=session.query.is_down)
    return Answer({"list": panel(session)}, focus="list-text")


def scroll_to(session: Session, finding_id: str) -> None:
    """Turn to the page on which a finding stands that has just come, and look for nothing in particular if it fits not."""
    entry = session.overview.get(finding_id)
    if entry is not None and not session.query.fits(entry):
        session.query = Query(by=session.query.by, is_down=session.query.is_down)
    keys = [one.finding_id for one in matching_findings(session)]
    if finding_id in keys:
        session.query = replace(session.query, page=keys.index(finding_id) // PAGE)


def sort(session: Session, message: Message) -> Answer:
    """Put the list in another order; the same one again turns it round."""
    by = message.text("by")
    if by in ORDERS:
        session.query = replace(
            session.query, by=by, is_down=by == session.query.by and not session.query.is_down, page=0
        )
    return Answer({"results": results(session)}, focus=f"sort-{session.query.by}")


def panel(session: Session) -> Markup:
    """Return the list with its search and its filters."""
    box = tag(
        "input", type="search", id="list-text", name="text", value=session.query.text, autocomplete="off"
    )
    found = results(session)
    return tag(
        "section",
        tag("h2", say("Findings"), id="list-title"),
        tag(
            "form",
            tag("div", tag("label", say("Search"), for_="list-text"), box, class_="field"),
            tag("div", filters(session), class_="filters", data_part="filters"),
            data_do="list",
            data_live="",
            role="search",
            aria_label=say("Findings"),
        ),
        tag("div", found, data_part="results"),
        aria_labelledby="list-title",
    )


def filters(session: Session) -> Markup:
    """Return what the list can be narrowed by; of what can have moved and was not looked at, as it was."""
    every = session.overview.known()
    owners = {name for one in every for name in one.owners or (NOBODY,)}
    flags = {flag for one in every for flag in one.flags}
    themes = {one.theme for one in every if one.theme}
    query = session.query
    stages = [(name, name_of(name)) for name in STAGES] + [(CLOSED, say("closed"))]
    boxes = [
        _filter("stage", say("Stage"), query.stage, stages),
        _filter("kind", say("Kind"), query.kind, [(str(kind), name_of(kind)) for kind in FindingKind]),
        _filter("theme", say("Theme"), query.theme, [(name, name) for name in sorted(themes)]),
        _filter("owner", say("Owner"), query.owner, _owners(owners)),
        _filter(
            "flag",
            say("Flag"),
            query.flag,
            [(one, formatting.flag_in_words(one)) for one in formatting.FLAGS if one in flags],
        ),
    ]
    return joined(boxes)


def _owners(owners: Iterable[str]) -> list[tuple[str, str]]:
    named = sorted(set(owners) - {NOBODY})
    return [(NOBODY, name_of("nobody")), *((name, name) for name in named)]


def _filter(name: str, label: str, chosen: str, pairs: list[tuple[str, str]]) -> Markup:
    box = select(chosen, pairs, empty=say("all"), id=f"list-{name}", name=name)
    return tag("div", tag("label", label, for_=f"list-{name}"), box, class_="field")


def results(session: Session) -> Markup:
    """Return one page of the findings that are looked for."""
    fitting = matching_findings(session)
    n = len(fitting)
    last = max((n - 1) // PAGE, 0)
    page = min(max(session.query.page, 0), last)
    shown = fitting[page * PAGE : (page + 1) * PAGE]
    session.listed = [one.finding_id for one in shown]
    count = say_n("{n:,} finding", "{n:,} findings", n)
    title = count if n <= PAGE else say("{findings}: {first:,} to {last:,}", findings=count, first=page * PAGE + 1,
                                        last=page * PAGE + len(shown))  # fmt: skip
    head = tag("thead", tag("tr", *(_head(session, by, label) for by, label in _columns())))
    body = tag("tbody", *(_row(session, one) for one in shown))
    return tag(
        "div",
        tag(
            "div",
            tag("p", title, id="results-title", tabindex="-1", class_="count", role="status"),
            button(say("Show all"), "list-clear", kind="plain") if session.query.is_narrow else None,
            class_="found",
        ),
        tag("table", head, body, class_="findings")
        if shown
        else tag("p", say("No finding fits."), class_="none"),
        pages(page, last) if last else None,
    )


def _columns() -> list[tuple[str, str]]:
    return [("id", say("No.")), ("statement", say("Finding")), ("stage", say("Stage"))]


def _head(session: Session, by: str, label: str) -> Markup:
    query = session.query
    order = ("descending" if query.is_down else "ascending") if query.by == by else None
    arrow = {"ascending": " ↑", "descending": " ↓", None: ""}[order]
    inside = tag("button", label, tag("span", arrow, aria_hidden="true"), type="button", id=f"sort-{by}", class_="sort",
                 data_do="sort", data_with=f'{{"by":"{by}"}}')  # fmt: skip
    return tag("th", inside, scope="col", aria_sort=order)


def lines(session: Session) -> dict[str, Markup]:
    """Return the lines of the list as they are now, each a part of the page; whatever is listed stays listed.

    Of findings that another one's change can have moved, the line waits until the list is asked for again.
    """
    found = ((key, session.overview.get(key)) for key in _settled(session))
    return {f"line:{key}": joined(_cells(one)) for key, one in found if one is not None}


def is_there(session: Session) -> bool:
    """Tell whether whatever is listed is still there."""
    rows = session.plan.look(lambda records: records.where("finding", finding_id=tuple(session.listed)))
    return len(rows) == len(session.listed) and all(map(session.overview.get, _settled(session)))


def _settled(session: Session) -> list[str]:
    """Return those of the list that do not wait to be looked at again."""
    return [key for key in session.listed if not session.overview.waits(key)]


def _row(session: Session, one: Entry) -> Markup:
    """Return a finding as a line."""
    is_chosen = one.finding_id == session.finding_id
    return tag(
        "tr", *_cells(one), data_part=f"line:{one.finding_id}", aria_current="true" if is_chosen else None
    )


def _cells(one: Entry) -> tuple[Markup, ...]:
    """Return number, statement, stage and what stands out of a finding."""
    pick = button(one.statement, "choose", kind="link", finding=one.finding_id)
    flags = [
        formatting.flag_in_words(flag) for flag in formatting.FLAGS if flag in one.flags and flag != "new"
    ][:MOST_FLAGS]
    small = " · ".join(
        filter(None, [name_of(one.kind), one.theme, ", ".join(one.owners) or name_of("nobody")])
    )
    return (
        tag("td", one.finding_id, class_="id"),
        tag("th", pick, tag("p", small, class_="small"), scope="row"),
        tag("td", stage_mark(one), *(tag("p", flag, class_="small") for flag in flags)),
    )


def stage_mark(one: Entry) -> Markup:
    """Return the stage of a finding in words, with the shape and colour of its status."""
    found = status(one.disposition, one.stage, one.flags, is_waiting=is_urgent(one.flags))
    return mark(found, name_of(one.place))


def pages(page: int, last: int, do: str = "page") -> Markup:
    """Return the ways to the other pages."""
    before = button(say("Previous"), do, page=page - 1) if page else None
    after = button(say("Next"), do, page=page + 1) if page < last else None
    place = tag("span", say("Page {page} of {pages}", page=page + 1, pages=last + 1))
    return tag("nav", before, place, after, class_="pages", aria_label=say("Pages"))


MOST_ROWS = 200
TITLE = "rows-title"


@dataclass(slots=True)
class PageNumbers:
    """Which page was turned to, and of which rows: the screen, what is chosen in it and what is looked for."""

    of: tuple[str, ...] = ()
    page: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """One page of ``n`` rows."""

    number: int
    n: int

    @classmethod
    def of(cls, session: Session, n: int) -> Page:
        """Return the page of the rows on the screen that was turned to; the first one of any others."""
        page_numbers = session.page_numbers.page if session.page_numbers.of == _rows_of(session) else 0
        return cls(min(max(page_numbers, 0), _last(n)), n)

    @property
    def rows(self) -> slice:
        """Which rows these are."""
        return slice(self.number * MOST_ROWS, min((self.number + 1) * MOST_ROWS, self.n))

    def around(self, shown: Markup) -> Markup:
        """Return the rows; with how many there are and the ways to the others where these are not all."""
        if self.n <= MOST_ROWS:
            return shown
        told = say("{first:,} to {last:,} of {n:,}", first=self.rows.start + 1, last=self.rows.stop, n=self.n)
        title = tag("p", told, id=TITLE, tabindex="-1", class_="count", role="status")
        return tag("div", title, shown, pages(self.number, _last(self.n), "rows-page"))


def turn_page(session: Session, message: Message) -> None:
    """Note to which page of the rows on the screen somebody turns."""
    page = message.facts.get("page")
    session.page_numbers = PageNumbers(_rows_of(session), page if isinstance(page, int) else 0)


def _rows_of(session: Session) -> tuple[str, ...]:
    """Say of what the rows on the screen are."""
    within = {"findings": (session.finding_id, session.tab), "owners": (session.owner_text,)}
    return (session.screen, *within.get(session.screen, ()))


def _last(n: int) -> int:
    return max((n - 1) // MOST_ROWS, 0)
