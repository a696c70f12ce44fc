"""What does a planner see and touch? One widget: what it shows is made in Python, the browser shows it and listens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from theorytopractice.forms import router
from theorytopractice.forms.answer import Message
from theorytopractice.forms.session import Session
from theorytopractice.i18n import say, speaking

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from theorytopractice.store.plan import Plan


FRONT = Path(__file__).parent / "front"
STYLES = ("style.css", "meeting.css", "grid.css")
SCRIPTS = ("drafts.js", "search.js", "grid.js", "files.js", "keys.js", "fields.js", "view.js")


class Workbench(anywidget.AnyWidget):
    """The planners' workbench of one plan, as a widget for JupyterLab and Voilà."""

    _esm = "\n".join((FRONT / name).read_text(encoding="utf-8") for name in SCRIPTS)
    _css = "\n".join((FRONT / name).read_text(encoding="utf-8") for name in STYLES)
    plan_name = traitlets.Unicode().tag(sync=True)
    language = traitlets.Unicode().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self, plan: Plan, *, as_of: date | None = None, asks_name: bool = False) -> None:
        """Prepare the workbench of a plan; nothing is read before the page asks."""
        self._session = Session(plan, as_of=as_of, asks_name=asks_name)
        with speaking(self._session.language):
            super().__init__(plan_name=plan.name, language=self._session.language_tag, words=_front_words())
        self.on_msg(self._hear)

    def _hear(self, _: object, facts: dict[str, Any], buffers: Sequence[memoryview]) -> None:
        """Answer a message of the page."""
        piece = bytes(buffers[0]) if buffers else b""
        answer = router.answer(self._session, Message(str(facts.get("do", "")), facts, piece))
        if self.language != self._session.language_tag:
            with speaking(self._session.language):
                self.language, self.words = self._session.language_tag, _front_words()
        self.send({**answer.as_dict(), "n": facts.get("n")})


def _front_words() -> dict[str, str]:
    """Return the sentences that the browser says when Python does not answer."""
    return {
        "slow": say(
            "No answer yet. What you typed is kept in this browser. If this lasts, reload the page; in a notebook, run the cell again."
        ),
        "lost": say(
            "The connection is gone. What you typed is kept in this browser; reload the page to go on."
        ),
        "unread": say("The file cannot be read; choose it again."),
        "full": say("This browser has no room to keep what you type until it is saved; save soon."),
    }


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
