"""What the API refuses, and how its description becomes a document."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from fablabmesh.kit import openapi
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.openapi import TEXT, array, choice, record

QUERY: openapi.Query = {
    "genre": (array(choice(["lab", "pole"])), ""),
    "etat": (choice(["fini"]), ""),
    "limit": ({"type": "integer", "minimum": 1, "maximum": 10}, ""),
    "page": ({"type": "integer", "minimum": 1}, ""),
    "ecart": ({"type": "integer"}, ""),
    "du": ({"type": "string", "format": "date"}, ""),
    "q": ({"type": "string", "maxLength": 5}, ""),
}


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize(
    "args",
    [
        [],
        [("genre", "lab"), ("genre", "pole")],
        [("etat", ""), ("limit", "")],
        [("limit", "1")],
        [("limit", "10")],
        [("ecart", "-3")],
        [("du", "2026-02-28")],
        [("q", "œuvre")],
    ],
)
def test_what_the_description_allows_passes(args):
    assert openapi.check_query(MultiDict(args), QUERY) is None


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            [("zone", "x")],
            "Paramètre inconnu : zone. Paramètres admis : du, ecart, etat, genre, limit, page, q.",
        ),
        ([("genre", "x")], "Paramètre genre : « x » ne convient pas. Attendu : une valeur parmi lab, pole."),
        (
            [("genre", "lab"), ("genre", "x")],
            "Paramètre genre : « x » ne convient pas. Attendu : une valeur parmi lab, pole.",
        ),
        ([("etat", "fini"), ("etat", "fini")], "Le paramètre etat ne se donne qu’une fois."),
        ([("limit", "0")], "Paramètre limit : « 0 » ne convient pas. Attendu : un nombre entier de 1 à 10."),
        ([("limit", "11")], "Paramètre limit : « 11 » ne convient pas. Attendu : un nombre entier de 1 à 10."),
        ([("limit", "٣")], "Paramètre limit : « ٣ » ne convient pas. Attendu : un nombre entier de 1 à 10."),
        ([("page", "0")], "Paramètre page : « 0 » ne convient pas. Attendu : un nombre entier à partir de 1."),
        ([("ecart", "1.5")], "Paramètre ecart : « 1.5 » ne convient pas. Attendu : un nombre entier."),
        ([("du", "20260228")], "Paramètre du : « 20260228 » ne convient pas. Attendu : une date, comme 2026-03-14."),
        (
            [("du", "2026-02-30")],
            "Paramètre du : « 2026-02-30 » ne convient pas. Attendu : une date, comme 2026-03-14.",
        ),
        ([("q", "longue")], "Paramètre q : « longue » ne convient pas. Attendu : 5 caractères au plus."),
        ([("etat", "x" * 99)], f"Paramètre etat : « {'x' * 60}… » ne convient pas. Attendu : une valeur parmi fini."),
    ],
)
def test_a_refusal_names_the_parameter_and_what_fits(args, message):
    with pytest.raises(Refused) as refused:
        openapi.check_query(MultiDict(args), QUERY)

    assert refused.value.message.replace("\u00a0", " ") == message


def test_a_word_is_checked_against_what_the_data_hold():
    assert openapi.check_known("zone", "", {"ouest"}) is None
    assert openapi.check_known("zone", None, {"ouest"}) is None
    assert openapi.check_known("zone", "ouest", {"ouest"}) is None
    with pytest.raises(Refused, match="une valeur parmi est, ouest"):
        openapi.check_known("zone", "x", {"ouest", "est"})


def test_the_document_names_parts_once_and_knows_the_path():
    app = Flask("try")
    lab = record("Lab", name=TEXT, title=TEXT)

    @app.get("/api/labs/<int:number>")
    @openapi.describe(
        "A lab", record("Page", first=lab, others=array(lab)), query={"q": (TEXT, "Words.")}, errors=(503,)
    )
    def labs(number: int) -> str:
        return str(number)

    document = openapi.document(app, title="T", version="1", server="https://lab.test", text="")

    operation = document["paths"]["/api/labs/{number}"]["get"]
    assert operation["operationId"] == "labs"
    assert [(p["name"], p["in"], p.get("required", False)) for p in operation["parameters"]] == [
        ("number", "path", True),
        ("q", "query", False),
    ]
    assert sorted(operation["responses"]) == ["200", "304", "400", "404", "503"]
    schemas = document["components"]["schemas"]
    assert sorted(schemas) == ["Lab", "Page", "Problem"]
    assert schemas["Page"]["properties"] == {
        "first": {"$ref": "#/components/schemas/Lab"},
        "others": {"type": "array", "items": {"$ref": "#/components/schemas/Lab"}},
    }


def test_two_different_things_never_share_a_name():
    app = Flask("try")
    for number, schema in enumerate((record("Lab", name=TEXT), record("Lab", title=TEXT))):
        app.add_url_rule(f"/api/{number}", f"view{number}", openapi.describe("", schema)(lambda: ""))

    with pytest.raises(ValueError, match="Lab"):
        openapi.document(app, title="T", version="1", server="", text="")
