"""How is the workbench shown in a notebook? As a widget, whose messages are answered as those of the page are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from theorytopractice.forms.answer import Message
from theorytopractice.forms.front_files import script, style, widget_words
from theorytopractice.forms.router import answer
from theorytopractice.forms.session import Session
from theorytopractice.i18n import speaking

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from theorytopractice.store.plan import Plan


class Workbench(anywidget.AnyWidget):
    """The planners' workbench of one plan, as a widget for JupyterLab."""

    _esm = script()
    _css = style()
    plan_name = traitlets.Unicode().tag(sync=True)
    language = traitlets.Unicode().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self, plan: Plan, *, as_of: date | None = None, asks_name: bool = False) -> None:
        """Prepare the workbench of a plan; nothing is read before the page asks."""
        self._session = Session(plan, as_of=as_of, asks_name=asks_name)
        with speaking(self._session.language):
            super().__init__(plan_name=plan.name, language=self._session.language_tag, words=widget_words())
        self.on_msg(self._hear)

    def _hear(self, _: object, facts: dict[str, Any], buffers: Sequence[memoryview]) -> None:
        """Answer a message of the page."""
        piece = bytes(buffers[0]) if buffers else b""
        reply = answer(self._session, Message(str(facts.get("do", "")), facts, piece))
        if self.language != self._session.language_tag:
            with speaking(self._session.language):
                self.language, self.words = self._session.language_tag, widget_words()
        self.send({**reply.as_dict(), "n": facts.get("n")}, [reply.file.content] if reply.file else None)


def workbench(plan: Plan, *, as_of: date | str | None = None, asks_name: bool = False) -> Workbench:
    """Return the widget in which planners see a plan, fill it in, and watch the stages move.

    Args:
        plan: an open plan; changes are remembered under the name with which it was opened.
        as_of: the day as of which stages are told; today in the plan's zone unless given.
        asks_name: whether each browser may give its own name, as on a page that several planners share.
    """
    from theorytopractice.model.settings import read_as_of

    day = None if as_of is None else read_as_of(as_of)
    return Workbench(plan, as_of=day, asks_name=asks_name)
