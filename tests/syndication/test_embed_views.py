"""The agenda in a frame of another site."""

import re
from html import unescape

import pytest

from tests.factories import make_account, make_department, make_event, make_place, make_zone


def text_of(answer) -> str:
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


@pytest.fixture
def lab(db):
    place = make_place()
    make_zone("35")
    return place


def titles(page: str) -> list[str]:
    return re.findall(r'<a href="(?:/en)?/evenements/[^"]+">([^<]+)</a>', page)


def test_any_site_may_show_the_frame_and_no_other_page(client, lab):
    frame, page = client.get("/agenda/integrer"), client.get("/agenda")

    assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame.headers
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"
    framed = [
        rule.rule
        for rule in client.application.url_map.iter_rules()
        if getattr(client.application.view_functions[rule.endpoint], "is_framed", False)
    ]
    assert sorted(framed) == ["/agenda/integrer", "/integrer/carte", "/integrer/liste"]


def test_the_frame_is_the_same_for_everybody_and_sets_no_cookie(client, as_person, lab):
    make_event(lab)
    alice = make_account()

    stranger, person = client.get("/agenda/integrer"), as_person(alice).get("/agenda/integrer")

    assert stranger.data == person.data
    assert "Set-Cookie" not in person.headers
    assert "Cookie" not in person.headers.get("Vary", "")
    assert person.headers["Cache-Control"] == "public, max-age=300"
    again = client.get("/agenda/integrer", headers={"If-None-Match": stranger.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_frame_asks_nothing_of_another_site(client, lab):
    make_event(lab)

    page = text_of(client.get("/agenda/integrer"))

    loaded = re.findall(r'<(?:script|link rel="stylesheet"|img)[^>]+(?:src|href)="([^"]+)"', page)
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)


def test_the_frame_shows_what_is_asked_for(client, lab):
    for number in range(4):
        make_event(lab, title=f"Atelier {number}", starts=f"2090-06-1{number}T18:00", ends=f"2090-06-1{number}T20:00")
    make_event(make_place(name="Cyber", kind="epn"), title="Au clavier")

    assert titles(text_of(client.get("/agenda/integrer?genre=fablab&max=2"))) == ["Atelier 0", "Atelier 1"]
    assert titles(text_of(client.get("/agenda/integrer?genre=epn"))) == ["Au clavier"]
    assert 'data-theme="sombre"' in text_of(client.get("/agenda/integrer?theme=sombre"))
    month = text_of(client.get("/agenda/integrer?genre=epn&vue=mois&du=2090-06-01"))
    assert "<caption>Juin 2090</caption>" in month
    assert 'rel="next" target="_self" href="/agenda/integrer?genre=epn&du=2090-07-01&vue=mois"' in month


def test_a_frame_never_fails_for_a_word_that_is_no_more(client, lab):
    make_event(lab, title="Ici")

    assert titles(text_of(client.get("/agenda/integrer?categorie=macrame&lieu=parti&max=x&passes=oui"))) == ["Ici"]


def test_a_frame_in_english_leads_to_pages_in_english(client, lab):
    make_event(lab)

    page = text_of(client.get("/en/agenda/integrer"))

    assert '<html lang="en"' in page
    assert 'href="http://localhost/en/agenda"' in page


@pytest.mark.parametrize("path", ["/agenda/integrer.js", "/integrer.js"])
def test_the_script_may_be_loaded_by_other_sites_from_an_address_that_stays(client, path):
    answer = client.get(path)

    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert "Set-Cookie" not in answer.headers
    assert b"fablabmeshHeight" in answer.data


@pytest.fixture
def printers(db, lab):
    """Two labs of the zone and one beyond it; the first and the last have a printer."""
    make_department("44", "Loire-Atlantique", box=(-2.5, 46.8, -1.0, 47.5))
    there = make_place(name="Sans")
    far = make_place(name="Loin", department="44", postcode="44000", latitude=47.2, longitude=-1.55)
    lab.machine_types = far.machine_types = ["imprimante-3d"]
    for each, title in ((lab, "Ici"), (there, "Ailleurs"), (far, "Loin")):
        make_event(each, title=title)
    db.commit()
    return lab, there, far


def test_the_frame_takes_any_filter_of_places(client, printers):
    frame = text_of(client.get("/agenda/integrer?zone=fablab/ouest&machine=imprimante-3d"))
    month = text_of(client.get("/agenda/integrer?machine=imprimante-3d&vue=mois"))

    assert titles(frame) == ["Ici"]
    assert "<h1>Agenda de la zone Ouest – Imprimante 3D</h1>" in frame
    assert 'href="http://localhost/?machine=imprimante-3d&tri=rendez-vous&zone=ouest"' in frame
    assert "machine=imprimante-3d" in re.search(r'rel="next"[^>]* href="([^"]+)"', month)[1]


def test_what_a_place_with_the_machine_only_takes_part_in_is_there_too(client, db, printers):
    lab, there, far = printers
    make_event(there, title="À deux").partners = [lab]
    make_event(there, title="Avec Loin").partners = [far]
    db.commit()

    frame = text_of(client.get("/agenda/integrer?zone=fablab/ouest&machine=imprimante-3d"))

    # The one that is in the zone must be the one that has the machine.
    assert titles(frame) == ["Ici", "À deux"]


def test_a_machine_that_is_no_more_does_not_empty_the_frame(client, printers):
    assert titles(text_of(client.get("/agenda/integrer?machine=ecrase-mouche"))) == ["Ici", "Ailleurs", "Loin"]
