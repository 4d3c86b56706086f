"""A choice for each kind, and nothing else is taken."""

import pytest

from fablabmesh.notices.forms import make_form
from fablabmesh.notices.rules import Frequency, Kind


@pytest.fixture
def request_of(pages):
    pages.config.update(SECRET_KEY="for a test", WTF_CSRF_ENABLED=False)
    return lambda data: pages.test_request_context("/", method="POST", data=data)


def test_it_gives_what_was_chosen_of_what_it_asks_for(request_of):
    with request_of({"team": "daily", "claim": "none", "language": "en"}):
        form = make_form({Kind.TEAM: Frequency.AT_ONCE}, "fr")

        assert form.validate()
        assert form.chosen == {Kind.TEAM: Frequency.DAILY}
        assert form.language.data == "en"


def test_it_refuses_what_is_not_offered(request_of):
    with request_of({"team": "hourly", "language": "tlh"}):
        form = make_form({Kind.TEAM: Frequency.AT_ONCE}, "fr")

        assert not form.validate()
        assert set(form.errors) == {"team", "language"}
