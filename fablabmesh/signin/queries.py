"""Reads of what people prove with who they are."""

from dataclasses import dataclass

from sqlalchemy import func, select

from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.signin.models import OneTimeCode, Passkey, ProviderLink, RecoveryCode


@dataclass(frozen=True)
class Factors:
    """What an account can prove itself by, beside its password and its mail."""

    passkeys: int
    has_codes: bool
    recovery_codes: int

    @property
    def is_enough(self) -> bool:
        """Is there a second proof, or one that is worth two?"""
        return self.has_codes or self.passkeys > 0


def get_factors(account_id: int) -> Factors:
    """All of an account's, in one question."""
    passkeys = select(func.count()).where(Passkey.account_id == account_id).scalar_subquery()
    codes = (
        select(func.count())
        .where(OneTimeCode.account_id == account_id, OneTimeCode.confirmed_at.is_not(None))
        .scalar_subquery()
    )
    recovery = (
        select(func.count())
        .where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
        .scalar_subquery()
    )
    row = session.execute(select(passkeys, codes, recovery)).one()
    return Factors(row[0], bool(row[1]), row[2])


def list_passkeys(account_id: int) -> list[Passkey]:
    """Somebody's, the oldest first."""
    return list(session.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)))


def get_passkey(account_id: int, passkey_id: int) -> Passkey:
    """One of somebody's own."""
    found = session.scalar(select(Passkey).where(Passkey.id == passkey_id, Passkey.account_id == account_id))
    if found is None:
        raise NotFound(_("Cette clé d’accès n’existe pas, ou n’existe plus."))
    return found


def find_passkey(credential_id: bytes) -> Passkey | None:
    """Whose key it is; locked, so that of two answers with one count one is refused."""
    statement = select(Passkey).where(Passkey.credential_id == credential_id).with_for_update(of=Passkey)
    return session.scalar(statement)


def find_code(account_id: int) -> OneTimeCode | None:
    """Somebody's one-time codes, confirmed or being set up."""
    return session.get(OneTimeCode, account_id)


def list_provider_links(account_id: int) -> list[ProviderLink]:
    """Whom providers know somebody as, the oldest first."""
    statement = select(ProviderLink).where(ProviderLink.account_id == account_id).order_by(ProviderLink.id)
    return list(session.scalars(statement))


def find_provider_link(issuer: str, subject: str) -> ProviderLink | None:
    """Whom a provider means."""
    return session.scalar(select(ProviderLink).where(ProviderLink.issuer == issuer, ProviderLink.subject == subject))
