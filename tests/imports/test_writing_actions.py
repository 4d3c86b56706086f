"""What is exported from a place and imported into another site gives the same dates, as other readers see them."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete

from fablabmesh.demo import actions as demo
from fablabmesh.events.models import Event
from fablabmesh.imports import queries
from fablabmesh.imports.plan import propose
from fablabmesh.imports.writing_actions import write
from fablabmesh.kit.ical_apart import read_apart
from fablabmesh.kit.ical_reading import ReadEvent
from fablabmesh.places.models import Place
from fablabmesh.zones.rules import timezone_of_department
from tests.factories import NOW, make_department, make_place
from tests.judges import by_icalendar
from tests.judges.occurrence import Span

SPAN = Span(date(2025, 1, 1), date(2029, 1, 1))


@pytest.fixture
def feeds(client, db):
    """The calendars of the demonstration, by department; then its events are gone, as they are on another site."""
    make_department("35")
    make_department("42", "Loire", box=(3.7, 45.2, 4.8, 46.3))
    make_department("974", "La Réunion", box=(55.2, -21.4, 55.9, -20.8))
    demo.add_demo(now=NOW)
    db.commit()
    places = db.query(Place).filter(Place.is_demo).order_by(Place.id).all()
    found = {
        place.slug: (place.department_code, client.get(f"/lieux/{place.slug}/agenda.ics").data) for place in places
    }
    db.execute(delete(Event))
    db.commit()
    db.expire_all()
    return found


def test_every_feed_of_the_demonstration_survives_the_way_out_and_in(client, db, feeds):
    count = 0
    for slug, (department, feed) in feeds.items():
        place = make_place(name=f"Copie de {slug}", department=department)
        read = read_apart(feed, home=timezone_of_department(department), now=NOW)
        assert [problem for problem in read.problems if problem.is_lost] == []
        setting = queries.setting_of(place, category_slug="atelier", language="fr")
        write(propose(read.events, {}, setting), place, setting, origin="autre site", by=None, now=NOW)
        db.commit()
        again = client.get(f"/lieux/{place.slug}/agenda.ics").data

        told = {tuple(each) for each in by_icalendar.read(again, SPAN)}
        assert told == {tuple(each) for each in by_icalendar.read(feed, SPAN)}
        count += len(told)
        # What several places do together stands in the calendar of each.
        db.execute(delete(Event))
        db.commit()
        db.expire_all()

    assert count > 100


def test_and_is_then_known(db, feeds):
    department, feed = max(feeds.values(), key=lambda pair: len(pair[1]))
    place = make_place(name="Copie", department=department)
    read = read_apart(feed, home=timezone_of_department(department), now=NOW)
    setting = queries.setting_of(place, category_slug="atelier", language="fr")
    write(propose(read.events, {}, setting), place, setting, origin="autre site", by=None, now=NOW)
    db.commit()

    known = queries.find_known([event.uid for event in read.events])
    counts = write(propose(read.events, known, setting), place, setting, origin="", by=None, now=NOW + timedelta(1))

    assert counts == {"unchanged": len(read.events)}


def test_a_hundred_new_events_are_written_in_as_many_queries_as_two(db, count_queries):
    place = make_place()
    setting = queries.setting_of(place, category_slug="atelier", language="fr")
    start = datetime(2026, 6, 10, 18)  # noqa: DTZ001 - a wall time

    def seen(count):
        events = [
            ReadEvent(f"{count}-{number}", f"Atelier {count} {number}", start, start, "Europe/Paris")
            for number in range(count)
        ]
        with count_queries() as statements:
            assert write(propose(events, {}, setting), place, setting, origin="", by=None, now=NOW) == {"new": count}
        return len(statements)

    assert seen(2) == seen(100)
