"""Writes: somebody is invited by mail to look after a place or to coordinate a zone, and accepts or declines."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_

from fablabmesh.accounts import actions as accounts
from fablabmesh.accounts.actions import digest
from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.errors import Conflict, NotFound, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.mails import actions as mails
from fablabmesh.mails.rules import clean_address
from fablabmesh.places.models import Place
from fablabmesh.places.rules import ManagerRole
from fablabmesh.teams import actions, queries, rules
from fablabmesh.teams.models import Invitation, TeamRequest
from fablabmesh.teams.rules import After
from fablabmesh.zones.models import Zone


@dataclass(frozen=True)
class Guest:
    """Who is invited, and in which words."""

    email: str
    language: str = "fr"
    name: str = ""
    message: str = ""


def invite(
    place: Place, guest: Guest, role: ManagerRole, *, by: Account | None, now: datetime, then: After | None = None
) -> Invitation:
    """To look after a place. `then`: what `by` becomes once it is accepted, who hands the place over by it."""
    address = _address(guest)
    if place.is_demo and not rules.is_nowhere(address):
        raise Refused(
            _("Un lieu de démonstration n’écrit à personne : invitez une adresse inventée, comme lea@exemple.invalid.")
        )
    if any(link.account.email == address for link in queries.list_team(place.id, is_held=True)):
        raise Conflict(_("Cette personne fait déjà partie de l’équipe."))
    if queries.find_open(address, place_id=place.id) is not None:
        raise Conflict(_("Cette adresse a déjà une invitation : renvoyez-la ou retirez-la, dans la liste."))
    if queries.count_open(place.id) >= rules.MOST_OPEN_INVITATIONS:
        raise Refused(_("Beaucoup d’invitations attendent une réponse : retirez-en avant d’inviter encore."))
    return _send_first(
        Invitation(
            place=place,
            place_id=place.id,
            role=role,
            handed_by_id=by.id if by is not None and then is not None else None,
            then=then,
        ),
        guest,
        address,
        by,
        now,
    )


def invite_coordinator(zone: Zone, guest: Guest, *, by: Account, now: datetime) -> Invitation:
    """To coordinate a zone."""
    address = _address(guest)
    if queries.find_open(address, zone_id=zone.id) is not None:
        raise Conflict(_("Cette adresse a déjà une invitation : renvoyez-la ou retirez-la, dans la liste."))
    return _send_first(Invitation(zone=zone, zone_id=zone.id), guest, address, by, now)


def _address(guest: Guest) -> str:
    address = clean_address(guest.email)
    if address is None:
        raise Refused(_("Cette adresse n’est pas complète (exemple : prenom@exemple.fr)."))
    return address


def _send_first(invitation: Invitation, guest: Guest, address: str, by: Account | None, now: datetime) -> Invitation:
    invitation.email, invitation.name, invitation.language = address, guest.name, guest.language
    invitation.message, invitation.invited_by, invitation.created_at = guest.message, by, now
    invitation.sent_count = 0
    session.add(invitation)
    _send(invitation, now)
    return invitation


def _send(invitation: Invitation, now: datetime) -> None:
    """A new word each time: of several letters, the last one's link is good."""
    word = secrets.token_urlsafe(32)
    invitation.digest, invitation.sent_at, invitation.sent_count = digest(word), now, invitation.sent_count + 1
    invitation.expires_at = now + rules.INVITATION_LIVES
    session.flush()
    letter = mails.write(
        "teams/mail/invitation.html",
        invitation.language,
        reader=invitation.name,
        place=invitation.place.name if invitation.place else "",
        zone=invitation.zone.name if invitation.zone else "",
        role=invitation.role,
        by=invitation.invited_by.name if invitation.invited_by else "",
        is_handed=invitation.then is not None,
        message=invitation.message,
        url=actions.address_of(f"/invitations/{word}", invitation.language),
        days=rules.INVITATION_LIVES.days,
    )
    mails.send_later(
        letter,
        to=invitation.email,
        kind=actions.INVITATION,
        about=invitation.id,
        now=now,
        expires_at=invitation.expires_at,
    )


def resend(invitation: Invitation, *, now: datetime) -> None:
    """The same once more, with a link that is good again for as long."""
    if invitation.sent_count >= rules.MOST_SENT:
        raise Refused(_("Cette invitation est partie plusieurs fois : écrivez à la personne par un autre moyen."))
    _send(invitation, now)


def withdraw(invitation: Invitation, *, now: datetime) -> None:
    """Its link leads nowhere from now on."""
    invitation.withdrawn_at = now
    session.flush()


# --- by the link of the letter -----------------------------------------------------------------------------------


def look(word: str, *, now: datetime, is_held: bool = False) -> Invitation:
    """What a link invites to, while it can be answered."""
    found = queries.find_invitation(digest(word), now=now, is_held=is_held)
    if found is None:
        raise NotFound(
            _("Cette invitation a déjà servi, a expiré ou a été retirée. Demandez à qui vous a écrit d’en envoyer une.")
        )
    return found


def accept_as(invitation: Invitation, account: Account, *, now: datetime) -> None:
    """With an account that is there. `invitation`: held."""
    if invitation.zone is not None and account.is_demo:
        raise Refused(_("Un compte de démonstration ne s’occupe que de lieux de démonstration."))
    invitation.accepted_at = now
    session.flush()
    if invitation.zone is not None:
        inviter = invitation.invited_by
        actions.grant_zone(invitation.zone, account, by=inviter, now=now)
        if inviter is not None:
            told = {"what": "joined_zone", "zone": invitation.zone.name, "name": account.name}
            path = f"/administration/personnes/{account.id}"
            actions.tell([inviter], "teams/mail/account.html", kind=actions.ACCOUNT, path=path, now=now, **told)
    elif invitation.place is not None and invitation.role is not None:
        actions.join(invitation.place, account, invitation.role, now=now)
        if invitation.then is not None and invitation.handed_by_id not in (None, account.id):
            actions.step_back(invitation.place, session.get_one(Account, invitation.handed_by_id),
                              then=invitation.then, now=now)  # fmt: skip


def accept_new(invitation: Invitation, *, name: str, password: str | None, language: str, now: datetime) -> Account:
    """With an account that is made by it: the link has shown that the address is theirs. Conflict if there is one."""
    account = accounts.create_account(
        email=invitation.email,
        name=name,
        password=password,
        language=language,
        confirmed_at=now,
        is_demo=invitation.place is not None and invitation.place.is_demo,
    )
    accept_as(invitation, account, now=now)
    return account


def decline(invitation: Invitation, *, now: datetime) -> None:
    """No, thank you: who invited is told."""
    invitation.declined_at = now
    session.flush()
    if invitation.invited_by is not None:
        place, zone = invitation.place, invitation.zone
        told = {"what": "declined", "name": invitation.email, "role": None}
        path = actions.team_path(place) if place else "/administration/personnes"
        name = place.name if place else zone.name if zone else ""
        actions.tell(
            [invitation.invited_by], "teams/mail/team.html", kind=actions.TEAM, path=path, now=now, place=name, **told
        )


# --- what goes on by itself --------------------------------------------------------------------------------------


def forget_old(now: datetime) -> int:
    """The chore: invitations that are over, or that nobody took up for long, and requests that count no more."""
    long_ago = now - rules.ENDED_KEPT
    with transaction():
        session.execute(delete(TeamRequest).where(TeamRequest.at < now - rules.ADDRESS_WINDOW))
        over = or_(
            Invitation.accepted_at < long_ago, Invitation.declined_at < long_ago, Invitation.withdrawn_at < long_ago,
            Invitation.expires_at < long_ago,
        )  # fmt: skip
        return len(session.execute(delete(Invitation).where(over).returning(Invitation.id)).all())
