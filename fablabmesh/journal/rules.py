"""What the journal is about, who may read and undo which of it. Pure."""

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from fablabmesh.accounts.rights import Act, allows, ties_to_journal
from fablabmesh.accounts.rules import Role
from fablabmesh.kit.i18n import gettext as _

# More rows than that are not undone at once, before somebody who waits.
MOST_UNDONE = 2000


class Topic(enum.StrEnum):
    """What people look for changes of."""

    PLACES = "lieux"
    EVENTS = "evenements"
    PROJECTS = "projets"
    TEAMS = "equipes"
    PROPOSALS = "propositions"
    CALENDARS = "agendas"
    ZONES = "zones"
    WORDS = "vocabulaires"
    ACCOUNTS = "comptes"

    @property
    def label(self) -> str:
        return {
            Topic.PLACES: _("Lieux"),
            Topic.EVENTS: _("Événements"),
            Topic.PROJECTS: _("Projets"),
            Topic.TEAMS: _("Équipes des lieux"),
            Topic.PROPOSALS: _("Propositions"),
            Topic.CALENDARS: _("Agendas suivis"),
            Topic.ZONES: _("Zones et pôles"),
            Topic.WORDS: _("Vocabulaires et appels"),
            Topic.ACCOUNTS: _("Comptes"),
        }[self]


_POLES = ("pole_page", "pole_contact", "pole_news")
TABLES: dict[Topic, tuple[str, ...]] = {
    Topic.PLACES: (
        *("place", "place_fact", "machine", "place_person", "place_picture", "place_alias", "place_source_alias"),
        "laureate",
    ),
    Topic.EVENTS: ("event", "event_change", "event_partner"),
    Topic.PROJECTS: ("project", "partnership"),
    Topic.TEAMS: ("place_manager", "invitation", "claim"),
    Topic.PROPOSALS: ("proposal",),
    Topic.CALENDARS: ("calendar_source",),
    Topic.ZONES: ("programme", "zone", "zone_department", "zone_coordinator", "zone_rule", "pole_role", *_POLES),
    Topic.WORDS: ("category", "term", "funding_call"),
    Topic.ACCOUNTS: ("account",),
}

# What concerns the site as a whole is undone by those who look after the whole.
_OF_THE_SITE = {
    *(*TABLES[Topic.WORDS], *TABLES[Topic.ACCOUNTS], "laureate"),
    *("programme", "zone", "zone_department", "zone_coordinator", "pole_role"),
    # One that was withdrawn or accepted would open again: its link, to a zone too, is in somebody's letters still.
    "invitation",
}
# Of these something is not written down, so that they cannot be made anew once they are gone.
NOT_MADE_ANEW = {"account", "invitation", "claim", "calendar_source"}


class RowDeed(enum.StrEnum):
    """What became of one row."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"

    @property
    def label(self) -> str:
        return {
            RowDeed.INSERT: _("Ajout"),
            RowDeed.UPDATE: _("Modification"),
            RowDeed.DELETE: _("Suppression"),
        }[self]


@dataclass(frozen=True)
class Reach:
    """What somebody may read of: everything, all that is invented, or what lies in their zones."""

    is_all: bool = False
    is_demo: bool = False
    zone_ids: frozenset[int] = frozenset()
    department_codes: frozenset[str] = frozenset()


def reach_of(person: Any) -> Reach | None:
    """None for who may not read the journal. Invented people read of what is invented, and of nothing else."""
    if not may_read(person):
        return None
    is_admin = person.role is Role.ADMIN
    return Reach(is_admin, person.is_demo, frozenset(person.zone_ids), frozenset(person.department_codes))


def may_read(person: Any) -> bool:
    """May they read what concerns them of it?"""
    return allows(ties_to_journal(person), Act.JOURNAL_READ)


def may_undo(person: Any, tables: Collection[str]) -> bool:
    """May they take changes of these tables back, within their reach?"""
    if not allows(ties_to_journal(person), Act.JOURNAL_UNDO):
        return False
    return person.role is Role.ADMIN or not _OF_THE_SITE.intersection(tables)


@dataclass(frozen=True)
class Search:
    """What somebody looks for in the journal. `before`: only acts older than this one."""

    topic: Topic | None = None
    deed: RowDeed | None = None
    who: str = ""
    place: str = ""
    first: date | None = None
    last: date | None = None
    before: int | None = None
