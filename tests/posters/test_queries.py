"""Where places stand, as finely as a picture shows."""

from datetime import date

from fablabmesh.places import actions
from fablabmesh.posters import queries
from tests.factories import NOW, make_department, make_place


def test_places_of_one_cell_are_one_spot_and_laureates_come_last(db):
    lab, _near = make_place(), make_place(name="Tout près", latitude=48.1147)
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.6))
    make_place(name="Nantes", department="44", insee="44109", latitude=47.21, longitude=-1.55)
    actions.put_laureate(actions.put_call("appel", name="Appel", year=2013), lab, project_name="Lab")
    make_place(name="Inventé", is_demo=True, latitude=48.5)
    make_place(name="Fermé", latitude=48.6, closed_on=date(2026, 1, 1))
    make_place(name="Sans point", latitude=None, longitude=None)
    db.flush()

    assert [(round(x, 2), round(y, 2), star) for x, y, star in queries.list_spots(None, cell=0.1)] == [
        (-1.55, 47.25, False),
        (-1.65, 48.15, True),
    ]
    assert [star for *_, star in queries.list_spots(["44"], cell=0.1)] == [False]
    assert queries.list_spots([], cell=0.1) == []


def test_the_number_is_that_of_the_last_change(db):
    before = queries.find_number()

    actions.update_place(make_place(), {"phone": "02 99 00 00 00"}, now=NOW)
    db.commit()

    assert queries.find_number() >= before
