"""Which thresholds and which time zone may a plan choose, what holds where it chose none, and as of which day is it seen?

The defaults are those of the method, section 5.3; the day is that of T1 and T2.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from theorytopractice import clock
from theorytopractice.errors import InvalidPlan, Issue, PracticeError, nearest, shown
from theorytopractice.i18n import LANGUAGES, message, say, say_list
from theorytopractice.model.dialects import CELL
from theorytopractice.model.fields import ValueType
from theorytopractice.model.plain_numbers import plain_number
from theorytopractice.model.values import plain_truth, read_date, read_truth, read_whole

if TYPE_CHECKING:
    from collections.abc import Mapping


AT_LEAST_ONE = ("confirm", "lapse", "hold_points", "stale_factor")
LARGEST = 1_000_000
MEANINGS = {
    "title": message("Title of the plan, as it stands above the report."),
    "language": message("Language of the report and the forms: en or zh."),
    "zone": message("Time zone in which the plan's days begin, such as Asia/Shanghai."),
    "new_grace": message("Days for which a finding on the shelf counts as new."),
    "stall_days": message("Days without activity after which a finding counts as stalled."),
    "confirm": message("Values in a row that confirm a target, where the indicator says nothing else."),
    "lapse": message(
        "Values in a row off the target that mean a lapse, where the indicator says nothing else."
    ),
    "hold_days": message(
        "Days for which a target must hold to be sustained, where the indicator says nothing else."
    ),
    "hold_points": message("Values on the target that being sustained takes at least."),
    "stale_factor": message("Intervals between measurements after which the last value is stale."),
    "stale_default": message("Days after which the last value is stale where no interval is declared."),
    "require_evidence": message("Whether an action is done only with evidence of its completion."),
}
"""What each setting says, in the order in which people read them."""
CHOICES = {"language": LANGUAGES, "require_evidence": ("true", "false")}
"""The only values that some settings can have."""


SOON_DAYS = 30
"""What falls due within so many days is due soon; no plan sets its own (method, section 12)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The plan's thresholds; durations in days, counts of values."""

    zone: str = "UTC"
    title: str = ""
    language: str = "en"
    new_grace: int = 30
    stall_days: int = 90
    confirm: int = 1
    lapse: int = 2
    hold_days: int = 180
    hold_points: int = 3
    stale_factor: int = 2
    stale_default: int = 400
    require_evidence: bool = True

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names that a plan may set."""
        return tuple(field.name for field in fields(cls))

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Settings:
        """Build settings from texts; raises InvalidPlan where one cannot be read."""
        problems = [problem for name in values if (problem := cls.problem(name, values[name]))]
        if problems:
            raise InvalidPlan(
                [Issue("E-VOCAB", "setting", None, "value", "", problem) for problem in problems],
                say("The setting table"),
            )
        converted: dict[str, Any] = {name: _convert(name, text) for name, text in values.items()}
        return cls(**converted)

    @classmethod
    def problem(cls, name: str, text: str) -> str | None:
        """Say in a sentence what is wrong with a setting, or None."""
        if name not in cls.names():
            return say("there is no setting {name}{hint}", name=shown(name), hint=nearest(name, cls.names()))
        try:
            number = _convert(name, text)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            return _refusal(name, text)
        least = 1 if name in AT_LEAST_ONE else 0
        if isinstance(number, int) and not isinstance(number, bool) and not least <= number <= LARGEST:
            return _refusal(name, text)
        return None

    def differences(self) -> dict[str, object]:
        """The settings that differ from the default (title, zone and language aside)."""
        usual = asdict(Settings())
        aside = ("title", "zone", "language")
        return {name: own for name, own in asdict(self).items() if own != usual[name] and name not in aside}


def usual_value(name: str) -> str:
    """Return the text of a setting that no plan chose."""
    usual = getattr(Settings(), name)
    return str(usual).lower() if isinstance(usual, bool) else str(usual)


def _convert(name: str, text: str) -> str | int | bool:
    """Turn the text of a setting into its type; raises ValueError or ZoneInfoNotFoundError."""
    if name == "zone":
        return ZoneInfo(text).key
    if name == "title":
        return text
    if name == "language":
        return LANGUAGES[LANGUAGES.index(text)]
    if name == "require_evidence":
        return read_truth(plain_truth(text))
    return read_whole(plain_number(text, signs=""))


def _refusal(name: str, text: str) -> str:
    """Say that a setting cannot have a value, and which ones it takes."""
    return say(
        "{name} cannot be {text}; expected {expected}",
        name=name,
        text=shown(text),
        expected=_expectation(name),
    )


def _expectation(name: str) -> str:
    """Say which values a setting takes."""
    special = {
        "zone": say("an IANA time zone such as Asia/Shanghai"),
        "language": say_list(LANGUAGES, "or"),
        "require_evidence": say_list(["true", "false"], "or"),
    }
    least = 1 if name in AT_LEAST_ONE else 0
    return special.get(name) or say("a whole number from {least} to {most:,}", least=least, most=LARGEST)


LAST_DAY = date(2262, 4, 11)  # the last day that every pandas frame can hold
NO_DATE = message("{given} is not a date; write it as year-month-day, such as 2026-06-30.")


class Zoned(Protocol):
    """What has settings, and with them a time zone: a plan, or an encoded one."""

    @property
    def settings(self) -> Settings:
        """The plan's choices."""


def as_day(plan: Zoned, as_of: date | str | None) -> date:
    """Read an as-of date; today in the plan's zone where none is given.

    Raises:
        PracticeError: it is not a date.
    """
    return clock.today(plan.settings.zone) if as_of is None else read_as_of(as_of)


def read_as_of(as_of: date | str) -> date:
    """Read a date that somebody gave; raises PracticeError where it is none, or too late to be meant."""
    try:
        day = _read(as_of)
    except (ValueError, TypeError):
        raise PracticeError(say(NO_DATE, given=shown(as_of))) from None
    if day > LAST_DAY:
        raise PracticeError(
            say(
                "{given} is too far ahead; choose a day up to {last}.",
                given=shown(as_of),
                last=LAST_DAY.isoformat(),
            )
        )
    return day


def _read(as_of: object) -> date:
    """Return the date of a date, a moment or a text; raises ValueError or TypeError for anything else."""
    if isinstance(as_of, date):
        return date(as_of.year, as_of.month, as_of.day)  # a missing moment of pandas has no year: TypeError
    if not isinstance(as_of, str):
        raise TypeError(as_of)
    return read_date(CELL.plain(ValueType.DATE, as_of))
