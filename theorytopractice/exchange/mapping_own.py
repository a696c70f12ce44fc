"""Can a text stand in one of our fields, and how is it written there?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from theorytopractice.model.dialects import CELL
from theorytopractice.model.values import LONGEST_CELL, LONGEST_KEY, parse_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from theorytopractice.exchange.mapping_names import Names
    from theorytopractice.model.fields import Field


@dataclass(frozen=True, slots=True)
class OwnField:
    """One of our fields as a mapping fills it; ``sort`` is the sort of name that stands there, if one does."""

    field: Field
    names: Names
    sort: str = ""

    def __call__(self, text: str) -> str:
        """Return a text as it is written in the field; raises ValueError where the field cannot hold it."""
        plain = CELL.plain_cell(self.field, text)
        if self._is_key:
            plain = self.names.key(plain)
        if why := parse_error(self.field, plain):
            raise ValueError(why.message)
        return self.names.spelt(self.sort, plain) if self.sort else plain

    @property
    def _is_key(self) -> bool:
        return self.field.is_key or bool(self.field.refers) or self.field.name == "subject_id"

    def holds_all(self, texts: Sequence[str]) -> bool:
        """Tell at a glance that every one of many texts stands in the field as it is."""
        if self.sort or not (self.field.is_free or self._is_key):
            return False
        if max(map(len, texts), default=0) > (LONGEST_KEY if self._is_key else LONGEST_CELL):
            return False
        whole = "\n".join(texts)
        if self._is_key and not (whole.isascii() and texts == [text.strip() for text in texts]):
            return False
        return "\0" not in whole
