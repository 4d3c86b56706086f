"""The team of a place: who is in it, inviting, roles, handing over, leaving; and the link of an invitation."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts import queries as accounts
from fablabmesh.accounts import session
from fablabmesh.accounts.rights import Act, Tie
from fablabmesh.accounts.rules import Means
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import Conflict, NotFound, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import language
from fablabmesh.kit.web import anyone, fresh, require, signed_in
from fablabmesh.places import queries as places
from fablabmesh.places.models import Place, PlaceManager
from fablabmesh.places.rules import ManagerRole, may, ties_to
from fablabmesh.teams import actions, invitation_actions, queries
from fablabmesh.teams.forms import AcceptForm, HandOverForm, InviteForm, MessageForm
from fablabmesh.teams.invitation_actions import Guest
from fablabmesh.teams.models import Invitation
from fablabmesh.teams.rules import After, is_last_manager, state_of, unknown_invitation

bp = Blueprint("teams", __name__)


def _place(slug: str, act: Act) -> Place:
    place = places.get_place(slug)
    hold_to(act, ties_to(current_user, place))
    return place


def _to_team(place: Place) -> Answer:
    return redirect(url_for(".team", slug=place.slug), 303)


# --- the page ----------------------------------------------------------------------------------------------------


@bp.get("/lieux/<slug>/equipe-de-gestion")
@signed_in
@does(Act.PLACE_TEAM_READ)
def team(slug: str) -> str:
    """Who looks after a place, who is invited, and what I may do about it."""
    return _team_page(_place(slug, Act.PLACE_TEAM_READ))


def _team_page(
    place: Place, *, invite: Any = None, hand_over: Any = None, message: Any = None, problem: str = ""
) -> str:
    people, may_manage, now = queries.list_team(place.id), may(current_user, Act.PLACE_TEAM, place), clock.now()
    hand_over = hand_over or HandOverForm(formdata=None)
    hand_over.offer(_others(people))
    return render_template(
        "teams/team.html",
        place=place,
        people=people,
        mine=next((link for link in people if link.account_id == current_user.id), None),
        is_last=is_last_manager(people, current_user.id),
        last_ids={link.account_id for link in people if is_last_manager(people, link.account_id)},
        may_manage=may_manage,
        invitations=queries.list_invitations(place_id=place.id) if may_manage else [],
        state_of=lambda invitation: state_of(invitation, now),
        invite=invite or InviteForm(formdata=None, language=language()),
        hand_over=hand_over,
        message=message or MessageForm(formdata=None),
        roles=list(ManagerRole),
        problem=problem,
    )


def _others(people: list[PlaceManager]) -> list[tuple[str, str]]:
    return [
        (str(link.account_id), link.account.name)
        for link in people
        if link.account_id != current_user.id and link.account.is_active
    ]


def _role(name: str) -> ManagerRole:
    """Of a form; what no form of ours sends is refused."""
    text = request.form.get(name, "")
    if text not in set(ManagerRole):
        raise Refused(_("Choisissez parmi ce qui est proposé."))
    return ManagerRole(text)


@bp.post("/lieux/<slug>/equipe-de-gestion/inviter")
@signed_in
@fresh
@does(Act.PLACE_TEAM)
def invite(slug: str) -> Answer | tuple[str, int]:
    """A letter to somebody, with a role."""
    place, form = _place(slug, Act.PLACE_TEAM), InviteForm()
    if not form.validate():
        return _team_page(place, invite=form), 422
    guest = Guest(form.email.data or "", form.language.data, message=form.message.data or "")
    try:
        invitation_actions.invite(place, guest, ManagerRole(form.role.data), by=current_user, now=clock.now())
    except (Refused, Conflict) as refusal:
        form.email.errors = [refusal.message]
        return _team_page(place, invite=form), 422
    flash(_("L’invitation est partie à %(address)s.", address=guest.email))
    return _to_team(place)


@bp.post("/lieux/<slug>/equipe-de-gestion/invitations/<int:invitation_id>/renvoyer")
@signed_in
@does(Act.PLACE_TEAM)
def resend(slug: str, invitation_id: int) -> Answer | tuple[str, int]:
    """The same letter once more."""
    place = _place(slug, Act.PLACE_TEAM)
    try:
        invitation_actions.resend(_invitation(place, invitation_id), now=clock.now())
    except Refused as refusal:
        return _team_page(place, problem=refusal.message), 422
    flash(_("L’invitation est repartie."))
    return _to_team(place)


@bp.post("/lieux/<slug>/equipe-de-gestion/invitations/<int:invitation_id>/retirer")
@signed_in
@does(Act.PLACE_TEAM)
def withdraw(slug: str, invitation_id: int) -> Answer:
    """Its link leads nowhere from now on."""
    place = _place(slug, Act.PLACE_TEAM)
    invitation_actions.withdraw(_invitation(place, invitation_id), now=clock.now())
    flash(_("L’invitation est retirée : son lien ne mène plus nulle part."))
    return _to_team(place)


def _invitation(place: Place, invitation_id: int) -> Invitation:
    found = queries.get_invitation(invitation_id)
    if found.place_id != place.id:
        raise NotFound(unknown_invitation())
    return found


# --- roles, leaving, handing over --------------------------------------------------------------------------------


@bp.post("/lieux/<slug>/equipe-de-gestion/<int:account_id>/role")
@signed_in
@fresh
@does(Act.PLACE_TEAM)
def change_role(slug: str, account_id: int) -> Answer | tuple[str, int]:
    """Manager or editor."""
    place = _place(slug, Act.PLACE_TEAM)
    role, seen = _role("role"), _role("seen")
    try:
        actions.change_role(place, account_id, role, seen=seen, by=current_user, now=clock.now())
    except Conflict as conflict:
        return _team_page(place, problem=conflict.message), 409
    except Refused as refusal:
        return _team_page(place, problem=refusal.message), 422
    flash(_("Le rôle est changé."))
    return _to_team(place) if may(current_user, Act.PLACE_TEAM_READ, place) else _home()


@bp.post("/lieux/<slug>/equipe-de-gestion/<int:account_id>/retirer")
@signed_in
@fresh
@does(Act.PLACE_TEAM)
def remove(slug: str, account_id: int) -> Answer | tuple[str, int]:
    """Out of the team."""
    place = _place(slug, Act.PLACE_TEAM)
    try:
        actions.remove(place, account_id, by=current_user, now=clock.now(), nobody_follows=_nobody_follows())
    except Refused as refusal:
        return _team_page(place, problem=refusal.message), 422
    flash(_("Cette personne ne fait plus partie de l’équipe."))
    return _to_team(place)


@bp.post("/lieux/<slug>/equipe-de-gestion/quitter")
@signed_in
@does(Act.PLACE_LEAVE)
def leave(slug: str) -> Answer | tuple[str, int]:
    """By oneself; the last manager says that nobody follows, or hands over first."""
    place = _place(slug, Act.PLACE_LEAVE)
    try:
        actions.leave(place, current_user, now=clock.now(), nobody_follows=_nobody_follows())
    except Refused as refusal:
        return _team_page(place, problem=refusal.message), 422
    flash(_("Vous avez quitté l’équipe de « %(name)s ». Merci pour ce que vous y avez fait !", name=place.name))
    return _home()


def _nobody_follows() -> bool:
    return request.form.get("personne") == "oui"


def _home() -> Answer:
    return redirect(url_for("home.dashboard"), 303)


@bp.post("/lieux/<slug>/equipe-de-gestion/passer")
@signed_in
@fresh
@does(Act.PLACE_LEAVE)
def hand_over(slug: str) -> Answer | tuple[str, int]:
    """To somebody of the team at once, or to somebody invited, once they accept."""
    place, form = _place(slug, Act.PLACE_LEAVE), HandOverForm()
    form.offer(_others(queries.list_team(place.id)))
    if not form.validate():
        return _team_page(place, hand_over=form), 422
    then, now = After(form.then.data), clock.now()
    try:
        if form.to.data == "mail":
            guest = Guest(form.successor.data or "", language())
            require(may(current_user, Act.PLACE_TEAM, place))
            invitation_actions.invite(place, guest, ManagerRole.MANAGER, by=current_user, now=now, then=then)
            flash(_("L’invitation est partie. Tant qu’elle n’est pas acceptée, rien ne change."))
            return _to_team(place)
        actions.hand_over(place, current_user, int(form.to.data), then=then, now=now)
    except (Refused, Conflict) as refusal:
        field = form.successor if form.to.data == "mail" else form.to
        field.errors = [refusal.message]
        return _team_page(place, hand_over=form), 422
    flash(_("C’est fait : la responsabilité du lieu est passée."))
    return _to_team(place) if then is After.EDITOR else _home()


@bp.post("/lieux/<slug>/equipe-de-gestion/ecrire")
@signed_in
@does(Act.PLACE_TEAM)
def write(slug: str) -> Answer | tuple[str, int]:
    """To the team, by way of the site."""
    place, form = _place(slug, Act.PLACE_TEAM), MessageForm()
    if not form.validate():
        return _team_page(place, message=form), 422
    try:
        count = actions.write_to_team(
            place, form.text.data or "", by=current_user, with_address=form.with_address.data, now=clock.now()
        )
    except actions.TooMany as refusal:
        return _team_page(place, message=form, problem=refusal.message), 429
    flash(_("Votre message est parti.") if count else _("Il n’y a personne d’autre dans cette équipe."))
    return _to_team(place)


# --- the link of an invitation -----------------------------------------------------------------------------------


@bp.get("/invitations/<secret>")
@anyone
@does(Act.SITE_SECRET)
def invitation(secret: str) -> Response:
    """What it is about, and a button: opening the link accepts nothing."""
    return _invitation_page(invitation_actions.look(secret, now=clock.now()), secret)


def _invitation_page(found: Invitation, secret: str, form: Any = None, status: int = 200) -> Response:
    is_known = accounts.find_by_email(found.email) is not None
    form = form or AcceptForm(formdata=None, name=found.name, language=language())
    return private(
        render_template("teams/invitation.html", invitation=found, secret=secret, form=form, is_known=is_known), status
    )


@bp.post("/invitations/<secret>")
@anyone
@does(Act.SITE_SECRET)
def accept(secret: str) -> Answer:
    """With one's account, or with one that is made now and signed in."""
    now = clock.now()
    found = invitation_actions.look(secret, now=now, is_held=True)
    if current_user.is_authenticated:
        invitation_actions.accept_as(found, current_user, now=now)
        return _welcome(found)
    form = AcceptForm()
    if not form.validate():
        return _invitation_page(found, secret, form, 422)
    try:
        account = invitation_actions.accept_new(
            found, name=form.name.data or "", password=form.password.data or None, language=form.language.data, now=now
        )
    except Conflict:
        # There is an account of that address: a link alone does not open it, whatever else guards it.
        return redirect(url_for("accounts.sign_in_form", suite=url_for(".invitation", secret=secret)), 303)
    except Refused as refusal:
        form.password.errors = [refusal.message]
        return _invitation_page(found, secret, form, 422)
    session.begin(account, Means.LINK, is_strong=False)
    return _welcome(found)


@bp.post("/invitations/<secret>/decliner")
@anyone
@does(Act.SITE_SECRET)
def decline(secret: str) -> Response:
    """No, thank you."""
    now = clock.now()
    found = invitation_actions.look(secret, now=now, is_held=True)
    invitation_actions.decline(found, now=now)
    return private(render_template("teams/declined.html", invitation=found))


@bp.post("/mon-espace/invitations/<int:invitation_id>")
@signed_in
@does(Act.OWN_USE)
def accept_mine(invitation_id: int) -> Answer:
    """From one's own page, without the letter: the address is known to be theirs."""
    found, now = queries.get_invitation(invitation_id), clock.now()
    is_mine = found.id in {mine.id for mine in queries.list_invitations_to(current_user, now=now)}
    hold_to(Act.OWN_USE, {Tie.SELF} if is_mine else {Tie.MEMBER}, hidden=unknown_invitation())
    if request.form.get("reponse") == "non":
        invitation_actions.decline(found, now=now)
        flash(_("L’invitation est déclinée."))
        return _home()
    invitation_actions.accept_as(found, current_user, now=now)
    return _welcome(found)


def _welcome(found: Invitation) -> Answer:
    if found.place is not None:
        flash(_("Bienvenue dans l’équipe de « %(name)s » !", name=found.place.name))
        return redirect(url_for("places.show", slug=found.place.slug), 303)
    flash(_("Bienvenue : vous coordonnez la zone « %(name)s ».", name=found.zone.name if found.zone else ""))
    return _home()


def private(page: str, status: int = 200) -> Response:
    """Its address is a secret: no cache keeps it, no search engine knows it, no other site is told."""
    answer = Response(page, status, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
