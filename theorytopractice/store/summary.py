"""What did an import do to a plan?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from theorytopractice.errors import Issue


@dataclass(frozen=True, slots=True)
class Summary:
    """How many rows an import added, changed or left as they were, and the warnings about them."""

    added: Mapping[str, int]
    changed: Mapping[str, int]
    unchanged: Mapping[str, int]
    issues: Sequence[Issue] = field(default_factory=list)

    def __str__(self) -> str:
        """Say it in words."""
        said = [
            f"{sum(counts.values())} rows {word}" + (f" ({_listed(counts)})" if counts else "")
            for word, counts in (("added", self.added), ("changed", self.changed))
        ]
        return f"{', '.join(said)}, {sum(self.unchanged.values())} as they were"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items())
