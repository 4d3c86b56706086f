"""Reads of the agenda of what a search finds: which calendar it is, what it is called, what it is made of today."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select

from fablabmesh.directory import queries
from fablabmesh.directory.facets import list_chips
from fablabmesh.directory.filters import Search
from fablabmesh.feeds.composition import Piece
from fablabmesh.feeds.queries import OfPlaces, list_pieces_of, places_of
from fablabmesh.feeds.slices import Choice, Slice
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places.filters import LAUREATE
from fablabmesh.places.models import Place
from fablabmesh.zones.queries import find_programme


def slice_of(search: Search) -> Slice | None:
    """The part of the agenda that is of the places of a search, where the agenda has the words for it."""
    place = search.place
    if search.lasting != replace(Search(replace(place, text="")), around=search.around).lasting:
        return None
    kinds = tuple(sorted([*(kind.value for kind in place.kinds), *([LAUREATE] if place.laureates_only else [])]))
    choice = Choice(
        around=(search.around,) if search.around else (),
        kinds=kinds,
        zones=(f"{place.programme}/{place.zone}",) if place.zone else (),
    )
    return Slice(() if choice == Choice() else (choice,))


def find_title(search: Search, *, today: date) -> str:
    """What calendar programs show as the name of the calendar."""
    names = queries.map_names(search, find_programme(search.programme) if search.zone else None)
    return _(
        "Agenda des Fab Labs : %(filter)s", filter=", ".join(chip.words for chip in list_chips(search, names, today))
    )


def list_pieces(search: Search, *, with_text: bool, now: datetime) -> list[Piece]:
    """The texts of the places that the search finds today."""
    return list_pieces_of(part_of(search, now=now).places, with_text=with_text)


def part_of(search: Search, *, now: datetime, wanted: Slice | None = None) -> OfPlaces:
    """The events of the places that the search finds today; of them those of a slice, for which the same place must be
    in both."""
    places = select(Place.id).where(*queries.fits(replace(search, with_closed=True), now=now))
    if wanted is not None and wanted.choices:
        places = places.where(Place.id.in_(places_of(wanted)))
    return OfPlaces(places, wanted or Slice())
