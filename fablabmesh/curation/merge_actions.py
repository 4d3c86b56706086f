"""Writes: two pages that are of one place become one, and whatever hung on the other hangs on it from then on.

Whoever followed the other's calendar is led to this one's, and finds there the same events under the same names.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute

from fablabmesh.accounts.models import Account
from fablabmesh.coordination.models import PoleNews
from fablabmesh.curation import queries
from fablabmesh.curation.models import FreshnessLetter, PlaceTwin, Proposal, TwinSearch
from fablabmesh.curation.rules import plain
from fablabmesh.curation.twin_queries import Pair, list_pairs
from fablabmesh.digests import actions as digests
from fablabmesh.digests.issue_actions import read_query
from fablabmesh.digests.models import Subscription
from fablabmesh.events.models import Event, EventChange, EventPartner, EventVersion
from fablabmesh.events.rules import Deed
from fablabmesh.feeds import queries as feeds
from fablabmesh.feeds.slices import BadFilter
from fablabmesh.imports.models import CalendarImport, CalendarSource, ImportedEvent
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places import actions as places
from fablabmesh.places.models import (
    Laureate,
    Machine,
    Place,
    PlaceAlias,
    PlaceChange,
    PlaceFact,
    PlaceManager,
    PlaceNumber,
    PlacePerson,
    PlacePicture,
    PlaceSourceAlias,
    PlaceVersion,
    PoleRole,
)
from fablabmesh.places.queries import get_place
from fablabmesh.places.rules import ManagerRole, PlaceDeed
from fablabmesh.projects.models import Partnership, Project
from fablabmesh.projects.rules import PartnershipStatus
from fablabmesh.publication.actions import note_events
from fablabmesh.teams.models import Claim, Invitation, PlaceTenure

# What the kept place has and the other has not, by what makes two of them the same.
_LISTS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (PlaceFact, ("subject", "statement", "source")),
    (Machine, ("type_id", "model")),
    (PlacePerson, ("role", "name")),
    (PlacePicture, ("image_digest",)),
)
# What a place has one of: one row for each of these.
_LINKS: tuple[tuple[Any, str], ...] = ((Laureate, "call_id"), (PoleRole, "zone_id"), (PlaceManager, "account_id"))


def merge(
    kept: Place,
    gone: Place,
    values: Mapping[str, Any],
    *,
    by: Account | None,
    now: datetime,
    versions: tuple[int, int],
) -> None:
    """Make one place of two. `values`: what is to stand on its page; `versions`: of both, when they were chosen."""
    if kept.id == gone.id:
        raise Refused(_("C’est la même fiche."))
    if kept.is_demo != gone.is_demo:
        raise Refused(_("Un lieu inventé ne se fusionne qu’avec un lieu inventé."))
    _hold(kept, gone, versions)
    told = _describe(gone)
    places.edit_place(kept, values, now=now, version=kept.version, by=by)
    _move_events(kept, gone, by, now)
    _move_projects(kept, gone)
    _move_calendars(kept, gone)
    _move_parts(kept, gone)
    _move_teams(kept, gone)
    _move_source(kept, gone)
    _move_proposals(kept, gone)
    _move_addresses(kept, gone, now)
    _remove(gone)
    places.remember(kept, PlaceDeed.MERGED, {"merged": [told, None]}, by=by, now=now)
    kept.changed_at = now
    session.flush()


def _hold(kept: Place, gone: Place, versions: tuple[int, int]) -> None:
    """Events first and places second, as who writes an event does; then those that came meanwhile."""
    for _turn in range(2):
        session.execute(
            select(Event.id).where(_concerns(gone.id)).order_by(Event.id).with_for_update(of=Event, key_share=True)
        )
        rows = select(Place.id, Place.version).where(Place.id.in_([kept.id, gone.id])).order_by(Place.id)
        found = dict(session.execute(rows.with_for_update()).all())
    if (found.get(kept.id), found.get(gone.id)) != versions:
        raise Conflict(_("L’une des deux fiches a été modifiée entre-temps."))


def _describe(place: Place) -> dict[str, Any]:
    """All that stood on the page, for the history."""
    columns = (*sorted(places.EDITABLE), "slug", "source", "source_id")
    return {name: plain(getattr(place, name)) for name in columns if getattr(place, name) not in (None, "", [])}


# --- events ------------------------------------------------------------------------------------------------------


def _concerns(place_id: int) -> ColumnElement[bool]:
    return or_(Event.id.in_(_moved(place_id)), Event.id.in_(_shared(place_id)))


def _moved(place_id: int) -> Any:
    """Held by it or in it, once or on some date."""
    changes = select(EventChange.event_id).where(EventChange.venue_id == place_id)
    return select(Event.id).where(or_(Event.place_id == place_id, Event.venue_id == place_id, Event.id.in_(changes)))


def _shared(place_id: int) -> Any:
    return select(EventPartner.event_id).where(EventPartner.place_id == place_id)


def _move_events(kept: Place, gone: Place, by: Account | None, now: datetime) -> None:
    """Under the same uids. Where they are is another place now, which subscribers must be told: SEQUENCE grows."""
    moved, shared = set(session.scalars(_moved(gone.id))), set(session.scalars(_shared(gone.id)))
    organised = session.scalars(select(Event.id).where(Event.place_id == gone.id).order_by(Event.id)).all()
    _point(Event.place_id, kept, gone)
    _point(Event.venue_id, kept, gone)
    _point(EventChange.venue_id, kept, gone)
    _write(update(Event).where(Event.venue_id == Event.place_id).values(venue_id=None), Event.id.in_(moved))
    twice = select(Event.id).where(Event.place_id == kept.id).union(_shared(kept.id))
    session.execute(delete(EventPartner).where(EventPartner.place_id == gone.id, EventPartner.event_id.in_(twice)))
    _point(EventPartner.place_id, kept, gone)
    own = select(Event.id).where(Event.place_id == kept.id, Event.id.in_(moved))
    session.execute(delete(EventPartner).where(EventPartner.place_id == kept.id, EventPartner.event_id.in_(own)))
    told = {"changed_at": func.now(), "version": Event.version + 1}
    _write(update(Event).values(**told, sequence=Event.sequence + 1), Event.id.in_(moved))
    _write(update(Event).values(**told), Event.id.in_(shared - moved))
    for event_id in organised:
        session.add(
            EventVersion(
                event_id=event_id,
                at=now,
                by_id=by.id if by else None,
                deed=Deed.EDITED,
                changed={"place_id": [gone.id, kept.id]},
            )
        )
    note_events(session(), moved | shared)


def _point(column: InstrumentedAttribute[Any], kept: Place, gone: Place, *conditions: ColumnElement[bool]) -> None:
    """From the one to the other."""
    _write(update(column.class_).where(column == gone.id).values({column.key: kept.id}), *conditions)


def _write(statement: Any, *conditions: ColumnElement[bool]) -> None:
    session.execute(statement.where(*conditions).execution_options(synchronize_session=False))


# --- projects and calendars of others -------------------------------------------------------------------------------


def _move_projects(kept: Place, gone: Place) -> None:
    """A lab leads a project or takes part in it, once."""
    _point(Project.lead_id, kept, gone)
    led = select(Project.id).where(Project.lead_id == kept.id)
    session.execute(
        delete(Partnership).where(Partnership.place_id.in_([kept.id, gone.id]), Partnership.project_id.in_(led))
    )
    # Who was taken in stays so, whichever of the two it was.
    accepted = Partnership.status == PartnershipStatus.ACCEPTED
    taken_in = select(Partnership.project_id).where(Partnership.place_id == gone.id, accepted)
    mine = delete(Partnership).where(Partnership.place_id == kept.id, ~accepted, Partnership.project_id.in_(taken_in))
    session.execute(mine.execution_options(synchronize_session=False))
    _move_links(Partnership, "project_id", kept, gone)


def _move_calendars(kept: Place, gone: Place) -> None:
    """A calendar that both follow is followed once; what came from it belongs to the one that stays."""
    _point(CalendarImport.place_id, kept, gone)
    mine = dict(
        session.execute(select(CalendarSource.url, CalendarSource.id).where(CalendarSource.place_id == kept.id)).all()
    )
    theirs = session.execute(select(CalendarSource.url, CalendarSource.id).where(CalendarSource.place_id == gone.id))
    for url, source_id in theirs.all():
        if url in mine:
            for column in (ImportedEvent.source_id, CalendarImport.source_id):
                _write(update(column.class_).where(column == source_id).values(source_id=mine[url]))
            session.execute(delete(CalendarSource).where(CalendarSource.id == source_id))
    _point(CalendarSource.place_id, kept, gone)


# --- what is on the page --------------------------------------------------------------------------------------------


def _move_parts(kept: Place, gone: Place) -> None:
    for model, same in _LISTS:
        _move_list(model, same, kept, gone)
    promoted = select(PlaceManager.account_id).where(
        PlaceManager.place_id == gone.id, PlaceManager.role == ManagerRole.MANAGER
    )
    _write(
        update(PlaceManager).where(PlaceManager.place_id == kept.id).values(role=ManagerRole.MANAGER),
        PlaceManager.account_id.in_(promoted),
    )
    for model, key in _LINKS:
        _move_links(model, key, kept, gone)
    kept.machine_types = sorted({*kept.machine_types, *gone.machine_types})
    if gone.confirmed_at and (kept.confirmed_at is None or kept.confirmed_at < gone.confirmed_at):
        kept.confirmed_at = gone.confirmed_at
    _point(PlaceVersion.place_id, kept, gone)


def _move_teams(kept: Place, gone: Place) -> None:
    """Invitations and claims, one for each address; and that somebody looked after it once."""
    tended = select(PlaceTenure.place_id).where(PlaceTenure.place_id == kept.id)
    _point(PlaceTenure.place_id, kept, gone, ~tended.exists())
    is_open = (Invitation.accepted_at.is_(None), Invitation.declined_at.is_(None), Invitation.withdrawn_at.is_(None))
    invited = select(Invitation.email).where(Invitation.place_id == kept.id, *is_open)
    _point(Invitation.place_id, kept, gone, Invitation.email.not_in(invited))
    claimed = select(Claim.email).where(Claim.place_id == kept.id, Claim.email != "")
    _point(Claim.place_id, kept, gone, Claim.email.not_in(claimed))


def _move_list(model: Any, same: Iterable[str], kept: Place, gone: Place) -> None:
    """After those that are there, and none twice."""
    there = select(*(getattr(model, name) for name in same)).where(model.place_id == kept.id)
    known = {tuple(row) for row in session.execute(there)}
    last = session.scalar(select(func.max(model.position)).where(model.place_id == kept.id))
    position = -1 if last is None else last
    rows = session.execute(
        select(model.id, *(getattr(model, name) for name in same))
        .where(model.place_id == gone.id)
        .order_by(model.position)
    )
    for row_id, *values in rows.all():
        if tuple(values) not in known:
            position += 1
            _write(update(model).where(model.id == row_id).values(place_id=kept.id, position=position))


def _move_links(model: Any, key: str, kept: Place, gone: Place) -> None:
    """Those that the kept place has not; what is left goes with the other."""
    there = select(getattr(model, key)).where(model.place_id == kept.id)
    _point(model.place_id, kept, gone, getattr(model, key).not_in(there))


def _move_source(kept: Place, gone: Place) -> None:
    """A place that people entered takes the other's source over, which goes on to fill in what they left empty;
    else the importer is told that the row's place is there under another name."""
    _point(PlaceSourceAlias.place_id, kept, gone)
    if gone.source_id is None:
        return
    if kept.source_id is not None:
        session.add(PlaceSourceAlias(source=gone.source, source_id=gone.source_id, place_id=kept.id))
        session.flush()
        return
    identity = {name: getattr(gone, name) for name in ("source", "source_id", "source_licence", "source_updated_on")}
    gone.source_id = None
    session.flush()  # two rows never bear the same identity
    differing = {name for name in places.EDITABLE if getattr(kept, name) != getattr(gone, name)}
    differing -= {"source_licence", "source_updated_on"}
    kept.edited_fields = sorted({*kept.edited_fields, *(name for name in differing if getattr(kept, name))})
    for name, value in identity.items():
        setattr(kept, name, value)
    session.flush()


# --- curation's own, and addresses ----------------------------------------------------------------------------------


def _move_proposals(kept: Place, gone: Place) -> None:
    """What was said of the other; and whom the two are not."""
    _point(Proposal.place_id, kept, gone)
    _point(PoleNews.place_id, kept, gone)
    for pair in queries.list_dismissed(gone.id):
        stranger = pair.other_id if pair.place_id == gone.id else pair.place_id
        if stranger == kept.id:
            continue
        first, second = sorted((kept.id, stranger))
        told = {"dismissed_at": pair.dismissed_at, "dismissed_by_id": pair.dismissed_by_id}
        row = insert(PlaceTwin).values(
            place_id=first, other_id=second, score=pair.score, likeness={}, found_at=pair.found_at, **told
        )
        session.execute(row.on_conflict_do_update(index_elements=["place_id", "other_id"], set_=told))
    letters = session.scalars(select(FreshnessLetter).where(FreshnessLetter.place_ids.contains([gone.id])))
    for letter in letters.all():
        letter.place_ids = sorted({kept.id if id_ == gone.id else id_ for id_ in letter.place_ids})


def _move_addresses(kept: Place, gone: Place, now: datetime) -> None:
    """The other's address leads here for ever, and so do those that led to it; letters ask for this one."""
    _point(PlaceAlias.place_id, kept, gone)
    session.add(PlaceAlias(slug=gone.slug, place_id=kept.id))
    session.flush()
    letters = session.scalars(
        select(Subscription).where(Subscription.query.contains(gone.slug, autoescape=True)).order_by(Subscription.id)
    )
    for letter in letters.all():
        _ask_anew(letter, now)


def _ask_anew(letter: Subscription, now: datetime) -> None:
    try:
        query = feeds.follow_moved(read_query(letter.query)).to_query()
    except BadFilter:
        return
    if query == letter.query:
        return
    there = select(Subscription).where(Subscription.email == letter.email, Subscription.query == query)
    other = session.scalar(there)
    if other is None:
        letter.query = query
    elif letter.confirmed_at is not None and other.confirmed_at is None:
        digests.stop(other, now=now)
        letter.query = query
    else:
        digests.stop(letter, now=now)
    session.flush()


def _remove(gone: Place) -> None:
    session.flush()
    session.expire(gone)
    session.delete(get_place(gone.slug))
    session.flush()


# --- looking for pairs -------------------------------------------------------------------------------------------

_A_TURN = 200  # places; some tenths of a second


def dismiss(one: Place, other: Place, *, by: Account, now: datetime) -> None:
    """They are two places: real namesakes, or neighbours. Nobody is asked again."""
    first, second = sorted((one.id, other.id))
    told = {"dismissed_at": now, "dismissed_by_id": by.id}
    row = insert(PlaceTwin).values(place_id=first, other_id=second, score=0, likeness={}, found_at=now, **told)
    session.execute(row.on_conflict_do_update(index_elements=["place_id", "other_id"], set_=told))


def search_twins(now: datetime) -> int:
    """The chore: compare some of what has changed, or was never compared, with what is near; says how many places."""
    with transaction():
        search = session.scalar(select(TwinSearch).with_for_update())
        if search is None:
            search = TwinSearch(id=1, number=session.scalar(select(PlaceNumber.number)) or 0, place_id=0)
            session.add(search)
        ids = _next_places(search)
        if ids:
            _keep_pairs(ids, list_pairs(ids), now)
    return len(ids)


def _next_places(search: TwinSearch) -> list[int]:
    """Those that were there before the first search, then those that change."""
    never = select(Place.id).where(Place.id > search.place_id).order_by(Place.id).limit(_A_TURN)
    if search.place_id >= 0:
        ids = list(session.scalars(never))
        search.place_id = ids[-1] if len(ids) == _A_TURN else -1
        return ids
    changes = select(PlaceChange.place_id, PlaceChange.number).where(PlaceChange.number > search.number)
    rows = session.execute(changes.order_by(PlaceChange.number, PlaceChange.place_id).limit(_A_TURN)).all()
    if rows:
        search.number = rows[-1].number
    return [row.place_id for row in rows]


def _keep_pairs(ids: Collection[int], pairs: Collection[Pair], now: datetime) -> None:
    """What was decided stays; what is no longer alike goes."""
    still = [(pair.place_id, pair.other_id) for pair in pairs]
    session.execute(
        delete(PlaceTwin).where(
            or_(PlaceTwin.place_id.in_(ids), PlaceTwin.other_id.in_(ids)),
            PlaceTwin.dismissed_at.is_(None),
            tuple_(PlaceTwin.place_id, PlaceTwin.other_id).not_in(still),
        )
    )
    for pair in pairs:
        told = {"score": pair.likeness.score, "likeness": pair.likeness.to_json()}
        row = insert(PlaceTwin).values(place_id=pair.place_id, other_id=pair.other_id, found_at=now, **told)
        session.execute(row.on_conflict_do_update(index_elements=["place_id", "other_id"], set_=told))
