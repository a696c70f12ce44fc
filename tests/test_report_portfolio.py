"""Do several plans stand side by side, with their counts and without a ranking?"""

from __future__ import annotations

import re
from functools import cache

import nbformat
import pandas as pd
import pytest
from builder import PlanBuilder
from fakes import FakePlan, example_frames, fake_plan
from report_helpers import DAY

from theorytopractice import charts
from theorytopractice.assessment.assess import stage_shares
from theorytopractice.assessment.measures import LINE, say_figure
from theorytopractice.errors import PracticeError, UnknownName
from theorytopractice.report import portfolio as portfolio_module
from theorytopractice.report.portfolio import MEASURES, Portfolio, by_title
from theorytopractice.resources import path_of

PARTS = ("masthead", "side_by_side", "ladders", "decisions", "footer")


@cache
def small(**settings):
    """One finding in practice, one on the shelf; the fingerprint differs from the example's."""
    sheet = PlanBuilder().finding("F-001").finding("F-2", "2026-03-02")
    sheet.action("A-1", "F-001", owner="O-1").done("A-1", "2026-02-01", "2026-03-01")
    sheet.indicator("I-1", "F-001", ("2026-04-01", "85"))
    return fake_plan(sheet, "def456", **settings)


def empty():
    return fake_plan(PlanBuilder(), "fed987")


@pytest.fixture(scope="module")
def portfolio():
    plans = {"County": FakePlan(example_frames()), "Village": small(), "Nothing yet": empty()}
    return Portfolio(plans, as_of=DAY)


def rows_of(portfolio):
    """Return the rows of the table by their heads."""
    cells = re.findall(
        r"<tr><th scope=\"row\">(.*?)</th>(.*?)\n</tr>",
        str(portfolio.side_by_side.html).split("<details>")[0],
    )
    return {head: re.findall('<td data-head="[^"]*">(.*?)</td>', rest) for head, rest in cells}


def test_one_sentence_says_how_all_plans_stand(portfolio):
    assert portfolio.masthead.text.splitlines() == [
        "Findings into practice · as of 30 June 2026",
        "3 plans side by side",
        (  # the example's 42, 13, 7, 5 and 3, and the village's 2, 1, 0, 1 and 0
            "3 plans, 44 findings: 14 are in practice, 7 of them sustained; "
            "6 have stood on the shelf for over a month; 3 that worked have lapsed."
        ),
    ]


def test_plans_of_different_patience_are_counted_by_their_own():
    counted = Portfolio({"a": small(), "b": small(new_grace=365)}, as_of=DAY)
    assert "1 has stood on the shelf for longer than its plan allows" in counted.masthead.text


def test_plans_without_findings_say_so():
    text = Portfolio({"a": empty()}, as_of=DAY).masthead.text
    assert text.endswith("1 plan on its own\n1 plan; no finding is open.")


def test_a_column_a_plan_in_the_order_given_and_a_row_a_measure(portfolio):
    rows = rows_of(portfolio)
    assert "Measure County Village Nothing yet" in portfolio.side_by_side.text
    assert len(rows) == 6 + len(MEASURES)
    assert rows["Open findings"] == ["42", "2", "0"]
    assert rows["In practice or sustained"] == ["13 of 42", "1 of 2", "0 of 0"]
    assert rows["First finding recorded"] == ["19 Feb 2024", "1 Jan 2026", "no finding yet"]


def test_a_share_stands_with_counts_and_interval_few_counts_first(portfolio):
    rows = rows_of(portfolio)
    assert rows["Practice rate"] == [
        "31% (19–46%), 13 of 42",
        "1 of 2: 50% (9–91%)",  # Wilson by hand: (1 + 1.92 ± 1.96 √(0.5 + 0.96)) / 5.84
        "cannot tell: nothing to count",
    ]
    assert rows["Replication success"][0] == "5 of 7: 71% (36–92%); 7 sites are not known yet"
    assert rows["Median days since anything was heard"][1] == "105 days (median of 2)"  # 90 and 120


def test_the_figures_are_those_of_the_command_line(portfolio):
    rows = rows_of(portfolio)
    measures = portfolio.views["County"].measures
    digits = re.compile(r"\d+")
    for name, head in (("practice_rate", "Practice rate"), ("lapse_rate", "Lapse rate")):
        assert sorted(digits.findall(rows[head][0])) == sorted(
            digits.findall(say_figure(measures.loc[name], LINE))
        )


def test_every_measure_with_something_to_count_has_its_caution(portfolio):
    behind = str(portfolio.side_by_side.html).split("<details>")[1]
    assert behind.count('<th scope="row">') == len(MEASURES)
    alone = str(Portfolio({"a": empty()}, as_of=DAY).side_by_side.html).split("<details>")[1]
    assert alone.count('<th scope="row">') == 0
    assert "not to be ranked by a rate" in portfolio.side_by_side.text


def test_the_ladders_hold_shares_of_each_plan_with_their_counts(portfolio):
    shares = stage_shares({name: view.assessed for name, view in portfolio.views.items()})
    assert shares["n"].tolist() == [6, 6, 9, 8, 6, 7, 1, 0, 0, 0, 1, 0] + [0] * 6
    assert shares["of"].tolist() == [42] * 6 + [2] * 6 + [0] * 6
    assert shares.groupby("plan", sort=False)["share"].sum(min_count=1).round(9).tolist()[:2] == [1, 1]
    assert shares["share"].isna().sum() == 6
    assert "14 of 44 open findings in 3 plans have reached practice" in portfolio.ladders.text
    assert "Village 2 1: 50% (9–91%)" in portfolio.ladders.text


def test_the_chart_names_plans_stages_numbers_and_shares():
    shares = stage_shares({"Village": Portfolio({"a": small()}, as_of=DAY).views["a"].assessed})
    ax = charts.ladders(shares)
    assert [one.get_text() for one in ax.get_yticklabels()] == ["Village\n2 open"]
    assert [one.get_text() for one in ax.texts] == [
        "1 (50%)",
        "0 (0%)",
        "0 (0%)",
        "0 (0%)",
        "1 (50%)",
        "0 (0%)",
    ]
    assert ax.get_title(loc="left") == "1 of 2 open findings in 1 plan have reached practice"


def test_no_more_plans_are_drawn_than_can_be_read_and_the_others_are_named(monkeypatch):
    monkeypatch.setattr(portfolio_module, "MOST_PLANS", 1)
    many = Portfolio({name: small() for name in ("P1", "P2", "P3")}, as_of=DAY)
    assert "2 more plans are not drawn: P2 and P3." in many.ladders.text
    assert "1 of 2 open findings in 1 plan have reached practice" in many.ladders.text
    assert "P3 2 1: 50%" in many.ladders.text
    with pytest.raises(PracticeError, match="13 plans"):
        charts.ladders(pd.DataFrame({"plan": [str(number) for number in range(13)]}))


def test_each_plan_names_its_three_gravest_decisions(portfolio):
    text = portfolio.decisions.text
    county, rest = text.split("\nVillage\n")
    assert re.findall(r"F-\d+$", county, re.MULTILINE) == ["F-013", "F-024", "F-028"]
    left = len(portfolio.views["County"].waiting) - 3
    assert f"{left} more findings of this plan wait for a decision." in county
    assert rest == ("Nothing needs a decision today.\nNothing yet\nNothing needs a decision today.")


def test_no_link_leads_nowhere(portfolio):
    page = "".join(getattr(portfolio, name).html for name in PARTS)
    assert "href" not in page


def test_the_footer_tells_of_each_plan_and_whose_day_it_is(portfolio):
    text = portfolio.footer.text
    assert "The day is the same for every plan; each plan counts it in its own time zone." in text
    assert text.count("Content hash of the plan") == 3
    assert "def456" in text
    assert "more than once" not in text


def test_each_plan_has_its_own_today_unless_a_day_is_given():
    plans = {"East": small(zone="Pacific/Kiritimati"), "West": small(zone="Pacific/Pago_Pago")}
    found = Portfolio(plans)
    east, west = (view.day for view in found.views.values())
    assert east > west  # 25 hours lie between them
    assert "as of each plan's own today, from" in found.masthead.text
    assert "The day is each plan's own today, in its own time zone." in found.footer.text
    assert (
        "The same content, so that its findings are counted more than once: East and West."
        in found.footer.text
    )


def test_plans_are_named_by_title_and_numbered_where_it_does_not_tell_them_apart():
    plans = [small(title="A"), small(title="B"), small(title="A"), small()]
    assert list(by_title(plans)) == ["A (plan 1)", "B", "A (plan 3)", "Plan 4"]


def test_the_language_is_the_first_plans_unless_given():
    assert Portfolio({"a": small(language="zh"), "b": small()}).language == "zh"
    assert Portfolio({"a": small(language="zh")}, language="en").language == "en"
    with pytest.raises(UnknownName):
        Portfolio({"a": small()}, language="xx")


def test_a_portfolio_of_nothing_is_refused():
    with pytest.raises(PracticeError, match="at least one plan"):
        Portfolio({})


def test_a_name_cannot_write_markup():
    page = Portfolio({"<script>alert(1)</script>": small()}, as_of=DAY)
    assert "<script>" not in "".join(getattr(page, name).html for name in PARTS)


def test_the_notebook_shows_every_part_and_begins_like_the_report():
    notebook, report = (
        nbformat.read(path_of(f"notebooks/{name}.ipynb"), as_version=4) for name in ("portfolio", "report")
    )
    shown = [cell.source.splitlines()[-1] for cell in notebook.cells[2:]]
    assert shown == [f"portfolio.{name}" for name in PARTS[:3]] + ["portfolio.decisions", "portfolio.footer"]
    assert notebook.metadata == report.metadata
    assert [cell.metadata for cell in notebook.cells[:2]] == [cell.metadata for cell in report.cells[:2]]
    assert "where = []" in notebook.cells[1].source
