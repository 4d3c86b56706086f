"""Pieces of the form that its script asks for while one types: the dates that come, and what a search finds."""

from flask import render_template, request

from fablabmesh.accounts.rights import Act
from fablabmesh.authoring.forms import EventForm
from fablabmesh.authoring.preview import preview_dates
from fablabmesh.authoring.views import bp, desk_for, desk_for_new, make_form
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import signed_in

__all__ = ["bp"]


@bp.post("/evenements/apercu-dates")
@signed_in
@does(Act.EVENT_WRITE)
def dates() -> str:
    """The sentence and the next dates of what is typed; of the event `?evenement=`, if it exists."""
    form = _form()
    form.validate()
    shown = None if form.time_faults else preview_dates(form.when, form.school_zone, now=clock.now())
    return render_template("authoring/_dates.html", dates=shown, faults=form.time_faults, picks=True)


@bp.post("/evenements/chercher")
@signed_in
@does(Act.EVENT_WRITE)
def search() -> str:
    """What the search `?quoi=` of the form finds: `venue`, `town` or `partner`."""
    form = _form()
    lists = {"venue": (form.venue, "radio"), "town": (form.town, "radio"), "partner": (form.partners, "checkbox")}
    if request.args.get("quoi") not in lists:
        raise NotFound(_("Cette recherche n’existe pas."))
    found, kind = lists[request.args["quoi"]]
    return render_template("authoring/_found.html", found=found, kind=kind)


def _form() -> EventForm:
    """The form as it is typed, of the event `?evenement=` if it exists."""
    slug = request.args.get("evenement")
    return make_form(desk_for(slug) if slug else desk_for_new(), request.form)
