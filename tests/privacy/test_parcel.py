"""What one takes away can be read by programs and by people."""

import io
import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

from fablabmesh.accounts.rules import Role
from fablabmesh.privacy import parcel

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_values_are_told_as_json_tells_them():
    given = {"a": NOW, "b": date(2026, 3, 2), "c": Role.ADMIN, "d": Decimal("1.50"), "e": [NOW], 1: None}

    assert parcel.plain(given) == {
        "a": "2026-03-02T09:00:00+00:00",
        "b": "2026-03-02",
        "c": "admin",
        "d": "1.50",
        "e": ["2026-03-02T09:00:00+00:00"],
        "1": None,
    }


def test_the_file_for_programs_says_of_which_site_and_when():
    body = parcel.write_json({"account": [{"name": "Zoé"}]}, {"place": {3: {"name": "x"}}}, site="s", made_at=NOW)

    assert json.loads(body) == {
        "format": 1,
        "site": "s",
        "made_at": "2026-03-02T09:00:00+00:00",
        "tables": {"account": [{"name": "Zoé"}]},
        "names": {"place": {"3": {"name": "x"}}},
    }


def test_the_parcel_is_a_zip_of_files_for_their_owner_alone():
    with zipfile.ZipFile(io.BytesIO(parcel.pack({"a.json": b"{}", "b.html": b"<p>"}, made_at=NOW))) as found:
        assert found.testzip() is None
        assert {name: found.read(name) for name in found.namelist()} == {"a.json": b"{}", "b.html": b"<p>"}
        assert [info.external_attr >> 16 for info in found.infolist()] == [0o600, 0o600]
