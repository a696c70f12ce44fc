"""The command that writes the leaders' report."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from theorytopractice.cli.group import AS_OF, KNOWLEDGE, main
from theorytopractice.cli.output import plan_at
from theorytopractice.language import LANGUAGES
from theorytopractice.model.vocabularies import FindingKind


@main.command()
@click.argument("plans", metavar="PLAN [PLAN…]", nargs=-1, required=True)
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The HTML file to write."
)
@AS_OF
@click.option(
    "--since",
    help="The day of the last report: shows what moved after it and what became of its decisions (default: what moved in the last thirty days).",
)
@KNOWLEDGE
@click.option(
    "--language", type=click.Choice(LANGUAGES), help="English or Chinese; the plan's own unless given."
)
@click.option("--unit", default="", help="Only findings for which this unit answers.")
@click.option("--owner", default="", help="Only findings for which this owner answers, by id or name.")
@click.option("--theme", default="", help="Only findings of this theme.")
@click.option(
    "--kind", type=click.Choice([str(kind) for kind in FindingKind]), help="Only findings of this kind."
)
@click.option("--pdf", is_flag=True, help="Also print it as a PDF beside the HTML file, by Chromium.")
def report(plans: tuple[str, ...], output: Path, kind: str | None, **asked: str | bool | None) -> None:
    """Write the leaders' report of PLAN as one HTML file; of several plans, the same measures side by side."""
    from theorytopractice.report.build import missing_font, write_report

    with ExitStack() as stack:
        day = None if asked["as_of"] is None else str(asked["as_of"])
        opened = [stack.enter_context(plan_at(plan, valid=True, as_of=day)) for plan in plans]
        language = asked["language"] or opened[0].settings.language
        written = write_report(
            opened[0] if len(opened) == 1 else opened,
            output,
            kind=kind or "",
            **asked,  # type: ignore[arg-type]
        )
    warning = missing_font(str(language))
    if warning:
        click.echo(warning, err=True)
    files = written.with_name(f"{written.stem}_files")
    beside = f", and the findings in {files}" if files.is_dir() and any(files.glob("findings-*.html")) else ""
    click.echo(f"Wrote {written}{beside}.")
    if asked["pdf"]:
        click.echo(f"Wrote {written.with_suffix('.pdf')}.")
