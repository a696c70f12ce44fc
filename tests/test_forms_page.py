"""Is the page reached only with its token, under its own name, and by itself; and does it stand whatever is sent to it?"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import json
import os
import re
import signal
import socket
import webbrowser
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from forms_helpers import DAY, Controls
from servers import LOCAL
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.websocket import WebSocketClosedError, websocket_connect

from theorytopractice.cli import main
from theorytopractice.forms import page
from theorytopractice.forms.connections import Opening
from theorytopractice.forms.front_files import MAX_MESSAGE
from theorytopractice.forms.page import Site, application
from theorytopractice.forms.serve import MAX_REQUEST

# A socket whose other side is cut off lives as long as the process, which ends at once outside of tests.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def _nothing_is_left():
    """Let go of what was cut off before another test is asked about it."""
    yield
    gc.collect()


TOKEN = "the-token-of-the-tests"
NUMBERS = map(str, itertools.count())
OPEN = []
"""Sockets that tests opened."""


@contextlib.asynccontextmanager
async def served(plan):
    """Serve a plan in this process."""
    sockets = bind_sockets(0, LOCAL)
    site = Site(Opening(str(plan), "Ada", DAY), TOKEN, LOCAL, sockets[0].getsockname()[1])
    site.read_settings()
    server = HTTPServer(application(site), max_body_size=MAX_REQUEST, max_buffer_size=2 * MAX_MESSAGE)
    server.add_sockets(sockets)
    try:
        yield site
    finally:
        while OPEN:
            OPEN.pop().close()
        server.stop()
        await site.tabs.close()
        await server.close_all_connections()


def asked(site, path="/", *, scheme="http", key=True, method="GET", body=None, **headers):
    """Return a request, with the key unless told."""
    cookies = [f"{site.cookie_name}={site.key}"] if key else []
    headers = {name.replace("_", "-"): text for name, text in headers.items()}
    headers["Cookie"] = "; ".join([*cookies, *([headers["Cookie"]] if "Cookie" in headers else [])])
    url = f"{scheme}://{LOCAL}:{site.port}{path}"
    return HTTPRequest(url, method=method, body=body, headers=headers, follow_redirects=False)


async def fetch(*facts, **options):
    return await AsyncHTTPClient(force_instance=True).fetch(asked(*facts, **options), raise_error=False)


def text_of(answer):
    return re.sub(r"<style>.*?</style>|<[^>]*>", " ", answer.body.decode())


async def socket_of(site, **options):
    """Return a socket, which is closed when the page is."""
    socket = await websocket_connect(asked(site, "/socket", scheme="ws", **options))
    OPEN.append(socket)
    return socket


async def connect(site, name="a", **options):
    """Connect as a tab does, and return the socket once it is welcome."""
    socket = await socket_of(site, **options)
    await socket.write_message(json.dumps({"tab": name, "waits": []}))
    assert json.loads(await socket.read_message())["welcome"]
    return socket


async def ask(socket, do, **facts):
    await socket.write_message(json.dumps({"n": next(NUMBERS), "do": do, **facts}))
    return json.loads(await socket.read_message())


def test_the_token_becomes_a_key_that_no_other_site_can_use_and_leaves_the_address(plan_path):
    async def run():
        async with served(plan_path) as site:
            let_in = await fetch(site, f"/?token={TOKEN}", key=False)
            assert (let_in.code, let_in.headers["Location"], let_in.body) == (303, "./", b"")
            assert (
                let_in.headers["Set-Cookie"]
                == f"{site.cookie_name}={site.key}; HttpOnly; Path=/; SameSite=Strict"
            )
            assert TOKEN not in site.key
            shown = await fetch(site)
            assert shown.code == 200
            rules = shown.headers["Content-Security-Policy"]
            assert "script-src 'self';" in rules
            assert "unsafe" not in rules
            assert (await fetch(site, "/?again")).headers["Location"] == "./"

    asyncio.run(run())


def test_without_the_token_there_is_only_a_door(plan_path, monkeypatch):
    monkeypatch.setattr(page, "WRONG_SECONDS", 0)

    async def run():
        async with served(plan_path) as site:
            door = await fetch(site, key=False)
            assert (door.code, "Lanmere" in door.body.decode()) == (403, False)
            assert "This page opens with its whole address" in text_of(door)
            for path in ("/front/page.js", "/front/style.css", "/socket"):
                refused = await fetch(site, path, key=False)
                assert (refused.code, "Open this page first, with its token." in text_of(refused)) == (
                    403,
                    True,
                )
            assert "This is not the token." in text_of(await fetch(site, "/?token=wrong", key=False))
            xsrf = re.search('name="_xsrf" value="([^"]+)"', door.body.decode())[1]
            form, cookie = {"token": TOKEN, "_xsrf": xsrf}, f"{site.xsrf_name}={xsrf}"
            typed = await fetch(site, key=False, method="POST", body=urlencode(form), Cookie=cookie)
            assert (typed.code, site.key in typed.headers["Set-Cookie"]) == (303, True)
            forged = await fetch(site, method="POST", body=urlencode({"token": TOKEN}))
            assert "This was not sent by the page itself" in text_of(forged)
            assert [(await fetch(site, key=key, method="HEAD")).code for key in (True, False)] == [200, 403]

    asyncio.run(run())


def test_a_link_from_elsewhere_asks_once_more_so_that_the_browser_shows_its_key(plan_path):
    async def run():
        async with served(plan_path) as site:
            again = await fetch(site, key=False, Sec_Fetch_Site="cross-site")
            assert (again.code, 'content="0; url=./?again"' in again.body.decode()) == (200, True)
            assert (await fetch(site, "/?again", key=False, Sec_Fetch_Site="same-origin")).code == 403

    asyncio.run(run())


def test_nobody_comes_by_another_name_or_from_another_page(plan_path):
    async def run():
        async with served(plan_path) as site:
            elsewhere = await fetch(site, Host="plans.example.org")
            assert elsewhere.code == 403
            assert "not served under the name &#39;plans.example.org&#39;" in text_of(elsewhere)
            assert (await fetch(site, Host=f"localhost:{site.port}")).code == 200
            for origin in ("http://evil.example.org", f"http://{LOCAL}:1", "null"):
                with pytest.raises(HTTPClientError, match="403"):
                    await socket_of(site, Origin=origin)
            assert await connect(site, Origin=f"http://{LOCAL}:{site.port}")
            with pytest.raises(HTTPClientError, match="403"):
                await socket_of(site, key=False)

    asyncio.run(run())


def test_whatever_is_sent_ends_one_connection_and_no_other(plan_path):
    async def run():
        async with served(plan_path) as site:
            good = await connect(site, "good")
            for bad in (b"\x7f\xff\xff\xff\xff\xff\xff\xff", "no JSON", "[1]"):
                for is_new in (True, False):
                    socket = await (socket_of(site) if is_new else connect(site, "bad"))
                    await socket.write_message(bad, binary=isinstance(bad, bytes))
                    assert (
                        json.loads(await socket.read_message())["text"]
                        == "There is no such form; reload the page."
                    )
                    assert await socket.read_message() is None
            large = await connect(site, "large")
            with contextlib.suppress(WebSocketClosedError):
                await large.write_message("x" * (MAX_MESSAGE + 1))
            assert await large.read_message() is None
            started = await ask(good, "start", drafts=[])
            assert "Lanmere County" in started["parts"]["page"]
            assert started["place"] == {"screen": "findings", "finding": "", "tab": "finding"}

    asyncio.run(run())


def test_a_session_that_takes_the_place_of_another_goes_on_there(plan_path):
    async def run():
        async with served(plan_path) as site:
            socket = await connect(site)
            place = {"screen": "findings", "finding": "F-013", "tab": "evidence"}
            started = await ask(socket, "start", drafts=[], place=place)
            assert started["place"] == place
            assert 'aria-selected="true" aria-controls="tab-panel" data-do="tab"' in started["parts"]["page"]
            gone = {"screen": "cellar", "finding": "F-999", "tab": "lid"}
            assert (await ask(socket, "start", drafts=[], place=gone))["place"]["screen"] == "findings"

    asyncio.run(run())


def test_two_planners_see_what_the_other_saved(plan_path):
    async def run():
        async with served(plan_path) as site:
            one, other = await connect(site, "one"), await connect(site, "other")
            for socket in (one, other):
                await ask(socket, "start", drafts=[])
            facts = {"form": "finding", "key": "F-001"}
            form = Controls((await ask(one, "open", open=facts))["parts"]["form"])
            values = form.values | {"finding.theme": "Renamed here"}
            assert not (await ask(one, "save", open=facts, values=values))["refused"]
            shown = await ask(other, "choose", finding="F-001")
            assert "Renamed here" in shown["parts"]["record"]

    asyncio.run(run())


def test_a_plan_that_went_away_is_said_in_one_sentence(plan_path):
    async def run():
        async with served(plan_path) as site:
            plan_path.rename(plan_path.with_name("aside.db"))
            answer = await fetch(site)
            assert answer.code == 503
            assert "There is no plan at" in text_of(answer)
            socket = await socket_of(site)
            await socket.write_message(json.dumps({"tab": "a", "waits": []}))
            assert json.loads(await socket.read_message())["text"].startswith("There is no plan at")
            nothing = await fetch(site, "/nothing")
            assert (nothing.code, "There is nothing at this address." in text_of(nothing)) == (404, True)

    asyncio.run(run())


def test_the_token_is_in_no_log(plan_path, monkeypatch, caplog):
    def fail(self, token):  # noqa: ARG001 - as it is called
        raise RuntimeError("broken")

    async def run():
        async with served(plan_path) as site:
            assert (await fetch(site, f"/?token={TOKEN}")).code == 500

    monkeypatch.setattr(page.Front, "_let_in", fail)
    asyncio.run(run())
    assert "GET / could not be answered" in caplog.text
    assert TOKEN not in caplog.text


def command(*arguments, status=0):
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    assert result.exit_code == status, result.output
    return result


def test_a_port_that_is_taken_is_named_with_a_way_out(plan_path):
    with socket.socket() as holder:
        holder.bind((LOCAL, 0))
        holder.listen()
        port = holder.getsockname()[1]
        result = command("forms", plan_path, "--no-browser", "--port", port, status=1)
    assert result.stdout == ""
    assert f"theorytopractice: Port {port} is taken" in result.stderr
    assert f"--port {port + 1}" in result.stderr


def test_the_way_into_the_browser_is_a_file_and_the_token_in_no_list_of_processes(plan_path, monkeypatch):
    opened = []

    def open_file(address):
        opened.append((address, Path(address.removeprefix("file://")).read_text(encoding="utf-8")))
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(webbrowser, "open", open_file)
    with socket.socket() as free:
        free.bind((LOCAL, 0))
        port = free.getsockname()[1]
    address = command("forms", plan_path, "--port", port).stdout.split()[1]
    ((file, text),) = opened
    assert f'content="0;url={address}"' in text
    assert "token=" in address
    assert "token=" not in file
    assert not Path(file.removeprefix("file://")).exists()
