"""Where are the worked example and the notebooks? In the wheel inside the package, in a checkout beside it."""

from __future__ import annotations

from pathlib import Path

from theorytopractice.errors import PracticeError

PACKAGE = Path(__file__).parent


def path_of(name: str) -> Path:
    """Return the path of a file or folder that ships with the package, such as ``data/example``.

    Raises:
        PracticeError: the installation lacks it.
    """
    for root in (PACKAGE, PACKAGE.parent):
        if (root / name).exists():
            return root / name
    raise PracticeError(f"This installation of theorytopractice lacks {name}; install it again.")
