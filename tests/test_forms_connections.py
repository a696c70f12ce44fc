"""Is nothing that a tab asked done twice or lost when its connection breaks, and does its session end with it?"""

from __future__ import annotations

import asyncio
import json
from typing import ClassVar

import pytest

from theorytopractice.errors import PlanError
from theorytopractice.forms import connections
from theorytopractice.forms.connections import Opening, Tabs, read_frame, write_frame


class FakeSocket:
    """Remembers what went out, and whether it was closed."""

    def __init__(self):
        self.frames, self.code = [], None

    def put(self, frame):
        self.frames.append(read_frame(frame)[0])

    def end(self, code, reason=""):  # noqa: ARG002 - as a socket is closed
        self.code = code

    def answers(self):
        return [frame for frame in self.frames if "n" in frame]


class FakeOpening(Opening):
    """Opens sessions that are counted."""

    opened: ClassVar[list[FakeSession]] = []

    def session(self):
        self.opened.append(FakeSession())
        return self.opened[-1]


class FakeSession:
    heading = ()
    place: ClassVar[dict[str, str]] = {"screen": "findings"}
    is_closed = False

    def __init__(self):
        self.asked = []

    def close(self):
        self.is_closed = True


@pytest.fixture
def tabs(monkeypatch):
    """Tabs whose sessions answer with what they were asked."""
    from theorytopractice.forms import router
    from theorytopractice.forms.answer import Answer

    def answer(session, message):
        session.asked.append(message.do)
        return Answer(text=message.do)

    monkeypatch.setattr(router, "answer", answer)
    monkeypatch.setattr(FakeOpening, "opened", [])
    return lambda: Tabs(FakeOpening("plan.db"))


def question(n, do="save"):
    return json.dumps({"n": n, "do": do})


def test_an_answer_that_did_not_arrive_is_sent_again_and_nothing_is_done_twice(tabs):
    async def run():
        page, first, second = tabs(), FakeSocket(), FakeSocket()
        tab = await page.join("a", first, [])
        assert first.frames == [{"welcome": True, "is_kept": False, "known": []}]
        await page.hear(tab, question("1"))
        await page.hear(tab, json.dumps({"got": "1"}))
        await page.hear(tab, question("2"))
        page.leave(tab, first, for_good=False)
        assert await page.join("a", second, ["2", "3"]) is tab
        await page.hear(tab, question("2"))  # sent again before the tab knew
        await page.hear(tab, question("3"))
        assert second.frames[0] == {"welcome": True, "is_kept": True, "known": ["2"]}
        assert [one["n"] for one in second.answers()] == ["2", "3"]
        assert [len(one.asked) for one in FakeOpening.opened] == [3]
        await page.close()

    asyncio.run(run())


def test_a_question_that_is_answered_while_nobody_is_there_waits_for_the_tab(tabs):
    async def run():
        page, socket = tabs(), FakeSocket()
        tab = await page.join("a", FakeSocket(), [])
        page.leave(tab, tab.socket, for_good=False)
        await page.hear(tab, question("1"))
        await page.join("a", socket, ["1"])
        assert [one["n"] for one in socket.answers()] == ["1"]
        await page.close()

    asyncio.run(run())


def test_a_session_ends_with_its_tab_or_a_while_after_its_connection_broke(tabs, monkeypatch):
    async def run():
        page = tabs()
        closed, broken, back = [await page.join(name, FakeSocket(), []) for name in "abc"]
        page.leave(closed, closed.socket, for_good=True)
        for tab in (broken, back):
            page.leave(tab, tab.socket, for_good=False)
        await page.join("c", FakeSocket(), [])
        assert len(page) == 2
        await asyncio.sleep(0.1)
        assert [one.is_closed for one in FakeOpening.opened] == [True, True, False]
        await page.close()
        assert FakeOpening.opened[2].is_closed
        assert back.socket is None

    assert connections.GRACE == 60
    monkeypatch.setattr(connections, "GRACE", 0.02)
    asyncio.run(run())


def test_a_connection_takes_the_place_of_the_one_that_it_had(tabs):
    async def run():
        page, old, new = tabs(), FakeSocket(), FakeSocket()
        tab = await page.join("a", old, [])
        await page.join("a", new, [])
        page.leave(tab, old, for_good=True)
        assert (old.code, new.code, len(page), tab.socket) == (1000, None, 1, new)
        await page.close()
        assert new.code == 1001

    asyncio.run(run())


def test_tabs_and_their_questions_are_bounded_with_a_sentence(tabs, monkeypatch):
    async def run():
        page, socket = tabs(), FakeSocket()
        tab = await page.join("a", socket, [])
        for n in range(4):
            await page.hear(tab, question(str(n)))
        refused = socket.answers()[-1]
        assert (refused["n"], refused["refused"]) == ("3", True)
        assert refused["text"] == "Too much was asked at once; wait for the answers and try again."
        assert len(FakeOpening.opened[0].asked) == 3
        await page.join("b", FakeSocket(), [])
        with pytest.raises(PlanError, match=r"^2 tabs are open on this page already, and it takes no more"):
            await page.join("c", FakeSocket(), [])
        await page.close()

    monkeypatch.setattr(connections, "MAX_WAITING", 3)
    monkeypatch.setattr(connections, "MAX_TABS", 2)
    asyncio.run(run())


def test_a_plan_that_cannot_be_opened_leaves_no_session(tmp_path):
    async def run():
        page = Tabs(Opening(str(tmp_path / "plan.db")))
        with pytest.raises(PlanError, match="There is no plan at"):
            await page.join("a", FakeSocket(), [])
        assert len(page) == 0
        await page.close()

    asyncio.run(run())


def test_a_frame_holds_facts_and_the_bytes_of_a_file():
    assert read_frame(write_frame({"n": "1", "text": "é"}, b"\0\xff")) == ({"n": "1", "text": "é"}, b"\0\xff")
    assert read_frame(write_frame({"n": "1"})) == ({"n": "1"}, b"")


@pytest.mark.parametrize(
    "frame",
    [b"", b"\0\0\0", b"\xff\xff\xff\xff{}{}", b"\x7f\xff\xff\xff\xff\xff\xff\xff", b"\0\0\0\2[]", b"\0\0\0\1\xff", "",
     "[1]", "{", "[" * 100_000, '{"n": ' + "9" * 5000 + "}"],
)  # fmt: skip
def test_what_no_page_sends_is_refused(frame):
    with pytest.raises(PlanError, match="reload the page"):
        read_frame(frame)
