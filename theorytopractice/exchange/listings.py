"""Which listings of a plan can be taken into a spreadsheet or a program, and how is one written to a file?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from theorytopractice.assessment import listings, reviews, workload
from theorytopractice.assessment.assess import assess
from theorytopractice.assessment.decisions import BY_NAME, decisions
from theorytopractice.assessment.encode import encode
from theorytopractice.errors import PracticeError, UnknownName, shown
from theorytopractice.exchange.due_dates import due_dates
from theorytopractice.exchange.files import write_file
from theorytopractice.exchange.sheets import plain_value, workbook
from theorytopractice.i18n import LANGUAGES, say, say_list, speaking
from theorytopractice.model.settings import as_day
from theorytopractice.model.vocabularies import Knowledge
from theorytopractice.store import csv_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    import pandas as pd

    from theorytopractice.assessment.encoded_plan import EncodedPlan
    from theorytopractice.store.plan import Plan


def _findings(plan: EncodedPlan, **when: Any) -> pd.DataFrame:  # noqa: ANN401
    """What is said of every finding, with its stage and flags, as ``assess`` gives them."""
    return _with_columns(assess(plan, dates=True, **when), plan, "finding", "statement", "theme", "source")


def _register(plan: EncodedPlan, **when: Any) -> pd.DataFrame:  # noqa: ANN401
    """Every finding in one row: where it stands, what stands behind it, who answers, what is next."""
    behind = listings.standing(plan, **when).drop(columns=["as_of", "asks_evidence"])
    frame = assess(plan, **when).merge(behind, on="finding_id")
    frame["as_of"] = frame.pop("as_of")
    for table, column in (("finding_action", "action_id"), ("finding_indicator", "indicator_id")):
        linked = plan.frames[table].dropna(subset=column).drop_duplicates(["finding_id", column])
        keys = linked.groupby("finding_id")[column].agg(list)
        frame.insert(len(frame.columns) - 1, f"{column}s", frame["finding_id"].map(keys))
    columns = ("statement", "theme", "source", "certainty", "recorded_on", "owner_id")
    return _with_columns(frame, plan, "finding", *columns)


def _indicators(plan: EncodedPlan, **when: Any) -> pd.DataFrame:  # noqa: ANN401
    """Every indicator of an open finding with its baseline, target and latest value."""
    return _with_columns(
        listings.attainment(plan, **when),
        plan,
        "indicator",
        "name",
        "unit",
        "direction",
        "level",
        "cadence_days",
    )


def _decisions(plan: EncodedPlan, **when: Any) -> pd.DataFrame:  # noqa: ANN401
    """Every reason for which an open finding waits for a decision, and what is asked."""
    frame = decisions(plan, **when)
    for name, column in (("heading", "why"), ("asked", "asked")):
        texts = [say(getattr(BY_NAME[reason], name)) for reason in frame["reason"]]
        frame.insert(len(frame.columns) - 1, column, texts)
    return _with_columns(frame, plan, "finding", "statement", "theme")


def _due_dates(plan: EncodedPlan, *, as_of: date | str | None, knowledge: str) -> pd.DataFrame:
    """What falls due, as the calendar has it."""
    import pandas as pd

    if knowledge != Knowledge.THEN:
        raise PracticeError(say("Due dates are those that were known on the day; leave --knowledge out."))
    rows = [
        {"due_on": row.on, "sort": str(row.sort), "key": row.key, "title": row.title,
         "owner_ids": list(row.owner_ids), "finding_ids": list(row.finding_ids)}
        for row in due_dates(plan, as_of)
    ]  # fmt: skip
    columns = ["due_on", "sort", "key", "title", "owner_ids", "finding_ids", "as_of"]
    return pd.DataFrame(rows, columns=columns).assign(as_of=as_day(plan, as_of))


def _with_columns(frame: pd.DataFrame, plan: EncodedPlan, table: str, *columns: str) -> pd.DataFrame:
    """Put columns of a table of the plan behind the key of a listing's rows, those that it has already aside."""
    key = f"{table}_id"
    own = plan.frames[table].drop_duplicates(key).set_index(key)
    at = list(frame.columns).index(key)
    for column in [name for name in columns if name not in frame]:
        at += 1
        frame.insert(at, column, frame[key].map(own[column]))
    return frame


LISTINGS: Mapping[str, Callable[..., pd.DataFrame]] = {
    "findings": _findings,
    "register": _register,
    "actions": workload.actions,
    "agenda": workload.agenda,
    "due_dates": _due_dates,
    "owners": workload.owner_load,
    "commitments": listings.commitments,
    "indicators": _indicators,
    "observations": listings.observations,
    "decisions": _decisions,
    "problems": listings.problems,
    "experiences": listings.experiences,
    "replications": listings.replications,
    "mechanisms": listings.mechanisms,
    "slots": listings.slots,
    "reviews": reviews.reviews,
    "review_dates": reviews.review_dates,
    "shelf": listings.shelf,
    "staleness": listings.staleness,
    "standing": listings.standing,
}
"""What can be listed → the function that lists it for a plan on a day."""
AS_WRITTEN = ("value",)
"""Columns of texts that are numbers as people wrote them, or words of a scale."""
ENDINGS = (".csv", ".xlsx", ".json")


def listing(
    plan: Plan | Mapping[str, pd.DataFrame],
    of: str,
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    language: str | None = None,
) -> pd.DataFrame:
    """Return a listing of a plan by its name, one of ``LISTINGS``.

    Raises:
        UnknownName: there is no such listing or language.
    """
    if of not in LISTINGS:
        raise UnknownName(say("listing"), of, LISTINGS)
    if language is not None and language not in LANGUAGES:
        raise UnknownName(say("language"), language, LANGUAGES)
    encoded = encode(plan)
    with speaking(language or encoded.settings.language):
        return LISTINGS[of](encoded, as_of=as_of, knowledge=knowledge)


def write_listing(  # noqa: PLR0913 - what a listing may be asked for
    plan: Plan | Mapping[str, pd.DataFrame],
    path: str | Path,
    of: str,
    *,
    as_of: date | str | None = None,
    knowledge: str = Knowledge.THEN,
    language: str | None = None,
) -> Path:
    """Write what a screen or a part of the report lists to a file, by its ending: ``.csv``, ``.xlsx`` or ``.json``.

    Args:
        plan: a plan, or frames by table.
        path: the file to write.
        of: what is listed: ``findings``, ``register``, ``actions``, ``commitments``, ``indicators``, ``decisions``, …
        as_of: the day, inclusive; today in the plan's zone unless given.
        knowledge: ``then`` or ``restated`` (method, T3).
        language: of what is said in sentences; the plan's own unless given.

    Raises:
        UnknownName: there is no such listing or language.
        PracticeError: the ending is another, or the file cannot be written.

    Example:
        >>> plan = ttp.open_plan(ttp.path_of("data/example"))
        >>> ttp.write_listing(plan, "actions.csv", "actions", as_of="2026-06-30").name
        'actions.csv'
    """
    path = Path(path)
    writer_of(path)
    return write_frame(path, listing(plan, of, as_of=as_of, knowledge=knowledge, language=language), name=of)


def write_frame(path: Path, frame: pd.DataFrame, *, name: str = "listing") -> Path:
    """Write a frame to a file by its ending; see :func:`write_listing`."""
    return write_file(path, writer_of(path)(frame, name))


def writer_of(path: Path) -> Callable[[pd.DataFrame, str], bytes]:
    """Return what writes a file of this ending; raises PracticeError where nothing does."""
    writers = {".csv": _csv, ".xlsx": _xlsx, ".json": _json}
    try:
        return writers[path.suffix.lower()]
    except KeyError:
        raise PracticeError(
            say("A listing is written to a file that ends in {endings}; {path} does not.",
                endings=say_list(ENDINGS, "or"), path=shown(path))
        ) from None  # fmt: skip


def _csv(frame: pd.DataFrame, _: str) -> bytes:
    """Write a frame as CSV for spreadsheets: a byte order mark, and no text that becomes a formula."""
    columns = [[_cell(value, is_numeric=name in AS_WRITTEN) for value in frame[name]] for name in frame]
    rows = zip(*columns, strict=True)
    return csv_file.BOM + csv_file.encode([csv_file.guard(str(name)) for name in frame.columns], rows)


def _cell(value: object, *, is_numeric: bool) -> str:
    """Write a value as the cell of a CSV file; texts are guarded, numbers are not."""
    plain = plain_value(value)
    if isinstance(plain, str):
        return csv_file.guard_cell(plain, is_numeric=is_numeric)
    return "" if plain is None else str(plain).lower() if isinstance(plain, bool) else str(plain)


def _xlsx(frame: pd.DataFrame, name: str) -> bytes:
    """Write a frame as a workbook of one sheet; measured values become numbers as far as they are some."""
    written = {column: frame[column].map(_number).astype(object) for column in AS_WRITTEN if column in frame}
    return workbook({name: frame.assign(**written)})


def _number(text: object) -> object:
    """Return a text that is a plain number as the number."""
    return float(text) if isinstance(text, str) and csv_file.PLAIN_NUMBER.fullmatch(text) else text


def _json(frame: pd.DataFrame, _: str) -> bytes:
    """Write a frame as a list of objects: dates ISO, missing null, lists as lists."""
    objects = [
        {str(name): value if isinstance(value, list) else plain_value(value) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]
    return (json.dumps(objects, ensure_ascii=False, indent=2, default=str) + "\n").encode()
