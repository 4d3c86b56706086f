from dataclasses import replace
from datetime import datetime

import pytest

from fablabmesh.events import actions, queries
from fablabmesh.events.rules import when_of
from tests.authoring.test_views import WEEKLY, text_of, typed
from tests.factories import NOW, make_account, make_event, make_place


@pytest.fixture
def lab(alice):
    return make_place(managers=(alice,))


@pytest.fixture
def browser(as_person, alice):
    return as_person(alice)


def test_the_dates_of_a_series_are_shown_while_the_title_is_still_missing(browser, lab):
    said = typed(lab, **WEEKLY, title="", holidays="B", left_out="14/03/2028")

    shown = text_of(browser.post("/evenements/apercu-dates", data=said))

    assert "sauf pendant les vacances scolaires de la zone B." in shown
    assert shown.count("<li>") == 10
    assert "mardi 14 mars 2028, de" not in shown
    assert 'data-pick="14/03/2028" data-state="out" aria-pressed="false"' in shown
    assert 'data-pick="11/04/2028" data-state="holiday"' in shown
    assert 'data-pick="07/03/2028"' not in shown
    assert queries.find_event("sans-nom") is None


def test_what_is_wrong_about_when_is_said_in_its_place(browser, lab):
    shown = text_of(browser.post("/evenements/apercu-dates", data=typed(lab, **WEEKLY | {"until": "2028-01-01"})))

    assert "Répétition : La répétition finit avant la première date." in shown
    assert "<ol" not in shown


def test_what_happens_once_is_shown_only_when_there_is_something_to_know(browser, lab):
    plain = text_of(browser.post("/evenements/apercu-dates", data=typed(lab)))
    night = {"first_day": "2026-10-25", "first_hour": "02:30", "last_hour": "05:00"}
    twice = text_of(browser.post("/evenements/apercu-dates", data=typed(lab, **night)))

    assert plain.strip() == ""
    assert "2 h 30 vient deux fois" in twice


def test_the_dates_of_an_event_know_its_own_rule(browser, lab, db):
    event = make_event(lab, starts="2090-06-13T18:00", ends="2090-06-13T20:00")
    when = when_of(event)
    rule = replace(when, rrule="FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2")
    actions.edit_event(event, lab, {}, rule, now=NOW, version=1)
    db.commit()
    said = typed(lab, first_day="2090-06-13", rhythm="kept")

    shown = text_of(browser.post(f"/evenements/apercu-dates?evenement={event.slug}", data=said))

    assert when.starts_local == datetime.fromisoformat("2090-06-13T18:00")
    assert "mardi 11 juillet 2090" in shown


def test_only_who_may_edit_an_event_sees_its_dates_so(as_person, lab, db):
    event = make_event(lab)
    bob = make_account(name="Bob")
    make_place(name="Lab de Bob", managers=(bob,))

    answer = as_person(bob).post(f"/evenements/apercu-dates?evenement={event.slug}", data=typed(lab))

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("what", "kind", "search"), [("venue", "radio", "venue_search"), ("partner", "checkbox", "partner_search")]
)
def test_a_search_shows_what_may_be_chosen(browser, lab, what, kind, search):
    other = make_place(name="Fabrique du Loch")

    found = text_of(browser.post(f"/evenements/chercher?quoi={what}", data=typed(lab, **{search: "loch"})))
    nothing = text_of(browser.post(f"/evenements/chercher?quoi={what}", data=typed(lab, **{search: "xyz"})))

    assert f'<input type="{kind}" name="{what}{"s" if what == "partner" else ""}" value="{other.id}">' in found
    assert "Rien ne porte ce nom" in nothing


def test_a_search_for_nothing_known_is_not_found(browser, lab):
    assert browser.post("/evenements/chercher?quoi=tout", data=typed(lab)).status_code == 404
