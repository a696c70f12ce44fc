"""How is a part of a mapping's TOML read, so that every mistake is one sentence that names its key?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from theorytopractice.errors import PlanError, nearest, shown
from theorytopractice.model.values import LONGEST_KEY, as_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


def wrong(key: str, message: str) -> PlanError:
    """Build the error for a key of the mapping."""
    place = key if key.isprintable() and len(key) <= LONGEST_KEY else shown(key)
    return PlanError(f"The mapping cannot be used: {place}: {message}.")


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the TOML, with the key under which it stands there."""

    cells: dict[str, Any]
    key: str = ""

    @classmethod
    def of(cls, value: object, key: str) -> Part:
        """Take a value that must be a table; raises PlanError."""
        if not isinstance(value, dict):
            raise wrong(key, f'expected a table such as {{ column = "…" }}, found {shown(value)}')
        return cls(value, key)

    def __contains__(self, name: str) -> bool:
        """Say whether the table has this key."""
        return name in self.cells

    def under(self, name: str) -> str:
        """Return the full key of a name in this table."""
        return f"{self.key}.{name}" if self.key else name

    def allow(self, names: Collection[str]) -> None:
        """Refuse every key that is not one of ``names``; raises PlanError with the nearest."""
        for name in self.cells:
            if name not in names:
                raise wrong(self.under(name), f"there is no such key here{nearest(name, names)}")

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there and not be empty."""
        if name not in self.cells and default is not None:
            return default
        value = self.cells.get(name)
        if not isinstance(value, str) or not value.strip():
            found = shown(value) if name in self.cells else "nothing"
            raise wrong(self.under(name), f"expected a text, found {found}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; a single text is a list of one."""
        value = self.cells.get(name)
        many = value if isinstance(value, list) else [value]
        if not many or not all(isinstance(one, str) and one.strip() for one in many):
            raise wrong(self.under(name), f"expected a text or a list of texts, found {shown(value)}")
        return tuple(many)

    def scalar(self, name: str) -> str:
        """Return a text, number, truth value or date as the text of a cell; it may be empty."""
        value = self.cells.get(name)
        if value is None or isinstance(value, (dict, list)):
            raise wrong(self.under(name), f"expected a single value, found {shown(value)}")
        return as_text(value).strip()

    def separator(self) -> str:
        """Return the text under ``split``; a blank is one, too."""
        value = self.cells.get("split")
        if not isinstance(value, str) or not value:
            raise wrong(self.under("split"), f"expected a separator such as ';', found {shown(value)}")
        return value

    def whole(self, name: str) -> int:
        """Return a whole number from 1 on."""
        value = self.cells.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise wrong(self.under(name), f"expected a whole number from 1 on, found {shown(value)}")
        return value

    def part(self, name: str) -> Part:
        """Return a table of this table; an empty one where it is missing."""
        return Part.of(self.cells.get(name, {}), self.under(name))

    def parts(self, name: str) -> Iterator[Part]:
        """Return the tables of a list of tables, numbered from 1 in their keys."""
        value = self.cells.get(name, [])
        many = value if isinstance(value, list) else [value]
        return (Part.of(one, f"{self.under(name)}[{n}]") for n, one in enumerate(many, 1))
