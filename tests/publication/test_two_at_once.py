"""Two who write at the same moment, on connections of their own: nobody waits for ever, and nothing is lost."""

import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.events import actions as events
from fablabmesh.events.models import Event, EventVersion
from fablabmesh.events.queries import get_event
from fablabmesh.events.rules import When
from fablabmesh.kit import db as kit_db
from fablabmesh.places import actions as places
from fablabmesh.places import queries as place_queries
from fablabmesh.publication import actions as publication
from fablabmesh.publication import renewal_actions
from fablabmesh.zones.models import Department
from tests.factories import NOW, make_account, make_event, make_place

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def lab(app):
    """A lab with an event, really in the database; taken away at the end."""
    with app.app_context():
        place = make_place()
        make_event(place, title="Atelier")
        slug = place.slug
        kit_db.session.remove()
        yield slug
        kit_db.session.rollback()
        kit_db.session.execute(sa.text("DELETE FROM place"))
        kit_db.session.execute(sa.delete(Department))
        kit_db.session.commit()
        kit_db.session.remove()


@pytest.fixture
def at_once(app):
    """Run functions in threads, each with a session of its own; gives what each raised."""

    def run(*deeds):
        raised = dict.fromkeys((deed.__name__ for deed in deeds), None)

        def work(deed):
            with app.app_context():
                try:
                    deed()
                except Exception as error:
                    raised[deed.__name__] = error
                finally:
                    kit_db.session.remove()

        threads = [threading.Thread(target=work, args=(deed,), daemon=True) for deed in deeds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert not any(thread.is_alive() for thread in threads)
        return raised

    return run


def wait_for_waiting(engine, least=1):
    """Until somebody waits for a lock that somebody else has."""
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            if connection.scalar(waiting) >= least:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def when_of(event):
    return When(event.starts_local, event.ends_local, event.timezone)


def the_event(slug):
    kit_db.session.remove()
    place = place_queries.get_place(slug)
    return kit_db.session.scalars(sa.select(Event).where(Event.place_id == place.id).options(sa.orm.undefer("*"))).one()


def test_a_place_is_renamed_while_an_event_of_it_is_edited(engine, lab, at_once):
    slug, is_edited = the_event(lab).slug, threading.Event()

    def edit():
        event = get_event(slug)
        with kit_db.transaction():
            events.edit_event(event, event.place, {"title": "Couture"}, when_of(event), now=LATER, version=1)
            is_edited.set()
            wait_for_waiting(engine)

    def rename():
        is_edited.wait(10)
        with kit_db.transaction():
            places.update_place(place_queries.get_place(lab), {"name": "Autre nom"}, now=LATER)

    raised = at_once(edit, rename)

    assert raised == {"edit": None, "rename": None}
    assert "SUMMARY:Couture" in the_event(lab).ical
    assert "LOCATION:Autre nom" in the_event(lab).ical


def test_everything_is_written_anew_while_an_event_is_edited(engine, lab, at_once):
    slug, is_edited = the_event(lab).slug, threading.Event()

    def edit():
        event = get_event(slug)
        with kit_db.transaction():
            events.edit_event(event, event.place, {"title": "Couture"}, when_of(event), now=LATER, version=1)
            is_edited.set()
            wait_for_waiting(engine)

    def write_anew():
        is_edited.wait(10)
        renewal_actions.settle_all()

    raised = at_once(edit, write_anew)

    assert raised == {"edit": None, "write_anew": None}
    assert "SUMMARY:Couture" in the_event(lab).ical


def test_an_event_that_comes_while_its_place_is_renamed_bears_the_new_name(engine, lab, at_once):
    is_written = threading.Event()
    kit_db.session.execute(sa.delete(EventVersion))
    kit_db.session.execute(sa.delete(Event))
    kit_db.session.commit()

    def create():
        place = place_queries.get_place(lab)
        with kit_db.transaction() as session:
            values = {"title": "Nouveau", "category_slug": "atelier"}
            start = NOW.replace(tzinfo=None) + timedelta(days=9)
            when = When(start, start + timedelta(hours=1), "Europe/Paris")
            event = events.create_event(place, values, when, by=None, now=NOW)
            publication.settle_events(session, [event.id])  # publication is locked from here on
            is_written.set()
            wait_for_waiting(engine)

    def rename():
        is_written.wait(10)
        with kit_db.transaction():
            places.update_place(place_queries.get_place(lab), {"name": "Autre nom"}, now=LATER)

    raised = at_once(create, rename)

    assert raised == {"create": None, "rename": None}
    assert "LOCATION:Autre nom" in the_event(lab).ical
    assert the_event(lab).sequence == 1


def test_a_write_that_the_database_ends_for_another_keeps_what_was_typed(db, as_person):
    manager = make_account()
    event = make_event(make_place(managers=(manager,)))
    browser = as_person(manager)

    def cross(session):
        session.execute(sa.text("DO $$ BEGIN RAISE 'crossed' USING ERRCODE = '40P01'; END $$"))

    sa.event.listen(sa.orm.Session, "before_commit", cross)
    typed = {"version": str(event.version), "reason": "Panne <b>\net plus"}
    answer = browser.post(f"/evenements/{event.slug}/annuler", data=typed, headers={"Origin": "http://localhost"})
    sa.event.remove(sa.orm.Session, "before_commit", cross)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 409
    assert 'name="reason" value="Panne &lt;b&gt;\net plus"' in page
    assert f'name="version" value="{event.version}"' in page
    assert "Les calendriers abonnés" not in page  # nothing is told of a success that was undone
    assert get_event(event.slug).cancel_reason == ""


def test_a_row_that_somebody_else_changed_before_the_commit_is_a_conflict_and_no_fault(db, as_person):
    manager = make_account()
    event = make_event(make_place(managers=(manager,)))
    browser = as_person(manager)

    def overtake(session):
        raise sa.orm.exc.StaleDataError

    sa.event.listen(sa.orm.Session, "before_commit", overtake)
    answer = browser.post(f"/evenements/{event.slug}/annuler", data={"version": str(event.version), "reason": "Panne"})
    sa.event.remove(sa.orm.Session, "before_commit", overtake)

    assert answer.status_code == 409
    assert "Quelqu’un d’autre vient de modifier" in answer.get_data(as_text=True)
    assert get_event(event.slug).cancel_reason == ""
