"""What an address is, how long to wait before bringing a letter again. Pure."""

import enum
import re
from datetime import timedelta

from fablabmesh.kit.i18n import gettext as _

# Between the first attempt and the last pass two days and a half.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240, 480, 720, 720, 720, 720))
# A letter nobody could be given for so long (no server is set, say) says what is no longer so.
KEPT_WAITING = timedelta(days=7)
# Whom a letter went to, and its words, are forgotten so long after; that there was one, later.
WORDS_KEPT = timedelta(days=30)
ROW_KEPT = timedelta(days=365)
LONGEST_ADDRESS = 254  # RFC 5321 §4.5.3.1.3, less the brackets
_LONGEST_LOCAL = 64
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_HEADER = re.compile(r"List-[A-Za-z-]+", re.ASCII)


class State(enum.StrEnum):
    """How a letter fares."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return {
            State.WAITING: _("En attente"),
            State.SENT: _("Envoyé"),
            State.FAILED: _("Abandonné"),
        }[self]


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts; None: it was the last."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def clean_address(text: str) -> str | None:
    """One mail address as it is written on an envelope, in small letters; None for anything else."""
    local, at, domain = text.strip().lower().rpartition("@")
    try:
        host = domain.encode("idna").decode()
    except UnicodeError:
        return None
    labels = host.split(".")
    if not at or len(local) > _LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        return None
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdecimal():
        return None
    address = f"{local}@{host}"
    return address if len(address) <= LONGEST_ADDRESS else None


def is_header(name: str, value: str) -> bool:
    """May a letter bear it? The headers of lists (RFC 2369, 2919, 8058), on one line of plain characters."""
    return bool(_HEADER.fullmatch(name)) and value.isascii() and value.isprintable() and len(value) < 900
