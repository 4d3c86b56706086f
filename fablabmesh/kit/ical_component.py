"""One VEVENT of somebody else's calendar: when it is, which date of a series it stands for, its words. Pure."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fablabmesh.kit.html_text import html_to_markdown, looks_like_html, plain_to_markdown
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.ical_lines import Component, File, split_list, unescape
from fablabmesh.kit.ical_values import (
    BadValue,
    Moment,
    after,
    read_length,
    read_moment,
)
from fablabmesh.kit.ical_zones import Zones
from fablabmesh.kit.text import clean_block, clean_line

LONGEST_TITLE = 200
LONGEST_TEXT = 20_000
LONGEST_UID = 500
MOST_TAGS = 20
FIRST_YEAR, LAST_YEAR = 1970, 2100
LONGEST = timedelta(days=366)
# What an event without a name of its own is called, the same at every reading.
_NAMELESS = uuid.UUID("5b7b5d5e-6a1c-4a57-9c59-6c8f1f6d2f10")


@dataclass(frozen=True)
class Context:
    """What the components of a file have in common."""

    home: str
    now: datetime
    zones: Zones
    is_cancellation: bool

    @staticmethod
    def of(file: File, home: str, now: datetime) -> "Context":
        zones = Zones(home, file.of_kind("VTIMEZONE"), now)
        methods = [calendar.text("METHOD").strip().upper() for calendar in file.calendars]
        return Context(home, now, zones, bool(methods) and set(methods) == {"CANCEL"})


@dataclass
class Parsed:
    """One VEVENT."""

    component: Component
    uid: str
    title: str
    start: Moment
    end: Moment
    # On the wall, when it is told so; else it follows from the two.
    length: timedelta | None
    recurrence: Moment | None
    sequence: int
    modified: datetime | None
    is_cancelled: bool
    words: dict[str, Any]
    remarks: list[str]

    @property
    def is_all_day(self) -> bool:
        return not isinstance(self.start, datetime)

    @property
    def rank(self) -> tuple[int, datetime, int]:
        """Of two for the same, the later one holds."""
        oldest = datetime.min.replace(tzinfo=UTC)
        return self.sequence, self.modified or oldest, self.component.number


# --- one component -----------------------------------------------------------------------------------------------


def parse(component: Component, context: Context) -> Parsed:
    """BadValue, with a sentence, for one that has no time that can be read."""
    remarks: list[str] = []
    start = _start(component, context, remarks)
    start, end = _whole_days(component, start, _end(component, start, context, remarks))
    title = clean_line(component.text("SUMMARY"))
    if not title:
        title = _("(sans titre)")
        remarks.append(_("L’événement n’a pas de titre : donnez-lui-en un."))
    if len(title) > LONGEST_TITLE:
        title = title[: LONGEST_TITLE - 1] + "…"
        remarks.append(_("Le titre est trop long : il est coupé."))
    status = component.text("STATUS").strip().upper()
    return Parsed(
        component=component,
        uid=_uid(component, start, title, remarks),
        title=title,
        start=start,
        end=end,
        length=_length(component, start),
        recurrence=_recurrence(component, context, remarks),
        sequence=_number(component.text("SEQUENCE")),
        modified=_stamp(component, context),
        is_cancelled=status == "CANCELLED" or context.is_cancellation,
        words=_words(component, remarks),
        remarks=remarks,
    )


def _start(component: Component, context: Context, remarks: list[str]) -> Moment:
    line = component.first("DTSTART")
    if line is None:
        raise BadValue(_("L’événement n’a pas de date de début : donnez-lui-en une dans votre logiciel."))
    parameters, value = line.parts()
    try:
        start = read_moment(value, parameters.get("TZID", ""), context.zones, remarks)
    except BadValue as error:
        raise BadValue(
            _("« %(value)s » n’est pas une date : corrigez le début dans votre logiciel.", value=value[:40])
        ) from error
    if not FIRST_YEAR <= start.year <= LAST_YEAR:
        raise BadValue(
            _("L’année %(year)s n’est pas possible : corrigez le début dans votre logiciel.", year=start.year)
        )
    return start


def _end(component: Component, start: Moment, context: Context, remarks: list[str]) -> Moment:
    """The moment it ends; for whole days the day after the last one."""
    line = component.first("DTEND") or component.first("DURATION")
    day_after = start + timedelta(days=1)
    nothing = start if isinstance(start, datetime) else day_after
    if line is None:
        return nothing
    parameters, value = line.parts()
    try:
        if line.name == "DURATION":
            length = read_length(value)
            if isinstance(start, datetime):
                end: Moment = after(start, length, context.home)
            else:
                end = start + timedelta(days=length.days + -(-length.exact // timedelta(days=1)))
        else:
            end = _same_kind(read_moment(value, parameters.get("TZID", ""), context.zones, remarks), start)
    except (BadValue, OverflowError):
        remarks.append(_("La fin n’est pas lisible : l’événement est repris sans durée."))
        return nothing
    if as_utc(end, context.home) < as_utc(start, context.home):
        remarks.append(_("La fin vient avant le début : l’événement est repris sans durée."))
        return nothing
    if as_utc(end, context.home) - as_utc(start, context.home) > LONGEST:
        raise BadValue(_("L’événement dure plus d’un an : corrigez sa fin dans votre logiciel."))
    return max(end, day_after) if not isinstance(start, datetime) else end


def _length(component: Component, start: Moment) -> timedelta | None:
    line = None if component.first("DTEND") else component.first("DURATION")
    if line is None or not isinstance(start, datetime):
        return None
    try:
        length = read_length(line.parts()[1])
    except BadValue:
        return None
    return timedelta(days=length.days) + length.exact


def _same_kind(end: Moment, start: Moment) -> Moment:
    if isinstance(start, datetime) and not isinstance(end, datetime):
        return datetime.combine(end, datetime.min.time(), start.tzinfo)
    if not isinstance(start, datetime) and isinstance(end, datetime):
        return end.date() + timedelta(days=1 if end.time() > datetime.min.time() else 0)
    if isinstance(start, datetime) and isinstance(end, datetime) and end.tzinfo is None and start.tzinfo is not None:
        return end.replace(tzinfo=start.tzinfo)
    return end


def _whole_days(component: Component, start: Moment, end: Moment) -> tuple[Moment, Moment]:
    """Outlook writes whole days as two midnights, and says so beside."""
    if component.text("X-MICROSOFT-CDO-ALLDAYEVENT").strip().upper() != "TRUE" or not isinstance(start, datetime):
        return start, end
    midnight = datetime.min.time()
    if not isinstance(end, datetime) or start.time() != midnight or end.time() != midnight:
        return start, end
    return start.date(), max(end.date(), start.date() + timedelta(days=1))


def as_utc(moment: Moment, home: str) -> datetime:
    if not isinstance(moment, datetime):
        return datetime.combine(moment, datetime.min.time(), UTC)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(home))).astimezone(UTC)


def _uid(component: Component, start: Moment, title: str, remarks: list[str]) -> str:
    uid = clean_line(component.text("UID"))
    if uid and len(uid) <= LONGEST_UID:
        return uid
    remarks.append(_("L’événement n’a pas d’identifiant utilisable : s’il est déplacé, il sera pris pour un autre."))
    return str(uuid.uuid5(_NAMELESS, uid or f"{start.isoformat()} {title}"))


def _recurrence(component: Component, context: Context, remarks: list[str]) -> Moment | None:
    line = component.first("RECURRENCE-ID")
    if line is None:
        return None
    parameters, value = line.parts()
    if parameters.get("RANGE", "").upper() == "THISANDFUTURE":
        remarks.append(_("« Cette date et les suivantes » : le changement n’est repris que pour cette date."))
    try:
        return read_moment(value, parameters.get("TZID", ""), context.zones, remarks)
    except BadValue as error:
        raise BadValue(
            _("« %(value)s » n’est pas une date de la série : refaites ce changement.", value=value[:40])
        ) from error


def _stamp(component: Component, context: Context) -> datetime | None:
    for name in ("LAST-MODIFIED", "DTSTAMP"):
        line = component.first(name)
        if line is None:
            continue
        try:
            moment = read_moment(line.parts()[1], "", context.zones, [])
        except BadValue:
            continue
        # A stamp of the future would shut out all that comes after it.
        return min(as_utc(moment, "Etc/UTC"), context.now)
    return None


def _number(text: str) -> int:
    bare = text.strip()
    return int(bare) if bare.isascii() and bare.isdecimal() and len(bare) < 9 else 0


# --- words -------------------------------------------------------------------------------------------------------


def _words(component: Component, remarks: list[str]) -> dict[str, Any]:
    place = clean_line(component.text("LOCATION"))[:300]
    is_address = place.lower().startswith(("http://", "https://")) and " " not in place
    latitude, longitude = _point(component)
    summary = component.first("SUMMARY")
    language = (summary.parts()[0].get("LANGUAGE", "") if summary else "").lower()[:2]
    online = component.text("CONFERENCE").strip()
    return {
        "description": _description(component, remarks),
        "place": "" if is_address else place,
        "online": place if is_address else online if _is_web(online) else "",
        "latitude": latitude,
        "longitude": longitude,
        "categories": _categories(component),
        "language": language if language.isascii() and language.isalpha() and len(language) == 2 else "",
    }


def _description(component: Component, remarks: list[str]) -> str:
    plain, rich = component.text("DESCRIPTION"), component.text("X-ALT-DESC")
    text = plain if plain.strip() else rich
    text = html_to_markdown(text) if looks_like_html(text) else plain_to_markdown(text)
    url = component.text("URL").strip()
    if _is_web(url) and url not in text:
        text = f"{text}\n\n<{url}>".strip()
    text = clean_block(text)
    if len(text) > LONGEST_TEXT:
        remarks.append(_("La description est trop longue : elle est coupée."))
        text = text[: LONGEST_TEXT - 1] + "…"
    return text


def _is_web(address: str) -> bool:
    clean = not any(char in " <>\"'\n\t" for char in address)
    return clean and len(address) < 2000 and address.lower().startswith(("http://", "https://"))


def _categories(component: Component) -> tuple[str, ...]:
    words = [clean_line(word)[:50] for line in component.all("CATEGORIES") for word in split_list(line.parts()[1])]
    return tuple(dict.fromkeys(filter(None, words)))[:MOST_TAGS]


def _point(component: Component) -> tuple[float | None, float | None]:
    try:
        latitude, longitude = (float(each) for each in unescape(component.text("GEO")).split(";"))
    except ValueError:
        return None, None
    fine = -90 <= latitude <= 90 and -180 <= longitude <= 180 and (latitude, longitude) != (0.0, 0.0)
    return (latitude, longitude) if fine else (None, None)
