"""Commands that say how long it takes, and when it will be done."""

from __future__ import annotations

import click

from theorytopractice.cli.group import AS_OF, KNOWLEDGE, TWO_FORMATS, main
from theorytopractice.cli.output import as_json, plan_at


@main.command()
@click.argument("plan")
@click.option(
    "--stage", type=click.Choice(["3", "4"]), default="4", help="Until carried out (3) or in practice (4)."
)
@click.option(
    "--by", type=click.Choice(["theme", "kind", "certainty", "unit"]), help="One curve a group, compared."
)
@click.option("--entered", metavar="D", help="Day on which the plan began to be kept (delayed entry).")
@AS_OF
@KNOWLEDGE
@TWO_FORMATS
def survival(
    plan: str,
    stage: str,
    by: str | None,
    entered: str | None,
    as_of: str | None,
    knowledge: str,
    form: str,
) -> None:
    """Say how long it takes until findings are in practice, and how they left otherwise."""
    from theorytopractice.assessment.survival import survival as time_to_practice
    from theorytopractice.assessment.waits.survival_wording import overview

    with plan_at(plan, valid=True, as_of=as_of) as opened:
        found = time_to_practice(
            opened, stage=int(stage), as_of=as_of, knowledge=knowledge, by=by, entered=entered
        )
    if form == "json":
        click.echo(as_json(found.rows()))
        return
    click.echo(f"{overview(found).to_string(index=False)}\n{found.text}")


@main.command()
@click.argument("plan")
@click.option("--by", type=click.Choice(["theme"]), help="A forecast of each theme too.")
@AS_OF
@KNOWLEDGE
@TWO_FORMATS
def forecast(plan: str, by: str | None, as_of: str | None, knowledge: str, form: str) -> None:
    """Say by when the open actions will be done, if the coming weeks are like the last."""
    from theorytopractice.assessment.forecast import forecast as completion

    with plan_at(plan, valid=True, as_of=as_of) as opened:
        found = completion(opened, as_of=as_of, knowledge=knowledge, by=by)
    click.echo(as_json(found.rows()) if form == "json" else str(found))
