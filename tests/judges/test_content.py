"""The hard calendar as the application publishes it: what the site can say of it, it says as it was counted out."""

import pytest

from tests.factories import make_place
from tests.judges import by_icalendar, by_node, torture
from tests.judges.content import can_tell, store

HARD = [hard for hard in torture.events() if can_tell(hard)]


@pytest.mark.slow
def test_what_managers_say_is_read_by_others_as_it_was_counted_out(client, db):
    place = make_place()
    for hard in HARD:
        store(place, hard)
    db.commit()

    calendar = client.get(f"/lieux/{place.slug}/agenda.ics").data
    expected = torture.expected(HARD)

    assert by_icalendar.read(calendar, torture.SPAN) == expected
    assert by_node.read_with_icaljs(calendar, torture.SPAN) == expected


def test_the_site_can_say_nearly_all_of_it():
    left_out = {hard.entries[0].uid for hard in torture.events()} - {hard.entries[0].uid for hard in HARD}

    assert left_out == {"two-zones", "second-of-two", "last-fridays"}
    assert len(torture.expected(HARD)) > 650
