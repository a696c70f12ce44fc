"""Is the workbench reached without code, without a network and only with the token; and does nothing stay behind?"""

from __future__ import annotations

import shutil
import signal
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from browser_helpers import chromium, open_notebook, run_all, watch
from click.testing import CliRunner
from servers import forms_page, is_gone, lab

import theorytopractice as ttp
from theorytopractice.cli import main
from theorytopractice.forms.serve import copy_notebooks
from theorytopractice.store.open import storable

EXAMPLE = ttp.path_of("data/example")
TITLE = "Lanmere County: keeping the results of the 2023-2024 campaign (illustrative, fictional example)"


@pytest.fixture(scope="module")
def browser():
    with chromium() as one:
        yield one


@pytest.fixture
def folder(tmp_path):
    """A copy of the example as a plan folder."""
    return shutil.copytree(EXAMPLE, tmp_path / "plan")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The page of a plan in Chinese."""
    home = tmp_path_factory.mktemp("home")
    plan = shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("served") / "plan")
    with ttp.open_plan(plan) as opened:
        opened.change("setting", "language", value="zh")
    with forms_page(plan, home) as one:
        one.plan = plan
        yield one


def run(*arguments, status=0):
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    assert result.exit_code == status, result.output
    assert "Traceback" not in result.output
    return result


def test_the_page_shows_the_workbench_and_asks_nothing_of_other_hosts(browser, server):
    page = browser.new_page()
    seen = watch(page)
    page.goto(server.url)
    page.locator(".ttp").wait_for()
    assert (seen.remote, seen.errors) == ([], [])
    assert (page.title(), page.locator("html").get_attribute("lang")) == (TITLE, "zh-Hans")
    assert page.url == server.at("/")
    assert page.locator("main .ttp").count() == 1
    page.locator("#loading").wait_for(state="detached")
    assert page.locator("pre, .jp-InputArea").count() == 0  # no code
    page.close(run_before_unload=True)


def test_lab_runs_the_notebook_and_asks_nothing_of_other_hosts(browser, folder, tmp_path):
    copy_notebooks(tmp_path / "notebooks")
    home = tmp_path / "home"
    home.mkdir()
    with lab(tmp_path / "notebooks", home, THEORYTOPRACTICE_PLAN=str(folder)) as server:
        page = browser.new_context().new_page()
        seen = watch(page)
        open_notebook(page, server, "forms.ipynb")
        run_all(page)
        page.locator(".ttp").wait_for()
        assert seen.remote == []
        kernels = server.kernels()
    assert kernels
    assert is_gone(kernels)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_is_quiet_and_leaves_nothing(folder, tmp_path, sign):
    with forms_page(folder, tmp_path) as server:
        with pytest.raises(HTTPError, match="403"):
            urlopen(server.at("/"))
        server.process.send_signal(sign)
        assert server.process.wait(10) == 0
        assert server.process.stdout.read() == ""
    log = (tmp_path / "server.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in log if not line.endswith("lists them.")] == []


def test_without_a_plan_nothing_is_served(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command in ("forms", "lab"):
        result = run(command, *(["plan.db"] if command == "lab" else []), "--no-browser", status=1)
        said = "theorytopractice: There is no plan at 'plan.db'; 'theorytopractice new' makes one.\n"
        assert (result.stdout, result.stderr) == ("", said)
    assert list(tmp_path.iterdir()) == []


def test_notebooks_are_copied_once_and_what_was_changed_stays(tmp_path):
    copied = copy_notebooks(tmp_path / "mine")
    assert {path.name for path in copied} == {path.name for path in ttp.path_of("notebooks").glob("*.ipynb")}
    (tmp_path / "mine" / "forms.ipynb").write_text("mine", encoding="utf-8")
    (tmp_path / "mine" / "report.ipynb").unlink()
    assert copy_notebooks(tmp_path / "mine") == [tmp_path / "mine" / "report.ipynb"]
    assert (tmp_path / "mine" / "forms.ipynb").read_text(encoding="utf-8") == "mine"


def test_notebooks_cannot_be_copied_onto_a_file(tmp_path):
    (tmp_path / "mine").write_text("", encoding="utf-8")
    said = run("lab", "--to", tmp_path / "mine", "--no-browser", status=1).stderr
    assert said.startswith(f"theorytopractice: Cannot copy the notebooks to '{tmp_path / 'mine'}': ")


def test_a_plan_is_named_so_that_every_folder_finds_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert storable("a/plan.db") == str(tmp_path / "a" / "plan.db")
    assert storable("sqlite:///plan.db") == f"sqlite:///{tmp_path / 'plan.db'}"
    server = "postgresql+psycopg://ada:secret@host/name"
    assert storable(server) == server
