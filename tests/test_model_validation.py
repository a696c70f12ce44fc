"""Are all problems of a plan's tables found, each at its place, and nothing that is none?"""

from __future__ import annotations

import time
from datetime import date

import pytest

from theorytopractice.errors import UnknownName
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.validation import OWN_DATES, drop_repeated_links, is_vague, validate
from theorytopractice.model.values import TextTable

TODAY = date(2026, 6, 30)
CODES = """
E-ID E-REF E-DATE E-ORDER E-ACC E-NUM E-PCT E-SCALE E-CYCLE E-REASON E-BLOCK E-SELF E-VOCAB E-REQ
W-DIR W-FUTURE W-DUP W-FRACTION W-BACK W-VAGUE W-LONG W-WEAK W-OUTPUT W-LOAD W-ROUND W-UNKNOWN W-SPELLING W-HIDDEN
"""
USUAL = {
    "owner": {"name": "Ana Roe"},
    "finding": {
        "kind": "insight",
        "statement": "Half of the visits were wasted",
        "recorded_on": "2026-01-01",
    },
    "action": {"title": "Print the list", "recorded_on": "2026-01-01"},
    "indicator": {"name": "Visits", "direction": "ascending", "level": "outcome"},
    "finding_action": {"finding_id": "F-1", "action_id": "A-1", "role": "delivers"},
    "action_owner": {"action_id": "A-1", "owner_id": "O-1", "role": "accountable"},
    "finding_indicator": {"finding_id": "F-1", "indicator_id": "I-1"},
    "finding_relation": {"finding_id": "F-1", "relation": "derived_from", "other_finding_id": "F-2"},
    "event": {"subject": "finding", "subject_id": "F-1", "event": "accept", "happened_on": "2026-03-01"},
    "observation": {"indicator_id": "I-1", "observed_on": "2026-03-02", "value": "85"},
    "evidence": {"action_id": "A-1", "dated_on": "2026-02-21"},
    "setting": {"name": "zone", "value": "Asia/Shanghai"},
}


def row(table: str, **cells: str) -> tuple[str, dict[str, str]]:
    """Make a row that is right by itself, but for the cells given."""
    return table, USUAL[table] | cells


def of(action: str, event: str, **cells: str) -> tuple[str, dict[str, str]]:
    """Make an event of an action."""
    return row("event", subject="action", subject_id=action, event=event, **cells)


def observed(indicator: str, *values: str) -> list[tuple[str, dict[str, str]]]:
    """Make observations of an indicator, a day apart."""
    days = range(10, 10 + len(values))
    return [
        row("observation", indicator_id=indicator, value=value, observed_on=f"2026-04-{day}")
        for day, value in zip(days, values, strict=True)
    ]


SOUND = [
    row("owner", owner_id="O-1", name="Li Wei"),
    row("owner", owner_id="O-2"),
    row("finding", finding_id="F-1"),
    row("finding", finding_id="F-2", kind="mechanism", owner_id="O-1"),
    row("action", action_id="A-1", planned_start="2026-01-05", due="2026-03-31"),
    row("action", action_id="A-2"),
    row("indicator", indicator_id="I-1", baseline="40", target="80"),
    row("indicator", indicator_id="I-2", measure="percentage"),
    row("indicator", indicator_id="I-3", measure="ordinal", scale="Bad; fair ;good", target="GOOD"),
    row("indicator", indicator_id="I-4", measure="nominal", target="blue"),
    row("finding_action"),
    row("action_owner"),
    row("finding_indicator"),
    of("A-1", "start", event_id="V-1", happened_on="2026-01-10"),
    row("observation", observation_id="B-1", observed_on="2026-03-01"),
    row("evidence"),
]


def plan_of(*rows: tuple[str, dict[str, str]]) -> dict[str, TextTable]:
    """Lay the sound rows and some others out as tables; the header is line 1."""
    tables = {}
    for name in USUAL:
        own = [cells for table, cells in (*SOUND, *rows) if table == name]
        tables[name] = TextTable.of(ENTITIES[name], own, f"{name}.csv")
        tables[name].lines = range(2, len(own) + 2)
    return tables


def places(tables: dict[str, TextTable]) -> list[str]:
    """Validate, and name code, table, line and column of each problem."""
    issues = validate(tables, today=TODAY)
    return [f"{issue.code} {issue.table} {issue.row} {issue.column}" for issue in issues]


ERRORS = [
    ("key given twice", [row("owner", owner_id="O-1")], ["E-ID owner 4 owner_id"]),
    ("fact key given twice", [row("event", event_id="V-1")], ["E-ID event 3 event_id"]),
    ("setting given twice", [row("setting"), row("setting")], ["E-ID setting 3 name"]),
    ("key nobody can say", [row("owner", owner_id="O" * 201)], ["E-ID owner 4 owner_id"]),
    ("key left to the plan", [row("owner"), row("owner")], []),
    ("link to nothing", [row("finding_action", action_id="A-9")], ["E-REF finding_action 3 action_id"]),
    ("optional link to nothing", [row("finding", owner_id="O-9")], ["E-REF finding 4 owner_id"]),
    ("event of nothing", [row("event", subject_id="F-9")], ["E-REF event 3 subject_id"]),
    ("event of the other table", [row("event", subject_id="A-1")], ["E-REF event 3 subject_id"]),
    ("no date", [row("action", due="31.3.2026")], ["E-DATE action 4 due"]),
    ("impossible date", [row("action", due="2026-02-29")], ["E-DATE action 4 due"]),
    ("start after due", [row("action", planned_start="2026-03-02", due="2026-03-01")],
     ["E-ORDER action 4 planned_start"]),
    ("bounds exchanged", [row("indicator", direction="range", target_low="38", target_high="36")],
     ["E-ORDER indicator 6 target_low"]),
    ("bounds of a scale exchanged", [row("indicator", direction="range", measure="ordinal", scale="bad;fair;good",
     target_low="good", target_high="bad")], ["E-ORDER indicator 6 target_low"]),
    ("bounds that are equal", [row("indicator", direction="range", target_low="36", target_high="36.0")], []),
    ("tolerance below 0", [row("indicator", tolerance="-1")], ["E-NUM indicator 6 tolerance"]),
    ("target beyond the scale", [row("indicator", measure="percentage", target="120")], ["E-PCT indicator 6 target"]),
    ("start on the due day", [row("action", planned_start="2026-03-01", due="2026-03-01")], []),
    ("complete before start", [of("A-1", "complete", happened_on="2026-01-09")], ["E-ORDER event 3 happened_on"]),
    ("complete on the day of the start", [of("A-1", "complete", happened_on="2026-01-10")], []),
    ("complete before a second start", [of("A-1", "start"), of("A-1", "complete", happened_on="2026-02-01")], []),
    ("complete without start", [of("A-2", "complete", happened_on="2026-01-02")], []),
    ("two accountable", [row("action_owner", owner_id="O-2")], ["E-ACC action_owner 3 role"]),
    ("one accountable, one responsible", [row("action_owner", owner_id="O-2", role="responsible")], []),
    ("words for a number", observed("I-1", "many"), ["E-NUM observation 3 value"]),
    ("not a number", observed("I-1", "NaN", "inf"), ["E-NUM observation 3 value", "E-NUM observation 4 value"]),
    ("numbers of every sort", observed("I-1", "-1.5", ".5", "1e3", "+7"), []),
    ("words for a target", [row("indicator", target="more")], ["E-NUM indicator 6 target"]),
    ("words for a duration", [row("indicator", lag_days="soon")], ["E-NUM indicator 6 lag_days"]),
    ("words of a nominal indicator", observed("I-4", "red"), []),
    ("percentages outside", observed("I-2", "100.01", "-0.1", "100", "0"),
     ["E-PCT observation 3 value", "E-PCT observation 4 value"]),
    ("percentage of a baseline", [row("indicator", measure="percentage", baseline="101")],
     ["E-PCT indicator 6 baseline"]),
    ("progress outside", [of("A-1", "progress", progress="101")], ["E-PCT event 3 progress"]),
    ("progress inside", [of("A-1", "progress", progress="33")], []),
    ("value not on the scale", observed("I-3", "goood"), ["E-SCALE observation 3 value"]),
    ("value on the scale in other letters", observed("I-3", "FAIR"), []),
    ("target not on the scale", [row("indicator", measure="ordinal", scale="low;high", target="middle")],
     ["E-SCALE indicator 6 target"]),
    ("no scale", [row("indicator", indicator_id="I-9", measure="ordinal", target="a"), *observed("I-9", "b")],
     ["E-SCALE indicator 6 scale"]),
    ("scale that cannot be read", [row("indicator", measure="ordinal", scale="a;\0")], ["E-VOCAB indicator 6 scale"]),
    ("derived in a circle", [row("finding_relation"),
                             row("finding_relation", finding_id="F-2", other_finding_id="F-1")],
     ["E-CYCLE finding_relation 3 other_finding_id"]),
    ("related in a circle", [row("finding_relation"),
                             row("finding_relation", relation="related", finding_id="F-2", other_finding_id="F-1")],
     []),
    ("related to itself", [row("finding_relation", relation="related", other_finding_id="F-1")],
     ["E-CYCLE finding_relation 2 other_finding_id"]),
    ("superseded in a circle", [row("event", event="supersede", other_finding_id="F-2"),
                                row("event", event="duplicate", subject_id="F-2", other_finding_id="F-1")],
     ["E-CYCLE event 4 other_finding_id"]),
    ("superseded by itself", [row("event", event="supersede", other_finding_id="F-1")],
     ["E-CYCLE event 3 other_finding_id"]),
    ("superseded the other way after a reopening", [
        row("event", event="supersede", other_finding_id="F-2", event_id="V-9"),
        row("event", event="reopen", event_id="V-10"),
        row("event", event="supersede", subject_id="F-2", other_finding_id="F-1")], []),
    ("rejected without reason", [row("event", event="reject")], ["E-REASON event 3 reason"]),
    ("retired without reason", [row("event", event="retire")], ["E-REASON event 3 reason"]),
    ("cancelled without reason", [of("A-1", "cancel")], ["E-REASON event 3 reason"]),
    ("cancelled with a reason", [of("A-1", "cancel", reason="No money")], []),
    ("waiver that is a tick", [row("indicator", baseline_waiver="Yes")], ["E-REASON indicator 6 baseline_waiver"]),
    ("waiver with a reason", [row("indicator", baseline_waiver="Nobody counted before")], []),
    ("block without condition and day", [row("event", event="block")],
     ["E-BLOCK event 3 reason", "E-BLOCK event 3 due"]),
    ("block with both", [row("event", event="block", reason="No licence", due="2026-09-01")], []),
    ("check by the owner's id", [row("event", subject_id="F-2", event="check_pass", by="o-1")],
     ["E-SELF event 3 by"]),
    ("check by the owner's name", [row("event", subject_id="F-2", event="check_na", by="li wei")],
     ["E-SELF event 3 by"]),
    ("check by another", [row("event", subject_id="F-2", event="check_pass", by="O-2")], []),
    ("unknown word", [row("finding", kind="insigth")], ["E-VOCAB finding 4 kind"]),
    ("unknown truth", [row("finding_indicator", indicator_id="I-2", required="yes")],
     ["E-VOCAB finding_indicator 3 required"]),
    ("unknown event", [row("event", event="begin")], ["E-VOCAB event 3 event"]),
    ("event of the other subject", [row("event", event="cancel")], ["E-VOCAB event 3 event"]),
    ("event word that both have", [row("event", event="reopen"), of("A-1", "reopen")], []),
    ("unknown setting", [row("setting", name="zones")], ["E-VOCAB setting 2 name"]),
    ("impossible setting", [row("setting", name="confirm", value="0")], ["E-VOCAB setting 2 value"]),
    ("required cell empty", [row("finding", statement="")], ["E-REQ finding 4 statement"]),
    ("redate without day", [of("A-1", "redate")], ["E-REQ event 3 due"]),
    ("progress without value", [of("A-1", "progress")], ["E-REQ event 3 progress"]),
    ("supersede without the other", [row("event", event="supersede")], ["E-REQ event 3 other_finding_id"]),
    ("duplicate without the other", [row("event", event="duplicate")], ["E-REQ event 3 other_finding_id"]),
    ("evidence of nothing", [row("evidence", action_id="")], ["E-REQ evidence 3 action_id"]),
    ("evidence of a finding", [row("evidence", action_id="", finding_id="F-1")], []),
]  # fmt: skip

LOAD = [row("action", action_id=f"A-{n}") for n in range(3, 13)]
LOADED = [row("action_owner", action_id=f"A-{n}") for n in range(3, 13)]
WEAK = [row("finding", finding_id="F-9"), row("finding_action", finding_id="F-9", action_id="A-9"),
        row("action", action_id="A-9", strength="weaker")]  # fmt: skip
OUTPUT = [row("finding", finding_id="F-9"), row("indicator", indicator_id="I-9", level="output"),
          row("finding_indicator", finding_id="F-9", indicator_id="I-9")]  # fmt: skip

WARNINGS = [
    ("target below the baseline", [row("indicator", baseline="80", target="40")], ["W-DIR indicator 6 target"]),
    ("target above, descending", [row("indicator", direction="descending", baseline="4", target="5")],
     ["W-DIR indicator 6 target"]),
    ("target equals the baseline", [row("indicator", baseline="80.0", target="80")], ["W-DIR indicator 6 target"]),
    ("target to be maintained", [row("indicator", baseline="80", target="80", intent="maintain")], []),
    ("target lower on the scale",
     [row("indicator", measure="ordinal", scale="bad;good", baseline="good", target="bad")],
     ["W-DIR indicator 6 target"]),
    ("levels that are words", [row("indicator", measure="nominal", baseline="red", target="blue")], []),
    ("levels of an unreadable measure", [row("indicator", measure="hue", baseline="red", target="blue")],
     ["E-VOCAB indicator 6 measure"]),
    ("event tomorrow", [row("event", happened_on="2026-07-01")], ["W-FUTURE event 3 happened_on"]),
    ("observation tomorrow", [row("observation", observed_on="2026-07-01")], ["W-FUTURE observation 3 observed_on"]),
    ("evidence tomorrow", [row("evidence", dated_on="2026-07-01")], ["W-FUTURE evidence 3 dated_on"]),
    ("finding recorded tomorrow", [row("finding", recorded_on="2026-07-01")], ["W-FUTURE finding 4 recorded_on"]),
    ("action recorded in another century", [row("action", recorded_on="2062-07-01")], ["W-FUTURE action 4 recorded_on"]),
    ("due far beyond belief", [row("action", due="2062-01-01")], ["W-FUTURE action 4 due", "W-LONG action 4 due"]),
    ("one theme in two spellings", [row("finding", theme="Health"), row("finding", theme="health ")],
     ["W-SPELLING finding 1 theme"]),
    ("one site in two tables", [row("finding", origin_site="Bay"), row("action", site="ＢＡＹ")],
     ["W-SPELLING finding 1 origin_site"]),
    ("one owner in two spellings", [row("owner", name="Bo Ek"), row("owner", name="bo  ek")], ["W-SPELLING owner 1 name"]),
    ("two owners of one name", [row("owner", name="Bo Ek"), row("owner", name="Bo Ek")], []),
    ("event today", [row("event", happened_on="2026-06-30")], []),
    ("two values of a day", [row("observation", observed_on="2026-03-01", recorded_on="2026-03-01")],
     ["W-DUP observation 3 observed_on"]),
    ("value corrected later", [row("observation", observed_on="2026-03-01", recorded_on="2026-03-05")], []),
    ("value provisional", [row("observation", observed_on="2026-03-01", final="false")], []),
    ("link repeated", [row("finding_action")], ["W-DUP finding_action 3 finding_id"]),
    ("link in another role", [row("finding_action", role="enables")], []),
    ("indicator of another replication", [row("finding_indicator", action_id="A-1")], []),
    ("shares for per cent", observed("I-2", "0.4", "1", "0"), ["W-FRACTION indicator 3 measure"]),
    ("one value over 1", observed("I-2", "0.4", "1.1"), []),
    ("nothing but 0 per cent", observed("I-2", "0", "0"), []),
    ("recorded after 91 days", [row("event", happened_on="2026-01-01", recorded_on="2026-04-02")],
     ["W-BACK event 3 recorded_on"]),
    ("recorded after 90 days", [row("event", happened_on="2026-01-01", recorded_on="2026-04-01")], []),
    ("vague statement", [row("finding", statement="Better communication")], ["W-VAGUE finding 4 statement"]),
    ("an escape sequence", [row("finding", statement="2 of 3 wells \x1b[31m failed in May")],
     ["W-HIDDEN finding 4 statement"]),
    ("a line turned round", [row("finding", statement="2 of 3 wells \u202efailed in May")],
     ["W-HIDDEN finding 4 statement"]),
    ("joiners, line breaks and tabs", [row("finding", statement="2 of 3 wells\n\tmi\u200ckhaham failed")], []),
    ("due in more than two years", [row("action", due="2028-07-01")], ["W-LONG action 4 due"]),
    ("due in two years", [row("action", due="2028-06-30")], []),
    ("weak actions only", WEAK, ["W-WEAK finding 4 finding_id"]),
    ("a strong action among weak ones", [*WEAK, row("finding_action", finding_id="F-9")], []),
    ("outputs only", OUTPUT, ["W-OUTPUT finding 4 finding_id"]),
    ("an outcome among outputs", [*OUTPUT, row("finding_indicator", finding_id="F-9")], []),
    ("eleven live actions", [*LOAD, *LOADED], ["W-LOAD owner 2 owner_id"]),
    ("ten live actions and one done", [*LOAD, *LOADED, of("A-3", "complete")], []),
    ("ten live actions and one cancelled", [*LOAD, *LOADED, of("A-3", "cancel", reason="No money")], []),
    ("eleven, one of them reopened",
     [*LOAD, *LOADED, of("A-3", "complete"), of("A-3", "reopen", happened_on="2026-03-02")],
     ["W-LOAD owner 2 owner_id"]),
    ("round progress", [of("A-1", "progress", progress="50"), of("A-2", "progress", progress="75.0")],
     ["W-ROUND event 1 progress"]),
    ("progress as counted", [of("A-1", "progress", progress="50"), of("A-2", "progress", progress="62")], []),
    ("nothing begun and all done", [of("A-1", "progress", progress="0"), of("A-2", "progress", progress="100")], []),
    ("unknown column", [row("owner", phone="12")], ["W-UNKNOWN owner 1 phone"]),
]  # fmt: skip


def test_sound_plan_has_no_problem() -> None:
    assert places(plan_of()) == []


@pytest.mark.parametrize(
    ("rows", "expected"), [case[1:] for case in ERRORS], ids=[case[0] for case in ERRORS]
)
def test_error_is_found_where_it_stands(rows: list[tuple[str, dict[str, str]]], expected: list[str]) -> None:
    assert places(plan_of(*rows)) == expected


@pytest.mark.parametrize(
    ("rows", "expected"), [case[1:] for case in WARNINGS], ids=[case[0] for case in WARNINGS]
)
def test_warning_is_found_where_it_stands(
    rows: list[tuple[str, dict[str, str]]], expected: list[str]
) -> None:
    assert places(plan_of(*rows)) == expected


def test_every_code_of_the_contract_is_tried() -> None:
    tried = {place.split()[0] for case in ERRORS + WARNINGS for place in case[2]}

    assert tried == set(CODES.split())


def test_all_problems_are_told_at_once_by_table_row_and_column() -> None:
    actual = places(
        plan_of(
            row("evidence", dated_on="soon"),
            row("finding", kind="idea", statement=""),
            row("owner", owner_id="O-1", name=""),
            row("finding", recorded_on="2026-13-01", owner_id="O-9"),
        )
    )

    assert actual == [
        "E-ID owner 4 owner_id",
        "E-REQ owner 4 name",
        "E-VOCAB finding 4 kind",
        "E-REQ finding 4 statement",
        "E-DATE finding 5 recorded_on",
        "E-REF finding 5 owner_id",
        "E-DATE evidence 3 dated_on",
    ]


def test_lines_are_those_of_the_file() -> None:
    table = TextTable.of(ENTITIES["owner"], [{"name": "A"}, {"name": ""}], "staff.xlsx")
    table.lines = [4, 9]

    issue = validate({"owner": table}, today=TODAY)[0]

    assert str(issue) == "E-REQ staff.xlsx line 9, name: the cell is empty; every owner needs its name"


def test_without_a_file_the_table_is_the_place() -> None:
    table = TextTable.of(ENTITIES["owner"], [{"name": ""}])

    issue = validate({"owner": table}, today=TODAY)[0]

    assert (issue.where, issue.row, issue.found) == ("owner", None, "")


def test_required_column_that_is_missing_is_told_once() -> None:
    table = TextTable(ENTITIES["owner"], {"owner_id": ["O-1", "O-2"]}, source="owner.csv", lines=[2, 3])

    assert places({"owner": table}) == ["E-REQ owner 1 name"]


def test_unknown_table_is_a_broken_call() -> None:
    with pytest.raises(UnknownName, match="no table 'findings'"):
        validate({"findings": TextTable(ENTITIES["finding"], {})}, today=TODAY)


def test_only_the_tables_asked_for_are_reported() -> None:
    tables = plan_of(row("finding", kind="idea"), row("action", due="soon"))

    assert [issue.table for issue in validate(tables, today=TODAY, table_names=["action"])] == ["action"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [row("action_owner", owner_id="O-2")],
            "'A-1' has 2 accountable owners ('O-1 Li Wei', 'O-2 Ana Roe')",
        ),
        ([row("finding_relation", other_finding_id="F-1")], "'F-1' → 'F-1'"),
        ([row("event", event="acept")], "did you mean 'accept'?"),
        ([row("event", event="cancel")], "an event of the other subject, action"),
        ([row("event", subject_id="f 001")], "did you mean 'F-1'?"),
        ([row("event", subject_id="A-1")], "'A-1' is a key of the table action, not of finding"),
        (
            [row("finding_indicator")],
            "the link of line 2 is repeated and the two are merged; required: true wins",
        ),
    ],
)
def test_message_says_what_was_found_and_how_to_mend_it(
    rows: list[tuple[str, dict[str, str]]], expected: str
) -> None:
    (issue,) = validate(plan_of(*rows), today=TODAY)

    assert expected in issue.message


@pytest.mark.parametrize(
    "cell", ["x" * 10_000_000, "\u202eevil\nname", "a\0b"], ids=["huge", "turned", "nul"]
)
def test_hostile_cell_makes_a_short_printable_message(cell: str) -> None:
    tables = plan_of(row("finding", owner_id=cell, kind=cell, statement=cell))

    shown = [(str(issue), issue.found) for issue in validate(tables, today=TODAY)]

    assert all(len(text) < 400 and text.isprintable() for pair in shown for text in pair)


@pytest.mark.slow
@pytest.mark.parametrize("is_ring", [True, False])
def test_long_chain_is_walked_without_recursion(is_ring: bool) -> None:
    n = 100_000
    keys = [f"F-{number}" for number in range(n)]
    others = [*keys[1:], keys[0]] if is_ring else [*keys[1:], "F-0x"]
    findings = [row("finding", finding_id=key)[1] for key in [*keys, "F-0x"]]
    links = [
        row("finding_relation", finding_id=one, other_finding_id=two)[1]
        for one, two in zip(keys, others, strict=True)
    ]
    tables = {"finding": findings, "finding_relation": links}

    issues = validate(
        {name: TextTable.of(ENTITIES[name], rows) for name, rows in tables.items()}, today=TODAY
    )

    assert [(issue.code, "100,000 in all" in issue.message) for issue in issues] == [
        ("E-CYCLE", True)
    ] * is_ring


def test_many_observations_are_validated_in_linear_time() -> None:
    n = 100_000
    rows = [{"indicator_id": "I-1", "observed_on": "2026-03-03", "value": f"{k}.5"} for k in range(n)]
    start = time.process_time()

    issues = validate(plan_of() | {"observation": TextTable.of(ENTITIES["observation"], rows)}, today=TODAY)

    assert (len(issues), time.process_time() - start < 10) == (n - 1, True)


def test_warning_is_silent_where_the_cell_is_refused() -> None:
    table = plan_of(*observed("I-2", "0.5", "none"), row("finding", statement="\0"))

    assert places(table) == [
        "E-VOCAB finding 4 statement",
        "W-FRACTION indicator 3 measure",
        "E-NUM observation 4 value",
    ]


def test_every_fact_has_a_date_of_its_own() -> None:
    assert set(OWN_DATES) == {name for name, entity in ENTITIES.items() if entity.is_fact}


@pytest.mark.parametrize(
    "statement",
    ["Training", "Better Communication", "Improve communication", "Staff shortage", "Lack of coordination",
     "Insufficient attention to coordination.", "Strengthen staff training now", "加强管理", "“提高效率”", "…"],
)  # fmt: skip
def test_statement_without_number_actor_and_verb_is_vague(statement: str) -> None:
    assert is_vague(statement)


@pytest.mark.parametrize(
    "statement",
    ["Nurses forget hand hygiene", "Checklists work", "3 of 5 fail", "Delays shortened", "Desk at Stonebridge",
     "Insufficient light causes falls", "Improve in 2 days", "Training helps", "Half of us wait",
     "People wait", "Yield fell", "Staff know too little", "漏水", "十分重要",
     "护士忘记洗手", "护士不足", "流程太复杂", "水质下降", "培训降低感染率", "三个窗口", "加强夜间巡查后漏损减少",
     "Медсёстры забывают", "看護師は忘れる", "พยาบาลลืม"],
)  # fmt: skip
def test_statement_that_says_something_is_not_vague(statement: str) -> None:
    assert not is_vague(statement)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("false", "true", "true"), ("false", "", "true"), ("", "false", ""), ("true", "false", "true"),
     ("false", "false", "false")],
)  # fmt: skip
def test_required_wins_when_links_are_merged(first: str, second: str, expected: str) -> None:
    rows = [row("finding_indicator", required=required)[1] for required in (first, second)]

    assert drop_repeated_links(TextTable.of(ENTITIES["finding_indicator"], rows))["required"] == [expected]


def test_later_cells_fill_empty_ones_when_links_are_merged() -> None:
    rows = [
        row("finding_action")[1],
        row("finding_action", role="enables")[1],
        row("finding_action", rationale="Why", seen="x")[1],
        row("finding_action", rationale="Other")[1],
    ]
    table = TextTable.of(ENTITIES["finding_action"], rows, "links.csv")
    table.lines = [2, 3, 4, 5]

    merged = drop_repeated_links(table)

    assert (merged["rationale"], merged["seen"], merged.lines) == (["Why", ""], ["x", ""], [2, 3])


@pytest.mark.parametrize("name", ["finding_action", "setting", "owner"])
def test_table_without_repeated_links_stays_as_it_is(name: str) -> None:
    table = TextTable.of(ENTITIES[name], [row(name)[1]] * (1 if name == "finding_action" else 2))

    assert drop_repeated_links(table) is table
