"""The figures are those that one counts by hand."""

import sqlalchemy as sa

from fablabmesh.feeds.slices import Choice, Slice
from fablabmesh.kit.db import session
from fablabmesh.projects.models import Project
from fablabmesh.projects.rules import ProjectState
from fablabmesh.reports.queries import Asked, count_all
from fablabmesh.reports.rules import Count
from tests.factories import make_account, make_place
from tests.reports.conftest import at, hold

NOW = at("2026-03-02T09:00")


def ask(zone, year=2025, *, is_demo=False, now=NOW):
    agenda = Slice((Choice(zones=(f"fablab/{zone.slug}",)),))
    return count_all(Asked(zone.id, agenda, year, is_demo), now=now)


def told(counts):
    return {name: count for name, count in counts.items() if count != Count()}


def test_places_are_those_of_the_years_end(zones, world):
    found = ask(zones[0])

    # Old, new, Cayenne; a year before: old, closed, archived.
    assert told(found.kinds) == {"fablab": Count(3, 3)}


def test_what_changed_is_of_the_year_in_which_it_did(zones, world):
    assert told(ask(zones[0]).movement) == {
        "new": Count(2, 0),
        "imported": Count(1, 0),
        "closed": Count(1, 0),
        "archived": Count(1, 0),
        "merged": Count(1, 0),
        "confirmed": Count(2, 1),
    }


def test_whoever_came_since_did_not_look_after_it_then(zones, world, alice):
    make_place(name="Tenu", managers=(alice,)).created_at = at("2024-01-01")
    session.flush()

    assert ask(zones[0]).movement["tended"] == Count(0, 0)
    assert ask(zones[0], 2200).movement["tended"] == Count(1, 1)


def test_the_last_evening_in_cayenne_is_of_the_year_there(zones, world):
    found = ask(zones[0])

    assert found.months[12] == Count(1, 0)
    assert ask(zones[0], 2026).dates == Count(0, 3)


def test_dates_are_counted_by_month_category_and_place(zones, world):
    found = ask(zones[0])

    assert told(found.months) == {3: Count(2, 1), 12: Count(1, 0)}
    assert found.cancelled == Count(1, 0)
    assert found.categories == {"atelier": Count(2, 1), "formation": Count(1, 0)}
    assert [(each.name, each.dates) for each in found.held] == [("Ancien", Count(2, 1)), ("Cayenne", Count(1, 0))]
    assert [each.name for each in found.silent] == ["Nouveau"]
    # Closed and archived, a year before.
    assert found.silent_before == 2


def test_what_two_zones_hold_together_counts_in_both(zones, world):
    event = hold(world["east"], "2025-09-01T10:00")
    session.refresh(event, ["partners"])
    event.partners.append(world["old"])
    session.commit()

    west, east = ask(zones[0]), ask(zones[1])
    assert (west.months[9], east.months[9]) == (Count(1, 0), Count(1, 0))
    assert [each.name for each in east.held] == ["Est"]


def test_drafts_and_what_was_deleted_do_not_count(zones, world):
    event = hold(world["old"], "2025-09-01T10:00")
    event.deleted_at = NOW
    session.commit()

    assert ask(zones[0]).dates == Count(3, 1)


def test_projects_and_partnerships_within_and_across(zones, world):
    found = ask(zones[0])

    assert found.projects == {"begun": Count(1, 1), "finished": Count(0, 0)}
    assert found.partnerships == {"within": Count(1, 0), "across": Count(1, 1)}
    assert ask(zones[1]).partnerships == {"within": Count(0, 0), "across": Count(1, 1)}


def test_a_project_is_finished_when_the_journal_says(zones, world):
    project = session.query(Project).filter_by(title="old new").one()
    project.state = ProjectState.FINISHED
    session.commit()
    project.changed_at = at("2025-07-01")
    session.commit()

    # The journal knows better than the page, which was touched at another time.
    assert ask(zones[0]).projects["finished"] == Count(0, 0)
    year = session.scalar(sa.text("SELECT extract(year FROM now())::int"))
    assert ask(zones[0], year).projects["finished"] == Count(1, 0)


def test_proposals_with_the_time_they_took(zones, world):
    assert ask(zones[0]).proposals == {
        "received": Count(3, 2),
        "accepted": Count(2, 1),
        "refused": Count(1, 0),
        "late": Count(1, 1),
        # Of 1, 3 and 40 days; of 2 days.
        "median": Count(3.0, 2.0),
    }


def test_letters_are_those_of_the_whole_zone(zones, world):
    found = ask(zones[0])

    assert (found.subscribers, found.subscribed) == (2, Count(1, 1))


def test_machines_of_the_zone_and_what_it_lacks(zones, world):
    found = ask(zones[0])

    assert found.machines == {"decoupe-laser": 1}
    assert found.lacking == ["decoupe-vinyle"]


def test_invented_people_count_what_is_invented(zones, world):
    found = ask(zones[0], is_demo=True)

    assert told(found.kinds) == {"fablab": Count(1, 1)}
    assert told(found.months) == {7: Count(1, 0)}
    assert found.proposals["received"] == Count(1, 0)
    assert found.machines == {"impression-3d": 1}
    assert (found.subscribers, found.subscribed) == (None, Count(None, None))
    assert found.elsewhere == {}


def test_it_takes_as_many_queries_for_a_large_zone_as_for_an_empty_one(zones, world, count_queries):
    with count_queries() as small:
        ask(zones[1])
    for number in range(5):
        hold(make_place(name=f"Lab {number}", managers=(make_account(),)), "2025-05-05T10:00")
    with count_queries() as large:
        ask(zones[0])

    assert len(large) == len(small) == 10
