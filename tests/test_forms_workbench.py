"""Does the workbench work as a planner uses it: in a browser, by the keyboard, with two of them at one plan?"""

# ruff: noqa: F401, F811 - pytest finds fixtures by their names

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_helpers import (
    FOCUSED,
    browser,
    choose,
    open_notebook,
    open_tab,
    page,
    plan,
    run_all,
    save,
    saved_text,
    server,
    statement_form,
    tab_to,
    workbench,
)
from servers import forms_page, free_port, lab

import theorytopractice as ttp
from theorytopractice.forms.serve import copy_notebooks
from theorytopractice.store.folder import read_folder

EXAMPLE = ttp.path_of("data/example")
SOCKETS = """window.sockets = []; window.WebSocket = class extends WebSocket {
  constructor(...facts) { super(...facts); window.sockets.push(this); } };"""
BROKEN = """() => { const [socket] = window.sockets, send = socket.send;
  socket.send = (...frame) => { send.apply(socket, frame); socket.onmessage = null; socket.close(4000); };
  document.querySelector("form.record").requestSubmit(); }"""
"""Sends what is saved, and loses its answer."""
LIFTS = "Of 40 lifts, 9 stood still for a week in May."


def test_a_finding_with_its_action_and_its_indicator_is_entered_by_the_keyboard_alone(page, plan):
    tab_to(page, "New finding")
    page.keyboard.press("Enter")
    page.locator("form.record").wait_for()
    tab_to(page, "Kind")
    page.keyboard.type("problem")
    page.get_by_label("Solvability").wait_for()
    for label, text in (
        ("What was learned", LIFTS),
        ("Source", "Inspection of May"),
        ("What is done", "Replace the 9 oldest drives"),
        ("Due", "31.2.2027"),
    ):
        tab_to(page, label)
        page.keyboard.type(text)
    page.keyboard.press("Tab")
    wrong = page.locator(".error", has_text="“31.2.2027” is not a date")
    wrong.locator("p").wait_for()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("31 March 2027")
    page.keyboard.press("Tab")
    wrong.wait_for(state="detached")
    tab_to(page, "Owner")
    page.keyboard.type("Nora Newcomer")
    page.get_by_role("option", name="Add “Nora Newcomer” as somebody new").wait_for()
    page.keyboard.press("Enter")
    for label, text in (("What is measured", "Lifts that stand still"), ("Unit", "lifts")):
        tab_to(page, label)
        page.keyboard.type(text)
    for label, word in (("Sort of values", "count"), ("Better is", "descending"), ("Level", "outcome")):
        tab_to(page, label)
        page.keyboard.type(word)
    for label, text in (("Baseline", "9"), ("Target", "1,5")):
        tab_to(page, label)
        page.keyboard.type(text)
    page.keyboard.press("Control+Enter")
    said = saved_text(page)

    finding = plan.finding.set_index("statement", drop=False).loc[LIFTS]
    assert f"{finding['finding_id']} is now: planned." in said
    assert (finding["kind"], finding["solvability"]) == ("problem", "now")
    action = plan.action.set_index("title", drop=False).loc["Replace the 9 oldest drives"]
    assert str(action["due"].date()) == "2027-03-31"
    owner = plan.owner.set_index("name").loc["Nora Newcomer", "owner_id"]
    assert (action["action_id"], owner, "accountable") in plan.action_owner.itertuples(index=False, name=None)
    indicator = plan.indicator.set_index("name").loc["Lifts that stand still"]
    assert [indicator[one] for one in ("baseline", "target", "direction", "level")] == [
        "9",
        "1.5",
        "descending",
        "outcome",
    ]
    assert plan.latest(1)["made_by"].tolist() == ["Ada"]
    stage = ttp.assess(plan).set_index("finding_id").loc[finding["finding_id"], "stage"]
    assert stage == 1


def test_what_is_missing_is_said_beside_the_field_and_in_a_summary_that_takes_the_focus(page, plan):
    before = len(plan.finding)
    page.get_by_role("button", name="New finding").click()
    statement = page.locator("[name='finding.statement']")
    statement.focus()
    page.keyboard.press("Tab")
    beside = page.locator(".field", has=statement).locator(".error")
    beside.get_by_text("This must be filled.").wait_for()
    save(page)
    summary = page.locator(".summary")
    summary.wait_for()
    page.locator(".summary:focus").wait_for()
    assert summary.locator("li").all_inner_texts() == [
        "Kind: This must be filled.",
        "What was learned: This must be filled.",
        "Source: This must be filled.",
    ]
    summary.get_by_role("link", name="Source").click()
    assert page.evaluate(FOCUSED).startswith("Source")
    assert len(plan.finding) == before


def test_a_warning_is_told_and_does_not_stand_in_the_way(page, plan):
    statement = statement_form(page, "F-004")
    statement.fill("Improve communication")
    save(page)
    page.get_by_text("1 thing is worth a look").wait_for()
    assert plan.row("finding", "F-004")["statement"] == "Improve communication"
    page.get_by_role("button", name="Undo").first.click()
    page.get_by_text("was taken back").first.wait_for()
    assert plan.row("finding", "F-004")["statement"] != "Improve communication"


def test_a_draft_is_there_again_after_the_tab_was_closed(browser, server, plan):
    context = browser.new_context()
    first = context.new_page()
    first.goto(server.url)
    statement_form(first, "F-005").fill("Half a sentence that nobody has sav")
    first.close()
    again = context.new_page()
    again.goto(server.url)
    again.get_by_text("Typed earlier and not saved").wait_for()
    again.get_by_role("button", name="Go on").click()
    again.get_by_text("What you typed here earlier and did not save is in the form again.").wait_for()
    assert again.locator("[name='finding.statement']").input_value() == "Half a sentence that nobody has sav"
    save(again)
    saved_text(again)
    assert plan.row("finding", "F-005")["statement"] == "Half a sentence that nobody has sav"
    again.reload()
    again.locator(".ttp h1").wait_for()
    assert again.get_by_text("Typed earlier and not saved").count() == 0
    context.close()


def test_a_page_outlives_its_server_with_what_was_typed_and_goes_on_where_it_was(browser, tmp_path):
    path = tmp_path / "plan.db"
    with ttp.make_plan(path, who="Maker") as plan:
        plan.upsert(read_folder(EXAMPLE), what="the example")
    facts = ("--who", "Ada", "--as-of", "2026-05-31", "--port", str(free_port()))
    key = {"THEORYTOPRACTICE_TOKEN": "chosen"}
    with forms_page(path, tmp_path, *facts, variables=key) as server:
        assert "token" not in server.url
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.goto(server.url)
        page.get_by_label("Token").fill("chosen")
        page.get_by_role("button", name="Open").click()
        page.get_by_text("as of 31 May 2026").wait_for()
        field = statement_form(page, "F-006")
        field.fill("Typed before the server died, ")
        server.process.kill()
        server.process.wait(10)
    page.get_by_text("The connection is gone.").wait_for()
    field.press_sequentially("and after it")
    with forms_page(path, tmp_path, *facts, variables=key):
        page.get_by_text("The forms answer again.", exact=True).wait_for()
        assert field.input_value() == "Typed before the server died, and after it"
        assert field.evaluate("one => one === document.activeElement")
        assert page.locator("#record-title, [id$=record-title]", has_text="F-006").is_visible()
        page.keyboard.press("Control+Enter")
        saved_text(page)
    with ttp.open_plan(path) as plan:
        assert plan.row("finding", "F-006")["statement"] == "Typed before the server died, and after it"
        assert plan.latest(1)["made_by"].tolist() == ["Ada"]
    page.context.close()


def test_what_is_saved_while_the_connection_breaks_is_stored_once(browser, server, plan):
    context = browser.new_context()
    context.add_init_script(SOCKETS)
    page = context.new_page()
    page.goto(server.url)
    before = len(plan.finding)
    page.get_by_role("button", name="New finding").click()
    page.locator("[name='finding.kind']").select_option("insight")
    page.locator("[name='finding.statement']").fill("8 of 40 lifts stand still.")
    page.locator("[name='finding.source']").fill("Of June")
    page.locator(".ttp:not([data-busy])").wait_for()
    page.evaluate(BROKEN)
    saved_text(page)
    assert page.evaluate("sockets.length") == 2
    assert len(plan.finding) == before + 1
    context.close()


def test_two_planners_at_one_row_choose_field_by_field_and_nothing_is_lost(browser, server, page, plan):
    other = workbench(browser, server)
    mine, theirs = statement_form(page, "F-007"), statement_form(other, "F-007")
    was = plan.row("finding", "F-007")
    theirs.fill("Theirs: 44 of 100 accidents.")
    other.get_by_role("textbox", name="Theme").fill("Their theme")
    save(other)
    saved_text(other)
    mine.fill("Mine: 45 of 100 accidents.")
    page.locator("[name='finding.source']").fill("My source")
    save(page)
    page.get_by_role("heading", name="Somebody else changed this meanwhile").wait_for()
    rows = {
        row.locator("th").inner_text(): (
            row.locator("td").all_inner_texts(),
            row.locator("input:checked").count(),
        )
        for row in page.locator(".conflict tbody tr").all()
    }
    assert {name: chosen for name, (_, chosen) in rows.items()} == {
        "What was learned": 0,
        "Theme": 1,
        "Source": 1,
    }
    assert "Mine: 45" in rows["What was learned"][0][0]
    assert "Theirs: 44" in rows["What was learned"][0][1]
    page.get_by_role("button", name="Save what was chosen").click()
    page.get_by_text("Choose yours or the other version for each difference.").wait_for()
    page.locator(".conflict tr", has_text="What was learned").get_by_role("radio").first.check()
    page.get_by_role("button", name="Save what was chosen").click()
    page.locator(".saved").wait_for()
    now = plan.row("finding", "F-007")
    assert (now["statement"], now["theme"], now["source"]) == (
        "Mine: 45 of 100 accidents.",
        "Their theme",
        "My source",
    )
    assert now["kind"] == was["kind"]
    assert plan.history("F-007")["difference"].str.contains("Theirs: 44").any()
    other.context.close()


def test_the_stage_rises_as_events_and_evidence_are_recorded(page, plan):
    finding_id, action_id, day = "F-900", "A-900", plan.today
    plan.add(
        ttp.Finding(
            finding_id=finding_id, kind="insight", statement="7 of 50 lifts stand still.", recorded_on=day
        ),
        ttp.Action(action_id=action_id, title="Replace drives", recorded_on=day, due=day),
        ttp.FindingAction(finding_id=finding_id, action_id=action_id, role="delivers"),
        ttp.ActionOwner(action_id=action_id, owner_id="O-01", role="accountable"),
    )
    choose(page, finding_id)
    open_tab(page, "Actions and owners")
    for word, place in (("start", "under way"), ("complete", "under way")):
        page.get_by_role("button", name=f"Record an event {action_id}").click()
        page.locator("form.record select").first.select_option(word)
        save(page)
        page.locator("form.record").wait_for(state="detached")
        page.locator(".saved", has_text=f"{finding_id} is now: {place}.").wait_for()
    page.get_by_role("button", name=f"Add evidence {action_id}").click()
    page.get_by_label("Or attach a file").set_input_files(
        {"name": "photo of lift.txt", "mimeType": "text/plain", "buffer": b"nine drives, all new"}
    )
    page.get_by_text("checksum").first.wait_for()
    page.locator("[data-part=attached]", has_text="photo of lift.txt").wait_for()
    page.get_by_label("What it shows").fill("The new drives")
    save(page)
    page.locator(".saved", has_text=f"{finding_id} is now: carried out.").wait_for()
    kept = plan.evidence.set_index("description").loc["The new drives"]
    file = plan.evidence_dir.parent / kept["uri"]
    assert file.read_bytes() == b"nine drives, all new"
    assert file.name.endswith("photo_of_lift.txt")
    open_tab(page, "Why this stage")
    assert f"{action_id} “Replace drives”: done" in page.get_by_role("tabpanel").inner_text()


@pytest.mark.parametrize(
    "screen", ["Findings", "Meeting", "Enter values", "Owners", "Settings", "My changes"]
)
def test_nothing_serious_stands_in_anybodys_way_and_nothing_is_cut_off_when_narrow(browser, server, screen):
    page = workbench(browser, server, width=640)  # 1280 at 200 %
    page.get_by_role("navigation", name="Screens").get_by_role("button", name=screen).click()
    page.locator(f"[aria-current=page]:text-is('{screen}')").wait_for()
    if screen == "Findings":
        choose(page, "F-013")
        open_tab(page, "Indicators")
        page.get_by_role("button", name="Add an indicator").click()
        page.locator("form.record").wait_for()
        save(page)
        page.locator(".summary").wait_for()
    found = [
        (one["id"], one["nodes"][0]["html"][:200])
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert found == []
    for width in (640, 768, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (screen, width)
    page.evaluate("localStorage.clear()")
    page.context.close()


def test_hostile_text_is_shown_as_it_is_written(page, plan):
    hostile = "<img src=x onerror=\"document.title='bad'\"> מימין לשמאל 🎯 {n} & 7 of 9 </textarea></script>"
    field = statement_form(page, "F-008")
    field.fill(hostile)
    page.get_by_text("More fields").first.click()
    page.get_by_label("Note").fill("x" * 100_000)
    save(page)
    saved_text(page)
    assert plan.row("finding", "F-008")["statement"] == hostile
    assert len(plan.row("finding", "F-008")["note"]) == 100_000
    assert hostile in page.locator(".chain").first.inner_text()
    assert page.title() != "bad"


def test_lab_shows_the_same_workbench_and_its_keys_do_not_reach_the_notebook(browser, tmp_path):
    where = tmp_path / "plan.db"
    with ttp.make_plan(where, who="Maker") as plan:
        plan.upsert(read_folder(EXAMPLE), what="the example")
    copy_notebooks(tmp_path / "notebooks")
    home = tmp_path / "home"
    home.mkdir()
    with lab(
        tmp_path / "notebooks", home, THEORYTOPRACTICE_PLAN=str(where), THEORYTOPRACTICE_WHO="Bo"
    ) as server:
        page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
        open_notebook(page, server, "forms.ipynb")
        run_all(page)
        page.locator(".ttp h1").wait_for()
        cells = page.locator(".jp-Cell").count()
        page.locator("table.findings button.link").first.focus()
        for key in ("d", "d", "a", "b", "x"):
            page.keyboard.press(key)
        page.keyboard.press("Enter")
        page.get_by_role("tab", name="Finding", exact=True).wait_for()
        assert page.locator(".jp-Cell").count() == cells
        page.get_by_role("button", name="Change F-001").press("Enter")
        page.get_by_role("textbox", name="Theme").fill("Changed in Lab")
        page.keyboard.press("Control+Enter")
        saved_text(page)
        with ttp.open_plan(where) as plan:
            assert plan.row("finding", "F-001")["theme"] == "Changed in Lab"
            assert plan.latest(1)["made_by"].tolist() == ["Bo"]
        page.context.close()
