"""States of a project, what a lab may be to it, open licences, and who may do what. Pure."""

import enum
from typing import Any

from fablabmesh.accounts.rights import Act, Tie, allows
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places import rules as places
from fablabmesh.zones.moderation import ModerationState


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

    @property
    def slug(self) -> str:
        """The word that stands in addresses and in the API, whatever the language of the page."""
        return {
            ProjectState.SEEKING: "cherche",
            ProjectState.UNDER_WAY: "en-cours",
            ProjectState.FINISHED: "termine",
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


class Step(enum.StrEnum):
    """What may happen between a project and a lab."""

    ASK = "ask"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


# Step → the statuses it may start from; None is a lab that never asked. A declined lab does not ask again, but the
# lead may change its mind: a mistake is never final.
_FROM: dict[Step, set[PartnershipStatus | None]] = {
    Step.ASK: {None, PartnershipStatus.WITHDRAWN},
    Step.ACCEPT: {PartnershipStatus.ASKED, PartnershipStatus.DECLINED},
    Step.DECLINE: {PartnershipStatus.ASKED},
    Step.WITHDRAW: {PartnershipStatus.ASKED, PartnershipStatus.ACCEPTED},
}
RESULT = {
    Step.ASK: PartnershipStatus.ASKED,
    Step.ACCEPT: PartnershipStatus.ACCEPTED,
    Step.DECLINE: PartnershipStatus.DECLINED,
    Step.WITHDRAW: PartnershipStatus.WITHDRAWN,
}


def is_possible(step: Step, status: PartnershipStatus | None) -> bool:
    """May this step be taken from there?"""
    return status in _FROM[step]


def status_label(partnership: Any) -> str:
    """The status in words; one that was accepted before it ended says so."""
    if partnership.status is PartnershipStatus.WITHDRAWN and partnership.answered_at is not None:
        return _("Partenariat terminé")
    label: str = partnership.status.label
    return label


def is_open(project: Any) -> bool:
    """May labs still ask to join?"""
    return project.moderation is ModerationState.PUBLISHED and project.state is not ProjectState.FINISHED


# --- who may do what ---------------------------------------------------------------------------------------------


def ties_to(person: Any, project: Any) -> frozenset[Tie]:
    """What somebody is to it: what they are to its lead. What waits is the zone’s to retouch, as if it were its own."""
    ties = places.ties_to(person, project.lead)
    is_theirs = project.moderation is ModerationState.PENDING and allows(ties, Act.PROJECT_MODERATE)
    return ties | {Tie.EDITOR} if is_theirs else ties


def can_lead(person: Any, project: Any) -> bool:
    """Administrators, and whoever looks after the lead lab."""
    return allows(ties_to(person, project), Act.PROJECT_WRITE)


def can_moderate(person: Any, project: Any) -> bool:
    """May they decide whether it is published?"""
    return places.may(person, Act.PROJECT_MODERATE, project.lead)


def unknown() -> str:
    """What is said of a project that is not there, or that is nobody else's business."""
    return _("Ce projet n’existe pas, ou n’existe plus.")


def can_see(person: Any, partnership: Any) -> bool:
    """Partners are public; a request, and what became of it, is the business of the two labs."""
    if partnership.status is PartnershipStatus.ACCEPTED:
        return True
    return can_lead(person, partnership.project) or places.may(person, Act.PROJECT_JOIN, partnership.place)


def can_end(person: Any, partnership: Any) -> bool:
    """The lab that asked may withdraw at any time; the lead may end what it accepted (before that, it declines)."""
    if not is_possible(Step.WITHDRAW, partnership.status):
        return False
    if places.may(person, Act.PROJECT_JOIN, partnership.place):
        return True
    return partnership.status is PartnershipStatus.ACCEPTED and can_lead(person, partnership.project)


def ask_problem(project: Any, place: Any, status: PartnershipStatus | None) -> str | None:
    """Why this lab cannot ask to join, in words for its manager; None when it can. `status`: of a request before."""
    if place.id == project.lead_id:
        return _("Ce lieu porte déjà le projet : choisissez-en un autre.")
    if place.is_demo and not project.lead.is_demo:
        return _("Un lieu inventé pour la démonstration ne peut pas rejoindre un projet réel.")
    if project.lead.is_demo and not place.is_demo:
        return _("Ce projet est un exemple inventé : un lieu réel ne peut pas le rejoindre.")
    if project.moderation is not ModerationState.PUBLISHED:
        return _("Ce projet n’est pas publié : il n’attend pas de partenaires.")
    if not is_open(project):
        return _("Ce projet est terminé : il n’attend plus de partenaires.")
    if status is None or is_possible(Step.ASK, status):
        return None
    return {
        PartnershipStatus.ASKED: _("Ce lieu a déjà demandé à rejoindre le projet : la réponse est attendue."),
        PartnershipStatus.ACCEPTED: _("Ce lieu est déjà partenaire du projet."),
        PartnershipStatus.DECLINED: _(
            "Le porteur du projet a décliné la demande de ce lieu ; lui seul peut y revenir."
        ),
    }[status]


# --- licences ----------------------------------------------------------------------------------------------------


def licence_names() -> dict[str, str]:
    """SPDX identifier → name of the usual open licences, hardware first, then documents, code and data."""
    return {
        "CERN-OHL-S-2.0": _("CERN OHL 2.0, forte réciprocité (matériel)"),
        "CERN-OHL-W-2.0": _("CERN OHL 2.0, faible réciprocité (matériel)"),
        "CERN-OHL-P-2.0": _("CERN OHL 2.0, permissive (matériel)"),
        "CC-BY-SA-4.0": _("Creative Commons BY-SA 4.0 (plans, documents)"),
        "CC-BY-4.0": _("Creative Commons BY 4.0 (plans, documents)"),
        "CC0-1.0": _("Creative Commons Zéro 1.0 (domaine public)"),
        "LAL-1.3": _("Licence Art Libre 1.3 (œuvres)"),
        "GPL-3.0-or-later": _("GNU GPL 3 ou plus récente (logiciel)"),
        "AGPL-3.0-or-later": _("GNU AGPL 3 ou plus récente (logiciel en ligne)"),
        "MIT": _("MIT (logiciel)"),
        "Apache-2.0": _("Apache 2.0 (logiciel)"),
        "etalab-2.0": _("Licence Ouverte 2.0 (données)"),
        "ODbL-1.0": _("ODbL 1.0 (bases de données)"),
    }


def licence_name(identifier: str) -> str:
    """The name of a licence; one that is not in the list is shown by its identifier."""
    return licence_names().get(identifier, identifier)
