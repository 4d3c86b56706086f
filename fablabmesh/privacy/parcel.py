"""Somebody's data as a parcel to take away: one JSON file for programs, one page for people, in a zip. Pure."""

import enum
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

JSON_NAME, PAGE_NAME = "donnees.json", "donnees.html"
# Of the JSON file: raised when a field goes or changes its meaning, not when one is added.
FORMAT = 1


def plain(value: Any) -> Any:
    """As JSON tells it: times in ISO 8601, words for what is one of several."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


def write_json(
    rows: Mapping[str, list[dict[str, Any]]], names: Mapping[str, Mapping[int, Any]], *, site: str, made_at: datetime
) -> bytes:
    """The file for programs; docs/privacy.md tells its tables and columns."""
    told = {
        "format": FORMAT,
        "site": site,
        "made_at": made_at.isoformat(),
        "tables": {table: plain(found) for table, found in rows.items()},
        "names": {kind: plain(found) for kind, found in names.items()},
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def pack(files: Mapping[str, bytes], *, made_at: datetime) -> bytes:
    """These files in one zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parcel:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, made_at.timetuple()[:6])
            info.external_attr = 0o600 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            parcel.writestr(info, content)
    return out.getvalue()
