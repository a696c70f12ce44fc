"""How are checks, sites and enabling actions shown one beside the other, as a row of marks with its words?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from theorytopractice.charts import small
from theorytopractice.report.html import joined, tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def strip(marks: Sequence[str], words: object) -> Markup:
    """Return a row of marks with the words that say the same below it."""
    return joined([_drawn(marks), tag("div", words, class_="said")])


def key(meanings: Iterable[tuple[str, str]]) -> Markup:
    """Say what each mark stands for."""
    items = (tag("span", _drawn([mark]), " ", words) for mark, words in meanings)
    return tag("p", joined(items, " "), class_="key marks")


def _drawn(marks: Sequence[str]) -> Markup:
    return Markup(small.strip(marks))  # noqa: S704 - drawn from marks alone
