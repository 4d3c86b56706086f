"""What fits a search, in PostGIS, and what a row of the list tells."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from werkzeug.datastructures import MultiDict

from fablabmesh.directory import queries
from fablabmesh.directory.filters import Search
from fablabmesh.kit.db import session
from fablabmesh.places import actions as places
from fablabmesh.places.models import PlaceOpening
from fablabmesh.places.rules import PlaceKind
from fablabmesh.zones.models import Commune
from tests.factories import make_department, make_event, make_place, make_project, make_zone

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


def make_commune(insee: str, name: str, latitude: float, longitude: float, department: str = "35") -> None:
    session.add(
        Commune(
            insee=insee,
            name=name,
            folded_name=name.lower(),
            postcodes=["35000"],
            department_code=department,
            latitude=latitude,
            longitude=longitude,
            population=1000,
        )
    )
    session.flush()


def opens(place, starts: datetime, hours: int = 3) -> None:
    session.add(PlaceOpening(place_id=place.id, opens_at=starts, closes_at=starts + timedelta(hours=hours)))
    session.flush()


@pytest.fixture
def town(db):
    """Three places in Rennes and one on La Réunion, all different in each thing that is searched by."""
    make_department("35")
    make_department("974", "La Réunion", box=(55.2, -21.4, 55.9, -20.8), region=("04", "La Réunion"))
    make_zone("35")
    make_zone("35", "974", programme="epn", slug="tout", name="Tout")
    make_commune("35238", "Rennes", 48.1146, -1.6775)
    make_commune("35288", "Saint-Malo", 48.6493, -2.0257)
    lab = make_place(
        name="Bidouille",
        labels=["cyber-base"],
        services=["coworking"],
        audiences=["jeunes"],
        fees=["gratuit"],
    )
    lab.machine_types = ["imprimante-3d-a-fil", "imprimante-3d"]
    epn = make_place(
        name="Clic",
        kind=PlaceKind.EPN,
        latitude=48.65,
        longitude=-2.02,
        accessibility=["langue-des-signes-lsf"],
        support=["accompagnement-individuel"],
        source_updated_on=date(2026, 11, 1),
    )
    epn.changed_at = lab.changed_at = datetime(2020, 1, 1, tzinfo=UTC)
    epn.source = "Essai"
    pole = make_place(name="Appui", kind=PlaceKind.POLE, latitude=None, longitude=None, closed_on=date(2026, 1, 1))
    island = make_place(name="Zourit", department="974", insee="97411", commune="Saint-Denis", postcode="97400")
    island.latitude, island.longitude = -20.88, 55.45
    places.put_laureate(places.put_call("appel-2013", name="Appel", year=2013), epn, project_name="Projet")
    session.flush()
    session.commit()
    session.expire_all()
    return {"lab": lab, "epn": epn, "pole": pole, "island": island}


def read(query: str) -> Search:
    asked = MultiDict(part.split("=", 1) for part in query.split("&")) if query else MultiDict()
    return queries.read_asked(asked.to_dict(flat=False), now=NOW).search


def names(query: str) -> list[str]:
    search = read(query)
    assert search.unknown == ()
    rows = queries.list_found(search, now=NOW, limit=60)
    assert queries.count_found(search, now=NOW) == len(rows)
    assert {marker.name for marker in queries.list_markers(search, now=NOW)} == {row.place.name for row in rows}
    return [row.place.name for row in rows]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Clic", "Bidouille", "Zourit"]),
        ("fermes=oui", ["Clic", "Appui", "Bidouille", "Zourit"]),
        ("zone=ouest", ["Clic", "Bidouille"]),
        ("zone=tout&programme=epn", ["Clic", "Bidouille", "Zourit"]),
        ("departement=974", ["Zourit"]),
        ("departement=974&departement=35", ["Clic", "Bidouille", "Zourit"]),
        ("genre=epn", ["Clic"]),
        ("genre=laureat", ["Clic"]),
        ("appel=appel-2013", ["Clic"]),
        ("appel=appel-2013&genre=fablab", []),
        ("label=cyber-base", ["Bidouille"]),
        ("service=coworking", ["Bidouille"]),
        ("machine=imprimante-3d", ["Bidouille"]),
        ("machine=imprimante-3d-a-fil&machine=scanner-3d", ["Bidouille"]),
        ("machine=imprimante-3d-a-resine", []),
        ("public=jeunes", ["Bidouille"]),
        ("accessibilite=langue-des-signes-lsf", ["Clic"]),
        ("tarif=gratuit", ["Bidouille"]),
        ("accompagnement=accompagnement-individuel", ["Clic"]),
        ("maj=30", ["Clic", "Zourit"]),
        ("maj=2026-11-02", ["Zourit"]),
        ("q=BIDOU", ["Bidouille"]),
        ("q=%", []),
        ("vue=-3,48,-1,49", ["Clic", "Bidouille"]),
        ("vue=50,-22,-1.9,49", ["Clic", "Zourit"]),
        ("autour=35238", ["Bidouille"]),
        ("autour=35238&rayon=100", ["Bidouille", "Clic"]),
        ("autour=saint malo&rayon=100", ["Clic", "Bidouille"]),
        ("autour=-20.9,55.5", ["Zourit"]),
        ("tri=nom", ["Bidouille", "Clic", "Zourit"]),
    ],
)
def test_each_filter_finds_what_fits_in_its_order(town, query, expected):
    town["island"].changed_at = NOW

    assert names(query) == expected


def test_a_place_is_open_at_the_instants_that_its_hours_say(town):
    opens(town["lab"], NOW - timedelta(hours=1))
    opens(town["epn"], NOW + timedelta(hours=1))
    opens(town["epn"], NOW - timedelta(hours=3))

    assert names("ouvert=maintenant") == ["Bidouille"]
    assert names("ouvert=2026-11-24T11:00") == ["Clic", "Bidouille"]
    assert names("ouvert=2026-11-24T13:00") == ["Clic"]
    assert names("ouvert=mardi") == ["Clic", "Bidouille"]
    assert names("ouvert=mercredi") == []


def test_a_day_and_a_time_are_those_of_the_place(town):
    for name in ("lab", "island"):
        opens(town[name], datetime(2026, 11, 28, 21, 30, tzinfo=UTC), hours=1)

    assert names("ouvert=samedi") == ["Bidouille"]
    assert names("ouvert=dimanche") == ["Zourit"]
    assert names("ouvert=2026-11-28T23:00") == ["Bidouille"]
    assert names("ouvert=2026-11-29T02:00") == ["Zourit"]


def test_an_opening_that_ends_at_midnight_is_not_of_the_next_day(town):
    opens(town["lab"], datetime(2026, 11, 27, 21, tzinfo=UTC), hours=2)

    assert names("ouvert=vendredi") == ["Bidouille"]
    assert names("ouvert=samedi") == []


def test_events_count_where_they_happen_and_are_still_to_come(town):
    make_event(town["lab"], starts="2026-11-27T18:00", ends="2026-11-27T20:00")
    make_event(town["epn"], starts="2027-01-10T18:00", ends="2027-01-10T20:00")
    make_event(town["island"], starts="2026-11-20T18:00", ends="2026-11-20T20:00")

    assert names("evenements=7") == ["Bidouille"]
    assert names("evenements=90") == ["Clic", "Bidouille"]
    assert names("du=2026-11-28") == ["Clic"]
    assert names("du=2026-11-27&au=2026-11-27") == ["Bidouille"]
    assert names("au=2026-11-26") == []


def test_the_lab_that_leads_a_project_seeks_partners(town):
    make_project(town["lab"])

    assert names("cherche-partenaires=oui") == ["Bidouille"]


def test_the_list_can_be_in_the_order_of_what_comes_next(town):
    make_event(town["island"], starts="2026-11-27T18:00", ends="2026-11-27T20:00")
    make_event(town["lab"], starts="2026-11-26T18:00", ends="2026-11-26T20:00")

    assert names("tri=rendez-vous") == ["Bidouille", "Zourit", "Clic"]


def test_a_row_tells_distance_next_event_and_opening(town):
    make_event(town["lab"], starts="2026-12-10T18:00", ends="2026-12-10T20:00", title="Après")
    make_event(town["lab"], starts="2026-11-26T18:00", ends="2026-11-26T20:00", title="Avant")
    opens(town["lab"], SATURDAY)
    opens(town["lab"], SATURDAY + timedelta(days=7))

    (row,) = queries.list_found(read("autour=35238"), now=NOW, limit=60)

    assert row.metres == 0
    assert row.next_event.title == "Avant"
    assert row.opening == queries.Opening(SATURDAY, SATURDAY + timedelta(hours=3))


def test_a_list_costs_the_same_number_of_queries_however_long_it_is(town, count_queries):
    search = read("")
    with count_queries() as few:
        queries.list_found(search, now=NOW, limit=1)
    with count_queries() as many:
        queries.list_found(search, now=NOW, limit=60)

    assert len(few) == len(many) == 5


def test_pages_hold_each_place_once(town):
    search = read("fermes=oui")

    pages = [queries.list_found(search, now=NOW, limit=1, offset=n)[0].place.name for n in range(4)]

    assert pages == names("fermes=oui")


def test_a_commune_that_is_not_there_is_told(town):
    assert read("autour=75056").unknown == ("75056",)
    assert read("autour=Atlantide").unknown == ("Atlantide",)


def test_of_communes_with_like_names_the_others_are_told(town):
    make_commune("35310", "Saint-Malon", 48.0, -2.0)

    asked = queries.read_asked({"autour": ["saint mal"]}, now=NOW)

    assert [town.name for town in asked.towns] == ["Saint-Malo", "Saint-Malon"]
    assert asked.search.around.commune == "35288"


def test_every_change_of_a_place_moves_the_number(town):
    before = queries.find_number()

    town["lab"].name = "Autre"
    session.commit()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))

    assert queries.find_number() == before + 1
