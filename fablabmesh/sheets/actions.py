"""Writes of the page of a place: machines and people in public roles, the whole page, what is undone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.images import Picture
from fablabmesh.places.actions import check_version, edit_place, remember, to_plain
from fablabmesh.places.models import Machine, Place, PlacePerson, PlaceVersion
from fablabmesh.places.rules import PlaceDeed, PlaceKind, Precision
from fablabmesh.sheets import queries
from fablabmesh.sheets.details import Holder, Tool, named_again, read_tool, widen
from fablabmesh.sheets.picture_actions import add_picture, arrange_pictures, bring_pictures_back
from fablabmesh.sheets.rules import Caption
from fablabmesh.sheets.wording import can_come_back
from fablabmesh.terms.models import Term
from fablabmesh.terms.queries import map_terms
from fablabmesh.terms.rules import Vocabulary


def set_machines(
    place: Place,
    tools: Sequence[Tool],
    *,
    by: Account | None,
    now: datetime,
    deed: PlaceDeed = PlaceDeed.EDITED,
) -> bool:
    """These machines, in this order, and no others. Says whether anything changed."""
    before = queries.list_tools(place.id)
    types = map_terms()[Vocabulary.MACHINE]
    strangers = {tool.type for tool in tools} - types.keys()
    if strangers:
        raise Refused(_("Ce type de machine n’existe pas : %(code)s.", code=", ".join(sorted(strangers))))
    wanted = widen((tool.type for tool in tools), {code: term.broader for code, term in types.items()})
    if before == list(tools) and place.machine_types == wanted:
        return False
    place.machine_types, place.changed_at = wanted, now
    session.execute(delete(Machine).where(Machine.place_id == place.id))
    for position, tool in enumerate(tools):
        session.add(
            Machine(
                place_id=place.id,
                position=position,
                type_id=types[tool.type].id,
                model=tool.model,
                quantity=tool.quantity,
                size=tool.size,
                materials=list(tool.materials),
                training=tool.training,
                price=tool.price,
                note=tool.note,
                is_working=tool.is_working,
            )
        )
    _touch(place, "machines", now)
    pair = [[tool.plain() for tool in before], [tool.plain() for tool in tools]]
    remember(place, deed, {"machines": pair}, by=by, now=now)
    return True


def set_people(
    place: Place,
    holders: Sequence[Holder],
    *,
    by: Account | None,
    now: datetime,
    deed: PlaceDeed = PlaceDeed.EDITED,
) -> bool:
    """These public roles, in this order, and no others. A name goes without its bearer's consent nowhere."""
    if any(holder.name and holder.consented_on is None for holder in holders):
        raise Refused(_("Un nom n’est publié qu’avec l’accord de la personne, et sa date."))
    before = queries.list_holders(place.id)
    if before == list(holders):
        return False
    session.execute(delete(PlacePerson).where(PlacePerson.place_id == place.id))
    for position, holder in enumerate(holders):
        session.add(PlacePerson(place_id=place.id, position=position, **vars(holder)))
    _touch(place, "people", now)
    pair = [[holder.plain() for holder in before], [holder.plain() for holder in holders]]
    remember(place, deed, {"people": pair}, by=by, now=now)
    return True


def rebuild_machine_types() -> int:
    """Of all places with machines, after a type got another broader one. Says how many changed."""
    types = map_terms()[Vocabulary.MACHINE]
    rows = session.execute(
        select(Machine.place_id, Term.code).join(Term, Term.id == Machine.type_id).order_by(Machine.place_id)
    )
    of: dict[int, list[str]] = {}
    for place_id, code in rows:
        of.setdefault(place_id, []).append(code)
    broader = {code: term.broader for code, term in types.items()}
    changed = 0
    for place in session.scalars(select(Place).where(Place.id.in_(sorted(of)))):
        wanted = widen(of[place.id], broader)
        if place.machine_types != wanted:
            place.machine_types = wanted
            changed += 1
    session.flush()
    return changed


def _touch(place: Place, name: str, now: datetime) -> None:
    """A new version of the place, and the rows read again when they are next asked for."""
    place.changed_at = now
    session.flush()
    session.expire(place, [name])


@dataclass(frozen=True)
class Sheet:
    """The whole page of a place: see `places.actions.EDITABLE` for the columns."""

    columns: Mapping[str, Any]
    tools: Sequence[Tool]
    holders: Sequence[Holder]
    captions: Sequence[Caption]


def save_sheet(
    place: Place,
    sheet: Sheet,
    *,
    by: Account,
    now: datetime,
    version: int,
    picture: tuple[Picture, str, str] | None = None,
) -> bool:
    """Bring the page to what a person wrote; `picture`: one more, what it shows, its credit. Says whether it changed.

    Conflict unless `version` is still the place's.
    """
    check_version(place, version)
    edit = edit_place(place, sheet.columns, now=now, version=version, by=by)
    done = [
        edit,
        set_machines(place, sheet.tools, by=by, now=now),
        set_people(place, sheet.holders, by=by, now=now),
        arrange_pictures(place, sheet.captions, by=by, now=now),
    ]
    if picture is not None:
        add_picture(place, *picture, by=by, now=now)
    return any(done) or picture is not None


def undo(place: Place, line: PlaceVersion, *, by: Account, now: datetime, version: int) -> bool:
    """Bring back what stood before a line of the history, wherever nobody has written since.

    Refused where all of it was written anew. Says whether all could be brought back.
    """
    check_version(place, version)
    told = {name: pair for name, pair in line.changed.items() if can_come_back(name, pair[0])}
    present = _present(place, told)
    free = {name: pair[0] for name, pair in told.items() if present[name] == pair[1]}
    if not free:
        raise Refused(_("Tout ce que cette ligne a changé a été réécrit depuis : modifiez la fiche."))
    columns = {name: _from_plain(name, value) for name, value in free.items() if name not in _PARTS}
    undone = PlaceDeed.UNDONE
    if columns:
        edit_place(place, columns, now=now, version=version, by=by, deed=undone)
    is_whole = len(free) == len(line.changed)
    if "machines" in free:
        set_machines(place, [read_tool(each) for each in free["machines"]], by=by, now=now, deed=undone)
    if "people" in free:
        holders = named_again(free["people"], queries.list_holders(place.id))
        set_people(place, holders, by=by, now=now, deed=undone)
        is_whole = is_whole and [holder.plain() for holder in holders] == free["people"]
    if "pictures" in free:
        is_whole = bring_pictures_back(place, free["pictures"], by=by, now=now, deed=undone) and is_whole
    return is_whole


_PARTS = ("machines", "people", "pictures")


def _present(place: Place, names: Iterable[str]) -> dict[str, Any]:
    """What stands on the page, as the history keeps it."""
    parts: dict[str, Callable[[], Any]] = {
        "machines": lambda: [tool.plain() for tool in queries.list_tools(place.id)],
        "people": lambda: [holder.plain() for holder in queries.list_holders(place.id)],
        "pictures": lambda: queries.tell_pictures(queries.list_pictures(place.id)),
    }
    return {name: parts[name]() if name in parts else to_plain(getattr(place, name)) for name in names}


def _from_plain(name: str, value: Any) -> Any:
    if value is None:
        return None
    readers: dict[str, Callable[[str], Any]] = {
        "kind": PlaceKind,
        "precision": Precision,
        "closed_on": date.fromisoformat,
    }
    return readers[name](value) if name in readers else value
