"""Reads of tokens."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places.models import Place
from fablabmesh.tokens.models import ApiAnswer, ApiToken


def unknown() -> str:
    """What is said of a token that is not there, or that is nobody else's business."""
    return _("Ce jeton n’existe pas, ou n’existe plus.")


def find_token(digest: bytes) -> ApiToken | None:
    """The token of that digest, with its person."""
    return session.scalar(
        select(ApiToken).where(ApiToken.digest == digest).options(joinedload(ApiToken.account, innerjoin=True))
    )


def list_tokens(account_id: int) -> list[ApiToken]:
    """What somebody made, the latest first; what was revoked is not shown."""
    statement = select(ApiToken).where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
    return list(session.scalars(statement.order_by(ApiToken.id.desc())))


def count_open(account_id: int, now: datetime) -> int:
    """How many of somebody's tokens are good."""
    return sum(token.expires_at > now for token in list_tokens(account_id))


def get_token(token_id: int) -> ApiToken:
    """One token that was not revoked."""
    found = session.get(ApiToken, token_id)
    if found is None or found.revoked_at is not None:
        raise NotFound(unknown())
    return found


def list_places_of(account: Account, place_ids: list[int]) -> list[Place]:
    """The places of a token, with those who look after them, by name."""
    statement = select(Place).where(Place.id.in_(place_ids), Place.is_demo.is_(account.is_demo))
    return list(session.scalars(statement.options(selectinload(Place.managers)).order_by(Place.name, Place.id)))


def name_places(place_ids: set[int]) -> dict[int, str]:
    """What these places are called."""
    rows = session.execute(select(Place.id, Place.name).where(Place.id.in_(place_ids)))
    return {row.id: row.name for row in rows}


def find_answer(token_id: int, key_digest: bytes) -> ApiAnswer | None:
    """What a key was used for."""
    return session.get(ApiAnswer, (token_id, key_digest), populate_existing=True)
