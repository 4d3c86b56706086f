"""The committed data are whole, agree with one another, and hold nothing about a person."""

import json
import re
from collections import Counter
from datetime import date

import pytest
import shapely

from fablabmesh.opendata import national
from fablabmesh.opendata.lieux import read_lieux
from fablabmesh.opendata.report import Fault, Severity
from fablabmesh.places.rules import Confidence, PlaceKind, Precision
from fablabmesh.zones.rules import Standing, department_of_insee

pytestmark = pytest.mark.slow  # together seconds, of which the fast run has few

LIGHT, DARK = "#f7f5f0", "#16191d"


@pytest.fixture(scope="module")
def imported():
    return read_lieux(national.read_places(), gazetteer=national.make_gazetteer(), source="", licence="LO", labels={})


@pytest.mark.parametrize("light", [False, True])
def test_the_101_departments_are_valid_and_share_their_borders(light):
    shapes = national.list_department_shapes(light=light)
    polygons = [shapely.geometry.shape(geometry) for _code, _name, geometry in shapes]

    assert len({code for code, _name, _geometry in shapes}) == national.DEPARTMENTS_COUNT
    assert all(shapely.is_valid(polygons))
    assert shapely.coverage_is_valid(polygons)


def test_every_commune_stands_in_its_department_or_at_its_border():
    shapes = {code: shapely.geometry.shape(shape) for code, _name, shape in national.list_department_shapes()}
    for shape in shapes.values():
        shapely.prepare(shape)
    towns = national.list_towns()
    outside = [t for t in towns if not shapes[t.department].contains(shapely.Point(t.longitude, t.latitude))]
    away = [shapes[t.department].distance(shapely.Point(t.longitude, t.latitude)) for t in outside]

    assert len(towns) > 34_900
    assert len(outside) < len(towns) * 0.003
    assert max(away) < 0.02


def test_overseas_departments_are_where_they_are():
    shapes = {code: shapely.geometry.shape(shape) for code, _name, shape in national.list_department_shapes()}

    assert shapes["974"].bounds[1] < -21
    assert shapes["973"].contains(shapely.Point(-52.33, 4.93))


def test_the_spanish_town_inside_the_pyrenees_stays_spanish():
    shapes = {code: shapely.geometry.shape(shape) for code, _name, shape in national.list_department_shapes()}

    assert not shapes["66"].contains(shapely.Point(1.98, 42.464))


def test_the_arrondissements_of_paris_are_communes_of_paris():
    found = national.make_gazetteer()

    assert [found.get(insee).department for insee in ("75111", "75113", "69383", "13208")] == ["75", "75", "69", "13"]
    assert found.find("PARIS", "75011").insee == "75056"


def test_every_department_is_in_one_region_and_in_one_zone_of_each_programme():
    regions = national.map_regions()
    departments = [code for _name, codes in regions.values() for code in codes]
    zones = {(row["programme"], row["slug"]) for row in national.read_rows("zones.csv")}
    parts = national.read_rows("composition.csv")

    assert sorted(departments) == sorted(code for code, _name, _shape in national.list_department_shapes())
    assert len(regions) == 27
    assert {(part["programme"], part["zone"]) for part in parts} == zones
    for programme in ("fablab", "epn"):
        assert sorted(p["region"] for p in parts if p["programme"] == programme) == sorted(regions)


def test_what_a_source_says_of_the_composition_and_what_is_supposed():
    parts = national.read_rows("composition.csv")

    counts = Counter((part["programme"], Standing(part["standing"])) for part in parts)

    assert counts[("fablab", Standing.SOURCE)] == 1
    assert counts[("epn", Standing.SOURCE)] == 5
    assert all(part["reason"] for part in parts)


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_zone_has_one_colour_that_shows_on_light_and_dark():
    colours = {}
    for row in national.read_rows("zones.csv"):
        colours.setdefault(row["slug"], set()).add(row["colour"])

    assert all(len(shades) == 1 for shades in colours.values())
    assert len({shade for shades in colours.values() for shade in shades}) == len(colours)
    for (shade,) in colours.values():
        assert (luminance(LIGHT) + 0.05) / (luminance(shade) + 0.05) >= 3
        assert (luminance(shade) + 0.05) / (luminance(DARK) + 0.05) >= 3


def test_the_fourteen_laureates_have_sources_and_confidence():
    rows = national.read_rows("laureates.csv")

    assert len({row["slug"] for row in rows}) == 14
    for row in rows:
        assert row["laureate_source"]
        assert row["place_source"]
        assert {row["laureate_confidence"], row["place_confidence"]} <= set(Confidence)
        assert row["precision"] in set(Precision)
        assert department_of_insee(row["insee"])


def test_only_poles_that_a_source_names_are_given():
    roles = national.read_rows("pole-roles.csv")
    zones = {(row["programme"], row["slug"]) for row in national.read_rows("zones.csv")}

    assert {row["slug"] for row in national.read_rows("poles.csv")} == {role["pole"] for role in roles}
    assert [(role["programme"], role["zone"]) for role in roles if (role["programme"], role["zone"]) not in zones] == []
    assert all(role["reason"] for role in roles)


def test_the_french_of_the_tables_uses_french_typography():
    wrong = []
    for name in (
        "calls.csv",
        "laureates.csv",
        "poles.csv",
        "pole-roles.csv",
        "composition.csv",
        "zones.csv",
        "regions.csv",
    ):
        text = national.read_bytes(name).decode()
        wrong += [f"{name}: {found}" for found in re.findall(r".{0,20}(?:'| [;:!?»]|« ).{0,20}", text)]

    assert wrong == []


def test_no_mail_and_no_mobile_phone_is_committed():
    text = national.read_places().decode()

    assert re.findall(r"[\w.]+@\w+\.\w+", text) == []
    assert re.findall(r"\"\+33[67]", text) == []
    assert {column for record in json.loads(text) for column in record} & {"courriel", "courriels"} == set()


def test_all_687_real_places_are_read(imported):
    drafts, report = imported

    assert (report.read, len(drafts), report.count(Severity.REFUSED)) == (687, 687, 0)
    assert len({draft.source_id for draft in drafts}) == 687
    assert Counter(draft.values["kind"] for draft in drafts) == {PlaceKind.EPN: 681, PlaceKind.FABLAB: 6}
    assert [draft for draft in drafts if draft.values["latitude"] is None] == []
    assert max(draft.values["source_updated_on"] for draft in drafts) < date(2023, 1, 1)


def test_the_known_faults_of_the_file_are_told(imported):
    counts: Counter[Fault] = Counter()
    for found in imported[1].problems:
        counts[found.fault] += found.rows

    assert counts[Fault.ESCAPED] == 2
    # Nine as written, and one more whose communes are the same once spelled alike.
    assert counts[Fault.POSSIBLE_DUPLICATE] == 10
    assert counts[Fault.SPELLING] > 154
    assert [draft.values["commune"] for draft in imported[0] if draft.values["commune"].isupper()] == []


def test_a_finding_gives_the_real_line_of_the_file(imported):
    lines = national.read_places().decode().split("\n")

    for found in imported[1].problems:
        assert lines[found.line - 1] == "{"
