"""Where do we know and not do, where do we do without knowing, and what do we not know?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice import charts
from theorytopractice.assessment.assess import gap_counts, gravest_themes
from theorytopractice.assessment.data_gaps import GAPS, Gap
from theorytopractice.assessment.encode import NO_THEME
from theorytopractice.assessment.figures import share_text
from theorytopractice.html import Part, annex, chart, join, quiet, table, tag
from theorytopractice.i18n import say, say_duration, say_n, say_number, say_short_day
from theorytopractice.model.labels import name_of
from theorytopractice.report.marks import finding_html
from theorytopractice.report.sentences import known_since, link, who

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from typing import Any

    from markupsafe import Markup

    from theorytopractice.report.data import ReportData


MOST_THEMES, MOST_NAMED = 20, 10


def render_knowing(data: ReportData) -> Part:
    """Themes by certainty, the findings that are known and not done, and those that run ahead of the evidence."""
    heading, mapped = say("What we know and do not do"), data.gap_map
    if not mapped["n"].sum():
        return annex("knowing", heading, quiet(say("No finding is open.")))
    return annex(
        "knowing",
        heading,
        _map(data, mapped),
        _gaps(data, mapped),
        _ahead(data, mapped),
        lead=sentence(mapped),
    )


def sentence(mapped: pd.DataFrame) -> str:
    """Count in one sentence what is known and not done, and what is done and not known."""
    counts = gap_counts(mapped)
    known = (
        say_n(
            "{n:,} finding is known with high or moderate certainty and stands on the shelf, new ones included",
            "{n:,} findings are known with high or moderate certainty and stand on the shelf, new ones included",
            counts.gaps,
        )
        if counts.gaps
        else say("Nothing that is known with high or moderate certainty stands on the shelf")
    )
    done = (
        say_n(
            "{n:,} was carried out although its certainty is low or very low",
            "{n:,} were carried out although their certainty is low or very low",
            counts.ahead,
        )
        if counts.ahead
        else say("nothing was carried out of which the certainty is low or very low")
    )
    return say("{known}; {done}.", known=known, done=done)


def _map(data: ReportData, mapped: pd.DataFrame) -> Markup:
    """Draw the map of the themes that matter most, with its numbers, and say how many are left out."""
    drawn = gravest_themes(mapped, MOST_THEMES)
    heads = [
        say("Theme"),
        say("Certainty"),
        say("Open findings"),
        say("In practice"),
        say("Share in practice (95% interval)"),
        say_n("On the shelf for over {n} day", "On the shelf for over {n} days", data.settings.new_grace),
        say("Known, not done"),
        say("Ahead of the evidence"),
    ]
    rows = [_cells(cell) for cell in drawn[drawn["n"] > 0].to_dict("records")]
    caption = say("Open findings by theme and certainty; what has no open finding is left out")
    picture = chart(
        charts.picture(charts.gap_map(drawn)), table(caption, heads, rows, name="numbers"), is_wide=True
    )
    return join([picture, _rest(mapped, drawn)])


def _cells(cell: dict[Hashable, Any]) -> list[object]:
    """Return one cell of the map as a row of the table."""
    counts = [
        say_number(len(cell[name]) if isinstance(cell[name], list) else cell[name])
        for name in ("n", "in_practice", "shelved", "know_do_gap", "ahead_of_evidence")
    ]
    return [
        _theme(cell),
        name_of(cell["certainty"]),
        *counts[:2],
        share_text(cell["share"], cell["low"], cell["high"]),
        *counts[2:],
    ]


def _rest(mapped: pd.DataFrame, drawn: pd.DataFrame) -> Markup | str:
    """Say how many themes are not drawn, and how many open findings they have."""
    n = mapped["theme"].nunique() - drawn["theme"].nunique()
    if not n:
        return ""
    held = int(mapped["n"].sum() - drawn["n"].sum())
    words = say_n(
        "{n:,} more theme is not drawn; open findings in it: {held}.",
        "{n:,} more themes are not drawn; open findings in them: {held}.",
        n,
        held=say_number(held),
    )
    return tag("p", words, class_="more")


def _gaps(data: ReportData, mapped: pd.DataFrame) -> Markup:
    """Name the findings that are known and stand on the shelf, the longest known first."""
    since = data.standing["counted_from"]
    findings = sorted(
        _names(mapped, "know_do_gap"), key=lambda pair: (pd.isna(since[pair[0]]), since[pair[0]])
    )
    rows = [
        [
            finding_html(data, finding_id),
            _theme(cell),
            name_of(cell["certainty"]),
            known_since(data, finding_id),
            who(data.answers(finding_id)),
        ]
        for finding_id, cell in findings[:MOST_NAMED]
    ]
    heads = [say("Finding"), say("Theme"), say("Certainty"), say("Known since"), say("Who answers")]
    caption = say(
        "Known with high or moderate certainty, and on the shelf; the longest known first. "
        "Known since: recorded, or last revised in what it means"
    )
    none = say("Nothing that is known with high or moderate certainty stands on the shelf.")
    return _named_list(say("Known, not done"), caption, heads, rows, len(findings), none)


def _ahead(data: ReportData, mapped: pd.DataFrame) -> Markup:
    """Name the findings that were carried out although little is certain of them."""
    stage = data.assessed.set_index("finding_id")["stage_name"]
    findings = _names(mapped, "ahead_of_evidence")
    rows = [
        [
            finding_html(data, finding_id),
            _theme(cell),
            name_of(cell["certainty"]),
            name_of(stage[finding_id]),
            who(data.answers(finding_id)),
        ]
        for finding_id, cell in findings[:MOST_NAMED]
    ]
    heads = [say("Finding"), say("Theme"), say("Certainty"), say("Stage"), say("Who answers")]
    caption = say("Carried out, in practice or sustained, although the certainty is low or very low")
    none = say("Nothing was carried out of which the certainty is low or very low.")
    return _named_list(say("Ahead of the evidence"), caption, heads, rows, len(findings), none)


def _named_list(  # noqa: PLR0913, PLR0917 - the words of one list
    heading: str, caption: str, heads: list[str], rows: Sequence[list[Any]], n: int, none: str
) -> Markup:
    """Return a list under its heading, with how many more there are; words where there is nothing."""
    if not rows:
        return join([tag("h3", heading), quiet(none)])
    left = n - len(rows)
    more = say_n("{n:,} more finding.", "{n:,} more findings.", left) if left else ""
    return join(
        [
            tag("h3", heading),
            table(caption, heads, rows),
            *([tag("p", more, class_="more")] if more else []),
        ]
    )


def _names(mapped: pd.DataFrame, column: str) -> list[tuple[str, dict[Hashable, Any]]]:
    """Return every finding of a column of lists with the cell that it is in."""
    held = mapped[mapped[column].str.len() > 0].to_dict("records")
    return [(finding_id, cell) for cell in held for finding_id in cell[column]]


def _theme(cell: dict[Hashable, Any]) -> str:
    return name_of(NO_THEME) if cell["theme"] == NO_THEME else str(cell["theme"])


MOST_LINKS, MOST_SILENT = 12, 10


def render_unknowns(data: ReportData) -> Part:
    """What is not known, the gravest for trust first, and the findings of which nothing was heard for longest."""
    return annex(
        "unknowns",
        say("What we do not know"),
        _unknowns(data),
        tag("h3", say("The longest silence")),
        _silence(data),
        lead=say("What nobody can say yet, and what that means; the gravest for trust first."),
    )


def _unknowns(data: ReportData) -> Markup:
    """List everything that may not be known; what there is nothing of says so."""
    heads = [say("What is not known"), say("How many"), say("In these findings")]
    caption = say("What is not known in the open findings; a finding may stand in several rows")
    counted = data.data_gaps.to_dict("records")
    rows = [
        [_name(gap), _count(gap, row["n"], row["of"]), _links(row["finding_ids"])]
        for gap, row in zip(GAPS, counted, strict=True)
    ]
    return table(caption, heads, rows, name="unknowns")


def _name(gap: Gap) -> Markup:
    return join([tag("b", gap.label_text), tag("span", gap.meaning_text, class_="meaning")], " ")


def _count(gap: Gap, n: int, of: int) -> str:
    whole = gap.whole_text(of)
    if not n:
        return say("nothing, of {whole}", whole=whole)
    return say("{part} of {whole}", part=say_number(n), whole=whole)


def _links(finding_ids: list[str]) -> Markup:
    """Return the findings as links, at most twelve."""
    named = join((link(finding_id) for finding_id in finding_ids[:MOST_LINKS]), " ")
    left = len(finding_ids) - MOST_LINKS
    if left <= 0:
        return named
    return join([named, " ", say_n("and {n:,} more", "and {n:,} more", left)])


def _silence(data: ReportData) -> Markup:
    """List the ten open findings of which nothing was heard for longest."""
    frame = data.staleness
    if frame.empty:
        return quiet(say("No finding is open."))
    rows = [
        [
            finding_html(data, row["finding_id"]),
            say_duration(row["days"]),
            say("nothing since it was recorded")
            if pd.isna(row["newest_on"])
            else say_short_day(row["newest_on"].date()),
        ]
        for row in frame.head(MOST_SILENT).to_dict("records")
    ]
    heads = [say("Finding"), say("Silent for"), say("Last heard of")]
    caption = say(
        "Open findings by the time since the newest event, measurement or evidence of them, their actions or "
        "indicators; the longest first"
    )
    left = len(frame) - len(rows)
    more = say_n("{n:,} more open finding is not listed.", "{n:,} more open findings are not listed.", left)
    return join([table(caption, heads, rows), *([tag("p", more, class_="more")] if left else [])])
