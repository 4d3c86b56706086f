"""Projects through the door. Alice leads, Bob looks after another lab, Charlie is a stranger."""

import re

import pytest

from fablabmesh.accounts.rules import Role
from fablabmesh.projects import actions, queries
from tests.factories import NOW, make_account, make_place, make_project, make_zone

pytestmark = pytest.mark.usefixtures("forgetful")

TYPED = {
    "title": "Une fraiseuse en plans ouverts",
    "summary": "La concevoir ensemble.",
    "description": "Le **bâti** est dessiné.",
    "seeks": "Un lab qui usine l’aluminium.",
    "licence": "CERN-OHL-S-2.0",
    "state": "seeking",
}


@pytest.fixture
def lab(alice):
    return make_place(name="LabFab", managers=(alice,))


@pytest.fixture
def charlie(db):
    return make_account(name="Charlie")


def text(answer) -> str:
    return answer.get_data(as_text=True)


def test_a_manager_publishes_a_project_that_everybody_reads(client, as_person, alice, lab):
    answer = as_person(alice).post("/projets/nouveau", data=TYPED | {"lead": lab.slug})

    assert (answer.status_code, answer.location) == (303, "/projets/une-fraiseuse-en-plans-ouverts")
    page = text(client.get(answer.location))
    for words in ("La concevoir ensemble.", "<strong>bâti</strong>", "l’aluminium", "CERN OHL 2.0, forte", "LabFab"):
        assert (words, words in page) == (words, True)
    assert "Modifier le projet" not in page
    assert 'class="demo-banner"' not in page
    assert "Une fraiseuse" in text(client.get("/projets/"))
    assert "Une fraiseuse" in text(client.get(f"/lieux/{lab.slug}"))


def test_a_project_of_invented_labs_says_so_on_every_page(client, db):
    project = make_project(make_place(is_demo=True))

    assert text(client.get(f"/projets/{project.slug}")).count('class="demo-banner"') == 1
    assert text(client.get("/projets/")).count("Exemple inventé") == 1


def test_what_was_typed_stays_when_something_is_missing(as_person, alice, lab):
    answer = as_person(alice).post("/projets/nouveau", data=TYPED | {"lead": lab.slug, "title": ""})

    assert answer.status_code == 422
    for words in ("Donnez un titre au projet.", "La concevoir ensemble.", "Le **bâti** est dessiné.", "l’aluminium"):
        assert (words, words in text(answer)) == (words, True)
    assert '<option selected value="CERN-OHL-S-2.0">' in text(answer)


def test_the_form_begins_with_the_place_asked_for(as_person, alice, lab):
    other = make_place(name="Zèbre Lab", managers=(alice,))

    page = text(as_person(alice).get(f"/projets/nouveau?lieu={other.slug}"))

    options = re.findall(r'<option value="([^"]+)">', page.split('name="lead"')[1].split("</select>")[0])
    assert options == [other.slug, lab.slug]


def test_nobody_publishes_for_the_lab_of_another(as_person, alice, lab, charlie):
    bob = make_account(name="Bob")
    make_place(name="Lab de Bob", managers=(bob,))

    assert as_person(charlie).get("/projets/nouveau").status_code == 403
    assert as_person(bob).get(f"/projets/nouveau?lieu={lab.slug}").status_code == 403
    assert as_person(bob).post("/projets/nouveau", data=TYPED | {"lead": lab.slug}).status_code == 422


def test_the_lead_changes_the_project(client, as_person, alice, lab):
    project = make_project(lab)
    browser = as_person(alice)
    form = text(browser.get(f"/projets/{project.slug}/modifier"))

    answer = browser.post(
        f"/projets/{project.slug}/modifier", data=TYPED | {"title": "Le banc", "state": "finished", "version": "1"}
    )

    assert 'name="version" type="hidden" value="1"' in form
    assert "Un lab qui usine l’aluminium." in form
    assert (answer.status_code, answer.location) == (303, f"/projets/{project.slug}")
    page = text(client.get(answer.location))
    assert "<h1>Le banc</h1>" in page
    assert "Terminé" in page


def test_two_people_who_write_at_once_lose_nothing(as_person, alice, lab):
    project = make_project(lab)
    actions.edit_project(project, {"title": "Le titre de Zoé", "state": "under_way"}, now=NOW, version=1)
    browser = as_person(alice)

    answer = browser.post(
        f"/projets/{project.slug}/modifier", data=TYPED | {"title": "Le titre d’Alice", "version": "1"}
    )

    page = text(answer)
    assert answer.status_code == 409
    assert "<dt>Titre</dt><dd" in page
    for words in ("Le titre de Zoé", 'value="Le titre d’Alice"', "En cours", 'name="version" type="hidden" value="2"'):
        assert (words, words in page) == (words, True)
    assert queries.get_project(project.slug).title == "Le titre de Zoé"
    again = browser.post(
        f"/projets/{project.slug}/modifier", data=TYPED | {"title": "Le titre d’Alice", "version": "2"}
    )
    assert again.status_code == 303


def test_only_the_lead_changes_a_project(client, as_person, lab, charlie):
    project = make_project(lab)
    bob = make_account(name="Bob")
    make_project(make_place(managers=(bob,)), title="Le mien")
    address = f"/projets/{project.slug}/modifier"

    for person in (bob, charlie):
        assert as_person(person).get(address).status_code == 403
        assert as_person(person).post(address, data=TYPED | {"version": "1"}).status_code == 403
    assert client.get(address).status_code == 303
    assert as_person(make_account(role=Role.ADMIN)).get(address).status_code == 200


def test_the_list_is_filtered_by_its_address(client, lab):
    make_zone("35", slug="ouest", name="Ouest")
    make_zone(slug="est", name="Est", position=2)
    make_project(lab, title="Banc d’essai")
    make_project(lab, title="Fraiseuse", state="finished")

    def found(query):
        return re.findall(r'<h3><a href="/projets/([^"]+)">', text(client.get(f"/projets/?{query}")))

    assert found("") == ["banc-d-essai", "fraiseuse"]
    assert found("etat=termine") == ["fraiseuse"]
    assert found("zone=fablab/ouest&q=banc") == ["banc-d-essai"]
    assert found("zone=est") == []
    assert "Aucun projet ne correspond à ce choix." in text(client.get("/projets/?zone=est"))


def test_a_filter_that_does_not_exist_is_told(client, lab):
    make_project(lab)
    make_zone()

    page = text(client.get("/projets/?etat=perdu"))

    assert "n’a pas été appliqué\u00a0: perdu" in page
    assert "Une fraiseuse" in page


def test_an_empty_list_invites(client, db):
    assert "Aucun projet n’est encore publié." in text(client.get("/projets/"))


def test_the_address_without_its_slash_leads_there(client, db):
    answer = client.get("/projets?etat=termine")

    assert (answer.status_code, answer.location) == (308, "/projets/?etat=termine")


def test_a_list_of_three_costs_as_many_queries_as_a_list_of_one(client, db, count_queries):
    def make_one(number):
        make_project(make_place(), title=f"Projet {number}", partners=(make_place(), make_place()))

    def count():
        with count_queries() as seen:
            assert client.get("/projets/").status_code == 200
        return len(seen)

    make_one(1)
    one = count()
    make_one(2)
    make_one(3)

    assert count() == one


def test_a_page_costs_as_many_queries_with_three_partners_as_with_one(client, db, count_queries):
    project = make_project(make_place(), partners=(make_place(),))

    def count():
        with count_queries() as seen:
            assert client.get(f"/projets/{project.slug}").status_code == 200
        return len(seen)

    one = count()
    project = queries.get_project(project.slug)
    for _ in range(2):
        lab = make_place()
        actions.ask_to_join(project, lab, message="Un tour.", by=None, now=NOW)
        actions.accept(project, lab, answer="", by=None, now=NOW)

    assert count() == one


def test_a_visitor_gets_no_cookie(client, lab):
    project = make_project(lab)

    for address in ("/projets/", f"/projets/{project.slug}", "/carte/liens.json"):
        assert client.get(address).headers.getlist("Set-Cookie") == []


def test_the_links_are_lines_for_the_map(client, lab):
    joined = make_place(name="Plateforme C", latitude=47.2, longitude=-1.55)
    make_project(lab, title="À deux", partners=(joined,))

    answer = client.get("/carte/liens.json")

    assert answer.mimetype == "application/geo+json"
    assert answer.json == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "LineString", "coordinates": [[-1.6775, 48.1146], [-1.55, 47.2]]},
                "properties": {
                    "project": "À deux",
                    "url": "/projets/a-deux",
                    "from": "LabFab",
                    "to": "Plateforme C",
                    "ends": ["labfab-rennes", "plateforme-c-rennes"],
                    "is_demo": False,
                },
            }
        ],
    }
    assert client.get("/carte/liens.json", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
