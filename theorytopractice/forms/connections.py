"""Who is at the page? Each tab has a session of its own, which outlives a broken connection by a minute and no more."""

from __future__ import annotations

import asyncio
import json
import logging
import struct
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from theorytopractice.errors import PlanError
from theorytopractice.forms.answer import Answer, Message, unknown_form
from theorytopractice.forms.front_files import page_words
from theorytopractice.i18n import say, speaking

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import date

    from theorytopractice.forms.session import Session


LOG = logging.getLogger(__name__)

MAX_TABS = 50
MAX_WAITING = 32  # questions of a tab that are not answered, or whose answers it did not say it has
GRACE = 60.0  # seconds for which a session waits for its tab when the connection broke
THREADS = 8
LENGTH = struct.Struct(">I")
"""A frame with bytes in it begins with the length of its facts; the facts follow, then the bytes."""


class Socket(Protocol):
    """Where answers go out to a tab."""

    def put(self, frame: str | bytes) -> None:
        """Send a frame; one that cannot be sent any more is let go, because the tab will ask for it."""

    def end(self, code: int, reason: str = "") -> None:
        """Close the connection."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How plans are opened for those who come: which one, under whose name, as of which day."""

    where: str
    who: str | None = None
    as_of: date | None = None

    def session(self) -> Session:
        """Open the plan for one more tab.

        Raises:
            PlanError: it cannot be opened.
        """
        from theorytopractice.forms.session import Session
        from theorytopractice.store.open import open_plan

        return Session(open_plan(self.where, who=self.who), as_of=self.as_of, asks_name=True)


@dataclass(eq=False, slots=True)
class Tab:
    """One tab: its session once that is open, what it asked, and where the answers go.

    ``replies`` holds every question that the tab waits for; an answer is kept until the tab says that it has it, so
    that nothing that changes the plan is done twice, or lost, when the connection breaks between the two.
    """

    socket: Socket | None = None
    session: Session | None = None
    replies: dict[str, str | bytes | None] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    timer: asyncio.TimerHandle | None = None
    heading: tuple[str, ...] = ()

    def put(self, frame: str | bytes) -> None:
        """Send a frame if somebody is there."""
        if self.socket is not None:
            self.socket.put(frame)


class Tabs:
    """All tabs of one page."""

    def __init__(self, opening: Opening) -> None:
        """Begin with none."""
        self._opening = opening
        self._tabs: dict[str, Tab] = {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="forms")
        self._tasks: set[asyncio.Future[Any]] = set()

    def __len__(self) -> int:
        """Return how many sessions there are."""
        return len(self._tabs)

    async def in_thread(self, work: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 - whatever it returns
        """Do slow work beside the loop that hears everybody."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    async def join(self, name: str, socket: Socket, waits: Collection[str]) -> Tab:
        """Connect a tab with its session, a new one if it has none any more, and send what it waits for.

        Raises:
            PlanError: there are too many, or the plan cannot be opened.
        """
        tab = self._tabs.get(name) or self._new_tab(name)
        if tab.timer is not None:
            tab.timer.cancel()
        old, tab.socket, tab.timer = tab.socket, socket, None
        if old is not None:
            old.end(1000)
        is_kept = tab.session is not None
        if not is_kept:
            await self._open(name, tab)
        tab.replies = {n: reply for n, reply in tab.replies.items() if n in waits}
        tab.put(json.dumps({"welcome": True, "is_kept": is_kept, "known": list(tab.replies)}))
        for reply in tab.replies.values():
            if reply is not None:
                tab.put(reply)
        return tab

    def _new_tab(self, name: str) -> Tab:
        if len(self._tabs) >= MAX_TABS:
            raise PlanError(
                say(
                    "{n} tabs are open on this page already, and it takes no more; close one and try again.",
                    n=MAX_TABS,
                )
            )
        return self._tabs.setdefault(name, Tab())

    async def _open(self, name: str, tab: Tab) -> None:
        async with tab.lock:
            try:
                tab.session = tab.session or await self.in_thread(self._opening.session)
            except BaseException:
                self._tabs.pop(name, None)
                raise

    def leave(self, tab: Tab, socket: Socket, *, for_good: bool) -> None:
        """Hear that a connection is gone: end the session if its tab was closed, else give it a minute to come back."""
        if tab.socket is not socket:
            return
        tab.socket = None
        if for_good:
            self._end(tab)
        else:
            tab.timer = asyncio.get_running_loop().call_later(GRACE, self._end, tab)

    def _end(self, tab: Tab) -> None:
        """End the session of a tab when its last answer is made."""
        self._tabs = {name: other for name, other in self._tabs.items() if other is not tab}
        self.spawn(self._close(tab))

    async def _close(self, tab: Tab) -> None:
        async with tab.lock:
            session, tab.session = tab.session, None
            if session is not None:
                await self.in_thread(session.close)

    def spawn(self, work: Any) -> None:  # noqa: ANN401 - a coroutine of any sort
        """Do something beside, and remember it until it is done."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Future[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            LOG.error("A tab could not be served", exc_info=error)

    async def hear(self, tab: Tab, frame: str | bytes) -> None:
        """Take in what a tab sends: a question, or that it has an answer."""
        facts, piece = read_frame(frame)
        if "got" in facts:
            tab.replies.pop(str(facts["got"]), None)
            return
        n = str(facts.get("n", ""))
        if n in tab.replies:
            return
        if len(tab.replies) >= MAX_WAITING:
            text = say("Too much was asked at once; wait for the answers and try again.")
            tab.put(write_frame({**Answer(text=text, refused=True).as_dict(), "n": n}))
            return
        tab.replies[n] = None
        async with tab.lock:
            if tab.session is None:
                return
            message = Message(str(facts.get("do", "")), facts, piece)
            reply = await self.in_thread(_reply, tab, tab.session, message, n)
        if n in tab.replies:
            tab.replies[n] = reply
        tab.put(reply)

    async def close(self) -> None:
        """End every session; what is being stored is stored first."""
        for tab in self._tabs.values():
            if tab.timer is not None:
                tab.timer.cancel()
            if tab.socket is not None:
                tab.socket.end(1001)
            tab.socket = None
            self.spawn(self._close(tab))
        self._tabs = {}
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._threads.shutdown()


def _reply(tab: Tab, session: Session, message: Message, n: str) -> str | bytes:
    """Answer a question, in a thread: the frame that goes out."""
    from theorytopractice.forms.router import answer

    result = answer(session, message)
    facts = result.as_dict() | {"n": n, "place": session.place}
    if session.heading != tab.heading:
        tab.heading = session.heading
        facts["model"] = model_facts(session)
    return write_frame(facts, result.file.content if result.file else None)


def model_facts(session: Session) -> dict[str, object]:
    """Return what the browser knows of a session beside what it shows: names, language, its own sentences."""
    with speaking(session.language):
        return {"language": session.language_tag, "words": page_words(), "title": session.page_title}


def read_frame(frame: str | bytes) -> tuple[dict[str, Any], bytes]:
    """Return the facts of a frame, and the bytes beside them.

    Raises:
        PlanError: it is none that the page sends.
    """
    text: str | bytes = frame
    piece = b""
    if isinstance(frame, bytes):
        length = LENGTH.unpack_from(frame)[0] if len(frame) >= LENGTH.size else len(frame)
        text, piece = frame[LENGTH.size : LENGTH.size + length], frame[LENGTH.size + length :]
        if len(text) != length:
            raise unknown_form()
    try:
        facts = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise unknown_form() from error
    if not isinstance(facts, dict):
        raise unknown_form()
    return facts, piece


def write_frame(facts: dict[str, object], content: bytes | None = None) -> str | bytes:
    """Return facts as a frame, with the bytes of a file where there are any."""
    text = json.dumps(facts)
    if content is None:
        return text
    head = text.encode()
    return LENGTH.pack(len(head)) + head + content
