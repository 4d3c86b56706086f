"""Who may do what to what: one table. Pure.

A person has *ties* to an object: what they are to it. An *act* is something one can do to a kind of object. `RIGHTS`
says which ties allow which act, and nothing else does: predicates, marks of views and docs/rights.md are made of it.
Rooms say what somebody's ties to their objects are (`places.rules.ties_to`).
"""

import enum
from collections.abc import Collection
from typing import Any

from fablabmesh.accounts.rules import Role
from fablabmesh.kit.i18n import gettext as _


class Tie(enum.StrEnum):
    """What a person is to an object. One may be several things to it; being signed in is one of them."""

    VISITOR = "visitor"
    MEMBER = "member"
    # It is about themselves: their own account, token, letter.
    SELF = "self"
    EDITOR = "editor"
    MANAGER = "manager"
    # Coordinates a zone in which it lies.
    COORDINATOR = "coordinator"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        return {
            Tie.VISITOR: _("Toute personne"),
            Tie.MEMBER: _("Membre"),
            Tie.SELF: _("La personne elle-même"),
            Tie.EDITOR: _("Rédaction du lieu"),
            Tie.MANAGER: _("Responsable du lieu"),
            Tie.COORDINATOR: _("Coordination de la zone"),
            Tie.ADMIN: _("Administration"),
        }[self]


class Act(enum.StrEnum):
    """What can be done, by kind of object: `<object>.<verb>`."""

    SITE_READ = "site.read"
    SITE_SIGN_IN = "site.sign_in"
    # Whoever has a secret address (of a letter, of a calendar) may use it.
    SITE_SECRET = "site.secret"  # noqa: S105 - the name of an act
    SITE_PROPOSE = "site.propose"
    SITE_ADMINISTER = "site.administer"
    SITE_PEOPLE = "site.people"
    ACCOUNT_USE = "account.use"
    # A calendar, a token, a session of one's own: to all others it does not exist.
    OWN_USE = "own.use"
    PLACE_READ = "place.read"
    PLACE_CLAIM = "place.claim"
    PLACE_EDIT = "place.edit"
    PLACE_CONFIRM = "place.confirm"
    PLACE_HISTORY = "place.history"
    PLACE_IMPORT = "place.import"
    PLACE_TEAM_READ = "place.team_read"
    PLACE_TEAM = "place.team"
    PLACE_LEAVE = "place.leave"
    PLACE_MODERATE = "place.moderate"
    PLACE_MERGE = "place.merge"
    EVENT_READ = "event.read"
    EVENT_READ_HIDDEN = "event.read_hidden"
    EVENT_WRITE = "event.write"
    EVENT_MODERATE = "event.moderate"
    PROJECT_READ = "project.read"
    PROJECT_READ_HIDDEN = "project.read_hidden"
    PROJECT_WRITE = "project.write"
    PROJECT_JOIN = "project.join"
    PROJECT_ANSWER = "project.answer"
    PROJECT_MODERATE = "project.moderate"
    PROPOSAL_DECIDE = "proposal.decide"
    DESK_READ = "desk.read"
    DESK_CARE = "desk.care"
    ZONE_READ = "zone.read"
    ZONE_ANIMATE = "zone.animate"
    ZONE_RULES = "zone.rules"
    ZONE_FIGURES = "zone.figures"
    JOURNAL_READ = "journal.read"
    JOURNAL_UNDO = "journal.undo"

    @property
    def kind(self) -> str:
        """The kind of object: `site`, `place`…"""
        return self.value.partition(".")[0]

    @property
    def is_of_object(self) -> bool:
        """Does the answer depend on which object it is, and not on the person alone?"""
        return self.kind not in ("site", "account")

    @property
    def is_open(self) -> bool:
        """Is it everybody's, whatever the object?"""
        return Tie.VISITOR in RIGHTS[self]

    def is_given(self, ties: Collection["Tie"]) -> bool:
        """Does one of these ties to an object allow it?"""
        return allows(ties, self)

    def is_given_to(self, person: Any) -> bool:
        """May this person do it to the site as a whole?"""
        return allows(ties_to_site(person), self)


_EVERYBODY = frozenset(Tie)
_PEOPLE = frozenset(Tie) - {Tie.VISITOR}
_TEAM = frozenset({Tie.EDITOR, Tie.MANAGER, Tie.ADMIN})
_MANAGERS = frozenset({Tie.MANAGER, Tie.ADMIN})
_COORDINATORS = frozenset({Tie.COORDINATOR, Tie.ADMIN})
_ADMINS = frozenset({Tie.ADMIN})

RIGHTS: dict[Act, frozenset[Tie]] = {
    Act.SITE_READ: _EVERYBODY,
    Act.SITE_SIGN_IN: _EVERYBODY,
    Act.SITE_SECRET: _EVERYBODY,
    Act.SITE_PROPOSE: _EVERYBODY,
    Act.SITE_ADMINISTER: _ADMINS,
    Act.SITE_PEOPLE: _ADMINS,
    Act.ACCOUNT_USE: _PEOPLE,
    Act.OWN_USE: frozenset({Tie.SELF}),
    Act.PLACE_READ: _EVERYBODY,
    Act.PLACE_CLAIM: _EVERYBODY,
    Act.PLACE_EDIT: _TEAM | {Tie.COORDINATOR},
    Act.PLACE_CONFIRM: _TEAM | {Tie.COORDINATOR},
    Act.PLACE_HISTORY: _EVERYBODY,
    Act.PLACE_IMPORT: _TEAM,
    Act.PLACE_TEAM_READ: _TEAM | {Tie.COORDINATOR},
    Act.PLACE_TEAM: _MANAGERS | {Tie.COORDINATOR},
    Act.PLACE_LEAVE: frozenset({Tie.EDITOR, Tie.MANAGER}),
    Act.PLACE_MODERATE: _COORDINATORS,
    Act.PLACE_MERGE: _COORDINATORS,
    Act.EVENT_READ: _EVERYBODY,
    Act.EVENT_READ_HIDDEN: _TEAM | {Tie.COORDINATOR},
    Act.EVENT_WRITE: _TEAM,
    Act.EVENT_MODERATE: _COORDINATORS,
    Act.PROJECT_READ: _EVERYBODY,
    Act.PROJECT_READ_HIDDEN: _TEAM | {Tie.COORDINATOR},
    Act.PROJECT_WRITE: _TEAM,
    Act.PROJECT_JOIN: _TEAM,
    Act.PROJECT_ANSWER: _MANAGERS,
    Act.PROJECT_MODERATE: _COORDINATORS,
    Act.PROPOSAL_DECIDE: _TEAM | {Tie.COORDINATOR},
    Act.DESK_READ: _TEAM | {Tie.COORDINATOR},
    Act.DESK_CARE: _COORDINATORS,
    Act.ZONE_READ: _EVERYBODY,
    Act.ZONE_ANIMATE: _COORDINATORS,
    Act.ZONE_RULES: _COORDINATORS,
    Act.ZONE_FIGURES: _COORDINATORS,
    Act.JOURNAL_READ: _COORDINATORS,
    Act.JOURNAL_UNDO: _COORDINATORS,
}


def label_of(act: Act) -> str:
    """An act in words: what somebody does to what."""
    return {
        Act.SITE_READ: _("Lire ce qui est public"),
        Act.SITE_SIGN_IN: _("Se connecter"),
        Act.SITE_SECRET: _("Suivre un lien secret reçu par courrier"),
        Act.SITE_PROPOSE: _("Proposer un lieu, signaler une erreur, demander une lettre"),
        Act.SITE_ADMINISTER: _("Administrer le site : vocabulaires, appels à projets, courriers"),
        Act.SITE_PEOPLE: _("Administrer les personnes"),
        Act.ACCOUNT_USE: _("Se servir de son compte"),
        Act.OWN_USE: _("Changer ou fermer ce qui est à soi : calendrier, jeton, session"),
        Act.PLACE_READ: _("Lire la fiche d’un lieu"),
        Act.PLACE_CLAIM: _("Demander à s’occuper d’un lieu"),
        Act.PLACE_EDIT: _("Écrire la fiche"),
        Act.PLACE_CONFIRM: _("Confirmer que la fiche est juste"),
        Act.PLACE_HISTORY: _("Lire l’historique de la fiche"),
        Act.PLACE_IMPORT: _("Importer et suivre des agendas"),
        Act.PLACE_TEAM_READ: _("Voir qui s’occupe du lieu"),
        Act.PLACE_TEAM: _("Inviter dans l’équipe du lieu et la changer"),
        Act.PLACE_LEAVE: _("Quitter l’équipe du lieu"),
        Act.PLACE_MODERATE: _("Modérer le lieu"),
        Act.PLACE_MERGE: _("Réunir deux fiches, ou les séparer"),
        Act.EVENT_READ: _("Lire un événement publié"),
        Act.EVENT_READ_HIDDEN: _("Lire un brouillon, ce qui attend et ce qui est supprimé"),
        Act.EVENT_WRITE: _("Écrire, publier, annuler et supprimer un événement"),
        Act.EVENT_MODERATE: _("Modérer un événement"),
        Act.PROJECT_READ: _("Lire un projet"),
        Act.PROJECT_READ_HIDDEN: _("Lire un projet qui n’est pas publié"),
        Act.PROJECT_WRITE: _("Écrire un projet"),
        Act.PROJECT_JOIN: _("Demander à rejoindre un projet"),
        Act.PROJECT_ANSWER: _("Répondre aux demandes de partenariat"),
        Act.PROJECT_MODERATE: _("Modérer un projet"),
        Act.PROPOSAL_DECIDE: _("Décider d’une proposition ou d’un signalement"),
        Act.DESK_READ: _("Ouvrir le bureau de modération"),
        Act.DESK_CARE: _("Voir les doublons et les fiches anciennes de la zone"),
        Act.ZONE_READ: _("Lire la page d’une zone"),
        Act.ZONE_ANIMATE: _("Animer la zone : page du pôle, actualités, contacts"),
        Act.ZONE_RULES: _("Régler ce qui se publie sans relecture"),
        Act.ZONE_FIGURES: _("Lire les chiffres de la zone"),
        Act.JOURNAL_READ: _("Lire le journal"),
        Act.JOURNAL_UNDO: _("Annuler un changement du journal"),
    }[act]


def allows(ties: Collection[Tie], act: Act) -> bool:
    """Does one of these ties allow it?"""
    return not RIGHTS[act].isdisjoint(ties)


def ties_to_site(person: Any) -> frozenset[Tie]:
    """What somebody is to the site as a whole."""
    if person.role is None:
        return frozenset({Tie.VISITOR})
    return frozenset({Tie.VISITOR, Tie.MEMBER} | ({Tie.ADMIN} if person.role is Role.ADMIN else set()))


def ties_to_journal(person: Any) -> frozenset[Tie]:
    """What somebody is to what was written down of all changes: they coordinate some zone, or administer the site."""
    ties = ties_to_site(person)
    return ties | {Tie.COORDINATOR} if person.zone_ids else ties


def ties_to_thing(person: Any, *, is_demo: bool) -> frozenset[Tie]:
    """The same towards something in it: an invented administrator is one to what is invented, and to nothing else."""
    ties = ties_to_site(person)
    return ties - {Tie.ADMIN} if getattr(person, "is_demo", False) and not is_demo else ties


def ties_to_own(person: Any, owner_id: int | None) -> frozenset[Tie]:
    """What somebody is to what belongs to one account."""
    ties = ties_to_site(person)
    return ties | {Tie.SELF} if person.role is not None and person.id == owner_id else ties
