"""Which links lead to a key that they only spell in another way? They lead to that key.

Two keys that people take for the same differ in Unicode form, width, case or blanks only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from theorytopractice.model.plain_text import comparable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from theorytopractice.model.values import TextTable


class Keys:
    """The keys of one table, and which of them a text spells in another way."""

    def __init__(self, keys: Iterable[str]) -> None:
        """Remember the keys."""
        self.keys = frozenset(keys) - {""}
        self._alike: dict[str, str] | None = None

    def spelt(self, text: str) -> str:
        """Return the key that a text is, or that it alone is taken for; else the text.

        >>> Keys(["F-1", "F-2", "f-2"]).spelt("Ｆ－１"), Keys(["F-2", "f-2"]).spelt("Ｆ－2")
        ('F-1', 'Ｆ－2')
        """
        if not text or text in self.keys:
            return text
        if self._alike is None:
            self._alike = {}
            for key in self.keys:
                same = comparable(key)
                self._alike[same] = "" if same in self._alike else key
        return self._alike.get(comparable(text)) or text


def spell_links(tables: Mapping[str, TextTable]) -> None:
    """Write every link of a whole plan as the key to which it leads; what leads nowhere stays for validation."""
    known = {
        name: Keys(table[table.entity.identifier])
        for name, table in tables.items()
        if table.entity.identifier
    }
    for table in tables.values():
        for field in table.entity.fields:
            cells = table.columns.get(field.name)
            if cells is None:
                continue
            if field.refers in known:
                table.columns[field.name] = _spelt(cells, known[field.refers])
            elif field.name == "subject_id":
                rows = zip(table["subject"], cells, strict=True)
                table.columns[field.name] = [
                    known[subject].spelt(cell) if subject in known else cell for subject, cell in rows
                ]


def _spelt(cells: Sequence[str], keys: Keys) -> list[str]:
    known = {text: keys.spelt(text) for text in set(cells)}
    return [known[text] for text in cells]
