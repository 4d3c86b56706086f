"""Writes of tokens: made, used, revoked; and what was made by a request that may come again."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, or_, update
from sqlalchemy.dialects.postgresql import insert

from fablabmesh.accounts.actions import digest
from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import day, force_locale, root_of
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.mails import actions as mails
from fablabmesh.places.models import Place
from fablabmesh.tokens import queries
from fablabmesh.tokens.models import ApiAnswer, ApiToken
from fablabmesh.tokens.rules import (
    ANSWERS_KEPT,
    ENDED_KEPT,
    LIVES,
    MARK,
    MOST_TOKENS,
    SHOWN,
    WINDOW,
    Scope,
    wait_of,
)

LETTER = "tokens.made"
KIND_LABELS = {LETTER: _l("Jeton d’accès créé")}


def make_token(
    account: Account, *, name: str, scopes: Collection[Scope], places: Collection[Place], days: int, now: datetime
) -> tuple[ApiToken, str]:
    """The token, and its words, which nobody will ever see again. A letter tells its person that it was made."""
    if days not in LIVES:
        raise ValueError(f"not a life that is offered: {days}")
    if queries.count_open(account.id, now) >= MOST_TOKENS:
        raise Refused(
            _("Vous avez déjà %(most)d jetons : révoquez-en un dont vous ne vous servez plus.", most=MOST_TOKENS)
        )
    words = MARK + secrets.token_urlsafe(32)
    token = ApiToken(
        account_id=account.id,
        name=name,
        beginning=words[:SHOWN],
        digest=digest(words),
        scopes=sorted(set(scopes)),
        place_ids=sorted({place.id for place in places}),
        created_at=now,
        expires_at=now + timedelta(days=days),
        window_count=0,
    )
    session.add(token)
    session.flush()
    _tell(account, token, places, now)
    return token, words


def _tell(account: Account, token: ApiToken, places: Collection[Place], now: datetime) -> None:
    """Whoever did not make it must learn of it. Invented people have no letters."""
    if account.is_demo:
        return
    base = mails.office().base_url + root_of(account.language)
    with force_locale(account.language):
        expires_on = day(token.expires_at)
    letter = mails.write(
        "tokens/mail/made.html",
        account.language,
        name=token.name,
        beginning=token.beginning,
        places=sorted(place.name for place in places),
        expires_on=expires_on,
        can_write=Scope.EVENTS_WRITE in token.scopes,
        tokens_url=f"{base}/mon-espace/jetons",
    )
    mails.send_later(letter, to=account.email, kind=LETTER, about=token.id, now=now)


def revoke(token: ApiToken, *, now: datetime) -> None:
    """It opens nothing from now on."""
    token.revoked_at = now
    session.flush()


def count_use(token: ApiToken, *, now: datetime) -> int:
    """Note that it is used; gives for how many seconds it has to wait, 0 for none. One statement: all workers count."""
    is_over = or_(ApiToken.window_started_at.is_(None), ApiToken.window_started_at <= now - WINDOW)
    statement = (
        update(ApiToken)
        .where(ApiToken.id == token.id)
        .values(
            window_started_at=case((is_over, now), else_=ApiToken.window_started_at),
            window_count=case((is_over, 1), else_=ApiToken.window_count + 1),
            last_used_on=func.greatest(ApiToken.last_used_on, now.date()),
        )
        .returning(ApiToken.window_started_at, ApiToken.window_count)
        .execution_options(synchronize_session=False)
    )
    started, count = session.execute(statement).one()
    return wait_of(started or now, count, now)


def hold_answer(token: ApiToken, key: str, sent: bytes, *, uid: str, now: datetime) -> str | None:
    """Keep that this request makes the event `uid`; the uid of the one it made already, where it comes again.

    Of two at once, the second waits here for the first. Refused when the key was used for something else.
    """
    row = {"token_id": token.id, "key_digest": digest(key), "sent_digest": digest(sent.hex()), "event_uid": uid}
    made = session.execute(
        insert(ApiAnswer).values(**row, at=now).on_conflict_do_nothing().returning(ApiAnswer.token_id)
    ).first()
    if made is not None:
        return None
    known = queries.find_answer(token.id, row["key_digest"])  # type: ignore[arg-type]
    if known is None or known.sent_digest != row["sent_digest"]:
        raise Refused(_("Cette clé Idempotency-Key a déjà servi pour un autre envoi : prenez-en une nouvelle."))
    return known.event_uid


def forget_old(now: datetime) -> int:
    """The chore: what can no longer be sent again, and tokens that ended long ago."""
    ended = or_(ApiToken.expires_at < now - ENDED_KEPT, ApiToken.revoked_at < now - ENDED_KEPT)
    with transaction() as open_session:
        answers = open_session.execute(delete(ApiAnswer).where(ApiAnswer.at < now - ANSWERS_KEPT))
        tokens = open_session.execute(delete(ApiToken).where(ended))
        return int(answers.rowcount + tokens.rowcount)  # type: ignore[attr-defined]
