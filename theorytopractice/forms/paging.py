"""Which rows of a long table are shown? A page of them, with the ways to the others, so that each can be reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from theorytopractice.forms.listing import pages
from theorytopractice.language import say
from theorytopractice.report.html import tag

if TYPE_CHECKING:
    from markupsafe import Markup

    from theorytopractice.forms.answer import Message
    from theorytopractice.forms.desk import Desk

MOST_ROWS = 200
TITLE = "rows-title"


@dataclass(slots=True)
class Turned:
    """Which page was turned to, and of which rows: the screen, what is chosen in it and what is looked for."""

    of: tuple[str, ...] = ()
    page: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """One page of ``n`` rows."""

    number: int
    n: int

    @classmethod
    def of(cls, desk: Desk, n: int) -> Page:
        """Return the page of the rows on the screen that was turned to; the first one of any others."""
        turned = desk.turned.page if desk.turned.of == _rows_of(desk) else 0
        return cls(min(max(turned, 0), _last(n)), n)

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


def turn(desk: Desk, message: Message) -> None:
    """Note to which page of the rows on the screen somebody turns."""
    page = message.facts.get("page")
    desk.turned = Turned(_rows_of(desk), page if isinstance(page, int) else 0)


def _rows_of(desk: Desk) -> tuple[str, ...]:
    """Say of what the rows on the screen are."""
    within = {"findings": (desk.finding_id, desk.tab), "owners": (desk.owner_text,)}
    return (desk.screen, *within.get(desk.screen, ()))


def _last(n: int) -> int:
    return max((n - 1) // MOST_ROWS, 0)
