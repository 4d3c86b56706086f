"""Both pages side by side: what stays, what moves, and who may say so."""

import pytest
import sqlalchemy as sa

from fablabmesh.curation import merge_actions, twin_queries
from fablabmesh.curation.rules import Scope
from fablabmesh.places import actions as places
from fablabmesh.places.models import Place
from tests.curation.conftest import LATER, hidden
from tests.factories import NOW, make_account, make_event, make_place


@pytest.fixture
def desk(as_person, coordinator):
    return as_person(coordinator)


@pytest.fixture
def twin(lab, db):
    place = make_place(name="Le LabFab", phone="02 99 00 00 00", services=["coworking"])
    db.commit()
    while merge_actions.search_twins(NOW):
        pass
    return place


def sent(page, **choices):
    return {name: hidden(page, name) for name in ("version", "autre_version")} | choices


def test_pairs_are_listed_with_their_reasons_and_can_be_parted_for_ever(desk, lab, twin):
    page = desk.get("/moderation/doublons").get_data(as_text=True)
    assert "même nom, au même endroit, même adresse" in page

    answer = desk.post(f"/moderation/doublons/{lab.slug}/{twin.slug}/separer")

    assert answer.status_code == 303
    assert twin_queries.count_twins(Scope(is_admin=True)) == 0
    assert "deux lieux différents" in desk.get(f"/moderation/doublons/{lab.slug}/{twin.slug}").get_data(as_text=True)


def test_each_value_is_chosen_and_the_former_address_leads_to_the_page_that_stays(db, client, desk, lab, twin):
    make_event(twin, title="Atelier")
    path = f"/moderation/doublons/{lab.slug}/{twin.slug}"
    page = desk.get(path).get_data(as_text=True)
    assert "1 événement" in page

    answer = desk.post(path, data=sent(page, name="celle-ci", phone="autre", services="deux", point="autre"))

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/lieux/{lab.slug}")
    db.expire_all()
    kept = db.get(Place, lab.id)
    assert (kept.name, kept.phone, kept.services) == ("LabFab", "02 99 00 00 00", ["coworking"])
    assert client.get(f"/lieux/{twin.slug}").headers["Location"] == f"/lieux/{lab.slug}"
    assert "Atelier" in client.get(f"/lieux/{lab.slug}/agenda.ics").get_data(as_text=True)


def test_a_page_that_changed_meanwhile_is_shown_again_with_the_choices(db, desk, lab, twin):
    path = f"/moderation/doublons/{lab.slug}/{twin.slug}"
    page = desk.get(path).get_data(as_text=True)
    places.update_place(twin, {"phone": "09"}, now=LATER)
    db.commit()

    answer = desk.post(path, data=sent(page, phone="celle-ci"))

    again = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'name="phone" value="celle-ci" checked' in again
    assert db.scalar(sa.select(sa.func.count()).select_from(Place).where(Place.id == twin.id)) == 1


def test_only_who_moderates_both_may(as_person, client, lab, twin):
    mine = make_account()
    places.grant(lab, mine)
    person = as_person(mine)

    for path in ("/moderation/doublons", f"/moderation/doublons/{lab.slug}/{twin.slug}"):
        assert (path, person.get(path).status_code) == (path, 403)
    assert person.post(f"/moderation/doublons/{lab.slug}/{twin.slug}").status_code == 403
    assert client.get("/moderation/doublons").status_code == 303


def test_a_page_is_not_compared_with_itself(desk, lab):
    assert desk.get(f"/moderation/doublons/{lab.slug}/{lab.slug}").status_code == 404
