"""How do planners fill in who does what until when, and how it will be known? The workbench, in a notebook or on a page."""

from __future__ import annotations

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
