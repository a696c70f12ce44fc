"""From findings to practice: a stage that dated evidence supports.

The public names stand in ``__init__.pyi``. They are loaded when they are first used, so that importing the
package stays cheap.
"""

from __future__ import annotations

import warnings
from typing import Any

from lazy_loader import attach_stub

_load, __dir__, __all__ = attach_stub(__name__, __file__)
_RENAMED = {"readings": "observations"}
"""Each public name of before, and the one that took its place."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes are of any type
    """Load a public name from its module on first use (PEP 562); one of before works and warns."""
    if name not in _RENAMED:
        return _load(name)
    now = _RENAMED[name]
    warnings.warn(f"theorytopractice.{name} is now theorytopractice.{now}.", DeprecationWarning, stacklevel=2)
    return _load(now)
