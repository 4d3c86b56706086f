"""The page of an event, and its forms for those who look after the place."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.events import actions, queries, wording
from fablabmesh.events.dates import key_of, read_key
from fablabmesh.events.forms import CancelForm
from fablabmesh.events.linked_data import to_linked_data, to_linked_date
from fablabmesh.events.models import Event, EventDate
from fablabmesh.events.rules import can_edit, can_moderate, image_path, is_shown, ties_to, unknown, where_of
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import Conflict
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import anyone, public_url, signed_in
from fablabmesh.places.models import Place

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
@does(Act.EVENT_READ)
def show(slug: str) -> str | tuple[str, int]:
    """One event; with `?date=`, one date of a series."""
    event = queries.get_event(slug)
    may_edit = can_edit(current_user, event)
    if not is_shown(event):
        hold_to(Act.EVENT_READ_HIDDEN, ties_to(current_user, event), hidden=unknown())
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
        may_moderate=can_moderate(current_user, event),
        linked_data=linked_data,
    )


def _address_of(place: Place) -> str:
    return public_url(url_for("places.show", slug=place.slug))


# --- pages for those who look after a place ----------------------------------------------------------------------


@bp.post("/evenements/<slug>/annuler")
@signed_in
@does(Act.EVENT_WRITE)
def cancel(slug: str) -> Answer | tuple[str, int]:
    """Call it off, with a reason."""
    event = held_event(slug)
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
    flash(_("L’événement est annulé. Il reste affiché comme tel, et les calendriers abonnés l’apprendront."))
    return redirect(url_for(".show", slug=event.slug), 303)


@bp.post("/evenements/<slug>/retablir")
@signed_in
@does(Act.EVENT_WRITE)
def reinstate(slug: str) -> Answer:
    """Take a cancellation back."""
    event = held_event(slug)
    actions.reinstate_event(event, by=current_user, now=clock.now(), version=CancelForm().typed_version)
    flash(_("L’événement est rétabli."))
    return redirect(url_for(".show", slug=event.slug), 303)


def held_event(slug: str, act: Act = Act.EVENT_WRITE) -> Event:
    """The event, for those who may do that to it. One that is not shown to everybody does not exist for others."""
    event = queries.get_event(slug)
    ties = ties_to(current_user, event)
    is_known = is_shown(event) or Act.EVENT_READ_HIDDEN.is_given(ties)
    hold_to(act, ties, hidden=None if is_known else unknown())
    return event
