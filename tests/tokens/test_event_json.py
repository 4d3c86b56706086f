"""JSON as programs send it, before the form of an event sees it."""

import pytest

from fablabmesh.events.rules import When
from fablabmesh.tokens.event_json import DEFAULTS, REQUIRED, Unreadable, check, parse, problems_of, read_when


@pytest.fixture(autouse=True)
def in_french(pages):
    with pages.test_request_context("/"):
        yield


WHOLE = DEFAULTS | {
    "place": "lab",
    "title": "Atelier",
    "category": "atelier",
    "starts_local": "2090-06-10T18:00",
    "ends_local": "2090-06-10T20:00",
}


def test_what_is_left_out_is_as_usual():
    assert check({name: WHOLE[name] for name in REQUIRED}) == (WHOLE, {})


def test_a_part_of_an_object_leaves_the_rest_of_it():
    kept = WHOLE | {"price": {"kind": "amount", "amount": 5}}

    whole, problems = check({"price": {"amount": 7}}, defaults=kept)

    assert (whole["price"], problems) == ({"kind": "amount", "amount": 7}, {})


def test_defaults_are_not_written_into():
    check(WHOLE | {"price": {"kind": "free"}, "where": {"text": "Rennes"}})

    assert (DEFAULTS["price"], DEFAULTS["where"]) == ({"kind": "unsaid", "amount": None}, {"place": None, "text": ""})


def test_null_empties_what_may_be_empty():
    whole, problems = check(WHOLE | {"registration_url": None, "online": {"url": None}, "capacity": None})

    assert (whole["registration_url"], whole["online"]["url"], whole["capacity"]) == ("", "", None)
    assert problems == {}


@pytest.mark.parametrize("name", REQUIRED)
def test_an_event_is_nothing_without(name):
    assert list(check(WHOLE | {name: ""})[1]) == [name]


def test_an_unknown_name_is_refused_with_those_that_are_known():
    problems = check(WHOLE | {"titre": "x"})[1]

    assert problems["titre"][0].startswith("Ce nom n’est pas connu. Noms admis\u00a0: place, title, description")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"{}", {}),
        ('{"é": "\\ud83d\\ude00"}'.encode(), {"é": "😀"}),
        (b'"\\\\u0000"', "\\u0000"),
        (b"1e400", float("inf")),
    ],
)
def test_json_is_read(body, found):
    assert parse(body) == found


@pytest.mark.parametrize("body", [b"", b"NaN", b'{"a":1,"a":1}', b'"\\u0000"', b'{"\\ud800":1}', b"\xff"])
def test_what_no_text_may_hold_is_refused(body):
    with pytest.raises(Unreadable):
        parse(body)


def test_an_empty_zone_is_that_of_where_it_happens():
    when, problems = read_when(WHOLE, "Indian/Reunion")

    assert problems == {}
    assert isinstance(when, When)
    assert when.timezone == "Indian/Reunion"


def test_a_zone_that_an_import_brought_may_stay():
    assert read_when(WHOLE | {"timezone": "Asia/Tokyo"}, "Europe/Paris")[0] is None
    assert read_when(WHOLE | {"timezone": "Asia/Tokyo"}, "Europe/Paris", "Asia/Tokyo")[0] is not None


def test_the_form_s_words_are_told_by_member():
    errors = {"first_hour": ["Trop tôt."], "first_day": ["Trop tôt.", "Vérifiez."], "title": ["Donnez un titre."]}

    assert problems_of(errors) == {"starts_local": ["Trop tôt.", "Vérifiez."], "title": ["Donnez un titre."]}
