"""Only one function reads the clock, and nothing that has an as-of day cares when it is asked."""

from __future__ import annotations

import ast
import json
import os
import re
import runpy
import subprocess
import sys
from datetime import UTC, date
from pathlib import Path

import pytest
from click.testing import CliRunner
from frozen_clock import VARIABLE
from nbformat.v4 import new_code_cell, new_notebook

import theorytopractice as ttp
from theorytopractice import charts, clock
from theorytopractice.cli import main
from theorytopractice.errors import PracticeError
from theorytopractice.report.build import execute
from theorytopractice.store.edits import Add

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "data" / "example"
DAY = "2026-06-30"
ASKED = "import os; from theorytopractice import clock; print(clock.now().isoformat())"

MOMENTS: dict[str, dict[str, tuple[str, ...]]] = {
    "datetime": {"datetime": ("now", "utcnow", "today"), "date": ("today",)},
    "pandas": {"Timestamp": ("now", "utcnow", "today"), "Period": ("now",)},
    "time": dict.fromkeys(
        ("time", "time_ns", "localtime", "gmtime", "ctime", "asctime", "strftime", "clock_gettime"), ()
    ),
}
READERS = {
    ".".join((module, name, *own))
    for module, names in MOMENTS.items()
    for name, owns in names.items()
    for own in (([one] for one in owns) if owns else [[]])
}
LAST = {name.rpartition(".")[2] for name in READERS}
IN_SQL = re.compile(
    r"\b(CURRENT_(TIMESTAMP|DATE|TIME)|(LOCAL|SYS)TIMESTAMP|now\(\)|GETDATE)\b", re.IGNORECASE
)
ON_PAGES = {
    "drafts.js": 3,  # which tabs live, and when a draft was kept
    "inputs.js": 2,  # how long nobody has typed
}
"""Files that a browser runs → how often each reads the browser's clock; nothing of it reaches a plan."""


def readings(source):
    """Return the lines of a program that read the clock, by whatever name, or let a database read it."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    names = imported(tree)
    nodes = (n for n in ast.walk(tree) if not (isinstance(n, ast.Constant) and id(n) in docstrings))
    return sorted(
        {node.lineno for node in nodes if isinstance(node, ast.expr | ast.stmt) and is_reading(node, names)}
    )


def imported(tree):
    """Return what the names that a program imports stand for."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {one.asname or one.name: one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return names


def is_reading(node, names):
    """Tell whether a piece of a program reads the clock."""
    match node:
        case ast.Name(id=name):
            return names.get(name) in READERS
        case ast.Attribute(attr=name) if name in LAST:
            first, *rest = ast.unparse(node).split(".")
            return ".".join([names.get(first, ""), *rest]) in READERS
        case ast.Constant(value=str() as text):
            return bool(IN_SQL.search(text))
        case ast.Call(args=[ast.Constant(value="now" | "today"), *_]):
            return ast.unparse(node.func).rpartition(".")[2] in ("Timestamp", "datetime64", "to_datetime")
    return False


def programs():
    """Yield every program of the house: its name, and its source."""
    for path in sorted([*ROOT.glob("theorytopractice/**/*.py"), *ROOT.glob("tests/**/*.py")]):
        if path != ROOT / "theorytopractice" / "clock.py" and path != Path(__file__):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("notebooks/*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for number, cell in enumerate(cells, 1):
            if cell["cell_type"] == "code":
                yield f"{path.name}, cell {number}", "".join(cell["source"])


def test_nothing_but_one_function_reads_the_clock():
    found = {name: lines for name, source in programs() if (lines := readings(source))}
    assert found == {}
    (only,) = readings((ROOT / "theorytopractice" / "clock.py").read_text(encoding="utf-8"))
    assert only


@pytest.mark.parametrize(
    "source",
    [
        "import datetime\ndatetime.datetime.now()",
        "import datetime as dt\ndt.date.today()",
        "from datetime import datetime\nfield(default_factory=datetime.utcnow)",
        "from datetime import date as day\nday.today()",
        "import time\ntime.time()",
        "from time import time_ns as tick\ntick()",
        "import pandas as pd\npd.Timestamp.now('UTC')",
        "import pandas as pd\npd.Timestamp('today')",
        "import numpy as np\nnp.datetime64('now')",
        "link.execute('INSERT INTO change VALUES (CURRENT_TIMESTAMP)')",
    ],
)
def test_a_reader_of_the_clock_is_found(source):
    assert readings(source) == [source.count("\n") + 1]


@pytest.mark.parametrize(
    "source",
    [
        "import time\ntime.monotonic()\ntime.sleep(1)",
        "from theorytopractice import clock\nclock.now()",
        "plan.today",
        "from datetime import date\ndate.fromisoformat('2026-06-30')",
        '"""What is CURRENT_DATE?"""',
    ],
)
def test_what_does_not_read_the_clock_is_let_through(source):
    assert readings(source) == []


def test_pages_read_the_clock_of_the_browser_only_for_drafts_and_patience():
    counts = {
        path.name: len(re.findall(r"\bDate\.now\(|\bnew Date\(\)", path.read_text(encoding="utf-8")))
        for path in ROOT.glob("theorytopractice/**/*.js")
    }
    assert {name: n for name, n in counts.items() if n} == ON_PAGES


def test_the_clock_gives_the_present_moment_in_utc(tmp_path):
    moment = runpy.run_path(clock.__file__)["now"]()
    (tmp_path / "new").touch()
    assert moment.tzinfo is UTC
    assert abs((tmp_path / "new").stat().st_mtime - moment.timestamp()) < 60


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2026, 3, 1)),
        ("America/New_York", date(2026, 2, 28)),
        ("Asia/Shanghai", date(2026, 3, 1)),
        ("Pacific/Kiritimati", date(2026, 3, 1)),
    ],
)
def test_today_is_the_day_of_the_zone(zone, day, monkeypatch):
    monkeypatch.setenv(VARIABLE, "2026-03-01T00:30:00+00:00")
    assert clock.today(zone) == day


def test_programs_that_tests_start_stand_still_too():
    done = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == clock.now().isoformat() == os.environ[VARIABLE]


def test_kernels_that_tests_start_stand_still_too(tmp_path):
    notebook = new_notebook(cells=[new_code_cell(ASKED)])
    execute(notebook, str(tmp_path))
    assert notebook.cells[0].outputs[0]["text"].strip() == os.environ[VARIABLE]


def run(*arguments, status=0):
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    assert result.exit_code == status, result.output
    return result


@pytest.mark.parametrize(
    "command",
    [
        ("assess", EXAMPLE, "--no-dates"),
        ("explain", EXAMPLE, "F-013"),
        ("verdict", EXAMPLE, "I-19"),
        ("survival", EXAMPLE),
        ("forecast", EXAMPLE),
        ("measures", EXAMPLE),
        ("gap-map", EXAMPLE),
        ("if-done", EXAMPLE, "A-033"),
    ],
    ids=lambda command: command[0],
)
def test_what_a_command_says_of_a_day_does_not_depend_on_when_it_is_asked(command, monkeypatch):
    said = []
    for moment in ("2026-06-30T10:00:00+00:00", "2036-01-01T00:00:00+00:00"):
        monkeypatch.setenv(VARIABLE, moment)
        result = run(*command, "--as-of", DAY)
        said.append((result.stdout, result.stderr))
    assert said[0] == said[1]
    assert re.search(r"W-LONG .*\(A-033\), due", said[0][1])


@pytest.mark.parametrize(("day", "is_said"), [("2026-11-29", True), ("2026-11-30", False)])
def test_a_command_judges_its_warnings_as_of_its_day(day, is_said):
    # A-033 falls due on 2028-11-30: two years after 2026-11-30, and more than that after the day before
    for command in (["check", EXAMPLE], ["assess", EXAMPLE, "--no-dates"]):
        assert ("(A-033), due" in run(*command, "--as-of", day).output) is is_said
    assert (
        ("W-LONG", "A-033") in {(one.code, one.key) for one in ttp.open_plan(EXAMPLE).check(day)}
    ) is is_said


def test_check_is_as_of_today_in_the_zone_of_the_plan_unless_a_day_is_given(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "2026-03-01T00:30:00+00:00")
    with ttp.make_plan(tmp_path / "plan.db") as plan:
        plan.add(ttp.Setting(name="zone", value="Etc/GMT+1"))  # an hour behind UTC
        plan.add(
            ttp.Action(action_id="A-1", title="Print 9 lists", recorded_on="2026-01-01", due="2028-03-01")
        )
    assert run("check", plan.name).stdout.endswith("0 errors, 1 warnings as of 2026-02-28.\n")
    (issue,) = json.loads(run("check", plan.name, "--format", "json").stdout)
    assert (issue["code"], issue["as_of"]) == ("W-LONG", "2026-02-28")
    assert (
        run("check", plan.name, "--as-of", "2026-03-01").stdout == "0 errors, 0 warnings as of 2026-03-01.\n"
    )


@pytest.mark.parametrize("command", [["check"], ["assess"], ["measures"]])
def test_a_day_that_is_none_is_refused_before_anything_is_said(command):
    result = run(*command, EXAMPLE, "--as-of", "soon", status=1)
    assert result.stderr == (
        "theorytopractice: 'soon' is not a date; write it as year-month-day, such as 2026-06-30.\n"
    )
    assert result.stdout == ""


def test_a_plan_that_cannot_be_read_is_checked_as_of_a_day_too(tmp_path):
    (tmp_path / "finding.csv").write_text("finding_id,kind\nF-1,insigt\n", encoding="utf-8")
    rows = json.loads(run("check", tmp_path, "--as-of", "2026-03-01", "--format", "json", status=1).stdout)
    assert {row["as_of"] for row in rows} == {"2026-03-01"}


def test_a_change_is_judged_as_of_today_in_the_zone_of_the_plan(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "2026-06-30T23:30:00+00:00")
    learned = ttp.Finding(
        finding_id="F-1", kind="insight", statement="We learned 1 thing.", recorded_on=date(2026, 6, 1)
    )
    accept = ttp.Event(subject="finding", subject_id="F-1", event="accept", happened_on=date(2026, 7, 1))
    for zone, codes in (("UTC", ["W-FUTURE"]), ("Asia/Shanghai", [])):
        with ttp.make_plan(tmp_path / zone.replace("/", "")) as plan:
            plan.add(learned, ttp.Setting(name="zone", value=zone))
            assert [one.code for one in plan.problems(Add(accept))] == codes
            plan.record(accept)
            assert [one.code for one in plan.warnings] == codes
            assert [one.code for one in plan.problems(Add(accept), as_of=date(2026, 6, 30))] == ["W-FUTURE"]


def test_a_change_is_remembered_at_the_moment_of_the_clock(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "2026-03-01T00:30:00+00:00")
    with ttp.make_plan(tmp_path / "plan") as plan:
        plan.add(ttp.Owner(name="Ada"))
        assert list(plan.history()["made_at"]) == ["2026-03-01T00:30:00+00:00"]


def test_no_day_at_all_is_refused_in_the_language_that_is_spoken():
    from theorytopractice.i18n import speaking

    with speaking("zh"), pytest.raises(PracticeError, match="'soon'不是日期"):
        ttp.assess(ttp.open_plan(EXAMPLE), as_of="soon")


def test_the_chart_of_no_action_without_a_day_names_none():
    agenda = ttp.agenda(ttp.open_plan(EXAMPLE), as_of=DAY).iloc[:0]
    assert "30 Jun" in charts.due_dates(agenda).get_xlabel()
    agenda.attrs.clear()
    assert charts.due_dates(agenda).get_xlabel() == ""
