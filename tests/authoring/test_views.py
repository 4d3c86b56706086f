import html
import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from fablabmesh.authoring.forms import fields_of
from fablabmesh.authoring.versions import seal, tell
from fablabmesh.events import actions, date_actions, queries
from fablabmesh.events.dates import list_starts
from fablabmesh.events.rules import EventStatus, PriceKind, when_of
from fablabmesh.kit.images import read_picture
from fablabmesh.upkeep import image_actions
from fablabmesh.zones import rule_actions
from fablabmesh.zones.models import Commune
from fablabmesh.zones.moderation import DEFAULTS, ModerationState
from tests.factories import NOW, make_account, make_coordinator, make_department, make_event, make_place, make_zone
from tests.upkeep.test_image_views import photo

TYPED = {
    "title": "Initiation à la brodeuse",
    "category": "initiation",
    "first_day": "2090-06-10",
    "first_hour": "18:00",
    "last_hour": "20:00",
    "last_day": "",
    "timezone": "",
    "description": "Apportez un **tissu**.",
}


@pytest.fixture
def lab(alice):
    return make_place(managers=(alice,))


@pytest.fixture
def browser(as_person, alice):
    return as_person(alice)


def text_of(answer) -> str:
    return answer.get_data(as_text=True).replace("\u00a0", " ")


def typed(place, **values) -> dict[str, str]:
    return TYPED | {"place": str(place.id)} | values


# --- publishing --------------------------------------------------------------------------------------------------


def test_a_manager_publishes_an_event_in_one_form(browser, lab):
    answer = browser.post("/evenements/nouveau", data=typed(lab))

    event = queries.get_event("initiation-a-la-brodeuse")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/evenements/initiation-a-la-brodeuse")
    assert (event.place_id, event.category_slug, event.timezone) == (lab.id, "initiation", "Europe/Paris")
    assert event.starts_local == datetime.fromisoformat("2090-06-10T18:00")


def test_the_form_comes_with_the_place_and_hours_that_fit_most(browser, lab):
    page = text_of(browser.get(f"/evenements/nouveau?lieu={lab.slug}"))

    assert f'<input type="hidden" name="place" value="{lab.id}">' in page
    assert 'value="18:00"' in page
    assert 'type="date"' in page


def test_an_event_is_on_the_clocks_of_its_place(as_person, alice):
    make_department("972", "Martinique", box=(-61.3, 14.3, -60.8, 14.9))
    place = make_place(
        name="Lab",
        department="972",
        insee="97209",
        postcode="97200",
        latitude=14.6,
        longitude=-61.07,
        managers=(alice,),
    )

    as_person(alice).post("/evenements/nouveau", data=typed(place))

    assert queries.get_event("initiation-a-la-brodeuse").timezone == "America/Martinique"


def test_a_form_with_a_fault_comes_back_with_all_that_was_typed(browser, lab):
    answer = browser.post("/evenements/nouveau", data=typed(lab, last_hour="17:00", title="Mon « titre »"))

    page = text_of(answer)
    assert answer.status_code == 422
    assert "La fin vient avant le début" in page
    assert 'value="Mon « titre »"' in page
    assert "Apportez un **tissu**." in page
    assert queries.find_event("mon-titre") is None


def test_a_double_click_publishes_once(browser, lab, db):
    uid = "0a7e6bb6-6c24-4c36-8e1e-0a5b8f0d4e0f"

    first = browser.post("/evenements/nouveau", data=typed(lab, uid=uid))
    second = browser.post("/evenements/nouveau", data=typed(lab, uid=uid))

    assert first.headers["Location"] == second.headers["Location"]
    assert len(queries.list_upcoming_at(lab.id, after=NOW, limit=5)) == 1


def test_a_duplicate_has_the_words_of_the_event_and_waits_for_its_day(browser, lab):
    event = make_event(lab, title="Couture du soir", category="formation", description="Avec du fil.")
    address = f"/evenements/nouveau?lieu={lab.slug}&comme={event.slug}"
    link = text_of(browser.get(f"/evenements/{event.slug}"))
    page = text_of(browser.get(address))
    uid = re.search(r'name="uid"[^>]* value="([^"]+)"', page)

    assert f'href="{address.replace("&", "&amp;")}"' in link
    assert 'value="Couture du soir"' in page
    assert '<option selected value="formation">' in page
    assert "Avec du fil." in page
    assert "2090-06-10" not in page
    assert uid is not None
    assert uid[1] != event.uid

    answer = browser.post(address, data=typed(lab, uid=uid[1], title="Couture du soir", first_day="2090-07-01"))

    assert answer.location == "/evenements/couture-du-soir-2"
    assert queries.get_event("couture-du-soir").starts_local.isoformat() == "2090-06-10T18:00:00"
    assert queries.get_event("couture-du-soir-2").starts_local.isoformat() == "2090-07-01T18:00:00"


def test_only_who_may_edit_an_event_may_duplicate_it(lab, as_person):
    event = make_event(lab)
    bob = make_account(name="Bob")
    make_place(name="Autre lieu", managers=(bob,))

    assert as_person(bob).get(f"/evenements/nouveau?comme={event.slug}").status_code == 403


def test_a_visitor_is_led_to_the_sign_in_page(client, lab):
    event = make_event(lab)

    for address in ("/evenements/nouveau", f"/evenements/{event.slug}/modifier"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/connexion")


def test_the_manager_of_another_lab_is_refused_everywhere(as_person, lab):
    bob = make_account(name="Bob")
    theirs = make_place(name="Lab de Bob", managers=(bob,))
    event = make_event(lab)
    browser = as_person(bob)

    answers = [
        browser.get(f"/evenements/nouveau?lieu={lab.slug}"),
        browser.post(f"/evenements/nouveau?lieu={lab.slug}", data=typed(lab)),
        browser.get(f"/evenements/{event.slug}/modifier"),
        browser.post(f"/evenements/{event.slug}/modifier", data=typed(theirs, version="1")),
        browser.post(f"/evenements/{event.slug}/annuler", data={"version": "1", "reason": "Panne"}),
        browser.post(f"/evenements/{event.slug}/retablir", data={"version": "1"}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 6
    assert browser.post("/evenements/nouveau", data=typed(lab)).status_code == 422
    assert queries.get_event(event.slug).version == 1


def test_a_person_without_a_place_is_told_what_to_do(as_person, db):
    answer = as_person(make_account()).get("/evenements/nouveau")

    assert answer.status_code == 403
    assert "Vous ne vous occupez d’aucun lieu" in text_of(answer)


# --- changing ----------------------------------------------------------------------------------------------------


def test_the_form_is_filled_with_the_event(browser, lab):
    event = make_event(lab, title="Atelier bois", description="Rabot")

    page = text_of(browser.get(f"/evenements/{event.slug}/modifier"))

    for value in ('value="Atelier bois"', 'value="2090-06-10"', 'value="18:00"', 'value="20:00"', "Rabot"):
        assert value in page


def test_a_change_of_hour_is_saved(browser, lab):
    event = make_event(lab)

    answer = browser.post(f"/evenements/{event.slug}/modifier", data=typed(lab, version="1", last_hour="21:30"))

    changed = queries.get_event(event.slug)
    assert answer.status_code == 303
    assert (changed.sequence, changed.version, changed.title) == (1, 2, "Initiation à la brodeuse")
    assert changed.ends_local == datetime.fromisoformat("2090-06-10T21:30")


def test_two_people_who_save_at_once_lose_nothing_and_see_both_versions(browser, lab):
    event = make_event(lab, title="Avant")
    browser.post(f"/evenements/{event.slug}/modifier", data=typed(lab, version="1", title="La version de Bob"))

    answer = browser.post(
        f"/evenements/{event.slug}/modifier", data=typed(lab, version="1", title="La version d’Alice")
    )

    page = text_of(answer)
    assert answer.status_code == 409
    assert "La version de Bob" in page
    assert 'name="title" value="La version d’Alice"' in page
    assert 'name="version" value="2"' in page
    assert queries.get_event(event.slug).title == "La version de Bob"


def test_the_second_save_after_a_conflict_is_taken(browser, lab):
    event = make_event(lab, title="Avant")
    browser.post(f"/evenements/{event.slug}/modifier", data=typed(lab, version="1", title="Bob"))

    answer = browser.post(f"/evenements/{event.slug}/modifier", data=typed(lab, version="2", title="Alice"))

    assert answer.status_code == 303
    assert queries.get_event(event.slug).title == "Alice"


def buttons(page: str) -> list[str]:
    return re.findall(r'<button class="button[^>]*value="(\w+)"', page)


def hidden(page: str) -> dict[str, list[str]]:
    """All that a page would send again without showing it."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page):
        found.setdefault(name, []).append(html.unescape(value))
    return found


def address_of(event) -> str:
    return f"/evenements/{event.slug}/modifier"


# --- repetition --------------------------------------------------------------------------------------------------

# 7 March 2028 is a Tuesday; the spring holidays of zone B are from 8 to 23 April 2028.
WEEKLY = {
    "first_day": "2028-03-07",
    "rhythm": "weekly",
    "interval": "1",
    "weekdays": "TU",
    "ends": "until",
    "until": "2028-06-27",
}


def publish(browser, lab, **values):
    answer = browser.post("/evenements/nouveau", data=typed(lab, **(WEEKLY | values)))
    assert answer.status_code == 303, text_of(answer)
    return queries.get_event(answer.location.rsplit("/", 1)[1])


def test_a_series_is_published_with_its_holidays_and_single_dates(browser, lab):
    event = publish(browser, lab, holidays="B", left_out="14/03/2028", extra="18/03/2028 10:00")

    assert event.rrule == "FREQ=WEEKLY;UNTIL=20280627T215959Z;BYDAY=TU"
    assert [f"{wall:%m-%d}" for wall in event.exdates] == ["03-14", "04-11", "04-18"]
    assert event.rdates == [datetime.fromisoformat("2028-03-18T10:00")]
    assert event.school_holidays.startswith("B:")


def test_a_series_is_opened_again_with_its_holidays_and_not_their_dates(browser, lab):
    event = publish(browser, lab, holidays="B", left_out="14/03/2028")

    page = text_of(browser.get(address_of(event)))

    assert '<option selected value="B">' in page
    assert re.search(r'name="left_out">\s*14/03/2028</textarea>', page)
    assert '<option selected value="weekly">' in page
    assert '<input type="checkbox" name="weekdays" value="TU" checked>' in page
    assert "Vous modifiez toutes les dates de la série." in page


def test_what_is_opened_and_saved_changes_nothing(browser, lab):
    event = publish(browser, lab, holidays="B", left_out="21/03/2028", extra="18/03/2028 10:00", interval="2")
    fields = fields_of(event, when_of(event), town=None, own_zone="Europe/Paris")

    answer = browser.post(address_of(event), data=fields | {"version": "1"}, follow_redirects=True)

    assert "Rien n’a changé." in text_of(answer)
    assert queries.get_event(event.slug).version == 1


def test_a_series_of_tuesdays_moved_to_a_wednesday_keeps_what_was_decided_about_a_date(browser, lab, db):
    event = publish(browser, lab)
    third = datetime.fromisoformat("2028-03-21T18:00")
    date_actions.cancel_date(event, third, reason="Grève", by=None, now=NOW, version=1)
    db.commit()

    moved = WEEKLY | {"first_day": "2028-03-08", "former_day": "2028-03-07", "version": str(event.version)}
    answer = browser.post(address_of(event), data=typed(lab, **moved))

    changed = queries.get_event(event.slug)
    assert answer.status_code == 303
    assert "BYDAY=WE" in changed.rrule
    assert [(each.recurrence_local.isoformat(), each.is_cancelled) for each in changed.changes] == [
        ("2028-03-22T18:00:00", True)
    ]


def test_a_date_and_those_that_follow_become_an_event_of_their_own(browser, lab):
    event = publish(browser, lab, holidays="B")
    address = f"{address_of(event)}?depuis=2028-05-02T18:00"
    page = text_of(browser.get(address))
    later = WEEKLY | {"first_day": "2028-05-02", "first_hour": "19:00", "last_hour": "21:00", "holidays": "B"}

    answer = browser.post(address, data=typed(lab, **later, version="1"))

    early, late = queries.get_event(event.slug), queries.get_event(answer.location.rsplit("/", 1)[1])
    assert "Vous modifiez le mardi 2 mai 2028 et les dates suivantes." in page
    assert 'value="2028-05-02"' in page
    assert (early.slug, late.split_from_id) == (event.slug, event.id)
    assert max(list_starts(early)) == datetime.fromisoformat("2028-04-25T18:00")
    assert min(list_starts(late)) == datetime.fromisoformat("2028-05-02T19:00")
    assert early.school_holidays == late.school_holidays == event.school_holidays


def test_a_date_that_is_none_of_the_series_is_not_found(browser, lab):
    event = publish(browser, lab)

    for text in ("2028-05-03T18:00", "demain"):
        assert browser.get(f"{address_of(event)}?depuis={text}").status_code == 404


def test_a_date_that_went_meanwhile_costs_nothing_of_what_was_typed(browser, lab):
    event = publish(browser, lab)

    answer = browser.post(f"{address_of(event)}?depuis=2028-05-03T18:00", data=typed(lab, **WEEKLY, version="1"))

    assert answer.status_code == 409
    assert 'value="Initiation à la brodeuse"' in text_of(answer)


def test_a_rule_that_no_field_shows_is_kept_and_told(browser, lab, db):
    event = make_event(lab, starts="2028-03-14T18:00", ends="2028-03-14T20:00")
    rule = "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2"
    when = replace(when_of(event), rrule=rule)
    actions.edit_event(event, lab, {}, when, now=NOW, version=1)
    db.commit()
    day = {"first_day": "2028-03-14", "version": "2"}

    page = text_of(browser.get(address_of(event)))
    kept = browser.post(address_of(event), data=typed(lab, rhythm="kept", **day))
    rule_after = queries.get_event(event.slug).rrule
    replaced = browser.post(address_of(event), data=typed(lab, rhythm="month_weekday", **day | {"version": "3"}))

    assert '<option selected value="kept">' in page
    assert rule in page
    assert (kept.status_code, rule_after) == (303, rule)
    assert (replaced.status_code, queries.get_event(event.slug).rrule) == (303, "FREQ=MONTHLY;BYDAY=2TU")


def test_a_duplicate_of_a_series_keeps_its_rhythm_and_waits_for_its_days(browser, lab):
    event = publish(browser, lab, holidays="B", left_out="14/03/2028")

    page = text_of(browser.get(f"/evenements/nouveau?comme={event.slug}"))

    assert '<option selected value="weekly">' in page
    assert '<option selected value="B">' in page
    assert "2028" not in page.replace("2028-evenement", "")


# --- where -------------------------------------------------------------------------------------------------------


@pytest.fixture
def rennes(db):
    make_department()
    db.add(
        Commune(
            insee="35238",
            name="Rennes",
            folded_name="rennes",
            postcodes=["35000", "35200"],
            department_code="35",
            latitude=48.11,
            longitude=-1.68,
            population=220_000,
        )
    )
    db.add(
        Commune(
            insee="35240",
            name="Le Rheu",
            folded_name="le rheu",
            postcodes=["35650"],
            department_code="35",
            latitude=48.1,
            longitude=-1.79,
            population=9_000,
        )
    )
    db.flush()


def test_an_event_is_held_in_another_lab_that_is_looked_for_by_name(browser, lab, client):
    other = make_place(name="Fabrique du Loch", commune="Auray", postcode="56400")
    elsewhere = {"where": "elsewhere", "venue_search": "loch"}

    looked = text_of(browser.post("/evenements/nouveau", data=typed(lab, **elsewhere, act="look")))
    answer = browser.post("/evenements/nouveau", data=typed(lab, **elsewhere, venue=str(other.id)))

    event = queries.get_event(answer.location.rsplit("/", 1)[1])
    assert f'<input type="radio" name="venue" value="{other.id}"> Fabrique du Loch – 56400 Auray' in looked
    assert "est à corriger" not in looked
    assert event.venue_id == other.id
    calendar = client.get(f"/evenements/{event.slug}.ics").get_data(as_text=True).replace("\r\n ", "")
    assert "Fabrique du Loch" in calendar


def test_a_change_of_venue_reaches_calendars(browser, lab, client):
    event = make_event(lab)
    other = make_place(name="Fabrique du Loch", commune="Auray", postcode="56400")

    browser.post(address_of(event), data=typed(lab, version="1", where="elsewhere", venue=str(other.id)))

    calendar = client.get(f"/evenements/{event.slug}.ics").get_data(as_text=True).replace("\r\n ", "")
    assert "LOCATION:Fabrique du Loch" in calendar


def test_several_places_of_a_name_are_to_be_chosen_from(browser, lab):
    for town in ("Auray", "Vannes"):
        make_place(name="La Fabrique", commune=town)

    answer = browser.post("/evenements/nouveau", data=typed(lab, where="elsewhere", venue_search="fabrique"))

    page = text_of(answer)
    assert answer.status_code == 422
    assert "Choisissez dans la liste de ce qui a été trouvé." in page
    assert page.count("La Fabrique –") == 2


def test_an_event_is_held_at_an_address_of_the_gazetteer(browser, lab, rennes):
    there = {"where": "address", "address": "2 place de la Mairie", "town_search": "35200"}

    answer = browser.post("/evenements/nouveau", data=typed(lab, **there))

    event = queries.get_event(answer.location.rsplit("/", 1)[1])
    assert (event.venue_text, event.venue_latitude, event.venue_longitude) == (
        *("2 place de la Mairie, 35200 Rennes", 48.11, -1.68),
    )
    page = text_of(browser.get(address_of(event)))
    assert 'value="2 place de la Mairie"' in page
    assert '<input type="radio" name="town" value="35238" checked> 35200 Rennes' in page


def test_an_address_from_elsewhere_keeps_its_point_until_it_is_changed(browser, lab, db, rennes):
    event = make_event(lab)
    spot = {"venue_text": "Salle des fêtes", "venue_latitude": 47.5, "venue_longitude": -2.5}
    actions.edit_event(event, lab, spot, when_of(event), now=NOW, version=1)
    db.commit()

    same = browser.post(address_of(event), data=typed(lab, version="2", where="address", address="Salle des fêtes"))
    kept = queries.get_event(event.slug).venue_latitude
    vague = browser.post(address_of(event), data=typed(lab, version="3", where="address", address="Salle du bas"))

    assert (same.status_code, kept) == (303, 47.5)
    assert vague.status_code == 422


def test_the_clocks_are_those_of_the_venue(browser, lab):
    make_department("974", "La Réunion", box=(55.2, -21.4, 55.9, -20.8))
    island = make_place(
        name="Lab de l’île", department="974", insee="97411", postcode="97400", latitude=-20.88, longitude=55.45
    )

    answer = browser.post("/evenements/nouveau", data=typed(lab, where="elsewhere", venue=str(island.id)))

    event = queries.get_event(answer.location.rsplit("/", 1)[1])
    assert event.timezone == "Indian/Reunion"
    assert '<option selected value="">Celui du lieu</option>' in text_of(browser.get(address_of(event)))


def test_a_link_to_take_part_is_shown_only_as_asked(browser, lab, client):
    link = "https://visio.exemple.test/salle"

    shown = browser.post("/evenements/nouveau", data=typed(lab, online_access="public", online_url=link)).location
    kept = browser.post("/evenements/nouveau", data=typed(lab, online_access="on_request", online_url=link)).location
    without = browser.post("/evenements/nouveau", data=typed(lab, online_access="public"))

    assert link in text_of(client.get(shown))
    assert link not in text_of(client.get(kept))
    assert link not in client.get(kept + ".ics").get_data(as_text=True)
    assert without.status_code == 422


def test_labs_organise_together(browser, lab, client):
    one, two = make_place(name="Lab Un"), make_place(name="Lab Deux")

    answer = browser.post("/evenements/nouveau", data=typed(lab, partners=[str(one.id), str(two.id), str(lab.id)]))

    assert [place.name for place in queries.get_event("initiation-a-la-brodeuse").partners] == ["Lab Deux", "Lab Un"]
    assert "Lab Un" in text_of(client.get(answer.location))


@pytest.mark.parametrize("name", ["partners", "venue"])
def test_a_place_that_is_none_or_is_of_the_other_world_is_refused(browser, lab, name, db):
    invented = make_place(name="Lab inventé", is_demo=True)
    db.commit()  # a refusal undoes what its request had not kept

    for number in (str(invented.id), "999999", "abc"):
        answer = browser.post("/evenements/nouveau", data=typed(lab, where="elsewhere", **{name: number}))
        assert answer.status_code == 422
    assert queries.find_event("initiation-a-la-brodeuse") is None


def test_only_what_the_form_shows_can_be_set(browser, lab):
    strange = {"is_demo": "y", "sequence": "40", "created_by_id": "1", "slug": "a-moi", "status": "cancelled"}

    browser.post("/evenements/nouveau", data=typed(lab, **strange))

    event = queries.get_event("initiation-a-la-brodeuse")
    assert (event.sequence, event.status, event.place_id) == (0, EventStatus.CONFIRMED, lab.id)


# --- all the rest ------------------------------------------------------------------------------------------------


def test_all_that_is_said_of_an_event_is_kept(browser, lab):
    said = {
        "tags": "Couture, couture ;  Découpe laser,#couture",
        "audience": "Débutant·es",
        "language": "br",
        "accessibility": "De plain-pied",
        "price_kind": "amount",
        "price_amount": "7,50 €",
        "capacity": "8",
        "registration_url": "https://inscription.exemple.test",
        "contact": "02 99 00 00 00",
    }

    browser.post("/evenements/nouveau", data=typed(lab, **said))

    event = queries.get_event("initiation-a-la-brodeuse")
    assert event.tags == ["Couture", "Découpe laser"]
    assert (event.audience, event.language, event.accessibility) == ("Débutant·es", "br", "De plain-pied")
    assert (event.price_kind, event.price_amount) == (PriceKind.AMOUNT, Decimal("7.50"))
    assert (event.capacity, event.registration_url) == (8, "https://inscription.exemple.test")
    page = text_of(browser.get(address_of(event)))
    assert 'value="7,50"' in page
    assert 'value="Couture, Découpe laser"' in page


# --- drafts and previews -----------------------------------------------------------------------------------------


def test_a_draft_is_kept_from_everybody_until_it_is_published(browser, client, lab):
    answer = browser.post("/evenements/nouveau", data=typed(lab, act="draft"))
    address = answer.location
    before = client.get(address).status_code
    event = queries.get_event(address.rsplit("/", 1)[1])

    published = browser.post(f"{address}/publier", data={"version": str(event.version)})

    assert (before, published.status_code, client.get(address).status_code) == (404, 303, 200)


def test_a_draft_is_edited_and_published_from_its_form(browser, client, lab):
    address = browser.post("/evenements/nouveau", data=typed(lab, act="draft")).location
    page = text_of(browser.get(f"{address}/modifier"))

    browser.post(f"{address}/modifier", data=typed(lab, title="Mieux dit", version="1", act="draft"))
    still = client.get(address).status_code
    browser.post(f"{address}/modifier", data=typed(lab, title="Encore mieux", version="2", act="publish"))

    assert buttons(page)[-4:] == ["publish", "draft", "image", "preview"]
    assert (still, client.get(address).status_code) == (404, 200)
    assert "Encore mieux" in text_of(client.get(address))


# --- where the zone reads first ----------------------------------------------------------------------------------


@pytest.fixture
def strict(lab):
    """The lab's zone publishes nothing at once."""
    zone = make_zone("35")
    nothing = dict.fromkeys(DEFAULTS, False)
    rule_actions.set_rules(zone, nothing, seen=DEFAULTS, is_demo=False, by=make_coordinator(zone), now=NOW)
    queries.session.commit()
    return zone


SENT = "L’événement est envoyé au pôle de la zone, qui le publiera après l’avoir lu. Vous recevrez sa réponse."
STILL_WAITS = "Les changements sont enregistrés. L’événement attend toujours la décision du pôle de la zone."


def told(browser, answer) -> list[str]:
    """What the next page says of what was done."""
    page = text_of(browser.get(answer.location))
    return [html.unescape(each) for each in re.findall(r'<p class="note good">(.*?)</p>', page)]


def test_a_new_event_that_waits_is_told_to_wait(browser, lab, strict):
    assert told(browser, browser.post("/evenements/nouveau", data=typed(lab, act="publish"))) == [SENT]


def test_a_draft_published_from_its_form_is_told_to_wait(browser, lab, strict):
    address = browser.post("/evenements/nouveau", data=typed(lab, act="draft")).location
    browser.get(address)

    answer = browser.post(f"{address}/modifier", data=typed(lab, version="1", act="publish"))

    assert told(browser, answer) == [SENT]


@pytest.mark.parametrize("act", ["save", "publish"])
def test_what_waits_is_edited_whichever_button_is_pressed_and_is_told_to_wait_still(browser, lab, strict, act, db):
    address = browser.post("/evenements/nouveau", data=typed(lab, act="publish")).location
    browser.get(address)

    answer = browser.post(f"{address}/modifier", data=typed(lab, title="Mieux dit", version="1", act=act))

    db.expire_all()
    event = queries.get_event("initiation-a-la-brodeuse")
    assert (answer.status_code, told(browser, answer)) == (303, [STILL_WAITS])
    assert (event.title, event.moderation) == ("Mieux dit", ModerationState.PENDING)


def test_from_the_form_one_goes_on_to_the_image_and_nothing_typed_is_lost(browser, lab, db):
    first = browser.post("/evenements/nouveau", data=typed(lab, act="image"))
    event = queries.get_event("initiation-a-la-brodeuse")
    is_draft, address = event.is_draft, f"/evenements/{event.slug}"
    browser.post(f"{address}/publier", data={"version": str(event.version)})
    second = browser.post(f"{address}/modifier", data=typed(lab, title="Mieux dit", version="2", act="image"))

    assert (first.status_code, first.location, is_draft) == (303, f"{address}/image", True)
    assert (second.status_code, second.location) == (303, f"{address}/image")
    db.expire_all()
    event = queries.get_event("initiation-a-la-brodeuse")
    assert (event.title, event.is_draft) == ("Mieux dit", False)


def test_the_preview_shows_the_image_that_the_event_has(browser, lab, alice):
    event = make_event(lab, title="Couture", by=alice)
    picture = read_picture(photo())
    image_actions.set_image(event, picture, "Deux personnes", by=alice, now=NOW, version=event.version)
    queries.session.commit()

    page = browser.post(address_of(event), data=typed(lab, version="2", act="preview")).get_data(as_text=True)
    model = browser.post("/evenements/nouveau?comme=couture", data=typed(lab, act="preview")).get_data(as_text=True)
    bare = browser.post("/evenements/nouveau", data=typed(lab, act="preview")).get_data(as_text=True)

    shown = f'<img src="/images/{event.image_digest}.jpg"'
    assert [shown in each for each in (page, model, bare)] == [True, True, False]


def test_a_draft_whose_form_is_sent_again_is_the_same_event(browser, client, lab):
    uid = "0a7e6bb6-6c24-4c36-8e1e-0a5b8f0d4e0f"
    browser.post("/evenements/nouveau", data=typed(lab, uid=uid, act="draft"))

    answer = browser.post("/evenements/nouveau", data=typed(lab, uid=uid, title="Fini", act="publish"))

    event = queries.find_by_uid(uid)
    assert (event.title, event.is_draft) == ("Fini", False)
    assert client.get(answer.location).status_code == 200


def test_the_name_of_an_event_of_others_opens_nothing(as_person, lab, browser):
    uid = "0a7e6bb6-6c24-4c36-8e1e-0a5b8f0d4e0f"
    browser.post("/evenements/nouveau", data=typed(lab, uid=uid, act="draft"))
    bob = make_account(name="Bob")
    theirs = make_place(name="Lab de Bob", managers=(bob,))

    answer = as_person(bob).post("/evenements/nouveau", data=typed(theirs, uid=uid, title="Volé"))

    assert answer.status_code == 403
    assert queries.find_by_uid(uid).title == "Initiation à la brodeuse"


def test_a_preview_shows_the_page_and_saves_nothing(browser, lab):
    said = typed(lab, **WEEKLY, tags="fil, laine", extra="18/03/2028", act="preview")

    page = text_of(browser.post("/evenements/nouveau", data=said))

    assert queries.find_event("initiation-a-la-brodeuse") is None
    assert "rien n’est enregistré" in page
    assert "<strong>tissu</strong>" in page
    assert "Chaque semaine, le mardi, jusqu’au 27 juin 2028." in page
    assert "samedi 18 mars 2028, de 18 h à 20 h" in page
    assert buttons(page) == ["publish", "draft", "back"]


def test_a_preview_keeps_everything_typed_for_the_form_and_for_publishing(browser, lab):
    lists = {"left_out": "14/03/2028\r\n21/03/2028", "weekdays": ["TU", "TH"]}
    said = typed(lab, **WEEKLY | lists, tags="fil, laine")
    kept = hidden(browser.post("/evenements/nouveau", data=said | {"act": "preview"}).get_data(as_text=True))

    form = text_of(browser.post("/evenements/nouveau", data=kept | {"act": "back"}))
    answer = browser.post("/evenements/nouveau", data=kept | {"act": "publish"})

    assert {name: value for name, value in kept.items() if name in said} == {
        name: value if isinstance(value, list) else [value] for name, value in said.items()
    }
    assert 'value="fil, laine"' in form
    assert answer.status_code == 303
    assert len(queries.get_event("initiation-a-la-brodeuse").exdates) == 2


# --- two at once -------------------------------------------------------------------------------------------------


def seen_at(event) -> dict[str, str]:
    return {"version": str(event.version), "seen": seal(tell(event))}


def test_two_who_changed_different_things_both_keep_theirs(browser, lab):
    event = publish(browser, lab)
    mine = typed(lab, **WEEKLY) | seen_at(event)
    browser.post(address_of(event), data=typed(lab, **WEEKLY, version="1", title="Le titre de Bob"))

    page = browser.post(address_of(event), data=mine | {"description": "Le texte d’Alice"})
    again = hidden(page.get_data(as_text=True))
    chosen = re.findall(r'name="(keep_\w+)" value="(\w+)" checked', page.get_data(as_text=True))
    answer = browser.post(address_of(event), data=again | dict(chosen) | {"act": "merge"})

    saved = queries.get_event(event.slug)
    assert page.status_code == 409
    assert chosen == [("keep_title", "theirs"), ("keep_description", "mine")]
    assert answer.status_code == 303
    assert (saved.title, saved.description) == ("Le titre de Bob", "Le texte d’Alice")


def test_two_who_changed_the_same_thing_are_asked(browser, lab):
    event = publish(browser, lab)
    mine = typed(lab, **WEEKLY | {"first_hour": "17:00"}) | seen_at(event)
    browser.post(address_of(event), data=typed(lab, **WEEKLY | {"first_hour": "16:00"}, version="1", tags="laine"))

    page = browser.post(address_of(event), data=mine)
    text = text_of(page)
    again = hidden(page.get_data(as_text=True))
    theirs = browser.post(
        address_of(event), data=again | {"act": "merge", "keep_when": "theirs", "keep_tags": "theirs"}
    )

    saved = queries.get_event(event.slug)
    assert "modifié des deux côtés" in text
    assert "de 17 h à 20 h" in text
    assert "de 16 h à 20 h" in text
    assert theirs.status_code == 303
    assert (saved.starts_local.hour, saved.tags) == (16, ["laine"])


def test_one_may_keep_the_whole_of_ones_own_version(browser, lab):
    event = publish(browser, lab)
    mine = typed(lab, **WEEKLY, tags="fil") | seen_at(event)
    browser.post(address_of(event), data=typed(lab, **WEEKLY, version="1", title="Bob", tags="laine"))

    again = hidden(browser.post(address_of(event), data=mine).get_data(as_text=True))
    browser.post(address_of(event), data=again | {"act": again["then"][0]})

    saved = queries.get_event(event.slug)
    assert (saved.title, saved.tags) == ("Initiation à la brodeuse", ["fil"])


# --- hostile and hasty people ------------------------------------------------------------------------------------

HOSTILE = [
    "",
    "0001-01-01",
    "9999-12-31",
    "-1",
    "1e9",
    "²",
    "\u202e",
    "' OR 1=1 --",
    "<script>",
    "x" * 3000,
    "2028-02-30",
]
FIELDS = [
    *("first_day", "last_day", "first_hour", "last_hour", "timezone", "former_day", "rhythm", "interval", "weekdays"),
    *("ends", "until", "count", "holidays", "left_out", "extra", "place", "where", "venue", "venue_search", "town"),
    *("town_search", "partners", "partner_search", "online_access", "online_url", "category", "language", "tags"),
    *("price_kind", "price_amount", "capacity", "registration_url", "version", "uid", "seen", "act", "keep_when"),
]


@pytest.mark.parametrize("name", FIELDS)
def test_nonsense_in_a_field_is_answered_and_never_an_error_of_ours(browser, lab, db, name):
    event = publish(
        browser, lab, timezone="America/Martinique", holidays="C", extra="11/03/2028", left_out="14/03/2028"
    )
    db.commit()
    fields = fields_of(event, when_of(event), town=None, own_zone="Europe/Paris")
    other = {"rhythm": "monthly_by_ear"} if name == "rhythm" else {}

    for value in HOSTILE:
        said = fields | {"version": str(event.version), "act": "preview"} | other | {name: value}
        for address in ("/evenements/nouveau", address_of(event), "/evenements/apercu-dates"):
            answer = browser.post(address, data={key: each for key, each in said.items() if each is not None})
            assert (value, answer.status_code) in [(value, code) for code in (200, 303, 409, 422)]
            assert "<script>alert" not in text_of(answer)


@pytest.mark.parametrize("since", ["", "x", "0001-01-01", "9999-12-31T23:59", "2028-03-07T18:00+02:00"])
def test_nonsense_for_a_date_is_no_date(browser, lab, since):
    event = make_event(lab)

    assert browser.get(f"{address_of(event)}?depuis={since}").status_code in (200, 404)


@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0", "\n"])
def test_a_blank_time_zone_is_that_of_the_place(browser, lab, blank):
    answer = browser.post("/evenements/nouveau", data=typed(lab, timezone=blank))

    assert answer.status_code == 303
    assert queries.get_event("initiation-a-la-brodeuse").timezone == "Europe/Paris"


@pytest.mark.parametrize("field", ["registration_url", "online_url"])
def test_an_address_that_cannot_be_taken_apart_is_told(browser, lab, field):
    answer = browser.post("/evenements/nouveau", data=typed(lab, **{field: "http://[::1"}))

    assert answer.status_code == 422
    assert "Une adresse web commence par https://" in text_of(answer)
    assert 'value="http://[::1"' in text_of(answer)
