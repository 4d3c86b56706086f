"""The page of a place, for the public and for those who look after it."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask_login import current_user

from fablabmesh.accounts.rights import Act
from fablabmesh.events import queries as events
from fablabmesh.imports import queries as imports
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import Gone
from fablabmesh.kit.hours_wording import Piece, read_hours, tell_closing
from fablabmesh.kit.web import anyone, public_url
from fablabmesh.places import queries
from fablabmesh.places.freshness import freshness_of
from fablabmesh.places.linked_data import to_linked_data
from fablabmesh.places.models import Place, PoleRole
from fablabmesh.places.rules import can_edit, list_sourced, may, spelled_address
from fablabmesh.projects import queries as projects
from fablabmesh.teams import queries as teams
from fablabmesh.terms import queries as terms
from fablabmesh.terms.grouping import group_machines, list_labels
from fablabmesh.terms.models import Term
from fablabmesh.terms.rules import Vocabulary
from fablabmesh.upkeep import queries as upkeep
from fablabmesh.zones import queries as zones
from fablabmesh.zones.models import Zone
from fablabmesh.zones.moderation import ModerationState
from fablabmesh.zones.rules import timezone_of_department

bp = Blueprint("places", __name__)

NEIGHBOURHOOD_METRES = 30_000
# Where nobody is so near, the nearest are told: as far as one may still go for a day.
FARTHER_METRES = 300_000
SHOWN_DATES = 8
# Vocabulary → the column of its codes.
LISTED = {
    Vocabulary.LABEL: "labels",
    Vocabulary.SERVICE: "services",
    Vocabulary.AUDIENCE: "audiences",
    Vocabulary.ACCESSIBILITY: "accessibility",
    Vocabulary.FEE: "fees",
    Vocabulary.SUPPORT: "support",
}


@bp.get("/lieux/<slug>")
@anyone
@does(Act.PLACE_READ)
def show(slug: str) -> str | tuple[str, int]:
    """All that is known of a place, with its sources. What was archived says so, by its status too."""
    place = queries.get_readable(slug, current_user)
    page = _page_of(place)
    return (page, Gone.status) if place.moderation is ModerationState.ARCHIVED else page


def _page_of(place: Place) -> str:
    now = clock.now()
    may_edit = can_edit(current_user, place)
    in_zones = zones.list_zones_of_department(place.department_code)
    agenda = events.list_upcoming_at(place.id, after=now, limit=SHOWN_DATES)
    reading = read_hours(
        place.opening_hours, timezone_of_department(place.department_code), now, department=place.department_code
    )
    known = terms.map_terms()
    return render_template(
        "places/show.html",
        place=place,
        address=public_url(url_for(".show", slug=place.slug)),
        zones=in_zones,
        poles=_poles_of(in_zones),
        agenda=agenda,
        projects=projects.list_projects_of(place.id),
        requests=projects.list_requests_around(place.id) if may_edit else [],
        neighbours=queries.list_near(place, metres=NEIGHBOURHOOD_METRES, farther=FARTHER_METRES),
        neighbourhood=NEIGHBOURHOOD_METRES,
        troubles=imports.list_troubled_sources([place.id]) if may_edit else [],
        may_edit=may_edit,
        may_see_team=may(current_user, Act.PLACE_TEAM_READ, place),
        is_looked_after=teams.is_looked_after(place.id),
        may_moderate=may(current_user, Act.PLACE_MODERATE, place),
        hours=reading.hours if reading else None,
        closing=tell_closing(place.closed_on, now.date()) if place.closed_on else "",
        is_closed=place.closed_on is not None and place.closed_on <= now.date(),
        freshness=freshness_of(place, now),
        postal=spelled_address(place),
        words={vocabulary: list_labels(getattr(place, name), known[vocabulary]) for vocabulary, name in LISTED.items()},
        machines=group_machines(place.machines, known[Vocabulary.MACHINE]),
        materials=known[Vocabulary.MATERIAL],
        images=upkeep.map_images([picture.image_digest for picture in place.pictures]),
        sourced=list_sourced(place, queries.map_last_writes(place.id)),
        linked_data=None
        if place.is_demo or place.moderation is not ModerationState.PUBLISHED
        else _linked_data(place, agenda, reading.week if reading else [], known),
    )


def _poles_of(in_zones: list[Zone]) -> dict[int, list[PoleRole]]:
    """Zone id → who supports it."""
    found: dict[int, list[PoleRole]] = {}
    for role in queries.list_pole_roles([zone.id for zone in in_zones]):
        found.setdefault(role.zone_id, []).append(role)
    return found


def _linked_data(
    place: Place, agenda: list[Any], week: list[tuple[Piece, ...]], known: dict[Vocabulary, dict[str, Term]]
) -> dict[str, Any]:
    return to_linked_data(
        place,
        address=public_url(url_for(".show", slug=place.slug)),
        calendar=public_url(url_for("feeds.place", slug=place.slug)),
        pictures=[public_url(url_for("images.large", digest=picture.image_digest)) for picture in place.pictures],
        week=week,
        events=[(date, public_url(url_for("events.show", slug=date.slug))) for date in agenda],
        services=[term.label for term in list_labels(place.services, known[Vocabulary.SERVICE])],
        machines=[term.label for term in list_labels(place.machine_types, known[Vocabulary.MACHINE])],
    )
