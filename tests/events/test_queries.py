from datetime import UTC, date, datetime

import pytest

from fablabmesh.events import queries
from fablabmesh.events.filters import AgendaFilter
from fablabmesh.kit.errors import NotFound
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.places.rules import PlaceKind
from tests.factories import make_department, make_event, make_place, make_zone

NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)


def titles(events) -> list[str]:
    return [event.title for event in events]


def listed(wanted=None, *, now=NOON, **values) -> list[str]:
    wanted = wanted or AgendaFilter(**values)
    found = titles(queries.list_events(wanted, now=now))
    assert queries.count_events(wanted, now=now) == len(found)
    return found


@pytest.fixture
def week(db):
    """Before, during, after the noon of a Sunday in March."""
    place = make_place()
    make_event(place, title="hier", starts="2026-03-14T18:00", ends="2026-03-14T20:00")
    make_event(place, title="en cours", starts="2026-03-15T11:00", ends="2026-03-15T18:00")
    make_event(place, title="stage", starts="2026-03-13", ends="2026-03-16", is_all_day=True)
    make_event(place, title="demain", starts="2026-03-16T18:00", ends="2026-03-16T20:00", category="formation")
    return place


def test_what_is_not_over_comes_in_the_order_of_the_clocks(week):
    assert listed() == ["stage", "en cours", "demain"]


def test_what_is_past_comes_the_latest_first(week):
    assert listed(past=True) == ["hier"]
    assert listed(past=True, now=datetime(2027, 1, 1, tzinfo=UTC)) == ["demain", "en cours", "hier", "stage"]


def test_an_all_day_event_lasts_until_its_last_midnight(week):
    late, over = datetime(2026, 3, 16, 22, 59, tzinfo=UTC), datetime(2026, 3, 16, 23, 0, tzinfo=UTC)

    assert listed(now=late) == ["stage"]
    assert listed(now=over) == []


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (date(2026, 3, 14), date(2026, 3, 14), ["stage", "hier"]),
        (date(2026, 3, 16), None, ["stage", "demain"]),
        (date(2026, 3, 17), None, []),
        (None, date(2026, 3, 14), ["stage", "hier"]),
        (None, date(2026, 3, 12), []),
    ],
)
def test_a_period_holds_all_that_touches_it(week, since, until, found):
    assert listed(since=since, until=until) == found


def test_an_event_that_ends_at_midnight_is_not_in_the_next_day(db):
    make_event(make_place(), title="soirée", starts="2026-03-14T20:00", ends="2026-03-15T00:00")

    assert listed(since=date(2026, 3, 15)) == []
    assert listed(since=date(2026, 3, 14)) == ["soirée"]


def test_the_agenda_is_filtered_by_category(week):
    assert listed(categories=frozenset({"formation", "portes-ouvertes"})) == ["demain"]


def test_the_agenda_is_filtered_by_kind_of_place(week):
    make_event(make_place(name="EPN", kind=PlaceKind.EPN), title="à l’EPN", starts="2026-03-17", ends="2026-03-17")

    assert listed(place=PlaceFilter(kinds=frozenset({PlaceKind.EPN}))) == ["à l’EPN"]
    assert listed(place=PlaceFilter(laureates_only=True)) == []


def test_the_agenda_of_a_zone_is_that_of_its_departments(week):
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.8))
    west, other = make_zone("35"), make_zone("44", slug="loire", name="Loire", position=2)
    make_event(
        make_place(name="Nantes", department="44", insee="44109"),
        title="à Nantes",
        starts="2026-03-18",
        ends="2026-03-18",
    )

    assert listed(place=PlaceFilter(zone="loire")) == ["à Nantes"]
    assert titles(queries.list_upcoming_in_zone(other, after=NOON, limit=5)) == ["à Nantes"]
    assert titles(queries.list_upcoming_in_zone(west, after=NOON, limit=2)) == ["stage", "en cours"]


def test_places_without_events_and_nobody_s_places_have_empty_lists(week):
    assert queries.list_upcoming_at(make_place(name="Ailleurs").id, after=NOON, limit=5) == []
    assert queries.list_upcoming_at_any([], after=NOON, limit=5) == []
    assert titles(queries.list_upcoming_at_any([week.id], after=NOON, limit=1)) == ["stage"]


def test_an_event_that_does_not_exist_is_not_found(db):
    assert queries.find_event("rien") is None
    assert queries.find_by_uid("rien") is None
    with pytest.raises(NotFound):
        queries.get_event("rien")
