"""The API that writes events, for programs that hold a token: what its person may do, and no more than it is for."""

from typing import Any, Final, ParamSpec

from flask import Blueprint, Response, g, request, url_for
from werkzeug.datastructures import MultiDict

from fablabmesh.accounts.rights import Act
from fablabmesh.authoring import queries as authoring
from fablabmesh.authoring.forms import EventForm
from fablabmesh.authoring.views import Desk, make_form
from fablabmesh.events import actions
from fablabmesh.events import queries as events
from fablabmesh.events.api import EVENT, MOST_DATES, to_json
from fablabmesh.events.models import Event
from fablabmesh.events.rules import EventStatus, OnlineAccess, PriceKind, is_shown, unknown
from fablabmesh.kit import clock, db
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import Conflict, NotFound, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.openapi import COUNT, TEXT, TEXT_OR_NULL, TEXTS, TRUTH, Schema, choice, describe, record
from fablabmesh.kit.web import by_token, json_answer, public_url
from fablabmesh.places import queries as places
from fablabmesh.places.models import Place
from fablabmesh.tokens import actions as tokens
from fablabmesh.tokens import queries
from fablabmesh.tokens.door_api import Problem, tell_problem, with_token
from fablabmesh.tokens.event_json import (
    Problems,
    Unreadable,
    check,
    parse,
    problems_of,
    read_when,
    tell,
    to_fields,
)
from fablabmesh.tokens.rules import LONGEST_KEY, Scope, ties_by
from fablabmesh.zones.rules import timezone_of_department

bp = Blueprint("tokens_api", __name__, url_prefix="/api/v1")
bp.register_error_handler(Problem, tell_problem)

P = ParamSpec("P")

_WALL: Final = {"type": "string", "description": "Wall time of the place, like 2027-03-14T18:00; a date if all day."}
SENT: Final[Schema] = {
    "type": "object",
    "title": "SentEvent",
    "additionalProperties": False,
    "properties": {
        "place": {"type": "string", "description": "Slug of the place that organises it, one of the token's."},
        "title": TEXT,
        "description": {"type": "string", "description": "Markdown"},
        "category": {"type": "string", "description": "A word of the vocabulary: the site's form lists them."},
        "starts_local": _WALL,
        "ends_local": {**_WALL, "description": "Wall time; if all day, the last day, included."},
        "is_all_day": TRUTH,
        "timezone": {"type": "string", "description": "IANA name; empty for the clocks of where it happens."},
        "rrule": {"type": "string", "description": "RRULE value of RFC 5545 §3.3.10; empty for what happens once."},
        "rdates": {"type": "array", "items": _WALL},
        "exdates": {"type": "array", "items": _WALL},
        "where": {
            "type": "object",
            "properties": {
                "place": {"type": ["string", "null"], "description": "Slug of another place of the mesh."},
                "text": {"type": ["string", "null"], "description": "Else an address: « 1 rue Haute, 35000 Rennes »."},
            },
        },
        "online": {"type": "object", "properties": {"access": choice(OnlineAccess), "url": TEXT_OR_NULL}},
        "tags": TEXTS,
        "language": TEXT,
        "audience": TEXT,
        "accessibility": TEXT,
        "price": {"type": "object", "properties": {"kind": choice(PriceKind), "amount": {"type": ["number", "null"]}}},
        "capacity": {"type": ["integer", "null"]},
        "registration_url": TEXT_OR_NULL,
        "contact": TEXT,
        "partners": {"type": "array", "items": TEXT, "description": "Slugs of the other labs that organise it."},
        "is_draft": TRUTH,
        "status": choice(EventStatus),
        "cancel_reason": {"type": "string", "description": "Why it is cancelled: those who had noted it read it."},
    },
}  # fmt: skip
WRITTEN: Final = record(
    "WrittenEvent",
    version={**COUNT, "description": "What the ETag says."},
    is_draft=TRUTH,
    sent=SENT,
    event=EVENT,
)
_IF_MATCH: Final = {"If-Match": (TEXT, "The ETag of the event as it was read: nobody's change is lost.")}
_KEY: Final = {"Idempotency-Key": (TEXT, "Any words of your own: the same request sent again makes no second event.")}


# --- the views -----------------------------------------------------------------------------------------------------


@bp.get("/evenements/<name>")
@by_token
@does(Act.EVENT_READ_HIDDEN)
@with_token(Scope.EVENTS_READ)
@describe("One event of the token's places, drafts too, by slug or uid", WRITTEN, scope=Scope.EVENTS_READ)
def read(name: str) -> Response:
    """The event as it is, with the ETag that a change of it takes."""
    return _written(_find(name, Act.EVENT_READ_HIDDEN))


@bp.post("/evenements")
@by_token
@does(Act.EVENT_WRITE)
@with_token(Scope.EVENTS_WRITE)
@describe(
    "Write an event", WRITTEN, scope=Scope.EVENTS_WRITE, body=SENT | {"required": ["place", "title", "category",
    "starts_local", "ends_local"], "title": "NewEvent"}, status=201, errors=(409, 415, 422), headers=_KEY,
)  # fmt: skip
def create() -> Response:
    """Publish it, or keep it as a draft."""
    sent, now, uid = _read_body(), clock.now(), actions.new_uid()
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST_KEY:
        raise Refused(_("Une clé Idempotency-Key compte %(count)s signes au plus.", count=LONGEST_KEY))
    if key:
        made = tokens.hold_answer(g.token, key, request.get_data(), uid=uid, now=now)
        if made is not None:
            return _written(_find(made, Act.EVENT_WRITE), 201)
    whole, problems = check(sent)
    if whole.get("status", EventStatus.CONFIRMED) != EventStatus.CONFIRMED:
        problems["status"] = [_("Un événement s’annule une fois qu’il est écrit.")]
    form, place = _validate(whole, problems, None)
    hold_to(Act.EVENT_WRITE, ties_by(g.token, place))
    partners = authoring.list_places(form.partner_ids, is_demo=place.is_demo)
    event = actions.create_event(
        place, form.event_values, form.when, by=g.token.account, now=now, uid=uid, partners=partners,
        is_draft=whole["is_draft"],
    )  # fmt: skip
    db.session.flush()
    return _written(event, 201)


@bp.put("/evenements/<name>")
@by_token
@does(Act.EVENT_WRITE)
@with_token(Scope.EVENTS_WRITE)
@describe(
    "Write an event anew: what is left out becomes empty", WRITTEN, scope=Scope.EVENTS_WRITE, body=SENT,
    errors=(409, 412, 415, 422, 428), headers=_IF_MATCH,
)  # fmt: skip
def replace(name: str) -> Response:
    """All of it."""
    event = _changeable(name)
    return _change(event, *check(_read_body()))


@bp.patch("/evenements/<name>")
@by_token
@does(Act.EVENT_WRITE)
@with_token(Scope.EVENTS_WRITE)
@describe(
    "Change a part of an event (RFC 7396): what is left out stays", WRITTEN, scope=Scope.EVENTS_WRITE, body=SENT,
    errors=(409, 412, 415, 422, 428), headers=_IF_MATCH,
)  # fmt: skip
def change(name: str) -> Response:
    """Only what was sent."""
    event = _changeable(name)
    return _change(event, *check(_read_body(), defaults=tell(event)))


@bp.delete("/evenements/<name>")
@by_token
@does(Act.EVENT_WRITE)
@with_token(Scope.EVENTS_WRITE)
@describe(
    "Delete an event: calendars are told that it is cancelled", {}, scope=Scope.EVENTS_WRITE, status=204,
    errors=(409, 412, 428), headers=_IF_MATCH,
)  # fmt: skip
def delete(name: str) -> Response:
    """It can be brought back on the site."""
    event = _changeable(name)
    actions.delete_event(event, by=g.token.account, now=clock.now(), version=event.version)
    return Response(status=204)


# --- parts ---------------------------------------------------------------------------------------------------------


def _find(name: str, act: Act) -> Event:
    """The event of that slug or uid, for a token that is for its place. What others may not see is not there."""
    event = events.find_by_uid(name)
    if event is None or event.place_id not in g.token.place_ids:
        # Calendars that are brought along name their events as they like: even as the slug of somebody else's.
        event = events.find_event(name) or event
    if event is None:
        raise NotFound(unknown())
    ties = ties_by(g.token, event.place)
    is_known = is_shown(event) or Act.EVENT_READ_HIDDEN.is_given(ties)
    hold_to(act, ties, hidden=None if is_known else unknown())
    return event


def _changeable(name: str) -> Event:
    """The same, as it was when the program read it."""
    event = _find(name, Act.EVENT_WRITE)
    if event.deleted_at is not None:
        raise Conflict(_("Cet événement est supprimé : reprenez-le avant de le modifier."))
    if "If-Match" not in request.headers:
        detail = _("Renvoyez dans If-Match l’ETag reçu avec l’événement, pour que personne n’écrase l’autre.")
        raise Problem(428, _("Il manque If-Match"), detail)
    if not request.if_match.contains(str(event.version)):
        raise Problem(
            412,
            _("Deux modifications se croisent"),
            _("Cet événement a été modifié par quelqu’un d’autre entre-temps."),
        )
    return event


def _read_body() -> Any:
    if request.mimetype not in ("application/json", "application/merge-patch+json"):
        raise Problem(415, _("Ce n’est pas du JSON"), _("Envoyez du JSON, avec Content-Type: application/json."))
    try:
        return parse(request.get_data())
    except Unreadable:
        raise Refused(_("Ce qui est envoyé n’est pas du JSON lisible, en UTF-8.")) from None


def _invalid(problems: Problems) -> Problem:
    detail = _("Corrigez ce que « errors » signale, puis renvoyez.")
    return Problem(422, _("L’événement n’est pas complet ou pas juste"), detail, errors=problems)


def _validate(whole: dict[str, Any], problems: Problems, event: Event | None) -> tuple[EventForm, Place]:
    """The form of the site, filled and found right; and the place that organises it."""
    if problems:
        raise _invalid(problems)
    mine = queries.list_places_of(g.token.account, g.token.place_ids)
    place = next((each for each in mine if each.slug == whole["place"]), None)
    if place is None:
        raise _invalid({"place": [_("Ce jeton n’est pas pour ce lieu. Donnez l’adresse courte d’un de ses lieux.")]})
    ids = {each.slug: each.id for each in mine}
    for name, slugs in (("where.place", [whole["where"]["place"]]), ("partners", whole["partners"])):
        for slug in filter(None, slugs[:30]):
            found = places.find_place(slug)
            if found is None or found.is_demo != place.is_demo:
                problems[name] = [_("Aucun lieu n’a cette adresse courte : %(slug)s.", slug=slug[:100])]
            else:
                ids[slug] = found.id
    town = authoring.find_town(whole["where"]["text"]) if whole["where"]["text"] else None
    own_zone = town.timezone if town else _zone_of(whole["where"]["place"], place)
    when, wrong = read_when(whole, own_zone, event.timezone if event else "")
    if when is None or problems:
        raise _invalid(problems | wrong)
    fields = to_fields(
        whole, when, place_ids=ids, town=town, own_zone=own_zone,
        school_holidays=event.school_holidays if event else "",
    )  # fmt: skip
    # The lists of dates are held to the form's own checks; the rule was checked, and may be one that no field shows.
    desk = Desk(mine, event=event, kept=_without_lists(when))
    form = make_form(desk, _as_typed(fields), meta={"csrf": False})
    if not form.validate():
        raise _invalid(problems_of(form.errors))
    return form, place


def _zone_of(venue: str | None, place: Place) -> str:
    there = places.find_place(venue) if venue else None
    return timezone_of_department((there or place).department_code)


def _without_lists(when: Any) -> Any:
    return type(when)(when.starts_local, when.ends_local, when.timezone, when.is_all_day, when.rrule)


def _as_typed(fields: dict[str, Any]) -> MultiDict[str, str]:
    listed = {
        name: value if isinstance(value, list) else [value] for name, value in fields.items() if value is not None
    }
    return MultiDict(listed)


def _change(event: Event, whole: dict[str, Any], problems: Problems) -> Response:
    """Its words and times, then its state."""
    now, by = clock.now(), g.token.account
    if whole.get("is_draft") and not event.is_draft:
        problems["is_draft"] = [_("Un événement publié ne redevient pas un brouillon : annulez-le ou supprimez-le.")]
    if whole.get("status") == EventStatus.CANCELLED and not whole["cancel_reason"].strip():
        problems["cancel_reason"] = [
            _("Dites en quelques mots pourquoi : celles et ceux qui l’avaient noté le liront.")
        ]
    if whole.get("status") not in (*EventStatus, None):
        problems["status"] = [_("Envoyez confirmed ou cancelled.")]
    form, place = _validate(whole, problems, event)
    hold_to(Act.EVENT_WRITE, ties_by(g.token, place))
    partners = authoring.list_places(form.partner_ids, is_demo=place.is_demo)
    actions.edit_event(
        event, place, form.event_values, form.when, by=by, now=now, version=event.version, partners=partners
    )
    if event.is_draft and not whole["is_draft"]:
        actions.publish_event(event, by=by, now=now, version=event.version)
    if whole["status"] == EventStatus.CANCELLED and event.status is EventStatus.CONFIRMED:
        actions.cancel_event(event, reason=whole["cancel_reason"].strip()[:300], by=by, now=now, version=event.version)
    elif whole["status"] == EventStatus.CONFIRMED and event.status is EventStatus.CANCELLED:
        actions.reinstate_event(event, by=by, now=now, version=event.version)
    return _written(event)


def _written(event: Event, status: int = 200) -> Response:
    """The event as it is now, where it stands, and its ETag."""
    event = events.get_event(event.slug)
    dates = events.list_next_dates([event.id], after=clock.now(), most=MOST_DATES)
    told = {
        "version": event.version,
        "is_draft": event.is_draft,
        "sent": tell(event),
        "event": to_json(event, dates[event.id]),
    }
    answer = json_answer(told)
    answer.status_code = status
    answer.set_etag(str(event.version))
    if request.method == "GET":
        answer.make_conditional(request)
    if status == 201:
        answer.headers["Location"] = public_url(url_for(".read", name=event.slug).removeprefix(request.script_root))
    return answer
