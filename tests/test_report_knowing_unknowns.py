"""Does the report say what is not known: how many of how many, and where?"""

from __future__ import annotations

import pytest
from builder import PlanBuilder
from report_helpers import example_data, lines, report_data

from theorytopractice.assessment.data_gaps import GAPS
from theorytopractice.report.sections import knowing


@pytest.fixture(scope="module")
def example():
    return example_data()


def counted(view):
    """Return key → (how many, whole in words, findings)."""
    return {
        gap.name: (row["n"], gap.whole_text(row["of"]), row["finding_ids"])
        for gap, row in zip(GAPS, view.data_gaps.to_dict("records"), strict=True)
    }


def test_every_row_stands_even_where_there_is_nothing():
    text = knowing.render_unknowns(report_data(PlanBuilder())).text
    rows = [line for line in text.splitlines() if "nothing, of 0 " in line]
    assert len(rows) == len(GAPS) > 0
    assert "nothing, of 0 open mechanisms in force" in text
    assert "No finding is open." in text


def test_what_is_reported_done_without_evidence_comes_first_of_those_with_something_reported():
    sheet = PlanBuilder().finding("F-1").finding("F-2").finding("F-3")
    sheet.action("A-1", "F-1").done("A-1", "2026-02-01", "2026-03-01", proved=False)
    sheet.action("A-2", "F-2").done("A-2", "2026-02-01", "2026-03-01")
    sheet.action("A-3", "F-3").event("A-3", "start", "2026-02-01")
    view = report_data(sheet)
    assert next(iter(counted(view).values())) == (1, "2 open findings with an action reported done", ["F-1"])
    assert "1 of 2 open findings with an action reported done F-1" in knowing.render_unknowns(view).text


def test_problems_in_practice_that_nobody_affected_confirms_are_counted_among_problems_in_practice():
    sheet = PlanBuilder()
    for number in (1, 2):
        sheet.finding(f"F-{number}", kind="problem").action(f"A-{number}", f"F-{number}")
        sheet.done(f"A-{number}", "2026-02-01", "2026-03-01")
        sheet.indicator(f"I-{number}", f"F-{number}", ("2026-04-01", "85"))
    sheet.survey("I-9", "F-2", ("2026-05-01", "90"))
    assert counted(report_data(sheet))["solved_unconfirmed"] == (
        1,
        "2 open problems whose measures are in practice",
        ["F-1"],
    )


def test_effects_without_indicator_target_baseline_or_values_are_told_apart():
    sheet = PlanBuilder()
    for number in range(1, 6):
        sheet.finding(f"F-{number}").action(f"A-{number}", f"F-{number}")
        sheet.event(f"A-{number}", "start", "2026-01-10")
    sheet.indicator("I-2", "F-2", ("2026-06-01", "60"), target="")
    sheet.indicator("I-3", "F-3", ("2026-06-01", "60"), baseline="")
    sheet.indicator("I-4", "F-4")
    sheet.indicator("I-5", "F-5", ("2026-01-20", "60"), cadence_days="30")
    found = counted(report_data(sheet))
    four = "4 open insights and problems with an indicator of effect"
    assert found["no_indicator"] == (1, "5 open insights and problems", ["F-1"])
    assert found["no_target"] == (1, four, ["F-2"])
    assert found["no_baseline"] == (1, four, ["F-3"])
    assert found["stale"] == (1, four, ["F-5"])
    assert found["unmeasured"] == (1, "4 indicators of effect of open insights and problems", ["F-4"])
    assert found["no_verdict"] == (
        3,
        "3 measured indicators of open insights and problems",
        ["F-2", "F-3", "F-5"],
    )


def test_a_provisional_value_alone_is_no_measurement():
    sheet = PlanBuilder().finding("F-1").indicator("I-1", "F-1")
    sheet.add("observation", indicator_id="I-1", observed_on="2026-05-01", value="60", final="false")
    assert counted(report_data(sheet))["unmeasured"][0] == 1


def test_sites_without_a_result_are_counted_among_all_sites(example):
    n, whole, ids = counted(example)["sites"]
    assert n == example.measures.attrs["unknown_sites"]
    known = int(example.measures.loc["replication_success", "denominator"])
    assert whole == f"{n + known} sites of open experiences"
    open_sites = {
        one["finding_id"]
        for one in example.experiences.to_dict("records")
        if one["state"] in ("idea", "planned", "started", "adopted", "drifted")
    }
    assert set(ids) == open_sites


def test_a_site_counts_once_by_its_best_state():
    sheet = PlanBuilder().finding("F-1", kind="experience", origin_site="Home")
    sheet.action("A-1", "F-1", role="replicates", site="North").event("A-1", "cancel", "2026-02-01")
    sheet.action("A-2", "F-1", role="replicates", site=" north").event("A-2", "start", "2026-03-01")
    sheet.action("A-3", "F-1", role="replicates", site="South").event("A-3", "cancel", "2026-02-01")
    view = report_data(sheet)
    assert counted(view)["sites"] == (1, "2 sites of open experiences", ["F-1"])
    assert view.measures.loc["replication_success", "denominator"] == 1


def test_mechanisms_in_force_without_a_rhythm_are_counted_among_those_in_force():
    sheet = PlanBuilder().finding("F-1", kind="mechanism", effective_on="2026-02-01")
    sheet.finding("F-2", kind="mechanism", effective_on="2026-02-01", check_every="P1M")
    sheet.finding("F-3", kind="mechanism")
    assert counted(report_data(sheet))["no_cadence"] == (1, "2 open mechanisms in force", ["F-1"])


def test_experiences_of_which_nobody_wrote_why_they_work_are_counted_among_experiences():
    sheet = PlanBuilder().finding("F-1", kind="experience")
    sheet.finding("F-2", kind="experience", why_it_works="w", core_elements="c")
    assert counted(report_data(sheet))["unexplained"] == (1, "2 open experiences", ["F-1"])


def test_an_action_of_two_findings_is_counted_once_and_both_are_named():
    sheet = (
        PlanBuilder()
        .finding("F-1")
        .finding("F-2")
        .action("A-1", "F-1", "F-2", due="")
        .action("A-2", "F-2", owner="O-1")
    )
    found = counted(report_data(sheet))
    assert found["unowned"] == found["undated"] == (1, "2 open actions", ["F-1", "F-2"])


def test_findings_of_unrated_certainty_are_those_of_the_map(example):
    n, whole, ids = counted(example)["unrated"]
    cells = example.gap_map
    assert n == len(ids) == cells.loc[cells["certainty"] == "unrated", "n"].sum() == 9
    assert whole == f"{cells['n'].sum()} open findings" == "42 open findings"


def test_closed_findings_are_not_counted():
    sheet = PlanBuilder().finding("F-1").event("F-1", "reject", "2026-02-01")
    found = counted(report_data(sheet))
    assert found["unrated"] == (0, "0 open findings", [])
    assert found["no_indicator"][0] == 0


def test_at_most_twelve_findings_are_linked_and_the_rest_counted():
    sheet = PlanBuilder()
    for number in range(1, 15):
        sheet.finding(f"F-{number:02}")
    part = knowing.render_unknowns(report_data(sheet))
    assert "14 of 14 open insights and problems F-01" in part.text
    row = next(line for line in part.text.splitlines() if line.startswith("No indicator of effect"))
    assert row.endswith("F-12 and 2 more")
    assert '<a href="#f-F-12" class="id">F-12</a> and 2 more' in part.html


def test_the_longest_silence_comes_first_and_says_what_was_heard_last():
    sheet = (
        PlanBuilder().finding("F-1", "2026-06-20").finding("F-2", "2026-01-01").finding("F-3", "2025-01-01")
    )
    sheet.event("F-3", "review_confirmed", "2026-06-29")
    shown = lines(knowing.render_unknowns(report_data(sheet)))
    silent = shown[shown.index("Finding Silent for Last heard of") + 1 :]
    assert silent == [
        "F-2 s 180 days nothing since it was recorded",  # 30 + 28 + 31 + 30 + 31 + 30
        "F-1 s 10 days nothing since it was recorded",
        "F-3 s 1 day 29 Jun 2026",
    ]


def test_ten_silent_findings_are_listed_and_the_rest_counted(example):
    assert "32 more open findings are not listed." in knowing.render_unknowns(example).text
