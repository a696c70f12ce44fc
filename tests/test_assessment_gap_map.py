"""Do the gap map, the owners by themes and the theory of change say what a hand count says?"""

from __future__ import annotations

import math

import pandas as pd
import pytest
from acceptance import NINETY
from builder import DONE, PROVED, PlanBuilder, frames_of

import theorytopractice as ttp
from theorytopractice.errors import PracticeError, UnknownName

D = "2026-03-02"


def finding(number, theme="", certainty="", **more):
    row = {"finding_id": f"F-{number}", "kind": "insight", "statement": "s", "recorded_on": "2026-01-01"}
    return row | {"theme": theme, "certainty": certainty} | more


def portfolio():
    """F-001 in practice and F-2 on the shelf (Water), F-3 carried out on low certainty, F-10 and F-11 closed or later."""
    draft = PlanBuilder().finding(theme="Water", certainty="high").case_action().case_indicator(NINETY)
    for row in (
        finding(2, " Water ", "high"),
        finding(3, "Schools", "very_low"),
        finding(4),
        finding(10, "Roads", "moderate"),
        finding(11, "Later", "moderate", recorded_on="2026-04-01"),
    ):
        draft.add("finding", **row)
    draft.event("F-10", "reject", "2026-02-01", reason="wrong")
    draft.add("action", action_id="A-002", title="Teach", recorded_on="2026-01-01")
    draft.add("finding_action", finding_id="F-3", action_id="A-002", role="delivers")
    draft.add("finding_action", finding_id="F-4", action_id="A-002", role="enables")
    draft.event("A-002", "complete", "2026-02-01")
    draft.add("evidence", action_id="A-002", dated_on="2026-02-01")
    return draft.tables


def cell(mapped, theme, certainty):
    return mapped[(mapped["theme"] == theme) & (mapped["certainty"] == certainty)].iloc[0]


def test_the_gap_map_has_every_theme_at_every_certainty():
    mapped = ttp.gap_map(frames_of(portfolio()), as_of=D)
    assert list(dict.fromkeys(mapped["theme"])) == ["Roads", "Schools", "Water", "(no theme)"]
    assert list(mapped["certainty"][:5]) == ["high", "moderate", "low", "very_low", "unrated"]
    assert len(mapped) == 20
    assert mapped["n"].sum() == 4
    assert mapped.attrs["as_of"] == D


def test_a_cell_counts_its_open_findings_and_names_the_gaps():
    mapped = ttp.gap_map(frames_of(portfolio()), as_of=D)
    water = cell(mapped, "Water", "high")
    assert (water["n"], water["in_practice"], water["share"], water["shelved"]) == (2, 1, 0.5, 1)
    assert water["know_do_gap"] == ["F-2"]
    schools = cell(mapped, "Schools", "very_low")
    assert (schools["in_practice"], schools["ahead_of_evidence"], schools["know_do_gap"]) == (0, ["F-3"], [])
    assert (cell(mapped, "(no theme)", "unrated")["n"], cell(mapped, "(no theme)", "unrated")["shelved"]) == (
        1,
        1,
    )


def test_shares_have_wilson_intervals_and_empty_cells_none():
    mapped = ttp.gap_map(frames_of(portfolio()), as_of=D)
    z2 = 1.959964**2
    centre, spread = (0.5 + z2 / 4) / (1 + z2 / 2), math.sqrt(z2 * (1 / 8 + z2 / 16)) / (1 + z2 / 2)
    water = cell(mapped, "Water", "high")
    assert (water["low"], water["high"]) == pytest.approx((centre - spread, centre + spread), abs=1e-6)
    roads = cell(mapped, "Roads", "moderate")
    assert roads["n"] == 0
    assert roads[["share", "low", "high"]].isna().all()


def test_an_empty_plan_has_an_empty_gap_map():
    assert list(ttp.gap_map({}, as_of=D).columns[:3]) == ["theme", "certainty", "n"]
    assert len(ttp.gap_map({}, as_of=D)) == 0


def test_a_shared_action_counts_once_a_theme_and_one_without_owner_is_nobodys():
    tables = portfolio()
    tables["finding_action"].append({"finding_id": "F-2", "action_id": "A-001", "role": "improves"})
    carried = ttp.owner_themes(frames_of(tables), as_of=D)
    columns = ["owner_id", "name", "theme", "n", "n_of_owner", "n_of_theme"]
    rows = carried[columns].astype(object).where(carried[columns].notna(), None).to_numpy().tolist()
    assert rows == [  # nobody's A-002 is in both themes
        [None, "nobody", "Schools", 1, 1, 1], [None, "nobody", "(no theme)", 1, 1, 1], ["O-1", "Wang Li", "Water", 1, 1, 1],
    ]  # fmt: skip


def test_cancelled_actions_and_closed_findings_are_nobodys_load():
    tables = portfolio()
    tables["finding_action"].append({"finding_id": "F-10", "action_id": "A-001", "role": "delivers"})
    tables["event"].append(
        {
            "subject": "action",
            "subject_id": "A-002",
            "event": "cancel",
            "happened_on": "2026-02-02",
            "reason": "r",
        }
    )
    carried = ttp.owner_themes(frames_of(tables), as_of=D)
    assert list(carried["theme"]) == ["Water"]


def test_owners_are_counted_in_another_role_too():
    tables = portfolio()
    tables["action_owner"].append({"action_id": "A-002", "owner_id": "O-9", "role": "responsible"})
    unnamed = frames_of(tables) | {"owner": pd.DataFrame()}
    carried = ttp.owner_themes(unnamed, as_of=D, role="responsible")
    assert list(carried.loc[carried["owner_id"] == "O-9", "name"]) == ["O-9", "O-9"]
    assert set(ttp.owner_themes(unnamed, as_of=D)["name"]) == {"nobody", "O-1"}
    anybody = ttp.owner_themes(unnamed, as_of=D, role=None)
    assert set(anybody["owner_id"]) == {"O-1", "O-9"}


def test_the_theory_of_change_of_a_finding_names_its_parts_and_their_states():
    tables = portfolio()
    tables["indicator"][0]["unit"] = "%"
    nodes, edges = ttp.theory_of_change(frames_of(tables), "F-001", as_of=D)
    assert nodes[["node", "state", "target"]].fillna("").to_numpy().tolist() == [
        ["finding F-001", "in practice", ""],
        ["action A-001", "done", ""],
        ["owner O-1", "", ""],
        ["indicator I-001", "shown", "at least 80%"],
    ]
    assert edges.to_numpy().tolist() == [
        ["finding F-001", "action A-001", "delivers"],
        ["action A-001", "owner O-1", "accountable"],
        ["finding F-001", "indicator I-001", "required"],
    ]
    assert nodes["stage"].tolist()[0] == 4
    assert str(nodes["due"][1].date()) == "2026-03-31"


@pytest.mark.parametrize(
    ("values", "columns", "events", "as_of", "state"),
    [
        ((("2026-03-01", "70"),), {}, DONE, D, "unmet"),
        ((), {}, DONE, D, "no_value"),
        (NINETY, {"target": ""}, DONE, D, "no_target"),
        (NINETY, {"baseline": ""}, DONE, D, "met"),
        (NINETY, {}, (), D, "not_started"),
        (NINETY, {}, DONE, "2026-05-01", "stale"),
        ((*NINETY, ("2026-03-10", "1"), ("2026-03-20", "2")), {}, DONE, "2026-03-21", "lapsed"),
    ],
)
def test_an_indicator_says_what_its_values_show(values, columns, events, as_of, state):
    draft = PlanBuilder().finding().case_action(events=events, evidence=PROVED if events else ())
    draft.case_indicator(values, **columns)
    nodes = ttp.theory_of_change(frames_of(draft.tables), "F-001", as_of=as_of).nodes
    assert nodes.loc[nodes["kind"] == "indicator", "state"].tolist() == [state]


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ((), "no_value"),
        ((("2026-01-05", "80", "10"),), "confirmed"),  # before the action began, which plays no part
        ((("2026-01-05", "80", "9"),), "not_confirmed"),
        ((("2026-01-05", "90", "50"), ("2026-03-01", "58", "88")), "not_confirmed"),
        ((("2025-01-25", "90", "50"),), "confirmed"),  # 400 days ago
        ((("2025-01-24", "90", "50"),), "stale"),
    ],
)
def test_a_survey_says_what_its_latest_answer_shows(answers, state):
    draft = (
        PlanBuilder().finding(kind="problem").case_action().case_indicator(level="confirmation", target="")
    )
    for day, value, n in answers:
        draft.add("observation", indicator_id="I-001", observed_on=day, value=value, n=n)
    change = ttp.theory_of_change(frames_of(draft.tables), "F-001", as_of="2026-03-01")
    survey = change.nodes[change.nodes["kind"] == "indicator"].iloc[0]
    assert (survey["state"], survey["level"]) == (state, "confirmation")
    assert change.tally().indicators == 0  # a survey shows no outcome


def test_an_open_action_past_its_due_date_is_overdue():
    tables = PlanBuilder().finding().case_plan().tables
    for day, is_overdue in (("2026-03-31", False), ("2026-04-01", True)):
        nodes = ttp.theory_of_change(frames_of(tables), as_of=day).nodes
        assert nodes.loc[nodes["kind"] == "action", "is_overdue"].tolist() == [is_overdue]


def test_a_theme_has_its_findings_and_each_shared_action_once():
    frames = frames_of(portfolio())
    nodes = ttp.theory_of_change(frames, theme="Water", as_of=D).nodes
    assert nodes["id"].tolist() == ["F-001", "F-2", "A-001", "O-1", "I-001"]
    nodes, edges = ttp.theory_of_change(frames, as_of=D)
    assert nodes["node"].is_unique
    assert "F-11" not in set(nodes["id"])
    assert edges["target"].tolist().count("action A-002") == 2


def test_a_theory_of_change_of_nothing_known_is_refused():
    frames = frames_of(portfolio())
    with pytest.raises(UnknownName, match="no finding 'F-01'; did you mean 'F-001'"):
        ttp.theory_of_change(frames, "F-01")
    with pytest.raises(UnknownName, match="no theme 'Watr'; did you mean 'Water'"):
        ttp.theory_of_change(frames, theme="Watr")
    with pytest.raises(PracticeError, match="not for both"):
        ttp.theory_of_change(frames, "F-001", theme="Water")
    assert len(ttp.theory_of_change({}).nodes) == 0


def statements(*texts):
    return {
        "finding": pd.DataFrame({"finding_id": [f"F-{i}" for i in range(len(texts))], "statement": texts})
    }


MANY = (
    "Text message reminders on the day before cut missed outpatient appointments by a third.",
    "A reminder by text message the day before cuts missed out-patient appointments by about one third.",
    "Night pressure in the eastern water network fell below one bar.",
    "We learned that school meals raise attendance in rural districts.",
    "在就诊前一天发送短信提醒，可使门诊爽约率下降三分之一。",
    "就诊前一天短信提醒可以使门诊爽约率下降约三分之一",
    "东部供水管网夜间压力低于一巴。",
    "农村学校的营养午餐提高了出勤率。",
)


def test_near_duplicates_are_found_in_english_and_chinese_and_nothing_else():
    pairs = ttp.similar(statements(*MANY))
    assert pairs[["finding_id", "other_finding_id"]].to_numpy().tolist() == [["F-0", "F-1"], ["F-4", "F-5"]]
    assert ttp.similar(statements(*MANY), at_least=0.01)["similarity"].iloc[2:].max() < 0.2


def test_case_punctuation_and_width_of_signs_make_no_difference():
    pairs = ttp.similar(statements("Water, at night: 50 %!", "water at NIGHT ５０", "", None, "…"))
    assert pairs[["finding_id", "other_finding_id", "similarity"]].to_numpy().tolist() == [
        ["F-0", "F-1", 1.0]
    ]


def test_copies_stay_similar_however_many_there_are():
    copies = ["The same sentence again and again"] * 150
    pairs = ttp.similar(statements(*copies, *MANY), most=5)
    assert pairs["similarity"].tolist() == [1.0] * 5
    assert pairs["other_finding_id"].tolist() == ["F-1", "F-2", "F-3", "F-4", "F-5"]


def test_statements_of_the_same_words_only_are_all_alike():
    from itertools import permutations

    orders = [" ".join(words) for words in permutations(["one", "two", "three", "four", "five"])]
    pairs = ttp.similar(statements(*orders), at_least=0.99)
    assert len(pairs) == 50
    assert set(pairs["similarity"]) == {1.0}


def test_similarity_beyond_a_block_is_the_cosine_of_all_pairs_at_once(monkeypatch):
    whole = ttp.similar(statements(*MANY), at_least=0.01, most=9)
    monkeypatch.setattr("theorytopractice.assessment.similar.BLOCK", 3)
    pd.testing.assert_frame_equal(ttp.similar(statements(*MANY), at_least=0.01, most=9), whole)


@pytest.mark.parametrize("wrong", [{"at_least": 0}, {"at_least": 1.5}, {"most": 0}])
def test_a_similarity_out_of_its_range_is_refused(wrong):
    with pytest.raises(PracticeError, match=r"^(at_least|most) is"):
        ttp.similar(statements("a", "b"), **wrong)


def test_no_findings_have_no_pairs():
    assert len(ttp.similar({})) == 0
    assert len(ttp.similar(statements("alone"))) == 0


def revised():
    """A-001 was done, and then what F-001 means was revised: nothing hides from the action itself."""
    draft = PlanBuilder().finding(theme=" Water ", certainty="high").case_action()
    draft.event("A-001", "complete", "2026-02-01")
    draft.add("evidence", action_id="A-001", dated_on="2026-02-01")
    draft.event("F-001", "review_material", "2026-02-15")
    return draft.tables


def test_a_material_review_of_a_finding_does_not_undo_an_action():
    frames = frames_of(revised())
    assert ttp.forecast(frames, as_of=D).remaining == 0
    nodes = ttp.theory_of_change(frames, as_of=D).nodes.set_index("id")
    assert (nodes.loc["A-001", "state"], nodes.loc["A-001", "is_overdue"]) == ("done", False)
    cancelled = revised()
    cancelled["event"] = [
        row | ({"event": "cancel", "reason": "r"} if row["event"] == "complete" else {})
        for row in cancelled["event"]
    ]
    assert ttp.owner_themes(frames_of(cancelled), as_of=D).empty


def test_a_role_with_a_space_names_the_same_owner_everywhere():
    tables = revised()
    tables["owner"] = [{"owner_id": "O-1", "name": "Ann", "unit": "U"}]
    tables["action_owner"] = [{"action_id": "A-001", "owner_id": "O-1", "role": " accountable"}]
    frames = frames_of(tables)
    load = ttp.owner_load(frames, as_of=D)
    assert load.loc[load["name"] == "Ann", "live"].tolist() == [1]
    assert ttp.owner_themes(frames, as_of=D)["name"].tolist() == ["Ann"]
    assert ttp.durations(frames, as_of=D)["unit"].tolist() == ["U"]
    edges = ttp.theory_of_change(frames, as_of=D).edges
    assert edges.loc[edges["target"] == "owner O-1", "role"].tolist() == ["accountable"]


def test_an_unknown_role_is_refused():
    with pytest.raises(UnknownName, match="accountable"):
        ttp.owner_themes(frames_of(revised()), as_of=D, role="acountable")


def test_themes_read_alike_in_every_table():
    tables = revised()
    tables["finding"].append(finding(2))
    frames = frames_of(tables)
    both = {"Water", "(no theme)"}
    assert set(ttp.gap_map(frames, as_of=D)["theme"]) == both
    assert set(ttp.forecast(frames, as_of=D, by="theme").groups) == both
    assert set(ttp.survival(frames, as_of=D, by="theme").groups) == both
    assert set(ttp.theory_of_change(frames, theme="(no theme)", as_of=D).nodes["id"]) == {"F-2"}
    assert ttp.forecast(frames, as_of=D, theme=" Water ").theme == "Water"


def test_a_theory_of_change_tallies_distinct_parts():
    told = ttp.theory_of_change(frames_of(portfolio()), as_of=D).tally()
    assert told == (5, 2, 2, 1, 1)
