"""The page of the search needs no script; what it suggests is light, kept, and the same for everybody."""

import re
from html import unescape

import pytest

from fablabmesh.kit.geocoding import Geocoder
from fablabmesh.search import views
from tests.factories import make_event, make_place, make_project, make_zone
from tests.kit.test_geocoding import base
from tests.search.test_queries import make_commune


@pytest.fixture(autouse=True)
def forget():
    views._kept.clear()


def headings(page: str) -> list[str]:
    main = page[page.index("<main") :]
    found = re.findall(r"<h2[^>]*>(.*?)</h2>", main, re.S)
    return [" ".join(unescape(re.sub(r"<[^>]+>", "", each)).split()) for each in found]


def test_each_sort_of_thing_has_its_heading_its_count_and_its_links(client):
    make_commune("Rennes", "35238", "35000", at=(48.11, -1.68))
    make_zone("35", name="Rennes et alentour", slug="rennes")
    place = make_place(name="Atelier de Rennes")
    make_event(place, title="Portes ouvertes")
    make_project(place, title="Une fraiseuse à Rennes")

    page = client.get("/chercher?q=rennes").get_data(as_text=True)

    assert headings(page) == [
        "Près de Rennes",
        "Zones (1)",
        "Lieux (1)",
        "Projets (1)",
        "Événements (1)",
    ]
    assert page.count('href="/?autour=35238"') == 1
    assert '<meta name="robots" content="noindex, follow">' in page


def test_what_is_not_all_leads_to_the_list_with_the_same_words(client):
    for number in range(12):
        make_place(name=f"Atelier {number}")

    page = client.get("/chercher?q=Atelier").get_data(as_text=True)

    assert headings(page)[0] == "Lieux (12)"
    assert 'href="/?q=Atelier"' in page


def test_nothing_found_says_what_to_try_and_keeps_what_was_typed(client):
    page = client.get("/chercher?q=zzzz").get_data(as_text=True)

    assert "Rien ne répond à «\u00a0zzzz\u00a0»." in page
    assert 'value="zzzz"' in page


def test_without_words_there_is_only_the_form(client):
    answer = client.get("/chercher")

    assert (answer.status_code, headings(answer.get_data(as_text=True))) == (200, [])


def test_suggestions_are_light_and_shared(client):
    make_place(name="LabFab")

    answer = client.get("/chercher.json?q=labf")

    assert answer.json["groups"] == [
        {
            "label": "Lieux",
            "items": [{"label": "LabFab", "detail": "Fab Lab · Rennes (35)", "href": "/lieux/labfab-rennes"}],
        }
    ]
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in answer.headers
    assert client.get("/chercher.json?q=labf", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_suggestions_lead_to_pages_in_the_language_of_the_page(client):
    make_place(name="LabFab")

    assert client.get("/en/chercher.json?q=labf").json["groups"][0]["items"][0]["href"] == "/en/lieux/labfab-rennes"


def test_no_more_than_so_many_answers_are_kept(client, monkeypatch):
    monkeypatch.setattr(views, "MOST_KEPT", 2)

    for text in ("a", "b", "c"):
        client.get(f"/chercher.json?q={text}")

    assert [key[-1] for key in views._kept] == ["b", "c"]


@pytest.mark.parametrize(
    "text", ["%25", "%F0%9F%99%82", "a" * 500, "%27%3B--", "%5C", "%22%26%3C", "%E2%80%AE", "~!()|&:*"]
)
def test_no_text_is_too_strange_for_a_page(client, text):
    assert client.get(f"/chercher?q={text}").status_code == 200
    assert client.get(f"/chercher.json?q={text}").status_code == 200


def test_the_number_of_queries_is_the_same_for_one_and_for_several(client, count_queries):
    make_place(name="Atelier un")
    with count_queries() as one:
        client.get("/chercher?q=atelier")
    make_place(name="Atelier deux")
    make_place(name="Atelier trois")
    with count_queries() as three:
        client.get("/chercher?q=atelier")

    assert len(one) == len(three)


def test_without_a_geocoder_nothing_is_said_of_addresses(client):
    assert "Adresses" not in headings(client.get("/chercher?q=19 rue Hoche&adresse=oui").get_data(as_text=True))


def test_a_geocoder_is_asked_only_after_it_was_said(client, app, monkeypatch):
    with base() as (url, asked):
        monkeypatch.setitem(app.extensions, "geocoder", Geocoder(url, "Essai"))
        before = client.get("/chercher?q=19 rue Hoche").get_data(as_text=True)
        count = len(asked)
        after = client.get("/chercher?q=19 rue Hoche&adresse=oui").get_data(as_text=True)

    assert (count, len(asked)) == (0, 1)
    assert "est alors envoyé par notre serveur à 127.0.0.1" in before
    assert '<a href="/?autour=48.110,-1.681">19 Rue Hoche 35000 Rennes</a>' in after


def test_a_geocoder_that_fails_leaves_the_gazetteer(client, app, monkeypatch):
    make_commune("Rennes", "35238", "35000")
    with base(status=503) as (url, _asked):
        monkeypatch.setitem(app.extensions, "geocoder", Geocoder(url, "Essai"))
        page = client.get("/chercher?q=Rennes&adresse=oui").get_data(as_text=True)

    assert headings(page) == ["Près de Rennes", "Adresses"]
    assert "ne connaît pas cette adresse, ou ne répond pas" in page


def test_communes_are_suggested_to_be_filled_in(client):
    make_commune("Rennes", "35238", "35000", at=(48.11, -1.68))
    make_commune("Rennes-les-Bains", "11310", "11190", at=(42.92, 2.32))

    told = client.get("/chercher/communes.json?q=ren").get_json()

    assert [item["label"] for item in told["groups"][0]["items"]] == ["Rennes-les-Bains", "Rennes"]
    assert told["groups"][0]["items"][1] == {
        "label": "Rennes", "detail": "35000 (35)", "href": "/?autour=35238", "value": "Rennes (35)", "spot": "35238",
    }  # fmt: skip
    assert told["all"] is None


def test_the_very_name_hides_no_longer_one_and_nothing_typed_suggests_nothing(client):
    make_commune("Rennes", "35238", "35000", at=(48.11, -1.68))
    make_commune("Rennes-les-Bains", "11310", "11190", at=(42.92, 2.32))

    names = [item["label"] for item in client.get("/chercher/communes.json?q=Rennes").get_json()["groups"][0]["items"]]

    assert names == ["Rennes", "Rennes-les-Bains"]
    assert client.get("/chercher/communes.json?q=").get_json()["groups"] == []
    assert client.get("/chercher/communes.json?q=zzz").get_json()["groups"] == []
