"""Who follows an agenda for three years ends, at each look, with exactly what it says."""

import math
import os
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fablabmesh.caldav.addresses import path_of
from fablabmesh.events.models import Event, EventDate
from fablabmesh.events.queries import WHOLE
from fablabmesh.feeds.slices import Around, Choice, Slice, of_place, of_zone
from fablabmesh.kit import ical
from fablabmesh.kit.db import session
from fablabmesh.publication import actions as publication
from fablabmesh.publication import renewal_actions
from fablabmesh.zones.models import Zone, ZoneDepartment
from tests.caldav.conftest import Reader
from tests.factories import make_department, make_place, make_zone
from tests.judges import by_icalendar
from tests.judges.occurrence import Span, spell
from tests.simulation.agenda import DEEDS, Keepers
from tests.simulation.subscriber import Follower, Key, Synchronised, components_of

SINCE = datetime(2027, 1, 4, 9, tzinfo=UTC)
YEARS = timedelta(days=3 * 365)
PAST_DAYS = 60
# One in the suite; others are tried by naming them.
SEEDS = [int(seed) for seed in os.environ.get("FABLABMESH_SEEDS", "1").split(",")]


@pytest.fixture
def short_memory(app, db):
    """Calendars that forget what is over after two months, so that three years see much go."""
    before = db().info["publisher"]
    db().info["publisher"] = publication.Publisher("http://localhost", PAST_DAYS)
    yield
    db().info["publisher"] = before


@pytest.fixture
def labs(short_memory):
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.8))
    return [
        make_place(name="Ouvert"),
        make_place(name="Partagé"),
        make_place(name="Lointain", department="44", insee="44109", latitude=47.218, longitude=-1.554),
    ]


def calendar_of(store: dict[Key, str]) -> bytes:
    zones = ("America/Cayenne", "Europe/Paris", "Indian/Reunion")
    return ical.render_head("Essai") + ical.render_zones(zones) + "".join(store.values()).encode() + ical.END


def shown_in(store: dict[Key, str], span: Span, deleted: set[str]) -> list[tuple[str, ...]]:
    """What a program shows, but for what it is told to strike out because it was deleted."""
    found = by_icalendar.read(calendar_of(store), span)
    assert {each.status for each in found if each.uid in deleted} <= {"CANCELLED"}
    return [tuple(each) for each in found if each.uid not in deleted]


def said_by_the_agenda(wanted: Slice, span: Span) -> list[tuple[str, ...]]:
    """The dates as pages list them, without any calendar."""
    rows = session.execute(
        select(Event, EventDate)
        .join(EventDate, EventDate.event_id == Event.id)
        .where(EventDate.starts_at.between(span.first - timedelta(days=2), span.after + timedelta(days=2)))
        .where(Event.is_draft.is_(False), Event.deleted_at.is_(None))
        .options(*WHOLE, joinedload(EventDate.change))
        .execution_options(populate_existing=True)
    ).all()
    west = set(
        session.scalars(select(ZoneDepartment.department_code).join(ZoneDepartment.zone).where(Zone.slug == "ouest"))
    )
    told = [_said(event, each) for event, each in rows if _is_in(event, wanted, west)]
    return sorted(each for each in told if span.holds(each[1]))


def _said(event: Event, each: EventDate) -> tuple[str, ...]:
    if event.is_all_day:
        start, end = each.starts_local.date().isoformat(), (each.ends_local.date() + timedelta(days=1)).isoformat()
    else:
        start, end = spell(each.starts_at), spell(each.ends_at)
    title = (each.change.title if each.change else "") or event.title
    return event.uid, start, end, title, "CANCELLED" if each.is_cancelled else "CONFIRMED"


def _is_in(event: Event, wanted: Slice, west: set[str]) -> bool:
    if not wanted.choices:
        return True
    (choice,) = wanted.choices
    if choice.around:
        return _is_near(event, choice.around[0])
    places = [event.place, *event.partners]
    if choice.zones:
        return any(place.department_code in west for place in places)
    if choice.places:
        return any(place.slug in choice.places for place in places)
    return any(tag in choice.tags for tag in event.tags)


def _is_near(event: Event, around: Around) -> bool:
    """By its own arithmetic: the towns are a hundred kilometres apart."""
    there = event.venue or event.place
    at = (event.venue_latitude, event.venue_longitude) if event.venue_text else (there.latitude, there.longitude)
    north, east = at[0] - around.latitude, (at[1] - around.longitude) * math.cos(math.radians(around.latitude))
    return math.hypot(north, east) * 111 < around.km


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_a_follower_has_at_each_look_what_the_agenda_says(client, labs, seed):
    west = make_zone("35")
    keepers = Keepers(seed, labs, (west, make_zone(slug="est", name="Est", position=2)), SINCE)
    near = Slice((Choice(around=(Around(25, latitude=47.2, longitude=-1.5),)),))
    slices = (Slice(), of_place(labs[0].slug), of_zone("fablab", "ouest"), Slice((Choice(tags=("bois",)),)), near)
    followers = {wanted: Follower(client, wanted.to_path()) for wanted in slices}
    synchronised = {wanted: Synchronised(Reader(client), f"/caldav/{path_of(wanted)}/") for wanted in slices}

    while keepers.now < SINCE + YEARS:
        keepers.step()
        if keepers.chosen.random() < 0.6:
            continue
        wanted = keepers.chosen.choice(slices)
        follower, other = followers[wanted], synchronised[wanted]
        follower.poll()
        other.poll()
        assert follower.store == components_of(follower.body.decode())
        assert other.store == follower.store
        today = keepers.now.date()
        span = Span(today - timedelta(days=20), today + timedelta(days=90))
        deleted = set(session.scalars(select(Event.uid).where(Event.deleted_at.is_not(None))))
        assert shown_in(follower.store, span, deleted) == said_by_the_agenda(wanted, span)

    # Nearly everything was done, there was news and none, and hardly anybody had to begin anew.
    assert len(keepers.done.keys() - {"refused", "forgotten"}) >= len(DEEDS) - 2
    assert keepers.done["forgotten"] > 0
    assert 0 < sum(each.unchanged for each in followers.values()) < sum(each.polls for each in followers.values()) / 2
    assert sum(each.restarts for each in synchronised.values()) <= keepers.done["compose_zone"] + len(slices)
    # Nothing is told otherwise today than it would be if it were written anew.
    written = dict(session.execute(select(Event.uid, Event.digest)).all())
    renewal_actions.settle_all()
    session.commit()
    assert dict(session.execute(select(Event.uid, Event.digest)).all()) == written
