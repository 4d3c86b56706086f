"""What the database itself writes down, and does not let go."""

import pytest
import sqlalchemy as sa

from fablabmesh.journal.models import JournalAct, JournalEntry
from fablabmesh.kit import acting
from fablabmesh.kit.db import Base, transaction
from fablabmesh.places import actions as places
from tests.factories import NOW, make_account, make_event, make_place

# Of every other table, why not.
LEFT_OUT = {
    "api_answer": "what a program was answered, for when it asks again",
    "api_token": "somebody's own, with a secret",
    "account_life": "when somebody was last seen",
    "asked_letter": "counted, and soon forgotten",
    "known_device": "somebody's own, with a secret",
    "one_time_code": "somebody's own, with a secret",
    "passkey": "somebody's own, with a secret",
    "provider_link": "somebody's own",
    "recovery_code": "somebody's own, with a secret",
    "calendar_import": "a piece of work, gone after some days",
    "claim_line": "is a history, and says who",
    "commune": "from the national data, built with the site",
    "commune_reach": "counted out",
    "department": "from the national data, built with the site",
    "digest_request": "counted, and soon forgotten",
    "digest_subscription": "somebody's own, gone without a trace when they wish so",
    "event_date": "made of the event",
    "event_version": "is a history, and says who",
    "feed_chunk": "made of events",
    "feed_forgotten": "made of events",
    "feed_tombstone": "made of events",
    "freshness_letter": "a letter that was sent",
    "image": "named by its content, and never changes",
    "import_report": "is itself a report",
    "imported_event": "what another site said last",
    "journal_act": "is the journal",
    "journal_entry": "is the journal",
    "mail": "a letter that waits",
    "map_cell": "made of places",
    "map_number": "made of places",
    "map_point": "made of places",
    "notice": "a letter that waits",
    "notice_choice": "somebody's own",
    "one_time_word": "a secret, used once",
    "personal_calendar": "somebody's own, with a secret",
    "place_change": "counted out",
    "place_feature": "made of the place",
    "place_horizon": "counted out",
    "place_number": "counted out",
    "place_opening": "counted out",
    "place_tenure": "counted out",
    "place_twin": "found by a chore; who decided stands in its row",
    "place_version": "is a history, and says who",
    "proposal_decision": "is a history that the database protects",
    "proposal_request": "counted, and soon forgotten",
    "reach_measure": "counted out",
    "search_state": "made of places",
    "search_word": "made of places",
    "sign_in": "a session, with a secret",
    "sign_in_attempt": "counted, and soon forgotten",
    "pole_request": "counted, and soon forgotten",
    "team_request": "counted, and soon forgotten",
    "twin_search": "how far a chore came",
}


def watched(db) -> dict[str, list[str]]:
    """Table → the arguments of its trigger: the key, what is left out, what is masked."""
    rows = db.execute(
        sa.text(
            "SELECT tgrelid::regclass::text, encode(tgargs, 'escape') FROM pg_trigger "
            "WHERE tgname = 'A_journal' AND NOT tgisinternal"
        )
    )
    return {table: arguments.split("\\000")[:3] for table, arguments in rows}


def test_every_table_is_watched_or_it_is_said_why_not(db):
    tables = set(Base.metadata.tables)

    assert tables - set(watched(db)) == set(LEFT_OUT)
    assert set(watched(db)) - tables == set()


def test_what_is_left_out_of_a_table_is_there_and_its_key_is_right(db):
    for table, (key, skipped, masked) in watched(db).items():
        columns = Base.metadata.tables[table].columns
        named = {name for name in (*skipped.split(","), *masked.split(",")) if name}
        assert (table, named - set(columns.keys())) == (table, set())
        assert (table, set(key.split(","))) == (table, {column.name for column in columns if column.primary_key})


def test_no_secret_and_no_address_of_a_person_is_written_down(db):
    secret = ("password", "hash", "email", "nonce", "secret", "token")
    told = []
    for table, (_key, skipped, masked) in watched(db).items():
        hidden = {*skipped.split(","), *masked.split(",")}
        told += [
            f"{table}.{name}"
            for name in Base.metadata.tables[table].columns.keys()  # noqa: SIM118 - of columns
            if name not in hidden and any(word in name for word in secret)
        ]

    assert told == []


def test_a_write_by_a_person_says_who_what_before_and_after(as_person, alice, db, last_act):
    place = make_place(managers=(alice,))
    browser = as_person(alice)

    browser.post(f"/lieux/{place.slug}/confirmer")

    act, entries = last_act()
    assert (act.actor, act.account_id, act.undoes_id) == ("person", alice.id, None)
    assert act.deed.startswith("curation.")
    (entry,) = entries
    assert (entry.table_name, entry.row_key, entry.deed) == ("place", {"id": place.id}, "update")
    assert (set(entry.before), set(entry.after)) == ({"confirmed_at"}, {"confirmed_at"})
    assert (entry.place_id, entry.department_code, entry.is_demo) == (place.id, "35", False)


def test_what_is_done_at_once_is_one_act_and_what_is_done_later_another(db):
    with acting.acting(acting.WORKER, "twins"):
        with transaction():
            place = make_place()
            make_account()
        with transaction():
            places.update_place(place, {"phone": "02 99 00 00 00"}, now=NOW)

    acts = db.scalars(sa.select(JournalAct).where(JournalAct.deed == "twins").order_by(JournalAct.id)).all()
    assert [act.actor for act in acts] == ["worker", "worker"]
    latest = db.scalars(sa.select(JournalEntry).where(JournalEntry.act_id == acts[1].id)).one()
    assert (latest.before, latest.after) == ({"phone": ""}, {"phone": "02 99 00 00 00"})


def test_who_writes_in_the_database_itself_is_noted_too(db, last_act):
    place = make_place()
    db.commit()

    by_hand = "SELECT set_config('journal.actor', '', true), set_config('journal.act', '', true);"
    db.connection().exec_driver_sql(f"{by_hand} UPDATE place SET name = 'Autre' WHERE id = {place.id}")

    act, entries = last_act()
    assert (act.actor, act.account_id, act.deed) == ("hand", None, "")
    assert [(entry.before, entry.after) for entry in entries] == [({"name": "LabFab"}, {"name": "Autre"})]


def test_what_changes_nothing_is_not_written_down(db):
    make_event(make_place())
    before = db.scalar(sa.select(sa.func.count(JournalEntry.id)))

    db.execute(sa.text("UPDATE event SET ical = ical || 'x', title = title"))

    assert db.scalar(sa.select(sa.func.count(JournalEntry.id))) == before


def test_of_a_name_is_told_only_that_it_changed(anew, last_act):
    account = make_account(name="Alice Martin")
    anew()

    account.name = "Alice Durand"
    account.password_hash = "another"

    _act, (entry,) = last_act()
    assert (entry.before, entry.after) == ({"name": "*"}, {"name": "*"})


def test_what_hung_on_something_gone_is_told_where_that_was(db, anew, last_act):
    place = make_place(is_demo=True)
    make_event(place)
    anew()

    db.execute(sa.text("DELETE FROM place"))

    _act, entries = last_act()
    assert [entry.table_name for entry in entries] == ["place", "event"]
    assert {(entry.place_id, entry.department_code, entry.is_demo) for entry in entries} == {(place.id, "35", True)}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET after = '{}'",
        "DELETE FROM journal_entry",
        "UPDATE journal_act SET deed = 'another'",
        "UPDATE journal_act SET account_id = NULL",
        "DELETE FROM journal_act",
        "TRUNCATE journal_entry",
        "TRUNCATE journal_act CASCADE",
    ],
)
def test_nobody_changes_what_was_written_down(db, as_person, alice, statement):
    place = make_place(managers=(alice,))
    as_person(alice).post(f"/lieux/{place.slug}/confirmer")

    with pytest.raises(sa.exc.InternalError, match="the journal is kept"), db.begin_nested():
        db.execute(sa.text(statement))


def test_a_person_who_leaves_is_forgotten_and_nothing_else_is(db, as_person, alice, last_act):
    place = make_place(managers=(alice,))
    as_person(alice).post(f"/lieux/{place.slug}/confirmer")
    act, entries = last_act()

    db.execute(sa.text("DELETE FROM account WHERE id = :id"), {"id": alice.id})

    db.refresh(act)
    assert (act.account_id, act.actor) == (None, "person")
    assert [entry.after for entry in entries] != []
