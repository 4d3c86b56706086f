"""The history of a place: what changed, for everybody; who wrote, and the way back, for those who look after it."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from fablabmesh.accounts.rights import Act
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import anyone, read_page, signed_in
from fablabmesh.places import queries as places
from fablabmesh.places.rules import can_edit, may, ties_to
from fablabmesh.sheets import actions, queries
from fablabmesh.sheets.forms import read_number
from fablabmesh.sheets.views import bp, term_names
from fablabmesh.sheets.wording import tell

PAGE_SIZE = 30


@bp.get("/lieux/<slug>/historique")
@anyone
@does(Act.PLACE_HISTORY)
def history(slug: str) -> str:
    """Line by line, the latest first."""
    place = places.get_readable(slug, current_user)
    may_edit = can_edit(current_user, place)
    page = read_page(request.args, queries.count_versions(place.id), PAGE_SIZE)
    versions = queries.list_versions(place.id, limit=page.size, offset=page.offset)
    entries = tell(versions, term_names(), with_people=may_edit)
    return render_template(
        "sheets/history.html",
        place=place,
        entries=entries,
        page=page,
        may_edit=may_edit,
        may_read_journal=may(current_user, Act.JOURNAL_READ, place),
    )


@bp.post("/lieux/<slug>/historique/<int:number>/annuler")
@signed_in
@does(Act.PLACE_EDIT)
def undo(slug: str, number: int) -> Response:
    """Bring back what stood before one line; a new line says so."""
    place = places.get_place(slug)
    hold_to(Act.PLACE_EDIT, ties_to(current_user, place))
    line = queries.find_version(place.id, number)
    if line is None:
        raise NotFound(_("Cette ligne de l’historique n’existe pas."))
    version = read_number(request.form.get("version"))
    is_whole = actions.undo(place, line, by=current_user, now=clock.now(), version=version)
    if is_whole:
        flash(_("Ce changement est annulé."))
    else:
        flash(_("Ce changement est annulé en partie : le reste a été réécrit depuis, ou ne peut pas revenir ainsi."))
    return redirect(url_for(".history", slug=place.slug), 303)
