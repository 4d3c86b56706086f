"""What machines read of the site as a whole: search engines, whoever installs it, whoever is offline."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from fablabmesh.home import site_views
from tests.factories import make_account, make_department, make_event, make_place, make_project, make_zone

STATIC = Path(__file__).parent.parent.parent / "static"


def test_robots_are_shown_the_way_and_kept_from_filters_without_end(client):
    text = client.get("/robots.txt").get_data(as_text=True)

    assert "Sitemap: http://localhost/sitemap.xml" in text.splitlines()
    assert "Disallow: /*?*" in text.splitlines()


def test_all_that_the_sitemap_names_is_there(client):
    place = make_place(name="LabFab")
    make_zone("35")
    make_event(place)
    make_project(place)
    index = ElementTree.fromstring(client.get("/sitemap.xml").data)

    pages = []
    for file in index:
        answer = client.get(file[0].text.removeprefix("http://localhost"))
        assert answer.mimetype == "application/xml"
        pages += [url[0].text for url in ElementTree.fromstring(answer.data)]

    assert len(pages) == len(set(pages))
    assert {"http://localhost/lieux/labfab-rennes", "http://localhost/en/zones/fablab/ouest"} <= set(pages)
    for page in pages:
        assert (page, client.get(page.removeprefix("http://localhost")).status_code) == (page, 200)


@pytest.mark.parametrize("path", ["/sitemap-x-0.xml", "/sitemap-lieux-99999999999999999999.xml"])
def test_a_file_that_is_none_of_the_sitemap_is_not_found(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/?x=1", "/"),
        ("/?q=rennes&programme=fablab", "/?q=rennes"),
        ("/a-propos?utm_source=x", "/a-propos"),
        ("/agenda", "/agenda"),
        ("/projets/?q=bois&page=1", "/projets/?q=bois"),
        ("/en/a-propos", "/en/a-propos"),
    ],
)
def test_a_page_has_one_address_in_each_language(client, path, canonical):
    page = client.get(path, follow_redirects=True).get_data(as_text=True)
    french = canonical.removeprefix("/en")

    assert re.findall(r'rel="canonical" href="([^"]+)"', page) == [f"http://localhost{canonical}"]
    assert re.findall(r'rel="alternate" hreflang="([^"]+)" href="([^"]+)"', page) == [
        ("fr", f"http://localhost{french}"),
        ("en", f"http://localhost/en{french}"),
        ("x-default", f"http://localhost{french}"),
    ]
    assert re.findall(r'property="og:url" content="([^"]+)"', page) == [f"http://localhost{canonical}"]


def test_a_page_says_what_it_is_when_it_is_shared(client):
    page = client.get("/").get_data(as_text=True)

    told = dict(re.findall(r'<meta property="og:([a-z_]+)" content="([^"]*)"', page))
    assert told["title"] == "Carte des Fab Labs et des espaces publics numériques"
    assert told["description"].startswith("Les lauréats")
    assert (told["locale"], told["type"]) == ("fr_FR", "website")


def test_a_page_that_is_not_there_has_no_address(client):
    page = client.get("/lieux/nulle-part").get_data(as_text=True)

    assert "canonical" not in page


def test_the_front_page_tells_how_the_site_is_searched(client):
    page = client.get("/en/").get_data(as_text=True)

    told = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert told["potentialAction"]["target"]["urlTemplate"] == "http://localhost/en/chercher?q={search_term_string}"


def test_a_zone_tells_its_departments(client):
    make_department()
    make_zone("35", slug="ouest")

    page = client.get("/zones/fablab/ouest").get_data(as_text=True)

    told = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert [part["identifier"] for part in told["@graph"][0]["containsPlace"]] == ["35"]


def test_the_site_can_be_installed_in_both_languages(client):
    french, english = client.get("/manifest.webmanifest"), client.get("/en/manifest.webmanifest")

    told = json.loads(french.data)
    assert french.mimetype == "application/manifest+json"
    assert (told["lang"], told["start_url"], told["scope"]) == ("fr", "/", "/")
    assert (json.loads(english.data)["lang"], json.loads(english.data)["start_url"]) == ("en", "/en/")
    for icon in told["icons"][1:]:
        path = icon["src"].removeprefix("/static/").partition("?")[0]
        with Image.open(STATIC / path) as image:
            assert f"{image.width}x{image.height}" == icon["sizes"]


def test_what_is_kept_ready_for_offline_is_all_there(client):
    answer = client.get("/service-worker.js")

    shell = json.loads(re.match(r"const SHELL = (\[.*\]);\n", answer.get_data(as_text=True))[1])
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    for path in shell:
        with client.get(path) as kept:
            assert (path, kept.status_code) == (path, 200)
    assert client.get("/service-worker.js", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_the_page_for_offline_is_the_same_for_everybody(as_person):
    answer = as_person(make_account()).get("/hors-ligne")

    assert "no-store" not in answer.headers.get("Cache-Control", "")
    assert "Set-Cookie" not in answer.headers
    assert "Vous êtes hors ligne" in answer.get_data(as_text=True)


def test_only_what_is_public_has_a_name_in_the_worker_of_the_browser():
    kept = re.search(r"const KEPT = /(.*)/;", (STATIC / "home/service-worker.js").read_text("utf-8"))[1]
    pattern = re.compile(kept.replace("\\/", "/"))

    for path in ("/", "/en/", "/agenda", "/lieux/labfab", "/en/zones/fablab/ouest", "/chercher", "/evenements/couture"):
        assert pattern.search(path), path
    for path in (
        "/connexion",
        "/mon-espace",
        "/api/v1/lieux",
        "/agenda.ics",
        "/lieux/labfab/modifier",
        "/lieux/proposer",
    ):
        assert not pattern.search(path), path
    for path in ("/lieux/labfab/agenda.ics", "/evenements/couture.ics", "/agenda/prive/x.ics"):
        assert not pattern.search(path), path
    assert site_views.OFFLINE == "/hors-ligne"
