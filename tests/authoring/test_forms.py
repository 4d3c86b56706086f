from datetime import datetime

import pytest
from werkzeug.datastructures import MultiDict

from fablabmesh.authoring.forms import EventForm, read_tags
from fablabmesh.authoring.whereabouts import Choice
from fablabmesh.events.rules import OnlineAccess, PriceKind, When

PLACES = [Choice(1, "LabFab", "Europe/Paris"), Choice(2, "Lab de l’Océan", "Indian/Reunion")]
CATEGORIES = [("atelier", "Atelier"), ("formation", "Formation")]
TYPED = {
    "title": "Atelier",
    "place": "1",
    "category": "atelier",
    "first_day": "2026-03-28",
    "first_hour": "18:00",
    "last_hour": "20:00",
    "last_day": "",
    "timezone": "",
    "description": "",
}


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context("/", method="POST"):
        yield


def fill(**typed: str) -> EventForm:
    return EventForm(PLACES, CATEGORIES, formdata=MultiDict(TYPED | typed))


def refused(**typed: str) -> list[str]:
    form = fill(**typed)
    assert not form.validate()
    return sorted(form.errors)


def test_an_evening_needs_a_date_and_two_hours():
    form = fill()

    assert form.validate(), form.errors
    assert form.when == When(datetime(2026, 3, 28, 18), datetime(2026, 3, 28, 20), "Europe/Paris")  # noqa: DTZ001
    assert form.event_values == {
        **dict.fromkeys(
            ("description", "audience", "accessibility", "registration_url", "contact", "venue_text", "online_url"), ""
        ),
        **dict.fromkeys(("venue_id", "venue_latitude", "venue_longitude", "capacity", "price_amount")),
        "title": "Atelier",
        "category_slug": "atelier",
        "language": "fr",
        "tags": [],
        "price_kind": PriceKind.UNSAID,
        "online_access": OnlineAccess.NONE,
        "school_holidays": "",
    }


def test_the_clocks_are_those_of_the_place_unless_another_zone_is_chosen():
    overseas, chosen = fill(place="2"), fill(place="2", timezone="Europe/Paris")

    assert overseas.validate()
    assert chosen.validate()
    assert (overseas.when.timezone, chosen.when.timezone) == ("Indian/Reunion", "Europe/Paris")


def test_a_whole_day_forgets_the_hours():
    form = fill(is_all_day="y", first_hour="", last_hour="", last_day="2026-03-29")

    assert form.validate(), form.errors
    assert form.when == When(datetime(2026, 3, 28), datetime(2026, 3, 29), "Europe/Paris", is_all_day=True)  # noqa: DTZ001


def test_a_date_typed_the_french_way_is_understood():
    form = fill(first_day="28/03/2026", first_hour="18h30")

    assert form.validate(), form.errors
    assert form.when.starts_local == datetime(2026, 3, 28, 18, 30)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"title": "   "}, ["title"]),
        ({"place": "3"}, ["place"]),
        ({"first_day": ""}, ["first_day"]),
        ({"first_day": "demain"}, ["first_day"]),
        ({"first_day": "0026-03-28"}, ["first_day"]),
        ({"first_hour": ""}, ["first_hour"]),
        ({"last_hour": "", "first_hour": ""}, ["first_hour", "last_hour"]),
        ({"last_hour": "25:00"}, ["last_hour"]),
        ({"last_hour": "17:59"}, ["last_hour"]),
        ({"last_hour": "18:00"}, ["last_hour"]),
        ({"last_day": "2026-03-27"}, ["last_day"]),
        ({"last_day": "2028-03-27"}, ["last_day"]),
        ({"timezone": "Europe/Rennes"}, ["timezone"]),
        ({"category": "fiesta"}, ["category"]),
    ],
)
def test_what_is_wrong_is_said_at_its_field(typed, fields):
    assert refused(**typed) == fields


def test_an_hour_that_does_not_exist_is_refused_where_it_does_not_exist():
    night = {"first_day": "2026-03-29", "first_hour": "02:30", "last_hour": "04:00"}

    assert refused(**night) == ["first_hour"]
    assert fill(**night, place="2").validate()


def test_an_event_may_pass_midnight():
    form = fill(first_hour="20:00", last_hour="01:00", last_day="2026-03-29")

    assert form.validate(), form.errors


def test_what_was_typed_wrong_is_shown_again():
    form = fill(first_day="demain", last_hour="tard")

    form.validate()
    assert 'value="demain"' in form.first_day()
    assert 'value="tard"' in form.last_hour()


def test_a_zone_that_an_import_brought_can_be_kept():
    kept = When(datetime(2026, 3, 28, 18), datetime(2026, 3, 28, 20), "Asia/Tokyo")  # noqa: DTZ001
    form = EventForm(PLACES, CATEGORIES, kept=kept, formdata=MultiDict(TYPED | {"timezone": "Asia/Tokyo"}))

    assert form.validate(), form.errors
    assert form.when.timezone == "Asia/Tokyo"


@pytest.mark.parametrize(("typed", "version"), [("3", 3), ("", 0), ("²", 0), ("-1", 0), ("9" * 30, 0)])
def test_nonsense_for_a_version_is_no_version(typed, version):
    assert fill(version=typed).typed_version == version


def test_only_our_own_names_are_taken_from_the_form():
    assert fill(uid="0a7e6bb6-6c24-4c36-8e1e-0a5b8f0d4e0f").typed_uid == "0a7e6bb6-6c24-4c36-8e1e-0a5b8f0d4e0f"
    assert fill(uid="<script>").typed_uid is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [("5", "5.00"), ("7,50 €", "7.50"), ("1 200,5", "1200.50"), ("12.30", "12.30")],
)
def test_money_is_read_as_people_write_it(text, amount):
    form = fill(price_kind="amount", price_amount=text)

    assert form.validate(), form.errors
    assert str(form.event_values["price_amount"]) == amount


@pytest.mark.parametrize("text", ["", "cher", "-5", "0", "5,555", "NaN", "1e3000", "100000"])
def test_what_is_no_price_is_refused(text):
    assert refused(price_kind="amount", price_amount=text) == ["price_amount"]


def test_an_amount_is_forgotten_when_it_is_free():
    form = fill(price_kind="free", price_amount="5")

    assert form.validate(), form.errors
    assert form.event_values["price_amount"] is None


def test_tags_have_one_spelling_and_a_number():
    assert read_tags("Couture, couture; #Découpe laser,,  ") == ["Couture", "Découpe laser"]
    assert refused(tags=",".join(map(str, range(13)))) == ["tags"]
    assert refused(tags="x" * 41) == ["tags"]


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"rhythm": "hourly"}, ["rhythm"]),
        ({"rhythm": "kept"}, ["rhythm"]),
        ({"rhythm": "weekly", "interval": "0"}, ["interval"]),
        ({"rhythm": "weekly", "interval": "53"}, ["interval"]),
        ({"rhythm": "weekly", "weekdays": "XX"}, ["weekdays"]),
        ({"rhythm": "weekly", "weekdays": "MO"}, ["rhythm"]),
        ({"rhythm": "weekly", "ends": "until"}, ["until"]),
        ({"rhythm": "weekly", "ends": "count"}, ["count"]),
        ({"rhythm": "weekly", "ends": "count", "count": "501"}, ["count"]),
        ({"rhythm": "weekly", "holidays": "Z"}, ["holidays"]),
        ({"rhythm": "weekly", "left_out": "mardi"}, ["left_out"]),
        ({"extra": "hier"}, ["extra"]),
        ({"capacity": "0"}, ["capacity"]),
        ({"language": "tlh"}, ["language"]),
        ({"registration_url": "javascript:alert(1)"}, ["registration_url"]),
    ],
)
def test_what_is_wrong_about_the_rest_is_said_at_its_field(typed, fields):
    assert refused(**typed) == fields


def test_what_lies_folded_is_open_when_it_holds_something_or_a_fault():
    empty = fill(rhythm="once", interval="1", where="here", online_access="none", language="fr", price_kind="unsaid")
    faulty = fill(capacity="beaucoup")
    faulty.validate()

    assert empty.open_groups == set()
    assert faulty.open_groups == {"come"}
    assert fill(tags="fil").open_groups == {"text"}
    assert fill(rhythm="weekly").open_groups == {"repeat"}
