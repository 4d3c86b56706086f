"""One world for all rows of the table: making it takes longer than asking in it."""

import pytest

from tests.access.table import list_doors
from tests.access.world import open_world


@pytest.fixture(scope="module")
def world(app, engine):
    with open_world(app, engine) as opened:
        yield opened


@pytest.fixture(scope="session")
def doors(app):
    """Every route and method of the site, by what names it."""
    return {door.key: door for door in list_doors(app)}
