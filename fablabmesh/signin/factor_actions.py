"""Writes: passkeys, one-time codes, recovery codes, providers: set up, shown, used up, taken away."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from fablabmesh.accounts import actions as accounts
from fablabmesh.accounts import queries as people
from fablabmesh.accounts.attempt_actions import counter, digest, forgive, hold_back, note_failure
from fablabmesh.accounts.models import Account
from fablabmesh.accounts.rules import FREE_FOR_ACCOUNT, Role
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.signin import one_time_codes as codes
from fablabmesh.signin import passkeys, queries
from fablabmesh.signin.actions import desk, tell
from fablabmesh.signin.models import OneTimeCode, Passkey, ProviderLink, RecoveryCode
from fablabmesh.signin.providers import Identity

WORD_REGISTER, WORD_SHOW = "signin.passkey_register", "signin.passkey_show"
CHALLENGE_LIFE = timedelta(minutes=5)
MOST_PASSKEYS = 20


# --- passkeys ----------------------------------------------------------------------------------------------------


def begin_passkey(account: Account, *, now: datetime) -> str:
    """Options for a new key, as JSON. The challenge is a secret word: kept here, good once, and not for long."""
    former = queries.list_passkeys(account.id)
    if len(former) >= MOST_PASSKEYS:
        raise Refused(_("Vingt clés d’accès suffisent : supprimez-en une, puis recommencez."))
    handle = former[0].user_handle if former else secrets.token_bytes(32)
    told = {"handle": handle.hex()}
    word = accounts.write_word(WORD_REGISTER, account=account, lives=CHALLENGE_LIFE, now=now, told=told)
    return passkeys.registration_options(
        desk().party,
        word.encode(),
        handle=handle,
        email=account.email,
        name=account.name,
        former=[each.credential_id for each in former],
    )


def add_passkey(account: Account, answer: str, *, name: str, now: datetime) -> Passkey:
    """Keep the key that the device made. Refuses what does not answer a challenge of ours."""
    told = passkeys.read_answer(answer)
    word = accounts.use_word(told.challenge.decode("ascii", "replace"), WORD_REGISTER, now=now) if told else None
    made = None
    if told is not None and word is not None and word.account_id == account.id:
        made = passkeys.check_made(told, desk().party, told.challenge)
    if made is None or word is None:
        raise Refused(_("L’appareil n’a pas pu créer la clé d’accès. Recommencez, ou essayez un autre appareil."))
    if queries.find_passkey(made.credential_id) is not None:
        raise Conflict(_("Cette clé d’accès est déjà enregistrée."))
    passkey = Passkey(
        account_id=account.id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        user_handle=bytes.fromhex(word.told["handle"]),
        sign_count=made.sign_count,
        transports=made.transports,
        name=name,
        created_at=now,
    )
    session.add(passkey)
    session.flush()
    tell(account, "passkey_added", now=now, name=name)
    return passkey


def begin_showing(*, network: str, now: datetime, account: Account | None = None) -> str:
    """Options for showing a key, as JSON: of whom it may concern, or of one account."""
    counters = [counter("challenge:net", network, 60)]
    hold_back(counters, now=now)
    note_failure(counters, now=now)
    word = accounts.write_word(WORD_SHOW, account=account, lives=CHALLENGE_LIFE, now=now)
    allowed = [each.credential_id for each in queries.list_passkeys(account.id)] if account else []
    return passkeys.authentication_options(desk().party, word.encode(), allowed=allowed)


def show_passkey(answer: str, *, now: datetime, account: Account | None = None) -> Account | None:
    """Whose key it is; None for a key that is unknown, of somebody else, a copy, or that answers no challenge.

    `account`: whose it must be, where that is known already.
    """
    told = passkeys.read_answer(answer)
    if told is None:
        return None
    word = accounts.use_word(told.challenge.decode("ascii", "replace"), WORD_SHOW, now=now)
    passkey = queries.find_passkey(told.credential_id)
    if word is None or passkey is None or not passkey.account.is_active:
        return None
    if word.account_id != (account.id if account else None) or passkey.account_id != (
        word.account_id or passkey.account_id
    ):
        return None
    if told.user_handle is not None and told.user_handle != passkey.user_handle:
        return None
    count = passkeys.check_shown(
        told, desk().party, told.challenge, public_key=passkey.public_key, sign_count=passkey.sign_count
    )
    if count is None:
        return None
    passkey.sign_count, passkey.last_used_at = count, now
    session.flush()
    return passkey.account


def rename_passkey(passkey: Passkey, name: str) -> None:
    """What its owner calls it."""
    passkey.name = name
    session.flush()


def remove_passkey(account: Account, passkey: Passkey, *, now: datetime) -> None:
    """Take it away, and tell the owner. An administrator keeps one second proof at least."""
    factors = queries.get_factors(account.id)
    _keep_one(account, factors.has_codes or factors.passkeys > 1)
    session.delete(passkey)
    session.flush()
    _drop_recovery_codes(account)
    tell(account, "passkey_removed", now=now, name=passkey.name)


def _keep_one(account: Account, is_left: bool) -> None:
    if account.role is Role.ADMIN and not is_left:
        raise Refused(_("L’administration garde toujours une double vérification : ajoutez d’abord un autre moyen."))


# --- one-time codes ----------------------------------------------------------------------------------------------


def begin_codes(account: Account, *, now: datetime) -> str:
    """The secret to be scanned: the one that waits for its first code, else a new one."""
    row = queries.find_code(account.id)
    if row is not None and row.confirmed_at is not None:
        raise Conflict(_("Les codes à usage unique sont déjà en place : retirez-les avant d’en mettre d’autres."))
    secret = codes.unseal(row.secret, desk().key, account.id) if row is not None else None
    if secret is None or row is None or row.created_at < now - timedelta(hours=1):
        secret = codes.make_secret()
        sealed = codes.seal(secret, desk().key, account.id)
        row = row or OneTimeCode(account_id=account.id)
        row.secret, row.last_step, row.created_at = sealed, 0, now
        session.add(row)
        session.flush()
    return secret


def confirm_codes(account: Account, code: str, *, now: datetime) -> bool:
    """The telephone shows a right code: from now on it is asked for."""
    row = queries.find_code(account.id)
    if row is None or row.confirmed_at is not None or not _take_step(account, code, now):
        return False
    row.confirmed_at = now
    session.flush()
    tell(account, "codes_added", now=now)
    return True


def _take_step(account: Account, code: str, now: datetime) -> bool:
    """Is the code right, and later than the last? In one statement, so that of two at once one is refused."""
    row = queries.find_code(account.id)
    secret = codes.unseal(row.secret, desk().key, account.id) if row is not None else None
    step = codes.find_step(secret, code, now) if secret is not None else None
    if step is None:
        return False
    later = update(OneTimeCode).where(OneTimeCode.account_id == account.id, OneTimeCode.last_step < step)
    taken = session.execute(later.values(last_step=step).returning(OneTimeCode.account_id))
    return taken.first() is not None


def check_second(account: Account, code: str, *, now: datetime) -> bool:
    """A code of the telephone, or one of the paper; TooSoon after failures."""
    counters = [counter("second", account.id, FREE_FOR_ACCOUNT)]
    hold_back(counters, now=now)
    row = queries.find_code(account.id)
    has_codes = row is not None and row.confirmed_at is not None
    if (has_codes and _take_step(account, code, now)) or _use_recovery_code(account, code, now):
        forgive(counters[0])
        return True
    note_failure(counters, now=now)
    return False


def remove_codes(account: Account, *, now: datetime) -> None:
    """No more codes of a telephone. An administrator keeps one second proof at least."""
    _keep_one(account, queries.get_factors(account.id).passkeys > 0)
    session.execute(delete(OneTimeCode).where(OneTimeCode.account_id == account.id))
    _drop_recovery_codes(account)
    tell(account, "codes_removed", now=now)


# --- recovery codes ----------------------------------------------------------------------------------------------


def make_recovery_codes(account: Account, *, now: datetime) -> list[str]:
    """Ten new ones, told this once; the former count no more."""
    if not queries.get_factors(account.id).is_enough:
        raise Refused(
            _("Les codes de secours remplacent un téléphone ou une clé : mettez d’abord l’un des deux en place.")
        )
    made = codes.make_recovery_codes()
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    session.add_all(
        [
            RecoveryCode(account_id=account.id, digest=digest(codes.plain_recovery_code(each)), created_at=now)
            for each in made
        ]
    )
    session.flush()
    tell(account, "recovery_made", now=now)
    return made


def _use_recovery_code(account: Account, code: str, now: datetime) -> bool:
    plain = codes.plain_recovery_code(code)
    statement = (
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id, RecoveryCode.digest == digest(plain), RecoveryCode.used_at.is_(None)
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    if session.execute(statement).first() is None:
        return False
    tell(account, "recovery_used", now=now, name=str(queries.get_factors(account.id).recovery_codes))
    return True


def _drop_recovery_codes(account: Account) -> None:
    """They stand for something that is no longer there."""
    if not queries.get_factors(account.id).is_enough:
        session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))


# --- providers ---------------------------------------------------------------------------------------------------


def recognise(identity: Identity, *, now: datetime) -> Account | None:
    """Whose identity it is: of whom it was linked to, else of who has the address, if both sides have verified it."""
    link = queries.find_provider_link(identity.issuer, identity.subject)
    if link is not None:
        link.last_used_at = now
        session.flush()
        return link.account if link.account.is_active else None
    account = people.find_by_email(identity.email) if identity.email else None
    if account is None or not account.is_active or account.email_confirmed_at is None:
        return None
    _link(account, identity, now)
    return account


def link_provider(account: Account, identity: Identity, *, now: datetime) -> None:
    """Somebody who is signed in says that this identity is theirs."""
    link = queries.find_provider_link(identity.issuer, identity.subject)
    if link is not None and link.account_id != account.id:
        raise Conflict(_("Cette identité est déjà reliée à un autre compte."))
    if link is None:
        _link(account, identity, now)


def _link(account: Account, identity: Identity, now: datetime) -> None:
    session.add(
        ProviderLink(
            account_id=account.id, issuer=identity.issuer, subject=identity.subject, created_at=now, last_used_at=now
        )
    )
    session.flush()
    tell(account, "provider_linked", now=now, name=_provider_name())


def _provider_name() -> str:
    provider = desk().provider
    return provider.name if provider else "OpenID Connect"


def unlink_provider(account: Account, link_id: int, *, now: datetime) -> None:
    """That identity opens nothing any more."""
    theirs = delete(ProviderLink).where(ProviderLink.id == link_id, ProviderLink.account_id == account.id)
    if session.execute(theirs.returning(ProviderLink.id)).first() is not None:
        tell(account, "provider_unlinked", now=now, name=_provider_name())
