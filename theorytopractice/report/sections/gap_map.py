"""What is known and not done, and what is done and not known?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from theorytopractice import charts
from theorytopractice.assessment.encode import NO_THEME
from theorytopractice.html import Part, chart, joined, quiet, section, table, tag
from theorytopractice.i18n import say, say_n, say_number, say_share
from theorytopractice.model.labels import name_of
from theorytopractice.report import formatting
from theorytopractice.report.summary_line import link, who

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from typing import Any

    from markupsafe import Markup

    from theorytopractice.report.data import ReportData


MOST_THEMES, MOST_NAMED = 20, 10


def render(data: ReportData) -> Part:
    """Themes by certainty, the findings that are known and not done, and those that run ahead of the evidence."""
    heading, mapped = say("What we know and do not do"), data.gap_map
    if not mapped["n"].sum():
        return section("knowing", heading, quiet(say("No finding is open.")))
    return section(
        "knowing",
        heading,
        _map(data, mapped),
        _gaps(data, mapped),
        _ahead(data, mapped),
        lead=sentence(mapped),
    )


def sentence(mapped: pd.DataFrame) -> str:
    """Count in one sentence what is known and not done, and what is done and not known."""
    gaps, ahead = (int(mapped[name].str.len().sum()) for name in ("know_do_gap", "ahead_of_evidence"))
    known = (
        say_n(
            "{n:,} finding is known with high or moderate certainty and stands on the shelf, new ones included",
            "{n:,} findings are known with high or moderate certainty and stand on the shelf, new ones included",
            gaps,
        )
        if gaps
        else say("Nothing that is known with high or moderate certainty stands on the shelf")
    )
    done = (
        say_n(
            "{n:,} was carried out although its certainty is low or very low",
            "{n:,} were carried out although their certainty is low or very low",
            ahead,
        )
        if ahead
        else say("nothing was carried out of which the certainty is low or very low")
    )
    return say("{known}; {done}.", known=known, done=done)


def themes_to_draw(mapped: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of at most twenty themes: those with findings known and not done first, then the largest."""
    sizes = mapped.assign(
        gaps=mapped["know_do_gap"].str.len(), ahead=mapped["ahead_of_evidence"].str.len()
    ).groupby("theme", sort=False)[["gaps", "ahead", "n"]]
    ordered = sizes.sum().sort_values(["gaps", "ahead", "n"], ascending=False, kind="stable")
    place = {theme: at for at, theme in enumerate(ordered.index[:MOST_THEMES])}
    kept = mapped[mapped["theme"].isin(place)]
    return kept.sort_values("theme", key=lambda theme: theme.map(place), kind="stable").reset_index(drop=True)


def _map(data: ReportData, mapped: pd.DataFrame) -> Markup:
    """Draw the map of the themes that matter most, with its numbers, and say how many are left out."""
    shown = themes_to_draw(mapped)
    heads = [
        say("Theme"),
        say("Certainty"),
        say("Open findings"),
        say("In practice"),
        say("Share in practice (95 % interval)"),
        say_n("On the shelf for over {n} day", "On the shelf for over {n} days", data.settings.new_grace),
        say("Known, not done"),
        say("Ahead of the evidence"),
    ]
    rows = [_cells(cell) for cell in shown[shown["n"] > 0].to_dict("records")]
    caption = say("Open findings by theme and certainty; what has no open finding is left out")
    picture = chart(
        charts.picture(charts.gap_map(shown)), table(caption, heads, rows, name="numbers"), is_wide=True
    )
    return joined([picture, _rest(mapped, shown)])


def _cells(cell: dict[Hashable, Any]) -> list[object]:
    """Return one cell of the map as a row of the table."""
    share = say(
        "{share} ({low} to {high})", **{name: say_share(cell[name]) for name in ("share", "low", "high")}
    )
    counts = [
        say_number(len(cell[name]) if isinstance(cell[name], list) else cell[name])
        for name in ("n", "in_practice", "shelved", "know_do_gap", "ahead_of_evidence")
    ]
    return [_theme(cell), name_of(cell["certainty"]), *counts[:2], share, *counts[2:]]


def _rest(mapped: pd.DataFrame, shown: pd.DataFrame) -> Markup | str:
    """Say how many themes are not drawn, and how many open findings they have."""
    n = mapped["theme"].nunique() - shown["theme"].nunique()
    if not n:
        return ""
    held = int(mapped["n"].sum() - shown["n"].sum())
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
    found = sorted(_names(mapped, "know_do_gap"), key=lambda one: (pd.isna(since[one[0]]), since[one[0]]))
    rows = [
        [
            _finding(data, finding_id),
            _theme(cell),
            name_of(cell["certainty"]),
            formatting.known_since(data, finding_id),
            who(data, finding_id),
        ]
        for finding_id, cell in found[:MOST_NAMED]
    ]
    heads = [say("Finding"), say("Theme"), say("Certainty"), say("Known since"), say("Who answers")]
    caption = say(
        "Known with high or moderate certainty, and on the shelf; the longest known first. "
        "Known since: recorded, or last revised in what it means"
    )
    none = say("Nothing that is known with high or moderate certainty stands on the shelf.")
    return _list(say("Known, not done"), caption, heads, rows, len(found), none)


def _ahead(data: ReportData, mapped: pd.DataFrame) -> Markup:
    """Name the findings that were carried out although little is certain of them."""
    stage = data.assessed.set_index("finding_id")["stage_name"]
    found = _names(mapped, "ahead_of_evidence")
    rows = [
        [
            _finding(data, finding_id),
            _theme(cell),
            name_of(cell["certainty"]),
            name_of(stage[finding_id]),
            who(data, finding_id),
        ]
        for finding_id, cell in found[:MOST_NAMED]
    ]
    heads = [say("Finding"), say("Theme"), say("Certainty"), say("Stage"), say("Who answers")]
    caption = say("Carried out, in practice or sustained, although the certainty is low or very low")
    none = say("Nothing was carried out of which the certainty is low or very low.")
    return _list(say("Ahead of the evidence"), caption, heads, rows, len(found), none)


def _list(  # noqa: PLR0913, PLR0917 - the words of one list
    heading: str, caption: str, heads: list[str], rows: Sequence[list[Any]], n: int, none: str
) -> Markup:
    """Return a list under its heading, with how many more there are; words where there is nothing."""
    if not rows:
        return joined([tag("h3", heading), quiet(none)])
    left = n - len(rows)
    more = say_n("{n:,} more finding.", "{n:,} more findings.", left) if left else ""
    return joined(
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


def _finding(data: ReportData, finding_id: str) -> Markup:
    return joined([link(finding_id), " ", data.statement(finding_id)])


def _theme(cell: dict[Hashable, Any]) -> str:
    return name_of(NO_THEME) if cell["theme"] == NO_THEME else str(cell["theme"])
