"""Counts by bitmaps say what PostGIS says, and are never of yesterday."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from fablabmesh.directory import facet_queries, queries
from fablabmesh.directory.facet_queries import Memory, count_facets
from fablabmesh.directory.filters import TERMS, Search
from fablabmesh.kit.db import session
from fablabmesh.places import actions as places
from fablabmesh.places.opening_actions import count_out
from fablabmesh.places.rules import PlaceKind
from tests.factories import make_department, make_event, make_place, make_project, make_zone

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def memory(db):
    """One that trusts what it knows, as in a process that serves."""
    kept = session.info["places_memory"]
    session.info["places_memory"] = fresh = Memory()
    yield fresh
    session.info["places_memory"] = kept


@pytest.fixture
def some(memory):
    make_department("35")
    make_department("974", "La Réunion", box=(55.2, -21.4, 55.9, -20.8), region=("04", "La Réunion"))
    make_zone("35")
    make_zone("974", slug="ocean", name="Océan")
    lab = make_place(name="Lab", labels=["cyber-base"], opening_hours="Tu,Sa 10:00-12:00", fees=["gratuit", "payant"])
    lab.machine_types = ["imprimante-3d-a-fil", "imprimante-3d"]
    epn = make_place(name="EPN", kind=PlaceKind.EPN, opening_hours="Sa 14:00-18:00", fees=["gratuit"])
    island = make_place(name="Île", department="974", insee="97411", commune="Saint-Denis", fees=["payant"])
    island.machine_types = ["imprimante-3d"]
    make_place(name="Fini", closed_on=date(2026, 1, 1), labels=["cyber-base"])
    places.put_laureate(places.put_call("appel-2013", name="Appel", year=2013), lab, project_name="Projet")
    places.update_place(epn, {"phone": "1"}, now=NOW)
    for place in (lab, epn):
        count_out([place], now=NOW)
    make_event(epn, starts="2026-11-27T18:00", ends="2026-11-27T20:00")
    make_project(lab)
    settle()
    return {"lab": lab, "epn": epn, "island": island}


def settle() -> None:
    """What is counted at the end of a transaction is counted now, and the next change is of another one."""
    session.commit()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    session.execute(text("SELECT set_config('mesh.place_number', '', true)"))


SEARCHES = [
    "",
    "genre=fablab",
    "genre=laureat&tarif=payant",
    "zone=ouest&machine=imprimante-3d",
    "departement=974",
    "appel=appel-2013",
    "label=cyber-base&fermes=oui",
    "ouvert=samedi&tarif=gratuit",
    "ouvert=maintenant",
    "ouvert=2026-11-28T15:00",
    "evenements=7",
    "du=2026-11-27&au=2026-11-28",
    "cherche-partenaires=oui&genre=epn",
    "maj=30",
    "maj=2026-11-24",
    "q=lab",
    "autour=48.11,-1.68&tarif=payant",
    "vue=50,-25,60,-15",
]


def read(query: str) -> Search:
    args: dict[str, list[str]] = {}
    for pair in query.split("&") if query else []:
        name, value = pair.split("=")
        args.setdefault(name, []).append(value)
    found = queries.read_asked(args, now=NOW).search
    assert found.unknown == ()
    return found


@pytest.mark.parametrize("query", SEARCHES)
def test_every_count_is_what_the_list_would_hold(some, query):
    search = read(query)

    counted = count_facets(search, now=NOW)

    assert counted.total == queries.count_found(search, now=NOW)
    for name, values in counted.of.items():
        for value, count in values.items():
            single = search.without("evenements") if name == "evenements" else search.without(name)
            asked = single.to_query(**{name: value}) if name != "zone" else single.to_query(zone=value)
            expected = queries.count_found(read(asked), now=NOW)
            if name == "fermes":
                expected -= queries.count_found(single, now=NOW)
            assert (name, value, count) == (name, value, expected)


def test_all_that_can_be_chosen_is_counted(some):
    counted = count_facets(Search(), now=NOW).of

    assert counted["genre"] == {"fablab": 2, "epn": 1, "laureat": 1}
    assert counted["machine"] == {"imprimante-3d": 2, "imprimante-3d-a-fil": 1}
    assert counted["zone"] == {"ouest": 2, "ocean": 1}
    assert counted["fermes"] == {"oui": 1}
    assert counted["ouvert"]["samedi"] == 2
    assert counted["ouvert"]["maintenant"] == 1
    assert set(TERMS) <= set(counted)


def test_a_change_is_counted_at_once_and_nothing_else_is_read(some, count_queries):
    assert count_facets(read("ouvert=mardi"), now=NOW).total == 1
    places.update_place(some["epn"], {"fees": [], "opening_hours": "Tu 08:00-09:00"}, now=NOW)
    settle()

    with count_queries() as seen:
        counted = count_facets(read("ouvert=mardi"), now=NOW)

    assert counted.total == 2
    assert count_facets(Search(), now=NOW).of["tarif"] == {"gratuit": 1, "payant": 2}
    reads = [statement for statement in seen if "place.machine_types" in statement]
    assert len(reads) == 1
    assert "place.id IN" in reads[0]


def test_a_place_that_is_gone_counts_no_more(some):
    before = count_facets(Search(), now=NOW).total
    session.delete(some["island"])
    settle()

    assert count_facets(Search(), now=NOW).total == before - 1


def test_a_second_count_reads_no_place_again(some, count_queries):
    count_facets(Search(), now=NOW)

    with count_queries() as seen:
        count_facets(Search(), now=NOW + timedelta(seconds=20))

    assert [statement for statement in seen if "place.machine_types" in statement or "place_opening" in statement] == []


def test_what_is_open_is_of_the_minute(some):
    assert count_facets(read("ouvert=maintenant"), now=NOW).total == 1
    assert count_facets(read("ouvert=maintenant"), now=NOW + timedelta(hours=2)).total == 0


def test_after_a_change_of_many_places_all_is_read_anew(some, monkeypatch):
    count_facets(Search(), now=NOW)
    monkeypatch.setattr(facet_queries, "_A_BATCH", 1)
    for place in some.values():
        place.fees = ["gratuit-sous-condition"]
    settle()

    counted = count_facets(Search(), now=NOW)

    assert counted.of["tarif"] == {"gratuit-sous-condition": 3}
    assert counted.total == 3


def test_moments_long_past_are_forgotten(some, memory, monkeypatch):
    monkeypatch.setattr(facet_queries, "_MOST_KEPT", 12)
    for minute in range(20):
        count_facets(Search(), now=NOW + timedelta(minutes=minute))

    assert len(memory._moments) == 12


def test_a_search_knows_what_it_leaves_open(some):
    search = replace(read("genre=epn"), seeks_partners=True)

    assert count_facets(search, now=NOW).of["cherche-partenaires"] == {"oui": 0}
