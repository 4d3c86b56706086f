"""An event as a program sends it: JSON read into what the form of an event takes, and an event told the same way. Pure.

The form itself says what is wrong, as it does to people: here is only what JSON has and a form has not.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from fablabmesh.authoring.schedule import read_schedule
from fablabmesh.authoring.time_forms import time_fields
from fablabmesh.authoring.whereabouts import Town, read_town
from fablabmesh.events.rules import EventStatus, OnlineAccess, PriceKind, When, zone_labels
from fablabmesh.kit import recurrence
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.recurrence import RuleError

Problems = dict[str, list[str]]
MOST_SINGLES, LONGEST_RULE = 400, 500


class Unreadable(ValueError):
    """What was sent is not JSON, or holds what no text may."""


def parse(body: bytes) -> Any:
    """JSON as it should be: UTF-8, no NaN, no name twice, no characters that are none."""
    try:
        text = body.decode()
        found = json.loads(text, parse_constant=_refuse, object_pairs_hook=_once)
        # A lone surrogate can be written in JSON, and nowhere else; NUL cannot be kept.
        for each in _texts(found):
            each.encode()
            if "\x00" in each:
                raise Unreadable
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    return found


def _texts(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, list):
        for each in found:
            yield from _texts(each)
    elif isinstance(found, dict):
        for name, value in found.items():
            yield name
            yield from _texts(value)


def _refuse(_word: str) -> Any:
    raise ValueError


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


# --- what an event may say -----------------------------------------------------------------------------------------

DEFAULTS: dict[str, Any] = {
    "place": "",
    "title": "",
    "description": "",
    "category": "",
    "starts_local": "",
    "ends_local": "",
    "is_all_day": False,
    "timezone": "",
    "rrule": "",
    "rdates": [],
    "exdates": [],
    "where": {"place": None, "text": ""},
    "online": {"access": OnlineAccess.NONE.value, "url": ""},
    "tags": [],
    "language": "fr",
    "audience": "",
    "accessibility": "",
    "price": {"kind": PriceKind.UNSAID.value, "amount": None},
    "capacity": None,
    "registration_url": "",
    "contact": "",
    "partners": [],
    "is_draft": False,
    "status": EventStatus.CONFIRMED.value,
    "cancel_reason": "",
}
REQUIRED = ("place", "title", "category", "starts_local", "ends_local")
_NULLABLE = ("capacity", "where.place", "price.amount", "online.url", "registration_url", "where.text")

# The form's field → the member of JSON that it is read from.
MEMBERS = {
    "place": "place",
    "first_day": "starts_local",
    "first_hour": "starts_local",
    "last_day": "ends_local",
    "last_hour": "ends_local",
    "rhythm": "rrule",
    "interval": "rrule",
    "weekdays": "rrule",
    "ends": "rrule",
    "until": "rrule",
    "count": "rrule",
    "holidays": "rrule",
    "left_out": "exdates",
    "extra": "rdates",
    "where": "where",
    "venue": "where.place",
    "venue_search": "where.place",
    "address": "where.text",
    "town": "where.text",
    "town_search": "where.text",
    "online_access": "online.access",
    "online_url": "online.url",
    "price_kind": "price.kind",
    "price_amount": "price.amount",
}


def check(given: Any, *, defaults: Mapping[str, Any] = DEFAULTS, required: tuple[str, ...] = REQUIRED) -> Any:
    """(the whole event, problems by member) of what a program sent; what it left out is as in `defaults`."""
    if not isinstance(given, dict):
        return {}, {"": [_("Envoyez un objet JSON, entre accolades.")]}
    problems: Problems = {}
    whole = _check_members(given, defaults, "", problems)
    for name in required:
        if not whole[name] and name not in problems:
            problems[name] = [_("Donnez cette information : l’événement n’est rien sans elle.")]
    return whole, problems


def _check_members(
    given: Mapping[str, Any], defaults: Mapping[str, Any], at: str, problems: Problems
) -> dict[str, Any]:
    whole = dict(defaults)
    for name, value in given.items():
        path = at + name
        if name not in defaults:
            allowed = ", ".join(defaults)
            problems[path[:100]] = [_("Ce nom n’est pas connu. Noms admis : %(names)s.", names=allowed)]
            continue
        usual = DEFAULTS[name] if not at else DEFAULTS[at[:-1]][name]
        if isinstance(usual, dict) and isinstance(value, dict):
            whole[name] = _check_members(value, defaults[name], f"{name}.", problems)
        elif value is None and path in _NULLABLE:
            whole[name] = "" if isinstance(usual, str) else None
        elif problem := _problem_of(path, usual, value):
            problems[path] = [problem]
        else:
            whole[name] = value
    return whole


def _problem_of(path: str, usual: Any, value: Any) -> str | None:
    """Why a value is not of the kind that is wanted there."""
    if isinstance(usual, dict):
        return _("Envoyez ici un objet JSON, entre accolades.")
    if isinstance(usual, bool):
        return None if isinstance(value, bool) else _("Envoyez true ou false.")
    if isinstance(usual, list):
        is_fine = isinstance(value, list) and all(isinstance(each, str) for each in value)
        if not is_fine:
            return _("Envoyez une liste de textes.")
        return (
            None
            if len(value) <= MOST_SINGLES
            else _("Cette liste compte %(count)s valeurs au plus.", count=MOST_SINGLES)
        )
    if path in ("capacity", "price.amount"):
        return (
            None if isinstance(value, int | float) and not isinstance(value, bool) else _("Envoyez un nombre, ou null.")
        )
    return None if isinstance(value, str) else _("Envoyez un texte.")


# --- when ----------------------------------------------------------------------------------------------------------


def read_when(whole: Mapping[str, Any], own_zone: str, kept_zone: str = "") -> tuple[When | None, Problems]:
    """The times it says, or what is wrong with them. `own_zone`: that of where it happens.

    `kept_zone`: the one it has, which an import may have brought from anywhere.
    """
    problems: Problems = {}
    is_all_day, zone = bool(whole["is_all_day"]), whole["timezone"] or own_zone
    if zone not in {*zone_labels(), own_zone, kept_zone}:
        problems["timezone"] = [_("Donnez un fuseau horaire de la liste, comme Europe/Paris ou Indian/Reunion.")]
    starts = _read_walls("starts_local", [whole["starts_local"]], problems, is_all_day=is_all_day)
    ends = _read_walls("ends_local", [whole["ends_local"]], problems, is_all_day=is_all_day)
    rdates = _read_walls("rdates", whole["rdates"], problems, is_all_day=is_all_day)
    exdates = _read_walls("exdates", whole["exdates"], problems, is_all_day=is_all_day)
    if problems:
        return None, problems
    rule, start = whole["rrule"], starts[0]
    if rule:
        try:
            if len(rule) > LONGEST_RULE:
                raise RuleError(_("« %(text)s » n’est pas une règle de répétition.", text=rule[:80]))
            rule = recurrence.check_rule(rule, start.date() if is_all_day else start, zone)
        except RuleError as error:
            return None, {"rrule": [error.message]}
    return When(start, ends[0], zone, is_all_day, rule, tuple(rdates), tuple(exdates)), {}


def _read_walls(name: str, texts: list[str], problems: Problems, *, is_all_day: bool) -> list[datetime]:
    found = [_read_wall(text, is_all_day=is_all_day) for text in texts]
    if all(found):
        return [wall for wall in found if wall is not None]
    if is_all_day:
        problems[name] = [_("Écrivez une date, comme 2027-03-14 : l’événement dure toute la journée.")]
    else:
        problems[name] = [_("Écrivez l’heure du lieu, sans décalage, comme 2027-03-14T18:00.")]
    return []


_WALL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:00)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _read_wall(text: str, *, is_all_day: bool) -> datetime | None:
    try:
        if is_all_day:
            return datetime.combine(date.fromisoformat(text), datetime.min.time()) if _DAY.fullmatch(text) else None
        return datetime.fromisoformat(text) if _WALL.fullmatch(text) else None
    except ValueError:
        return None


# --- the form ------------------------------------------------------------------------------------------------------


def to_fields(
    whole: Mapping[str, Any],
    when: When,
    *,
    place_ids: Mapping[str, int],
    town: Town | None,
    own_zone: str,
    school_holidays: str = "",
) -> dict[str, Any]:
    """What the form of an event is sent by a browser, for an event that says this. `place_ids`: by slug."""
    where, price, online = whole["where"], whole["price"], whole["online"]
    venue = place_ids.get(where["place"]) if where["place"] else None
    words = ("title", "description", "category", "audience", "language", "accessibility", "registration_url", "contact")
    return {
        **time_fields(when, read_schedule(when, school_holidays), own_zone),
        **{name: whole[name] for name in words},
        "place": str(place_ids.get(whole["place"], "")),
        "where": "elsewhere" if venue and where["place"] != whole["place"] else "address" if where["text"] else "here",
        "venue": str(venue) if venue else None,
        "address": read_town(where["text"])[0] if town else where["text"],
        "town_search": town.postcode if town else "",
        "town": town.insee if town else None,
        "online_access": online["access"],
        "online_url": online["url"] or "",
        "tags": ", ".join(whole["tags"]),
        "price_kind": price["kind"],
        "price_amount": "" if price["amount"] is None else f"{price['amount']}",
        "capacity": "" if whole["capacity"] is None else str(whole["capacity"]),
        "partners": [str(place_ids[slug]) for slug in whole["partners"] if slug in place_ids],
    }


def problems_of(errors: Mapping[str, Any]) -> Problems:
    """What a form says, by member of JSON."""
    found: Problems = {}
    for name, messages in errors.items():
        known = found.setdefault(MEMBERS.get(name, name), [])
        known += [str(message) for message in messages if str(message) not in known]
    return found


# --- an event that is there ------------------------------------------------------------------------------------------


def tell(event: Any, spell: Callable[[Any, datetime], str] | None = None) -> dict[str, Any]:
    """An event as a program would send it."""
    write = spell or _spell
    return {
        "place": event.place.slug,
        "title": event.title,
        "description": event.description,
        "category": event.category_slug,
        "starts_local": write(event, event.starts_local),
        "ends_local": write(event, event.ends_local),
        "is_all_day": event.is_all_day,
        "timezone": event.timezone,
        "rrule": event.rrule,
        "rdates": [write(event, wall) for wall in event.rdates],
        "exdates": [write(event, wall) for wall in event.exdates],
        "where": {"place": event.venue.slug if event.venue else None, "text": event.venue_text},
        "online": {"access": event.online_access.value, "url": event.online_url},
        "tags": list(event.tags),
        "language": event.language,
        "audience": event.audience,
        "accessibility": event.accessibility,
        "price": {
            "kind": event.price_kind.value,
            "amount": None if event.price_amount is None else float(event.price_amount),
        },
        "capacity": event.capacity,
        "registration_url": event.registration_url,
        "contact": event.contact,
        "partners": [place.slug for place in event.partners],
        "is_draft": event.is_draft,
        "status": event.status.value,
        "cancel_reason": event.cancel_reason,
    }


def _spell(event: Any, wall: datetime) -> str:
    return wall.date().isoformat() if event.is_all_day else wall.isoformat(timespec="minutes")
