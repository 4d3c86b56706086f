"""Writes: somebody says that a page is still right; people are asked once a year."""

import secrets
from collections.abc import Collection
from datetime import datetime

from fablabmesh.accounts.models import Account
from fablabmesh.curation import queries
from fablabmesh.curation.actions import FRESHNESS
from fablabmesh.curation.models import FreshnessLetter
from fablabmesh.curation.rules import LINK_GOOD_FOR, YEAR, Question, question_of
from fablabmesh.digests.rules import digest
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import root_of
from fablabmesh.mails import actions as mails
from fablabmesh.notices import actions as notices
from fablabmesh.notices.rules import Kind
from fablabmesh.places.actions import remember
from fablabmesh.places.freshness import FRESH_FOR
from fablabmesh.places.models import Place
from fablabmesh.places.rules import PlaceDeed


def confirm(place: Place, *, by: Account | None, now: datetime) -> None:
    """Somebody who knows says that all of the page is right."""
    place.confirmed_at = now
    session.flush()
    remember(place, PlaceDeed.CONFIRMED, {}, by=by, now=now)


def get_letter(secret: str, *, now: datetime) -> FreshnessLetter:
    """The letter of a link, while it is good."""
    letter = queries.find_letter(digest(secret), now=now)
    if letter is None or not letter.account.is_active:
        raise NotFound(_("Ce lien a déjà servi, ou il a plus de deux mois. Connectez-vous pour confirmer vos fiches."))
    return letter


def confirm_by_letter(secret: str, chosen: Collection[int], *, now: datetime) -> list[Place]:
    """The places that were chosen among those of the letter; its link is dead."""
    letter = get_letter(secret, now=now)
    confirmed = [place for place in queries.list_places_of(letter) if place.id in chosen]
    for place in confirmed:
        confirm(place, by=letter.account, now=now)
    letter.used_at = now
    session.flush()
    return confirmed


def ask_yearly(now: datetime) -> int:
    """The chore: one letter to each person whose places nobody confirmed for a year; says how many were written."""
    with transaction():
        due = queries.map_due(before=now - FRESH_FOR)
    count = 0
    for account_id, place_ids in due.items():
        with transaction():
            question = question_of(place_ids, queries.list_letters(account_id, since=now - YEAR), now)
            if question is not None:
                _write(session.get_one(Account, account_id), question, now)
                count += 1
        session.expunge_all()
    return count


def _write(account: Account, question: Question, now: datetime) -> None:
    secret = secrets.token_urlsafe(32)
    letter = FreshnessLetter(
        account_id=account.id,
        place_ids=list(question.place_ids),
        secret_hash=digest(secret),
        sent_at=now,
        expires_at=now + LINK_GOOD_FOR,
        is_reminder=question.is_reminder,
    )
    session.add(letter)
    session.flush()
    places = queries.list_places_of(letter)

    root = f"{mails.office().base_url}{root_of(account.language)}"
    told = {
        "name": account.name,
        "places": [(place.name, place.commune, f"{root}/lieux/{place.slug}") for place in places],
        "is_reminder": question.is_reminder,
    }
    notices.notify(
        account,
        Kind.FRESHNESS,
        told,
        path=f"/fiches/confirmer/{secret}",
        template="curation/mail/freshness.html",
        sort=FRESHNESS,
        about=letter.id,
        expires_at=letter.expires_at,
        now=now,
    )
