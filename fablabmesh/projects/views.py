"""Pages of projects: the list, one project, its form for those who lead it; and the links as GeoJSON for the map."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import anyone, json_answer, read_page, shared, signed_in
from fablabmesh.places import queries as places
from fablabmesh.places.models import Place
from fablabmesh.places.rules import may, ties_to
from fablabmesh.projects import actions, queries
from fablabmesh.projects.filters import read_project_filter
from fablabmesh.projects.forms import AnswerForm, JoinForm, ProjectForm
from fablabmesh.projects.models import Project
from fablabmesh.projects.rules import (
    PartnershipStatus,
    ProjectState,
    ask_problem,
    can_end,
    can_lead,
    can_moderate,
    can_see,
    is_open,
    licence_name,
    status_label,
    unknown,
)
from fablabmesh.projects.rules import ties_to as project_ties
from fablabmesh.zones import queries as zones
from fablabmesh.zones.moderation import ModerationState

bp = Blueprint("projects", __name__)

PAGE_SIZE = 30


@bp.get("/projets/")
@anyone
@does(Act.PROJECT_READ)
def index() -> str:
    """The projects that the filter of the address lets through."""
    programmes = zones.list_programmes()
    known = {programme.slug: {zone.slug for zone in programme.zones} for programme in programmes}
    wanted = read_project_filter(request.args.to_dict(flat=False), zones=known)
    page = read_page(request.args, queries.count_projects(wanted), PAGE_SIZE)
    return render_template(
        "projects/index.html",
        projects=queries.list_projects(wanted, limit=page.size, offset=page.offset),
        page=page,
        wanted=wanted,
        programmes=programmes,
        states=list(ProjectState),
        may_publish=current_user.is_authenticated and bool(places.list_managed_by(current_user.id)),
        unlisted=queries.list_unlisted_for(current_user.id) if current_user.is_authenticated else [],
    )


@bp.get("/projets/<slug>")
@anyone
@does(Act.PROJECT_READ)
def show(slug: str) -> str:
    """One project with its labs; requests are shown to the two labs they concern."""
    return render_project(readable(slug))


def readable(slug: str) -> Project:
    """The project, for those who may see it."""
    project = queries.get_project(slug)
    if project.moderation.is_hidden:
        hold_to(Act.PROJECT_READ_HIDDEN, ties_to(current_user, project.lead), hidden=unknown())
    return project


def render_project(
    project: Project, *, join_form: JoinForm | None = None, answer_form: tuple[int, AnswerForm] | None = None
) -> str:
    """The page of a project for the person who asks. `answer_form`: (place id, form) of an answer to correct."""
    visible = [partnership for partnership in project.partnerships if can_see(current_user, partnership)]
    requests = [partnership for partnership in visible if partnership.status is not PartnershipStatus.ACCEPTED]
    may_lead = can_lead(current_user, project)
    may_answer = may(current_user, Act.PROJECT_ANSWER, project.lead)
    answers = {item.place_id: AnswerForm(item.place_id, formdata=None) for item in requests} if may_answer else {}
    if answer_form is not None:
        answers |= dict([answer_form])
    return render_template(
        "projects/show.html",
        may_read_journal=may(current_user, Act.JOURNAL_READ, project.lead),
        project=project,
        licence=licence_name(project.licence),
        partners=[partnership for partnership in visible if partnership.status is PartnershipStatus.ACCEPTED],
        requests=requests,
        status_label=status_label,
        may_lead=may_lead,
        may_answer=may_answer,
        may_moderate=can_moderate(current_user, project),
        may_end={partnership.place_id for partnership in visible if can_end(current_user, partnership)},
        answers=answers,
        is_open=is_open(project),
        join_form=join_form or _join_form(project),
    )


def _join_form(project: Project) -> JoinForm | None:
    """The labs of this person that may still ask to join, if any."""
    if not (current_user.is_authenticated and is_open(project)):
        return None
    known = {partnership.place_id: partnership.status for partnership in project.partnerships}
    mine = places.list_managed_by(current_user.id)
    free = [(place.slug, place.name) for place in mine if ask_problem(project, place, known.get(place.id)) is None]
    return JoinForm(free, formdata=None) if free else None


# --- pages for those who lead a project --------------------------------------------------------------------------


@bp.get("/projets/nouveau")
@signed_in
@does(Act.PROJECT_WRITE)
def new() -> str:
    """An empty form, with the place of `?lieu=` or the only one chosen already."""
    leads = _leads()
    return render_template("projects/edit.html", form=ProjectForm(_choices(leads)), project=None, theirs=None)


@bp.post("/projets/nouveau")
@signed_in
@does(Act.PROJECT_WRITE)
def create() -> Answer | tuple[str, int]:
    """Publish, or say what to correct."""
    leads = _leads()
    form = ProjectForm(_choices(leads))
    if not form.validate():
        return render_template("projects/edit.html", form=form, project=None, theirs=None), 422
    lead = next(place for place in leads if place.slug == form.lead.data)
    is_draft = request.form.get("act") == "draft"
    project = actions.create_project(lead, form.words, by=current_user, now=clock.now(), is_draft=is_draft)
    _tell_state(project)
    return redirect(url_for(".show", slug=project.slug), 303)


@bp.get("/projets/<slug>/modifier")
@signed_in
@does(Act.PROJECT_WRITE)
def edit(slug: str) -> str:
    """The form, filled with the project as it is."""
    project = led_project(slug)
    form = ProjectForm(kept_licence=project.licence, obj=project)
    form.version.data = str(project.version)
    form.state.data = project.state.value
    return render_template("projects/edit.html", form=form, project=project, theirs=None)


@bp.post("/projets/<slug>/modifier")
@signed_in
@does(Act.PROJECT_WRITE)
def update(slug: str) -> Answer | tuple[str, int]:
    """Save, or say what to correct, or show both versions if somebody else was faster."""
    project = led_project(slug)
    form = ProjectForm(kept_licence=project.licence)
    if not form.validate():
        return render_template("projects/edit.html", form=form, project=project, theirs=None), 422
    try:
        changed = actions.edit_project(project, form.words, now=clock.now(), version=form.typed_version)
    except Conflict:
        theirs = _differences(project, form)
        form.version.data = str(project.version)
        return render_template("projects/edit.html", form=form, project=project, theirs=theirs), 409
    flash(_("Le projet est à jour.") if changed else _("Rien n’a changé."))
    return redirect(url_for(".show", slug=project.slug), 303)


def _leads() -> list[Place]:
    """The labs that this person may lead a project for; the one of `?lieu=` first."""
    mine = places.list_to_publish_for(current_user, first=request.args.get("lieu"))
    hold_to(Act.PROJECT_WRITE, ties_to(current_user, mine[0]))
    return mine


@bp.post("/projets/<slug>/etat")
@signed_in
@does(Act.PROJECT_WRITE)
def move(slug: str) -> Answer:
    """Publish it, take it back, archive it."""
    project = led_project(slug)
    wanted = request.form.get("etat", "")
    if wanted not in set(ModerationState):
        raise Refused(_("Choisissez ce que devient le projet."))
    sent = request.form.get("version", "")
    version = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else 0
    actions.move_project(project, ModerationState(wanted), by=current_user, now=clock.now(), version=version)
    _tell_state(project)
    return redirect(url_for(".show", slug=project.slug), 303)


def _tell_state(project: Project) -> None:
    flash(
        {
            ModerationState.DRAFT: _(
                "Le brouillon est enregistré : seules les personnes qui s’occupent du lieu le voient."
            ),
            ModerationState.PENDING: _(
                "Le projet est envoyé au pôle de la zone, qui le publiera après l’avoir lu. Vous recevrez sa réponse."
            ),
            ModerationState.ARCHIVED: _("Le projet est archivé : il quitte les listes, sa page reste."),
        }.get(project.moderation, _("Le projet est publié. D’autres lieux peuvent demander à le rejoindre."))
    )


def led_project(slug: str, act: Act = Act.PROJECT_WRITE) -> Project:
    """The project, for those who may do that to it."""
    project = readable(slug)
    hold_to(act, project_ties(current_user, project))
    return project


def _choices(leads: list[Place]) -> list[tuple[str, str]]:
    return [(place.slug, place.name) for place in leads]


def _differences(project: Project, form: ProjectForm) -> dict[str, str]:
    """What is stored now, under its label, where it is not what was typed."""
    shown: dict[str, Any] = {"state": project.state.label, "licence": licence_name(project.licence)}
    return {
        str(form[name].label.text): shown.get(name, getattr(project, name))
        for name, mine in form.words.items()
        if getattr(project, name) != mine
    }


# --- data of the map ---------------------------------------------------------------------------------------------


@bp.get("/carte/liens.json")
@shared
@does(Act.PROJECT_READ)
def links() -> Response:
    """Accepted partnerships as lines, from the lab that leads to the one that joined."""
    return json_answer(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "geometry": {
                        "type": "LineString",
                        "coordinates": [[end.longitude, end.latitude] for end in (link.start, link.end)],
                    },
                    "properties": {
                        "project": link.project_title,
                        "url": url_for(".show", slug=link.project_slug),
                        "from": link.start.name,
                        "to": link.end.name,
                        "ends": [link.start.slug, link.end.slug],
                        "is_demo": link.is_demo,
                    },
                }
                for link in queries.list_links()
            ],
        },
        "application/geo+json",
    )
