"""A calendar kept elsewhere is followed over months: what appears, moves, vanishes, comes back; what fails is told."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from fablabmesh.events import actions as events
from fablabmesh.events import queries as event_queries
from fablabmesh.events.models import Event
from fablabmesh.events.rules import EventStatus
from fablabmesh.imports import actions, queries, source_actions
from fablabmesh.imports.models import CalendarSource, ImportedEvent
from fablabmesh.imports.rules import MOST_SOURCES, ImportState
from fablabmesh.kit.errors import Refused
from fablabmesh.mails.models import Mail
from tests.factories import NOW, make_event, make_place
from tests.imports.conftest import calendar, vevent

HOUR = timedelta(hours=1)
NBSP = "\N{NO-BREAK SPACE}"


class Following:
    """A lab whose calendar is followed, and time that goes by."""

    def __init__(self, lab, alice, elsewhere):
        self.lab, self.now, self.elsewhere = lab, NOW, elsewhere
        asked = actions.ask_import(
            lab, by=alice, now=NOW, url=elsewhere.url, category_slug="atelier", language="fr", tongue="fr"
        )
        actions.work(NOW)
        assert asked.failure == ""
        actions.choose(asked, range(100), follow_minutes=60, now=NOW)
        actions.work(NOW)
        assert asked.failure == ""
        self.id = asked.source_id

    @property
    def source(self):
        return queries.get_source(self.lab, self.id)

    def turn(self, passes=HOUR):
        """So much time goes by, and the chore has its turn."""
        self.now += passes
        return source_actions.follow_due(self.now)

    @property
    def agenda(self):
        """UID → status and start of all that is shown."""
        rows = source_actions.session.scalars(select(Event).where(Event.deleted_at.is_(None)))
        return {event.uid: (event.status.value, f"{event.starts_local:%m-%dT%H}") for event in rows}


def some(uid, day="10", hour="18", title="Atelier"):
    return vevent(uid, f"{title} {uid}", f"202606{day}T{hour}0000", f"202606{day}T{hour}3000")


FIVE = [some(uid) for uid in "abcde"]


@pytest.fixture
def following(lab, alice, elsewhere):
    elsewhere.say(*FIVE)
    return Following(lab, alice, elsewhere)


def test_an_address_is_imported_and_then_followed(following):
    assert following.agenda == dict.fromkeys("abcde", ("confirmed", "06-10T18"))
    assert (following.source.name, following.source.every_minutes) == ("Agenda du lab", 60)
    assert queries.count_events_of(following.id) == 5
    assert event_queries.find_by_uid("a").origin == "agenda.test"


def test_it_is_asked_when_it_is_due_and_not_before(following, elsewhere):
    before = len(elsewhere.requests)

    assert following.turn(HOUR - timedelta(seconds=1)) == 0
    assert following.turn(timedelta(seconds=1)) == 1
    assert following.turn(timedelta(seconds=1)) == 0
    assert len(elsewhere.requests) == before + 1


def test_what_has_not_changed_is_not_even_sent(following, elsewhere, db):
    following.turn()
    before = db.execute(select(Event.uid, Event.version, Event.feed_number)).all()

    following.turn()

    assert elsewhere.requests[-1]["If-None-Match"] == elsewhere.etag
    assert db.execute(select(Event.uid, Event.version, Event.feed_number)).all() == before
    assert following.source.read_at == following.now


def test_months_go_by(following, elsewhere, client, lab):
    elsewhere.say(*FIVE, some("f", "12"))
    following.turn()
    assert following.agenda["f"] == ("confirmed", "06-12T18")

    elsewhere.say(some("a", "11", "19"), *FIVE[1:], some("f", "12"))
    following.turn()
    assert following.agenda["a"] == ("confirmed", "06-11T19")

    elsewhere.say(*FIVE[1:], some("f", "12"))
    following.turn()
    assert following.agenda["a"] == ("cancelled", "06-11T19")
    feed = client.get(f"/lieux/{lab.slug}/agenda.ics").get_data(as_text=True)
    assert "Ne figure plus dans l’agenda d’origine." in feed.replace("\r\n ", "")

    elsewhere.status = 500
    following.turn()
    assert following.agenda["b"] == ("confirmed", "06-10T18")
    assert following.source.failures == 1

    elsewhere.say(some("a", "11", "19"), *FIVE[1:])
    following.turn(timedelta(days=1))
    assert following.agenda["a"] == ("confirmed", "06-11T19")
    assert following.agenda["f"] == ("cancelled", "06-12T18")
    assert following.source.failures == 0

    elsewhere.say()
    following.turn()
    assert following.agenda["b"] == ("confirmed", "06-10T18")
    assert following.source.held_since == following.now

    elsewhere.say(*FIVE, some("f", "12"))
    following.turn()
    assert following.source.held_since is None
    assert set(following.agenda.values()) == {("confirmed", "06-10T18"), ("confirmed", "06-12T18")}
    assert len(following.agenda) == 6


def test_what_is_past_and_gone_is_left_as_it_is(following, elsewhere):
    following.now = datetime(2026, 7, 1, tzinfo=NOW.tzinfo)
    elsewhere.say(some("g", "12").replace("202606", "202607"))

    following.turn()

    assert following.agenda["a"] == ("confirmed", "06-10T18")
    assert following.source.held_since is None


# --- what is taken away at once ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("left", "is_held"), [(4, False), (3, False), (2, True), (1, True), (0, True)])
def test_more_than_half_at_once_is_held(following, elsewhere, left, is_held):
    elsewhere.say(*FIVE[:left])

    following.turn()

    statuses = sorted(status for status, _start in following.agenda.values())
    assert statuses == (["confirmed"] * 5 if is_held else ["cancelled"] * (5 - left) + ["confirmed"] * left)
    assert (following.source.held_since is not None) is is_held
    assert len(following.source.held_titles) == (5 - left if is_held else 0)


def test_a_lab_confirms_what_is_held(following, elsewhere):
    elsewhere.say(FIVE[0])
    following.turn()

    source_actions.accept_losses(following.source, seen=following.source.held_digest, now=following.now)
    following.turn(timedelta())

    assert sorted(following.agenda.values()) == [("cancelled", "06-10T18")] * 4 + [("confirmed", "06-10T18")]
    assert (following.source.held_since, following.source.accepted_digest) == (None, "")


def test_what_is_confirmed_is_what_was_seen_and_no_more(following, elsewhere):
    elsewhere.say(*FIVE[:2])
    following.turn()
    seen = following.source.held_digest
    with pytest.raises(Refused):
        source_actions.accept_losses(following.source, seen="autre chose", now=following.now)
    source_actions.accept_losses(following.source, seen=seen, now=following.now)
    elsewhere.say()

    following.turn(timedelta())

    assert set(following.agenda.values()) == {("confirmed", "06-10T18")}
    assert following.source.held_since is not None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Maintenance</html>",
        calendar(*FIVE[:4])[:-20],
        b"\x00" * 1000,
        calendar("BEGIN:VTODO\r\nUID:t\r\nEND:VTODO"),
    ],
)
def test_what_is_no_whole_calendar_takes_nothing_away(following, elsewhere, body):
    elsewhere.body = body

    following.turn()

    assert set(following.agenda.values()) == {("confirmed", "06-10T18")}
    assert following.source.failing_since or following.source.held_since


def test_an_event_that_can_no_longer_be_read_is_not_called_off(following, elsewhere):
    elsewhere.say(some("a").replace("20260610T180000", "demain"), *FIVE[1:])

    following.turn()

    assert following.agenda["a"] == ("confirmed", "06-10T18")
    (problem,) = following.source.report["problems"]
    assert (problem["what"], problem["is_lost"]) == ("Atelier a", True)


def test_while_something_cannot_even_be_named_nothing_is_called_off(following, elsewhere):
    elsewhere.say(some("a").replace("UID:a", "X-A:a").replace("20260610T180000", "demain"), *FIVE[2:])

    following.turn()

    assert set(following.agenda.values()) == {("confirmed", "06-10T18")}


# --- failures ----------------------------------------------------------------------------------------------------


def test_one_that_fails_is_asked_less_and_less_often_and_told(following, elsewhere):
    elsewhere.status = 503
    waits = []
    for _time in range(6):
        following.turn(following.source.next_fetch_at - following.now)
        waits.append((following.source.next_fetch_at - following.now) // HOUR)

    assert waits == [2, 4, 8, 16, 24, 24]
    assert following.source.failing_since == NOW + HOUR
    assert following.source.failure == "Le site de l’agenda répond par une erreur (503)."
    assert [source.id for source in queries.list_troubled_sources([following.lab.id])] == [following.id]
    assert queries.list_dead_sources(now=following.now, limit=9) == []
    dead = queries.list_dead_sources(now=following.now + timedelta(days=8), limit=9)
    assert [source.id for source in dead] == [following.id]


def test_one_that_answers_again_is_in_order(following, elsewhere):
    elsewhere.status = 503
    following.turn()
    elsewhere.status = 200

    following.turn(timedelta(days=1))

    source = following.source
    assert (source.failures, source.failing_since, source.failure) == (0, None, "")
    assert source.next_fetch_at == following.now + HOUR


def test_one_that_fails_does_not_keep_the_others_waiting(following, elsewhere, db, alice, lab):
    broken = source_actions.follow(
        lab,
        "http://10.0.0.1/a.ics",
        name="",
        category_slug="atelier",
        language="fr",
        every_minutes=60,
        ignored_uids=(),
        by=alice,
        now=NOW,
    )
    elsewhere.say(*FIVE, some("f"))

    assert following.turn() == 2

    assert (broken.failures, following.agenda["f"]) == (1, ("confirmed", "06-10T18"))


def letters(db):
    rows = db.scalars(select(Mail).order_by(Mail.id))
    return [(mail.to_address, mail.subject.replace(NBSP, " "), "agendas-suivis" in mail.text) for mail in rows]


def test_its_lab_is_written_to_after_a_day_once_for_each_trouble(following, elsewhere, db, alice):
    elsewhere.status = 503
    for _time in range(10):
        following.turn(max(timedelta(), following.source.next_fetch_at - following.now))
        is_late = following.now - following.source.failing_since >= timedelta(days=1)
        assert len(letters(db)) == (1 if is_late else 0)
    assert letters(db) == [(alice.email, "L’agenda suivi « Agenda du lab » a besoin de vous", True)]

    elsewhere.status = 200
    following.turn(timedelta(days=1))
    elsewhere.say()
    following.turn()
    following.turn()

    assert len(letters(db)) == 2


# --- whose event is whose ----------------------------------------------------------------------------------------


def test_two_calendars_with_one_event_bring_it_once(following, elsewhere, lab, alice, db):
    other = source_actions.follow(
        lab,
        elsewhere.url + "?b",
        name="",
        category_slug="atelier",
        language="fr",
        every_minutes=60,
        ignored_uids=(),
        by=alice,
        now=NOW - HOUR,
    )

    following.turn(timedelta())

    assert other.report["counts"] == {"refused": 5, "gone": 0}
    assert db.scalar(select(func.count(Event.id))) == 5


def test_an_event_of_this_site_that_comes_back_is_left_alone(following, elsewhere, lab):
    own = make_event(lab, title="Publié ici")
    elsewhere.say(*FIVE, some(own.uid))
    following.turn()
    elsewhere.say(*FIVE)
    following.turn()

    assert (own.title, own.status) == ("Publié ici", EventStatus.CONFIRMED)


def test_what_a_file_brought_before_belongs_to_the_calendar_that_brings_it_too(lab, alice, elsewhere, db):
    asked = actions.ask_import(
        lab, by=alice, now=NOW, content=calendar(*FIVE), category_slug="atelier", language="fr", tongue="fr"
    )
    actions.work(NOW)
    actions.choose(asked, range(9), follow_minutes=None, now=NOW)
    actions.work(NOW)
    elsewhere.say(*FIVE)

    following = Following(lab, alice, elsewhere)

    assert queries.count_events_of(following.id) == 5
    assert db.scalar(select(func.count(Event.id))) == 5


def test_what_was_not_chosen_is_not_followed(lab, alice, elsewhere):
    elsewhere.say(*FIVE)
    asked = actions.ask_import(
        lab, by=alice, now=NOW, url=elsewhere.url, category_slug="atelier", language="fr", tongue="fr"
    )
    actions.work(NOW)
    actions.choose(asked, {0, 1, 2, 3}, follow_minutes=60, now=NOW)
    actions.work(NOW)
    assert asked.state is ImportState.DONE
    elsewhere.say(*FIVE, some("f"))

    source_actions.follow_due(NOW + HOUR)

    assert [event_queries.find_by_uid(uid) is None for uid in "abcdef"] == [False] * 4 + [True, False]


def test_what_is_called_off_here_stays_called_off(following, elsewhere, alice):
    event = event_queries.find_by_uid("a")
    events.cancel_event(event, reason="Panne", now=NOW, version=event.version, by=alice)
    elsewhere.say(some("a", title="Autre"), *FIVE[1:])

    following.turn()

    event = event_queries.find_by_uid("a")
    assert (event.title, event.status, event.cancel_reason) == ("Autre a", EventStatus.CANCELLED, "Panne")


# --- by a person -------------------------------------------------------------------------------------------------


def test_a_paused_calendar_is_not_asked(following, elsewhere):
    source_actions.pause_source(following.source)
    before = len(elsewhere.requests)
    assert following.turn(timedelta(days=3)) == 0

    source_actions.resume_source(following.source, now=following.now)

    assert following.turn(timedelta()) == 1
    assert len(elsewhere.requests) == before + 1


def test_other_settings_hold_for_what_is_new(following, elsewhere):
    source_actions.change_source(
        following.source, category_slug="formation", language="br", every_minutes=1440, now=NOW
    )
    elsewhere.say(*FIVE, some("f"))
    following.turn()

    kept, new = event_queries.find_by_uid("a"), event_queries.find_by_uid("f")
    assert [(event.category_slug, event.language) for event in (kept, new)] == [("atelier", "fr"), ("formation", "br")]
    assert following.source.next_fetch_at == following.now + timedelta(days=1)


def test_its_events_stay_when_it_is_followed_no_more(following, elsewhere, db):
    assert source_actions.end_source(following.source, keep=True, now=NOW) == 0
    db.commit()

    assert set(following.agenda.values()) == {("confirmed", "06-10T18")}
    assert db.scalars(select(ImportedEvent.source_id).distinct()).all() == [None]


def test_or_are_called_off(following, db):
    assert source_actions.end_source(following.source, keep=False, now=NOW) == 5
    db.commit()

    assert set(following.agenda.values()) == {("cancelled", "06-10T18")}
    assert db.scalar(select(func.count(CalendarSource.id))) == 0


def test_a_lab_follows_ten_calendars_at_most(lab, alice):
    def one(number):
        return source_actions.follow(
            lab,
            f"https://lab.test/{number}",
            name="",
            category_slug="atelier",
            language="fr",
            every_minutes=60,
            ignored_uids=(),
            by=alice,
            now=NOW,
        )

    for number in range(MOST_SOURCES):
        one(number)

    assert one(0).id
    with pytest.raises(Refused):
        one(MOST_SOURCES)


def test_a_place_is_kept_from_the_calendars_of_another(following):
    with pytest.raises(Exception, match="n’est pas suivi"):
        queries.get_source(make_place(name="Autre"), following.id)
