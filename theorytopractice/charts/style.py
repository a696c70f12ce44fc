"""On what are the charts drawn? One sheet, one set of colours, one way to set text, dates, shares and labels."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import matplotlib as mpl
import pandas as pd
from matplotlib import font_manager
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from theorytopractice.errors import PracticeError
from theorytopractice.i18n import CHINESE, say, say_names, say_share, spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from matplotlib.axes import Axes


INK, MUTED, LINE, PAPER = "#1a1a1a", "#595959", "#bfbfbf", "#ffffff"
INSIDE = "#1b1b1b"  # ink on a tinted box, which stays light where the page is dark
ACT, WATCH, COURSE, PRACTICE, CLOSED = "#871d0c", "#d66d06", "#0f56ab", "#0d1b39", "#8d8e90"
STAGES = (WATCH, COURSE, COURSE, COURSE, PRACTICE, PRACTICE)
"""The colour of each stage, the lowest first."""
LATIN_FONT = "DejaVu Sans"
CHINESE_FONTS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN",
    "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB", "Heiti SC", "SimHei",
    "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Noto Sans CJK JP",
)  # fmt: skip
"""Fonts with simplified Chinese signs, as matplotlib names them; of those found the first is used.

The last is the one name under which it knows the collection of Noto fonts that Debian and others have.
"""
WIDTH = 4.4
SIZE, SMALL, LARGE = 9.5, 8.5, 10.5
TITLE_CHARACTERS, NOTE_CHARACTERS = 40, 60
COLUMN_POINTS = 42


def known_fonts() -> set[str]:
    """Return the names of the fonts that matplotlib knows."""
    return {font.name for font in font_manager.fontManager.ttflist}


def add_new_fonts() -> None:
    """Make fonts known that were installed since matplotlib wrote its list, which it never does again."""
    listed = {font.fname for font in font_manager.fontManager.ttflist}
    for file in set(font_manager.findSystemFonts()) - listed:
        with suppress(RuntimeError, OSError):  # a file that is no font which matplotlib can read
            font_manager.fontManager.addfont(file)


@cache
def fonts() -> tuple[str, ...]:
    """Name the wanted fonts that this machine has, so that none is missed with a warning; one of them Chinese."""
    if not known_fonts().intersection(CHINESE_FONTS):
        add_new_fonts()
    known = known_fonts()
    latin = [name for name in (LATIN_FONT,) if name in known]
    chinese = [name for name in CHINESE_FONTS if name in known]
    return (*latin, *chinese[:1]) or ("sans-serif",)


def has_chinese() -> bool:
    """Tell whether this machine has a font by which Chinese signs can be measured and drawn."""
    return any(name in CHINESE_FONTS for name in fonts())


def missing_font() -> str:
    """Say that charts lack a font for the language that is spoken; empty where they lack none."""
    if spoken() != CHINESE or has_chinese():
        return ""
    return say(
        "No font with Chinese signs was found on this machine, so places in charts were measured without one; "
        "install one, such as Noto Sans CJK (Debian: fonts-noto-cjk)."
    )


@contextmanager
def style() -> Iterator[None]:
    """Draw with the house's fonts and sizes, real text, and the same bytes each time."""
    own: dict[str, Any] = {
        "axes.edgecolor": LINE,
        "axes.labelcolor": INK,
        "axes.unicode_minus": True,
        "figure.facecolor": PAPER,
        "font.family": list(fonts()),
        "font.size": SIZE,
        "svg.fonttype": "none",
        "svg.hashsalt": "theorytopractice",
        "text.color": INK,
        "text.parse_math": False,
        "xtick.color": MUTED,
        "ytick.color": INK,
    }
    with mpl.rc_context(own):  # type: ignore[arg-type]
        yield


@contextmanager
def chart(ax: Axes | None, height: float, width: float = WIDTH) -> Iterator[Axes]:
    """Draw in the house's style on axes that are given, else on new ones of this size in inches."""
    with style():
        yield new_axes(height, width) if ax is None else ax


def new_axes(height: float, width: float = WIDTH) -> Axes:
    """Return the axes of a new figure that no display knows of, so that nothing shows twice."""
    figure = Figure(figsize=(width, height), layout="constrained")
    axes: Axes = figure.add_subplot()
    return axes


def set_title(ax: Axes, text: str, *, pad: float = 9, width: int = TITLE_CHARACTERS) -> None:
    """Set the title: what is seen, in words, in lines of about so many letters."""
    ax.set_title(wrap(text, width), loc="left", fontsize=LARGE, fontweight="bold", color=INK, pad=pad)


def set_note(ax: Axes, text: str, *, width: int = NOTE_CHARACTERS, size: float = SMALL) -> None:
    """Set what stands below: what was counted, and what is not drawn; each line in lines of about so many letters."""
    note = "\n".join(wrap(line, width) for line in text.split("\n"))
    ax.set_xlabel(note, loc="left", fontsize=size, color=MUTED)


def plain(text: object) -> str:
    """Return a text on one line without control characters, as a drawing needs it."""
    kept = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in str(text))
    return " ".join(kept.split())


def capital(text: str) -> str:
    """Begin a text with a capital."""
    return text[:1].upper() + text[1:]


def wrap(text: str, width: int) -> str:
    """Break a text into lines of about so many Latin letters; East Asian letters count double."""
    lines = wrap_lines(text, width)
    if len(lines) > 1 and _width(text) != len(text):
        lines = _even(text, width, len(lines))
    return "\n".join(lines)


def unwrap(text: str) -> str:
    """Join the lines of a text: with a space, but without one between East Asian letters."""
    joined = ""
    for line in text.split("\n"):
        is_wide = _is_wide(joined[-1:]) and _is_wide(line[:1])
        joined += line if is_wide or not joined else f" {line}"
    return " ".join(joined.split())


def _even(text: str, width: int, n: int) -> list[str]:
    """Break a text with East Asian letters into as many lines, the narrowest that hold it: no sign stays alone."""
    narrow = min(max(width * 2 // 3, _width(plain(text)) // n), width)
    return next(lines for less in range(narrow, width + 1) if len(lines := wrap_lines(text, less)) <= n)


def wrap_lines(text: object, width: int, *, most: int | None = None) -> list[str]:
    """Break a text into lines of a width, at most so many; what is cut off is marked by an ellipsis."""
    words = plain(text)
    if _width(words) == len(words):
        lines = [line.replace(GLUE, " ") for line in textwrap.wrap(TOGETHER.sub(GLUE, words), width)]
    else:
        lines = _wide_lines(words, width)
    if most is not None and len(lines) > most:
        last = lines[most - 1]
        while _width(last) > width - 2:
            last = last[:-1]
        lines = [*lines[: most - 1], f"{last.rstrip()} …"]
    return lines


def _wide_lines(text: str, width: int) -> list[str]:
    """Break a text with East Asian letters, which may part anywhere, but not before a closing sign."""
    lines = [""]
    for piece in WIDE_PIECE.findall(text):
        if lines[-1] and _width(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def _width(text: str) -> int:
    """Count the letters of a text, East Asian ones twice."""
    return sum(2 if _is_wide(sign) else 1 for sign in text)


def _is_wide(sign: str) -> bool:
    """Tell whether a sign is an East Asian one, twice as wide as a Latin letter; nothing is not."""
    return bool(sign) and unicodedata.east_asian_width(sign) in "WF"


GLUE = "\u00a0"  # no line ends here
TOGETHER = re.compile(r"(?<=\d) (?=%)|(?<=\b[pn]) (?=[=<])|(?<=[=<]) (?=\d)")
"""The spaces within "31 %" and "p = 0.2"."""

OPENING, CLOSING = "（《「『【〈“‘", "，。、；：！？）》」』】〉”’…%"
WIDE = r"\u2e80-\u9fff\uf900-\ufaff\uac00-\ud7af"
WIDE_PIECE = re.compile(
    rf"[{OPENING}]*(?:[{WIDE}]|[^\s{WIDE}{OPENING}，；：！？）]{{1,24}})[{CLOSING}]*|[{OPENING}{CLOSING}]+|\s+"
)
"""A wide letter, or a run of other letters, with the opening and closing signs that stay beside it."""


def shorten(text: str, width: int) -> str:
    """Cut a text to about so many Latin letters, with '…' where something is missing."""
    kept, used = "", 0
    for sign in plain(text):
        used += 2 if _is_wide(sign) else 1
        if used > width:
            return f"{kept.rstrip()}…"
        kept += sign
    return kept


def label_right(ax: Axes, y: float, cells: Sequence[tuple[str, str]]) -> None:
    """Write (text, colour) cells in columns right of the axes, at a height in data units."""
    for column, (text, colour) in enumerate(cells, 1):
        place: dict[str, Any] = {"xycoords": ax.get_yaxis_transform(), "ha": "right", "va": "center"}
        label_point(
            ax, (1, y), text, (COLUMN_POINTS * column, 0), color=colour, annotation_clip=False, **place
        )


def write_inside(ax: Axes, text: str) -> None:
    """Take the axes away and say in their place why nothing is drawn."""
    ax.set_axis_off()
    ax.text(0.5, 0.5, text, transform=ax.transAxes, ha="center", color=MUTED)


def label_point(
    ax: Axes,
    point: tuple[float, float],
    text: str,
    offset: tuple[float, float],
    **look: Any,  # noqa: ANN401 - what matplotlib takes
) -> None:
    """Write a small text beside a point, so many points away from it."""
    ax.annotate(text, point, offset, textcoords="offset points", **{"fontsize": SMALL, **look})


def hide_frame(ax: Axes, *, keep: tuple[str, ...] = ()) -> None:
    """Take away the frame except the named sides."""
    for side, spine in ax.spines.items():
        spine.set_visible(side in keep)


Label: TypeAlias = tuple[float, str, str]

LABEL_GAP = 0.085
CHINESE_DATES: dict[str, list[str]] = {
    "formats": ["%YY", "%mM", "%dD", "%H:%M", "%H:%M", "%S.%f"],
    "zero_formats": ["", "%YY", "%mM", "%mM%dD", "%H:%M", "%H:%M"],
}
"""Letters stand for 年, 月 and 日, which strftime does not take everywhere."""
SIGNS = str.maketrans({"Y": "年", "M": "月", "D": "日"})
LEADING_NOUGHT = re.compile(r"(?<!\d)0(?=\d[月日])")


class ChineseDates(ConciseDateFormatter):
    """Writes dates as 2026年, 6月 and 30日."""

    def __init__(self, locator: AutoDateLocator) -> None:
        """Write the dates that a locator finds."""
        super().__init__(locator, show_offset=False, **CHINESE_DATES)  # type: ignore[no-untyped-call]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return the words of each tick."""
        ticks: list[str] = super().format_ticks(values)  # type: ignore[no-untyped-call]
        return [LEADING_NOUGHT.sub("", tick.translate(SIGNS)) for tick in ticks]


def date_axis(ax: Axes) -> None:
    """Write few dates below, in the fewest words."""
    # with less than 7 no step of months serves 25 to 35 months, and matplotlib warns
    locator = AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    if spoken() == CHINESE:
        ax.xaxis.set_major_formatter(ChineseDates(locator))
    else:
        ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))  # type: ignore[no-untyped-call]
    small_ticks(ax)


def small_ticks(ax: Axes) -> None:
    """Set the ticks back: small, grey numbers beside pale marks."""
    ax.tick_params(labelsize=SMALL, color=LINE, labelcolor=MUTED)


def no_ticks(ax: Axes) -> None:
    """Leave the names at the left alone: no marks, and no numbers below."""
    ax.tick_params(left=False, bottom=False, labelbottom=False)


def names_on_top(ax: Axes) -> None:
    """Name the columns of a table above it and the rows at its left, without marks."""
    ax.tick_params(length=0, labelsize=SMALL, top=True, labeltop=True, bottom=False, labelbottom=False)


def number_of_day(day: object) -> float:
    """Return where a day lies on an axis of dates."""
    return float(date2num(day))  # type: ignore[no-untyped-call]


def label_day(ax: Axes, day: pd.Timestamp, text: str, height: float = 1) -> None:
    """Write beside the upper end of the line at a day, so many points above the axes, on the side that has more room."""
    x = number_of_day(day)
    left, right = ax.get_xlim()
    is_late = x > (left + right) / 2
    look: dict[str, Any] = {"xycoords": ax.get_xaxis_transform(), "ha": "right" if is_late else "left"}
    label_point(ax, (x, 1.0), text, (-4 if is_late else 4, height), va="bottom", **look)


def percent_axis(ax: Axes) -> None:
    """Write the shares of the value axis in whole per cent."""
    ax.yaxis.set_major_formatter(FuncFormatter(lambda share, _: say_share(share)))


def share_axis(ax: Axes, top: float = 1) -> None:
    """Write on the value axis 0, 50 and 100 %, up to a height."""
    ax.set_ylim(0, top)
    percent_axis(ax)
    ax.set_yticks([0, 0.5, 1])
    small_ticks(ax)
    hide_frame(ax, keep=("left", "bottom"))


def label_edge(ax: Axes, labels: list[Label], gap: float = LABEL_GAP) -> None:
    """Name values beside the right edge at their heights, kept apart from each other."""
    low, high = ax.get_ylim()
    labels = sorted(labels)
    heights = _apart([(y - low) / (high - low) for y, _, _ in labels], gap)
    for height, (_, text, colour) in zip(heights, labels, strict=True):
        at_edge: dict[str, Any] = {"transform": ax.transAxes, "va": "center", "fontsize": SMALL}
        ax.text(1.015, height, plain(text), color=colour, **at_edge)


def _apart(heights: list[float], gap: float) -> list[float]:
    """Push rising heights apart until labels do not touch."""
    result: list[float] = []
    for height in heights:
        result.append(max(height, result[-1] + gap) if result else height)
    return result


Plan: TypeAlias = "Mapping[str, pd.DataFrame]"
ChartInput: TypeAlias = "pd.DataFrame | Plan"


def frame_of(
    source: ChartInput, assessment: Callable[[Plan], pd.DataFrame], maker: str, *columns: str
) -> pd.DataFrame:
    """Return the frame that was handed in, if it can be drawn, or what the assessment says of the plan today."""
    return with_columns(source, maker, *columns) if isinstance(source, pd.DataFrame) else assessment(source)


def with_columns(frame: pd.DataFrame, maker: str, *columns: str) -> pd.DataFrame:
    """Return a frame that has the columns which a chart draws.

    Args:
        frame: what was handed in.
        maker: the function that returns such a frame, as it is called.
        columns: what the chart draws.

    Raises:
        PracticeError: it lacks one of them, or is no frame.
    """
    missing = [name for name in columns if not isinstance(frame, pd.DataFrame) or name not in frame]
    if missing:
        raise PracticeError(
            say(
                "This chart draws the columns {columns}; what it was given lacks {missing}. Give it what {maker} returns.",
                columns=say_names(columns),
                missing=say_names(missing),
                maker=maker,
            )
        )
    return frame


def no_frame(maker: str) -> PracticeError:
    """Return the refusal of a frame by a chart that draws what is none."""
    return PracticeError(
        say("This chart draws no frame; give it a plan, or what {maker} returns.", maker=maker)
    )
