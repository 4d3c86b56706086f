"""What waits for too long: its coordinators are written to, and after some more days the administrators."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update

from fablabmesh.accounts.models import Account
from fablabmesh.curation import queries as curation
from fablabmesh.curation.models import Proposal
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.moderation import queries
from fablabmesh.notices import actions as notices
from fablabmesh.notices.rules import Kind

LATE = "moderation/late"
KIND_LABELS = {LATE: _l("Rappel de ce qui attend une décision")}
# A letter names so many of them; the desk has them all.
_MOST_NAMED = 10


def tell_late(now: datetime) -> int:
    """The chore: one letter to each person for all that has become late since the last. Says how many were written."""
    with transaction():
        written = 0
        for stage in (1, 2):
            late = queries.list_late(stage, now=now)
            for person, items in _by_person(late, stage):
                _write(person, items, stage, now)
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


def _write(person: Account, items: list[Proposal], stage: int, now: datetime) -> None:
    told = {
        "count": len(items),
        "names": [each.place_name for each in items[:_MOST_NAMED]],
        "is_last": stage == 2,
    }
    template = "moderation/mail/late.html"
    notices.notify(person, Kind.LATE, told, path="/moderation?retard=oui", template=template, sort=LATE, now=now)
