"""Lines of a letter, read aloud."""

from datetime import date, timedelta

import pytest

from fablabmesh.digests import contents, queries
from fablabmesh.events import date_actions as dates
from fablabmesh.events import queries as events
from fablabmesh.events.models import Event
from fablabmesh.events.rules import OnlineAccess
from fablabmesh.feeds.slices import Slice
from fablabmesh.kit.i18n import force_locale
from tests.factories import NOW, make_event, make_place

MONDAY = date(2026, 3, 9)


@pytest.fixture
def coming(db):
    def read(**values):
        until = NOW.replace(year=2091)
        found = queries.list_coming(Slice(), now=NOW, until=until, limit=50)
        return contents.by_day(found, today=MONDAY, root=values.get("root", ""))

    return read


def test_dates_stand_under_their_days_and_what_has_begun_comes_first(db, coming):
    place = make_place()
    make_event(place, title="Exposition", starts="2026-03-04T00:00", ends="2026-03-20T00:00", is_all_day=True)
    make_event(place, title="Soudure", starts="2026-03-10T18:00", ends="2026-03-10T20:30")
    make_event(place, title="Couture", starts="2026-03-10T09:00", ends="2026-03-10T12:00")
    make_event(place, title="Vélos", starts="2026-04-01T09:00", ends="2026-04-01T12:00")

    told = [(day, [(line.title, line.when) for line in lines]) for day, lines in coming()]

    assert told == [
        ("En ce moment", [("Exposition", "du mercredi 4 mars 2026 au vendredi 20 mars 2026")]),
        ("mardi 10 mars 2026", [("Couture", "9\u00a0h – 12\u00a0h"), ("Soudure", "18\u00a0h – 20\u00a0h\u00a030")]),
        ("mercredi 1er avril 2026", [("Vélos", "9\u00a0h – 12\u00a0h")]),
    ]


def test_a_line_says_where_what_and_by_whom(db, coming):
    lab, library = make_place(name="LabFab"), make_place(name="Les Champs Libres", commune="Rennes")
    event = make_event(lab, title="Initiation")
    db.query(Event).filter_by(id=event.id).update({"venue_id": library.id, "online_access": OnlineAccess.PUBLIC})
    db.commit()
    db.expire_all()

    [(_day, [line])] = coming(root="/en")

    assert (line.where, line.category, line.path) == (
        "Les Champs Libres, Rennes · LabFab · en ligne aussi",
        "Atelier",
        f"/en/evenements/{event.slug}",
    )


def test_a_place_in_words_is_told_with_its_organiser(db, coming):
    event = make_event(make_place(name="LabFab"))
    db.query(Event).filter_by(id=event.id).update({"venue_text": "sur le parvis"})
    db.commit()
    db.expire_all()

    [(_day, [line])] = coming()

    assert line.where == "sur le parvis · LabFab"


def test_hours_overseas_say_what_time_it_is_in_paris(db, coming):
    make_event(
        make_place(name="Lab Réunion", department="974"),
        starts="2026-03-10T18:00",
        ends="2026-03-10T20:00",
        timezone="Indian/Reunion",
    )

    [(_day, [line])] = coming()

    assert line.when == "18\u00a0h – 20\u00a0h"
    assert line.notes == ("Heure locale\u00a0: La Réunion. À Paris\u00a0: de 15\u00a0h à 17\u00a0h (heure de Paris).",)


def test_a_line_for_a_whole_series_says_how_often_it_comes(db):
    event = make_event(make_place(), starts="2026-03-10T18:00", ends="2026-03-10T20:00")
    event.rrule = "FREQ=WEEKLY;COUNT=3"
    db.commit()
    first = queries.list_coming(Slice(), now=NOW, until=NOW.replace(year=2027), limit=1)[0]

    assert contents.to_line(first, root="", is_series=True).notes == ("Chaque semaine, le mardi, 3 fois.",)
    assert contents.to_line(first, root="").notes == ()


def test_a_date_called_off_says_why(db):
    event = make_event(make_place(), starts="2026-03-10T18:00", ends="2026-03-10T20:00")
    event.rrule, event.published_at = "FREQ=WEEKLY;COUNT=3", NOW - timedelta(days=9)
    db.commit()
    event = events.get_event(event.slug)
    dates.cancel_date(event, event.starts_local, reason="Plus de bois.", by=None, now=NOW, version=event.version)
    db.commit()

    period = {"since": NOW - timedelta(days=1), "until": NOW, "now": NOW}
    [found] = queries.list_cancelled_dates(Slice(), **period, limit=9)

    assert contents.to_line(found, root="").reason == "Plus de bois."


def test_english_is_spoken_to_who_reads_english(db, coming):
    make_event(make_place(), starts="2026-03-10T18:00", ends="2026-03-10T20:00")

    with force_locale("en"):
        [(day, [line])] = coming()

    assert (day, line.when, line.category) == ("Tuesday 10 March 2026", "18:00 – 20:00", "Workshop")
