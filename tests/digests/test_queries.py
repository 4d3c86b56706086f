"""What a letter tells of: what comes, what is new for later, what is off; each for the slice alone."""

from datetime import UTC, datetime, timedelta

import pytest

from fablabmesh.digests import queries
from fablabmesh.events import actions as event_actions
from fablabmesh.events import date_actions
from fablabmesh.events import queries as events
from fablabmesh.events.models import Event
from fablabmesh.events.rules import When
from fablabmesh.feeds import slices
from fablabmesh.feeds.slices import Slice
from fablabmesh.kit.db import session
from tests.factories import make_event, make_place

LAST = datetime(2026, 3, 2, 6, tzinfo=UTC)
ISSUE = datetime(2026, 3, 9, 6, tzinfo=UTC)
BEFORE, BETWEEN = LAST - timedelta(days=1), LAST + timedelta(days=3)
HORIZON = ISSUE + timedelta(days=14)
PERIOD = {"since": LAST, "until": ISSUE, "now": ISSUE, "limit": 9}


@pytest.fixture
def place(db):
    return make_place()


@pytest.fixture
def make(db, place):
    """An event published at a time, on a day of March 2026 or a whole date; a series when it has a rule."""

    def make_one(title, day, *, published=BEFORE, rule="", at=None):
        start = day if isinstance(day, str) else f"2026-03-{day:02}"
        event = make_event(at or place, title=title, starts=f"{start}T18:00", ends=f"{start}T20:00")
        event.published_at, event.rrule = published, rule
        db.commit()
        return events.get_event(event.slug)

    return make_one


def titles(found):
    return [each.title for each in found]


def test_what_comes_is_not_over_not_off_and_within_two_weeks(db, make):
    for title, day in (("passé", 8), ("demain", 10), ("dernier", 22), ("plus tard", 24)):
        make(title, day)
    off = make("annulé", 11)
    event_actions.cancel_event(off, reason="", now=BETWEEN, version=off.version)
    make("brouillon", 12).is_draft = True
    gone = make("retiré", 12)
    event_actions.delete_event(gone, now=BETWEEN, version=gone.version)
    db.commit()

    found = queries.list_coming(Slice(), now=ISSUE, until=HORIZON, limit=9)

    assert titles(found) == ["demain", "dernier"]
    assert queries.count_coming(Slice(), now=ISSUE, until=HORIZON) == 2


def test_each_date_of_a_series_comes_by_itself(db, make):
    make("hebdomadaire", 3, rule="FREQ=WEEKLY;COUNT=9")

    found = queries.list_coming(Slice(), now=ISSUE, until=HORIZON, limit=9)

    assert [each.starts_local.day for each in found] == [10, 17]


def test_a_long_list_is_cut_and_counted(db, make):
    make("quotidien", 9, rule="FREQ=DAILY;COUNT=10")

    assert len(queries.list_coming(Slice(), now=ISSUE, until=HORIZON, limit=3)) == 3
    assert queries.count_coming(Slice(), now=ISSUE, until=HORIZON) == 10


def test_what_is_new_for_later_was_published_since_the_last_letter(db, make):
    make("connu", "2026-04-10")
    make("nouveau", "2026-04-11", published=BETWEEN)
    make("trop nouveau", "2026-04-12", published=ISSUE + timedelta(minutes=1))
    make("bientôt", 12, published=BETWEEN)
    make("série en cours", 12, published=BETWEEN, rule="FREQ=WEEKLY")
    make("série à venir", "2026-04-14", published=BETWEEN, rule="FREQ=WEEKLY")

    found = queries.list_announced(Slice(), **PERIOD, after=HORIZON)

    assert titles(found) == ["nouveau", "série à venir"]


def test_what_is_off_was_known_and_still_to_come(db, make):
    def cancel(title, day, *, at, **values):
        event = make(title, day, **values)
        event_actions.cancel_event(event, reason="Panne.", now=at, version=event.version)
        db.commit()

    cancel("annulé", 12, at=BETWEEN)
    cancel("annulé avant", 12, at=BEFORE)
    cancel("annulé après", 12, at=ISSUE + timedelta(hours=1))
    cancel("jamais annoncé", 12, at=BETWEEN, published=LAST + timedelta(hours=1))
    cancel("passé", 5, at=BETWEEN)
    cancel("série", 10, at=BETWEEN, rule="FREQ=WEEKLY;COUNT=4")
    back = make("rétabli", 13)
    event_actions.cancel_event(back, reason="", now=BETWEEN, version=back.version)
    event_actions.reinstate_event(back, now=BETWEEN, version=back.version)
    db.commit()

    found = queries.list_cancelled_events(Slice(), **PERIOD)

    assert [(each.title, each.starts_local.day) for each in found] == [("série", 10), ("annulé", 12)]


def test_a_single_date_that_is_off_is_told(db, make):
    event = make("hebdomadaire", 3, rule="FREQ=WEEKLY;COUNT=9")
    for day, at in ((10, BETWEEN), (17, BEFORE), (24, BETWEEN)):
        event, wall = events.get_event(event.slug), event.starts_local.replace(day=day)
        date_actions.cancel_date(event, wall, reason="Férié.", by=None, now=at, version=event.version)
        db.commit()

    found = queries.list_cancelled_dates(Slice(), **PERIOD)

    assert [(each.starts_local.day, each.change.cancel_reason) for each in found] == [(10, "Férié."), (24, "Férié.")]


def move(event, day, *, at, hour=18):
    start, end = (event.starts_local.replace(day=day, hour=hours) for hours in (hour, hour + 2))
    when = When(start, end, event.timezone, rrule=event.rrule)
    values = {"title": event.title, "description": event.description, "category_slug": event.category_slug}
    event_actions.edit_event(event, event.place, values, when, now=at, version=event.version)
    session.commit()
    return events.get_event(event.slug)


def test_what_was_moved_is_told_with_the_time_it_had_at_the_last_letter(db, make):
    move(make("déplacé", 12), 14, at=BETWEEN)
    twice = move(make("deux fois", 12), 13, at=BETWEEN)
    move(twice, 16, at=BETWEEN + timedelta(hours=1))
    back = move(make("revenu", 12), 13, at=BETWEEN)
    move(back, 12, at=BETWEEN + timedelta(hours=1))
    move(make("déplacé avant", 12), 15, at=BEFORE)
    move(make("jamais annoncé", 12, published=LAST + timedelta(hours=1)), 15, at=BETWEEN)
    off = move(make("puis annulé", 12), 15, at=BETWEEN)
    event_actions.cancel_event(off, reason="", now=BETWEEN, version=off.version)
    db.commit()

    found = queries.list_moved_events(Slice(), **PERIOD)

    assert [(each.title, each.starts_local.day, was.day) for each, was in found] == [
        ("déplacé", 14, 12),
        ("deux fois", 16, 12),
    ]


def test_a_single_date_that_was_moved_is_told(db, make):
    event = make("hebdomadaire", 3, rule="FREQ=WEEKLY;COUNT=9")
    for day, at in ((10, BETWEEN), (17, BEFORE)):
        event, wall = events.get_event(event.slug), event.starts_local.replace(day=day)
        there = {"starts_local": wall.replace(day=day + 1), "ends_local": wall.replace(day=day + 1, hour=20)}
        date_actions.change_date(event, wall, **there, by=None, now=at, version=event.version)
        db.commit()

    found = queries.list_moved_dates(Slice(), **PERIOD)

    assert [(each.starts_local.day, each.recurrence_local.day) for each in found] == [(11, 10)]


def test_what_was_taken_away_is_told(db, make):
    def delete(title, day, *, at, **values):
        event = make(title, day, **values)
        event_actions.delete_event(event, now=at, version=event.version)
        db.commit()

    delete("retiré", 12, at=BETWEEN)
    delete("retiré avant", 12, at=BEFORE)
    delete("jamais annoncé", 12, at=BETWEEN, published=LAST + timedelta(hours=1))
    delete("passé", 5, at=BETWEEN)

    assert titles(queries.list_withdrawn(Slice(), **PERIOD)) == ["retiré"]


def test_a_letter_of_a_place_tells_of_this_place_alone(db, make, place):
    other = make_place(name="Autre lab")
    make("ici", 10)
    make("ailleurs", 10, at=other)
    make("nouveau ici", "2026-04-10", published=BETWEEN)
    make("nouveau ailleurs", "2026-04-10", published=BETWEEN, at=other)
    for title, at in (("annulé ici", None), ("annulé ailleurs", other)):
        event = make(title, 11, at=at)
        event_actions.cancel_event(event, reason="", now=BETWEEN, version=event.version)
    db.commit()
    here = slices.of_place(place.slug)

    assert titles(queries.list_coming(here, now=ISSUE, until=HORIZON, limit=9)) == ["ici"]
    assert titles(queries.list_announced(here, **PERIOD, after=HORIZON)) == ["nouveau ici"]
    assert titles(queries.list_cancelled_events(here, **PERIOD)) == ["annulé ici"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_asks_one_question_however_long(db, make, count, count_queries):
    for number in range(count):
        make(f"série {number}", 10 + number, rule="FREQ=WEEKLY;COUNT=3")
    db.expire_all()

    with count_queries() as seen:
        for each in queries.list_coming(Slice(), now=ISSUE, until=HORIZON, limit=99):
            assert (each.place.name, each.category.slug, each.change) == ("LabFab", "atelier", None)

    assert len(seen) == 1


def test_no_draft_is_told(db, make):
    db.query(Event).filter_by(id=make("brouillon", "2026-04-10", published=BETWEEN).id).update({"moderation": "draft"})

    assert queries.list_announced(Slice(), **PERIOD, after=HORIZON) == []
