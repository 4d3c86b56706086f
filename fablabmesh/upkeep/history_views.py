"""Who did what to an event, its deletion and the way back; the events of one's own places."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.events import actions, queries
from fablabmesh.events.forms import VersionForm
from fablabmesh.events.models import Event
from fablabmesh.events.views import held_event
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import Conflict
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import read_page, signed_in
from fablabmesh.places import queries as places
from fablabmesh.places.rules import may
from fablabmesh.publication.actions import DELETED_FOR
from fablabmesh.upkeep import queries as upkeep
from fablabmesh.upkeep.history import Names, place_ids, tell
from fablabmesh.upkeep.rules import Pile, read_pile

bp = Blueprint("history", __name__)

PAGE_SIZE = 30


@bp.get("/evenements/<slug>/historique")
@signed_in
@does(Act.EVENT_READ_HIDDEN)
def show(slug: str) -> str:
    """Line by line, the latest first."""
    event = held_event(slug, Act.EVENT_READ_HIDDEN)
    page = read_page(request.args, upkeep.count_versions(event.id), PAGE_SIZE)
    # From today back, whichever page is asked for: each line is told with what stood there at the time.
    versions = upkeep.list_versions(event.id, limit=page.offset + page.size)
    categories = {category.slug: category.label for category in queries.list_categories(with_retired=True)}
    names = Names(upkeep.name_places(place_ids(versions)), categories)
    return render_template(
        "upkeep/history.html",
        event=event,
        entries=tell(event, versions, names)[page.offset :],
        page=page,
        relatives=upkeep.list_relatives(event),
        may_read_journal=may(current_user, Act.JOURNAL_READ, event.place),
    )


@bp.get("/evenements/<slug>/supprimer")
@signed_in
@does(Act.EVENT_WRITE)
def delete_form(slug: str) -> str:
    """Says what calendars will show, and for how long."""
    event = held_event(slug)
    return _delete_page(event, VersionForm(version=str(event.version)))


@bp.post("/evenements/<slug>/supprimer")
@signed_in
@does(Act.EVENT_WRITE)
def delete(slug: str) -> Answer | tuple[str, int]:
    """Take it away from pages; it can be brought back."""
    event, form = held_event(slug), VersionForm()
    try:
        actions.delete_event(event, by=current_user, now=clock.now(), version=form.typed_version)
    except Conflict:
        form.version.data = str(event.version)
        return _delete_page(event, form, is_stale=True), 409
    flash(_("« %(title)s » est supprimé. Vous pouvez le reprendre ici.", title=event.title))
    return redirect(url_for(".own", liste=Pile.DELETED.value), 303)


@bp.post("/evenements/<slug>/reprendre")
@signed_in
@does(Act.EVENT_WRITE)
def restore(slug: str) -> Answer:
    """Undo a deletion."""
    event = held_event(slug)
    actions.restore_event(event, by=current_user, now=clock.now(), version=VersionForm().typed_version)
    flash(_("« %(title)s » est de retour.", title=event.title))
    return redirect(url_for("events.show", slug=slug), 303)


@bp.post("/evenements/<slug>/reprendre-en-brouillon")
@signed_in
@does(Act.EVENT_WRITE)
def recall(slug: str) -> Answer:
    """Take back what waits for the zone's word."""
    event = held_event(slug)
    actions.recall_event(event, by=current_user, now=clock.now(), version=VersionForm().typed_version)
    flash(_("L’événement est de nouveau un brouillon : seules les personnes qui s’occupent du lieu le voient."))
    return redirect(url_for("events.show", slug=event.slug), 303)


@bp.post("/evenements/<slug>/archiver")
@signed_in
@does(Act.EVENT_WRITE)
def archive(slug: str) -> Answer:
    """Take what is over out of lists, or bring it back into them."""
    event, is_back = held_event(slug), request.form.get("archive") == "non"
    act = actions.unarchive_event if is_back else actions.archive_event
    act(event, by=current_user, now=clock.now(), version=VersionForm().typed_version)
    flash(
        _("L’événement est de nouveau dans les listes.")
        if is_back
        else _("L’événement est archivé : il quitte les listes ; sa page et les calendriers le gardent.")
    )
    return redirect(url_for("events.show", slug=event.slug), 303)


@bp.get("/mes-evenements")
@signed_in
@does(Act.ACCOUNT_USE)
def own() -> str:
    """The events of all my places: what comes, drafts, what is over, what was deleted."""
    now, pile = clock.now(), read_pile(request.args.get("liste"))
    mine = places.list_managed_by(current_user.id)
    ids = [place.id for place in mine]
    counts = upkeep.count_own(ids, now=now)
    page = read_page(request.args, counts[pile], PAGE_SIZE)
    return render_template(
        "upkeep/own.html",
        mine=mine,
        pile=pile,
        counts=counts,
        page=page,
        rows=upkeep.list_own(ids, pile, now=now, limit=page.size, offset=page.offset),
    )


def _delete_page(event: Event, form: VersionForm, *, is_stale: bool = False) -> str:
    return render_template("upkeep/delete.html", event=event, form=form, is_stale=is_stale, told_for=DELETED_FOR.days)
