"""The page of a place: what the public reads."""

import json
import re
from datetime import UTC, date, datetime

import pytest

from fablabmesh.events import actions as events
from fablabmesh.events.models import Image
from fablabmesh.kit.i18n import day
from fablabmesh.places import actions
from fablabmesh.places.models import Machine, PlacePerson, PlacePicture, PlaceVersion
from fablabmesh.places.rules import Confidence, FactSubject, Training
from fablabmesh.posters import queries
from fablabmesh.terms.queries import list_terms
from fablabmesh.terms.rules import Vocabulary
from tests.factories import NOW, make_event, make_place, make_series, make_zone


@pytest.fixture
def lab(alice):
    place = make_place(managers=(alice,))
    make_zone("35")
    return place


def test_the_page_says_what_is_known_with_its_sources(client, db, lab):
    actions.set_facts(lab, [(FactSubject.PLACE, "Adresse relevée en 2016", "Carte des lieux", Confidence.MEDIUM)])
    call = actions.put_call("appel", name="Appel national", year=2013)
    actions.put_laureate(call, lab, project_name="Lab étendu", holder="Une association")
    db.expire_all()

    page = client.get(f"/lieux/{lab.slug}").get_data(as_text=True)

    for text in (
        "LabFab",
        "19 rue Hoche",
        "Lauréat 2013",
        "Lab étendu",
        "Carte des lieux",
        "confiance moyenne",
        "Ouest",
    ):
        assert (text, text in page) == (text, True)
    assert "d’après le code INSEE" in page


def test_a_visitor_is_shown_no_way_to_edit_and_a_manager_is(client, as_person, lab, alice):
    address = f"/lieux/{lab.slug}/modifier"

    assert address not in client.get(f"/lieux/{lab.slug}").get_data(as_text=True)
    assert address in as_person(alice).get(f"/lieux/{lab.slug}").get_data(as_text=True)


def test_an_invented_place_says_so(client, db):
    place = make_place(name="Rêve", is_demo=True)

    assert "Exemple inventé" in client.get(f"/lieux/{place.slug}").get_data(as_text=True)


def test_the_page_costs_a_constant_number_of_queries(client, count_queries, lab):
    make_place(name="Voisin")
    client.get(f"/lieux/{lab.slug}")
    with count_queries() as few:
        client.get(f"/lieux/{lab.slug}")
    for number in range(3):
        make_place(name=f"Voisin {number}")

    with count_queries() as many:
        client.get(f"/lieux/{lab.slug}")

    assert len(many) == len(few)


def describe(db, lab):
    """All that a page can tell."""
    kinds = {term.code: term for term in list_terms(Vocabulary.MACHINE)}
    told = {
        "summary": "Un atelier au bord de la Vilaine.",
        "opening_hours": "24/7",
        "how_to_come": "Par la cour.\nAu fond.",
        "appointment_url": "https://rdv.test/",
        "services": ["coworking"],
        "labels": ["fab-charter"],
        "fees": ["payant", "a-disparu"],
    }
    actions.update_place(lab, told, now=NOW)
    for position, (code, model) in enumerate([("imprimante-3d-a-fil", "Fil 220"), ("decoupe-laser", "Laser 100")]):
        db.add(
            Machine(
                place_id=lab.id,
                position=position,
                type_id=kinds[code].id,
                model=model,
                quantity=2,
                size="22 cm",
                materials=["pla", "a-disparu"],
                training=Training.INTRODUCTION,
                price="0,10 € le gramme",
                is_working=position == 0,
            )
        )
    db.add(PlacePerson(place_id=lab.id, position=0, role="Fabmanager", name="Noa Exemple", consented_on=NOW.date()))
    db.add(PlacePerson(place_id=lab.id, position=1, role="Accueil des classes"))
    db.flush()
    db.expire_all()


def text_of(page: str, opening: str, closing: str) -> str:
    """What is read between two marks."""
    part = page.partition(opening)[2].partition(closing)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", part).split())


def test_machines_are_told_by_type_with_what_is_known_and_no_empty_line(client, db, lab):
    describe(db, lab)

    page = client.get(f"/lieux/{lab.slug}").get_data(as_text=True)

    assert text_of(page, '<h2 id="machines">', "</section>\n") == (
        "Machines Imprimante 3D Les lieux qui en ont (Imprimante 3D) Imprimante 3D à fil Fil 220 × 2"
        " Dimensions 22 cm Matériaux PLA Formation après une initiation sur place Prix 0,10 € le gramme"
    )
    assert 'href="/?machine=imprimante-3d"' in page
    assert page.count("En panne") == 1
    assert "a-disparu" not in page


def test_labels_come_with_who_awards_them_and_people_with_their_consent(client, db, lab):
    describe(db, lab)

    page = client.get(f"/lieux/{lab.slug}").get_data(as_text=True)

    assert text_of(page, '<ul class="tags" aria-labelledby="labels">', "</ul>") == "Fab Charter (Fab Foundation)"
    assert text_of(page, '<h2 id="equipe">', "</section>") == ("L’équipe Fabmanager : Noa Exemple Accueil des classes")


def test_hours_are_told_in_words_and_today_is_marked(client, db, lab):
    describe(db, lab)

    page = client.get(f"/lieux/{lab.slug}").get_data(as_text=True)

    assert text_of(page, '<p class="place-now', "</p>").endswith("Ouvert maintenant, jour et nuit")
    assert (page.count('aria-current="date"'), page.count("jour et nuit</td>") + page.count("jour et nuit<")) != (0, 0)
    assert page.count('<tr class="is-today"') == 1


def test_hours_that_nobody_can_read_are_shown_as_they_were_written(client, db, lab):
    actions.update_place(lab, {"opening_hours": "Lundi : <9h>"}, now=NOW)
    db.flush()

    page = client.get(f"/lieux/{lab.slug}").get_data(as_text=True)

    assert "<p>Lundi : &lt;9h&gt;</p>" in page
    assert "place-now" not in page


def test_a_place_that_closed_says_so_and_tells_no_hours(client, db, lab):
    actions.update_place(lab, {"opening_hours": "24/7", "closed_on": date(2026, 3, 1)}, now=NOW)
    db.flush()

    page = client.get(f"/lieux/{lab.slug}").get_data(as_text=True)

    assert page.count("Fermé définitivement depuis le 1er mars 2026.") == 2
    assert "Ouvert maintenant" not in page


def test_each_part_names_its_source_its_licence_and_its_date(client, db, lab):
    lab.source, lab.source_licence, lab.source_updated_on = "Carte nationale", "Licence Ouverte 2.0", date(2022, 9, 21)
    lab.edited_fields = ["phone"]
    lab.phone = "02 99 00 00 00"
    db.add(PlaceVersion(place_id=lab.id, at=NOW, deed="edited", changed={"phone": ["", lab.phone]}))
    db.flush()

    page = client.get(f"/lieux/{lab.slug}").get_data(as_text=True)

    rows = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<tr>.*?</tr>", page)]
    listed = "Carte nationale · Licence Ouverte 2.0 21 septembre 2022"
    assert rows[1:4] == [
        f"Nom et présentation {listed}",
        f"Adresse, position et accès {listed}",
        "Téléphone, site et rendez-vous écrit ici par l’équipe du lieu 2 mars 2026",
    ]


def test_a_page_says_when_it_was_confirmed_and_marks_what_nobody_confirms(client, db, lab):
    def told() -> str:
        return text_of(client.get(f"/lieux/{lab.slug}").get_data(as_text=True), '<div class="place-state">', "</div>")

    assert told() == "Fiche que personne n’a encore confirmée"
    lab.confirmed_at = datetime(2020, 1, 1, tzinfo=UTC)
    db.flush()
    assert told() == (
        "Fiche confirmée le 1er janvier 2020. sans nouvelle depuis plus de deux ans"
        " Vérifiez auprès du lieu avant de venir."
    )
    lab.confirmed_at = datetime.now(UTC)
    db.flush()
    assert told() == f"Fiche confirmée le {day(lab.confirmed_at)}."


def test_linked_data_are_escaped_and_an_invented_place_has_none(client, db, lab, alice):
    describe(db, lab)
    actions.update_place(lab, {"name": "Lab </script><b>"}, now=NOW)
    db.flush()
    invented = make_place(name="Lab inventé", is_demo=True)

    page = client.get(f"/lieux/{lab.slug}").get_data(as_text=True)

    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    data = json.loads(text)
    assert (data["@type"], data["name"], data["@id"]) == (
        "LocalBusiness", "Lab </script><b>", f"http://localhost/lieux/{lab.slug}"
    )  # fmt: skip
    assert data["openingHoursSpecification"][0]["opens"] == "00:00"
    assert "application/ld+json" not in client.get(f"/lieux/{invented.slug}").get_data(as_text=True)


def test_dates_tell_of_series_and_of_what_is_off(client, db, lab):
    make_series(lab, title="Couture")
    off = make_event(lab, title="Réparer")
    events.cancel_event(off, reason="Panne", by=None, now=NOW, version=off.version)
    db.commit()

    page = client.get(f"/lieux/{lab.slug}").get_data(as_text=True)

    assert "Chaque semaine" in text_of(page, '<h2 id="agenda">', "</section>")
    assert 'Annulé</span> <s><a href="/evenements/reparer' in page


def test_a_photograph_has_its_size_its_words_and_its_credit(client, db, lab):
    sizes = {"width": 1600, "height": 900, "small_width": 480, "small_height": 270}
    db.add(Image(digest="a" * 32, content=b"x", small=b"y", created_at=NOW, **sizes))
    db.flush()
    db.add(PlacePicture(place_id=lab.id, image_digest="a" * 32, position=0, text="La salle", credit="Noa"))
    db.flush()
    db.expire_all()

    page = client.get(f"/lieux/{lab.slug}").get_data(as_text=True)

    assert 'width="1600" height="900" alt="La salle">' in page
    assert '<figcaption class="small muted">Noa</figcaption>' in page


def test_a_page_leads_to_its_history_its_report_and_its_poster(client, lab):
    page = client.get(f"/lieux/{lab.slug}").get_data(as_text=True)

    for ending in ("historique", "signaler", "affiche.pdf", "code.png"):
        address = f"/lieux/{lab.slug}/{ending}"
        assert (ending, f'href="{address}"' in page, client.get(address).status_code) == (ending, True, 200)


def test_cards_of_other_sites_are_given_a_map_and_each_page_its_own(client, db, lab):
    pages = {"lieux/": f"/lieux/{lab.slug}", "zones/": "/zones/fablab/ouest", "france": "/", "agenda": "/agenda"}

    for kind, address in pages.items():
        page = client.get(address).get_data(as_text=True)
        (shown,) = re.findall(r'<meta property="og:image" content="([^"]+)">', page)
        version = lab.version if kind == "lieux/" else queries.find_number()
        assert shown.startswith(f"http://localhost/images/carte/{version}/{kind}")
        assert client.get(shown.removeprefix("http://localhost")).mimetype == "image/png"
