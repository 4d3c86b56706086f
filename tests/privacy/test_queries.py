"""What is gathered of somebody is theirs, and all of it."""

from fablabmesh.accounts.rules import Role
from fablabmesh.privacy import queries
from fablabmesh.privacy.held import HELD
from tests.factories import make_account, make_event, make_place
from tests.privacy.conftest import MAIL, NAME


def test_every_table_of_the_register_gives_what_is_of_the_person(life):
    rows = queries.gather(life).rows

    # Nobody decides, answers, imports, claims or coordinates in this life.
    without = {
        *("proposal_decision", "place_twin", "calendar_source", "calendar_import", "zone_coordinator", "account_life"),
        *("claim", "claim_line", "notice_choice"),
        *("known_device", "passkey", "one_time_code", "recovery_code", "provider_link", "asked_letter"),
        *("journal_act", "zone_rule", "pole_page", "pole_news", "pole_contact"),
    }
    assert {table for table, found in rows.items() if not found and not table.endswith("_by_you")} == without
    expected = {name for name, held in HELD.items() if held.owners or held.address} | {"place_person"}
    assert set(rows) == expected | {f"{name}_by_you" for name, held in HELD.items() if held.actors}


def test_rows_say_what_the_register_says_and_no_more(life):
    rows = queries.gather(life).rows

    told = {name: sorted(held.exported) for name, held in HELD.items()}
    told |= {f"{name}_by_you": sorted(held.acted.split()) for name, held in HELD.items()}
    assert {name: sorted(found[0]) for name, found in rows.items() if found} == {
        name: told[name] for name, found in rows.items() if found
    }
    assert rows["account"][0]["email"] == MAIL
    assert [row["name"] for row in rows["place_person"]] == [NAME]


def test_numbers_are_told_with_the_names_they_stand_for(life):
    found = queries.gather(life)

    place_id = found.rows["place_manager"][0]["place_id"]
    assert found.names["place"][place_id] == {"name": "Atelier du Port", "slug": "atelier-du-port-rennes"}


def test_nothing_of_others_comes_along(db, life):
    other = make_account(name="Basile Autre", email="basile.autre@exemple.test")
    make_event(make_place(name="Lieu de Basile", managers=(other,)), by=other, title="Rendez-vous de Basile")

    assert "Rendez-vous de Basile" not in str(queries.gather(life))
    assert "Quartermaine" not in str(queries.gather(other))


def test_whom_they_invited_is_not_given_to_them(life):
    found = queries.gather(life).rows

    assert [row["role"] for row in found["invitation_by_you"]] == ["editor"]
    assert "camille" not in str(found).lower()


def test_gathering_takes_as_many_queries_for_much_as_for_little(db, life, count_queries):
    with count_queries() as few:
        queries.gather(life)
    place = make_place(name="Encore un", managers=(life,))
    for number in range(3):
        make_event(place, by=life, title=f"Rendez-vous {number}")
    with count_queries() as many:
        queries.gather(life)

    assert len(many) == len(few) <= len(HELD) + 6


def test_places_without_anybody_else_are_found(db, life):
    assert queries.list_left_alone(life) == []

    alone = make_place(name="Atelier seul", managers=(life,))

    assert [place.id for place in queries.list_left_alone(life)] == [alone.id]


def test_an_invented_administrator_is_not_counted_as_one(db):
    boss = make_account(role=Role.ADMIN)
    make_account(role=Role.ADMIN, is_demo=True)

    assert queries.is_last_administrator(boss)
    assert not queries.is_last_administrator(make_account())
