"""Writes into the agenda of a served site, from a process of its own: `python -m tests.journeys.writes begin|go-on`.

Prints, as JSON, the lab that is written about and what a client must then fetch, keep and drop.
"""
# ruff: noqa: DTZ001 - wall times have no zone

import json
import sys
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from fablabmesh.app import create_app
from fablabmesh.events import actions, date_actions, queries
from fablabmesh.events.models import Event
from fablabmesh.events.rules import When
from fablabmesh.kit.db import transaction
from fablabmesh.places.models import Place

FIRST = datetime(2090, 6, 6, 18)  # a Tuesday
WEEK = timedelta(days=7)
TITLES = ("edited", "cancelled", "deleted", "hidden", *(f"still {number}" for number in range(12)))


def begin(session, now: datetime) -> dict[str, object]:
    lab = find_lab(session)
    for number, title in enumerate(TITLES):
        make(lab, title, FIRST + timedelta(days=number), now)
    make(lab, "split", FIRST, now, rule="FREQ=WEEKLY;COUNT=8")
    make(lab, "moved", FIRST + WEEK / 7, now, rule="FREQ=WEEKLY;COUNT=8")
    return {"lab": lab.slug}


def go_on(session, now: datetime) -> dict[str, object]:
    events = {each.title: each for each in session.scalars(select(Event).where(Event.starts_local >= FIRST))}
    lab = find_lab(session)
    edited, hidden = events["edited"], events["hidden"]
    when = When(edited.starts_local + timedelta(hours=1), edited.ends_local + timedelta(hours=1), edited.timezone)
    actions.edit_event(edited, lab, {"title": "edited"}, when, now=now, version=edited.version)
    cancelled, deleted = events["cancelled"], events["deleted"]
    actions.cancel_event(cancelled, reason="Panne", now=now, version=cancelled.version)
    actions.delete_event(deleted, now=now, version=deleted.version)
    hidden.is_draft = True
    moved = queries.get_event(events["moved"].slug)
    at = moved.starts_local + 2 * WEEK
    date_actions.change_date(
        moved, at, starts_local=at + WEEK / 7, ends_local=at + WEEK / 7, by=None, now=now, version=moved.version
    )
    split = queries.get_event(events["split"].slug)
    at = split.starts_local + 3 * WEEK
    rest = date_actions.edit_following(
        split, at, lab, {"title": "rest", "category_slug": "atelier"}, date_actions.following_when(split, at),
        by=None, now=now, version=split.version,
    )  # fmt: skip
    fetched = [edited, cancelled, deleted, moved, split, rest]
    return {"lab": lab.slug, "fetched": sorted(each.uid for each in fetched), "dropped": [hidden.uid]}


def find_lab(session) -> Place:
    """The lab of the demonstration with the most ordinary agenda: the first."""
    return session.scalars(select(Place).join(Event, Event.place_id == Place.id).order_by(Place.id).limit(1)).one()


def make(lab: Place, title: str, start: datetime, now: datetime, rule: str = "") -> Event:
    when = When(start, start + timedelta(hours=2), "Europe/Paris", rrule=rule)
    return actions.create_event(lab, {"title": title, "category_slug": "atelier"}, when, by=None, now=now)


if __name__ == "__main__":
    with create_app().app_context(), transaction() as opened:
        told = {"begin": begin, "go-on": go_on}[sys.argv[1]](opened, datetime.now(UTC))
    sys.stdout.write(json.dumps(told))
