"""Do all doors read a date, a number, a truth and a cadence alike, or refuse it alike?

The doors are a CSV file, a frame of whatever dtype, a form, a mapping, the command line and the settings.
"""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from theorytopractice.assessment import columns
from theorytopractice.assessment.grouped import MISSING
from theorytopractice.errors import PracticeError
from theorytopractice.exchange import transformations
from theorytopractice.forms import cells
from theorytopractice.model.as_of import read_as_of
from theorytopractice.model.dialects import CELL, FRAME, RELATIVE, AmbiguousTextError, by_hand, date_pattern
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import Field, ValueType
from theorytopractice.model.plain_dates import month_numbers
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.settings import Settings
from theorytopractice.model.values import READERS, as_text, natural, natural_order, parse_error, read_list
from theorytopractice.store import csv_file

TODAY = date(2026, 6, 30)
REFUSED = "refused"
EPOCH = date(1970, 1, 1).toordinal()
DTYPES = ("object", "str", "category", "string[pyarrow]")
ALPHABET = "0123456789" * 2 + "+-.,eE/ T:%'xX_年月日PDWMYtrufalsinTRUFALSIN\t\u00a0\u3000０１２٣½²\u2212"
TEXTS = st.one_of(
    st.text(ALPHABET, max_size=14),
    st.from_regex(r"[ \t]?[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([T ][0-9:]{0,8})?[ \t]?", fullmatch=True),
    st.dates().map(str),
    st.from_regex(r" ?[+-]?[0-9]{0,4}([.,][0-9]{0,3}){0,2}([eE][+-]?[0-9]{1,4})? ?", fullmatch=True),
    st.sampled_from(["inf", "-Infinity", "nan", "NaN", "1e0005", "True", "FALSE", "1.0", "0x1F", "1_000"]),
)
FIELDS = {
    ValueType.DATE: ENTITIES["finding"]["recorded_on"],
    ValueType.INTEGER: ENTITIES["finding"]["review_every_days"],
    ValueType.NUMBER: ENTITIES["action"]["cost"],
    ValueType.TRUTH: ENTITIES["observation"]["final"],
    ValueType.CADENCE: ENTITIES["finding"]["check_every"],
}


@pytest.fixture(autouse=True, scope="module")
def _names_of_months():
    """Load the names of all languages once; it takes longer than Hypothesis lets an example take."""
    month_numbers("no such month")


def outcome(read, *values):
    """Return what a door gives, or that it refuses."""
    try:
        return read(*values)
    except (ValueError, PracticeError):
        return REFUSED


def by_csv(field: Field, text: str):
    """Read a text as a cell of a CSV file that is validated."""
    entity = next(entity for entity in ENTITIES.values() if field in entity.fields)
    key = next(name for name in entity.columns if name != field.name)
    table, issues = csv_file.parse(csv_file.encode([key, field.name], [("K", text)]), entity, "x.csv")
    assert issues == []
    cell = table[field.name][0]
    return REFUSED if parse_error(field, cell) else CELL.read(field.type, cell)


def by_frame(type_: ValueType, column: pd.Series):
    """Read a column of one filled cell as the assessment does."""
    if type_ is ValueType.DATE:
        day = int(columns.days(column)[0])
        return REFUSED if day == MISSING else date.fromordinal(day + EPOCH)
    if type_ is ValueType.INTEGER:
        return int(columns.whole(column, -1)[0])
    if type_ is ValueType.TRUTH:
        return bool(columns.truths(column, default=True)[0])
    number = float(columns.numbers(column)[0])
    return REFUSED if math.isnan(number) else number


def read_as(field: Field, text: str):
    """Read a text as what a plan keeps of it."""
    return READERS[field.type](CELL.plain_cell(field, text.strip()))


def alike(type_: ValueType, expected):
    """Return a value as an array holds it."""
    return float(expected) if type_ is ValueType.NUMBER and expected != REFUSED else expected


@pytest.mark.parametrize("type_", FIELDS)
@given(text=TEXTS.filter(str.strip))
@example("0000-01-01")
@example("1e0005")
@example(" 12 ")
@example("2.5")
@example("-1")
@example("TRUE")
def test_a_text_is_read_alike_through_all_doors(type_, text):
    field = FIELDS[type_]
    cell = by_csv(field, text)
    assert outcome(read_as, field, text) == cell
    if type_ is not ValueType.CADENCE:
        expected = alike(type_, cell)
        for dtype in DTYPES:
            assert outcome(by_frame, type_, pd.Series([text], dtype=dtype, name=field.name)) == expected
    form = cells.read_text(field, text, today=TODAY)
    if cell != REFUSED and (type_ is not ValueType.NUMBER or abs(cell) < Decimal("1e300")):
        assert (form.problem, CELL.read(type_, form.text)) == ("", cell)
    elif not form.problem:
        assert comparable(text) in RELATIVE


@given(text=TEXTS.filter(str.strip))
def test_the_command_line_a_mapping_and_the_settings_read_as_a_file_does(text):
    day = by_csv(FIELDS[ValueType.DATE], text)
    assert outcome(read_as_of, text) == day
    assert outcome(transformations.dates([date_pattern("yyyy-mm-dd")]), text.strip()) == str(day)
    number = by_csv(FIELDS[ValueType.NUMBER], text)
    plain = outcome(transformations.number("."), text.strip())
    assert REFUSED in (number, plain) or Decimal(plain) == number
    whole = by_csv(FIELDS[ValueType.INTEGER], text)
    is_setting = Settings.problem("stall_days", text.strip()) is None
    assert is_setting == (whole != REFUSED and whole <= 1_000_000)
    truth = by_csv(FIELDS[ValueType.TRUTH], text)
    assert (Settings.problem("require_evidence", text.strip()) is None) == (truth != REFUSED)


VALUES = {
    ValueType.DATE: st.one_of(
        st.dates(date(1900, 1, 1), date(2200, 1, 1)),
        st.datetimes(),
        st.dates(date(1900, 1, 1), date(2200, 1, 1)).map(pd.Timestamp),
        st.dates(date(1900, 1, 1), date(2200, 1, 1)).flatmap(
            lambda day: st.sampled_from(["D", "s", "ms", "us", "ns"]).map(
                lambda unit: np.datetime64(day, unit)
            )
        ),
    ),
    ValueType.INTEGER: st.one_of(
        st.integers(-10, 10**10),
        st.integers(0, 10**6).map(np.int32),
        st.sampled_from([2.5, 7.0, -1.0, np.float64(30), math.inf, Decimal(12), Decimal("1.5")]),
    ),
    ValueType.NUMBER: st.one_of(
        st.integers(-(10**12), 10**12),
        st.floats(allow_nan=False, allow_infinity=False),
        st.floats(-1e6, 1e6).map(np.float64),
        st.decimals(allow_nan=False, allow_infinity=False, places=3),
    ),
    ValueType.TRUTH: st.booleans() | st.booleans().map(np.bool_),
}


@pytest.mark.parametrize("type_", VALUES)
@given(data=st.data())
def test_a_value_of_python_or_numpy_is_read_as_its_text_is(type_, data):
    value = data.draw(VALUES[type_])
    expected = alike(type_, outcome(CELL.read, type_, as_text(value)))
    for column in (pd.Series([value]), pd.Series([value], dtype=object)):
        assert outcome(by_frame, type_, column) == expected


@pytest.mark.parametrize("cell", ["P30D", "P2W", "P1M", "P12Y"])
def test_a_cadence_of_a_file_is_one_in_a_form(cell):
    assert cells.read_text(FIELDS[ValueType.CADENCE], cell, today=TODAY) == (cell, "")
    assert CELL.read(ValueType.CADENCE, f" {cell} ") == (int(cell[1:-1]), cell[-1])


def test_what_has_two_meanings_names_both():
    hand = by_hand(TODAY)
    with pytest.raises(AmbiguousTextError) as error:
        hand.read(ValueType.DATE, "3/4/2026")
    assert error.value.readings == ("2026-03-04", "2026-04-03")
    with pytest.raises(AmbiguousTextError) as error:
        hand.read(ValueType.NUMBER, "1,234")
    assert error.value.readings == ("1234", "1.234")


def test_a_dialect_adds_to_the_plain_writing_and_changes_nothing_else():
    assert FRAME.read(ValueType.DATE, "2026-06-30T09:15") == TODAY
    assert by_hand(TODAY).read(ValueType.DATE, "yesterday") == date(2026, 6, 29)
    assert by_hand(TODAY).read(ValueType.CADENCE, "every 2 quarters") == (6, "M")
    assert outcome(CELL.read, ValueType.DATE, "yesterday") == REFUSED


def test_the_steps_of_a_list_are_folded():
    assert read_list("Poor; FAIR ;;good") == ["poor", "fair", "", "good"]


def test_a_setting_may_be_written_as_a_database_gives_back_a_whole_number():
    assert Settings.read({"stall_days": "45.0"}).stall_days == 45
    assert Settings.problem("stall_days", "45.5") is not None


@given(ids=st.lists(st.text("F-0129aé٣ ", min_size=1, max_size=6), unique=True))
@example(["F-10", "F-9", "F-009", "F-", "f-1"])
def test_frames_and_files_have_one_natural_order(ids):
    in_files = [ids[place] for place in natural_order([(one,) for one in ids])]
    assert [ids[place] for place in columns.natural_order(pd.Index(ids, dtype="str"))] == in_files
    assert in_files == sorted(ids, key=natural)
