"""How is a notebook executed without waiting for ever? Every cell runs in one kernel whose silence is looked into.

A kernel can miss that a request was sent to it (ipykernel #1529, #1554; ``tests/kernel_loop.py``): it is idle, and
whoever asked it waits. So whoever has heard nothing of a cell for a while connects to the kernel anew and asks it who it
is. That alone woke every kernel that was seen to miss a request. A kernel that answers has nothing to do: if still
nothing comes of the cell, its request or its reply is lost. A kernel that began the cell and does not answer computes,
and is left alone however long it takes.
"""

from __future__ import annotations

import asyncio
import atexit
import sys
from contextlib import suppress
from importlib.metadata import version
from time import monotonic
from typing import TYPE_CHECKING, Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from tqdm import tqdm
from traitlets.config import Config

from theorytopractice.errors import PracticeError
from theorytopractice.i18n import say

if TYPE_CHECKING:
    from jupyter_client.client import KernelClient
    from nbformat import NotebookNode


SILENCE = 30.0
"""Seconds without a word of a cell after which its kernel is asked."""
GRACE = 10.0
"""Seconds that a kernel which has answered has for what may still be under way from it."""
TICK = 0.5
START = 60
"""Seconds that a kernel has to start."""
NEVER = 10**6  # what was shown is never given up while the kernel may still send it
QUIET = ["--HistoryManager.enabled=False"]
ENCRYPTED = {"KernelManager": {"transport_encryption": "auto"}}


class IdleKernelError(Exception):
    """A kernel is idle while its client waits for it: at the cell of this place from 0, or at its start."""

    def __init__(self, index: int | None = None) -> None:
        """Keep the place."""
        super().__init__(index)
        self.index = index


class CellError(PracticeError):
    """A cell ended with an error, or its kernel died: the cell's place from 0, and the reason."""

    def __init__(self, index: int, reason: str) -> None:
        """Keep the place and the reason."""
        super().__init__(reason)
        self.index = index
        self.reason = reason


class BoundedClient(NotebookClient):  # type: ignore[misc,unused-ignore]
    """A notebook's client that ends a kernel which is idle although a cell was sent to it."""

    at = 0
    is_waiting = False
    _heard = 0.0
    _begun = False
    _missed = False

    async def async_start_new_kernel_client(self) -> KernelClient:
        """Connect to the kernel that was started."""
        try:
            return await super().async_start_new_kernel_client()
        except RuntimeError as error:
            atexit.unregister(self._cleanup_kernel)  # has been done, and would fail a second time
            raise IdleKernelError from error

    async def async_wait_for_reply(
        self, msg_id: str, cell: NotebookNode | None = None
    ) -> dict[str, Any] | None:
        """Wait for a reply, no longer than a kernel has to start."""
        try:
            return await asyncio.wait_for(super().async_wait_for_reply(msg_id, cell), START)
        except TimeoutError as error:
            raise IdleKernelError from error

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Put what a cell shows into it, and remember when something was heard."""
        self._heard, self._begun = monotonic(), True
        return super().process_message(msg, cell, cell_index)

    async def async_execute_cell(
        self,
        cell: NotebookNode,
        cell_index: int,
        execution_count: int | None = None,
        store_history: bool = True,
    ) -> NotebookNode:
        """Execute a cell while somebody looks into its kernel's silence."""
        self.at, self._heard, self._begun, self._missed = cell_index, monotonic(), False, False
        watch = asyncio.ensure_future(self._watch())
        try:
            done = await super().async_execute_cell(cell, cell_index, execution_count, store_history)
        finally:
            if not self.is_waiting:
                watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
        if self._missed:
            _tell(
                say(
                    "The kernel ({version}) began cell {cell} only when it was asked again.",
                    **_facts(cell_index),
                )
            )
        return done

    async def _watch(self) -> None:
        """End the kernel if it is idle; nbclient then tells whoever waits for its reply that it is dead."""
        while True:
            if monotonic() - self._heard < SILENCE:
                await asyncio.sleep(TICK)
            elif await self._is_idle():
                self.is_waiting = True
                await self.km.shutdown_kernel(now=True)  # type: ignore[union-attr,misc,unused-ignore]
                return

    async def _is_idle(self) -> bool:
        """Ask the kernel by a new connection; tell whether it has nothing to do although the cell has not ended."""
        asked, heard = monotonic(), self._heard
        self._missed = self._missed or not self._begun
        guest = (
            AsyncKernelClient()
        )  # with a session of its own: the manager's would take over that of the cell
        guest.load_connection_info(self.km.get_connection_info())  # type: ignore[union-attr,unused-ignore]
        guest.start_channels(iopub=False, stdin=False, hb=False, control=False)
        guest.kernel_info()
        answer = asyncio.ensure_future(guest.get_shell_msg())
        try:
            while not answer.done():
                if not self._begun and monotonic() - asked > SILENCE:
                    return True
                await asyncio.sleep(TICK)
            await asyncio.sleep(GRACE)
        finally:
            answer.cancel()
            guest.stop_channels()
        return self._heard == heard


def execute(notebook: NotebookNode, folder: str, *, name: str = "report") -> None:
    """Run every cell in a kernel of its own in a folder; a bar shows the progress on a terminal, and nothing in a pipe.

    A kernel that is idle while a cell waits for it is ended, and the notebook is run once more in another one; the
    standard error says so.

    Args:
        notebook: the notebook, which is given its outputs.
        folder: the folder that the kernel works in.
        name: what is run, as the bar calls it.

    Raises:
        CellError: a cell ended with an error, or its kernel died.
        PracticeError: the second kernel was idle, too.
    """
    try:
        _execute(notebook, folder, name)
    except IdleKernelError as error:
        _tell(_again(error.index))
    else:
        return
    try:
        _execute(notebook, folder, name)
    except IdleKernelError as error:
        raise PracticeError(_refusal(error.index)) from error


def _execute(notebook: NotebookNode, folder: str, name: str) -> None:
    """Run every cell in one kernel."""
    total = sum(cell.cell_type == "code" and bool(cell.source.strip()) for cell in notebook.cells)
    with tqdm(total=total, desc=name, unit="cell", leave=False, disable=None) as bar:
        client = BoundedClient(
            notebook,
            timeout=None,
            startup_timeout=START,
            iopub_timeout=NEVER,
            kernel_name="python3",
            extra_arguments=list(QUIET),
            config=Config(ENCRYPTED),
            resources={"metadata": {"path": folder}},
            on_cell_executed=lambda **_: bar.update(),
        )
        try:
            client.execute()
        except CellExecutionError as error:
            raise CellError(client.at, f"{error.ename}: {error.evalue}") from error
        except DeadKernelError as error:
            if client.is_waiting:
                raise IdleKernelError(client.at) from error
            raise CellError(client.at, "the kernel died") from error


def _tell(sentence: str) -> None:
    """Tell it to whoever waits, above the bar."""
    tqdm.write(sentence, file=sys.stderr)


def _facts(index: int) -> dict[str, object]:
    """Return which cell it was, from 1, and which kernel."""
    return {"cell": index + 1, "version": f"ipykernel {version('ipykernel')}"}


def _again(index: int | None) -> str:
    """Say that everything is run once more."""
    if index is None:
        return say(
            "The kernel ({version}) did not answer when it was started; another one is started.", **_facts(0)
        )
    return say(
        "The kernel ({version}) stopped answering at cell {cell}; all cells are run once more in a new one.",
        **_facts(index),
    )


def _refusal(index: int | None) -> str:
    """Say that nothing can be run."""
    if index is None:
        return say(
            "Nothing was written: two kernels ({version}) did not answer when they were started. Try again when the "
            "machine has less to do; if that does not help, install another version of ipykernel.",
            **_facts(0),
        )
    return say(
        "Nothing was written: two kernels ({version}) stopped answering, the second at cell {cell}. Try again; if "
        "that does not help, install another version of ipykernel.",
        **_facts(index),
    )
