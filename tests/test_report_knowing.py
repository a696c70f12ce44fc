"""Does the report name what is known and not done, and what is done and not known?"""

from __future__ import annotations

import pytest
from builder import PlanBuilder
from report_helpers import example_data, lines, report_data

from theorytopractice.assessment.assess import gravest_themes
from theorytopractice.report.sections import knowing


@pytest.fixture(scope="module")
def example():
    return example_data()


@pytest.fixture(scope="module")
def text(example):
    return knowing.render_knowing(example).text


def test_the_example_names_five_that_are_known_and_not_done_and_three_ahead(text):
    assert (
        "5 findings are known with high or moderate certainty and stand on the shelf, new ones included; "
        "3 were carried out although their certainty is low or very low." in text
    )
    named = [line.split()[0] for line in text.splitlines() if line.startswith("F-")]
    assert named == ["F-002", "F-018", "F-016", "F-029", "F-046", "F-035", "F-007", "F-021"]


def test_a_gap_is_told_with_theme_day_and_who_answers(example, text):
    line = next(one for one in text.splitlines() if one.startswith("F-002"))
    assert line.endswith("Health services high 11 Mar 2024 Oskar Lindeby")
    row = example.finding.loc["F-002"]
    assert (row["theme"], row["certainty"], str(row["recorded_on"])) == (
        "Health services",
        "high",
        "2024-03-11",
    )


def test_every_gap_is_at_stage_0_and_every_early_one_at_stage_3_or_more(example):
    stage = example.assessed.set_index("finding_id")["stage"]
    certainty = example.finding["certainty"]
    opened = example.assessed.query("disposition == 'open'")["finding_id"]
    gaps = [one for one in opened if certainty[one] in ("high", "moderate") and stage[one] == 0]
    early = [one for one in opened if certainty[one] in ("low", "very_low") and stage[one] >= 3]
    assert sorted(gaps) == ["F-002", "F-016", "F-018", "F-029", "F-046"]
    assert sorted(early) == ["F-007", "F-021", "F-035"]


def test_what_a_material_revision_changed_is_known_since_then():
    sheet = PlanBuilder().finding("F-1", "2025-01-01", certainty="high", theme="Water")
    sheet.event("F-1", "review_material", "2025-10-05")
    assert "F-1 s Water high 5 Oct 2025 nobody" in knowing.render_knowing(report_data(sheet)).text


def test_one_finding_is_counted_in_the_singular_and_nothing_is_said_in_words():
    text = knowing.render_knowing(report_data(PlanBuilder().finding("F-1", certainty="high"))).text
    assert (
        "1 finding is known with high or moderate certainty and stands on the shelf, new ones included; "
        "nothing was carried out of which the certainty is low or very low." in text
    )
    assert "Nothing was carried out of which the certainty is low or very low." in text
    assert "F-1 s (no theme) high 1 Jan 2026 nobody" in text


def test_at_most_ten_are_named_and_the_rest_counted():
    sheet = PlanBuilder()
    for number in range(1, 13):
        sheet.finding(f"F-{number}", f"2026-01-{number:02}", certainty="moderate")
    text = knowing.render_knowing(report_data(sheet)).text
    assert "F-10 s" in text
    assert "F-11 s" not in text
    assert "2 more findings." in text


def test_at_most_twenty_themes_are_drawn_those_with_gaps_first_then_the_largest():
    sheet = (
        PlanBuilder()
        .finding("F-gap", theme="Last", certainty="high")
        .finding("F-a", theme="Two")
        .finding("F-b", theme="Two")
    )
    for number in range(21):
        sheet.finding(f"F-{number}", theme=f"Theme {number}")
    view = report_data(sheet)
    themes = list(dict.fromkeys(gravest_themes(view.gap_map, knowing.MOST_THEMES)["theme"]))
    assert themes == ["Last", "Two", *(f"Theme {number}" for number in range(18))]
    assert "3 more themes are not drawn; open findings in them: 3." in knowing.render_knowing(view).text


def test_a_share_has_its_interval_in_the_table(text):
    assert "Service windows moderate 3 2 67% (21–94%) 0 1 0" in text  # Wilson by hand: 0.208 to 0.939


def test_a_plan_without_open_findings_says_so():
    part = knowing.render_knowing(report_data(PlanBuilder()))
    assert lines(part) == ["What we know and do not do", "No finding is open."]


def test_a_theme_cannot_write_markup():
    sheet = PlanBuilder().finding("F-1", theme="<script>alert(1)</script>", certainty="high")
    assert "<script>" not in knowing.render_knowing(report_data(sheet)).html
