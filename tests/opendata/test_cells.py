"""What each kind of cell becomes, and what is said of it."""

from datetime import date

import pytest

from fablabmesh.opendata import cells, schemas
from fablabmesh.opendata.report import Fault


def told(read, *cell, **options):
    """(value, faults) of one reader."""
    faults = []
    value = read(*cell, lambda fault, _value, _detail: faults.append(fault), **options)
    return value, faults


@pytest.mark.parametrize(
    ("cell", "phone", "faults"),
    [
        ("", "", []),
        ("+33479613068", "+33 4 79 61 30 68", []),
        ("04 79 61 30 68", "+33 4 79 61 30 68", []),
        ("04.79.61.30.68 / 04 79 00 00 00", "", [Fault.BAD_PHONE]),
        ("04.79.61.30.68 ; 04 79 00 00 00", "+33 4 79 61 30 68", []),
        ("0033 4 79 61 30 68", "+33 4 79 61 30 68", []),
        ("+33 (0)4 79 61 30 68", "+33 4 79 61 30 68", []),
        ("+262262123456", "+262 2 62 12 34 56", []),
        ("+33612345678", "", [Fault.MOBILE]),
        ("07 12 34 56 78", "", [Fault.MOBILE]),
        ("+262692123456", "", [Fault.MOBILE]),
        ("3949", "", [Fault.BAD_PHONE]),
        ("+33 4 79", "", [Fault.BAD_PHONE]),
        ("appelez-nous", "", [Fault.BAD_PHONE]),
        ("٠٤٧٩٦١٣٠٦٨", "", [Fault.BAD_PHONE]),
    ],
)
def test_phones(cell, phone, faults):
    assert told(cells.read_phone, cell) == (phone, faults)


def test_a_mobile_number_is_not_even_quoted_in_the_report():
    said = []

    cells.read_phone("06 12 34 56 78", lambda *finding: said.append(finding))

    assert said == [(Fault.MOBILE, "", "")]


@pytest.mark.parametrize(
    ("cell", "website", "faults"),
    [
        ("", "", []),
        ("https://www.arqa.fr/", "https://www.arqa.fr/", []),
        ("www.arqa.fr", "https://www.arqa.fr", [Fault.SCHEME_ADDED]),
        ("arqa.fr:8080/x", "https://arqa.fr:8080/x", [Fault.SCHEME_ADDED]),
        ("https://a.fr;https://b.fr", "https://a.fr", [Fault.SEVERAL_WEBSITES]),
        ("https://a.fr/?x=1&amp;y=2;z", "https://a.fr/?x=1&y=2;z", []),
        ("javascript:alert(1)", "", [Fault.BAD_WEBSITE]),
        ("https://moi@exemple.fr/", "", [Fault.BAD_WEBSITE]),
        ("https://", "", [Fault.BAD_WEBSITE]),
        ("http://[::1", "", [Fault.BAD_WEBSITE]),
        ("http://a.fr:99999/", "", [Fault.BAD_WEBSITE]),
        ('https://a.fr/"onmouseover=alert(1)', "", [Fault.BAD_WEBSITE]),
        ("néant", "", [Fault.SCHEME_ADDED, Fault.BAD_WEBSITE]),
    ],
)
def test_websites(cell, website, faults):
    assert told(cells.read_website, cell) == (website, faults)


@pytest.mark.parametrize(
    ("cell", "day", "faults"),
    [
        ("", None, []),
        ("2021-05-05", date(2021, 5, 5), []),
        ("2021-05-05T10:00:00Z", date(2021, 5, 5), []),
        ("5/6/2021", date(2021, 6, 5), [Fault.DATE_REWRITTEN]),
        ("2021-13-45", None, [Fault.BAD_DATE]),
        ("31/02/2021", None, [Fault.BAD_DATE]),
        ("hier", None, [Fault.BAD_DATE]),
        ("0000-00-00", None, [Fault.BAD_DATE]),
    ],
)
def test_dates(cell, day, faults):
    assert told(cells.read_date, cell) == (day, faults)


@pytest.mark.parametrize(
    ("latitude", "longitude", "point", "faults"),
    [
        ("", "", None, []),
        ("45.69", "5.9", (45.69, 5.9), []),
        ("45,69", "5,9", (45.69, 5.9), [Fault.DECIMAL_COMMA]),
        ("5.9", "45.69", (45.69, 5.9), [Fault.SWAPPED]),
        ("-20.88", "55.45", (-20.88, 55.45), []),
        ("0", "0.0", None, [Fault.NULL_ISLAND]),
        ("52.5", "13.4", None, [Fault.OUTSIDE_FRANCE]),
        ("6518000", "926000", None, [Fault.BAD_COORDINATES]),
        ("NaN", "5.9", None, [Fault.BAD_COORDINATES]),
        ("1e999", "5.9", None, [Fault.BAD_COORDINATES]),
        ("45.69", "", None, [Fault.BAD_COORDINATES]),
        ("45° 41′", "5° 54′", None, [Fault.BAD_COORDINATES]),
        ("Infinity", "-Infinity", None, [Fault.BAD_COORDINATES]),
    ],
)
def test_points(latitude, longitude, point, faults):
    assert told(cells.read_point, latitude, longitude) == (point, faults)


@pytest.mark.parametrize(
    ("cell", "code", "faults"),
    [
        ("", "", []),
        ("73100", "73100", []),
        (" 73 100 ", "73100", []),
        ("1000", "01000", [Fault.ZERO_RESTORED]),
        ("73100.0", "73100", []),
        ("7310", "07310", [Fault.ZERO_RESTORED]),
        ("731000", "", [Fault.BAD_POSTCODE]),
        ("٧٣١٠٠", "", [Fault.BAD_POSTCODE]),
        ("CEDEX", "", [Fault.BAD_POSTCODE]),
    ],
)
def test_postcodes(cell, code, faults):
    def read(cell, tell):
        return cells.read_digits(cell, schemas.POSTCODE, tell, Fault.BAD_POSTCODE)

    assert told(read, cell) == (code, faults)


@pytest.mark.parametrize(
    ("cell", "text", "faults"),
    [
        ("  Clic' &amp; Ressources ", "Clic' & Ressources", [Fault.ESCAPED]),
        ("a\x00b\ud800c\td\ne", "abc d e", []),
        ("R&D", "R&D", []),
        ("&#0;&#55296;x", "\ufffd\ufffdx", [Fault.ESCAPED]),
        ("x" * 60, "x" * 49 + "…", [Fault.TOO_LONG]),
    ],
)
def test_texts(cell, text, faults):
    assert told(cells.read_text, cell, longest=50) == (text, faults)
