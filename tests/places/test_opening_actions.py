"""When places are open, counted out at each write and as the weeks go by."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from fablabmesh.kit.db import session
from fablabmesh.places import actions, opening_actions
from fablabmesh.places.models import Place, PlaceHorizon, PlaceOpening
from fablabmesh.places.opening_actions import count_out_due
from tests.factories import NOW, make_department, make_place

LATER = NOW + timedelta(days=60)


def openings(place: Place) -> list[tuple[datetime, datetime]]:
    rows = session.execute(
        select(PlaceOpening.opens_at, PlaceOpening.closes_at)
        .where(PlaceOpening.place_id == place.id)
        .order_by(PlaceOpening.opens_at)
    )
    return [(row[0], row[1]) for row in rows]


def test_a_place_that_is_made_has_its_openings_for_five_weeks(db):
    place = make_place(opening_hours="Sa 10:00-12:00")

    saturdays = [datetime(2026, 2, 28, 9, tzinfo=UTC) + timedelta(days=7 * n) for n in range(5)]
    assert openings(place) == [
        (opens_at - timedelta(hours=n == 5), opens_at + timedelta(hours=2)) for n, opens_at in enumerate(saturdays)
    ] + [(datetime(2026, 4, 4, 8, tzinfo=UTC), datetime(2026, 4, 4, 10, tzinfo=UTC))]
    assert session.get(PlaceHorizon, place.id).counted_to == NOW + timedelta(days=35)


def test_hours_that_cannot_be_read_open_nothing_and_are_not_counted_again(db):
    place = make_place(opening_hours="sur rendez-vous")

    assert openings(place) == []
    assert count_out_due(NOW) == 0


def test_other_hours_replace_the_openings(db):
    place = make_place(opening_hours="Sa 10:00-12:00")

    actions.update_place(place, {"opening_hours": "Tu[1] 09:00-10:00"}, now=NOW)
    assert openings(place) == [(datetime(2026, 3, 3, 8, tzinfo=UTC), datetime(2026, 3, 3, 9, tzinfo=UTC))]
    actions.update_place(place, {"opening_hours": ""}, now=NOW)
    assert openings(place) == []


def test_a_place_that_moves_overseas_opens_by_other_clocks(db):
    place = make_place(opening_hours="Tu[1] 09:00-10:00")
    make_department("974", "La Réunion", box=(55.2, -21.4, 55.9, -20.8), region=("04", "La Réunion"))

    actions.update_place(place, {"insee": "97411"}, now=NOW)

    assert openings(place) == [(datetime(2026, 3, 3, 5, tzinfo=UTC), datetime(2026, 3, 3, 6, tzinfo=UTC))]


def test_a_place_that_closes_for_good_opens_no_more(db):
    place = make_place(opening_hours="Mo-Su 09:00-10:00")

    actions.update_place(place, {"closed_on": date(2026, 3, 3)}, now=NOW)

    assert [opens_at.date() for opens_at, _ in openings(place)] == [date(2026, 3, 1), date(2026, 3, 2)]


def test_notes_do_not_part_an_opening(db):
    place = make_place(opening_hours='Tu[1] 09:00-10:00 "a", Tu[1] 10:00-11:00 "b"')

    assert openings(place) == [(datetime(2026, 3, 3, 8, tzinfo=UTC), datetime(2026, 3, 3, 10, tzinfo=UTC))]


def test_the_chore_counts_farther_once_fewer_than_four_weeks_are_known(db):
    place = make_place(opening_hours="Sa 10:00-12:00")
    make_place(name="Sans horaires")
    db.commit()

    assert count_out_due(NOW + timedelta(days=6)) == 0
    assert count_out_due(NOW + timedelta(days=8)) == 1
    assert count_out_due(NOW + timedelta(days=8)) == 0
    assert openings(place)[-1][0] == datetime(2026, 4, 11, 8, tzinfo=UTC)


def test_the_chore_counts_out_what_was_never_counted(db):
    place = make_place(opening_hours="Sa 10:00-12:00")
    db.query(PlaceOpening).delete()
    db.query(PlaceHorizon).delete()
    db.commit()

    assert count_out_due(LATER) == 1
    assert len(openings(place)) == 5


def test_a_write_of_other_things_leaves_the_openings_alone(db, count_queries):
    place = make_place(opening_hours="Sa 10:00-12:00")

    with count_queries() as seen:
        actions.update_place(place, {"phone": "02 99 00 00 00"}, now=NOW)

    assert [text for text in seen if "place_opening" in text] == []


def test_a_turn_takes_some_places_at_a_time(db, monkeypatch):
    monkeypatch.setattr(opening_actions, "_A_TURN", 2)
    for name in ("Un", "Deux", "Trois"):
        make_place(name=name, opening_hours="Sa 10:00-12:00")
    db.query(PlaceHorizon).delete()
    db.commit()

    assert [count_out_due(NOW) for _turn in range(3)] == [2, 1, 0]
