"""Reading places: filters, order, counts, neighbours."""

import pytest

from fablabmesh.kit.errors import Forbidden, Moved, NotFound
from fablabmesh.places import actions, queries
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.places.models import PlaceAlias
from fablabmesh.places.rules import PlaceKind
from tests.factories import make_account, make_department, make_place, make_zone


@pytest.fixture
def places(db):
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.6))
    made = {
        "lab": make_place(name="Zèbre Lab"),
        "chosen": make_place(name="Élu Lab"),
        "epn": make_place(name="EPN du bourg", kind=PlaceKind.EPN, commune="Fougères", postcode="35300"),
        "pole": make_place(name="Pôle", kind=PlaceKind.POLE, department="44", commune="Nantes", insee="44109"),
    }
    call = actions.put_call("appel", name="Appel", year=2013)
    actions.put_laureate(call, made["chosen"], project_name="Projet")
    make_zone("35", slug="nord", name="Nord")
    make_zone("44", slug="sud", name="Sud", position=2)
    return made


def names(wanted: PlaceFilter) -> list[str]:
    return [place.name for place in queries.list_places(wanted)]


def test_laureates_come_first_then_poles_labs_and_public_spaces(places):
    assert names(PlaceFilter()) == ["Élu Lab", "Pôle", "Zèbre Lab", "EPN du bourg"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (PlaceFilter(zone="sud"), ["Pôle"]),
        (PlaceFilter(kinds=frozenset({PlaceKind.FABLAB})), ["Élu Lab", "Zèbre Lab"]),
        (PlaceFilter(laureates_only=True), ["Élu Lab"]),
        (PlaceFilter(kinds=frozenset({PlaceKind.EPN}), laureates_only=True), ["Élu Lab", "EPN du bourg"]),
        (PlaceFilter(text="elu LAB"), ["Élu Lab"]),
        (PlaceFilter(text="fougeres"), ["EPN du bourg"]),
        (PlaceFilter(text="35300"), ["EPN du bourg"]),
        (PlaceFilter(text="%"), []),
        (PlaceFilter(zone="nord", kinds=frozenset({PlaceKind.POLE})), []),
    ],
)
def test_filters_work_alone_and_together(places, wanted, found):
    assert names(wanted) == found
    assert queries.count_places(wanted) == len(found)


def test_pages_of_a_list_neither_repeat_nor_skip(places):
    pages = [queries.list_places(PlaceFilter(), limit=1, offset=offset)[0].name for offset in range(4)]

    assert pages == names(PlaceFilter())


def test_counts_say_what_each_kind_would_give(places):
    assert queries.count_kinds(PlaceFilter(kinds=frozenset({PlaceKind.POLE}))) == {
        "fablab": 2,
        "epn": 1,
        "pole": 1,
        "laureat": 1,
    }
    by_zone = queries.count_by_zone()
    assert sorted(by_zone.values(), key=len) == [{"pole": 1}, {"fablab": 2, "epn": 1, "laureat": 1}]


def test_neighbours_are_the_nearest_first_and_never_invented_ones(places):
    make_place(name="Inventé", is_demo=True)
    far = make_place(name="Loin", latitude=48.2, longitude=-1.6775)

    near = queries.list_near(places["lab"], metres=15_000)

    assert [place.name for place, _metres in near] == ["Élu Lab", "EPN du bourg", "Pôle", "Loin"]
    assert near[-1] == (far, pytest.approx(9_490, abs=60))


def test_where_nobody_is_near_the_nearest_three_are_told(db):
    alone = make_place(name="Seul", latitude=46.0, longitude=2.0)
    for number, latitude in enumerate((47.0, 47.2, 47.4, 47.6)):
        make_place(name=f"Loin {number}", latitude=latitude, longitude=2.0)

    near = queries.list_near(alone, metres=15_000, farther=300_000)

    assert [place.name for place, _metres in near] == ["Loin 0", "Loin 1", "Loin 2"]
    assert queries.list_near(alone, metres=15_000, farther=50_000) == []
    assert queries.list_near(alone, metres=15_000) == []


def test_a_person_finds_the_places_they_look_after(db):
    alice, bob = make_account(), make_account()
    hers = make_place(managers=(alice,))
    make_place(managers=(bob,))

    assert queries.list_managed_by(alice.id) == [hers]


def test_a_place_that_does_not_exist_is_not_found(db):
    with pytest.raises(NotFound):
        queries.get_place("nulle-part")


def test_who_publishes_does_so_for_the_places_of_theirs_the_one_asked_for_first(db):
    alice, bob = make_account(name="Alice"), make_account(name="Bob")
    first, second = make_place(name="A", managers=(alice,)), make_place(name="B", managers=(alice,))
    his = make_place(name="C", managers=(bob,))

    assert queries.list_to_publish_for(alice, first=None) == [first, second]
    assert queries.list_to_publish_for(alice, first=second.slug) == [second, first]
    for person, slug in ((alice, his.slug), (make_account(name="Chloé"), None)):
        with pytest.raises(Forbidden):
            queries.list_to_publish_for(person, first=slug)


def test_a_former_address_leads_to_the_place_and_is_given_to_no_other(db):
    lab = make_place()
    db.add(PlaceAlias(slug="ancien-nom-rennes", place_id=lab.id))
    db.flush()

    with pytest.raises(Moved) as moved:
        queries.get_place("ancien-nom-rennes")

    assert (moved.value.former, moved.value.now) == ("ancien-nom-rennes", lab.slug)
    assert make_place(name="Ancien nom").slug == "ancien-nom-rennes-2"
    assert queries.map_moved(["ancien-nom-rennes", lab.slug, "rien"]) == {"ancien-nom-rennes": lab.slug}
