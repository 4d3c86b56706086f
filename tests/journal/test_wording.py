"""The journal in words people use."""

from types import SimpleNamespace

import pytest

from fablabmesh.journal.undoing import Clash
from fablabmesh.journal.wording import Names, tell, tell_actor, tell_clash, wanted_names

NAMES = Names(
    places={1: ("LabFab", "labfab")},
    events={2: ("Couture", "couture")},
    people={3: "Alice"},
    terms={"service": {}, "label": {"eric": "ERIC"}, "material": {"bois": "Bois"}},
)


@pytest.fixture(autouse=True)
def _spoken(pages):
    with pages.test_request_context("/"):
        yield


def entry(table="place", deed="update", key=None, before=None, after=None, place_id=1):
    return SimpleNamespace(
        id=9, table_name=table, deed=deed, row_key=key or {"id": 1}, before=before, after=after, place_id=place_id
    )


def changes(told):
    return [(change.label, change.before, change.after) for change in told.changes]


@pytest.mark.parametrize(
    ("actor", "account", "words"),
    [
        ("person", SimpleNamespace(name="Alice"), "Alice"),
        ("person", None, "Une personne dont le compte n’existe plus"),
        ("stranger", None, "Une personne sans compte"),
        ("program", SimpleNamespace(name="Alice"), "Un programme, pour Alice"),
        ("worker", None, "Le site, de lui-même"),
        ("terminal", None, "Une commande sur le serveur"),
        ("hand", None, "Quelqu’un, directement dans la base"),
    ],
)
def test_it_says_who_acted(actor, account, words):
    assert tell_actor(SimpleNamespace(actor=actor, account=account)) == words


def test_a_page_is_told_as_its_own_history_tells_it():
    told = tell(entry(before={"name": "A", "kind": "fablab"}, after={"name": "B", "kind": "epn"}), NAMES)

    assert (told.kind, told.title, told.address) == ("Lieu", "LabFab", ("places", "labfab"))
    assert changes(told)[0] == ("Nom du lieu", "A", "B")
    assert changes(told)[1][0] == "Genre de lieu"


def test_an_event_is_told_in_words():
    before = {"starts_local": "2026-03-28T18:00:00", "status": "confirmed", "feed_number": 3}
    after = {"starts_local": "2026-03-28T19:00:00", "status": "cancelled", "feed_number": 4}
    told = tell(entry("event", key={"id": 2}, before=before, after=after), NAMES)

    assert (told.title, told.address) == ("Couture", ("events", "couture"))
    assert ("Quand", "samedi 28 mars 2026 à 18\xa0h", "samedi 28 mars 2026 à 19\xa0h") in changes(told)
    assert ("État", "Confirmé", "Annulé") in changes(told)


def test_people_are_named_by_their_names_of_today_and_secrets_are_not_told():
    told = tell(entry("place_manager", "insert", {"place_id": 1, "account_id": 3},
                      after={"place_id": 1, "account_id": 3, "role": "manager"}), NAMES)  # fmt: skip
    gone = tell(entry("place_manager", "delete", {"place_id": 1, "account_id": 5},
                      before={"place_id": 1, "account_id": 5, "role": "editor"}), NAMES)  # fmt: skip
    renamed = tell(entry("account", key={"id": 3}, before={"name": "*"}, after={"name": "*"}, place_id=None), NAMES)

    assert ("Personne", "", "Alice") in changes(told)
    assert ("Personne", "une personne dont le compte n’existe plus", "") in changes(gone)
    assert (renamed.title, changes(renamed)) == ("Alice", [("Nom", "(gardé confidentiel)", "(gardé confidentiel)")])


def test_what_is_gone_is_called_as_it_was():
    told = tell(
        entry("project", "delete", {"id": 7}, before={"title": "Fraiseuse", "is_draft": False}, place_id=8), NAMES
    )

    assert (told.title, told.address) == ("Fraiseuse", None)


def test_a_clash_shows_each_thing_three_times():
    told = tell_clash(Clash("place", {"id": 1}, {"phone": ""}, {"phone": "1"}, {"phone": "2"}), NAMES)
    gone = tell_clash(Clash("event", {"id": 2}, {"title": "A"}, {"title": "B"}, None), NAMES)

    assert (told.title, told.rows) == ("LabFab", (("Téléphone du lieu", "", "1", "2"),))
    assert (gone.title, gone.what, gone.rows) == ("Couture", "a été supprimé depuis", ())


def test_it_asks_for_the_names_it_needs():
    wanted = wanted_names([entry("event_partner", "insert", {"event_id": 2, "place_id": 5}, after={"place_id": 5})])

    assert (wanted["place"], wanted["event"], wanted["account"]) == ({1, 5}, {2}, set())
