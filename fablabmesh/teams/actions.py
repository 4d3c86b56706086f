"""Writes: who looks after a place, with which role, who leaves, who takes over; and what those who run the site do."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session, scoped_session

from fablabmesh.accounts.models import Account, SignIn
from fablabmesh.accounts.rules import Role
from fablabmesh.kit.db import equip, session
from fablabmesh.kit.errors import Conflict, NotFound, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.kit.i18n import root_of
from fablabmesh.kit.strangers import anonymous, is_stamp_fine, network_of, write_stamp
from fablabmesh.mails import actions as mails
from fablabmesh.notices import actions as notices
from fablabmesh.notices.rules import Kind
from fablabmesh.places import actions as places
from fablabmesh.places.models import Place, PlaceManager
from fablabmesh.places.rules import ManagerRole
from fablabmesh.teams import queries, rules
from fablabmesh.teams.models import Invitation, TeamRequest
from fablabmesh.teams.rules import After, is_last_manager
from fablabmesh.zones import actions as zones
from fablabmesh.zones.models import Zone

INVITATION, CLAIM, TEAM, MESSAGE, ACCOUNT = (
    *("teams/invitation", "teams/claim", "teams/team", "teams/message", "teams/account"),
)
# As what their readers tune them. What is said of one's own rights comes always, and at once.
_TUNED_AS = {CLAIM: Kind.CLAIM, TEAM: Kind.TEAM, MESSAGE: Kind.TEAM, ACCOUNT: Kind.SECURITY}
KIND_LABELS = {
    INVITATION: _l("Invitation"),
    CLAIM: _l("Demande de s’occuper d’un lieu"),
    TEAM: _l("Nouvelles d’une équipe"),
    MESSAGE: _l("Message à une équipe"),
    ACCOUNT: _l("Droits d’un compte"),
}


class TooMany(Refused):
    """So much was asked for that the rest must wait."""

    status = 429


def install(factory: scoped_session[Session], key: bytes) -> None:
    """Have every session of this factory know the key by which stamps are signed and requests counted."""
    equip(factory, teams_key=key)


def _key() -> bytes:
    found: bytes = session().info["teams_key"]
    return found


def stamp(now: datetime) -> str:
    """What a form for strangers says of when it was shown."""
    return write_stamp(_key(), "teams", now)


def is_by_person(text: str, now: datetime) -> bool:
    """Was the form shown by us, neither too short nor too long ago?"""
    return is_stamp_fine(_key(), "teams", text, now)


def count_network(network: str, now: datetime) -> None:
    """Refuses what comes too often from one network."""
    subject = anonymous(_key(), f"teams/network:{network_of(network)}")
    if queries.count_requests(subject, since=now - rules.NETWORK_WINDOW) >= rules.MOST_PER_NETWORK:
        raise TooMany(_("Trop d’envois viennent de votre réseau : réessayez dans une heure."))
    session.add(TeamRequest(subject=subject, at=now))


def may_write_to(address: str, now: datetime) -> bool:
    """May a stranger have the site write there once more today? Told to nobody: it would tell who is known here."""
    subject = anonymous(_key(), f"teams/address:{address}")
    if queries.count_requests(subject, since=now - rules.ADDRESS_WINDOW) >= rules.MOST_PER_ADDRESS:
        return False
    session.add(TeamRequest(subject=subject, at=now))
    return True


# --- letters -----------------------------------------------------------------------------------------------------


def address_of(path: str, language: str) -> str:
    """Where a page is, for a letter in that language."""
    return f"{mails.office().base_url}{root_of(language)}{path}"


def tell(people: Iterable[Account], template: str, *, kind: str, path: str, now: datetime, **values: object) -> None:
    """A letter to each, as often as they chose. Invented people, and those who cannot sign in, are not written to."""
    for person in people:
        if not person.is_demo:
            told = {"reader": person.name, **values}
            notices.notify(person, _TUNED_AS[kind], told, path=path, template=template, sort=kind, now=now)


def team_path(place: Place) -> str:
    """The page of a place's team."""
    return f"/lieux/{place.slug}/equipe-de-gestion"


def _tell_team(place: Place, what: str, person: Account, *, now: datetime, role: ManagerRole | None = None) -> None:
    """The managers of a place, but not the one that it is about."""
    others = [link.account for link in rules.managers_in(queries.list_team(place.id)) if link.account_id != person.id]
    told = {"place": place.name, "what": what, "name": person.name, "role": role}
    tell(others, "teams/mail/team.html", kind=TEAM, path=team_path(place), now=now, **told)


def tell_orphan(place: Place, now: datetime) -> None:
    """Whoever coordinates there, that nobody looks after a place any more; else those who run the site."""
    people = queries.list_coordinators_of(place) or queries.list_admins()
    told = {"place": place.name, "what": "orphan", "name": "", "role": None}
    tell(people, "teams/mail/team.html", kind=TEAM, path=team_path(place), now=now, **told)


# --- who is in the team ------------------------------------------------------------------------------------------


def join(place: Place, account: Account, role: ManagerRole, *, now: datetime) -> None:
    """Let a person into the team, and tell the others. Nobody becomes less by it than they were."""
    there = next((link for link in queries.list_team(place.id, is_held=True) if link.account_id == account.id), None)
    if there is not None and (there.role is ManagerRole.MANAGER or role is ManagerRole.EDITOR):
        return
    places.grant(place, account, role)
    session.refresh(place, ["managers"])
    _tell_team(place, "joined", account, now=now, role=role)


def bring_back(place: Place, account: Account, role: ManagerRole, *, by: Account, now: datetime) -> None:
    """Somebody who had left or was put out is there again, by somebody else's word: they are told as well."""
    join(place, account, role, now=now)
    if account.id != by.id:
        told = {"place": place.name, "what": "role", "name": by.name, "role": role}
        tell([account], "teams/mail/team.html", kind=TEAM, path=team_path(place), now=now, **told)


def _member(place: Place, account_id: int) -> tuple[list[PlaceManager], PlaceManager]:
    team = queries.list_team(place.id, is_held=True)
    found = next((link for link in team if link.account_id == account_id), None)
    if found is None:
        raise NotFound(_("Cette personne ne fait plus partie de l’équipe."))
    return team, found


def _keep_a_manager(team: list[PlaceManager], account_id: int) -> None:
    if is_last_manager(team, account_id):
        raise Refused(
            _("C’est la dernière personne responsable du lieu : désignez d’abord qui prend la suite, ci-dessous.")
        )


def change_role(
    place: Place, account_id: int, role: ManagerRole, *, seen: ManagerRole, by: Account, now: datetime
) -> None:
    """`seen`: the role that they had on the page; Conflict if somebody else changed it meanwhile."""
    team, link = _member(place, account_id)
    if link.role is not seen:
        raise Conflict(
            _(
                "Quelqu’un d’autre vient de changer ce rôle : %(name)s a maintenant le rôle « %(role)s ».",
                name=link.account.name,
                role=link.role.label,
            )
        )
    if role is link.role:
        return
    if role is ManagerRole.EDITOR:
        _keep_a_manager(team, account_id)
    _set_role(place, link, role, by=by, now=now)


def _set_role(place: Place, link: PlaceManager, role: ManagerRole, *, by: Account, now: datetime) -> None:
    link.role = role
    session.flush()
    session.refresh(place, ["managers"])
    if link.account_id != by.id:
        told = {"place": place.name, "what": "role", "name": by.name, "role": role}
        tell([link.account], "teams/mail/team.html", kind=TEAM, path=team_path(place), now=now, **told)


def remove(place: Place, account_id: int, *, by: Account, now: datetime, nobody_follows: bool = False) -> None:
    """Out of the team, with the invitations that they sent. The last manager only if it is said that nobody follows."""
    team, link = _member(place, account_id)
    account = link.account
    is_last = is_last_manager(team, account_id)
    if is_last and not nobody_follows:
        _keep_a_manager(team, account_id)
    session.delete(link)
    withdraw_all(account, now, place)
    session.flush()
    session.refresh(place, ["managers"])
    if account_id != by.id:
        told = {"place": place.name, "what": "removed", "name": by.name, "role": None}
        tell([account], "teams/mail/team.html", kind=TEAM, path=f"/lieux/{place.slug}", now=now, **told)
    else:
        _tell_team(place, "left", account, now=now)
    if is_last:
        tell_orphan(place, now)


def leave(place: Place, account: Account, *, now: datetime, nobody_follows: bool = False) -> None:
    """By oneself. See `remove`."""
    remove(place, account.id, by=account, now=now, nobody_follows=nobody_follows)


def hand_over(place: Place, account: Account, to_id: int, *, then: After, now: datetime) -> None:
    """Somebody of the team becomes its manager, and the one who hands over stays as an editor, or leaves."""
    _team, successor = _member(place, to_id)
    if to_id == account.id or not successor.account.is_active:
        raise Refused(_("Choisissez une autre personne de l’équipe."))
    _team, mine = _member(place, account.id)
    if mine.role is not ManagerRole.MANAGER:
        raise Refused(_("Seule une personne responsable du lieu peut en passer la responsabilité."))
    if successor.role is not ManagerRole.MANAGER:
        _set_role(place, successor, ManagerRole.MANAGER, by=account, now=now)
    step_back(place, account, then=then, now=now)


def step_back(place: Place, account: Account, *, then: After, now: datetime) -> None:
    """Become an editor or leave, once somebody else manages; nothing if they have left meanwhile."""
    team = queries.list_team(place.id, is_held=True)
    link = next((each for each in team if each.account_id == account.id), None)
    if link is None or is_last_manager(team, account.id):
        return
    if then is After.LEAVE:
        leave(place, account, now=now)
    elif link.role is ManagerRole.MANAGER:
        _set_role(place, link, ManagerRole.EDITOR, by=account, now=now)


def withdraw_all(account: Account, now: datetime, place: Place | None = None) -> None:
    """The open invitations that somebody sent, for a place or for all: they have no say there any more."""
    conditions = [Invitation.invited_by_id == account.id, Invitation.accepted_at.is_(None)]
    conditions += [Invitation.declined_at.is_(None), Invitation.withdrawn_at.is_(None)]
    if place is not None:
        conditions.append(Invitation.place_id == place.id)
    session.execute(update(Invitation).where(*conditions).values(withdrawn_at=now))


def write_to_team(place: Place, text: str, *, by: Account, with_address: bool, now: datetime) -> int:
    """A letter by way of the site, which tells nobody's address, but the writer's if they wish. Says to how many."""
    subject = anonymous(_key(), f"teams/message:{by.id}")
    if queries.count_requests(subject, since=now - rules.MESSAGE_WINDOW) >= rules.MOST_MESSAGES:
        raise TooMany(_("Vous avez écrit à beaucoup d’équipes : réessayez dans une heure."))
    people = [link.account for link in queries.list_team(place.id) if link.account_id != by.id]
    session.add(TeamRequest(subject=subject, at=now))
    told = {"place": place.name, "name": by.name, "text": text, "address": by.email if with_address else ""}
    tell(people, "teams/mail/message.html", kind=MESSAGE, path=team_path(place), now=now, **told)
    return len(people)


# --- people, by those who run the site ---------------------------------------------------------------------------


def _keep_an_admin(account: Account) -> None:
    if queries.list_active_admin_ids() == [account.id]:
        raise Refused(_("C’est le dernier compte d’administration : nommez d’abord quelqu’un d’autre."))


def deactivate(account: Account, *, by: Account, now: datetime) -> None:
    """No sign-in any more, and the sessions there are end at once. What they wrote stays."""
    if account.id == by.id:
        raise Refused(_("Vous ne pouvez pas désactiver votre propre compte."))
    if not account.is_active:
        return
    if account.role is Role.ADMIN:
        _keep_an_admin(account)
    managed = [link.place for link in queries.map_places_of([account.id]).get(account.id, [])]
    last = [place for place in managed if is_last_manager(queries.list_team(place.id), account.id)]
    account.is_active = False
    ended = update(SignIn).where(SignIn.account_id == account.id, SignIn.ended_at.is_(None))
    session.execute(ended.values(ended_at=now))
    withdraw_all(account, now)
    session.flush()
    for place in last:
        tell_orphan(place, now)


def reactivate(account: Account, *, now: datetime) -> None:
    """They may sign in again, to what is theirs still."""
    if not account.is_active:
        account.is_active = True
        session.flush()
        tell(
            [account], "teams/mail/account.html", kind=ACCOUNT, path="/connexion", now=now, what="reactivated", zone=""
        )


def set_role(account: Account, role: Role, *, by: Account, now: datetime) -> None:
    """Make an administrator of somebody, or of an administrator somebody like the others."""
    if account.role is role:
        return
    if account.is_demo:
        raise Refused(_("Un compte de démonstration n’administre pas le site."))
    if role is not Role.ADMIN:
        _keep_an_admin(account)
    elif not account.is_active:
        raise Refused(_("Ce compte est désactivé : réactivez-le d’abord."))
    account.role = role
    session.flush()
    people = [account, *(other for other in queries.list_admins() if other.id not in (account.id, by.id))]
    what = "admin" if role is Role.ADMIN else "not_admin"
    tell(
        people,
        "teams/mail/account.html",
        kind=ACCOUNT,
        path="/mon-espace",
        now=now,
        what=what,
        zone="",
        name=account.name,
    )


def grant_zone(zone: Zone, account: Account, *, by: Account | None, now: datetime) -> None:
    """Let somebody coordinate a zone, and tell them."""
    if zone.id not in account.zone_ids:
        zones.grant_coordination(zone, account, by=by, now=now)
        tell(
            [account], "teams/mail/account.html", kind=ACCOUNT, path="/mon-espace", now=now, what="zone", zone=zone.name
        )


def withdraw_zone(zone: Zone, account: Account, *, now: datetime) -> None:
    """Not any more."""
    if zone.id in account.zone_ids:
        zones.withdraw_coordination(zone, account)
        tell(
            [account],
            "teams/mail/account.html",
            kind=ACCOUNT,
            path="/mon-espace",
            now=now,
            what="not_zone",
            zone=zone.name,
        )
