"""Does a spreadsheet come into the plan on the screen, with nothing stored unseen and nothing lost in silence?"""

# ruff: noqa: F401, F811 - pytest finds fixtures by their names

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_helpers import browser, page, plan, server
from forms_helpers import Controls, answer_text, ask, example_database, plan_path, session

import theorytopractice as ttp
from theorytopractice.forms import router
from theorytopractice.forms.answer import Message

REGISTER = Path(__file__).parents[1] / "data/register/register.xlsx"
CSV = "Ref,Finding,Action,Owner,Due date,Status,Updated\nX-1,Keys cannot be traced to anybody,Keep a key register,Ann Bo,2026-12-15,Done,2026-06-01\nX-2,Half of the calls are lost at noon,Call back in the afternoon,Ann Bo,2026-12-16,=cmd|' /C calc'!A0,2026-06-02\n"


def hand_over(session, name, content, part="import-file", token="t"):
    facts = {"token": token, "name": name, "at": 0, "is_last": True, "part": part}
    answer = router.answer(session, Message("upload", facts, content))
    assert not answer.refused, answer.text
    return ask(session, "import-read", part=part, values={"~file": token})


def mapping_values(session, **chosen):
    page = ask(session, "screen", screen="import").parts["screen"]
    return Controls(page).values | {name.replace("__", ":"): text for name, text in chosen.items()}


def test_a_foreign_table_is_proposed_corrected_compared_imported_and_taken_back(session):
    before = set(session.plan.finding["finding_id"])
    answer = hand_over(session, "register.csv", CSV.encode())
    text = answer_text(answer)
    assert "Due date" in text
    assert "2 words are undecided" in text
    values = mapping_values(session, word__0="complete")
    answer = ask(session, "import-map", values=values)
    assert "1 word is undecided" in answer_text(answer)
    answer = ask(session, "import-map", values=mapping_values(session, kind="problem"), goes_on=True)
    assert "2 finding" in answer.text
    assert set(session.plan.finding["finding_id"]) == before
    assert "cmd" in answer_text(answer)
    answer = ask(session, "import-decide", values={}, store=True)
    frame = session.plan.finding.set_index("finding_id")
    assert set(frame.index) - before == {"X-1", "X-2"}
    assert frame.loc["X-1", "kind"] == "problem"
    (event,) = session.rows("event", subject_id="A-X-1")
    assert (event["event"], event["happened_on"]) == ("complete", "2026-06-01")
    (undo,) = Controls(answer.parts["notice"]).buttons("undo")
    ask(session, "undo", **undo)
    assert set(session.plan.finding["finding_id"]) == before


def test_a_column_that_is_left_out_is_not_read(session):
    hand_over(session, "register.csv", CSV.encode())
    values = mapping_values(session)
    place = next(name for name, role in values.items() if role == "action.due")
    ask(session, "import-map", values=values | {place: ""})
    assert mapping_values(session)[place] == ""
    ask(session, "import-compare")
    assert not any(session.import_state.source.tables["action"]["due"])


def test_the_mapping_comes_as_a_file_and_can_be_used_again(session):
    hand_over(session, "register.csv", CSV.encode())
    ask(session, "import-map", values=mapping_values(session, word__0="complete"))
    file = ask(session, "import-file", of="mapping").file
    assert tomllib.loads(file.content.decode())["status"][0]["words"]["Done"]["event"] == "complete"
    ask(session, "import-again")
    hand_over(session, "register.csv", CSV.encode())
    answer = hand_over(session, "mapping.toml", file.content, part="import-mapping", token="m")
    assert "1 event" in answer.text


def test_a_mapping_that_cannot_be_used_does_not_stay(session):
    hand_over(session, "register.csv", CSV.encode())
    answer = hand_over(session, "mapping.toml", b"%PDF", part="import-mapping", token="m")
    assert answer.refused
    assert 'role="alert"' in str(answer.parts["summary"])
    assert not ask(session, "import-compare").refused


def test_our_workbook_is_compared_at_once_and_conflicts_stand_side_by_side(session, tmp_path):
    path = ttp.write_workbook(session.plan, tmp_path / "plan.xlsx")
    content = path.read_bytes()
    assert "nothing to import" in answer_text(hand_over(session, "plan.xlsx", content))
    session.plan.change("finding", "F-001", theme="Ours")
    source = ttp.read_source(path)
    place = source.tables["finding"]["finding_id"].index("F-001")
    source.tables["finding"]["theme"][place] = "<b>Theirs</b>"
    session.import_state.source = source
    session.import_state.compare(session.plan)
    page = ask(session, "screen", screen="import").parts["screen"]
    assert "&lt;b&gt;Theirs" in str(page)
    assert "1 is undecided" in Controls(page).text
    answer = ask(session, "import-decide", values={}, store=True)
    assert answer.refused
    assert session.plan.row("finding", "F-001")["theme"] == "Ours"
    ask(session, "import-decide", values={"cell:0": "theirs", "cell:999": "ours", "cell:x": "ours"})
    ask(session, "import-decide", values={"cell:0": "theirs"}, store=True)
    assert session.plan.row("finding", "F-001")["theme"] == "<b>Theirs</b>"


def test_a_conflict_that_arose_since_the_dry_run_is_shown_and_can_be_decided(session, tmp_path):
    path = ttp.write_workbook(session.plan, tmp_path / "plan.xlsx")
    hand_over(session, "plan.xlsx", path.read_bytes())
    source = ttp.read_source(path)
    place = source.tables["finding"]["finding_id"].index("F-001")
    source.tables["finding"]["theme"][place] = "Theirs"
    session.import_state.source = source
    session.import_state.compare(session.plan)
    assert not session.import_state.comparison.conflicts
    session.plan.change("finding", "F-001", theme="Ours")
    answer = ask(session, "import-decide", values={}, store=True)
    assert answer.refused
    assert "1 is undecided" in Controls(answer.parts["comparison"]).text
    assert 'role="alert"' in str(answer.parts["summary"])
    ask(session, "import-decide", values={"cell:0": "ours"}, store=True)
    assert session.plan.row("finding", "F-001")["theme"] == "Ours"


def conflicting(session, tmp_path):
    """Bring a workbook to the screen whose theme of F-001 is another than in the file and, since, in the plan."""
    path = ttp.write_workbook(session.plan, tmp_path / "plan.xlsx")
    hand_over(session, "plan.xlsx", path.read_bytes())
    session.plan.change("finding", "F-001", theme="Ours")
    source = ttp.read_source(path)
    source.tables["finding"]["theme"][source.tables["finding"]["finding_id"].index("F-001")] = "Theirs"
    session.import_state.source = source
    session.import_state.compare(session.plan)


def test_a_decision_about_a_text_that_changed_since_is_asked_again_on_the_screen(session, tmp_path):
    conflicting(session, tmp_path)
    answer = ask(session, "import-decide", values={"cell:0": "theirs"})
    assert "0 are undecided" in Controls(answer.parts["comparison"]).text
    session.plan.change("finding", "F-001", theme="Ours again")
    answer = ask(session, "import-decide", values={"cell:0": "theirs"}, store=True)
    assert answer.refused
    assert 'role="alert"' in str(answer.parts["summary"])
    assert "1 is undecided" in Controls(answer.parts["comparison"]).text
    assert "--ours" not in answer.text
    assert session.plan.row("finding", "F-001")["theme"] == "Ours again"
    ask(session, "import-decide", values={"cell:0": "theirs"}, store=True)
    assert session.plan.row("finding", "F-001")["theme"] == "Theirs"


def test_a_refused_import_says_so_in_the_screen(session, tmp_path, monkeypatch):
    conflicting(session, tmp_path)
    monkeypatch.setattr(session.plan, "import_", lambda *_, **__: (_ for _ in ()).throw(ttp.PlanError("No.")))
    answer = ask(session, "import-decide", values={}, store=True)
    assert "No." in str(answer.parts["summary"])
    assert not str(ask(session, "import-decide", values={}).parts["summary"])


def test_neither_a_due_date_nor_a_day_of_recording_dates_an_event_unasked(session):
    hand_over(session, "r.csv", CSV.replace("Updated", "Raised").encode())
    answer = ask(session, "import-map", values=mapping_values(session, word__0="complete"))
    assert "1 word has no day" in answer_text(answer)
    answer = ask(session, "import-compare")
    assert "event" not in answer.text
    assert "which event 'Done' stands for" in answer_text(answer)
    ask(session, "import-back")
    ask(session, "import-map", values=mapping_values(session, day__0="Raised"))
    assert "1 event" in ask(session, "import-compare").text


def test_a_column_that_is_not_read_is_named(session):
    answer = hand_over(session, "r.csv", CSV.replace("Finding", "Zzz").encode())
    assert "Left out, and not read: Zzz." in answer_text(answer)


def test_a_pasted_list_goes_the_same_road_and_another_list_is_another_source(session):
    text = "Action\tOwner\tDue date\r\nKeep a key register\tNobody Known\t2026-12-15\r\n"
    answer = ask(session, "import-paste", values={"pasted": text})
    assert not answer.refused, answer.text
    answer = ask(session, "import-compare")
    assert "Nobody Known" in answer_text(answer)
    name = session.import_state.name
    ask(session, "import-decide", values={}, store=True)
    assert "Nobody Known" in set(session.plan.owner["name"])
    ask(session, "import-paste", values={"pasted": text.replace("key", "lock")})
    assert session.import_state.name != name
    answer = ask(session, "import-paste", values={"pasted": " \n"})
    assert "Nothing was pasted" in str(answer.parts["summary"])


def test_a_screen_in_chinese_says_all_in_chinese(session):
    session.plan.change("setting", "language", value="zh")
    session.renew_language()
    hand_over(session, "r.csv", CSV.encode())
    ask(session, "import-map", values=mapping_values(session, word__0="complete"))
    page = Controls(ask(session, "import-compare").parts["screen"]).text
    assert "complete" not in page
    refused = ask(session, "import-again") and router.answer(
        session, Message("upload", {"token": "p", "name": "a.pdf", "at": 0, "is_last": True, "part": "import-file"}, b"%PDF")
    )  # fmt: skip
    assert not refused.refused
    assert "Cannot" not in ask(session, "import-read", part="import-file", values={"~file": "p"}).text


def test_the_register_of_the_example_goes_the_whole_way(session):
    hand_over(session, "register.xlsx", REGISTER.read_bytes())
    ask(session, "import-proposals")
    answer = ask(session, "import-compare")
    assert "138 rows added" in answer.text
    assert "Cells: 1 to 50 of 138" in answer_text(answer)
    answer = ask(session, "import-page", of="cells", page=2)
    assert "Cells: 101 to 138 of 138" in answer_text(answer)
    assert "no owner is named" in answer_text(answer)
    for of in ("cells", "issues"):
        assert ask(session, "import-file", of=of).file.content
    ask(session, "import-decide", values={}, store=True)
    hand_over(session, "register.xlsx", REGISTER.read_bytes())
    ask(session, "import-proposals")
    assert "nothing to import" in answer_text(ask(session, "import-compare"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("<img src=x onerror=alert(1)>.csv", b"a,b\n1,2\n"),
        ("../../etc/passwd.xlsx", b"no workbook"),
        ("x.csv", b""),
        ("y.json", b"{"),
        ("z.exe", b"MZ"),
        ("\x00\n.csv", b"\xff\xfe\x00"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_leaves_the_plan_alone(session, name, content):
    before = session.plan.version
    answer = hand_over(session, name, content)
    assert answer.refused
    assert "Something went wrong" not in answer.text
    assert "<img" not in "".join(map(str, answer.parts.values()))
    assert session.plan.version == before


def test_a_hostile_name_and_hostile_cells_stay_texts(session):
    content = CSV.replace("Keys cannot", "<script>alert(1)</script> Keys cannot").replace(
        "Status", "<b>Status"
    )
    answer = hand_over(session, '"><img src=x>.csv', content.encode())
    assert not answer.refused
    page = "".join(map(str, answer.parts.values()))
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>Status" not in page


def test_nothing_breaks_where_there_is_no_file(session):
    for do in ("import-map", "import-compare", "import-show", "import-page", "import-decide", "import-store",
               "import-back", "import-again", "import-proposals", "import-decide-all", "import-file"):  # fmt: skip
        answer = ask(session, do, values={}, store=True)
        assert "Something went wrong" not in answer.text, do


@pytest.mark.browser
def test_a_planner_imports_a_register_in_the_browser(page, plan, tmp_path):
    (tmp_path / "register.csv").write_text(CSV, encoding="utf-8")
    page.get_by_role("button", name="Import", exact=True).click()
    page.locator("[type=file]").set_input_files(tmp_path / "register.csv")
    page.get_by_role("heading", name="Status words").wait_for()
    assert not Axe().run(page.locator(".ttp").page).response["violations"]
    page.get_by_label("What Done stands for").select_option("complete")
    page.get_by_text("1 word is undecided").wait_for()
    page.get_by_role("button", name="Dry run").click()
    page.get_by_text("Cells: 1 to").wait_for()
    assert not Axe().run(page).response["violations"]
    page.locator("form.record").get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("Saved: import of register.csv").first.wait_for()
    assert "X-1" in set(plan.finding["finding_id"])
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("was taken back").first.wait_for()
