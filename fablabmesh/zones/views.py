"""Pages of the zones: the programmes side by side, and one zone with its pole, places, events and projects."""

from flask import Blueprint, render_template, url_for
from flask_login import current_user

from fablabmesh.accounts.rights import Act
from fablabmesh.coordination import queries as coordination
from fablabmesh.events import queries as events
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.web import anyone, public_url
from fablabmesh.places import queries as places
from fablabmesh.projects import queries as projects
from fablabmesh.zones import queries
from fablabmesh.zones.linked_data import to_linked_data
from fablabmesh.zones.rules import may

bp = Blueprint("zones", __name__, url_prefix="/zones")


@bp.get("/")
@anyone
@does(Act.ZONE_READ)
def index() -> str:
    """Every zone of every programme with its pole and its counts."""
    programmes = queries.list_programmes()
    zone_ids = [zone.id for programme in programmes for zone in programme.zones]
    poles: dict[int, list[object]] = {}
    for role in places.list_pole_roles(zone_ids):
        poles.setdefault(role.zone_id, []).append(role)
    return render_template("zones/index.html", programmes=programmes, poles=poles, counts=places.count_by_zone())


@bp.get("/<programme>/<slug>")
@anyone
@does(Act.ZONE_READ)
def show(programme: str, slug: str) -> str:
    """One zone. What is a hypothesis says so."""
    zone = queries.get_zone(programme, slug)
    roles = places.list_pole_roles([zone.id])
    pages = coordination.list_pages(zone)
    return render_template(
        "zones/show.html",
        zone=zone,
        regions=queries.find_composition(zone),
        roles=roles,
        linked_data=to_linked_data(
            zone,
            [part.department for part in zone.parts],
            roles,
            address=public_url(url_for("zones.show", programme=programme, slug=slug)),
            address_of=lambda place: public_url(url_for("places.show", slug=place.slug)),
            pages=pages,
        ),
        pole_pages=pages,
        news=coordination.list_news(zone),
        seeking=coordination.list_seeking(zone),
        may_animate=may(current_user, Act.ZONE_ANIMATE, zone),
        may_read_figures=may(current_user, Act.ZONE_FIGURES, zone),
        counts=places.count_by_zone().get(zone.id, {}),
        laureates=places.list_laureates_in(zone),
        agenda=events.list_upcoming_in_zone(zone, after=clock.now(), limit=6),
        projects=projects.list_in_zone(zone, limit=6),
        twins=[other for other in queries.list_zones() if other.slug == zone.slug and other.id != zone.id],
    )
