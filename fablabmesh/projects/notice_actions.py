"""Requests to join a project and what became of them, told to the managers of the places that they concern."""

from datetime import datetime

from sqlalchemy import select

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import session
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.notices import actions as notices
from fablabmesh.notices.rules import Kind
from fablabmesh.places.models import Place, PlaceManager
from fablabmesh.places.rules import ManagerRole
from fablabmesh.projects.models import Partnership, Project
from fablabmesh.projects.rules import PartnershipStatus


def tell_request(project: Project, place: Place, request: Partnership, *, now: datetime) -> None:
    """To those who answer for the lab that leads."""

    def values(_language: str) -> dict[str, object]:
        title = _("%(place)s voudrait rejoindre « %(title)s »", place=place.name, title=project.title)
        lines = [request.message] if request.message else []
        return {"title": title, "lines": lines, "button": _("Voir la demande et répondre")}

    people = _managers_of(project.lead_id, but=request.asked_by_id)
    path = f"/projets/{project.slug}"
    notices.notify_all(people, Kind.PARTNER_REQUEST, values, path=path, now=now)


def tell_answer(project: Project, place: Place, request: Partnership, *, now: datetime) -> None:
    """To those who answer for the lab that asked."""

    def values(_language: str) -> dict[str, object]:
        if request.status is PartnershipStatus.ACCEPTED:
            title = _("%(place)s participe à « %(title)s »", place=place.name, title=project.title)
        else:
            title = _("%(place)s ne participera pas à « %(title)s »", place=place.name, title=project.title)
        lines = [request.answer] if request.answer else []
        return {"title": title, "lines": lines, "button": _("Voir le projet")}

    people = _managers_of(place.id, but=request.answered_by_id)
    notices.notify_all(people, Kind.PARTNER_ANSWER, values, path=f"/projets/{project.slug}", now=now)


def _managers_of(place_id: int, *, but: int | None) -> list[Account]:
    statement = (
        select(Account)
        .join(PlaceManager, PlaceManager.account_id == Account.id)
        .where(PlaceManager.place_id == place_id, PlaceManager.role == ManagerRole.MANAGER, Account.is_active)
    )
    return [person for person in session.scalars(statement.order_by(Account.id)) if person.id != but]
