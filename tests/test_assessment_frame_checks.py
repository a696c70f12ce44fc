"""Are frames in which something is wrong refused, with everything that is wrong, and nothing passed over?"""

from __future__ import annotations

import warnings
from datetime import date

import pandas as pd
import pytest
from builder import frames_of

import theorytopractice as ttp
from theorytopractice.errors import InvalidPlan, PracticeError
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.validation import validate
from theorytopractice.model.values import PartialTables, TextTable
from theorytopractice.store.plan import to_frames

D = "2026-06-30"
DOORS = {
    "assess": lambda plan: ttp.assess(plan, as_of=D),
    "explain": lambda plan: ttp.explain(plan, "F-1", as_of=D),
    "measures": lambda plan: ttp.measures(plan, as_of=D),
    "durations": lambda plan: ttp.durations(plan, as_of=D),
    "survival": lambda plan: ttp.survival(plan, as_of=D),
    "forecast": lambda plan: ttp.forecast(plan, as_of=D),
    "gap_map": lambda plan: ttp.gap_map(plan, as_of=D),
    "verdict": lambda plan: ttp.verdict(plan, "I-1", as_of=D),
    "what_if": lambda plan: ttp.what_if(plan, [], as_of=D),
    "actions": lambda plan: ttp.actions(plan, as_of=D),
    "agenda": lambda plan: ttp.agenda(plan, as_of=D),
    "owner_load": lambda plan: ttp.owner_load(plan, as_of=D),
    "lineage": lambda plan: ttp.lineage(plan, as_of=D),
    "suspect_links": lambda plan: ttp.suspect_links(plan, as_of=D),
}


def tables():
    return {
        "owner": [{"owner_id": "O-1", "name": "Ada"}],
        "finding": [
            {"finding_id": "F-1", "kind": "insight", "statement": "s", "recorded_on": "2026-01-01", "owner_id": "O-1"},
            {"finding_id": "F-2", "kind": "mechanism", "statement": "s", "recorded_on": "2026-01-01", "check_every": "P30D"},
        ],
        "action": [{"action_id": "A-1", "title": "t", "recorded_on": "2026-01-01", "due": "2026-03-31"}],
        "indicator": [
            {"indicator_id": "I-1", "name": "n", "direction": "ascending", "level": "outcome", "target": "8"}
        ],
        "finding_action": [{"finding_id": "F-1", "action_id": "A-1", "role": "delivers"}],
        "action_owner": [{"action_id": "A-1", "owner_id": "O-1", "role": "accountable"}],
        "finding_indicator": [{"finding_id": "F-1", "indicator_id": "I-1", "action_id": "A-1"}],
        "finding_relation": [{"finding_id": "F-1", "relation": "codified_in", "other_finding_id": "F-2"}],
        "event": [
            {"event_id": "V-1", "subject": "action", "subject_id": "A-1", "event": "start", "happened_on": "2026-01-05"},
            {"event_id": "V-2", "subject": "action", "subject_id": "A-1", "event": "progress", "happened_on": "2026-01-06", "progress": "10"},
            {"event_id": "V-3", "subject": "finding", "subject_id": "F-1", "event": "accept", "happened_on": "2026-01-06"},
        ],
        "observation": [{"observation_id": "B-1", "indicator_id": "I-1", "observed_on": "2026-02-01", "value": "9"}],
        "evidence": [
            {"evidence_id": "E-1", "action_id": "A-1", "dated_on": "2026-02-01"},
            {"evidence_id": "E-2", "finding_id": "F-1", "dated_on": "2026-02-01"},
        ],
        "setting": [{"name": "new_grace", "value": "30"}],
    }  # fmt: skip


def problems(frames):
    with pytest.raises(InvalidPlan) as refused:
        ttp.assess(frames, as_of=D)
    return [(one.code, one.table, one.row, one.column) for one in refused.value.issues], str(refused.value)


def test_what_is_right_is_assessed_without_a_word():
    assert list(ttp.assess(frames_of(tables()), as_of=D)["stage"]) == [2, 0]


WRONG = [
    ("finding", 0, "kind", "insigth", "E-VOCAB", "did you mean 'insight'?"),
    ("finding", 0, "kind", "", "E-REQ", "every finding needs its kind"),
    ("finding", 1, "statement", " ", "E-REQ", "every finding needs its statement"),
    ("finding", 1, "finding_id", "F-1", "E-ID", "already the finding_id of an earlier row"),
    ("finding", 0, "owner_id", "O-01", "E-REF", "did you mean 'O-1'?"),
    ("finding", 0, "recorded_on", "", "E-REQ", "every finding needs its recorded_on"),
    ("finding", 0, "recorded_on", "2026-02-30", "E-DATE", "is not a date"),
    ("finding", 1, "check_every", "mnothly", "E-VOCAB", "is not a cadence"),
    ("action", 0, "title", "", "E-REQ", "every action needs its title"),
    ("indicator", 0, "direction", "", "E-REQ", "every indicator needs its direction"),
    ("indicator", 0, "level", "", "E-REQ", "every indicator needs its level"),
    ("owner", 0, "name", "", "E-REQ", "every owner needs its name"),
    ("finding_action", 0, "finding_id", "F-9", "E-REF", "there is no finding 'F-9'"),
    ("finding_action", 0, "finding_id", "F-01", "E-REF", "did you mean 'F-1'?"),
    ("finding_action", 0, "action_id", "A-01", "E-REF", "did you mean 'A-1'?"),
    ("finding_action", 0, "role", "", "E-REQ", "every finding_action needs its role"),
    ("finding_action", 0, "role", "deliver", "E-VOCAB", "did you mean 'delivers'?"),
    ("action_owner", 0, "action_id", "A-9", "E-REF", "there is no action 'A-9'"),
    ("action_owner", 0, "owner_id", "O-9", "E-REF", "there is no owner 'O-9'"),
    ("action_owner", 0, "owner_id", "", "E-REQ", "every action_owner needs its owner_id"),
    ("action_owner", 0, "role", "", "E-REQ", "every action_owner needs its role"),
    ("finding_indicator", 0, "finding_id", "F-9", "E-REF", "there is no finding 'F-9'"),
    ("finding_indicator", 0, "indicator_id", "I-9", "E-REF", "there is no indicator 'I-9'"),
    ("finding_indicator", 0, "action_id", "A-9", "E-REF", "there is no action 'A-9'"),
    ("finding_indicator", 0, "required", "maybe", "E-VOCAB", "neither true nor false"),
    ("finding_relation", 0, "finding_id", "F-9", "E-REF", "there is no finding 'F-9'"),
    ("finding_relation", 0, "other_finding_id", "F-9", "E-REF", "there is no finding 'F-9'"),
    ("finding_relation", 0, "relation", "", "E-REQ", "every finding_relation needs its relation"),
    ("event", 0, "subject", "actoin", "E-VOCAB", "did you mean 'action'?"),
    ("event", 0, "subject", "", "E-REQ", "every event needs its subject"),
    ("event", 0, "subject_id", "A-9", "E-REF", "there is no action 'A-9'"),
    ("event", 0, "subject_id", "F-1", "E-REF", "is a key of the table finding, not of action"),
    ("event", 2, "subject_id", "F-9", "E-REF", "there is no finding 'F-9'"),
    ("event", 0, "event", "begin", "E-VOCAB", "is not an event of the subject action"),
    ("event", 0, "event", "accept", "E-VOCAB", "is an event of the other subject"),
    ("event", 0, "happened_on", "", "E-REQ", "every event needs its happened_on"),
    ("event", 2, "other_finding_id", "F-9", "E-REF", "there is no finding 'F-9'"),
    ("event", 1, "progress", "half", "E-NUM", "is not a number"),
    ("observation", 0, "indicator_id", "I-9", "E-REF", "there is no indicator 'I-9'"),
    ("observation", 0, "observed_on", "", "E-REQ", "every observation needs its observed_on"),
    ("observation", 0, "value", "", "E-REQ", "every observation needs its value"),
    ("evidence", 0, "action_id", "A-9", "E-REF", "there is no action 'A-9'"),
    ("evidence", 1, "finding_id", "F-9", "E-REF", "there is no finding 'F-9'"),
    ("evidence", 0, "finding_id", "F-9", "E-REF", "there is no finding 'F-9'"),
    ("evidence", 0, "dated_on", "", "E-REQ", "every evidence needs its dated_on"),
    ("evidence", 1, "dated_on", "", "E-REQ", "every evidence needs its dated_on"),
    ("setting", 0, "name", "new_grase", "E-VOCAB", "did you mean 'new_grace'?"),
    ("setting", 0, "value", "soon", "E-VOCAB", ""),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_cell_is_refused_with_its_place(wrong):
    table, row, column, text, code, told = wrong
    given = tables()
    given[table][row][column] = text
    found, sentence = problems(frames_of(given))
    assert (code, table, row, column) in found
    assert told in sentence


def test_evidence_of_nothing_is_refused():
    given = tables()
    given["evidence"].append({"evidence_id": "E-3", "dated_on": "2026-02-01"})
    assert problems(frames_of(given))[0] == [("E-REQ", "evidence", 2, "action_id")]


def test_two_who_are_accountable_are_refused():
    given = tables()
    given["owner"].append({"owner_id": "O-2", "name": "Bo"})
    given["action_owner"].append({"action_id": "A-1", "owner_id": "O-2", "role": "accountable"})
    found, sentence = problems(frames_of(given))
    assert found == [("E-ACC", "action_owner", 1, "role")]
    assert "2 accountable owners ('O-1 Ada', 'O-2 Bo')" in sentence


def event(subject, subject_id, word, day="2026-02-01", **more):
    return {"subject": subject, "subject_id": subject_id, "event": word, "happened_on": day, **more}


def decided(word, **more):
    return [event("finding", "F-1", word, **more)]


BLOCK = {"reason": "no register", "due": "2026-06-01"}
SHARES = {"name": "n", "direction": "ascending", "level": "outcome", "measure": "percentage", "target": "80"}
STEPS = SHARES | {"measure": "ordinal", "scale": "poor;good", "target": "good"}


def measured(row, value):
    more = {"observation_id": "B-9", "indicator_id": "I-9", "observed_on": "2026-02-01", "value": value}
    return {"indicator": [{"indicator_id": "I-9", **row}], "observation": [more]}


REFUSED = {
    "reject without a reason": ({"event": decided("reject")}, [("E-REASON", "event", 3, "reason")]),
    "retire without a reason": ({"event": decided("retire", reason=" ")}, [("E-REASON", "event", 3, "reason")]),
    "cancel without a reason": (
        {"event": [event("action", "A-1", "cancel")]},
        [("E-REASON", "event", 3, "reason")],
    ),
    "supersede without the other": (
        {"event": decided("supersede")},
        [("E-REQ", "event", 3, "other_finding_id")],
    ),
    "duplicate without the other": (
        {"event": decided("duplicate")},
        [("E-REQ", "event", 3, "other_finding_id")],
    ),
    "a circle of successors": (
        {
            "event": [
                *decided("supersede", other_finding_id="F-2"),
                event("finding", "F-2", "duplicate", other_finding_id="F-1"),
            ]
        },
        [("E-CYCLE", "event", 4, "other_finding_id")],
    ),
    "its own successor": (
        {"event": decided("supersede", other_finding_id="F-1")},
        [("E-CYCLE", "event", 3, "other_finding_id")],
    ),
    "a circle of origins": (
        {
            "finding_relation": [
                {"finding_id": "F-1", "relation": "derived_from", "other_finding_id": "F-2"},
                {"finding_id": "F-2", "relation": "derived_from", "other_finding_id": "F-1"},
            ]
        },
        [("E-CYCLE", "finding_relation", 2, "other_finding_id")],
    ),
    "related to itself": (
        {"finding_relation": [{"finding_id": "F-1", "relation": "related", "other_finding_id": "F-1"}]},
        [("E-CYCLE", "finding_relation", 1, "other_finding_id")],
    ),
    "redate without a date": ({"event": [event("action", "A-1", "redate")]}, [("E-REQ", "event", 3, "due")]),
    "progress without a number": (
        {"event": [event("action", "A-1", "progress")]},
        [("E-REQ", "event", 3, "progress")],
    ),
    "block without a reason": (
        {"event": decided("block", due="2026-06-01")},
        [("E-BLOCK", "event", 3, "reason")],
    ),
    "block without a day": ({"event": decided("block", reason="no register")}, [("E-BLOCK", "event", 3, "due")]),
    "a waiver that is a tick": (
        {"indicator": [SHARES | {"indicator_id": "I-9", "baseline_waiver": " True"}]},
        [("E-REASON", "indicator", 1, "baseline_waiver")],
    ),
    "complete before the start": (
        {"event": [event("action", "A-1", "complete", "2026-01-04")]},
        [("E-ORDER", "event", 3, "happened_on")],
    ),
    "due before the planned start": (
        {
            "action": [
                {"action_id": "A-9", "title": "t", "recorded_on": "2026-01-01", "planned_start": "2026-04-01", "due": "2026-03-31"}
            ]
        },
        [("E-ORDER", "action", 1, "planned_start")],
    ),
    "progress over 100": (
        {"event": [event("action", "A-1", "progress", progress="100.5")]},
        [("E-PCT", "event", 3, "progress")],
    ),
    "progress a hair over 100": (
        {"event": [event("action", "A-1", "progress", progress="100.0000000000000000001")]},
        [("E-PCT", "event", 3, "progress")],
    ),
    "a percentage over 100": (measured(SHARES, "120"), [("E-PCT", "observation", 1, "value")]),
    "a percentage a hair under 0": (
        measured(SHARES, "-0.0000000000000000000000000000000001"),
        [("E-PCT", "observation", 1, "value")],
    ),
    "a baseline over 100": (
        measured(SHARES | {"baseline": "400"}, "50"),
        [("E-PCT", "indicator", 1, "baseline")],
    ),
    "a value that is no number": (measured(SHARES, "many"), [("E-NUM", "observation", 1, "value")]),
    "a target that is no number": (
        measured(SHARES | {"target": "most"}, "50"),
        [("E-NUM", "indicator", 1, "target")],
    ),
    "a value off the scale": (measured(STEPS, "fine"), [("E-SCALE", "observation", 1, "value")]),
    "a target off the scale": (
        measured(STEPS | {"target": "fine"}, "good"),
        [("E-SCALE", "indicator", 1, "target")],
    ),
    "no scale": (measured(STEPS | {"scale": ""}, "good"), [("E-SCALE", "indicator", 1, "scale")]),
    "a check by its own owner": (
        {"event": [event("finding", "F-3", "check_pass", by="o-1")]},
        [("E-SELF", "event", 3, "by")],
    ),
    "a check by its own owner, by name": (
        {"event": [event("finding", "F-3", "check_na", by=" ADA ")]},
        [("E-SELF", "event", 3, "by")],
    ),
    "an event that stands twice": (
        {"event": decided("accept", event_id="V-1")},
        [("E-ID", "event", 3, "event_id")],
    ),
    "a value that stands twice": (
        {
            "observation": [
                {"observation_id": "B-1", "indicator_id": "I-1", "observed_on": "2026-02-02", "value": "9"}
            ]
        },
        [("E-ID", "observation", 1, "observation_id")],
    ),
    "an identifier that nobody can say": (
        {"event": decided("accept", event_id="V" * 300)},
        [("E-ID", "event", 3, "event_id")],
    ),
}  # fmt: skip
ALLOWED = {
    "decisions and blocks that say all": [
        *decided("block", **BLOCK),
        event("action", "A-1", "complete", "2026-01-05"),
        event("action", "A-1", "redate", due="2026-05-01"),
        event("action", "A-1", "progress", progress="1e2"),
        event("finding", "F-1", "supersede", "2026-02-02", other_finding_id="F-2"),
        event("finding", "F-2", "duplicate", other_finding_id="F-3"),
        event("finding", "F-3", "check_pass", by="Bo"),
    ],
    "a circle that a later decision opens": [
        *decided("supersede", other_finding_id="F-2"),
        event("finding", "F-2", "duplicate", other_finding_id="F-1"),
        event("finding", "F-2", "reopen", "2026-02-02"),
    ],
}


def with_rows(rows):
    given = tables()
    given["finding"].append(
        {
            "finding_id": "F-3",
            "kind": "mechanism",
            "statement": "s",
            "recorded_on": "2026-01-01",
            "owner_id": "O-1",
        }
    )
    for name, more in rows.items():
        given[name] += more
    return given


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_plan_refuses_is_refused_in_frames(case):
    rows, expected = REFUSED[case]
    given = with_rows(rows)
    columns = {name: dict.fromkeys(one for row in held for one in row) for name, held in given.items()}
    texts = {
        name: TextTable(
            ENTITIES[name], {one: [row.get(one, "").strip() for row in held] for one in columns[name]}
        )
        for name, held in given.items()
    }
    by_plan = [one.code for one in validate(texts, today=date(2026, 6, 30)) if one.is_error]
    found, _ = problems(frames_of(given))
    assert found == expected
    assert [code for code, *_ in found] == by_plan


@pytest.mark.parametrize("case", ALLOWED)
def test_what_a_plan_keeps_is_kept_in_frames(case):
    assert len(ttp.assess(frames_of(with_rows({"event": ALLOWED[case]})), as_of=D)) == 3


def test_beside_a_mistake_nothing_is_refused_that_frames_read_by_themselves():
    given = with_rows(measured(SHARES | {"target": "80 %"}, "45 %"))
    given["indicator"][1] |= {"baseline": "12,5", "cadence_days": "30.0"}
    given["finding_action"][0] |= {"finding_id": " F-1", "role": "Delivers"}
    given["event"][0]["event"] = "Start"
    given["finding_indicator"][0]["required"] = "TRUE"
    assert len(ttp.assess(frames_of(given), as_of=D)) == 3
    given["event"] += decided("reject")
    assert problems(frames_of(given))[0] == [("E-REASON", "event", 3, "reason")]


def test_a_step_of_a_scale_may_be_written_as_a_number_of_another_look():
    row = STEPS | {"scale": "10 %;20 %", "target": "20"}
    assert len(ttp.assess(frames_of(with_rows(measured(row, "10"))), as_of=D)) == 3


def test_a_long_chain_of_origins_is_no_circle():
    given = tables()
    for number in range(10, 90):
        given["finding"].append(given["finding"][0] | {"finding_id": f"F-{number}"})
        link = {"relation": "derived_from", "other_finding_id": f"F-{number + 1 if number < 89 else 1}"}
        given["finding_relation"].append({"finding_id": f"F-{number}"} | link)
    assert len(ttp.assess(frames_of(given), as_of=D)) == 82


def test_everything_wrong_is_said_at_once():
    given = tables()
    given["finding"][0]["kind"] = "insigth"
    given["finding_action"][0]["action_id"] = "A-9"
    given["event"][1]["subject_id"] = "A-2"
    given["setting"][0]["name"] = "grace"
    assert problems(frames_of(given))[0] == [
        ("E-VOCAB", "finding", 0, "kind"),
        ("E-REF", "finding_action", 0, "action_id"),
        ("E-REF", "event", 1, "subject_id"),
        ("E-VOCAB", "setting", 0, "name"),
    ]


REQUIRED = [
    (name, field.name)
    for name, entity in ENTITIES.items()
    for field in entity.fields
    if field.required and not entity.is_memory
]


@pytest.mark.parametrize(("table", "column"), REQUIRED)
@pytest.mark.filterwarnings("ignore:W-UNKNOWN")
def test_a_misspelt_column_that_every_row_needs_is_refused(table, column):
    frames = frames_of(tables())
    slip = f"{column[:3]}{column[4:]}"
    frames[table] = frames[table].rename(columns={column: slip})
    found, sentence = problems(frames)
    assert ("E-REQ", table, None, column) in found
    assert f"the column {column} is missing" in sentence
    assert f"did you mean it by '{slip}'?" in sentence


@pytest.mark.filterwarnings("ignore:W-UNKNOWN")
@pytest.mark.parametrize("door", DOORS)
def test_every_function_refuses_the_same(door):
    frames = frames_of(tables())
    frames["event"] = frames["event"].rename(columns={"happened_on": "happend_on"})
    with pytest.raises(InvalidPlan, match="did you mean it by 'happend_on'"):
        DOORS[door](frames)


@pytest.mark.filterwarnings("ignore:W-UNKNOWN")
def test_statements_to_compare_must_be_there_and_nothing_else():
    frame = pd.DataFrame({"finding_id": ["F-1", "F-2"], "statement": ["Wells run dry.", "Wells run dry!"]})
    assert list(ttp.similar({"finding": frame})["similarity"]) == [1.0]
    with pytest.raises(InvalidPlan, match="did you mean it by 'statment'"):
        ttp.similar({"finding": frame.rename(columns={"statement": "statment"})})
    with pytest.raises(InvalidPlan, match="empty or stand twice"):
        ttp.similar({"finding": frame.drop(columns="finding_id")})


def test_a_table_that_links_lead_to_must_be_there_but_not_that_of_owners():
    frames = frames_of(tables())
    del frames["action"]
    assert problems(frames)[0] == [
        ("E-REF", "finding_action", None, "action_id"),
        ("E-REF", "action_owner", None, "action_id"),
        ("E-REF", "finding_indicator", None, "action_id"),
        ("E-REF", "event", None, "subject_id"),
        ("E-REF", "evidence", None, "action_id"),
    ]
    frames = frames_of(tables())
    del frames["owner"]
    assert list(ttp.assess(frames, as_of=D)["stage"]) == [2, 0]


def test_a_column_that_feeds_no_rule_is_warned_of():
    given = tables()
    given["indicator"][0]["targt"] = "8"
    with pytest.warns(UserWarning, match=r"W-UNKNOWN indicator, targt: .*did you mean 'target'"):
        ttp.assess(frames_of(given), as_of=D)


def test_words_dates_and_truths_in_another_writing_are_no_mistakes():
    """What the arrays read without a doubt is not refused because something else is wrong."""
    frames = frames_of(tables())
    frames["finding"] = frames["finding"].assign(
        kind=[" insight ", "mechanism"],
        recorded_on=pd.to_datetime(["2026-01-01", "2026-01-01"]).tz_localize("Asia/Shanghai"),
    )
    frames["event"] = frames["event"].assign(
        happened_on=["2026-01-05T10:00", "2026-01-06 11:00", "2026-01-06"]
    )
    frames["finding_indicator"] = frames["finding_indicator"].assign(required=["TRUE"])
    frames["indicator"] = frames["indicator"].assign(cadence_days=[30.0], tolerance=["1e-1"])
    assert list(ttp.assess(frames, as_of=D)["stage"]) == [2, 0]
    frames["action_owner"]["owner_id"] = "O-9"
    assert problems(frames)[0] == [("E-REF", "action_owner", 0, "owner_id")]


def test_keys_of_figures_and_an_index_of_names_are_read():
    frames = frames_of(tables())
    frames["finding"] = frames["finding"].set_index("finding_id")
    assert len(ttp.assess(frames, as_of=D)) == 2
    frames["finding_action"]["action_id"] = "A-9"
    assert problems(frames)[0] == [("E-REF", "finding_action", 0, "action_id")]


def test_a_repeated_link_is_no_mistake():
    given = tables()
    for name in ("finding_action", "finding_indicator", "finding_relation"):
        given[name] *= 2
    assert list(ttp.assess(frames_of(given), as_of=D)["stage"]) == [2, 0]


def test_a_part_of_a_checked_plan_may_lead_out():
    given = tables()
    given["event"][2] |= {"event": "duplicate", "other_finding_id": "F-9"}
    frames = frames_of(given)
    with pytest.raises(PracticeError):
        ttp.assess(frames, as_of=D)
    assert len(ttp.assess(PartialTables(frames), as_of=D)) == 2


@pytest.mark.slow
def test_the_example_and_each_of_its_parts_are_assessed_without_a_warning(example_tables, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        whole = ttp.assess(to_frames(example_tables), as_of=D).set_index("finding_id")
        with ttp.make_plan(tmp_path / "plan.db", who="Ada") as plan:
            plan.upsert(example_tables, what="example")
            for finding_id in whole.index:
                part = ttp.assess(plan.subset([finding_id]), as_of=D).set_index("finding_id")
                assert part.loc[finding_id, "headline"] == whole.loc[finding_id, "headline"]


def test_a_plan_folder_that_was_spoilt_by_hand_is_refused(tmp_path, example_tables):
    with ttp.make_plan(tmp_path / "plan", who="Ada") as plan:
        plan.upsert(example_tables, what="example")
    file = tmp_path / "plan" / "finding_action.csv"
    file.write_text(file.read_text().replace("F-001,", "F-0001x,", 1))
    with ttp.open_plan(tmp_path / "plan") as plan, pytest.raises(InvalidPlan, match="F-0001x"):
        ttp.assess(plan, as_of=D)
