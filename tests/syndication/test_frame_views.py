"""A map and a list of places in frames of other sites."""

import re
from html import unescape

import pytest

from tests.factories import make_account, make_event, make_place, make_zone

FRAMES = ["/integrer/carte", "/integrer/liste"]


def text_of(answer) -> str:
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


@pytest.fixture
def lab(db):
    place = make_place(name="Lab de l’Ouest")
    make_zone("35")
    return place


def names(page: str) -> list[str]:
    return re.findall(r'<a class="place-name" href="(?:/en)?/lieux/[^"]+" rel="noopener">([^<]+)</a>', page)


@pytest.mark.parametrize("path", FRAMES)
def test_a_frame_is_the_same_for_everybody_and_sets_no_cookie(client, as_person, lab, path):
    stranger, person = client.get(path), as_person(make_account()).get(path)

    assert stranger.data == person.data
    assert "Set-Cookie" not in person.headers
    assert person.headers["Cache-Control"] == "public, max-age=300"
    assert "frame-ancestors *" in person.headers["Content-Security-Policy"]
    again = client.get(path, headers={"If-None-Match": stranger.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", FRAMES)
def test_a_frame_asks_nothing_of_another_site(client, lab, path):
    page = text_of(client.get(path))

    loaded = re.findall(r'<(?:script|link rel="stylesheet"|img)[^>]+(?:src|href)="([^"]+)"', page)
    assert loaded
    assert all(address.startswith(("/static/", "/carte/")) for address in loaded)
    assert '<base target="_blank">' in page


@pytest.mark.parametrize("path", FRAMES)
def test_a_frame_never_fails_for_a_word_that_is_no_more(client, lab, path):
    page = text_of(client.get(f"{path}?zone=partie&machine=rien&autour=99999&max=x&theme=rose&page=zz&hauteur=-1"))

    assert "1 lieu<" in page
    assert 'data-theme="auto"' in page


def test_a_list_shows_what_fits_page_by_page(client, lab):
    for number in range(1, 4):
        make_place(name=f"Cyber {number}", kind="epn")

    first = text_of(client.get("/integrer/liste?genre=epn&max=2&theme=sombre"))
    address = re.search(r'<a rel="next" target="_self" href="([^"]+)"', first)[1]
    second = text_of(client.get(address))

    assert names(first) == ["Cyber 1", "Cyber 2"]
    assert address == "/integrer/liste?genre=epn&max=2&page=2&theme=sombre"
    assert names(second) == ["Cyber 3"]
    assert 'rel="prev" target="_self" href="/integrer/liste?genre=epn&max=2&theme=sombre"' in second
    assert 'href="http://localhost/?genre=epn"' in first


def test_a_list_tells_how_far_and_what_comes_next(client, lab):
    make_event(lab, title="Portes ouvertes", starts="2090-06-10T18:00", ends="2090-06-10T20:00")

    page = text_of(client.get("/integrer/liste?autour=48.11,-1.50"))

    assert "· à 13 km" in page
    assert re.search(r'Le 10 juin : <a href="/evenements/[^"]+" rel="noopener">Portes ouvertes</a>', page)


def test_a_map_is_told_what_fits(client, lab):
    make_place(name="Cyber", kind="epn")

    page = text_of(client.get("/integrer/carte?genre=epn&zone=ouest&theme=clair&tri=nom&vue=-2,47,0,49"))

    assert 'data-query="genre=epn&zone=ouest" data-programme="fablab" data-zone="ouest"' in page
    assert "<title>EPN et lieux de médiation numérique – zone Ouest</title>" in page
    assert "<span>1 lieu</span>" in page
    assert 'href="http://localhost/?genre=epn&zone=ouest"' in page
    assert 'data-theme="clair"' in page


def test_frames_speak_english_below_en(client, lab):
    page = text_of(client.get("/en/integrer/liste"))

    assert '<html lang="en"' in page
    assert names(page) == ["Lab de l’Ouest"]
    assert 'href="http://localhost/en/"' in page


def test_a_list_asks_as_much_of_the_database_for_one_as_for_three(client, lab, count_queries):
    with count_queries() as one:
        client.get("/integrer/liste")
    for number in range(2):
        make_event(make_place(name=f"Lab {number}"))
    with count_queries() as three:
        client.get("/integrer/liste")

    assert len(one) == len(three)
