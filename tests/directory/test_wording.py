"""What a row of the list says."""

from datetime import UTC, date, datetime

import pytest

from fablabmesh.directory.queries import Opening
from fablabmesh.directory.wording import is_closed, tell_distance, tell_notation, tell_opening

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def french(pages):
    with pages.app_context():
        yield


def opening(start: str, end: str) -> Opening:
    return Opening(datetime.fromisoformat(start + "+00:00"), datetime.fromisoformat(end + "+00:00"))


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-11-24T08:00", "2026-11-24T11:00", "Ouvert jusqu’à 12 h"),
        ("2026-11-20T08:00", "2026-12-20T11:00", "Ouvert"),
        ("2026-11-24T13:00", "2026-11-24T17:00", "Ouvre aujourd’hui à 14 h"),
        ("2026-11-25T07:45", "2026-11-25T17:00", "Ouvre demain à 8 h 45"),
        ("2026-11-28T09:00", "2026-11-28T17:00", "Ouvre samedi à 10 h"),
        ("2026-12-01T09:00", "2026-12-01T17:00", "Ouvre le 1er décembre à 10 h"),
    ],
)
def test_it_is_open_or_opens_later(start, end, words):
    assert tell_opening(opening(start, end), NOW, "35").replace("\u00a0", " ") == words


def test_the_hours_are_those_of_the_place():
    assert (
        tell_opening(opening("2026-11-24T08:00", "2026-11-24T11:00"), NOW, "974").replace("\u00a0", " ")
        == "Ouvert jusqu’à 15 h"
    )


def test_of_what_is_not_known_nothing_is_said():
    assert tell_opening(None, NOW, "35") == ""


def test_a_place_has_closed_for_good_from_that_day_on():
    assert not is_closed(None, date(2026, 1, 1))
    assert not is_closed(date(2026, 1, 2), date(2026, 1, 1))
    assert is_closed(date(2026, 1, 1), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("metres", "words"), [(0, "0 m"), (84, "84 m"), (849, "800 m"), (4_230, "4,2 km"), (36_700, "37 km")]
)
def test_a_distance_is_as_precise_as_it_is_useful(metres, words):
    assert tell_distance(metres).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mo-Fr 09:00-12:00,14:00-18:30", "lun.–ven. 9 h – 12 h, 14 h – 18 h 30"),
        ("Tu,Th 09:00-19:00; Sa off", "mar., jeu. 9 h – 19 h ; sam. fermé"),
        ("PH off", "jours fériés fermé"),
        ("week 01-53/2 We 14:00-18:00", "week 01-53/2 We 14:00-18:00"),
        ("Mo 09:00+", "Mo 09:00+"),
        ("sur rendez-vous", "sur rendez-vous"),
        ("24/7", "24/7"),
        ("", ""),
    ],
)
def test_plain_hours_are_said_on_paper_and_others_as_they_are(text, words):
    assert tell_notation(text).replace("\u00a0", " ") == words
