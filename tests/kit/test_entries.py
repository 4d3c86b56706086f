"""What a calendar may say of an event, the order in which it says it, and how moments are written."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from fablabmesh.kit.entries import Entry, in_order, zone_of

PARIS = ZoneInfo("Europe/Paris")
NOUMEA = ZoneInfo("Pacific/Noumea")
CHANGED = datetime(2026, 2, 1, 8, 30, tzinfo=UTC)
DAY = date(2026, 4, 8)


def at(*parts: int, zone: ZoneInfo = PARIS, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=zone, fold=fold)


def make_entry(start=None, end=None, **values) -> Entry:
    start = start or at(2026, 3, 18, 18)
    return Entry(values.pop("uid", "un"), "Atelier", start, end or start, **{"changed_at": CHANGED} | values)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"uid": " "}, "an entry needs a uid"),
        ({"start": datetime(2026, 5, 1)}, "moments stand in a ZoneInfo"),  # noqa: DTZ001 - naive on purpose
        ({"changed_at": datetime(2026, 5, 1)}, "stamps are aware"),  # noqa: DTZ001 - naive on purpose
        ({"start": DAY, "end": at(2026, 4, 8, 18)}, "two datetimes or two dates"),
        ({"end": at(2026, 3, 18, 17, 59)}, "ends after its start"),
        ({"rrule": "FREQ=WEEKLY\n"}, "not the value of an RRULE"),
        ({"exdates": (at(2026, 3, 25, 18),)}, "only a series"),
        ({"rrule": "FREQ=WEEKLY", "recurrence_id": at(2026, 3, 25, 18)}, "no series itself"),
        ({"rrule": "FREQ=WEEKLY", "exdates": (at(2026, 3, 25, 18, zone=NOUMEA),)}, "in the zone of the start"),
    ],
)
def test_an_entry_says_why_it_is_refused(values, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_entry(**values)


def test_a_doubtful_moment_is_written_in_utc_and_a_series_in_its_zone():
    doubtful = at(2026, 10, 25, 2, 30, fold=1)

    assert make_entry(doubtful).spelling == (("2026-10-25T01:30:00", ""), ("2026-10-25T01:30:00", ""))
    assert make_entry(doubtful, rrule="FREQ=WEEKLY").zones == {"Europe/Paris"}


def test_what_lasts_over_a_change_is_written_in_utc_at_both_ends():
    night = make_entry(at(2026, 3, 28, 22), at(2026, 3, 29, 6))
    voyage = make_entry(at(2026, 3, 28, 22), at(2026, 3, 30, 6, zone=NOUMEA))

    assert night.spelling == (("2026-03-28T21:00:00", ""), ("2026-03-29T04:00:00", ""))
    assert voyage.spelling == (("2026-03-28T22:00:00", "Europe/Paris"), ("2026-03-30T06:00:00", "Pacific/Noumea"))


def test_a_series_in_utc_is_written_in_a_zone_that_no_reader_replaces():
    entry = make_entry(datetime(2026, 3, 2, 8, tzinfo=UTC), rdates=(datetime(2026, 4, 6, 8, tzinfo=UTC),))

    assert set(entry.spelling) == {("2026-03-02T08:00:00", "Etc/GMT"), ("2026-04-06T08:00:00", "Etc/GMT")}


def test_added_dates_are_written_once_and_in_order():
    may, april = at(2026, 5, 6, 18), at(2026, 4, 1, 18)

    assert make_entry(rdates=(may, april, may)).written().rdates == (april, may)


def test_events_stand_in_the_order_of_their_starts_and_their_entries_together():
    late = make_entry(at(2026, 6, 1, 18), uid="a")
    series = make_entry(at(2026, 3, 18, 18), uid="b", rrule="FREQ=WEEKLY")
    first = make_entry(at(2026, 7, 1, 18), uid="b", recurrence_id=at(2026, 3, 25, 18))
    second = make_entry(at(2026, 3, 1, 18), uid="b", recurrence_id=at(2026, 4, 1, 18))

    assert in_order([second, late, first, series]) == [[series, first, second], [late]]


def test_zones_have_the_names_of_iana():
    assert zone_of(at(2026, 3, 18, 18, zone=NOUMEA)) == "Pacific/Noumea"
    assert zone_of(at(2026, 3, 18, 18, zone=ZoneInfo("Etc/UTC"))) == ""
