"""Are the names of a plan listed, renamed and merged as a whole, and are near ones left to people?"""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import theorytopractice as ttp
from theorytopractice.cli import main
from theorytopractice.errors import PlanError, UnknownName

SPELT = ("Health", "health", "HEALTH", "Health", "Ｈealth", "Water")


@pytest.fixture
def plan(tmp_path):
    with ttp.make_plan(tmp_path / "plan.db", who="Mara") as plan:
        for place, theme in enumerate(SPELT):
            plan.draft(statement=f"Calls halve {place} missed visits.", theme=theme, recorded_on="2026-01-01",
                       action="Call", owner="Ann Lee", due="2026-03-31")  # fmt: skip
        yield plan


def test_spellings_of_one_theme_are_one_group_and_told(plan):
    mapped = ttp.gap_map(plan, as_of="2026-06-30")
    assert mapped.groupby("theme")["n"].sum().to_dict() == {"Health": 5, "Water": 1}
    assert ttp.forecast(plan, as_of="2026-06-30", theme="HEALTH").remaining == 5
    issues = [one for one in plan.check("2026-06-30") if one.code == "W-SPELLING"]
    assert len(issues) == 1
    assert "'Health' (2)" in issues[0].message
    assert "'HEALTH' (1)" in issues[0].message


def test_a_theme_is_renamed_in_one_change_that_undo_takes_back(plan):
    before = sorted(plan.finding["theme"])
    assert len(plan.rename("theme", "health", "Public health")) == 5
    assert set(plan.finding["theme"]) == {"Public health", "Water"}
    plan.undo(plan.last_change)
    assert sorted(plan.finding["theme"]) == before
    with pytest.raises(UnknownName, match="did you mean 'Water'"):
        plan.rename("theme", "Watr", "Rain")
    with pytest.raises(PlanError, match="is empty"):
        plan.rename("theme", "Water", " ")
    with pytest.raises(UnknownName):
        plan.rename("statement", "Water", "Rain")


def test_near_names_are_listed_and_not_merged(plan):
    plan.add(ttp.Owner(name="WHO"), ttp.Owner(name="World Health Organization"), ttp.Owner(name="Ann Leee"))
    listed = plan.names()
    pairs = {(row.spelling, row.near) for row in listed.itertuples() if row.near == row.near}
    assert {("WHO", "World Health Organization"), ("Ann Lee", "Ann Leee"), ("Ann Leee", "Ann Lee")} <= pairs
    assert ("Water", "Health") not in pairs
    assert len(plan.owner) == 4


def test_two_owners_become_one_and_undo_takes_it_back(plan):
    other = plan.draft(statement="Maps halve 3 ways.", kind="mechanism", owner="A. Lee", action="Draw", document="R 7",
                       effective_on="2026-01-01", check_every="P30D", recorded_on="2026-01-01")  # fmt: skip
    keep, drop = "O-001", other["owner"]
    plan.add(ttp.ActionOwner(action_id="A-001", owner_id=drop, role="informed"))
    plan.record(
        ttp.Event(
            subject="finding", subject_id="F-001", event="accept", happened_on="2026-02-01", by="a. lee"
        )
    )
    plan.record(ttp.Evidence(action_id="A-001", dated_on="2026-02-01", description="d", verified_by=drop))
    before = {name: sorted(map(str, frame.to_dict("records"))) for name, frame in plan.items()}
    plan.merge(keep, drop)
    assert plan.owner["owner_id"].tolist() == [keep]
    assert plan.finding.set_index("finding_id").loc[other["finding"], "owner_id"] == keep
    assert set(plan.action_owner["owner_id"]) == {keep}
    assert plan.event["by"].tolist() == ["Ann Lee"]
    assert plan.evidence["verified_by"].tolist() == [keep]
    assert ttp.owner_load(plan, as_of="2026-06-30")["owner_id"].dropna().tolist() == [keep]
    plan.undo(plan.last_change)
    after = {name: sorted(map(str, frame.to_dict("records"))) for name, frame in plan.items()}
    assert after == before


def test_the_commands_list_rename_and_merge(plan):
    where = plan.name
    run = CliRunner()
    listed = run.invoke(main, ["names", where])
    assert listed.exit_code == 0
    assert "HEALTH" in listed.output
    assert '"spelling": "Water"' in run.invoke(main, ["names", where, "--format", "json"]).output
    assert (
        run.invoke(main, ["rename", where, "theme", "HEALTH", "Health"]).output
        == "Renamed the theme HEALTH to Health in 3 rows.\n"
    )
    plan.add(ttp.Owner(name="ann lee"))
    assert "from O-002 to O-001" in run.invoke(main, ["merge", where, "O-001", "O-002"]).output
