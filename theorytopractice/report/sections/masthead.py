"""How does the report open, and from what was it made?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.assessment.assess import not_yet_text
from theorytopractice.html import Part, joined, tag, terms
from theorytopractice.i18n import message, say, say_day, say_n, say_names
from theorytopractice.i18n import tag as tag_of_language
from theorytopractice.model.vocabularies import Knowledge
from theorytopractice.report import formatting

if TYPE_CHECKING:
    from theorytopractice.report.data import ReportData


TITLE = message("From findings to practice")
NOTE = message(
    "A stage is computed from dated facts, never typed in; agreeing is not doing, and doing is not effect."
)
KNOWN = {
    Knowledge.THEN: message("as it was known on that day"),
    Knowledge.RESTATED: message("as it is known today"),
}


def render_masthead(data: ReportData) -> Part:
    """The title, the day, and how things stand in one sentence."""
    day = tag("time", say("as of {day}", day=say_day(data.day)), datetime=data.day)
    kicker = joined([say("Findings into practice"), " · ", day])
    scope = data.scope.words()
    return Part(
        tag(
            "header",
            tag("p", kicker, class_="kicker"),
            tag("h1", data.settings.title or say(TITLE)),
            tag("p", scope, class_="scope") if scope else None,
            tag("p", formatting.verdict(data.counts, data.settings.new_grace), class_="verdict"),
            *(
                tag("p", text, class_="said")
                for text in [not_yet_text(data.assessed.attrs["not_yet"])]
                if text
            ),
            class_="masthead",
            lang=tag_of_language(),
        )
    )


def render_footer(data: ReportData) -> Part:
    """From what the report was made: day, zone, settings, content hash, warnings."""
    return Part(tag("footer", tag("p", say(NOTE)), terms(facts(data), name="facts")))


def facts(data: ReportData) -> list[tuple[str, object]]:
    """Name what a view was made from."""
    n = sum(not issue.is_error for issue in data.issues)
    known, since = KNOWN[data.knowledge], say_day(data.since)
    return [
        (say("As of"), say("{day} ({known})", day=say_day(data.day), known=say(known))),
        (
            say("Last report"),
            since
            if data.is_period_given
            else say("none was named; movement is shown since {day}", day=since),
        ),
        (say("Findings"), data.scope.words() or say("all of the plan")),
        (say("Time zone"), data.settings.zone),
        (say("Settings"), _settings(data)),
        (say("Validation"), say_n("{n:,} warning", "{n:,} warnings", n) if n else say("no warnings")),
        (say("Content hash of the plan"), tag("code", data.plan.fingerprint())),
    ]


def _settings(data: ReportData) -> str:
    """Name every setting that differs from its default."""
    changed = data.settings.differences()
    if not changed:
        return say("every threshold is the default of the method")
    named = say_names(f"{name} = {_plain(value)}" for name, value in changed.items())
    return say("{named}; every other threshold is the default of the method", named=named)


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
