"""What the site notes of refusals and failures: one line of JSON each, in UTC, with nothing in it of a person. Pure.

A network address is told to its network alone (three numbers of four, 48 bits); an account by its number; of what was
asked only the name of the view, for addresses may hold secrets and words.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any, Final

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

    def __init__(self, *, has_words: bool) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self.has_words = has_words

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - theirs
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - theirs
        record.message = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - theirs
        return super().formatException(ei) if self.has_words else "\n".join(_traces(ei[1]))


def _traces(error: BaseException | None) -> list[str]:
    """Where it failed and what kind of error it was, the first cause first. Its words repeat what people wrote."""
    parts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        ways = "".join(traceback.format_tb(error.__traceback__))
        code = getattr(error, "pgcode", None)
        parts.append(f"{ways}{type(error).__module__}.{type(error).__qualname__}{f' {code}' if code else ''}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return parts[::-1]


def set_up(*, has_words: bool = False) -> None:
    """Where a server loads the application: everything of ours goes to its error output.

    `has_words`: on a machine of those who write the site, errors are told with their words.
    """
    ours = logging.getLogger("fablabmesh")
    if not ours.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(_Line(has_words=has_words))
        ours.addHandler(handler)
        ours.propagate = False
