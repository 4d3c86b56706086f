"""What changed in a slice and what left it, as rows tell."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from fablabmesh.caldav import queries
from fablabmesh.events import actions, date_actions
from fablabmesh.events.models import FeedTombstone
from fablabmesh.events.rules import When
from fablabmesh.feeds.slices import Choice, Slice, of_place, of_zone
from fablabmesh.kit.errors import NotFound
from fablabmesh.publication import renewal_actions
from fablabmesh.zones import actions as zones
from fablabmesh.zones.rules import Standing
from tests.factories import NOW, make_department, make_event, make_place, make_zone

HOUR = timedelta(hours=1)
LATER = NOW + HOUR


@pytest.fixture
def lab(db):
    return make_place()


def here(lab):
    return of_place(lab.slug)


def uids(found):
    return [each.uid for each in found]


def mark(wanted):
    return queries.find_marks([wanted])[0]


def test_a_slice_is_listed_without_texts_or_with_them(db, lab):
    event = make_event(lab, uid="u1")
    make_event(make_place(name="Ailleurs"))

    plain = queries.list_stored(here(lab))
    whole = queries.list_stored(here(lab), with_text=True)

    assert [(each.uid, each.zones, each.text) for each in plain] == [(event.uid, ("Europe/Paris",), "")]
    assert "\r\nUID:u1\r\n" in whole[0].text
    assert (whole[0].text[:14], whole[0].text[-12:]) == ("BEGIN:VEVENT\r\n", "END:VEVENT\r\n")
    assert whole[0].digest == plain[0].digest


def test_changes_are_those_after_a_number(db, lab):
    first, second = make_event(lab, uid="u1"), make_event(lab, uid="u2")
    before = mark(here(lab)).number

    actions.cancel_event(first, reason="Panne", now=LATER, version=first.version)
    db.commit()

    assert mark(here(lab)).number > before
    assert uids(queries.list_stored(here(lab), since=before)) == ["u1"]
    assert uids(queries.list_stored(here(lab), uids=["u2", "inconnu"])) == [second.uid]
    assert queries.list_left(here(lab), before) == []


def test_what_loses_the_tag_it_was_found_by_has_left(db, lab):
    event = make_event(lab, uid="u1")
    bois = Slice((Choice(tags=("bois",), places=(lab.slug,)),))
    when = When(event.starts_local, event.ends_local, event.timezone)
    actions.edit_event(event, lab, {"tags": ["bois"]}, when, now=LATER, version=event.version)
    db.commit()
    held, number = uids(queries.list_stored(bois)), mark(bois).number

    actions.edit_event(event, lab, {"tags": ["métal"]}, when, now=LATER + timedelta(hours=1), version=event.version)
    db.commit()

    assert held == ["u1"]
    assert (uids(queries.list_stored(bois)), queries.list_left(bois, number)) == ([], ["u1"])
    assert queries.list_left(here(lab), number) == []


def test_what_moves_to_another_lab_leaves_one_and_comes_to_the_other(db, lab):
    other = make_place(name="Autre")
    make_event(other, uid="u0")
    event = make_event(lab, uid="u1")
    before = {place.id: mark(here(place)).number for place in (lab, other)}
    zone, number = make_zone("35"), mark(Slice()).number

    when = When(event.starts_local, event.ends_local, event.timezone)
    actions.edit_event(event, other, {}, when, now=LATER, version=event.version)
    db.commit()

    assert queries.list_left(here(lab), before[lab.id]) == ["u1"]
    assert uids(queries.list_stored(here(other), since=before[other.id])) == ["u1"]
    assert queries.list_left(Slice(), number) == []
    assert queries.list_left(of_zone("fablab", zone.slug), number) == []


def test_what_is_held_with_another_lab_is_followed_there_too(db, lab):
    other = make_place(name="Autre")
    event = make_event(lab, uid="u1")
    empty, when = mark(here(other)), When(event.starts_local, event.ends_local, event.timezone)

    actions.edit_event(event, lab, {}, when, now=LATER, version=event.version, partners=[other])
    db.commit()
    joined = mark(here(other))
    actions.edit_event(event, lab, {"title": "Bois"}, when, now=LATER + HOUR, version=event.version)
    db.commit()
    after_change, told = mark(here(other)), uids(queries.list_stored(here(other), since=joined.number))
    actions.edit_event(event, lab, {}, when, now=LATER + 2 * HOUR, version=event.version, partners=[])
    db.commit()

    assert empty.places != joined.places == after_change.places
    assert joined.number < after_change.number < mark(here(other)).number
    assert told == ["u1"]
    assert (uids(queries.list_stored(here(other))), queries.list_left(here(other), after_change.number)) == ([], ["u1"])
    assert queries.list_left(here(lab), after_change.number) == []


def test_a_zone_composed_anew_is_in_another_state(db, lab):
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.8))
    make_event(lab)
    make_event(make_place(name="Nantes", department="44", insee="44109"))
    west = of_zone("fablab", make_zone("35").slug)
    before = mark(west)

    zones.compose(make_zone("35"), ["44"], standing=Standing.HYPOTHESIS, reason="pour un essai")

    assert mark(west).places != before.places
    assert mark(Slice()).places != before.places


def test_who_was_away_for_longer_than_is_remembered_begins_anew_once(db, lab):
    other, quiet = make_place(name="Autre"), make_place(name="Calme")
    first, second = make_event(lab, uid="u1"), make_event(lab, uid="u2")
    make_event(quiet)
    long_ago = {each: mark(here(each)).to_token(here(each)) for each in (lab, quiet)}
    for event in (first, second):
        event.place_id = other.id
        db.commit()
    lately = mark(here(lab)).to_token(here(lab))
    db.execute(update(FeedTombstone).values(left_at=NOW - timedelta(days=4000)))

    assert renewal_actions.forget_left() == 2
    assert renewal_actions.forget_left() == 0
    after = mark(here(lab))
    with pytest.raises(ValueError, match="unknown token"):
        after.since(here(lab), long_ago[lab])
    assert after.to_token(here(lab)) == lately
    assert queries.list_left(here(lab), after.since(here(lab), lately)) == []
    assert mark(here(quiet)).since(here(quiet), long_ago[quiet])


def test_many_states_are_read_at_once(db, lab, count_queries):
    make_event(lab)
    make_zone("35")
    slices = [Slice(), here(lab), Slice((Choice(tags=("bois",)), Choice(places=(lab.slug,)))), of_place("nulle-part")]

    with count_queries() as seen:
        found = queries.find_marks(slices)

    assert len(seen) == 1
    assert found[:2] == [mark(each) for each in slices[:2]]
    assert (found[3].number, found[3].changed_at) == (0, None)


def test_a_time_is_asked_of_the_dates_themselves(db, lab):
    def between(start: str, end: str) -> list[str]:
        span = [datetime.fromisoformat(each).replace(tzinfo=UTC) if each else None for each in (start, end)]
        return uids(queries.list_stored(here(lab), between=tuple(span)))

    make_event(lab, uid="once", starts="2027-06-10T18:00", ends="2027-06-10T20:00")
    make_event(lab, uid="point", starts="2027-06-10T21:00", ends="2027-06-10T21:00")
    start = datetime(2027, 6, 1, 10)  # noqa: DTZ001
    weekly = When(start, start + timedelta(hours=1), "Europe/Paris", rrule="FREQ=WEEKLY;COUNT=3")
    series = actions.create_event(
        lab, {"title": "Série", "category_slug": "atelier"}, weekly, by=None, now=NOW, uid="s"
    )
    db.commit()
    off = make_event(lab, uid="off", starts="2027-07-10T18:00", ends="2027-07-10T20:00")
    actions.delete_event(off, now=datetime.now(UTC), version=off.version)
    moved = datetime(2027, 9, 1, 10)  # noqa: DTZ001
    date_actions.change_date(
        series, start + timedelta(days=7), starts_local=moved, ends_local=moved + timedelta(hours=1),
        by=None, now=LATER, version=series.version,
    )  # fmt: skip
    db.commit()

    assert between("2027-06-10T16:00", "2027-06-10T18:00") == ["once"]
    assert between("2027-06-10T18:00", "2027-06-10T19:00") == []
    assert between("2027-06-10T19:00", "2027-06-10T19:01") == ["point"]
    assert between("2027-06-08T00:00", "2027-06-09T00:00") == []
    assert between("2027-06-15T00:00", "2027-06-16T00:00") == between("2027-09-01T00:00", "") == ["s"]
    assert between("2027-07-01T00:00", "2027-08-01T00:00") == ["off"]
    assert between("", "") == between("", "2100-01-01T00:00") == ["once", "point", "s", "off"]


def test_a_series_without_end_is_found_beyond_the_dates_that_are_known(db, lab):
    start = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    values = {"title": "Toujours", "category_slug": "atelier"}
    for uid, rule in (("endless", "FREQ=WEEKLY"), ("short", "FREQ=WEEKLY;COUNT=3")):
        when = When(start, start + timedelta(hours=1), "Europe/Paris", rrule=rule)
        actions.create_event(lab, values, when, by=None, now=NOW, uid=uid)
    db.commit()

    beyond = (datetime(start.year + 40, 1, 1, tzinfo=UTC), datetime(start.year + 41, 1, 1, tzinfo=UTC))

    assert uids(queries.list_stored(here(lab), between=beyond)) == ["endless"]


def test_names_are_those_of_the_feed_and_what_there_is_not_has_none(db, lab):
    zone = make_zone("35")

    assert queries.find_title(here(lab)) == "Agenda – LabFab"
    assert queries.list_home() == [
        (Slice(), "Agenda des Fab Labs"),
        (of_zone("fablab", zone.slug), "Agenda de la zone Ouest"),
    ]
    assert queries.read_filter({"q": ["Bois"]}) == Slice((Choice(words="bois"),))
    with pytest.raises(NotFound):
        queries.find_title(of_place("nulle-part"))
