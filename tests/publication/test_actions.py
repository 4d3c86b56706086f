"""What is made of events at each write: dates, calendar texts, texts by place, and who is told."""
# ruff: noqa: DTZ001 - wall times have no zone

import gzip
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.event import listen as listens_for
from sqlalchemy.event import remove

from fablabmesh.events import actions, date_actions
from fablabmesh.events.models import Event, EventDate, FeedChunk, FeedTombstone
from fablabmesh.events.rules import When
from fablabmesh.kit.recurrence import check_rule
from fablabmesh.kit.splice import Chunk, gzip_of
from fablabmesh.places import actions as place_actions
from fablabmesh.vocabularies import actions as vocabularies
from tests.factories import NOW, make_account, make_event, make_place

START = datetime(2027, 3, 2, 18, 0)
LATER = NOW + timedelta(hours=1)


def make_series(place, rule="FREQ=WEEKLY;COUNT=5", *, starts=START):
    when = When(starts, starts + timedelta(hours=2), "Europe/Paris", rrule=check_rule(rule, starts, "Europe/Paris"))
    values = {"title": "Atelier du mardi", "category_slug": "atelier"}
    return actions.create_event(place, values, when, by=None, now=NOW)


def kept(db, event):
    """(text, number) as they are in the database."""
    db.commit()
    return tuple(db.execute(select(Event.ical, Event.feed_number).where(Event.id == event.id)).one())


def chunk_of(db, place):
    db.commit()
    return db.scalar(select(FeedChunk).where(FeedChunk.place_id == place.id).execution_options(populate_existing=True))


def tombstones(db):
    db.commit()
    return db.execute(select(FeedTombstone.uid, FeedTombstone.place_id).order_by(FeedTombstone.id)).all()


def test_an_event_is_written_for_calendars_with_its_place(db):
    place = make_place()
    event = make_event(place, title="Atelier bois")

    written, number = kept(db, event)

    assert written.startswith("BEGIN:VEVENT\r\n")
    assert "SUMMARY:Atelier bois\r\n" in written
    assert "URL:http://localhost/evenements/atelier-bois\r\n" in written
    assert number > 0
    chunk = chunk_of(db, place)
    assert bytes(chunk.raw).decode() == written
    assert gzip.decompress(gzip_of([Chunk(chunk.length, chunk.crc32, bytes(chunk.deflated))])).decode() == written
    assert chunk.digest == sha256(written.encode()).hexdigest()[:32]


def test_the_texts_of_a_place_follow_one_another(db):
    place = make_place()
    events = [make_event(place), make_series(place), make_event(place)]
    texts = [kept(db, event)[0] for event in events]

    assert bytes(chunk_of(db, place).raw).decode() == "".join(texts)


def test_dates_are_known_one_by_one_with_what_differs(db):
    event = make_series(make_place())
    db.commit()
    date_actions.cancel_date(event, START + timedelta(weeks=1), reason="", by=None, now=LATER, version=event.version)
    db.commit()

    rows = db.execute(select(EventDate.starts_local, EventDate.is_cancelled).order_by(EventDate.starts_local)).all()
    assert rows == [(START + timedelta(weeks=n), n == 1) for n in range(5)]
    assert kept(db, event)[0].count("BEGIN:VEVENT") == 2


def test_nothing_is_new_when_nothing_was_said(db):
    place = make_place()
    event = make_event(place)
    before = kept(db, event), chunk_of(db, place).number

    when = When(event.starts_local, event.ends_local, event.timezone)
    assert not actions.edit_event(event, place, {"title": event.title}, when, now=LATER, version=event.version)

    assert (kept(db, event), chunk_of(db, place).number) == before


def test_one_event_changes_and_the_others_keep_their_number(db):
    place = make_place()
    still, moving = make_event(place), make_event(place)
    before = kept(db, still)[1], kept(db, moving)[1]

    actions.cancel_event(moving, reason="Panne", now=LATER, version=moving.version)

    after = kept(db, still)[1], kept(db, moving)[1]
    assert after[0] == before[0]
    assert after[1] > before[1]
    assert chunk_of(db, place).number == after[1]


def test_a_draft_is_in_no_calendar_until_it_is_published(db):
    place = make_place()
    values = {"title": "Brouillon", "category_slug": "atelier"}
    when = When(START, START, "Europe/Paris")
    event = actions.create_event(place, values, when, by=make_account(), now=NOW, is_draft=True)

    assert (kept(db, event)[0], chunk_of(db, place)) == ("", None)
    actions.publish_event(event, now=LATER, version=event.version)
    assert "SUMMARY:Brouillon" in kept(db, event)[0]


def test_what_is_deleted_is_told_as_cancelled_and_comes_back(db):
    event = make_event(make_place())
    actions.delete_event(event, now=datetime.now(UTC), version=event.version)

    assert "STATUS:CANCELLED\r\n" in kept(db, event)[0]
    assert db.scalars(select(EventDate)).all() == []
    actions.restore_event(event, now=datetime.now(UTC), version=event.version)
    assert "STATUS:CONFIRMED\r\n" in kept(db, event)[0]


def test_an_event_that_moves_to_another_place_leaves_a_mark_in_the_first(db):
    here, there = make_place(name="Ici"), make_place(name="Là")
    event = make_event(here)
    when = When(event.starts_local, event.ends_local, event.timezone)
    kept(db, event)

    actions.edit_event(event, there, {}, when, now=LATER, version=event.version)

    assert tombstones(db) == [(event.uid, here.id)]
    assert chunk_of(db, here).length == 0
    assert b"BEGIN:VEVENT" in bytes(chunk_of(db, there).raw)


def share(db, event, *partners):
    db.refresh(event, ["partners"])
    event.partners = list(partners)
    db.commit()


def test_a_partner_that_is_no_more_one_is_left_a_mark(db):
    lead, first, second = make_place(name="Ici"), make_place(name="Là"), make_place(name="Ailleurs")
    event = make_event(lead)
    share(db, event, first, second)

    share(db, event, second)

    assert tombstones(db) == [(event.uid, first.id)]


def test_what_becomes_a_draft_leaves_a_mark_in_each_of_its_places(db):
    lead, partner = make_place(name="Ici"), make_place(name="Là")
    event = make_event(lead)
    share(db, event, partner)

    event.is_draft = True

    assert tombstones(db) == [(event.uid, lead.id), (event.uid, partner.id)]


def searched(db, event):
    db.commit()
    return db.scalar(select(Event.search_text).where(Event.id == event.id))


def test_what_is_looked_for_is_kept_folded_and_follows_the_names_of_places(db):
    place = make_place(name="L’Œuf")
    event = make_event(place, title="Découpe « Été »", description="Du bois,\nde l’acier")
    before = searched(db, event)

    place_actions.edit_place(place, {"name": "La Poule"}, now=LATER, version=place.version)

    assert before == "decoupe « ete » du bois, de l'acier l'oeuf rennes"
    assert searched(db, event) == "decoupe « ete » du bois, de l'acier la poule rennes"


def test_a_place_that_is_renamed_is_told_to_those_who_follow_its_events(db):
    place = make_place(name="Avant")
    event = make_event(place)
    before = kept(db, event)[0]
    place_actions.edit_place(place, {"name": "Après"}, now=LATER, version=place.version)

    after = kept(db, event)[0]

    assert ("LOCATION:Avant" in before, "LOCATION:Après" in after) == (True, True)
    assert ("SEQUENCE:0" in before, "SEQUENCE:1" in after) == (True, True)


def stamp_of(db, event) -> tuple[str, int]:
    """(LAST-MODIFIED, SEQUENCE) of the series, by which programs know what is newer."""
    lines = dict(line.split(":", 1) for line in kept(db, event)[0].replace("\r\n ", "").splitlines())
    return lines["LAST-MODIFIED"], int(lines["SEQUENCE"])


def test_whatever_is_told_by_a_name_is_stamped_anew_when_the_name_changes(db):
    lab, partner, venue = make_place(name="Lab"), make_place(name="Partenaire"), make_place(name="Salle")
    with_partner, elsewhere, deleted, named = (make_series(lab if n else partner) for n in range(4))
    with_partner.place_id, with_partner.partners = lab.id, [partner]
    at = START + timedelta(days=7)
    date_actions.change_date(
        elsewhere, at, starts_local=at, ends_local=at, venue=venue, by=None, now=NOW, version=elsewhere.version
    )
    actions.delete_event(deleted, now=datetime.now(UTC), version=deleted.version)
    db.commit()
    events = (with_partner, elsewhere, deleted, named)
    before = [stamp_of(db, event) for event in events]

    partner.name, venue.name = "Autre partenaire", "Autre salle"
    db.commit()
    after_places = [stamp_of(db, event) for event in events]
    vocabularies.change_category("atelier", name_fr="Chantier", name_en="Works", position=1, is_retired=False)
    after_category = [stamp_of(db, event) for event in events]

    raised = [after[1] - before[1] for before, after in zip(before, after_places, strict=True)]
    assert [before != after for before, after in zip(before, after_places, strict=True)] == [True, True, False, False]
    assert raised == [0, 1, 0, 0]
    assert all("CATEGORIES:Chantier" in kept(db, event)[0] for event in events)
    assert [after[1] for after in after_category] == [after[1] for after in after_places]
    assert before[3][0] < after_category[3][0]


def test_what_was_undone_is_not_published(db):
    place = make_place()
    db.commit()
    make_series(place)
    db.flush()
    db.rollback()

    assert chunk_of(db, place) is None


def test_whoever_listens_is_told_the_number_and_the_places(db, engine):
    place = make_place()
    event = make_series(place)
    told = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if "pg_notify" in statement:
            told.append(list(parameters.values()))

    listens_for(engine, "before_cursor_execute", note)
    number = kept(db, event)[1]
    remove(engine, "before_cursor_execute", note)

    assert told == [["feeds", f"{number}:{place.id}"]]


def test_time_takes_what_is_long_over_out_of_calendars(db, short_memory):
    place = make_place()
    over = make_event(place, starts="2026-01-10T18:00", ends="2026-01-10T20:00")
    going_on = make_series(place, "FREQ=WEEKLY", starts=datetime(2026, 1, 6, 18, 0))

    assert kept(db, over)[0] == ""
    assert "RRULE:FREQ=WEEKLY" in kept(db, going_on)[0]


def test_a_place_that_goes_is_told_of(db):
    place, told = make_place(), []
    make_event(place)

    def note(_connection, _cursor, statement, parameters, *_rest):
        if "pg_notify" in statement:
            told.append(parameters["pg_notify_3"].partition(":")[2])

    listens_for(db.get_bind(), "before_cursor_execute", note)
    db.delete(place)
    db.commit()
    remove(db.get_bind(), "before_cursor_execute", note)

    assert told == [str(place.id)]
