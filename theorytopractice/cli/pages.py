"""Commands that open the planners' forms and the researchers' notebooks."""

from __future__ import annotations

from pathlib import Path

import click

from theorytopractice.cli.group import main
from theorytopractice.cli.output import plan_at

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
@NO_BROWSER
def forms(plan: str, who: str | None, ip: str, port: int, *, no_browser: bool) -> None:
    """Serve the planners' forms of PLAN as a page without code; plan.db unless given.

    Each tab works for itself. Ctrl-C ends it.
    """
    plan_at(plan, valid=True, brief=True).close()
    from theorytopractice.forms.serving import serve

    serve(plan, who=who, ip=ip, port=port, browser=not no_browser, announce=click.echo)


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
    from theorytopractice.forms.laboratory import copy_notebooks, open_lab

    copied = copy_notebooks(folder)
    click.echo(
        f"Copied {len(copied)} notebooks to {folder}." if copied else f"The notebooks are in {folder}."
    )
    open_lab(folder, plan, port=port, browser=not no_browser)
