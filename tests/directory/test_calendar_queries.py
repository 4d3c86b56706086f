"""Which calendar a search is followed by, and what it is made of."""

from dataclasses import replace
from datetime import UTC, datetime

from fablabmesh.directory.calendar_queries import find_title, list_pieces, slice_of
from fablabmesh.directory.filters import Search
from fablabmesh.feeds.slices import Around, Choice, Slice
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.places.rules import PlaceKind
from tests.factories import make_event, make_place

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_the_agenda_has_words_for_kinds_zones_and_circles_alone():
    around = Around(10, commune="35238")
    place = PlaceFilter(zone="ouest", kinds=frozenset({PlaceKind.EPN}), laureates_only=True)

    found = slice_of(Search(place, around=around))

    assert found == Slice((Choice(around=(around,), kinds=("epn", "laureat"), zones=("fablab/ouest",)),))
    assert slice_of(Search()) == Slice()
    assert slice_of(Search(open="maintenant", events="7", updated="30", with_closed=True)) == Slice()
    assert slice_of(Search(PlaceFilter(text="laser"))) is None
    assert slice_of(Search(place, machines=("laser",))) is None
    assert slice_of(Search(seeks_partners=True)) is None


def test_the_pieces_are_those_of_the_places_that_fit(db):
    lab = make_place(services=["wifi"])
    make_event(lab)
    make_event(make_place(name="Autre"))
    db.commit()
    search = Search(services=("wifi",))

    assert len(list_pieces(search, with_text=True, now=NOW)) == 1
    lab.services = []
    db.commit()
    assert list_pieces(search, with_text=False, now=NOW) == []


def test_the_title_says_the_filter(db):
    search = replace(Search(), seeks_partners=True)

    assert find_title(search, today=NOW.date()) == "Agenda des Fab Labs\u00a0: cherche des partenaires"
