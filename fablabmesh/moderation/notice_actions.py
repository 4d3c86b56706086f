"""What comes to a desk is told to those who decide there, as often as they chose; what is decided is told no more.

What waits to be published is put into the queue by the database, whoever writes it: it is found here, not announced.
"""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from fablabmesh.accounts.models import Account
from fablabmesh.curation import queries as curation
from fablabmesh.curation.models import Proposal
from fablabmesh.curation.rules import ProposalKind, ProposalState
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.notices import actions as notices
from fablabmesh.notices.models import Notice
from fablabmesh.notices.rules import Kind

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
