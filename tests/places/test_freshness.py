"""How fresh a page is: by the days since somebody, or its source, last said that it is right."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from fablabmesh.places.freshness import Freshness, Known, freshness_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class Page:
    confirmed_at: datetime | None = None
    source_updated_on: date | None = None


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 3, 2), Freshness.FRESH),
        (date(2025, 3, 3), Freshness.FRESH),
        (date(2025, 3, 2), Freshness.AGEING),
        (date(2024, 3, 2), Freshness.AGEING),
        (date(2024, 3, 1), Freshness.STALE),
    ],
)
def test_a_page_is_fresh_for_a_year_and_stale_after_two(day, state):
    by_person = freshness_of(Page(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)), NOW)
    by_source = freshness_of(Page(None, day), NOW)

    assert by_person == Known(state, day)
    assert by_source == Known(state, day, by_source=True)


def test_the_later_of_person_and_source_counts():
    person, source = datetime(2025, 6, 1, tzinfo=UTC), date(2025, 7, 1)

    assert freshness_of(Page(person, source), NOW) == Known(Freshness.FRESH, source, by_source=True)
    assert freshness_of(Page(person, date(2025, 5, 1)), NOW) == Known(Freshness.FRESH, date(2025, 6, 1))
    assert freshness_of(Page(), NOW) == Known(Freshness.UNCONFIRMED)


def test_who_reads_is_warned_of_what_nobody_confirmed(pages):
    with pages.test_request_context("/"):
        told = {state: (state.label, state.is_doubtful) for state in Freshness}

    assert told == {
        Freshness.FRESH: ("à jour", False),
        Freshness.AGEING: ("confirmée il y a plus d’un an", False),
        Freshness.STALE: ("sans nouvelle depuis plus de deux ans", True),
        Freshness.UNCONFIRMED: ("fiche jamais confirmée", True),
    }
