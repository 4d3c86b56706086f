"""What the site notes of refusals and failures: one line of JSON each, in UTC, with nothing in it of a person. Pure.

A network address is told to its network alone (three numbers of four, 48 bits); an account by its number; of what was
asked only the name of the view, for addresses may hold secrets and words.
"""

import json
import logging
from datetime import UTC, datetime
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

LOGGER: Final = "fablabmesh.security"
# What is noted of an answer, by its status. The reason for a refusal of ours stands in its page.
EVENTS: Final = {
    400: "malformed",
    401: "unproved",
    403: "refused",
    413: "too much",
    414: "too much",
    429: "throttled",
    431: "too much",
}


def note_answer(status: int, *, view: str | None, method: str, account: int | None, address: str) -> None:
    """One line if the answer is a refusal."""
    if (event := EVENTS.get(status)) is not None:
        note(event, status=status, view=view, method=method, account=account, network=shortened(address))


def note(event: str, **told: object) -> None:
    """One line, whatever its values hold."""
    logging.getLogger(LOGGER).warning(json.dumps({"event": event, **told}, ensure_ascii=True, sort_keys=True))


def shortened(address: str) -> str:
    """The network of an address; nothing for what is none."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return str(ip_network((found, 24 if isinstance(found, IPv4Address) else 48), strict=False))


class _Line(logging.Formatter):
    """When, how grave, who says it, and what: a line for each entry; only a failure of ours has more, its trace."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - theirs
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - theirs
        record.message = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in record.message)
        return super().formatMessage(record)


def set_up() -> None:
    """Where a server loads the application: everything of ours goes to its error output."""
    ours = logging.getLogger("fablabmesh")
    if not ours.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(_Line("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        ours.addHandler(handler)
        ours.propagate = False
