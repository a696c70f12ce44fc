"""Of which parts does the report consist? Each part is HTML with its words, made from an assessment."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from theorytopractice import charts
from theorytopractice.assessment.assess import assess
from theorytopractice.charts.tally import tally
from theorytopractice.model.vocabularies import Knowledge, Stage
from theorytopractice.report import words
from theorytopractice.report.decisions import Decision, decisions
from theorytopractice.report.html import Part, mark, safe, table
from theorytopractice.report.status import Status, status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from theorytopractice.errors import Issue
    from theorytopractice.model.settings import Settings

MOST_DECISIONS = 7
MOST_OWNERS = 3
TITLE = "From findings to practice"
KNOWN = {Knowledge.THEN: "as it was known on that day", Knowledge.RESTATED: "as it is known today"}


class Reportable(Protocol):
    """What the report asks of a plan: its tables, settings, checks and fingerprint."""

    @property
    def settings(self) -> Settings:
        """The plan's choices."""

    def __getitem__(self, table: str, /) -> pd.DataFrame:
        """Return a table."""

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the tables."""

    def __len__(self) -> int:
        """Return the number of tables."""

    def check(self, today: date | None = None) -> Sequence[Issue]:
        """Return what is wrong or doubtful in the plan on a day."""

    def fingerprint(self) -> str:
        """Return a hash of the plan's content."""


class Page:
    """The report on one plan, for one day; every part is worked out when it is first shown.

    Args:
        plan: the plan.
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` or ``restated`` (method, T3).
    """

    def __init__(
        self, plan: Reportable, *, as_of: date | str | None = None, knowledge: str = Knowledge.THEN
    ) -> None:
        """Assess the plan."""
        self._plan = plan
        self._tables = {name: plan[name] for name in plan}
        self._knowledge = Knowledge(knowledge)
        self.assessed = assess(self._tables, as_of=as_of, knowledge=knowledge)
        self._day = date.fromisoformat(self.assessed.attrs["as_of"])
        self._counts = tally(self.assessed)

    @cached_property
    def masthead(self) -> Part:
        """The title, the day, and how things stand in one sentence."""
        title = self._plan.settings.title or TITLE
        day = words.day_in_words(self._day)
        said = words.verdict(self._counts, self._plan.settings.new_grace)
        html = (
            f'<header class="masthead"><p class="kicker">Findings into practice · as of <time datetime="{self._day}">'
            f'{day}</time></p><h1>{safe(title)}</h1><p class="verdict">{safe(said)}</p></header>'
        )
        return Part(html, f"{title}\nas of {day}\n{said}")

    @cached_property
    def decisions(self) -> Part:
        """The findings that need a decision, gravest first, at most seven."""
        found = decisions(self._tables, self.assessed, knowledge=self._knowledge)
        if not found:
            return Part(
                '<p class="none">Nothing needs a decision today.</p>', "Nothing needs a decision today."
            )
        left = len(found) - MOST_DECISIONS
        more = (
            f"{words.counted(left, 'more finding')} to decide on: marked ▲ in the table of every finding."
            if left > 0
            else ""
        )
        items = "".join(_decision(one) for one in found[:MOST_DECISIONS])
        after = f'<p class="more">{safe(more)}</p>' if more else ""
        lines = [
            f"{one.finding_id} {words.DECISIONS[one.reason][0]}: {one.statement}"
            for one in found[:MOST_DECISIONS]
        ]
        return Part(f'<ol class="decisions">{items}</ol>{after}', "\n".join([*lines, more]).strip())

    @cached_property
    def ladder(self) -> Part:
        """The six stages as bars, with the table of their numbers."""
        picture = charts.picture(charts.ladder(self.assessed))
        rows = [
            [safe(stage), f"{number:,}"]
            for stage, number in reversed(list(zip(Stage, self._counts.stages, strict=True)))
        ]
        rows += [["closed (not counted)", f"{self._counts.closed:,}"]]
        numbers = table("Open findings by stage", ["Stage", "Findings"], rows, name="numbers")
        return Part(
            f"{picture.html()}<details><summary>The same as a table</summary>{numbers}</details>",
            picture.words,
        )

    @cached_property
    def findings(self) -> Part:
        """Every finding of the plan: what it says, its stage, and what stands out; the most urgent first."""
        rows = sorted(self._rows(), key=lambda row: list(Status).index(row[0]))
        if not rows:
            return Part('<p class="none">The plan has no finding yet.</p>', "The plan has no finding yet.")
        key = " ".join(mark(one) for one in Status)
        heads = ["Finding", "Stage", "What stands out", "Kind"]
        caption = f"{words.counted(len(rows), 'finding')}, the most urgent first"
        html = f'<p class="key">{key}</p>' + table(
            caption, heads, (cells for _, cells, _ in rows), name="findings"
        )
        return Part(html, "\n".join(line for _, _, line in rows))

    def _rows(self) -> Iterator[tuple[Status, list[str], str]]:
        """Yield the status, cells and line of every finding that is in the plan on the day."""
        findings = self._tables["finding"].set_index("finding_id")
        known = self.assessed["disposition"] != "unknown"
        for row in self.assessed[known].to_dict("records"):
            finding = findings.loc[row["finding_id"]]
            flags, is_open = row["flags"], row["disposition"] == "open"
            stage = int(row["stage"]) if is_open else None
            sort = status(row["disposition"], stage, row["headline"], flags, str(finding["certainty"]))
            stands = [words.flag_in_words(flag) for flag in sorted(flags, key=_gravity)]
            where = str(row["stage_name"] if is_open else row["disposition"])
            cells = [
                f'<span class="id">{safe(row["finding_id"])}</span> {safe(finding["statement"])}',
                mark(sort, where),
                _stands(stands),
                safe(row["kind"]),
            ]
            yield sort, cells, f"{row['finding_id']} {where} ({sort.word}): {finding['statement']}"

    @cached_property
    def footer(self) -> Part:
        """From what the report was made: day, zone, settings, content hash, warnings."""
        settings = self._plan.settings
        changed = settings.changed()
        own = ", ".join(f"{name} = {value}" for name, value in changed.items())
        n_warnings = sum(not issue.is_error for issue in self._plan.check(self._day))
        facts = {
            "As of": f"{words.day_in_words(self._day)} (inclusive), {KNOWN[self._knowledge]}",
            "Time zone": settings.zone,
            "Settings": f"{own}; the others are the default" if own else "all are the default",
            "Validation": words.counted(n_warnings, "warning") if n_warnings else "no warnings",
            "Plan": f"content hash {self._plan.fingerprint()}",
        }
        items = "".join(
            f"<div><dt>{safe(name)}</dt><dd>{safe(fact)}</dd></div>" for name, fact in facts.items()
        )
        note = "A stage is computed from dated facts, never typed in; agreeing is not doing, and doing is not effect."
        text = "\n".join(f"{name}: {fact}" for name, fact in facts.items())
        return Part(f'<footer><p>{note}</p><dl class="facts">{items}</dl></footer>', f"{text}\n{note}")


def _gravity(flag: str) -> int:
    known = list(words.FLAGS)
    return known.index(flag) if flag in known else len(known)


def _stands(flags: list[str]) -> str:
    """Return flags as a list of short lines."""
    items = "".join(f"<li>{safe(flag)}</li>" for flag in flags)
    return f'<ul class="flags">{items}</ul>' if items else '<span class="quiet">nothing</span>'


def _decision(one: Decision) -> str:
    """Return one decision as an item of the list."""
    what, asked = words.DECISIONS[one.reason]
    when = "due" if one.reason == "overdue" else "since"
    since = f' <span class="since">{when} {words.day_in_words(one.since)}</span>' if one.since else ""
    named = ", ".join(one.owners[:MOST_OWNERS]) or "nobody"
    more = f" and {len(one.owners) - MOST_OWNERS} more" if len(one.owners) > MOST_OWNERS else ""
    return (
        f'<li><p class="why">{mark(Status.ACT, what)}{since}</p>'
        f'<p class="what"><span class="id">{safe(one.finding_id)}</span> {safe(one.statement)}</p>'
        f"<dl><div><dt>Who</dt><dd>{safe(named + more)}</dd></div>"
        f"<div><dt>Asked</dt><dd>{safe(asked)}</dd></div></dl></li>\n"
    )
