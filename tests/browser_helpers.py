"""A real browser: what it asks of others, notebooks in JupyterLab, and a planner at the workbench."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright
from servers import LOCAL, PATIENCE, Server, forms_page

import theorytopractice as ttp
from theorytopractice.store.folder import read_folder

EXAMPLE = ttp.path_of("data/example")
FOCUSED = """() => { const one = document.activeElement;
  const label = one.labels?.length ? one.labels[0].innerText : one.getAttribute("aria-label") ?? one.innerText;
  return (label ?? "").trim(); }"""
CONNECTED = """() => {
    const shown = window.jupyterapp?.shell.currentWidget;
    const session = shown?.sessionContext;
    const kernel = session?.session?.kernel;
    return Boolean(shown?.context?.isReady && session?.isReady && kernel
        && kernel.connectionStatus === "connected" && kernel.status === "idle");
}"""
EXECUTED = """() => {
    const shown = window.jupyterapp.shell.currentWidget;
    const cells = [...shown.content.model.cells];
    return shown.sessionContext.session.kernel.status === "idle" && cells.every((cell) =>
        cell.type !== "code" || !cell.sharedModel.getSource().trim() || cell.executionCount !== null);
}"""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass
class PageLog:
    """What a page asked of other hosts, and which errors its console told."""

    remote: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextlib.contextmanager
def chromium():
    """Start a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


def watch(page) -> PageLog:
    """Remember what a page asks of other hosts, and the errors in its console."""
    seen = PageLog()

    def ask(request) -> None:
        address = urlsplit(request.url.removeprefix("blob:"))
        if address.scheme not in ("data", "about") and address.hostname != LOCAL:
            seen.remote.append(request.url)

    page.on("request", ask)
    page.on("websocket", ask)
    page.on("console", lambda told: seen.errors.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    return seen


def open_notebook(page, server: Server, name: str) -> None:
    """Open a notebook of the folder in Lab, and wait until its kernel is connected and idle."""
    page.goto(f"{server.at(f'/lab/tree/{name}')}?token={server.url.split('token=')[1]}")
    page.wait_for_function(CONNECTED, timeout=PATIENCE * 1000)


def run_all(page) -> None:
    """Run every cell of the notebook that is shown in Lab, and wait until each has been run."""
    page.wait_for_function(CONNECTED, timeout=PATIENCE * 1000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(EXECUTED, timeout=PATIENCE * 1000)


@pytest.fixture(scope="module")
def browser():
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The page of a plan in a database, with the worked example in it."""
    home = tmp_path_factory.mktemp("home")
    plan_path = home / "plan.db"
    with ttp.make_plan(plan_path, who="Maker") as plan:
        plan.upsert(read_folder(EXAMPLE), what="the example")
    with forms_page(plan_path, home, "--who", "Ada") as one:
        one.plan = plan_path
        yield one


@pytest.fixture
def plan(server):
    """The plan as another program reads it."""
    with ttp.open_plan(server.plan, who="Reader") as opened:
        yield opened


def workbench(browser, server, width=1280):
    """Open the workbench in a browser of its own; whatever goes wrong in it fails the test."""
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.seen = watch(page)
    page.goto(server.url)
    page.get_by_role("heading", level=1).wait_for()
    page.locator(".ttp h1").wait_for()
    return page


@pytest.fixture
def page(browser, server):
    one = workbench(browser, server)
    yield one
    assert (one.seen.remote, one.seen.errors) == ([], [])
    one.evaluate("localStorage.clear()")
    one.goto("about:blank")
    one.context.close()


def tab_to(page, words, most=150):
    """Press the tabulator until what is called so has the focus."""
    for _ in range(most):
        if page.evaluate(FOCUSED).startswith(words):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{words!r} is not reached by the keyboard")


def choose(page, finding_id):
    """Choose a finding of the list by its number."""
    if page.get_by_role("button", name="All findings").is_visible():
        page.get_by_role("button", name="All findings").click()
    page.get_by_role("searchbox").fill(finding_id)
    page.locator("table.findings tr", has_text=finding_id).get_by_role("button").click()
    page.locator("#record-title, [id$=record-title]", has_text=finding_id).wait_for()


def open_tab(page, name):
    page.get_by_role("tab", name=name, exact=True).click()
    page.locator(f"[role=tab][aria-selected=true]:text-is('{name}')").wait_for()


def statement_form(page, finding_id):
    """Open the form of a finding and return the field of its statement."""
    choose(page, finding_id)
    open_tab(page, "Finding")
    page.get_by_role("button", name=f"Change {finding_id}").click()
    return page.locator("[name='finding.statement']")


def save(page):
    page.get_by_role("button", name="Save", exact=True).click()


def saved_text(page):
    """Wait until something was saved and return what is said of it; what stands in the way fails the test."""
    page.locator(".saved, .summary").first.wait_for()
    wrong = page.locator(".summary").all_inner_texts()
    assert wrong == [], wrong
    return page.locator(".saved").inner_text()
