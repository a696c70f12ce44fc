"""What happened between dated snapshots? A row was first seen, its word changed, it fell back, it is gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from theorytopractice.model.values import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FELL_BACK, GONE = "fell back", "gone"


@dataclass(frozen=True, slots=True)
class Turn:
    """A row of a snapshot that tells of an event: its place, the day, its word, or that it fell back or is gone."""

    place: int
    day: str
    word: str
    kind: str = ""


@dataclass(slots=True)
class Walk:
    """The way of each subject through the snapshots; ``repeated`` are rows that say another word on the same day."""

    days: Sequence[str]
    closing: frozenset[str]
    can_go: bool
    repeated: list[int] = field(default_factory=list)
    _last: dict[str, tuple[int, int, str]] = field(default_factory=dict)

    def turns(self, subjects: Sequence[str], words: Sequence[str], days: Sequence[str]) -> Iterator[Turn]:
        """Return the turns; the rows are in the order of their days. Of a subject twice on a day the first row counts.

        >>> walk = Walk(["2025-03-31", "2025-06-30", "2025-09-30"], frozenset(["done"]), True)
        >>> rows = ["A", "B", "A", "A"], ["Done", "Open", "Open", "Open"], [walk.days[0], walk.days[0], *walk.days[1:]]
        >>> [(turn.place, turn.day[5:], turn.word, turn.kind) for turn in walk.turns(*rows)]
        [(0, '03-31', 'Done', ''), (1, '03-31', 'Open', ''), (2, '06-30', 'Open', 'fell back'), (1, '06-30', 'Open', 'gone')]
        """
        number = {day: n for n, day in enumerate(self.days)}
        for place, (subject, word, day) in enumerate(zip(subjects, words, days, strict=True)):
            if subject:
                yield from self._step(place, subject, word, number[day])
        last = len(self.days) - 1
        for place, at, word in self._last.values():
            if at < last:
                yield Turn(place, self.days[at + 1], word, GONE)

    def _step(self, place: int, subject: str, word: str, at: int) -> Iterator[Turn]:
        before = self._last.get(subject)
        if before is not None and before[1] == at:
            if fold(before[2]) != fold(word):
                self.repeated.append(place)
            return
        self._last[subject] = (place, at, word)
        if before is None:
            yield Turn(place, self.days[at], word)
            return
        was_gone = before[1] + 1 < at
        if was_gone:
            yield Turn(before[0], self.days[before[1] + 1], before[2], GONE)
        is_closed = fold(before[2]) in self.closing or (was_gone and self.can_go)
        if is_closed and fold(word) not in self.closing:
            yield Turn(place, self.days[at], word, FELL_BACK)
        elif fold(before[2]) != fold(word):
            yield Turn(place, self.days[at], word)


def latest(subjects: Sequence[str], days: Sequence[str]) -> list[int]:
    """Return the places of the rows that stand in the last snapshot of their subject."""
    last: dict[str, str] = {}
    for subject, day in zip(subjects, days, strict=True):
        last[subject] = max(day, last.get(subject, ""))
    return [place for place, subject in enumerate(subjects) if days[place] == last[subject]]


def moved_dues(
    keys: Sequence[str], dues: Sequence[str], days: Sequence[str]
) -> Iterator[tuple[int, str, str, str]]:
    """Return place, key, new due date and day of each change of a due date between snapshots."""
    known: dict[str, str] = {}
    for place, (key, due, day) in enumerate(zip(keys, dues, days, strict=True)):
        if key and due:
            if known.get(key, due) != due:
                yield place, key, due, day
            known[key] = due
