"""Writes: what anybody proposes, and what those who decide make of it. Nothing changes a place before they do."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from fablabmesh.accounts.models import Account
from fablabmesh.curation import queries, rules
from fablabmesh.curation.models import Decision, Proposal, ProposalRequest
from fablabmesh.curation.rules import DecisionDeed, ProposalKind, ProposalState, plain, read_plain
from fablabmesh.digests.actions import desk
from fablabmesh.digests.rules import digest, network_of
from fablabmesh.events.models import Event
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.errors import Conflict, NotFound, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.kit.i18n import root_of
from fablabmesh.mails import actions as mails
from fablabmesh.notices import actions as notices
from fablabmesh.notices.rules import Kind
from fablabmesh.places import actions as places
from fablabmesh.places.models import Place
from fablabmesh.places.rules import ManagerRole, PlaceDeed
from fablabmesh.projects.models import Project
from fablabmesh.teams import actions as teams
from fablabmesh.teams import invitation_actions
from fablabmesh.teams.invitation_actions import Guest
from fablabmesh.zones import queries as zones

ANSWER, FRESHNESS = "curation/answer", "curation/freshness"
_ANSWER_LETTER = "curation/mail/answer.html"
KIND_LABELS = {ANSWER: _l("Réponse à une proposition"), FRESHNESS: _l("Demande de confirmation d’une fiche")}


class TooMany(Refused):
    """So much came from one network or person that the rest must wait."""

    status = 429


@dataclass(frozen=True)
class Note:
    """What comes with a proposal: words, and who says them. `contact`: only to be answered."""

    message: str = ""
    known_by: str = ""
    contact: str = ""
    language: str = "fr"
    by: Account | None = None
    network: str = ""


def stamp(now: datetime) -> str:
    """What a form for strangers says of when it was shown."""
    return rules.write_stamp(desk().key, now)


def is_stamp_fine(text: str, now: datetime) -> bool:
    """See `rules`."""
    return rules.is_stamp_fine(desk().key, text, now)


# --- proposing ---------------------------------------------------------------------------------------------------


def propose_place(values: Mapping[str, Any], note: Note, *, now: datetime, looks_after: bool = False) -> Proposal:
    """A place that is missing. `values`: by column; `looks_after`: they wish to, once it is there."""
    found = zones.locate(insee=values.get("insee"), postcode=values.get("postcode"), point=None)
    proposed = {name: plain(value) for name, value in values.items() if value not in (None, "", [])}
    return add(
        Proposal(
            kind=ProposalKind.MISSING,
            place_name=str(values["name"]),
            looks_after=looks_after,
            department_code=found.department_code,
            proposed=proposed,
        ),
        note,
        now,
    )


def report(
    place: Place,
    kind: ProposalKind,
    values: Mapping[str, Any],
    note: Note,
    *,
    version: int,
    now: datetime,
    twin_slug: str = "",
) -> Proposal:
    """Something wrong on a place's page. `values`: by column, only what differs; `version`: of the page they read."""
    return add(
        Proposal(
            kind=kind,
            place=place,
            place_id=place.id,
            place_name=place.name,
            place_version=version,
            department_code=place.department_code,
            is_demo=place.is_demo,
            proposed={name: plain(value) for name, value in values.items()},
            before={name: plain(getattr(place, name)) for name in values},
            twin_slug=twin_slug,
        ),
        note,
        now,
    )


def add(proposal: Proposal, note: Note, now: datetime) -> Proposal:
    """Put it before those who decide, with what came along. A network of strangers, or a person, sends so much only."""
    _count(note, now)
    proposal.state = ProposalState.PENDING
    proposal.message, proposal.known_by, proposal.language = note.message, note.known_by, note.language
    proposal.by_id = note.by.id if note.by else None
    proposal.created_at = now
    if note.contact and note.by is None:
        proposal.contact, proposal.contact_until = note.contact, now + rules.CONTACT_KEPT
    session.add(proposal)
    session.flush()
    return proposal


def _count(note: Note, now: datetime) -> None:
    if note.by is None:
        subject, most = rules.anonymous(desk().key, network_of(note.network)), rules.MOST_PER_NETWORK
        too_many = _("Trop d’envois viennent de votre réseau : réessayez dans une heure.")
    else:
        subject, most = rules.anonymous_person(desk().key, note.by.id), rules.MOST_PER_PERSON
        too_many = _("Vous avez beaucoup envoyé en une heure : réessayez plus tard.")
    if queries.count_requests(subject, since=now - rules.NETWORK_WINDOW) >= most:
        raise TooMany(too_many)
    session.add(ProposalRequest(subject=subject, at=now))


# --- deciding ----------------------------------------------------------------------------------------------------


def accept(
    proposal: Proposal,
    values: Mapping[str, Any],
    *,
    by: Account,
    now: datetime,
    version: int,
    place_version: int | None = None,
    reason: str = "",
) -> Place | None:
    """Write it on the page, or make the place. `values`: what was kept of the proposal, perhaps retouched.

    Conflict if somebody decided meanwhile, or if the page is not as it was when it was compared.
    """
    hold(proposal, version)
    place, changed = proposal.place, {}
    if proposal.kind is ProposalKind.MISSING:
        place = places.create_place(dict(values), now=now, is_demo=proposal.is_demo, by=by)
        proposal.place, proposal.place_id = place, place.id
        if proposal.looks_after:
            _let_look_after(proposal, place, by, now)
        changed = {name: [None, plain(value)] for name, value in values.items()}
    elif values and place is not None:
        # The place may have been written since it was loaded.
        session.refresh(place)
        before = {name: plain(getattr(place, name)) for name in values}
        places.edit_place(place, values, now=now, version=place_version or 0, by=by)
        changed = {name: [before[name], plain(value)] for name, value in values.items() if before[name] != plain(value)}
    is_same = {name: plain(value) for name, value in values.items()} == dict(proposal.proposed)
    deed = DecisionDeed.ACCEPTED if is_same else DecisionDeed.AMENDED
    decide(proposal, ProposalState.PUBLISHED, deed, by=by, now=now, reason=reason, changed=changed)
    return place


def _let_look_after(proposal: Proposal, place: Place, by: Account, now: datetime) -> None:
    """Who proposed the place is its manager, or is invited to be."""
    if proposal.by is not None:
        if proposal.by.is_active and proposal.by.is_demo == place.is_demo:
            teams.join(place, proposal.by, ManagerRole.MANAGER, now=now)
    elif proposal.contact:
        invitation_actions.invite(
            place, Guest(proposal.contact, proposal.language), ManagerRole.MANAGER, by=by, now=now
        )


def refuse(proposal: Proposal, *, reason: str, by: Account, now: datetime, version: int) -> None:
    """With a reason, which the proposer is told."""
    hold(proposal, version)
    decide(proposal, ProposalState.REFUSED, DecisionDeed.REFUSED, by=by, now=now, reason=reason)


def ask_back(proposal: Proposal, *, question: str, by: Account, now: datetime, version: int) -> None:
    """A question to the proposer, who answers by a link."""
    hold(proposal, version)
    if not can_be_answered(proposal):
        raise Refused(_("Personne n’a laissé d’adresse pour cette proposition : il n’y a pas à qui demander."))
    decide(proposal, ProposalState.ASKED, DecisionDeed.ASKED, by=by, now=now, reason=question)


def can_be_answered(proposal: Proposal) -> bool:
    """Is there somebody to write to?"""
    return bool(proposal.contact or proposal.by)


def undo(proposal: Proposal, *, by: Account, now: datetime, version: int) -> None:
    """Back to where it waited. What was written on the page is taken back, if it still stands there as written."""
    hold(proposal, version, is_open=False)
    last = proposal.decisions[-1]
    if proposal.state is ProposalState.PUBLISHED and last.changed and proposal.place is not None:
        if proposal.kind is ProposalKind.MISSING:
            _unmake(proposal)
        else:
            _take_back(proposal.place, last.changed, by, now)
    decide(proposal, ProposalState.PENDING, DecisionDeed.UNDONE, by=by, now=now)


def _take_back(place: Place, changed: Mapping[str, Any], by: Account, now: datetime) -> None:
    session.refresh(place)
    if any(plain(getattr(place, name)) != after for name, (_before, after) in changed.items()):
        raise Conflict(_("La fiche a changé depuis cette décision : corrigez-la à la main."))
    before = read_plain({name: was for name, (was, _after) in changed.items()})
    places.edit_place(place, before, now=now, version=place.version, by=by, deed=PlaceDeed.UNDONE)


def _unmake(proposal: Proposal) -> None:
    place = proposal.place
    if place is None:
        return
    hangs = select(Event.id).where((Event.place_id == place.id) | (Event.venue_id == place.id))
    leads = select(Project.id).where(Project.lead_id == place.id)
    if session.scalar(hangs.limit(1)) or session.scalar(leads.limit(1)) or place.managers:
        raise Conflict(_("Des personnes, des événements ou des projets dépendent déjà de ce lieu : il reste."))
    proposal.place = proposal.place_id = None
    session.flush()
    session.expire(place)
    session.delete(places.queries.get_place(place.slug))


def hold(proposal: Proposal, version: int, *, is_open: bool = True) -> None:
    """One decides at a time, about what was on the screen. For the queue of a zone as well."""
    locked = session.scalar(select(Proposal.version).where(Proposal.id == proposal.id).with_for_update(of=Proposal))
    if locked != version or proposal.version != version or proposal.state.is_open is not is_open:
        raise Conflict(_("Quelqu’un d’autre vient de traiter cette proposition."))


def decide(
    proposal: Proposal,
    state: ProposalState,
    deed: DecisionDeed,
    *,
    by: Account | None,
    now: datetime,
    reason: str = "",
    changed: Mapping[str, Any] | None = None,
) -> None:
    """Write down what was decided of a held proposal, and tell who proposed it."""
    session.add(
        Decision(
            proposal_id=proposal.id, at=now, by_id=by.id if by else None, deed=deed, reason=reason,
            changed=dict(changed or {}),
        )
    )  # fmt: skip
    proposal.state = state
    proposal.decided_at = None if state.is_open else now
    if deed not in (DecisionDeed.UNDONE, DecisionDeed.ANSWERED) and (by is None or by.id != proposal.by_id):
        _tell(proposal, deed, reason, now)
    session.flush()
    session.expire(proposal, ["decisions"])


# --- answering ---------------------------------------------------------------------------------------------------


def _tell(proposal: Proposal, deed: DecisionDeed, reason: str, now: datetime) -> None:
    """A letter to who asked to be answered. Once all is said, the address is forgotten."""
    by = proposal.by if proposal.by and not proposal.by.is_demo else None
    is_final = not proposal.state.is_open
    if proposal.contact or by is not None:
        secret = secrets.token_urlsafe(32)
        proposal.answer_hash = None if is_final else digest(secret)
        language = by.language if by is not None and not proposal.contact else proposal.language
        root = f"{mails.office().base_url}{root_of(language)}"
        page, to_answer = path_of(proposal), "" if is_final else f"/propositions/{secret}"
        told = {
            "name": proposal.place_name,
            "state": proposal.state.value,
            "is_amended": deed is DecisionDeed.AMENDED,
            "reason": reason,
            "page_url": f"{root}{page}" if page else "",
            "answer_url": f"{root}{to_answer}" if to_answer else "",
            "is_missing": proposal.kind is ProposalKind.MISSING,
            "is_publication": proposal.kind is ProposalKind.PUBLICATION,
        }
        if proposal.contact:
            letter = mails.write(_ANSWER_LETTER, language, **told)
            mails.send_later(letter, to=proposal.contact, kind=ANSWER, about=proposal.id, now=now)
        elif by is not None:
            kind = Kind.DECISION if proposal.kind is ProposalKind.PUBLICATION else Kind.REPORT
            path = to_answer or page or "/mon-espace"
            notices.notify(by, kind, told, path=path, template=_ANSWER_LETTER, sort=ANSWER, about=proposal.id, now=now)
    if is_final:
        proposal.contact, proposal.contact_until, proposal.answer_hash = "", None, None


def path_of(proposal: Proposal) -> str:
    """Where the page is that it is about; empty where there is none yet."""
    if proposal.event is not None:
        return f"/evenements/{proposal.event.slug}"
    if proposal.project is not None:
        return f"/projets/{proposal.project.slug}"
    return f"/lieux/{proposal.place.slug}" if proposal.place else ""


def get_asked(secret: str) -> Proposal:
    """The proposal that a link is about, while it can be answered."""
    found = queries.find_by_answer(digest(secret))
    if found is None or found.state is not ProposalState.ASKED:
        raise NotFound(_("Ce lien a déjà servi, ou la proposition est traitée. Merci de votre aide."))
    return found


def answer(secret: str, text: str, *, now: datetime) -> Proposal:
    """What the proposer says: the proposal waits again for those who decide."""
    proposal = get_asked(secret)
    hold(proposal, proposal.version)
    proposal.answer_hash = None
    decide(proposal, ProposalState.PENDING, DecisionDeed.ANSWERED, by=None, now=now, reason=text)
    return proposal


# --- what goes on by itself --------------------------------------------------------------------------------------


def forget_old(now: datetime) -> int:
    """The chore: addresses that nobody answered to in time are erased, and from where things came."""
    with transaction():
        late = update(Proposal).where(Proposal.contact != "", Proposal.contact_until <= now)
        erased = session.execute(
            late.values(contact="", contact_until=None, answer_hash=None).returning(Proposal.id)
        ).all()
        session.execute(delete(ProposalRequest).where(ProposalRequest.at < now - rules.NETWORK_WINDOW))
    return len(erased)
