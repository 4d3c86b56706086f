"""Writes: the page of a pole, its news, and letters by way of the site: to the pole, and to teams."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session, scoped_session

from fablabmesh.accounts.models import Account
from fablabmesh.coordination import queries, rules
from fablabmesh.coordination.models import PoleContact, PoleNews, PolePage, PoleRequest
from fablabmesh.coordination.rules import Contact
from fablabmesh.kit.db import equip, session, transaction
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.kit.i18n import root_of
from fablabmesh.kit.strangers import anonymous, is_stamp_fine, network_of, write_stamp
from fablabmesh.kit.text import free_slug
from fablabmesh.mails import actions as mails
from fablabmesh.notices import actions as notices
from fablabmesh.notices.rules import Kind
from fablabmesh.zones.models import Zone

TO_POLE, TO_TEAMS = "coordination/to_pole", "coordination/to_teams"
_TEAMS = "coordination/mail/to_teams.html"
KIND_LABELS = {TO_POLE: _l("Message à un pôle"), TO_TEAMS: _l("Lettre d’un pôle aux équipes")}


class TooMany(Refused):
    """So much came from one network that the rest must wait."""

    status = 429


def install(factory: scoped_session[Session], key: bytes) -> None:
    """Have every session of this factory know the key by which stamps are signed and requests counted."""
    equip(factory, coordination_key=key)


def _key() -> bytes:
    found: bytes = session().info["coordination_key"]
    return found


def stamp(now: datetime) -> str:
    """What a form for strangers says of when it was shown."""
    return write_stamp(_key(), "coordination", now)


def is_by_person(text: str, now: datetime) -> bool:
    """Was the form shown by us, neither too short nor too long ago?"""
    return is_stamp_fine(_key(), "coordination", text, now)


# --- the page ----------------------------------------------------------------------------------------------------


def write_page(
    zone: Zone,
    values: Mapping[str, str],
    contacts: Sequence[Contact],
    *,
    by: Account,
    now: datetime,
    version: int,
) -> bool:
    """`values`: presentation, seeks. `version`: of the page that was read, 0 where there was none. Has it changed?"""
    queries.lock_zone(zone)
    page = queries.find_page(zone, is_demo=by.is_demo)
    if version != (page.version if page else 0):
        raise Conflict(_("Quelqu’un a modifié la page du pôle pendant que vous écriviez."))
    told = (*values.values(), *contacts)
    if page is not None and told == (*(getattr(page, name) for name in values), *(each.told for each in page.contacts)):
        return False
    if page is None:
        page = PolePage(zone_id=zone.id, is_demo=by.is_demo, contacts=[])
        session.add(page)
    for name, value in values.items():
        setattr(page, name, value)
    page.changed_by_id, page.changed_at = by.id, now
    if [each.told for each in page.contacts] != list(contacts):
        page.contacts = [PoleContact(position=number, **vars(each)) for number, each in enumerate(contacts)]
    session.flush()
    return True


# --- news --------------------------------------------------------------------------------------------------------


def create_news(zone: Zone, values: Mapping[str, Any], *, by: Account, now: datetime, is_published: bool) -> PoleNews:
    """Tell something, or keep it as a draft. The same form sent twice tells it once."""
    queries.lock_zone(zone)
    before = queries.find_same(zone, values["title"], is_demo=by.is_demo)
    if before is not None and all(getattr(before, name) == value for name, value in values.items()):
        return before
    slug = free_slug(f"{values['on_date']} {values['title']}", lambda text: queries.is_slug_taken(zone, text))
    news = PoleNews(zone=zone, zone_id=zone.id, is_demo=by.is_demo, slug=slug, created_by_id=by.id, **values)
    news.created_at = news.changed_at = now
    _publish(news, is_published, now)
    session.add(news)
    session.flush()
    return news


def edit_news(news: PoleNews, values: Mapping[str, Any], *, now: datetime, version: int, is_published: bool) -> bool:
    """Correct it, publish it or take it back. Has it changed?"""
    queries.lock_news(news)
    if version != news.version:
        raise Conflict(_("Quelqu’un a modifié cette nouvelle pendant que vous écriviez."))
    changed = {name: value for name, value in values.items() if getattr(news, name) != value}
    if not changed and is_published == news.is_published:
        return False
    for name, value in changed.items():
        setattr(news, name, value)
    news.changed_at = now
    _publish(news, is_published, now)
    session.flush()
    return True


def _publish(news: PoleNews, is_published: bool, now: datetime) -> None:
    news.is_published = is_published
    if is_published and news.published_at is None:
        news.published_at = now


def delete_news(news: PoleNews, *, version: int) -> None:
    """For good; the journal remembers it."""
    queries.lock_news(news)
    if version != news.version:
        raise Conflict(
            _("Quelqu’un a modifié cette nouvelle pendant que vous écriviez. Relisez-la avant de la supprimer.")
        )
    session.delete(news)
    session.flush()


# --- letters -----------------------------------------------------------------------------------------------------


def write_to_pole(zone: Zone, text: str, *, name: str, email: str, network: str, path: str, now: datetime) -> int:
    """Bring somebody's words to those who coordinate a zone; kept nowhere but in letters. To how many?"""
    _count(network, now)
    readers = [person for person in queries.list_readers(zone) if not person.is_demo]
    # A site without a server of mail shows letters on a page: there the invented are written to.
    if not readers and mails.office().server is None:
        readers = queries.list_readers(zone)
    for person in readers:
        url = f"{mails.office().base_url}{root_of(person.language)}{path}"
        letter = mails.write(
            "coordination/mail/to_pole.html",
            person.language,
            zone=zone.name,
            name=name,
            email=email,
            text=text,
            url=url,
        )
        mails.send_later(letter, to=person.email, kind=TO_POLE, about=zone.id, now=now)
    return len(readers)


def _count(network: str, now: datetime) -> None:
    subject = anonymous(_key(), f"coordination/network:{network_of(network)}")
    if queries.count_requests(subject, since=now - rules.NETWORK_WINDOW) >= rules.MOST_PER_NETWORK:
        raise TooMany(_("Trop d’envois viennent de votre réseau : réessayez dans une heure."))
    session.add(PoleRequest(subject=subject, at=now))
    session.flush()


def tell_teams(news: PoleNews, *, by: Account, path: str, now: datetime) -> int:
    """Bring published news to all who look after a place of the zone, once, as often as each chose. To how many?"""
    queries.lock_news(news)
    if news.told_at is not None:
        raise Refused(_("Cette nouvelle a déjà été envoyée aux équipes."))
    if not news.is_published:
        raise Refused(_("Publiez d’abord cette nouvelle : la lettre y mène."))
    people = queries.list_teams(news.zone, is_demo=by.is_demo)
    told = {"title": news.title, "text": news.text, "zone": news.zone.name}
    for person in people:
        notices.notify(person, Kind.ZONE_NEWS, told, path=path, template=_TEAMS, sort=TO_TEAMS, about=news.id, now=now)
    news.told_at = now
    session.flush()
    return len(people)


def forget_person(account: Account, now: datetime) -> None:
    """Who is erased leaves the contacts of poles too: the address, and the name beside it or in one's own zone."""
    for contact in queries.list_contacts_of(account):
        is_theirs = contact.email.lower() == account.email.lower()
        contact.email = "" if is_theirs else contact.email
        if contact.name.lower() == account.name.lower():
            contact.name, contact.consented_on = "", None
    session.flush()


def forget_old(now: datetime) -> int:
    """The chore: from which network somebody wrote is not kept longer than it counts."""
    with transaction():
        gone = session.execute(delete(PoleRequest).where(PoleRequest.at <= now - rules.NETWORK_WINDOW))
        return int(gone.rowcount)  # type: ignore[attr-defined]
