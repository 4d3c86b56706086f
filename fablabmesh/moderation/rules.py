"""What the queue of a zone holds and how it is read: sorts of things, filters of the address, lateness. Pure."""

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from fablabmesh.curation.rules import LATE_AFTER, ProposalKind
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.zones.moderation import DEFAULTS, ModerationState, Thing, Whose

# What the coordinators were told of, and is late still, the administrators hear of.
VERY_LATE_AFTER = LATE_AFTER + timedelta(days=14)
# How many may be dealt with at once.
MOST_AT_ONCE = 50


class Remedy(enum.StrEnum):
    """What accepting a report does to what it is about."""

    NOTHING = "nothing"
    CANCEL = "cancel"
    WITHDRAW = "withdraw"

    @property
    def label(self) -> str:
        return {
            Remedy.NOTHING: _("Rien de plus : c’est réglé"),
            Remedy.CANCEL: _("Annuler l’événement : il reste affiché comme tel"),
            Remedy.WITHDRAW: _("Le retirer de la publication"),
        }[self]


class Charge(enum.StrEnum):
    """Whose business an item of the queue is."""

    MINE = "moi"
    NOBODYS = "personne"


SORTS: dict[str, Thing] = {"lieu": Thing.PLACE, "evenement": Thing.EVENT, "projet": Thing.PROJECT}


@dataclass(frozen=True)
class Wanted:
    """What an address asks of the queue. `zone`: an id, None for all of one's zones."""

    is_open: bool = True
    kind: ProposalKind | None = None
    thing: Thing | None = None
    whose: Charge | None = None
    zone: int | None = None
    is_late: bool = False

    def to_query(self) -> dict[str, str]:
        """The parameters that say it."""
        words = {thing: word for word, thing in SORTS.items()}
        said = {
            "liste": "" if self.is_open else "traitees",
            "genre": self.kind.value if self.kind else "",
            "quoi": words[self.thing] if self.thing else "",
            "qui": self.whose.value if self.whose else "",
            "zone": str(self.zone or ""),
            "retard": "oui" if self.is_late else "",
        }
        return {name: value for name, value in said.items() if value}

    def but(self, **changes: Any) -> dict[str, str]:
        """The parameters of the same with these changes."""
        return replace(self, **changes).to_query()

    @property
    def is_filtered(self) -> bool:
        return replace(self, is_open=True) != Wanted()


def read_wanted(args: Mapping[str, str], zone_ids: Collection[int]) -> Wanted:
    """What is not understood is left out. `zone_ids`: those that may be asked for."""
    kind, whose, zone = args.get("genre", ""), args.get("qui", ""), args.get("zone", "")
    number = int(zone) if zone.isascii() and zone.isdecimal() and len(zone) < 10 else None
    return Wanted(
        is_open=args.get("liste") != "traitees",
        kind=ProposalKind(kind) if kind in set(ProposalKind) else None,
        thing=SORTS.get(args.get("quoi", "")),
        whose=Charge(whose) if whose in set(Charge) else None,
        zone=number if number in zone_ids else None,
        is_late=args.get("retard") == "oui",
    )


def thing_of(proposal: Any) -> Thing:
    """What sort of thing it is about."""
    if proposal.event_id is not None:
        return Thing.EVENT
    return Thing.PROJECT if proposal.project_id is not None else Thing.PLACE


def thing_label(thing: Thing) -> str:
    """One of them."""
    return {Thing.EVENT: _("Événement"), Thing.PROJECT: _("Projet"), Thing.PLACE: _("Lieu")}[thing]


def remedies_of(proposal: Any) -> list[Remedy]:
    """What may be done about a report, the mildest first."""
    if thing_of(proposal) is Thing.EVENT:
        return [Remedy.NOTHING, Remedy.CANCEL, Remedy.WITHDRAW]
    return [Remedy.NOTHING, Remedy.WITHDRAW]


@dataclass(frozen=True)
class Ticket:
    """One item as it was on the screen: which, and of which version; `thing`: that of what it is about."""

    proposal_id: int
    version: int
    thing: int

    def __str__(self) -> str:
        return f"{self.proposal_id}.{self.version}.{self.thing}"


def read_tickets(texts: Sequence[str]) -> list[Ticket]:
    """Those that were ticked, each once; what no page of ours says is left out."""
    found: dict[int, Ticket] = {}
    for text in texts:
        parts = text.split(".")
        if len(parts) == 3 and all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts):
            ticket = Ticket(*map(int, parts))
            found.setdefault(ticket.proposal_id, ticket)
    return list(found.values())


def stage_of(waited: timedelta) -> int:
    """Who must know by now: 0 nobody, 1 the zone's coordinators, 2 the administrators."""
    return (waited > LATE_AFTER) + (waited > VERY_LATE_AFTER)


def late_before(stage: int, now: datetime) -> datetime:
    """What came before this instant is so late."""
    return now - (LATE_AFTER if stage == 1 else VERY_LATE_AFTER)


# --- rules of zones ------------------------------------------------------------------------------------------------


def read_rules(texts: Sequence[str]) -> dict[tuple[Thing, Whose], bool]:
    """Of what a zone may say: whether it was ticked, as `event.manager`."""
    ticked = set(texts)
    return {(thing, whose): f"{thing.value}.{whose.value}" in ticked for thing, whose in DEFAULTS}


def write_rules(rules: Mapping[tuple[Thing, Whose], bool]) -> str:
    """The same on one line: what is published at once."""
    return " ".join(f"{thing.value}.{whose.value}" for (thing, whose), trusted in rules.items() if trusted)


# --- what is published already ---------------------------------------------------------------------------------------


class Turn(enum.StrEnum):
    """What a zone may do with what was published."""

    WITHDRAW = "withdraw"
    ARCHIVE = "archive"
    UNARCHIVE = "unarchive"

    @property
    def label(self) -> str:
        return {
            Turn.WITHDRAW: _("Retirer pour relire"),
            Turn.ARCHIVE: _("Archiver"),
            Turn.UNARCHIVE: _("Sortir des archives"),
        }[self]

    @property
    def hint(self) -> str:
        return {
            Turn.WITHDRAW: _("Plus personne ne voit la page, sauf son équipe et vous ; elle attend dans votre file."),
            Turn.ARCHIVE: _("Cela quitte les listes et la carte ; la page reste pour mémoire, et le dit."),
            Turn.UNARCHIVE: _("Cela revient dans les listes, comme avant."),
        }[self]


def turns_of(thing: Any, *, is_to_come: bool = False) -> list[Turn]:
    """What may be done with it now. What is to come (`is_to_come`) is called off by its team, and not archived."""
    if getattr(thing, "deleted_at", None) is not None:
        return []
    if thing.moderation is ModerationState.ARCHIVED:
        return [Turn.UNARCHIVE]
    if thing.moderation is not ModerationState.PUBLISHED:
        return []
    return [Turn.WITHDRAW] if is_to_come else [Turn.WITHDRAW, Turn.ARCHIVE]


def what_was_done(turn: Turn, name: str) -> str:
    """To its team, in a sentence."""
    if turn is Turn.WITHDRAW:
        return _("À revoir avant d’être de nouveau publié : %(name)s", name=name)
    return _("Archivé : %(name)s", name=name) if turn is Turn.ARCHIVE else _("De nouveau publié : %(name)s", name=name)


def next_steps(turn: Turn) -> list[str]:
    """What its team may do now."""
    if turn is Turn.WITHDRAW:
        return [
            _("Le pôle de la zone l’a retiré de la publication, le temps de le relire : vous seul·es le voyez encore."),
            _("Corrigez la page, ou répondez au pôle : il la publiera de nouveau. Rien n’est perdu."),
        ]
    if turn is Turn.ARCHIVE:
        return [
            _("Le pôle de la zone l’a archivé : cela quitte les listes, la page reste pour mémoire."),
            _("Si c’est une erreur, écrivez au pôle de la zone : il peut le sortir des archives."),
        ]
    return [_("Le pôle de la zone l’a sorti des archives. Vous n’avez rien à faire.")]


def turn_reasons() -> list[str]:
    """What is mostly to be said, to start from."""
    return [
        _("Merci pour votre travail ! Une information semble fausse : la date, le lieu, le prix sont-ils justes ?"),
        _("Merci pour votre travail ! C’est fini depuis longtemps : nous l’archivons, les listes restent à jour."),
        _("Merci ! Cela fait double emploi avec une autre page : gardons-en une, pour que chacun·e s’y retrouve."),
        _("On nous a signalé un texte ou une image à revoir. Pouvez-vous y jeter un œil avec nous ?"),
    ]
