"""How does the report open, and from what was it made?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.language import message, say, say_day, say_n, say_names
from theorytopractice.language import tag as tag_of_language
from theorytopractice.model.vocabularies import Knowledge
from theorytopractice.report import words
from theorytopractice.report.html import Part, joined, tag, terms

if TYPE_CHECKING:
    from theorytopractice.report.view import View

TITLE = message("From findings to practice")
NOTE = message(
    "A stage is computed from dated facts, never typed in; agreeing is not doing, and doing is not effect."
)
KNOWN = {
    Knowledge.THEN: message("as it was known on that day"),
    Knowledge.RESTATED: message("as it is known today"),
}


def masthead(view: View) -> Part:
    """The title, the day, and how things stand in one sentence."""
    day = tag("time", say("as of {day}", day=say_day(view.day)), datetime=view.day)
    kicker = joined([say("Findings into practice"), " · ", day])
    scope = view.choice.words()
    return Part(
        tag(
            "header",
            tag("p", kicker, class_="kicker"),
            tag("h1", view.settings.title or say(TITLE)),
            tag("p", scope, class_="scope") if scope else None,
            tag("p", words.verdict(view.counts, view.settings.new_grace), class_="verdict"),
            class_="masthead",
            lang=tag_of_language(),
        )
    )


def footer(view: View) -> Part:
    """From what the report was made: day, zone, settings, content hash, warnings."""
    return Part(tag("footer", tag("p", say(NOTE)), terms(facts(view), name="facts")))


def facts(view: View) -> list[tuple[str, object]]:
    """Name what a view was made from."""
    n = sum(not issue.is_error for issue in view.issues)
    known, since = KNOWN[view.knowledge], say_day(view.since)
    return [
        (say("As of"), say("{day} ({known})", day=say_day(view.day), known=say(known))),
        (
            say("Last report"),
            since
            if view.is_period_given
            else say("none was named; movement is shown since {day}", day=since),
        ),
        (say("Findings"), view.choice.words() or say("all of the plan")),
        (say("Time zone"), view.settings.zone),
        (say("Settings"), _settings(view)),
        (say("Validation"), say_n("{n:,} warning", "{n:,} warnings", n) if n else say("no warnings")),
        (say("Content hash of the plan"), tag("code", view.plan.fingerprint())),
    ]


def _settings(view: View) -> str:
    """Name every setting that differs from its default."""
    changed = view.settings.changed()
    if not changed:
        return say("every threshold is the default of the method")
    named = say_names(f"{name} = {_plain(value)}" for name, value in changed.items())
    return say("{named}; every other threshold is the default of the method", named=named)


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
