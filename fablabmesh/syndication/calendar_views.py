"""A person's own calendar: opened and closed on a page, read at an address that nobody can guess.

That address stands in no log and no cache, and what it gives is written for each reader: neither the memory of
calendars nor the answers before the application know of it.
"""

import json

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.actions import digest
from fablabmesh.accounts.rights import Act, ties_to_own
from fablabmesh.feeds.answers import Kept, NotAcceptable, TooManyStreams, answer
from fablabmesh.feeds.composition import Cover, compose
from fablabmesh.kit import clock, db
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.headers import security_headers
from fablabmesh.kit.i18n import force_locale
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import fresh, public_url, shared, signed_in
from fablabmesh.publication.entries import FEED_LANGUAGE
from fablabmesh.syndication import actions, queries
from fablabmesh.syndication.builder_views import bp
from fablabmesh.syndication.drafts import to_piece
from fablabmesh.syndication.forms import CalendarForm
from fablabmesh.syndication.models import PersonalCalendar

RETRY_AFTER = "60"
# A shared cache must not keep it; a program asks each time, and is told when nothing has changed.
_CACHING = "private, no-cache"
_UNTOLD = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


@bp.get("/mon-agenda")
@signed_in
@does(Act.ACCOUNT_USE)
def calendars() -> str:
    """The calendars that are open, and a form for one more."""
    return _page(CalendarForm(formdata=None))


@bp.post("/mon-agenda")
@signed_in
@fresh
@does(Act.ACCOUNT_USE)
def open_calendar() -> tuple[str, int]:
    """One more; its address is shown this once."""
    form = CalendarForm()
    if not form.validate():
        return _page(form), 422
    try:
        calendar, token = actions.open_calendar(
            current_user,
            name=form.name.data or "",
            with_drafts=form.with_drafts.data,
            with_projects=form.with_projects.data,
            now=clock.now(),
        )
    except Refused as refusal:
        form.name.errors = [refusal.message]
        return _page(form), 422
    address = public_url(url_for(".calendar", token=token).removeprefix(request.script_root))
    return _page(CalendarForm(formdata=None), opened=calendar, address=address), 201


@bp.post("/mon-agenda/<int:calendar_id>/fermer")
@signed_in
@does(Act.OWN_USE)
def close_calendar(calendar_id: int) -> Answer:
    """Its address leads nowhere from now on."""
    calendar = queries.get_calendar(current_user.id, calendar_id)
    hold_to(Act.OWN_USE, ties_to_own(current_user, calendar.account_id))
    actions.close_calendar(calendar)
    flash(_("Le calendrier « %(name)s » est fermé : son adresse ne mène plus nulle part.", name=calendar.name))
    return redirect(url_for(".calendars"), 303)


def _page(form: CalendarForm, opened: PersonalCalendar | None = None, address: str = "") -> str:
    return render_template(
        "syndication/calendars.html",
        calendars=queries.list_calendars_of(current_user.id),
        form=form,
        opened=opened,
        address=address,
    )


@bp.get("/agenda/prive/<token>.ics")
@shared
@does(Act.SITE_SECRET)
def calendar(token: str) -> Answer:
    """What the person looks after, for whoever has the address. A closed one is not found, and not empty."""
    try:
        found = queries.find_calendar(digest(token))
        if found is None:
            return _problem(404, _("Ce calendrier n’existe pas, ou n’est plus ouvert"))
        actions.note_use(found, clock.now().date())
        kept = _compose(found)
    except db.Unreachable:
        db.session.rollback()
        return _problem(503, _("Service momentanément indisponible"))
    try:
        status, headers, body = answer(
            kept,
            request.method,
            request.headers.get("Accept-Encoding", ""),
            request.headers.get("If-None-Match", ""),
        )
    except NotAcceptable:
        return _problem(406, _("Ce calendrier n’existe pas dans cet encodage"))
    except TooManyStreams:
        return _problem(503, _("Service momentanément indisponible"))
    return Answer(body, status, headers, content_type=None if status[0] == "2" else "", direct_passthrough=True)


def _compose(found: PersonalCalendar) -> Kept:
    pieces = queries.list_published(found)
    if found.with_drafts:
        pieces += [
            to_piece(each, public_url(url_for("events.show", slug=each.slug).removeprefix(request.script_root)))
            for each in queries.list_drafts(found)
        ]
    headers = security_headers(current_app.config["SETTINGS"]) | _UNTOLD
    headers["Content-Disposition"] = 'inline; filename="mon-agenda.ics"'
    with force_locale(FEED_LANGUAGE):
        name = _("Mon agenda – %(name)s", name=found.name)
        # Its own address is not written into it: a calendar is passed on more easily than a secret should be.
        cover = Cover(name, public_url("/mon-agenda"), "")
        return compose(cover, pieces, list(headers.items()), caching=_CACHING)


def _problem(status: int, title: str) -> Answer:
    body = json.dumps({"title": title, "status": status}, ensure_ascii=False)
    problem = Response(body, status, mimetype="application/problem+json")
    problem.headers.update(_UNTOLD | {"Cache-Control": "no-store"})
    if status == 503:
        problem.headers["Retry-After"] = RETRY_AFTER
    return problem
