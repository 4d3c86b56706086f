"""The places as data: all at once or tile by tile, kept by version, never wrong under one."""

import gzip
import json

import pytest
from sqlalchemy import select, update

from fablabmesh.directory.filters import Search
from fablabmesh.feeds.slices import Around
from fablabmesh.maps import data_views
from fablabmesh.maps.data_views import map_reach
from fablabmesh.maps.grid import EXTENT, Tile, to_plane
from fablabmesh.places import actions
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.places.models import Place, PlaceAlias
from fablabmesh.places.queries import find_place
from fablabmesh.places.rules import PlaceKind
from fablabmesh.projects.models import Partnership
from fablabmesh.projects.rules import PartnershipStatus
from tests.factories import NOW, make_department, make_place, make_project, make_zone

A_YEAR = "public, max-age=31536000, immutable"


@pytest.fixture
def places(db):
    make_department("35")
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.6))
    make_zone("35", slug="nord", name="Nord", colour="#123456")
    lab = make_place(name="Élu Lab")
    make_place(
        name="EPN", kind=PlaceKind.EPN, department="44", insee="44109", commune="Nantes", latitude=47.2, longitude=-1.5
    )
    make_place(name="Sans point", latitude=None, longitude=None)
    call = actions.put_call("appel", name="Appel", year=2013)
    actions.put_laureate(call, lab, project_name="Projet")
    db.commit()


def marks(data: dict) -> list[dict]:
    return [dict(zip(data["columns"], row, strict=True)) for row in zip(*data["columns"].values(), strict=True)]


def names(client, query: str = "", path: str = "/carte/lieux-1.json") -> list[str]:
    return sorted(mark["name"] for mark in marks(client.get(f"{path}{query}").get_json()))


def test_a_row_says_what_a_mark_shows_and_a_place_without_a_point_has_none(client, places):
    data = client.get("/carte/lieux-1.json").get_json()

    lab, epn = marks(data)
    x, y = (part // data["scale"] for part in to_plane(48.1146, -1.6775))
    assert lab == {
        "x": x,
        "y": y,
        "slug": "elu-lab-rennes",
        "name": "Élu Lab",
        "kind": "fablab",
        "year": 2013,
        "department": "35",
        "commune": "Rennes",
        "demo": 0,
    }
    assert (epn["name"], epn["year"]) == ("EPN", 0)
    assert set(data["overseas"].values()) == {0}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?zone=nord", ["Élu Lab"]),
        ("?genre=epn", ["EPN"]),
        ("?genre=laureat", ["Élu Lab"]),
        ("?genre=epn&genre=laureat", ["EPN", "Élu Lab"]),
        ("?q=elu", ["Élu Lab"]),
        ("?zone=atlantide", ["EPN", "Élu Lab"]),
        ("?departement=44", ["EPN"]),
        ("?vue=0,0,1,1&tri=nom&programme=aucun", ["EPN", "Élu Lab"]),
    ],
)
def test_the_rows_follow_the_filter_of_the_page(client, places, query, found):
    assert names(client, query) == found


def test_an_answer_is_kept_for_a_year_only_under_the_version_it_has(client, places):
    right, old, to_come = (client.get(f"/carte/lieux-{version}.json") for version in ("1", "0", "7"))

    assert right.headers["Cache-Control"] == A_YEAR
    assert old.headers["Cache-Control"] == "public, max-age=60"
    assert to_come.headers["Cache-Control"] == "no-store"
    assert right.get_data() == old.get_data() == to_come.get_data()


def test_a_change_makes_a_new_version_and_the_old_address_tells_the_present(client, places, db, count_changes):
    plan = client.get("/carte/plan.json").get_json()["plan"]
    count_changes()
    db.execute(update(Place).where(Place.name == "EPN").values(latitude=47.3))
    number = count_changes()

    answer = client.get("/carte/plan.json").get_json()["plan"]

    assert (plan, answer) == ("lieux/1", f"lieux/{number}")
    fresh = client.get(f"/carte/lieux-{number}.json")
    assert fresh.headers["Cache-Control"] == A_YEAR
    assert marks(fresh.get_json())[1]["y"] == to_plane(47.3, -1.5)[1] // 16
    assert client.get("/carte/lieux-1.json").get_json() == fresh.get_json()


def test_what_was_kept_is_sent_again_without_asking_the_database(client, places, memory, count_queries):
    client.get("/carte/lieux-1.json", headers={"Accept-Encoding": "gzip"})

    with count_queries() as seen:
        again = client.get("/carte/lieux-1.json", headers={"Accept-Encoding": "gzip"})

    assert seen == []
    assert len(json.loads(gzip.decompress(again.get_data()))["columns"]["slug"]) == 2
    assert memory.bytes > 0


@pytest.mark.parametrize(
    "address", ["/carte/lieux.json", "/carte/lieux-7.json", "/carte/lieux-0.json?ouvert=maintenant"]
)
def test_what_has_no_version_or_another_is_not_kept(client, places, memory, address):
    client.get(address)

    assert memory.bytes == 0


def test_the_version_of_a_zone_changes_with_its_composition(client, places, db):
    before = client.get("/carte/plan.json?zone=nord").get_json()["plan"]
    make_zone("35", "44", slug="nord", name="Nord", colour="#123456")
    db.commit()

    after = client.get("/carte/plan.json?zone=nord").get_json()["plan"]

    assert before != after
    assert before.endswith("?zone=nord")
    assert before.startswith("lieux/1-")


def test_what_looks_at_the_clock_or_at_projects_is_never_kept_for_long(client, places, db):
    make_project(db.query(Place).filter(Place.name == "EPN").one())
    db.commit()

    plan = client.get("/carte/plan.json?cherche-partenaires=oui").get_json()["plan"]
    answer = client.get("/carte/lieux-0.json?cherche-partenaires=oui")

    assert plan == "lieux/0?cherche-partenaires=oui"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert [mark["name"] for mark in marks(answer.get_json())] == ["EPN"]


def test_the_server_chooses_tiles_when_places_are_many(client, places, app, monkeypatch):
    settings = app.config["SETTINGS"]
    monkeypatch.setitem(app.config, "SETTINGS", type(settings)(**vars(settings) | {"map_rows": 1}))

    assert client.get("/carte/plan.json").get_json()["plan"] == "tuiles/1"
    assert client.get("/carte/plan.json?genre=epn").get_json()["plan"] == "lieux/1?genre=epn"


def test_a_tile_tells_the_crowd_and_the_marks_that_stand_out_come_apart(client, places):
    make_place(name="Autre EPN", kind=PlaceKind.EPN, department="44", insee="44109", latitude=47.21, longitude=-1.51)

    tile = client.get("/tuiles/1/0/0/0.json")
    column, row = (part // Tile(13, 0, 0).side for part in to_plane(47.2, -1.5))
    deep = client.get(f"/tuiles/1/13/{column}/{row}.json").get_json()

    assert tile.headers["Cache-Control"] == A_YEAR
    cells = tile.get_json()["cells"]
    x, y = (part * EXTENT // 2**30 for part in to_plane(47.205, -1.505))
    assert cells == [[x, y, 2]]
    assert tile.get_json()["columns"]["slug"] == []
    assert [mark["name"] for mark in marks(deep)] == ["EPN", "Autre EPN"]
    assert names(client, path="/carte/reperes-1.json") == ["Élu Lab"]


def test_a_filtered_tile_counts_what_the_filter_leaves(client, places):
    assert names(client, "?genre=epn", "/tuiles/1/0/0/0.json") == ["EPN"]
    assert names(client, "?genre=fablab", "/tuiles/1/0/0/0.json") == []


@pytest.mark.parametrize(
    "path", ["18/0/0", "3/8/0", "3/0/8", "3/-1/0", "x/0/0", "03/0/0", "3/0.5/0", "3/99999999999/0"]
)
@pytest.mark.parametrize("ending", [".json", ".mvt", "-complet.mvt"])
def test_nonsense_is_refused(client, places, path, ending):
    assert client.get(f"/tuiles/1/{path}{ending}").status_code == 400


def test_one_place_is_found_by_a_map_that_did_not_draw_it(client, places):
    assert marks(client.get("/carte/reperes/epn-nantes.json").get_json())[0]["name"] == "EPN"
    assert client.get("/carte/reperes/nulle-part.json").status_code == 404


def test_the_mark_of_a_place_that_was_merged_is_found_under_its_former_address(client, db, places):
    kept = db.scalar(select(Place).where(Place.slug == "epn-nantes"))
    db.add(PlaceAlias(slug="ancien-epn", place_id=kept.id))
    db.commit()

    answer = client.get("/carte/reperes/ancien-epn.json")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/carte/reperes/epn-nantes.json")


def test_a_vector_tile_has_each_place_lean_or_whole(client, places):
    lean, whole = client.get("/tuiles/1/0/0/0.mvt"), client.get("/tuiles/1/0/0/0-complet.mvt")

    assert lean.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert (b"EPN" in lean.data, b"EPN" in whole.data) == (False, True)
    assert [word in lean.data for word in (b"places", b"kind", b"department", b"fablab", b"44")] == [True] * 5
    assert client.get("/tuiles/1/5/0/0.mvt").data == b""


def test_a_vector_tile_of_too_many_places_is_one_of_cells(client, places, monkeypatch):
    monkeypatch.setattr(data_views.queries, "MOST_IN_VECTOR", 0)

    answer = client.get("/tuiles/1/0/0/0-complet.mvt")

    assert [word in answer.data for word in (b"cells", b"count", b"places", b"EPN")] == [True, True, False, False]


def test_what_others_may_read_says_so_and_touches_no_cookie(client, places):
    answer = client.get("/tuiles/1/0/0/0.json", headers={"Origin": "https://ailleurs.test"})

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers.getlist("Set-Cookie") == []


def test_more_places_cost_no_more_queries(client, places, count_queries):
    with count_queries() as few:
        client.get("/carte/lieux-2.json")
    for number in range(5):
        make_place(name=f"Lab {number}")

    with count_queries() as many:
        client.get("/carte/lieux-2.json")

    assert len(many) <= len(few)


def test_too_many_changes_are_left_to_the_worker_and_nothing_is_kept(client, places, monkeypatch):
    monkeypatch.setattr(data_views.actions, "MOST_BY_THE_WAY", 1)

    answer = client.get("/carte/lieux-1.json")

    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.get_json()["columns"]["slug"] == []


def test_the_map_is_told_where_a_filter_is(client, db):
    make_department("29", "Finistère")
    make_department("974", "La Réunion")
    make_place(name="Brest", department="29", latitude=48.39, longitude=-4.49, services=["wifi"])
    make_place(name="Quimper", department="29", latitude=47.99, longitude=-4.1)
    make_place(name="Saint-Denis", department="974", latitude=-20.88, longitude=55.45, services=["wifi"])
    around = Around(111, latitude=45.0, longitude=4.0)

    def reach(total=3, *, with_overseas=False, **asked):
        told = map_reach(Search(**asked), total, with_overseas=with_overseas)
        return told.box, told.circle

    assert reach(departments=("29",)) == ("-4.49,47.99,-4.1,48.39", "")
    assert reach(services=("wifi",)) == ("-4.49,48.39,-4.49,48.39", "")
    assert reach(services=("wifi",), with_overseas=True) == ("-4.49,-20.88,55.45,48.39", "")
    assert reach(departments=("974",)) == ("55.45,-20.88,55.45,-20.88", "")
    assert reach(around=around) == ("2.5883,44.0018,5.4117,45.9982", "45,4,111")
    assert reach() == reach(0, services=("wifi",)) == reach(9_999_999, services=("wifi",)) == ("", "")
    assert reach(place=PlaceFilter(zone="ouest")) == ("", "")


def test_a_map_in_tiles_asks_which_ends_of_links_the_filter_leaves(client, db, places):
    lab, epn = find_place("elu-lab-rennes"), find_place("epn-nantes")
    project = make_project(lab)
    project.partnerships.append(Partnership(place=epn, status=PartnershipStatus.ACCEPTED, asked_at=NOW))
    db.commit()

    assert client.get("/carte/bouts.json").json == {"slugs": ["elu-lab-rennes", "epn-nantes"]}
    assert client.get("/carte/bouts.json?genre=epn").json == {"slugs": ["epn-nantes"]}
    assert client.get("/carte/bouts.json?q=personne").json == {"slugs": []}


@pytest.mark.parametrize(
    "query",
    [
        "genre=fablab&genre=epn",
        "zone=ouest",
        "machine=imprimante-3d",
        "ouvert=oui",
        "q=lab%20d%27ici",
        "autour=48.1,-1.6",
    ],
)
def test_a_vector_tile_takes_any_filter(client, db, query):
    make_place()

    told, drawn = (client.get(f"/tuiles/0/0/0/0{ending}?{query}") for ending in (".json", "-complet.mvt"))

    assert (drawn.status_code, bool(drawn.data)) == (
        told.status_code,
        b"labfab" in told.data or told.status_code >= 400,
    )
