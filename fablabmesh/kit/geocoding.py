"""Where an address is, asked of the operator's geocoder, if there is one. Pure but for the network.

It must answer `?q=…&limit=…` as the French national address base does: GeoJSON features, with `label`, `postcode`,
`city` and `citycode` among their properties. The server asks, never the browser; what was answered is kept for a day
in memory, and a geocoder that fails is left alone for a minute. Whoever asks must do without it: the gazetteer remains.
"""

import ipaddress
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit

from fablabmesh.kit.fetch import PORTS, Fence, Unfetched, fetch, is_open
from fablabmesh.kit.text import clean_line

SECONDS = 3.0
MOST_BYTES = 200_000
MOST_SPOTS = 5
MOST_KEPT = 1000
KEPT_SECONDS = 86_400.0
REST_SECONDS = 60.0
LONGEST_QUESTION = 200


@dataclass(frozen=True)
class Spot:
    """A place on earth that answers a question. `kind`: housenumber, street, locality, municipality or other."""

    label: str
    latitude: float
    longitude: float
    kind: str = ""
    postcode: str = ""
    commune: str = ""
    insee: str = ""


class Geocoder:
    """One a process. `host` is whom the visitor must be told of before anything is asked; empty when there is none."""

    def __init__(self, url: str, agent: str, clock: Callable[[], float] = monotonic) -> None:
        self._url, self._agent, self._clock = url, agent, clock
        self.host = (urlsplit(url).hostname or "") if url else ""
        self._kept: OrderedDict[str, tuple[float, tuple[Spot, ...]]] = OrderedDict()
        self._rests_until = 0.0
        self._lock = threading.Lock()

    @property
    def is_on(self) -> bool:
        return bool(self._url)

    def find(self, text: str) -> list[Spot]:
        """The spots that an address may mean, the likeliest first; none where it is off, fails or does not know."""
        question = clean_line(text)[:LONGEST_QUESTION].strip()
        if not self._url or len(question) < 3:
            return []
        key, now = question.casefold(), self._clock()
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and now - kept[0] < KEPT_SECONDS:
                self._kept.move_to_end(key)
                return list(kept[1])
            if now < self._rests_until:
                return []
        try:
            found = self._ask(question)
        except (Unfetched, ValueError):
            with self._lock:
                self._rests_until = self._clock() + REST_SECONDS
            return []
        with self._lock:
            self._kept[key] = (now, tuple(found))
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found

    def _ask(self, question: str) -> list[Spot]:
        mark = "&" if urlsplit(self._url).query else "?"
        address = f"{self._url}{mark}{urlencode({'q': question, 'limit': MOST_SPOTS})}"
        return read_spots(fetch(address, agent=self._agent, fence=_fence(self._url)).body)


def _fence(url: str) -> Fence:
    """The open web; beside it the very address that the operator wrote in numbers: a geocoder at home."""
    parts = urlsplit(url)
    try:
        own = ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        own = None
    return Fence(
        ports=frozenset({*PORTS.values(), *filter(None, [parts.port])}),
        allows=lambda address: address == own or is_open(address),
        seconds=SECONDS,
        most_bytes=MOST_BYTES,
    )


def read_spots(body: bytes) -> list[Spot]:
    """From a GeoJSON feature collection; a feature that is not as expected is left out. ValueError for other things."""
    told = json.loads(body)
    features = told.get("features") if isinstance(told, dict) else None
    if not isinstance(features, list):
        raise ValueError("a feature collection is expected")
    return [spot for feature in features[:MOST_SPOTS] if (spot := _to_spot(feature)) is not None]


def _to_spot(feature: Any) -> Spot | None:
    try:
        longitude, latitude = (float(part) for part in feature["geometry"]["coordinates"][:2])
        told = feature["properties"]
        words = {
            name: clean_line(str(told.get(theirs) or ""))[:200]
            for name, theirs in (
                ("label", "label"),
                ("kind", "type"),
                ("postcode", "postcode"),
                ("commune", "city"),
                ("insee", "citycode"),
            )
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    if not words["label"] or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return Spot(latitude=latitude, longitude=longitude, **words)
