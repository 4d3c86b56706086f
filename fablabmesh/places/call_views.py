"""Calls for projects and their laureates: read by all, entered by administrators."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from fablabmesh.accounts.rights import Act
from fablabmesh.kit.acts import does
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.text import slugify
from fablabmesh.kit.web import anyone, signed_in
from fablabmesh.places import actions, queries
from fablabmesh.places.forms import CallForm, LaureateForm
from fablabmesh.places.rules import Confidence, can_administer
from fablabmesh.places.views import bp


@bp.get("/appels/")
@anyone
@does(Act.SITE_READ)
def calls() -> str:
    """All calls, the latest first."""
    return render_template("places/calls.html", calls=queries.list_calls(), may_administer=can_administer(current_user))


@bp.get("/appels/<slug>")
@anyone
@does(Act.SITE_READ)
def call(slug: str) -> str:
    """One call with its laureates."""
    return render_template(
        "places/call.html",
        call=queries.get_call(slug),
        form=LaureateForm(formdata=None),
        may_administer=can_administer(current_user),
    )


@bp.get("/appels/nouveau")
@signed_in
@does(Act.SITE_ADMINISTER)
def new_call() -> str:
    """The form of a new call."""
    return render_template("places/call_form.html", form=CallForm())


@bp.post("/appels/nouveau")
@signed_in
@does(Act.SITE_ADMINISTER)
def create_call() -> Response | tuple[str, int]:
    """Enter a call; its address is its name with its year."""
    form = CallForm()
    slug = slugify(f"{form.name.data} {form.year.data}")
    if form.validate() and queries.find_call(slug):
        form.name.errors = [_("Un appel de ce nom et de cette année existe déjà.")]
    if form.errors or not form.validate_on_submit():
        return render_template("places/call_form.html", form=form), 422
    actions.put_call(slug, **form.values)
    flash(_("L’appel est enregistré : ajoutez ses lauréats."))
    return redirect(url_for(".call", slug=slug), 303)


@bp.post("/appels/<slug>/laureats")
@signed_in
@does(Act.SITE_ADMINISTER)
def add_laureate(slug: str) -> Response | tuple[str, int]:
    """Say that the call chose a place."""
    chosen_by = queries.get_call(slug)
    form = LaureateForm()
    place = queries.find_place(form.place_slug.data or "")
    if form.validate() and (place is None or place.is_demo):
        form.place_slug.errors = [_("Aucun lieu réel n’a cette adresse. Copiez-la depuis la fiche du lieu.")]
    if place is None or form.errors:
        return render_template("places/call.html", call=chosen_by, form=form, may_administer=True), 422
    actions.put_laureate(
        chosen_by,
        place,
        project_name=form.project_name.data or "",
        holder=form.holder.data or "",
        source=form.source.data or "",
        confidence=Confidence(form.confidence.data),
    )
    return redirect(url_for(".call", slug=slug), 303)


@bp.post("/appels/<slug>/laureats/retirer")
@signed_in
@does(Act.SITE_ADMINISTER)
def remove_laureate(slug: str) -> Response:
    """Take back a mistaken entry."""
    actions.remove_laureate(queries.get_call(slug), queries.get_place(request.form.get("lieu", "")))
    flash(_("Le lauréat est retiré de l’appel."))
    return redirect(url_for(".call", slug=slug), 303)
