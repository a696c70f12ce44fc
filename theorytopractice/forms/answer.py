"""What passes between the page and the plan? A message that asks, a change that was stored, an answer that renews parts."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import escape

from theorytopractice.errors import PlanError
from theorytopractice.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Message:
    """What the page asks: a word for what is to be done, its facts, the values of a form, a piece of a file."""

    do: str
    facts: Mapping[str, Any]
    piece: bytes = b""

    def text(self, name: str) -> str:
        """Return a fact that is a text; empty where there is none."""
        fact = self.facts.get(name)
        return fact if isinstance(fact, str) else ""

    def number(self, name: str) -> int:
        """Return a fact that is a whole number; 0 where there is none."""
        fact = self.facts.get(name)
        return fact if isinstance(fact, int) else 0

    def key(self, name: str = "key") -> tuple[str, ...]:
        """Return a fact that is the key of a row; empty where there is none."""
        fact = self.facts.get(name)
        return tuple(map(str, fact)) if isinstance(fact, list | tuple) else ()

    def values(self, name: str = "values") -> dict[str, str]:
        """Return the values of a form, name → text."""
        fact = self.facts.get(name)
        return {str(key): str(text) for key, text in fact.items()} if isinstance(fact, dict) else {}


@dataclass(frozen=True, slots=True)
class File:
    """A file that the browser saves: its name and what is in it."""

    name: str
    content: bytes


@dataclass(slots=True)
class Answer:
    """What the page does: parts to renew, where the cursor goes, the text that is read aloud, drafts to forget.

    ``values`` are put into the fields of the form that asked, name → text; ``file`` is saved by the browser.
    """

    parts: dict[str, Markup] = field(default_factory=dict)
    focus: str = ""
    text: str = ""
    forget: list[str] = field(default_factory=list)
    refused: bool = False
    values: dict[str, str] = field(default_factory=dict)
    file: File | None = None

    def __or__(self, other: Answer) -> Answer:
        """Return both answers as one; what the other says counts."""
        return Answer(
            self.parts | other.parts,
            other.focus or self.focus,
            other.text or self.text,
            self.forget + other.forget,
            self.refused or other.refused,
            self.values | other.values,
            other.file or self.file,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what is sent to the page; a part that is no markup after all is shown as text."""
        return {
            "parts": {name: str(escape(html)) for name, html in self.parts.items()},
            "focus": self.focus,
            "text": self.text,
            "forget": self.forget,
            "refused": self.refused,
            "values": self.values,
            "file": self.file.name if self.file else "",
        }


@dataclass(frozen=True, slots=True)
class Changed:
    """What a handler stored; the router shows what that can have moved.

    Args:
        text: what was stored; empty where nothing was, and the form is only put away.
        finding_id: a finding that is new; empty if the chosen one stays.
        change: the change that can be taken back, if it is offered.
        note: what is worth a look.
        action_id: the action that a meeting decided on.
        group: the group of the meeting in which that was done, where the page says so.
        stage_text: where the finding stood before, if that is said only when it moved.
        part: the only part of the screen that moved; all of it if empty.
        forget: drafts that were stored.
    """

    text: str
    finding_id: str = ""
    change: int | None = None
    note: Markup | None = None
    action_id: str = ""
    group: str = ""
    stage_text: str = ""
    part: str = ""
    forget: list[str] = field(default_factory=list)


SEARCH_TEXT = "~shown"
"""Ends the name of the box in which one searches; the key that was chosen stands beside it."""


UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What a page leaves out of a text: control characters but for line breaks and tabs, and halves of characters."""


def as_json(facts: object) -> str:
    """Return facts as a page hands them back; what a page cannot hold is written as its number."""
    return UNPRINTABLE.sub(
        lambda character: f"\\u{ord(character[0]):04x}", json.dumps(facts, ensure_ascii=False)
    )


def looks_like(text: str, other: str) -> bool:
    """Tell whether a page shows two texts alike."""
    return text == other or UNPRINTABLE.sub("", text).strip() == UNPRINTABLE.sub("", other).strip()


def unknown_form() -> PlanError:
    """Return the refusal of a page that asks for what there is not."""
    return PlanError(say("There is no such form; reload the page."))


@contextmanager
def refuse_unreadable() -> Iterator[None]:
    """Refuse the page where it hands back what it was never given.

    Raises:
        PlanError: what is read within cannot be read.
    """
    try:
        yield
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise unknown_form() from error
