"""The photographs of a place: added, described, put in order, taken away."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from fablabmesh.accounts.models import Account
from fablabmesh.events.models import Image
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.images import Picture
from fablabmesh.places.actions import remember
from fablabmesh.places.models import Place, PlacePicture
from fablabmesh.places.rules import PlaceDeed
from fablabmesh.publication.image_actions import keep_picture
from fablabmesh.sheets.queries import list_pictures, tell_pictures
from fablabmesh.sheets.rules import MOST_PICTURES, Caption


def add_picture(place: Place, picture: Picture, text: str, credit: str, *, by: Account | None, now: datetime) -> None:
    """One more photograph, the last in order. One that is there already is not added twice."""
    before = list_pictures(place.id)
    if any(each.image_digest == picture.digest for each in before):
        raise Refused(_("Cette photo est déjà sur la fiche."))
    if len(before) >= MOST_PICTURES:
        raise Refused(_("Une fiche montre %(count)d photos au plus : retirez-en une d’abord.", count=MOST_PICTURES))
    keep_picture(picture, now)
    told = tell_pictures(before)
    position = before[-1].position + 1 if before else 0
    session.add(
        PlacePicture(place_id=place.id, image_digest=picture.digest, position=position, text=text, credit=credit)
    )
    _touch(place, told, by, now)


def arrange_pictures(place: Place, wanted: Sequence[Caption], *, by: Account | None, now: datetime) -> bool:
    """These photographs of the place, in this order; those left out are taken away. Says whether anything changed."""
    before = list_pictures(place.id)
    rows = {picture.id: picture for picture in before}
    if any(caption.id not in rows for caption in wanted):
        raise Refused(_("Cette photo n’est plus sur la fiche."))
    if [(row.id, row.text, row.credit) for row in before] == [(each.id, each.text, each.credit) for each in wanted]:
        return False
    told = tell_pictures(before)
    for position, caption in enumerate(wanted):
        row = rows.pop(caption.id)
        row.position, row.text, row.credit = position, caption.text, caption.credit
    for row in rows.values():
        session.delete(row)
    _touch(place, told, by, now)
    return True


def bring_pictures_back(
    place: Place, wanted: Sequence[Mapping[str, str]], *, by: Account | None, now: datetime, deed: PlaceDeed
) -> bool:
    """The photographs of a line of the history, in its order. Says whether all could come back: images that nothing
    shows are forgotten after some time."""
    before = list_pictures(place.id)
    kept = set(session.scalars(select(Image.digest).where(Image.digest.in_([each["digest"] for each in wanted]))))
    found = [each for each in wanted if each["digest"] in kept]
    for row in before:
        session.delete(row)
    told = tell_pictures(before)
    for position, each in enumerate(found):
        session.add(
            PlacePicture(
                place_id=place.id, image_digest=each["digest"], position=position, text=each["text"],
                credit=each["credit"],
            )
        )  # fmt: skip
    _touch(place, told, by, now, deed)
    return len(found) == len(wanted)


def _touch(
    place: Place,
    before: list[dict[str, str]],
    by: Account | None,
    now: datetime,
    deed: PlaceDeed = PlaceDeed.EDITED,
) -> None:
    place.changed_at = now
    session.flush()
    session.expire(place, ["pictures"])
    pair = [before, tell_pictures(list_pictures(place.id))]
    remember(place, deed, {"pictures": pair}, by=by, now=now)
