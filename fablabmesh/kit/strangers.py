"""What forms for people without an account are protected by, without a third party. Pure.

A stamp says when a form was shown; requests are counted by HMACs, of which not even a guess can be tried.
"""

import hmac
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network

# Nobody reads and fills in a form so fast; a page that was open for longer is shown again.
FASTEST, FORM_KEPT = timedelta(seconds=3), timedelta(hours=12)


def anonymous(key: bytes, subject: str) -> bytes:
    """To count by. `subject`: with the room and the kind of thing in front."""
    return hmac.digest(key, subject.encode(), "sha256")[:16]


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


def write_stamp(key: bytes, room: str, now: datetime) -> str:
    """When a form was shown, so that nobody can make it up."""
    seconds = str(int(now.timestamp()))
    return f"{seconds}-{hmac.digest(key, f'{room}/form:{seconds}'.encode(), 'sha256').hex()[:32]}"


def is_stamp_fine(key: bytes, room: str, stamp: str, now: datetime) -> bool:
    """Was the form shown by us, long enough ago for a person and not too long ago?"""
    seconds, _dash, _mark = stamp.partition("-")
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 12):
        return False
    shown = datetime.fromtimestamp(int(seconds), UTC)
    is_ours = hmac.compare_digest(stamp.encode(), write_stamp(key, room, shown).encode())
    return is_ours and FASTEST <= now - shown <= FORM_KEPT
