"""Real servers for a real browser: JupyterLab and the forms page, each started, waited for and ended as a whole."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import psutil
from frozen_clock import python_path
from playwright.sync_api import sync_playwright

LOCAL = "127.0.0.1"
PATIENCE = 60
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
}
CONNECTED = """() => {
    const shown = window.jupyterapp?.shell.currentWidget;
    const session = shown?.sessionContext;
    const kernel = session?.session?.kernel;
    return Boolean(shown?.context?.isReady && session?.isReady && kernel
        && kernel.connectionStatus === "connected" && kernel.status === "idle");
}"""
EXECUTED = """() => {
    const shown = window.jupyterapp.shell.currentWidget;
    const cells = [...shown.content.model.cells];
    return shown.sessionContext.session.kernel.status === "idle" && cells.every((cell) =>
        cell.type !== "code" || !cell.sharedModel.getSource().trim() || cell.executionCount !== null);
}"""


@dataclass
class Server:
    """A server that runs: its process, and the address with its token."""

    process: subprocess.Popen[str]
    url: str = ""

    def at(self, path: str) -> str:
        """Return the address of a path, without the token."""
        return f"{self.url.split('?')[0].rstrip('/')}{path}"

    def kernels(self) -> list[psutil.Process]:
        """Return the processes that the server started and that live."""
        return psutil.Process(self.process.pid).children(recursive=True)


@dataclass
class Watched:
    """What a page asked of other hosts, and which errors its console told."""

    remote: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def free_port() -> int:
    with socket.socket() as one:
        one.bind((LOCAL, 0))
        return one.getsockname()[1]


def environment(home: Path) -> dict[str, str]:
    """Return an environment in which Jupyter finds and leaves nothing of whoever runs the tests."""
    own = {
        name: str(home / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR",
                     "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR", "MPLCONFIGDIR")
    }  # fmt: skip
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("JUPYTER", "THEORYTO"))}
    for folder in own.values():
        Path(folder).mkdir(parents=True, exist_ok=True)
    root = str(Path(__file__).parents[1])
    return kept | own | {"HOME": str(home), "PYTHONPATH": python_path(root), "PYTHONUNBUFFERED": "1"}


def hears_interrupts() -> None:
    """Let a process hear Ctrl-C even if the tests themselves run in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextlib.contextmanager
def started(command: list[str], home: Path, folder: Path, variables: dict[str, str] | None = None):
    """Start a server in a process group of its own, and end the whole group in the end."""
    with (home / "server.txt").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=folder,
            env=environment(home) | (variables or {}),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
            preexec_fn=hears_interrupts,  # noqa: PLW1509 - no thread holds a lock that it needs
        )
        try:
            yield process
        finally:
            end(process)
            process.stdout.close()


def end(process: subprocess.Popen[str], sign: int = signal.SIGTERM) -> None:
    """End a server as a person would, and by force whatever is left of its group."""
    if process.poll() is None:
        process.send_signal(sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def first_line(process: subprocess.Popen[str]) -> str:
    """Read what a server says first; nothing if it says nothing in time."""
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
    return process.stdout.readline() if ready else ""


@contextlib.contextmanager
def forms_page(plan: Path, home: Path, *options: str):
    """Serve the forms of a plan as a page, and wait until it says where."""
    port = str(free_port())
    command = ["theorytopractice", "forms", str(plan), "--no-browser", "--port", port, *options]
    with started(command, home, plan.parent) as process:
        line = first_line(process)
        assert line.startswith("Open http"), (home / "server.txt").read_text(encoding="utf-8")
        yield Server(process, line.split()[1])


@contextlib.contextmanager
def lab(folder: Path, home: Path, **variables: str):
    """Serve a folder in JupyterLab: no news, no saving by itself, nothing of whoever runs the tests."""
    port, token = free_port(), "for-tests"
    overrides = home / "jupyter_config_dir" / "labconfig" / "default_setting_overrides.json"
    overrides.parent.mkdir(parents=True)
    overrides.write_text(json.dumps(SETTINGS), encoding="utf-8")
    command = [
        "jupyterlab", str(folder), "--no-browser", "--allow-root",
        f"--ServerApp.ip={LOCAL}", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}", "--LabApp.expose_app_in_browser=True",
        "--LabApp.extension_manager=readonly", "--KernelManager.transport_encryption=auto",
    ]  # fmt: skip
    with started(command, home, folder, variables) as process:
        server = Server(process, f"http://{LOCAL}:{port}/?token={token}")
        wait_for(server.at(f"/api/status?token={token}"), process, home / "server.txt")
        yield server


def wait_for(url: str, process: subprocess.Popen[str], log: Path) -> None:
    """Wait until a server answers; what it said is shown if it ends before."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        with contextlib.suppress(URLError, ConnectionError), urlopen(url, timeout=5):
            return
        time.sleep(0.2)
    raise AssertionError(f"{url} did not answer:\n{log.read_text(encoding='utf-8')}")


def is_gone(processes: list[psutil.Process], seconds: float = 10) -> bool:
    """Tell whether processes have ended, or end within some seconds."""
    return not psutil.wait_procs(processes, timeout=seconds)[1]


@contextlib.contextmanager
def chromium():
    """Start a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


def watch(page) -> Watched:
    """Remember what a page asks of other hosts, and the errors in its console."""
    seen = Watched()

    def ask(request) -> None:
        address = urlsplit(request.url.removeprefix("blob:"))
        if address.scheme not in ("data", "about") and address.hostname != LOCAL:
            seen.remote.append(request.url)

    page.on("request", ask)
    page.on("websocket", ask)
    page.on("console", lambda told: seen.errors.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    return seen


def open_notebook(page, server: Server, name: str) -> None:
    """Open a notebook of the folder in Lab, and wait until its kernel is connected and idle."""
    page.goto(f"{server.at(f'/lab/tree/{name}')}?token={server.url.split('token=')[1]}")
    page.wait_for_function(CONNECTED, timeout=PATIENCE * 1000)


def run_all(page) -> None:
    """Run every cell of the notebook that is shown in Lab, and wait until each has been run."""
    page.wait_for_function(CONNECTED, timeout=PATIENCE * 1000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(EXECUTED, timeout=PATIENCE * 1000)
