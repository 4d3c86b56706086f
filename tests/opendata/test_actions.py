"""The national data on a real PostGIS: everything stands where it should, and loading again changes nothing."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from fablabmesh.opendata import actions, queries
from fablabmesh.opendata import national as data
from fablabmesh.opendata.report import Fault, Severity
from fablabmesh.places import actions as place_actions
from fablabmesh.places import queries as places
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.places.models import Place
from fablabmesh.places.rules import Confidence, FactSubject
from fablabmesh.zones import actions as zone_actions
from fablabmesh.zones import queries as zones
from fablabmesh.zones.models import Commune, Department, Zone
from fablabmesh.zones.rules import FoundBy, Standing
from tests.factories import NOW, make_department, make_place

LATER = NOW + timedelta(days=1)
ZONES_OF_LAUREATES = {
    "nord-est-ile-de-france": {
        "FabClub", "Usine IO", "ICI Montreuil", "Fab Lab Côte d’Opale", "FabLab Smart Materials",
    },
    "ouest": {"LabFab de Rennes", "Fabmake", "MancheLab", "FabLab Orléanais", "zBis"},
    "sud-ouest": {"Artilect FabLab"},
    "sud-est": {"EcoLab Côte d’Azur", "PobLab", "8 Fablab"},
    "outre-mer": set(),
}  # fmt: skip
ROW = {"id": "1", "nom": "EPN du Port", "commune": "Rennes", "code_postal": "35000", "source": "Essai"}


def put(*rows, now=NOW):
    content = json.dumps(list(rows)).encode()
    return actions.import_lieux(content, file_name="essai.json", source="Essai", licence="LO 2.0", now=now)


# --- the national data -------------------------------------------------------------------------------------------


def test_the_fourteen_laureates_stand_in_their_zones(national):
    zone_of = zones.map_departments_to_zones()
    found = {slug: set() for slug in ZONES_OF_LAUREATES}
    for laureate in places.get_call("fab-labs-2013").laureates:
        found[zone_of[laureate.place.department_code]["fablab"].slug].add(laureate.place.name)

    assert found == ZONES_OF_LAUREATES
    assert national.first.laureates == 14


def test_a_zone_s_polygon_holds_its_laureates(national):
    for slug, names in ZONES_OF_LAUREATES.items():
        inside = national.session.scalars(
            select(Place.name)
            .join(Zone, func.ST_DWithin(func.geography(Zone.geom), Place.location, 500))
            .where(Zone.id == zones.get_zone("fablab", slug).id, Place.laureates.any())
        )

        assert set(inside) == names


def test_the_departments_of_paris_laureates_come_from_their_insee_codes(national):
    place = places.get_place("fabclub-paris")

    assert (place.insee, place.department_code, place.department_found_by) == ("75111", "75", FoundBy.INSEE)


def test_each_fact_about_a_laureate_has_its_source_and_confidence(national):
    place = places.get_place("fabclub-paris")

    assert [fact.subject for fact in place.facts] == [
        FactSubject.LAUREATE,
        FactSubject.PLACE,
        FactSubject.POSITION,
        FactSubject.NOTE,
    ]
    assert (place.facts[0].confidence, place.facts[1].confidence) == (Confidence.MEDIUM, Confidence.MEDIUM)
    assert place.facts[0].source.startswith("FablabLannion")


def test_only_the_poles_that_a_source_names_support_a_zone(national):
    every = {zone.id: zone.slug for zone in zones.list_zones() if zone.programme.slug == "fablab"}

    roles = [(role.place.name, every[role.zone_id], role.standing) for role in places.list_pole_roles(list(every))]

    assert roles == [
        ("Carrefour numérique²", "nord-est-ile-de-france", Standing.SOURCE),
        ("PiNG", "ouest", Standing.HYPOTHESIS),
    ]


def test_every_row_of_the_list_is_a_place_or_refused_with_its_reason(national):
    report = national.first.report
    kept = national.session.scalar(select(func.count()).select_from(Place).where(Place.source == "Hinaura"))

    assert (report.read, report.created, kept) == (687, 687 - report.count(Severity.REFUSED), report.created)


def test_a_point_far_from_its_postcode_is_reported_and_not_moved(national):
    told = [found for found in national.first.report.problems if found.fault is Fault.POINT_ELSEWHERE]
    lines = data.read_places().decode().split("\n")
    row = json.loads("\n".join(lines[told[0].line - 1 : told[0].line + 40]).split("},")[0].rstrip("]\n ,}") + "}")
    place = places.find_by_source("Hinaura", row["id"])

    assert [(found.column, found.detail) for found in told] == [("latitude", "Loire (42) ≠ Haute-Savoie (74)")]
    assert (place.latitude, place.longitude) == (row["latitude"], row["longitude"])
    assert (place.postcode, place.department_code, place.department_found_by) == ("74000", "74", FoundBy.INSEE)


def test_a_place_of_two_sources_is_reported_and_not_merged(national):
    told = [found.detail for found in national.first.report.problems if found.detail.startswith("/lieux/")]

    assert told == ["/lieux/8-fablab-crest"]
    assert places.get_place("8-fablab-crest-2").source == "Hinaura"


def test_loading_again_changes_nothing(national):
    before = national.session.execute(select(Place.id, Place.version, Place.changed_at).order_by(Place.id)).all()

    again = actions.load_national_data(now=LATER)

    after = national.session.execute(select(Place.id, Place.version, Place.changed_at).order_by(Place.id)).all()
    assert (again.departments, again.communes, again.composition, again.laureates, again.poles) == (0, 0, 0, 0, 0)
    assert (again.report.created, again.report.changed, again.report.same) == (0, 0, 687)
    assert again.report.problems == national.first.report.problems
    assert after == before


def test_the_gazetteer_and_the_outlines_are_whole(national):
    assert queries.count_departments() == 101
    assert queries.count_communes() == len(data.list_towns())
    assert national.session.scalar(select(func.bool_and(func.ST_IsValid(Department.geom)))) is True
    assert zones.find_insee("Saint-Etienne", "42000") == "42218"


def test_changing_the_composition_moves_the_polygon_and_the_places(national):
    south_west, south_east = zones.get_zone("fablab", "sud-ouest"), zones.get_zone("fablab", "sud-est")
    area = select(func.ST_Area(Zone.geom)).where(Zone.id == south_west.id)
    before = national.session.scalar(area)

    zone_actions.compose(south_west, ["26"], standing=Standing.SOURCE, reason="une source nouvelle")

    drome = select(func.ST_Area(Department.geom)).where(Department.code == "26")
    assert national.session.scalar(area) == pytest.approx(before + national.session.scalar(drome))
    assert "8 Fablab" in {place.name for place in places.list_laureates_in(south_west)}
    assert "8 Fablab" not in {place.name for place in places.list_laureates_in(south_east)}


def test_loading_again_leaves_a_composition_that_a_coordinator_has_changed(national):
    south_west = zones.get_zone("fablab", "sud-ouest")
    zone_actions.compose(south_west, ["26"], standing=Standing.SOURCE, reason="une source nouvelle")

    left = actions.put_zones(reset_composition=False)
    kept = zones.map_departments_to_zones()["26"]["fablab"].slug
    reset = actions.put_zones(reset_composition=True)

    assert (left, kept, reset) == (0, "sud-ouest", 1)
    assert zones.map_departments_to_zones()["26"]["fablab"].slug == "sud-est"


def test_an_outline_that_changes_redraws_its_zones(national):
    zone = zones.get_zone("fablab", "outre-mer")
    whole = national.session.scalar(select(func.ST_Area(Zone.geom)).where(Zone.id == zone.id))
    national.session.get(Department, "974").geom = "SRID=4326;MULTIPOLYGON(((55 -21,56 -21,56 -20,55 -21)))"
    national.session.flush()
    zone_actions.draw_polygons([zone.id])

    assert actions.put_departments() == 1
    assert national.session.scalar(select(func.ST_Area(Zone.geom)).where(Zone.id == zone.id)) == pytest.approx(whole)


def test_a_commune_that_no_longer_exists_leaves_the_gazetteer(national):
    national.session.add(
        Commune(
            insee="26999", name="Disparue", folded_name="disparue", postcodes=["26999"], department_code="26",
            latitude=44.7, longitude=5.0, population=1,
        )
    )  # fmt: skip
    national.session.flush()

    assert actions.put_communes() == 1
    assert zones.find_commune("26999") is None


def test_a_postcode_of_two_departments_is_settled_by_the_point(national):
    shared = national.session.execute(
        select(func.unnest(Commune.postcodes).label("code"), func.array_agg(Commune.department_code.distinct()))
        .group_by("code")
        .having(func.count(Commune.department_code.distinct()) == 2)
        .order_by("code")
    ).first()
    towns = {town.department_code: town for town in zones.list_communes_of_postcode(shared[0])}
    rows = [
        {
            "id": code,
            "nom": f"EPN {code}",
            "code_postal": shared[0],
            "latitude": town.latitude,
            "longitude": town.longitude,
        }
        for code, town in towns.items()
    ]

    put(*rows)

    assert {code: places.find_by_source("Essai", code).department_code for code in towns} == {c: c for c in towns}


# --- a user's file -----------------------------------------------------------------------------------------------


def test_a_change_upstream_updates_the_place_and_an_absence_empties_the_cell(db):
    make_department("35")
    put(ROW | {"telephone": "02 99 00 00 00"})

    report = put(ROW | {"nom": "EPN du Nouveau Port"}, now=LATER)

    place = places.find_by_source("Essai", "1")
    assert (report.created, report.changed, report.same) == (0, 1, 0)
    assert (place.name, place.phone, place.changed_at) == ("EPN du Nouveau Port", "", LATER)


def test_what_a_person_has_written_here_stays(db):
    make_department("35")
    put(ROW)
    place = places.find_by_source("Essai", "1")
    place_actions.edit_place(place, {"name": "EPN des Quais"}, now=NOW, version=place.version)

    report = put(ROW | {"nom": "EPN du Nouveau Port"}, now=LATER)

    assert (report.same, places.find_by_source("Essai", "1").name) == (1, "EPN des Quais")


def test_the_last_report_of_a_file_is_kept(db):
    make_department("35")
    put(ROW, {"id": "2", "nom": "Sans adresse"})
    put(ROW | {"id": "3", "nom": "Autre"}, now=LATER)

    kept = queries.get_report("essai.json")

    assert (kept.imported_at, kept.report["read"], kept.report["created"]) == (LATER, 1, 1)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00b.json", "x" * 500, ""])
def test_the_name_of_a_file_is_never_a_path(db, name):
    actions.import_lieux(b"[]", file_name=name, source="", licence="", now=NOW)

    (kept,) = queries.list_reports()
    assert not set("/\x00") & set(kept.file_name)


@pytest.mark.parametrize("text", ["\x00", "\ud800", "%s", "'; DROP TABLE place; --", "x" * 30_000, "👩‍👩‍👧‍👦", "\\"])
def test_naughty_text_reaches_the_database_without_harm(db, text):
    make_department("35")

    report = put({"id": f"1{text}", "nom": f"EPN {text}", "code_postal": "35000", "adresse": text, "horaires": text})

    assert (report.created, report.count(Severity.REFUSED)) == (1, 0)
    assert places.count_places(PlaceFilter()) == 1


def test_places_that_came_without_a_code_get_that_of_their_commune_once(db):
    make_department()
    db.add(Commune(insee="35238", name="Rennes", folded_name="rennes", postcodes=["35000", "35200"],
                   department_code="35", latitude=48.11, longitude=-1.68))  # fmt: skip
    right, elsewhere = make_place(insee=None), make_place(name="Autre", insee=None, commune="Reims")
    known = make_place(name="Su", insee="35051")
    version = right.version
    db.commit()

    first, again = actions.complete_codes(NOW), actions.complete_codes(NOW)

    db.expire_all()
    assert (first, again) == (1, 0)
    assert (right.insee, elsewhere.insee, known.insee) == ("35238", None, "35051")
    assert right.version == version
