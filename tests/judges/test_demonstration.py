"""Every feed that the demonstration makes is read alike by all readers, and single events as their rows have them."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from fablabmesh.demo import actions
from fablabmesh.events.models import Event
from fablabmesh.events.rules import EventStatus
from fablabmesh.places.models import Place
from tests.factories import NOW, make_department, make_zone
from tests.judges.occurrence import Span, spell
from tests.judges.test_judges import JUDGES

SPAN = Span(date(2024, 1, 1), date(2030, 1, 1))


@pytest.fixture
def demo(db):
    make_department("35")
    make_department("42", "Loire", box=(3.7, 45.2, 4.8, 46.3))
    make_department("974", "La Réunion", box=(55.2, -21.4, 55.9, -20.8))
    actions.add_demo(now=NOW)
    db.commit()


def read(client, address):
    """What every reader sees behind an address, once they agree."""
    answer = client.get(address)
    assert (address, answer.status_code) == (address, 200)
    found = {name: judge(answer.data, SPAN) for name, judge in JUDGES.items()}
    first = found["icalendar"]
    assert [name for name, told in found.items() if told != first] == []
    return first


def row_of(event):
    zone = ZoneInfo(event.timezone)
    if event.is_all_day:
        start, end = event.starts_local.date(), event.ends_local.date() + timedelta(days=1)
    else:
        start, end = event.starts_local.replace(tzinfo=zone), event.ends_local.replace(tzinfo=zone)
    status = "CANCELLED" if event.status is EventStatus.CANCELLED else "CONFIRMED"
    return (event.uid, spell(start), spell(end), event.title, status)


def test_all_readers_agree_about_every_feed_of_the_demonstration(client, db, demo):
    slugs = db.scalars(select(Place.slug).where(Place.is_demo)).all()
    events = db.scalars(select(Event.slug).where(~Event.is_draft)).all()
    addresses = [f"/lieux/{slug}/agenda.ics" for slug in slugs] + [f"/evenements/{slug}.ics" for slug in events]

    read_apart = {tuple(each) for address in addresses for each in read(client, address)}

    assert set(map(tuple, read(client, "/agenda.ics"))) == read_apart


@pytest.mark.parametrize(
    ("address", "titles"),
    [
        ("/zones/fablab/ouest/agenda.ics", {"Atelier libre", "Couture du samedi", "Résidence : le bois autrement"}),
        ("/agenda.ics?programme=fablab", {"Atelier libre", "Couture du samedi"}),
        ("/agenda.ics?genre=epn", {"Permanence numérique", "Comité de pilotage"}),
        ("/agenda.ics?categorie=formation-tuteurs", {"Formation de tuteur·trices"}),
        ("/agenda.ics?etiquette=r%C3%A9paration", {"Couture du samedi", "Café réparation"}),
        ("/agenda.ics?projet=une-fraiseuse-a-bois-en-plans-ouverts", {"Atelier libre", "Nuit du prototype"}),
        ("/agenda.ics?autour=48.114,-1.68&rayon=20", {"Atelier libre", "Couture du samedi"}),
        ("/agenda.ics?langue=fr", {"Atelier libre", "Permanence numérique"}),
        ("/agenda.ics?q=couture", {"Couture du samedi"}),
        ("/agenda.ics?etiquette=bois&2.genre=epn", {"Résidence : le bois autrement", "Permanence numérique"}),
    ],
)
def test_all_readers_agree_about_every_kind_of_part_of_it(client, db, demo, address, titles):
    make_zone("35")
    lab = db.scalars(select(Place).where(Place.commune == "Rennes")).one()
    lab.latitude, lab.longitude = 48.1142, -1.6808
    db.commit()

    seen = {title for _uid, _start, _end, title, _status in map(tuple, read(client, address))}

    assert titles <= {title.replace("\u00a0", " ") for title in seen}


def test_the_single_events_of_the_demonstration_are_read_as_their_rows_have_them(client, db, demo):
    singles = [
        event for event in db.scalars(select(Event).where(~Event.is_draft)) if not event.rrule and not event.rdates
    ]
    uids = {event.uid for event in singles}

    told = [tuple(each) for each in read(client, "/agenda.ics") if each.uid in uids]

    assert sorted(told) == sorted(map(row_of, singles))
