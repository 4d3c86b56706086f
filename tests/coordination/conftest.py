"""A zone with a lab, and who coordinates it."""

import re

import pytest

from tests.factories import make_coordinator, make_department, make_place, make_zone


@pytest.fixture
def zone(db):
    make_department()
    return make_zone("35")


@pytest.fixture
def coordinator(zone):
    return make_coordinator(zone)


@pytest.fixture
def lab(zone):
    return make_place()


@pytest.fixture
def desk(as_person, coordinator):
    return as_person(coordinator)


def typed(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="{name}"', page).group(1)
