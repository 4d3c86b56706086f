"""What an import would do about each event it read, and the values it would write. Pure.

What is said elsewhere changes what is here only where it was changed there since the last time: what people write here
stays until the same thing is changed at its origin.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fablabmesh.events.rules import EventStatus, OnlineAccess, When
from fablabmesh.imports.rules import Kind
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.ical_apart import digest_of, event_from_json
from fablabmesh.kit.ical_reading import ReadEvent
from fablabmesh.kit.text import fold


@dataclass(frozen=True)
class Known:
    """An event of the site with the UID of one that was read. `record`: what was last said of it elsewhere."""

    event: Any
    record: Any = None


@dataclass(frozen=True)
class Proposal:
    """What would be done about one event, and why not more."""

    kind: Kind
    read: ReadEvent
    known: Known | None = None
    reason: str = ""


@dataclass(frozen=True)
class Setting:
    """For whom and by whom an import is made. `source_id`: of the followed calendar, whose word counts."""

    place_id: int
    place_name: str
    category_slug: str
    language: str
    # What calendars call a category, folded → its slug.
    categories: Mapping[str, str]
    source_id: int | None = None


def propose(events: Iterable[ReadEvent], known: Mapping[str, Known], setting: Setting) -> list[Proposal]:
    """What would be done about each event, in their order."""
    return [_propose(each, known.get(each.uid), setting) for each in events]


def _propose(read: ReadEvent, known: Known | None, setting: Setting) -> Proposal:
    if known is None:
        return Proposal(Kind.CANCELLED if read.is_cancelled else Kind.NEW, read)
    refusal = _refusal(known, setting)
    if refusal:
        return Proposal(Kind.REFUSED, read, known, refusal)
    event, record = known.event, known.record
    if record is None:
        return Proposal(Kind.UNCHANGED, read, known, _("Publié ici : c’est ici qu’il se modifie."))
    if event.deleted_at is not None:
        return Proposal(Kind.UNCHANGED, read, known, _("Supprimé ici : reprenez-le d’abord depuis sa page."))
    if setting.source_id is None and _is_older(read, record):
        return Proposal(Kind.UNCHANGED, read, known, _("Une version plus récente a déjà été importée."))
    if record.digest == digest_of(read) and record.missing_since is None:
        return Proposal(Kind.UNCHANGED, read, known)
    is_off = read.is_cancelled and event.status is EventStatus.CONFIRMED
    return Proposal(
        Kind.CANCELLED if is_off else Kind.CHANGED, read, known, _in_words(difference(read, record, setting))
    )


def _in_words(what: "Difference") -> str:
    """« Change : titre, dates »; empty when nothing does that people see."""
    names = {
        "title": _("titre"),
        "description": _("description"),
        "category_slug": _("genre de rendez-vous"),
        "tags": _("étiquettes"),
        "language": _("langue"),
        "venue_text": _("adresse"),
        "online_url": _("lien"),
    }
    words = [name for column, name in names.items() if column in what.values]
    words += [_("dates")] if what.when is not None or what.changes is not None else []
    return _("Change : %(what)s.", what=", ".join(words)) if words else ""


def _refusal(known: Known, setting: Setting) -> str:
    if known.event.place_id != setting.place_id:
        return _("Un autre lieu publie déjà cet événement : demandez-lui de vous y associer.")
    if known.record is not None and known.record.source_id not in (None, setting.source_id):
        return _("Un agenda suivi apporte déjà cet événement : c’est par lui qu’il se met à jour.")
    return ""


def _is_older(read: ReadEvent, record: Any) -> bool:
    """RFC 5546 §2.1.5: the greater SEQUENCE holds, and of two equal ones the later."""
    if read.sequence != record.sequence:
        return read.sequence < int(record.sequence)
    return read.modified is not None and record.modified is not None and read.modified < record.modified


# --- values ------------------------------------------------------------------------------------------------------


def when_of(read: ReadEvent) -> When:
    """Its times, as events have them."""
    return When(read.starts, read.ends, read.timezone, read.is_all_day, read.rrule, read.rdates, read.exdates)


def values_of(read: ReadEvent, setting: Setting) -> dict[str, Any]:
    """Its words, as events have them."""
    slugs = [setting.categories[fold(word)] for word in read.categories if fold(word) in setting.categories]
    tags = [word for word in read.categories if fold(word) not in setting.categories]
    is_here = fold(setting.place_name) in fold(read.place)
    venue = "" if is_here else read.place
    return {
        "title": read.title,
        "description": read.description,
        "category_slug": slugs[0] if slugs else setting.category_slug,
        "tags": tags,
        "language": read.language or setting.language,
        "venue_text": venue,
        "venue_latitude": read.latitude if venue else None,
        "venue_longitude": read.longitude if venue else None,
        "online_url": read.online,
        "online_access": OnlineAccess.PUBLIC if read.online else OnlineAccess.NONE,
    }


@dataclass(frozen=True)
class Difference:
    """What was changed at the origin since the last time. `when` and `changes`: None where they were not."""

    values: dict[str, Any]
    when: When | None
    changes: tuple[Any, ...] | None
    is_cancelled: bool | None


def difference(read: ReadEvent, record: Any, setting: Setting) -> Difference:
    """What is to be written to an event that is known."""
    before = event_from_json(record.told)
    old, new = values_of(before, setting), values_of(read, setting)
    times = when_of(read) if when_of(read) != when_of(before) else None
    return Difference(
        values={name: value for name, value in new.items() if value != old[name]},
        when=times,
        changes=read.changes if read.changes != before.changes or times else None,
        is_cancelled=read.is_cancelled if read.is_cancelled != before.is_cancelled else None,
    )
