"""What does the page of the forms answer to whom? A door, the workbench, its script and style, and a socket for each tab."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import json
import logging
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from markupsafe import Markup
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from theorytopractice.errors import PracticeError, quote
from theorytopractice.forms.answer import unknown_form
from theorytopractice.forms.connections import Tab, Tabs, read_frame
from theorytopractice.forms.front_files import MAX_MESSAGE, page_script, page_words, style
from theorytopractice.html import join, tag
from theorytopractice.i18n import say, speaking
from theorytopractice.i18n import tag as language_tag
from theorytopractice.model.settings import Settings
from theorytopractice.store.open import open_plan

if TYPE_CHECKING:
    from theorytopractice.forms.connections import Opening


LOG = logging.getLogger(__name__)
FRAME_STYLE = (
    "html, body { margin: 0; } .notice, .door { font: 1rem/1.5 system-ui, sans-serif; margin: 1rem; color: #1a1a1a; }"
    " .door { margin: 2rem auto; max-width: 40rem; padding: 0 1rem; } .door h1 { font-size: 1.25rem; }"
    " .door .lines { white-space: pre-line; } .door input, .door button { font: inherit; padding: .25rem .5rem; }"
)
HASH = base64.b64encode(hashlib.sha256(FRAME_STYLE.encode()).digest()).decode()
RULES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": f"'self' 'sha256-{HASH}'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{of} {allowed}" for of, allowed in RULES.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
A_YEAR = "private, max-age=31536000, immutable"
PING_SECONDS = 20
WRONG_SECONDS = 1.0  # for which a wrong token waits for its answer
POLICY, TRY_LATER = 1008, 1013  # codes with which a socket is closed
GONE_FOR_GOOD = (1000, 1001)  # a browser says so when its tab is closed or goes elsewhere
MAX_NAME = 80


@dataclass
class Site:
    """One page that is served: which plan, behind which token, under which names, and who is there."""

    opening: Opening
    token: str
    ip: str
    port: int
    name: str = ""
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        """Begin without tabs."""
        self.tabs = Tabs(self.opening)
        names = {"localhost", self.ip, socket.gethostname(), socket.getfqdn()}
        self.hosts = {name.casefold() for name in names}

    @property
    def cookie_name(self) -> str:
        """The name of the cookie; cookies know no ports, and other pages on this machine have theirs."""
        return f"theorytopractice-{self.port}"

    @property
    def key(self) -> str:
        """What the cookie holds: proof of the token, which the token cannot be read from."""
        return hmac.new(self.token.encode(), b"theorytopractice forms", "sha256").hexdigest()

    @property
    def xsrf_name(self) -> str:
        """The name of the cookie that tells the page's own form from one elsewhere."""
        return f"{self.cookie_name}-xsrf"

    def is_token(self, text: str) -> bool:
        """Tell whether somebody has the token."""
        return hmac.compare_digest(text.encode("utf-8", "replace"), self.token.encode())

    def is_own_name(self, host: str) -> bool:
        """Tell whether the page may be asked for under a name: its own, or an address in numbers.

        A name of somebody else's could lead here as well, and a page under it would speak in the planner's browser.
        """
        name = urlsplit(f"//{host}").hostname or ""
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name.casefold() in self.hosts
        return True

    def read_settings(self) -> None:
        """Read the title and the language of the plan as they are now.

        Raises:
            PracticeError: there is no plan any more.
        """
        with open_plan(self.opening.where) as plan:
            self.name, self.settings = plan.name, plan.settings


class Handler(RequestHandler):
    """What every answer has in common: who may ask, under which name, and how a refusal looks."""

    site: Site

    def initialize(self, site: Site) -> None:
        """Take the page to which it belongs."""
        self.site = site

    def set_default_headers(self) -> None:
        """Allow the page's own script and style and nothing else."""
        for name, text in HEADERS.items():
            self.set_header(name, text)
        self.clear_header("Server")

    @property
    def has_key(self) -> bool:
        """Whether the browser has shown the token before."""
        return hmac.compare_digest(self.get_cookie(self.site.cookie_name) or "", self.site.key)

    def prepare(self) -> None:
        """Refuse whoever comes by a name of somebody else's, or without the key."""
        with speaking(self.site.settings.language):
            if not self.site.is_own_name(self.request.host):
                host = quote(self.request.host)
                self.refuse(
                    403,
                    say(
                        "This page is not served under the name {host}; open it at the address that was printed where "
                        "it was started.",
                        host=host,
                    ),
                )
            elif not self.has_key and not self.is_door:
                self.refuse(403, say("Open this page first, with its token."))

    is_door = False
    """Whether one gets an answer before one has shown the token."""

    def refuse(self, status: int, text: str) -> None:
        """Say in one sentence why there is nothing to see."""
        self.set_status(status)
        self.finish_page(tag("p", text, class_="lines"))

    def finish_page(self, *inside: Markup, head: Markup | None = None) -> None:
        """Answer with a page that is not the workbench."""
        name = say("From findings to practice")
        self.finish(frame(name, tag("main", tag("h1", name), *inside, class_="door"), head=head))

    def write_error(self, status_code: int, **_: object) -> None:
        """Show a refusal of the server's own."""
        with speaking(self.site.settings.language):
            if status_code == HTTPStatus.NOT_FOUND:
                text = say("There is nothing at this address.")
            elif status_code == HTTPStatus.FORBIDDEN:
                text = say("This was not sent by the page itself; reload it and try again.")
            else:
                text = say("This cannot be answered ({reason}).", reason=self._reason)
            self.refuse(status_code, text)

    def log_exception(self, *error: Any) -> None:  # noqa: ANN401 - what sys.exc_info gives
        """Note what went wrong without the address, in which a token may stand."""
        if (
            getattr(error[1], "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
            >= HTTPStatus.INTERNAL_SERVER_ERROR
        ):
            LOG.error("%s %s could not be answered", self.request.method, self.request.path, exc_info=error)


class Front(Handler):
    """The workbench for whoever has the key; the door for everybody else."""

    is_door = True

    async def get(self) -> None:
        """Let somebody in, show the workbench, or show the door."""
        token = self.get_query_argument("token", None)
        if token is not None:
            await self._let_in(token)
        elif self.has_key:
            await self._show_workbench()
        elif self.request.headers.get("Sec-Fetch-Site") == "cross-site":
            self._come_again()
        else:
            self._show_door(is_wrong=False)

    def head(self) -> None:
        """Tell a page that lost its connection whether its key still fits."""
        self.set_status(HTTPStatus.OK if self.has_key else HTTPStatus.FORBIDDEN)

    async def post(self) -> None:
        """Take the token that was typed at the door."""
        await self._let_in(self.get_body_argument("token", ""))

    async def _let_in(self, token: str) -> None:
        """Give the browser its key, and lead it to an address without the token."""
        if not self.site.is_token(token.strip()):
            await asyncio.sleep(WRONG_SECONDS)
            self._show_door(is_wrong=True)
            return
        self.set_cookie(self.site.cookie_name, self.site.key, httponly=True, samesite="Strict")
        self.redirect("./", status=HTTPStatus.SEE_OTHER)

    def _come_again(self) -> None:
        """Ask once more, by a page of our own: a browser that followed a link from elsewhere kept the key to itself."""
        with speaking(self.site.settings.language):
            link = tag("p", tag("a", say("Open"), href="./?again"))
            self.finish_page(link, head=tag("meta", http_equiv="refresh", content="0; url=./?again"))

    def _show_door(self, *, is_wrong: bool) -> None:
        self.set_status(HTTPStatus.FORBIDDEN)
        with speaking(self.site.settings.language):
            closed = say(
                "This page opens with its whole address, as it was printed where it was started: with the token at its end."
            )
            box = tag("input", type="password", name="token", id="token", autocomplete="off", required=True)
            xsrf = tag("input", type="hidden", name="_xsrf", value=self.xsrf_token.decode())
            wrong = tag("p", say("This is not the token."), role="alert") if is_wrong else None
            button = tag("button", say("Open"), type="submit")
            form = tag(
                "form",
                xsrf,
                tag("label", say("Token"), for_="token"),
                " ",
                box,
                " ",
                button,
                action="./",
                method="post",
            )
            self.finish_page(tag("p", closed), join([wrong, form] if wrong else [form], ""))

    async def _show_workbench(self) -> None:
        if self.request.query:
            self.redirect("./", status=HTTPStatus.SEE_OTHER)
            return
        try:
            await self.site.tabs.in_thread(self.site.read_settings)
        except PracticeError as error:
            with speaking(self.site.settings.language):
                self.refuse(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
            return
        with speaking(self.site.settings.language):
            self.finish(workbench_page(self.site))


def workbench_page(site: Site) -> Markup:
    """Return the page on which the workbench appears, in the language that is spoken."""
    model = {
        "plan_name": site.name,
        "language": language_tag(),
        "words": page_words(),
        "max_bytes": MAX_MESSAGE,
    }
    loading = tag("p", say("The plan is being opened…"), class_="notice", id="loading", role="status")
    script = tag("p", say("This page needs JavaScript; allow it at this address."), class_="notice")
    head = join(
        [
            tag("link", rel="stylesheet", href=f"front/style.css?{_version(style())}"),
            tag("script", type="module", src=f"front/page.js?{_version(page_script())}"),
        ],
        "",
    )
    main = tag("main", loading, id="workbench", data_model=json.dumps(model))
    title = site.settings.title or say("From findings to practice")
    return frame(title, join([tag("noscript", script), main], ""), head=head)


def _version(text: str) -> str:
    """Return what changes in an address when a file does, so that a browser may keep it."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def frame(title: str, body: Markup, *, head: Markup | None = None) -> Markup:
    """Return a whole page, in the language that is spoken."""
    inside = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("link", rel="icon", href="data:,"),
        tag("style", Markup(FRAME_STYLE)),  # noqa: S704 - a text of our own
        head,
    )
    whole = tag("html", inside, tag("body", body, data_jp_theme_light="true"), lang=language_tag())
    return join([Markup("<!DOCTYPE html>"), whole], "\n")


FILES = {"page.js": ("text/javascript", page_script), "style.css": ("text/css", style)}


class FrontFile(Handler):
    """The script and the style of the workbench."""

    def get(self, name: str) -> None:
        """Hand over a file; it may be kept, because its address changes with it."""
        kind, read = FILES[name]
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.set_header("Cache-Control", A_YEAR)
        self.finish(read())


class Nothing(Handler):
    """Every other address."""

    is_door = True

    def prepare(self) -> None:
        """Refuse."""
        super().prepare()
        if not self._finished:
            self.send_error(HTTPStatus.NOT_FOUND)


class SocketHandler(WebSocketHandler, Handler):
    """The connection of one tab."""

    tab: Tab | None = None
    has_said_hello = False

    def get_compression_options(self) -> dict[str, Any] | None:
        """Let a list of findings be sent as a tenth of it."""
        return {"compression_level": 3}

    def on_message(self, message: str | bytes) -> None:
        """Answer when the questions before are answered; others are heard meanwhile."""
        self.site.tabs.spawn(self._hear(message))

    async def _hear(self, message: str | bytes) -> None:
        with speaking(self.site.settings.language):
            try:
                if self.tab is not None:
                    await self.site.tabs.hear(self.tab, message)
                elif not self.has_said_hello:
                    self.has_said_hello = True
                    await self._join(message)
                else:
                    self.end(POLICY)
            except PracticeError as error:
                self.put(json.dumps({"refused": True, "text": str(error)}))
                self.end(POLICY if self.tab is not None else TRY_LATER)

    async def _join(self, message: str | bytes) -> None:
        """Connect the tab that says its name, and which answers it waits for."""
        facts, _ = read_frame(message)
        name, waits = facts.get("tab"), facts.get("waits")
        if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME or not isinstance(waits, list):
            raise unknown_form()
        self.tab = await self.site.tabs.join(name, self, [str(n) for n in waits])
        if self.ws_connection is None:
            self.on_close()

    def on_close(self) -> None:
        """Hear that the tab is gone, for good or for a while."""
        if self.tab is not None:
            self.site.tabs.leave(self.tab, self, for_good=self.close_code in GONE_FOR_GOOD)

    def put(self, frame: str | bytes) -> None:
        """Send a frame; the tab asks again for what did not reach it."""
        with suppress(WebSocketClosedError):
            self.write_message(frame, binary=isinstance(frame, bytes)).add_done_callback(_let_go)

    def end(self, code: int, reason: str = "") -> None:
        """Close the connection."""
        self.close(code, reason)


def _let_go(sent: asyncio.Future[None]) -> None:
    """Take note that a frame was sent or not; the tab asks again for what did not reach it."""
    if not sent.cancelled():
        sent.exception()


def application(site: Site) -> Application:
    """Return all that is served."""
    facts = {"site": site}
    return Application(
        [
            ("/", Front, facts),
            (r"/front/(page\.js|style\.css)", FrontFile, facts),
            ("/socket", SocketHandler, facts),
        ],
        default_handler_class=Nothing,
        default_handler_args=facts,
        compress_response=True,
        xsrf_cookies=True,
        xsrf_cookie_name=site.xsrf_name,
        xsrf_cookie_kwargs={"httponly": True, "samesite": "Strict"},
        websocket_max_message_size=MAX_MESSAGE,
        websocket_ping_interval=PING_SECONDS,
        websocket_ping_timeout=PING_SECONDS,
        log_function=_log,
    )


def _log(handler: RequestHandler) -> None:
    """Say nothing of what was answered; of what was not, ``log_exception`` tells."""


def browser_page(site: Site, address: str) -> Markup:
    """Return the page of a file that leads a browser to the workbench."""
    with speaking(site.settings.language):
        name = say("From findings to practice")
        link = tag("p", tag("a", say("Open"), href=address))
        refresh = tag("meta", http_equiv="refresh", content=f"0;url={address}")
        return frame(name, tag("main", tag("h1", name), link, class_="door"), head=refresh)
