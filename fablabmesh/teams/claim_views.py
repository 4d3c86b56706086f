"""Claiming a place, asking for an account, the links of their letters, and the desk of those who answer."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask import session as browser_session
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts import session
from fablabmesh.accounts.rights import Act
from fablabmesh.accounts.rules import Means
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import language
from fablabmesh.kit.web import anyone, read_page, signed_in
from fablabmesh.places import queries as places
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.places.models import Place
from fablabmesh.places.rules import ManagerRole, may, ties_to
from fablabmesh.teams import actions, claim_actions, claim_queries
from fablabmesh.teams.claim_actions import Claimant
from fablabmesh.teams.forms import ClaimForm, RefusalForm, RequestForm, StrangerForm, WordsForm
from fablabmesh.teams.models import Claim
from fablabmesh.teams.rules import ClaimState, unknown_claim
from fablabmesh.teams.views import bp, private

PAGE_SIZE, MOST_CANDIDATES = 30, 8
# Where the form of a missing place finds what was typed here already.
WISH = "wish"


# --- claiming a place --------------------------------------------------------------------------------------------


@bp.get("/lieux/<slug>/s-en-occuper")
@anyone
@does(Act.PLACE_CLAIM)
def claim(slug: str) -> Answer | str:
    """The form; or the team's page, for who is of it."""
    place = places.get_place(slug)
    if may(current_user, Act.PLACE_LEAVE, place):
        return redirect(url_for(".team", slug=place.slug))
    form = ClaimForm(formdata=None, stamp=actions.stamp(clock.now()))
    if current_user.is_authenticated:
        form.name.data, form.email.data = current_user.name, current_user.email
    return _claim_page(place, form)


def _claim_page(place: Place, form: ClaimForm, problem: str = "") -> str:
    under_way = claim_queries.find_own(current_user.id, place.id) if current_user.is_authenticated else None
    return render_template("teams/claim.html", place=place, form=form, problem=problem, under_way=under_way)


@bp.post("/lieux/<slug>/s-en-occuper")
@anyone
@does(Act.PLACE_CLAIM)
def send_claim(slug: str) -> Answer | tuple[str, int]:
    """Take it. The answer tells nothing of who has an account here."""
    place, form = places.get_place(slug), ClaimForm()
    if not form.validate():
        return _claim_page(place, form), 422
    if form.is_by_robot:
        return redirect(url_for(".asked"), 303)
    if (problem := _stamp_problem(form)) is not None:
        return _claim_page(place, form, problem), 422
    try:
        found = claim_actions.ask(place, _claimant(form), now=clock.now())
    except Refused as refusal:
        return _claim_page(place, form, refusal.message), 429 if refusal.status == 429 else 422
    if found is not None and found.state is ClaimState.ACCEPTED:
        flash(_("C’est fait : vous êtes responsable de « %(name)s ».", name=place.name))
        return redirect(url_for("places.show", slug=place.slug), 303)
    return redirect(url_for(".asked", lieu=place.slug), 303)


def _claimant(form: StrangerForm) -> Claimant:
    return Claimant(
        name=form.name.data or "",
        email=form.email.data or "",
        message=form.message.data or "",
        language=language(),
        by=current_user if current_user.is_authenticated else None,
        network=request.remote_addr or "",
    )


def _stamp_problem(form: StrangerForm) -> str | None:
    now = clock.now()
    if current_user.is_authenticated or actions.is_by_person(form.stamp.data or "", now):
        return None
    form.stamp.data = actions.stamp(now)
    return _("Cette page était ouverte depuis trop peu de temps, ou depuis trop longtemps. Relisez, puis renvoyez.")


@bp.get("/s-en-occuper/merci")
@anyone
@does(Act.SITE_PROPOSE)
def asked() -> str:
    """What comes next."""
    slug = request.args.get("lieu", "")
    return render_template("teams/asked.html", place=places.find_place(slug) if slug else None)


# --- asking for an account ---------------------------------------------------------------------------------------


@bp.get("/compte/demander")
@anyone
@does(Act.SITE_PROPOSE)
def request_account() -> Answer | str:
    """The form, for people who have none."""
    if current_user.is_authenticated:
        return redirect(url_for("home.dashboard"))
    given = request.args.get("lieu", "")[:200]
    return _request_page(RequestForm(formdata=None, stamp=actions.stamp(clock.now()), place_name=given))


def _request_page(form: RequestForm, *, found: Any = (), problem: str = "") -> str:
    form.slug.choices = [(place.slug, f"{place.name} ({place.commune})" if place.commune else place.name)
                         for place in found]  # fmt: skip
    if found:
        form.slug.choices.append(("", _("Aucun de ceux-là : il manque dans l’annuaire")))
    return render_template("teams/request.html", form=form, found=found, problem=problem)


@bp.post("/compte/demander")
@anyone
@does(Act.SITE_PROPOSE)
def send_request() -> Answer | tuple[str, int]:
    """First which place is meant; then it is a claim, or the form of a missing place with what was typed."""
    form = RequestForm()
    if not form.validate():
        return _request_page(form), 422
    if form.is_by_robot:
        return redirect(url_for(".asked"), 303)
    chosen = request.form.get("slug")
    if not chosen:
        found = _candidates(form) if chosen is None else []
        if found:
            return _request_page(form, found=found), 200
        return _to_missing(form)
    place = places.find_place(chosen)
    if place is None:
        return _request_page(form, found=_candidates(form), problem=_("Choisissez parmi ce qui est proposé.")), 422
    if (problem := _stamp_problem(form)) is not None:
        return _request_page(form, found=_candidates(form), problem=problem), 422
    try:
        claim_actions.ask(place, _claimant(form), now=clock.now())
    except Refused as refusal:
        code = 429 if refusal.status == 429 else 422
        return _request_page(form, found=_candidates(form), problem=refusal.message), code
    return redirect(url_for(".asked", lieu=place.slug), 303)


def _candidates(form: RequestForm) -> list[Place]:
    """Places that bear these words, or at least the first of them."""
    name, commune = form.place_name.data or "", form.commune.data or ""
    for words in (f"{name} {commune}", name):
        found = places.list_places(PlaceFilter(programme="aucun", text=words), limit=MOST_CANDIDATES)
        if found:
            return found
    return []


def _to_missing(form: RequestForm) -> Answer:
    """What was typed goes along in the visitor's own cookie, and not in the address."""
    browser_session[WISH] = {
        "contact": form.email.data,
        "message": form.message.data,
        "commune": form.commune.data,
    }
    return redirect(url_for("curation.propose", q=form.place_name.data, responsable="oui"), 303)


# --- by the link of a letter -------------------------------------------------------------------------------------


@bp.get("/s-en-occuper/<secret>")
@anyone
@does(Act.SITE_SECRET)
def claim_link(secret: str) -> Response:
    """A button that proves the address, or the question and where to answer: opening the link does nothing."""
    return _link_page(claim_actions.look(secret, now=clock.now()), secret, WordsForm(formdata=None))


def _link_page(found: Claim, secret: str, form: WordsForm, status: int = 200) -> Response:
    return private(render_template("teams/claim_link.html", claim=found, secret=secret, form=form), status)


@bp.post("/s-en-occuper/<secret>")
@anyone
@does(Act.SITE_SECRET)
def use_claim_link(secret: str) -> Answer:
    """The address is theirs; or here is their answer."""
    now = clock.now()
    found = claim_actions.look(secret, now=now)
    if found.state is ClaimState.ASKED:
        form = WordsForm()
        if not form.validate():
            return _link_page(found, secret, form, 422)
        claim_actions.answer(found, form.text.data or "", now=now)
        return private(render_template("teams/claim_done.html", claim=found, is_answer=True))
    made = claim_actions.confirm(found, now=now)
    if made is not None:
        session.begin(made, Means.LINK, is_strong=False)
        flash(_("C’est fait : vous êtes responsable de « %(name)s ».", name=found.place.name))
        return redirect(url_for("places.show", slug=found.place.slug), 303)
    return private(render_template("teams/claim_done.html", claim=found, is_answer=False))


# --- the desk ----------------------------------------------------------------------------------------------------


@bp.get("/equipes/demandes")
@signed_in
@does(Act.ACCOUNT_USE)
def claims() -> str:
    """Those that I may answer, for my places and in my zones; or those that were answered."""
    is_open = request.args.get("liste") != "traitees"
    page = read_page(request.args, claim_queries.count_claims(current_user, is_open=is_open), PAGE_SIZE)
    found = claim_queries.list_claims(current_user, is_open=is_open, limit=page.size, offset=page.offset)
    return render_template("teams/claims.html", claims=found, page=page, is_open=is_open)


def _claim(claim_id: int) -> Claim:
    found = claim_queries.get_claim(claim_id)
    hold_to(Act.PLACE_TEAM, ties_to(current_user, found.place), hidden=unknown_claim())
    return found


def _desk_page(found: Claim, *, problem: str = "", refusal: Any = None, question: Any = None) -> str:
    is_early = found.state.is_open and found.coordinator_from is not None and found.coordinator_from > clock.now()
    is_managed = any(link.role is ManagerRole.MANAGER for link in found.place.managers)
    is_theirs = found.place.role_of(current_user.id) is ManagerRole.MANAGER
    return render_template(
        "teams/show_claim.html",
        claim=found,
        is_before_its_people=is_early and is_managed and not is_theirs,
        problem=problem,
        refusal=refusal or RefusalForm(formdata=None),
        question=question or WordsForm(formdata=None),
        roles=list(ManagerRole),
    )


@bp.get("/equipes/demandes/<int:claim_id>")
@signed_in
@does(Act.PLACE_TEAM)
def show_claim(claim_id: int) -> str:
    """Who asks, what is proven, what was said, and what may be answered."""
    return _desk_page(_claim(claim_id))


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _conflict(claim_id: int, conflict: Conflict) -> tuple[str, int]:
    """As it is now, with what the other one did."""
    return _desk_page(claim_queries.get_claim(claim_id), problem=conflict.message), 409


@bp.post("/equipes/demandes/<int:claim_id>/accepter")
@signed_in
@does(Act.PLACE_TEAM)
def accept_claim(claim_id: int) -> Answer | tuple[str, int]:
    """They are of the team."""
    found = _claim(claim_id)
    text = request.form.get("role", ManagerRole.MANAGER.value)
    role = ManagerRole(text) if text in set(ManagerRole) else ManagerRole.MANAGER
    try:
        claim_actions.accept(found, by=current_user, now=clock.now(), version=_version(), role=role)
    except Conflict as conflict:
        return _conflict(claim_id, conflict)
    flash(_("C’est fait : %(name)s peut s’occuper du lieu.", name=found.name))
    return redirect(url_for(".claims"), 303)


@bp.post("/equipes/demandes/<int:claim_id>/refuser")
@signed_in
@does(Act.PLACE_TEAM)
def refuse_claim(claim_id: int) -> Answer | tuple[str, int]:
    """With a kind reason."""
    found, form = _claim(claim_id), RefusalForm()
    if not form.validate() or not form.words:
        form.reason.errors = [_("Dites pourquoi, avec bienveillance : la personne recevra ces mots.")]
        return _desk_page(found, refusal=form), 422
    try:
        claim_actions.refuse(found, reason=form.words, by=current_user, now=clock.now(), version=_version())
    except Conflict as conflict:
        return _conflict(claim_id, conflict)
    flash(_("La demande est refusée, et la personne en reçoit la raison."))
    return redirect(url_for(".claims"), 303)


@bp.post("/equipes/demandes/<int:claim_id>/demander")
@signed_in
@does(Act.PLACE_TEAM)
def ask_claimant(claim_id: int) -> Answer | tuple[str, int]:
    """A question, by mail."""
    found, form = _claim(claim_id), WordsForm()
    if not form.validate():
        return _desk_page(found, question=form), 422
    try:
        claim_actions.ask_back(
            found, question=form.text.data or "", by=current_user, now=clock.now(), version=_version()
        )
    except Conflict as conflict:
        return _conflict(claim_id, conflict)
    flash(_("Votre question est envoyée."))
    return redirect(url_for(".claims"), 303)
