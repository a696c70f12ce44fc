"""Holds the package's clock still, in this process and in every Python that it starts.

The package itself has no switch for that: with one, anybody could have a plan remember another moment than that of
the change. So it is done from outside, and only here: what ``theorytopractice.clock.now`` is gets replaced when the
module is imported. The folder of this file stands first in PYTHONPATH, so that ``sitecustomize`` beside it does the
same in programs, kernels and servers that tests start.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder
from pathlib import Path

VARIABLE = "FROZEN_NOW"
USUAL = "2026-06-30T10:00:00+00:00"
FOLDER = str(Path(__file__).parent)
CLOCK = "theorytopractice.clock"


def now() -> datetime:
    """Return the moment at which the tests stand still."""
    return datetime.fromisoformat(os.environ.get(VARIABLE, USUAL))


class ClockFinder(MetaPathFinder):
    """Finds the package's clock, and stops it once it has been loaded."""

    def find_spec(self, name, path=None, target=None):  # noqa: ARG002 - called by position
        spec = PathFinder.find_spec(name, path) if name == CLOCK else None
        if spec is not None:
            load = spec.loader.exec_module

            def load_and_stop(module):
                load(module)
                module.now = now

            setattr(spec.loader, "exec_module", load_and_stop)  # noqa: B010 - a method is replaced
        return spec


def install() -> None:
    """Stop the clock in this process."""
    assert CLOCK not in sys.modules, "the clock runs already"
    if not any(isinstance(one, ClockFinder) for one in sys.meta_path):
        sys.meta_path.insert(0, ClockFinder())


def python_path(*places: object) -> str:
    """Return a PYTHONPATH with which a new process, too, stands still."""
    return os.pathsep.join([FOLDER, *(str(place) for place in places if place)])
