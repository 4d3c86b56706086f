"""Asking to join, answering, leaving. Alice leads, Bob looks after another lab, Charlie is a stranger."""

import re

import pytest

from fablabmesh.projects import actions, queries
from tests.factories import NOW, make_account, make_place, make_project

pytestmark = pytest.mark.usefixtures("forgetful")

WORDS = "Un tour à métaux et deux jours par mois."


@pytest.fixture
def bob(db):
    return make_account(name="Bob")


@pytest.fixture
def charlie(db):
    return make_account(name="Charlie")


@pytest.fixture
def lab(bob):
    return make_place(name="Plateforme C", managers=(bob,), latitude=47.2)


@pytest.fixture
def project(alice):
    return make_project(make_place(name="LabFab", managers=(alice,)), title="Le banc")


@pytest.fixture
def request_of_bob(project, lab, bob):
    return actions.ask_to_join(project, lab, message=WORDS, by=bob, now=NOW)


@pytest.fixture
def address(project, lab):
    return f"/projets/{project.slug}/demandes/{lab.slug}"


def text(answer) -> str:
    return answer.get_data(as_text=True)


def status_of(project, lab) -> str | None:
    found = queries.find_partnership(project.id, lab.id)
    return found and found.status.value


def test_a_project_is_published_joined_and_seen_on_both_pages_and_on_the_map(client, as_person, alice, bob, lab):
    lead = make_place(name="LabFab", managers=(alice,))
    hers, his = as_person(alice), as_person(bob)
    typed = {"lead": lead.slug, "title": "Le banc", "summary": "Mesurer ensemble.", "state": "seeking", "licence": ""}

    page = hers.post("/projets/nouveau", data=typed).location
    asked = his.post(f"{page}/demandes", data={"place": lab.slug, "message": WORDS})
    waiting = text(hers.get(page))
    accepted = hers.post(f"{page}/demandes/{lab.slug}/accepter", data={"answer": "Bienvenue !"})

    assert (asked.status_code, asked.location) == (303, f"{page}#partenaires")
    assert WORDS in waiting
    assert accepted.status_code == 303
    assert f'<a href="/lieux/{lab.slug}"><strong>Plateforme C</strong></a>' in text(client.get(page))
    for place in (lead, lab):
        assert f'href="{page}"' in text(client.get(f"/lieux/{place.slug}"))
    (line,) = client.get("/carte/liens.json").json["features"]
    assert (line["properties"]["from"], line["properties"]["to"]) == ("LabFab", "Plateforme C")


def test_a_request_is_seen_by_the_two_labs_alone(client, app, as_person, alice, bob, charlie, project, request_of_bob):
    page = f"/projets/{project.slug}"
    readers = {"alice": as_person(alice), "bob": as_person(bob), "charlie": as_person(charlie), "visitor": client}

    seen = {name: WORDS in text(browser.get(page)) for name, browser in readers.items()}

    assert seen == {"alice": True, "bob": True, "charlie": False, "visitor": False}


def test_a_request_waits_on_the_pages_of_the_two_labs_for_their_people_alone(
    client, as_person, alice, bob, charlie, project, lab, request_of_bob
):
    readers = {"alice": as_person(alice), "bob": as_person(bob), "charlie": as_person(charlie), "visitor": client}

    def waits(name, place):
        return "Demande en attente" in text(readers[name].get(f"/lieux/{place.slug}"))

    assert [name for name in readers if waits(name, project.lead)] == ["alice"]
    assert [name for name in readers if waits(name, lab)] == ["bob"]


def test_a_request_that_says_nothing_is_sent_back(as_person, bob, project, lab):
    answer = as_person(bob).post(f"/projets/{project.slug}/demandes", data={"place": lab.slug, "message": " "})

    assert answer.status_code == 422
    assert "Dites en quelques mots ce que votre lieu apporte" in text(answer)
    assert status_of(project, lab) is None


def test_a_refused_request_keeps_what_was_typed_and_says_why(as_person, bob, project, lab, request_of_bob):
    typed = {"place": lab.slug, "message": "Une seconde fois."}

    answer = as_person(bob).post(f"/projets/{project.slug}/demandes", data=typed)

    assert answer.status_code == 400
    assert "Ce lieu a déjà demandé à rejoindre le projet" in text(answer)
    assert "Une seconde fois." in text(answer)
    assert queries.find_partnership(project.id, lab.id).message == WORDS


def test_invented_and_real_labs_do_not_mix(as_person, project):
    demo = make_account(is_demo=True)
    invented = make_place(managers=(demo,), is_demo=True)
    browser = as_person(demo)

    answer = browser.post(f"/projets/{project.slug}/demandes", data={"place": invented.slug, "message": WORDS})

    assert "Demander à rejoindre" not in text(browser.get(f"/projets/{project.slug}"))
    assert answer.status_code == 400
    assert "Un lieu inventé pour la démonstration ne peut pas rejoindre un projet réel." in text(answer)
    assert status_of(project, invented) is None


def test_the_lead_is_not_offered_to_join_itself(as_person, alice, project):
    browser = as_person(alice)
    page = text(browser.get(f"/projets/{project.slug}"))

    answer = browser.post(f"/projets/{project.slug}/demandes", data={"place": project.lead.slug, "message": WORDS})

    assert "Demander à rejoindre" not in page
    assert (answer.status_code, "Ce lieu porte déjà le projet" in text(answer)) == (400, True)


def test_nobody_asks_for_the_lab_of_another(as_person, client, alice, charlie, project, lab):
    address = f"/projets/{project.slug}/demandes"
    typed = {"place": lab.slug, "message": WORDS}

    assert as_person(charlie).post(address, data=typed).status_code == 403
    assert as_person(alice).post(address, data=typed).status_code == 422
    assert client.post(address, data=typed).status_code == 303
    assert status_of(project, lab) is None


@pytest.mark.parametrize("step", ["accepter", "decliner"])
def test_only_the_lead_answers(as_person, client, bob, charlie, project, lab, request_of_bob, address, step):
    assert as_person(bob).post(f"{address}/{step}", data={"answer": "Oui"}).status_code == 403
    assert as_person(charlie).post(f"{address}/{step}", data={"answer": "Oui"}).status_code == 403
    assert client.post(f"{address}/{step}", data={"answer": "Oui"}).location.startswith("/connexion")
    assert status_of(project, lab) == "asked"


def test_to_decline_a_word_is_due(as_person, alice, bob, project, lab, request_of_bob, address):
    hers = as_person(alice)

    silent = hers.post(f"{address}/decliner", data={"answer": ""})
    said = hers.post(f"{address}/decliner", data={"answer": "Pas avant l’été."})

    assert silent.status_code == 422
    assert "Dites en quelques mots pourquoi\u00a0: ce lieu le lira." in text(silent)
    assert said.status_code == 303
    page = text(as_person(bob).get(f"/projets/{project.slug}"))
    assert ("Demande déclinée" in page, "Pas avant l’été." in page) == (True, True)
    assert "Demander à rejoindre" not in page


def test_the_asker_takes_the_request_back_and_may_ask_again(as_person, bob, project, lab, request_of_bob, address):
    his = as_person(bob)

    answer = his.post(f"{address}/retirer")

    assert answer.status_code == 303
    assert status_of(project, lab) == "withdrawn"
    assert "Demander à rejoindre" in text(his.get(f"/projets/{project.slug}"))


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_either_lab_ends_the_partnership(client, as_person, project, lab, request_of_bob, address, who, request):
    actions.accept(project, lab, answer="", by=None, now=NOW)
    browser = as_person(request.getfixturevalue(who))
    offered = "Mettre fin au partenariat" in text(browser.get(f"/projets/{project.slug}"))

    answer = browser.post(f"{address}/retirer")

    assert (offered, answer.status_code, status_of(project, lab)) == (True, 303, "withdrawn")
    assert "Partenariat terminé" in text(browser.get(f"/projets/{project.slug}"))
    assert "Plateforme C" not in text(client.get(f"/projets/{project.slug}"))
    assert client.get("/carte/liens.json").json["features"] == []


def test_the_lead_declines_a_request_and_does_not_withdraw_it(as_person, alice, project, lab, request_of_bob, address):
    assert as_person(alice).post(f"{address}/retirer").status_code == 403
    assert status_of(project, lab) == "asked"


def test_to_a_stranger_a_request_does_not_exist(as_person, charlie, request_of_bob, address):
    assert as_person(charlie).post(f"{address}/retirer").status_code == 404


def test_answers_that_cross_are_told(as_person, alice, project, lab, request_of_bob, address):
    actions.withdraw(project, lab)

    answer = as_person(alice).post(f"{address}/accepter", data={"answer": "Bienvenue !"})

    assert answer.status_code == 409
    assert "Demande retirée" in text(answer)


def test_a_visitor_is_led_to_sign_in_and_back(client, project):
    page = text(client.get(f"/projets/{project.slug}"))

    assert f'href="/connexion?suite=/projets/{project.slug}%23rejoindre"' in page


def test_a_step_needs_its_token(app, as_person, alice, project, lab, request_of_bob, address):
    browser = as_person(alice)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        without = browser.post(f"{address}/accepter", data={"answer": ""})
        page = text(browser.get(f"/projets/{project.slug}"))
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        with_it = browser.post(f"{address}/accepter", data={"answer": "", "csrf_token": token})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False

    assert (without.status_code, with_it.status_code) == (400, 303)
    assert status_of(project, lab) == "accepted"
