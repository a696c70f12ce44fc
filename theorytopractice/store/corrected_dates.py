"""Which fact that a source no longer gives has it given another date? And which ones are gone, or only past?

A source has no memory of its own: a completion on 5 March where it said 1 March is the same completion with its date
put right, a value of June after one of March is another value. One fact that is gone and one that is new are the same
where they are about the same and of the same kind; of several nothing is guessed.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from theorytopractice.model.plain_text import comparable
from theorytopractice.model.values import read_number
from theorytopractice.model.vocabularies import ActionEvent, FindingEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from theorytopractice.store.sources import Texts


PAST = "past"
"""What is noted with a fact that the source said before what it says now: it is neither gone nor corrected later."""
DAY_OF = {"event": "happened_on", "observation": "observed_on", "evidence": "dated_on"}
ABOUT = {
    "event": ("subject", "subject_id"),
    "observation": ("indicator_id",),
    "evidence": ("action_id", "finding_id"),
}
SORT = {"event": ("event",), "observation": ("final",), "evidence": ("kind",)}
RECURRING = frozenset(
    (
        *(ActionEvent.REDATE, ActionEvent.PROGRESS, ActionEvent.CONFIRM),
        *(FindingEvent.CHECK_PASS, FindingEvent.CHECK_FAIL, FindingEvent.CHECK_NA),
        *(FindingEvent.REVIEW_CONFIRMED, FindingEvent.REVIEW_REVISED, FindingEvent.REVIEW_MATERIAL),
    )
)
"""Events of which a later one is another one, unless the source gives earlier ones, too."""
TURNING = frozenset(
    (
        *(ActionEvent.REOPEN, ActionEvent.CANCEL, ActionEvent.SUSPEND, ActionEvent.RESUME),
        *(ActionEvent.RELEASE, ActionEvent.DISPUTE, FindingEvent.REJECT, FindingEvent.SUPERSEDE),
        *(FindingEvent.RETIRE, FindingEvent.DUPLICATE, FindingEvent.BLOCK, FindingEvent.UNBLOCK),
    )
)
"""Events after which another may happen once more."""


def about(table: str, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a fact is about."""
    return tuple(texts.get(name, "") for name in ABOUT[table])


def day_of(table: str, texts: Mapping[str, str]) -> str:
    """Return the day of a fact."""
    return texts.get(DAY_OF[table], "")


def plain_value(text: str) -> Decimal | str:
    """Return a number as such, so that 80 and 80.0 are one; another text as it is."""
    try:
        return read_number(text)
    except ValueError:
        return text


class Facts:
    """The facts of one table that a source said and says, by the keys under which it is remembered."""

    def __init__(
        self, table: str, said: Mapping[str, Texts], given: Mapping[str, Texts], unknown: Sequence[str]
    ) -> None:
        """Tell what is gone from what is new: what neither the source said nor the plan has (``unknown``)."""
        self.table, self.given = table, given
        self.n_of: dict[tuple[str, ...], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
        self.said = {key: texts for key, texts in said.items() if key not in given and PAST not in texts}
        for key, texts in self.said.items():
            self.n_of[self._sort(texts)][0].append(key)
        for key in unknown:
            self.n_of[self._sort(given[key])][1].append(key)
        self._kept: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._days: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._new_days: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for key, texts in given.items():
            day = day_of(table, texts)
            self._days[about(table, texts)].append(day)
            if key in said:
                self._kept[self._sort(texts)].append(day)
            else:
                self._new_days[about(table, texts)].append(day)

    def _sort(self, texts: Mapping[str, str]) -> tuple[str, ...]:
        """Return what a fact is about and of which kind it is."""
        kinds = [texts.get(name, "") for name in SORT[self.table]]
        return (
            *about(self.table, texts),
            *(["true"] if kinds == [""] and self.table == "observation" else kinds),
        )

    def corrected(self, events: Iterable[Texts]) -> dict[str, str]:
        """Return the fact that is gone by the one that is the same with another date.

        Args:
            events: the events that the plan has, of which one may lie between the two dates.
        """
        pairs = {
            new[0]: gone[0]
            for gone, new in self.n_of.values()
            if len(gone) == len(new) == 1 and self._is_same(self.said[gone[0]], self.given[new[0]])
        }
        if self.table != "event" or not pairs:
            return pairs
        turns: dict[tuple[str, ...], list[Texts]] = defaultdict(list)
        for one in (*events, *self.given.values()):
            if one.get("event") in TURNING:
                turns[about("event", one)].append(one)
        return {
            new: gone
            for new, gone in pairs.items()
            if not self._has_turned(self.said[gone], self.given[new], turns)
        }

    def is_after(self, key: str, read_on: str) -> bool:
        """Tell whether a fact happened after the source was last read: it cannot be what was known then."""
        return day_of(self.table, self.given[key]) > read_on

    def _is_same(self, gone: Texts, new: Texts) -> bool:
        """Tell whether two facts of one kind are the same but for the date (a proof: but for one part)."""
        if self.table == "evidence":
            return any(
                gone.get(name) and comparable(gone[name]) == comparable(new.get(name, ""))
                for name in ("dated_on", "uri", "description")
            )
        if self.table == "observation":
            is_value_of_day = day_of(self.table, gone) == day_of(self.table, new)
            is_same = plain_value(gone.get("value", "")) == plain_value(new.get("value", ""))
            return is_value_of_day or (is_same and not self._has_rolled_on(gone, new))
        if new["event"] in RECURRING:
            is_same = all(gone.get(name, "") == new.get(name, "") for name in ("due", "progress"))
            return is_same and not self._is_another(gone, new)
        return True

    def _has_rolled_on(self, gone: Texts, new: Texts) -> bool:
        """Tell whether a source that gives the last of several values has only gone on to the next."""
        kept = self._kept[self._sort(gone)]
        day = day_of(self.table, gone)
        return bool(kept) and day < min(kept) and day < day_of(self.table, new)

    def _is_another(self, gone: Texts, new: Texts) -> bool:
        """Tell whether the later of two recurring events is another one: the source gives no earlier ones."""
        kept = self._kept[self._sort(gone)]
        day = day_of(self.table, gone)
        return day < day_of(self.table, new) and not any(one < day for one in kept)

    def _has_turned(self, gone: Texts, new: Texts, turns: Mapping[tuple[str, ...], Sequence[Texts]]) -> bool:
        first, last = sorted((gone["happened_on"], new["happened_on"]))
        return any(
            first <= one["happened_on"] <= last and one["event"] != new["event"]
            for one in turns[about("event", new)]
        )

    def is_past(self, key: str) -> bool:
        """Tell whether a fact that is no longer given lies before what the source says of the same since."""
        texts = self.said[key]
        if self.table == "evidence":
            return False
        day = day_of(self.table, texts)
        new = self.n_of[self._sort(texts)][1]
        if any(day_of(self.table, self.given[one]) < day for one in new):
            return False
        if new and self.table == "event" and texts.get("event") not in RECURRING:
            return False
        return any(one >= day for one in self._new_days[about(self.table, texts)])

    def is_missed(self, key: str, *, is_subject_given: bool) -> bool:
        """Tell whether a fact ought to be there: the source still speaks of its subject, and of the time around it."""
        texts = self.said[key]
        day, days = day_of(self.table, texts), self._days[about(self.table, texts)]
        if self.table == "observation":
            return bool(days) and min(days) < day and (day < max(days) or self._is_replaced(texts))
        return is_subject_given or any(one < day for one in days)

    def _is_replaced(self, texts: Texts) -> bool:
        return any(
            day_of(self.table, self.given[one]) <= day_of(self.table, texts)
            for one in self.n_of[self._sort(texts)][1]
        )
