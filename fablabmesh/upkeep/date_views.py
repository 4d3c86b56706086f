"""The dates of a series one by one, for those who look after the place: changed, called off, added.

Each page says what subscribed calendars will show, before anything is done.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.events import date_actions as actions
from fablabmesh.events import queries, wording
from fablabmesh.events.dates import key_of, list_starts, read_key
from fablabmesh.events.forms import VersionForm
from fablabmesh.events.models import Event, EventDate
from fablabmesh.events.rules import EventStatus, where_of
from fablabmesh.events.views import held_event
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import Conflict, NotFound, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.text import clean_line
from fablabmesh.kit.web import read_page, signed_in
from fablabmesh.places import queries as places
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.places.models import Place
from fablabmesh.upkeep import queries as upkeep
from fablabmesh.upkeep.date_forms import AddDateForm, ChangeDateForm, ReasonForm

bp = Blueprint("dates", __name__)

PAGE_SIZE = 25
MOST_FOUND = 12
Page = Answer | str | tuple[str, int]


@bp.get("/evenements/<slug>/dates")
@signed_in
@does(Act.EVENT_WRITE)
def index(slug: str) -> str:
    """What comes, page by page, with what can be done to each date."""
    event = held_event(slug)
    now = clock.now()
    page = read_page(request.args, queries.count_dates_of(event.id, after=now), PAGE_SIZE)
    dates = queries.list_dates_of(event.id, after=now, limit=page.size, offset=page.offset)
    return render_template("upkeep/dates.html", event=event, dates=dates, page=page, is_cut_at=_is_cut_at)


@bp.get("/evenements/<slug>/dates/ajouter")
@signed_in
@does(Act.EVENT_WRITE)
def add_form(slug: str) -> str:
    """An empty day, at the hour of the others."""
    event = _changeable(slug)
    form = AddDateForm(event, version=str(event.version), first_hour=event.starts_local.time())
    return render_template("upkeep/add_date.html", event=event, form=form, is_stale=False)


@bp.post("/evenements/<slug>/dates/ajouter")
@signed_in
@does(Act.EVENT_WRITE)
def add(slug: str) -> Page:
    """One date more."""
    event = _changeable(slug)
    form = AddDateForm(event)
    if not form.validate():
        return render_template("upkeep/add_date.html", event=event, form=form, is_stale=False), 422
    try:
        actions.add_date(event, form.starts_local, by=current_user, now=clock.now(), version=form.typed_version)
    except Refused as refused:
        form.first_day.errors = [refused.message]
        return render_template("upkeep/add_date.html", event=event, form=form, is_stale=False), 422
    except Conflict:
        form.version.data = str(event.version)
        return render_template("upkeep/add_date.html", event=event, form=form, is_stale=True), 409
    flash(_("La date est ajoutée."))
    return _back(event)


@bp.get("/evenements/<slug>/dates/<key>")
@signed_in
@does(Act.EVENT_WRITE)
def edit(slug: str, key: str) -> Page:
    """The form of one date, filled with what it is now."""
    event = _changeable(slug)
    if not event.is_recurring:
        return redirect(url_for("authoring.edit", slug=slug), 303)
    date = _date_of(event, key)
    return _edit_page(event, date, _filled_form(event, date))


@bp.post("/evenements/<slug>/dates/<key>")
@signed_in
@does(Act.EVENT_WRITE)
def update(slug: str, key: str) -> Page:
    """Save, or say what to correct, or show both versions if somebody else was faster."""
    event = _changeable(slug)
    date = _date_of(event, key)
    found = _look_for(request.form.get("search", "")) if request.form.get("act") == "look" else None
    venues = _venues_for(event, date, found or [])
    form = ChangeDateForm(event, _choices(event, venues))
    if found is not None:
        return _edit_page(event, date, form, found=[place for place in found if place in venues])
    if not form.validate():
        return _edit_page(event, date, form), 422
    try:
        actions.change_date(
            event,
            date.recurrence_local,
            starts_local=form.when.starts_local,
            ends_local=form.when.ends_local,
            title=form.title.data or "",
            description=form.description.data or "",
            venue=next((place for place in venues if place.id == form.venue.data), None),
            venue_text=form.venue_text.data or "",
            by=current_user,
            now=clock.now(),
            version=form.typed_version,
        )
    except Conflict:
        theirs = _differences(event, date, form)
        form.version.data = str(event.version)
        return _edit_page(event, date, form, theirs), 409
    flash(_("La date est à jour. Les calendriers abonnés suivront."))
    return _back(event)


@bp.get("/evenements/<slug>/dates/<key>/annuler")
@signed_in
@does(Act.EVENT_WRITE)
def cancel_form(slug: str, key: str) -> str:
    """Asks why, and says what calendars will show."""
    event = _changeable(slug)
    date = _date_of(event, key)
    return _act_page("upkeep/cancel_date.html", event, date, ReasonForm(version=str(event.version)))


@bp.post("/evenements/<slug>/dates/<key>/annuler")
@signed_in
@does(Act.EVENT_WRITE)
def cancel(slug: str, key: str) -> Page:
    """Call one date off."""
    done = _("Cette date est annulée. Elle reste affichée comme telle, et les calendriers abonnés l’apprendront.")
    return _act(slug, key, "upkeep/cancel_date.html", ReasonForm(), actions.cancel_date, done)


@bp.get("/evenements/<slug>/dates/<key>/annuler-les-suivantes")
@signed_in
@does(Act.EVENT_WRITE)
def cancel_following_form(slug: str, key: str) -> str:
    """Asks why, and says where the series will end."""
    event = _changeable(slug)
    date = _date_of(event, key)
    return _act_page("upkeep/cancel_following.html", event, date, ReasonForm(version=str(event.version)))


@bp.post("/evenements/<slug>/dates/<key>/annuler-les-suivantes")
@signed_in
@does(Act.EVENT_WRITE)
def cancel_following(slug: str, key: str) -> Page:
    """Call a date and all that follow off."""
    done = _("Cette date et les suivantes sont annulées. Les calendriers abonnés l’apprendront.")
    return _act(slug, key, "upkeep/cancel_following.html", ReasonForm(), actions.cancel_following, done)


@bp.get("/evenements/<slug>/dates/<key>/retablir")
@signed_in
@does(Act.EVENT_WRITE)
def reinstate_form(slug: str, key: str) -> str:
    """Says what calendars will show."""
    event = _changeable(slug)
    date = _date_of(event, key)
    return _act_page("upkeep/reinstate_date.html", event, date, VersionForm(version=str(event.version)))


@bp.post("/evenements/<slug>/dates/<key>/retablir")
@signed_in
@does(Act.EVENT_WRITE)
def reinstate(slug: str, key: str) -> Page:
    """Take the cancellation of one date back."""
    return _act(
        slug, key, "upkeep/reinstate_date.html", VersionForm(), actions.reinstate_date, _("La date est rétablie.")
    )


# --- what the views share ----------------------------------------------------------------------------------------


def _changeable(slug: str) -> Event:
    event = held_event(slug)
    if event.deleted_at is not None:
        raise Refused(_("Cet événement est supprimé : reprenez-le avant de le modifier."))
    if event.status is EventStatus.CANCELLED:
        raise Refused(_("Cet événement est annulé : rétablissez-le avant d’en modifier les dates."))
    return event


def _date_of(event: Event, key: str) -> EventDate:
    wall = read_key(key)
    date = queries.find_date_of(event.id, wall) if wall and event.is_recurring else None
    if date is None:
        raise NotFound(_("Cette date ne fait pas partie de l’événement."))
    return date


def _is_cut_at(event: Event, date: EventDate) -> bool:
    """Can the series be cut here? Not at a date that was added apart."""
    return bool(event.rrule) and date.recurrence_local not in event.rdates


def _back(event: Event) -> Answer:
    return redirect(url_for(".index", slug=event.slug), 303)


def _act(slug: str, key: str, template: str, form: VersionForm, act: Callable[..., object], done: str) -> Page:
    """Do something to a date, with the reason if the form asks for one; or say what keeps it from being done."""
    event = _changeable(slug)
    date = _date_of(event, key)
    if not form.validate():
        return _act_page(template, event, date, form), 422
    why = {"reason": form.reason.data or ""} if isinstance(form, ReasonForm) else {}
    try:
        act(event, date.recurrence_local, **why, by=current_user, now=clock.now(), version=form.typed_version)
    except Conflict:
        form.version.data = str(event.version)
        return _act_page(template, event, date, form, is_stale=True), 409
    flash(done)
    return _back(event)


def _act_page(template: str, event: Event, date: EventDate, form: VersionForm, *, is_stale: bool = False) -> str:
    last_kept = queries.find_date_before(event.id, date.recurrence_local)
    return render_template(
        template,
        event=event,
        date=date,
        form=form,
        is_stale=is_stale,
        last_kept=last_kept,
        struck_out=_struck_out(event, date.recurrence_local),
    )


def _struck_out(event: Event, first: datetime) -> list[datetime]:
    """The dates that calendars will show as cancelled when the series ends before `first`."""
    return list(list_starts(event, since=first, until=first + actions.STRUCK_OUT_FOR))


def _look_for(text: str) -> list[Place]:
    words = clean_line(text)[:100]
    return places.list_places(PlaceFilter(text=words), limit=MOST_FOUND) if words else []


def _venues_for(event: Event, date: EventDate, found: Sequence[Place] = ()) -> list[Place]:
    """Where else a date may be: the labs that organise, those of the person, where it is now, and what was looked for
    or chosen. Invented events stay among invented places."""
    change, chosen = date.change, request.form.get("venue", "")
    known = [event.place, *event.partners, *places.list_managed_by(current_user.id), *found]
    if change is not None and change.venue is not None:
        known.append(change.venue)
    place = upkeep.find_place(int(chosen)) if re.fullmatch("[0-9]{1,9}", chosen) else None
    if place is not None:
        known.append(place)
    return list({place.id: place for place in known if place.is_demo == event.place.is_demo}.values())


def _choices(event: Event, venues: list[Place]) -> list[tuple[int, str]]:
    return [(0, _("Comme la série : %(where)s", where=_where(event))), *((place.id, _name(place)) for place in venues)]


def _name(place: Place) -> str:
    return f"{place.name} – {place.commune}" if place.commune else place.name


def _where(event: Event, date: EventDate | None = None) -> str:
    where = where_of(event, date.change if date else None)
    return where.text or str(where.place.name)


def _filled_form(event: Event, date: EventDate) -> ChangeDateForm:
    change = date.change
    form = ChangeDateForm(
        event,
        _choices(event, _venues_for(event, date)),
        version=str(event.version),
        first_day=date.starts_local.date(),
        first_hour=date.starts_local.time(),
        last_day=date.ends_local.date(),
        last_hour=date.ends_local.time(),
        venue_text=change.venue_text if change else "",
        title=date.title,
        description=(change.description if change else "") or event.description,
    )
    form.venue.data = (change.venue_id if change else None) or 0
    return form


def _edit_page(
    event: Event,
    date: EventDate,
    form: ChangeDateForm,
    theirs: dict[str, str] | None = None,
    *,
    found: list[Place] | None = None,
) -> str:
    return render_template(
        "upkeep/edit_date.html",
        event=event,
        date=date,
        form=form,
        theirs=theirs,
        found=found,
        key=key_of(event, date.recurrence_local),
        is_cut_at=_is_cut_at,
    )


def _differences(event: Event, date: EventDate, form: ChangeDateForm) -> dict[str, str]:
    """What is stored now, under its label, where it is not what was typed."""
    change = date.change
    found = {}
    if (date.starts_local, date.ends_local) != (form.when.starts_local, form.when.ends_local):
        found[_("Quand")] = wording.when(date)
    pairs = [
        (form.title, date.title, form.title.data),
        (form.description, (change.description if change else "") or event.description, form.description.data),
    ]
    found |= {str(field.label.text): theirs for field, theirs, mine in pairs if theirs != mine}
    stored = ((change.venue_id if change else None) or 0, change.venue_text if change else "")
    if stored != (form.venue.data, form.venue_text.data):
        found[_("Lieu")] = _where(event, date)
    if date.is_cancelled:
        found[_("Annulé")] = change.cancel_reason if change else ""
    return found
