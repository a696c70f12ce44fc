"""What does a planner see and touch? One widget: pages made here, shown and listened to by the browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import anywidget
import traitlets

if TYPE_CHECKING:
    from theorytopractice.store.plan import Plan

HERE = Path(__file__).parent


class Workbench(anywidget.AnyWidget):
    """The planners' workbench of one plan."""

    _esm = HERE / "front.js"
    _css = HERE / "front.css"
    page = traitlets.Unicode().tag(sync=True)

    def __init__(self, plan: Plan) -> None:
        """Show the plan."""
        super().__init__(page=f"<p>{len(plan['finding'])}</p>")
        self._plan = plan


def workbench(plan: Plan) -> Workbench:
    """Return the widget in which planners see and fill in a plan."""
    return Workbench(plan)
