from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from fablabmesh.accounts.rules import Role, Visitor
from fablabmesh.events import rules
from fablabmesh.events.rules import When
from fablabmesh.zones.moderation import ModerationState
from tests.people import make_lab, make_person


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("wall", "zone", "utc"),
    [
        ("2026-03-28T18:00", "Europe/Paris", datetime(2026, 3, 28, 17, tzinfo=UTC)),
        ("2026-03-29T18:00", "Europe/Paris", datetime(2026, 3, 29, 16, tzinfo=UTC)),
        ("2026-07-01T08:00", "Pacific/Noumea", datetime(2026, 6, 30, 21, tzinfo=UTC)),
        ("2026-07-01T08:00", "America/Cayenne", datetime(2026, 7, 1, 11, tzinfo=UTC)),
    ],
)
def test_a_wall_time_is_an_instant_of_its_zone(wall, zone, utc):
    assert rules.instant(local(wall), zone) == utc


def test_an_hour_that_comes_twice_is_the_first_one():
    assert rules.instant(local("2026-10-25T02:30"), "Europe/Paris") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "zone", "skipped"),
    [
        ("2026-03-29T01:59", "Europe/Paris", False),
        ("2026-03-29T02:00", "Europe/Paris", True),
        ("2026-03-29T02:59", "Europe/Paris", True),
        ("2026-03-29T03:00", "Europe/Paris", False),
        ("2026-03-29T02:30", "Indian/Reunion", False),
        ("2026-03-08T02:30", "America/Miquelon", True),
        ("2026-10-25T02:30", "Europe/Paris", False),
    ],
)
def test_an_hour_that_clocks_jump_over_does_not_exist(wall, zone, skipped):
    assert rules.is_skipped(local(wall), zone) is skipped


def test_an_all_day_event_is_over_at_the_midnight_that_ends_its_last_day():
    when = When(local("2026-03-28T00:00"), local("2026-03-29T00:00"), "Europe/Paris", is_all_day=True)

    assert when.starts_at == datetime(2026, 3, 27, 23, tzinfo=UTC)
    assert when.ends_at == datetime(2026, 3, 29, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("person", "allowed"),
    [
        (make_person(1), True),
        (make_person(3), True),
        (make_person(2), False),
        (make_person(4, departments=["35"]), False),
        (make_person(2, Role.ADMIN), True),
        (Visitor(), False),
    ],
    ids=["manager of the place", "editor of it", "another person", "coordinator", "administrator", "visitor"],
)
def test_an_event_is_the_business_of_the_place_s_own_people(person, allowed):
    lab = make_lab(10, make_person(1), editors=(make_person(3),))
    event = SimpleNamespace(place=lab, moderation=ModerationState.PUBLISHED)

    assert rules.can_edit(person, event) is allowed


def test_the_clocks_of_another_zone_are_told_from_those_of_paris():
    noumea = SimpleNamespace(timezone="Pacific/Noumea", starts_at=datetime(2026, 7, 1, tzinfo=UTC))
    paris = SimpleNamespace(timezone="Europe/Paris", starts_at=datetime(2026, 7, 1, tzinfo=UTC))

    assert rules.has_paris_time(paris)
    assert not rules.has_paris_time(noumea)


def test_where_it_happens_is_what_the_nearest_word_says():
    lab, other, third = (SimpleNamespace(name=name, latitude=48.1, longitude=-1.7) for name in ("A", "B", "C"))
    event = SimpleNamespace(place=lab, venue=None, venue_text="", venue_latitude=47.0, venue_longitude=-1.0)
    change = SimpleNamespace(venue=None, venue_text="")

    assert rules.where_of(event, change) == rules.Where(lab, "", 48.1, -1.7)
    event.venue_text = "Salle des fêtes"
    assert rules.where_of(event, change) == rules.Where(None, "Salle des fêtes", 47.0, -1.0)
    event.venue = other
    assert rules.where_of(event, change) == rules.Where(other, "", 48.1, -1.7)
    change.venue_text = "Chez Zoé"
    assert rules.where_of(event, change) == rules.Where(None, "Chez Zoé", None, None)
    change.venue = third
    assert rules.where_of(event, change) == rules.Where(third, "", 48.1, -1.7)
    assert rules.where_of(event) == rules.Where(other, "", 48.1, -1.7)


@pytest.mark.parametrize(
    ("wall", "zone", "twice"),
    [
        ("2026-10-25T02:30", "Europe/Paris", True),
        ("2026-10-25T03:00", "Europe/Paris", False),
        ("2026-03-29T02:30", "Europe/Paris", False),
        ("2026-10-25T02:30", "Indian/Reunion", False),
    ],
)
def test_a_wall_time_may_come_twice(wall, zone, twice):
    assert rules.comes_twice(datetime.fromisoformat(wall), zone) is twice
