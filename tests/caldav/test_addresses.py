"""Addresses are written and read back, and what is none of ours is nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fablabmesh.caldav.addresses import Address, Mark, href_of, name_of, path_of, read_path, uid_of
from fablabmesh.feeds.slices import Around, Choice, Slice, of_event, of_place, of_zone, read_slice

ZONES = {"fablab": {"ouest"}, "epn": {"nord"}}


def read(path: str) -> Address | None:
    return read_path(path, lambda args: read_slice(args, zones=ZONES, categories={"atelier"}))


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        (Slice(), "agenda"),
        (of_place("labfab"), "lieux/labfab"),
        (of_zone("fablab", "ouest"), "zones/fablab/ouest"),
        (of_event("fete"), "evenements/fete"),
        (Slice((Choice(tags=("bois",), zones=("fablab/ouest",)),)), "filtre/etiquette=bois&zone=fablab:ouest"),
        (
            Slice((Choice(words="l’été : 50 % / moins"),)),
            "filtre/q=l%E2%80%99%C3%A9t%C3%A9%20%3A%2050%20%25%20:%20moins",
        ),
        (Slice((Choice(around=(Around(5, latitude=48.11, longitude=-1.68),)),)), "filtre/autour=48.11,-1.68&rayon=5"),
        (Slice((Choice(tags=("a",)), Choice(words="b"))), "filtre/etiquette=a&2.q=b"),
    ],
)
def test_a_collection_has_one_address_that_is_read_back(wanted, path):
    assert path_of(wanted) == path
    assert path.isascii()
    assert read(path) == read(f"/{path}/") == Address(wanted)
    assert read(f"{path}/6a1d.ics") == Address(wanted, "6a1d")


def test_addresses_are_spelled_as_in_the_answers():
    assert href_of("lieux/labfab") == "/caldav/lieux/labfab/"
    assert href_of("filtre/q=l%20a") == "/caldav/filtre/q%3Dl%2520a/"


@pytest.mark.parametrize(
    "path",
    ["", "agenda/x", "lieux", "lieux/a/b", "lieux/a/.ics", "lieux/a/%2e.ics", "zones/fablab", "filtre/",
     "filtre/zone=ouest", "filtre/lieu=labfab", "filtre/q=b&etiquette=a", "agenda/a b.ics", "autre/labfab"],
)  # fmt: skip
def test_any_other_spelling_is_no_address(path):
    assert read(path) is None


@given(st.text(min_size=1))
def test_an_item_is_named_by_its_uid_whatever_that_is(uid):
    try:
        uid.encode()
    except UnicodeEncodeError:
        return
    name = name_of(uid)

    assert uid_of(name) == uid
    assert name.isascii()
    assert "/" not in name


def test_a_token_holds_for_its_slice_and_its_places_alone():
    mark, lab = Mark(12, "abc"), of_place("labfab")
    token = mark.to_token(lab)

    assert Mark(15, "abc").since(lab, token) == 12
    assert Mark(15, "abc", forgotten=12).since(lab, token) == 12
    assert mark.since(lab, token) == 12
    for other, wanted, asked in (
        (mark, of_place("autre"), token),
        (Mark(12, "abcd"), lab, token),
        (Mark(15, "abc", forgotten=13), lab, token),
        (Mark(11, "abc"), lab, token),
        (mark, lab, "12"),
        (mark, lab, token + "x"),
    ):
        with pytest.raises(ValueError, match="unknown token"):
            other.since(wanted, asked)
