"""Commands that open the forms and notebooks, and write the report."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from theorytopractice.cli.group import AS_OF, KNOWLEDGE, main, plan_at
from theorytopractice.cli.terminal import echo
from theorytopractice.i18n import LANGUAGES
from theorytopractice.model.settings import read_as_of
from theorytopractice.model.vocabularies import FindingKind

PORTS = click.IntRange(1, 65535)
NO_BROWSER = click.option("--no-browser", is_flag=True, help="Do not open it in the browser.")


@main.command()
@click.argument("plan", default="plan.db")
@click.option(
    "--who", metavar="NAME", help="The name under which changes are remembered; your login name unless given."
)
@click.option(
    "--ip",
    default="127.0.0.1",
    show_default=True,
    help="The address at which others reach this machine, if they shall.",
)
@click.option(
    "--port", type=PORTS, default=8866, show_default=True, help="The browser keeps drafts for each port."
)
@AS_OF
@NO_BROWSER
def forms(plan: str, who: str | None, ip: str, port: int, as_of: str | None, *, no_browser: bool) -> None:
    """Serve the planners' forms of PLAN as a page without code; plan.db unless given.

    Each tab works for itself. Ctrl-C ends it.
    """
    plan_at(plan, valid=True, brief=True, as_of=as_of).close()
    from theorytopractice.forms.connections import Opening
    from theorytopractice.forms.serve import serve
    from theorytopractice.store.open import storable

    opening = Opening(storable(plan), who, None if as_of is None else read_as_of(as_of))
    serve(opening, ip=ip, port=port, browser=not no_browser, announce=echo)


@main.command()
@click.argument("plan", required=False)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    default="theorytopractice-notebooks",
    show_default=True,
    help="The folder that gets the notebooks which it lacks.",
)
@click.option("--port", type=PORTS, help="The next free one from 8888 on unless given.")
@NO_BROWSER
def lab(plan: str | None, folder: Path, port: int | None, *, no_browser: bool) -> None:
    """Open the notebooks in JupyterLab, in a folder of your own; forms.ipynb opens PLAN.

    What you changed in the folder stays as it is.
    """
    if plan is not None:
        plan_at(plan).close()
    from theorytopractice.forms.serve import copy_notebooks, open_lab

    copies = copy_notebooks(folder)
    echo(f"Copied {len(copies)} notebooks to {folder}." if copies else f"The notebooks are in {folder}.")
    open_lab(folder, plan, port=port, browser=not no_browser)


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
@click.option("--tag", default="", help="Only findings with this tag.")
@click.option(
    "--kind", type=click.Choice([str(kind) for kind in FindingKind]), help="Only findings of this kind."
)
@click.option(
    "--pdf",
    type=click.Choice(["brief", "full"]),
    is_flag=False,
    flag_value="full",
    help="Also print a PDF beside the HTML file, by Chromium: the brief alone, or (default) with its annex.",
)
def report(plans: tuple[str, ...], output: Path, kind: str | None, **choices: str | bool | None) -> None:
    """Write the leaders' report of PLAN as one HTML file; of several plans, the same measures side by side."""
    from theorytopractice.report.build import missing_font, write_report

    with ExitStack() as stack:
        day = None if choices["as_of"] is None else str(choices["as_of"])
        opened = [stack.enter_context(plan_at(plan, valid=True, as_of=day)) for plan in plans]
        language = choices["language"] or opened[0].settings.language
        path = write_report(
            opened[0] if len(opened) == 1 else opened,
            output,
            kind=kind or "",
            **choices,  # type: ignore[arg-type]
        )
    warning = missing_font(str(language))
    if warning:
        echo(warning, err=True)
    files = path.with_name(f"{path.stem}_files")
    beside = f", and the findings in {files}" if files.is_dir() and any(files.glob("findings-*.html")) else ""
    echo(f"Wrote {path}{beside}.")
    if choices["pdf"]:
        echo(f"Wrote {path.with_suffix('.pdf')}.")
