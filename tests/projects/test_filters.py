"""The filter of projects, from an address and back."""

import pytest

from fablabmesh.projects.filters import ProjectFilter, read_project_filter
from fablabmesh.projects.rules import ProjectState

ZONES = {"fablab": {"ouest", "sud-est"}, "epn": {"ouest"}}


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        ({}, ProjectFilter()),
        ({"etat": ["termine"]}, ProjectFilter(state=ProjectState.FINISHED)),
        ({"zone": ["ouest"]}, ProjectFilter(zone="ouest")),
        ({"zone": ["epn/ouest"]}, ProjectFilter(programme="epn", zone="ouest")),
        ({"programme": ["epn"], "zone": ["ouest"]}, ProjectFilter(programme="epn", zone="ouest")),
        ({"q": ["  deux   mots "]}, ProjectFilter(text="deux mots")),
        ({"etat": [""], "zone": [""], "q": [""]}, ProjectFilter()),
    ],
)
def test_a_filter_is_read_from_an_address(args, wanted):
    found = read_project_filter(args, zones=ZONES)

    assert (found, found.unknown) == (wanted, ())


def test_what_does_not_exist_is_left_out_and_told():
    found = read_project_filter({"etat": ["perdu"], "zone": ["nulle-part"]}, zones=ZONES)

    assert (found, found.unknown) == (ProjectFilter(), ("nulle-part", "perdu"))


@pytest.mark.parametrize(
    ("wanted", "query"),
    [
        (ProjectFilter(), ""),
        (ProjectFilter(programme="epn"), ""),
        (
            ProjectFilter(state=ProjectState.UNDER_WAY, programme="epn", zone="ouest", text="bois & métal"),
            "etat=en-cours&programme=epn&q=bois+%26+m%C3%A9tal&zone=ouest",
        ),
    ],
)
def test_a_filter_has_one_address(wanted, query):
    assert wanted.to_query() == query
