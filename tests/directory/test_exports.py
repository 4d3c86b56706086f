"""Places as files, byte for byte, and read back."""

import csv
import io
import xml.etree.ElementTree as ElementTree
from datetime import date

import pytest

from fablabmesh.directory.exports import COLUMNS, FORMATS, Cover, Row, render_csv, render_gpx, render_kml

COVER = Cover("Lieux", "https://exemple.test/?genre=epn&q=a", "https://exemple.test/lieux/", date(2026, 11, 24))


@pytest.fixture(autouse=True)
def french(pages):
    with pages.app_context():
        yield


def make_row(**values) -> Row:
    given = dict.fromkeys(COLUMNS, "") | {
        "slug": "labfab",
        "name": "LabFab",
        "kind": "fablab",
        "address": "19 rue Hoche",
        "postcode": "35000",
        "commune": "Rennes",
        "latitude": 48.1146,
        "longitude": -1.6775,
        "labels": ["cyber-base", "eric"],
        "closed_on": None,
        "source": "Essai",
        "source_licence": "Licence Ouverte 2.0",
        "source_updated_on": date(2026, 11, 1),
        "confirmed_on": date(2026, 11, 2),
        "is_demo": False,
    }
    for name in ("services", "machine_types", "audiences", "accessibility", "fees", "support", "calls"):
        given[name] = []
    return Row(**given | values)


def read_table(*rows: Row) -> list[dict[str, str]]:
    text = "".join(render_csv(COVER, rows))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))


def test_a_table_has_a_column_for_each_thing_and_its_source():
    (row,) = read_table(make_row())

    assert row == dict.fromkeys(COLUMNS, "") | {
        "slug": "labfab",
        "name": "LabFab",
        "kind": "fablab",
        "address": "19 rue Hoche",
        "postcode": "35000",
        "commune": "Rennes",
        "latitude": "48.1146",
        "longitude": "-1.6775",
        "labels": "cyber-base|eric",
        "source": "Essai",
        "source_licence": "Licence Ouverte 2.0",
        "source_updated_on": "2026-11-01",
        "confirmed_on": "2026-11-02",
        "is_demo": "false",
        "url": "https://exemple.test/lieux/labfab",
        "exported_on": "2026-11-24",
    }


@pytest.mark.parametrize("text", ["=1+1", "+33 2", "-1", "@a", "\tx", "\rx", "\nx"])
def test_no_cell_is_taken_for_a_formula(text):
    (row,) = read_table(make_row(name=text, labels=[text]))

    assert row["name"] == f"'{text}"
    assert row["labels"] == f"'{text}"


def test_what_parts_cells_and_lines_stays_within_a_cell():
    (row,) = read_table(make_row(name='a;b"c', address="d\r\ne"))

    assert (row["name"], row["address"]) == ('a;b"c', "d\r\ne")


def test_kml_is_as_google_earth_reads_it():
    text = "".join(render_kml(COVER, [make_row(name="A & <B>", phone="1"), make_row(slug="x", latitude=None)]))

    assert text == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        "<name>Lieux</name><description>Source et licence de chaque lieu\u00a0: voir sa fiche. Données du 2026-11-24,"
        " https://exemple.test/?genre=epn&amp;q=a</description>\n"
        '<Placemark id="labfab"><name>A &amp; &lt;B&gt;</name><address>19 rue Hoche, 35000 Rennes</address>'
        "<phoneNumber>1</phoneNumber><description>19 rue Hoche, 35000 Rennes\n1\nhttps://exemple.test/lieux/labfab\n"
        "Source\u00a0: Essai, Licence Ouverte 2.0, 2026-11-01</description>"
        "<Point><coordinates>-1.6775,48.1146</coordinates></Point></Placemark>\n"
        '<Placemark id="x"><name>LabFab</name><address>19 rue Hoche, 35000 Rennes</address>'
        "<description>19 rue Hoche, 35000 Rennes\nhttps://exemple.test/lieux/x\n"
        "Source\u00a0: Essai, Licence Ouverte 2.0, 2026-11-01</description></Placemark>\n"
        "</Document></kml>\n"
    )
    ElementTree.fromstring(text)


def test_gpx_has_the_places_that_have_a_point():
    text = "".join(render_gpx(COVER, [make_row(), make_row(slug="x", latitude=None)]))

    document = ElementTree.fromstring(text)
    points = document.findall("{http://www.topografix.com/GPX/1/1}wpt")
    assert [(point.get("lat"), point.get("lon")) for point in points] == [("48.1146", "-1.6775")]
    assert points[0].find("{http://www.topografix.com/GPX/1/1}name").text == "LabFab"


@pytest.mark.parametrize("render", [render_kml, render_gpx])
def test_no_character_breaks_the_xml(render):
    strange = make_row(name="a\x00b\x0bc\ufffe]]>", opening_hours='"&<')

    ElementTree.fromstring("".join(render(COVER, [strange])))


def test_an_invented_place_says_so_in_every_file():
    demo = make_row(is_demo=True)

    assert read_table(demo)[0]["is_demo"] == "true"
    assert "Exemple inventé" in "".join(render_kml(COVER, [demo]))
    assert "Exemple inventé" in "".join(render_gpx(COVER, [demo]))


def test_the_formats_are_those_that_the_page_offers():
    assert list(FORMATS) == ["geojson", "csv", "kml", "gpx"]
