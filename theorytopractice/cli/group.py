"""What do all commands share: the group, its options, how a plan is opened and a result printed?"""

from __future__ import annotations

import errno
import json
import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from theorytopractice.cli.terminal import echo
from theorytopractice.errors import InvalidPlan, Issue, PracticeError
from theorytopractice.i18n import say
from theorytopractice.model.settings import read_as_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from theorytopractice.store.plan import Plan


AS_OF = click.option("--as-of", metavar="D", help="As-of date, such as 2026-06-30; today unless given.")
FINDING_FORMAT = click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table"
)
TWO_FORMATS = click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
KNOWLEDGE = click.option(
    "--knowledge",
    type=click.Choice(["then", "restated"]),
    default="then",
    help="What was known on that day, or what is known today.",
)


class Commands(click.Group):
    """The commands; what a user did wrong becomes one plain sentence and exit status 1."""

    def invoke(self, context: click.Context) -> Any:  # noqa: ANN401 - as click declares it
        """Run a command."""
        try:
            result = super().invoke(context)
            sys.stdout.flush()
        except PracticeError as error:
            echo(f"theorytopractice: {error}", err=True)
            context.exit(1)
        except OSError as error:
            if error.errno != errno.ENOSPC:  # a closed pipe is click's to handle
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing more is flushed there
            echo("theorytopractice: Cannot write the result: the disk is full; make room.", err=True)
            context.exit(1)
        return result


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="theorytopractice")
def main() -> None:
    """See from dated evidence which findings are in practice, and which stand on the shelf.

    PLAN is a SQLite file, a plan folder of CSV files, or a database URL.
    """


MAX_OF_A_CODE = 5


def plan_at(plan: str, *, valid: bool = False, brief: bool = False, as_of: str | None = None) -> Plan:
    """Open a plan.

    Args:
        plan: where it is.
        valid: refuse a plan with errors, and say its warnings on stderr.
        brief: say only how many warnings there are.
        as_of: the day as of which they are judged; today in the plan's zone unless given.
    """
    from theorytopractice.store.open import open_plan

    day = None if as_of is None else read_as_of(as_of)
    opened = open_plan(plan)
    if not valid:
        return opened
    issues = opened.check(day)
    if any(issue.is_error for issue in issues):
        opened.close()
        raise InvalidPlan(issues, say("The plan {name}", name=plan), then=say("mend them first"))
    if not brief:
        warn(issues, as_of)
    elif issues:
        echo(f"{len(issues):,} warnings; 'theorytopractice check {plan}' lists them.", err=True)
    return opened


def warn(issues: Sequence[Issue], as_of: str | None = None) -> None:
    """Say warnings, as of a day, on stderr: the first of each code, and how many more there are."""
    command = "theorytopractice check" if as_of is None else f"theorytopractice check --as-of {as_of}"
    counts = Counter(issue.code for issue in issues)
    counted: Counter[str] = Counter()
    for issue in issues:
        counted[issue.code] += 1
        if counted[issue.code] <= MAX_OF_A_CODE:
            echo(str(issue), err=True)
    for code, count in counts.items():
        if count > MAX_OF_A_CODE:
            echo(f"{code}: {count - MAX_OF_A_CODE} more like these; '{command}' lists all.", err=True)


def issue_row(issue: Issue) -> dict[str, Any]:
    """Return a problem as an object for JSON."""
    return {
        "code": issue.code,
        "where": issue.where or issue.table,
        "table": issue.table,
        "row": issue.row,
        "key": issue.key,
        "column": issue.column,
        "found": issue.found,
        "message": issue.message,
    }


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Turn a frame into objects for JSON: dates ISO, missing null, whole numbers whole."""
    import pandas as pd

    def plain(value: Any) -> object:  # noqa: ANN401 - a cell of any type
        if isinstance(value, list | dict):
            return value
        if value is None or pd.isna(value):
            return None
        if isinstance(value, pd.Timestamp):
            return value.date().isoformat()
        return value.item() if hasattr(value, "item") else value

    return [{str(name): plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def as_json(objects: list[dict[str, Any]]) -> str:
    """Write objects as JSON for people and programs."""
    return json.dumps(objects, ensure_ascii=False, indent=2, default=str)


PROSE, PROSE_WIDTH = ("statement", "condition", "measure", "document", "reason"), 40


def _shorten(text: str) -> str:
    """Cut a sentence so that a row of a table stays one line; CSV and JSON carry the whole."""
    return text if len(text) <= PROSE_WIDTH else f"{text[: PROSE_WIDTH - 1].rstrip()}…"


def print_frame(frame: pd.DataFrame, form: str) -> None:
    """Print a listing as a table, CSV or JSON."""
    if form == "json":
        echo(as_json(records(frame)))
        return
    lists = [name for name in frame if any(isinstance(cell, list) for cell in frame[name])]
    flat = frame.assign(**{str(name): [";".join(cell) for cell in frame[name]] for name in lists})
    if form == "csv":
        echo(flat.to_csv(index=False, lineterminator="\n"), nl=False)
        return
    short = flat.drop(columns="as_of", errors="ignore").assign(
        **{name: flat[name].map(_shorten, na_action="ignore") for name in PROSE if name in flat}
    )
    echo(short.to_string(index=False, na_rep="") if len(flat) else "None.")
    if "as_of" in frame.attrs:
        echo(f"As of {frame.attrs['as_of']}.")
    if n := frame.attrs.get("not_yet"):
        echo(
            f"{n:,} {'finding is' if n == 1 else 'findings are'} recorded after that day, and not counted yet."
        )
