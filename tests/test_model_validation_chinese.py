"""Is what is wrong with a row said in the language that is spoken?"""

from __future__ import annotations

from datetime import date

import pytest
from language_helpers import english_words, is_chinese

import theorytopractice as ttp
from theorytopractice.i18n import speaking
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.labels import name_of
from theorytopractice.model.validation import validate
from theorytopractice.model.values import TextTable
from theorytopractice.model.vocabularies import ActionState, Disposition, Stage
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


LONG = "9" * 300
MESSIER = {
    "finding": [
        *({"finding_id": f"F-{n}", "kind": "insigt", "statement": "x", "recorded_on": "2026-01-01"} for n in range(9)),
        {"finding_id": LONG, "kind": "insight", "statement": "a\0b", "recorded_on": "2026-01-01", "颜色": "蓝"},
        {"finding_id": "F-10", "kind": "mechanism", "statement": "x", "recorded_on": "2026-01-01", "owner_id": "O-1",
         "check_every": "weekly", "review_every_days": "often"},
    ],
    "owner": [{"owner_id": f"O-{n}", "name": f"Owner {n}"} for n in range(9)],
    "action": [{"action_id": f"A-{n}", "title": "Do it", "due": "2026-05-01", "strength": "weak"} for n in range(12)],
    "action_owner": [
        *({"action_id": "A-1", "owner_id": f"O-{n}", "role": "accountable"} for n in range(7)),
        *({"action_id": f"A-{n}", "owner_id": "O-8", "role": "accountable"} for n in range(12)),
        {"action_id": "A-2", "owner_id": "O-8", "role": "accountable"},
    ],
    "finding_action": [{"finding_id": "f1", "action_id": LONG, "role": "delivers"}],
    "finding_relation": [
        *({"finding_id": f"F-{n}", "relation": "derived_from", "other_finding_id": f"F-{(n + 1) % 9}"} for n in range(9)),
    ],
    "indicator": [
        {"indicator_id": "I-1", "name": "n", "measure": "ordinal", "direction": "ascending", "level": "output",
         "scale": "low; high", "baseline": "hihg"},
        {"indicator_id": "I-2", "name": "n", "measure": "percentage", "direction": "descending", "level": "output",
         "baseline": "40", "target": "40"},
        {"indicator_id": "I-3", "name": "n", "measure": "percentage", "direction": "ascending", "level": "output"},
    ],
    "finding_indicator": [
        {"finding_id": "F-1", "indicator_id": "I-2", "required": "true"},
        {"finding_id": "F-1", "indicator_id": "I-2", "required": "maybe"},
    ],
    "event": [
        {"subject": "finding", "subject_id": "F-1", "event": "complet", "happened_on": "2026-01-01"},
        {"subject": "", "subject_id": "F-1", "event": "nothing", "happened_on": "2026-01-01"},
        {"subject": "finding", "subject_id": "F-1", "event": "complete", "happened_on": "2026-01-01"},
        {"subject": "finding", "subject_id": "A-1", "event": "accept", "happened_on": "2026-01-01"},
        {"subject": "action", "subject_id": "A-1", "event": "start", "happened_on": "2026-02-01"},
        {"subject": "action", "subject_id": "A-1", "event": "complete", "happened_on": "2026-01-01"},
        {"subject": "action", "subject_id": "A-1", "event": "progress", "happened_on": "2026-02-02", "progress": "25"},
        {"subject": "action", "subject_id": "A-1", "event": "progress", "happened_on": "2026-02-03"},
        {"subject": "finding", "subject_id": "F-1", "event": "supersede", "happened_on": "2026-01-01"},
        {"subject": "finding", "subject_id": "F-10", "event": "check_pass", "happened_on": "2026-01-01", "by": "O-1"},
        {"subject": "finding", "subject_id": "F-2", "event": "duplicate", "happened_on": "2026-01-01",
         "other_finding_id": "F-3"},
        {"subject": "finding", "subject_id": "F-3", "event": "duplicate", "happened_on": "2026-01-01",
         "other_finding_id": "F-2"},
    ],
    "observation": [{"indicator_id": "I-3", "observed_on": "2026-01-01", "value": "0.4"}],
    "setting": [
        {"name": "语言", "value": "en"}, {"name": "language", "value": "fr"}, {"name": "zone", "value": "Mars"},
        {"name": "confirm", "value": "0"}, {"name": "require_evidence", "value": "yes"}, {"name": "zone", "value": "UTC"},
    ],
}  # fmt: skip
MORE_CODES = {"E-VOCAB", "E-CYCLE", "E-SELF", "W-UNKNOWN", "W-LOAD", "W-ROUND", "W-FRACTION"}


@pytest.mark.parametrize(("messy", "codes"), [(MESSY, CODES), (MESSIER, MORE_CODES)])
@pytest.mark.parametrize("lines", [False, True])
def test_what_is_wrong_with_a_row_is_said_in_chinese(messy, codes, lines):
    tables = {name: TextTable.of(ENTITIES[name], rows, f"{name}.csv") for name, rows in messy.items()}
    for table in tables.values() if lines else ():
        table.lines = range(2, len(table) + 2)
    with speaking("zh"):
        issues = validate(tables, today=TODAY)
        said = [str(one) for one in issues]
    assert {one.code for one in issues} >= codes
    assert [one for one in issues if not is_chinese(one.message)] == []
    assert [(english_words(one), one) for one in said if english_words(one)] == []


def test_a_column_that_is_missing_is_said_in_chinese():
    with speaking("zh"):
        (missing,) = validate({"owner": TextTable(ENTITIES["owner"], {"owner_id": ["O-1"]})}, today=TODAY)
    assert missing.message == "缺少name栏；每个owner都需要该栏"


def test_a_refusal_of_the_store_is_said_in_chinese(tmp_path):
    with ttp.make_plan(tmp_path / "plan.db") as plan, speaking("zh"):
        plan.add(ttp.Owner(owner_id="O-1", name="Ada"))
        (taken,) = plan.problems(Add(ttp.Owner(owner_id="O-1", name="Bo")))
        assert taken.message == "已有owner O-1；请更改它，或给新的一行另一编号"


def test_a_stage_is_a_number_with_a_name():
    assert [int(stage) for stage in Stage] == [0, 1, 2, 3, 4, 5]
    assert [str(stage) for stage in Stage] == [
        "on the shelf", "planned", "under way", "carried out", "in practice", "sustained",
    ]  # fmt: skip
    assert f"{Stage.IN_PRACTICE:>12}" == " in practice"
    assert Stage.CARRIED_OUT < Stage.IN_PRACTICE
    assert int(Stage.IN_PRACTICE) == 4


def test_every_state_and_disposition_has_a_name_in_chinese():
    with speaking("zh"):
        words = {str(word): name_of(word) for word in (*Stage, *ActionState, *Disposition)}
    assert [word for word, name in words.items() if not "一" <= name[0] <= "龥"] == []
