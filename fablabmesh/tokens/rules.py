"""What a token may be used for, for how long, how often, and how it is spelled. Pure."""

import enum
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from fablabmesh.accounts.rights import Tie
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places.rules import ties_to

# What every token begins with, so that it is known for what it is where it should not stand.
MARK = "flm_"
SHOWN = len(MARK) + 6
MOST_TOKENS = 20
LIVES = (30, 90, 180, 365)
USUAL_LIFE = 90
# A lab that brings its whole year does so in a few minutes; a loop gone wild is soon held back.
WINDOW, MOST_IN_WINDOW = timedelta(minutes=1), 120
LONGEST_KEY = 200
ANSWERS_KEPT = timedelta(days=2)
ENDED_KEPT = timedelta(days=90)
_TOKEN = re.compile(MARK + r"[A-Za-z0-9_-]{43}")


class Scope(enum.StrEnum):
    """What a program may do with a token, of what its person may."""

    EVENTS_READ = "events.read"
    EVENTS_WRITE = "events.write"

    @property
    def label(self) -> str:
        return {
            Scope.EVENTS_READ: _("Lire les événements de ces lieux, brouillons compris"),
            Scope.EVENTS_WRITE: _("Écrire, publier, annuler et supprimer les événements de ces lieux"),
        }[self]


def read_bearer(header: str) -> str | None:
    """The token of an Authorization header; None for anything that is not one of ours."""
    scheme, _blank, token = header.partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and _TOKEN.fullmatch(token) else None


def is_good(token: Any, now: datetime) -> bool:
    """Is it open, and its person too?"""
    return token.revoked_at is None and token.expires_at > now and bool(token.account.is_active)


def ties_by(token: Any, place: Any) -> Collection[Tie]:
    """What the program that holds a token is to a place: its person, and only where the token is for that place."""
    return ties_to(token.account, place) if place.id in token.place_ids else frozenset({Tie.VISITOR})


def wait_of(started: datetime, count: int, now: datetime) -> int:
    """For how many seconds a token has to wait; 0 when it may go on."""
    if count <= MOST_IN_WINDOW or now - started >= WINDOW:
        return 0
    return max(1, int((started + WINDOW - now).total_seconds()) + 1)
