"""Counts by department, checked one by one against a country made by hand."""

from collections import Counter
from datetime import date, timedelta

import pytest

from fablabmesh.feeds.slices import Slice, of_zone
from fablabmesh.kit.db import session
from fablabmesh.statistics import queries
from fablabmesh.statistics.actions import measure_reach
from fablabmesh.statistics.figures import Month, Tally, add_up
from fablabmesh.statistics.rules import Sort, months_around
from fablabmesh.zones.queries import find_programme
from tests.factories import NOW, make_event, make_place, make_series


@pytest.fixture
def measured(country):
    measure_reach(NOW)
    return country


def test_people_are_counted_once_in_each_department(measured):
    tallies = queries.map_tallies(NOW)

    assert {code: tally.people for code, tally in tallies.items()} == {"35": 1230, "42": 504, "75": 90}


def test_paris_is_counted_whole_where_its_parts_are_not_known(measured):
    for insee in ("75101", "75102"):
        session.delete(session.get(queries.Commune, insee))
    session.flush()

    assert queries.map_tallies(NOW)["75"].people == 90


def test_people_are_reached_by_what_is_near_their_town_hall(measured):
    ouest = queries.map_tallies(NOW)["35"]

    labs = [ouest.reached[("fablab", km)] for km in (5, 10, 20, 30)]
    assert labs == [1000, 1200, 1200, 1200]
    assert [ouest.reached[("epn", km)] for km in (5, 10, 20, 30)] == [200, 1200, 1200, 1230]
    assert ouest.reached[("laureat", 5)] == 1000
    assert ouest.share_reached(Sort.EPN, 30) == 1.0


def test_a_place_counts_for_its_kind_its_label_and_its_machines(measured):
    lab, _other = measured
    lab.labels, lab.machine_types = ["erc", "pimms"], ["imprimante-3d", "imprimante-3d-a-fil"]
    make_place(name="Nulle part", department="99", insee=None, postcode="", latitude=None, longitude=None)
    session.flush()

    tallies = queries.map_tallies(NOW)

    assert tallies["35"].kinds == Counter(fablab=1, epn=1, laureat=1)
    assert tallies["35"].labels == Counter(erc=1, pimms=1)
    assert tallies["35"].machines == Counter({"imprimante-3d": 1, "imprimante-3d-a-fil": 1})
    assert tallies["35"].calls == Counter({"appel-2022": 1})
    assert tallies["42"].kinds == Counter(fablab=1)
    assert tallies[""] == Tally(kinds=Counter(fablab=1), fresh=tallies[""].fresh)
    assert add_up(tallies, tallies).places == 4


def test_a_closed_place_is_not_counted(measured):
    lab, _other = measured
    lab.closed_on = NOW.date()
    session.flush()

    assert queries.map_tallies(NOW)["35"].kinds == Counter(epn=1)


def test_a_page_is_fresh_when_it_was_confirmed_within_a_year(measured):
    lab, other = measured
    for place in (lab, other):
        place.source, place.source_id = "Hinaura", place.slug
        place.changed_at = NOW
    lab.confirmed_at = NOW - timedelta(days=364)
    other.confirmed_at = NOW - timedelta(days=366)
    session.flush()

    tallies = queries.map_tallies(NOW)

    assert (tallies["42"].fresh, tallies["42"].confirmed) == (0, 0)
    # The public digital space was written here.
    assert (tallies["35"].fresh, tallies["35"].confirmed) == (2, 1)


def test_the_largest_communes_without_one_near_come_first(measured):
    assert [(far.insee, far.people) for far in queries.list_far_communes(Sort.FABLAB, 20, None)] == [
        ("75056", 90),
        ("35002", 30),
        ("42001", 4),
    ]
    assert [far.insee for far in queries.list_far_communes(Sort.FABLAB, 5, ["35"])] == ["35001", "35002"]
    assert [far.insee for far in queries.list_far_communes(Sort.FABLAB, 5, None, limit=1)] == ["35001"]
    assert queries.list_far_communes(Sort.FABLAB, 5, []) == []


def months_of(wanted: Slice, today: date = date(2090, 6, 15)) -> dict[str, tuple[int, int]]:
    found = queries.list_months(wanted, months_around(today))
    return {f"{month.first:%Y-%m}": (month.held, month.cancelled) for month in found if month.total}


def test_each_date_of_a_series_counts_in_its_month(measured):
    lab, other = measured
    make_series(lab, starts="2090-06-17T18:00", ends="2090-06-17T20:00")  # four Saturdays, from the 17th of June
    make_event(other, starts="2090-06-10T18:00", ends="2090-06-10T20:00")

    assert months_of(Slice()) == {"2090-06": (3, 0), "2090-07": (2, 0)}
    assert months_of(of_zone("fablab", "est")) == {"2090-06": (1, 0)}


def test_what_lasts_into_another_month_is_in_both_and_midnight_is_not_another_day(measured):
    lab, _other = measured
    make_event(lab, title="Nuit", starts="2090-05-31T20:00", ends="2090-06-01T00:00")
    make_event(lab, title="Camp", starts="2090-06-30T00:00", ends="2090-07-01T00:00", is_all_day=True)
    make_event(lab, title="Long", starts="2089-01-02T10:00", ends="2089-12-30T12:00")

    found = months_of(Slice())

    assert found["2090-05"] == (1, 0)
    assert found["2090-06"] == found["2090-07"] == (1, 0)
    # Only the months that are shown.
    assert list(found) == [
        "2089-06",
        "2089-07",
        "2089-08",
        "2089-09",
        "2089-10",
        "2089-11",
        "2089-12",
        *list(found)[-3:],
    ]


def test_called_off_dates_are_told_apart_and_drafts_not_at_all(measured):
    lab, _other = measured
    called_off = make_event(lab)
    called_off.status = "cancelled"
    make_series(lab, is_draft=True)
    session.execute(queries.EventDate.__table__.update().values(is_cancelled=True))

    assert queries.list_months(Slice(), [date(2090, 6, 1)]) == [Month(date(2090, 6, 1), held=0, cancelled=1)]


def test_a_date_held_by_two_zones_counts_in_both_and_once_in_each(measured):
    lab, other = measured
    event = make_event(lab, starts="2090-06-10T18:00", ends="2090-06-10T20:00")
    neighbour = make_place(name="Voisin")
    session.execute(
        queries.EventPartner.__table__.insert(),
        [{"event_id": event.id, "place_id": place.id} for place in (other, neighbour)],
    )
    make_event(other, starts="2090-06-20T18:00", ends="2090-06-20T20:00")
    programme = find_programme("fablab")

    counts = queries.count_dates_by_zone(
        programme.id, [(date(2089, 6, 15), date(2090, 6, 15)), (date(2090, 6, 15), date(2091, 1, 1))]
    )

    assert counts == {"ouest": [1, 0], "est": [1, 1]}
