"""Projects as JSON, with the filters of their page. Requests to join are nobody else's business and are not here."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from fablabmesh.accounts.rights import Act
from fablabmesh.kit.acts import does
from fablabmesh.kit.openapi import (
    ADDRESS,
    MOMENT,
    MOMENT_OR_NULL,
    SLICED,
    SLICES,
    TEXT,
    TEXT_OR_NULL,
    TRUTH,
    Query,
    array,
    check_known,
    choice,
    describe,
    read_slice,
    record,
    told_slice,
)
from fablabmesh.kit.web import json_answer, public_url, shared
from fablabmesh.places.models import Place
from fablabmesh.places.rules import PlaceKind
from fablabmesh.projects import queries
from fablabmesh.projects.filters import read_project_filter
from fablabmesh.projects.models import Project
from fablabmesh.projects.rules import PartnershipStatus, ProjectState
from fablabmesh.zones import queries as zones

bp = Blueprint("projects_api", __name__, url_prefix="/api/v1")

_COORDINATE: dict[str, Any] = {"type": ["number", "null"]}
_LAB: dict[str, Any] = {
    "slug": TEXT,
    "name": TEXT,
    "kind": choice(PlaceKind),
    "commune": TEXT,
    "department": TEXT_OR_NULL,
    "latitude": _COORDINATE,
    "longitude": _COORDINATE,
    "url": ADDRESS,
}
PROJECT = record(
    "Project",
    slug=TEXT,
    title=TEXT,
    summary=TEXT,
    description=TEXT | {"description": "Markdown"},
    state=choice(state.slug for state in ProjectState),
    seeks=TEXT | {"description": "What the project looks for."},
    licence=TEXT | {"description": "SPDX identifier of the licence of the results; empty while none is chosen."},
    url=ADDRESS,
    lead=record("Lab", **_LAB),
    partners=array(record("Partner", **_LAB, since=MOMENT_OR_NULL)),
    created_at=MOMENT,
    changed_at=MOMENT,
    is_demo=TRUTH | {"description": "Invented for the demonstration: there is no such project."},
)
PROJECTS = record("Projects", **SLICED, projects=array(PROJECT))
FILTER: Query = {
    "etat": (choice(state.slug for state in ProjectState), "Where the project stands."),
    "programme": (TEXT, "The programme that `zone` belongs to: see /api/v1/zones. Without it, `fablab`."),
    "zone": (TEXT, "A zone of the programme: of the lead, or of a partner."),
    "q": (
        {"type": "string", "maxLength": 100},
        "Words of the title, of the summary, of what is sought or of the lead.",
    ),
}


@bp.get("/projets")
@shared
@does(Act.PROJECT_READ)
@describe("Collaborative projects", PROJECTS, query=FILTER | SLICES)
def index() -> Response:
    """The projects that the filter lets through: those that look for partners first, then the latest changed."""
    known = {programme.slug: {zone.slug for zone in programme.zones} for programme in zones.list_programmes()}
    wanted = read_project_filter(request.args.to_dict(flat=False), zones=known)
    check_known("programme", request.args.get("programme"), known)
    check_known("zone", request.args.get("zone"), known.get(wanted.programme, set()))
    limit, offset = read_slice()
    found = queries.list_projects(wanted, limit=limit, offset=offset)
    return json_answer(
        {
            **told_slice(queries.count_projects(wanted), limit, offset),
            "projects": [to_json(project) for project in found],
        }
    )


@bp.get("/projets/<slug>")
@shared
@does(Act.PROJECT_READ)
@describe("One collaborative project", PROJECT)
def show(slug: str) -> Response:
    """A project with its lead and its partners."""
    return json_answer(to_json(queries.get_shown(slug)))


def to_json(project: Project) -> dict[str, Any]:
    """A project with lead and partnerships loaded."""
    return {
        "slug": project.slug,
        "title": project.title,
        "summary": project.summary,
        "description": project.description,
        "state": project.state.slug,
        "seeks": project.seeks,
        "licence": project.licence,
        "url": public_url(url_for("projects.show", slug=project.slug)),
        "lead": _lab(project.lead),
        "partners": [
            _lab(item.place) | {"since": item.answered_at and item.answered_at.isoformat()}
            for item in project.partnerships
            if item.status is PartnershipStatus.ACCEPTED
        ],
        "created_at": project.created_at.isoformat(),
        "changed_at": project.changed_at.isoformat(),
        "is_demo": project.lead.is_demo,
    }


def _lab(place: Place) -> dict[str, Any]:
    return {
        "slug": place.slug,
        "name": place.name,
        "kind": place.kind.value,
        "commune": place.commune,
        "department": place.department_code,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "url": public_url(url_for("places.show", slug=place.slug)),
    }
