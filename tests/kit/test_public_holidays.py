"""Public holidays, fixed, movable and of some departments only."""

from datetime import date, timedelta

import pytest

from fablabmesh.kit.public_holidays import holiday_name


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 4, 6), "Lundi de Pâques"),
        (date(2026, 5, 14), "Ascension"),
        (date(2026, 5, 25), "Lundi de Pentecôte"),
        (date(2027, 3, 29), "Lundi de Pâques"),
        (date(2026, 11, 11), "Armistice de 1918"),
        (date(2026, 11, 12), ""),
    ],
)
def test_a_holiday_has_its_name(pages, day, name):
    with pages.app_context():
        assert holiday_name(day) == name


def test_a_year_has_eleven_everywhere_and_some_departments_have_more(pages):
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    with pages.app_context():
        counts = {code: sum(bool(holiday_name(day, code)) for day in days) for code in ("35", "67", "974", None)}

        assert counts == {"35": 11, "67": 13, "974": 12, None: 11}
        assert holiday_name(date(2026, 12, 20), "974") == "Abolition de l’esclavage"
        assert holiday_name(date(2026, 4, 3), "57") == "Vendredi saint"
