"""Projects as JSON."""

import pytest

from fablabmesh.projects import actions
from tests.factories import NOW, make_account, make_department, make_place, make_project, make_zone


@pytest.fixture
def project(db):
    lead = make_place()
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.6))
    partner = make_place(name="Plateforme C", department="44", commune="Nantes", insee="44109", latitude=47.2)
    make_zone("35", slug="nord")
    make_zone("44", slug="sud", position=2)
    return make_project(lead, title="Le banc", partners=(partner,), licence="MIT")


def test_a_project_is_told_with_its_labs(client, project):
    answer = client.get("/api/v1/projets/le-banc")

    assert answer.json == {
        "slug": "le-banc",
        "title": "Le banc",
        "summary": "La concevoir ensemble.",
        "description": "",
        "state": "cherche",
        "seeks": "Un lab qui usine l’aluminium.",
        "licence": "MIT",
        "url": "http://localhost/projets/le-banc",
        "lead": {
            "slug": project.lead.slug,
            "name": "LabFab",
            "kind": "fablab",
            "commune": "Rennes",
            "department": "35",
            "latitude": 48.1146,
            "longitude": -1.6775,
            "url": f"http://localhost/lieux/{project.lead.slug}",
        },
        "partners": [
            {
                "slug": "plateforme-c-nantes",
                "name": "Plateforme C",
                "kind": "fablab",
                "commune": "Nantes",
                "department": "44",
                "latitude": 47.2,
                "longitude": -1.6775,
                "url": "http://localhost/lieux/plateforme-c-nantes",
                "since": "2026-03-02T09:00:00+00:00",
            }
        ],
        "created_at": "2026-03-02T09:00:00+00:00",
        "changed_at": "2026-03-02T09:00:00+00:00",
        "is_demo": False,
    }
    listed = client.get("/api/v1/projets").json
    assert (listed["total"], listed["next"], listed["projects"]) == (1, None, [answer.json])


def test_requests_and_people_stay_out(client, project):
    bob = make_account(name="Bob Le Blanc", email="bob@exemple.test")
    lab = make_place(name="Lab discret", managers=(bob,))
    actions.ask_to_join(project, lab, message="Un tour à métaux.", by=bob, now=NOW)

    body = client.get("/api/v1/projets/le-banc").get_data(as_text=True)

    assert [word for word in ("Lab discret", "Un tour", "Bob", "bob@") if word in body] == []


@pytest.mark.parametrize(
    ("query", "total"),
    [("etat=cherche", 1), ("etat=termine", 0), ("zone=sud", 1), ("q=banc", 1), ("q=rien", 0), ("offset=1", 1)],
)
def test_the_filters_are_those_of_the_page(client, project, query, total):
    assert client.get(f"/api/v1/projets?{query}").json["total"] == total


@pytest.mark.parametrize("query", ["etat=seeking", "zone=est", "programme=x", "limit=0", "page=2", "zone=fablab/nord"])
def test_what_does_not_exist_is_refused(client, project, query):
    answer = client.get(f"/api/v1/projets?{query}")

    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_slices_follow_one_another(client, project):
    make_project(project.lead, title="Un autre")

    first = client.get("/api/v1/projets?limit=1&q=").json
    second = client.get(first["next"]).json

    assert first["next"] == "http://localhost/api/v1/projets?limit=1&offset=1"
    assert [page["projects"][0]["title"] for page in (first, second)] == ["Un autre", "Le banc"]
    assert second["next"] is None


def test_three_projects_cost_as_many_queries_as_one(client, db, count_queries):
    def count():
        db.expire_all()
        with count_queries() as seen:
            assert client.get("/api/v1/projets").status_code == 200
        return len(seen)

    def make_one(title):
        make_project(make_place(), title=title, partners=(make_place(),))

    make_one("Un")
    one = count()
    make_one("Deux")
    make_one("Trois")

    assert count() == one
