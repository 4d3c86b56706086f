"""The steps between a project and a lab: ask, accept, decline, withdraw. Each leads back to the project's page."""

from flask import flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import Forbidden, NotFound, Refusal
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import require, signed_in
from fablabmesh.places import queries as places
from fablabmesh.places.rules import may, ties_to
from fablabmesh.projects import actions, queries
from fablabmesh.projects.forms import AnswerForm, JoinForm
from fablabmesh.projects.models import Partnership, Project
from fablabmesh.projects.rules import PartnershipStatus, can_end, can_lead
from fablabmesh.projects.views import bp, led_project, readable, render_project


@bp.post("/projets/<slug>/demandes")
@signed_in
@does(Act.PROJECT_JOIN)
def ask(slug: str) -> Answer | tuple[str, int]:
    """One of this person's labs asks to join, with what it brings; a refusal keeps what was typed."""
    project = readable(slug)
    mine = places.list_managed_by(current_user.id)
    if not mine:
        raise Forbidden(_("Vous ne vous occupez d’aucun lieu : demandez au pôle de votre zone de vous en confier un."))
    form = JoinForm([(place.slug, place.name) for place in mine])
    if not form.validate():
        return render_project(project, join_form=form), 422
    place = next(place for place in mine if place.slug == form.place.data)
    hold_to(Act.PROJECT_JOIN, ties_to(current_user, place))
    try:
        actions.ask_to_join(project, place, message=form.message.data or "", by=current_user, now=clock.now())
    except Refusal as refusal:
        form.place.errors = [refusal.message]
        return render_project(project, join_form=form), refusal.status
    flash(_("La demande est envoyée à %(lead)s.", lead=project.lead.name))
    return _back(project)


@bp.post("/projets/<slug>/demandes/<place_slug>/accepter")
@signed_in
@does(Act.PROJECT_ANSWER)
def accept(slug: str, place_slug: str) -> Answer | tuple[str, int]:
    """Take the lab in, with a word if one wishes."""
    project = led_project(slug, Act.PROJECT_ANSWER)
    partnership = _partnership(project, place_slug)
    form = AnswerForm(partnership.place_id)
    if not form.validate():
        return render_project(project, answer_form=(partnership.place_id, form)), 422
    actions.accept(project, partnership.place, answer=form.answer.data or "", by=current_user, now=clock.now())
    flash(_("%(place)s est maintenant partenaire du projet.", place=partnership.place.name))
    return _back(project)


@bp.post("/projets/<slug>/demandes/<place_slug>/decliner")
@signed_in
@does(Act.PROJECT_ANSWER)
def decline(slug: str, place_slug: str) -> Answer | tuple[str, int]:
    """Do not take the lab in, and say why."""
    project = led_project(slug, Act.PROJECT_ANSWER)
    partnership = _partnership(project, place_slug)
    form = AnswerForm(partnership.place_id)
    if not form.validate_refusal():
        return render_project(project, answer_form=(partnership.place_id, form)), 422
    actions.decline(project, partnership.place, answer=form.answer.data or "", by=current_user, now=clock.now())
    flash(_("La demande de %(place)s est déclinée.", place=partnership.place.name))
    return _back(project)


@bp.post("/projets/<slug>/demandes/<place_slug>/retirer")
@signed_in
@does(Act.PROJECT_JOIN, Act.PROJECT_WRITE)
def withdraw(slug: str, place_slug: str) -> Answer:
    """The lab takes its request back, or one of the two ends the partnership."""
    project = queries.get_project(slug)
    partnership = _partnership(project, place_slug)
    if may(current_user, Act.PROJECT_WRITE, project.lead):
        hold_to(Act.PROJECT_WRITE, ties_to(current_user, project.lead))
    else:
        hold_to(Act.PROJECT_JOIN, ties_to(current_user, partnership.place))
    require(can_end(current_user, partnership) or partnership.status is PartnershipStatus.WITHDRAWN)
    was_partner = partnership.status is PartnershipStatus.ACCEPTED
    actions.withdraw(project, partnership.place)
    flash(_("Le partenariat est terminé.") if was_partner else _("La demande est retirée."))
    return _back(project)


def _partnership(project: Project, place_slug: str) -> Partnership:
    """The lab's request, for the people of the two labs; to others it does not exist."""
    for partnership in project.partnerships:
        if partnership.place.slug == place_slug and (
            can_lead(current_user, project) or may(current_user, Act.PROJECT_JOIN, partnership.place)
        ):
            return partnership
    raise NotFound(_("Ce lieu n’a pas demandé à rejoindre le projet."))


def _back(project: Project) -> Answer:
    return redirect(url_for(".show", slug=project.slug, _anchor="partenaires"), 303)
