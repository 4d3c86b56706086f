"""What anybody may propose, and the links of letters: a missing place, something wrong, « still right? »."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask import session as browser_session
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.curation import actions, freshness_actions, queries
from fablabmesh.curation.actions import Note, TooMany
from fablabmesh.curation.forms import AnswerForm, MissingForm, ReportForm, StrangerForm, has_faulty_hours
from fablabmesh.curation.rules import ProposalKind
from fablabmesh.curation.twin_queries import list_like
from fablabmesh.curation.twins import tell
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.i18n import format_date, language
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import anyone, by_secret_link, signed_in
from fablabmesh.places import actions as place_actions
from fablabmesh.places import queries as places
from fablabmesh.places.freshness import Known, freshness_of
from fablabmesh.places.models import Place
from fablabmesh.places.rules import PlaceKind, Precision, can_edit, ties_to
from fablabmesh.sheets.forms import fill_hours
from fablabmesh.sheets.rules import MOST_CLOSURES
from fablabmesh.terms import queries as terms
from fablabmesh.terms.rules import Vocabulary
from fablabmesh.zones import queries as zones

bp = Blueprint("curation", __name__)

MOST_TOWNS = 12
# What somebody typed who asked for an account, of a place that is missing: see `teams.claim_views`.
WISH = "wish"
bp.add_app_template_filter(tell, "reasons_of")


@bp.app_template_filter("freshness")
def freshness(place: Place) -> Known:
    """How fresh a place's page is now."""
    return freshness_of(place, clock.now())


def _services() -> list[tuple[str, str]]:
    return [(term.code, term.label) for term in terms.list_terms(Vocabulary.SERVICE)]


# --- a missing place ---------------------------------------------------------------------------------------------


@bp.get("/lieux/proposer")
@anyone
@does(Act.SITE_PROPOSE)
def propose() -> str:
    """The form of a place that is not there yet."""
    wish = browser_session.pop(WISH, {})
    looks_after = bool(wish) or request.args.get("responsable") == "oui"
    name = request.args.get("q", "")[:200]
    return _missing_page(MissingForm(kind=PlaceKind.FABLAB.value, name=name, looks_after=looks_after, **wish))


@bp.post("/lieux/proposer")
@anyone
@does(Act.SITE_PROPOSE)
def create() -> Answer | tuple[str, int]:
    """Take it, or say what to correct, or show the places that it may be."""
    form, now = MissingForm(), clock.now()
    form.offer(_services())
    fine = form.validate()
    towns = zones.list_towns_called(f"{form.commune.data} {form.postcode.data}", limit=MOST_TOWNS) if fine else []
    fine = fine and not form.needs_contact(current_user.is_authenticated)
    town = form.choose_town(towns) if fine else None
    if town is None:
        return _missing_page(form), 422
    if form.is_by_robot:
        return redirect(url_for(".thanks"), 303)
    values = _described(form, town)
    if request.form.get("autre") != "oui" and (alike := list_like(values)):
        return _missing_page(form, alike=alike), 200
    if (problem := _stamp_problem(form, now)) is not None:
        return _missing_page(form, problem=problem), 422
    try:
        proposal = actions.propose_place(values, _note(form), now=now, looks_after=form.looks_after.data)
    except TooMany as refusal:
        return _missing_page(form, problem=refusal.message), 429
    if current_user.is_authenticated and queries.is_place_trusted(current_user, proposal.department_code):
        place = actions.accept(proposal, values, by=current_user, now=now, version=proposal.version)
        flash(_("Le lieu est publié. Merci !"))
        return redirect(url_for("places.show", slug=place.slug if place else ""), 303)
    return redirect(url_for(".thanks"), 303)


def _described(form: MissingForm, town: Any) -> dict[str, Any]:
    """By column. Without a point of its own, a place stands at its town hall."""
    has_point = form.latitude.data is not None
    names = ("name", "address", "address_extra", "website", "phone", "services", "summary")
    return {name: form[name].data for name in (*names, "description")} | {
        "opening_hours": form.hours_text,
        "kind": PlaceKind(form.kind.data),
        "commune": town.name,
        "postcode": form.postcode.data or (town.postcodes[0] if town.postcodes else ""),
        "insee": town.insee,
        "latitude": form.latitude.data if has_point else town.latitude,
        "longitude": form.longitude.data if has_point else town.longitude,
        "precision": Precision.ADDRESS if has_point else Precision.COMMUNE,
    }


def _missing_page(form: MissingForm, *, alike: Any = (), problem: str = "") -> str:
    form.offer(_services())
    form.stamp.data = form.stamp.data or actions.stamp(clock.now())
    return render_template("curation/propose.html", form=form, alike=alike, problem=problem, **_hours_shown(form))


def _hours_shown(form: MissingForm | ReportForm) -> dict[str, Any]:
    """The fields of the hours, with one closed period more than there are; and whether they tell anything."""
    if not form.closures.errors and len(form.closures) < MOST_CLOSURES:
        form.closures.append_entry()
    days = [format_date(date(2024, 1, 1 + number), "EEEE") for number in range(7)]
    faulty = has_faulty_hours(form)
    return {
        "day_names": days,
        "hours_are_faulty": faulty,
        "has_hours": form.hours_as.data == "form" and not form.hours.is_empty,
    }


# --- something wrong ---------------------------------------------------------------------------------------------


@bp.get("/lieux/<slug>/signaler")
@anyone
@does(Act.SITE_PROPOSE)
def report(slug: str) -> str:
    """The form, filled with the page as it is."""
    place = places.get_readable(slug, current_user)
    form = ReportForm(obj=place, **fill_hours(place.opening_hours))
    form.kind.data, form.version.data = place.kind.value, str(place.version)
    asked = request.args.get("quoi", "")
    form.what.data = asked if asked in set(ProposalKind) else None
    return _report_page(place, form)


@bp.post("/lieux/<slug>/signaler")
@anyone
@does(Act.SITE_PROPOSE)
def send_report(slug: str) -> Answer | tuple[str, int]:
    """Take it; what comes from the place's own people is written at once."""
    place, form, now = places.get_readable(slug, current_user), ReportForm(), clock.now()
    form.offer(_services())
    form.validate()
    form.forgive(place)
    values, twin = _reported(form, place, now) if not form.problems else ({}, "")
    if form.problems:
        return _report_page(place, form), 422
    if form.is_by_robot:
        return redirect(url_for(".thanks"), 303)
    sent = form.version.data or ""
    version = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else place.version
    if form.what.data in (ProposalKind.CORRECTION, ProposalKind.CLOSED) and values and can_edit(current_user, place):
        place_actions.edit_place(place, values, now=now, version=version, by=current_user)
        flash(_("La fiche est à jour."))
        return redirect(url_for("places.show", slug=place.slug), 303)
    if (problem := _stamp_problem(form, now)) is not None:
        return _report_page(place, form, problem), 422
    kind = ProposalKind(form.what.data)
    try:
        actions.report(place, kind, values, _note(form), version=version, now=now, twin_slug=twin)
    except TooMany as refusal:
        return _report_page(place, form, refusal.message), 429
    return redirect(url_for(".thanks", lieu=place.slug), 303)


def _reported(form: ReportForm, place: Place, now: datetime) -> tuple[dict[str, Any], str]:
    """What is to be written, and the other page of a duplicate; what is missing is told in the form."""
    kind, message = form.what.data, form.message.data
    values: dict[str, Any] = form.changes(place) if kind == ProposalKind.CORRECTION else {}
    twin = ""
    if kind == ProposalKind.CORRECTION and not values and not message:
        form.message.errors = [_("Corrigez ce qui est faux ci-dessous, ou dites-le en quelques mots.")]
    elif kind == ProposalKind.CLOSED:
        values = {"closed_on": form.closed_on.data or now.date()}
    elif kind == ProposalKind.DUPLICATE:
        other = places.find_place(form.twin.data) if form.twin.data else None
        if form.twin.data and (other is None or other.id == place.id):
            form.twin.errors = [_("Aucune autre fiche n’a cette adresse. Copiez celle de sa page, ou laissez vide.")]
        elif other is None and not message:
            form.twin.errors = [_("Donnez l’adresse de l’autre fiche, ou dites laquelle c’est en quelques mots.")]
        twin = other.slug if other is not None else ""
    elif kind in (ProposalKind.ABUSE, ProposalKind.OTHER) and not message:
        form.message.errors = [_("Dites en quelques mots ce qui ne va pas.")]
    return values, twin


def _report_page(place: Place, form: ReportForm, problem: str = "") -> str:
    form.offer(_services())
    form.stamp.data = form.stamp.data or actions.stamp(clock.now())
    alike = list_like({name: getattr(place, name) for name in ("name", "commune", "address", "website", "phone",
                       "postcode", "insee", "latitude", "longitude", "precision")} | {"kind": place.kind.value},
                      is_demo=place.is_demo, but=place.id)  # fmt: skip
    return render_template(
        "curation/report.html",
        place=place,
        form=form,
        alike=alike,
        problem=problem,
        **_hours_shown(form),
        may_edit=can_edit(current_user, place),
    )


def _stamp_problem(form: StrangerForm, now: datetime) -> str | None:
    if current_user.is_authenticated or actions.is_stamp_fine(form.stamp.data or "", now):
        return None
    form.stamp.data = actions.stamp(now)
    return _("Cette page était ouverte depuis trop peu de temps, ou depuis trop longtemps. Relisez, puis renvoyez.")


def _note(form: Any) -> Note:
    by = current_user if current_user.is_authenticated else None
    return Note(
        message=form.message.data or "",
        known_by=form.known_by.data or "",
        contact=form.contact.data or "",
        language=language(),
        by=by,
        network=request.remote_addr or "",
    )


@bp.get("/propositions/merci")
@anyone
@does(Act.SITE_PROPOSE)
def thanks() -> str:
    """It was received, and by whom it will be read."""
    slug = request.args.get("lieu", "")
    return render_template("curation/thanks.html", place=places.find_place(slug) if slug else None)


# --- by the link of a letter -------------------------------------------------------------------------------------


@bp.get("/propositions/<secret>")
@anyone
@does(Act.SITE_SECRET)
def question(secret: str) -> Response:
    """What those who decide ask, and where to answer."""
    return _private(_question_page(secret, AnswerForm()))


@bp.post("/propositions/<secret>")
@anyone
@does(Act.SITE_SECRET)
@by_secret_link
def answer(secret: str) -> Response:
    """The proposal waits for them again."""
    form = AnswerForm(meta={"csrf": False})
    if not form.validate():
        return _private(_question_page(secret, form), 422)
    actions.answer(secret, form.text.data or "", now=clock.now())
    return _private(render_template("curation/thanks.html", place=None))


def _question_page(secret: str, form: AnswerForm) -> str:
    proposal = actions.get_asked(secret)
    return render_template("curation/question.html", proposal=proposal, form=form, question=proposal.decisions[-1])


@bp.get("/fiches/confirmer/<secret>")
@anyone
@does(Act.SITE_SECRET)
def still_right(secret: str) -> Response:
    """A button: opening the link confirms nothing."""
    letter = freshness_actions.get_letter(secret, now=clock.now())
    page = render_template("curation/confirm.html", places=queries.list_places_of(letter), confirmed=None)
    return _private(page)


@bp.post("/fiches/confirmer/<secret>")
@anyone
@does(Act.SITE_SECRET)
@by_secret_link
def confirm_by_letter(secret: str) -> Response:
    """The places that were ticked are right."""
    chosen = {
        int(text) for text in request.form.getlist("lieu") if text.isascii() and text.isdecimal() and len(text) < 10
    }
    confirmed = freshness_actions.confirm_by_letter(secret, chosen, now=clock.now())
    return _private(render_template("curation/confirm.html", places=[], confirmed=confirmed))


@bp.post("/lieux/<slug>/confirmer")
@signed_in
@does(Act.PLACE_CONFIRM)
def confirm(slug: str) -> Answer:
    """One of its people says that the page is right."""
    place = places.get_place(slug)
    hold_to(Act.PLACE_CONFIRM, ties_to(current_user, place))
    freshness_actions.confirm(place, by=current_user, now=clock.now())
    flash(_("C’est noté : la fiche est confirmée aujourd’hui. Merci !"))
    return redirect(url_for("places.show", slug=place.slug), 303)


def _private(page: str, status: int = 200) -> Response:
    """Its address is a secret: no cache keeps it, no search engine knows it."""
    answer = Response(page, status, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
