"""From findings to practice: a stage that dated evidence supports.

Public names are loaded when they are first used, so that importing the package stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from theorytopractice import charts as charts
    from theorytopractice import forms as forms
    from theorytopractice.assessment.assess import assess as assess
    from theorytopractice.assessment.counts.attainment import attainment as attainment
    from theorytopractice.assessment.counts.attention import persistence as persistence
    from theorytopractice.assessment.counts.attention import shelf as shelf
    from theorytopractice.assessment.counts.attention import staleness as staleness
    from theorytopractice.assessment.counts.workload import owner_load as owner_load
    from theorytopractice.assessment.explain import Explanation as Explanation
    from theorytopractice.assessment.explain import explain as explain
    from theorytopractice.assessment.forecast import Forecast as Forecast
    from theorytopractice.assessment.forecast import forecast as forecast
    from theorytopractice.assessment.forecast import forecast_of as forecast_of
    from theorytopractice.assessment.gap_map import gap_map as gap_map
    from theorytopractice.assessment.lists.agenda import actions as actions
    from theorytopractice.assessment.lists.agenda import agenda as agenda
    from theorytopractice.assessment.lists.learning import learning as learning
    from theorytopractice.assessment.lists.lineage import lineage as lineage
    from theorytopractice.assessment.lists.lineage import suspect_links as suspect_links
    from theorytopractice.assessment.lists.listings import commitments as commitments
    from theorytopractice.assessment.lists.listings import replications as replications
    from theorytopractice.assessment.lists.listings import slots as slots
    from theorytopractice.assessment.lists.listings import spread as spread
    from theorytopractice.assessment.lists.readings import readings as readings
    from theorytopractice.assessment.lists.registers import experiences as experiences
    from theorytopractice.assessment.lists.registers import mechanisms as mechanisms
    from theorytopractice.assessment.lists.registers import problems as problems
    from theorytopractice.assessment.lists.reviews import review_dates as review_dates
    from theorytopractice.assessment.lists.reviews import reviews as reviews
    from theorytopractice.assessment.lists.standing import standing as standing
    from theorytopractice.assessment.measures import measures as measures
    from theorytopractice.assessment.measures import trend as trend
    from theorytopractice.assessment.owner_themes import owner_themes as owner_themes
    from theorytopractice.assessment.similar import similar as similar
    from theorytopractice.assessment.survival import Survival as Survival
    from theorytopractice.assessment.survival import survival as survival
    from theorytopractice.assessment.survival import time_in_practice as time_in_practice
    from theorytopractice.assessment.theory_of_change import TheoryOfChange as TheoryOfChange
    from theorytopractice.assessment.theory_of_change import theory_of_change as theory_of_change
    from theorytopractice.assessment.verdict import counterfactual as counterfactual
    from theorytopractice.assessment.verdict import verdict as verdict
    from theorytopractice.assessment.waits.durations import durations as durations
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
    from theorytopractice.store.opening import make_plan as make_plan
    from theorytopractice.store.opening import open_plan as open_plan
    from theorytopractice.store.plan import Plan as Plan

_HOMES = {
    "assessment.assess": ("assess",),
    "assessment.counts.attainment": ("attainment",),
    "assessment.counts.attention": (
        "persistence",
        "shelf",
        "staleness",
    ),
    "assessment.waits.durations": ("durations",),
    "assessment.explain": (
        "Explanation",
        "explain",
    ),
    "assessment.forecast": (
        "Forecast",
        "forecast",
        "forecast_of",
    ),
    "assessment.gap_map": ("gap_map",),
    "assessment.lists.agenda": ("actions", "agenda"),
    "assessment.lists.readings": ("readings",),
    "assessment.lists.standing": ("standing",),
    "assessment.lists.learning": ("learning",),
    "assessment.lists.lineage": ("lineage", "suspect_links"),
    "assessment.lists.listings": (
        "commitments",
        "replications",
        "slots",
        "spread",
    ),
    "assessment.measures": (
        "measures",
        "trend",
    ),
    "assessment.owner_themes": ("owner_themes",),
    "assessment.lists.registers": (
        "experiences",
        "mechanisms",
        "problems",
    ),
    "assessment.lists.reviews": (
        "review_dates",
        "reviews",
    ),
    "assessment.similar": ("similar",),
    "assessment.survival": (
        "Survival",
        "survival",
        "time_in_practice",
    ),
    "assessment.theory_of_change": (
        "TheoryOfChange",
        "theory_of_change",
    ),
    "assessment.verdict": (
        "counterfactual",
        "verdict",
    ),
    "assessment.what_if": (
        "if_done",
        "what_if",
    ),
    "assessment.counts.workload": ("owner_load",),
    "errors": (
        "ConflictError",
        "InvalidPlan",
        "Issue",
        "PlanError",
        "PracticeError",
        "UnknownName",
    ),
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
    "store.opening": ("make_plan", "open_plan"),
    "store.plan": ("Plan",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
_FOLDERS = ("charts", "forms")
__all__ = sorted([*_HOME_OF, *_FOLDERS])  # noqa: PLE0605 - sorted() gives a list


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes are of any type
    """Load a public name from its module on first use (PEP 562)."""
    if name in _FOLDERS:
        return import_module(f"theorytopractice.{name}")
    if name not in _HOME_OF:
        raise AttributeError(f"module 'theorytopractice' has no attribute {name!r}")
    found = getattr(import_module(f"theorytopractice.{_HOME_OF[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
