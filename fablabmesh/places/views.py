"""The page of a place, for the public and for those who look after it."""

from flask import Blueprint, render_template
from flask_login import current_user

from fablabmesh.events import queries as events
from fablabmesh.imports import queries as imports
from fablabmesh.kit import clock
from fablabmesh.kit.web import anyone
from fablabmesh.places import queries
from fablabmesh.places.rules import can_edit
from fablabmesh.projects import queries as projects
from fablabmesh.terms import queries as terms
from fablabmesh.terms.rules import Vocabulary
from fablabmesh.zones import queries as zones

bp = Blueprint("places", __name__)

NEIGHBOURHOOD_METRES = 30_000


@bp.get("/lieux/<slug>")
@anyone
def show(slug: str) -> str:
    """All that is known of a place, with its sources."""
    place = queries.get_place(slug)
    now = clock.now()
    may_edit = can_edit(current_user, place)
    return render_template(
        "places/show.html",
        place=place,
        zones=zones.list_zones_of_department(place.department_code),
        agenda=events.list_upcoming_at(place.id, after=now, limit=8),
        projects=projects.list_projects_of(place.id),
        requests=projects.list_requests_around(place.id) if may_edit else [],
        neighbours=queries.list_near(place, metres=NEIGHBOURHOOD_METRES),
        troubles=imports.list_troubled_sources([place.id]) if may_edit else [],
        may_edit=may_edit,
        terms=terms.map_terms(),
        vocabularies={vocabulary.value: vocabulary.label for vocabulary in Vocabulary},
    )
