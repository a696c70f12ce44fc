"""What must come out for the cases of the method's acceptance table? (method, section 14).

The cases are data. Expected values are typed from the table, never taken from running code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from builder import PlanBuilder

Row = dict[str, str]
Tables = dict[str, list[Row]]

MONTHLY = ("2026-03-01", "2026-03-31", "2026-04-30", "2026-05-30", "2026-06-29", "2026-07-29", "2026-08-28")
SUSTAINED = tuple((day, "82") for day in MONTHLY)
NINETY = (("2026-03-01", "90"),)


@dataclass(frozen=True)
class Case:
    """A plan with one finding F-001, a day, and what must be said of it."""

    name: str
    tables: Tables
    as_of: str
    stage: int | None
    flags: frozenset[str] = frozenset()
    disposition: str = "open"


@dataclass(frozen=True)
class CommitmentCase:
    """A plan with one commitment, a day, and the state that it must have."""

    name: str
    tables: Tables
    as_of: str
    state: str


def usual() -> PlanBuilder:
    """Start with the finding and its finished action."""
    return PlanBuilder().finding().case_action()


def waiting(**changes: object) -> PlanBuilder:
    """Start with the finding, its action without events, and its indicator without values."""
    return PlanBuilder().finding().case_plan(**changes).case_indicator()


def blocked() -> PlanBuilder:
    """Start with a finding blocked on 1 February until 1 June."""
    return waiting().event("F-001", "block", "2026-02-01", reason="needs the new register", due="2026-06-01")


def superseded() -> PlanBuilder:
    """Start with a finding superseded on 1 February."""
    draft = waiting().event("F-001", "supersede", "2026-02-01", other_finding_id="F-002")
    return draft.finding(finding_id="F-002")


def case(
    name: str, draft: PlanBuilder, day: str, stage: int | None, *flags: str, disposition: str = "open"
) -> Case:
    """Write a row of the table; the day is month-day of 2026."""
    return Case(name, draft.tables, f"2026-{day}", stage, frozenset(flags), disposition)


def value_case(
    name: str, value: str, stage: int, *flags: str, before: tuple = (), day: str = "03-02", **changes: Any
) -> Case:
    """Write a row whose action is finished and whose indicator has one value on 1 March."""
    values = (*before, ("2026-03-01", value))
    return case(name, usual().case_indicator(values, **changes), day, stage, *flags)


def second_action(**changes: object) -> PlanBuilder:
    """Start with a met target, a finished action and a second action."""
    return usual().case_indicator(NINETY).case_action("A-002", **{"events": (), "evidence": (), **changes})


def late_values(n_late: int) -> PlanBuilder:
    """Start with row 32 and the first n of the values 70, 71 and 84 that came after."""
    late = (("2026-09-27", "70"), ("2026-10-27", "71"), ("2026-11-26", "84"))
    return usual().case_indicator(SUSTAINED + late[:n_late])


def linked_twice() -> PlanBuilder:
    """Start with row 15 and the same link a second time."""
    draft = usual().case_indicator(NINETY)
    return draft.add("finding_action", finding_id="F-001", action_id="A-001", role="delivers")


def shared(released: int, day: str = "2026-03-01") -> PlanBuilder:
    """Start with F-001 and F-002, both met by one indicator, that one of them requires no longer since a day."""
    draft = usual().case_indicator(NINETY).finding(finding_id="F-002")
    draft.add("finding_action", finding_id="F-002", action_id="A-001", role="delivers")
    draft.add("finding_indicator", finding_id="F-002", indicator_id="I-001")
    draft.tables["finding_indicator"][released] |= {"required": "false", "required_changed_on": day}
    return draft


def left() -> PlanBuilder:
    """Start with the finding and its action without events, whose accountable owner left on 1 February."""
    draft = waiting()
    draft.tables["owner"][0]["left_on"] = "2026-02-01"
    return draft


def complete_as_of(recorded_on: str) -> PlanBuilder:
    """Start with a met target and an action, due on 31 March, whose completion on 20 February was recorded on a day."""
    draft = usual().case_indicator(NINETY)
    next(row for row in draft.tables["event"] if row["event"] == "complete")["recorded_on"] = recorded_on
    return draft


def proved(*evidence: tuple[str, dict[str, str]]) -> PlanBuilder:
    """Start with a met target and two finished actions; add columns to the evidence of some actions."""
    draft = usual().case_indicator(NINETY).case_action("A-002")
    for action_id, columns in evidence:
        next(row for row in draft.tables["evidence"] if row["action_id"] == action_id).update(columns)
    return draft


FILE = {"uri": "minutes.pdf"}
OUTPUT: dict[str, Any] = {"level": "output"}
DESCENDING: dict[str, Any] = {"direction": "descending", "baseline": "12", "target": "5"}
RANGE: dict[str, Any] = {
    "direction": "range",
    "baseline": "39",
    "target": "",
    "target_low": "36",
    "target_high": "38",
}
SIXTY = (("2026-03-01", "60"),)
CANCELLED = {"events": (("cancel", "2026-02-01"),)}
GAPS = (("2026-03-01", "82"), ("2026-05-30", "82"), ("2026-08-28", "82"))
RESUMED = tuple(
    (day, "85")
    for day in (
        "2026-03-01", "2026-05-20", "2026-06-19", "2026-07-19", "2026-08-18", "2026-09-17", "2026-10-17", "2026-11-16",
    )
)  # fmt: skip
ENABLING = {"role": "enables", "due": "2026-05-31"}

UNDATED: dict[str, Any] = {"recorded_on": "", "recorded_quality": "unknown"}

LADDER = [
    case("1 no action, age 20 d", PlanBuilder().finding().case_indicator(), "01-21", 0, "new"),
    case("2 no action, age 31 d", PlanBuilder().finding().case_indicator(), "02-01", 0, "shelved"),
    case("3 action without owner", waiting(is_owned=False), "02-15", 0, "shelved", "unowned"),
    case("4 action without due", waiting(due=""), "02-15", 0, "shelved", "undated"),
    case("5 owned and dated, not started", waiting(), "02-15", 1),
    case("6 on the due day", waiting(), "03-31", 1),
    case("7 the day after", waiting(), "04-01", 1, "overdue"),
    case("8 started", waiting().event("A-001", "start", "2026-02-01"), "02-15", 2),
    case(
        "9 progress 100, not closed",
        waiting().event("A-001", "progress", "2026-02-01", progress="100"),
        "02-15",
        2,
        "progress_100_not_closed",
    ),
    case(
        "10 complete, no evidence",
        PlanBuilder().finding().case_action(evidence=()).case_indicator(),
        "03-01",
        2,
        "unverified",
    ),
    case("11 complete with evidence, no data", usual().case_indicator(), "03-01", 3),
    case("12 as of the day before completion", usual().case_indicator(), "02-19", 2, "future_dated"),
    case("13 no indicator", usual(), "03-01", 3, "no_indicator"),
    value_case("14 only an output indicator, at 90", "90", 3, "no_indicator", **OUTPUT),
    value_case("15 80 on 1 Mar", "80", 4),
    case("16 80 before start only", usual().case_indicator((("2026-01-09", "80"),)), "03-02", 3),
    value_case("17 85, no baseline", "85", 3, "no_baseline", baseline=""),
    value_case("18 85, with 50 on 5 Jan", "85", 4, before=(("2026-01-05", "50"),), baseline=""),
    value_case("19 baseline 82", "85", 3, "met_at_baseline", baseline="82"),
    value_case("20 baseline 82, intent maintain", "85", 4, baseline="82", intent="maintain"),
    value_case("21 descending 12 to 5: value 5", "5", 4, **DESCENDING),
    value_case("22 descending 12 to 5: value 5.1", "5.1", 3, **DESCENDING),
    value_case("23 provisional value only", "90", 3, final="false"),
    case("24 value dated 1 Apr", usual().case_indicator((("2026-04-01", "90"),)), "03-02", 3, "future_dated"),
    case(
        "25 second indicator unmet: required",
        usual().case_indicator(NINETY).case_indicator(SIXTY, "I-002"),
        "03-02",
        3,
        "partially_met",
    ),
    case(
        "26 second indicator unmet: optional",
        usual().case_indicator(NINETY).case_indicator(SIXTY, "I-002", required="false"),
        "03-02",
        4,
    ),
    case("27 second action open", second_action(), "03-02", 2, "outcome_ahead"),
    case("28 second action cancelled", second_action(**CANCELLED), "03-02", 4, "scope_reduced"),
    case(
        "29 the only action cancelled",
        PlanBuilder().finding().case_action(evidence=(), **CANCELLED).case_indicator(),
        "03-02",
        0,
        "plan_abandoned",
        "shelved",
    ),
    case(
        "30 reopened 5 Mar",
        usual().case_indicator(NINETY).event("A-001", "reopen", "2026-03-05"),
        "03-10",
        2,
        "outcome_ahead",
        "reopened",
    ),
    case(
        "31 90 on 1 Mar, no action at all",
        PlanBuilder().finding().case_indicator(NINETY),
        "03-02",
        0,
        "outcome_without_action",
        "shelved",
    ),
    case("32 seven monthly values over 180 d", late_values(0), "09-01", 5),
    case(
        "33 last on 27 Aug, 179 d",
        usual().case_indicator((*SUSTAINED[:-1], ("2026-08-27", "82"))),
        "09-01",
        4,
    ),
    case("34 no data for 60 d", late_values(0), "10-27", 5),
    case("35 no data for 61 d", late_values(0), "10-28", 3, "stale"),
    case("36 one value 70", late_values(1), "10-01", 4, "wobble"),
    case("37 then 71", late_values(2), "10-28", 3, "lapsed"),
    case("38 then 84", late_values(3), "11-27", 4),
    case("39 90-day gaps", usual().case_indicator(GAPS), "09-01", 4),
    case("40 superseded: after", superseded(), "09-01", None, disposition="superseded"),
    case("41 superseded: as of the day before", superseded(), "01-31", 1),
    case(
        "42 rejected, then reopened",
        waiting()
        .event("F-001", "reject", "2026-01-15", reason="no money")
        .event("F-001", "reopen", "2026-01-25"),
        "02-15",
        1,
    ),
    case("43 blocked, no enabling action", blocked(), "05-15", 1, "blocked", "overdue", "no_enabling_action"),
    case(
        "44 blocked, an enabling action",
        blocked().case_plan("A-002", **ENABLING),
        "05-15",
        1,
        "blocked",
        "overdue",
    ),
    case(
        "45 past the revisit date",
        blocked().case_plan("A-002", **ENABLING),
        "06-02",
        1,
        "block_expired",
        "blocked",
        "overdue",
    ),
    case(
        "46 re-dated 30 Mar to 31 May, nothing else",
        waiting().event("A-001", "redate", "2026-03-30", due="2026-05-31"),
        "04-02",
        1,
        "slipped",
        "stalled",
    ),
    case("47 linked twice to one action", linked_twice(), "03-02", 4),
    value_case("48 no target", "90", 3, "no_target", target=""),
    case(
        "49 started 91 d ago, nothing since",
        waiting(due="2026-12-31").event("A-001", "start", "2026-02-01"),
        "05-03",
        2,
        "stalled",
    ),
    value_case("50 range 36-38, value 37, baseline 39", "37", 4, **RANGE),
    case(
        "51 begun anew after 80 days without a value, 150 d ago",
        usual().case_indicator(RESUMED[:-1]),
        "11-15",
        4,
    ),
    case(
        "52 begun anew after 80 days without a value, 180 d ago", usual().case_indicator(RESUMED), "11-16", 5
    ),
    case("53 the accountable owner left on 1 Feb", left(), "02-15", 1, "owner_left"),
    value_case("54 target set from 90 to 80 on 1 Mar", "85", 4, "target_moved", retargeted_on="2026-03-01"),
    case(
        "55 an indicator of two findings, here not required since 1 Mar",
        shared(0),
        "03-02",
        3,
        "no_indicator",
        "target_moved",
    ),
    case("56 the same, seen from the other finding", shared(1), "03-02", 4),
    case(
        "57 not required since 9 Jan, before the start", shared(0, "2026-01-09"), "03-02", 3, "no_indicator"
    ),
    case(
        "58 nobody knows when it was recorded, nothing done: known before any grace, no review can fall due",
        PlanBuilder().finding(**UNDATED),
        "03-02",
        0,
        "shelved",
        "no_indicator",
    ),
    case(
        "59 the same with an action planned, on the first day",
        PlanBuilder().finding(**UNDATED).case_plan().case_indicator(),
        "01-01",
        1,
    ),
    case(
        "60 no known date, an action recorded 366 days before: a review was due on 1 March",
        PlanBuilder().finding(**UNDATED).case_plan(recorded_on="2025-03-01").case_indicator(),
        "03-02",
        1,
        "review_overdue",
        "stalled",
    ),
    case(
        "61 complete on 20 Feb, said on 1 Apr, due 31 Mar",
        complete_as_of("2026-04-01"),
        "04-02",
        4,
        "backdated",
    ),
    case("62 the same said on the due date", complete_as_of("2026-03-31"), "04-02", 4),
    case(
        "63 evidence verified by the owner's name",
        proved(("A-002", {"verified_by": "WANG Li "})),
        "03-02",
        4,
        "self_verified",
    ),
    case(
        "64 by the owner's identifier", proved(("A-001", {"verified_by": "O-1"})), "03-02", 4, "self_verified"
    ),
    case("65 by somebody else", proved(("A-001", {"verified_by": "Zhao Min"})), "03-02", 4),
    case(
        "66 one file for two actions", proved(("A-001", FILE), ("A-002", FILE)), "03-02", 4, "evidence_reused"
    ),
    case("67 a file for one action", proved(("A-001", FILE), ("A-002", {"uri": "other.pdf"})), "03-02", 4),
]


# Mechanisms: effective 2026-01-01, every 30 days, grace 8; slots are due on these days.
DUE_DAYS = (
    "2026-01-31",
    "2026-03-02",
    "2026-04-01",
    "2026-05-01",
    "2026-05-31",
    "2026-06-30",
    "2026-07-30",
    "2026-08-29",
)


def mechanism(*checks: tuple[str, str]) -> PlanBuilder:
    """Start with a mechanism in force since 1 January and its checks."""
    draft = PlanBuilder().add("owner", owner_id="O-1", name="Wang Li")
    draft.finding(kind="mechanism", effective_on="2026-01-01", check_every="P30D", owner_id="O-1")
    for day, result in checks:
        draft.event("F-001", f"check_{result}", day, by="Zhao Min")
    return draft


def on_due_days(*results: str) -> PlanBuilder:
    """Start with a mechanism checked on its first due days."""
    return mechanism(*zip(DUE_DAYS, results, strict=False))


def open_slot() -> PlanBuilder:
    """Start with a mechanism of which one slot, due on 24 August, has a pass on the 11th and a fail on the 22nd."""
    draft = mechanism(("2026-07-20", "pass"), ("2026-08-11", "pass"), ("2026-08-22", "fail"))
    draft.tables["finding"][0]["effective_on"] = "2026-06-25"
    return draft


def owner_gone() -> PlanBuilder:
    """Start with a mechanism without checks, whose owner left on 20 January."""
    draft = mechanism()
    draft.tables["owner"][0]["left_on"] = "2026-01-20"
    return draft


SIX = ("pass",) * 6

MECHANISMS = [
    case("first check not due", mechanism(), "01-31", 2),
    case("first missed", mechanism(), "02-09", 2, "check_missed"),
    case("two missed", mechanism(), "03-11", 2, "check_missed", "dead_letter"),
    case("pass 30 Jan", mechanism(("2026-01-30", "pass")), "01-31", 3),
    case("late pass 7 Feb", mechanism(("2026-02-07", "pass")), "02-08", 3),
    case("three passes", on_due_days("pass", "pass", "pass"), "04-01", 4),
    case("six passes over 180 d", on_due_days(*SIX), "06-30", 5),
    case("six passes, then a fail", on_due_days(*SIX, "fail"), "08-08", 3, "check_failed"),
    case(
        "six passes, then two missed", on_due_days(*SIX), "09-07", 2, "check_missed", "dead_letter", "lapsed"
    ),
    case("pass, na, pass, pass", on_due_days("pass", "na", "pass", "pass"), "05-01", 4),
    case("open slot, a pass and then a fail", open_slot(), "08-23", 3, "check_failed"),
    case("its owner leaves tomorrow", owner_gone(), "01-19", 2),
    case("its owner left", owner_gone(), "01-20", 2, "owner_left"),
]


def replicated(*values: tuple[str, str]) -> PlanBuilder:
    """Start with an experience adopted at one site and codified in a mechanism at stage 4."""
    draft = PlanBuilder().finding(
        kind="experience",
        origin_site="Lake",
        why_it_works="people are asked first",
        core_elements="a call two days before",
    )
    draft.case_action(role="replicates", site="Harbour", adaptation="none", core_kept="yes")
    draft.case_indicator(values)
    draft.tables["finding_indicator"][0]["action_id"] = "A-001"
    draft.finding(
        finding_id="F-002", kind="mechanism", effective_on="2026-01-01", check_every="P30D", owner_id="O-1"
    )
    for day in DUE_DAYS[:3]:
        draft.event("F-002", "check_pass", day, by="Zhao Min")
    return draft.add("finding_relation", finding_id="F-001", relation="codified_in", other_finding_id="F-002")


EXPERIENCES = [
    case("codified, adopted at a site, worked at none", replicated(), "04-01", 3),
    case("codified, worked at a site", replicated(("2026-03-15", "85")), "04-01", 5),
]


def promise(
    draft: PlanBuilder, action_id: str, done_on: str = "", due: str = "2026-03-01", *, proved: bool = True
) -> PlanBuilder:
    """Add a commitment, kept on a day if one is given."""
    events = (("start", "2026-01-10"), ("complete", done_on)) if done_on else ()
    evidence = (done_on,) if done_on and proved else ()
    return draft.case_action(
        action_id, due=due, events=events, evidence=evidence, promised_to="the street office"
    )


def redated(draft: PlanBuilder, action_id: str, consent: str) -> PlanBuilder:
    """Add a commitment re-dated from 1 March to 30 April and kept on 10 April."""
    promise(draft, action_id, "2026-04-10")
    return draft.event(action_id, "redate", "2026-02-15", due="2026-04-30", consent=consent)


PROMISES = [
    ("done 1 Mar", lambda draft, one: promise(draft, one, "2026-03-01"), "kept_on_time"),
    ("done 2 Mar", lambda draft, one: promise(draft, one, "2026-03-02"), "kept_late"),
    ("done without evidence", lambda draft, one: promise(draft, one, "2026-03-01", proved=False), "missed"),
    (
        "done but disputed",
        lambda draft, one: promise(draft, one, "2026-03-01").event(one, "dispute", "2026-03-10"),
        "disputed",
    ),
    ("re-dated with consent", lambda draft, one: redated(draft, one, "true"), "kept_on_time"),
    ("re-dated without consent", lambda draft, one: redated(draft, one, "false"), "kept_late"),
    (
        "released",
        lambda draft, one: promise(draft, one).event(one, "release", "2026-02-20"),
        "released",
    ),
    ("due 31 Dec", lambda draft, one: promise(draft, one, due="2026-12-31"), "open"),
    ("no date", lambda draft, one: promise(draft, one, due=""), "undated"),
    ("due 30 Jun", lambda draft, one: promise(draft, one, due="2026-06-30"), "open"),
]


def all_promises() -> Tables:
    """Give one plan with all ten commitments, A-001 to A-010 in the order of PROMISES."""
    draft = PlanBuilder().finding()
    for number, (_, add_to, _) in enumerate(PROMISES, start=1):
        add_to(draft, f"A-{number:03d}")
    return draft.tables


COMMITMENTS = [
    CommitmentCase(name, add_to(PlanBuilder().finding(), "A-001").tables, "2026-06-30", state)
    for name, add_to, state in PROMISES
]

# For all_promises(): day, kept on time, kept at all, N.
COMMITMENT_RATES = [("2026-06-30", 2, 4, 6), ("2026-07-01", 2, 4, 7)]
