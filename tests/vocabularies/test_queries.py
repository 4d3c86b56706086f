from fablabmesh.vocabularies import queries
from tests.factories import make_event, make_place


def test_each_is_counted_with_its_events(db):
    make_event(make_place())

    counts = {category.slug: count for category, count in queries.list_used_categories()}

    assert (counts["atelier"], counts["formation"]) == (1, 0)


def test_a_name_is_taken_whatever_its_case_but_by_itself(db):
    assert queries.is_name_taken("ATELIER")
    assert not queries.is_name_taken("Atelier", but="atelier")
