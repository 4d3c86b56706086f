"""What would be done about each event that was read, and with which values."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from fablabmesh.events.rules import EventStatus, OnlineAccess
from fablabmesh.imports.plan import Known, Setting, difference, propose, values_of, when_of
from fablabmesh.imports.rules import Kind
from fablabmesh.kit.ical_apart import digest_of, told_of
from fablabmesh.kit.ical_reading import ReadEvent

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
START = datetime(2026, 6, 10, 18, 0)  # noqa: DTZ001 - a wall time
SETTING = Setting(1, "LabFab", "atelier", "fr", {"formation": "formation", "initiation": "initiation"})


def read(**given):
    values = {
        "uid": "a",
        "title": "Atelier",
        "starts": START,
        "ends": START + timedelta(hours=2),
        "timezone": "Europe/Paris",
    }
    return ReadEvent(**values | given)


def known(
    of, *, place_id=1, deleted_at=None, status=EventStatus.CONFIRMED, missing_since=None, source_id=None, is_ours=False
):
    event = SimpleNamespace(place_id=place_id, deleted_at=deleted_at, status=status)
    record = SimpleNamespace(
        sequence=of.sequence,
        modified=of.modified,
        digest=digest_of(of),
        told=told_of(of),
        source_id=source_id,
        missing_since=missing_since,
    )
    return {of.uid: Known(event, None if is_ours else record)}


def kind_of(event, of=None, setting=SETTING, **given):
    (proposal,) = propose([event], known(of, **given) if of else {}, setting)
    return proposal.kind


def test_what_nobody_knows_is_new():
    assert kind_of(read()) is Kind.NEW
    assert kind_of(read(is_cancelled=True)) is Kind.CANCELLED


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({}, Kind.UNCHANGED),
        ({"place_id": 2}, Kind.REFUSED),
        ({"is_ours": True}, Kind.UNCHANGED),
        ({"deleted_at": NOW}, Kind.UNCHANGED),
        ({"source_id": 5}, Kind.REFUSED),
        ({"missing_since": NOW}, Kind.CHANGED),
    ],
)
def test_what_is_known_and_the_same(given, kind):
    assert kind_of(read(), read(), **given) is kind


def test_what_is_known_and_differs():
    assert kind_of(read(title="Autre"), read()) is Kind.CHANGED
    assert kind_of(read(is_cancelled=True), read()) is Kind.CANCELLED
    assert kind_of(read(is_cancelled=True), read(), status=EventStatus.CANCELLED) is Kind.CHANGED
    assert kind_of(read(title="Autre"), read(), is_ours=True) is Kind.UNCHANGED
    assert kind_of(read(title="Autre"), read(sequence=1)) is Kind.UNCHANGED


def test_what_changes_is_said_in_words(pages):
    with pages.app_context():
        (both,) = propose([read(title="Autre", starts=START.replace(hour=17))], known(read()), SETTING)
        (neither,) = propose([read(sequence=1, latitude=1.0)], known(read()), SETTING)

    assert [both.reason, neither.reason] == ["Change : titre, dates.", ""]


def test_a_followed_calendar_is_believed_also_when_its_numbers_go_back():
    followed = Setting(**vars(SETTING) | {"source_id": 5})

    assert kind_of(read(title="Autre"), read(sequence=9), followed, source_id=5) is Kind.CHANGED
    assert kind_of(read(title="Autre"), read(), followed, source_id=6) is Kind.REFUSED


def test_words_become_values():
    values = values_of(
        read(
            categories=("Formation", "Bois"),
            place="LabFab, 19 rue Hoche",
            latitude=48.0,
            longitude=-1.0,
            online="https://a.test",
        ),
        SETTING,
    )

    assert (values["category_slug"], values["tags"], values["language"]) == ("formation", ["Bois"], "fr")
    assert (values["venue_text"], values["venue_latitude"]) == ("", None)
    assert (values["online_url"], values["online_access"]) == ("https://a.test", OnlineAccess.PUBLIC)


def test_a_place_that_is_not_the_lab_keeps_its_point():
    values = values_of(read(place="Salle des fêtes", latitude=48.0, longitude=-1.0, language="br"), SETTING)

    assert (values["venue_text"], values["venue_latitude"], values["language"]) == ("Salle des fêtes", 48.0, "br")


def test_only_what_was_changed_at_the_origin_is_a_difference():
    record = known(read())["a"].record

    same = difference(read(sequence=4), record, SETTING)
    other = difference(read(title="Autre", rrule="FREQ=WEEKLY", is_cancelled=True), record, SETTING)

    assert (same.values, same.when, same.changes, same.is_cancelled) == ({}, None, None, None)
    assert (other.values, other.when, other.changes, other.is_cancelled) == (
        {"title": "Autre"},
        when_of(read(rrule="FREQ=WEEKLY")),
        (),
        True,
    )
