"""Does the browser's part lose nothing, send nothing twice, and lead everybody to what is wrong?"""

# ruff: noqa: F401, F811 - pytest finds fixtures by their names

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_helpers import (
    browser,
    choose,
    open_tab,
    page,
    plan,
    save,
    saved_text,
    server,
    statement_form,
    workbench,
)

from theorytopractice import Indicator

LEVEL = {"direction": "ascending", "level": "outcome"}
NAME = "Wait & <see>"
HELD = """() => { const send = WebSocket.prototype.send, held = [];
  WebSocket.prototype.send = function (...what) { held.push(() => send.apply(this, what)); };
  window.letGo = () => { WebSocket.prototype.send = send; for (const one of held) one(); }; }"""
"""Lets nothing reach Python until it is let go."""


def field(page, name):
    return page.locator(f"form.record [name='{name}']")


def new_finding(page, kind, **typed):
    page.get_by_role("button", name="New finding").click()
    field(page, "finding.kind").select_option(kind)
    for name, text in typed.items():
        field(page, f"finding.{name}").fill(text)


def go_on(page):
    page.reload()
    page.get_by_role("button", name="Go on").first.click()
    page.get_by_text("What you typed here earlier").wait_for()


def test_a_draft_keeps_the_fields_of_its_kind_and_of_the_kinds_it_had(page):
    new_finding(page, "experience", origin_site="Ward 3", why_it_works="Nurses decide")
    site, why = field(page, "finding.origin_site"), field(page, "finding.why_it_works")
    go_on(page)
    assert (site.input_value(), why.input_value()) == ("Ward 3", "Nurses decide")
    assert page.get_by_text("What you typed here earlier").is_visible()
    field(page, "finding.statement").fill("Typed after that")
    go_on(page)
    assert site.input_value() == "Ward 3"
    field(page, "finding.kind").select_option("insight")
    site.wait_for(state="detached")
    field(page, "finding.source").fill("Of May")
    field(page, "finding.kind").select_option("experience")
    assert (site.input_value(), why.input_value()) == ("Ward 3", "Nurses decide")
    assert field(page, "finding.statement").input_value() == "Typed after that"
    page.locator("[data-restored]").get_by_role("button", name="Throw it away").click()
    site.wait_for(state="detached")
    assert not page.get_by_text("What you typed here earlier").is_visible()


def test_a_draft_keeps_the_fields_of_its_event(page):
    choose(page, "F-027")
    open_tab(page, "Actions and owners")
    page.get_by_role("button", name="Record an event A-049").click()
    field(page, "event.event").select_option("redate")
    field(page, "event.due").fill("31 March 2027")
    go_on(page)
    assert field(page, "event.due").input_value() == "31 March 2027"


def test_what_is_pressed_twice_is_stored_once(page, plan):
    before = len(plan.finding)
    new_finding(page, "insight", statement="12 of 40 lifts stand still.", source="Of May")
    page.evaluate(HELD)
    for _ in range(3):
        page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Save", exact=True).dblclick()
    page.evaluate("letGo()")
    saved_text(page)
    assert len(plan.finding) == before + 1
    n = len(plan.latest(100))
    page.evaluate(HELD)
    page.get_by_role("button", name="Undo").first.dblclick()
    page.evaluate("letGo()")
    page.get_by_text("was taken back").first.wait_for()
    page.locator(".ttp:not([data-busy])").wait_for()
    assert len(plan.latest(100)) == n + 1
    assert page.locator(".summary").count() == 0


def test_escape_closes_the_list_before_the_form(page):
    statement_form(page, "F-005")
    owner = field(page, "finding.owner_id~shown")
    page.get_by_text("More fields").first.click()
    owner.fill("O")
    options = page.locator("form.record [role=listbox]").first
    options.wait_for()
    page.keyboard.press("Escape")
    options.wait_for(state="hidden")
    assert owner.is_visible()
    page.keyboard.press("Escape")
    page.locator("form.record").wait_for(state="detached")


def test_a_wrong_field_is_marked_and_told_once_and_its_link_opens_the_fold(page):
    choose(page, "F-013")
    open_tab(page, "Indicators")
    page.get_by_role("button", name="Add an indicator").click()
    name = field(page, "indicator.name")
    name.focus()
    page.keyboard.press("Tab")
    page.locator("[name='indicator.name'][aria-invalid=true]").wait_for()
    assert page.locator("[data-part=announcement]").inner_text() == "What is measured: This must be filled."
    name.fill("Lifts")
    page.keyboard.press("Tab")
    page.locator("[name='indicator.name']:not([aria-invalid])").wait_for()
    assert page.locator("[data-part=announcement]").inner_text() == ""
    fold = page.locator("form.record details:not(.words)").first
    fold.evaluate("one => { one.open = true; }")
    late = fold.locator("[name='indicator.baseline_on']")
    late.fill("no date")
    fold.evaluate("one => { one.open = false; }")
    save(page)
    page.locator(".summary").wait_for()
    assert late.get_attribute("aria-invalid") == "true"
    page.locator(".summary").get_by_role("link", name=re.compile("no date")).click()
    assert late.evaluate("one => one === document.activeElement && one.checkVisibility()")


def test_a_file_that_is_not_there_yet_or_any_more_is_asked_for(page):
    choose(page, "F-013")
    open_tab(page, "Evidence")
    page.get_by_role("button", name=re.compile("evidence")).first.click()
    page.get_by_label("What it shows").fill("A large file")
    page.get_by_label("Or attach a file").set_input_files(
        {"name": "large.bin", "mimeType": "application/octet-stream", "buffer": b"x" * (30 << 20)}
    )
    save(page)
    page.get_by_text("Attached file: The file is still on its way").wait_for()
    page.locator("[data-part=attached]", has_text="large.bin").wait_for()
    page.locator("[data-part='error:~file']:empty").wait_for(state="attached")
    go_on(page)
    assert page.get_by_text("attach it again").is_visible()
    assert page.locator("input[name='~file']").input_value() == ""


def test_two_tabs_with_the_same_form_keep_what_was_typed_in_each(browser, server):
    one = workbench(browser, server)
    other = one.context.new_page()
    other.goto(server.url)
    other.locator(".ttp h1").wait_for()
    for tab, text in ((one, "Typed in the first tab"), (other, "Typed in the second tab")):
        tab.get_by_role("button", name="New finding").click()
        tab.locator("[name='finding.statement']").fill(text)
    one.reload()
    one.locator(".ttp h1").wait_for()
    one.get_by_role("button", name="New finding").click()
    assert one.locator("[name='finding.statement']").input_value() == "Typed in the first tab"
    other.close()
    one.get_by_role("button", name="Cancel").click()
    box = one.locator("[data-part=drafts] li")
    box.nth(1).wait_for()
    own = one.evaluate("sessionStorage.getItem('theorytopractice-tab')")
    box.locator(f"button[data-adopt]:not([data-adopt$='{own}'])").click()
    field = one.locator("[name='finding.statement']")
    field.wait_for()
    assert field.input_value() == "Typed in the second tab"
    one.get_by_role("button", name="Cancel").click()
    box.locator(f"button[data-adopt]:not([data-adopt$='{own}'])").click()
    one.wait_for_function(
        """() => document.querySelector("[name='finding.statement']")?.value === "Typed in the first tab" """
    )
    one.context.close()


def test_a_kind_is_typed_letter_by_letter_without_being_disturbed(page):
    page.get_by_role("button", name="New finding").click()
    field(page, "finding.kind").focus()
    page.keyboard.type("problem", delay=250)
    page.get_by_label("Solvability").wait_for()
    assert field(page, "finding.kind").input_value() == "problem"


def test_forms_errors_and_suggestions_have_no_axe_violations(page):
    def violations():
        return [one["id"] for one in Axe().run(page).response["violations"]]

    new_finding(page, "experience")
    assert violations() == []
    page.locator("[id$='action_owner.owner_id']").first.click()
    page.keyboard.type("a")
    page.locator("[role=option]").first.wait_for()
    assert violations() == []
    save(page)
    page.locator(".summary").wait_for()
    assert violations() == []
    page.get_by_role("button", name="Meeting").click()
    page.get_by_role("button", name="Complete…").first.click()
    page.locator("form.record").wait_for()
    assert violations() == []


def test_who_saves_right_after_choosing_a_kind_keeps_seeing_what_is_wrong(page):
    page.get_by_role("button", name="New finding").click()
    field(page, "finding.kind").focus()
    page.keyboard.type("problem")
    page.keyboard.press("Control+Enter")
    page.locator(".summary").wait_for()
    page.get_by_label("Solvability").wait_for()
    page.wait_for_timeout(1200)
    assert page.locator(".summary").is_visible()
    assert "What was learned: This must be filled." in page.locator(".summary").inner_text()


def test_the_kind_says_which_part_the_first_action_has(page):
    new_finding(page, "insight", statement="One desk for 3 papers saves 40 minutes.")
    assert field(page, "finding_action.role").input_value() == "delivers"
    field(page, "finding.kind").select_option("experience")
    page.locator("[name='finding.origin_site']").wait_for()
    assert field(page, "finding_action.role").input_value() == "replicates"
    assert field(page, "finding.statement").input_value() == "One desk for 3 papers saves 40 minutes."


def test_a_part_that_was_chosen_by_hand_stays_whatever_else_is_chosen(page):
    new_finding(page, "experience", origin_site="Ward 3")
    role = field(page, "finding_action.role")
    page.locator("[name='finding_action.role'][data-led=replicates]").wait_for()
    role.select_option("delivers")
    go_on(page)
    page.locator("[name='finding_action.role'][data-led=replicates]").wait_for()
    assert role.input_value() == "delivers"
    field(page, "indicator.direction").select_option("range")
    field(page, "indicator.target_low").wait_for()
    assert role.input_value() == "delivers"


def values_of(page, *indicator_ids):
    """Open the grid and return the cells of some indicators in the last month."""
    page.get_by_role("button", name="Enter values").click()
    cells = [page.locator(f"[data-grid] [name^='v|{one}|']") for one in indicator_ids]
    cells[-1].wait_for()
    return cells


def beside(cell):
    """Return where it is said what is wrong with a cell."""
    return cell.locator("xpath=following-sibling::div[@data-part]")


def latest(plan, indicator_id):
    """Return the value of an indicator that was stored last."""
    found = plan.look(lambda records: records.where("observation", indicator_id=(indicator_id,)))
    return found.rows()[-1]["value"]


@pytest.mark.parametrize(("choice", "kept"), [("keep theirs", "7"), ("save mine", "9")])
def test_a_mistake_a_warning_and_a_conflict_in_the_grid_are_read_and_solved(server, page, plan, choice, kept):
    doubtful, contested = f"J-{kept}", f"K-{kept}"
    plan.add(
        Indicator(indicator_id=doubtful, name="Kept", unit="%", measure="percentage", target="80", **LEVEL),
        Indicator(indicator_id=contested, name=NAME, unit="minutes", measure="unit", **LEVEL),
    )
    mistaken, doubted, wanted = values_of(page, "I-01", doubtful, contested)
    other = workbench(page.context.browser, server)
    (theirs,) = values_of(other, contested)
    theirs.fill("7")
    save(other)
    saved_text(other)
    other.context.close()

    before = mistaken.input_value()
    mistaken.fill("1,500")
    doubted.fill("0.4")
    wanted.fill("9")
    wanted.press("Tab")
    asked = beside(wanted).get_by_role("group", name=re.compile(r"changed this on .+ \d\d:\d\d\.$"))
    asked.wait_for()
    assert "can be read in two ways" in beside(mistaken).inner_text()
    assert "write per cent" in beside(doubted).inner_text()
    assert [one.strip() for one in asked.locator("label").all_inner_texts()] == [
        "keep theirs: 7",
        "save mine: 9",
    ]
    assert [one.get_attribute("aria-invalid") for one in (mistaken, doubted, wanted)] == [
        "true",
        None,
        "true",
    ]
    assert "<" not in page.locator(".ttp").inner_text().replace(NAME, "")

    save(page)
    page.locator(".summary").wait_for()
    assert page.locator(".summary li").count() == 2
    assert NAME in page.locator(".summary").inner_text()
    mistaken.fill(before)
    asked.get_by_label(choice).check()
    save(page)
    page.locator(".saved").wait_for()
    assert page.locator(".summary").count() == 0
    assert (latest(plan, doubtful), latest(plan, contested)) == ("0.4", kept)


def test_the_grid_fits_a_phone_and_the_list_of_findings_a_screen(server, page):
    wide = page.locator("[data-part=list]").bounding_box()
    assert wide["width"] > 1100
    phone = workbench(page.context.browser, server, width=360)
    (cell,) = values_of(phone, "I-01")
    cell.fill("1,500")
    cell.press("Tab")
    beside(cell).get_by_text("can be read in two ways").wait_for()
    box = phone.locator(".grid-box")
    assert box.evaluate("one => one.scrollWidth - one.clientWidth") == 0
    for part in (cell, beside(cell), phone.locator("[data-head=Target]").first):
        place = part.bounding_box()
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= 360
    phone.context.close()
