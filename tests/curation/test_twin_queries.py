"""Which pages are compared: near, of one commune, of one site; found by the chore, and decided about once."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from fablabmesh.curation import merge_actions, twin_queries
from fablabmesh.curation.models import PlaceTwin
from fablabmesh.curation.rules import Scope
from fablabmesh.curation.twins import WORTH_A_LOOK, web_key
from fablabmesh.places import actions as places
from fablabmesh.places.models import Place, PlaceChange
from fablabmesh.places.rules import PlaceKind
from tests.curation.conftest import LATER
from tests.factories import NOW, make_account, make_department, make_place

ALL = Scope(is_admin=True)


def search(now=NOW):
    """As the worker does, until nothing is left."""
    while merge_actions.search_twins(now):
        pass


def found(db):
    rows = db.execute(sa.select(PlaceTwin).order_by(PlaceTwin.place_id, PlaceTwin.other_id)).scalars()
    return [(row.place_id, row.other_id, row.dismissed_at) for row in rows]


def tell_change(db, place):
    """What a commit brings: the trigger counts at the end of the transaction, and that of a test has none."""
    number = db.scalar(sa.text("UPDATE place_number SET number = number + 1 RETURNING number"))
    row = insert(PlaceChange).values(place_id=place.id, number=number)
    db.execute(row.on_conflict_do_update(index_elements=["place_id"], set_={"number": number}))


def test_pages_that_are_alike_are_found_and_others_are_not(db):
    make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.6))
    lab = make_place(name="LabFab", website="https://labfab.test")
    twin = make_place(name="Le LabFab de Rennes", address="19, r. Hoche", latitude=48.1147)
    other = make_place(name="Cyber centre", address="3 quai", website="https://labfab.test/cyber")
    far = make_place(name="LabFab", department="44", insee="44109", commune="Nantes", latitude=47.2, longitude=-1.5)
    make_place(name="LabFab", is_demo=True)

    assert [(p.place_id, p.other_id) for p in twin_queries.list_pairs([lab.id])] == [(lab.id, twin.id)]
    assert twin_queries.list_pairs([other.id, far.id]) == []


def test_the_database_and_the_code_spell_a_site_alike(db):
    sites = ["https://www.LabFab.test/", "http://a.test/b/?", "", "https://a.test/?x=1"]
    made = [make_place(name=f"Lab {number}", website=site) for number, site in enumerate(sites)]

    keys = db.scalars(sa.select(Place.web_key).where(Place.id.in_([p.id for p in made])).order_by(Place.id)).all()

    assert keys == [web_key(site) for site in sites]


def test_the_chore_goes_on_where_it_was_and_follows_what_changes(db):
    lab = make_place(name="LabFab")
    db.commit()
    search()
    assert found(db) == []

    twin = make_place(name="Lab Fab")
    tell_change(db, twin)
    search()
    assert found(db) == [(lab.id, twin.id, None)]

    places.update_place(twin, {"name": "Menuiserie", "address": "1 quai", "latitude": 48.2}, now=LATER)
    tell_change(db, twin)
    search()
    assert found(db) == []


def test_who_said_that_they_are_two_is_not_asked_again(db):
    lab, twin = make_place(name="LabFab"), make_place(name="Lab Fab")
    db.commit()
    search()
    assert (twin_queries.count_twins(ALL), [t.place.name for t in twin_queries.list_twins(ALL, limit=9)]) == (
        1,
        ["LabFab"],
    )

    merge_actions.dismiss(twin, lab, by=make_account(), now=LATER)
    db.execute(sa.text("DELETE FROM twin_search"))
    search()

    assert found(db) == [(lab.id, twin.id, LATER)]
    assert twin_queries.count_twins(ALL) == 0


def test_a_place_that_is_proposed_is_compared_with_those_that_are_there(db):
    lab = make_place(name="LabFab", website="https://labfab.test")
    make_place(name="Médiathèque", address="2 quai", latitude=48.12)
    given = {"name": "Fablab LabFab", "commune": "Rennes", "insee": "35238", "kind": "fablab", "precision": "commune"}
    by_site = {
        "name": "Autre nom",
        "website": "http://www.labfab.test",
        "kind": "fablab",
        "phone": "",
        "address": "19 rue Hoche",
    }

    assert [like.place.id for like in twin_queries.list_like(given)] == [lab.id]
    assert [like.place.id for like in twin_queries.list_like(by_site)] == []
    assert [like.place.id for like in twin_queries.list_like(by_site | {"name": "Lab"})] == [lab.id]
    assert twin_queries.list_like(given, but=lab.id) == []
    assert twin_queries.list_like({"name": "Rien"}) == []


def make_imported(name, commune, *, latitude, **values):
    """As an importer writes it: a postcode, and no code of the commune."""
    make_department("42", "Loire", box=(3.7, 45.2, 4.8, 46.3))
    told = {"department": "42", "insee": None, "postcode": "42000", "longitude": 4.39, "address": ""} | values
    return make_place(name=name, commune=commune, latitude=latitude, **told)


def test_places_of_one_commune_are_compared_without_its_code(db):
    address = {"address": "507 rue du Pré de l’Âne"}
    one = make_imported("Espace socioculturel des Combes", "Saint-Étienne", latitude=45.40, **address)
    # Written otherwise and 6 km away: it is a point that is wrong.
    other = make_imported(
        "Espace socioculturel des Combes", "St Etienne", latitude=45.454, postcode="42100",
        address="507, r. du Pre de l'Ane",
    )  # fmt: skip
    lab = make_imported("Zoomacom", "Saint-Étienne", latitude=45.42)
    space = make_imported("Zoomacom", "Saint-Étienne Cedex 1", latitude=45.43, postcode="42009", kind=PlaceKind.EPN)
    make_imported("Zoomacom", "Roanne", latitude=46.03, postcode="42300")
    db.commit()
    search()

    assert found(db) == [(one.id, other.id, None), (lab.id, space.id, None)]


def test_a_place_that_is_proposed_is_known_where_the_one_that_is_there_has_no_code(db):
    space = make_imported("Zoomacom", "Saint-Étienne", latitude=45.42, kind=PlaceKind.EPN)
    make_imported("Zoomacom", "Roanne", latitude=46.03, postcode="42300")
    given = {"name": "Zoomacom", "commune": "Saint Etienne", "insee": "42218", "kind": "fablab", "postcode": "42100"}

    assert [like.place.id for like in twin_queries.list_like(given)] == [space.id]
    assert [like.likeness.score for like in twin_queries.list_like(given)] == [WORTH_A_LOOK]
    assert [like.place.id for like in twin_queries.list_like(given | {"commune": "", "postcode": "42000"})] == [
        space.id
    ]
    assert twin_queries.list_like(given | {"name": "Menuiserie"}) == []


def test_what_hangs_on_a_place_is_counted(db):
    lab = make_place(managers=(make_account(),))

    assert twin_queries.count_what_hangs(lab.id) == {"managers": 1}
