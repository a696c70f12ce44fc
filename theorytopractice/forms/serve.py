"""How do planners reach the workbench without code, and researchers the notebooks? A page on this machine, or JupyterLab."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import logging
import os
import secrets
import shutil
import signal
import socket
import tempfile
import webbrowser
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from tornado.httpserver import HTTPServer

from theorytopractice.errors import PracticeError, quote, reason_of
from theorytopractice.forms.front_files import MAX_MESSAGE
from theorytopractice.forms.page import Site, application, browser_page
from theorytopractice.resources import path_of
from theorytopractice.store.open import storable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from theorytopractice.forms.connections import Opening


NOTEBOOK = "notebooks/forms.ipynb"
PLAN, TOKEN = "THEORYTOPRACTICE_PLAN", "THEORYTOPRACTICE_TOKEN"
"""Where the notebook looks for the plan's place, and the page for a token that somebody chose."""
EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - compared, never chosen
MAX_REQUEST = 2**16  # bytes of a request that is no message: a token
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


def serve(opening: Opening, *, ip: str, port: int, browser: bool, announce: Callable[[str], None]) -> None:
    """Serve the workbench of a plan as a page, until somebody ends it.

    Args:
        opening: the plan, the name under which changes are remembered, the day as of which stages are told.
        ip: the address of this machine at which to serve.
        port: the port; fixed, because a browser keeps drafts for each address.
        browser: also open the page in the browser.
        announce: is told at which address the page is to be found, once it is.

    Raises:
        PracticeError: the plan cannot be opened, or the address is taken.
    """
    site = Site(opening, os.environ.get(TOKEN) or secrets.token_urlsafe(32), ip, port)
    site.read_settings()
    logging.getLogger("tornado").setLevel(logging.ERROR)
    try:
        listener = _listener(ip, port)
    except OSError as error:
        raise PracticeError(_refusal(ip, port, error)) from error
    with suppress(KeyboardInterrupt), _browser_file(site, is_wanted=browser) as file:
        asyncio.run(_serve(site, listener, file, announce))


def _listener(ip: str, port: int) -> socket.socket:
    """Return a socket that listens at an address."""
    family, _, _, _, address = socket.getaddrinfo(
        ip or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    is_both = family == socket.AF_INET6 and ip in EVERYWHERE and socket.has_dualstack_ipv6()
    listener = socket.create_server(address, family=family, backlog=128, dualstack_ipv6=is_both)
    listener.setblocking(False)
    return listener


async def _serve(
    site: Site, listener: socket.socket, file: Path | None, announce: Callable[[str], None]
) -> None:
    """Serve until a signal comes; what is being stored then is stored first."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in SIGNALS:
        with suppress(NotImplementedError, AttributeError):  # Windows has none of this
            loop.add_signal_handler(getattr(signal, name), stop.set)
    server = HTTPServer(application(site), max_body_size=MAX_REQUEST, max_buffer_size=2 * MAX_MESSAGE)
    server.add_socket(listener)
    announce(_address_text(_address(site), site.ip))
    if file is not None:
        webbrowser.open(file.as_uri())
    warm = asyncio.ensure_future(site.tabs.in_thread(_load_workbench))
    try:
        await stop.wait()
    finally:
        server.stop()
        await site.tabs.close()
        await server.close_all_connections()
        await warm


def _load_workbench() -> None:
    """Load what the first tab will need while its browser still opens."""
    import theorytopractice.forms.router  # noqa: F401 - to have it loaded


def _address(site: Site, ip: str = "", *, has_token: bool = False) -> str:
    """Return the address to print; with its token, unless somebody chose that and knows it."""
    host = ip or (socket.gethostname() if site.ip in EVERYWHERE else site.ip)
    query = f"?token={quote_plus(site.token)}" if has_token or TOKEN not in os.environ else ""
    return f"http://{f'[{host}]' if ':' in host else host}:{site.port}/{query}"


@contextmanager
def _browser_file(site: Site, *, is_wanted: bool) -> Iterator[Path | None]:
    """Lend a file by way of which a browser opens the page, so that no list of processes shows the token."""
    if not is_wanted:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="theorytopractice-", ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "open.html"
        here = "localhost" if site.ip in EVERYWHERE else site.ip
        file.write_text(browser_page(site, _address(site, here, has_token=True)), encoding="utf-8")
        yield file


def _address_text(url: str, ip: str) -> str:
    """Say where the page is, and who else can reach it."""
    try:
        is_local = ip == "localhost" or ipaddress.ip_address(ip).is_loopback
    except ValueError:
        is_local = False
    if is_local:
        return f"Open {url}"
    others = "Whoever in the network has this address with its token reads and changes the plan, and nothing is encrypted."
    return f"Open {url}\n{others}"


def _refusal(ip: str, port: int, error: OSError) -> str:
    """Say why a page cannot be served at an address, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken, perhaps by forms that run already: open those, or choose another with "
            f"'--port {port + 1}'. The browser keeps drafts for each port."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used; choose another with '--port 8866'."
    return f"Cannot serve at {ip}, port {port}: {reason_of(error)}; '--ip 127.0.0.1' is this machine."


def copy_notebooks(folder: Path) -> list[Path]:
    """Copy the notebooks that a folder lacks into it, and return the copies; what is there stays as it is.

    Raises:
        PracticeError: nothing can be written there.
    """
    copies = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for notebook in sorted(path_of("notebooks").glob("*.ipynb")):
            if not (folder / notebook.name).exists():
                copies.append(folder / notebook.name)
                shutil.copyfile(notebook, copies[-1])
    except OSError as error:
        reason = reason_of(error)
        raise PracticeError(
            f"Cannot copy the notebooks to {quote(folder)}: {reason}; choose another with --to."
        ) from error
    return copies


def open_lab(folder: Path, where: str | None, *, port: int | None = None, browser: bool = True) -> None:
    """Run JupyterLab on a folder until somebody ends it; with a plan, at the notebook that opens it."""
    from jupyterlab.labapp import LabApp

    arguments = [str(folder), "--ServerApp.ip=127.0.0.1"]
    if where is not None:
        os.environ[PLAN] = storable(where)
        arguments.append(f"--LabApp.default_url=/lab/tree/{path_of(NOTEBOOK).name}")
    if port is not None:
        arguments.append(f"--ServerApp.port={port}")
    if not browser:
        arguments.append("--no-browser")
    LabApp.launch_instance(arguments)
