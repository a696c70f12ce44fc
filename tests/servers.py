"""Real servers: JupyterLab and the forms page, each started, waited for and ended as a whole."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
from frozen_clock import python_path

LOCAL = "127.0.0.1"
PATIENCE = 60
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
}


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


def hear_interrupts() -> None:
    """Let a process hear Ctrl-C even if the tests themselves run in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextlib.contextmanager
def start(command: list[str], home: Path, folder: Path, variables: dict[str, str] | None = None):
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
            preexec_fn=hear_interrupts,  # noqa: PLW1509 - no thread holds a lock that it needs
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
def forms_page(plan: Path, home: Path, *options: str, variables: dict[str, str] | None = None):
    """Serve the forms of a plan as a page, and wait until it says where."""
    port = [] if "--port" in options else ["--port", str(free_port())]
    command = ["theorytopractice", "forms", str(plan), "--no-browser", *port, *options]
    with start(command, home, plan.parent, variables) as process:
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
    with start(command, home, folder, variables) as process:
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
