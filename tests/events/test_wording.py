from datetime import UTC, date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from fablabmesh.events import wording
from fablabmesh.kit.i18n import force_locale


@pytest.fixture(autouse=True)
def french(app):
    with app.test_request_context("/"), force_locale("fr"):
        yield


def event(starts: str, ends: str, *, timezone: str = "Europe/Paris", is_all_day: bool = False) -> SimpleNamespace:
    first, last = datetime.fromisoformat(starts), datetime.fromisoformat(ends)
    zone = ZoneInfo(timezone)
    return SimpleNamespace(
        starts_local=first,
        ends_local=last,
        timezone=timezone,
        is_all_day=is_all_day,
        starts_at=first.replace(tzinfo=zone).astimezone(UTC),
        ends_at=last.replace(tzinfo=zone).astimezone(UTC),
    )


def series(rule: str, *rdates: datetime) -> SimpleNamespace:
    starts = datetime.fromisoformat("2026-03-10T18:00")
    return SimpleNamespace(rrule=rule, rdates=list(rdates), starts_local=starts, timezone="Europe/Paris")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("starts", "ends", "is_all_day", "words"),
    [
        ("2026-03-28T18:00", "2026-03-28T20:30", False, "samedi 28 mars 2026, de 18 h à 20 h 30"),
        ("2026-03-28T20:00", "2026-03-29T01:00", False, "du samedi 28 mars 2026 à 20 h au dimanche 29 mars 2026 à 1 h"),
        ("2026-03-28T18:00", "2026-03-28T18:00", False, "samedi 28 mars 2026 à 18 h"),
        ("2026-04-01T00:00", "2026-04-01T00:00", True, "mercredi 1er avril 2026, toute la journée"),
        ("2026-03-28T00:00", "2026-03-29T00:00", True, "du samedi 28 mars 2026 au dimanche 29 mars 2026"),
    ],
    ids=["one evening", "past midnight", "no end", "one day", "two days"],
)
def test_when_is_said_as_people_say_it(starts, ends, is_all_day, words):
    assert plain(wording.when(event(starts, ends, is_all_day=is_all_day))) == words


def test_hours_alone_where_the_day_stands_above():
    assert plain(wording.hours(event("2026-03-28T18:00", "2026-03-28T20:00"))) == "18 h – 20 h"
    assert plain(wording.hours(event("2026-03-28T18:00", "2026-03-28T18:00"))) == "18 h"
    assert wording.hours(event("2026-03-28T00:00", "2026-03-28T00:00", is_all_day=True)) == "Toute la journée"


def test_paris_needs_no_note():
    assert wording.zone_note(event("2026-03-28T18:00", "2026-03-28T20:00")) == ""


def test_the_time_in_paris_is_told_for_an_event_elsewhere():
    note = wording.zone_note(event("2026-07-01T18:00", "2026-07-01T20:00", timezone="Indian/Reunion"))

    assert plain(note) == "Heure locale : La Réunion. À Paris : de 16 h à 18 h (heure de Paris)."


def test_the_time_in_paris_is_one_hour_for_an_event_without_end():
    note = wording.zone_note(event("2026-07-01T18:00", "2026-07-01T18:00", timezone="Indian/Reunion"))

    assert plain(note) == "Heure locale : La Réunion. À Paris : 16 h (heure de Paris)."


def test_the_day_in_paris_is_told_when_it_is_another():
    note = wording.zone_note(event("2026-07-01T08:00", "2026-07-01T10:00", timezone="Pacific/Noumea"))

    assert plain(note) == (
        "Heure locale : Nouméa. À Paris : du mardi 30 juin 2026 à 23 h "
        "au mercredi 1er juillet 2026 à 1 h (heure de Paris)."
    )


def test_events_are_put_under_their_month_and_day():
    one, two, three = (
        event("2026-03-28T10:00", "2026-03-28T11:00"),
        event("2026-03-28T18:00", "2026-03-28T20:00"),
        event("2026-04-02T18:00", "2026-04-02T20:00"),
    )

    months = wording.by_month_and_day([one, two, three])

    assert months == [
        (date(2026, 3, 1), [(date(2026, 3, 28), [one, two])]),
        (date(2026, 4, 1), [(date(2026, 4, 2), [three])]),
    ]
    assert wording.month_name(months[0][0]) == "Mars 2026"


def test_a_moment_is_a_day_and_an_hour_or_a_day_alone():
    wall = datetime.fromisoformat("2026-03-28T18:30")

    assert plain(wording.moment(wall)) == "samedi 28 mars 2026 à 18 h 30"
    assert plain(wording.moment(wall, True)) == "samedi 28 mars 2026"


def test_languages_of_france_have_names():
    assert [wording.language_label(code) for code in ("fr", "fsl", "rcf")] == [
        "français",
        "langue des signes française",
        "créole réunionnais",
    ]


# --- how often ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "Tous les jours."),
        ("FREQ=WEEKLY", "Chaque semaine, le mardi."),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", "Toutes les 2 semaines, le mardi et le jeudi."),
        ("FREQ=WEEKLY;UNTIL=20260630T215959Z;BYDAY=TU", "Chaque semaine, le mardi, jusqu’au 30 juin 2026."),
        ("FREQ=MONTHLY;COUNT=6;BYDAY=2TU", "Chaque mois, le 2e mardi, 6 fois."),
        ("FREQ=MONTHLY;BYDAY=-1FR", "Chaque mois, le dernier vendredi."),
        ("FREQ=MONTHLY;BYMONTHDAY=1,-1", "Chaque mois, le 1er et le dernier jour du mois."),
        ("FREQ=YEARLY", "Chaque année, le 10 mars."),
        (
            "FREQ=MONTHLY;BYDAY=MO,FR;BYSETPOS=-1",
            "Selon une règle particulière (FREQ=MONTHLY;BYDAY=MO,FR;BYSETPOS=-1).",
        ),
        ("", ""),
    ],
)
def test_a_rule_is_told_in_a_sentence(rule, words):
    series = SimpleNamespace(
        rrule=rule, rdates=[], starts_local=datetime.fromisoformat("2026-03-10T18:00"), timezone="Europe/Paris"
    )

    assert plain(wording.sentence(series)) == words


def test_dates_without_a_rule_are_told_as_several():
    starts = datetime.fromisoformat("2026-03-10T18:00")

    assert (
        wording.sentence(SimpleNamespace(rrule="", rdates=[starts], starts_local=starts, timezone="UTC"))
        == "À plusieurs dates."
    )


def test_a_series_that_spares_school_holidays_says_so():
    event = SimpleNamespace(
        rrule="FREQ=WEEKLY;BYDAY=TU",
        rdates=[],
        starts_local=datetime(2026, 3, 10, 18),  # noqa: DTZ001
        timezone="Europe/Paris",
        school_holidays="C:2028-08-31",
    )

    assert wording.sentence(event) == "Chaque semaine, le mardi, sauf pendant les vacances scolaires de la zone C."
