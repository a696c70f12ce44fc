"""Do the measures written out by hand agree with cases worked by hand? (method, sections 6 to 12)."""

from __future__ import annotations

from datetime import date

import pytest
from acceptance import COMMITMENT_RATES, NINETY, SIX, all_promises, on_due_days, usual, waiting
from builder import PlanBuilder
from obvious import attainment, measures, owner_loads, shelf, staleness
from obvious.learning import rubber_stamps

NAMES = (
    "implementation_rate practice_rate cohort_rate_3_1y cohort_rate_4_1y cohort_rate_3_4y cohort_rate_4_4y "
    "funnel_ever_0 funnel_ever_1 funnel_ever_2 funnel_ever_3 funnel_ever_4 funnel_ever_5 "
    "funnel_now_0 funnel_now_1 funnel_now_2 funnel_now_3 funnel_now_4 funnel_now_5 "
    "shelf_rate overdue_rate on_time_rate evidence_gap lapse_rate staleness_median_days rebound_rate "
    "kept_on_time_rate kept_ever_rate median_days_late confirmed_share satisfied_share replication_success "
    "persistence learning_yield revision_share"
)
MIDSUMMER = "2026-06-30"


def fractions(tables, as_of=MIDSUMMER, **options):
    """Give measure → (numerator, denominator)."""
    return {
        row["measure"]: (row["numerator"], row["denominator"]) for row in measures(tables, as_of, **options)
    }


def values(tables, as_of=MIDSUMMER):
    return {row["measure"]: row["value"] for row in measures(tables, as_of)}


def four_findings():
    """F-001 in practice since 1 March, F-002 new, F-003 on the shelf since January, F-004 rejected."""
    draft = usual().case_indicator(NINETY, cadence_days="")
    draft.finding(finding_id="F-002", recorded_on="2026-06-20").finding(finding_id="F-003")
    return draft.finding(finding_id="F-004").event("F-004", "reject", "2026-02-01", reason="-")


def test_every_measure_of_the_contract_is_there_in_order():
    rows = measures(usual().tables, MIDSUMMER)
    assert [row["measure"] for row in rows] == NAMES.split()
    assert {tuple(row) for row in rows} == {("measure", "value", "numerator", "denominator", "low", "high")}


def test_rates_of_four_findings():
    actual = fractions(four_findings().tables)
    assert {name: actual[name] for name in ("implementation_rate", "practice_rate", "shelf_rate")} == {
        "implementation_rate": (1, 3),
        "practice_rate": (1, 3),
        "shelf_rate": (1, 2),
    }
    assert [actual[name] for name in ("overdue_rate", "on_time_rate", "evidence_gap", "lapse_rate")] == [
        (0, 0),
        (1, 1),
        (0, 1),
        (0, 1),
    ]


def test_funnel_of_four_findings_counts_who_ever_reached_a_stage_and_who_is_at_it():
    actual = values(four_findings().tables)
    assert [actual[f"funnel_ever_{stage}"] for stage in range(6)] == [4, 1, 1, 1, 1, 0]
    assert [actual[f"funnel_now_{stage}"] for stage in range(6)] == [2, 0, 0, 0, 1, 0]


def test_shelf_and_staleness_of_four_findings_are_listed_worst_first():
    tables = four_findings().tables
    assert shelf(tables, MIDSUMMER) == [{"finding_id": "F-003", "days": 180}]
    assert [(row["finding_id"], row["days"]) for row in staleness(tables, MIDSUMMER)] == [
        ("F-003", 180),
        ("F-001", 121),
        ("F-002", 10),
    ]
    assert values(tables)["staleness_median_days"] == 121


def test_a_share_of_nothing_has_no_value_and_no_interval():
    row = next(row for row in measures(four_findings().tables, MIDSUMMER) if row["measure"] == "overdue_rate")
    assert [row[name] for name in ("value", "numerator", "denominator", "low", "high")] == [
        None,
        0,
        0,
        None,
        None,
    ]


def test_evidence_gap_counts_carried_out_findings_whose_effect_nobody_looked_for():
    assert fractions(usual().tables)["evidence_gap"] == (1, 1)
    assert fractions(usual().case_indicator(NINETY, baseline="").tables)["evidence_gap"] == (1, 1)
    assert fractions(usual().case_indicator(NINETY).tables)["evidence_gap"] == (0, 1)
    assert fractions(waiting().tables)["evidence_gap"] == (0, 0)


def test_on_time_is_measured_against_the_original_due_date():
    draft = usual().case_plan("A-002", due="2026-03-31").case_plan("A-003", due="2026-07-01")
    draft.event("A-002", "redate", "2026-03-01", due="2026-12-31")
    actual = fractions(draft.tables)
    assert (actual["on_time_rate"], actual["overdue_rate"]) == ((1, 2), (0, 2))


@pytest.mark.parametrize(
    ("recorded_on", "as_of", "one_year", "four_years"),
    [
        ("2025-02-20", "2026-02-20", (1, 1), (0, 0)),  # carried out on 20 Feb 2026, a year later to the day
        ("2025-02-19", "2026-02-20", (0, 1), (0, 0)),
        ("2025-02-21", "2026-02-20", (0, 0), (0, 0)),  # a year is not over
        ("2025-06-30", "2026-06-30", (1, 1), (0, 0)),
        ("2024-06-30", "2026-06-30", (0, 1), (0, 0)),
        ("2024-06-29", "2026-06-30", (0, 0), (0, 0)),
        ("2022-06-30", "2026-06-30", (0, 0), (1, 1)),
    ],
)
def test_cohort_rate_asks_who_got_there_in_time(recorded_on, as_of, one_year, four_years):
    tables = usual().tables
    tables["finding"][0]["recorded_on"] = recorded_on
    actual = fractions(tables, as_of)
    assert (actual["cohort_rate_3_1y"], actual["cohort_rate_3_4y"]) == (one_year, four_years)


def test_cohorts_keep_findings_closed_since():
    draft = usual().event("F-001", "retire", "2026-05-01", reason="-")
    draft.tables["finding"][0]["recorded_on"] = "2025-06-30"
    actual = fractions(draft.tables)
    assert (actual["cohort_rate_3_1y"], actual["implementation_rate"]) == ((1, 1), (0, 0))


def test_lapse_and_rebound_of_a_problem_solved_and_lost():
    draft = PlanBuilder().finding(kind="problem").case_action()
    draft.case_indicator((*NINETY, ("2026-03-31", "70"), ("2026-04-30", "71")))
    draft.case_indicator((), "I-002", level="confirmation", target="")
    draft.add("observation", indicator_id="I-002", observed_on="2026-02-25", value="80", n="10")
    assert [fractions(draft.tables, "2026-04-29")[name] for name in ("lapse_rate", "rebound_rate")] == [
        (0, 1),
        (0, 1),
    ]
    assert [fractions(draft.tables, "2026-04-30")[name] for name in ("lapse_rate", "rebound_rate")] == [
        (1, 1),
        (1, 1),
    ]


@pytest.mark.parametrize(("as_of", "n_on_time", "n_ever", "n"), COMMITMENT_RATES)
def test_commitment_rates_of_the_acceptance_table(as_of, n_on_time, n_ever, n):
    actual = fractions(all_promises(), as_of)
    assert (actual["kept_on_time_rate"], actual["kept_ever_rate"]) == ((n_on_time, n), (n_ever, n))


def test_days_late_and_confirmed_share_of_the_acceptance_table():
    draft = PlanBuilder(all_promises()).event("A-001", "confirm", "2026-03-05")
    # kept late: 2 March and 10 April against 1 March; kept 4, disputed 1
    assert values(draft.tables)["median_days_late"] == 20.5
    assert fractions(draft.tables)["confirmed_share"] == (1, 5)


def test_a_promise_kept_before_it_is_due_does_not_count_yet():
    tables = usual().tables
    tables["action"][0]["promised_to"] = "the street office"
    assert fractions(tables, "2026-03-30")["kept_on_time_rate"] == (0, 0)
    assert fractions(tables, "2026-03-31")["kept_on_time_rate"] == (1, 1)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-04-04", (0, 0)),
        ("2026-04-05", (1, 1)),
        ("2026-04-10", (1, 2)),
        ("2027-05-10", (1, 2)),
        ("2027-05-11", (0, 1)),
    ],
)
def test_satisfied_share_counts_recent_answers_about_promised_findings(as_of, expected):
    draft = PlanBuilder().finding(kind="problem").case_plan(promised_to="the street office")
    for number, value, day in (("1", "80", "2026-04-05"), ("2", "79", "2026-04-10"), ("3", "", "")):
        draft.case_indicator((), f"I-{number}", level="confirmation", target="", required="true")
        if value:
            draft.add("observation", indicator_id=f"I-{number}", observed_on=day, value=value, n="12")
    # 5 April 2026 and 400 days is 10 May 2027
    assert fractions(draft.tables, as_of)["satisfied_share"] == expected


@pytest.mark.parametrize(
    ("results", "as_of", "expected"),
    [
        ((*SIX, "fail"), "2026-08-08", (6, 7)),
        (SIX, "2026-09-07", (6, 8)),
        (("pass", "na"), "2026-03-11", (1, 1)),
    ],
)
def test_persistence_counts_passes_over_slots_without_na(results, as_of, expected):
    assert fractions(on_due_days(*results).tables, as_of)["persistence"] == expected


def test_persistence_looks_at_the_last_twelve_slots():
    # slots of 30 days with grace 8: the 14th closes on 2027-02-25 + 8 days
    assert fractions(on_due_days(*SIX).tables, "2027-03-06")["persistence"] == (4, 12)


def test_replication_success_counts_each_site_by_its_best_state():
    draft = PlanBuilder().finding(kind="experience", origin_site="Harbour")
    kept = {"adaptation": "planned", "core_kept": "yes", "role": "replicates"}
    draft.case_action("A-1", site="North", **kept).case_action("A-2", site=" north", **kept)
    draft.case_action("A-3", site="South", **kept)
    cancelled = (("cancel", "2026-02-01"),)
    draft.case_action("A-4", site="East", role="replicates", events=cancelled, evidence=())
    draft.case_action("A-5", site="West", role="replicates", events=(("start", "2026-02-01"),), evidence=())
    for number, value in (("1", "90"), ("2", "70"), ("3", "70")):
        draft.case_indicator((("2026-08-15", value),), f"I-{number}")
        draft.tables["finding_indicator"][-1]["action_id"] = f"A-{number}"
    # 20 February and 180 days is 19 August: until then South has merely adopted it
    assert fractions(draft.tables, "2026-08-18")["replication_success"] == (1, 2)
    assert fractions(draft.tables, "2026-08-19")["replication_success"] == (1, 3)


def test_learning_is_counted_in_the_period_after_since_up_to_the_day():
    draft = usual().finding(finding_id="F-002", recorded_on="2026-03-01")
    draft.finding(finding_id="F-003", recorded_on="2026-03-02")
    for key in ("F-002", "F-003"):
        draft.add("finding_relation", finding_id=key, relation="derived_from", other_finding_id="F-001")
    draft.event("F-001", "review_confirmed", "2026-03-01")
    draft.event("F-001", "review_revised", "2026-03-02")
    draft.event("F-001", "review_confirmed", MIDSUMMER)
    draft.event("F-002", "supersede", "2026-06-01", other_finding_id="F-003")
    ever, since = fractions(draft.tables), fractions(draft.tables, since=date(2026, 3, 1))
    assert (ever["learning_yield"], ever["revision_share"]) == ((2, 4), (2, 4))
    assert (since["learning_yield"], since["revision_share"]) == ((1, 3), (2, 3))


def test_a_review_with_nothing_new_to_look_at_is_a_rubber_stamp():
    draft = usual().case_indicator(NINETY)
    for day in ("2026-02-19", "2026-02-25", "2026-02-28", "2026-03-01"):
        draft.event("F-001", "review_confirmed", day)
    # evidence came on 20 February, a value on 1 March
    assert rubber_stamps(draft.tables, MIDSUMMER) == [
        ("F-001", date(2026, 2, 19)),
        ("F-001", date(2026, 2, 28)),
    ]


def test_loads_name_nobody_first_and_count_an_action_once():
    draft = usual().case_plan("A-2", due="2026-07-30").case_plan("A-3", due="2026-06-29", is_owned=False)
    draft.case_plan("A-4", due="2026-07-31", role="improves").case_plan("A-5", due=MIDSUMMER)
    draft.add("finding_action", finding_id="F-001", action_id="A-2", role="enables")
    # F-001 is stalled: nothing since 20 February
    assert [tuple(row.values()) for row in owner_loads(draft.tables, MIDSUMMER)] == [
        (None, 1, 1, 0, 1),
        ("O-1", 3, 0, 2, 3),
    ]


@pytest.mark.parametrize(
    ("indicator", "value", "expected"),
    [
        ({}, "70", 0.75),
        ({"direction": "descending", "baseline": "12", "target": "5"}, "8.5", 0.5),
        ({}, "35", -0.125),
        ({}, "90", 1.25),
        ({"baseline": "80"}, "90", None),
        ({"measure": "nominal"}, "90", None),
    ],
)
def test_attainment_is_the_share_of_the_way_from_baseline_to_target(indicator, value, expected):
    tables = usual().case_indicator((("2026-03-01", value),), **indicator).tables
    assert [row["attainment"] for row in attainment(tables, MIDSUMMER)] == [expected]
