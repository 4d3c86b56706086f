"""What a map or a list is called on the page of another site."""

from datetime import date

import pytest

from fablabmesh.directory.filters import Search
from fablabmesh.feeds.slices import Around
from fablabmesh.kit.i18n import speaking
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.places.rules import PlaceKind
from fablabmesh.syndication.titles import title_of

NAMES = {
    "zone": {"ouest": "Ouest"},
    "autour": {"35238": "Rennes"},
    "machine": {"decoupe-laser": "Découpe laser"},
    "departement": {"35": "Ille-et-Vilaine"},
}


@pytest.fixture(autouse=True)
def french():
    with speaking("fr"):
        yield


@pytest.mark.parametrize(
    ("search", "title"),
    [
        (Search(), "Fab Labs et espaces publics numériques"),
        (Search(PlaceFilter(zone="ouest")), "Fab Labs et espaces publics numériques – zone Ouest"),
        (
            Search(PlaceFilter(kinds=frozenset({PlaceKind.POLE, PlaceKind.FABLAB}), laureates_only=True)),
            "Lauréats, Fab Labs et Pôles de ressources",
        ),
        (
            Search(PlaceFilter(text="bois"), machines=("decoupe-laser", "four"), around=Around(20, "35238")),
            "Fab Labs et espaces publics numériques – Découpe laser et four – à 20 km de Rennes – « bois »",
        ),
        (
            Search(departments=("35",), open="maintenant", since=date(2026, 1, 1), seeks_partners=True),
            "Fab Labs et espaces publics numériques – Ille-et-Vilaine – ouverts maintenant"
            " – avec des rendez-vous – qui cherchent des partenaires",
        ),
    ],
)
def test_a_title_tells_all_that_is_asked_for(search, title):
    assert title_of(search, NAMES).replace("\u00a0", " ") == title
