"""Setting the demonstration up and taking it away whole."""

import secrets
from datetime import date, datetime, timedelta
from pathlib import Path

from fablabmesh.accounts import actions as accounts
from fablabmesh.accounts.models import Account
from fablabmesh.demo import content, desk_actions, queries
from fablabmesh.demo.spots import Spot
from fablabmesh.events import actions as events
from fablabmesh.events import date_actions as dates
from fablabmesh.events.dates import list_starts
from fablabmesh.events.rules import When
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.images import read_picture
from fablabmesh.kit.recurrence import Series, occurrences
from fablabmesh.places import actions as places
from fablabmesh.places.models import Place
from fablabmesh.places.rules import Precision
from fablabmesh.projects import actions as projects
from fablabmesh.sheets import actions as details
from fablabmesh.sheets.picture_actions import add_picture
from fablabmesh.teams import claim_actions as claims
from fablabmesh.teams.claim_actions import Claimant
from fablabmesh.upkeep.image_actions import set_image
from fablabmesh.zones import actions as territories
from fablabmesh.zones import queries as zones
from fablabmesh.zones.rules import timezone_of_department

_DATA = Path(__file__).parent / "data"


def add_demo(*, now: datetime) -> list[tuple[str, str]]:
    """Set it all up; returns (mail address, password) of each invented person. The passwords are told this once."""
    if queries.is_there():
        raise Refused(_("La démonstration est déjà en place."))
    put = {spot.key: _add_place(spot, now) for spot in content.PLACES}
    secret: list[tuple[str, str]] = []
    people, editors = (
        {person.place: _add_person(person, put, secret, now) for person in some}
        for some in (content.PEOPLE, content.EDITORS)
    )
    for told in content.COORDINATORS:
        _add_coordinator(told, secret, now)
    for meeting in content.EVENTS:
        _add_event(meeting, put, people[meeting.place], now)
    for plan in content.PROJECTS:
        _add_project(plan, put, people, now)
    for asker, wanted, message in content.CLAIMS:
        account = people[asker]
        claims.ask(put[wanted], Claimant(account.name, account.email, message, by=account), now=now)
    for meeting in content.WAITING_EVENTS:
        _add_event(meeting, put, editors[meeting.place], now)
    for plan in content.WAITING_PROJECTS:
        _add_project(plan, put, editors, now)
    desk_actions.add_waiting(put, now=now)
    return secret


def _add_person(person: content.Person, put: dict[str, Place], secret: list[tuple[str, str]], now: datetime) -> Account:
    account = _add_account(person, secret, now)
    places.grant(put[person.place], account, person.role)
    return account


def _add_account(person: content.Person | content.Coordinator, secret: list[tuple[str, str]], now: datetime) -> Account:
    password = secrets.token_urlsafe(16)
    account = accounts.create_account(
        email=person.email, name=person.name, password=password, is_demo=True, confirmed_at=now
    )
    secret.append((account.email, password))
    return account


def _add_coordinator(person: content.Coordinator, secret: list[tuple[str, str]], now: datetime) -> None:
    account = _add_account(person, secret, now)
    for programme, slug in person.zones:
        zone = zones.find_zone(programme, slug)
        if zone is not None:
            territories.grant_coordination(zone, account, by=None, now=now)
    desk_actions.set_rules(account, person, now=now)
    desk_actions.speak_for_pole(account, person, now=now)


def _add_place(spot: Spot, now: datetime) -> Place:
    commune = zones.find_commune(spot.insee)
    place = places.create_place(
        {
            "name": spot.name,
            "kind": spot.kind,
            "commune": spot.commune,
            "insee": spot.insee,
            "postcode": spot.postcode,
            "latitude": commune.latitude if commune else None,
            "longitude": commune.longitude if commune else None,
            "precision": Precision.COMMUNE if commune else Precision.UNKNOWN,
            "description": spot.description,
            "opening_hours": spot.opening_hours,
            **spot.told,
        },
        now=now,
        is_demo=True,
        source=_("Démonstration"),
    )
    details.set_machines(place, spot.machines, by=None, now=now)
    details.set_people(place, spot.people, by=None, now=now)
    for name, text, credit in spot.pictures:
        add_picture(place, read_picture((_DATA / name).read_bytes()), text, credit, by=None, now=now)
    if spot.confirmed is not None:
        place.confirmed_at = now - timedelta(days=spot.confirmed)
    return place


def _add_event(meeting: content.Meeting, put: dict[str, Place], by: Account, now: datetime) -> None:
    place = put[meeting.place]
    timezone = timezone_of_department(place.department_code)
    day = _first_day(meeting, (now + timedelta(days=meeting.in_days)).date())
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall time
    is_all_day = meeting.starts is None or meeting.ends is None
    when = When(
        starts_local=midnight if meeting.starts is None else datetime.combine(day, meeting.starts),
        ends_local=midnight + timedelta(days=meeting.days - 1)
        if meeting.ends is None
        else datetime.combine(day, meeting.ends),
        timezone=timezone,
        is_all_day=is_all_day,
        rrule=meeting.rule,
    )
    words = {"title": meeting.title, "description": meeting.description, "category_slug": meeting.category}
    partners = [put[key] for key in meeting.partners]
    event = events.create_event(
        place, {**words, **meeting.words}, when, by=by, now=now, partners=partners, is_draft=meeting.is_draft
    )
    if meeting.image:
        name, text = meeting.image
        set_image(event, read_picture((_DATA / name).read_bytes()), text, by=by, now=now, version=event.version)
    if meeting.cancelled:
        events.cancel_event(event, reason=meeting.cancelled, now=now, version=event.version, by=by)
    starts = list(list_starts(event, limit=10)) if meeting.rule else []
    length = event.ends_local - event.starts_local
    if meeting.moved is not None:
        start = starts[meeting.moved]
        later = start + timedelta(hours=1)
        dates.change_date(
            event, start, starts_local=later, ends_local=later + length, by=by, now=now, version=event.version
        )
    if meeting.called_off is not None:
        reason = _("La salle est prise ce soir-là.")
        dates.cancel_date(event, starts[meeting.called_off], reason=reason, by=by, now=now, version=event.version)


def _first_day(meeting: content.Meeting, day: date) -> date:
    """From this day on, the first that the rule gives."""
    if meeting.weekday is not None:
        return day + timedelta(days=(meeting.weekday - day.weekday()) % 7)
    if not meeting.rule:
        return day
    wall = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall time
    starts = occurrences(Series(wall.date(), "UTC", meeting.rule), since=wall.date() + timedelta(days=1), limit=1)
    return next(start for start in starts if not isinstance(start, datetime))


def _add_project(plan: content.Plan, put: dict[str, Place], people: dict[str, Account], now: datetime) -> None:
    values = {"title": plan.title, "summary": plan.summary, "description": plan.description, "seeks": plan.seeks}
    project = projects.create_project(put[plan.lead], values, by=people[plan.lead], now=now)
    for key, message in plan.accepted + plan.waiting:
        projects.ask_to_join(project, put[key], message=message, by=people[key], now=now)
    for key, _message in plan.accepted:
        projects.accept(project, put[key], answer=_("Bienvenue !"), by=people[plan.lead], now=now)


def remove_demo() -> tuple[int, int]:
    """Take away all that was invented, with all that people added to it since: (places, people)."""
    desk_actions.remove()
    return places.remove_demo_places(), accounts.remove_demo_accounts()
