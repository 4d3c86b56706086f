"""Words are learnt as they are written: all the first time, then what changed."""

from datetime import timedelta

from sqlalchemy import select, text

from fablabmesh.places import actions as places
from fablabmesh.search import actions
from fablabmesh.search.models import SearchWord
from tests.factories import NOW, make_event, make_place
from tests.search.test_queries import make_commune


def known(db, *words):
    return dict(db.execute(select(SearchWord.word, SearchWord.spelled).where(SearchWord.word.in_(words))).all())


def test_words_of_places_communes_events_and_vocabularies_are_learnt(db):
    make_commune("Saint-Étienne", "42218", "42000")
    make_event(make_place(name="Zoomacom 42"), title="Broderie à la machine")

    actions.learn_words(NOW)

    asked = ("zoomacom", "broderie", "etienne", "saintetienne", "stetienne", "imprimante", "42", "la", "3d")
    assert known(db, *asked) == {
        "zoomacom": "zoomacom",
        "broderie": "broderie",
        "etienne": "etienne",
        "saintetienne": "saint etienne",
        "stetienne": "saint etienne",
        "imprimante": "imprimante",
    }


def test_the_second_time_only_what_changed_is_read(db):
    place = make_place(name="Zoomacom")
    db.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    actions.learn_words(NOW)

    again = actions.learn_words(NOW + timedelta(minutes=5))
    # As if it were another transaction: changes are counted once in each.
    db.execute(text("SELECT set_config('mesh.place_number', '', true)"))
    places.update_place(place, {"name": "Vaucansonnerie"}, now=NOW)
    later = actions.learn_words(NOW + timedelta(minutes=10))

    assert (again, later) == (0, 1)
    assert known(db, "vaucansonnerie") == {"vaucansonnerie": "vaucansonnerie"}
