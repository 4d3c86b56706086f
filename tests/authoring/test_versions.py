# ruff: noqa: DTZ001 - wall times have no zone
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace

import pytest

from fablabmesh.authoring.versions import GROUPS, compare, draft, merge, seal, tell, to_list
from fablabmesh.events.rules import OnlineAccess, PriceKind, When, when_of
from fablabmesh.kit.i18n import force_locale

WHEN = When(datetime(2026, 3, 10, 18), datetime(2026, 3, 10, 20), "Europe/Paris", rrule="FREQ=WEEKLY;BYDAY=TU")
LAB = SimpleNamespace(id=1, name="LabFab")
WORDS = {
    **dict.fromkeys(
        ("description", "audience", "accessibility", "registration_url", "contact", "venue_text", "online_url"), ""
    ),
    **dict.fromkeys(("venue_id", "venue_latitude", "venue_longitude", "capacity", "price_amount")),
    "title": "Couture",
    "category_slug": "atelier",
    "language": "fr",
    "tags": [],
    "price_kind": PriceKind.UNSAID,
    "online_access": OnlineAccess.NONE,
    "school_holidays": "",
}


@pytest.fixture(autouse=True)
def french(pages):
    with pages.app_context(), force_locale("fr"):
        yield


def event(when: When = WHEN, **words):
    others = {"venue": None, "partners": [], "category": SimpleNamespace(label="Atelier")}
    return draft(WORDS | words, when, place=LAB, **others)


def differences(mine, theirs, before):
    return [(each.group, each.is_clash, each.choice) for each in compare(tell(mine), tell(theirs), seal(tell(before)))]


def test_an_event_that_is_not_stored_has_what_a_page_asks_for():
    made = event()

    assert when_of(made) == WHEN
    assert (made.is_recurring, made.starts_at, made.place_id, made.is_draft) == (True, WHEN.starts_at, 1, False)


def test_every_group_is_told_and_has_its_fields():
    assert set(tell(event())) == set(GROUPS)


def test_what_only_they_changed_is_theirs_and_what_only_i_changed_is_mine():
    before = event()

    assert differences(event(title="A"), event(tags=["laine"]), before) == [
        ("title", False, "mine"),
        ("tags", False, "theirs"),
    ]


def test_what_both_changed_is_a_clash_unless_they_changed_it_alike():
    before = event()

    assert differences(event(title="A"), event(title="B"), before) == [("title", True, "mine")]
    assert differences(event(title="A"), event(title="A"), before) == []


def test_without_knowing_what_was_seen_every_difference_is_a_clash():
    found = compare(tell(event(title="A")), tell(event(title="B")), "nonsense")

    assert [(each.is_clash, each.mine, each.theirs) for each in found] == [(True, "A", "B")]


def test_when_is_told_whole():
    other = replace(WHEN, exdates=(datetime(2026, 3, 17, 18),), rdates=(datetime(2026, 3, 19, 18),))

    (difference,) = compare(tell(event()), tell(event(other)), "")

    assert difference.theirs.replace("\u00a0", " ").splitlines() == [
        "mardi 10 mars 2026, de 18 h à 20 h",
        "Paris",
        "Chaque semaine, le mardi.",
        "Dates écartées : 17 mars 2026",
        "Dates ajoutées : 19 mars 2026",
    ]


def test_a_long_list_of_dates_is_cut():
    many = tuple(datetime(2026, 1, number, 18) for number in range(1, 21))

    told = tell(event(replace(WHEN, exdates=many)))["when"].text

    assert told.endswith("12 janvier 2026 et 8 autres")


def test_groups_are_taken_from_what_is_stored_as_asked():
    typed = {"title": ["A"], "tags": ["fil"], "weekdays": ["TU"], "keep_title": ["theirs"], "keep_tags": ["mine"]}
    stored = {"title": "B", "tags": "laine"}

    assert merge(typed, stored) == {"title": ["B"], "tags": ["fil"], "weekdays": ["TU"]}


def test_a_box_that_is_not_ticked_is_not_sent():
    assert merge({"is_all_day": ["y"], "keep_when": ["theirs"]}, {"is_all_day": None})["is_all_day"] == []
    assert (to_list(None), to_list("a"), to_list(["a", "b"])) == ([], ["a"], ["a", "b"])
