"""Commands for those who think about a whole plan: its gaps, its duplicates, and what some doing would change."""

from __future__ import annotations

import click

from theorytopractice.cli.group import AS_OF, FINDING_FORMAT, KNOWLEDGE, main
from theorytopractice.cli.output import plan_at, print_frame


@main.command("gap-map")
@click.argument("plan")
@AS_OF
@KNOWLEDGE
@FINDING_FORMAT
def gap_map(plan: str, as_of: str | None, knowledge: str, form: str) -> None:
    """Count open findings by theme and certainty: what is known and not done, and done without knowing."""
    from theorytopractice.assessment.gap_map import gap_map as map_of
    from theorytopractice.assessment.gap_map import worded

    with plan_at(plan, valid=True, as_of=as_of) as opened:
        mapped = map_of(opened, as_of=as_of, knowledge=knowledge)
    if form != "table":
        print_frame(mapped, form)
        return
    print_frame(worded(mapped), form)
    if n_empty := int((mapped["n"] == 0).sum()):
        click.echo(f"No finding in {n_empty} of {len(mapped)} cells.")


@main.command()
@click.argument("plan")
@click.option(
    "--at-least", type=float, default=0.5, show_default=True, help="The smallest similarity, 0 to 1."
)
@click.option("--most", type=int, default=50, show_default=True, help="The greatest number of pairs.")
@FINDING_FORMAT
def similar(plan: str, at_least: float, most: int, form: str) -> None:
    """List pairs of findings whose statements read alike, the most similar first."""
    from theorytopractice.assessment.similar import similar as pairs_of

    with plan_at(plan, valid=True) as opened:
        pairs = pairs_of(opened, at_least=at_least, most=most).assign(as_of=opened.today.isoformat())
    print_frame(pairs, form)


@main.command("if-done")
@click.argument("plan")
@click.argument("action_ids", nargs=-1, required=True, metavar="ACTION_ID...")
@AS_OF
@FINDING_FORMAT
def if_done(plan: str, action_ids: tuple[str, ...], as_of: str | None, form: str) -> None:
    """Say which findings would change if these actions were done, with evidence; nothing is stored."""
    from theorytopractice.assessment.what_if import if_done as facts_of
    from theorytopractice.assessment.what_if import what_if

    with plan_at(plan, valid=True, as_of=as_of) as opened:
        changed = what_if(opened, facts_of(opened, action_ids, as_of=as_of), as_of=as_of)
    print_frame(changed, form)
