"""Writes: a letter put into the queue, brought to the server, put off, given up, forgotten."""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session, scoped_session

from fablabmesh.kit import smtp
from fablabmesh.kit.db import equip, session, transaction
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.letters import Letter, Writer
from fablabmesh.kit.text import clean_line
from fablabmesh.mails import queries
from fablabmesh.mails.models import Mail
from fablabmesh.mails.rules import (
    KEPT_WAITING,
    ROW_KEPT,
    WORDS_KEPT,
    State,
    clean_address,
    is_header,
    pause_after,
)

MOST_A_TURN = 200
_log = logging.getLogger("fablabmesh.mails")

Heed = Callable[[Mail, datetime], None]


@dataclass
class Office:
    """What sending takes. `heed`: told, in the same transaction, of each letter that was sent or given up.

    `kinds`: what people call the kinds of letters.
    """

    writer: Writer
    base_url: str
    server: smtp.Server | None = None
    sender: Address | None = None
    heed: tuple[Heed, ...] = ()
    kinds: Mapping[str, Any] = field(default_factory=dict)
    patience: float = smtp.PATIENCE
    has_warned: bool = field(default=False, init=False)


def install(factory: scoped_session[Session], office: Office) -> None:
    """Have every session of this factory know the office."""
    equip(factory, office=office)


def office() -> Office:
    """That of the session."""
    found: Office = session().info["office"]
    return found


def write(name: str, language: str, /, **values: object) -> Letter:
    """A letter from its template, `<room>/mail/<name>.html`."""
    return office().writer.write(name, language, **values)


def write_in_all(name: str, values_in: Callable[[str], Mapping[str, object]]) -> Letter:
    """The same for people of whom no language is known: in all of them, one below the other."""
    return office().writer.write_in_all(name, values_in)


def send_later(
    letter: Letter,
    *,
    to: str,
    kind: str,
    now: datetime,
    about: int | None = None,
    headers: Mapping[str, str] | None = None,
    expires_at: datetime | None = None,
) -> Mail:
    """Put a letter into the queue: it leaves when this transaction is committed, and not at all if it is undone."""
    address = clean_address(to)
    if address is None:
        raise Refused(_("Cette adresse électronique ne peut pas recevoir de courrier. Vérifiez-la."))
    if not letter.subject or clean_line(letter.subject) != letter.subject:
        raise ValueError("a subject is one line")
    given = dict(headers or {})
    if not all(is_header(name, value) for name, value in given.items()):
        raise ValueError("only headers of lists, of plain characters")
    host = urlsplit(office().base_url).hostname or "localhost"
    mail = Mail(
        kind=kind,
        about=about,
        to_address=address,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        headers=given,
        message_id=f"<{secrets.token_hex(16)}@{host}>",
        created_at=now,
        due_at=now,
        expires_at=expires_at or now + KEPT_WAITING,
        attempts=0,
        last_error="",
    )
    session.add(mail)
    session.flush()
    return mail


# --- the worker --------------------------------------------------------------------------------------------------


def deliver(now: datetime) -> int:
    """The chore: bring what is due, each letter in a transaction of its own. Says how many left.

    Whoever dies between the server's « 250 » and the commit brings the letter again, with the same Message-ID: at least
    once, never quite exactly once, as with any server of mail.
    """
    desk = office()
    if desk.server is None or desk.sender is None:
        _warn(desk, now)
        return 0
    sent = 0
    with smtp.Line(desk.server, patience=desk.patience) as line:
        for _turn in range(MOST_A_TURN):
            with transaction():
                mail = queries.find_due(now)
                if mail is None:
                    break
                is_answered = _bring(mail, line, desk.sender, now)
                sent += mail.state is State.SENT
            session.expunge_all()
            if not is_answered:  # the others would wait for nothing
                break
    return sent


def _warn(desk: Office, now: datetime) -> None:
    """Once: letters wait, and somebody should know."""
    if desk.has_warned or queries.find_oldest_due(now) is None:
        return
    desk.has_warned = True
    _log.warning("letters wait and no server of mail is set: see FABLABMESH_SMTP_URL")


def _bring(mail: Mail, line: smtp.Line, sender: Address, now: datetime) -> bool:
    """Did the server answer, for better or worse?"""
    if mail.expires_at <= now:
        _give_up(mail, mail.last_error or "expired", now)
        return True
    mail.attempts += 1
    try:
        line.send(_to_message(mail, sender), sender=sender.addr_spec, to=mail.to_address)
    except smtp.Rejected as refusal:
        mail.is_refused = refusal.is_of_address
        _give_up(mail, str(refusal), now)
    except smtp.Away as trouble:
        _put_off(mail, str(trouble), now)
        return False
    except smtp.Deferred as trouble:
        _put_off(mail, str(trouble), now)
    except Exception as error:  # a letter that cannot be written must not hold up those behind it
        _log.exception("letter %d (%s) cannot be written", mail.id, mail.kind)
        _put_off(mail, type(error).__name__, now)
    else:
        mail.sent_at, mail.last_error = now, ""
        _tell(mail, now)
    return True


def _to_message(mail: Mail, sender: Address) -> smtp.EmailMessage:
    return smtp.write_message(
        sender=sender,
        to=mail.to_address,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        message_id=mail.message_id,
        written_at=mail.created_at,
        headers=mail.headers,
    )


def _put_off(mail: Mail, reason: str, now: datetime) -> None:
    pause = pause_after(mail.attempts)
    if pause is None:
        _give_up(mail, reason, now)
        return
    mail.due_at, mail.last_error = now + pause, reason
    _log.info("letter %d (%s) is put off by %s: %s", mail.id, mail.kind, pause, reason)


def _give_up(mail: Mail, reason: str, now: datetime) -> None:
    mail.failed_at, mail.last_error = now, reason
    _log.warning("letter %d (%s) is given up after %d attempts: %s", mail.id, mail.kind, mail.attempts, reason)
    _tell(mail, now)


def _tell(mail: Mail, now: datetime) -> None:
    session.flush()
    for heed in office().heed:
        try:
            with session.begin_nested():
                heed(mail, now)
        except Exception:  # the letter has left: to undo that would be to send it again
            _log.exception("nobody could be told of letter %d (%s)", mail.id, mail.kind)


def erase_old(now: datetime) -> int:
    """The chore: forget whom old letters went to and what they said, then that there were any."""
    with transaction():
        old = or_(
            Mail.sent_at < now - WORDS_KEPT, Mail.failed_at < now - WORDS_KEPT, Mail.created_at < now - 2 * WORDS_KEPT
        )
        erased = session.execute(
            update(Mail).where(Mail.erased_at.is_(None), old).values(**_nothing(now)).returning(Mail.id)
        ).all()
        session.execute(delete(Mail).where(Mail.created_at < now - ROW_KEPT))
    return len(erased)


# --- by hand -----------------------------------------------------------------------------------------------------


def retry(mail: Mail, *, now: datetime) -> None:
    """Bring a letter again, from the first pause on. Refuses one whose words are gone or no longer true."""
    if mail.erased_at is not None or mail.expires_at <= now:
        raise Refused(_("Ce courrier est trop ancien pour être envoyé."))
    if mail.sent_at is not None:
        raise Refused(_("Ce courrier est déjà parti."))
    mail.due_at, mail.attempts, mail.failed_at, mail.is_refused = now, 0, None, False
    session.flush()


def forget_about(kinds: tuple[str, ...], about: int, *, now: datetime) -> None:
    """Letters that wait are not sent, and the address of those that left is erased at once.

    The one that is being brought right now is left alone, so that nobody waits for a server of mail.
    """
    _forget(now, Mail.kind.in_(kinds), Mail.about == about)


def forget_address(address: str, *, now: datetime) -> None:
    """The same for all letters to an address."""
    _forget(now, Mail.to_address == address)


def _forget(now: datetime, *its: ColumnElement[bool]) -> None:
    ids = list(session.scalars(select(Mail.id).where(*its).with_for_update(skip_locked=True)))
    session.execute(delete(Mail).where(Mail.id.in_(ids), Mail.sent_at.is_(None), Mail.failed_at.is_(None)))
    session.execute(update(Mail).where(Mail.id.in_(ids), Mail.erased_at.is_(None)).values(**_nothing(now)))


def _nothing(now: datetime) -> dict[str, object]:
    return {"to_address": "", "subject": "", "text": "", "html": "", "headers": {}, "erased_at": now}
