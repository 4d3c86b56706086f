"""A calendar put together from texts that are written already: its tag from digests, its bytes by splicing. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

from fablabmesh.events.rules import HOME_ZONE
from fablabmesh.feeds.answers import MAX_AGE, STALE_FOR, Header, Kept
from fablabmesh.feeds.slices import Around, Choice, Names, Slice
from fablabmesh.kit import ical
from fablabmesh.kit.colours import nearest_name
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import language_name
from fablabmesh.kit.news import FORMATS, Channel, Item, changed_at
from fablabmesh.kit.splice import Chunk, deflate_chunk, gzip_of
from fablabmesh.kit.text import slugify
from fablabmesh.places.filters import LAUREATE
from fablabmesh.places.rules import PlaceKind

# There is one calendar for readers of every language, as there is one description of an event.
LANGUAGE = "fr"
CONTENT_TYPE = ("Content-Type", f"{ical.MEDIA_TYPE}; charset=utf-8")
CACHING = f"public, max-age={MAX_AGE}, stale-if-error={STALE_FOR}"


@dataclass(frozen=True)
class Piece:
    """Part of a calendar. `text`: ready to be spliced, or not yet deflated, or not asked for."""

    digest: str
    zones: Sequence[str]
    changed_at: datetime
    text: Chunk | bytes | None = None


@dataclass(frozen=True)
class Cover:
    """What a calendar says of itself: its name, the page that shows the same to people, its own address."""

    name: str
    page: str
    source: str
    colour: str = ""  # by its name in CSS
    categories: tuple[str, ...] = ()

    def render(self, pieces: Sequence[Piece]) -> bytes:
        """All that comes before the events: the same for the same events."""
        head = ical.render_head(
            self.name,
            changed_at=last_change(pieces),
            description=_("Agenda publié par Fab Lab Mesh. Les événements annulés y restent, marqués comme tels."),
            url=self.page,
            source=self.source,
            language=LANGUAGE,
            color=self.colour,
            categories=self.categories,
        )
        zones = {zone for piece in pieces for zone in piece.zones}
        return head + ical.render_zones(zones or {HOME_ZONE})


def cover_of(wanted: Slice, names: Names, base_url: str) -> Cover:
    """The cover of a slice. `base_url`: where the site is."""
    colour, category = names.get("colours", {}).get(wanted.only("zones"), ""), wanted.only("categories")
    return Cover(
        name=title_of(wanted, names),
        page=base_url + page_of(wanted),
        source=base_url + wanted.to_path(),
        colour=nearest_name(colour) if colour else "",
        categories=(names["categories"][category],) if category else (),
    )


def page_of(wanted: Slice) -> str:
    """Where people see the same events."""
    path, _mark, query = wanted.to_path().partition("?")
    page = path.removesuffix(".ics")
    if page == "/agenda":
        return page + (f"?{query}" if query else "")
    return page.removesuffix("/agenda")


def last_change(pieces: Iterable[Piece]) -> datetime | None:
    """When the newest piece changed."""
    return max((piece.changed_at for piece in pieces), default=None)


def tag_of(cover: Cover, pieces: Sequence[Piece]) -> str:
    """Of the content, without reading it: of what comes first, and of each text by its digest."""
    return _tag(cover.render(pieces), pieces)


def _tag(head: bytes, pieces: Sequence[Piece]) -> str:
    whole = sha256(head)
    whole.update("\n".join(piece.digest for piece in pieces).encode())
    return whole.hexdigest()[:32]


def compose(cover: Cover, pieces: Sequence[Piece], headers: Sequence[Header], *, caching: str = CACHING) -> Kept:
    """The whole calendar, packed. `headers`: those beside the calendar's own; `caching`: its Cache-Control."""
    head = cover.render(pieces)
    chunks = [deflate_chunk(head), *_to_chunks(pieces), deflate_chunk(ical.END)]
    changed_at = last_change(pieces)
    own = [CONTENT_TYPE, ("Cache-Control", caching)]
    if changed_at is not None:
        own.append(("Last-Modified", format_datetime(changed_at, usegmt=True)))
    length = sum(chunk.length for chunk in chunks)
    return Kept(_tag(head, pieces), gzip_of(chunks), length, [*own, *headers])


def _to_chunks(pieces: Iterable[Piece]) -> list[Chunk]:
    """Texts of places are deflated already; those of single events are deflated together, which is shorter."""
    texts = [piece.text for piece in pieces]
    ready = [text for text in texts if isinstance(text, Chunk)]
    single = [text for text in texts if isinstance(text, bytes)]
    return [*ready, deflate_chunk(b"".join(single))] if single else ready


def keep_news(channel: Channel, items: Sequence[Item], ending: str, headers: Sequence[Header]) -> Kept:
    """What is announced or has changed, in one of the formats of news, ready to be sent as calendars are."""
    body = FORMATS[ending].render(channel, items)
    own = [
        ("Content-Type", FORMATS[ending].media_type),
        ("Cache-Control", CACHING),
        ("Last-Modified", format_datetime(changed_at(items).astimezone(UTC), usegmt=True)),
    ]
    return Kept(sha256(body).hexdigest()[:32], gzip_of([deflate_chunk(body)]), len(body), [*own, *headers])


# --- names -------------------------------------------------------------------------------------------------------


def title_of(wanted: Slice, names: Names) -> str:
    """What calendar programs show as the name of the calendar."""
    if not wanted.choices:
        return _("Agenda des Fab Labs")
    if place := wanted.only("places"):
        return _("Agenda – %(name)s", name=names["places"][place])
    if zone := wanted.only("zones"):
        return _("Agenda de la zone %(name)s", name=names["zones"][zone])
    if project := wanted.only("projects"):
        return _("Agenda du projet %(name)s", name=names["projects"][project])
    if event := wanted.only("events"):
        return names["events"][event]
    told = _(" et ").join(", ".join(_words_of(choice, names)) for choice in wanted.choices)
    return _("Agenda des Fab Labs : %(filter)s", filter=told)


def _words_of(choice: Choice, names: Names) -> list[str]:
    return [words for _attribute, _value, words in tell_values(choice, names)]


def tell_values(choice: Choice, names: Names) -> list[tuple[str, object, str]]:
    """(attribute, value, what people call it) of all that a choice asks for."""
    labels = {kind.value: str(kind.plural) for kind in PlaceKind} | {LAUREATE: _("lauréats")}
    told: dict[str, Callable[[Any], str]] = {
        "kinds": lambda kind: labels[kind],
        "categories": lambda slug: names.get("categories", {}).get(slug, slug),
        "tags": lambda tag: f"#{tag}",
        "languages": language_name,
        "around": lambda around: _tell_around(around, names),
    }
    found: list[tuple[str, object, str]] = [
        (attribute, slug, names.get(attribute, {}).get(slug, slug))
        for attribute in ("places", "projects", "zones", "programmes", "events")
        for slug in getattr(choice, attribute)
    ]
    for attribute, tell in told.items():
        found += [(attribute, value, tell(value)) for value in getattr(choice, attribute)]
    return found + ([("words", choice.words, _("« %(words)s »", words=choice.words))] if choice.words else [])


def _tell_around(around: Around, names: Names) -> str:
    spot = names.get("around", {}).get(around.commune, around.spelled)
    return _("à %(km)s km de %(spot)s", km=around.km, spot=spot)


def file_name_of(wanted: Slice, ending: str = "ics") -> str:
    """« lieux-labfab.ics »: a name for who saves it."""
    return file_name_at(wanted.to_path(ending), ending)


def file_name_at(address: str, ending: str = "ics") -> str:
    """The same, of a calendar at this address."""
    path, _mark, query = address.partition("?")
    stem = path.strip("/").removesuffix(f".{ending}").removesuffix("agenda").strip("/") or "agenda"
    return slugify(f"{stem} {query}".replace("/", " "), 80) + f".{ending}"
