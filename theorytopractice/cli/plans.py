"""Commands that make, fill, check and change a plan."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import click

from theorytopractice import clock
from theorytopractice.cli.group import AS_OF, TWO_FORMATS, as_json, issue_row, main, plan_at, records
from theorytopractice.cli.terminal import echo
from theorytopractice.errors import InvalidPlan, UnknownName
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.settings import read_as_of
from theorytopractice.model.spellings import NAMED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from theorytopractice.store.history import RowChange


@main.command()
@click.argument("plan")
@click.option("--example", is_flag=True, help="Fill it with the worked example.")
def new(plan: str, *, example: bool) -> None:
    """Make an empty PLAN, or the worked example."""
    from theorytopractice.resources import path_of
    from theorytopractice.store.folder import read_folder
    from theorytopractice.store.open import make_plan

    tables = read_folder(path_of("data/example")) if example else {}
    with make_plan(plan) as opened:
        summary = opened.upsert(tables, what="worked example") if example else None
    echo(f"Made {plan}" + (f" with {summary!s}." if summary else ", an empty plan."))


@main.command()
@click.argument("plan")
@AS_OF
@TWO_FORMATS
def check(plan: str, as_of: str | None, form: str) -> None:
    """List all problems of PLAN, its warnings as of a day; exit status 1 if one is an error."""
    day = clock.today("UTC") if as_of is None else read_as_of(as_of)
    try:
        with plan_at(plan) as opened:
            day = opened.today if as_of is None else day
            issues = opened.check(day)
    except InvalidPlan as error:
        issues = error.issues
    if form == "json":
        echo(as_json([issue_row(issue) | {"as_of": day} for issue in issues]))
    else:
        for issue in issues:
            echo(str(issue))
        errors = sum(issue.is_error for issue in issues)
        echo(f"{errors} errors, {len(issues) - errors} warnings as of {day}.")
    sys.exit(int(any(issue.is_error for issue in issues)))


@main.command()
@click.argument("plan")
@click.argument("row_id", metavar="[ID]", required=False)
@TWO_FORMATS
def history(plan: str, row_id: str | None, form: str) -> None:
    """Show who changed what and when; of one row if an ID is given."""
    with plan_at(plan) as opened:
        frame = opened.history(row_id).assign(as_of=opened.today.isoformat())
    if form == "json":
        echo(as_json(records(frame)))
    else:
        columns = frame.drop(columns=["undoes", "before", "after", "as_of"])
        echo(columns.to_string(index=False) if len(frame) else "Nothing was changed.")


@main.command()
@click.argument("plan")
@click.argument("change_id", type=int)
def undo(plan: str, change_id: int) -> None:
    """Take one change back, as a new change."""
    with plan_at(plan) as opened:
        opened.undo(change_id)
    echo(f"Undid change {change_id}.")


@main.command()
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option("--mapping", is_flag=True, help="Print the manual of a mapping instead.")
def fields(tables: tuple[str, ...], *, mapping: bool) -> None:
    """Describe every table and column, or only some tables."""
    from theorytopractice.model.labels import document

    if mapping:
        from theorytopractice.exchange.mapping_manual import manual

        echo(manual(), nl=False)
        return
    for name in tables:
        if name not in ENTITIES:
            raise UnknownName("table", name, ENTITIES)
    echo(document(tables))


@main.command()
@click.argument("plan")
@click.argument("leaving", metavar="FROM")
@click.argument("successor", metavar="TO")
def transfer(plan: str, leaving: str, successor: str) -> None:
    """Close owner FROM, who leaves, and move everything live to owner TO; undo takes it back."""
    with plan_at(plan) as opened:
        echo(f"{_transfer_text(opened.transfer(leaving, successor))} from {leaving} to {successor}.")


@main.command()
@click.argument("plan")
@click.argument("keep")
@click.argument("drop")
def merge(plan: str, keep: str, drop: str) -> None:
    """Make one of two duplicate findings or actions, or of two owners: KEEP gets the links and facts of DROP."""
    with plan_at(plan) as opened:
        echo(f"{_transfer_text(opened.merge(keep, drop))} from {drop} to {keep}.")


@main.command()
@click.argument("plan")
@click.option(
    "--at-least",
    type=float,
    default=0.85,
    show_default=True,
    help="How much two names must be alike, 0 to 1.",
)
@TWO_FORMATS
def names(plan: str, at_least: float, form: str) -> None:
    """List each spelling of a theme, unit, site and owner of PLAN, and the name it is near; nothing is merged."""
    with plan_at(plan) as opened:
        frame = opened.names(at_least)
        day = opened.today
    if form == "json":
        echo(as_json(records(frame.assign(as_of=day.isoformat()))))
    else:
        echo(frame.to_string(index=False, na_rep="") if len(frame) else "No name is used.")


@main.command()
@click.argument("plan")
@click.argument("column", type=click.Choice(list(NAMED)))
@click.argument("old")
@click.argument("new")
def rename(plan: str, column: str, old: str, new: str) -> None:
    """Give a theme, unit or site of PLAN another name in every row, however it was spelt; undo takes it back."""
    with plan_at(plan) as opened:
        n = len(opened.rename(column, old, new))
    echo(f"Renamed the {column} {old} to {new} in {n} {'row' if n == 1 else 'rows'}.")


def _transfer_text(changes: Sequence[RowChange]) -> str:
    """Say how many rows of which tables moved, one row counted once."""
    counts = Counter(change.entity for change in changes if change.after and change.entity != "owner")
    return "Moved " + (", ".join(f"{n} {name}" for name, n in counts.items()) or "nothing")
