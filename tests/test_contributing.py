"""Is it true what CONTRIBUTING says: does a change work that touches the files of its row, and no others?

Each change is made in a copy of the package, in exactly the files that the table names, and tried in a Python of its own.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import theorytopractice as ttp

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "theorytopractice"
START = """
import sys
from pathlib import Path
import theorytopractice as ttp
from theorytopractice.cli import main
from click.testing import CliRunner
home = Path(sys.argv[1])
assert Path(ttp.__file__).parents[1] == home, ttp.__file__
def run(*arguments):
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout
def plan_of(path):
    with ttp.make_plan(path, who="Ada") as plan:
        for number, day in ((1, "2026-06-25"), (2, "2026-01-01")):
            plan.add(ttp.Finding(finding_id=f"F-{number}", kind="insight", statement="Calls help.", recorded_on=day))
    return path
"""


def table():
    """Return the rows of the table: what is added → (files to change, where else to say it)."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    lines = text.partition("## How to change it")[2].partition("\n## ")[0].splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("| ")][1:]
    return {row[0].strip(): [re.findall("`([^`]+)`", cell) for cell in row[1:]] for row in rows}


def put(text, before, new):
    """Put something before a text that stands once."""
    assert text.count(before) == 1, before
    return text.replace(before, new + before)


def add_field(text):
    head, begin, tail = text.partition("class Finding(Row)")
    line = '    funder: Text = text(_("Funder"), _("Who pays for it."), prompt="should")\n'
    return head + begin + tail.replace("    note: Text", line + "    note: Text", 1)


def add_migration(_):
    last = max(path.stem[:4] for path in (PACKAGE / "store/migrations/versions").glob("[0-9]*.py"))
    return f'''"""A finding names who pays for it."""

from alembic import op

revision = "{int(last) + 1:04}"
down_revision = "{last}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE finding ADD COLUMN funder TEXT")
'''


def add_flag(text):
    row = """    Flag(
        name=message("arrived_lately"), label=message("arrived this week"), rule=lambda a: a.age <= 7,
        why=lambda a: say("recorded {n} days ago", n=int(a.age[0])),
        meaning=message("It was recorded within a week."), advice=message("Read it."),
    ),
"""
    return text.replace("\nTABLE = (\n", "\nTABLE = (\n" + row, 1)


def add_measure(text):
    formula = "def lately_rate(s: PlanSnapshot) -> Counts:\n    return counts(s.age <= 7, s.is_open)\n\n\n"
    row = """    Measure(
        "lately_rate", message("arrived lately"), lately_rate,
        message("Of the open findings, those of the last week."), message("New ones come in waves."),
    ),
"""
    return text.replace("\nTABLE = (\n", f"\n{formula}TABLE = (\n{row}", 1)


def add_chart(_):
    return '''"""What does each kind of finding count?"""

from theorytopractice.charts import style


def kinds(frame, *, ax=None):
    """Draw how many findings there are of each kind."""
    counts = frame["kind"].value_counts()
    with style.style():
        ax = ax if ax is not None else style.new_axes(2)
        ax.barh(counts.index, counts)
        style.set_title(ax, f"{len(frame)} findings")
    return ax
'''


def name_chart(text):
    line = "from theorytopractice.charts.kinds import kinds\n"
    return put(text, "from theorytopractice.charts.learning ", line).replace(
        "__all__ = [\n", '__all__ = [\n    "kinds",\n'
    )


def add_format(text):
    return text.replace(
        'DELIMITED = (".csv", ".tsv", ".txt")', 'DELIMITED = (".csv", ".tsv", ".tab", ".txt")'
    )


def add_part(_):
    return '''"""What does it cost?"""

from theorytopractice.html import quiet, section
from theorytopractice.i18n import say


def render(data):
    """The costs of the plan."""
    return section("costs", say("What it costs"), quiet(say("{n} actions.", n=len(data.tables["action"]))))
'''


def name_part(text):
    text = put(text, "decisions, findings", "costs, ")
    return put(text, "    decisions: Part", "    costs: Part = _part(costs.render)\n")


def add_cell(text):
    notebook = json.loads(text)
    place = next(i for i, cell in enumerate(notebook["cells"]) if cell["id"] == "footer")
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "costs",
        "metadata": {},
        "outputs": [],
        "source": ["page.costs"],
    }
    notebook["cells"].insert(place, cell)
    return json.dumps(notebook)


CHANGES = {
    "a field": (
        {"model/entities.py": add_field, "store/migrations/versions/NNNN_NAME.py": add_migration},
        """
import sqlite3
from datetime import date
from theorytopractice.forms import router
from theorytopractice.forms.answer import Message
from theorytopractice.forms.session import Session
with ttp.open_plan(home / "old.db", who="Ada") as plan:  # made before there was the field
    key, = plan.add(ttp.Finding(kind="insight", statement="Calls help.", recorded_on="2026-01-01", funder="County"))
    assert plan.row("finding", key)["funder"] == "County"
    plan.write_folder(home / "folder")
    session = Session(plan, as_of=date(2026, 6, 30))
    form = str(router.answer(session, Message("open", {"open": {"form": "finding", "key": key}})).parts["form"])
assert 'name="finding.funder"' in form and 'value="County"' in form and "Funder" in form and "Who pays for it." in form
assert sqlite3.connect(home / "old.db").execute("SELECT funder FROM finding").fetchall()[-1] == ("County",)
header, *rows = (home / "folder" / "finding.csv").read_text().splitlines()
assert "funder" in header.split(",") and "County" in rows[-1]
assert "Who pays for it." in run("fields", "finding")
""",
    ),
    "a flag": (
        {
            "assessment/flags.py": add_flag,
        },
        """
from theorytopractice.report.page import Page
with ttp.open_plan(plan_of(home / "plan.db")) as plan:
    flags = ttp.assess(plan, as_of="2026-06-30").set_index("finding_id")["flags"]
    assert "arrived_lately" in flags["F-1"] and "arrived_lately" not in flags["F-2"]
    text = Page(plan, as_of="2026-06-30").findings.text
    assert text.count("arrived this week") == 1
assert "arrived_lately: Recorded 5 days ago." in run("explain", home / "plan.db", "F-1", "--as-of", "2026-06-30")
""",
    ),
    "a measure": (
        {"assessment/measures.py": add_measure},
        """
with ttp.open_plan(plan_of(home / "plan.db")) as plan:
    row = ttp.measures(plan, as_of="2026-06-30").set_index("measure").loc["lately_rate"]
    assert (row["numerator"], row["denominator"], row["value"]) == (1, 2, 0.5)
    assert ttp.trend(plan, "lately_rate", ["2026-06-01"])["numerator"].tolist() == [0]
text = run("measures", home / "plan.db", "--as-of", "2026-06-30")
assert "arrived lately" in text and "New ones come in waves." in text, text
""",
    ),
    "a chart": (
        {"charts/NAME.py": add_chart, "charts/__init__.py": name_chart},
        """
with ttp.open_plan(plan_of(home / "plan.db")) as plan:
    assessed = ttp.assess(plan, as_of="2026-06-30")
    axes = ttp.charts.kinds(assessed)
assert axes.get_title(loc="left") == "2 findings" and len(axes.patches) == 1
assert "2 findings" in ttp.charts.as_svg(axes)
""",
    ),
    "an exchange format": (
        {"exchange/readers.py": add_format},
        """
(home / "learned.tab").write_text("number\\ttext\\tday\\n1\\tCalls, and letters, help.\\t2026-01-01\\n")
(home / "map.toml").write_text('''
[source.learned]
file = "learned.tab"
separator = "\\t"
[[finding]]
from = "learned"
finding_id = { template = "F-{number}" }
kind = { constant = "insight" }
statement = "text"
recorded_on = "day"
''')
run("new", home / "plan.db")
run("import", home / "plan.db", home / "learned.tab", "--mapping", home / "map.toml")
with ttp.open_plan(home / "plan.db") as plan:
    assert plan.row("finding", "F-1")["statement"] == "Calls, and letters, help."
""",
    ),
    "a report part": (
        {
            "report/sections/NAME.py": add_part,
            "report/page.py": name_part,
            "notebooks/report.ipynb": add_cell,
        },
        """
with ttp.open_plan(plan_of(home / "plan.db")) as plan:
    ttp.write_report(plan, home / "report.html", as_of="2026-06-30")
page = (home / "report.html").read_text()
assert "What it costs" in page and "0 actions." in page and page.index("What it costs") < page.index("</main>")
""",
    ),
}
NAMES = {"a chart": "kinds", "a report part": "costs", "a field": "funder"}


def place_of(file, home):
    """Return where a file of the table is, in a copy of the project."""
    inside = home / "theorytopractice" / file
    return inside if inside.parent.is_dir() else home / file


@pytest.fixture
def home(tmp_path):
    """A copy of the package with its data and notebooks."""
    ignored = shutil.ignore_patterns("__pycache__", "pictures", "*.po")
    for name in ("theorytopractice", "notebooks", "data"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copytree(PACKAGE / "locale", tmp_path / "theorytopractice/locale", dirs_exist_ok=True)
    ttp.make_plan(tmp_path / "old.db", who="Ada").close()
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("thing", CHANGES)
def test_a_change_in_the_files_of_its_row_works(thing, home):
    edits, trial = CHANGES[thing]
    files = table()[thing][0]
    for file in files:
        path = place_of(file.replace("NAME", NAMES.get(thing, "")).replace("NNNN", "9999"), home)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        changed = edits[file](text)
        assert changed != text, file
        path.write_text(changed, encoding="utf-8")
    print(f"{thing}: {len(files)} files")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(home), os.environ.get("PYTHONPATH", "")])}
    result = subprocess.run(
        [sys.executable, "-c", START + trial, home],
        env=environment, cwd=home, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-3000:]


@pytest.mark.parametrize("thing", table())
def test_the_files_of_every_row_are_there(thing):
    change, also = table()[thing]
    for file in change:
        path = place_of(file, ROOT)
        assert path.exists() or ("NAME" in file and path.parent.is_dir()), file
    assert all((ROOT / file).exists() for file in also)
