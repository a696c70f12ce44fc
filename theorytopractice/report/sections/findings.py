"""What became of every finding: we learned that …, so we will …; we shall know by …; and where does it stand?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from theorytopractice.assessment.decisions import Status, status
from theorytopractice.assessment.flags import flag_label, gravest_first
from theorytopractice.assessment.stage_line import stage_line
from theorytopractice.assessment.verdict_words import claims_text
from theorytopractice.html import Part, anchor, annex, join, mark, quiet, tag, with_links
from theorytopractice.i18n import PARTS, message, say, say_in_turn, say_n
from theorytopractice.model.labels import label_of, name_of
from theorytopractice.model.vocabularies import ActionRole
from theorytopractice.report import sentences
from theorytopractice.report.marks import Pictures
from theorytopractice.report.sentences import cadence, rule_line

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from markupsafe import Markup

    from theorytopractice.report.data import ReportData

    Row = Mapping[Hashable, Any]

MOST_ACTIONS, MOST_INDICATORS = 4, 3
LEAD = message("What was learned, what is done about it, and by what we shall know; the most urgent first.")


def render(data: ReportData) -> Part:
    """Every finding of the plan, the most urgent first."""
    heading, lead = say("Every finding"), say(LEAD)
    cards = sorted(Cards(data).each(), key=lambda card: list(Status).index(card.status))
    if not cards:
        return annex("findings", heading, quiet(say("The plan has no finding yet.")))
    key = tag("p", join((mark(each) for each in Status), " "), class_="key")
    n, closed = sentences.findings(len(cards)), sum(card.status is Status.CLOSED for card in cards)
    total = (
        say_n("{findings}, {n:,} of them closed.", "{findings}, {n:,} of them closed.", closed, findings=n)
        if closed
        else say("{findings}.", findings=n)
    )
    count = tag("p", total, class_="count")
    claims = claims_text(data.verdicts)
    error = tag("p", claims, class_="small") if claims else None
    body = tag(
        "div",
        *(card.html for card in cards),
        class_="cards",
        data_find=say("Find in these findings"),
        data_found=say("{n} shown", n="{n}"),
    )
    return annex("findings", heading, key, count, error, body, lead=lead)


@dataclass(frozen=True, slots=True)
class Card:
    """One finding as HTML, with its status."""

    finding_id: str
    status: Status
    html: Markup


class Cards:
    """Every finding of a view as a card; what many of them need is looked up once."""

    def __init__(self, data: ReportData) -> None:
        """Gather what the cards tell."""
        self._view = data
        self._waiting = {decision.finding_id for decision in data.waiting}
        self._statement = data.finding["statement"].to_dict()
        self._finding = data.finding
        self._source = data.finding["source"].dropna().to_dict()
        self._standing = {row["finding_id"]: row for row in data.standing.to_dict("records")}
        self._checks = {row["finding_id"]: row for row in data.mechanisms.to_dict("records")}
        self._sites = _sites(data)
        self._actions = _actions(data)
        self._indicators = _indicators(data)
        self._pictures = Pictures(data)

    def each(self) -> Iterator[Card]:
        """Yield a card for every finding that is in the plan, in natural order."""
        for row in self._view.assessed.to_dict("records"):
            yield self._card(row)

    def _card(self, row: Row) -> Card:
        finding_id, flags, is_open = str(row["finding_id"]), row["flags"], row["disposition"] == "open"
        stage = int(row["stage"]) if is_open else None
        finding_status = status(row["disposition"], stage, flags, is_waiting=finding_id in self._waiting)
        place = name_of(row["stage_name"] if is_open else row["disposition"])
        head = tag(
            "h3",
            tag("b", finding_id),
            " ",
            mark(finding_status, place),
            " ",
            tag("small", name_of(row["kind"])),
        )
        html = tag(
            "article",
            head,
            *self._chain(finding_id),
            self._source_line(finding_id),
            tag("p", self._why(row), class_="why"),
            self._note(finding_id),
            _flags(flags),
            self._pictures.of(finding_id, str(row["kind"])) if is_open else None,
            id=anchor(finding_id),
            class_=f"finding {finding_status.name.lower()}",
        )
        return Card(finding_id, finding_status, html)

    def _why(self, row: Row) -> str:
        finding_id = row["finding_id"]
        return stage_line(
            row,
            self._standing[finding_id],
            sites=self._sites.get(finding_id, {}),
            checks=self._checks.get(finding_id),
        )

    def _note(self, finding_id: str) -> Markup | None:
        """Say what a register holds beside: the tags, and the source's own word for where it stands."""
        held = self._finding.loc[finding_id, ["tags", "original_status"]].fillna("")
        texts = [
            say("{label}: {text}", label=label_of("finding", str(name)), text=text)
            for name, text in held.items()
            if text
        ]
        return tag("p", say_in_turn(PARTS, texts), class_="small") if texts else None

    def _source_line(self, finding_id: str) -> Markup | None:
        """Say where the finding comes from, with a link to what can be read; None where the plan does not say it."""
        source = self._source.get(finding_id)
        return tag("p", tag("b", label_of("finding", "source")), " ", with_links(source)) if source else None

    def _chain(self, finding_id: str) -> list[Markup]:
        """Say finding, action and indicator, one under the other."""
        rule = self._checks.get(finding_id)
        will, know = self._actions.get(finding_id, []), self._indicators.get(finding_id, [])
        if rule:
            will = [*filter(None, [rule_line(rule)]), *will]
            know = [*know, say("its checks ({cadence})", cadence=cadence(rule["check_every"]))]
        lines = [
            (say("We learned that"), [self._statement[finding_id]], 1),
            (say("so we will"), will, MOST_ACTIONS),
            (say("we shall know by"), know, MOST_INDICATORS),
        ]
        return [_line(lead, texts, most) for lead, texts, most in lines]


def _line(lead: str, texts: list[str], most: int) -> Markup:
    """Return one line of the chain; what is missing is said to be missing."""
    first = texts[:most] or [say("(nothing yet)")]
    left = len(texts) - most
    more = say_n("and {n} more", "and {n} more", left) if left > 0 else None
    list_text = say_in_turn(PARTS, [*first, *([more] if more else [])])
    return tag("p", tag("b", lead), " ", list_text, class_=None if texts else "gap")


def _flags(flags: list[str]) -> Markup | None:
    """Return what stands out, the gravest first."""
    if not flags:
        return None
    return tag("p", join((flag_label(name) for name in gravest_first(flags)), " · "), class_="flags")


def _actions(data: ReportData) -> dict[str, list[str]]:
    """Return for each finding its actions that are not cancelled, with their states, those that move the stage first."""
    order = {
        role: place for place, role in enumerate((ActionRole.DELIVERS, ActionRole.REPLICATES, *ActionRole))
    }
    live = data.actions[data.actions["action_state"] != "cancelled"]
    names = {
        row["action_id"]: say(
            "{title} ({action_id}, {state})",
            title=row["title"],
            action_id=row["action_id"],
            state=name_of(row["action_state"]),
        )
        for row in live.to_dict("records")
    }
    links = data.tables["finding_action"]
    links = links[links["action_id"].isin(names)]
    links = (
        links.assign(order=links["role"].map(order))
        .sort_values("order", kind="stable")
        .drop_duplicates(["finding_id", "action_id"])
    )
    result: dict[str, list[str]] = {}
    for finding_id, action_id in zip(links["finding_id"], links["action_id"], strict=True):
        result.setdefault(finding_id, []).append(names[action_id])
    return result


def _sites(data: ReportData) -> dict[str, dict[str, set[str]]]:
    """Return for each experience the states of its replications at each site."""
    result: dict[str, dict[str, set[str]]] = {}
    taken = data.experiences[data.experiences["site"].notna()]
    for finding_id, site, state in zip(taken["finding_id"], taken["site"], taken["state"], strict=True):
        result.setdefault(finding_id, {}).setdefault(site, set()).add(state)
    return result


def _indicators(data: ReportData) -> dict[str, list[str]]:
    """Return for each finding the names of its indicators, required ones first."""
    names = data.tables["indicator"].set_index("indicator_id")["name"]
    result: dict[str, list[str]] = {}
    for finding_id, indicator_id in data.indicator_links[["finding_id", "indicator_id"]].itertuples(
        index=False
    ):
        own = result.setdefault(finding_id, [])
        name = str(names.get(indicator_id, indicator_id))
        if name not in own:
            own.append(name)
    return result
