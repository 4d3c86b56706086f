"""Reading projects: filters, order, who waits for whom, links."""

from datetime import timedelta

import pytest

from fablabmesh.kit.errors import NotFound
from fablabmesh.projects import actions, queries
from fablabmesh.projects.filters import ProjectFilter
from fablabmesh.projects.queries import Link, LinkEnd
from fablabmesh.projects.rules import ProjectState
from tests.factories import NOW, make_account, make_department, make_place, make_project, make_zone


def titles(projects) -> list[str]:
    return [project.title for project in projects]


@pytest.fixture
def projects(db):
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.6))
    rennes = make_place(name="LabFab")
    nantes = make_place(name="Plateforme C", department="44", commune="Nantes", insee="44109", latitude=47.2)
    zones = {"nord": make_zone("35", slug="nord"), "sud": make_zone("44", slug="sud", position=2)}
    done = make_project(rennes, title="Fini", state=ProjectState.FINISHED)
    asked = make_project(rennes, title="Œuvre d’Été", summary="Un banc de 100 % bois")
    actions.ask_to_join(asked, nantes, message="Un tour.", by=None, now=NOW)
    shared = make_project(rennes, title="À deux", partners=(nantes,))
    return {"rennes": rennes, "nantes": nantes, "done": done, "asked": asked, "shared": shared, **zones}


def test_those_that_look_for_partners_come_first_then_the_latest(projects):
    actions.edit_project(projects["asked"], {"seeks": "Du temps"}, now=NOW + timedelta(days=1), version=1)

    assert titles(queries.list_projects(ProjectFilter())) == ["Œuvre d’Été", "À deux", "Fini"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (ProjectFilter(state=ProjectState.FINISHED), ["Fini"]),
        (ProjectFilter(zone="nord"), ["À deux", "Œuvre d’Été", "Fini"]),
        (ProjectFilter(zone="sud"), ["À deux"]),
        (ProjectFilter(text="oeuvre D'ETE"), ["Œuvre d’Été"]),
        (ProjectFilter(text="100 %"), ["Œuvre d’Été"]),
        (ProjectFilter(text="%"), ["Œuvre d’Été"]),
        (ProjectFilter(text="_"), []),
        (ProjectFilter(text="labfab fini"), ["Fini"]),
        (ProjectFilter(zone="sud", state=ProjectState.FINISHED), []),
    ],
)
def test_filters_work_alone_and_together(projects, wanted, found):
    assert titles(queries.list_projects(wanted)) == found
    assert queries.count_projects(wanted) == len(found)


def test_pages_of_a_list_neither_repeat_nor_skip(projects):
    pages = [queries.list_projects(ProjectFilter(), limit=1, offset=offset)[0] for offset in range(3)]

    assert pages == queries.list_projects(ProjectFilter())


def test_a_lab_has_the_projects_it_leads_and_those_that_took_it_in(projects):
    assert titles(queries.list_projects_of(projects["nantes"].id)) == ["À deux"]
    assert titles(queries.list_projects_of(projects["rennes"].id)) == ["À deux", "Œuvre d’Été", "Fini"]
    assert queries.list_projects_of_any([]) == []


def test_a_zone_has_the_projects_of_its_labs(projects):
    assert titles(queries.list_in_zone(projects["sud"])) == ["À deux"]
    assert titles(queries.list_in_zone(projects["nord"], limit=1)) == ["À deux"]


def test_a_request_waits_for_those_who_look_after_the_lead(projects, db):
    alice, bob = make_account(), make_account()
    lead, lab = make_place(managers=(alice,)), make_place(managers=(bob,))
    project = make_project(lead, title="Banc d’essai")
    actions.ask_to_join(project, lab, message="Un tour.", by=bob, now=NOW)

    waiting = queries.list_pending_for(alice.id)

    assert [(item.project.title, item.place.name, item.message) for item in waiting] == [
        ("Banc d’essai", "LabFab", "Un tour.")
    ]
    assert queries.list_pending_for(bob.id) == []
    assert queries.list_requests_around(lab.id) == queries.list_requests_around(lead.id) == waiting


def test_an_accepted_lab_draws_a_link_and_one_that_left_does_not(projects):
    (link,) = queries.list_links()

    assert link == Link(
        project_slug="a-deux",
        project_title="À deux",
        is_demo=False,
        start=LinkEnd(projects["rennes"].slug, "LabFab", 48.1146, -1.6775),
        end=LinkEnd(projects["nantes"].slug, "Plateforme C", 47.2, -1.6775),
    )
    actions.withdraw(projects["shared"], projects["nantes"])
    assert queries.list_links() == []


def test_a_place_without_a_point_draws_no_link(db):
    make_project(make_place(), partners=(make_place(latitude=None, longitude=None),))

    assert queries.list_links() == []


def test_a_project_cannot_take_the_address_of_the_form(db):
    assert make_project(make_place(), title="Nouveau").slug == "nouveau-2"


def test_a_project_that_does_not_exist_is_not_found(db):
    with pytest.raises(NotFound):
        queries.get_project("rien")
