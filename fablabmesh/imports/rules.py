"""Words of imports, when a followed calendar is read again, and what it may take away at once. Pure."""

import enum
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from fablabmesh.kit.i18n import gettext as _

# What was over so long ago is not imported: calendars have it no more, and pages hardly.
OLD_AFTER = timedelta(days=730)
LONGEST_WAIT = timedelta(days=1)
MOST_SOURCES = 10
MOST_WAITING = 5
MOST_ATTEMPTS = 3
MOST_IGNORED = 5000
# One that is taken and not brought to its end belongs to a worker that died.
LEASE = timedelta(minutes=5)
KEPT_FOR = timedelta(days=30)
# A calendar that fails for so long is worth a letter: sites are out of order for an hour every day.
TOLD_AFTER = timedelta(days=1)
# So long after its first failure, a followed calendar is said to be dead and not only late.
DEAD_AFTER = timedelta(days=7)


def unknown_import() -> str:
    """What is said of an import that is not there, or that is nobody else's business."""
    return _("Cet import n’existe pas, ou n’existe plus.")


def unknown_source() -> str:
    """The same of a calendar that is followed."""
    return _("Cet agenda n’est pas suivi, ou ne l’est plus.")


class ImportState(enum.StrEnum):
    """How far an import is. What is `waiting` or `chosen` is the worker's to take."""

    WAITING = "waiting"
    READING = "reading"
    READY = "ready"
    CHOSEN = "chosen"
    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return {
            ImportState.WAITING: _("En attente de lecture"),
            ImportState.READING: _("En cours de lecture"),
            ImportState.READY: _("Lu : à vous de choisir"),
            ImportState.CHOSEN: _("En attente d’écriture"),
            ImportState.WRITING: _("En cours d’écriture"),
            ImportState.DONE: _("Importé"),
            ImportState.FAILED: _("Échec"),
        }[self]

    @property
    def is_moving(self) -> bool:
        """Is the worker to act, and not a person?"""
        return self in (ImportState.WAITING, ImportState.READING, ImportState.CHOSEN, ImportState.WRITING)


class Kind(enum.StrEnum):
    """What an import would do about one event."""

    NEW = "new"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    UNCHANGED = "unchanged"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {
            Kind.NEW: _("Nouveaux"),
            Kind.CHANGED: _("Modifiés"),
            Kind.CANCELLED: _("Annulés dans l’agenda d’origine"),
            Kind.UNCHANGED: _("Sans changement"),
            Kind.REFUSED: _("Refusés"),
        }[self]

    @property
    def is_writable(self) -> bool:
        return self in (Kind.NEW, Kind.CHANGED, Kind.CANCELLED)


def interval_labels() -> dict[int, str]:
    """How often a calendar may be followed, in minutes."""
    return {60: _("toutes les heures"), 360: _("toutes les six heures"), 1440: _("une fois par jour")}


def wait_after(failures: int, every_minutes: int) -> timedelta:
    """Until a calendar is asked again: the longer, the more often in a row it has failed; a day at most."""
    usual = timedelta(minutes=every_minutes)
    return max(usual, min(LONGEST_WAIT, usual * (1 << min(failures, 8))))


def loses_too_much(gone: int, known: int, read: int) -> bool:
    """Would a calendar take away so much at once that its lab should be asked? `known`: events yet to come.

    An agenda that is suddenly empty, or half of what it was, is more often broken than called off.
    """
    if not gone:
        return False
    return read == 0 or (gone >= 2 and gone * 2 > known)


def host_of(url: str) -> str:
    """Whose calendar it is. The rest of an address may hold a secret, and is shown to the lab alone."""
    return urlsplit(url).hostname or ""


def is_dead(source: Any, now: Any) -> bool:
    """Has a followed calendar not answered for long?"""
    return source.failing_since is not None and now - source.failing_since >= DEAD_AFTER
