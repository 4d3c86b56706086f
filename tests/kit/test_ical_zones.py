"""Names of zones lead to the zone of IANA that is meant, or to one whose clocks show the same."""

from datetime import UTC, datetime
from zoneinfo import available_timezones

import pytest

from fablabmesh.kit.ical_lines import read_file
from fablabmesh.kit.ical_zones import Zones, named
from fablabmesh.kit.vtimezone import render_timezone

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def described(key, name):
    text = render_timezone(key).replace(key.encode(), name.encode())
    return list(read_file(b"BEGIN:VCALENDAR\r\n" + text + b"END:VCALENDAR\r\n").of_kind("VTIMEZONE"))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Europe/Paris", "Europe/Paris"),
        ("europe/paris", "Europe/Paris"),
        ("Romance Standard Time", "Europe/Paris"),
        ("SA Western Standard Time", "America/La_Paz"),
        ("/Europe/Paris", "Europe/Paris"),
        ("/softwarestudio.org/Tzfile/America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
        ("/citadel.org/20190914_1/Indian/Reunion", "Indian/Reunion"),
        ("Custom-Europe/Paris-2", "Europe/Paris"),
        ("UTC", "Etc/UTC"),
        ("GMT", "Etc/UTC"),
        ("Etc/GMT", "Etc/UTC"),
        ("Chez nous", ""),
        ("", ""),
    ],
)
def test_a_name_leads_to_its_zone(name, key):
    assert named(name) == key


@pytest.mark.parametrize(
    "key",
    [
        *("Europe/Paris", "Indian/Reunion", "America/Martinique", "America/Cayenne", "Indian/Mayotte"),
        *("Pacific/Noumea", "America/Miquelon", "Pacific/Tahiti", "Pacific/Marquesas"),
    ],
)
def test_what_describes_a_zone_of_france_is_taken_for_one_of_the_same_clocks(key):
    found = Zones("Europe/Paris", described(key, "Ici"), NOW).find("Ici")

    assert render_timezone(found.key).replace(found.key.encode(), b"") == render_timezone(key).replace(
        key.encode(), b""
    )
    assert found.remark.startswith("Le fuseau")


def test_the_zone_of_the_place_comes_first_among_equals():
    assert Zones("Europe/Madrid", described("Europe/Paris", "Ici"), NOW).find("Ici").key == "Europe/Madrid"


def test_what_outlook_calls_a_zone_tells_its_offset():
    found = Zones("Indian/Reunion", (), NOW).find("(UTC+01:00) Bruxelles, Copenhague, Madrid, Paris")

    assert found.key == "Europe/Paris"


def test_what_nobody_knows_is_of_the_place_and_said():
    found = Zones("Indian/Reunion", (), NOW).find("Chez nous")

    assert found.key == "Indian/Reunion"
    assert found.remark.endswith("n’est pas connu : lu comme Indian/Reunion.".replace(" :", "\N{NO-BREAK SPACE}:"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"BEGIN:STANDARD\r\nTZOFFSETTO:demain\r\nEND:STANDARD\r\n",
        b"BEGIN:STANDARD\r\nDTSTART:x\r\nTZOFFSETTO:+9999\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\n",
        b"BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nRRULE:FREQ=DAILY\r\nEND:STANDARD\r\n",
    ],
)
def test_what_describes_no_zone_is_no_harm(body):
    file = read_file(
        b"BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Ici\r\n" + body + b"END:VTIMEZONE\r\nEND:VCALENDAR\r\n"
    )

    assert Zones("Europe/Paris", file.of_kind("VTIMEZONE"), NOW).find("Ici").key in available_timezones()
