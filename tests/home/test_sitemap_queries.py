"""Search engines are shown all that is real and public, in files whose pages stay where they are."""

from fablabmesh.home import sitemap_queries as queries
from fablabmesh.home.sitemap import Entry
from tests.factories import NOW, make_event, make_place, make_project, make_zone


def test_each_sort_has_its_files_by_ranges_of_ids(db, monkeypatch):
    monkeypatch.setattr(queries, "PER_FILE", 2)
    one, two, three = (make_place(name=name) for name in ("Un", "Deux", "Trois"))

    files = queries.list_files()

    assert files == [("lieux", number, NOW) for number in sorted({place.id // 2 for place in (one, two, three)})]
    found = [entry for _sort, number, _at in files for entry in queries.iterate_pages("lieux", number)]
    assert found == [Entry(f"/lieux/{place.slug}", NOW) for place in (one, two, three)]


def test_what_is_invented_a_draft_or_deleted_is_in_none(db):
    demo = make_place(name="Inventé", is_demo=True)
    make_event(demo)
    make_project(demo)
    real = make_place(name="Vrai")
    make_event(real, title="Brouillon").is_draft = True
    make_event(real, title="Supprimé").deleted_at = NOW
    shown = make_event(real, title="Annoncé")
    db.flush()

    assert {sort for sort, _number, _at in queries.list_files()} == {"lieux", "evenements"}
    paths = [entry.path for sort, number, _at in queries.list_files() for entry in queries.iterate_pages(sort, number)]
    assert paths == [f"/lieux/{real.slug}", f"/evenements/{shown.slug}"]


def test_zones_have_their_pages(db):
    make_zone(slug="ouest")

    assert queries.list_zones_and_calls() == [Entry("/zones/fablab/ouest")]
