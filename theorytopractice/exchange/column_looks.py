"""What does each column of a foreign sheet look like, and why? By its heading and by what stands in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from theorytopractice.errors import quote
from theorytopractice.exchange.column_synonyms import (
    EXACT,
    LEAST,
    OTHER_LANGUAGE,
    SHORTEST_FUZZY,
    heading_scores,
    is_number_heading,
    language_of,
    meaning_of,
    tells_plan,
)
from theorytopractice.exchange.register_survey import CENTURY, FEWEST_PERIODS, HALF, SurveyColumn, read_as
from theorytopractice.i18n import PARTS, message, say
from theorytopractice.model.plain_dates import DateStyle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from theorytopractice.exchange.register_survey import SurveySheet

CERTAIN = 92.0
"""From so many of 100 on a column is taken for certain."""
GUESS = 60.0
LONG = 20
"""Characters of a sentence, at least in the mean."""
LONGEST_KEY, LONGEST_NAME, LONGEST_WORD = 40, 70, 40
MOST_STATUS_WORDS = 30
MOST, NEARLY_ALL = 0.8, 0.9
DATES = (
    "action.due",
    "event.redate",
    "action.planned_start",
    "event.start",
    "event.complete",
    "finding.recorded_on",
    "updated_on",
    "observation.observed_on",
    "indicator.baseline_on",
    "indicator.target_on",
)
TEXTS = ("finding.statement", "recommendation", "action.title", "indicator.name")
KEYS = ("finding.finding_id", "action.action_id")
NUMBERS = (
    "event.progress",
    "action.cost",
    "indicator.baseline",
    "indicator.target",
    "observation.value",
)
WORDS = ("status", "response", "colour")
SEVERAL = ("note", "finding.note", "unused", "owner.name", "period")
"""Roles that several columns of a sheet may have."""
PERIOD = "period"


class Reason(NamedTuple):
    """Why a column is taken for something, or is not read: a message with its facts."""

    text: str
    facts: Mapping[str, object]

    @property
    def english(self) -> str:
        """The reason in English, as it stands in a mapping."""
        return self.text.format(**self.facts)

    def sentence(self) -> str:
        """Say the reason in the language that is spoken."""
        return say(self.text, **self.facts)


def because(text: str, **facts: object) -> tuple[Reason, ...]:
    """Return one reason; ``text`` is a message."""
    return (Reason(text, facts),)


@dataclass(frozen=True, slots=True)
class Look:
    """What a column looks like: its role, how much of 100, and why.

    No role: nothing that is known, or ``rival`` is the role that another column has.
    """

    role: str = ""
    score: float = 0.0
    reasons: tuple[Reason, ...] = ()
    rival: str = ""

    @property
    def why(self) -> str:
        """Why, in English, as it stands in a mapping."""
        return "; ".join(one.english for one in self.reasons)

    def say_why(self) -> str:
        """Say why in the language that is spoken."""
        parts = [one.sentence() for one in self.reasons]
        return reduce(lambda first, second: say(PARTS, first=first, second=second), parts) if parts else ""

    @property
    def is_certain(self) -> bool:
        """Whether heading and contents agree."""
        return self.score >= CERTAIN


def looks_of(sheet: SurveySheet) -> dict[str, Look]:
    """Return what each column of a sheet looks like, by its name."""
    periods = _periods(sheet.columns)
    looks = {
        name: Look(PERIOD, EXACT, because(message("a heading that is a month, quarter, year or date")))
        for name in periods
    }
    columns = [column for column in sheet.columns if column.name not in looks]
    language = language_of(column.name for column in columns)
    proposals = [
        (look, -place, column)
        for place, column in enumerate(columns)
        for look in _by_heading(column, language)
    ]
    taken: set[str] = set()
    for look, _, column in sorted(proposals, key=lambda one: (-one[0].score, -one[1], one[0].role)):
        if column.name not in looks and (look.role not in taken or look.role in SEVERAL):
            looks[column.name] = look
            taken.add(look.role)
    _settle_recommendation(looks)
    _settle_lesson(columns, looks, proposals)
    _settle_colour(looks)
    _guess_by_contents(columns, looks)
    late = {column.name: look.role for look, _, column in proposals if look.is_certain}
    return {
        column.name: looks.get(column.name, Look(rival=late.get(column.name, ""))) for column in sheet.columns
    }


def with_roles(looks: Mapping[str, Look], roles: Mapping[str, str]) -> dict[str, Look]:
    """Return looks with what somebody said that columns are; what had the role before has none then."""
    result = dict(looks)
    for name, role in roles.items():
        for other, look in result.items():
            if role and look.role == role and role not in SEVERAL:
                result[other] = Look()
        if name in result:
            result[name] = Look(role, EXACT if role else 0.0, because(message("decided")))
    return result


def _periods(columns: Sequence[SurveyColumn]) -> list[str]:
    style = DateStyle(has_years=True, century=CENTURY)
    names = [column.name for column in columns if read_as(column.name, style) not in ("", "?")]
    return names if len(names) >= FEWEST_PERIODS else []


def _by_heading(column: SurveyColumn, language: str) -> list[Look]:
    """Return what the heading of a column may mean, as far as its contents bear it out."""
    best: dict[str, Look] = {}
    for (role, known), (score, word) in heading_scores(column.name).items():
        less = 0.0 if known == language else OTHER_LANGUAGE
        is_planned = role == "event.complete" and tells_plan(column.name)
        fit = _fit("action.due" if is_planned else role, column)
        if fit is None:
            continue
        like = (
            because(message("the heading is a usual one"))
            if score > CERTAIN
            else because(message("the heading is like {word}"), word=quote(word))
        )
        look = Look(fit[0], score - less - fit[1], (*like, *fit[2]))
        if look.score >= GUESS and (fit[0] not in best or look.score > best[fit[0]].score):
            best[fit[0]] = look
    return list(best.values())


Fit = tuple[str, float, "tuple[Reason, ...]"]
"""The role, what the contents take from the score, and why."""


def _fit(role: str, column: SurveyColumn) -> Fit | None:
    """Return how the contents of a column agree with a role, another role where that is what they are, or None."""
    if not column.counts:
        return role, 8.0, because(message("it is empty"))
    for roles, check in CHECKS:
        if role in roles:
            return check(role, column)
    return role, 0.0, ()


def _fit_date(role: str, column: SurveyColumn) -> Fit | None:
    share = column.writing.share
    if share > HALF:
        return (
            role,
            0.0 if share > MOST else 4.0,
            because(message("{share} of its cells are dates"), share=f"{share:.0%}"),
        )
    if role == "event.complete" and column.is_of_few_words:
        return "status", 10.0, because(message("it holds a few words that come back"))
    return None


def _fit_text(role: str, column: SurveyColumn) -> Fit | None:
    if column.writing.share > HALF:
        return None
    if column.number_share > HALF:
        return (
            ("finding.finding_id", 12.0, because(message("it holds numbers")))
            if column.uniqueness > NEARLY_ALL
            else None
        )
    if role != "indicator.name" and column.length < LONG / 2:
        if column.uniqueness > NEARLY_ALL and any(any(map(str.isdigit, text)) for text in column.sample):
            key = "action.action_id" if role == "action.title" else "finding.finding_id"
            return key, 8.0, because(message("its cells are short and all different"))
        return role, 15.0, because(message("its cells are short"))
    return role, 0.0 if column.uniqueness > HALF else 6.0, because(message("it holds sentences"))


def _fit_key(role: str, column: SurveyColumn) -> Fit | None:
    is_date = column.writing.share > HALF and column.number_share < HALF
    if column.length > LONGEST_KEY or (
        is_date and column.uniqueness < 1
    ):  # 2024-01 may be the first of a year
        return None
    if column.uniqueness < 1 / 4:
        return None
    return (
        role,
        0.0 if column.uniqueness == 1 else 5.0,
        because(
            message("{n} of its {of} cells differ"),
            n=f"{len(column.counts):,}",
            of=f"{column.n_filled:,}",
        ),
    )


def _fit_number(role: str, column: SurveyColumn) -> Fit | None:
    if (
        role == "indicator.target"
        and column.writing.share > HALF
        and (column.writing.forms or column.number_share < HALF)
    ):
        return "action.due", 8.0, because(message("it holds dates or years"))
    if column.number_share > HALF:
        return role, 0.0, because(message("it holds numbers"))
    if role == "indicator.target" and _without_limits(column).number_share > HALF:
        return role, 0.0, because(message("it holds limits, such as < 2"))
    if role == "event.progress":
        return (
            ("status", 8.0, because(message("it holds a few words that come back")))
            if column.is_of_few_words
            else ("note", 8.0, ())
        )
    return None


def _without_limits(column: SurveyColumn) -> SurveyColumn:
    return SurveyColumn(column.name, [text.lstrip("<>≤≥＜＞= ") for text in column.cells])


def _fit_words(role: str, column: SurveyColumn) -> Fit | None:
    if column.writing.share > HALF:
        return None
    if len(column.counts) <= MOST_STATUS_WORDS and column.length <= LONGEST_WORD:
        known = _n_status_words(column)
        few = column.is_of_few_words or known
        return (
            role,
            0.0 if few else 6.0,
            because(message("it holds {n} different words"), n=len(column.counts)),
        )
    return "note", 10.0, because(message("it holds sentences, not words that come back"))


def _fit_name(role: str, column: SurveyColumn) -> Fit | None:
    if column.writing.share > HALF or column.number_share > HALF:
        return None
    if any("@" in text for text in column.sample):
        return "owner.email", 4.0, because(message("it holds e-mail addresses"))
    return (role, 0.0, ()) if column.length <= LONGEST_NAME else ("note", 20.0, ())


def _fit_theme(role: str, column: SurveyColumn) -> Fit | None:
    if column.writing.share > HALF or column.number_share > HALF:
        return None
    return role, 0.0 if column.length <= LONGEST_NAME else 8.0, ()


CHECKS: tuple[tuple[tuple[str, ...], Callable[[str, SurveyColumn], Fit | None]], ...] = (
    (DATES, _fit_date),
    (TEXTS, _fit_text),
    (KEYS, _fit_key),
    (NUMBERS, _fit_number),
    (WORDS, _fit_words),
    (("owner.name", "owner.unit"), _fit_name),
    (("finding.theme", "finding.source", "action.site", "indicator.level", "action.strength"), _fit_theme),
)


def _settle_recommendation(looks: dict[str, Look]) -> None:
    """Say what a recommendation is here: the finding, else what is to be done, else what will change."""
    roles = {look.role for look in looks.values()}
    for name, look in looks.items():
        if look.role == "recommendation":
            role = next(
                (one for one in ("finding.statement", "action.title", "finding.so_what") if one not in roles),
                "",
            )
            looks[name] = Look(role, look.score, (*look.reasons, *because(message("a recommendation"))))


def _settle_lesson(
    columns: Sequence[SurveyColumn],
    looks: dict[str, Look],
    proposals: Sequence[tuple[Look, int, SurveyColumn]],
) -> None:
    """Keep a second text about what was learned beside the first: as what follows from it, else as a note."""
    for column in columns:
        like = [look for look, _, one in proposals if one is column and look.role == "finding.statement"]
        if column.name in looks or not any(look.is_certain for look in like):
            continue
        roles = {look.role for look in looks.values()}
        role = "finding.note" if "finding.so_what" in roles else "finding.so_what"
        reasons = (*like[0].reasons, *because(message("another column has the finding")))
        looks[column.name] = Look(role, CERTAIN - 1, reasons)


def _settle_colour(looks: dict[str, Look]) -> None:
    """Take a colour for the status only where no column has words for it."""
    has_status = any(look.role == "status" for look in looks.values())
    for name, look in looks.items():
        if look.role == "colour":
            looks[name] = Look("unused" if has_status else "status", look.score, look.reasons)


def _n_status_words(column: SurveyColumn) -> int:
    return sum(n for word, n in column.counts.items() if meaning_of(word))


def _guess_by_contents(columns: Sequence[SurveyColumn], looks: dict[str, Look]) -> None:
    """Guess what columns are whose headings say nothing: values, sentences, status words, keys."""
    for guess in (_guess_value, _guess_statement, _guess_status, _guess_progress, _guess_key):
        free = [column for column in columns if column.name not in looks and column.counts]
        guess(free, {look.role for look in looks.values()}, looks)


def _guess_value(free: Sequence[SurveyColumn], roles: set[str], looks: dict[str, Look]) -> None:
    if "observation.observed_on" not in roles or roles & {*TEXTS[:-1], "observation.value", PERIOD, "status"}:
        return
    numbers = (one for one in free if one.sort == "numbers" and not one.is_of_few_words)
    if (first := next(numbers, None)) is not None:
        looks[first.name] = Look(
            "observation.value", GUESS, because(message("the first column of numbers beside a period"))
        )


def _guess_statement(free: Sequence[SurveyColumn], roles: set[str], looks: dict[str, Look]) -> None:
    if roles & {*TEXTS, "observation.value", PERIOD}:
        return
    texts = [one for one in free if one.sort == "texts" and one.length >= LONG and one.uniqueness > MOST]
    if texts:
        longest = max(texts, key=lambda one: one.length)
        looks[longest.name] = Look(
            "finding.statement",
            GUESS,
            because(message("it holds the longest sentences, nearly all different")),
        )


def _guess_status(free: Sequence[SurveyColumn], roles: set[str], looks: dict[str, Look]) -> None:
    for column in () if "status" in roles else free:
        if len(column.counts) <= MOST_STATUS_WORDS and _n_status_words(column) > HALF * column.n_filled:
            looks[column.name] = Look(
                "status", GUESS, because(message("most of its words are usual status words"))
            )
            return


def _guess_progress(free: Sequence[SurveyColumn], roles: set[str], looks: dict[str, Look]) -> None:
    if "event.progress" in roles or "status" not in roles:
        return
    for column in free:
        if "%" in column.name and column.number_share > HALF:
            looks[column.name] = Look(
                "event.progress", GUESS, because(message("its heading has a % and it holds numbers"))
            )
            return


def _guess_key(free: Sequence[SurveyColumn], roles: set[str], looks: dict[str, Look]) -> None:
    for column in () if "finding.finding_id" in roles else free:
        if is_number_heading(column.name) and (fit := _fit_key("finding.finding_id", column)):
            reasons = (*because(message("its heading is a number's")), *fit[2])
            looks[column.name] = Look("finding.finding_id", GUESS, reasons)
            return
    for column in () if "finding.finding_id" in roles else free:
        if _is_like_key(column):
            looks[column.name] = Look(
                "finding.finding_id", GUESS, because(message("its cells are short and all different"))
            )
            return


def _is_like_key(column: SurveyColumn) -> bool:
    if column.uniqueness < 1 or column.n_blank or column.writing.share > HALF:
        return False
    return all(
        len(text) <= 3 * SHORTEST_FUZZY and re.search(r"\d", text) and not re.search(r"\d[.,]\d", text)
        for text in column.counts
    )


__all__ = ["CERTAIN", "LEAST", "PERIOD", "Look", "looks_of"]
