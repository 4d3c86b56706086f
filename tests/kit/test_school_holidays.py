from datetime import date

import pytest

from fablabmesh.kit.school_holidays import SchoolZone, is_holiday, known_until, read_holidays, spell_holidays


@pytest.mark.parametrize(
    ("day", "zones"),
    [
        (date(2026, 2, 6), ""),
        (date(2026, 2, 7), "A"),
        (date(2026, 2, 14), "AB"),
        (date(2026, 2, 22), "ABC"),
        (date(2026, 3, 1), "BC"),
        (date(2026, 3, 9), ""),
        (date(2026, 7, 14), "ABC"),
        (date(2050, 7, 14), ""),
    ],
)
def test_each_zone_has_its_holidays(day, zones):
    assert "".join(zone.value for zone in SchoolZone if is_holiday(day, zone)) == zones


def test_the_last_day_known_is_one_of_holidays_and_none_comes_after():
    for zone in SchoolZone:
        last = known_until(zone)
        assert is_holiday(last, zone)
        assert last >= date(2028, 8, 31)
        assert not any(is_holiday(date(year, 7, 20), zone) for year in range(last.year + 1, last.year + 5))


def test_a_zone_is_told_by_its_academies(pages):
    with pages.app_context():
        assert [zone.label.split(" ")[1] for zone in SchoolZone] == ["A", "B", "C"]
        assert "Rennes" in SchoolZone.B.label


@pytest.mark.parametrize("zone", [None, *SchoolZone])
def test_an_event_keeps_the_zone_and_how_far_it_was_known(zone):
    known = known_until(zone) if zone else date.min

    assert read_holidays(spell_holidays(zone)) == (zone, known)
