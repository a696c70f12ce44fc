"""Does a kernel ever wait for a request that was sent? Notebooks and bursts of requests, again and again.

Run it as ``python tests/kernel_loop.py [RUNS] [BURSTS]`` with the Python whose ipykernel is asked about; nothing but
ipykernel, ipywidgets, matplotlib and nbclient is needed. ipykernel 7.0 to 7.3 answer on the shell socket behind the
back of the stream that reads it, so that a request which comes at that moment may lie unread (ipykernel #1529, #1554).
Of 300 bursts on two busy cores there waited with 7.0.1: 5, 7.1.0: 3, 7.2.0: 5, 7.3.0: 2; with 6.31.0 and 7.4.0 none.

A run is a notebook that draws, interacts and prints much, in a kernel of its own. A burst asks one kernel for its
answer to a small cell while other clients come, ask and leave: replies and requests then meet on the socket. Whatever
is not answered within ``BOUND`` seconds counts as a wait; the kernel is then ended, and a burst begins with a new one.
"""

from __future__ import annotations

import sys
import time
from importlib.metadata import version
from queue import Empty

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

BOUND = 20
ENCRYPTED = {"KernelManager": {"transport_encryption": "auto"}}  # as the report runs its notebook
CELLS = (
    "import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt, ipywidgets, IPython.display as show",
    "for _ in range(3):\n    figure, axes = plt.subplots()\n    axes.plot(range(99))\n    show.display(figure)",
    "for line in range(3000):\n    print('a line of much text', line, flush=line % 100 == 0)",
    "shown = ipywidgets.interactive(lambda x: print(x), x=(0, 9))\nshow.display(shown)\nfor x in range(9):\n    shown.children[0].value = x",
    *("for line in range(200):\n    print(line)" for _ in range(10)),
)


def run() -> bool:
    """Run the notebook; tell whether a cell of it waited."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in CELLS])
    client = NotebookClient(notebook, timeout=BOUND, kernel_name="python3", config=Config(ENCRYPTED))
    try:
        client.execute()
    except CellTimeoutError:
        return True
    return False


def waits(manager: KernelManager, client, bursts: int) -> int | None:
    """Ask and ask; return how many bursts were answered before one was not, or nothing if all were."""
    for burst in range(bursts):
        guest = (
            BlockingKernelClient()
        )  # with a session of its own: the manager's would take over the client's
        guest.load_connection_info(manager.get_connection_info())
        guest.start_channels(iopub=False, stdin=False, hb=False, control=False)
        guest.kernel_info()
        asked = [client.execute("1 + 1"), client.kernel_info(), client.execute("print(2)")]
        if burst % 2:
            guest.stop_channels()  # its reply goes to somebody who has left
        more, end = ["3", "4", "5"], time.monotonic() + BOUND
        while asked:
            try:
                told = client.get_shell_msg(timeout=max(0.0, end - time.monotonic()))
            except Empty:
                guest.stop_channels()
                return burst
            asked = [one for one in asked if one != told["parent_header"].get("msg_id")]
            if more and len(asked) == 2:
                asked.append(client.execute(more.pop()))  # meets the replies that are under way
        guest.stop_channels()
    return None


def burst_waits(bursts: int) -> tuple[int, int]:
    """Send bursts; return how many were sent and how many waited."""
    sent = found = 0
    while sent < bursts:
        manager = KernelManager(config=Config(ENCRYPTED))
        manager.start_kernel()
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=60)
            at = waits(manager, client, min(500, bursts - sent))
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
        sent = min(sent + 500, bursts) if at is None else sent + at + 1
        if at is not None:
            found += 1
            print(f"burst {sent} waited", flush=True)
    return sent, found


def main(runs: int = 50, bursts: int = 2000) -> None:
    """Print how often a kernel waited."""
    names = ("ipykernel", "pyzmq", "tornado", "jupyter_client", "nbclient")
    print(", ".join(f"{name} {version(name)}" for name in names), flush=True)
    began = time.monotonic()
    found = sum(run() for _ in range(runs))
    print(f"{runs} notebooks, of which {found} waited, in {time.monotonic() - began:.0f} s", flush=True)
    began = time.monotonic()
    sent, found = burst_waits(bursts)
    print(f"{sent} bursts, of which {found} waited, in {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
