"""The whole API, asked as its own document allows and as it does not, with a token and without one.

No answer is a failure of the server, each has a status, a type and a shape that the document announces.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from fablabmesh.kit.db import session

pytestmark = pytest.mark.slow

HELD_TO = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
# Always the same cases: what was green yesterday is green today, unless the code has changed.
STEADY = settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


# What stands in addresses and means something in the world.
NAMES = {
    "slug": ("lab", "project", "zone"),
    "programme": ("programme",),
    "name": ("event", "draft", "deleted"),
    "vocabulary": ("vocabulary",),
}


def ask(world, case, headers):
    """Send it, hold the answer to the document, and undo what it did."""
    undone = world.connection.begin_nested()
    try:
        answer = case.call(headers=headers)
        # « // » in an address leads to the one without, before any view.
        if answer.status_code != 308:
            case.validate_response(answer, checks=HELD_TO)
    finally:
        session.remove()
        undone.rollback()


@pytest.mark.parametrize("with_token", [False, True], ids=["without a token", "with a token"])
def test_the_api_keeps_to_its_document_whatever_it_is_asked(app, world, with_token):
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations()]
    words = world.tokens["manager"]
    asked = set()
    for operation in operations:

        @STEADY
        @given(case=operation.as_strategy(), data=st.data())
        def try_it(case, data):
            headers = {"Accept-Encoding": "identity"}
            if with_token:
                headers["Authorization"] = f"Bearer {words}"
            for name in case.path_parameters or {}:
                if name in NAMES and data.draw(st.booleans()):
                    case.path_parameters[name] = world.things[data.draw(st.sampled_from(NAMES[name]))]
            if case.method in ("PUT", "PATCH", "DELETE") and data.draw(st.booleans()):
                headers["If-Match"] = "*"
            ask(world, case, headers)

        try_it()
        asked.add(operation.label)

    assert {"GET /api/v1/lieux", "POST /api/v1/evenements", "DELETE /api/v1/evenements/{name}"} <= asked
