"""A signed-in person's own page, and the pages that explain the site."""

from flask import render_template
from flask_login import current_user

from fablabmesh.accounts.rights import Act, allows, ties_to_journal
from fablabmesh.accounts.rules import Role
from fablabmesh.curation import queries as curation
from fablabmesh.events import queries as events
from fablabmesh.home.views import bp
from fablabmesh.imports import queries as imports
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.web import anyone, signed_in
from fablabmesh.places import queries as places
from fablabmesh.projects import queries as projects
from fablabmesh.teams import claim_queries as claims
from fablabmesh.teams import queries as teams
from fablabmesh.zones import queries as zones

MOST_DEAD = 20
MOST_IN_ZONES = 5


@bp.get("/mon-espace")
@signed_in
@does(Act.ACCOUNT_USE)
def dashboard() -> str:
    """My places, what waits for my answer, what comes next."""
    mine = places.list_managed_by(current_user.id)
    ids = [place.id for place in mine]
    now = clock.now()
    is_admin = current_user.role is Role.ADMIN
    watches = is_admin or bool(current_user.zone_ids)
    return render_template(
        "home/dashboard.html",
        mine=mine,
        coordinated=zones.list_coordinated(current_user.zone_ids),
        may_read_journal=allows(ties_to_journal(current_user), Act.JOURNAL_READ),
        claims=claims.count_claims(current_user),
        own_claims=claims.list_own(current_user.id),
        invitations=teams.list_invitations_to(current_user, now=now),
        watches=watches,
        moderation=curation.count_waiting(current_user),
        late=curation.count_late(current_user, now=now) if watches else 0,
        orphans=teams.count_orphans(*teams.reach_of(current_user)) if watches else 0,
        zone_agenda=events.list_upcoming_in(
            current_user.department_codes, is_demo=current_user.is_demo, after=now, limit=MOST_IN_ZONES
        ),
        dead=imports.list_dead_sources(now=now, limit=MOST_DEAD) if is_admin else [],
        troubles=imports.list_troubled_sources(ids),
        waiting=projects.list_pending_for(current_user.id),
        agenda=events.list_upcoming_at_any(ids, after=now, limit=20),
        projects=projects.list_projects_of_any(ids),
    )


@bp.get("/a-propos")
@anyone
@does(Act.SITE_READ)
def about() -> str:
    """What this site is, who runs it, what it keeps of people."""
    return render_template("home/about.html")


@bp.get("/api/")
@anyone
@does(Act.SITE_READ)
def api_guide() -> str:
    """How to re-use the data."""
    return render_template("home/api_guide.html")
