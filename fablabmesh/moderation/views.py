"""One item of the queue: what it says field by field, and what may be done: accept, refuse, ask, assign, undo."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.curation import actions as curation
from fablabmesh.curation import queries as curation_queries
from fablabmesh.curation.forms import AnswerForm
from fablabmesh.curation.models import Proposal
from fablabmesh.curation.rules import ProposalKind, Scope, is_late, is_of_a_page, ties_to_proposal, unknown
from fablabmesh.events import queries as events
from fablabmesh.events.models import Event
from fablabmesh.events.views import held_event
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import Conflict, NotFound, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import signed_in
from fablabmesh.moderation import actions, queries, state_actions
from fablabmesh.moderation.forms import AcceptForm, RefuseForm, TurnForm, read_number
from fablabmesh.moderation.rules import Turn, remedies_of, thing_label, thing_of, turns_of
from fablabmesh.moderation.state_actions import Shown
from fablabmesh.moderation.telling import tell
from fablabmesh.places import queries as places
from fablabmesh.places.models import Place
from fablabmesh.places.rules import ties_to
from fablabmesh.projects import queries as projects
from fablabmesh.projects.models import Project
from fablabmesh.projects.rules import ties_to as project_ties
from fablabmesh.projects.rules import unknown as project_unknown
from fablabmesh.zones.moderation import ModerationState

bp = Blueprint("moderation", __name__)
bp.add_app_template_global(lambda proposal: thing_label(thing_of(proposal)), "thing_of")
bp.add_app_template_global(is_of_a_page, "is_of_a_page")
bp.add_app_template_global(lambda text: ModerationState(text).label, "moderation_label")

Page = Answer | str | tuple[str, int]


def scope_of_person() -> Scope:
    """What who asks may decide about."""
    return curation_queries.find_scope(current_user)


def _decidable(proposal_id: int, *, is_of_any: bool = False) -> Proposal:
    """The case, for those who decide. `is_of_any`: also one about a page, which has a desk of its own."""
    case = queries.get_case(proposal_id)
    ties = ties_to_proposal(scope_of_person(), case, curation_queries.list_zone_ids(case.department_code))
    hold_to(Act.PROPOSAL_DECIDE, ties, hidden=unknown())
    if is_of_a_page(case) and not is_of_any:
        raise NotFound(unknown())
    return case


@bp.get("/moderation/dossiers/<int:proposal_id>")
@signed_in
@does(Act.PROPOSAL_DECIDE)
def show(proposal_id: int) -> Page:
    """All that its page would say, who wrote it, and what may be done."""
    case = _decidable(proposal_id, is_of_any=True)
    if is_of_a_page(case):
        return redirect(url_for("curation.show", proposal_id=proposal_id))
    return _page(case)


def _page(
    case: Proposal, *, acceptance: Any = None, refusal: Any = None, question: Any = None, problem: str = ""
) -> str:
    return render_template(
        "moderation/show.html",
        case=case,
        fields=tell(case),
        thing_version=queries.thing_version(case),
        acceptance=acceptance or AcceptForm(_remedies(case), formdata=None),
        refusal=refusal or RefuseForm(formdata=None),
        question=question or AnswerForm(formdata=None),
        can_be_answered=curation.can_be_answered(case),
        assignees=curation_queries.list_assignees(case.department_code, is_demo=case.is_demo),
        is_late=is_late(case, clock.now()),
        problem=problem,
    )


def _remedies(case: Proposal) -> Any:
    return [] if case.kind is ProposalKind.PUBLICATION else remedies_of(case)


@bp.post("/moderation/dossiers/<int:proposal_id>/accepter")
@signed_in
@does(Act.PROPOSAL_DECIDE)
def accept(proposal_id: int) -> Page:
    """Publish it as it is, or as it was retouched; or do what a report asks for."""
    case = _decidable(proposal_id)
    form = AcceptForm(_remedies(case))
    if not form.validate():
        return _page(case, acceptance=form), 422
    try:
        actions.accept(
            case, by=current_user, now=clock.now(), reason=form.reason.data or "", remedy=form.chosen, **form.versions
        )
    except Conflict as conflict:
        return _page(queries.get_case(proposal_id), acceptance=form, problem=conflict.message), 409
    flash(_("C’est fait : « %(name)s » est accepté.", name=case.place_name))
    return redirect(url_for(".desk"), 303)


@bp.post("/moderation/dossiers/<int:proposal_id>/refuser")
@signed_in
@does(Act.PROPOSAL_DECIDE)
def refuse(proposal_id: int) -> Page:
    """With a kind reason, which its author is told."""
    case, form = _decidable(proposal_id), RefuseForm()
    if not form.validate() or not form.words:
        form.reason.errors = [_("Dites pourquoi, avec bienveillance : la personne recevra ces mots.")]
        return _page(case, refusal=form), 422
    try:
        actions.refuse(case, reason=form.words, by=current_user, now=clock.now(), **form.versions)
    except Conflict as conflict:
        return _page(queries.get_case(proposal_id), refusal=form, problem=conflict.message), 409
    flash(_("« %(name)s » est refusé.", name=case.place_name))
    return redirect(url_for(".desk"), 303)


@bp.post("/moderation/dossiers/<int:proposal_id>/demander")
@signed_in
@does(Act.PROPOSAL_DECIDE)
def ask(proposal_id: int) -> Page:
    """A question to its author, by mail."""
    case, form = _decidable(proposal_id), AnswerForm()
    if not form.validate():
        return _page(case, question=form), 422
    version = read_number(request.form.get("proposal_version"))
    try:
        curation.ask_back(case, question=form.text.data or "", by=current_user, now=clock.now(), version=version)
    except Conflict as conflict:
        return _page(queries.get_case(proposal_id), question=form, problem=conflict.message), 409
    flash(_("Votre question est envoyée."))
    return redirect(url_for(".desk"), 303)


@bp.post("/moderation/dossiers/<int:proposal_id>/revenir")
@signed_in
@does(Act.PROPOSAL_DECIDE)
def undo(proposal_id: int) -> Page:
    """Back to where it waited."""
    case = _decidable(proposal_id)
    version = read_number(request.form.get("proposal_version"))
    try:
        actions.undo(case, by=current_user, now=clock.now(), version=version)
    except Conflict as conflict:
        return _page(queries.get_case(proposal_id), problem=conflict.message), 409
    flash(_("La décision est annulée : la proposition attend de nouveau."))
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


@bp.post("/moderation/dossiers/<int:proposal_id>/attribuer")
@signed_in
@does(Act.PROPOSAL_DECIDE)
def assign(proposal_id: int) -> Answer:
    """To oneself, to somebody else who decides there, to nobody."""
    case = _decidable(proposal_id, is_of_any=True)
    people = curation_queries.list_assignees(case.department_code, is_demo=case.is_demo)
    number = read_number(request.form.get("a"))
    to = next((person for person in people if person.id == number), None)
    if number and to is None:
        raise Refused(_("Cette personne ne décide pas pour cette zone."))
    actions.assign(case, to)
    flash(_("Attribué à %(name)s.", name=to.name) if to else _("Plus personne n’en est chargé."))
    here = "curation.show" if is_of_a_page(case) else ".show"
    return redirect(url_for(here, proposal_id=proposal_id), 303)


# --- what is published ---------------------------------------------------------------------------------------------


@bp.get("/evenements/<slug>/moderer")
@signed_in
@does(Act.EVENT_MODERATE)
def moderate_event(slug: str) -> str:
    """What the zone may do with it."""
    return _turn_page(held_event(slug, Act.EVENT_MODERATE))


@bp.post("/evenements/<slug>/moderer")
@signed_in
@does(Act.EVENT_MODERATE)
def turn_event(slug: str) -> Page:
    """Do it."""
    return _turn(held_event(slug, Act.EVENT_MODERATE))


@bp.get("/projets/<slug>/moderer")
@signed_in
@does(Act.PROJECT_MODERATE)
def moderate_project(slug: str) -> str:
    """What the zone may do with it."""
    return _turn_page(_project(slug))


@bp.post("/projets/<slug>/moderer")
@signed_in
@does(Act.PROJECT_MODERATE)
def turn_project(slug: str) -> Page:
    """Do it."""
    return _turn(_project(slug))


@bp.get("/lieux/<slug>/moderer")
@signed_in
@does(Act.PLACE_MODERATE)
def moderate_place(slug: str) -> str:
    """What the zone may do with it."""
    return _turn_page(_place(slug))


@bp.post("/lieux/<slug>/moderer")
@signed_in
@does(Act.PLACE_MODERATE)
def turn_place(slug: str) -> Page:
    """Do it."""
    return _turn(_place(slug))


def _project(slug: str) -> Project:
    project = projects.get_project(slug)
    ties = project_ties(current_user, project)
    is_known = not project.moderation.is_hidden or Act.PROJECT_READ_HIDDEN.is_given(ties)
    hold_to(Act.PROJECT_MODERATE, ties, hidden=None if is_known else project_unknown())
    return project


def _place(slug: str) -> Place:
    place = places.get_place(slug)
    hold_to(Act.PLACE_MODERATE, ties_to(current_user, place))
    return place


def _own_page(thing: Shown) -> str:
    room = "events" if isinstance(thing, Event) else "projects" if isinstance(thing, Project) else "places"
    return url_for(f"{room}.show", slug=thing.slug)


def _turns(thing: Shown) -> list[Turn]:
    now = clock.now()
    is_to_come = isinstance(thing, Event) and (thing.ends_at > now or events.count_dates_of(thing.id, after=now) > 0)
    return turns_of(thing, is_to_come=is_to_come)


def _turn_page(thing: Shown, form: TurnForm | None = None, problem: str = "") -> str:
    form = form or TurnForm(_turns(thing), formdata=None)
    form.version.data = str(thing.version)
    return render_template(
        "moderation/turn.html",
        thing=thing,
        name=thing.name if isinstance(thing, Place) else thing.title,
        page=_own_page(thing),
        is_event=isinstance(thing, Event),
        form=form,
        turns=_turns(thing),
        problem=problem,
    )


def _turn(thing: Shown) -> Page:
    form = TurnForm(_turns(thing))
    if not form.validate():
        return _turn_page(thing, form), 422
    version = read_number(request.form.get("version"))
    try:
        state_actions.turn(thing, form.turn, reason=form.words, by=current_user, now=clock.now(), version=version)
    except Conflict:
        words = _("La page a changé pendant que vous écriviez. Relisez-la, puis envoyez de nouveau.")
        return _turn_page(thing, form, words), 409
    except Refused as refusal:
        return _turn_page(thing, form, refusal.message), 422
    flash(
        {
            Turn.WITHDRAW: _("C’est retiré : cela attend dans la file de modération. L’équipe est prévenue."),
            Turn.ARCHIVE: _("C’est archivé : cela quitte les listes, la page reste. L’équipe est prévenue."),
            Turn.UNARCHIVE: _("C’est de nouveau dans les listes. L’équipe est prévenue."),
        }[form.turn]
    )
    return redirect(_own_page(thing), 303)
