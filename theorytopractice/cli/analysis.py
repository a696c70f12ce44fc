"""Commands that say what a plan's evidence means, sums up and foretells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from theorytopractice.cli.group import (
    AS_OF,
    FINDING_FORMAT,
    KNOWLEDGE,
    TWO_FORMATS,
    as_json,
    main,
    plan_at,
    print_frame,
    records,
)
from theorytopractice.cli.terminal import echo
from theorytopractice.i18n import ENGLISH, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

LISTS = ("commitments", "replications", "slots", "problems", "experiences", "mechanisms", "reviews")


def _listings() -> dict[str, Callable[..., pd.DataFrame]]:
    """Return the functions that list what else a plan holds; loaded when a command asks, for pandas takes its time."""
    import theorytopractice as ttp

    listings = (
        ttp.commitments, ttp.replications, ttp.slots, ttp.problems, ttp.experiences, ttp.mechanisms, ttp.reviews,
    )  # fmt: skip
    return dict(zip(LISTS, listings, strict=True))


@main.command()
@click.argument("plan")
@AS_OF
@KNOWLEDGE
@click.option(
    "--of", "what", type=click.Choice(["findings", *LISTS]), default="findings", help="What is listed."
)
@click.option("--no-dates", is_flag=True, help="Leave out the days on which stages were reached; faster.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "xlsx"]),
    help="Table unless given; of a file by its ending.",
)
@click.option(
    "-o",
    "--output",
    "target",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write a file (.csv, .xlsx or .json) instead; one as CSV is written for spreadsheets.",
)
def assess(
    plan: str,
    as_of: str | None,
    knowledge: str,
    form: str | None,
    target: Path | None,
    *,
    what: str,
    no_dates: bool,
) -> None:
    """Say for every finding which stage its evidence supports; or list what else the plan holds.

    Commitments, replications and check slots; problems, experiences, mechanisms and reviews as people keep them.
    """
    import theorytopractice as ttp
    from theorytopractice.i18n import speaking

    _refuse_output(form, target)
    with plan_at(plan, valid=True, as_of=as_of) as opened, speaking(opened.settings.language):
        if what == "findings":
            frame = ttp.assess(opened, as_of=as_of, knowledge=knowledge, dates=not no_dates)
        else:
            frame = _listings()[what](opened, as_of=as_of, knowledge=knowledge)
    if target is None:
        print_frame(frame, form or "table")
        return
    from theorytopractice.exchange.listings import write_frame

    write_frame(target, frame, name=what)
    echo(f"Wrote {target}.")


def _refuse_output(form: str | None, target: Path | None) -> None:
    """Refuse a file whose ending is not that of the format, and a workbook without a file."""
    if target is None and form == "xlsx":
        raise click.UsageError("A workbook needs a file; name it with -o FILE.xlsx.")
    if target is None:
        return
    ending = target.suffix.lower().removeprefix(".")
    if ending not in ("csv", "json", "xlsx"):
        raise click.UsageError("-o takes a file that ends in .csv, .xlsx or .json.")
    if form is not None and form != ending:
        raise click.UsageError(
            f"--format {form} and a file that ends in .{ending} do not fit; leave --format out."
        )


@main.command()
@click.argument("plan")
@click.argument("finding_id")
@AS_OF
@KNOWLEDGE
@TWO_FORMATS
def explain(plan: str, finding_id: str, as_of: str | None, knowledge: str, form: str) -> None:
    """Say why a finding has its stage, and what would raise it by one, in the plan's language."""
    from theorytopractice.assessment.explain import explain as explain_finding
    from theorytopractice.i18n import speaking

    with plan_at(plan, valid=True, as_of=as_of) as opened, speaking(opened.settings.language):
        explanation = explain_finding(opened, finding_id, as_of=as_of, knowledge=knowledge)
        text = as_json([explanation.as_dict()]) if form == "json" else explanation.text
    echo(text)


@main.command()
@click.argument("plan")
@click.argument("indicator_id", metavar="[INDICATOR_ID]", required=False)
@AS_OF
@KNOWLEDGE
@click.option(
    "--step",
    type=click.IntRange(1),
    default=1,
    help="Which action divides the values: 2 is the second that began.",
)
@TWO_FORMATS
def verdict(
    plan: str, indicator_id: str | None, as_of: str | None, knowledge: str, step: int, form: str
) -> None:
    """Say whether each indicator, or one, moved after the action, beside the stage and without claiming a cause."""
    from theorytopractice.assessment.verdict import verdict as judge
    from theorytopractice.assessment.verdict_words import listing

    with plan_at(plan, valid=True, as_of=as_of) as opened:
        frame = judge(opened, indicator_id, as_of=as_of, knowledge=knowledge, step=step)
    echo(as_json(records(frame)) if form == "json" else listing(frame))


@main.command()
@click.argument("plan")
@AS_OF
@KNOWLEDGE
@click.option(
    "--since", metavar="D", help="Look at reviews and new findings after this day; at all unless given."
)
@click.option(
    "--by", type=click.Choice(["theme", "kind", "owner", "unit"]), help="The measures of each group."
)
@TWO_FORMATS
def measures(
    plan: str, as_of: str | None, knowledge: str, since: str | None, by: str | None, form: str
) -> None:
    """Sum up a plan: rates with their counts and 95 % intervals, and what to beware of in each."""
    from theorytopractice.assessment.measures import cautions, measure_name, say_measures, undated_text
    from theorytopractice.assessment.measures import measures as measure

    with plan_at(plan, valid=True, as_of=as_of) as opened:
        frame = measure(opened, as_of=as_of, knowledge=knowledge, since=since, by=by)
    if form == "json":
        echo(as_json(records(frame)))
        return
    names = frame["measure"].map(measure_name)
    width = max(len(name) for name in names)
    heading = ""
    groups = frame["group"] if by else [""] * len(frame)
    for group, name, words in zip(groups, names, say_measures(frame), strict=True):
        if group != heading:
            echo(f"\n{group}")
            heading = group
        echo(f"{name:{width}}  {words}")
    echo(f"As of {frame.attrs['as_of']}. In brackets: 95% Wilson intervals.")
    if left_out := undated_text(frame):
        echo(left_out)
    echo("\nBeware:")
    for together, sentence in cautions(frame).items():
        echo(f"- {together}: {sentence}")


@main.command()
@click.argument("plan")
@click.option(
    "--stage", type=click.Choice(["3", "4"]), default="4", help="Until carried out (3) or in practice (4)."
)
@click.option(
    "--by",
    type=click.Choice(["theme", "kind", "certainty", "unit", "owner"]),
    help="One curve a group, compared.",
)
@click.option("--entered", metavar="D", help="Day on which the plan began to be kept (delayed entry).")
@AS_OF
@KNOWLEDGE
@TWO_FORMATS
def survival(
    plan: str, stage: str, by: str | None, entered: str | None, as_of: str | None, knowledge: str, form: str
) -> None:
    """Say how long it takes until findings are in practice, and how they left otherwise."""
    from theorytopractice.assessment.survival import overview
    from theorytopractice.assessment.survival import survival as time_to_practice

    with plan_at(plan, valid=True, as_of=as_of) as opened:
        curves = time_to_practice(
            opened, stage=int(stage), as_of=as_of, knowledge=knowledge, by=by, entered=entered
        )
    if form == "json":
        echo(as_json(curves.rows()))
        return
    echo(f"{overview(curves).to_string(index=False)}\n{curves.text}")


@main.command()
@click.argument("plan")
@click.option("--by", type=click.Choice(["theme", "owner", "unit"]), help="A forecast of each group too.")
@AS_OF
@KNOWLEDGE
@TWO_FORMATS
def forecast(plan: str, by: str | None, as_of: str | None, knowledge: str, form: str) -> None:
    """Say by when the open actions will be done, by what the past weeks showed, and how past forecasts did."""
    from theorytopractice.assessment.forecast import forecast as completion

    with plan_at(plan, valid=True, as_of=as_of) as opened:
        outlook = completion(opened, as_of=as_of, knowledge=knowledge, by=by)
    echo(as_json(outlook.rows()) if form == "json" else str(outlook))


@main.command("gap-map")
@click.argument("plan")
@AS_OF
@KNOWLEDGE
@FINDING_FORMAT
def gap_map(plan: str, as_of: str | None, knowledge: str, form: str) -> None:
    """Count open findings by theme and certainty: what is known and not done, and done without knowing."""
    from theorytopractice.assessment.assess import describe_gap
    from theorytopractice.assessment.assess import gap_map as cells_of

    with plan_at(plan, valid=True, as_of=as_of) as opened:
        cells = cells_of(opened, as_of=as_of, knowledge=knowledge)
    if form != "table":
        print_frame(cells, form)
        return
    print_frame(describe_gap(cells), form)
    if n_empty := int((cells["n"] == 0).sum()):
        echo(f"No finding in {n_empty} of {len(cells)} cells.")


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
        changes = what_if(opened, facts_of(opened, action_ids, as_of=as_of), as_of=as_of)
    print_frame(changes, form)


@main.command()
@click.argument("word", nargs=-1, metavar="[WORD]")
@click.option("--language", type=click.Choice(LANGUAGES), default=ENGLISH, show_default=True)
@FINDING_FORMAT
def words(word: tuple[str, ...], language: str, form: str) -> None:
    """Say what a flag, event, state, setting, measure or any other word of a plan means, and what to do."""
    from theorytopractice.assessment.words import tell
    from theorytopractice.assessment.words import words as rows_of
    from theorytopractice.i18n import speaking

    with speaking(language):
        frame = rows_of(" ".join(word))
        if form == "table":
            echo(tell(frame))
            return
    print_frame(frame, form)
