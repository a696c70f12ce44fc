"""What stands in a foreign file? Its columns as texts, each row with its place in the file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn, TypeVar

from theorytopractice.errors import PlanError, quote, reason_of
from theorytopractice.exchange.delimited import decode, read_delimited
from theorytopractice.exchange.files import check_file, read_file
from theorytopractice.exchange.foreign_table import (
    LISTED,
    ReadOptions,
    Table,
    check_area,
    column_names,
    refuse,
)
from theorytopractice.exchange.workbooks import WORKBOOKS, read_workbook
from theorytopractice.i18n import message, say, say_list
from theorytopractice.model.values import as_text
from theorytopractice.store.csv_file import clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["KNOWN", "LISTED", "ReadOptions", "Table", "read_table"]

DELIMITED = (".csv", ".tsv", ".txt")
JSON, JSON_LINES = ".json", (".jsonl", ".ndjson")
PARQUET = ".parquet"
KNOWN = (*DELIMITED, *WORKBOOKS, JSON, *JSON_LINES, PARQUET)
LARGEST_PARQUET = 400 * 2**20
NO_PARQUET = message("it is not Parquet, or damaged")
MOST_WAYS = 8
"""Lists in a JSON file that a sentence names."""
Value = TypeVar("Value")


def read_table(path: Path, options: ReadOptions | None = None) -> Table:
    """Read a CSV file, a sheet of a workbook, a list of records in JSON, or a Parquet file.

    Cells are trimmed texts; rows of empty cells only are passed over. What cannot be read is in the table's issues.

    Raises:
        PlanError: the file is missing, of another format, or not readable as a table at all.

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "x.json")
    >>> _ = path.write_text('{"count": 1, "results": [{"No": "A-1", "by": {"name": "Ann"}}]}')
    >>> read_table(path).rows
    [{'No': 'A-1', 'by.name': 'Ann'}]
    """
    options = options or ReadOptions()
    ending = path.suffix.lower()
    if ending not in KNOWN:
        known = ", ".join(KNOWN)
        raise PlanError(
            say("Cannot read {name}; known through a mapping: {known}.", name=quote(path.name), known=known)
        )
    if ending in WORKBOOKS:
        return read_workbook(path, options)
    if ending == PARQUET:
        return _read_parquet(path)
    data = read_file(path)
    if ending in DELIMITED:
        return read_delimited(path.name, data, options)
    return _read_json(path.name, decode(path.name, data, options.encoding), options, lines=ending != JSON)


def _read_json(name: str, text: str, options: ReadOptions, *, lines: bool) -> Table:
    def refuse_constant(word: str) -> NoReturn:
        refuse(name, message("{word} is not a value"), word=word)

    def load(part: str) -> object:
        return json.loads(
            part,
            parse_float=str,
            parse_int=str,
            parse_constant=refuse_constant,
            object_pairs_hook=_with_every_key,
        )

    try:
        whole = [load(line) for line in text.splitlines() if line.strip()] if lines else load(text)
    except (ValueError, RecursionError) as error:
        refuse(name, message("it is not JSON: {error}"), error=error)
    records = records_of(name, whole, options.records)
    table = Table(name, {}, [])
    flat: list[dict[str, str]] = []
    numbers: list[int] = []
    for number, record in enumerate(records, 1):
        if isinstance(record, dict):
            flat.append(_with_every_key(list(_flattened(record))))
            numbers.append(number)
        else:
            table.leave_out(number, f"expected an object, found {quote(record)}; left out")
    names = dict.fromkeys(column for record in flat for column in record)
    check_area(name, len(flat), len(names))
    table.cells = {column: [record.get(column, "") for record in flat] for column in names}
    table.row_numbers = numbers
    return table


def _with_every_key(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    """Return an object; a repeated key is called as a repeated heading is, so that nothing is lost."""
    whole = dict(pairs)
    if len(whole) == len(pairs):
        return whole
    names = column_names([key for key, _ in pairs])
    return {name: value for name, (_, value) in zip(names, pairs, strict=True)}


def records_of(name: str, whole: object, way: str = "") -> list[object]:
    """Return the list of records in a JSON value: at the end of a way such as ``results.items``, or the only one.

    Raises:
        PlanError: there is none, or several; the sentence names them.

    >>> records_of("x.json", {"data": {"items": [{"No": "A-1"}]}}), records_of("x.json", {"a": {"b": [1]}}, "a.b")
    ([{'No': 'A-1'}], [1])
    """
    if way:
        for part in way.split("."):
            whole = whole.get(part) if isinstance(whole, dict) else None
        if not isinstance(whole, list):
            refuse(name, message("there is no list of objects at {way}"), way=quote(way))
        return whole
    if isinstance(whole, list):
        return whole
    lists = dict(_lists(whole, ""))
    if len(lists) > 1:
        ways = say_list((f"records = {way!r}" for way in lists), "or", few=MOST_WAYS)
        refuse(name, message("it has several lists of objects; say which is meant: {ways}"), ways=ways)
    if not lists:
        refuse(name, message("expected a list of objects, or one below a key"))
    return next(iter(lists.values()))


def _lists(value: object, way: str) -> Iterator[tuple[str, list[object]]]:
    """Return every list of objects that stands below keys only, with its way."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _lists(part, f"{way}.{key}" if way else key)
    elif isinstance(value, list) and value and all(isinstance(part, dict) for part in value):
        yield way, value


def _flattened(record: dict[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    """Return the cells of an object; those of an object within are called ``owner.name``."""
    for key, value in record.items():
        if isinstance(value, dict) and value:
            yield from _flattened(value, f"{before}{key}.")
        elif isinstance(value, list) and not any(isinstance(part, dict | list) for part in value):
            yield f"{before}{key}", "; ".join(clean(as_text(part)) for part in value)
        elif isinstance(value, dict | list):
            yield f"{before}{key}", json.dumps(value, ensure_ascii=False)
        else:
            yield f"{before}{key}", clean(as_text(value))


def _read_parquet(path: Path) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    check_file(path)
    try:
        with pq.ParquetFile(path) as file:
            check_area(path.name, file.metadata.num_rows, file.metadata.num_columns)
            groups = range(file.metadata.num_row_groups)
            if sum(file.metadata.row_group(group).total_byte_size for group in groups) > LARGEST_PARQUET:
                refuse(path.name, message("it unpacks to more than {n} MB"), n=LARGEST_PARQUET // 2**20)
            columns = file.read().flatten()
    except OSError as error:
        refuse(path.name, reason_of(error) if error.errno else NO_PARQUET)
    except pa.ArrowException:
        refuse(path.name, NO_PARQUET)
    cells = {name: _texts(columns[name]) for name in columns.column_names}
    named = dict(zip(column_names(list(cells)), cells.values(), strict=True))
    return Table(path.name, named, range(1, columns.num_rows + 1))


def _texts(column: object) -> list[str]:
    """Return the values of an Arrow column as texts; each different one is written once."""
    encoded = column.combine_chunks().dictionary_encode()  # type: ignore[attr-defined]
    values = encoded.dictionary
    is_short = str(values.type) in ("float", "halffloat")  # Python's own would show digits that nobody wrote
    written = [clean(as_text(value)) for value in (values.to_numpy() if is_short else values.to_pylist())]
    return ["" if place is None else written[place] for place in encoded.indices.to_pylist()]
