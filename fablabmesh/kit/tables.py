"""Tables for spreadsheets: every CSV is written here, so that no cell of any is run as a formula. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

# Excel and LibreOffice read UTF-8 by this mark.
MARK = "\ufeff"
# A spreadsheet takes what begins so for a formula, wide letters of East Asia too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def render_csv(rows: Iterable[Sequence[object]], *, separator: str = ",") -> Iterator[str]:
    """Line by line. Texts are guarded; numbers are as they are, below zero too; None is an empty cell."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        yield written.getvalue()
        written.seek(0)
        written.truncate()


def csv_file(rows: Iterable[Sequence[object]], *, separator: str = ",") -> bytes:
    """All of it, with the mark."""
    return (MARK + "".join(render_csv(rows, separator=separator))).encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return _guarded("|".join(map(str, value)))
    return _guarded(str(value))


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
