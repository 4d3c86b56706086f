"""From the bytes of a file to records with the line each begins at: JSON or CSV, whatever the encoding. What a cell
means is not known here. Nothing raises: what cannot be read is reported.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from fablabmesh.kit.i18n import gettext as _
from fablabmesh.opendata.report import Fault, Report

MAX_BYTES: Final = 32 * 1024 * 1024
MAX_ROWS: Final = 50_000
MAX_ROW_LINES: Final = 200
# No cell of the schema is that long; what is cut here is reported by whoever reads the cell.
MAX_CELL: Final = 20_000

_BLANK: Final = re.compile(r"[\s,]*")


@dataclass(frozen=True)
class Record:
    """One row as written: column → text."""

    line: int
    cells: dict[str, str]


def read_records(content: bytes, report: Report) -> list[Record]:
    """The rows of a JSON array or of a CSV file with a header; `report.read` counts them, readable or not."""
    if len(content) > MAX_BYTES:
        report.add(Fault.TOO_BIG, detail=_("%(size)d Mo", size=MAX_BYTES // 1024 // 1024))
        return []
    text = decode(content, report)
    start = text.lstrip()[:1]
    if not start:
        report.add(Fault.NOT_A_LIST)
        return []
    rows = _read_json(text, report) if start in "[{" else _read_csv(text, report)
    records = list(islice(rows, MAX_ROWS))
    if len(records) == MAX_ROWS and next(rows, None) is not None:
        report.read = MAX_ROWS
        report.add(Fault.TOO_BIG, detail=_("%(rows)d lignes", rows=MAX_ROWS))
    return records


def decode(content: bytes, report: Report) -> str:
    """UTF-8 with or without its mark, UTF-16 by its mark, else Windows-1252, which every byte string is."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        report.add(Fault.ENCODING, detail="UTF-16")
        return content.decode("utf-16", "replace").removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        report.add(Fault.ENCODING, line, detail="Windows-1252")
        return content.decode("cp1252", "replace")


# --- JSON --------------------------------------------------------------------------------------------------------


def _read_json(text: str, report: Report) -> Iterator[Record]:
    """One record after another, so that each knows its line, and the first broken one does not lose those before."""
    position = len(text) - len(text.lstrip())
    if text[position] != "[":
        report.add(Fault.NOT_A_LIST, _line_of(text, position))
        return
    decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
    position, counted, line = position + 1, 0, 1
    while True:
        position = _after_blank(text, position)
        line += text.count("\n", counted, position)
        counted = position
        if position >= len(text):
            report.add(Fault.UNREADABLE, line, detail="]")
            return
        if text[position] == "]":
            return
        report.read += 1
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            where = line
            if isinstance(error, json.JSONDecodeError):
                where = _line_of(text, error.pos)
            report.add(Fault.UNREADABLE, where, detail="JSON")
            return
        if isinstance(value, dict):
            yield Record(line, dict(_to_cells(value, line, report)))
        else:
            report.add(Fault.NOT_A_RECORD, line, value=_glimpse(value))


def _after_blank(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    return found.end() if found else position


def _line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _to_cells(record: dict[str, Any], line: int, report: Report) -> Iterator[tuple[str, str]]:
    for column, value in record.items():
        if value is None:
            continue
        if isinstance(value, str):
            yield column, value[:MAX_CELL]
        elif isinstance(value, list) and all(isinstance(part, str) for part in value):
            yield column, ";".join(value)[:MAX_CELL]
        else:
            report.add(Fault.BAD_TYPE, line, column, _glimpse(value))


def _glimpse(value: object) -> str:
    """A few characters of a value, however deep it is."""
    return str(value) if isinstance(value, str | int | float) else type(value).__name__


# --- CSV ---------------------------------------------------------------------------------------------------------


def _read_csv(text: str, report: Report) -> Iterator[Record]:
    delimiter = _find_delimiter(text, report)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header: list[str] = []
    before = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            report.read += bool(header)
            report.add(Fault.UNREADABLE, before + 1, detail="CSV")
            before = rows.line_num
            continue
        line, before = before + 1, rows.line_num
        if not any(cell.strip() for cell in row):
            continue
        if not header:
            header = [cell.strip().lower() for cell in row]
            continue
        report.read += 1
        if before - line > MAX_ROW_LINES:
            report.add(Fault.UNREADABLE, line, detail='"')
            continue
        yield _to_record(header, row, line, report)


def _find_delimiter(text: str, report: Report) -> str:
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    if delimiter != ",":
        report.add(Fault.DELIMITER, 1, detail={"\t": "⇥"}.get(delimiter, delimiter))
    return delimiter


def _to_record(header: list[str], row: list[str], line: int, report: Report) -> Record:
    if len(row) < len(header):
        report.add(Fault.MISSING_CELLS, line, detail=f"{len(row)}/{len(header)}")
    elif any(cell.strip() for cell in row[len(header) :]):
        report.add(Fault.EXTRA_CELLS, line, detail=f"{len(row)}/{len(header)}")
    return Record(line, {column: cell[:MAX_CELL] for column, cell in zip(header, row, strict=False) if column})
