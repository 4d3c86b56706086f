"""The one queue of a zone: what waits, the oldest first, and what is done with several at once."""

from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from fablabmesh.accounts.rights import Act
from fablabmesh.curation import queries as curation
from fablabmesh.curation import twin_queries
from fablabmesh.curation.rules import ProposalKind, Scope, is_late, ties_to_desk
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import read_page, signed_in
from fablabmesh.moderation import actions, queries
from fablabmesh.moderation.actions import Outcome
from fablabmesh.moderation.forms import RefuseForm, read_number
from fablabmesh.moderation.report_views import bp
from fablabmesh.moderation.rules import MOST_AT_ONCE, SORTS, Ticket, read_tickets, read_wanted, thing_label
from fablabmesh.moderation.views import Page, scope_of_person
from fablabmesh.teams import claim_queries as claims
from fablabmesh.teams import queries as teams

PAGE_SIZE = 30


@bp.get("/moderation")
@signed_in
@does(Act.DESK_READ)
def desk() -> str:
    """What waits in my zones and about my places; or what was decided."""
    return _desk_page(_scope())


def _scope() -> Scope:
    scope = scope_of_person()
    hold_to(Act.DESK_READ, ties_to_desk(scope))
    return scope


def _desk_page(
    scope: Scope, *, refusal: Any = None, problem: str = "", ticked: Any = (), outcomes: list[Outcome] | None = None
) -> str:
    now, zones = clock.now(), queries.list_zones_of(scope)
    wanted = read_wanted(request.args, {zone.id for zone in zones})
    asked: dict[str, Any] = {"me": current_user.id, "now": now}
    page = read_page(request.args, queries.count_queue(scope, wanted, **asked), PAGE_SIZE)
    cases = queries.list_queue(scope, wanted, limit=page.size, offset=page.offset, **asked)
    versions = queries.map_versions(cases)
    return render_template(
        "moderation/desk.html",
        scope=scope,
        wanted=wanted,
        cases=cases,
        tickets={case.id: str(Ticket(case.id, case.version, versions[case.id])) for case in cases},
        ticked=set(ticked),
        page=page,
        counts=queries.count_by(scope, wanted, **asked),
        late={case.id for case in cases if is_late(case, now)},
        zones=zones,
        kinds=list(ProposalKind),
        sorts={word: thing_label(thing) for word, thing in SORTS.items()},
        colleagues=queries.list_colleagues(scope, current_user.id) if scope.moderates else [],
        refusal=refusal or RefuseForm(formdata=None),
        problem=problem,
        outcomes=outcomes,
        twins=twin_queries.count_twins(scope) if scope.moderates else 0,
        stale=curation.count_stale(scope, now=now) if scope.moderates else 0,
        orphans=teams.count_orphans(*teams.reach_of(current_user)) if scope.moderates else 0,
        claims=claims.count_claims(current_user),
    )


@bp.post("/moderation")
@signed_in
@does(Act.DESK_READ)
def act_on_several() -> Page:
    """Accept, refuse or assign what was ticked; each outcome is told, and what failed stays ticked."""
    scope, form = _scope(), RefuseForm()
    act, chosen = request.form.get("acte", ""), request.form.getlist("dossier")
    tickets = read_tickets(chosen)
    if not tickets or len(tickets) > MOST_AT_ONCE:
        problem = (
            _("Cochez d’abord ce dont il s’agit.")
            if not tickets
            else _("Cochez-en %(most)d au plus à la fois.", most=MOST_AT_ONCE)
        )
        return _desk_page(scope, refusal=form, problem=problem, ticked=chosen), 422
    if act == "refuser" and (not form.validate() or not form.words):
        form.reason.errors = [_("Dites pourquoi, avec bienveillance : chaque personne recevra ces mots.")]
        return _desk_page(scope, refusal=form, problem=form.reason.errors[0], ticked=chosen), 422
    outcomes = _act(act, tickets, scope, form.words)
    if outcomes is None:
        return _desk_page(scope, refusal=form, problem=_("Choisissez ce qu’il faut en faire."), ticked=chosen), 422
    if all(not outcome.problem for outcome in outcomes):
        flash(_("C’est fait pour : %(names)s.", names=", ".join(outcome.name for outcome in outcomes)))
        query = request.args.to_dict()
        return redirect(f"{url_for('.desk')}?{urlencode(query)}" if query else url_for(".desk"), 303)
    left = [str(outcome.ticket) for outcome in outcomes if outcome.problem]
    return _desk_page(scope, refusal=form, ticked=left, outcomes=outcomes)


def _act(act: str, tickets: list[Ticket], scope: Scope, reason: str) -> list[Outcome] | None:
    now = clock.now()
    if act == "accepter":
        return actions.accept_all(tickets, scope, by=current_user, now=now)
    if act == "refuser":
        return actions.refuse_all(tickets, scope, reason=reason, by=current_user, now=now)
    if act == "attribuer":
        number = read_number(request.form.get("a"))
        people = queries.list_colleagues(scope, current_user.id)
        to = next((person for person in people if person.id == number), None)
        return actions.assign_all(tickets, scope, to) if to is not None or not number else None
    return None
