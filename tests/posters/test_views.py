"""Codes, posters and pictures of maps, as they are served."""

import re
from io import BytesIO

import pytest
from PIL import Image

from fablabmesh.events import actions as events
from fablabmesh.kit.codes import to_png
from fablabmesh.places import actions
from fablabmesh.posters.views import picture_of
from fablabmesh.projects.models import Partnership
from fablabmesh.projects.rules import PartnershipStatus
from fablabmesh.zones.queries import get_zone
from fablabmesh.zones.rules import Standing
from tests.factories import NOW, make_event, make_place, make_project, make_zone
from tests.pdf_text import lines_of


@pytest.fixture
def lab(db):
    place = make_place()
    actions.put_pole_role(place, make_zone("35"), standing=Standing.SOURCE, confidence=None, reason="")
    db.flush()
    return place


def test_codes_lead_to_the_page_in_the_language_of_their_address(client, lab):
    png = client.get(f"/lieux/{lab.slug}/code.png")
    english = client.get(f"/en/lieux/{lab.slug}/code.png")
    svg = client.get(f"/lieux/{lab.slug}/code.svg")

    assert (png.mimetype, svg.mimetype) == ("image/png", "image/svg+xml")
    assert png.data == to_png(f"http://localhost/lieux/{lab.slug}")
    assert english.data == to_png(f"http://localhost/en/lieux/{lab.slug}")
    assert "<title>Code QR de la fiche «\u00a0LabFab\u00a0»</title>" in svg.get_data(as_text=True)
    assert client.get("/lieux/nulle-part/code.svg").status_code == 404


def test_a_poster_tells_hours_dates_and_zone(client, db, lab):
    actions.update_place(lab, {"opening_hours": "Mo-Su 09:00-18:00", "website": "https://labfab.test/"}, now=NOW)
    make_event(lab, title="Couture")
    off = make_event(lab, title="Annulé", starts="2090-06-01T18:00", ends="2090-06-01T20:00")
    events.cancel_event(off, reason="", by=None, now=NOW, version=off.version)
    db.commit()

    answer = client.get(f"/lieux/{lab.slug}/affiche.pdf")

    lines = lines_of(answer.data)
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="affiche-{lab.slug}.pdf"'
    assert lines[:8] == [
        "Fab Lab",
        "LabFab",
        "19 rue Hoche",
        "35000 Rennes",
        "labfab.test",
        "Horaires",
        "Tous les jours",
        "de 9 h à 18 h",
    ]
    assert lines[8:11] == ["Prochains rendez-vous", "Couture", "samedi 10 juin 2090, de 18 h à 20 h"]
    assert lines[-2:] == ["Fab Labs : Ouest. Pôle : LabFab", "Fab Lab Mesh"]


def test_an_unchanged_poster_is_not_sent_again(client, lab):
    first = client.get(f"/lieux/{lab.slug}/affiche.pdf")
    again = client.get(f"/lieux/{lab.slug}/affiche.pdf", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert "Set-Cookie" not in first.headers


def test_a_poster_speaks_the_language_of_its_address(client, lab):
    french, english = (client.get(f"{root}/lieux/{lab.slug}/affiche.pdf").data for root in ("", "/en"))

    assert (b"/Lang (fr)" in french, b"/Lang (en)" in english) == (True, True)


@pytest.mark.parametrize(
    "address",
    [
        "/images/carte/1/lieux/{slug}.png",
        "/images/carte/1/zones/fablab/ouest.png",
        "/images/carte/1/france.png",
        "/images/carte/1/agenda.png",
        "/en/images/carte/1/agenda.png",
    ],
)
def test_a_picture_is_as_large_as_cards_want_it(client, lab, address):
    answer = client.get(address.format(slug=lab.slug))

    with Image.open(BytesIO(answer.data)) as image:
        assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(answer.data) < 200_000
    assert answer.headers["Cache-Control"].startswith("public")


def test_the_address_of_a_picture_changes_with_its_place(client, db, lab):
    before = picture_of(place=lab)
    actions.update_place(lab, {"name": "Le LabFab"}, now=NOW)
    db.flush()
    after = picture_of(place=lab)

    assert before != after
    now, old = (client.get(address.removeprefix("http://localhost")) for address in (after, before))
    assert (now.status_code, now.data) == (200, old.data)
    assert [answer.headers["Cache-Control"] for answer in (now, old)] == [
        "public, max-age=2592000",
        "public, max-age=300",
    ]


def test_the_picture_of_a_place_is_another_once_a_call_has_chosen_it(client, db, lab):
    def address():
        return re.search(r'og:image" content="http://localhost([^"]+)"', client.get(f"/lieux/{lab.slug}").text)[1]

    before = address()
    plain = client.get(before).data
    call = actions.put_call("appel-essai", name="Appel d’essai", year=2026)
    actions.put_laureate(call, lab, project_name="Projet d’essai")
    db.commit()
    db.expire_all()

    assert address() != before
    assert client.get(address()).data != plain


def test_each_kind_of_page_has_its_picture(db, lab):
    zone = get_zone("fablab", "ouest")
    ends = [address.rsplit("/", 1)[-1] for address in (picture_of(), picture_of(is_agenda=True), picture_of(zone=zone))]

    assert ends == ["france.png", "agenda.png", "ouest.png"]
    assert picture_of().startswith("http://localhost/images/carte/")


def test_what_does_not_exist_has_no_picture(client, db):
    assert client.get("/images/carte/1/lieux/nulle-part.png").status_code == 404
    assert client.get("/images/carte/1/zones/fablab/nulle-part.png").status_code == 404


def og_of(client, path: str) -> str:
    (address,) = re.findall(r'og:image" content="http://localhost([^"]+)"', client.get(path).get_data(as_text=True))
    return address.replace("&amp;", "&")


def test_the_front_page_shows_what_its_filter_finds_and_keeps_its_one_address(client, db, lab):
    everything, filtered = og_of(client, "/"), og_of(client, "/?genre=fablab&tri=nom")

    assert everything.endswith("/france.png")
    assert filtered.endswith("/filtre.png?genre=fablab")
    found, none = client.get(filtered), client.get(filtered.replace("fablab", "pole"))
    assert (found.status_code, found.mimetype) == (200, "image/png")
    assert found.data not in (none.data, client.get(everything).data)
    page = client.get("/?genre=fablab&tri=nom").get_data(as_text=True)
    assert '<link rel="canonical" href="http://localhost/?genre=fablab">' in page
    assert '<link rel="alternate" hreflang="en" href="http://localhost/en/?genre=fablab">' in page


def test_the_picture_of_a_project_is_another_once_a_lab_has_joined(client, db, lab):
    project, other = make_project(lab), make_place(name="Autre lab", latitude=45.0, longitude=3.0)
    db.commit()
    alone = og_of(client, f"/projets/{project.slug}")
    plain = client.get(alone)

    project.partnerships.append(
        Partnership(place=other, status=PartnershipStatus.ACCEPTED, asked_at=NOW, answered_at=NOW)
    )
    db.commit()
    db.expire_all()
    joined = og_of(client, f"/projets/{project.slug}")

    assert (plain.status_code, joined == alone) == (200, False)
    assert client.get(joined).data != plain.data


def test_figures_show_the_map_of_what_they_are_of(client, db, lab):
    make_zone("35")

    assert og_of(client, "/statistiques/").endswith("/france.png")
    assert og_of(client, "/statistiques/fablab/ouest").endswith("/zones/fablab/ouest.png")
