"""Writes of what a place has beside its columns: machines and people in public roles. Each leaves a line of history."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places.actions import remember
from fablabmesh.places.models import Machine, Place, PlacePerson
from fablabmesh.places.rules import PlaceDeed
from fablabmesh.sheets import queries
from fablabmesh.sheets.details import Holder, Tool, widen
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


def set_people(place: Place, holders: Sequence[Holder], *, by: Account | None, now: datetime) -> bool:
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
    remember(place, PlaceDeed.EDITED, {"people": pair}, by=by, now=now)
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
