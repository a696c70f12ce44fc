"""The names that ``import theorytopractice`` offers: each can be loaded, and one of before still works and warns."""

from __future__ import annotations

import importlib
from types import ModuleType

import pytest

import theorytopractice as ttp
from theorytopractice import errors

MODULES = {"charts", "forms"}


def test_every_public_name_is_what_its_module_defines():
    assert {"assess", "explain", "open_plan", "Plan", "PlanError", "write_report", *MODULES} <= set(dir(ttp))
    assert dir(ttp) == vars(ttp)["__all__"]
    for name in dir(ttp):
        found = getattr(ttp, name)
        if name in MODULES:
            assert isinstance(found, ModuleType)
        else:
            assert found.__module__.startswith("theorytopractice.")
            assert getattr(importlib.import_module(found.__module__), name) is found


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="asess"):
        getattr(ttp, "asess")  # noqa: B009 - mypy knows that there is none


def test_a_name_of_before_still_works_and_warns(monkeypatch):
    monkeypatch.setitem(vars(ttp)["_RENAMED"], "evaluate", "assess")
    with pytest.warns(DeprecationWarning, match="theorytopractice.evaluate is now theorytopractice.assess"):
        assert getattr(ttp, "evaluate") is ttp.assess  # noqa: B009 - mypy knows of today's names only


def test_a_name_of_before_of_the_errors_still_works_and_warns():
    with pytest.warns(DeprecationWarning, match="errors.shown is now theorytopractice.errors.quote"):
        assert errors.shown("a") == errors.quote("a")
