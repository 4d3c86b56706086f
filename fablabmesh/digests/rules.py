"""When a letter of the agenda is due, what its links are proven by, how much may be asked for. Pure.

A link to confirm is random, used once and kept as a hash. A link to stop stands in every letter, so that it cannot be
kept as a hash alone: it is signed by the secret key over the subscription and a word of its own, and nothing in the
database is enough to make one.
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from ipaddress import IPv4Address, ip_address, ip_network
from zoneinfo import ZoneInfo

from fablabmesh.events.rules import HOME_ZONE, instant
from fablabmesh.feeds.slices import Slice

HOUR = time(7)
# A worker that was away so long leaves the letter of the week out: the next one is near.
LATE = timedelta(days=3)
AHEAD = timedelta(days=14)
CONFIRM_WITHIN = timedelta(days=3)
MOST_FAILURES = 3

ADDRESS_WINDOW, MOST_PER_ADDRESS = timedelta(days=1), 5
NETWORK_WINDOW, MOST_PER_NETWORK = timedelta(hours=1), 30

MOST_COMING, MOST_ANNOUNCED, MOST_CANCELLED, MOST_MOVED = 60, 30, 30, 30
MOST_NEWS = 5

_STOP = re.compile(r"([1-9][0-9]{0,8})-([A-Za-z0-9_-]{22})", re.ASCII)
_ADDRESS = re.compile(r"[@:/\\]|\w\.\w|www", re.IGNORECASE)


def issue_of(now: datetime) -> datetime:
    """The instant of the latest letter that is due: Monday at seven, on the clocks of Paris."""
    here = now.astimezone(ZoneInfo(HOME_ZONE)).replace(tzinfo=None)
    monday = datetime.combine(here.date() - timedelta(days=here.weekday()), HOUR)
    return instant(monday if monday <= here else monday - timedelta(days=7), HOME_ZONE)


def issue_day(issue: datetime) -> date:
    """The Monday of a letter."""
    return issue.astimezone(ZoneInfo(HOME_ZONE)).date()


def issue_on(monday: date) -> datetime:
    """The instant of the letter of a Monday."""
    return instant(datetime.combine(monday, HOUR), HOME_ZONE)


def new_secret() -> str:
    """256 bits of chance, for a link."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is kept of it."""
    return sha256(secret.encode()).digest()


def write_stop(key: bytes, subscription_id: int, nonce: bytes) -> str:
    """The word of the link that stops a letter. `nonce`: of the row, so that an id given again means nothing."""
    return f"{subscription_id}-{_sign(key, subscription_id, nonce)}"


def read_stop(word: str) -> int | None:
    """Which subscription it speaks of; it is not believed yet."""
    found = _STOP.fullmatch(word)
    return int(found[1]) if found else None


def is_stop(word: str, key: bytes, subscription_id: int, nonce: bytes) -> bool:
    """Did we write it?"""
    return hmac.compare_digest(word, write_stop(key, subscription_id, nonce))


def _sign(key: bytes, subscription_id: int, nonce: bytes) -> str:
    mark = hmac.digest(key, b"digests/stop:%d:%s" % (subscription_id, nonce), "sha256")[:16]
    return urlsafe_b64encode(mark).decode().rstrip("=")


def anonymous(key: bytes, text: str) -> bytes:
    """To count requests by: without the key, not even a guess can be tried."""
    return hmac.digest(key, b"digests/count:" + text.encode(), "sha256")[:16]


def network_of(address: str) -> str:
    """The network that a request comes from: one address of the old kind, a household of the new."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv4Address):
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped) if mapped else str(ip_network((found, 64), strict=False))


def is_quotable(wanted: Slice) -> bool:
    """May a letter to somebody repeat these words? Not when they are somebody else's advertisement."""
    words = [word for choice in wanted.choices for word in (choice.words, *choice.tags)]
    return not any(_ADDRESS.search(word) for word in words)
