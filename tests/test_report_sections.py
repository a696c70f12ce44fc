"""Does the report say of the five works how each of them stands?"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from typing import Any

import pytest
from builder import PlanBuilder
from conftest import EXAMPLE
from report_helpers import DAY, lines, report_page

from theorytopractice.report.marks import target_words
from theorytopractice.report.page import Page
from theorytopractice.report.sentences import cadence
from theorytopractice.store.open import open_plan

WORKS = ("problems", "experiences", "mechanisms", "insights", "learning")


@cache
def insight_alone():
    return report_page(PlanBuilder().finding("F-1"))


@pytest.fixture(scope="module")
def example():
    with open_plan(EXAMPLE) as plan:
        made = Page(plan, as_of=DAY)
        for name in WORKS:
            getattr(made, name)
        yield made


def rows(name):
    with (EXAMPLE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# nothing of a kind


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("problems", "The plan has no problem."),
        ("experiences", "The plan has no experience."),
        ("mechanisms", "The plan has no mechanism."),
    ],
)
def test_a_kind_that_the_plan_lacks_is_said_in_one_sentence(name, sentence):
    found = lines(getattr(insight_alone(), name))
    assert found[1:] == [sentence]


def test_a_plan_without_findings_says_so_for_insights_and_learning():
    empty = report_page(PlanBuilder())
    assert lines(empty.insights)[1:] == ["The plan has no insight."]
    assert lines(empty.learning)[1:] == ["The plan has no finding yet."]


def test_a_kind_with_closed_findings_alone_says_how_many():
    sheet = PlanBuilder().finding("F-1", kind="problem").event("F-1", "reject", "2026-02-01", reason="no")
    assert lines(report_page(sheet).problems)[1:] == [
        "No problem is open. 1 more was rejected, superseded, retired or found to be a duplicate, and is not counted."
    ]


def test_a_choice_without_a_kind_says_so():
    sheet = PlanBuilder().finding("F-1", theme="Water").finding("F-2", kind="problem", theme="Roads")
    assert lines(report_page(sheet, theme="Water").problems)[1:] == [
        "None of the chosen findings is a problem."
    ]


# experiences


def test_experiences_are_counted_once_by_what_became_of_them_elsewhere():
    explained = {"why_it_works": "w", "core_elements": "c"}
    sheet = PlanBuilder().finding("F-1", kind="experience", **explained).finding("F-2", kind="experience")
    sheet.finding("F-3", kind="experience", **explained).finding("F-4", kind="experience", **explained)
    sheet.action("A-1", "F-1", role="replicates", owner="O-1", site="North", adaptation="none")
    sheet.done("A-1", "2026-01-10", "2026-02-20")
    sheet.indicator("I-1", "F-1", ("2026-06-01", "90"), action_id="A-1")
    sheet.action("A-2", "F-1", role="replicates", owner="O-1", site="South")
    sheet.action("A-3", "F-2", role="replicates", owner="O-1", site="East").event(
        "A-3", "start", "2026-03-01"
    )
    sheet.action("A-4", "F-3", role="replicates", owner="O-1", site="West")
    found = lines(report_page(sheet).experiences)
    assert found[1] == (
        "Of 4 experiences, 1 worked at another site, 1 was tried elsewhere but is not known to work there, "
        "2 have not been tried elsewhere yet; for 1 nobody has written down why it works."
    )
    assert found[2].startswith(
        "Sites with a known result where it worked: 1 of 1 (95% interval 21% to 100%)."
    )
    assert "At 3 sites the result is not known yet." in found[2]
    assert [line for line in found if line.startswith(("worked: ", "planned: ", "started: "))] == [
        "worked: North",
        "planned: South in practice",
        "started: East under way",
        "planned: West planned",
    ]


def test_a_site_with_two_trials_is_one_mark_of_the_best():
    sheet = PlanBuilder().finding("F-1", kind="experience")
    sheet.action("A-1", "F-1", role="replicates", owner="O-1", site="North").event(
        "A-1", "cancel", "2026-02-01"
    )
    sheet.action("A-2", "F-1", role="replicates", owner="O-1", site=" north ").event(
        "A-2", "start", "2026-03-01"
    )
    assert report_page(sheet).data.spread[["site", "state"]].to_numpy().tolist() == [["north", "started"]]


# mechanisms


def checked(sheet, finding_id, *results, every="P30D"):
    """Add a mechanism in force since 1 January, with checks on the due days of its slots."""
    sheet.finding(finding_id, kind="mechanism", effective_on="2026-01-01", check_every=every, owner_id="O-1")
    for slot, result in enumerate(results, 1):
        day = date.fromordinal(date(2026, 1, 1).toordinal() + 30 * slot)
        if result:
            sheet.event(finding_id, f"check_{result}", str(day))
    return sheet


def test_mechanisms_are_counted_once_and_dead_letters_come_first():
    sheet = checked(PlanBuilder(), "F-1", "pass", "pass", "pass", "pass", "pass", "pass")
    checked(sheet, "F-2", "pass", "fail", "pass", "", "", "")
    checked(sheet, "F-3", "pass", "na", "pass", "fail", "pass", "pass")
    sheet.finding("F-4", kind="mechanism", effective_on="2026-07-01")
    found = lines(report_page(sheet).mechanisms)
    assert found[1] == (
        "Of 4 mechanisms, 1 is followed (its last three checks were passed), "
        "1 is a dead letter (neither of its last two checks was passed), "
        "1 is in force without three passed checks in a row, 1 is not in force yet."
    )
    assert [line.split(" s")[0] for line in found if line.endswith(" s") and "F-" in line] == [
        "▲ dead letter F-2",
        "F-3",
        "F-1",
        "F-4",
    ]


def test_a_strip_is_said_in_words():
    found = report_page(checked(PlanBuilder(), "F-1", "pass", "fail", "pass", "", "", ""))
    text = " ".join(found.mechanisms.text.split())
    assert "passed 2 of the last 5 checks; the last 2 were missed does not hold now pass, 1 Apr 2026" in text
    strip = found.mechanisms.html.split('<svg class="strip"')[5].split("</svg>")[0]
    assert [strip.count(f'class="{name}"') for name in ("full", "cross", "empty")] == [3, 1, 2]
    assert strip.count("<circle") == 1  # the last slot may still be served


def test_a_mechanism_whose_last_slots_did_not_apply_keeps_its_earlier_words():
    sheet = PlanBuilder().finding(
        "F-1", kind="mechanism", effective_on="2025-01-01", check_every="P7D", owner_id="O-1"
    )
    sheet.event("F-1", "check_pass", "2025-01-08")
    for slot in range(2, 79):
        day = date.fromordinal(date(2025, 1, 1).toordinal() + 7 * slot)
        sheet.event("F-1", "check_na", str(day))
    assert "passed 1 of the last check; the last one was passed" in report_page(sheet).mechanisms.text


def test_every_check_is_behind_the_strips_with_its_due_day():
    found = lines(report_page(checked(PlanBuilder(), "F-1", "pass", "fail", "na")).mechanisms)
    at = found.index("Mechanism Checks by the day on which they fell due, oldest first")
    assert found[at + 1].startswith("F-1 31 Jan 2026: pass, 2 Mar 2026: fail, 1 Apr 2026: not applicable, ")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("P1M", "checked every month"),
        ("P3M", "checked every 3 months"),
        ("P1W", "checked every week"),
        ("P10D", "checked every 10 days"),
        ("P1Y", "checked every year"),
        (None, "nobody says how often it is checked"),
    ],
)
def test_a_cadence_is_said_in_words(written, said):
    assert cadence(written) == said


# insights


@pytest.mark.parametrize(
    ("direction", "measure", "bounds", "text"),
    [
        ("ascending", "percentage", {"target": "80"}, "target at least 80"),
        ("descending", "count", {"target": "15"}, "target at most 15"),
        ("range", "unit", {"target_low": "36", "target_high": "38"}, "target 36 to 38"),
        ("range", "unit", {"target_low": "36"}, "no target"),
        ("ascending", "nominal", {"target": "closed"}, "target: closed"),
        ("ascending", "nominal", {}, "no target"),
    ],
)
def test_a_target_is_said_without_its_tolerance(direction, measure, bounds, text):
    row: dict[Any, Any] = dict.fromkeys(("target", "target_low", "target_high"))
    row |= {"direction": direction, "measure": measure, "tolerance": "2", **bounds}
    assert target_words(row) == text


def test_insights_are_counted_once_by_stage():
    sheet = (
        PlanBuilder()
        .finding("F-1", certainty="high")
        .finding("F-2", "2026-06-20")
        .finding("F-3")
        .finding("F-4")
    )
    sheet.finding("F-5", kind="problem")
    sheet.action("A-3", "F-3", owner="O-1").done("A-3", "2026-01-10", "2026-02-20")
    sheet.action("A-4", "F-4", owner="O-1").done("A-4", "2026-01-10", "2026-02-20")
    sheet.indicator("I-4", "F-4", ("2026-06-01", "90"))
    found = lines(report_page(sheet).insights)
    assert found[1] == (
        "Of 4 insights, 1 is in practice (0 sustained), 1 is carried out without a shown effect, "
        "0 are planned or under way, 2 stand on the shelf."
    )
    assert (
        "Of those that have stood there for too long, 1 is of high or moderate certainty: a gap between knowing and doing."
        in found
    )
    assert "F-1 s 1 Jan 2026 high nobody" in found
    assert (
        "Carried out without an indicator, a target or a baseline: 1 of 2 (95% interval 9% to 91%)." in found
    )
    assert "F-3 s no indicator of its effect" in found
    assert "in practice 1 1" in found
    assert "on the shelf 4 2" in found


# learning


def reviewed():
    sheet = (
        PlanBuilder().finding("F-1").finding("F-2").finding("F-3", "2024-01-01").finding("F-4", "2026-06-10")
    )
    sheet.event("F-1", "review_confirmed", "2026-06-05").event(
        "F-1", "review_material", "2026-06-20", reason="new"
    )
    sheet.event("F-2", "review_confirmed", "2026-05-31")
    return sheet.add("finding_relation", finding_id="F-4", other_finding_id="F-1", relation="derived_from")


def test_learning_counts_the_findings_reviewed_after_the_last_report():
    found = lines(report_page(reviewed()).learning)
    assert found[1] == (
        "Since 31 May 2026, 1 finding was re-examined, 1 of them was revised or superseded (1 changed in meaning); "
        "of 4 open findings, 1 is overdue for review."
    )
    assert found[2] == (
        "Learning yield: 1 new finding for 2 reviews in the period. "
        "Reviews that revised a finding or superseded it: 1 of 2 (95% interval 9% to 91%)."
    )
    assert "2 reviews had nothing new to look at: rubber stamps." in found
    assert "F-3 s 31 Dec 2024 546 days never" in found
    assert "F-4 s came from F-1 s 10 Jun 2026" in found


def test_a_period_without_reviews_says_so():
    found = lines(insight_alone().learning)
    assert "Nothing was reviewed since 31 May 2026." in found
    assert "No finding was reviewed since 31 May 2026." in found
    assert "No finding came from another one since 31 May 2026." in found
    assert "No finding is overdue for review." in found


def test_what_came_from_a_finding_outside_the_choice_is_told():
    sheet = reviewed()
    sheet.tables["finding"][3]["theme"] = "Water"
    made = report_page(sheet, theme="Water")
    assert "F-4 s came from F-1 s 10 Jun 2026" in lines(made.learning)
    assert len(made.data.assessed) == 1
    assert "of 1 open finding, 0 are overdue for review." in lines(made.learning)[1]


# the worked example, counted a second way from its files


def test_the_example_has_as_many_open_findings_of_each_kind_as_its_files(example):
    closing = ("reject", "supersede", "retire", "duplicate")
    closed = {
        row["subject_id"] for row in rows("event") if row["event"] in closing and row["happened_on"] <= DAY
    }
    counted = {
        kind: sum(
            row["kind"] == kind and row["recorded_on"] <= DAY and row["finding_id"] not in closed
            for row in rows("finding")
        )
        for kind in ("problem", "experience", "mechanism", "insight")
    }
    for kind, n in counted.items():
        assert lines(getattr(example, f"{kind}s"))[1].startswith(f"Of {n} {kind}s, ")


def test_the_example_counts_the_reviews_of_its_events(example):
    words = ("review_confirmed", "review_revised", "review_material", "supersede", "retire")
    made = [
        row
        for row in rows("event")
        if row["event"] in words and "2026-05-31" < row["happened_on"] <= DAY and row["recorded_on"] <= DAY
    ]
    revised = {row["subject_id"] for row in made if row["event"] not in ("review_confirmed", "retire")}
    n = len({row["subject_id"] for row in made})
    assert f"{n} findings were re-examined, {len(revised)} of them were revised" in lines(example.learning)[1]


def test_the_example_names_its_missed_and_disputed_promises(example):
    text = example.problems.text
    promised = [row for row in rows("action") if row["promised_to"]]
    by_id = {row["action_id"]: row for row in promised}
    disputed = {row["subject_id"] for row in rows("event") if row["event"] == "dispute"}
    assert disputed == {"A-026"}
    assert f"{by_id['A-026']['title']} {by_id['A-026']['promised_to']} 15 Dec 2024 disputed" in text
    assert f"{by_id['A-056']['title']} {by_id['A-056']['promised_to']} 30 Jun 2025 missed" in text


def test_the_example_spreads_to_as_many_sites_as_its_replications(example):
    retired = {"F-022"}
    links = [
        row
        for row in rows("finding_action")
        if row["role"] == "replicates" and row["finding_id"] not in retired
    ]
    assert example.experiences.html.count('class="said"') == 6
    assert len(example.data.spread) == len(links)


def test_every_table_has_a_caption_and_every_chart_its_data(example):
    for name in WORKS:
        html = getattr(example, name).html
        assert html.count("<table") == html.count("<caption>")
        assert html.count("<figure") == html.count("The same as a table")


def test_a_choice_of_one_kind_tells_of_that_kind_alone(example):
    with open_plan(EXAMPLE) as plan:
        made = Page(plan, as_of=DAY, kind="experience")
        assert lines(made.experiences) == lines(example.experiences)
        assert all(len(lines(getattr(made, other))) == 2 for other in ("problems", "mechanisms", "insights"))
