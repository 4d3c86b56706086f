"""The whole API against its own document: it is valid, complete, and what it says is what is answered."""

import copy
from typing import Any

import jsonschema
import openapi_spec_validator
import pytest

from fablabmesh.places import actions as places
from fablabmesh.places.rules import Confidence, FactSubject
from fablabmesh.zones.rules import Standing
from tests.events.test_api import make_rich_event
from tests.factories import make_event, make_place, make_project, make_zone

BAD_VALUES = {"integer": "beaucoup", "date": "hier", "enum": "rien-de-tel", "text": "x" * 101}


@pytest.fixture
def filled(db) -> dict[str, str]:
    """One of each thing, and the names that stand in addresses."""
    lab, partner = make_place(), make_place(name="Plateforme C", is_demo=False)
    zone = make_zone("35")
    places.set_facts(lab, [(FactSubject.PLACE, "Vu en 2016", "Une carte", Confidence.LOW)])
    call = places.put_call("appel", name="Appel", year=2013)
    places.put_laureate(call, lab, project_name="Lab", confidence=Confidence.HIGH)
    places.put_pole_role(lab, zone, standing=Standing.HYPOTHESIS, confidence=Confidence.LOW, reason="On le dit.")
    event = make_event(lab)
    make_event(lab, starts="2090-06-10", ends="2090-06-11", is_all_day=True)
    make_rich_event(lab)
    project = make_project(lab, partners=(partner,))
    return {
        "/api/v1/lieux/{slug}": f"/api/v1/lieux/{lab.slug}",
        "/api/v1/zones/{programme}/{slug}": "/api/v1/zones/fablab/ouest",
        "/api/v1/projets/{slug}": f"/api/v1/projets/{project.slug}",
        "/api/v1/evenements/{slug}": f"/api/v1/evenements/{event.slug}",
        "/api/v1/vocabulaires/{vocabulary}": "/api/v1/vocabulaires/machines",
    }


@pytest.fixture
def document(client) -> dict[str, Any]:
    return client.get("/api/openapi.json").json


def strict(schema: Any) -> Any:
    """The schema, which would also refuse what it does not name."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(value) for key, value in schema.items()}
    if "properties" in made and "additionalProperties" not in made and isinstance(made.get("type"), str | list):
        made["additionalProperties"] = False
    return made


def operations(document) -> list[tuple[str, dict[str, Any]]]:
    """What anybody may ask; what takes a token is tested with tokens."""
    found = [(path, item["get"]) for path, item in document["paths"].items() if "get" in item]
    return [(path, operation) for path, operation in found if "security" not in operation]


def test_the_document_is_valid_openapi(document):
    openapi_spec_validator.validate(copy.deepcopy(document))

    assert (document["openapi"], document["servers"]) == ("3.1.0", [{"url": "http://localhost"}])


def test_every_view_of_the_api_is_described(app, document):
    views = {
        rule.rule.replace("<", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.rule != "/api/"
    }

    assert set(document["paths"]) == views
    assert all(operation["summary"] for _path, operation in operations(document))


def test_every_operation_answers_as_its_schema_says(client, document, filled):
    for path, operation in operations(document):
        answer = client.get(filled.get(path, path))
        ((media_type, content),) = operation["responses"]["200"]["content"].items()
        schema = strict(content["schema"] | {"components": document["components"]})

        assert (path, answer.status_code, answer.mimetype) == (path, 200, media_type)
        jsonschema.validate(answer.json, schema, format_checker=jsonschema.FormatChecker())


def test_lists_are_not_empty_in_the_check_above(client, document, filled):
    sizes = {
        path: answer["total"]
        for path, _operation in operations(document)
        if "total" in (answer := client.get(path).json)
    }

    assert sizes == {"/api/v1/lieux": 3, "/api/v1/zones": 1, "/api/v1/evenements": 3, "/api/v1/projets": 1,
                     "/api/v1/vocabulaires": 8}  # fmt: skip


def test_every_parameter_refuses_what_it_does_not_allow(client, document, filled):
    problem = strict(document["components"]["schemas"]["Problem"])
    for path, operation in operations(document):
        for parameter in operation["parameters"]:
            if parameter["in"] != "query":
                continue
            schema = parameter["schema"].get("items", parameter["schema"])
            kind = "enum" if "enum" in schema else schema.get("format", schema["type"])
            value = BAD_VALUES["text" if kind == "string" else kind]
            answer = client.get(filled.get(path, path), query_string={parameter["name"]: value})

            told = (path, parameter["name"], answer.status_code, answer.mimetype)
            assert told == (path, parameter["name"], 400, "application/problem+json")
            jsonschema.validate(answer.json, problem)
            # By the parameter and what stood in it; a filter's value that does not exist is told by itself.
            by_name = f"Paramètre {parameter['name']}\u00a0: «\u00a0{value[:60]}"
            begun = answer.json["detail"][: len(by_name)]
            assert {begun, answer.json["detail"]} & {by_name, f"Valeurs de filtre inconnues\u00a0: {value}"} != set()


def test_every_parameter_takes_what_it_allows(client, document, filled):
    for path, operation in operations(document):
        for parameter in operation["parameters"]:
            schema = parameter["schema"].get("items", parameter["schema"])
            for value in [*schema.get("enum", []), *(str(schema[k]) for k in ("minimum", "maximum") if k in schema)]:
                answer = client.get(filled.get(path, path), query_string={parameter["name"]: value})

                assert (path, parameter["name"], value, answer.status_code) == (path, parameter["name"], value, 200)


def test_a_name_that_does_not_exist_is_a_problem(client, document):
    for path, _operation in operations(document):
        if "{" in path:
            answer = client.get(path.replace("{", "").replace("}", ""))
            assert (path, answer.status_code, answer.mimetype) == (path, 404, "application/problem+json")
            assert answer.json["detail"] != ""


def test_answers_are_for_everybody_and_cost_nothing_twice(client, document, filled):
    for path, _operation in operations(document):
        answer = client.get(filled.get(path, path))
        again = client.get(filled.get(path, path), headers={"If-None-Match": answer.headers["ETag"]})

        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert (answer.headers.get("Set-Cookie"), answer.headers.get("Vary", "")) in [
            (None, ""),
            (None, "Accept-Encoding"),
        ]
        assert (path, again.status_code, again.data) == (path, 304, b"")


def test_a_page_of_another_site_may_send_back_an_etag(client):
    answer = client.options("/api/v1/lieux", headers={"Origin": "https://autre.test"})

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Headers"] == "If-None-Match"


def test_an_address_that_is_not_of_the_api_is_a_problem_and_not_a_page(client, db):
    answer = client.get("/api/v1/rien-de-tel")

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.json["title"] == "Page introuvable"
