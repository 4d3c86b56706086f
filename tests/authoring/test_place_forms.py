import pytest
from werkzeug.datastructures import MultiDict

from fablabmesh.authoring.place_forms import PlaceForm
from fablabmesh.authoring.whereabouts import Choice, Found, Spot, Town
from fablabmesh.events.rules import OnlineAccess

LABS = [Choice(1, "LabFab", "Europe/Paris"), Choice(2, "Lab de l’île", "Indian/Reunion")]
RENNES = Town("35238", "Rennes", "35000", "Europe/Paris", 48.1, -1.7)
PETIT = Town("35239", "Rennes-le-Petit", "35990", "Europe/Paris", 48.2, -1.8)
FOUND = Found(
    venues=[
        Choice(7, "La Fabrique", "America/Cayenne", "Auray"),
        Choice(8, "La Fabrique du Loch", "Europe/Paris", "Auray"),
    ],
    towns=[RENNES, PETIT],
    partners=[Choice(7, "La Fabrique", "Europe/Paris")],
)


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context("/", method="POST"):
        yield


def fill(*, found: Found = FOUND, kept_spot: Spot = Spot(), **typed) -> PlaceForm:  # noqa: B008
    given = MultiDict({"place": "1", "where": "here", "online_access": "none"} | typed)
    return PlaceForm(LABS, found=found, kept_spot=kept_spot, formdata=given)


def refused(**given) -> list[str]:
    form = fill(**given)
    assert not form.validate()
    return sorted(form.errors)


def test_at_home_nothing_more_is_to_be_said():
    form = fill(place="2")

    assert form.validate(), form.errors
    assert form.place_timezone == "Indian/Reunion"
    assert form.place_values == {
        **{"venue_id": None, "venue_text": "", "venue_latitude": None, "venue_longitude": None},
        **{"online_access": OnlineAccess.NONE, "online_url": ""},
    }


def test_a_venue_is_the_one_chosen_or_the_only_one_called_just_so():
    chosen, named = fill(where="elsewhere", venue="8"), fill(where="elsewhere", venue_search="la fabrique")

    assert chosen.validate(), chosen.errors
    assert named.validate(), named.errors
    assert (chosen.place_values["venue_id"], named.place_values["venue_id"]) == (8, 7)
    assert (chosen.place_timezone, named.place_timezone) == ("Europe/Paris", "America/Cayenne")


def test_a_town_is_the_one_chosen_or_the_only_one_found():
    chosen = fill(where="address", address="2 rue Hoche", town="35239")
    only = fill(where="address", town_search="35000", found=Found(towns=[RENNES]))

    assert chosen.validate(), chosen.errors
    assert only.validate(), only.errors
    assert chosen.spot == Spot("2 rue Hoche, 35990 Rennes-le-Petit", 48.2, -1.8)
    assert only.spot == Spot("35000 Rennes", 48.1, -1.7)


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"place": "3"}, ["place"]),
        ({"where": "elsewhere"}, ["venue_search"]),
        ({"where": "elsewhere", "venue": "9"}, ["venue_search"]),
        ({"where": "elsewhere", "venue_search": "fabrique"}, ["venue_search"]),
        ({"where": "address"}, ["town_search"]),
        ({"where": "address", "address": "2 rue Hoche"}, ["town_search"]),
        ({"where": "address", "town": "75056"}, ["town_search"]),
        ({"where": "nowhere"}, ["where"]),
        ({"partners": ["8"]}, ["partners"]),
        ({"partners": ["x"]}, ["partners"]),
        ({"online_access": "public"}, ["online_url"]),
        ({"online_access": "public", "online_url": "javascript:alert(1)"}, ["online_url"]),
        ({"online_access": "all"}, ["online_access"]),
    ],
)
def test_what_is_not_found_or_not_chosen_is_said_at_its_field(typed, fields):
    assert refused(**typed) == fields


def test_an_address_that_was_not_changed_keeps_its_point():
    spot = Spot("Salle des fêtes", 47.5, -2.5)

    same = fill(where="address", address="Salle des fêtes", kept_spot=spot)

    assert same.validate(), same.errors
    assert same.spot == spot
    assert refused(where="address", address="Salle du bas", kept_spot=spot) == ["town_search"]


def test_a_link_is_forgotten_with_the_wish_to_be_joined_from_afar():
    form = fill(online_access="none", online_url="https://visio.exemple.test")

    assert form.validate(), form.errors
    assert form.place_values["online_url"] == ""


def test_the_organiser_is_no_partner_of_itself():
    form = fill(place="1", partners=["7"], found=Found(partners=[*FOUND.partners, LABS[0]]))
    twice = fill(place="1", partners=["7", "7", "1"], found=Found(partners=[*FOUND.partners, LABS[0]]))

    assert form.validate()
    assert twice.validate()
    assert form.partner_ids == twice.partner_ids == [7]
