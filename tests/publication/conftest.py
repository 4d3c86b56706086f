"""A site whose calendars forget soon."""

import pytest

from fablabmesh.publication import actions as publication


@pytest.fixture
def short_memory(app, db):
    """Calendars that forget what is over after a week."""
    db().info["publisher"] = publication.Publisher("http://localhost", 7)
    yield
    db().info["publisher"] = publication.Publisher("http://localhost", 36_500)
