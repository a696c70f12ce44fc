"""Commands that sum up a plan in numbers."""

from __future__ import annotations

import click

from theorytopractice.cli.group import AS_OF, KNOWLEDGE, TWO_FORMATS, main
from theorytopractice.cli.output import as_json, plan_at, records


@main.command()
@click.argument("plan")
@AS_OF
@KNOWLEDGE
@click.option(
    "--since", metavar="D", help="Look at reviews and new findings after this day; at all unless given."
)
@TWO_FORMATS
def measures(plan: str, as_of: str | None, knowledge: str, since: str | None, form: str) -> None:
    """Sum up a plan: rates with their counts and 95 % intervals, and what to beware of in each."""
    from theorytopractice.assessment.counts.cautions import cautions, measure_name, worded
    from theorytopractice.assessment.measures import measures as measure

    with plan_at(plan, valid=True, as_of=as_of) as opened:
        frame = measure(opened, as_of=as_of, knowledge=knowledge, since=since)
    if form == "json":
        click.echo(as_json(records(frame)))
        return
    names = frame["measure"].map(measure_name)
    width = max(len(name) for name in names)
    for name, words in zip(names, worded(frame), strict=True):
        click.echo(f"{name:{width}}  {words}")
    click.echo(f"As of {frame.attrs['as_of']}. In brackets: 95 % Wilson intervals.\n\nBeware:")
    for together, sentence in cautions(frame).items():
        click.echo(f"- {together}: {sentence}")
