"""Places as GeoJSON."""

import pytest

from fablabmesh.kit import i18n
from fablabmesh.places import actions
from fablabmesh.places.models import Machine, PlacePerson
from fablabmesh.places.rules import Confidence, FactSubject, PlaceKind
from fablabmesh.terms.queries import list_terms
from fablabmesh.terms.rules import Vocabulary
from fablabmesh.zones.rules import Standing
from tests.factories import NOW, make_department, make_place, make_zone


@pytest.fixture
def places(db):
    make_department()
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.6), region=("52", "Pays de la Loire"))
    made = {
        "lab": make_place(source_licence="Licence Ouverte"),
        "epn": make_place(name="EPN du bourg", kind=PlaceKind.EPN, commune="Nantes", department="44", insee="44109"),
        "lost": make_place(name="Sans point", latitude=None, longitude=None, insee=None, postcode=""),
    }
    made["west"] = make_zone("35", "44", slug="ouest")
    make_zone("44", programme="epn", slug="grand-ouest", name="Grand Ouest")
    return made


def names(answer) -> list[str]:
    return [feature["properties"]["name"] for feature in answer.json["features"]]


def test_places_are_features_with_department_zones_and_source(client, places):
    answer = client.get("/api/v1/lieux")

    assert (answer.status_code, answer.mimetype) == (200, "application/geo+json")
    assert {key: answer.json[key] for key in ("type", "total", "limit", "offset", "next")} == {
        "type": "FeatureCollection",
        "total": 3,
        "limit": 1000,
        "offset": 0,
        "next": None,
    }
    lab, lost, epn = answer.json["features"]
    assert lab["geometry"] == {"type": "Point", "coordinates": [-1.6775, 48.1146]}
    assert lost["geometry"] is None
    assert lost["properties"]["department"] is None
    told = epn["properties"]
    assert told["department"] == {"code": "44", "name": "Loire-Atlantique", "region": "Pays de la Loire"}
    assert [(zone["programme"], zone["slug"]) for zone in told["zones"]] == [
        ("fablab", "ouest"),
        ("epn", "grand-ouest"),
    ]
    assert (told["department_found_by"], told["url"]) == ("insee", f"http://localhost/lieux/{places['epn'].slug}")
    assert lab["properties"]["source_licence"] == "Licence Ouverte"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("genre=epn", ["EPN du bourg"]),
        ("genre=epn&genre=fablab", ["LabFab", "Sans point", "EPN du bourg"]),
        ("genre=laureat", []),
        ("zone=ouest", ["LabFab", "EPN du bourg"]),
        ("programme=epn&zone=grand-ouest", ["EPN du bourg"]),
        ("q=NANTES", ["EPN du bourg"]),
    ],
)
def test_the_filters_are_those_of_the_map(client, places, query, found):
    assert names(client.get(f"/api/v1/lieux?{query}")) == found


@pytest.mark.parametrize(
    "query", ["programme=x", "zone=x", "programme=epn&zone=ouest", "genre=x", "limit=1001", "offset=-1", "x=1"]
)
def test_what_does_not_exist_is_refused_and_not_ignored(client, places, query):
    answer = client.get(f"/api/v1/lieux?{query}")

    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert sorted(answer.json) == ["detail", "status", "title"]


def test_a_refusal_speaks_the_language_of_the_address(client, places):
    answer = client.get("/en/api/v1/lieux/nulle-part")

    with i18n.force_locale("en"):
        assert answer.json["title"] == i18n.gettext("Page introuvable")


def test_slices_follow_one_another_to_the_end(client, places):
    seen, address = [], "/api/v1/lieux?limit=2&genre=fablab&genre=epn"
    while address:
        answer = client.get(address)
        seen.append(names(answer))
        address = answer.json["next"]

    assert seen == [["LabFab", "Sans point"], ["EPN du bourg"]]


def test_a_place_tells_its_machines_its_roles_and_whether_it_is_open(client, db, places):
    lab = places["lab"]
    actions.update_place(
        lab,
        {
            "summary": "Un lab.",
            "opening_hours": "24/7",
            "labels": ["fab-charter"],
            "appointment_url": "https://rdv.test",
        },
        now=NOW,
    )
    kind = {term.code: term for term in list_terms(Vocabulary.MACHINE)}["decoupe-laser"]
    db.add(Machine(place_id=lab.id, position=0, type_id=kind.id, model="L 100", materials=["bois"], price="1 €"))
    db.add(PlacePerson(place_id=lab.id, position=0, role="Fabmanager", name="Noa", consented_on=NOW.date()))
    db.add(PlacePerson(place_id=lab.id, position=1, role="Accueil"))
    lab.machine_types, lab.confirmed_at = ["decoupe-laser"], NOW
    db.flush()
    db.expire_all()

    told = client.get(f"/api/v1/lieux/{lab.slug}").json["properties"]

    assert told["machines"] == [
        {
            "type": "decoupe-laser",
            "model": "L 100",
            "quantity": 1,
            "size": "",
            "materials": ["bois"],
            "training": "unknown",
            "price": "1 €",
            "note": "",
            "is_working": True,
        }
    ]
    assert told["people"] == [{"role": "Fabmanager", "name": "Noa"}, {"role": "Accueil", "name": None}]
    state = told["opening_state"]
    assert (state["state"], state["words"]) == ("open", "Ouvert maintenant, jour et nuit")
    assert {day["hours"] for day in state["week"]} == {"jour et nuit"}
    assert (told["summary"], told["labels"], told["machine_types"]) == ("Un lab.", ["fab-charter"], ["decoupe-laser"])
    assert (told["appointment_url"], told["accessibility_url"], told["closed_on"]) == ("https://rdv.test", None, None)
    assert told["confirmed_at"] == NOW.isoformat()
    assert told["poster"] == f"http://localhost/lieux/{lab.slug}/affiche.pdf"


def test_hours_that_cannot_be_read_and_places_that_closed_are_in_no_state(client, db, places):
    lab = places["lab"]
    actions.update_place(lab, {"opening_hours": "le matin"}, now=NOW)
    db.flush()
    assert client.get(f"/api/v1/lieux/{lab.slug}").json["properties"]["opening_state"] is None

    actions.update_place(lab, {"opening_hours": "24/7", "closed_on": NOW.date()}, now=NOW)
    db.flush()
    assert client.get(f"/api/v1/lieux/{lab.slug}").json["properties"]["opening_state"] is None


def test_one_place_is_told_in_full(client, db, places):
    lab = places["lab"]
    actions.set_facts(lab, [(FactSubject.PLACE, "Adresse relevée", "Une carte", Confidence.MEDIUM)])
    call = actions.put_call("appel", name="Appel national", year=2013)
    actions.put_laureate(call, lab, project_name="Lab étendu", holder="Une association", confidence=Confidence.HIGH)
    actions.put_pole_role(lab, places["west"], standing=Standing.HYPOTHESIS, confidence=None, reason="On le dit.")
    db.expire_all()

    answer = client.get(f"/api/v1/lieux/{lab.slug}")

    told = answer.json["properties"]
    assert told["facts"] == [
        {"subject": "place", "statement": "Adresse relevée", "source": "Une carte", "confidence": "medium"}
    ]
    assert told["laureates"] == [
        {
            "call": "appel",
            "call_name": "Appel national",
            "year": 2013,
            "project_name": "Lab étendu",
            "holder": "Une association",
            "source": "",
            "confidence": "high",
        }
    ]
    assert told["pole_of"] == [
        {
            "programme": "fablab",
            "slug": "ouest",
            "name": "Ouest",
            "standing": "hypothesis",
            "confidence": None,
            "reason": "On le dit.",
        }
    ]
    assert told["calls"] == ["appel"]


def test_a_place_that_does_not_exist_is_a_problem(client, db):
    answer = client.get("/api/v1/lieux/nulle-part")

    assert (answer.status_code, answer.json["detail"]) == (404, "Ce lieu n’existe pas, ou n’existe plus.")


def test_three_places_cost_as_many_queries_as_one(client, db, count_queries):
    call = actions.put_call("appel", name="Appel", year=2013)

    def count():
        db.expire_all()
        with count_queries() as seen:
            assert client.get("/api/v1/lieux").status_code == 200
        return len(seen)

    def make_one():
        actions.put_laureate(call, make_place(), project_name="Projet")

    make_one()
    one = count()
    make_one()
    make_one()

    assert count() == one


def test_an_unchanged_answer_costs_nothing(client, places):
    first = client.get("/api/v1/lieux")

    again = client.get("/api/v1/lieux", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
