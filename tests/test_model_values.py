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

from theorytopractice.assessment import arrays
from theorytopractice.assessment.arrays import MISSING
from theorytopractice.errors import PracticeError
from theorytopractice.exchange import transformations
from theorytopractice.forms import cells
from theorytopractice.model.dialects import CELL, FRAME, RELATIVE, AmbiguousTextError, by_hand, date_pattern
from theorytopractice.model.entities import ENTITIES
from theorytopractice.model.fields import Field, ValueType
from theorytopractice.model.plain_dates import month_numbers
from theorytopractice.model.plain_text import comparable
from theorytopractice.model.same_keys import spell_links
from theorytopractice.model.settings import LAST_DAY, Settings, read_as_of
from theorytopractice.model.values import (
    READERS,
    TextTable,
    as_text,
    natural,
    natural_order,
    parse_error,
    read_list,
)
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
        day = int(arrays.days(column)[0])
        return REFUSED if day == MISSING else date.fromordinal(day + EPOCH)
    if type_ is ValueType.INTEGER:
        return int(arrays.whole(column, -1)[0])
    if type_ is ValueType.TRUTH:
        return bool(arrays.truths(column, default=True)[0])
    number = float(arrays.numbers(column)[0])
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
    assert outcome(read_as_of, text) == (REFUSED if day != REFUSED and day > LAST_DAY else day)
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
                lambda unit: np.datetime64(day).astype(f"datetime64[{unit}]")
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


DATES = {
    "2026-04-15": "2026-04-15",
    "2026-04-15 00:00:00": "2026-04-15",
    "2026-04-15T09:30:00.5Z": "2026-04-15",
    "15/04/2026 14:30": "2026-04-15",
    "4/15/2026 12:00:00 AM": "2026-04-15",
    "12 janvier 2026": "2026-01-12",
    "1er février 2026": "2026-02-01",
    "30-Jun-2027": "2027-06-30",
    "2027-Jun-30": "2027-06-30",
    "June 30, 2027": "2027-06-30",
    "30th of June 2027": "2027-06-30",
    "Wednesday, 30 June 2027": "2027-06-30",
    "15. März 2026": "2026-03-15",
    "15 de abril de 2026": "2026-04-15",
    "3 maart 2026": "2026-03-03",
    "5 giugno 2026": "2026-06-05",
    "20 août 2026": "2026-08-20",
    "20 AOUT 2026": "2026-08-20",
    "15 апреля 2026": "2026-04-15",
    "2026年4月15日": "2026-04-15",
    "2026年 4月 15日": "2026-04-15",
    "２０２６／０４／１５": "2026-04-15",
    "15.4.2026": "2026-04-15",
    "06/2027": "2027-06-30",
    "2027-06": "2027-06-30",
    "Jun 2027": "2027-06-30",
    "2027年6月": "2027-06-30",
    "juin 2027": "2027-06-30",
    "02/2028": "2028-02-29",
    "Q3 2026": "2026-09-30",
    "2026 Q3": "2026-09-30",
    "3rd quarter 2026": "2026-09-30",
    "2026年第三季度": "2026-09-30",
    "2e trimestre 2026": "2026-06-30",
    "T4 2026": "2026-12-31",
    "H1 2027": "2027-06-30",
    "S1 2027": "2027-06-30",
    "2027年上半年": "2027-06-30",
    "2. Halbjahr 2027": "2027-12-31",
    "2026-W16": "2026-04-19",
}
STARTS = {"06/2027": "2027-06-01", "Q3 2026": "2026-07-01", "H2 2027": "2027-07-01", "2026-W16": "2026-04-13"}
NO_DATES = (
    *(
        "03/04/2026",
        "31/12/90",
        "30-Jun-27",
        "12.5.26",
        "T2 2026",
        "15 listopad 2026",
        "2026",
        "46127",
        "soon",
        "Q5 2026",
    ),
    *(
        "31.2.2026",
        "13/2027",
        "15/04",
        "June",
        "2026-13",
        "2026-04-15 or later",
        "32 June 2026",
        "2026-W60",
        "x" * 100,
    ),
)
NUMBERS = {
    "45 %": "45",
    "40%": "40",
    "%40": "40",
    "４５％": "45",
    "1 234,5": "1234.5",
    "1\u202f234,5": "1234.5",
    "1,234.5": "1234.5",
    "1.234,5": "1234.5",
    "1'234.5": "1234.5",
    "1’234": "1234",
    "1.234.567": "1234567",
    "12,34,567": "1234567",
    "€ 12": "12",
    "12 €": "12",
    "USD 12": "12",
    "R$ 1.234,50": "1234.50",
    "12,50 kr": "12.50",
    "-€ 12": "-12",
    "\u221212": "-12",
    "- 12": "-12",
    "１，２３４．５": "1234.5",
    "1.234": "1.234",
    "0,125": "0.125",
    "1e3": "1e3",
}
NO_NUMBERS = (
    "1,234",
    "12 kg",
    "TOP 10",
    "1/2",
    "½",
    "1.2.3",
    "12-",
    "n/a",
    "40 % %",
    "1 2345",
    "1,23,4",
    "12,",
)
TRUE = (
    "TRUE",
    "True",
    "yes",
    "oui",
    "ja",
    "sí",
    "verdadero",
    "WAHR",
    "VRAI",
    "是",
    "1",
    "1.0",
    "x",
    "X",
    "✓",
    "ＴＲＵＥ",
)
FALSE = ("FALSE", "no", "non", "nein", "não", "falso", "FALSCH", "FAUX", "否", "0", "0.0")


@pytest.mark.parametrize(("text", "day"), DATES.items())
def test_a_date_that_means_one_day_is_read_through_every_door(text, day):
    field = FIELDS[ValueType.DATE]
    assert by_csv(field, text) == date.fromisoformat(day)
    assert by_frame(ValueType.DATE, pd.Series([text])) == date.fromisoformat(day)
    assert cells.read_text(field, text, today=TODAY) == (day, "")
    assert transformations.dates([])(text) == day
    assert read_as_of(text) == date.fromisoformat(day)


@pytest.mark.parametrize(("text", "day"), STARTS.items())
def test_a_start_without_a_day_is_the_first(text, day):
    field = ENTITIES["action"]["planned_start"]
    assert by_csv(field, text) == date.fromisoformat(day)
    assert by_frame(ValueType.DATE, pd.Series([text], name=field.name)) == date.fromisoformat(day)
    assert cells.read_text(field, text, today=TODAY) == (day, "")
    assert transformations.dates([], is_start=True)(text) == day


@pytest.mark.parametrize("text", NO_DATES)
def test_a_date_that_means_several_days_or_none_is_refused_by_every_door(text):
    field = FIELDS[ValueType.DATE]
    assert by_csv(field, text) == REFUSED
    assert outcome(by_frame, ValueType.DATE, pd.Series([text])) == REFUSED
    assert cells.read_text(field, text, today=TODAY).problem
    assert outcome(transformations.dates([]), text) == REFUSED


@pytest.mark.parametrize(("text", "plain"), NUMBERS.items())
def test_a_number_is_read_through_every_door(text, plain):
    field = ENTITIES["indicator"]["target"]
    assert CELL.plain_cell(field, text) == plain
    assert cells.read_text(field, text, today=TODAY) == (plain, "")
    assert by_frame(ValueType.NUMBER, pd.Series([text], name=field.name)) == float(plain)


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_or_two_is_refused_by_every_door(text):
    field = ENTITIES["indicator"]["tolerance"]
    assert by_csv(field, text) == REFUSED
    assert by_frame(ValueType.NUMBER, pd.Series([text], name=field.name)) == REFUSED
    assert cells.read_text(field, text, today=TODAY).problem


def test_a_sign_that_the_field_does_not_have_is_refused():
    assert by_csv(ENTITIES["action"]["cost"], "45 %") == REFUSED
    assert by_csv(ENTITIES["action"]["cost"], "45 €") == Decimal(45)
    assert by_csv(ENTITIES["event"]["progress"], "45 %") == Decimal(45)
    assert by_csv(ENTITIES["observation"]["n"], "45 €") == REFUSED


@pytest.mark.parametrize("text", [*TRUE, *FALSE])
def test_a_truth_is_read_through_every_door(text):
    field = FIELDS[ValueType.TRUTH]
    assert by_csv(field, text) is (text in TRUE)
    assert by_frame(ValueType.TRUTH, pd.Series([text])) is (text in TRUE)
    assert Settings.read({"require_evidence": text}).require_evidence is (text in TRUE)


@pytest.mark.parametrize("sort", [np.float16, np.float32, np.float64, np.longdouble])
def test_a_float_of_any_length_is_its_shortest_decimal(sort):
    assert as_text(sort("85.1")) == "85.1" if sort is not np.float16 else as_text(sort("2.5")) == "2.5"
    for column in (
        pd.Series([sort("2.6")], dtype=object),
        pd.Series([np.float32("2.6")]),
        pd.Series([2.6], dtype="Float32"),
    ):
        if sort is not np.float16:
            assert arrays.numbers(column)[0] == 2.6
    assert as_text(sort("nan")) == ""


def test_a_text_in_two_ways_is_told_with_both():
    assert "write 2026-03-04 or 2026-04-03" in parse_error(FIELDS[ValueType.DATE], "03/04/2026").message
    assert "write 1234 or 1.234" in parse_error(FIELDS[ValueType.NUMBER], "1,234").message


def test_words_and_keys_are_those_that_people_take_for_the_same():
    assert CELL.plain_cell(ENTITIES["finding"]["kind"], " Problem ") == "problem"
    assert CELL.plain_cell(ENTITIES["finding"]["finding_id"], " E\u0301-1\u200b") == "\u00c9-1"
    assert CELL.plain_cell(ENTITIES["indicator"]["scale"], "差；中；好") == "差;中;好"
    assert CELL.plain_cell(ENTITIES["finding"]["statement"], "TRUE") == "TRUE"


def test_a_link_that_spells_a_key_in_another_way_leads_to_it():
    finding = ENTITIES["finding"]
    event = ENTITIES["event"]
    tables = {
        "finding": TextTable.of(
            finding, [{"finding_id": "\u00c9-1"}, {"finding_id": "F-2"}, {"finding_id": "f-2"}]
        ),
        "event": TextTable.of(
            event, [{"subject": "finding", "subject_id": key} for key in ("e\u0301-1", "Ｆ-2", "x")]
        ),
    }
    spell_links(tables)
    assert tables["event"]["subject_id"] == ["\u00c9-1", "Ｆ-2", "x"]


def test_the_steps_of_a_list_are_folded():
    assert read_list("Poor; FAIR ;;good") == ["poor", "fair", "", "good"]


def test_a_setting_may_be_written_as_a_database_gives_back_a_whole_number():
    assert Settings.read({"stall_days": "45.0"}).stall_days == 45
    assert Settings.problem("stall_days", "45.5") is not None


@given(ids=st.lists(st.text("F-0129aé٣ ", min_size=1, max_size=6), unique=True))
@example(["F-10", "F-9", "F-009", "F-", "f-1"])
def test_frames_and_files_have_one_natural_order(ids):
    in_files = [ids[place] for place in natural_order([(one,) for one in ids])]
    assert [ids[place] for place in arrays.natural_order(pd.Index(ids, dtype="str"))] == in_files
    assert in_files == sorted(ids, key=natural)
