"""How does somebody at a terminal see that long work goes on, and how long it has taken?"""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from tqdm import tqdm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


OFTEN = 0.5
"""Seconds between two looks at the clock."""


@contextmanager
def steps(*names: str) -> Iterator[Callable[[], None]]:
    """Show a bar of some steps on a terminal, and nothing elsewhere; call what this gives when a step is done.

    >>> with steps("Reading", "Comparing") as done:
    ...     done()
    """
    with tqdm(total=len(names), desc=names[0], unit="step", leave=False, disable=None) as bar:
        waiting = iter(names[1:])

        def done() -> None:
            bar.set_description(next(waiting, names[-1]), refresh=False)
            bar.update()

        is_over = Event()
        clock = Thread(target=_tick, args=(bar, is_over), daemon=True)
        if not bar.disable:
            clock.start()
        try:
            yield done
        finally:
            is_over.set()
            if clock.is_alive():
                clock.join()


def _tick(bar: tqdm[None], is_over: Event) -> None:
    """Let the time on the bar go on while a step takes long."""
    while not is_over.wait(OFTEN):
        bar.refresh()
