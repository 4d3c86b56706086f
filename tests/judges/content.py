"""Puts the hard calendar into a database by the application's own actions, as far as the site can say it.

Run by itself (`python -m tests.judges.content FOLDER`) it fills the empty database of the environment, writes what must
be read to FOLDER/expected.json and tells the path of the calendar.
"""

import json
import sys
from datetime import date, datetime, time
from pathlib import Path

from fablabmesh.app import create_app
from fablabmesh.events import actions, date_actions
from fablabmesh.events.models import Event
from fablabmesh.events.rules import When
from fablabmesh.kit import migrations
from fablabmesh.kit.config import read_settings
from fablabmesh.kit.db import transaction
from fablabmesh.places.models import Place
from tests.factories import NOW, make_place
from tests.judges import torture


def can_tell(hard: torture.Event) -> bool:
    """The site has one zone for an event, and takes an hour that comes twice for the first of the two."""
    moments = [m for entry in hard.entries for m in (entry.start, entry.end, entry.recurrence_id) if is_moment(m)]
    return len({str(moment.tzinfo) for moment in moments}) <= 1 and not any(moment.fold for moment in moments)


def is_moment(value: object) -> bool:
    return isinstance(value, datetime)


def store(place: Place, hard: torture.Event) -> Event:
    """An event with all that differs about single dates, each said as a manager would."""
    master, *changes = hard.entries
    when = When(
        to_wall(master.start),
        to_wall(master.end),
        str(master.start.tzinfo) if is_moment(master.start) else "Europe/Paris",
        not is_moment(master.start),
        master.rrule,
        tuple(map(to_wall, master.rdates)),
        tuple(map(to_wall, master.exdates)),
    )
    values = {"title": master.title, "description": master.description, "category_slug": "atelier"}
    values |= {"tags": list(master.tags)}
    event = actions.create_event(place, values, when, by=None, now=NOW, uid=master.uid)
    length = when.ends_local - when.starts_local
    for change in changes:
        at, starts, ends = to_wall(change.recurrence_id), to_wall(change.start), to_wall(change.end)
        if (starts, ends) != (at, at + length):
            date_actions.change_date(
                event, at, starts_local=starts, ends_local=ends, by=None, now=NOW, version=event.version
            )
        if change.cancelled:
            date_actions.cancel_date(event, at, reason="Panne", by=None, now=NOW, version=event.version)
    if master.cancelled:
        actions.cancel_event(event, reason="Panne", now=NOW, version=event.version)
    return event


def to_wall(moment: datetime | date) -> datetime:
    return moment.replace(tzinfo=None) if isinstance(moment, datetime) else datetime.combine(moment, time())


def main(folder: Path) -> None:
    settings = read_settings()
    migrations.upgrade(settings.database_url)
    events = [hard for hard in torture.events() if can_tell(hard)]
    with create_app(settings).app_context(), transaction():
        place = make_place(name="Lab difficile")
        for hard in events:
            store(place, hard)
        path = f"/lieux/{place.slug}/agenda.ics"
    told = {"first": torture.SPAN.first.isoformat(), "after": torture.SPAN.after.isoformat()}
    (folder / "expected.json").write_text(json.dumps(told | {"occurrences": torture.expected(events)}))
    sys.stdout.write(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
