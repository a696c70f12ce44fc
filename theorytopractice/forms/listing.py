"""Which findings are listed? Searched, filtered, sorted, and a page at a time, however many there are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from theorytopractice.forms.answer import Answer
from theorytopractice.forms.controls import button, select
from theorytopractice.language import say, say_n
from theorytopractice.model.naming import name_of
from theorytopractice.model.values import folded
from theorytopractice.model.vocabularies import FindingKind, Stage
from theorytopractice.report import words
from theorytopractice.report.html import joined, mark, tag
from theorytopractice.report.status import status
from theorytopractice.report.waiting import is_urgent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.desk import Desk
    from theorytopractice.forms.overview import Entry

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
            and all(word in one.words for word in folded(self.text).split())
        )


ORDERS: dict[str, Callable[[Entry], object]] = {
    "id": lambda one: one.order,
    "statement": lambda one: one.words,
    "stage": lambda one: (-1 if one.stage is None else one.stage, one.order),
}


def found(desk: Desk) -> list[Entry]:
    """Return the findings that are looked for, in the order that was asked for."""
    query = desk.query
    every = desk.overview.entries()
    fitting = [one for one in every if query.fits(one)] if query.is_narrow else every
    if query.by == "id" and not query.is_down:
        return fitting
    return sorted(fitting, key=ORDERS[query.by], reverse=query.is_down)  # type: ignore[arg-type]


def renew(desk: Desk, message: Message) -> Answer:
    """Look for what the search and the filters say now."""
    typed, query = message.values(), desk.query
    text, stage, kind, theme, owner, flag = (typed.get(name, "") for name in ASKED)
    desk.query = Query(text, stage, kind, theme, owner, flag, query.by, query.is_down)
    return Answer({"results": results(desk)})


def turn(desk: Desk, message: Message) -> Answer:
    """Turn to another page."""
    page = message.facts.get("page")
    desk.query = replace(desk.query, page=page if isinstance(page, int) else 0)
    return Answer({"results": results(desk)}, focus="results-title")


def clear(desk: Desk, _: Message) -> Answer:
    """Look for nothing in particular any more."""
    desk.query = Query(by=desk.query.by, is_down=desk.query.is_down)
    return Answer({"list": panel(desk)}, focus="list-text")


def make_room(desk: Desk, finding_id: str) -> None:
    """Turn to the page on which a finding stands that has just come, and look for nothing in particular if it fits not."""
    entry = desk.overview.get(finding_id)
    if entry is not None and not desk.query.fits(entry):
        desk.query = Query(by=desk.query.by, is_down=desk.query.is_down)
    keys = [one.finding_id for one in found(desk)]
    if finding_id in keys:
        desk.query = replace(desk.query, page=keys.index(finding_id) // PAGE)


def sort(desk: Desk, message: Message) -> Answer:
    """Put the list in another order; the same one again turns it round."""
    by = message.text("by")
    if by in ORDERS:
        desk.query = replace(
            desk.query, by=by, is_down=by == desk.query.by and not desk.query.is_down, page=0
        )
    return Answer({"results": results(desk)}, focus=f"sort-{desk.query.by}")


def panel(desk: Desk) -> Markup:
    """Return the list with its search and its filters."""
    box = tag("input", type="search", id="list-text", name="text", value=desk.query.text, autocomplete="off")
    found = results(desk)
    return tag(
        "section",
        tag("h2", say("Findings"), id="list-title"),
        tag(
            "form",
            tag("div", tag("label", say("Search"), for_="list-text"), box, class_="field"),
            tag("div", filters(desk), class_="filters", data_part="filters"),
            data_do="list",
            data_live="",
            role="search",
            aria_label=say("Findings"),
        ),
        tag("div", found, data_part="results"),
        aria_labelledby="list-title",
    )


def filters(desk: Desk) -> Markup:
    """Return what the list can be narrowed by; of what can have moved and was not looked at, as it was."""
    every = desk.overview.known()
    owners = {name for one in every for name in one.owners or (NOBODY,)}
    flags = {flag for one in every for flag in one.flags}
    themes = {one.theme for one in every if one.theme}
    query = desk.query
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
            [(one, words.flag_in_words(one)) for one in words.FLAGS if one in flags],
        ),
    ]
    return joined(boxes)


def _owners(owners: Iterable[str]) -> list[tuple[str, str]]:
    named = sorted(set(owners) - {NOBODY})
    return [(NOBODY, name_of("nobody")), *((name, name) for name in named)]


def _filter(name: str, label: str, chosen: str, pairs: list[tuple[str, str]]) -> Markup:
    box = select(chosen, pairs, empty=say("all"), id=f"list-{name}", name=name)
    return tag("div", tag("label", label, for_=f"list-{name}"), box, class_="field")


def results(desk: Desk) -> Markup:
    """Return one page of the findings that are looked for."""
    fitting = found(desk)
    n = len(fitting)
    last = max((n - 1) // PAGE, 0)
    page = min(max(desk.query.page, 0), last)
    shown = fitting[page * PAGE : (page + 1) * PAGE]
    desk.listed = [one.finding_id for one in shown]
    count = say_n("{n:,} finding", "{n:,} findings", n)
    title = count if n <= PAGE else say("{findings}: {first:,} to {last:,}", findings=count, first=page * PAGE + 1,
                                        last=page * PAGE + len(shown))  # fmt: skip
    head = tag("thead", tag("tr", *(_head(desk, by, label) for by, label in _columns())))
    body = tag("tbody", *(_row(desk, one) for one in shown))
    return tag(
        "div",
        tag(
            "div",
            tag("p", title, id="results-title", tabindex="-1", class_="count", role="status"),
            button(say("Show all"), "list-clear", kind="plain") if desk.query.is_narrow else None,
            class_="found",
        ),
        tag("table", head, body, class_="findings")
        if shown
        else tag("p", say("No finding fits."), class_="none"),
        pages(page, last) if last else None,
    )


def _columns() -> list[tuple[str, str]]:
    return [("id", say("No.")), ("statement", say("Finding")), ("stage", say("Stage"))]


def _head(desk: Desk, by: str, label: str) -> Markup:
    query = desk.query
    order = ("descending" if query.is_down else "ascending") if query.by == by else None
    arrow = {"ascending": " ↑", "descending": " ↓", None: ""}[order]
    inside = tag("button", label, tag("span", arrow, aria_hidden="true"), type="button", id=f"sort-{by}", class_="sort",
                 data_do="sort", data_with=f'{{"by":"{by}"}}')  # fmt: skip
    return tag("th", inside, scope="col", aria_sort=order)


def lines(desk: Desk) -> dict[str, Markup]:
    """Return the lines of the list as they are now, each a part of the page; whatever is listed stays listed.

    Of findings that another one's change can have moved, the line waits until the list is asked for again.
    """
    found = ((key, desk.overview.get(key)) for key in _settled(desk))
    return {f"line:{key}": joined(_cells(one)) for key, one in found if one is not None}


def is_there(desk: Desk) -> bool:
    """Tell whether whatever is listed is still there."""
    rows = desk.plan.look(lambda records: records.where("finding", finding_id=tuple(desk.listed)))
    return len(rows) == len(desk.listed) and all(map(desk.overview.get, _settled(desk)))


def _settled(desk: Desk) -> list[str]:
    """Return those of the list that do not wait to be looked at again."""
    return [key for key in desk.listed if not desk.overview.waits(key)]


def _row(desk: Desk, one: Entry) -> Markup:
    """Return a finding as a line."""
    is_chosen = one.finding_id == desk.finding_id
    return tag(
        "tr", *_cells(one), data_part=f"line:{one.finding_id}", aria_current="true" if is_chosen else None
    )


def _cells(one: Entry) -> tuple[Markup, ...]:
    """Return number, statement, stage and what stands out of a finding."""
    pick = button(one.statement, "choose", kind="link", finding=one.finding_id)
    flags = [words.flag_in_words(flag) for flag in words.FLAGS if flag in one.flags and flag != "new"][
        :MOST_FLAGS
    ]
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
