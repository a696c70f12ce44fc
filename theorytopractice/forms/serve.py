"""How do planners reach the workbench without code, and researchers the notebooks? Voilà on this machine, or JupyterLab."""

from __future__ import annotations

import errno
import ipaddress
import logging
import os
import shutil
import signal
import socket
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from tornado.ioloop import IOLoop
from tornado.web import HTTPError
from traitlets import default
from traitlets.config import Config
from voila.app import Voila

from theorytopractice.errors import PracticeError, quote, reason_of
from theorytopractice.i18n import say, speaking, tag
from theorytopractice.resources import path_of
from theorytopractice.store.open import open_plan, storable

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode
    from tornado.web import RequestHandler

    from theorytopractice.model.settings import Settings


NOTEBOOK = "notebooks/forms.ipynb"
PLAN, WHO = "THEORYTOPRACTICE_PLAN", "THEORYTOPRACTICE_WHO"
"""Where the notebook looks for the plan's place, and for the name under which changes are remembered."""
IDLE_HOURS = 4  # a kernel that no page has been connected to for so long is ended
EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - compared, never chosen
TEMPLATE = Path(__file__).parent / "template"
PAGES = ("login.html", "error.html", "404.html", "browser-open.html")
"""Pages that are one frame of our own, by the names under which Jupyter asks for them."""
EXTENSIONS = [  # of whatever JupyterLab has been extended with
    "anywidget",
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
]
RULES = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",  # widgets arrive as text, and become modules
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "frame-ancestors": "'self'",
}
POLICY = "; ".join(f"{of} {allowed}" for of, allowed in RULES.items())


class OwnKernels(KernelSpecManager):
    """Kernels of the very Python that serves, whatever else is registered under its name; silent, without a history file."""

    @default("kernel_dirs")
    def _no_folders(self) -> list[str]:
        return []

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the specification of a kernel."""
        spec = super().get_kernel_spec(kernel_name)
        spec.argv = [*spec.argv, "--HistoryManager.enabled=False", "--IPKernelApp.log_level=50"]
        return spec


class Page(Voila):  # type: ignore[misc,unused-ignore]
    """The page: Voilà with a frame of our own, that says where it is to be found."""

    where = ""
    texts: dict[str, str]
    announce: Callable[[str], None]

    @default("config_file_paths")
    def _no_files(self) -> list[str]:
        return []

    @default("log_level")
    def _quiet(self) -> int:
        return logging.ERROR

    def setup_template_dirs(self) -> None:
        """Look into the own template before those of Voilà."""
        super().setup_template_dirs()
        self.template_paths: list[str] = [str(TEMPLATE), *self.template_paths]

    def init_settings(self) -> dict[str, Any]:
        """Let pages of refusal, too, be those of the own template, in the plan's language."""
        settings: dict[str, Any] = super().init_settings()
        loader = jinja2.FunctionLoader(_page_source)
        for name in ("jinja2_env", "voila_jinja2_env"):
            settings[name].loader = jinja2.ChoiceLoader([loader, settings[name].loader])
            settings[name].globals["page"] = self.texts
        return settings

    def prepare(self, handler: RequestHandler, notebook: NotebookNode, cwd: str) -> None:  # noqa: ARG002 - called by name
        """Read the plan's title and language before a kernel is started; refuse where there is no plan."""
        _ = handler.xsrf_token  # sets the cookie without which a closed page may not end its kernel
        try:
            with open_plan(self.where) as plan:
                self.texts.update(page_texts(plan.settings))
        except PracticeError as error:
            raise HTTPError(503, str(error)) from error
        notebook.metadata["page"] = dict(self.texts)

    def listen(self) -> None:
        """Serve until somebody ends it."""
        try:
            self.app.listen(self.port, self.ip)
            self.ioloop = IOLoop.current()
            if hasattr(signal, "SIGHUP"):
                signal.signal(signal.SIGHUP, self._handle_signal_stop)
            self.announce(_address_text(self.display_url, self.ip))
            if self.open_browser:
                self.launch_browser()
            self.ioloop.start()
        except OSError as error:
            raise PracticeError(_refusal(self.ip, self.port, error)) from error
        except KeyboardInterrupt:
            pass
        finally:
            self.stop()

    @property
    def display_url(self) -> str:
        """The address to print; with its token, unless somebody chose that (``JUPYTER_TOKEN``) and knows it."""
        url = self._url(socket.gethostname() if self.ip in EVERYWHERE else self.ip)
        provider = self.identity_provider
        return f"{url}?token={provider.token}" if provider.token_generated else url

    def _url(self, ip: str) -> str:
        return f"http://{f'[{ip}]' if ':' in ip else ip}:{self.port}{self.base_url}"

    def launch_browser(self) -> None:
        """Open the page in the browser by way of a file, so that no list of processes shows the token."""
        url = f"{self._url('localhost' if self.ip in EVERYWHERE else self.ip)}?token={self.identity_provider.token}"
        page = self.app.settings["voila_jinja2_env"].get_template("browser-open.html")
        file = Path(self.connection_dir) / "open.html"
        file.write_text(page.render(open_url=url), encoding="utf-8")
        webbrowser.open(file.as_uri())


def _page_source(name: str) -> str | None:
    """Return the own frame for every page that is not the workbench: the door, a refusal, the way into the browser."""
    return (TEMPLATE / "page.html").read_text(encoding="utf-8") if name in PAGES else None


def serve(  # noqa: PLR0913 - what a person may choose
    where: str, *, who: str | None, ip: str, port: int, browser: bool, announce: Callable[[str], None]
) -> None:
    """Serve the workbench of a plan as a page, until somebody ends it.

    Args:
        where: the plan's file, folder or URL.
        who: the name under which changes are remembered; whoever is logged in unless given.
        ip: the address of this machine at which to serve.
        port: the port; fixed, because a browser keeps drafts for each address.
        browser: also open the page in the browser.
        announce: is told at which address the page is to be found, once it is.

    Raises:
        PracticeError: the plan cannot be opened, or the address is taken.
    """
    os.environ[PLAN] = storable(where)
    if who:
        os.environ[WHO] = who
    with open_plan(where) as plan:
        texts = page_texts(plan.settings)
    page = Page(ip=ip, port=port, open_browser=browser, auto_token=True, config=_configuration())
    page.where, page.texts, page.announce = os.environ[PLAN], texts, announce
    page.notebook_path = str(path_of(NOTEBOOK))
    page.tornado_settings = {"headers": {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin"}}
    logging.getLogger("tornado").setLevel(logging.ERROR)
    page.initialize([])
    page.voila_configuration.prelaunch_hook = page.prepare
    page.start()


def page_texts(settings: Settings) -> dict[str, str]:
    """Return what the frame of a page says, in the plan's language."""
    with speaking(settings.language):
        return {
            "lang": tag(),
            "name": say("From findings to practice"),
            "title": settings.title or say("From findings to practice"),
            "loading": say("The plan is being opened…"),
            "script": say("This page needs JavaScript; allow it at this address."),
            "failed": say(
                "The workbench cannot be shown. Where it was started, the terminal says why; reload the page to try again."
            ),
            "refused": say("The plan cannot be shown."),
            "nothing": say("There is nothing at this address."),
            "token": say("Token"),
            "open": say("Open"),
            "closed": say(
                "This page opens with its whole address, as it was printed where it was started: with the token at its end."
            ),
            "wrong": say("This is not the token."),
        }


def _configuration() -> Config:
    """Return how Voilà is set: one template, no foreign extension, kernels that end when nobody needs them."""
    return Config(
        {
            "VoilaConfiguration": {
                "allow_template_override": "NO",
                "allow_theme_override": "NO",
                "extension_allowlist": EXTENSIONS,
                "file_allowlist": [],
                "kernel_spec_manager_class": OwnKernels,
            },
            "KernelManager": {"transport_encryption": "auto"},
            "MappingKernelManager": {"cull_idle_timeout": IDLE_HOURS * 3600},
        }
    )


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
