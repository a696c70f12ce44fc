"""Commands that say what a plan's evidence means."""

from __future__ import annotations

import click

from theorytopractice.cli.group import AS_OF, FINDING_FORMAT, KNOWLEDGE, TWO_FORMATS, main
from theorytopractice.cli.output import as_json, plan_at, print_frame, records

LISTS = ("commitments", "replications", "slots", "problems", "experiences", "mechanisms", "reviews")


@main.command()
@click.argument("plan")
@AS_OF
@KNOWLEDGE
@click.option(
    "--of",
    "what",
    type=click.Choice(["findings", *LISTS]),
    default="findings",
    help="What is listed.",
)
@click.option("--no-dates", is_flag=True, help="Leave out the days on which stages were reached; faster.")
@FINDING_FORMAT
def assess(plan: str, as_of: str | None, knowledge: str, form: str, *, what: str, no_dates: bool) -> None:
    """Say for every finding which stage its evidence supports; or list what else the plan holds.

    Commitments, replications and check slots; problems, experiences, mechanisms and reviews as people keep them.
    """
    import theorytopractice as ttp

    with plan_at(plan, valid=True, as_of=as_of) as opened:
        if what == "findings":
            frame = ttp.assess(opened, as_of=as_of, knowledge=knowledge, dates=not no_dates)
        else:
            frame = getattr(ttp, what)(opened, as_of=as_of, knowledge=knowledge)
    print_frame(frame, form)


@main.command()
@click.argument("plan")
@click.argument("finding_id")
@AS_OF
@KNOWLEDGE
@TWO_FORMATS
def explain(plan: str, finding_id: str, as_of: str | None, knowledge: str, form: str) -> None:
    """Say why a finding has its stage, and what would raise it by one, in the plan's language."""
    from theorytopractice.assessment.explain import explain as explain_finding
    from theorytopractice.language import speaking

    with plan_at(plan, valid=True, as_of=as_of) as opened, speaking(opened.settings.language):
        found = explain_finding(opened, finding_id, as_of=as_of, knowledge=knowledge)
        said = as_json([found.as_dict()]) if form == "json" else found.text
    click.echo(said)


@main.command()
@click.argument("plan")
@click.argument("indicator_id", metavar="[INDICATOR_ID]", required=False)
@AS_OF
@KNOWLEDGE
@TWO_FORMATS
def verdict(plan: str, indicator_id: str | None, as_of: str | None, knowledge: str, form: str) -> None:
    """Say whether each indicator, or one, moved after the action, beside the stage and without claiming a cause."""
    from theorytopractice.assessment.change.verdict_wording import listing
    from theorytopractice.assessment.verdict import verdict as judge

    with plan_at(plan, valid=True, as_of=as_of) as opened:
        frame = judge(opened, indicator_id, as_of=as_of, knowledge=knowledge)
    click.echo(as_json(records(frame)) if form == "json" else listing(frame))
