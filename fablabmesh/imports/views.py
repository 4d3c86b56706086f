"""The pages of an import: a file or an address, what it holds, what to take of it, what became of it."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.events import queries as events
from fablabmesh.imports import actions, queries
from fablabmesh.imports.forms import ChooseForm, ImportForm, read_numbers
from fablabmesh.imports.models import CalendarImport
from fablabmesh.imports.plan import Proposal, when_of
from fablabmesh.imports.rules import ImportState, Kind, host_of, unknown_import
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import Refusal, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import language
from fablabmesh.kit.ical_apart import MOST_BYTES, calendar_from_json
from fablabmesh.kit.web import signed_in, takes
from fablabmesh.places import queries as places
from fablabmesh.places.models import Place
from fablabmesh.places.rules import ties_to

bp = Blueprint("imports", __name__)
bp.add_app_template_filter(host_of, "host_of")
bp.add_app_template_filter(when_of, "import_when")

# So many boxes on a page; those after them are ticked together.
MOST_ROWS = 300
# A page that waits for the worker asks again by itself.
REFRESH_SECONDS = 2


@bp.get("/lieux/<slug>/importer")
@signed_in
@does(Act.PLACE_IMPORT)
def new(slug: str) -> str:
    """A file or an address; what was imported before; what is followed."""
    return render_new(held_place(slug), None)


@bp.post("/lieux/<slug>/importer")
@signed_in
@does(Act.PLACE_IMPORT)
@takes(MOST_BYTES + 200_000)
def create(slug: str) -> Answer | tuple[str, int]:
    """Queue it, and show how far it is."""
    place = held_place(slug)
    form = _import_form()
    if not form.validate():
        return render_new(place, form), 422
    try:
        asked = actions.ask_import(
            place,
            by=current_user,
            now=clock.now(),
            category_slug=form.category.data,
            language=form.language.data,
            tongue=language(),
            file_name=form.file_name,
            content=form.content or None,
            url="" if form.content else form.url.data or "",
        )
    except Refusal as refusal:
        form.url.errors = [refusal.message]
        return render_new(place, form), refusal.status
    return redirect(url_for(".show", slug=slug, import_id=asked.id), 303)


@bp.get("/lieux/<slug>/importer/<int:import_id>")
@signed_in
@does(Act.PLACE_IMPORT)
def show(slug: str, import_id: int) -> tuple[str, int, dict[str, str]]:
    """How far it is; once it is read, what to choose from; at the end, what was done."""
    place = held_place(slug, hidden=unknown_import())
    asked = queries.get_import(place, import_id, with_reading=True)
    headers = {"Refresh": str(REFRESH_SECONDS)} if asked.state.is_moving else {}
    form = ChooseForm(can_follow=bool(asked.url))
    return render_import(place, asked, form), 200, headers


@bp.post("/lieux/<slug>/importer/<int:import_id>")
@signed_in
@does(Act.PLACE_IMPORT)
def choose(slug: str, import_id: int) -> Answer | tuple[str, int]:
    """Import what is ticked."""
    place = held_place(slug, hidden=unknown_import())
    asked = queries.get_import(place, import_id, with_reading=True)
    form = ChooseForm(can_follow=bool(asked.url))
    if asked.state is not ImportState.READY or asked.reading is None:
        return redirect(url_for(".show", slug=slug, import_id=import_id), 303)
    calendar = calendar_from_json(asked.reading)
    if not form.validate():
        return render_import(place, asked, form), 422
    ticked = read_numbers(request.form.getlist("event"), len(calendar.events))
    proposals = actions.list_proposals(asked, calendar)
    writable = [number for number, each in enumerate(proposals) if each.kind.is_writable]
    chosen = ticked & set(writable)
    if form.rest.data:
        chosen |= set(writable[MOST_ROWS:])
    if not chosen and not form.follow.data:
        form.rest.errors = [_("Cochez au moins un événement à importer.")]
        return render_import(place, asked, form, ticked=ticked), 422
    # What is already as it should be belongs to a calendar that is followed, too.
    kept = {number for number, each in enumerate(proposals) if each.kind in (Kind.UNCHANGED, Kind.REFUSED)}
    # Clicked twice, the second click shows what the first one began.
    with suppress(Refused):
        actions.choose(asked, chosen | kept, follow_minutes=form.follow.data or None, now=clock.now())
    return redirect(url_for(".show", slug=slug, import_id=import_id), 303)


@bp.post("/lieux/<slug>/importer/<int:import_id>/oublier")
@signed_in
@does(Act.PLACE_IMPORT)
def forget(slug: str, import_id: int) -> Answer:
    """Give it up."""
    place = held_place(slug, hidden=unknown_import())
    actions.forget(queries.get_import(place, import_id))
    flash(_("L’import est abandonné ; rien n’a été changé."))
    return redirect(url_for(".new", slug=slug), 303)


# --- parts -------------------------------------------------------------------------------------------------------


def held_place(slug: str, *, hidden: str | None = None) -> Place:
    """The place, for who may bring calendars to it. `hidden`: what others are told of what is asked for below it."""
    place = places.get_place(slug)
    hold_to(Act.PLACE_IMPORT, ties_to(current_user, place), hidden=hidden)
    return place


def category_choices() -> list[tuple[str, str]]:
    """The vocabulary, to choose from."""
    return [(category.slug, category.label) for category in events.list_categories()]


def render_new(place: Place, form: ImportForm | None) -> str:
    """The form, with what was imported and what is followed."""
    return render_template(
        "imports/new.html",
        place=place,
        form=form or _import_form(),
        imports=queries.list_imports(place.id),
        sources=queries.list_sources(place.id),
    )


def render_import(place: Place, asked: CalendarImport, form: ChooseForm, *, ticked: set[int] | None = None) -> str:
    """How far an import is, with what it read once it has."""
    calendar = calendar_from_json(asked.reading) if asked.reading else None
    proposals = actions.list_proposals(asked, calendar) if calendar else []
    numbered: list[tuple[int, Proposal]] = list(enumerate(proposals))
    writable = [(number, each) for number, each in numbered if each.kind.is_writable]
    shown: dict[Kind, list[tuple[int, Proposal]]] = {kind: [] for kind in Kind}
    for number, each in writable[:MOST_ROWS]:
        shown[each.kind].append((number, each))
    for number, each in numbered:
        if not each.kind.is_writable and len(shown[each.kind]) < MOST_ROWS:
            shown[each.kind].append((number, each))
    values: dict[str, Any] = {
        "counts": actions.count_kinds(proposals),
        "rest": max(0, len(writable) - MOST_ROWS),
        "ticked": {number for number, _each in writable} if ticked is None else ticked,
        "has_writable": bool(writable),
    }
    return render_template(
        "imports/show.html", place=place, asked=asked, form=form, calendar=calendar, shown=shown, kinds=Kind, **values
    )


def _import_form() -> ImportForm:
    own_host = host_of(current_app.config["BASE_URL"])
    return ImportForm(category_choices(), own_host=own_host)
