"""What time alone changes, and what is written anew: once, in turns, and all in the end."""
# ruff: noqa: DTZ001 - wall times have no zone

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from fablabmesh.events.models import Event, EventDate
from fablabmesh.publication import actions as publication
from fablabmesh.publication import renewal_actions
from tests.factories import make_event, make_place
from tests.publication.test_actions import chunk_of, kept, make_series, searched, tombstones


def test_what_was_never_folded_is_folded_by_the_daily_refresh(db):
    event = make_event(make_place(), title="Été")
    db.execute(update(Event).values(search_text=""))

    assert renewal_actions.settle_aged() == 1
    assert searched(db, event) == "ete labfab rennes"


def test_tags_that_were_never_folded_are_folded_by_the_daily_refresh(db):
    event = make_event(make_place())
    event.tags = ["Straße", "Été"]
    db.commit()
    db.execute(update(Event).values(folded_tags=[]).execution_options(synchronize_session=False))

    assert renewal_actions.settle_aged() == 1
    assert db.scalars(select(Event.folded_tags)).one() == ["strasse", "ete"]
    assert renewal_actions.settle_aged() == 0


def test_what_has_aged_is_settled_once(db, short_memory):
    place = make_place()
    db().info["publisher"] = publication.Publisher("http://localhost", 36_500)
    event = make_event(place, starts="2026-01-10T18:00", ends="2026-01-10T20:00")
    assert kept(db, event)[0]
    db().info["publisher"] = publication.Publisher("http://localhost", 7)

    assert renewal_actions.settle_aged() == 1
    assert kept(db, event)[0] == ""
    assert tombstones(db) == [(event.uid, place.id)]
    assert renewal_actions.settle_aged() == 0


def test_a_series_is_settled_by_age_when_its_dates_run_out_and_not_every_day(db, short_memory):
    place, start = make_place(), datetime(2026, 1, 6, 18, 0)
    endless = make_series(place, "FREQ=WEEKLY", starts=start)
    ended = make_series(place, "FREQ=WEEKLY;UNTIL=20260301T170000Z", starts=start)
    db.commit()
    far = datetime.now(UTC) + timedelta(days=300)

    at_first = renewal_actions.settle_aged()
    db.execute(delete(EventDate).where(EventDate.starts_at > far))
    later = renewal_actions.settle_aged()

    assert (at_first, later, renewal_actions.settle_aged()) == (0, 1, 0)
    assert [bool(kept(db, event)[0]) for event in (endless, ended)] == [True, False]


def test_a_site_that_moves_writes_its_new_address_everywhere(db):
    event = make_event(make_place())
    kept(db, event)
    db().info["publisher"] = publication.Publisher("https://ailleurs.test", 36_500)
    try:
        assert renewal_actions.settle_aged() == 0
        assert renewal_actions.settle_aged(is_moved=True) == 1
        assert "URL:https://ailleurs.test/evenements/" in kept(db, event)[0]
    finally:
        db().info["publisher"] = publication.Publisher("http://localhost", 36_500)


def test_everything_can_be_written_anew(db):
    events = [make_event(make_place()) for _ in range(2)]
    before = [kept(db, event) for event in events]

    assert renewal_actions.settle_all() == 2
    assert [kept(db, event) for event in events] == before


def settle_anew(db) -> int:
    unsettled = update(Event).values(digest="", feed_number=0, ical="")
    db.execute(unsettled.execution_options(synchronize_session=False))
    return renewal_actions.settle_all()


def test_many_events_are_settled_by_as_many_statements_as_few(db, count_queries):
    place, counts = make_place(), []
    for more in (3, 6):
        for _ in range(more):
            make_event(place)
        with count_queries() as seen:
            settle_anew(db)
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_events_settled_in_several_turns_are_all_settled(db, monkeypatch):
    place = make_place()
    texts = [kept(db, make_event(place, title=f"Atelier {number}"))[0] for number in range(5)]
    monkeypatch.setattr(renewal_actions, "_A_TURN", 2)

    assert settle_anew(db) == 5
    assert bytes(chunk_of(db, place).raw).decode() == "".join(texts)
    assert db.scalars(select(Event.ical).order_by(Event.id)).all() == texts
    assert len(db.scalars(select(EventDate)).all()) == 5


def test_what_an_end_in_between_left_undone_is_done_by_the_next_run(db, monkeypatch):
    place, settle_events, turns = make_place(), publication.settle_events, []
    texts = [kept(db, make_event(place, title=f"Atelier {number}"))[0] for number in range(5)]

    def end_soon(session, ids):
        turns.append(len(ids))
        if len(turns) == 2:
            raise SystemExit("killed")
        settle_events(session, ids)

    monkeypatch.setattr(renewal_actions, "_A_TURN", 2)
    monkeypatch.setattr(renewal_actions, "settle_events", end_soon)
    with pytest.raises(SystemExit):
        settle_anew(db)
    between = db.scalars(select(Event.ical).order_by(Event.id)).all()

    assert between == [*texts[:2], "", "", ""]
    assert renewal_actions.settle_aged() == 3
    assert db.scalars(select(Event.ical).order_by(Event.id)).all() == texts
    assert bytes(chunk_of(db, place).raw).decode() == "".join(texts)
    assert renewal_actions.settle_aged() == 0


def test_events_settled_in_one_write_are_settled_however_many_they_are(db, monkeypatch):
    place = make_place()
    for number in range(5):
        make_event(place, title=f"Atelier {number}")
    monkeypatch.setattr(publication, "_BATCH", 2)
    db.get(type(place), place.id).name = "Autre nom"
    db.commit()

    assert [text.count("LOCATION:Autre nom") for text in db.scalars(select(Event.ical))] == [1] * 5
