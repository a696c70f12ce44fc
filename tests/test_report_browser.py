"""Does a real browser show the report without a network, to every reader, on a phone and on paper?"""

from __future__ import annotations

import io
import shutil
import unicodedata
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from fakes import fake_example
from nbformat.v4 import new_code_cell, new_output
from playwright.sync_api import sync_playwright
from pypdf import PdfReader
from report_helpers import DAY, PARTS, export, notebook_of, render_page

from theorytopractice.report.build import FOLDED
from theorytopractice.report.exporter import print_page
from theorytopractice.report.page import Page

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Return the report on the example, with a planner's cell that would run a script if it could."""
    notebook = notebook_of(Page(fake_example(), as_of=DAY), PARTS)
    hostile = '<script>document.title = "taken"</script><img src="https://example.org/x.png" onerror="document.title=1">'
    output = new_output("display_data", {"text/html": hostile})
    notebook.cells.insert(2, new_code_cell("1", id="own", outputs=[output]))
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(export(notebook)[0], encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """Return the report on the example as it is shipped."""
    path = tmp_path_factory.mktemp("clean") / "report.html"
    path.write_text(render_page(fake_example()), encoding="utf-8")
    return path


def opened(browser, path, *, width=1280, scheme="light"):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    return page


def test_nothing_is_requested_but_the_file_itself(browser, clean):
    page = browser.new_context(offline=True).new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(clean.as_uri(), wait_until="load")
    page.wait_for_timeout(200)
    assert (asked, said) == ([clean.as_uri()], [])


def test_no_script_but_its_own_runs_and_no_picture_is_fetched(browser, report):
    page = browser.new_page()
    refused = {}
    page.on("requestfailed", lambda request: refused.update({request.url: request.failure}))
    page.goto(report.as_uri(), wait_until="load")
    page.wait_for_timeout(200)
    assert page.title() == "A county"
    assert refused == {"https://example.org/x.png": "csp"}
    assert page.locator(".find input").count() == 1  # the page's own script ran


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_no_violation(browser, clean, width, scheme):
    page = opened(browser, clean, width=width, scheme=scheme)
    found = Axe().run(page, options=RULES)
    told = [
        (one["id"], len(one["nodes"]), one["nodes"][0]["html"][:200]) for one in found.response["violations"]
    ]
    assert told == []


def test_a_narrow_page_scrolls_only_in_its_tables(browser, clean):
    page = opened(browser, clean, width=320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_keyboard_is_enough(browser, clean):
    page = opened(browser, clean)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    summary = page.locator("details summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None
    link = page.locator(".decisions a").first
    link.focus()
    page.keyboard.press("Enter")
    anchor = page.evaluate("decodeURIComponent(location.hash.slice(1))")
    assert page.locator(f"[id='{anchor}']").evaluate("card => card.matches(':target')")


def test_findings_are_found_by_their_words(browser, clean):
    page = opened(browser, clean)
    page.locator("#findings summary").first.click()
    page.get_by_label("Find in these findings").fill("asbestos mains")
    shown = page.locator("article:not([hidden])")
    assert [one.get_attribute("id") for one in shown.all()] == ["f-F-015"]
    assert page.get_by_role("status").text_content() == "1 shown"
    page.get_by_label("Find in these findings").fill("")
    assert page.locator("article:not([hidden])").count() == 46


def test_charts_are_drawn_in_the_colours_of_the_page(browser, clean):
    light, dark = (opened(browser, clean, scheme=scheme) for scheme in ("light", "dark"))
    ink = "getComputedStyle(document.querySelector('figure svg text')).fill"
    assert light.evaluate(ink) != dark.evaluate(ink)


def test_paper_shows_no_controls_and_only_what_is_open(browser, clean):
    page = opened(browser, clean)
    page.emulate_media(media="print")
    assert not page.locator(".find").is_visible()
    assert not page.locator("details.annex").first.is_visible()
    assert page.locator("#decisions").is_visible()


@pytest.mark.browser
def test_the_brief_is_one_printed_page(clean, tmp_path):
    document = PdfReader(io.BytesIO(print_page(clean.read_text(encoding="utf-8"), tmp_path)))
    assert len(document.pages) == 1
    assert "What moved since" in document.pages[0].extract_text()


@pytest.mark.browser
def test_the_pdf_is_tagged_and_says_what_the_page_says(clean, tmp_path):
    whole = clean.read_text(encoding="utf-8").replace(FOLDED, f"{FOLDED[:-1]} open>")
    document = PdfReader(io.BytesIO(print_page(whole, tmp_path)))
    catalogue: Any = document.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert catalogue["/Lang"] == "en"
    assert document.metadata.title == "A county"
    assert [one.title for one in document.outline if not isinstance(one, list)] == ["A county"]
    pages = " ".join(sheet.extract_text() for sheet in document.pages)
    text = " ".join(unicodedata.normalize("NFKC", pages).split())  # a PDF writes "fi" as one sign
    for words in (
        "Of 42 findings, 13 are in practice",
        "Needs your decision",
        "F-046",
        "31 May 2026",
        "abc123",
    ):
        assert words in text
