"""The page of a place, for the public and for those who look after it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from fablabmesh.events import queries as events
from fablabmesh.imports import queries as imports
from fablabmesh.kit import clock
from fablabmesh.kit.errors import Conflict
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import anyone, require, signed_in
from fablabmesh.places import actions, queries
from fablabmesh.places.forms import PlaceForm
from fablabmesh.places.models import Place
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


@bp.get("/lieux/<slug>/modifier")
@signed_in
def edit(slug: str) -> str:
    """The form, filled with the page as it is."""
    place = _editable(slug)
    return render_template("places/edit.html", place=place, form=PlaceForm(obj=place), theirs=None)


@bp.post("/lieux/<slug>/modifier")
@signed_in
def update(slug: str) -> Response | tuple[str, int]:
    """Save, or say what to correct, or show both versions if somebody else was faster."""
    place = _editable(slug)
    form = PlaceForm()
    if not form.validate():
        return render_template("places/edit.html", place=place, form=form, theirs=None), 422
    values: dict[str, Any] = form.values
    version = values.pop("version")
    try:
        actions.edit_place(place, values, now=clock.now(), version=int(version) if version.isdecimal() else 0)
    except Conflict:
        theirs = {name: getattr(place, name) for name in values if getattr(place, name) != values[name]}
        form.version.data = str(place.version)
        form.version.raw_data = [form.version.data]
        return render_template("places/edit.html", place=place, form=form, theirs=theirs), 409
    flash(_("La fiche est à jour."))
    return redirect(url_for(".show", slug=place.slug), 303)


def _editable(slug: str) -> Place:
    place = queries.get_place(slug)
    require(can_edit(current_user, place))
    return place
