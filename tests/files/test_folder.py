"""Calendars as files: whole, told apart by what nginx looks at, and public only while they are right."""

import gzip

import brotli
import pytest

from fablabmesh.feeds.answers import SMALL, Kept
from fablabmesh.files.folder import Folder
from fablabmesh.kit.splice import deflate_chunk, gzip_of

ADDRESS = "/lieux/labfab/agenda.ics"


def keep(text: bytes = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n") -> Kept:
    return Kept("tag", gzip_of([deflate_chunk(text)]), len(text), [])


GREAT = keep(b"BEGIN:VEVENT\r\n" * (SMALL // 14 + 1))


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path)


def names(folder: Folder) -> list[str]:
    return sorted(path.relative_to(folder.files).as_posix() for path in folder.files.rglob("*") if path.is_file())


def tags(folder: Folder) -> dict[str, tuple[int, int]]:
    """What nginx makes tags of: by file, the second of its date, and its size."""
    found = {path.name: path.stat() for path in folder.files.rglob("*") if path.is_file()}
    return {name: (int(stat.st_mtime), stat.st_size) for name, stat in found.items()}


def test_a_calendar_is_written_in_each_encoding(folder):
    kept = keep()
    assert folder.put(ADDRESS, kept)

    path = folder.files / "lieux" / "labfab" / "agenda.ics"
    assert path.read_bytes() == kept.plain
    assert gzip.decompress(path.with_suffix(".ics.gz").read_bytes()) == kept.plain
    assert brotli.decompress(path.with_suffix(".ics.br").read_bytes()) == kept.plain


def test_a_calendar_that_is_the_same_is_left_alone(folder):
    folder.put(ADDRESS, keep())
    before = tags(folder)

    assert not folder.put(ADDRESS, keep())
    assert tags(folder) == before


def test_versions_written_in_one_second_and_of_one_size_are_told_apart(folder):
    seen = []
    for text in (b"A" * 40, b"B" * 40, b"A" * 40, b"B" * 40):
        folder.put(ADDRESS, keep(text))
        seen.append(tags(folder))

    assert len({tag["agenda.ics"][1] for tag in seen}) == 1
    assert len({tag["agenda.ics"] for tag in seen}) == 4
    assert len({tag["agenda.ics.gz"] for tag in seen}) == 4


def test_a_great_calendar_is_there_as_gzip_only_also_when_it_was_small(folder):
    folder.put(ADDRESS, keep())
    before = tags(folder)["agenda.ics.gz"]
    folder.put(ADDRESS, GREAT)

    assert names(folder) == ["lieux/labfab/agenda.ics.gz"]
    assert tags(folder)["agenda.ics.gz"][0] > before[0]


def test_what_an_end_in_between_left_half_done_is_done_again(folder):
    path = folder.files / "lieux" / "labfab"
    folder.put(ADDRESS, keep(b"old"))
    old = (path / "agenda.ics.gz").read_bytes()
    folder.put(ADDRESS, keep(b"new"))
    # As if it had ended before the last file took its place.
    (path / "agenda.ics.gz").write_bytes(old)
    (path / "agenda.ics.new").write_bytes(b"ha")

    with Folder(folder.root).alone(lambda: False):
        assert folder.put(ADDRESS, keep(b"new"))

    assert gzip.decompress((path / "agenda.ics.gz").read_bytes()) == (path / "agenda.ics").read_bytes() == b"new"
    assert names(folder) == [f"lieux/labfab/agenda.ics{ending}" for ending in ("", ".br", ".gz")]


def test_the_calendars_of_what_is_no_more_disappear_with_their_folder(folder):
    folder.put("/agenda.ics", keep())
    folder.put(ADDRESS, keep())
    folder.put("/zones/fablab/ouest/agenda.ics", GREAT)

    assert folder.remove_others(["/agenda.ics"]) == 2
    assert names(folder) == [f"agenda.ics{ending}" for ending in ("", ".br", ".gz")]
    assert not (folder.files / "lieux").exists()
    assert not (folder.files / "zones").exists()


def test_files_are_public_from_when_they_are_right_until_nobody_keeps_them(folder):
    with folder.alone(lambda: False) as is_alone:
        folder.put("/agenda.ics", keep())
        before = folder.public.exists()
        folder.offer()
        folder.offer()
        offered = (folder.public / "agenda.ics").read_bytes()

    assert (is_alone, before, offered, folder.public.exists()) == (True, False, keep().plain, False)


def test_one_at_a_time_writes_to_a_folder(folder):
    with folder.alone(lambda: False):
        folder.offer()
        with Folder(folder.root).alone(lambda: True) as is_alone:
            assert not is_alone
        assert folder.public.exists()
