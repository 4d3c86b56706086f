"""What the desk of a zone decides field by field, one proposal at a time; and what nobody confirmed."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.curation import actions, queries, twin_queries
from fablabmesh.curation.forms import AnswerForm, DecisionForm, RefusalForm
from fablabmesh.curation.models import Proposal
from fablabmesh.curation.rules import (
    ProposalKind,
    Scope,
    is_late,
    is_of_a_page,
    plain,
    read_plain,
    ties_to_desk,
    ties_to_proposal,
    unknown,
)
from fablabmesh.curation.twin_views import bp
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import Conflict, NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import read_page, signed_in
from fablabmesh.sheets.wording import field_labels
from fablabmesh.terms import queries as terms
from fablabmesh.terms.rules import Vocabulary

PAGE_SIZE = 30


def _scope() -> Scope:
    return queries.find_scope(current_user)


@bp.get("/moderation/anciennes")
@signed_in
@does(Act.DESK_CARE)
def stale() -> str:
    """What nobody confirmed for two years, or ever, in my zones."""
    scope, now = _scope(), clock.now()
    hold_to(Act.DESK_CARE, ties_to_desk(scope))
    page = read_page(request.args, queries.count_stale(scope, now=now), PAGE_SIZE)
    found = queries.list_stale(scope, now=now, limit=page.size, offset=page.offset)
    return render_template("curation/stale.html", places=found, page=page)


# --- one proposal ------------------------------------------------------------------------------------------------


@bp.get("/moderation/<int:proposal_id>")
@signed_in
@does(Act.PROPOSAL_DECIDE)
def show(proposal_id: int) -> str | Answer:
    """The differences field by field, who says so, what is near, and what may be done."""
    proposal = _decidable(proposal_id, of_page=False)
    if not is_of_a_page(proposal):
        return redirect(url_for("moderation.show", proposal_id=proposal_id))
    return _page(proposal)


def _decidable(proposal_id: int, *, of_page: bool = True) -> Proposal:
    proposal = queries.get_proposal(proposal_id)
    ties = ties_to_proposal(_scope(), proposal, queries.list_zone_ids(proposal.department_code))
    hold_to(Act.PROPOSAL_DECIDE, ties, hidden=unknown())
    if of_page and not is_of_a_page(proposal):
        raise NotFound(unknown())
    return proposal


def _form(proposal: Proposal, formdata: Any = None) -> DecisionForm:
    """What was proposed, or what was typed."""
    given = read_plain(proposal.proposed)
    if "kind" in given:
        given["kind"] = given["kind"].value
    names = list(proposal.proposed)
    if proposal.kind is ProposalKind.MISSING:
        names += ["address", "postcode", "commune", "website", "phone", "opening_hours"]
    form = DecisionForm(names, formdata=formdata, data=given)
    if "services" in form:
        form.offer([(term.code, term.label) for term in terms.list_terms(Vocabulary.SERVICE)])
    return form


def _page(proposal: Proposal, form: DecisionForm | None = None, *, problem: str = "", refusal: Any = None) -> str:
    form = form or _form(proposal)
    place = proposal.place
    stands = {name: plain(getattr(place, name)) for name in form.names} if place else {}
    changed = {name for name, was in proposal.before.items() if name in stands and stands[name] != was}
    alike: list[twin_queries.Like] = []
    if proposal.kind in (ProposalKind.MISSING, ProposalKind.DUPLICATE) and proposal.state.is_open:
        alike = twin_queries.list_like(_described(proposal), is_demo=proposal.is_demo, but=proposal.place_id)
    return render_template(
        "curation/show.html",
        proposal=proposal,
        form=form,
        stands=stands,
        changed=changed,
        alike=alike,
        problem=problem,
        refusal=refusal or RefusalForm(formdata=None),
        question=AnswerForm(formdata=None),
        can_be_answered=actions.can_be_answered(proposal),
        vocabulary={term.code: term.label for term in terms.map_terms()[Vocabulary.SERVICE].values()},
        labels=field_labels(),
        is_late=is_late(proposal, clock.now()),
        moderates=_scope().moderates,
        assignees=queries.list_assignees(proposal.department_code, is_demo=proposal.is_demo),
    )


def _described(proposal: Proposal) -> dict[str, Any]:
    place = proposal.place
    if place is None:
        return dict(proposal.proposed)
    names = ("name", "commune", "postcode", "address", "website", "phone", "insee", "latitude", "longitude")
    return {name: plain(getattr(place, name)) for name in (*names, "precision", "kind")}


@bp.post("/moderation/<int:proposal_id>/accepter")
@signed_in
@does(Act.PROPOSAL_DECIDE)
def accept(proposal_id: int) -> Answer | tuple[str, int]:
    """Write what was kept of it, as it is or retouched."""
    proposal = _decidable(proposal_id)
    form = _form(proposal, request.form)
    if not form.validate():
        return _page(proposal, form), 422
    kept = form.names if proposal.kind is ProposalKind.MISSING else request.form.getlist("garder")
    values = form.chosen(kept)
    if proposal.kind is ProposalKind.MISSING:
        values = _whole(proposal, values)
    try:
        actions.accept(
            proposal, values, by=current_user, now=clock.now(), version=_number(form.proposal_version.data),
            place_version=_number(form.version.data), reason=form.reason.data or "",
        )  # fmt: skip
    except Conflict as conflict:
        return _conflict(proposal_id, conflict, request.form)
    flash(_("C’est fait : la proposition est acceptée."))
    return redirect(url_for("moderation.desk"), 303)


def _whole(proposal: Proposal, values: dict[str, Any]) -> dict[str, Any]:
    """A new place keeps what no field of the form shows; another commune is looked up anew."""
    rest = {name: value for name, value in read_plain(proposal.proposed).items() if name not in values}
    if values.get("commune") != proposal.proposed.get("commune"):
        rest.pop("insee", None)
    return rest | {name: value for name, value in values.items() if value is not None}


def _conflict(proposal_id: int, conflict: Conflict, typed: MultiDict[str, str]) -> tuple[str, int]:
    """Both as they are now: what was typed is kept, and what stands there is beside it."""
    proposal = queries.get_proposal(proposal_id)
    form = _form(proposal, typed)
    form.version.raw_data = form.proposal_version.raw_data = None
    form.version.data = form.proposal_version.data = None
    return _page(proposal, form, problem=conflict.message), 409


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


@bp.post("/moderation/<int:proposal_id>/refuser")
@signed_in
@does(Act.PROPOSAL_DECIDE)
def refuse(proposal_id: int) -> Answer | tuple[str, int]:
    """With a reason, which the proposer is told."""
    proposal, form = _decidable(proposal_id), RefusalForm()
    if not form.validate() or not form.words:
        form.reason.errors = [_("Dites pourquoi, avec bienveillance : la personne recevra ces mots.")]
        return _page(proposal, refusal=form), 422
    try:
        actions.refuse(proposal, reason=form.words, by=current_user, now=clock.now(), version=_sent_version())
    except Conflict as conflict:
        return _conflict(proposal_id, conflict, MultiDict())
    flash(_("La proposition est refusée."))
    return redirect(url_for("moderation.desk"), 303)


@bp.post("/moderation/<int:proposal_id>/demander")
@signed_in
@does(Act.PROPOSAL_DECIDE)
def ask(proposal_id: int) -> Answer | tuple[str, int]:
    """A question to the proposer, by mail."""
    proposal, form = _decidable(proposal_id), AnswerForm()
    if not form.validate():
        return _page(proposal, problem=" ".join(map(str, form.text.errors))), 422
    try:
        actions.ask_back(
            proposal, question=form.text.data or "", by=current_user, now=clock.now(), version=_sent_version()
        )
    except Conflict as conflict:
        return _conflict(proposal_id, conflict, MultiDict())
    flash(_("Votre question est envoyée."))
    return redirect(url_for("moderation.desk"), 303)


@bp.post("/moderation/<int:proposal_id>/revenir")
@signed_in
@does(Act.PROPOSAL_DECIDE)
def undo(proposal_id: int) -> Answer | tuple[str, int]:
    """Back to where it waited."""
    proposal = _decidable(proposal_id)
    try:
        actions.undo(proposal, by=current_user, now=clock.now(), version=_sent_version())
    except Conflict as conflict:
        return _conflict(proposal_id, conflict, MultiDict())
    flash(_("La décision est annulée : la proposition attend de nouveau."))
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


def _sent_version() -> int:
    return _number(request.form.get("proposal_version"))
