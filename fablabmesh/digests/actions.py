"""Writes: who asks for a letter, confirms it, changes or stops it; and who is forgotten."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, scoped_session

from fablabmesh.digests import queries, rules
from fablabmesh.digests.models import DigestRequest, Subscription
from fablabmesh.feeds import queries as feeds
from fablabmesh.feeds.composition import title_of
from fablabmesh.feeds.slices import Slice
from fablabmesh.kit.db import equip, session, transaction
from fablabmesh.kit.errors import NotFound, Refused
from fablabmesh.kit.i18n import force_locale, root_of
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.mails import actions as mails
from fablabmesh.mails.models import Mail
from fablabmesh.mails.rules import State

ISSUE, CONFIRM, ALREADY, GONE = "digests/issue", "digests/confirm", "digests/already", "digests/gone"
KINDS = (ISSUE, CONFIRM, ALREADY)
KIND_LABELS = {
    ISSUE: _l("Lettre de la semaine"),
    CONFIRM: _l("Lettre à confirmer"),
    ALREADY: _l("Lettre demandée deux fois"),
    GONE: _l("Fin d’une lettre"),
}


class TooMany(Refused):
    """So much was asked from one network that the rest must wait."""

    status = 429


@dataclass(frozen=True)
class Desk:
    """`key`: what links are signed by."""

    base_url: str
    key: bytes


def install(factory: scoped_session[Session], desk: Desk) -> None:
    """Have every session of this factory know the desk."""
    equip(factory, desk=desk)


def desk() -> Desk:
    """That of the session."""
    found: Desk = session().info["desk"]
    return found


def stop_word(subscription: Subscription) -> str:
    """What stands at the end of the link that stops or changes this letter."""
    return rules.write_stop(desk().key, subscription.id, subscription.nonce)


def stop_url(subscription: Subscription, *, with_language: bool = True) -> str:
    """The link itself. Without the language, for programs."""
    root = root_of(subscription.language) if with_language else ""
    return f"{desk().base_url}{root}/lettres/arreter/{stop_word(subscription)}"


# --- asking and confirming ---------------------------------------------------------------------------------------


def ask(*, email: str, wanted: Slice, language: str, network: str, now: datetime) -> None:
    """Send a link to confirm. Whoever asks learns nothing of the address: not even whether a letter was sent."""
    of_network = rules.anonymous(desk().key, f"network:{network}")
    if queries.count_requests(of_network, since=now - rules.NETWORK_WINDOW) >= rules.MOST_PER_NETWORK:
        raise TooMany(_("Trop de demandes viennent de votre réseau : réessayez dans une heure."))
    of_address = rules.anonymous(desk().key, f"address:{email}")
    is_flooded = queries.count_requests(of_address, since=now - rules.ADDRESS_WINDOW) >= rules.MOST_PER_ADDRESS
    session.add_all([DigestRequest(subject=subject, at=now) for subject in (of_network, of_address)])
    session.flush()
    if is_flooded:
        return
    subscription = _put(email, wanted.to_query(), language, now)
    if subscription.confirmed_at is None:
        _send_confirmation(subscription, wanted, language, now)
    else:
        _send_reminder(subscription, wanted, now)


def title_in(language: str, wanted: Slice) -> str:
    """What a letter follows, in the words of a language."""
    with force_locale(language):
        return title_of(wanted, feeds.find_names(wanted))


def _put(email: str, query: str, language: str, now: datetime) -> Subscription:
    """The subscription of this address to this slice, there already or new; locked."""
    values = {"email": email, "query": query, "language": language, "asked_at": now, "failures": 0}
    statement = insert(Subscription).values(nonce=secrets.token_bytes(16), **values)
    session.execute(statement.on_conflict_do_nothing(index_elements=[Subscription.email, Subscription.query]))
    return queries.lock_subscription(email, query)


def _send_confirmation(subscription: Subscription, wanted: Slice, language: str, now: datetime) -> None:
    secret = rules.new_secret()
    subscription.language, subscription.asked_at = language, now
    subscription.confirm_hash, subscription.confirm_until = rules.digest(secret), now + rules.CONFIRM_WITHIN
    session.flush()
    letter = mails.write(
        "digests/mail/confirm.html",
        language,
        title=title_in(language, wanted),
        confirm_url=f"{desk().base_url}{root_of(language)}/lettres/confirmer/{secret}",
    )
    mails.send_later(
        letter,
        to=subscription.email,
        kind=CONFIRM,
        about=subscription.id,
        now=now,
        expires_at=subscription.confirm_until,
    )


def _send_reminder(subscription: Subscription, wanted: Slice, now: datetime) -> None:
    language = subscription.language
    letter = mails.write(
        "digests/mail/already.html", language, title=title_in(language, wanted), settings_url=stop_url(subscription)
    )
    mails.send_later(letter, to=subscription.email, kind=ALREADY, about=subscription.id, now=now)


def get_asked(secret: str, *, now: datetime) -> Subscription:
    """The subscription that this secret confirms. NotFound when it was used, or is too old."""
    found = queries.find_asked(rules.digest(secret), now=now)
    if found is None:
        raise NotFound(
            _("Ce lien a déjà servi, ou il a plus de trois jours. Au besoin, demandez la lettre de nouveau.")
        )
    return found


def confirm(secret: str, *, now: datetime) -> Subscription:
    """Begin to send the letter, from the next Monday on. The secret is dead."""
    subscription = get_asked(secret, now=now)
    subscription.confirm_hash = subscription.confirm_until = None
    subscription.confirmed_at, subscription.last_issue = now, rules.issue_day(rules.issue_of(now))
    session.flush()
    return subscription


# --- changing and stopping ---------------------------------------------------------------------------------------


def find_by_stop_word(word: str) -> Subscription | None:
    """The subscription whose letter bore this word; None when it is stopped already, or the word is not ours."""
    subscription_id = rules.read_stop(word)
    found = queries.find_subscription(subscription_id) if subscription_id else None
    if found is None or not rules.is_stop(word, desk().key, found.id, found.nonce):
        return None
    return found


def count_others(subscription: Subscription) -> int:
    """How many more letters its address is sent."""
    return len([other for other in queries.list_of_address(subscription.email) if other.confirmed_at]) - 1


def set_language(subscription: Subscription, language: str) -> None:
    """From the next letter on."""
    subscription.language = language
    session.flush()


def stop(subscription: Subscription, *, now: datetime) -> None:
    """Nothing more is sent, and nothing is kept: neither the address nor that it was here."""
    subscription_id = subscription.id
    session.delete(subscription)
    session.flush()
    mails.forget_about(KINDS, subscription_id, now=now)


def stop_all(email: str, *, now: datetime) -> int:
    """Every letter to this address; says how many they were."""
    found = queries.list_of_address(email)
    for subscription in found:
        stop(subscription, now=now)
    return len(found)


def forget_address(email: str, *, now: datetime) -> int:
    """Stop every letter and take the address out of all mail, whatever it was about; says how many letters stopped."""
    count = stop_all(email, now=now)
    mails.forget_address(email, now=now)
    return count


# --- what goes on by itself --------------------------------------------------------------------------------------


def heed(mail: Mail, now: datetime) -> None:
    """Told of each letter of ours that left or was given up: addresses that refuse several times are forgotten."""
    if mail.kind not in KINDS or mail.about is None:
        return
    subscription = queries.find_and_lock(mail.about)
    if subscription is None:  # stopped while it was being brought
        mails.forget_about(KINDS, mail.about, now=now)
    elif mail.state is State.SENT:
        subscription.failures = 0 if mail.kind == ISSUE else subscription.failures
    elif not mail.is_refused:  # too late, or no fault of the address
        return
    elif subscription.confirmed_at is None:
        stop(subscription, now=now)
    else:
        subscription.failures += 1
        if subscription.failures >= rules.MOST_FAILURES:
            stop(subscription, now=now)


def forget_unconfirmed(now: datetime) -> int:
    """The chore: who did not confirm is forgotten, and how often was asked."""
    with transaction():
        late = queries.list_late(now)
        for subscription in late:
            stop(subscription, now=now)
        longest = max(rules.ADDRESS_WINDOW, rules.NETWORK_WINDOW)
        session.execute(delete(DigestRequest).where(DigestRequest.at < now - longest))
    return len(late)
