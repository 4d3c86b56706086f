"""The front page without a script: the list says what the map says."""

import re
from urllib.parse import quote

import pytest

from fablabmesh.places import actions
from fablabmesh.places.rules import PlaceKind
from fablabmesh.search import actions as finder
from fablabmesh.zones.models import Commune
from tests.factories import NOW, make_department, make_place, make_zone


@pytest.fixture
def places(db):
    make_department("35")
    make_zone("35")
    make_zone("35", programme="epn", slug="grand-ouest", name="Grand Ouest")
    lab = make_place(name="Élu Lab")
    make_place(name="EPN du bourg", kind=PlaceKind.EPN, latitude=None, longitude=None)
    actions.put_laureate(actions.put_call("appel", name="Appel", year=2013), lab, project_name="Projet")
    db.commit()
    db.expire_all()


def listed(client, address: str) -> list[str]:
    return re.findall(r'class="place-name" href="/lieux/([^"]+)"', client.get(address).get_data(as_text=True))


@pytest.mark.parametrize(
    "query", ["", "?zone=ouest", "?genre=epn", "?genre=laureat", "?q=bourg", "?programme=epn&zone=grand-ouest"]
)
def test_the_list_names_the_places_of_the_map_and_those_that_have_no_point(client, places, query):
    data = client.get(f"/carte/lieux.json{query}").get_json()

    found = set(listed(client, f"/{query}"))
    assert found - {"epn-du-bourg-rennes"} == set(data["columns"]["slug"])


def test_a_place_without_a_point_is_in_the_list_and_says_so(client, places):
    page = client.get("/?genre=epn").get_data(as_text=True)

    assert "EPN du bourg" in page
    assert "sans position" in page


def test_the_list_names_the_department_unless_the_commune_bears_its_name(client, places):
    make_department("75", "Paris", box=(2.2, 48.8, 2.5, 48.9))
    make_place(name="Lab de Paris", department="75", insee="75056", postcode="75011", commune="Paris")

    page = " ".join(client.get("/").get_data(as_text=True).split())

    assert "35000 Rennes (Ille-et-Vilaine) · Ouest" in page
    assert "75011 Paris · " in page


def test_the_form_shows_the_filter_that_the_address_holds(client, places):
    page = client.get("/?genre=epn&q=bourg&zone=ouest").get_data(as_text=True)

    assert 'value="epn" checked' in page
    assert 'value="ouest" selected' in page
    assert 'name="q" value="bourg"' in page


def test_a_filter_that_no_longer_exists_says_so_and_shows_the_rest(client, places):
    answer = client.get("/?zone=atlantide")

    assert answer.status_code == 200
    assert "atlantide" in answer.get_data(as_text=True)
    assert len(listed(client, "/?zone=atlantide")) == 2


def test_a_commune_that_is_none_is_told_kept_and_put_right(client, places, db):
    db.add(
        Commune(
            insee="35238",
            name="Rennes",
            folded_name="rennes",
            postcodes=["35000"],
            department_code="35",
            latitude=48.1,
            longitude=-1.7,
        )
    )
    db.commit()
    finder.learn_words(NOW)

    page = client.get("/?autour=Rennnes").get_data(as_text=True)

    assert "Aucune commune ne s’appelle «\u00a0Rennnes\u00a0»." in page
    assert "Ce filtre n’existe plus" not in page
    assert 'name="autour" value="Rennnes"' in page
    assert 'href="/?autour=Rennes"' in page


def test_nothing_found_shows_a_way_out(client, places):
    page = client.get("/?q=introuvable").get_data(as_text=True)

    assert "Aucun lieu ne porte le nom «\xa0introuvable\xa0»." in page
    assert "Tout montrer" in page


def test_an_empty_site_says_that_the_data_are_not_there(client):
    assert "pas encore chargées" in client.get("/").get_data(as_text=True)


def test_a_long_list_has_pages_that_keep_the_filter(client, places):
    for number in range(65):
        make_place(name=f"Lab {number:02}")

    first, second = listed(client, "/?zone=ouest"), listed(client, "/?zone=ouest&page=2")

    assert (len(first), len(second), set(first) & set(second)) == (60, 7, set())
    assert 'href="/?page=2&amp;zone=ouest"' in client.get("/?zone=ouest").get_data(as_text=True)


def test_the_list_costs_the_same_for_two_places_and_for_ten(client, places, count_queries):
    with count_queries() as few:
        client.get("/")
    for number in range(8):
        make_place(name=f"Lab {number}")

    with count_queries() as many:
        client.get("/")

    assert len(many) == len(few)


def empty_part(client, address: str) -> str:
    page = client.get(address).get_data(as_text=True)
    assert 'id="criteres">' in page
    found = re.search(r'<div class="empty">(.*?)</div>', page, re.DOTALL)
    return re.sub(r"[ \n]+", " ", found[1])


def test_who_misspells_a_name_is_led_to_the_one_that_there_is(client, places):
    finder.learn_words(NOW)

    told = empty_part(client, "/?q=burg")
    alone = empty_part(client, "/?q=xyzxyz")

    assert "Aucun lieu ne porte le nom «\xa0burg\xa0»." in told
    assert '<a href="/?q=bourg">bourg</a> (1)' in told
    assert 'href="/chercher?q=burg"' in told
    assert "Vouliez-vous dire" not in alone
    assert 'href="/lieux/proposer"' in alone


def test_where_nothing_is_around_the_nearest_is_told_and_a_circle_that_reaches_it(client, places):
    spots = ("48.9,-1.678", "44.1,4.7")
    near, far = (empty_part(client, f"/?autour={quote(spot)}&genre=laureat&rayon=5") for spot in spots)

    told = r"plus proche est à ([^<]*)\xa0: <a href=\"([^\"]*)\">.*?</a>, ([^.]*)\."
    assert re.findall(told, near) == [("87\xa0km", "/lieux/elu-lab-rennes", "Rennes")]
    ((href, words),) = re.findall(r'href="(/\?autour=[^"]*rayon=[^"]*)">(Chercher [^<]*)</a>', near)
    assert words == "Chercher dans un rayon de 88\xa0km"
    assert listed(client, href.replace("&amp;", "&")) == ["elu-lab-rennes"]
    # Farther than any circle that may be asked for.
    assert [place for _distance, place, _town in re.findall(told, far)] == ["/lieux/elu-lab-rennes"]
    assert "Chercher dans un rayon" not in far


def test_each_of_several_filters_can_be_taken_back_from_the_empty_list(client, places):
    told = empty_part(client, "/?genre=epn&q=elu")

    assert "Aucun lieu ne répond à tout cela à la fois." in told
    assert re.findall(r'<li><a href="([^"]+)">', told) == ["/?genre=epn", "/?q=elu"]


def test_what_the_foot_of_other_pages_leads_to_is_reached_from_the_front_page_on_a_desk(client, places):
    def leads_to(part: str, address: str) -> set[str]:
        page = client.get(address).get_data(as_text=True)
        return set(re.findall(r'href="(/[^"]*)"', re.search(part, page, re.DOTALL)[1]))

    foot = leads_to(r'<footer class="site-footer">(.*?)</footer>', "/agenda")

    assert foot - leads_to(r'<p class="side-foot small">(.*?)</p>', "/") == set()
    assert "/lieux/proposer" in leads_to(r'<div id="resultats"(.*?)<p class="side-foot', "/")
