"""The script, the land and the zones of the map: cached, the same for everybody."""

import gzip
import json
import re
from datetime import date

import pytest
from flask import url_for

from fablabmesh.directory.queries import find_number
from fablabmesh.maps import views
from fablabmesh.maps.queries import OVERSEAS
from fablabmesh.places import actions
from fablabmesh.places.queries import find_place
from fablabmesh.places.rules import PlaceKind
from tests.factories import make_department, make_event, make_place, make_zone


@pytest.fixture
def places(db):
    make_department("35")
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.6))
    make_zone("35", slug="nord", name="Nord", colour="#123456")
    lab = make_place(name="Élu Lab")
    make_place(name="EPN", kind=PlaceKind.EPN, department="44", insee="44109", latitude=None, longitude=None)
    call = actions.put_call("appel", name="Appel", year=2013)
    actions.put_laureate(call, lab, project_name="Projet")
    db.commit()


def test_the_zones_tell_which_department_is_theirs(client, places):
    data = client.get("/carte/zones.json").get_json()["programmes"]["fablab"]

    assert data["departments"] == {"35": "nord"}
    assert data["zones"]["nord"]["colour"] == "#123456"
    assert data["zones"]["nord"]["panel"] == "/carte/zones/fablab/nord"


def test_the_panel_of_a_zone_tells_its_pole_its_counts_and_what_comes(client, places):
    lab = find_place("elu-lab-rennes")
    make_event(lab, title="Soirée découpe")

    panel = client.get("/carte/zones/fablab/nord").get_data(as_text=True)

    lines = [re.sub(r"<[^>]+>", "", line).strip() for line in panel.splitlines()]
    assert [line for line in lines if line.startswith(("1 ", "0 "))] == [
        "1 lauréat",
        "1 Fab Lab",
        "0 EPN et lieux de médiation",
    ]
    assert re.findall(r'href="([^"]+)"', panel) == [
        "/evenements/soiree-decoupe",
        "/zones/fablab/nord",
        "/?zone=nord",
        "/agenda?zone=fablab/nord",
    ]
    assert "Aucune source ne nomme le pôle" in panel
    assert client.get("/carte/zones/fablab/sud").status_code == 404


def test_the_panel_of_a_zone_marks_what_is_invented(client, places):
    make_event(find_place("elu-lab-rennes"), title="Soirée découpe")
    make_event(make_place(name="Lab inventé", is_demo=True), title="Initiation inventée")

    panel = client.get("/carte/zones/fablab/nord").get_data(as_text=True)

    lines = [line for line in panel.split("<li>") if "/evenements/" in line]
    marked = {line.split("</a>")[0].split(">")[-1]: "Exemple inventé" in line for line in lines}
    assert marked == {"Soirée découpe": False, "Initiation inventée": True}


def test_what_the_map_reads_first_is_named_in_the_head_of_its_page(client, places):
    page = client.get("/").get_data(as_text=True)

    plan = re.search(r'data-plan="lieux/(\d+)"', page)[1]
    preloaded = re.findall(r'<link rel="preload" as="fetch" href="([^"]+)"', page)
    assert preloaded[:2] == ["/carte/zones.json", f"/carte/lieux-{plan}.json"]
    assert [client.get(address).status_code for address in preloaded] == [200, 200, 200]


def test_the_outlines_are_101_departments_and_are_sent_as_kept(client, places):
    page = client.get("/").get_data(as_text=True)
    script = client.get(re.search(r'src="(/carte/\w+\.js)"', page)[1]).get_data(as_text=True)
    address = next(word for word in script.split('"') if word.startswith("/carte/departements-"))

    answer = client.get(address)

    body = answer.get_data()
    shapes = json.loads(gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body)
    assert len(shapes["features"]) == 101
    assert "31536000" in answer.headers["Cache-Control"]


def test_the_outlines_are_unpacked_for_whom_cannot_read_gzip(client, places):
    address = url_for("maps.departments", version=views._land()[1])

    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    plain = client.get(address, headers={"Accept-Encoding": "identity"})

    assert (packed.headers.get("Content-Encoding"), plain.headers.get("Content-Encoding")) == ("gzip", None)
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    assert "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize("path", ["/carte/lieux-%d.json", "/carte/zones.json", "/carte/liens.json"])
def test_what_was_read_already_is_not_sent_again_and_no_cookie_is_touched(client, places, path):
    path = path.replace("%d", str(find_number()))
    first = client.get(path)
    second = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, second.status_code) == (200, 304)
    assert first.headers.getlist("Set-Cookie") == []
    assert "Cookie" not in first.headers.get("Vary", "")


def test_the_script_speaks_the_language_of_the_page(client, places):
    french, english = client.get("/").get_data(as_text=True), client.get("/en/").get_data(as_text=True)

    assert "/carte/" in french
    assert "/en/carte/" in english


def test_an_old_address_of_the_script_still_answers_for_a_moment(client, places):
    answer = client.get("/carte/0123456789ab.js")

    assert answer.status_code == 200
    assert "max-age=60" in answer.headers["Cache-Control"]
    assert client.get("/carte/departements-0123456789ab.json").status_code == 404


def test_the_insets_are_links_to_the_list_of_each_department(client, places):
    page = client.get("/").get_data(as_text=True)

    insets = re.findall(r'<a class="inset" href="([^"]+)" tabindex="-1" data-look="([^"]+)"', page)
    assert [address for address, _view in insets] == [f"/?departement={code}" for code in OVERSEAS]
    assert dict(insets)["/?departement=974"].startswith("-21.1")
    assert 'href="/?departement=971&amp;departement=972"' in page


def test_the_programmes_are_links_that_keep_the_filter(client, places):
    page = client.get("/?genre=fablab&zone=nord").get_data(as_text=True)

    links = dict(re.findall(r'href="([^"]+)" data-programme="(\w+)"', page))
    assert links == {"/?genre=fablab": "fablab", "/?genre=fablab&amp;programme=aucun": "aucun"}


def test_the_popup_of_a_place_tells_its_hours_what_comes_and_the_way_there(client, db, places):
    lab = find_place("elu-lab-rennes")
    lab.opening_hours = "24/7"
    make_event(lab, title="Soirée découpe")
    make_event(lab, title="Plus tard", starts="2091-01-10T18:00", ends="2091-01-10T20:00")
    db.commit()

    answer = client.get("/carte/lieux/elu-lab-rennes")
    told = answer.get_data(as_text=True)

    assert "Ouvert" in told
    assert re.findall(r'href="(/evenements/[^"]+)"', told) == ["/evenements/soiree-decoupe"]
    assert 'href="geo:48.1146,-1.6775?q=48.1146,-1.6775(%C3%89lu%20Lab)"' in told
    assert (answer.headers["Cache-Control"], "Set-Cookie" in answer.headers) == ("public, max-age=60", False)


def test_the_popup_of_a_place_that_closed_says_so_and_no_hours(client, db, places):
    lab = find_place("elu-lab-rennes")
    lab.opening_hours, lab.closed_on = "24/7", date(2020, 1, 1)
    db.commit()

    told = client.get("/carte/lieux/elu-lab-rennes").get_data(as_text=True)

    assert "Fermé pour de bon" in told
    assert "Ouvert" not in told
    assert client.get("/carte/lieux/rien").status_code == 404
