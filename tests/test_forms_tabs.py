"""Does each tab and screen show every row and every gap, in words, and does the cursor stay where something is?"""

from __future__ import annotations

import pytest
from desks import Controls, ask

from theorytopractice.forms.called import became, in_words
from theorytopractice.forms.listing import ORDERS
from theorytopractice.model.entities import ENTITIES


def pressed(page, do, **facts):
    """Return what a button hands over that asks for something with some facts."""
    (found,) = [one for one in Controls(page).buttons(do) if facts.items() <= one.items()]
    return found


def test_every_order_of_the_list_has_a_heading(desk):
    results = ask(desk, "list", values={}).parts["results"]
    assert [one["by"] for one in Controls(results).buttons("sort")] == list(ORDERS)


@pytest.mark.parametrize(
    ("table", "column", "value", "meant"),
    [
        ("finding", "certainty", "very_low", "very low"),
        ("finding", "recorded_on", "2026-03-04", "4 Mar 2026"),
        ("finding", "recorded_on", "3/4/2026", "3/4/2026"),
        ("finding", "check_every", "P1M", "1 month"),
        ("finding_indicator", "required", True, "true"),
        ("event", "event", "check_pass", "check pass"),
        ("action", "note", float("nan"), ""),
        ("action", "note", "very_low", "very_low"),
    ],
)
def test_a_cell_is_said_in_words(table, column, value, meant):
    assert in_words(ENTITIES[table][column], value) == meant


def test_the_history_of_a_setting_says_its_value_in_words():
    said = became("setting", {"name": "language", "value": "en"}, {"name": "language", "value": "zh"})
    assert "“English” → “Chinese”" in said
