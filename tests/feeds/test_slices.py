"""One spelling for each part of the agenda, and a clear word for what is not one."""

from urllib.parse import parse_qs

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fablabmesh.feeds.slices import (
    PARAMETERS,
    Around,
    BadFilter,
    Choice,
    Slice,
    of_event,
    of_place,
    of_zone,
    read_slice,
)
from fablabmesh.places.rules import PlaceKind

ZONES = {"fablab": {"ouest", "est"}, "epn": {"ouest"}}
CATEGORIES = ["atelier", "formation", "portes-ouvertes"]


def read(query: str) -> Slice:
    return read_slice(parse_qs(query, keep_blank_values=True), zones=ZONES, categories=CATEGORIES)


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("", "/agenda.ics"),
        ("lieu=labfab", "/lieux/labfab/agenda.ics"),
        ("zone=fablab/ouest", "/zones/fablab/ouest/agenda.ics"),
        ("zone=ouest", "/zones/fablab/ouest/agenda.ics"),
        ("zone=ouest&programme=epn", "/zones/epn/ouest/agenda.ics"),
        ("programme=epn", "/agenda.ics?programme=epn"),
        ("lieu=b&lieu=a&lieu=b", "/agenda.ics?lieu=a&lieu=b"),
        ("zone=ouest&categorie=formation", "/agenda.ics?categorie=formation&zone=fablab/ouest"),
        ("genre=laureat&genre=epn&genre=", "/agenda.ics?genre=epn&genre=laureat"),
        ("q=+Carte%20%C3%A9LECTRONIQUE&du=2026-01-01&passes=oui", "/agenda.ics?q=carte%20%C3%A9lectronique"),
        ("autour=48.10000,-1.6799&rayon=25", "/agenda.ics?autour=48.1,-1.68"),
        ("autour=35238&rayon=10", "/agenda.ics?autour=35238&rayon=10"),
        ("autour=-0.0001,0", "/agenda.ics?autour=0,0"),
        ("3.lieu=b&lieu=a", "/agenda.ics?lieu=a&2.lieu=b"),
        ("2.lieu=a&lieu=b&5.q=", "/agenda.ics?lieu=a&2.lieu=b"),
        ("lieu=a&2.lieu=a", "/lieux/a/agenda.ics"),
        ("etiquette=Bois&langue=en&projet=fraiseuse", "/agenda.ics?etiquette=bois&langue=en&projet=fraiseuse"),
    ],
)
def test_each_part_has_one_address(asked, canonical):
    assert read(asked).to_path() == canonical


@pytest.mark.parametrize(
    ("asked", "parameter", "allowed"),
    [
        ("zones=ouest", "zones", PARAMETERS),
        ("zone=nord", "zone", ("epn/ouest", "fablab/est", "fablab/ouest")),
        ("programme=tiers", "programme", ("epn", "fablab")),
        ("genre=musee", "genre", ("epn", "fablab", "laureat", "pole")),
        ("categorie=fete", "categorie", tuple(CATEGORIES)),
        ("lieu=Lab%20Fab", "lieu", ("le mot qui désigne le lieu dans son adresse",)),
        ("langue=breton", "langue", ("un code comme fr ou en",)),
        ("autour=Rennes", "autour", ("48.11,-1.68", "35238")),
        ("autour=98,2", "autour", ("48.11,-1.68", "35238")),
        ("autour=nan,2", "autour", ("48.11,-1.68", "35238")),
        ("autour=35238&rayon=0", "rayon", ("1–500",)),
        ("autour=35238&rayon=5&rayon=6", "rayon", ("1–500",)),
        ("rayon=5", "autour", ("48.11,-1.68", "35238")),
        ("lieu=" + "&lieu=".join(f"lab-{n}" for n in range(61)), "", ()),
    ],
)
def test_what_is_no_part_is_refused_with_what_may_stand_there(asked, parameter, allowed):
    with pytest.raises(BadFilter) as refused:
        read(asked)

    assert (refused.value.parameter, refused.value.allowed) == (parameter, allowed)
    assert refused.value.message


spots = st.builds(
    Around, km=st.just(30), latitude=st.integers(-90_000, 90_000).map(lambda n: n / 1000), longitude=st.just(2.5)
)
slugs = st.lists(st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,4})?", fullmatch=True), max_size=3, unique=True).map(
    lambda found: tuple(sorted(found))
)
choices = st.builds(
    Choice,
    around=st.lists(spots, max_size=2, unique=True).map(lambda found: tuple(sorted(found))),
    categories=st.sets(st.sampled_from(CATEGORIES)).map(lambda s: tuple(sorted(s))),
    kinds=st.sets(st.sampled_from([*[kind.value for kind in PlaceKind], "laureat"])).map(lambda s: tuple(sorted(s))),
    places=slugs,
    projects=slugs,
    words=st.from_regex(r"[a-zé&=+%]{1,5}( [a-z]{1,3})?", fullmatch=True) | st.just(""),
    zones=st.sets(st.sampled_from(["fablab/ouest", "epn/ouest"])).map(lambda s: tuple(sorted(s))),
)


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(choices, max_size=3))
def test_what_is_written_is_read_as_the_same_and_written_the_same(given_choices):
    assume(sum(len(choice.to_pairs()) for choice in given_choices) <= 60)
    wanted = Slice(tuple(sorted(set(given_choices) - {Choice()}, key=Choice.to_pairs)))
    query = wanted.to_query()

    assert read(query) == wanted
    assert read(query).to_query() == query


def test_the_addresses_below_pages_are_those_of_their_things():
    assert of_place("labfab").to_path() == "/lieux/labfab/agenda.ics"
    assert of_zone("fablab", "ouest").to_path() == "/zones/fablab/ouest/agenda.ics"
    assert of_event("atelier").to_path() == "/evenements/atelier.ics"


def test_a_part_of_whole_places_is_known_as_such():
    assert read("zone=ouest&genre=epn&2.lieu=a").is_of_places
    assert not read("zone=ouest&2.autour=35238").is_of_places
    assert not read("zone=ouest&2.categorie=formation").is_of_places
    assert not of_event("atelier").is_of_places
