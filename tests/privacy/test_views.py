"""Legal pages: whole in both languages, honest about what the operator has not said."""

from dataclasses import replace

import pytest

from fablabmesh.privacy.register import REGISTER

PAGES = ("/mentions-legales", "/confidentialite", "/accessibilite")


@pytest.fixture
def told(app):
    """As an operator would fill it in."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(
        before,
        operator="Association <Exemple>",
        operator_address="1 rue de l’Exemple, 35000 Rennes",
        publisher="Camille Exemple",
        hosted_by="Hébergeur Exemple, Lyon",
        privacy_contact="donnees@exemple.test",
        rgaa_audit="82.5 2027-01-15 Cabinet Exemple",
    )
    yield
    app.config["SETTINGS"] = before


@pytest.mark.parametrize("path", [*PAGES, *(f"/en{path}" for path in PAGES)])
def test_a_visitor_reads_each_legal_page_without_a_cookie(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (200, [])


@pytest.mark.parametrize("path", PAGES)
def test_what_nobody_said_is_marked_and_never_made_up(client, path):
    page = client.get(path).get_data(as_text=True)

    assert "<mark>à compléter</mark>" in page
    assert "Cette page est un modèle" in page


def test_the_notice_says_what_the_operator_wrote_as_text(client, told):
    page = client.get("/mentions-legales").get_data(as_text=True)

    assert "Association &lt;Exemple&gt;<br>1 rue de l’Exemple, 35000 Rennes" in page
    assert "<p>Camille Exemple</p>" in page
    assert "<p>Hébergeur Exemple, Lyon</p>" in page
    assert "est un modèle" not in page


def test_the_privacy_page_is_the_register(client, told):
    page = client.get("/confidentialite").get_data(as_text=True)

    assert [t.code for t in REGISTER if f'<h3 id="{t.code}">' not in page] == []
    assert "donnees@exemple.test" in page


def test_the_foot_of_every_page_says_how_accessible_the_site_is(client, told):
    assert ">Accessibilité\u00a0: partiellement conforme</a>" in client.get("/projets/").get_data(as_text=True)


def test_without_an_audit_the_site_says_that_it_does_not_conform(client):
    page = client.get("/accessibilite").get_data(as_text=True)

    assert "<strong>non conforme</strong>" in page
    assert "Personne n’en a encore mené l’audit complet" in page


def test_the_statement_tells_of_the_audit_and_of_the_ways_to_complain(client, told):
    page = client.get("/accessibilite").get_data(as_text=True)

    assert "Cabinet Exemple l’a audité le " in page
    assert "82,5\u00a0% des critères applicables" in page
    assert "https://formulaire.defenseurdesdroits.fr/" in page
