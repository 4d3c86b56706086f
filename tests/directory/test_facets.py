"""The filter in words."""

from datetime import date

import pytest

from fablabmesh.directory import facets
from fablabmesh.directory.filters import Box, Search, Sort
from fablabmesh.feeds.slices import Around
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.places.rules import PlaceKind

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def french(pages):
    with pages.app_context():
        yield


def groups(search: Search, used: dict[str, int]) -> list[facets.Group]:
    names = {"machine": {value: value.upper() for value in [*used, "rien"]}}
    return facets.list_groups(search, {"machine": {"a": 3}}, {"machine": used}, names)


def test_a_short_group_is_whole_and_in_its_own_order():
    (group,) = groups(Search(machines=("b",)), {"b": 1, "a": 9})

    assert [(o.label, o.count, o.is_chosen) for o in group.first] == [("B", 0, True), ("A", 3, False)]
    assert group.more == ()
    assert group.chosen == 1


def test_of_a_long_group_the_most_used_come_first_and_all_that_is_chosen():
    used = {chr(97 + n): n + 1 for n in range(15)}

    (group,) = groups(Search(machines=("a",)), used)

    assert [option.value for option in group.first] == ["a", "i", "j", "k", "l", "m", "n", "o"]
    assert [option.value for option in group.more] == ["b", "c", "d", "e", "f", "g", "h"]


def test_what_no_place_has_is_not_offered_unless_it_is_chosen():
    assert groups(Search(), {}) == []
    (group,) = groups(Search(machines=("rien",)), {})
    assert [option.value for option in group.first] == ["rien"]


def test_the_days_of_the_week_are_named_from_today_on():
    options = facets.list_moments(Search(open="samedi"), {"samedi": 4}, TODAY)

    assert [option.label for option in options][:3] == ["Maintenant", "mardi 24 novembre", "mercredi 25 novembre"]
    assert [(option.label, option.count) for option in options if option.is_chosen] == [("samedi 28 novembre", 4)]


def test_kinds_and_laureates_are_one_group():
    search = Search(PlaceFilter(kinds=frozenset({PlaceKind.EPN}), laureates_only=True))

    options = facets.list_kinds(search, {"epn": 2}, {"laureat": "Lauréats", "fablab": "Fab Labs", "epn": "EPN"})

    assert [(option.value, option.count, option.is_chosen) for option in options] == [
        ("laureat", 0, True),
        ("fablab", 0, False),
        ("epn", 2, True),
    ]


def test_all_that_is_asked_for_has_a_chip_that_takes_it_away():
    search = Search(
        PlaceFilter("epn", "ouest", frozenset({PlaceKind.EPN}), True, "bois"),
        departments=("35",),
        calls=("appel",),
        machines=("imprimante-3d",),
        open="2026-11-28T14:30",
        events="30",
        seeks_partners=True,
        updated="365",
        around=Around(10, "35238"),
        view=Box(1, 2, 3, 4),
        with_closed=True,
        sort=Sort.NAME,
    )
    names = {"zone": {"ouest": "Ouest"}, "autour": {"35238": "Rennes (35)"}, "machine": {"imprimante-3d": "3D"}}

    chips = facets.list_chips(search, names, TODAY)

    assert [chip.words.replace("\u00a0", " ") for chip in chips] == [
        "« bois »",
        "à 10 km de Rennes (35)",
        "Ouest",
        "35",
        "epn",
        "laureat",
        "appel",
        "3D",
        "ouvert samedi 28 novembre à 14 h 30",
        "rendez-vous dans les 30 jours",
        "cherche des partenaires",
        "à jour depuis un an",
        "lieux fermés aussi",
        "ce que montre la carte",
    ]
    assert len({chip.without.to_query() for chip in chips}) == len(chips)
    assert all(len(chip.without.to_pairs()) < len(search.to_pairs()) for chip in chips)


@pytest.mark.parametrize(
    ("search", "words"),
    [
        (Search(open="maintenant"), "ouvert maintenant"),
        (Search(open="mardi"), "ouvert mardi 24 novembre"),
        (Search(since=date(2026, 12, 1)), "rendez-vous à partir du 1er décembre 2026"),
        (Search(until=date(2026, 12, 2)), "rendez-vous jusqu’au 2 décembre 2026"),
        (
            Search(since=date(2026, 12, 1), until=date(2026, 12, 2)),
            "rendez-vous du 1er décembre 2026 au 2 décembre 2026",
        ),
        (Search(updated="2026-11-01"), "à jour depuis le 1er novembre 2026"),
        (Search(around=Around(25, latitude=48.1, longitude=-1.7)), "à 25 km de ma position"),
    ],
)
def test_a_chip_says_what_is_meant(search, words):
    (chip,) = facets.list_chips(search, {}, TODAY)

    assert chip.words.replace("\u00a0", " ") == words
    assert chip.without == Search()


def test_periods_are_those_that_addresses_know():
    assert [o.value for o in facets.list_event_periods(Search(), {})] == ["7", "30", "90"]
    assert [o.value for o in facets.list_update_periods(Search(updated="30"), {}) if o.is_chosen] == ["30"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (Search(open="mercredi"), "Mercredi 11 novembre est férié (Armistice de 1918)"),
        (Search(open="mardi"), ""),
        (Search(open="2026-12-25T14:00"), "Vendredi 25 décembre est férié (Noël)"),
        (Search(open="2026-12-26T14:00"), ""),
        (Search(open="2026-12-26T14:00", departments=("67",)), "Samedi 26 décembre est férié (Saint-Étienne)"),
        (Search(), ""),
    ],
)
def test_a_moment_on_a_public_holiday_is_said_to_be_on_one(asked, told):
    assert facets.tell_holiday(asked, date(2026, 11, 9)).partition("\xa0:")[0] == told
