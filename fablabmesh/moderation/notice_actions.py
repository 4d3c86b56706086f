"""What comes to a desk, and what waits there for long, is told to those who decide; what is decided is told no more.

What waits to be published is put into the queue by the database, whoever writes it: it is found here, not announced.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from fablabmesh.accounts.models import Account
from fablabmesh.curation import queries as curation
from fablabmesh.curation.models import Proposal
from fablabmesh.curation.rules import ProposalKind, ProposalState
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.moderation import queries
from fablabmesh.notices import actions as notices
from fablabmesh.notices.models import Notice
from fablabmesh.notices.rules import Kind

LATE = "moderation/late"
KIND_LABELS = {LATE: _l("Rappel de ce qui attend une décision")}
# A letter names so many of them; the desk has them all.
_MOST_NAMED = 10
MOST_A_TURN = 100
_OURS = (Kind.PROPOSAL, Kind.PENDING)


def tell_new(now: datetime) -> int:
    """The chore: tell of some of what came since the last turn. Says how much it was."""
    with transaction():
        _forget_decided()
        new = select(Proposal).where(Proposal.told_at.is_(None)).options(joinedload(Proposal.place))
        found = list(session.scalars(new.order_by(Proposal.id).limit(MOST_A_TURN).with_for_update(of=Proposal)))
        known: dict[tuple[str | None, bool], list[Account]] = {}
        for each in found:
            where = each.department_code, each.is_demo
            if where not in known:
                known[where] = curation.list_deciders(each.department_code, is_demo=each.is_demo)
            # Who tells of something knows of it.
            if each.state is ProposalState.PENDING:
                _tell(each, [person for person in known[where] if person.id != each.by_id], now)
        ids = [each.id for each in found]
        # Beside the version, which stands in forms that are open.
        told = update(Proposal).where(Proposal.id.in_(ids)).values(told_at=now)
        session.execute(told.execution_options(synchronize_session=False))
    return len(ids)


def _tell(proposal: Proposal, people: list[Account], now: datetime) -> None:
    is_text = proposal.kind is ProposalKind.PUBLICATION

    def values(_language: str) -> dict[str, object]:
        title = (
            _("À relire : %(name)s", name=proposal.place_name)
            if is_text
            else _("Signalé : %(name)s", name=proposal.place_name)
        )
        return {"title": title, "lines": [proposal.kind.label], "button": _("Ouvrir le dossier")}

    kind = Kind.PENDING if is_text else Kind.PROPOSAL
    path = (
        f"/moderation/dossiers/{proposal.id}"
        if proposal.kind is ProposalKind.PUBLICATION
        else (f"/moderation/{proposal.id}")
    )
    notices.notify_all(people, kind, values, path=path, now=now, about=proposal.id)


def _forget_decided() -> None:
    waiting = select(Proposal.id).where(Proposal.state.in_((ProposalState.PENDING, ProposalState.ASKED)))
    gone = delete(Notice).where(Notice.kind.in_(_OURS), Notice.about.not_in(waiting))
    session.execute(gone.execution_options(synchronize_session=False))


# --- what waits for too long -----------------------------------------------------------------------------------


def tell_late(now: datetime) -> int:
    """The chore: one letter to each person for all that has become late since the last. Says how many were written."""
    with transaction():
        written = 0
        for stage in (1, 2):
            late = queries.list_late(stage, now=now)
            for person, items in _by_person(late, stage):
                _write_late(person, items, stage, now)
                written += 1
            told = update(Proposal).where(Proposal.id.in_([each.id for each in late]))
            session.execute(told.values(late_told=stage).execution_options(synchronize_session=False))
        return written


def _by_person(late: Iterable[Proposal], stage: int) -> list[tuple[Account, list[Proposal]]]:
    """Who is to be told of what: where nobody coordinates, the administrators are told at once."""
    found: dict[int, tuple[Account, list[Proposal]]] = {}
    known: dict[str | None, list[Account]] = {}
    for each in late:
        code = each.department_code
        if code not in known:
            known[code] = queries.list_admins() if stage == 2 else curation.list_deciders(code, is_demo=False)
        for person in known[code]:
            found.setdefault(person.id, (person, []))[1].append(each)
    return [found[number] for number in sorted(found)]


def _write_late(person: Account, items: list[Proposal], stage: int, now: datetime) -> None:
    told = {
        "count": len(items),
        "names": [each.place_name for each in items[:_MOST_NAMED]],
        "is_last": stage == 2,
    }
    template = "moderation/mail/late.html"
    notices.notify(person, Kind.LATE, told, path="/moderation?retard=oui", template=template, sort=LATE, now=now)
