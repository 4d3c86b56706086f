"""Writing an event: the form, its preview, two versions side by side. What is written goes through `events`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.authoring import queries
from fablabmesh.authoring.forms import EventForm, fields_of, read_version
from fablabmesh.authoring.preview import preview_dates
from fablabmesh.authoring.time_forms import USUAL_HOURS
from fablabmesh.authoring.versions import compare, draft, merge, seal, tell, to_list
from fablabmesh.authoring.whereabouts import Found, Spot, read_id
from fablabmesh.events import actions, date_actions
from fablabmesh.events import queries as events
from fablabmesh.events.dates import read_key
from fablabmesh.events.models import Event
from fablabmesh.events.rules import When, when_of, where_of
from fablabmesh.events.views import held_event
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import Conflict, NotFound, Refusal
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import signed_in
from fablabmesh.places import queries as places
from fablabmesh.places.models import Place
from fablabmesh.places.rules import ties_to
from fablabmesh.zones.moderation import ModerationState
from fablabmesh.zones.rules import timezone_of_department

bp = Blueprint("authoring", __name__)

Page = Answer | str | tuple[str, int]
# Buttons that bring the form back as it is, with what was looked for.
_LOOKING = ("look", "back")
# What its own people have still to send.
_TO_SEND = (ModerationState.DRAFT, ModerationState.REFUSED)


@dataclass
class Desk:
    """What an event is written on: where it may be put, the event itself, or the one it is modelled on.

    `since`: the date from which on a series is edited; None for all dates. `kept`: the times as they are now.
    """

    places: list[Place]
    event: Event | None = None
    model: Event | None = None
    since: datetime | None = None
    kept: When | None = None
    lost: str = ""
    theirs: Any = field(default=None)

    @property
    def source(self) -> Event | None:
        return self.event or self.model


@bp.get("/evenements/nouveau")
@signed_in
@does(Act.EVENT_WRITE)
def new() -> str:
    """An empty form, with the place of `?lieu=` or the only one chosen already; or all of the event `?comme=`."""
    desk = desk_for_new()
    if desk.model is None:
        first_hour, last_hour = USUAL_HOURS
        typed = {"place": str(desk.places[0].id), "first_hour": first_hour, "last_hour": last_hour}
    else:
        # All but its days: those of the new event are to be chosen.
        days = dict.fromkeys(("first_day", "last_day", "former_day", "until", "left_out", "extra"), "")
        typed = _stored_fields(desk.model, when_of(desk.model)) | days
    return _showmake_form(desk, make_form(desk, _as_typed(typed | {"uid": actions.new_uid()})))


@bp.post("/evenements/nouveau")
@signed_in
@does(Act.EVENT_WRITE)
def create() -> Page:
    """Publish, keep as a draft, show first; or say what to correct."""
    desk = desk_for_new()
    return _answer(desk, request.form)


@bp.get("/evenements/<slug>/modifier")
@signed_in
@does(Act.EVENT_WRITE)
def edit(slug: str) -> str:
    """The form, filled with the event as it is; `?depuis=` a date, with that date and those that follow."""
    desk = desk_for(slug)
    if desk.lost:
        raise NotFound(desk.lost)
    return _showmake_form(desk, make_form(desk, _as_typed(_fields_now(desk))))


@bp.post("/evenements/<slug>/modifier")
@signed_in
@does(Act.EVENT_WRITE)
def update(slug: str) -> Page:
    """Save, show first, or say what to correct, or show both versions if somebody else was faster."""
    desk = desk_for(slug)
    if request.form.get("act") != "merge":
        return _answer(desk, request.form)
    merged = merge({name: request.form.getlist(name) for name in request.form}, _fields_now(desk))
    return _answer(desk, _as_typed(merged | {"act": request.form.get("then", "save")}))


@bp.post("/evenements/<slug>/publier")
@signed_in
@does(Act.EVENT_WRITE)
def publish(slug: str) -> Answer:
    """Show a draft to everybody."""
    event = held_event(slug)
    version = read_version(request.form.get("version"))
    actions.publish_event(event, by=current_user, now=clock.now(), version=version)
    _tell_state(event)
    return redirect(url_for("events.show", slug=event.slug), 303)


def _tell_state(event: Event) -> None:
    """What became of an event that was saved."""
    flash(
        {
            ModerationState.DRAFT: _(
                "Le brouillon est enregistré : seules les personnes qui s’occupent du lieu le voient."
            ),
            ModerationState.REFUSED: _("Les changements sont enregistrés : proposez-le de nouveau quand il est prêt."),
            ModerationState.PENDING: _(
                "L’événement est envoyé au pôle de la zone, qui le publiera après l’avoir lu. Vous recevrez sa réponse."
            ),
        }.get(event.moderation, _("L’événement est publié. Les calendriers abonnés le montreront bientôt."))
    )


# --- what is written on ------------------------------------------------------------------------------------------


def desk_for_new() -> Desk:
    model = request.args.get("comme")
    if model:
        event = held_event(model)
        return Desk(_places_for(event), model=event, kept=when_of(event))
    mine = places.list_to_publish_for(current_user, first=request.args.get("lieu"))
    hold_to(Act.EVENT_WRITE, ties_to(current_user, mine[0]))
    return Desk(mine)


def desk_for(slug: str) -> Desk:
    event = held_event(slug)
    desk = Desk(_places_for(event), event=event, kept=when_of(event))
    since = _read_since(request.args.get("depuis"))
    if since:
        try:
            desk.kept, desk.since = date_actions.following_when(event, since), since
        except Refusal as refusal:
            desk.lost = refusal.message
    return desk


def _read_since(text: str | None) -> datetime | None:
    if not text:
        return None
    wall = read_key(text)
    if wall is None:
        raise NotFound(_("Cette date ne fait pas partie de l’événement."))
    return wall


def _places_for(event: Event) -> list[Place]:
    """Where this person may move the event; invented events stay among invented places."""
    mine = [place for place in places.list_managed_by(current_user.id) if place.is_demo == event.place.is_demo]
    return [event.place, *(place for place in mine if place.id != event.place_id)]


# --- the form ----------------------------------------------------------------------------------------------------


def _as_typed(fields: Mapping[str, Any]) -> MultiDict[str, str]:
    return MultiDict({name: to_list(value) for name, value in fields.items()})


def _organiser(desk: Desk, typed: MultiDict[str, str]) -> Place:
    return next((place for place in desk.places if str(place.id) == typed.get("place")), desk.places[0])


def make_form(desk: Desk, typed: MultiDict[str, str], **given: Any) -> EventForm:
    """The form with what was typed, and what its searches find. `given`: to the form, whoever sends it."""
    is_demo = _organiser(desk, typed).is_demo
    venue = read_id(typed.get("venue"))
    partners = [number for text in typed.getlist("partners")[:100] if (number := read_id(text))]
    found = Found(
        venues=queries.search_places(
            typed.get("venue_search", "")[:100], chosen=[venue] if venue else [], is_demo=is_demo
        ),
        towns=queries.search_towns(typed.get("town_search", "").strip()[:100], chosen=typed.get("town", "")),
        partners=queries.search_places(typed.get("partner_search", "")[:100], chosen=partners, is_demo=is_demo),
    )
    source = desk.source
    form = EventForm(
        [queries.to_choice(place) for place in desk.places],
        _categories(source),
        found=found,
        kept=desk.kept,
        kept_spot=Spot(source.venue_text, source.venue_latitude, source.venue_longitude) if source else Spot(),
        kept_language=source.language if source else "fr",
        formdata=typed,
        **given,
    )
    if not form.version.data and desk.event:
        form.version.data = str(desk.event.version)
        form.seen.data = seal(tell(_as_stored(desk)))
    return form


def _categories(event: Event | None) -> list[tuple[str, str]]:
    """What may be chosen; an event keeps the one it has, retired or not."""
    found = {category.slug: category.label for category in events.list_categories()}
    if event is not None:
        found.setdefault(event.category_slug, event.category.label)
    return list(found.items())


def _stored_fields(event: Event, when: When) -> dict[str, Any]:
    town = queries.find_town(event.venue_text) if event.venue_text else None
    there = event.venue or event.place
    own_zone = town.timezone if town else timezone_of_department(there.department_code)
    return fields_of(event, when, town=town, own_zone=own_zone)


def _fields_now(desk: Desk) -> dict[str, Any]:
    if desk.event is None or desk.kept is None:
        raise NotFound(_("Cet événement n’existe pas, ou n’existe plus."))
    return _stored_fields(desk.event, desk.kept)


def _showmake_form(desk: Desk, form: EventForm, *, looking: str = "") -> str:
    return render_template(
        "authoring/edit.html",
        form=form,
        event=desk.event,
        since=desk.since,
        desk=desk,
        looking=looking,
    )


# --- answers -----------------------------------------------------------------------------------------------------


def _answer(desk: Desk, typed: MultiDict[str, str]) -> Page:
    act = typed.get("act", "save")
    form = make_form(desk, typed)
    if act in _LOOKING:
        return _showmake_form(desk, form, looking=act)
    if not form.validate():
        return _showmake_form(desk, form), 422
    if desk.lost:
        return _showmake_form(desk, form), 409
    place = _organiser(desk, typed)
    partners = queries.list_places(form.partner_ids, is_demo=place.is_demo)
    if act == "preview":
        return _preview(desk, form, typed, place, partners)
    if desk.event is None:
        return _create(form, place, partners, act=act, model=desk.model)
    try:
        event, is_changed = _update(desk, form, place, partners)
    except Conflict:
        return _show_both(desk, form, typed, place, partners), 409
    if act == "publish" and event.moderation in _TO_SEND:
        actions.publish_event(event, by=current_user, now=clock.now(), version=event.version)
        _tell_state(event)
    elif event.moderation is ModerationState.PENDING:
        # Sent already, whichever button was pressed; or retouched by the zone itself before it decides.
        flash(_("Les changements sont enregistrés. L’événement attend toujours la décision du pôle de la zone."))
    elif event.is_draft:
        _tell_state(event)
    else:
        flash(_("L’événement est à jour. Les calendriers abonnés suivront.") if is_changed else _("Rien n’a changé."))
    return _after(event, act)


def _after(event: Event, act: str) -> Answer:
    """Where one goes once it is saved."""
    return redirect(url_for("images.edit" if act == "image" else "events.show", slug=event.slug), 303)


def _create(form: EventForm, place: Place, partners: list[Place], *, act: str, model: Event | None) -> Answer:
    now, uid, is_draft = clock.now(), form.typed_uid, act in ("draft", "image")
    known = events.find_by_uid(uid) if uid else None
    if known is not None:
        hold_to(Act.EVENT_WRITE, ties_to(current_user, known.place))
    event = actions.create_event(
        place, form.event_values, form.when, by=current_user, now=now, uid=uid, partners=partners, is_draft=is_draft
    )
    if known is None and model is not None:
        actions.take_image(event, model)
    if known is not None and known.is_draft:
        # Back from the page of the draft to the form, and sent again: the draft is what is meant.
        actions.edit_event(
            event,
            place,
            form.event_values,
            form.when,
            by=current_user,
            now=now,
            version=event.version,
            partners=partners,
        )
        if not is_draft and event.moderation in _TO_SEND:
            actions.publish_event(event, by=current_user, now=now, version=event.version)
    _tell_state(event)
    return _after(event, act)


def _update(desk: Desk, form: EventForm, place: Place, partners: list[Place]) -> tuple[Event, bool]:
    event, now = desk.event, clock.now()
    assert event is not None
    given: dict[str, Any] = {"by": current_user, "now": now, "version": form.typed_version, "partners": partners}
    if desk.since is None:
        return event, actions.edit_event(event, place, form.event_values, form.when, **given)
    following = date_actions.edit_following(event, desk.since, place, form.event_values, form.when, **given)
    return following, True


def _as_stored(desk: Desk) -> Any:
    """The event as it is now; of a series edited from a date on, with the times from there."""
    event = desk.event
    assert event is not None and desk.kept is not None  # noqa: PT018 - only called for one
    names = (*actions.EDITABLE, "venue", "category", "partners", "status", "cancel_reason", "moderation")
    return draft({name: getattr(event, name) for name in names}, desk.kept, place=event.place)


def _as_typed_event(form: EventForm, place: Place, partners: list[Place]) -> Any:
    venue = queries.list_places([form.chosen_venue.id], is_demo=place.is_demo) if form.chosen_venue else []
    values = form.event_values
    category = events.find_category(values["category_slug"])
    return draft(
        values,
        form.when,
        place=place,
        venue=venue[0] if values["venue_id"] else None,
        partners=partners,
        category=category,
    )


def _preview(desk: Desk, form: EventForm, typed: MultiDict[str, str], place: Place, partners: list[Place]) -> str:
    event = _as_typed_event(form, place, partners)
    return render_template(
        "authoring/preview.html",
        form=form,
        event=event,
        desk=desk,
        typed=_to_send_again(form, typed),
        dates=preview_dates(form.when, form.school_zone, now=clock.now()),
        where=where_of(event),
    )


def _show_both(desk: Desk, form: EventForm, typed: MultiDict[str, str], place: Place, partners: list[Place]) -> str:
    event = desk.event
    assert event is not None
    stored = tell(_as_stored(desk))
    found = compare(tell(_as_typed_event(form, place, partners)), stored, form.seen.data or "")
    form.version.data, form.seen.data = str(event.version), seal(stored)
    return render_template(
        "authoring/versions.html",
        event=event,
        differences=found,
        typed=_to_send_again(form, typed),
        then=typed.get("act", "save"),
    )


def _to_send_again(form: EventForm, typed: MultiDict[str, str]) -> list[tuple[str, str]]:
    """All that was typed, for a page that keeps it without showing it."""
    own = {"version": form.version.data or "", "seen": form.seen.data or ""}
    left = {"csrf_token", "act", "then", *own}
    pairs = [(name, value) for name in typed for value in typed.getlist(name) if name not in left]
    return [*pairs, *own.items()]
