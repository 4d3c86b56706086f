"""What waits, what was refused and what is archived, in everything that the site shows to everybody."""

import re
from datetime import date, timedelta
from itertools import count

import pytest
import sqlalchemy as sa

from fablabmesh.coordination import actions as poles
from fablabmesh.digests import issue_actions
from fablabmesh.digests.rules import issue_on
from fablabmesh.events import actions as events
from fablabmesh.events.models import Event
from fablabmesh.kit import clock
from fablabmesh.maps import actions as maps
from fablabmesh.maps.queries import find_number
from fablabmesh.moderation.state_actions import move_place
from fablabmesh.places.models import PlaceNumber
from fablabmesh.places.rules import PlaceDeed
from fablabmesh.projects import actions as projects
from fablabmesh.projects.models import Project
from fablabmesh.search import actions as search
from fablabmesh.statistics.actions import measure_reach
from fablabmesh.zones import queries as zones
from fablabmesh.zones.moderation import ModerationState
from tests.factories import (
    make_account,
    make_coordinator,
    make_department,
    make_event,
    make_place,
    make_project,
    make_zone,
)

NAME, SOUGHT = "Quetzal Ornithorynquessimement", "ornithorynquessimement"
_letters = count(1)
_numbers = count(7_000)
HIDDEN = ("draft", "pending", "refused")

EVENT_LISTS = (
    *("/agenda", "/agenda?q=quetzal", "/api/v1/evenements", "/chercher?q=quetzal"),
    *("/chercher.json?q=quetzal", "/sitemap-evenements-0.xml", "/zones/fablab/ouest", "/lieux/labfab-rennes"),
)
CALENDARS = (
    *("/agenda.ics", "/zones/fablab/ouest/agenda.ics", "/lieux/labfab-rennes/agenda.ics", "/lieux.ics"),
    *("/agenda.atom", "/agenda.json", "/zones/fablab/ouest/agenda.atom", "/lieux/labfab-rennes/agenda.atom"),
)
PROJECT_LISTS = (
    *("/projets/", "/api/v1/projets", "/chercher?q=quetzal", "/chercher.json?q=quetzal"),
    *("/sitemap-projets-0.xml", "/zones/fablab/ouest", "/lieux/labfab-rennes", "/carte/liens.json"),
)
PLACE_LISTS = (
    *("/?affichage=liste", "/api/v1/lieux", "/lieux.geojson", "/lieux.csv", "/carte/lieux.json", "/integrer/liste"),
    *("/chercher?q=quetzal", "/chercher.json?q=quetzal", "/sitemap-lieux-0.xml", "/lieux/labfab-rennes"),
)


# Told to programs of calendars by their own methods, on which nothing is redirected.
COLLECTIONS = ("/caldav/agenda/", "/caldav/zones/fablab/ouest/", "/caldav/lieux/labfab-rennes/")
DATA = '<C:calendar-data xmlns:C="urn:ietf:params:xml:ns:caldav"/>'
QUERY = (
    f'<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop>{DATA}</D:prop>'
    '<C:filter><C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>'
)
FIGURES = ("/statistiques/", "/statistiques/fablab", "/statistiques/fablab/ouest", "/api/v1/zones/fablab/ouest")
MAPS = ("/tuiles/{0}/0/0/0.json", "/tuiles/{0}/0/0/0.mvt", "/carte/lieux-{0}.json", "/images/carte/{0}/france.png")


@pytest.fixture
def lab(db):
    make_department()
    make_zone("35")
    return make_place()


def holding(client, paths):
    """Those of these that tell of it."""
    # Answers to a question are kept for as long as nothing is written; tests undo what they wrote.
    asked = f"q=quetzal+{SOUGHT[: next(_letters)]}"
    found = []
    for path in paths:
        answer = client.get(path.replace("q=quetzal", asked), follow_redirects=True)
        assert (path, answer.status_code) in ((path, 200), (path, 404))
        if SOUGHT in answer.get_data(as_text=True).lower():
            found.append(path)
    return found


def collections_with(client):
    """Those collections of CalDAV in which it is."""
    found = []
    for path in COLLECTIONS:
        answer = client.open(path, method="REPORT", data=QUERY, headers={"Depth": "1"})
        assert (path, answer.status_code) == (path, 207)
        if SOUGHT in answer.get_data(as_text=True).lower():
            found.append(path)
    return found


def figures(client):
    """The pages of figures without what differs from one reading to the next."""
    measure_reach(clock.now())
    pages = [client.get(path).get_data(as_text=True) for path in FIGURES]
    return [re.sub(r'(\?|&amp;)v=[0-9a-f]+|nonce="[^"]+"|/images/carte/[0-9]+/', "", page) for page in pages]


def maps_of(client):
    """What maps are drawn of, whichever number they have."""
    number = find_number()
    answers = [client.get(path.format(number)) for path in MAPS]
    assert [answer.status_code for answer in answers] == [200] * len(MAPS)
    return [answer.get_data().replace(f'"{number}"'.encode(), b"") for answer in answers]


def letter_of(query):
    """What the weekly letter of the Monday before says."""
    issue = issue_on(date(2090, 6, 5))
    told = issue_actions.compose(query, "fr", date(2090, 5, 29), issue=issue, now=issue)
    return str(told)


def settle(db):
    db.commit()
    search.learn_words(clock.now())
    # What is kept by this number is read anew: it grows with a commit, and tests undo what they write.
    db.execute(sa.update(PlaceNumber).values(number=next(_numbers)))
    # And what was written is given its number, as at a commit.
    for words in (
        "SET CONSTRAINTS ALL IMMEDIATE",
        "SET CONSTRAINTS ALL DEFERRED",
        "SELECT set_config('mesh.place_number', '', true)",
    ):
        db.execute(sa.text(words))
    maps.refresh(clock.now())
    db.commit()


def put_event(db, lab, state):
    event = make_event(lab, title=NAME)
    event.moderation = ModerationState(state)
    settle(db)
    return f"/evenements/{event.slug}"


def test_a_published_event_is_everywhere(db, client, lab):
    page = put_event(db, lab, "published")

    assert holding(client, EVENT_LISTS + CALENDARS) == [*EVENT_LISTS, *CALENDARS]
    assert [client.get(page + end).status_code for end in ("", ".ics")] == [200, 200]


@pytest.mark.parametrize("state", HIDDEN)
def test_an_event_that_is_not_published_is_nowhere(db, client, lab, state):
    page = put_event(db, lab, state)

    assert holding(client, EVENT_LISTS + CALENDARS) == []
    assert [client.get(page + end).status_code for end in ("", ".ics", "/signaler")] == [404, 404, 404]


def test_a_published_event_is_in_calendars_that_are_synchronized_and_in_letters(db, client, lab):
    put_event(db, lab, "published")

    assert collections_with(client) == [*COLLECTIONS]
    assert NAME in letter_of("zone=fablab/ouest")


@pytest.mark.parametrize("state", HIDDEN)
def test_an_event_that_is_not_published_is_in_no_collection_and_no_letter(db, client, lab, state):
    put_event(db, lab, state)

    assert collections_with(client) == []
    letters = [letter_of(query) for query in ("", "zone=fablab/ouest", "lieu=labfab-rennes")]
    assert [letter for letter in letters if NAME in letter] == []


@pytest.mark.parametrize("state", ["published", *HIDDEN])
def test_only_what_is_published_is_in_the_months_of_figures(db, client, lab, state):
    settle(db)
    before = figures(client)
    day = clock.now().strftime("%Y-%m-%d")
    make_event(lab, title=NAME, starts=f"{day}T18:00", ends=f"{day}T20:00").moderation = ModerationState(state)
    settle(db)

    told = [now != then for now, then in zip(figures(client), before, strict=True)]
    assert told == [state == "published"] * 3 + [False]


def test_an_archived_event_has_left_lists_and_stays_in_calendars_unchanged(db, client, lab):
    now = clock.now()
    day = (now - timedelta(days=3)).strftime("%Y-%m-%d")
    event = make_event(lab, title=NAME, starts=f"{day}T18:00", ends=f"{day}T20:00")
    db.commit()
    past = ("/agenda?passes=oui", "/api/v1/evenements?passes=oui")
    before = client.get("/lieux/labfab-rennes/agenda.ics").get_data()

    events.archive_event(event, now=now, version=event.version)
    settle(db)

    assert NAME in before.decode()
    assert client.get("/lieux/labfab-rennes/agenda.ics").get_data() == before
    assert holding(client, EVENT_LISTS + past) == []
    page = client.get(f"/evenements/{event.slug}")
    assert (page.status_code, "Archivé" in page.get_data(as_text=True)) == (200, True)


def test_what_is_to_come_is_cancelled_and_not_archived(db, client, lab):
    event = make_event(lab)

    with pytest.raises(events.Refused, match="annulez-le"):
        events.archive_event(event, now=clock.now(), version=event.version)


def test_what_was_published_and_is_refused_is_told_as_cancelled(db, client, lab):
    event = make_event(lab, title=NAME)
    now, held = clock.now(), events.lock(event, event.version)

    events.move(held, ModerationState.REFUSED, events.Deed.REFUSED, by=None, now=now)
    settle(db)

    calendar = client.get("/lieux/labfab-rennes/agenda.ics").get_data(as_text=True)
    assert ("STATUS:CANCELLED" in calendar, NAME in calendar) == (True, True)
    assert holding(client, EVENT_LISTS) == []
    assert client.get(f"/evenements/{event.slug}").status_code == 404


def put_project(db, lab, state):
    partner = make_place(name="Autre lab", latitude=48.2)
    project = make_project(lab, title=NAME, partners=(partner,))
    project.moderation = ModerationState(state)
    settle(db)
    return project


def test_a_published_project_is_everywhere(db, client, lab):
    project = put_project(db, lab, "published")

    assert holding(client, PROJECT_LISTS) == [*PROJECT_LISTS]
    assert client.get(f"/api/v1/projets/{project.slug}").status_code == 200


@pytest.mark.parametrize("state", HIDDEN)
def test_a_project_that_is_not_published_is_nowhere(db, client, lab, state):
    project = put_project(db, lab, state)

    assert holding(client, PROJECT_LISTS) == []
    pages = (f"/projets/{project.slug}", f"/api/v1/projets/{project.slug}", f"/agenda?projet={project.slug}")
    assert [client.get(page).status_code for page in pages[:2]] == [404, 404]
    assert NAME not in client.get(pages[2]).get_data(as_text=True)


def test_an_archived_project_has_left_lists_and_keeps_its_page(db, client, lab):
    project = put_project(db, lab, "archived")

    assert holding(client, PROJECT_LISTS) == []
    page = client.get(f"/projets/{project.slug}")
    assert (page.status_code, "Archivé" in page.get_data(as_text=True)) == (200, True)


def put_place(db, lab, state):
    place = make_place(name=NAME, latitude=48.12)
    if state != "published":
        move_place(place, ModerationState(state), PlaceDeed.ARCHIVED, by=make_account(), now=clock.now())
    settle(db)
    return place


def test_a_published_place_is_everywhere(db, client, lab):
    place = put_place(db, lab, "published")

    assert holding(client, PLACE_LISTS) == [*PLACE_LISTS]
    assert client.get(f"/carte/reperes/{place.slug}.json").status_code == 200


@pytest.mark.parametrize("state", [*HIDDEN, "archived"])
def test_a_place_that_is_not_listed_is_on_no_list_no_map_and_in_no_count(db, client, lab, state):
    before = client.get("/api/v1/lieux").get_json().get("total", 1)
    place = put_place(db, lab, state)

    assert holding(client, PLACE_LISTS) == []
    told = client.get("/api/v1/lieux").get_json()
    assert told.get("total", 1) == before
    status = 410 if state == "archived" else 404
    ends = (f"/lieux/{place.slug}", f"/api/v1/lieux/{place.slug}", f"/lieux/{place.slug}/affiche.pdf")
    assert [client.get(end).status_code for end in ends] == [status] * 3
    assert client.get(f"/carte/reperes/{place.slug}.json").status_code == 404


def test_a_published_place_is_counted_and_drawn(db, client, lab):
    settle(db)
    counted, drawn = figures(client), maps_of(client)

    put_place(db, lab, "published")

    assert [one != other for one, other in zip(figures(client), counted, strict=True)][:3] == [True] * 3
    assert [one != other for one, other in zip(maps_of(client), drawn, strict=True)] == [True] * len(MAPS)


@pytest.mark.parametrize("state", [*HIDDEN, "archived"])
def test_a_place_that_is_not_listed_is_neither_counted_nor_drawn(db, client, lab, state):
    settle(db)
    counted, drawn = figures(client), maps_of(client)

    put_place(db, lab, state)

    assert figures(client) == counted
    assert maps_of(client) == drawn


def put_news(db, zone, is_published, **linked):
    person = make_coordinator(zone)
    told = {"title": "Du nouveau", "text": "Des mots.", "on_date": date(2026, 3, 4), "url": ""} | linked
    news = poles.create_news(zone, told, by=person, now=clock.now(), is_published=is_published)
    db.commit()
    return f"/zones/fablab/ouest/actualites/{news.slug}"


NEWS = ("/zones/fablab/ouest", "/zones/fablab/ouest/actualites", *(
    f"/zones/fablab/ouest/actualites.{ending}" for ending in ("atom", "rss", "json")
))  # fmt: skip


@pytest.mark.parametrize("state", HIDDEN)
def test_news_of_a_zone_do_not_name_what_is_not_published(db, client, lab, state):
    event = make_event(lab, title=NAME)
    event.moderation = ModerationState(state)
    place = put_place(db, lab, state)

    page = put_news(db, zones.get_zone("fablab", "ouest"), True, event_id=event.id, place_id=place.id)

    assert holding(client, (*NEWS, page)) == []


def test_a_draft_of_news_is_told_nowhere(db, client, lab):
    page = put_news(db, zones.get_zone("fablab", "ouest"), False, title=NAME)

    assert holding(client, NEWS) == []
    assert client.get(page).status_code == 404


def test_nothing_new_is_published_at_an_archived_place(db, as_person, lab):
    person = make_account()
    place = make_place(name=NAME, managers=(person,))
    move_place(place, ModerationState.ARCHIVED, PlaceDeed.ARCHIVED, by=person, now=clock.now())
    db.commit()

    assert as_person(person).get(f"/evenements/nouveau?lieu={place.slug}").status_code == 410
    assert as_person(person).get("/evenements/nouveau").status_code == 403


def test_what_waits_is_stored_as_such(db, lab):
    put_event(db, lab, "pending")
    projects.settle(put_project(db, lab, "published"), ModerationState.PENDING, now=clock.now())

    assert db.scalars(sa.select(Event.moderation)).all() == ["pending"]
    assert db.scalars(sa.select(Project.moderation)).all() == ["pending"]
