from datetime import date

from fablabmesh.events.filters import AgendaFilter, read_agenda_filter
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.places.rules import PlaceKind

ZONES = {"fablab": {"ouest", "est"}, "epn": {"nord"}}
CATEGORIES = {"atelier", "formation"}


def read(**args: str | list[str]) -> AgendaFilter:
    return read_agenda_filter(
        {name: value if isinstance(value, list) else [value] for name, value in args.items()},
        zones=ZONES,
        categories=CATEGORIES,
    )


def test_an_empty_address_lets_everything_through():
    assert read() == AgendaFilter()
    assert read(zone="", genre="", categorie="", du="", au="").is_everything


def test_every_part_of_the_filter_is_read():
    wanted = read(
        programme="epn", zone="nord", genre=["epn", "laureat"], categorie=["atelier", "formation"], du="2026-03-01"
    )

    assert wanted == AgendaFilter(
        place=PlaceFilter("epn", "nord", frozenset({PlaceKind.EPN}), laureates_only=True),
        categories=frozenset({"atelier", "formation"}),
        since=date(2026, 3, 1),
    )


def test_a_zone_may_be_named_with_its_programme():
    assert read(zone="epn/nord").place == PlaceFilter("epn", "nord")


def test_a_value_that_does_not_exist_is_named_and_left_out():
    wanted = read(zone="sud", categorie="atelier-bois", du="2026-02-30", au="0001-01-01")

    assert wanted.is_everything
    assert wanted.unknown == ("sud", "atelier-bois", "2026-02-30", "0001-01-01")


def test_a_period_given_backwards_is_turned():
    wanted = read(du="2026-03-31", au="2026-03-01")

    assert (wanted.since, wanted.until) == (date(2026, 3, 1), date(2026, 3, 31))


def test_a_period_is_stronger_than_the_past():
    assert not read(passes="oui", du="2026-03-01").past
    assert read(passes="oui").past
