import pytest
from werkzeug.datastructures import MultiDict

from fablabmesh.events.forms import CancelForm


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context("/", method="POST"):
        yield


def test_a_cancellation_needs_a_reason():
    assert not CancelForm(formdata=MultiDict({"reason": "  "})).validate()
    assert CancelForm(formdata=MultiDict({"reason": "Le lab est inondé."})).validate()


@pytest.mark.parametrize(("typed", "version"), [("3", 3), ("", 0), ("²", 0), ("-1", 0), ("9" * 30, 0)])
def test_nonsense_for_a_version_is_no_version(typed, version):
    assert CancelForm(formdata=MultiDict({"version": typed})).typed_version == version
