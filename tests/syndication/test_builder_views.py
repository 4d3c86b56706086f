"""The page that gives the line of HTML for another site."""

import re
from html import unescape

import pytest

from fablabmesh.zones.models import Commune
from tests.factories import make_place, make_zone


def text_of(answer) -> str:
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


@pytest.fixture
def lab(db):
    place = make_place()
    make_zone("35")
    make_zone("35", programme="epn")
    db.add(
        Commune(
            insee="35238",
            name="Rennes",
            folded_name="rennes",
            postcodes=["35000"],
            department_code="35",
            latitude=48.11,
            longitude=-1.68,
            population=9,
        )
    )
    db.flush()
    return place


def line_of(page: str) -> str:
    return unescape(re.search(r'<textarea id="ligne"[^>]*>(.*?)</textarea>', page, re.S)[1])


def address_of(page: str) -> str:
    return re.search(r'<iframe src="http://localhost([^"]+)"', line_of(page))[1]


def test_a_map_is_offered_first_in_one_line_without_script(client, lab):
    page = text_of(client.get("/integrer"))

    assert line_of(page) == (
        '<iframe src="http://localhost/integrer/carte" title="Fab Labs et espaces publics numériques" '
        'width="100%" height="480" style="border:0" loading="lazy"></iframe>'
    )
    assert 'src="/integrer/carte" height="480" title="Aperçu' in page


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        (
            "quoi=carte&zone=epn/ouest&genre=epn&hauteur=600&theme=clair",
            "/integrer/carte?genre=epn&programme=epn&zone=ouest&theme=clair",
        ),
        ("quoi=liste&zone=fablab/ouest&max=5&tri=nom", "/integrer/liste?tri=nom&zone=ouest&max=5"),
        ("quoi=liste&autour=Rennes&rayon=50", "/integrer/liste?autour=35238&rayon=50"),
        ("quoi=liste&zone=epn/&machine=decoupe-laser", "/integrer/liste?machine=decoupe-laser&programme=epn"),
        (
            "quoi=agenda&zone=fablab/ouest&categorie=atelier&vue=mois",
            "/agenda/integrer?categorie=atelier&zone=fablab/ouest&vue=mois",
        ),
        (
            "quoi=agenda&zone=fablab/ouest&machine=decoupe-laser&cherche-partenaires=oui&max=5",
            "/agenda/integrer?zone=fablab/ouest&max=5&cherche-partenaires=oui&machine=decoupe-laser",
        ),
        ("quoi=agenda&autour=Rennes+(35)&rayon=10", "/agenda/integrer?autour=35238&rayon=10"),
    ],
)
def test_the_line_shows_what_was_chosen_in_the_form(client, lab, asked, address):
    page = text_of(client.get(f"/integrer?{asked}"))

    assert address_of(page) == address
    assert client.get(address).status_code == 200
    assert f'<iframe id="cadre-apercu" class="build-preview" src="{address}"' in page


def test_what_grows_brings_the_script_in_the_same_line(client, lab):
    line = line_of(text_of(client.get("/integrer?quoi=liste")))

    assert line.endswith('</iframe><script src="http://localhost/integrer.js" async></script>')
    assert "\n" not in line


def test_the_form_shows_what_is_chosen(client, lab):
    page = text_of(client.get("/integrer?quoi=liste&zone=epn/ouest&genre=epn&autour=35238&rayon=40&hauteur=300"))

    assert '<option value="epn/ouest" selected>Ouest</option>' in page
    assert 'name="genre" value="epn" checked' in page
    assert 'name="autour" value="Rennes (35)"' in page
    assert 'name="rayon" min="1" max="500" value="40"' in page


@pytest.mark.parametrize("shown", ["carte", "liste", "agenda"])
def test_all_three_offer_the_same_filters(client, lab, shown):
    page = text_of(client.get(f"/integrer?quoi={shown}"))

    fields = set(re.findall(r'<(?:input|select)[^>]* name="([^"]+)"', page.partition("<main")[2]))
    of_one = {"quoi", "hauteur", "theme", "max", "vue", "tri", "categorie", "evenements", "fermes"}
    assert fields - of_one == {
        "accessibilite", "accompagnement", "appel", "autour", "cherche-partenaires", "departement", "genre", "label",
        "machine", "maj", "ouvert", "public", "q", "rayon", "service", "tarif", "zone",
    }  # fmt: skip


def test_what_the_form_has_no_field_for_is_kept(client, lab):
    page = text_of(client.get("/integrer?quoi=carte&fermes=oui&maj=365&du=2030-01-01"))

    assert '<input type="hidden" name="du" value="2030-01-01">' in page
    assert address_of(page) == "/integrer/carte?du=2030-01-01&fermes=oui&maj=365"
    agenda = text_of(client.get("/integrer?quoi=agenda&zone=fablab/ouest&2.genre=epn&etiquette=bois"))
    assert re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)">', agenda) == [
        ("quoi", "agenda"),
        ("etiquette", "bois"),
        ("2.genre", "epn"),
    ]
    assert '<option value="fablab/ouest" selected>' in agenda


def test_one_changes_from_one_to_another_and_keeps_what_they_share(client, lab):
    page = text_of(client.get("/integrer?quoi=carte&zone=epn/ouest&genre=epn&machine=decoupe-laser"))

    assert 'href="/integrer?quoi=agenda&genre=epn&machine=decoupe-laser&zone=epn/ouest"' in page.replace("%2F", "/")
    alone = text_of(client.get("/integrer?quoi=carte&zone=epn/"))
    assert 'href="/integrer?quoi=agenda"' in alone


def test_a_word_that_is_no_more_is_told(client, lab):
    page = text_of(client.get("/integrer?quoi=carte&machine=rien"))

    assert "n’a pas été appliqué : rien" in page
    assert address_of(page) == "/integrer/carte"


def test_the_former_address_leads_to_the_agenda(client, lab):
    answer = client.get("/agenda/integrer/composer?zone=fablab/ouest&2.genre=epn&vue=mois&max=10&theme=clair")

    assert answer.status_code == 301
    page = text_of(client.get(answer.headers["Location"]))
    assert address_of(page) == "/agenda/integrer?genre=epn&2.zone=fablab/ouest&theme=clair&vue=mois"


def test_the_page_of_the_agenda_leads_here(client, lab):
    page = text_of(client.get("/agenda?zone=fablab/ouest"))

    assert 'href="/integrer?zone=fablab/ouest&quoi=agenda"' in page


def test_the_list_of_places_leads_here_with_its_filter(client, lab):
    page = text_of(client.get("/?genre=fablab&zone=ouest"))

    address = re.search(r'href="(/integrer[?]quoi=carte&[^"]+)"', page)[1]
    assert address == "/integrer?quoi=carte&genre=fablab&zone=ouest"
    assert address_of(text_of(client.get(address))) == "/integrer/carte?genre=fablab&zone=ouest"
