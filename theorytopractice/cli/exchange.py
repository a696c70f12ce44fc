"""Commands that bring rows into a plan and out of it."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from theorytopractice.cli.group import FINDING_FORMAT, main, plan_at, print_frame, warn
from theorytopractice.errors import PracticeError, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from theorytopractice.errors import Issue
    from theorytopractice.store.sources import Comparison


FILE_ENDINGS = (
    ".xls",
    ".ods",
    ".ics",
    ".csv",
    ".json",
    ".db",
    ".sqlite",
    ".sqlite3",
    ".html",
    ".zip",
)
LEFT_OUT = 3  # the exit status of an import that left something out


@main.command("import")
@click.argument("plan")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--mapping", type=click.Path(path_type=Path), help="How a foreign table becomes ours (TOML).")
@click.option("--dry-run", is_flag=True, help="Only say what would change, cell by cell.")
@click.option("--ours", "decide", flag_value="ours", help="Where both sides changed a cell, keep the plan's.")
@click.option(
    "--theirs", "decide", flag_value="theirs", help="Where both sides changed a cell, take the source's."
)
@click.option("--source", "name", default="", help="The name by which the plan remembers the source.")
@click.option("--erase", is_flag=True, help="An empty cell erases what the source said before.")
@click.option(
    "--listing", type=click.Path(path_type=Path), help="Where to list whole what was not understood (CSV)."
)
@FINDING_FORMAT
def import_(
    plan: str,
    source: Path,
    mapping: Path | None,
    decide: str | None,
    name: str,
    listing: Path | None,
    form: str,
    *,
    dry_run: bool,
    erase: bool,
) -> None:
    """Bring a plan folder, a workbook that was filled in, or foreign tables through a mapping, into PLAN; exit status 3 if something was left out."""
    from theorytopractice.exchange.sources import read_source
    from theorytopractice.store.open import import_into

    comes = read_source(source, mapping=mapping, name=name, erase=erase)
    with import_into(plan, dry_run=dry_run) as target:
        if dry_run:
            comparison = target.compare(comes, decide=decide or "refuse")
        else:
            comparison = target.import_(comes, decide=decide or "refuse", what=f"import of {source}")
    _show(plan, comparison, form, dry_run=dry_run)
    if comes.issues:
        _list_whole(comes.issues, listing or _beside(plan))
        sys.exit(LEFT_OUT)


def _show(plan: str, comparison: Comparison, form: str, *, dry_run: bool) -> None:
    """Print what an import came to; of a dry run every cell."""
    warn([issue for issue in comparison.issues if issue.code != "W-IMPORT"])
    cells = comparison.to_frame()
    if form != "table":
        print_frame(cells, form)
        return
    if dry_run or comparison.conflicts:
        print_frame(cells.drop(columns=["before", "file", "line"]), form)
    click.echo(f"{'Would change' if dry_run else 'Changed'} {plan}: {comparison}.")


def _beside(plan: str) -> Path:
    """Return where a listing lies unless told: beside the plan; of a plan on a server in this folder."""
    if "://" in plan:
        return Path("import.csv")
    path = Path(plan)
    return path.with_name(f"{path.stem}.import.csv")


def _list_whole(issues: Sequence[Issue], path: Path) -> None:
    """Write all that was not understood to a file, and say on the terminal how much it is, by sort."""
    from theorytopractice.store import csv_file

    names = ["where", "row", "column", "found", "reason", "table", "code"]
    rows = [[issue.where, str(issue.row or ""), issue.column, issue.found, issue.message, issue.table, issue.code]
            for issue in issues]  # fmt: skip
    try:
        path.write_bytes(b"\xef\xbb\xbf" + csv_file.encode(names, rows))
    except OSError as error:
        raise PracticeError(
            f"The plan was changed, but the listing {shown(path)} cannot be written: {error}."
        ) from error
    groups = Counter((issue.where, issue.column, issue.code) for issue in issues)
    for (where, column, code), n in groups.items():
        first = next(one for one in issues if (one.where, one.column, one.code) == (where, column, code))
        more = f" ({n - 1:,} more of this column)" if n > 1 else ""
        click.echo(f"{first}{more}", err=True)
    click.echo(f"{len(issues):,} cells or rows were left out; all of them: {path}.", err=True)


@main.command()
@click.argument("plan")
@click.argument("target", type=click.Path(path_type=Path))
def export(plan: str, target: Path) -> None:
    """Write PLAN as a plan folder, or as a workbook to be filled in where TARGET ends in .xlsx."""
    if target.suffix.lower() == ".xlsx":
        from theorytopractice.exchange.workbook import write_workbook

        with plan_at(plan) as opened:
            write_workbook(opened, target)
        click.echo(f"Wrote {target}.")
        return
    if target.suffix.lower() in FILE_ENDINGS or target == Path():
        raise PracticeError(
            f"A plan folder is written, and {shown(target)} does not name one; leave the ending out."
        )
    with plan_at(plan) as opened:
        opened.write_folder(target)
    click.echo(f"Wrote {target}.")
