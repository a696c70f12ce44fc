"""What can be done from the command line? Parse, call, print; no logic."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from theorytopractice.errors import InvalidPlan, Issue, PracticeError, UnknownName
from theorytopractice.model.entities import ENTITIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from theorytopractice.store.plan import Plan, Summary

SHOWN_OF_A_CODE = 5
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


class _Commands(click.Group):
    """The commands; what a user did wrong becomes one plain sentence and exit status 1."""

    def invoke(self, context: click.Context) -> Any:  # noqa: ANN401 - as click declares it
        """Run a command."""
        try:
            return super().invoke(context)
        except PracticeError as error:
            click.echo(f"theorytopractice: {error}", err=True)
            context.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="theorytopractice")
def main() -> None:
    """See from dated evidence which findings are in practice, and which stand on the shelf.

    PLAN is a SQLite file, a plan folder of CSV files, or a database URL.
    """


@main.command()
@click.argument("plan")
@click.option("--example", is_flag=True, help="Fill it with the worked example.")
def new(plan: str, *, example: bool) -> None:
    """Make an empty PLAN, or the worked example."""
    from theorytopractice.resources import path_of
    from theorytopractice.store.folder import read_folder
    from theorytopractice.store.plan import make_plan

    tables = read_folder(path_of("data/example")) if example else {}
    with make_plan(plan) as made:
        summary = made.upsert(tables, what="worked example") if example else None
    click.echo(f"Made {plan}" + (f" with {_said(summary)}." if summary else ", an empty plan."))


@main.command("import")
@click.argument("plan")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--mapping", type=click.Path(path_type=Path), help="How a foreign table becomes ours (TOML).")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def import_(plan: str, source: Path, mapping: Path | None, *, dry_run: bool) -> None:
    """Bring a plan folder, or foreign tables through a mapping, into PLAN."""
    from theorytopractice.exchange.mapping import apply, read_mapping
    from theorytopractice.store.folder import read_folder
    from theorytopractice.store.plan import importing

    issues: list[Issue] = []
    if mapping is None:
        tables = read_folder(source)
    else:
        mapped = apply(read_mapping(mapping), source)
        tables, issues = mapped.tables, mapped.issues
    with importing(plan, dry_run=dry_run) as target:
        summary = target.upsert(tables, what=f"import of {source}", dry_run=dry_run)
    _warn(issues)
    _warn(summary.issues)
    click.echo(f"{'Would change' if dry_run else 'Changed'} {plan}: {_said(summary)}.")


@main.command()
@click.argument("plan")
@click.argument("target", type=click.Path(path_type=Path))
def export(plan: str, target: Path) -> None:
    """Write PLAN as a plan folder."""
    with _opened(plan) as opened:
        opened.write_folder(target)
    click.echo(f"Wrote {target}.")


@main.command()
@click.argument("plan")
@TWO_FORMATS
def check(plan: str, form: str) -> None:
    """List all problems of PLAN; exit status 1 if one is an error."""
    try:
        with _opened(plan) as opened:
            issues = opened.check()
    except InvalidPlan as error:
        issues = error.issues
    if form == "json":
        click.echo(_json([_issue(issue) for issue in issues]))
    else:
        for issue in issues:
            click.echo(str(issue))
        errors = sum(issue.is_error for issue in issues)
        click.echo(f"{errors} errors, {len(issues) - errors} warnings.")
    sys.exit(int(any(issue.is_error for issue in issues)))


@main.command()
@click.argument("plan")
@AS_OF
@KNOWLEDGE
@click.option(
    "--of",
    "what",
    type=click.Choice(["findings", "commitments", "replications", "slots"]),
    default="findings",
    help="What is listed.",
)
@click.option("--no-dates", is_flag=True, help="Leave out the days on which stages were reached; faster.")
@FINDING_FORMAT
def assess(plan: str, as_of: str | None, knowledge: str, form: str, *, what: str, no_dates: bool) -> None:
    """Say for every finding which stage its evidence supports; or list commitments, replications, check slots."""
    from theorytopractice.assessment import listings
    from theorytopractice.assessment.assess import assess as assess_plan

    with _opened(plan, valid=True) as opened:
        if what == "findings":
            frame = assess_plan(opened, as_of=as_of, knowledge=knowledge, dates=not no_dates)
        else:
            frame = getattr(listings, what)(opened, as_of=as_of, knowledge=knowledge)
    _print_frame(frame, form)


@main.command()
@click.argument("plan")
@click.argument("finding_id")
@AS_OF
@KNOWLEDGE
@TWO_FORMATS
def explain(plan: str, finding_id: str, as_of: str | None, knowledge: str, form: str) -> None:
    """Say why a finding has its stage, and what would raise it by one."""
    from theorytopractice.assessment.explain import explain as explain_finding

    with _opened(plan, valid=True) as opened:
        found = explain_finding(opened, finding_id, as_of=as_of, knowledge=knowledge)
    click.echo(_json([found.as_dict()]) if form == "json" else found.text)


@main.command()
@click.argument("plan")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The HTML file to write."
)
@AS_OF
@KNOWLEDGE
def report(plan: str, output: Path, as_of: str | None, knowledge: str) -> None:
    """Write the leaders' report of PLAN as one HTML file."""
    from theorytopractice.report.build import write_report

    with _opened(plan, valid=True) as opened:
        written = write_report(opened, output, as_of=as_of, knowledge=knowledge)
    click.echo(f"Wrote {written}.")


@main.command()
@click.argument("plan")
@click.argument("row_id", metavar="[ID]", required=False)
@TWO_FORMATS
def history(plan: str, row_id: str | None, form: str) -> None:
    """Show who changed what and when; of one row if an ID is given."""
    with _opened(plan) as opened:
        frame = opened.history(row_id)
    if form == "json":
        click.echo(_json(_records(frame)))
    else:
        shown = frame.drop(columns=["undoes", "before", "after"])
        click.echo(shown.to_string(index=False) if len(frame) else "Nothing was changed.")


@main.command()
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
def fields(tables: tuple[str, ...]) -> None:
    """Describe every table and column, or only some tables."""
    from theorytopractice.model.documentation import document

    for name in tables:
        if name not in ENTITIES:
            raise UnknownName("table", name, ENTITIES)
    click.echo(document(tables))


@main.command()
@click.argument("plan")
@click.argument("change_id", type=int)
def undo(plan: str, change_id: int) -> None:
    """Take one change back, as a new change."""
    with _opened(plan) as opened:
        opened.undo(change_id)
    click.echo(f"Undid change {change_id}.")


def _opened(plan: str, *, valid: bool = False) -> Plan:
    """Open a plan; with ``valid``, refuse one with errors and say its warnings on stderr."""
    from theorytopractice.store.plan import open_plan

    opened = open_plan(plan)
    if not valid:
        return opened
    issues = opened.check()
    if any(issue.is_error for issue in issues):
        opened.close()
        raise InvalidPlan(issues, f"The plan {plan}", then="mend them first")
    _warn(issues)
    return opened


def _warn(issues: Sequence[Issue]) -> None:
    """Say warnings on stderr: the first of each code, and how many more there are."""
    counts = Counter(issue.code for issue in issues)
    said: Counter[str] = Counter()
    for issue in issues:
        said[issue.code] += 1
        if said[issue.code] <= SHOWN_OF_A_CODE:
            click.echo(str(issue), err=True)
    for code, count in counts.items():
        if count > SHOWN_OF_A_CODE:
            click.echo(
                f"{code}: {count - SHOWN_OF_A_CODE} more like these; 'theorytopractice check' lists all.",
                err=True,
            )


def _said(summary: Summary) -> str:
    """Say how many rows of which tables an import touched."""
    return str(summary)


def _issue(issue: Issue) -> dict[str, Any]:
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


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
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


def _json(objects: list[dict[str, Any]]) -> str:
    return json.dumps(objects, ensure_ascii=False, indent=2, default=str)


def _print_frame(frame: pd.DataFrame, form: str) -> None:
    """Print a listing as a table, CSV or JSON."""
    if form == "json":
        click.echo(_json(_records(frame)))
        return
    flat = frame.assign(flags=[";".join(flags) for flags in frame["flags"]]) if "flags" in frame else frame
    if form == "csv":
        click.echo(flat.to_csv(index=False, lineterminator="\n"), nl=False)
    else:
        click.echo(flat.drop(columns="as_of").to_string(index=False, na_rep="") if len(flat) else "None.")
        click.echo(f"As of {frame.attrs['as_of']}.")


__all__ = ["main"]
