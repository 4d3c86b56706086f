"""Reads of imports: few queries, however many events; nothing of another place."""

import pytest

from fablabmesh.imports import actions, queries
from fablabmesh.kit.errors import NotFound
from tests.factories import NOW, make_event, make_place
from tests.imports.conftest import calendar, vevent


def ask(lab, alice, *parts):
    given = {"category_slug": "atelier", "language": "fr", "tongue": "fr", "content": calendar(*parts)}
    return actions.ask_import(lab, by=alice, now=NOW, **given)


def test_an_import_is_found_at_its_place_alone(lab, alice):
    asked = ask(lab, alice)

    assert queries.get_import(lab, asked.id) is asked
    with pytest.raises(NotFound):
        queries.get_import(make_place(name="Autre"), asked.id)


def test_the_latest_imports_come_first(lab, alice):
    asked = [ask(lab, alice).id for _time in range(3)]

    assert [each.id for each in queries.list_imports(lab.id, limit=2)] == [asked[2], asked[1]]


def test_what_is_known_is_found_in_a_constant_number_of_queries(lab, db, count_queries):
    def seen(count):
        uids = [make_event(lab).uid for _number in range(count)]
        db.expire_all()
        with count_queries() as statements:
            assert set(queries.find_known([*uids, "inconnu"])) == set(uids)
        return len(statements)

    assert seen(1) == seen(4)


def test_the_worker_takes_the_oldest_first(lab, alice):
    first, _second = ask(lab, alice, vevent()), ask(lab, alice)

    assert queries.take_import(now=NOW).id == first.id


def test_categories_are_known_by_all_their_names(lab):
    setting = queries.setting_of(lab, category_slug="atelier", language="fr")

    assert {setting.categories[name] for name in ("formation", "training")} == {"formation"}
    assert (setting.place_id, setting.place_name) == (lab.id, "LabFab")
