"""The search of places, from an address and back."""

from datetime import date
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from fablabmesh.directory import filters
from fablabmesh.directory.filters import Box, Known, Search, Sort, read_search
from fablabmesh.feeds.slices import RADII, Around
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.places.rules import PlaceKind
from fablabmesh.terms.rules import Vocabulary

TODAY = date(2026, 11, 24)
KNOWN = Known(
    zones={"fablab": {"ouest"}, "epn": {"ouest", "centre-est"}},
    departments={"35", "974"},
    calls={"appel-2013", "appel-2019"},
    terms={vocabulary: {"un", "deux"} for vocabulary in Vocabulary},
)


def read(query: dict | str) -> Search:
    asked = MultiDict(parse_qsl(query) if isinstance(query, str) else query)
    return read_search(asked.to_dict(flat=False), known=KNOWN, today=TODAY)


def test_an_empty_address_asks_for_everything():
    assert read({}) == Search()
    assert read({}).is_everything
    assert read({}).to_query() == ""


def test_the_empty_fields_of_a_form_ask_for_nothing():
    assert read(dict.fromkeys(filters.PARAMETERS, "")).to_query() == ""


def test_all_parts_are_read_together_and_written_in_one_order():
    found = read(
        {
            "zone": "centre-est",
            "programme": "epn",
            "q": " bois  métal ",
            "genre": ["epn", "laureat"],
            "appel": "appel-2019",
            "machine": ["un", "deux", "un"],
            "service": "un",
            "departement": "974",
            "ouvert": "samedi",
            "evenements": "30",
            "cherche-partenaires": "oui",
            "maj": "365",
            "autour": "35238",
            "rayon": "10",
            "vue": "-2,47.5,-1,48.25",
            "tri": "nom",
            "fermes": "oui",
        }
    )

    assert found == Search(
        PlaceFilter("epn", "centre-est", frozenset({PlaceKind.EPN}), True, "bois métal"),
        departments=("974",),
        calls=("appel-2019",),
        machines=("deux", "un"),
        services=("un",),
        open="samedi",
        events="30",
        seeks_partners=True,
        updated="365",
        around=Around(10, "35238"),
        view=Box(-2.0, 47.5, -1.0, 48.25),
        sort=Sort.NAME,
        with_closed=True,
    )
    assert found.to_query() == (
        "appel=appel-2019&autour=35238&cherche-partenaires=oui&departement=974&evenements=30&fermes=oui&genre=epn"
        "&genre=laureat&machine=deux&machine=un&maj=365&ouvert=samedi&programme=epn&q=bois%20m%C3%A9tal&rayon=10"
        "&service=un&tri=nom&vue=-2,47.5,-1,48.25&zone=centre-est"
    )


@pytest.mark.parametrize(
    ("query", "unknown"),
    [
        ({"zone": "atlantide"}, ("atlantide",)),
        ({"programme": "mars"}, ("mars",)),
        ({"genre": ["fablab", "bar"]}, ("bar",)),
        ({"machine": ["un", "trois"]}, ("trois",)),
        ({"appel": "appel-1900"}, ("appel-1900",)),
        ({"departement": "99"}, ("99",)),
        ({"ouvert": "toujours"}, ("toujours",)),
        ({"ouvert": "2027-06-01T10:00"}, ("2027-06-01T10:00",)),
        ({"ouvert": "2026-11-20T10:00"}, ("2026-11-20T10:00",)),
        ({"ouvert": "2026-11-28T10:00Z"}, ("2026-11-28T10:00Z",)),
        ({"evenements": "8"}, ("8",)),
        ({"du": "demain"}, ("demain",)),
        ({"du": "0001-01-01"}, ("0001-01-01",)),
        ({"maj": "hier"}, ("hier",)),
        ({"autour": "95.0,1.0"}, ("95.0,1.0",)),
        ({"autour": "35238", "rayon": "0"}, ("0",)),
        ({"vue": "1,2,3"}, ("1,2,3",)),
        ({"vue": "1,nan,3,4"}, ("1,nan,3,4",)),
        ({"vue": "1,50,3,40"}, ("1,50,3,40",)),
        ({"tri": "hasard"}, ("hasard",)),
        ({"cherche-partenaires": "peut-être"}, ("peut-être",)),
    ],
)
def test_a_value_that_is_not_there_is_told_and_left_out(query, unknown):
    found = read(query)

    assert found.unknown == unknown
    assert all(value not in found.to_query() for value in unknown if len(value) > 3)


def test_a_radius_that_is_none_leaves_the_usual_circle():
    assert read({"autour": "35238", "rayon": "mille"}).around == Around(25, "35238")


def test_a_radius_without_a_centre_asks_for_nothing():
    assert read({"rayon": "10"}) == Search()


def test_of_a_list_and_a_free_field_with_one_name_the_free_one_counts():
    assert read({"ouvert": ["samedi", "2026-11-28T14:00"]}).open == "2026-11-28T14:00"
    assert read({"ouvert": ["samedi", ""]}).open == "samedi"


def test_days_of_events_come_before_a_number_of_days_and_in_their_order():
    found = read({"evenements": "7", "du": "2026-12-31", "au": "2026-12-01"})

    assert (found.events, found.since, found.until) == ("", date(2026, 12, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("-2,47,-1,48", "-2,47,-1,48"),
        ("178,-20,182,-10", "178,-20,-178,-10"),
        ("-362,47,-361,48", "-2,47,-1,48"),
        ("-200,-60,200,80", "-180,-60,180,80"),
    ],
)
def test_what_a_map_shows_is_told_within_one_turn_of_the_world(given, kept):
    assert read({"vue": given}).to_query() == f"vue={kept}"


def test_what_the_map_shows_and_the_order_are_no_part_of_the_filter():
    assert read("vue=1,2,3,4&tri=nom&genre=epn").filter.to_query() == "genre=epn"


@pytest.mark.parametrize(
    ("name", "value", "left"),
    [
        ("genre", "epn", "genre=laureat&machine=deux&machine=un&q=bois&zone=ouest"),
        ("genre", "laureat", "genre=epn&machine=deux&machine=un&q=bois&zone=ouest"),
        ("machine", "un", "genre=epn&genre=laureat&machine=deux&q=bois&zone=ouest"),
        ("machine", "", "genre=epn&genre=laureat&q=bois&zone=ouest"),
        ("genre", "", "machine=deux&machine=un&q=bois&zone=ouest"),
        ("q", "", "genre=epn&genre=laureat&machine=deux&machine=un&zone=ouest"),
        ("zone", "", "genre=epn&genre=laureat&machine=deux&machine=un&q=bois"),
    ],
)
def test_one_value_can_be_taken_out(name, value, left):
    found = read("genre=epn&genre=laureat&machine=un&machine=deux&q=bois&zone=ouest")

    assert found.without(name, value).to_query() == left


@pytest.mark.parametrize(
    "query",
    [
        "cherche-partenaires=oui",
        "evenements=7",
        "du=2026-12-01",
        "fermes=oui",
        "maj=30",
        "ouvert=maintenant",
        "tri=nom",
        "vue=1,2,3,4",
        "autour=35238&rayon=50&tri=distance",
    ],
)
def test_each_single_thing_can_be_taken_out(query):
    name = query.partition("=")[0].replace("du", "evenements")

    assert read(query).without(name) == Search()


def test_the_nearest_come_first_where_one_searches_around():
    assert read("autour=35238").order is Sort.DISTANCE
    assert read("autour=35238&tri=nom").order is Sort.NAME
    assert read("tri=distance").order is Sort.USUAL


def test_the_circles_that_are_offered_are_taken():
    assert set(filters.OFFERED_RADII) <= set(RADII)


VALUES = {
    "genre": ["epn", "fablab", "pole", "laureat", "bar"],
    "machine": ["un", "deux", "trois"],
    "label": ["un", "deux"],
    "appel": ["appel-2013", "appel-2019"],
    "ouvert": ["maintenant", "samedi", "2026-11-28T14:00", "2026-11-28T14:00:31"],
    "evenements": ["7", "30"],
    "du": ["2026-12-01"],
    "au": ["2026-12-24", "2026-11-02"],
    "autour": ["35238", "48.11,-1.68", "48.11111,-1.6"],
    "rayon": ["25", "10", "999"],
    "vue": ["-2,47.5,-1,48.25", "170,1,190,2"],
    "tri": ["nom", "distance", "rendez-vous"],
    "maj": ["30", "2026-01-01"],
    "q": ["bois & métal", "a=b", "  "],
    "zone": ["ouest"],
    "programme": ["fablab", "epn", "aucun"],
}


@pytest.mark.slow
@given(
    st.lists(
        st.sampled_from(sorted(VALUES)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(VALUES[name])))
    )
)
def test_an_address_that_was_written_reads_the_same_and_is_written_the_same(pairs):
    first = read(MultiDict(pairs))

    again = read(first.to_query())

    assert again == first
    assert again.unknown == ()
    assert again.to_query() == first.to_query()
