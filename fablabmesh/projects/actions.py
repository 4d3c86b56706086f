"""Writes of projects and of the steps between a project and a lab. Every step waits for others on the same project."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.text import free_slug
from fablabmesh.places import queries as places
from fablabmesh.places.models import Place
from fablabmesh.projects import notice_actions, queries
from fablabmesh.projects.models import Partnership, Project
from fablabmesh.projects.rules import RESULT, ProjectState, Step, ask_problem, is_possible, status_label
from fablabmesh.zones.moderation import ModerationState, Thing

# What a form may set; the rest (slug, lead, version, dates) is ours.
EDITABLE = frozenset(["title", "summary", "description", "seeks", "licence", "state"])


def create_project(
    lead: Place, values: Mapping[str, Any], *, by: Account | None, now: datetime, is_draft: bool = False
) -> Project:
    """A new project: published at once or waiting, as the zone's rule says, unless it is a draft. `values`: see
    EDITABLE. The same form sent twice (a double click) makes one project."""
    _refuse_strangers(values)
    queries.lock_place(lead.id)
    given = {"description": "", "seeks": "", "licence": "", "state": ProjectState.SEEKING} | dict(values)
    before = queries.find_same_project(lead.id, given["title"])
    if before is not None and all(getattr(before, name) == value for name, value in given.items()):
        return before
    project = Project(
        slug=free_slug(given["title"], queries.is_slug_taken),
        lead_id=lead.id,
        created_by_id=by.id if by else None,
        created_at=now,
        changed_at=now,
        moderation=ModerationState.DRAFT if is_draft else _let_through(lead, by),
        **given,
    )
    session.add(project)
    session.flush()
    return project


def edit_project(project: Project, values: Mapping[str, Any], *, now: datetime, version: int) -> bool:
    """Bring a project up to date; says whether anything changed. `version`: the one the form was made of."""
    _refuse_strangers(values)
    queries.lock_project(project)
    if version != project.version:
        raise Conflict(_("Ce projet a été modifié par quelqu’un d’autre entre-temps."))
    changed = {name: value for name, value in values.items() if getattr(project, name) != value}
    for name, value in changed.items():
        setattr(project, name, value)
    if changed:
        project.changed_at = now
        session.flush()
    return bool(changed)


def _let_through(lead: Place, by: Account | None, *, was_refused: bool = False) -> ModerationState:
    trusted = places.is_trusted(by, lead, Thing.PROJECT, was_refused=was_refused)
    return ModerationState.PUBLISHED if trusted else ModerationState.PENDING


# From where to where those who lead a project may bring it by themselves; to publish it, the zone's rule is asked.
_MOVES = {
    (ModerationState.DRAFT, ModerationState.PUBLISHED),
    (ModerationState.REFUSED, ModerationState.PUBLISHED),
    (ModerationState.ARCHIVED, ModerationState.PUBLISHED),
    (ModerationState.PENDING, ModerationState.DRAFT),
    (ModerationState.PUBLISHED, ModerationState.ARCHIVED),
}


def move_project(
    project: Project, state: ModerationState, *, by: Account, now: datetime, version: int
) -> ModerationState:
    """Publish it, take it back from the zone's desk, archive it or bring it back; says where it stands then."""
    queries.lock_project(project)
    if version != project.version:
        raise Conflict(_("Ce projet a été modifié par quelqu’un d’autre entre-temps."))
    if (project.moderation, state) not in _MOVES:
        raise Refused(_("Ce projet est déjà dans un autre état : « %(state)s ».", state=project.moderation.label))
    was_public = project.moderation is ModerationState.ARCHIVED
    if was_public and project.zone_reason:
        raise Refused(_("Le pôle de la zone l’a archivé, et a dit pourquoi : écrivez-lui pour qu’il y revienne."))
    if state is ModerationState.PUBLISHED and not was_public:
        # What the zone took out comes back by its word alone.
        was_refused = project.refused_at is not None or bool(project.zone_reason)
        state = _let_through(project.lead, by, was_refused=was_refused)
    settle(project, state, now=now)
    return state


def settle(project: Project, state: ModerationState, *, now: datetime, zone_reason: str = "") -> None:
    """Bring a locked project into another state of moderation. `zone_reason`: why its zone does so, if it does."""
    if state in (ModerationState.REFUSED, ModerationState.PUBLISHED):
        project.refused_at = now if state is ModerationState.REFUSED else None
    project.moderation, project.changed_at = state, now
    project.zone_reason = "" if state is ModerationState.PUBLISHED else zone_reason or project.zone_reason
    session.flush()


def ask_to_join(project: Project, place: Place, *, message: str, by: Account | None, now: datetime) -> Partnership:
    """A lab asks to join, with what it brings. One that withdrew may ask again; nobody asks twice.

    `project.lead` must be loaded.
    """
    queries.lock_project(project)
    partnership = queries.find_partnership(project.id, place.id)
    problem = ask_problem(project, place, partnership.status if partnership else None)
    if problem:
        raise Refused(problem)
    if partnership is None:
        partnership = Partnership(project_id=project.id, place_id=place.id)
        session.add(partnership)
    partnership.status = RESULT[Step.ASK]
    partnership.message, partnership.answer = message, ""
    partnership.asked_by_id, partnership.asked_at = by.id if by else None, now
    partnership.answered_by_id, partnership.answered_at = None, None
    session.flush()
    notice_actions.tell_request(project, place, partnership, now=now)
    return partnership


def accept(project: Project, place: Place, *, answer: str, by: Account | None, now: datetime) -> None:
    """The lead takes the lab in."""
    _answer(project, place, Step.ACCEPT, answer, by, now)


def decline(project: Project, place: Place, *, answer: str, by: Account | None, now: datetime) -> None:
    """The lead does not take the lab in, and says why."""
    _answer(project, place, Step.DECLINE, answer, by, now)


def withdraw(project: Project, place: Place) -> None:
    """The lab takes its request back, or one of the two ends the partnership; the date of acceptance is kept."""
    partnership = _stepped(project, place, Step.WITHDRAW)
    if partnership is not None:
        partnership.status = RESULT[Step.WITHDRAW]
        session.flush()


def _answer(project: Project, place: Place, step: Step, answer: str, by: Account | None, now: datetime) -> None:
    partnership = _stepped(project, place, step)
    if partnership is not None:
        partnership.status, partnership.answer = RESULT[step], answer
        partnership.answered_by_id, partnership.answered_at = by.id if by else None, now
        session.flush()
        notice_actions.tell_answer(project, place, partnership, now=now)


def _stepped(project: Project, place: Place, step: Step) -> Partnership | None:
    """The partnership that is to move; None when the step has just been taken (a double click)."""
    queries.lock_project(project)
    partnership = queries.find_partnership(project.id, place.id)
    if partnership is None:
        raise Refused(_("Ce lieu n’a pas demandé à rejoindre le projet."))
    if partnership.status is RESULT[step]:
        return None
    if not is_possible(step, partnership.status):
        raise Conflict(
            _("Entre-temps, la situation de ce lieu a changé : « %(status)s ».", status=status_label(partnership))
        )
    return partnership


def _refuse_strangers(values: Mapping[str, Any]) -> None:
    stranger = set(values) - EDITABLE
    if stranger:
        raise ValueError(f"not for outsiders to set: {sorted(stranger)}")
