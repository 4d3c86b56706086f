"""People and what they look after: the teams of a zone for who coordinates it, all accounts for who runs the site."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.models import Account
from fablabmesh.accounts.rights import Act, Tie, ties_to_site
from fablabmesh.accounts.rules import Role
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import Conflict, NotFound, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import language
from fablabmesh.kit.web import fresh, read_page, signed_in
from fablabmesh.teams import actions, invitation_actions, queries
from fablabmesh.teams.claim_views import bp
from fablabmesh.teams.forms import CoordinatorForm
from fablabmesh.teams.invitation_actions import Guest
from fablabmesh.teams.models import Invitation
from fablabmesh.teams.queries import PeopleSearch, TeamSearch
from fablabmesh.teams.rules import state_of, unknown_invitation
from fablabmesh.zones import queries as zones
from fablabmesh.zones.models import Zone

PAGE_SIZE = 40


# --- the teams of a zone -----------------------------------------------------------------------------------------


@bp.get("/equipes")
@signed_in
@does(Act.DESK_CARE)
def index() -> str:
    """The places of my zones and who looks after them; those that nobody does any more."""
    codes, is_demo = queries.reach_of(current_user)
    ties = ties_to_site(current_user) | ({Tie.COORDINATOR} if codes else set())
    hold_to(Act.DESK_CARE, ties)
    wanted = TeamSearch(request.args.get("q", "")[:100], request.args.get("etat", ""))
    page = read_page(request.args, queries.count_places_with_teams(codes, is_demo, wanted), PAGE_SIZE)
    found = queries.list_places_with_teams(codes, is_demo, wanted, limit=page.size, offset=page.offset)
    return render_template(
        "teams/index.html",
        places=found,
        page=page,
        wanted=wanted,
        states=_states(),
        orphans=queries.count_orphans(codes, is_demo),
    )


def _states() -> list[tuple[str, str]]:
    return [
        ("", _("tous les lieux")),
        ("tended", _("tenus par leur équipe")),
        ("orphan", _("que leur équipe a quittés")),
        ("never", _("que personne n’a jamais tenus")),
    ]


# --- people ------------------------------------------------------------------------------------------------------


@bp.get("/administration/personnes")
@signed_in
@does(Act.SITE_PEOPLE)
def people() -> str:
    """All accounts, and who is invited to coordinate a zone."""
    return _people_page()


def _people_page(form: Any = None) -> str:
    wanted = PeopleSearch(request.args.get("q", "")[:100], request.args.get("qui", ""))
    page = read_page(request.args, queries.count_people(wanted), PAGE_SIZE)
    found = queries.list_people(wanted, limit=page.size, offset=page.offset)
    ids, now = [person.id for person in found], clock.now()
    form = form or CoordinatorForm(formdata=None, language=language())
    form.offer(_zone_choices(zones.list_zones()))
    return render_template(
        "teams/people.html",
        people=found,
        page=page,
        wanted=wanted,
        kinds=_kinds(),
        places=queries.map_places_of(ids),
        zones=queries.map_zones_of(ids),
        invitations=queries.list_zone_invitations(),
        state_of=lambda invitation: state_of(invitation, now),
        form=form,
    )


def _kinds() -> list[tuple[str, str]]:
    return [
        ("", _("tout le monde")),
        ("admin", _("administration")),
        ("coordinator", _("coordination d’une zone")),
        ("manager", _("équipe d’un lieu")),
        ("nothing", _("rien de tout cela")),
        ("inactive", _("compte désactivé")),
    ]


def _zone_choices(found: list[Zone]) -> list[tuple[str, str]]:
    return [(str(zone.id), f"{zone.programme.name} – {zone.name}") for zone in found]


@bp.post("/administration/personnes/inviter")
@signed_in
@fresh
@does(Act.SITE_PEOPLE)
def invite_coordinator() -> Answer | tuple[str, int]:
    """A letter to somebody who is to coordinate a zone."""
    form = CoordinatorForm()
    form.offer(_zone_choices(zones.list_zones()))
    if not form.validate():
        return _people_page(form), 422
    zone = queries.get_zone(int(form.zone_id.data))
    guest = Guest(form.email.data or "", form.language.data, message=form.message.data or "")
    try:
        invitation_actions.invite_coordinator(zone, guest, by=current_user, now=clock.now())
    except (Refused, Conflict) as refusal:
        form.email.errors = [refusal.message]
        return _people_page(form), 422
    flash(_("L’invitation est partie à %(address)s.", address=guest.email))
    return redirect(url_for(".people"), 303)


def _zone_invitation(invitation_id: int) -> Invitation:
    found = queries.get_invitation(invitation_id)
    if found.zone_id is None:
        raise NotFound(unknown_invitation())
    return found


@bp.post("/administration/personnes/invitations/<int:invitation_id>/renvoyer")
@signed_in
@does(Act.SITE_PEOPLE)
def resend_to_coordinator(invitation_id: int) -> Answer:
    """The same letter once more."""
    invitation_actions.resend(_zone_invitation(invitation_id), now=clock.now())
    flash(_("L’invitation est repartie."))
    return redirect(url_for(".people"), 303)


@bp.post("/administration/personnes/invitations/<int:invitation_id>/retirer")
@signed_in
@does(Act.SITE_PEOPLE)
def withdraw_from_coordinator(invitation_id: int) -> Answer:
    """Its link leads nowhere from now on."""
    invitation_actions.withdraw(_zone_invitation(invitation_id), now=clock.now())
    flash(_("L’invitation est retirée : son lien ne mène plus nulle part."))
    return redirect(url_for(".people"), 303)


# --- one of them -------------------------------------------------------------------------------------------------


@bp.get("/administration/personnes/<int:account_id>")
@signed_in
@does(Act.SITE_PEOPLE)
def person(account_id: int) -> str:
    """What somebody is here, and what may be changed of it."""
    return _person_page(queries.get_person(account_id))


def _person_page(account: Account, problem: str = "") -> str:
    mine = queries.map_zones_of([account.id]).get(account.id, [])
    taken = {zone.id for zone in mine}
    return render_template(
        "teams/person.html",
        person=account,
        places=queries.map_places_of([account.id]).get(account.id, []),
        zones=mine,
        others=_zone_choices([zone for zone in zones.list_zones() if zone.id not in taken]),
        last_seen=queries.find_last_seen(account.id),
        is_me=account.id == current_user.id,
        problem=problem,
    )


def _to_person(account_id: int) -> Answer:
    return redirect(url_for(".person", account_id=account_id), 303)


@bp.post("/administration/personnes/<int:account_id>/etat")
@signed_in
@fresh
@does(Act.SITE_PEOPLE)
def set_state(account_id: int) -> Answer | tuple[str, int]:
    """Deactivate the account, or open it again."""
    account, now = queries.get_person(account_id), clock.now()
    try:
        if request.form.get("actif") == "oui":
            actions.reactivate(account, now=now)
            flash(_("Le compte est réactivé."))
        else:
            actions.deactivate(account, by=current_user, now=now)
            flash(_("Le compte est désactivé, et ses sessions sont fermées."))
    except Refused as refusal:
        return _person_page(account, refusal.message), 422
    return _to_person(account_id)


@bp.post("/administration/personnes/<int:account_id>/role")
@signed_in
@fresh
@does(Act.SITE_PEOPLE)
def set_role(account_id: int) -> Answer | tuple[str, int]:
    """An administrator, or somebody like the others."""
    account = queries.get_person(account_id)
    role = Role.ADMIN if request.form.get("role") == Role.ADMIN.value else Role.MEMBER
    try:
        actions.set_role(account, role, by=current_user, now=clock.now())
    except Refused as refusal:
        return _person_page(account, refusal.message), 422
    flash(_("Le rôle est changé."))
    # Whoever took it from themselves may not see the page any more.
    return _to_person(account_id) if current_user.role is Role.ADMIN else redirect(url_for("home.dashboard"), 303)


@bp.post("/administration/personnes/<int:account_id>/zones")
@signed_in
@fresh
@does(Act.SITE_PEOPLE)
def set_zone(account_id: int) -> Answer | tuple[str, int]:
    """Let somebody coordinate a zone, or not any more."""
    account, now = queries.get_person(account_id), clock.now()
    text = request.form.get("zone_id", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        return _person_page(account, _("Choisissez parmi ce qui est proposé.")), 422
    zone = queries.get_zone(int(text))
    if request.form.get("retirer") == "oui":
        actions.withdraw_zone(zone, account, now=now)
        flash(_("Cette personne ne coordonne plus la zone « %(name)s ».", name=zone.name))
    else:
        actions.grant_zone(zone, account, by=current_user, now=now)
        flash(_("Cette personne coordonne maintenant la zone « %(name)s ».", name=zone.name))
    return _to_person(account_id)
