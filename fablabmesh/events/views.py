"""The page of an event, and its forms for those who look after the place."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.events import actions, queries, wording
from fablabmesh.events.dates import key_of, read_key
from fablabmesh.events.forms import FIRST_HOUR, LAST_HOUR, CancelForm, Choice, EventForm
from fablabmesh.events.linked_data import to_linked_data, to_linked_date
from fablabmesh.events.models import Event, EventDate
from fablabmesh.events.rules import When, can_edit, image_path, is_shown, where_of
from fablabmesh.kit import clock
from fablabmesh.kit.errors import Conflict, Forbidden, NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import anyone, public_url, require, signed_in
from fablabmesh.places import queries as places
from fablabmesh.places.models import Place
from fablabmesh.places.rules import can_edit as can_edit_place
from fablabmesh.zones.rules import timezone_of_department

bp = Blueprint("events", __name__)
bp.add_app_template_global(public_url, "public_url")
for words in (
    wording.when,
    wording.hours,
    wording.hour,
    wording.zone_note,
    wording.zone_name,
    wording.long_day,
    wording.month_name,
):
    bp.add_app_template_filter(words, f"event_{words.__name__}")
for more in (wording.sentence, wording.price, wording.moment, wording.stamp, wording.language_label):
    bp.add_app_template_filter(more, f"event_{more.__name__}")
bp.add_app_template_global(key_of, "date_key")
bp.add_app_template_global(where_of, "where_of")

SHOWN_DATES = 10


# --- pages for everybody -----------------------------------------------------------------------------------------


@bp.get("/evenements/<slug>")
@anyone
def show(slug: str) -> str | tuple[str, int]:
    """One event; with `?date=`, one date of a series."""
    event = queries.get_event(slug)
    may_edit = can_edit(current_user, event)
    if not (is_shown(event) or may_edit):
        raise NotFound(_("Cet événement n’existe pas, ou n’existe plus."))
    asked = request.args.get("date", "")
    date = _find_date(event, asked)
    page = _page_of(event, CancelForm(version=str(event.version)) if may_edit else None, date)
    # The series is shown all the same, and says that it knows no such date.
    return (page, 404) if asked and date is None else page


def _find_date(event: Event, text: str) -> EventDate | None:
    wall = read_key(text) if text else None
    return queries.find_date_of(event.id, wall) if wall else None


def _page_of(event: Event, cancel_form: CancelForm | None, date: EventDate | None = None) -> str:
    now = clock.now()
    coming = queries.list_dates_of(event.id, after=now, limit=SHOWN_DATES + 1) if event.is_recurring else []
    former = queries.find_former_start(event)
    address = public_url(url_for(".show", slug=event.slug))
    # Of a series, the hours that a reader compares with their own are those of its next date.
    shown = date or next((each for each in coming if not each.is_cancelled), event)
    image = public_url(image_path(event.image_digest)) if event.image_digest else ""
    if date is not None and event.is_recurring:
        linked_data = to_linked_date(date, address=address, address_of=_address_of, image=image)
    else:
        linked_data = to_linked_data(
            event, address=address, address_of=_address_of, dates=coming[:SHOWN_DATES], image=image, former=former
        )
    return render_template(
        "events/show.html",
        event=event,
        date=date if event.is_recurring else None,
        is_unknown=bool(request.args.get("date")) and date is None,
        coming=coming[:SHOWN_DATES],
        has_more=len(coming) > SHOWN_DATES,
        is_over=not coming if event.is_recurring and date is None else shown.ends_at <= now,
        former=former,
        shown=shown,
        where=where_of(event, date.change if date else None),
        address=address,
        image_address=image,
        cancel_form=cancel_form,
        linked_data=linked_data,
    )


def _address_of(place: Place) -> str:
    return public_url(url_for("places.show", slug=place.slug))


# --- pages for those who look after a place ----------------------------------------------------------------------


@bp.get("/evenements/nouveau")
@signed_in
def new() -> str:
    """An empty form, with the place of `?lieu=` or the only one chosen already; or the words of the event `?comme=`."""
    model = request.args.get("comme")
    if model:
        return render_template("events/edit.html", form=_form_like(_editable(model)), event=None, theirs=None)
    mine = _my_places(request.args.get("lieu"))
    form = EventForm(_choices(mine), _categories(), uid=actions.new_uid(), first_hour=FIRST_HOUR, last_hour=LAST_HOUR)
    form.place.data = mine[0].id
    return render_template("events/edit.html", form=form, event=None, theirs=None)


@bp.post("/evenements/nouveau")
@signed_in
def create() -> Answer | tuple[str, int]:
    """Publish, or say what to correct."""
    mine = _my_places(request.args.get("lieu"))
    form = EventForm(_choices(mine), _categories())
    if not form.validate():
        return render_template("events/edit.html", form=form, event=None, theirs=None), 422
    place = next(place for place in mine if place.id == form.place.data)
    event = actions.create_event(place, form.words, form.when, by=current_user, now=clock.now(), uid=form.typed_uid)
    flash(_("L’événement est publié. Les agendas abonnés le montreront bientôt."))
    return redirect(url_for(".show", slug=event.slug), 303)


@bp.get("/evenements/<slug>/modifier")
@signed_in
def edit(slug: str) -> str:
    """The form, filled with the event as it is."""
    event = _editable(slug)
    return render_template("events/edit.html", form=_filled_form(event), event=event, theirs=None)


@bp.post("/evenements/<slug>/modifier")
@signed_in
def update(slug: str) -> Answer | tuple[str, int]:
    """Save, or say what to correct, or show both versions if somebody else was faster."""
    event = _editable(slug)
    mine = _places_for(event)
    form = EventForm(_choices(mine), _categories(event), kept_zone=event.timezone)
    if not form.validate():
        return render_template("events/edit.html", form=form, event=event, theirs=None), 422
    place = next(place for place in mine if place.id == form.place.data)
    # The form speaks of one date; of a series it changes the first one and with it all, and keeps the rule.
    when = replace(form.when, rrule=event.rrule, rdates=tuple(event.rdates), exdates=tuple(event.exdates))
    try:
        changed = actions.edit_event(
            event, place, form.words, when, by=current_user, now=clock.now(), version=form.typed_version
        )
    except Conflict:
        theirs = _differences(event, form, place)
        form.version.data = str(event.version)
        return render_template("events/edit.html", form=form, event=event, theirs=theirs), 409
    flash(_("L’événement est à jour. Les agendas abonnés suivront.") if changed else _("Rien n’a changé."))
    return redirect(url_for(".show", slug=event.slug), 303)


@bp.post("/evenements/<slug>/annuler")
@signed_in
def cancel(slug: str) -> Answer | tuple[str, int]:
    """Call it off, with a reason."""
    event = _editable(slug)
    form = CancelForm()
    if not form.validate():
        return _page_of(event, form), 422
    try:
        actions.cancel_event(
            event, reason=form.reason.data or "", by=current_user, now=clock.now(), version=form.typed_version
        )
    except Conflict as conflict:
        form.reason.errors = [conflict.message]
        form.version.data = str(event.version)
        return _page_of(event, form), 409
    flash(_("L’événement est annulé. Il reste affiché comme tel, et les agendas abonnés l’apprendront."))
    return redirect(url_for(".show", slug=event.slug), 303)


@bp.post("/evenements/<slug>/retablir")
@signed_in
def reinstate(slug: str) -> Answer:
    """Take a cancellation back."""
    event = _editable(slug)
    actions.reinstate_event(event, by=current_user, now=clock.now(), version=CancelForm().typed_version)
    flash(_("L’événement est rétabli."))
    return redirect(url_for(".show", slug=event.slug), 303)


def _editable(slug: str) -> Event:
    event = queries.get_event(slug)
    require(can_edit(current_user, event))
    return event


def _my_places(slug: str | None) -> list[Place]:
    """Where this person may publish, the place asked for first."""
    mine = places.list_managed_by(current_user.id)
    if slug:
        asked = places.get_place(slug)
        require(can_edit_place(current_user, asked))
        mine = [asked, *(place for place in mine if place.id != asked.id)]
    if not mine:
        raise Forbidden(_("Vous ne vous occupez d’aucun lieu : demandez au pôle de votre zone de vous en confier un."))
    return mine


def _places_for(event: Event) -> list[Place]:
    """Where this person may move the event; invented events stay among invented places."""
    mine = [place for place in places.list_managed_by(current_user.id) if place.is_demo == event.place.is_demo]
    return [event.place, *(place for place in mine if place.id != event.place_id)]


def _choices(mine: Sequence[Place]) -> list[Choice]:
    return [Choice(place.id, place.name, timezone_of_department(place.department_code)) for place in mine]


def _categories(event: Event | None = None) -> list[tuple[str, str]]:
    """What may be chosen; an event keeps the one it has, retired or not."""
    found = {category.slug: category.label for category in queries.list_categories()}
    if event is not None:
        found.setdefault(event.category_slug, event.category.label)
    return list(found.items())


def _filled_form(event: Event) -> EventForm:
    of_place = timezone_of_department(event.place.department_code)
    form = EventForm(
        _choices(_places_for(event)),
        _categories(event),
        kept_zone=event.timezone,
        version=str(event.version),
        uid=event.uid,
        title=event.title,
        category=event.category_slug,
        description=event.description,
        is_all_day=event.is_all_day,
        first_day=event.starts_local.date(),
        last_day=event.ends_local.date(),
        first_hour=FIRST_HOUR if event.is_all_day else event.starts_local.time(),
        last_hour=LAST_HOUR if event.is_all_day else event.ends_local.time(),
        timezone="" if event.timezone == of_place else event.timezone,
    )
    form.place.data = event.place_id
    return form


def _form_like(event: Event) -> EventForm:
    """The form of a new event that has all of another but its day."""
    form = _filled_form(event)
    form.version.data, form.uid.data = "", actions.new_uid()
    form.first_day.data = form.last_day.data = None
    return form


def _differences(event: Event, form: EventForm, place: Place) -> dict[str, str]:
    """What is stored now, under its label, where it is not what was typed."""
    stored = When(event.starts_local, event.ends_local, event.timezone, event.is_all_day)
    pairs = [
        (form.title, event.title, form.words["title"]),
        (form.place, event.place.name, place.name),
        (form.category, event.category.label, dict(_categories(event))[form.category.data]),
        (form.description, event.description, form.words["description"]),
    ]
    found = {str(field.label.text): theirs for field, theirs, mine in pairs if theirs != mine}
    if stored != form.when:
        found[_("Quand")] = f"{wording.when(event)} ({wording.zone_name(event.timezone)})"
    if event.cancel_reason:
        found[_("Annulé")] = event.cancel_reason
    return found
