"""Does a plan mean the same whatever dtypes its frames came with, and is what cannot be read said?"""

from __future__ import annotations

import io
from contextlib import nullcontext
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from builder import frames_of

from theorytopractice.assessment.arrays import arrow, codes, days, numbers, texts, truths, whole
from theorytopractice.assessment.assess import assess
from theorytopractice.errors import InvalidPlan, PracticeError, UnknownName
from theorytopractice.model.vocabularies import FindingKind
from theorytopractice.store.plan import to_frames

D = "2026-06-30"


def dates(kind):
    """Return a function that gives each date of a typed column another type."""

    def convert(column):
        if column.dtype.kind != "M":
            return column
        made = [None if pd.isna(day) else kind(day) for day in column]
        return pd.Series(made, index=column.index, dtype=object)

    return convert


def as_texts(column):
    if column.dtype.kind == "M":
        return dates(lambda day: str(day.date()))(column)
    if column.dtype.name == "boolean":
        return column.map({True: "true", False: "false"}).astype("str")
    return column.astype("str").where(column.notna())


def when(kind, change):
    return lambda column: change(column) if column.dtype.kind == kind else column


COLUMNS = {
    "objects": lambda column: column.astype(object).where(column.notna(), None),
    "objects with NaN": lambda column: column.astype(object).where(column.notna(), np.nan),
    "texts": as_texts,
    "empty texts": lambda column: as_texts(column).astype(object).where(column.notna(), ""),
    "categories": lambda column: column.astype("category"),
    "categories of texts": lambda column: as_texts(column).astype("category"),
    "Arrow": lambda column: column.convert_dtypes(dtype_backend="pyarrow"),
    "Arrow texts": lambda column: as_texts(column).astype("string[pyarrow]"),
    "Arrow dates": when("M", lambda column: column.astype(pd.ArrowDtype(pa.timestamp("s"))).astype(
        pd.ArrowDtype(pa.date32()))),
    "nullable": lambda column: column.convert_dtypes(),
    "floats": lambda c: c.astype("float64") if c.dtype.name in ("Int64", "boolean") else c,
    "nanoseconds": when("M", lambda column: column.astype("datetime64[ns]")),
    "zoned": when("M", lambda column: column.dt.tz_localize("Asia/Shanghai")),
    "periods": when("M", lambda column: column.dt.to_period("D")),
    "dates": dates(lambda day: day.date()),
    "moments": dates(lambda day: day.to_pydatetime()),
    "numpy dates": dates(lambda day: day.to_datetime64()),
    "ISO moments": dates(lambda day: day.isoformat()),
}  # fmt: skip
FRAMES = {
    "no empty columns": lambda frame: frame.dropna(axis=1, how="all"),
    "more columns": lambda frame: frame.assign(foreign=1, index=2),
    "another index": lambda frame: frame.set_axis([0] * len(frame)),
    "key as index": lambda frame: frame.set_index(frame.columns[0]),
    "another order": lambda frame: frame[frame.columns[::-1]],
    "category of names": lambda frame: frame.set_axis(pd.CategoricalIndex(frame.columns), axis=1),
    "polars": lambda frame: pl.from_pandas(frame).to_pandas(),
    "polars with Arrow": lambda frame: pl.from_pandas(frame).to_pandas(use_pyarrow_extension_array=True),
    "CSV": lambda frame: pd.read_csv(io.StringIO(frame.to_csv(index=False))),
    "CSV of texts": lambda frame: pd.read_csv(
        io.StringIO(frame.to_csv(index=False)), dtype=str, keep_default_na=False
    ),
}


@pytest.fixture(scope="module")
def example(example_tables):
    frames = to_frames(example_tables)
    return frames, assess(frames, as_of=D)


@pytest.mark.parametrize("name", COLUMNS)
def test_every_dtype_gives_the_same_assessment(example, name):
    frames, expected = example
    given = {
        table: pd.DataFrame({column: COLUMNS[name](frame[column]) for column in frame})
        for table, frame in frames.items()
    }
    pd.testing.assert_frame_equal(assess(given, as_of=D), expected)


@pytest.mark.parametrize("name", FRAMES)
def test_every_shape_of_frame_gives_the_same_assessment(example, name):
    frames, expected = example
    given = {table: FRAMES[name](frame) for table, frame in frames.items()}
    with (
        pytest.warns(UserWarning, match="is not known and feeds no rule")
        if name == "more columns"
        else nullcontext()
    ):
        assessed = assess(given, as_of=D)
    pd.testing.assert_frame_equal(assessed, expected)


@pytest.mark.parametrize("empty", [lambda f: f.iloc[:0], lambda f: f.iloc[:0].astype(object),
                                   lambda f: pd.DataFrame({c: [] for c in f}), lambda _: pd.DataFrame()])  # fmt: skip
def test_empty_tables_of_any_dtype_are_no_facts(example, empty):
    frames, _ = example
    given = {name: frame if name == "finding" else empty(frame) for name, frame in frames.items()}
    insights = assess(given, as_of=D).query("kind == 'insight' and disposition == 'open'")
    assert set(insights["stage"]) == {0}
    assert len(assess({name: empty(frame) for name, frame in frames.items()}, as_of=D)) == 0


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([10.0, None]),
        pd.Series([10.0, None], dtype=object),
        pd.Series([10.0, None], dtype="category"),
        pd.Series([10, None], dtype="Int64"),
        pd.Series([10.0, None], dtype="float64[pyarrow]"),
    ],
)
def test_a_whole_key_reads_the_same_in_every_numeric_dtype(column):
    assert texts(column) == ["10", ""]


def test_numbers_keep_what_a_whole_number_cannot_hold():
    assert texts(pd.Series([1e300, np.nan])) == ["1e+300", ""]
    assert list(numbers(pd.Series([Decimal("0.1"), 2], dtype=object))) == [0.1, 2.0]


def test_a_moment_counts_on_the_date_of_its_own_zone():
    late = datetime(2026, 1, 5, 23, 30, tzinfo=UTC)
    expected = [(date(2026, 1, 5) - date(1970, 1, 1)).days]
    assert list(days(pd.Series([late]))) == expected
    assert list(days(pd.Series([late], dtype=object))) == expected
    assert list(days(pd.Series([pd.Timestamp(late).tz_convert("Asia/Shanghai")]))) == [expected[0] + 1]


def test_a_period_counts_on_its_last_day():
    assert list(days(pd.Series(pd.PeriodIndex(["2026-02"], freq="M")))) == [20512]  # 28 February 2026


@pytest.mark.parametrize("text", ["03/04/2026", "2026-02-30", "2026", "20260630", "2026-06-30x", "soon"])
def test_what_is_not_an_iso_date_is_refused_by_name(text):
    with pytest.raises(PracticeError, match=f"The column due holds '{text}', which is not a date"):
        days(pd.Series(["2026-06-30", text, None], name="due"))


def test_numbers_are_not_taken_for_dates():
    with pytest.raises(PracticeError, match="'20260630', which is not a date"):
        days(pd.Series([20260630], name="due"))


def test_truths_are_read_from_words_and_figures_in_any_case():
    expected = [False, True, True]
    for column in (
        ["False", "TRUE", None],
        [0, 1, None],
        [0.0, 1.0, np.nan],
        [False, True, None],
        ["0", "1", ""],
        ["no", "oui", None],
    ):
        assert list(truths(pd.Series(column), default=True)) == expected
    with pytest.raises(
        PracticeError, match="The column final holds 'perhaps', which is neither true nor false"
    ):
        truths(pd.Series(["true", "perhaps"], name="final"), default=True)


def test_an_unknown_word_is_refused_with_the_nearest():
    with pytest.raises(PracticeError, match=r"The column kind holds 'Problems', .* did you mean 'problem'"):
        codes(pd.Series(["insight", None, "Problems"], name="kind"), FindingKind, FindingKind.INSIGHT)


def test_a_duration_in_words_is_refused():
    with pytest.raises(
        PracticeError, match="The column lag_days holds '30 days', which is not a whole number"
    ):
        whole(pd.Series(["3", "30 days"], name="lag_days"), 0)


def test_a_tolerance_in_words_is_refused():
    row = {
        "indicator_id": "I",
        "name": "n",
        "direction": "ascending",
        "level": "outcome",
        "target": "8",
        "tolerance": "few",
    }
    with pytest.raises(InvalidPlan, match=r"E-NUM indicator row 0 \(I\), tolerance: 'few' is not a number"):
        assess(frames_of({"indicator": [row]}))


def test_a_column_of_objects_is_read_as_what_it_holds():
    assert arrow(pd.Series(["a", None], dtype=object)).to_pylist() == ["a", None]


def test_a_slip_in_the_name_of_a_table_is_not_an_empty_plan(example):
    with pytest.raises(UnknownName, match="no table 'findings'; did you mean 'finding'"):
        assess({"findings": example[0]["finding"]})
    given = {"finding": example[0]["finding"], "remarks": pd.DataFrame()}
    with pytest.warns(UserWarning, match="W-UNKNOWN remarks: the table 'remarks' is not known"):
        assert len(assess(given, as_of=D)) == 46


def test_what_is_no_table_is_refused_in_a_sentence(example):
    finding = example[0]["finding"]
    with pytest.raises(PracticeError, match="found of the type"):
        assess(finding)
    with pytest.raises(PracticeError, match="The table finding is of the type polars"):
        assess({"finding": pl.from_pandas(finding)})
    with pytest.raises(PracticeError, match="The table finding has the column 'kind' twice"):
        assess({"finding": pd.concat([finding, finding[["kind"]]], axis=1)})
    with pytest.raises(InvalidPlan, match="empty or stand twice"):
        assess({"finding": finding.drop(columns="finding_id")})


def test_an_unknown_name_is_a_whole_sentence_with_or_without_a_near_one():
    known = ["F-001", "F-002"]
    assert str(UnknownName("finding", "F-01", known)) == (
        "There is no finding 'F-01'; did you mean 'F-001'? Known: F-001, F-002."
    )
    assert str(UnknownName("finding", "xyz", known)) == "There is no finding 'xyz'; known: F-001, F-002."
    assert str(UnknownName("finding", "F-01", [*known, *map(str, range(30))])).endswith(
        "did you mean 'F-001'?"
    )


def test_a_table_of_another_name_is_answered_with_all_names_not_only_the_guess():
    frames = frames_of({"action": [], "owner": []})
    with pytest.raises(
        UnknownName, match=r"did you mean 'finding'\? Known: owner, finding, action, indicator"
    ):
        assess(
            {name: frame for name, frame in frames.items() if name != "finding"}
            | {"findings": frames["owner"]}
        )
    assert (
        str(UnknownName("table", "findings", ["finding"]))
        == "There is no table 'findings'; did you mean 'finding'?"
    )
