"""Commands that bring rows into a plan and out of it."""

from __future__ import annotations

import sys
from pathlib import Path
from shlex import quote as shell_quote
from typing import TYPE_CHECKING

import click

from theorytopractice.cli.group import AS_OF, FINDING_FORMAT, KNOWLEDGE, main, plan_at, print_frame, warn
from theorytopractice.cli.terminal import echo
from theorytopractice.errors import PlanError, PracticeError, quote, reason_of
from theorytopractice.i18n import LANGUAGES

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
PROPOSAL = "W-NEAR"
"""The code of names that may be one: nothing is left out because of them."""
LISTED_APART = ("W-IMPORT", "W-STATUS", "W-DUP", PROPOSAL)
"""What a source leaves out: it is grouped on the terminal and stands whole in a file."""
NOTHING_DONE = 1
LANGUAGE = click.option(
    "--language", type=click.Choice(LANGUAGES), help="English or Chinese; the plan's own unless given."
)
MOST_GROUPS = 100
"""Columns of which the terminal names what was left out; the listing has all."""
LEFT_OUT = 3  # the exit status of an import that left something out


@main.command("import")
@click.argument("plan")
@click.argument("source", type=click.Path(path_type=Path), required=False)
@click.option("--suggest", is_flag=True, help="Only propose a mapping for SOURCE; PLAN may be left out.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The file for the mapping that is proposed."
)
@click.option("--overwrite", is_flag=True, help="Replace that file where it is there already.")
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
    source: Path | None,
    output: Path | None,
    mapping: Path | None,
    decide: str | None,
    name: str,
    listing: Path | None,
    form: str,
    *,
    dry_run: bool,
    erase: bool,
    suggest: bool,
    overwrite: bool,
) -> None:
    """Bring a plan folder, a workbook that was filled in, or foreign tables through a mapping, into PLAN; exit status 3 if something was left out."""
    from theorytopractice.cli.progress import steps
    from theorytopractice.exchange.sources import read_source
    from theorytopractice.store.collector import without_collector
    from theorytopractice.store.open import import_into, refuse_over_plan

    if listing is not None:
        refuse_over_plan(listing)
    if suggest:
        _suggest(source or Path(plan), output, overwrite=overwrite)
        return
    if source is None or output is not None or overwrite:
        raise click.UsageError(
            "SOURCE is missing." if source is None else "-o and --overwrite go with --suggest."
        )
    if mapping is None and _is_foreign(source):
        _say_what_is_there(plan, source)
        sys.exit(NOTHING_DONE)
    reading, comparing = f"Reading {source.name}", f"Comparing with {plan}"
    with without_collector(), import_into(plan, dry_run=dry_run) as target, steps(reading, comparing) as done:
        comes = read_source(source, mapping=mapping, name=name, erase=erase, plan=target)
        done()
        if dry_run:
            comparison = target.compare(comes, decide=decide or "refuse")
        else:
            comparison = target.import_(comes, decide=decide or "refuse", what=f"import of {source}")
    _show(plan, comparison, form, dry_run=dry_run)
    if comes.issues:
        _list_whole(comes.issues, listing or _beside(plan))
    if any(issue.code != PROPOSAL for issue in comes.issues):
        sys.exit(LEFT_OUT)


def _is_foreign(source: Path) -> bool:
    """Tell whether a source is a file that only a mapping can read."""
    from theorytopractice.exchange.readers import KNOWN
    from theorytopractice.exchange.references import is_references
    from theorytopractice.exchange.workbook_source import workbook_source
    from theorytopractice.exchange.workbooks import WORKBOOKS

    ending = source.suffix.lower()
    if not source.is_file() or ending not in KNOWN or is_references(source):
        return False
    if ending not in WORKBOOKS:
        return True
    try:
        workbook_source(source)
    except PlanError:  # it is no plan's workbook; what it holds is said next
        return True
    return False


def _say_what_is_there(plan: str, source: Path) -> None:
    """Say what a foreign file holds and how to go on, and leave."""
    from theorytopractice.exchange.register_survey import describe

    echo(str(describe(source)))
    name = Path(plan).with_suffix(".toml").name if "://" not in plan else "mapping.toml"
    echo(
        "Nothing was imported: a mapping has to say how these columns become ours. Propose one, read it, import:"
    )
    echo(f"  theorytopractice import --suggest {shell_quote(str(source))} -o {shell_quote(name)}")
    echo(
        f"  theorytopractice import {shell_quote(plan)} {shell_quote(str(source))} --mapping {shell_quote(name)} --dry-run"
    )


def _suggest(source: Path, output: Path | None, *, overwrite: bool) -> None:
    """Propose a mapping, write it, and say how sure it is; without a file for it, print it."""
    from theorytopractice.exchange.suggest import propose

    suggestion = propose(source)
    if output is None:
        echo(suggestion.text, nl=False)
        return
    if output.exists() and not overwrite:
        raise PracticeError(
            f"{quote(output)} is there already; name another file, or replace it with --overwrite."
        )
    try:
        output.write_text(suggestion.text, encoding="utf-8")
    except OSError as error:
        raise PracticeError(f"Cannot write {quote(output)}: {reason_of(error)}.") from error
    echo(f"Wrote {output}. Read it: what is marked DECIDE only you know.")
    for title, texts in (("For certain", suggestion.certain), ("Guessed", suggestion.guessed)):
        echo(f"{title}: {', '.join(texts) or 'nothing'}.")
    for title, texts in (("Undecided", suggestion.undecided), ("Not used", suggestion.unused)):
        echo(f"{title}:{'' if texts else ' nothing.'}")
        for text in texts:
            echo(f"  {text}")
    echo(
        f"Next: theorytopractice import PLAN {shell_quote(str(source))} --mapping {shell_quote(str(output))} --dry-run"
    )


def _show(plan: str, comparison: Comparison, form: str, *, dry_run: bool) -> None:
    """Print what an import came to; of a dry run every cell. What was left out is listed apart."""
    from theorytopractice.cli.changes import change_lines

    own = [issue for issue in comparison.issues if issue.code not in LISTED_APART]
    warn([*own, *comparison.warnings])  # what the whole plan is warned of stands in no listing
    if form != "table":
        print_frame(comparison.to_frame(), form)
        return
    if dry_run or comparison.conflicts:
        for line in change_lines(comparison):
            echo(line)
    echo(f"{'Would change' if dry_run else 'Changed'} {plan}: {comparison}.")


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
            f"The plan was changed, but the listing {quote(path)} cannot be written: {error}."
        ) from error
    groups: dict[tuple[str, str, str], list[Issue]] = {}
    for issue in issues:
        groups.setdefault((issue.where, issue.column, issue.code), []).append(issue)
    for alike in [*groups.values()][:MOST_GROUPS]:
        more = (
            f" ({len(alike) - 1:,} more{' of this column' if alike[0].column else ' like it'})"
            if len(alike) > 1
            else ""
        )
        echo(f"{alike[0]}{more}", err=True)
    if len(groups) > MOST_GROUPS:
        echo(f"{len(groups) - MOST_GROUPS:,} more columns have cells or rows like these.", err=True)
    n_near = sum(issue.code == PROPOSAL for issue in issues)
    near = f"{n_near:,} names may be one; " if n_near else ""
    n = len(issues) - n_near
    echo(
        f"{near}{n:,} {'cell or row was' if n == 1 else 'cells or rows were'} left out; listed whole in {path}.",
        err=True,
    )


LISTED, WORKBOOK = (".csv", ".json"), ".xlsx"


@main.command()
@click.argument("plan")
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--of", "of", metavar="WHAT", help="Write one listing: actions, findings, register, decisions, …"
)
@click.option("--owner", metavar="O", help="Only the due dates of this owner, by key or name (.ics).")
@click.option(
    "--bom/--no-bom",
    default=None,
    help="Write the folder so that Excel reads it and no text becomes a formula; as it is already unless given.",
)
@LANGUAGE
@AS_OF
@KNOWLEDGE
def export(
    plan: str,
    target: Path,
    of: str | None,
    owner: str | None,
    language: str | None,
    as_of: str | None,
    knowledge: str,
    *,
    bom: bool | None,
) -> None:
    """Write PLAN as a folder, as a workbook to fill in (.xlsx), its due dates (.ics), or one listing (--of)."""
    ending = target.suffix.lower()
    _refuse_idle(target, of=of, owner=owner, bom=bom, as_of=as_of, language=language, knowledge=knowledge)
    if of is not None:
        from theorytopractice.exchange.listings import write_listing

        with plan_at(plan, valid=True, brief=True, as_of=as_of) as opened:
            write_listing(opened, target, of, as_of=as_of, knowledge=knowledge, language=language)
    elif ending == ".ics":
        from theorytopractice.exchange.calendar import write_calendar

        with plan_at(plan, valid=True, brief=True, as_of=as_of) as opened:
            write_calendar(opened, target, owner=owner, as_of=as_of, language=language)
    elif ending == WORKBOOK:
        from theorytopractice.exchange.workbook import write_workbook

        with plan_at(plan) as opened:
            write_workbook(opened, target, language=language)
    else:
        _refuse_file(target)
        with plan_at(plan) as opened:
            opened.write_folder(target, for_spreadsheets=bom)
    echo(f"Wrote {target}.")


def _refuse_idle(target: Path, **given: object) -> None:
    """Refuse options that what is written cannot heed."""
    is_calendar, is_listing = target.suffix.lower() == ".ics", given["of"] is not None
    heeded = {"of", "as_of", "language", "knowledge"} if is_listing else set()
    heeded |= {"owner", "as_of", "language"} if is_calendar and not is_listing else set()
    is_workbook = target.suffix.lower() == WORKBOOK and not is_listing
    heeded |= {"language"} if is_workbook else set()
    heeded |= set() if is_calendar or is_listing or is_workbook else {"bom"}
    usual = {"knowledge": "then"}
    idle = [name for name, value in given.items() if value != usual.get(name) and name not in heeded]
    if idle:
        what = (
            "a listing"
            if is_listing
            else "a calendar"
            if is_calendar
            else "a workbook"
            if is_workbook
            else "a plan folder"
        )
        options = ", ".join(f"--{name.replace('_', '-')}" for name in idle)
        raise click.UsageError(f"{options} does not go with {what}; leave it out.")


def _refuse_file(target: Path) -> None:
    """Refuse the name of a file where a plan folder is written."""
    if target.suffix.lower() in LISTED:
        raise PracticeError(
            f"A whole plan is written as a folder, and {quote(target)} names a file; leave the ending out, "
            "or say with --of which listing is meant."
        )
    if target.resolve() == Path.cwd():
        raise PracticeError(
            f"The export would put a plan's files among those of the folder in which you are; name a folder for it, such as {quote('export')}."
        )
    if target.suffix.lower() in FILE_ENDINGS:
        raise PracticeError(
            f"A plan folder is written, and {quote(target)} does not name one; leave the ending out."
        )


@main.command()
@click.argument("plan")
@click.option(
    "--to",
    "folder",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path),
    help="Where the mails go.",
)
@AS_OF
@click.option(
    "--since", metavar="D", help="Tell what has moved after this day; thirty days earlier unless given."
)
@LANGUAGE
def digest(plan: str, folder: Path, as_of: str | None, since: str | None, language: str | None) -> None:
    """Write a mail for each owner who has something to do, and one for leaders, as .eml files; nothing is sent."""
    from theorytopractice.exchange.digest import write_digest

    with plan_at(plan, valid=True, brief=True, as_of=as_of) as opened:
        told = write_digest(opened, folder, as_of=as_of, since=since, language=language)
    echo(
        f"Wrote {len(told.mails)} mails to {folder}; nothing was sent. {next(reversed(told.mails))} is for leaders."
    )
    for sentence, names in (
        ("Nothing to tell", told.idle),
        ("Left, so without a mail; leaders are told", told.left),
        ("Without an address that a mail can carry; fill it in", told.without_address),
    ):
        if names:
            echo(f"{sentence}: {', '.join(names)}.")
