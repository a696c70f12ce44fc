"""The lists of the five works: rows of the example read by hand, cases drafted for one rule each."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from acceptance import mechanism, on_due_days, usual, waiting
from builder import PlanBuilder, frames_of
from test_assessment_explain import merged

import theorytopractice as ttp
from theorytopractice.assessment import workload
from theorytopractice.model.values import PartialTables

DAY = "2026-06-30"


@pytest.fixture(scope="module")
def example():
    with ttp.open_plan(ttp.path_of("data/example")) as plan:
        return dict(plan)


def rows(frame):
    """Return rows with ISO dates and None for missing."""
    frame = frame.copy()
    for name in frame.select_dtypes("datetime"):
        frame[name] = frame[name].dt.strftime("%Y-%m-%d")
    return [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def drafted(work, draft, day, **options):
    return rows(work(frames_of(draft.tables), as_of=f"2026-{day}", **options))


def test_the_lists_are_public_and_carry_their_day(example):
    names = ["commitments", "replications", "slots", "problems", "experiences", "mechanisms"]
    names += ["reviews", "review_dates", "lineage"]
    for name in names:
        frame = getattr(ttp, name)(example, as_of=DAY)
        assert frame.attrs["as_of"] == DAY
        assert set(frame["as_of"].astype(str)) == {DAY}
        assert list(frame.index) == list(range(len(frame)))


def test_the_lists_of_an_empty_plan_are_empty():
    for name in ("problems", "experiences", "mechanisms", "reviews", "review_dates", "lineage"):
        frame = getattr(ttp, name)({}, as_of=DAY)
        assert (len(frame), frame.attrs["as_of"]) == (0, DAY)


def test_problems_is_the_rectification_plan(example):
    found = rows(ttp.problems(example, as_of=DAY))
    by_action = {(row["finding_id"], row["action_id"]): row for row in found}
    assert {key: by_action["F-017", "A-036"][key] for key in list(found[0])[2:]} == {
        "solvability": "needs_conditions",
        "condition": "Court releases the archive only after the creditors' meeting",
        "action_id": "A-036",
        "measure": "Obtain a court-certified copy of the as-built plans of Millrace Court",
        "role": "enables",
        "unit": "Housing Office",
        "responsible": "Iris Coldwen",
        "time_limit": "2026-08-31",
        "current_due": "2026-08-31",
        "action_state": "in_progress",
        "is_overdue": False,
        "stage": 1,
        "stage_name": "planned",
        "headline": "blocked",
        "confirmed": "not asked",
        "solved": False,
        "ripe_on": None,
        "revisit_on": "2026-10-15",
        "as_of": DAY,
    }
    moved = by_action["F-005", "A-007"]
    assert (moved["time_limit"], moved["current_due"], moved["confirmed"], moved["solved"]) == ("2024-09-30", "2024-11-15", "yes", True)  # fmt: skip
    assert by_action["F-014", "A-029"]["confirmed"] == "no"
    assert by_action["F-016", "A-034"]["ripe_on"] == "2026-03-16"
    assert by_action["F-038", "A-064"]["responsible"] is None
    assert [key for key in by_action if key[0] == "F-005"] == [("F-005", one) for one in ("A-007", "A-008", "A-009")]  # fmt: skip
    assert not {"F-037", "F-042", "F-001"} & {row["finding_id"] for row in found}


def test_a_problem_without_actions_has_one_row():
    draft = PlanBuilder().finding(kind="problem").finding(finding_id="F-002")
    (row,) = drafted(ttp.problems, draft, "02-01")
    assert (row["action_id"], row["measure"], row["action_state"], row["role"]) == (None,) * 4
    assert (row["solvability"], row["confirmed"], row["headline"]) == ("now", "not asked", "shelved")


def test_only_actions_that_deliver_or_enable_are_measures():
    draft = PlanBuilder().finding(kind="problem").case_plan("A-2").case_plan("A-10", role="enables")
    draft.case_plan("A-3", role="improves").case_plan("A-4", role="replicates")
    found = drafted(ttp.problems, draft, "02-01")
    assert [(row["action_id"], row["role"]) for row in found] == [("A-2", "delivers"), ("A-10", "enables")]


@pytest.mark.parametrize(
    ("values", "expected"),
    [((), "not asked"), (("79", "20"), "no"), (("95", "9"), "no"), (("80", "10"), "yes")],
)
def test_confirmed_says_yes_no_or_not_asked(values, expected):
    draft = usual()
    draft.tables["finding"][0]["kind"] = "problem"
    draft.add(
        "indicator",
        indicator_id="I-9",
        name="s",
        measure="percentage",
        level="confirmation",
        direction="ascending",
    )
    draft.add("finding_indicator", finding_id="F-001", indicator_id="I-9")
    if values:
        draft.add("observation", indicator_id="I-9", observed_on="2026-03-01", value=values[0], n=values[1])
    assert drafted(ttp.problems, draft, "03-02")[0]["confirmed"] == expected


def test_experiences_list_sites_with_their_state(example):
    found = rows(ttp.experiences(example, as_of=DAY))
    row = next(row for row in found if row["action_id"] == "A-058")
    assert {key: row[key] for key in list(row)[2:]} == {
        "is_explained": True,
        "site": "Eastgate",
        "state": "drifted",
        "action_id": "A-058",
        "adaptation": "reactive",
        "core_kept": "no",
        "started_on": "2025-05-12",
        "completed_on": "2025-08-22",
        "stage": 3,
        "stage_name": "carried out",
        "headline": "carried out",
        "as_of": DAY,
    }
    assert [row["is_explained"] for row in found if row["finding_id"] == "F-043"] == [False]
    as_before = rows(ttp.replications(example, as_of=DAY))
    keys = ("finding_id", "action_id", "site", "state")
    assert [tuple(row[key] for key in keys) for row in found] == [tuple(row[key] for key in keys) for row in as_before]  # fmt: skip


def test_an_experience_that_nobody_took_over_has_one_row():
    draft = PlanBuilder().finding(kind="experience", origin_site="Harbour")
    draft.case_plan(role="replicates", site="harbour")
    (row,) = drafted(ttp.experiences, draft, "02-01")
    assert (row["site"], row["state"], row["action_id"], row["is_explained"]) == (None, None, None, False)


def test_a_reopened_replication_is_not_complete():
    draft = PlanBuilder().finding(kind="experience").case_action(role="replicates", site="North")
    draft.event("A-001", "reopen", "2026-03-01")
    before, after = (drafted(ttp.experiences, draft, day)[0] for day in ("02-28", "03-01"))
    assert (before["completed_on"], after["completed_on"]) == ("2026-02-20", None)
    assert (after["started_on"], after["state"]) == ("2026-01-10", "started")


def test_mechanisms_list_how_they_are_followed(example):
    found = {row["finding_id"]: row for row in rows(ttp.mechanisms(example, as_of=DAY))}
    assert {key: found["F-026"][key] for key in list(found["F-026"])[2:]} == {
        "document": "orders/winter-duty-plan-2024.pdf",
        "effective_on": "2024-11-01",
        "check_every": "P1M",
        "owner": "Ingrid Solway",
        "stage": 4,
        "stage_name": "in practice",
        "headline": "in practice",
        "last_check_on": "2026-06-27",
        "last_result": "na",
        "next_due": "2026-08-01",
        "streak": 3,
        "streak_days": 90,  # December, January, February: 31 + 31 + 28
        "passes": 8,
        "slots": 9,
        "dead_letter": False,
        "dormant": True,
        "as_of": DAY,
    }
    assert (found["F-024"]["dead_letter"], found["F-024"]["next_due"]) == (True, "2026-07-01")
    assert found["F-044"]["next_due"] == "2027-03-01"  # six months after it comes into force
    assert found["F-025"]["next_due"] is None
    assert found["F-033"]["owner"] is None


@pytest.mark.parametrize(
    ("draft", "day", "next_due"),
    [
        (mechanism(), "01-01", "2026-01-31"),
        (mechanism(), "02-08", "2026-01-31"),  # still in its grace of 8 days
        (mechanism(), "02-09", "2026-03-02"),
        (on_due_days("pass"), "01-31", "2026-03-02"),
        (on_due_days("na"), "01-31", "2026-03-02"),
        (on_due_days("fail"), "02-03", "2026-03-02"),
    ],
)
def test_the_next_check_is_of_the_earliest_slot_that_waits(draft, day, next_due):
    assert drafted(ttp.mechanisms, draft, day)[0]["next_due"] == next_due


def test_a_streak_skips_na_and_sums_its_windows():
    (row,) = drafted(ttp.mechanisms, on_due_days("fail", "pass", "na", "pass"), "05-01")
    assert (row["streak"], row["streak_days"], row["passes"], row["slots"]) == (2, 60, 2, 3)


def test_persistence_looks_at_twelve_slots():
    draft = mechanism()
    draft.tables["finding"][0]["effective_on"] = "2025-01-01"
    due = dt.date(2025, 1, 1)
    for number in range(1, 15):
        due += dt.timedelta(days=30)
        word = "fail" if number in (1, 2, 3) else "pass"
        draft.event("F-001", f"check_{word}", str(due))
    (row,) = drafted(ttp.mechanisms, draft, "03-01")
    assert (row["streak"], row["passes"], row["slots"]) == (11, 11, 12)


def reviewed(*facts):
    """Start with a finding reviewed on 1 March and on 1 June, and facts of it."""
    draft = usual().case_indicator().finding(finding_id="F-002")
    for day in ("2026-03-01", "2026-06-01"):
        draft.event("F-001", "review_confirmed", day, by="Wang Li")
    for table, row in facts:
        draft.add(table, **row)
    return draft


VALUE = {"indicator_id": "I-001", "value": "1"}
CHECK = {"subject": "finding", "subject_id": "F-001", "event": "check_na"}


@pytest.mark.parametrize(
    ("fact", "is_stamp"),
    [
        (("observation", VALUE | {"observed_on": "2026-03-02"}), False),
        (("observation", VALUE | {"observed_on": "2026-06-01"}), False),
        (("observation", VALUE | {"observed_on": "2026-03-02", "final": "false"}), False),
        (("observation", VALUE | {"observed_on": "2026-03-01"}), True),  # not newer than the review before
        (("observation", VALUE | {"observed_on": "2026-06-02"}), True),  # after the review
        (("observation", VALUE | {"observed_on": "2026-02-01", "recorded_on": "2026-04-01"}), False),
        (("observation", VALUE | {"observed_on": "2026-05-01", "recorded_on": "2026-06-02"}), True),
        (("evidence", {"action_id": "A-001", "dated_on": "2026-05-01"}), False),
        (("evidence", {"finding_id": "F-001", "dated_on": "2026-05-01"}), False),
        (("evidence", {"finding_id": "F-002", "dated_on": "2026-05-01"}), True),
        (("event", CHECK | {"happened_on": "2026-05-01"}), False),
        (("event", CHECK | {"happened_on": "2026-05-01", "event": "accept"}), True),
        (("event", CHECK | {"happened_on": "2026-05-01", "subject": "action", "subject_id": "A-001", "event": "start"}), True),
    ],
)  # fmt: skip
def test_a_review_without_anything_new_is_a_rubber_stamp(fact, is_stamp):
    found = drafted(ttp.reviews, reviewed(fact), "06-30")
    assert [row["is_rubber_stamp"] for row in found] == [False, is_stamp]


def test_the_first_review_compares_with_the_day_of_recording():
    draft = waiting().event("F-001", "review_revised", "2026-03-01", reason="sharper")
    (row,) = drafted(ttp.reviews, draft, "06-30")
    assert (row["outcome"], row["reason"], row["is_rubber_stamp"]) == ("review_revised", "sharper", True)
    draft.add("evidence", finding_id="F-001", dated_on="2026-01-01")
    assert drafted(ttp.reviews, draft, "06-30")[0]["is_rubber_stamp"]
    draft.add("evidence", finding_id="F-001", dated_on="2026-01-02")
    assert not drafted(ttp.reviews, draft, "06-30")[0]["is_rubber_stamp"]


def test_reviews_count_supersession_and_retirement_and_know_only_their_day(example):
    found = rows(ttp.reviews(example, as_of="2025-07-16"))
    assert {row["event_id"] for row in found if row["finding_id"] == "F-008"} == {"V-0081"}
    assert not [
        row for row in found if row["finding_id"] == "F-022"
    ]  # retired on the 14th, recorded on the 17th
    restated = rows(ttp.reviews(example, as_of="2025-07-16", knowledge="restated"))
    assert [row["outcome"] for row in restated if row["finding_id"] == "F-022"] == ["retire"]


def test_review_dates_agree_with_the_flag():
    tables, day = merged(range(40))
    assessed = ttp.assess(tables, as_of=day)
    dates = ttp.review_dates(tables, as_of=day)
    late = set(dates.loc[dates["overdue_days"] > 0, "finding_id"])
    assert set(dates["finding_id"]) == set(assessed.loc[assessed["disposition"] == "open", "finding_id"])
    flagged = assessed["flags"].map(lambda flags: "review_overdue" in flags)
    assert late == set(assessed.loc[flagged, "finding_id"])
    assert late


def test_review_dates_of_the_example(example):
    found = {row["finding_id"]: row for row in rows(ttp.review_dates(example, as_of=DAY))}
    assert [found["F-002"][key] for key in ("last_review_on", "due_on", "overdue_days")] == [None, "2025-03-11", 476]  # fmt: skip
    assert [found["F-016"][key] for key in ("last_review_on", "due_on", "overdue_days")] == ["2026-01-08", "2026-07-07", 0]  # fmt: skip
    assert "F-008" not in found


def chain():
    """Start with 1 superseded by 2, a duplicate of 3; 4 retired and replacing 5; 6 derived from 1 and 5."""
    draft = PlanBuilder()
    for number in range(1, 7):
        draft.finding(finding_id=f"F-{number}")
    draft.event("F-1", "supersede", "2026-02-01", other_finding_id="F-2")
    draft.event("F-2", "duplicate", "2026-03-01", other_finding_id="F-3")
    draft.event("F-4", "retire", "2026-03-05", reason="gone")
    draft.event("F-5", "supersede", "2026-03-10", other_finding_id="F-4")
    for other in ("F-1", "F-5"):
        draft.add("finding_relation", finding_id="F-6", relation="derived_from", other_finding_id=other)
    return draft


def edges(draft, day):
    keys = ("finding_id", "relation", "other_finding_id", "since", "in_force_id")
    return [tuple(row[key] for key in keys) for row in drafted(ttp.lineage, draft, day)]


def test_lineage_follows_the_chain_to_the_finding_in_force():
    assert edges(chain(), "04-01") == [
        ("F-1", "superseded_by", "F-2", "2026-02-01", "F-3"),
        ("F-2", "duplicate_of", "F-3", "2026-03-01", "F-3"),
        ("F-5", "superseded_by", "F-4", "2026-03-10", None),
        ("F-6", "derived_from", "F-1", "2026-01-01", "F-3"),
        ("F-6", "derived_from", "F-5", "2026-01-01", None),
    ]


def test_lineage_of_an_earlier_day_knows_only_what_was_decided():
    assert edges(chain(), "02-15")[0] == ("F-1", "superseded_by", "F-2", "2026-02-01", "F-2")
    assert edges(chain(), "01-15") == [
        ("F-6", "derived_from", "F-1", "2026-01-01", "F-1"),
        ("F-6", "derived_from", "F-5", "2026-01-01", "F-5"),
    ]


def test_a_reopened_finding_is_in_force_again():
    draft = chain().event("F-1", "reopen", "2026-03-20")
    found = edges(draft, "04-01")
    assert ("F-6", "derived_from", "F-1", "2026-01-01", "F-1") in found
    assert "F-1" not in {edge[0] for edge in found}


def test_a_relation_holds_since_both_ends_are_in_the_plan():
    draft = chain()
    draft.tables["finding"][0]["recorded_on"] = "2026-01-20"
    assert edges(draft, "01-19") == [("F-6", "derived_from", "F-5", "2026-01-01", "F-5")]
    assert edges(draft, "01-20")[0] == ("F-6", "derived_from", "F-1", "2026-01-20", "F-1")


def test_a_circle_of_supersessions_leads_to_nothing_in_force():
    draft = chain().event("F-3", "supersede", "2026-03-15", other_finding_id="F-1")
    with pytest.raises(ttp.InvalidPlan, match="take over from one another in a circle"):
        edges(draft, "04-01")
    part = ttp.lineage(PartialTables(draft.frames), as_of="2026-04-01")
    assert part["in_force_id"].isna().all()


@pytest.mark.parametrize("seed", range(2))
def test_lists_agree_with_the_assessment_on_random_plans(seed):
    tables, day = merged(range(300 + 20 * seed, 320 + 20 * seed))
    assessed = ttp.assess(tables, as_of=day).set_index("finding_id")
    for kind, work in (
        ("problem", ttp.problems),
        ("experience", ttp.experiences),
        ("mechanism", ttp.mechanisms),
    ):
        frame = work(tables, as_of=day)
        standing = assessed[(assessed["kind"] == kind) & (assessed["disposition"] == "open")]
        assert set(frame["finding_id"]) == set(standing.index)
        stages = frame.drop_duplicates("finding_id").set_index("finding_id")[["stage", "headline"]]
        assert stages.sort_index().equals(standing[["stage", "headline"]].sort_index())


def test_what_is_due_is_sorted_and_counted_by_month_from_the_day_on():
    agenda = pd.DataFrame(
        {
            "due": pd.to_datetime(
                ["2026-06-29", "2026-06-30", "2026-07-30", "2026-07-31", "2027-06-30", "2027-07-01", ""]
            )
        }
    )
    day = pd.Timestamp("2026-06-30")
    assert workload.when_due(agenda, day).tolist() == [
        "overdue", "soon", "soon", "later", "later", "beyond", "none"
    ]  # fmt: skip
    counts = workload.due_by_month(agenda, day)
    assert len(counts) == 13  # June 2026 to June 2027
    assert {str(month)[:10]: n for month, n in counts.items() if n} == {
        "2026-06-01": 1, "2026-07-01": 2, "2027-06-01": 1
    }  # fmt: skip
