"""Which pages there are for search engines. Invented examples are none of them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from fablabmesh.coordination.models import PoleNews
from fablabmesh.events import queries as events
from fablabmesh.events.models import Event
from fablabmesh.home.sitemap import PER_FILE, Entry
from fablabmesh.kit.db import session
from fablabmesh.places import queries as places
from fablabmesh.places.models import FundingCall, Place
from fablabmesh.projects import queries as projects
from fablabmesh.projects.models import Project
from fablabmesh.zones.models import Programme, Zone

# So many at a time are fetched of many.
_BATCH = 1_000


def _selects() -> dict[str, Any]:
    """Sort of page → id, slug and last change of each."""
    return {
        "lieux": select(Place.id, Place.slug, Place.changed_at).where(Place.is_demo.is_(False), places.IS_LISTED),
        "evenements": select(Event.id, Event.slug, Event.changed_at)
        .join(Place, Place.id == Event.place_id)
        .where(Place.is_demo.is_(False), events.IS_LISTED),
        "projets": select(Project.id, Project.slug, Project.changed_at)
        .join(Place, Place.id == Project.lead_id)
        .where(Place.is_demo.is_(False), projects.IS_LISTED),
    }


SORTS = ("lieux", "evenements", "projets")


def list_files() -> list[tuple[str, int, datetime]]:
    """(sort, number, last change) of each file that holds something. A page stays in its file."""
    files = []
    for sort, statement in _selects().items():
        pages = statement.subquery()
        number = func.div(pages.c.id, PER_FILE)
        rows = session.execute(select(number, func.max(pages.c.changed_at)).group_by(number).order_by(number))
        files += [(sort, int(number), changed_at) for number, changed_at in rows]
    return files


def iterate_pages(sort: str, number: int) -> Iterator[Entry]:
    """The pages of one file, by id, without holding them all."""
    pages = _selects()[sort].subquery()
    statement = (
        select(pages.c.slug, pages.c.changed_at)
        .where(pages.c.id >= number * PER_FILE, pages.c.id < (number + 1) * PER_FILE)
        .order_by(pages.c.id)
        .execution_options(yield_per=_BATCH)
    )
    for slug, changed_at in session.execute(statement):
        yield Entry(f"/{sort}/{slug}", changed_at)


def list_zones_and_calls() -> list[Entry]:
    """The pages of zones, of calls for projects, and of what poles tell."""
    zones = session.execute(
        select(Programme.slug, Zone.slug).join(Zone.programme).order_by(Programme.position, Zone.position, Zone.id)
    )
    calls = session.scalars(select(FundingCall.slug).order_by(FundingCall.id))
    return [
        *(Entry(f"/zones/{programme}/{slug}") for programme, slug in zones),
        *(Entry(f"/appels/{slug}") for slug in calls),
        *_list_news(),
    ]


def _list_news() -> list[Entry]:
    """What poles told, and for each zone that told something, the page of all."""
    rows = session.execute(
        select(Programme.slug, Zone.slug, PoleNews.slug, PoleNews.changed_at)
        .join(Zone, Zone.id == PoleNews.zone_id)
        .join(Zone.programme)
        .where(PoleNews.is_published, PoleNews.is_demo.is_(False))
        .order_by(Programme.position, Zone.position, PoleNews.id)
    ).all()
    heads = dict.fromkeys(f"/zones/{programme}/{zone}/actualites" for programme, zone, _slug, _at in rows)
    return [
        *(Entry(path) for path in heads),
        *(Entry(f"/zones/{programme}/{zone}/actualites/{slug}", at) for programme, zone, slug, at in rows),
    ]
