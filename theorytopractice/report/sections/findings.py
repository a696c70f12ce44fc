"""What became of every finding: what was learned, what is done about it, by what we shall know, and where it stands?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.html import Part, Status, joined, mark, quiet, section, tag
from theorytopractice.i18n import message, say, say_n
from theorytopractice.report import formatting
from theorytopractice.report.finding_cards import Cards

if TYPE_CHECKING:
    from theorytopractice.report.data import ReportData


LEAD = message("What was learned, what is done about it, and by what we shall know; the most urgent first.")


def render(data: ReportData) -> Part:
    """Every finding of the plan, the most urgent first."""
    heading, lead = say("Every finding"), say(LEAD)
    cards = sorted(Cards(data).each(), key=lambda card: list(Status).index(card.status))
    if not cards:
        return section("findings", heading, quiet(say("The plan has no finding yet.")))
    key = tag("p", joined((mark(one) for one in Status), " "), class_="key")
    n, closed = formatting.findings(len(cards)), sum(card.status is Status.CLOSED for card in cards)
    counted = (
        say_n("{findings}, {n:,} of them closed.", "{findings}, {n:,} of them closed.", closed, findings=n)
        if closed
        else say("{findings}.", findings=n)
    )
    count = tag("p", counted, class_="count")
    body = tag(
        "div",
        *(card.html for card in cards),
        class_="cards",
        data_find=say("Find in these findings"),
        data_found=say("{n} shown", n="{n}"),
    )
    return section("findings", heading, key, count, body, lead=lead)
