"""What is read of poles."""

from datetime import date, timedelta

from fablabmesh.coordination import actions, queries
from fablabmesh.projects.rules import ProjectState
from tests.coordination.test_actions import news_of
from tests.factories import NOW, make_account, make_coordinator, make_department, make_place, make_project, make_zone


def test_drafts_are_listed_for_those_who_write_them(zone, coordinator):
    invented = make_coordinator(zone, is_demo=True)
    news_of(zone, coordinator, "Publiée")
    news_of(zone, coordinator, "Brouillon", is_published=False)
    news_of(zone, invented, "Brouillon inventé", is_published=False)

    def titles(hidden_of):
        return sorted(each.title for each in queries.list_news(zone, limit=9, hidden_of=hidden_of))

    assert titles(None) == ["Publiée"]
    assert titles(False) == ["Brouillon", "Publiée"]
    assert titles(True) == ["Brouillon inventé", "Publiée"]
    assert queries.count_news(zone, hidden_of=False) == 2


def test_letters_tell_what_was_published_first_since_the_last_one_and_nothing_invented(zone, coordinator):
    invented = make_coordinator(zone, is_demo=True)
    news_of(zone, coordinator, "Avant", now=NOW)
    news_of(zone, coordinator, "Depuis", now=NOW + timedelta(hours=1))
    news_of(zone, coordinator, "Après", now=NOW + timedelta(days=8))
    news_of(zone, invented, "Inventée", now=NOW + timedelta(hours=1))

    found = queries.list_published_between(["fablab/ouest"], since=NOW, until=NOW + timedelta(days=7), limit=9)

    assert [each.title for each in found] == ["Depuis"]


def test_teams_are_those_of_open_places_of_the_zone_each_once(zone):
    ana, bob, chloe = (make_account(name=name) for name in ("Ana", "Bob", "Chloé"))
    make_place(name="Un", managers=(ana,))
    make_place(name="Deux", managers=(ana,))
    make_place(name="Fermé", managers=(bob,), closed_on=date(2026, 1, 1))
    make_department("67", "Bas-Rhin", box=(7.0, 48.1, 8.2, 49.1), region=("44", "Grand Est"))
    make_place(name="Ailleurs", department="67", postcode="67000", managers=(chloe,))

    assert queries.list_teams(zone, is_demo=False) == [ana]


def test_projects_that_look_for_partners_are_those_that_say_what_for(zone):
    lab = make_place()
    looking, silent, begun = (make_project(lab, title=title) for title in ("Cherche", "Se tait", "En cours"))
    looking.seeks, silent.seeks, begun.seeks = "Du verre", "", "Du temps"
    begun.state = ProjectState.UNDER_WAY

    assert queries.list_seeking(zone) == [looking]


def test_a_zone_says_nothing_for_another(zone, coordinator):
    other = make_zone(slug="est", name="Est", position=2)
    actions.write_page(zone, {"presentation": "Le pôle", "seeks": ""}, [], by=coordinator, now=NOW, version=0)

    assert (len(queries.list_pages(zone)), queries.list_pages(other)) == (1, [])
