"""Everything there is is found by what people type, the best first, in bounded time."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql

from fablabmesh.kit.geo import Point
from fablabmesh.kit.text import fold, search_words
from fablabmesh.places import actions as places
from fablabmesh.places import queries as places_queries
from fablabmesh.places.filters import PlaceFilter
from fablabmesh.places.models import Machine, PlaceAlias
from fablabmesh.search import actions, queries
from fablabmesh.terms import queries as terms
from fablabmesh.terms.rules import Vocabulary
from fablabmesh.zones.models import Commune
from tests.factories import NOW, make_department, make_event, make_place, make_project, make_zone


def make_commune(name, insee, *postcodes, population=1000, at=(48.1, -1.7)):
    make_department()
    commune = Commune(
        insee=insee,
        name=name,
        folded_name=fold(name),
        postcodes=list(postcodes),
        department_code="35",
        latitude=at[0],
        longitude=at[1],
        population=population,
    )
    queries.session.add(commune)
    queries.session.flush()
    return commune


def names(text, sort="places", limit=10):
    items = getattr(queries.find(text, now=NOW, limit=limit), sort).items
    return [item.title if sort == "projects" else item.name for item in items]


@pytest.fixture
def town(db):
    make_commune("Saint-Étienne", "42218", "42000", "42100", population=170_000)
    make_place(name="Fab Lab OpenFactory", commune="Saint-Étienne", postcode="42000")
    make_place(name="L’Atelier d’Ampère", commune="Saint-Étienne", postcode="42100")
    make_place(name="Mairie de Saint-Étienne-du-Bois", commune="Saint-Étienne-du-Bois", postcode="01370")


@pytest.mark.parametrize(
    "text",
    ["OPENFACTORY", "fablab open", "openf", "factory", "Fab-Lab OpenFactory", "fab lab st étienne", "open 42000"],
)
def test_a_place_is_found_by_any_part_of_its_name_commune_and_postcode(town, text):
    assert names(text) == ["Fab Lab OpenFactory"]


@pytest.mark.parametrize("text", ["saint-etienne", "SAINT ÉTIENNE", "st etienne", "St-Étienne"])
def test_what_is_in_the_commune_comes_before_what_only_bears_its_name(town, text):
    assert names(text)[2:] == ["Mairie de Saint-Étienne-du-Bois"]
    assert names(text, "towns") == ["Saint-Étienne"]


@pytest.mark.parametrize("text", ["l'atelier d'ampère", "l’atelier", "ampere", "l atelier d ampere"])
def test_apostrophes_are_no_obstacle(town, text):
    assert names(text) == ["L’Atelier d’Ampère"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("stetienne", "saint etienne"), ("sain-etiene", "saint etienne"), ("opnefactory", "openfactory")],
)
def test_a_mistyped_word_is_taken_for_the_nearest_that_is_found(town, typed, meant):
    actions.learn_words(NOW)

    found = queries.find(typed, now=NOW, limit=5)

    assert found.mended == meant
    assert "Fab Lab OpenFactory" in [place.name for place in found.places.items]


def test_machines_services_and_labels_find_the_place_in_both_languages_and_by_model(db):
    place = make_place(name="Chez Ada", labels=["cyber-base"])
    place.machine_types = ["imprimante-3d"]
    kind = terms.map_terms()[Vocabulary.MACHINE]["imprimante-3d"]
    db.add(Machine(place_id=place.id, position=1, type_id=kind.id, model="Prusa MK4", materials=[]))
    db.flush()
    actions.learn_words(NOW)

    for text in ("imprimante 3d", "3d printer", "prusa", "cyber-base", "ada imprim"):
        assert (text, names(text)) == (text, ["Chez Ada"])
    assert queries.find("imprimente 3d", now=NOW, limit=5).mended == "imprimante 3d"
    assert names("imprimente 3d") == ["Chez Ada"]
    assert [term.code for term in queries.find("imprimante 3d", now=NOW, limit=1).terms.items] == ["imprimante-3d"]


def test_the_plural_of_a_machine_finds_the_machine_and_who_has_one(db):
    lab = make_place(name="Chez Ada")
    lab.machine_types = ["imprimante-3d"]
    db.flush()
    machines = [term for term in terms.list_terms(Vocabulary.MACHINE) if term.name_fr.split()[0].isalpha()]

    unfound = []
    for term in machines:
        first, _space, rest = term.name_fr.partition(" ")
        plural = f"{first.rstrip('s')}s {rest}".strip()
        if term.code not in {found.code for found in queries.find(plural, now=NOW, limit=60).terms.items}:
            unfound.append(plural)

    assert (len(machines) > 10, unfound) == (True, [])
    assert [names(text) for text in ("imprimantes 3d", "IMPRIMANTES")] == [["Chez Ada"]] * 2
    assert [place.name for place in places_queries.list_places(PlaceFilter(text="imprimantes"))] == ["Chez Ada"]


def test_a_label_written_as_one_word_is_the_label_in_two(db):
    make_place(name="Espace du bourg", labels=["cyber-base"])

    found = queries.find("cyberbase", now=NOW, limit=5)

    assert [term.code for term in found.terms.items] == ["cyber-base"]
    assert [place.name for place in found.places.items] == ["Espace du bourg"]


@pytest.mark.parametrize(
    "text", ["paris 11", "Paris 11e", "PARIS 11ème arrondissement", "paris 75011", "Paris, 11e arr."]
)
def test_an_arrondissement_is_its_postcode(db, text):
    make_commune("Paris", "75056", "75001", "75011", population=2_100_000)
    for number in (1, 11):
        make_place(name=f"Lab {number}", commune="Paris", postcode=f"750{number:02d}")

    assert (names(text), names(text, "towns")) == (["Lab 11"], ["Paris"])
    assert [place.name for place in places_queries.list_places(PlaceFilter(text=text))] == ["Lab 11"]


def test_an_arrondissement_without_a_place_leads_to_the_commune(db):
    make_commune("Lyon", "69123", "69001", "69003", population=500_000)

    assert (names("lyon 3eme"), names("lyon 3eme", "towns")) == ([], ["Lyon"])


def test_a_machine_that_left_and_a_term_of_another_name_are_found_so_no_more(db):
    place = make_place(name="Chez Ada", labels=["cyber-base"])
    kind = terms.map_terms()[Vocabulary.MACHINE]["imprimante-3d"]
    machine = Machine(place_id=place.id, position=1, type_id=kind.id, model="Prusa MK4", materials=[])
    db.add(machine)
    db.flush()
    db.delete(machine)
    terms.map_terms()[Vocabulary.LABEL]["cyber-base"].name_fr = "Base numérique"
    db.flush()

    assert names("prusa") == []
    assert names("base numerique") == ["Chez Ada"]


def test_a_place_is_found_by_the_address_it_had(db):
    place = make_place(name="Nouveau nom")
    db.add(PlaceAlias(slug="ancien-labo", place_id=place.id))
    db.flush()

    assert names("ancien labo") == ["Nouveau nom"]


def test_descriptions_are_searched_in_all_forms_of_a_word_and_come_apart(db):
    make_place(name="Chez Ada", description="Les machines **réparées** servent aux enfants.")

    found = [queries.find(text, now=NOW, limit=5) for text in ("réparer machine", "reparees enfant", "réparer vélo")]

    assert [[place.name for place in each.described.items] for each in found] == [["Chez Ada"], ["Chez Ada"], []]
    assert [each.places.count for each in found] == [0, 0, 0]


def test_a_change_of_name_is_found_at_once(db):
    place = make_place(name="Ancien")
    places.update_place(place, {"name": "Tout neuf"}, now=NOW)

    assert (names("ancien"), names("tout neuf")) == ([], ["Tout neuf"])


def test_communes_are_found_by_postcode_and_at_the_end_of_a_question(town):
    assert names("42100", "towns") == ["Saint-Étienne"]
    assert names("fab lab saint étienne", "towns") == ["Saint-Étienne"]
    assert names("3d", "towns") == []


def test_zones_are_found_by_their_name_their_departments_and_their_former_regions(db):
    make_department()
    make_zone("35", name="Grand Ouest", slug="grand-ouest")

    for text in ("grand ouest", "ille-et-vilaine", "Bretagne"):
        assert (text, names(text, "zones")) == (text, ["Grand Ouest"])
    assert names("grand est", "zones") == []


def test_events_to_come_and_projects_are_found_with_their_next_date(db):
    place = make_place(name="Chez Ada")
    event = make_event(place, title="Couture du samedi")
    make_event(place, title="Couture passée", starts="2020-01-04T10:00", ends="2020-01-04T12:00")
    make_project(place, title="Une machine à coudre libre")

    found = queries.find("couture", now=NOW, limit=5)

    assert [(shown.id, date.event_id) for shown, date in found.events.items] == [(event.id, event.id)]
    assert names("machine coudre", "projects") == ["Une machine à coudre libre"]


def test_a_draft_and_a_deleted_event_are_nowhere(db):
    place = make_place(name="Chez Ada")
    make_event(place, title="Couture un").is_draft = True
    make_event(place, title="Couture deux").deleted_at = NOW
    db.flush()

    assert queries.find("couture", now=NOW, limit=5).events.count == 0


def test_a_count_says_that_it_stopped(db, monkeypatch):
    monkeypatch.setattr(queries, "MOST_CANDIDATES", 3)
    for number in range(4):
        make_place(name=f"Atelier {number}")

    found = queries.find("atelier", now=NOW, limit=2).places

    assert (len(found.items), found.count, found.is_capped) == (2, 3, True)


def test_while_one_types_names_that_begin_so_are_enough_where_they_are_plenty(db, monkeypatch):
    monkeypatch.setattr(queries, "MOST_BY_NAME", 3)
    for number in range(3):
        make_place(name=f"Atelier {number}")
    make_place(name="Notre atelier")

    whole = queries.find("atelier", now=NOW, limit=3).places
    brief = queries.find("atelier", now=NOW, limit=3, with_descriptions=False).places
    few = queries.find("notre", now=NOW, limit=3, with_descriptions=False).places

    assert (whole.count, whole.is_capped) == (4, False)
    assert (brief.items, brief.count, brief.is_capped) == (whole.items, 3, True)
    assert ([place.name for place in few.items], few.count, few.is_capped) == (["Notre atelier"], 1, False)


def test_the_nearest_come_first(db):
    make_place(name="Loin", latitude=48.5, longitude=-1.6)
    make_place(name="Près", latitude=48.12, longitude=-1.68)
    make_place(name="Nulle part", latitude=None, longitude=None)

    found = queries.list_nearest(Point(48.11, -1.68), limit=2)

    assert [(place.name, round(metres, -3)) for place, metres in found] == [("Près", 1000), ("Loin", 44000)]


def plan(db, statement) -> str:
    compiled = statement.compile(db.get_bind(), compile_kwargs={"literal_binds": True})
    db.execute(sql("SET LOCAL enable_seqscan = off"))
    return "\n".join(db.scalars(sql(f"EXPLAIN {compiled}".replace(":", "\\:"))))


def test_names_are_read_along_their_index_and_words_by_trigrams(db):
    found = plan(db, queries.beginning_so("atelier")) + plan(db, queries.place_candidates(["atelier"]))

    assert "Index Cond: ((folded_name ~>=~ 'atelier'::text) AND (folded_name ~<~ 'atelies'::text))" in found
    assert "ix_place_name_text" in found
    assert "ix_place_search_text" in found
    assert "Seq Scan on place" not in found


def test_the_nearest_are_read_along_the_index_of_points(db):
    found = plan(db, queries.nearest_ids(Point(48, -1), 10))

    assert "Index Scan using ix_place_location" in found
    assert "Order By: (location <->" in found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=120).filter(lambda text: "\x00" not in text and text.isprintable()))
def test_no_text_is_too_strange(db, text):
    queries.find(text, now=NOW, limit=2)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="aéÉœßÆ’'-_ .,²ñŒü St", max_size=30))
def test_words_are_folded_in_the_database_as_in_the_code(db, text):
    folded, words = db.execute(sql("SELECT fold(:told), fold_words(:told)"), {"told": text}).one()

    assert (folded, words.split()) == (fold(text), search_words(text))
