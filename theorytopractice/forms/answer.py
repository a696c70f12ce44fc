"""What passes between the page and the plan? A message that asks, an answer with the parts of the page to renew."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import escape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Message:
    """What the page asks: a word for what is to be done, its facts, the values of a form, a piece of a file."""

    do: str
    facts: Mapping[str, Any]
    piece: bytes = b""

    def text(self, name: str) -> str:
        """Return a fact that is a text; empty where there is none."""
        found = self.facts.get(name)
        return found if isinstance(found, str) else ""

    def key(self, name: str = "key") -> tuple[str, ...]:
        """Return a fact that is the key of a row; empty where there is none."""
        found = self.facts.get(name)
        return tuple(map(str, found)) if isinstance(found, list | tuple) else ()

    def values(self, name: str = "values") -> dict[str, str]:
        """Return the values of a form, name → text."""
        found = self.facts.get(name)
        return {str(key): str(text) for key, text in found.items()} if isinstance(found, dict) else {}


@dataclass(slots=True)
class Answer:
    """What the page does: parts to renew, where the cursor goes, what is said aloud, drafts to forget.

    ``values`` are put into the fields of the form that asked, name → text.
    """

    parts: dict[str, Markup] = field(default_factory=dict)
    focus: str = ""
    told: str = ""
    forget: list[str] = field(default_factory=list)
    refused: bool = False
    values: dict[str, str] = field(default_factory=dict)

    def __or__(self, other: Answer) -> Answer:
        """Return both answers as one; what the other says counts."""
        return Answer(
            self.parts | other.parts,
            other.focus or self.focus,
            other.told or self.told,
            self.forget + other.forget,
            self.refused or other.refused,
            self.values | other.values,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what is sent to the page; a part that is no markup after all is shown as text."""
        return {
            "parts": {name: str(escape(html)) for name, html in self.parts.items()},
            "focus": self.focus,
            "told": self.told,
            "forget": self.forget,
            "refused": self.refused,
            "values": self.values,
        }
