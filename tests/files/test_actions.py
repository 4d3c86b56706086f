"""Calendars as files follow the agenda: what is written, what is left alone, and what goes."""

import gzip

import pytest
from sqlalchemy import select

from fablabmesh.events import actions as events
from fablabmesh.files.actions import Published, keep_published
from fablabmesh.files.folder import Folder
from fablabmesh.places.models import Place
from fablabmesh.zones import actions as zones
from fablabmesh.zones.rules import Standing
from tests.factories import NOW, make_department, make_event, make_place, make_zone

LAB, ZONE, ALL = "lieux/labfab-rennes/agenda.ics", "zones/fablab/ouest/agenda.ics", "agenda.ics"


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def published(db, folder) -> Published:
    lab = make_place()
    make_zone("35")
    make_event(lab, title="Atelier")
    return Published(folder)


def read(folder: Folder, name: str) -> bytes:
    return gzip.decompress((folder.files / f"{name}.gz").read_bytes())


def list_names(folder: Folder) -> set[str]:
    return {path.relative_to(folder.files).as_posix() for path in folder.files.rglob("*.ics")}


def test_the_files_are_what_the_application_answers(published, folder, client):
    published.update()

    assert list_names(folder) == {LAB, ZONE, ALL}
    for name in (LAB, ZONE, ALL):
        assert read(folder, name) == client.get(f"/{name}").data


def test_without_a_change_nothing_is_written_not_even_by_another_process(published, folder):
    assert published.update() == 3

    assert published.update() == 0
    assert Published(folder).update() == 0


def test_a_change_is_written_where_it_belongs(published, folder, db):
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.8))
    other = make_place(name="Lab", commune="Nantes", department="44", insee="44109", latitude=47.2, longitude=-1.5)
    event = make_event(other, title="Ailleurs")
    published.update()
    before = read(folder, LAB), read(folder, ZONE)

    events.cancel_event(event, reason="Panne", now=NOW, version=event.version)
    db.commit()

    assert published.update() == 2
    assert (read(folder, LAB), read(folder, ZONE)) == before
    assert b"STATUS:CANCELLED" in read(folder, ALL)
    assert read(folder, "lieux/lab-nantes/agenda.ics").count(b"STATUS:CANCELLED") == 1


def test_a_change_is_written_for_the_partners_too(published, folder, db, client):
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.8))
    other = make_place(name="Lab", commune="Nantes", department="44", insee="44109", latitude=47.2, longitude=-1.5)
    event = make_event(other, title="Ensemble")
    event.partners = [db.scalars(select(Place).where(Place.slug == "labfab-rennes")).one()]
    db.commit()
    published.update()
    before = read(folder, LAB).count(b"BEGIN:VEVENT")
    events.cancel_event(event, reason="Panne", now=NOW, version=event.version)
    db.commit()

    assert (before, published.update()) == (2, 4)
    for name in (LAB, ZONE, ALL):
        assert read(folder, name) == client.get(f"/{name}").data
        assert b"STATUS:CANCELLED" in read(folder, name)


def test_a_zone_composed_anew_is_written_although_nobody_tells(published, folder, db):
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.8))
    make_event(make_place(name="Lab", commune="Nantes", department="44", insee="44109"), title="Ailleurs")
    published.update()
    before = read(folder, ZONE).count(b"BEGIN:VEVENT")
    zones.compose(make_zone(), ["35", "44"], standing=Standing.HYPOTHESIS, reason="pour un essai")
    db.commit()

    assert published.update() == 1
    assert (before, read(folder, ZONE).count(b"BEGIN:VEVENT")) == (1, 2)


def test_another_colour_of_a_zone_is_written_although_nobody_tells(published, folder, db, client):
    published.update()
    before = read(folder, ZONE)

    make_zone(colour="#c0392b")
    db.commit()

    assert published.update() == 1
    assert read(folder, ZONE) == client.get(f"/{ZONE}").data != before


def test_a_calendar_that_lost_its_events_stays_and_that_of_a_place_that_is_gone_goes(published, folder, db):
    empty, gone = make_place(name="Vide"), make_place(name="Parti")
    event = make_event(empty)
    make_event(gone)
    published.update()
    with_all = list_names(folder)

    db.delete(event)
    db.delete(gone)
    db.commit()
    published.update()

    assert with_all == {LAB, ZONE, ALL, "lieux/vide-rennes/agenda.ics", "lieux/parti-rennes/agenda.ics"}
    assert list_names(folder) == {LAB, ZONE, ALL, "lieux/vide-rennes/agenda.ics"}
    assert b"BEGIN:VEVENT" not in read(folder, "lieux/vide-rennes/agenda.ics")


def test_what_an_earlier_process_left_is_removed(published, folder):
    (folder.files / "lieux" / "ancien").mkdir(parents=True)
    (folder.files / "lieux" / "ancien" / "agenda.ics.gz").write_bytes(b"")

    published.update()

    assert not (folder.files / "lieux" / "ancien").exists()


def test_no_more_statements_are_sent_for_many_calendars_that_did_not_change(published, count_queries):
    published.update()
    with count_queries() as few:
        published.update()
    for number in range(5):
        make_event(make_place(name=f"Lab {number}"))
    published.update()
    with count_queries() as many:
        published.update()

    assert len(few) == len(many) == 4


def test_files_are_kept_right_through_failures_and_public_meanwhile_only(published, folder, db, monkeypatch):
    seen = []
    monkeypatch.setattr("time.sleep", lambda _seconds: seen.append("pause"))

    def look() -> None:
        seen.append((folder.public.exists(), folder.public.exists() and read(folder, LAB).count(b"BEGIN:VEVENT")))

    def hear(patience):
        look()
        yield []
        while patience() == 0:
            yield []
        look()
        make_event(db.scalars(select(Place)).one(), title="Encore")
        yield ["7:1"]
        while patience() == 0:
            yield []
        look()
        raise ConnectionError

    keep_published(folder.root, hear, lambda: len(seen) > 6)

    assert seen[:5] == [(False, False), (True, 1), (True, 2), "pause", (True, 2)]
    assert not folder.public.exists()


def test_what_is_told_of_a_place_does_not_wait_for_the_great_calendars(published, folder, db):
    published.update()
    for number in range(3):
        make_event(db.scalars(select(Place)).one(), title=f"Encore {number}")
        published.look()
        published.write_some()

    assert [read(folder, name).count(b"BEGIN:VEVENT") for name in (LAB, ZONE, ALL)] == [4, 1, 1]
    assert published.is_behind
    assert [published.write_some(), published.write_some(), published.is_behind] == [1, 1, False]
    assert [read(folder, name).count(b"BEGIN:VEVENT") for name in (LAB, ZONE, ALL)] == [4, 4, 4]


def test_great_calendars_have_their_turn_however_much_is_told_of_places(published, folder, db, monkeypatch):
    monkeypatch.setattr("fablabmesh.files.actions.LONGEST_PUT_OFF", 2)
    published.update()
    seen = []
    for number in range(4):
        make_event(db.scalars(select(Place)).one(), title=f"Encore {number}")
        published.look()
        published.write_some()
        seen.append(read(folder, ZONE).count(b"BEGIN:VEVENT"))

    assert seen == [1, 1, 4, 4]
