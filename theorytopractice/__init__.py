"""From findings to practice: a stage that dated evidence supports.

Public names are loaded when they are first used, so that importing the package stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from theorytopractice import charts as charts
    from theorytopractice.assessment.assess import assess as assess
    from theorytopractice.assessment.explain import Explanation as Explanation
    from theorytopractice.assessment.explain import explain as explain
    from theorytopractice.assessment.gap_map import gap_map as gap_map
    from theorytopractice.assessment.owner_themes import owner_themes as owner_themes
    from theorytopractice.assessment.similar import similar as similar
    from theorytopractice.assessment.theory_of_change import TheoryOfChange as TheoryOfChange
    from theorytopractice.assessment.theory_of_change import theory_of_change as theory_of_change
    from theorytopractice.assessment.what_if import if_done as if_done
    from theorytopractice.assessment.what_if import what_if as what_if
    from theorytopractice.errors import ConflictError as ConflictError
    from theorytopractice.errors import InvalidPlan as InvalidPlan
    from theorytopractice.errors import Issue as Issue
    from theorytopractice.errors import PlanError as PlanError
    from theorytopractice.errors import PracticeError as PracticeError
    from theorytopractice.errors import UnknownName as UnknownName
    from theorytopractice.model.entities import Action as Action
    from theorytopractice.model.entities import ActionOwner as ActionOwner
    from theorytopractice.model.entities import Event as Event
    from theorytopractice.model.entities import Evidence as Evidence
    from theorytopractice.model.entities import Finding as Finding
    from theorytopractice.model.entities import FindingAction as FindingAction
    from theorytopractice.model.entities import FindingIndicator as FindingIndicator
    from theorytopractice.model.entities import FindingRelation as FindingRelation
    from theorytopractice.model.entities import Indicator as Indicator
    from theorytopractice.model.entities import Observation as Observation
    from theorytopractice.model.entities import Owner as Owner
    from theorytopractice.model.entities import Setting as Setting
    from theorytopractice.report.build import write_report as write_report
    from theorytopractice.resources import path_of as path_of
    from theorytopractice.store.plan import Plan as Plan
    from theorytopractice.store.plan import open_plan as open_plan

_HOMES = {
    "assessment.assess": ("assess",),
    "assessment.explain": ("Explanation", "explain"),
    "assessment.gap_map": ("gap_map",),
    "assessment.owner_themes": ("owner_themes",),
    "assessment.similar": ("similar",),
    "assessment.theory_of_change": (
        "TheoryOfChange",
        "theory_of_change",
    ),
    "assessment.what_if": (
        "if_done",
        "what_if",
    ),
    "errors": ("ConflictError", "InvalidPlan", "Issue", "PlanError", "PracticeError", "UnknownName"),
    "model.entities": (
        "Action",
        "ActionOwner",
        "Event",
        "Evidence",
        "Finding",
        "FindingAction",
        "FindingIndicator",
        "FindingRelation",
        "Indicator",
        "Observation",
        "Owner",
        "Setting",
    ),
    "report.build": ("write_report",),
    "resources": ("path_of",),
    "store.plan": ("Plan", "open_plan"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = sorted([*_HOME_OF, "charts"])  # noqa: PLE0605 - sorted() gives a list


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes are of any type
    """Load a public name from its module on first use (PEP 562)."""
    if name == "charts":
        return import_module("theorytopractice.charts")
    if name not in _HOME_OF:
        raise AttributeError(f"module 'theorytopractice' has no attribute {name!r}")
    found = getattr(import_module(f"theorytopractice.{_HOME_OF[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
