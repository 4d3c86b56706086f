"""States of a project and of a partnership, and who may move them. Pure."""

import enum
from typing import Any

from fablabmesh.accounts.rules import Role
from fablabmesh.kit.i18n import gettext as _


class ProjectState(enum.StrEnum):
    """Where a project stands."""

    SEEKING = "seeking"
    UNDER_WAY = "under_way"
    FINISHED = "finished"

    @property
    def label(self) -> str:
        return {
            ProjectState.SEEKING: _("Cherche des partenaires"),
            ProjectState.UNDER_WAY: _("En cours"),
            ProjectState.FINISHED: _("Terminé"),
        }[self]


class PartnershipStatus(enum.StrEnum):
    """Where a lab stands towards a project."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {
            PartnershipStatus.ASKED: _("Demande en attente"),
            PartnershipStatus.ACCEPTED: _("Partenaire"),
            PartnershipStatus.DECLINED: _("Demande déclinée"),
            PartnershipStatus.WITHDRAWN: _("Demande retirée"),
        }[self]


def can_lead(person: Any, project: Any) -> bool:
    """Administrators, and whoever looks after the lead lab."""
    if person.role is None:
        return False
    return person.role is Role.ADMIN or person.id in project.lead.manager_ids
