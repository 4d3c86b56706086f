"""What anybody may say is wrong with an event or a project, without an account. Robots: see `curation`."""

from flask import redirect, render_template, request, url_for
from flask_login import current_user

from fablabmesh.accounts.rights import Act
from fablabmesh.curation import actions as curation
from fablabmesh.curation.actions import Note, TooMany
from fablabmesh.curation.rules import ProposalKind
from fablabmesh.events import queries as events
from fablabmesh.events.models import Event
from fablabmesh.events.rules import is_shown
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import language
from fablabmesh.kit.web import anyone
from fablabmesh.moderation.forms import ThingReportForm
from fablabmesh.moderation.report_actions import report
from fablabmesh.moderation.rule_views import bp
from fablabmesh.moderation.views import Page
from fablabmesh.projects import queries as projects
from fablabmesh.projects.models import Project


@bp.get("/evenements/<slug>/signaler")
@anyone
@does(Act.SITE_PROPOSE)
def report_event(slug: str) -> str:
    """The form."""
    return _page(_shown_event(slug), ThingReportForm(is_event=True, formdata=None))


@bp.post("/evenements/<slug>/signaler")
@anyone
@does(Act.SITE_PROPOSE)
def send_event_report(slug: str) -> Page:
    """Take it."""
    return _take(_shown_event(slug))


@bp.get("/projets/<slug>/signaler")
@anyone
@does(Act.SITE_PROPOSE)
def report_project(slug: str) -> str:
    """The form."""
    return _page(projects.get_shown(slug), ThingReportForm(is_event=False, formdata=None))


@bp.post("/projets/<slug>/signaler")
@anyone
@does(Act.SITE_PROPOSE)
def send_project_report(slug: str) -> Page:
    """Take it."""
    return _take(projects.get_shown(slug))


def _shown_event(slug: str) -> Event:
    event = events.get_event(slug)
    if not is_shown(event):
        raise NotFound(_("Cet événement n’existe pas, ou n’existe plus."))
    return event


def _take(thing: Event | Project) -> Page:
    form, now = ThingReportForm(is_event=isinstance(thing, Event)), clock.now()
    if not form.validate():
        return _page(thing, form), 422
    if form.is_by_robot:
        return redirect(url_for("curation.thanks"), 303)
    if not (current_user.is_authenticated or curation.is_stamp_fine(form.stamp.data or "", now)):
        form.stamp.data = curation.stamp(now)
        words = _(
            "Cette page était ouverte depuis trop peu de temps, ou depuis trop longtemps. Relisez, puis renvoyez."
        )
        return _page(thing, form, words), 422
    note = Note(
        message=form.message.data or "",
        known_by=form.known_by.data or "",
        contact=form.contact.data or "",
        language=language(),
        by=current_user if current_user.is_authenticated else None,
        network=request.remote_addr or "",
    )
    try:
        report(thing, ProposalKind(form.what.data), note, now=now)
    except TooMany as refusal:
        return _page(thing, form, refusal.message), 429
    return redirect(url_for("curation.thanks"), 303)


def _page(thing: Event | Project, form: ThingReportForm, problem: str = "") -> str:
    form.stamp.data = form.stamp.data or curation.stamp(clock.now())
    is_event = isinstance(thing, Event)
    return render_template(
        "moderation/report.html",
        thing=thing,
        is_event=is_event,
        back=url_for("events.show" if is_event else "projects.show", slug=thing.slug),
        form=form,
        problem=problem,
    )
