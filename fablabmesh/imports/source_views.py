"""The page of a followed calendar: how it does, what it last said, and what one may do with it."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.imports import queries, source_actions
from fablabmesh.imports.forms import EndForm, HeldForm, SourceForm
from fablabmesh.imports.models import CalendarSource
from fablabmesh.imports.rules import is_dead, unknown_source
from fablabmesh.imports.views import bp, category_choices, held_place
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import Refusal
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import ngettext
from fablabmesh.kit.web import signed_in
from fablabmesh.places.models import Place

__all__ = ["bp"]


@bp.get("/lieux/<slug>/agendas-suivis/<int:source_id>")
@signed_in
@does(Act.PLACE_IMPORT)
def source(slug: str, source_id: int) -> str:
    """All about one followed calendar."""
    place, found = _found(slug, source_id)
    return _render(place, found)


@bp.post("/lieux/<slug>/agendas-suivis/<int:source_id>")
@signed_in
@does(Act.PLACE_IMPORT)
def change_source(slug: str, source_id: int) -> Answer | tuple[str, int]:
    """Save its settings."""
    place, found = _found(slug, source_id)
    form = SourceForm(category_choices())
    if not form.validate():
        return _render(place, found, form=form), 422
    source_actions.change_source(
        found,
        category_slug=form.category.data,
        language=form.language.data,
        every_minutes=form.every_minutes.data,
        now=clock.now(),
    )
    flash(_("Les réglages sont enregistrés."))
    return _back(place, found)


@bp.post("/lieux/<slug>/agendas-suivis/<int:source_id>/pause")
@signed_in
@does(Act.PLACE_IMPORT)
def pause_source(slug: str, source_id: int) -> Answer:
    """Leave its events as they are for a while."""
    place, found = _found(slug, source_id)
    source_actions.pause_source(found)
    flash(_("L’agenda est en pause : ses événements restent tels quels."))
    return _back(place, found)


@bp.post("/lieux/<slug>/agendas-suivis/<int:source_id>/reprise")
@signed_in
@does(Act.PLACE_IMPORT)
def resume_source(slug: str, source_id: int) -> Answer:
    """Read it again at once, and from then on."""
    place, found = _found(slug, source_id)
    source_actions.resume_source(found, now=clock.now())
    flash(_("L’agenda va être relu dans quelques instants."))
    return _back(place, found)


@bp.post("/lieux/<slug>/agendas-suivis/<int:source_id>/confirmer")
@signed_in
@does(Act.PLACE_IMPORT)
def accept_losses(slug: str, source_id: int) -> Answer | tuple[str, int]:
    """Let it take away what it has lost."""
    place, found = _found(slug, source_id)
    form = HeldForm()
    try:
        source_actions.accept_losses(found, seen=form.seen.data or "", now=clock.now())
    except Refusal as refusal:
        return _render(place, found, told=refusal.message), 409
    flash(_("C’est confirmé : ces événements vont être annulés dans quelques instants."))
    return _back(place, found)


@bp.post("/lieux/<slug>/agendas-suivis/<int:source_id>/retirer")
@signed_in
@does(Act.PLACE_IMPORT)
def end_source(slug: str, source_id: int) -> Answer | tuple[str, int]:
    """Follow it no more."""
    place, found = _found(slug, source_id)
    form = EndForm()
    if not form.validate():
        return _render(place, found, end_form=form), 422
    count = source_actions.end_source(found, keep=form.events.data == "keep", now=clock.now())
    flash(_("L’agenda n’est plus suivi."))
    if count:
        flash(ngettext("%(num)d événement à venir est annulé.", "%(num)d événements à venir sont annulés.", count))
    return redirect(url_for(".new", slug=place.slug), 303)


def _found(slug: str, source_id: int) -> tuple[Place, CalendarSource]:
    place = held_place(slug, hidden=unknown_source())
    return place, queries.get_source(place, source_id)


def _back(place: Place, found: CalendarSource) -> Answer:
    return redirect(url_for(".source", slug=place.slug, source_id=found.id), 303)


def _render(
    place: Place,
    found: CalendarSource,
    *,
    form: SourceForm | None = None,
    end_form: EndForm | None = None,
    told: str = "",
) -> str:
    settings = {"category": found.category_slug, "language": found.language, "every_minutes": found.every_minutes}
    return render_template(
        "imports/source.html",
        place=place,
        source=found,
        form=form or SourceForm(category_choices(), data=settings),
        held_form=HeldForm(data={"seen": found.held_digest}),
        end_form=end_form or EndForm(data={"events": "keep"}),
        count=queries.count_events_of(found.id),
        is_dead=is_dead(found, clock.now()),
        told=told,
    )
