"""Is what is wrong with a row said in the language that is spoken?"""

from __future__ import annotations

from datetime import date

import theorytopractice as ttp
from theorytopractice.language import speaking
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.validation import validate
from theorytopractice.model.values import TextTable
from theorytopractice.store.edits import Add

TODAY = date(2026, 6, 30)
MESSY = {
    "finding": [
        {"finding_id": "F-1", "kind": "insight", "statement": "Improve communication", "recorded_on": "2026-02-30"},
        {"finding_id": "F-1", "kind": "mechanism", "statement": "", "recorded_on": "2026-01-01", "owner_id": "O-1"},
    ],
    "owner": [{"owner_id": "O-1", "name": "Ada"}, {"owner_id": "O-2", "name": "Bo"}],
    "action": [
        {"action_id": "A-1", "title": "Do it", "planned_start": "2026-05-01", "due": "2026-04-01", "cost": "much"},
        {"action_id": "A-2", "title": "Do it later", "due": "2036-04-01", "strength": "weaker"},
    ],
    "action_owner": [
        {"action_id": "A-1", "owner_id": "O-1", "role": "accountable"},
        {"action_id": "A-1", "owner_id": "O-2", "role": "accountable"},
    ],
    "finding_action": [{"finding_id": "F-1", "action_id": "A-2", "role": "delivers"}],
    "indicator": [
        {"indicator_id": "I-1", "name": "n", "measure": "ordinal", "direction": "ascending", "level": "output"},
        {"indicator_id": "I-2", "name": "n", "measure": "percentage", "direction": "ascending", "level": "output",
         "baseline": "50", "target": "40", "baseline_waiver": "yes"},
    ],
    "finding_indicator": [{"finding_id": "F-1", "indicator_id": "I-2"}],
    "event": [
        {"subject": "finding", "subject_id": "F-1", "event": "block", "happened_on": "2026-01-01"},
        {"subject": "finding", "subject_id": "F-1", "event": "reject", "happened_on": "2027-01-01"},
        {"subject": "finding", "subject_id": "F-404", "event": "accept", "happened_on": "2026-01-01"},
        {"subject": "action", "subject_id": "A-1", "event": "redate", "happened_on": "2026-01-01"},
    ],
    "observation": [
        {"indicator_id": "I-2", "observed_on": "2026-01-01", "value": "140", "recorded_on": "2026-06-01"},
        {"indicator_id": "I-2", "observed_on": "2026-01-01", "value": "141", "recorded_on": "2026-06-01"},
    ],
    "evidence": [{"dated_on": "2026-01-01"}],
}  # fmt: skip
CODES = {
    "E-DATE", "E-ID", "E-REQ", "E-ORDER", "E-NUM", "E-ACC", "E-SCALE", "E-REASON", "E-BLOCK", "E-REF", "E-PCT",
    "W-LONG", "W-WEAK", "W-OUTPUT", "W-DIR", "W-FUTURE", "W-BACK", "W-DUP", "W-VAGUE",
}  # fmt: skip


def test_what_is_wrong_with_a_row_is_said_in_chinese():
    tables = {name: TextTable.of(ENTITIES[name], rows) for name, rows in MESSY.items()}
    with speaking("zh"):
        issues = validate(tables, today=TODAY)
    assert {one.code for one in issues} >= CODES
    unsaid = [
        one for one in issues if one.code in CODES and not any("一" <= sign <= "鿿" for sign in one.message)
    ]
    assert unsaid == []


def test_a_refusal_of_the_store_is_said_in_chinese(tmp_path):
    with ttp.make_plan(tmp_path / "plan.db") as plan, speaking("zh"):
        plan.add(ttp.Owner(owner_id="O-1", name="Ada"))
        (taken,) = plan.problems(Add(ttp.Owner(owner_id="O-1", name="Bo")))
        assert taken.message == "已有owner O-1；请更改它，或给新的一行另一编号"
