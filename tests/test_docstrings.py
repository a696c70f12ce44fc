"""Do the examples in the docstrings of the public functions print what they say?"""

from __future__ import annotations

import doctest
import inspect

import pytest

import theorytopractice as ttp

EXAMPLES = (
    ttp.assess, ttp.explain, ttp.measures, ttp.trend, ttp.survival, ttp.verdict, ttp.forecast, ttp.gap_map, ttp.similar,
    ttp.if_done, ttp.what_if, ttp.words, ttp.open_plan, ttp.make_plan, ttp.Plan.add, ttp.Plan.record, ttp.Plan.change, ttp.Plan.undo,
    ttp.read_source, ttp.write_calendar, ttp.write_listing,
    pytest.param(ttp.write_report, marks=pytest.mark.slow),
)  # fmt: skip


@pytest.mark.parametrize("function", EXAMPLES, ids=lambda function: function.__qualname__)
def test_the_example_of_a_function_prints_what_it_says(function, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = inspect.getdoc(function)
    test = doctest.DocTestParser().get_doctest(text, {"ttp": ttp}, function.__qualname__, None, 0)
    assert test.examples
    lines = []
    doctest.DocTestRunner(verbose=False).run(test, out=lines.append, clear_globs=False)
    if plan := test.globs.get("plan"):
        plan.close()
    assert "".join(lines) == ""
