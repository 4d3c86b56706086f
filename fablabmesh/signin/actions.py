"""Writes: letters with links, the mail address, what is told by letter. Factors are written by `factor_actions`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, scoped_session

from fablabmesh.accounts import actions as accounts
from fablabmesh.accounts import queries as people
from fablabmesh.accounts.attempt_actions import counter, hold_back, note_failure
from fablabmesh.accounts.models import Account, OneTimeWord
from fablabmesh.accounts.rules import network_of
from fablabmesh.kit.config import Settings
from fablabmesh.kit.db import equip, session, transaction
from fablabmesh.kit.errors import Conflict
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.kit.i18n import root_of
from fablabmesh.mails import actions as mails
from fablabmesh.signin.models import AskedLetter, OneTimeCode, Passkey, ProviderLink, Purpose, RecoveryCode
from fablabmesh.signin.one_time_codes import derive_key
from fablabmesh.signin.passkeys import Party, party_of
from fablabmesh.signin.providers import Provider

LINK, RESET, ADDRESS, NOTICE = "signin.link", "signin.reset", "signin.address", "signin.notice"
KIND_LABELS = {
    LINK: _l("Lien de connexion"),
    RESET: _l("Mot de passe oublié"),
    ADDRESS: _l("Adresse électronique à confirmer"),
    NOTICE: _l("Sécurité d’un compte"),
}
# What secret words are for.
WORD_LINK, WORD_RESET, WORD_CONFIRM = "signin.link", "signin.reset", "signin.confirm"
WORD_ADDRESS, WORD_UNDO = "signin.address", "signin.address_undo"
LIVES = {
    WORD_LINK: timedelta(minutes=20),
    WORD_RESET: timedelta(minutes=30),
    WORD_CONFIRM: timedelta(days=3),
    WORD_ADDRESS: timedelta(days=1),
    WORD_UNDO: timedelta(days=7),
}
# Asking for letters costs no wait so often: of one address, of one network.
_FREE_LETTERS, _FREE_LETTERS_OF_NETWORK = 3, 20
_MOST_A_TURN = 200


@dataclass(frozen=True)
class Desk:
    """What signing in takes beside the database. `key`: encrypts what one-time codes are made of."""

    base_url: str
    key: bytes
    party: Party
    provider: Provider | None = None


def install(factory: scoped_session[Session], made: Desk) -> None:
    """Have every session of this factory know the desk."""
    equip(factory, signin=made)


def desk() -> Desk:
    """That of the session."""
    found: Desk = session().info["signin"]
    return found


def make_desk(settings: Settings) -> Desk:
    """As the operator has set it."""
    provider = None
    if settings.oidc_issuer:
        provider = Provider(
            settings.oidc_name,
            settings.oidc_issuer,
            settings.oidc_client_id,
            settings.oidc_client_secret,
            settings.oidc_scope,
            is_https_only=settings.is_production,
        )
    return Desk(settings.base_url, derive_key(settings.secret_key), party_of(settings.base_url), provider)


# --- letters that visitors ask for -------------------------------------------------------------------------------


def ask_letter(purpose: Purpose, email: str, *, address: str, then: str, now: datetime) -> None:
    """Somebody asks for a link. The same is done for every address; who has an account is looked up by the worker."""
    counters = [
        counter(f"letter:{purpose}", email.strip().lower(), _FREE_LETTERS),
        counter("letter:net", network_of(address), _FREE_LETTERS_OF_NETWORK),
    ]
    hold_back(counters, now=now)
    note_failure(counters, now=now)
    session.add(AskedLetter(purpose=purpose, email=email.strip().lower(), created_at=now, then=then))
    session.flush()


def write_asked(now: datetime) -> int:
    """The chore: write the letters that were asked for, to who has an account. Says how many were asked for."""
    with transaction():
        statement = select(AskedLetter).order_by(AskedLetter.id).limit(_MOST_A_TURN)
        asked = list(session.scalars(statement.with_for_update(skip_locked=True)))
        for each in asked:
            account = people.find_by_email(each.email)
            if account is not None and account.is_active and each.created_at > now - timedelta(hours=1):
                _write_link(each, account, now)
            session.delete(each)
    return len(asked)


def _write_link(asked: AskedLetter, account: Account, now: datetime) -> None:
    is_reset = asked.purpose is Purpose.RESET
    purpose = WORD_RESET if is_reset else WORD_LINK
    told = {"then": asked.then} if asked.then else {}
    word = accounts.write_word(purpose, account=account, lives=LIVES[purpose], now=now, told=told)
    path = f"/mot-de-passe/{word}" if is_reset else f"/connexion/lien/{word}"
    _send(
        "signin/mail/reset.html" if is_reset else "signin/mail/link.html",
        account,
        kind=RESET if is_reset else LINK,
        now=now,
        lives=LIVES[purpose],
        url=_address(account, path),
        minutes=int(LIVES[purpose].total_seconds()) // 60,
    )


def _address(account: Account, path: str) -> str:
    return f"{desk().base_url}{root_of(account.language)}{path}"


def _send(
    name: str, account: Account, *, kind: str, now: datetime, lives: timedelta, to: str | None = None, **values: object
) -> None:
    letter = mails.write(name, account.language, name=account.name, **values)
    mails.send_later(letter, to=to or account.email, kind=kind, about=account.id, now=now, expires_at=now + lives)


def confirm_by_word(word: OneTimeWord, *, now: datetime) -> Account | None:
    """Whose word it is: whoever read the letter has the address. None when the account is closed."""
    account = session.get(Account, word.account_id)
    if account is None or not account.is_active:
        return None
    account.email_confirmed_at = account.email_confirmed_at or now
    session.flush()
    return account


# --- the mail address --------------------------------------------------------------------------------------------


def ask_confirmation(account: Account, *, now: datetime) -> None:
    """A letter by whose link somebody shows that the address is theirs."""
    counters = [counter("letter:confirm", account.id, _FREE_LETTERS)]
    hold_back(counters, now=now)
    note_failure(counters, now=now)
    word = accounts.write_word(WORD_CONFIRM, account=account, lives=LIVES[WORD_CONFIRM], now=now)
    url = _address(account, f"/mon-compte/adresse/{word}")
    _send(
        "signin/mail/confirm.html", account, kind=ADDRESS, now=now, lives=LIVES[WORD_CONFIRM], url=url, is_change=False
    )


def ask_address_change(account: Account, new: str, *, now: datetime) -> None:
    """Letters to both addresses: one confirms the new, the other lets the former undo it for a week.

    Who asks is not told whether somebody has the new address already; that somebody is.
    """
    counters = [counter("letter:address", account.id, _FREE_LETTERS)]
    hold_back(counters, now=now)
    note_failure(counters, now=now)
    told = {"old": account.email, "new": new}
    undo = accounts.write_word(
        WORD_UNDO, account=account, lives=LIVES[WORD_UNDO], now=now, told=told, keeps_former=True
    )
    _send(
        "signin/mail/address.html",
        account,
        kind=ADDRESS,
        now=now,
        lives=LIVES[WORD_UNDO],
        url=_address(account, f"/mon-compte/adresse/annuler/{undo}"),
    )
    other = people.find_by_email(new)
    if other is not None:
        _send(
            "signin/mail/taken.html",
            other,
            kind=ADDRESS,
            now=now,
            lives=LIVES[WORD_ADDRESS],
            url=_address(other, "/connexion"),
        )
        return
    word = accounts.write_word(WORD_ADDRESS, account=account, lives=LIVES[WORD_ADDRESS], now=now, told=told)
    url = _address(account, f"/mon-compte/adresse/{word}")
    _send(
        "signin/mail/confirm.html",
        account,
        kind=ADDRESS,
        now=now,
        lives=LIVES[WORD_ADDRESS],
        to=new,
        url=url,
        is_change=True,
    )


def change_address(word: OneTimeWord, *, now: datetime) -> Account | None:
    """The new address holds. None when what the word says is no longer so. Letters asked by the former die."""
    account = session.get(Account, word.account_id)
    if account is None or account.email != word.told["old"]:
        return None
    if people.find_by_email(word.told["new"]) is not None:
        raise Conflict(_("Un compte existe déjà pour cette adresse."))
    account.email, account.email_confirmed_at = word.told["new"], now
    _end_words(account, WORD_LINK, WORD_RESET, WORD_CONFIRM, WORD_ADDRESS)
    session.flush()
    return account


def undo_address_change(word: OneTimeWord, *, now: datetime) -> Account | None:
    """The former address says no: it holds again, all sessions end, and no letter that was sent meanwhile counts.

    Nor does what else was set up since, nor a password: whoever took the account would be in again, and its owner not.
    """
    account = session.get(Account, word.account_id)
    if account is None:
        return None
    other = people.find_by_email(word.told["old"])
    if other is not None and other.id != account.id:
        raise Conflict(_("Un compte existe déjà pour cette adresse."))
    account.email, account.email_confirmed_at = word.told["old"], now
    _end_words(account, WORD_LINK, WORD_RESET, WORD_CONFIRM, WORD_ADDRESS)
    accounts.end_sign_ins(account, now=now)
    accounts.forget_devices(account)
    account.password_hash = None
    for kind in (Passkey, OneTimeCode, RecoveryCode, ProviderLink):
        session.execute(delete(kind).where(kind.account_id == account.id, kind.created_at >= word.created_at))
    session.flush()
    return account


def _end_words(account: Account, *purposes: str) -> None:
    session.execute(
        delete(OneTimeWord).where(
            OneTimeWord.account_id == account.id, OneTimeWord.purpose.in_(purposes), OneTimeWord.used_at.is_(None)
        )
    )


# --- what the owner of an account is told ------------------------------------------------------------------------


def tell(account: Account, what: str, *, now: datetime, device: str = "", network: str = "", name: str = "") -> None:
    """A letter about the account's safety: `what` happened, see signin/mail/notice.html. Nobody can turn these off."""
    _send(
        "signin/mail/notice.html",
        account,
        kind=NOTICE,
        now=now,
        lives=timedelta(days=7),
        what=what,
        device=device,
        network=network,
        thing=name,
        when=now,
        security_url=_address(account, "/mon-compte/securite"),
        lost_url=_address(account, "/mot-de-passe-oublie"),
    )


def change_password(account: Account, password: str, *, now: datetime) -> None:
    """Another password: every other session ends, letters that were asked for die, and the owner is told."""
    had_one = account.password_hash is not None
    accounts.set_password(account, password)
    accounts.end_sign_ins(account, now=now, but=account.sign_in)
    _end_words(account, WORD_LINK, WORD_RESET)
    tell(account, "password" if had_one else "first_password", now=now)


def rename(account: Account, *, name: str, language: str) -> None:
    """How they are called, and in which language they are written to."""
    account.name, account.language = name, language
    session.flush()
