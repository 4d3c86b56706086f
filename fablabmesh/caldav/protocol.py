"""The CalDAV protocol, which Radicale speaks, over our stored texts: the only door to it. Pure: what it reads is given.

Radicale reads no file here, keeps nothing, and is told neither who asks nor with what. It writes no log: what goes
wrong is handed to the application, which has one.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Any, NamedTuple, Protocol, overload
from xml.etree.ElementTree import Element

from radicale import config, httputils
from radicale.app import Application
from radicale.auth import BaseAuth
from radicale.item import Item
from radicale.item.filter import TIMESTAMP_MAX, TIMESTAMP_MIN, simplify_prefilters
from radicale.rights import BaseRights
from radicale.storage import BaseCollection, BaseStorage

from fablabmesh.caldav.addresses import HOME, Mark, name_of, path_of, read_path, uid_of
from fablabmesh.caldav.fence import Asked
from fablabmesh.feeds.slices import Args, Slice
from fablabmesh.kit import ical
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _

Between = tuple[datetime | None, datetime | None]
Environ = dict[str, Any]
Answer = tuple[str, list[tuple[str, str]], list[bytes]]

# An answer is held in memory as a whole: so many events and no more.
MOST_EVENTS = 20_000
# To look for words inside of events or to count out their dates, each has to be read.
MOST_READ = 100
MOST_COUNTED_OUT = 1000
_STUMBLES = (AssertionError, AttributeError, LookupError, RuntimeError, TypeError)
_OLDEST = datetime.fromtimestamp(0, UTC)
_TIMEZONE = ical.render_object("", (ical.HOME_ZONE,))

logging.getLogger("radicale").disabled = True


class Stored(NamedTuple):
    """An event as it is kept for calendars; its text only where it was asked for."""

    uid: str
    digest: str
    zones: tuple[str, ...]
    changed_at: datetime
    text: str = ""


class Shelf(Protocol):
    """What there is to read: see the queries of this room."""

    def read_filter(self, args: Args) -> Slice: ...

    def find_title(self, wanted: Slice) -> str: ...

    def list_home(self) -> list[tuple[Slice, str]]: ...

    def find_marks(self, slices: Sequence[Slice]) -> list[Mark]: ...

    def list_stored(
        self,
        wanted: Slice,
        *,
        uids: list[str] | None = None,
        since: int | None = None,
        between: Between | None = None,
        with_text: bool = False,
        most: int,
    ) -> list[Stored]: ...

    def list_left(self, wanted: Slice, since: int) -> list[str]: ...


@dataclass
class Visit:
    """One request: what it asks, where its answer is read, and the error that it met."""

    asked: Asked
    shelf: Shelf
    error: Exception | None = None


class _TooMany(Exception):
    """More than can be answered at once: RFC 4791 §7.8, number-of-matches-within-limits."""


_visit: ContextVar[Visit] = ContextVar("visit")


def answer(environ: Environ, visit: Visit) -> Answer:
    """Status, headers and body, as WSGI has them. Raises whatever the reading raised."""
    told: list[Any] = []
    token = _visit.set(visit)
    try:
        server = _counting_server if visit.asked.is_expanded else _server
        body = list(server(environ, lambda status, headers: told.extend((status, headers))))
    finally:
        _visit.reset(token)
    if visit.error is not None:
        raise visit.error
    return told[0], told[1], body


# --- collections -------------------------------------------------------------------------------------------------


class Folder(BaseCollection):
    """The root, and the home that shows which calendars there are."""

    def __init__(self, path: str) -> None:
        self._path = path

    @property
    def tag(self) -> str:
        return ""

    @property
    def etag(self) -> str:
        return ""

    @property
    def last_modified(self) -> str:
        return format_datetime(_OLDEST, usegmt=True)

    @property
    def owner(self) -> str:
        return ""

    @property
    def path(self) -> str:
        return self._path

    @property
    def is_principal(self) -> bool:
        return self._path == HOME

    @overload
    def get_meta(self, key: None = None) -> Mapping[str, str]: ...

    @overload
    def get_meta(self, key: str) -> str | None: ...

    def get_meta(self, key: str | None = None) -> Mapping[str, str] | str | None:
        return {} if key is None else None


class Collection(Folder):
    """A slice of the agenda."""

    def __init__(self, wanted: Slice, title: str, visit: Visit, find_mark: Callable[[Slice], Mark]) -> None:
        super().__init__(path_of(wanted))
        self._wanted = wanted
        self._title = title
        self._visit = visit
        self._find_mark = find_mark
        self._read: dict[str, Item] | None = None

    @property
    def tag(self) -> str:
        return "VCALENDAR"

    @property
    def _mark(self) -> Mark:
        return self._find_mark(self._wanted)

    @property
    def etag(self) -> str:
        """What is called ctag elsewhere."""
        return f'"{self._mark.to_token(self._wanted).removeprefix("data:,")}"'

    @property
    def last_modified(self) -> str:
        return format_datetime(self._mark.changed_at or _OLDEST, usegmt=True)

    @overload
    def get_meta(self, key: None = None) -> Mapping[str, str]: ...

    @overload
    def get_meta(self, key: str) -> str | None: ...

    def get_meta(self, key: str | None = None) -> Mapping[str, str] | str | None:
        meta = {
            "tag": self.tag,
            "D:displayname": self._title,
            "C:supported-calendar-component-set": "VEVENT",
            "C:calendar-timezone": _TIMEZONE,
        }
        return meta if key is None else meta.get(key)

    def sync(self, old_token: str = "") -> tuple[str, Iterable[str]]:
        token = self._mark.to_token(self._wanted)
        if self._visit.asked.root != "DAV: sync-collection":  # a PROPFIND wants the token alone
            return token, ()
        since = self._mark.since(self._wanted, old_token) if old_token else None
        self._read = {str(item.href): item for item in self._list(since=since)}
        left = [] if since is None else self._visit.shelf.list_left(self._wanted, since)
        return token, [*self._read, *map(name_of, left)]

    def get_multi(self, hrefs: Iterable[str]) -> Iterable[tuple[str, Item | None]]:
        names = dict.fromkeys(hrefs)
        read = self._read
        if read is None:
            uids = [uid for uid in map(uid_of, names) if uid]
            read = {str(item.href): item for item in self._list(uids=uids)} if uids else {}
        return [(name, read.get(name)) for name in names]

    def get_all(self) -> Iterable[Item]:
        return self._list()

    def get_filtered(self, filters: Iterable[Element]) -> Iterable[tuple[Item, bool]]:
        if self._visit.asked.is_busy_time:  # nobody is busy with following an agenda: all events are TRANSPARENT
            return []
        component, start, end, is_simple = simplify_prefilters(filters, self.tag)
        if component not in (None, "VEVENT"):
            return []
        between = None
        if (start, end) != (TIMESTAMP_MIN, TIMESTAMP_MAX):
            between = (
                None if start == TIMESTAMP_MIN else datetime.fromtimestamp(start, UTC),
                None if end == TIMESTAMP_MAX else datetime.fromtimestamp(end, UTC),
            )
        return [(item, is_simple) for item in self._list(between=between, is_searched=not is_simple)]

    def serialize(self, *_given: object, **_more: object) -> str:
        """Nobody asks: to read the collection itself is to be led to its feed."""
        return ""

    def _list(self, *, is_searched: bool = False, **limits: Any) -> list[Item]:
        asked = self._visit.asked
        is_searched |= asked.is_expanded
        with_text = asked.with_text or is_searched
        most = MOST_READ if is_searched else MOST_EVENTS
        found = self._visit.shelf.list_stored(self._wanted, with_text=with_text, most=most + 1, **limits)
        if len(found) > most:
            raise _TooMany
        return [self._to_item(stored, with_text) for stored in found]

    def _to_item(self, stored: Stored, with_text: bool) -> Item:
        return Item(
            collection=self,
            href=name_of(stored.uid),
            uid=stored.uid,
            etag=f'"{stored.digest}"',
            text=ical.render_object(stored.text, stored.zones) if with_text else "",
            last_modified=format_datetime(stored.changed_at, usegmt=True),
            name="VCALENDAR",
            component_name="VEVENT",
        )


# --- Radicale's own parts ----------------------------------------------------------------------------------------


class Storage(BaseStorage):
    """Finds what stands at an address."""

    _is_collision_free = _supports_unicode = _supports_problematic_chars = _supports_trailing_whitespace = True

    def discover(self, path: str, depth: str = "0", *_given: object, **_more: object) -> Iterator[Folder | Item]:
        visit = _visit.get()
        place = path.strip("/")
        if place in ("", HOME):
            yield Folder(place)
            if depth != "0":
                yield from _list_home(visit) if place else [Folder(HOME)]
            return
        found = read_path(place, visit.shelf.read_filter)
        if found is None:
            return
        title = visit.shelf.find_title(found.wanted)
        collection = Collection(found.wanted, title, visit, _MarksOf([found.wanted], visit))
        if found.uid:
            yield from (item for _name, item in collection.get_multi([name_of(found.uid)]) if item)
            return
        yield collection
        if depth != "0":
            yield from collection.get_all()

    @contextmanager
    def acquire_lock(self, mode: str, user: str = "", *_given: object, **_more: object) -> Iterator[None]:
        yield


def _list_home(visit: Visit) -> Iterator[Collection]:
    shown = visit.shelf.list_home()
    marks = _MarksOf([wanted for wanted, _title in shown], visit)
    for wanted, title in shown:
        yield Collection(wanted, title, visit, marks)


class _MarksOf:
    """The states of collections that are shown together: asked for together, and only if somebody asks."""

    def __init__(self, slices: list[Slice], visit: Visit) -> None:
        self._slices = slices
        self._visit = visit
        self._marks: dict[Slice, Mark] = {}

    def __call__(self, wanted: Slice) -> Mark:
        if not self._marks:
            self._marks = dict(zip(self._slices, self._visit.shelf.find_marks(self._slices), strict=True))
        return self._marks[wanted]


class Everybody(BaseAuth):
    """Whoever comes is the same reader, so that nobody is asked for a password: RFC 5397 shows them a home."""

    def get_external_login(self, environ: Mapping[str, Any]) -> tuple[str, str]:
        return HOME, ""

    def _login(self, login: str, password: str) -> str:
        return login


class ReadOnly(BaseRights):
    """Everything may be read, and nothing written."""

    def authorization(self, user: str, user_groups: set[str], path: str) -> str:
        return "Rr"


class Server(Application):
    """Hands on what it stumbles over, instead of telling a log and answering 500."""

    def __init__(self, configuration: config.Configuration) -> None:
        super().__init__(configuration)
        for name in ("do_GET", "do_PROPFIND", "do_REPORT"):
            setattr(self, name, partial(self._handed_on, getattr(self, name)))

    def _handed_on(self, method: Callable[..., Any], *given: Any) -> Any:
        visit = _visit.get()
        try:
            return method(*given)
        except _TooMany:
            return self._webdav_error_response(403, "D:number-of-matches-within-limits", {})
        except _STUMBLES as error:
            # Over a filter that is none, or an event that its reader does not understand.
            visit.error = Refused(_("Cette demande n’est pas lisible")) if visit.asked.is_searching else error
            return httputils.BAD_REQUEST
        except Exception as error:
            visit.error = error
            return httputils.INTERNAL_SERVER_ERROR


def _make_server(most: int) -> Server:
    given = config.load()
    given.update(
        {
            "auth": {"type": Everybody, "delay": 0},
            "rights": {"type": ReadOnly},
            "storage": {"type": Storage},
            "web": {"type": "none"},
            "server": {"delay_on_error": 0, "validate_path_value": "none", "validate_user_value": "none"},
            "reporting": {"max_expand_occurrence": most},
        },
        "the application",
        privileged=True,
    )
    return Server(given)


_server, _counting_server = _make_server(MOST_EVENTS), _make_server(MOST_COUNTED_OUT)
