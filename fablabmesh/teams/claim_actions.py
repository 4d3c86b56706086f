"""Writes: a place is claimed, by a link that proves an address; who looks after it, or its coordinator, decides."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from fablabmesh.accounts import actions as accounts
from fablabmesh.accounts import queries as account_queries
from fablabmesh.accounts.actions import digest
from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.errors import Conflict, NotFound, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.mails import actions as mails
from fablabmesh.places.models import Place
from fablabmesh.places.rules import ManagerRole
from fablabmesh.teams import actions, claim_queries, domains, invitation_actions, queries, rules
from fablabmesh.teams.invitation_actions import Guest
from fablabmesh.teams.models import Claim, ClaimLine
from fablabmesh.teams.rules import ClaimDeed, ClaimState, Proof

A_TURN = 50


@dataclass(frozen=True)
class Claimant:
    """Who says that a place is theirs to look after. `by`: if they are signed in."""

    name: str
    email: str
    message: str = ""
    language: str = "fr"
    by: Account | None = None
    network: str = ""


# --- asking ------------------------------------------------------------------------------------------------------


def ask(place: Place, claimant: Claimant, *, now: datetime) -> Claim | None:
    """Take a claim, and have its address proven by a letter; nothing comes of one that is under way already.

    What is answered on the page is the same in all cases, so that nobody learns who has an account or a claim here.
    Only who is signed in, with an address known to be theirs, needs no letter.
    """
    by = claimant.by
    # Signed in or not: each claim may send a letter to whom it names.
    actions.count_network(claimant.network, now)
    if place.is_demo and (by is None or not by.is_demo) and not rules.is_nowhere(claimant.email):
        raise Refused(_("Ce lieu est inventé : personne ne peut s’en occuper pour de vrai."))
    if by is not None and place.is_demo != by.is_demo:
        raise Refused(_("Un compte de démonstration ne s’occupe que de lieux de démonstration."))
    claim = _put(place, claimant, now)
    if claim.state is not ClaimState.UNCONFIRMED:
        return None
    claim.name, claim.language, claim.message = claimant.name, claimant.language, claimant.message
    claim.account, claim.account_id = by, by.id if by else None
    # Whoever asked before, by the same address, may have been somebody else: their link must not serve this one.
    claim.digest = claim.digest_until = None
    session.flush()
    if by is not None and by.email_confirmed_at is not None and by.email == claim.email:
        _settle(claim, now)
    elif actions.may_write_to(claim.email, now):
        _send_link(claim, now)
    return claim


def _put(place: Place, claimant: Claimant, now: datetime) -> Claim:
    """The row of that address and place, made if need be; held, so that two who ask at once are one claim."""
    values = {"place_id": place.id, "email": claimant.email, "state": ClaimState.UNCONFIRMED, "created_at": now}
    words = {"name": claimant.name, "language": claimant.language, "message": "", "version": 1}
    session.execute(insert(Claim).values(**values, **words).on_conflict_do_nothing())
    return claim_queries.hold_claim_of(place.id, claimant.email)


def _send_link(claim: Claim, now: datetime) -> None:
    word = _new_word(claim, now, lives=rules.LINK_LIVES)
    _write(claim, "proof", now, url=actions.address_of(f"/s-en-occuper/{word}", claim.language))


def _new_word(claim: Claim, now: datetime, *, lives: timedelta) -> str:
    word = secrets.token_urlsafe(32)
    claim.digest, claim.digest_until = digest(word), now + lives
    session.flush()
    return word


def _write(claim: Claim, what: str, now: datetime, *, url: str, words: str = "") -> None:
    """To who claims, in the language in which they asked. Invented people are written to only where nobody is."""
    if claim.email and (not claim.place.is_demo or rules.is_nowhere(claim.email)):
        told = {"what": what, "place": claim.place.name, "reader": claim.name, "words": words, "url": url}
        letter = mails.write("teams/mail/claim.html", claim.language, **told)
        mails.send_later(letter, to=claim.email, kind=actions.CLAIM, about=claim.id, now=now)


# --- proving -----------------------------------------------------------------------------------------------------


def look(word: str, *, now: datetime) -> Claim:
    """The claim of a link, while something can be done with it; held."""
    found = claim_queries.find_claim(digest(word), now=now)
    if found is None or found.state not in (ClaimState.UNCONFIRMED, ClaimState.ASKED):
        raise NotFound(_("Ce lien a déjà servi, ou il est trop ancien. Recommencez depuis la fiche du lieu."))
    return found


def confirm(claim: Claim, *, now: datetime) -> Account | None:
    """The address is theirs. The new account, if the claim was granted at once to somebody who had none."""
    if claim.state is not ClaimState.UNCONFIRMED:
        raise Conflict(_("Cette demande est déjà en route."))
    claim.digest = claim.digest_until = None
    if claim.account_id is None:
        known = account_queries.find_by_email(claim.email)
        if known is not None and not known.is_active:
            raise Refused(_("Le compte de cette adresse est désactivé : écrivez à l’administration du site."))
        claim.account, claim.account_id = known, known.id if known else None
        if known is not None:
            known.email_confirmed_at = known.email_confirmed_at or now
    return _settle(claim, now)


def is_own_domain(place: Place, email: str) -> bool:
    """Does the address prove by itself that they are of the place? Not where several places give the same site."""
    return domains.proves(email, place.website) and claim_queries.count_sharing(domains.host_of(place.website)) <= 1


def _settle(claim: Claim, now: datetime) -> Account | None:
    """Granted at once by the place's own domain, where nobody manages the place yet; else it waits."""
    place = claim.place
    claim.confirmed_at = now
    claim.proof = Proof.DOMAIN if is_own_domain(place, claim.email) else Proof.ADDRESS
    managers = rules.managers_in(queries.list_team(place.id, is_held=True))
    if claim.proof is Proof.DOMAIN and not managers:
        made = None
        if claim.account is None:
            made = accounts.create_account(
                email=claim.email,
                name=claim.name,
                password=None,
                language=claim.language,
                confirmed_at=now,
                is_demo=place.is_demo,
            )
            claim.account, claim.account_id = made, made.id
        _grant(claim, by=None, now=now)
        _tell_coordinators(claim, "granted", now)
        return made
    claim.state = ClaimState.PENDING
    claim.coordinator_from = now + rules.MANAGERS_FIRST if managers else now
    session.flush()
    if managers:
        _tell([link.account for link in managers], claim, "waiting", now)
    else:
        _tell_coordinators(claim, "waiting", now)
        claim.coordinator_told_at = now
    return None


def _tell(people: list[Account], claim: Claim, what: str, now: datetime) -> None:
    told = {"place": claim.place.name, "what": what, "name": claim.name, "message": claim.message}
    path = actions.team_path(claim.place) if what == "granted" else f"/equipes/demandes/{claim.id}"
    actions.tell(people, "teams/mail/claimed.html", kind=actions.CLAIM, path=path, now=now, **told)


def _tell_coordinators(claim: Claim, what: str, now: datetime) -> None:
    _tell(queries.list_coordinators_of(claim.place) or queries.list_admins(), claim, what, now)


# --- deciding ----------------------------------------------------------------------------------------------------


def _hold(claim: Claim, version: int, *states: ClaimState) -> None:
    """One decides at a time, about what was on the screen."""
    locked = session.scalar(select(Claim.version).where(Claim.id == claim.id).with_for_update(of=Claim))
    if locked != version or claim.version != version or claim.state not in states:
        raise Conflict(_("Quelqu’un d’autre vient de répondre à cette demande."))


def _say(claim: Claim, deed: ClaimDeed, words: str, *, by: Account | None, now: datetime) -> None:
    session.add(ClaimLine(claim_id=claim.id, at=now, by_id=by.id if by else None, deed=deed, words=words))
    session.flush()
    session.expire(claim, ["lines"])


def accept(claim: Claim, *, by: Account, now: datetime, version: int, role: ManagerRole = ManagerRole.MANAGER) -> None:
    """They are in the team: at once with their account, else by an invitation with which they make one."""
    _hold(claim, version, ClaimState.PENDING, ClaimState.ASKED)
    if claim.account is not None and not claim.account.is_active:
        raise Refused(_("Le compte de cette personne est désactivé : refusez la demande, ou faites-le réactiver."))
    _say(claim, ClaimDeed.ACCEPTED, "", by=by, now=now)
    _grant(claim, by=by, now=now, role=role)


def _grant(claim: Claim, *, by: Account | None, now: datetime, role: ManagerRole = ManagerRole.MANAGER) -> None:
    place, guest = claim.place, Guest(claim.email, claim.language, claim.name)
    if claim.account is not None:
        actions.join(place, claim.account, role, now=now)
        if by is not None:
            _write(claim, "accepted", now, url=actions.address_of(f"/lieux/{place.slug}", claim.language))
    elif queries.find_open(claim.email, place_id=place.id) is None:
        invitation_actions.invite(place, guest, role, by=by, now=now)
    _end(claim, ClaimState.ACCEPTED, by=by, now=now)


def _end(claim: Claim, state: ClaimState, *, by: Account | None, now: datetime) -> None:
    """Once all is said, the address is forgotten."""
    claim.state, claim.decided_at, claim.decided_by_id = state, now, by.id if by else None
    claim.email, claim.digest, claim.digest_until = "", None, None
    session.flush()


def refuse(claim: Claim, *, reason: str, by: Account, now: datetime, version: int) -> None:
    """With a reason, which they are told."""
    _hold(claim, version, ClaimState.PENDING, ClaimState.ASKED)
    _say(claim, ClaimDeed.REFUSED, reason, by=by, now=now)
    url = actions.address_of(f"/lieux/{claim.place.slug}", claim.language)
    _write(claim, "refused", now, url=url, words=reason)
    _end(claim, ClaimState.REFUSED, by=by, now=now)


def ask_back(claim: Claim, *, question: str, by: Account, now: datetime, version: int) -> None:
    """A question, which they answer by a link."""
    _hold(claim, version, ClaimState.PENDING)
    _say(claim, ClaimDeed.ASKED, question, by=by, now=now)
    claim.state = ClaimState.ASKED
    word = _new_word(claim, now, lives=rules.ANSWER_LIVES)
    url = actions.address_of(f"/s-en-occuper/{word}", claim.language)
    _write(claim, "asked", now, url=url, words=question)


def answer(claim: Claim, text: str, *, now: datetime) -> None:
    """What they say: the claim waits again, and who asked is told."""
    if claim.state is not ClaimState.ASKED:
        raise Conflict(_("Cette demande est déjà en route."))
    asker = next((line.by for line in reversed(claim.lines) if line.deed is ClaimDeed.ASKED), None)
    _say(claim, ClaimDeed.ANSWERED, text, by=None, now=now)
    claim.state, claim.digest, claim.digest_until = ClaimState.PENDING, None, None
    session.flush()
    if asker is not None:
        _tell([asker], claim, "answered", now)


# --- what goes on by itself --------------------------------------------------------------------------------------


def tell_coordinators(now: datetime) -> int:
    """The chore: claims that a place's own people left without an answer for a fortnight, or left behind."""
    with transaction():
        due = claim_queries.list_untold(now, limit=A_TURN)
        for claim in due:
            _tell_coordinators(claim, "late", now)
            claim.coordinator_told_at = now
    return len(due)


def forget_old(now: datetime) -> int:
    """The chore: claims whose address was never proven, and those that are over for long."""
    never = (Claim.state == ClaimState.UNCONFIRMED) & (
        or_(Claim.digest_until < now, Claim.created_at < now - rules.LINK_LIVES)
    )
    with transaction():
        over = delete(Claim).where(or_(never, Claim.decided_at < now - rules.ENDED_KEPT))
        return len(session.execute(over.returning(Claim.id)).all())
