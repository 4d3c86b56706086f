"""What anybody may send: without an account, without JavaScript, and not by robots."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.curation import actions, freshness_actions
from fablabmesh.curation.models import Proposal
from fablabmesh.curation.rules import ProposalKind
from fablabmesh.kit import clock
from fablabmesh.mails.models import Mail
from fablabmesh.places.models import Place
from fablabmesh.zones import rule_actions
from fablabmesh.zones.models import Commune
from fablabmesh.zones.moderation import DEFAULTS, Thing, Whose
from tests.curation.conftest import hidden
from tests.factories import NOW, make_account, make_place

FORM = {"name": "Lab neuf", "kind": "fablab", "commune": "rennes", "address": "1 quai", "services": ["coworking"]}


@pytest.fixture
def stamp(db):
    """As if the form had been open for a minute."""
    return actions.stamp(clock.now() - timedelta(minutes=1))


def proposals(db):
    return db.scalars(sa.select(Proposal).order_by(Proposal.id)).all()


# --- a missing place ---------------------------------------------------------------------------------------------


def test_a_visitor_proposes_a_place(client, db, rennes, stamp):
    page = client.get("/lieux/proposer").get_data(as_text=True)
    assert hidden(page, "stamp")

    answer = client.post("/lieux/proposer", data=FORM | {"stamp": stamp, "contact": "Moi@Exemple.test"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/propositions/merci")
    (proposal,) = proposals(db)
    assert (proposal.kind, proposal.contact, proposal.language) == (ProposalKind.MISSING, "moi@exemple.test", "fr")
    assert proposal.proposed == {
        "name": "Lab neuf",
        "kind": "fablab",
        "address": "1 quai",
        "commune": "Rennes",
        "postcode": "35000",
        "insee": "35238",
        "latitude": 48.1119,
        "longitude": -1.6804,
        "precision": "commune",
        "services": ["coworking"],
    }
    assert "bien arrivé" in client.get("/propositions/merci").get_data(as_text=True)


def test_who_wishes_to_look_after_a_missing_place_leaves_an_address(client, db, rennes, stamp):
    wish = FORM | {"stamp": stamp, "looks_after": "y"}
    db.commit()  # what is refused undoes all that was not

    refused = client.post("/lieux/proposer", data=wish)
    sent = client.post("/lieux/proposer", data=wish | {"contact": "lea@exemple.test"})

    assert (refused.status_code, sent.status_code) == (422, 303)
    assert "Écrivez votre adresse" in refused.get_data(as_text=True)
    assert [proposal.looks_after for proposal in proposals(db)] == [True]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": ""}, "Écrivez le nom du lieu."),
        ({"commune": ""}, "Écrivez la commune, ou son code postal."),
        ({"commune": "Nulle-Part"}, "Aucune commune ne s’appelle ainsi."),
        ({"website": "javascript:alert(1)"}, "Une adresse web commence par https://"),
        ({"contact": "moi"}, "Cette adresse n’est pas complète"),
        ({"latitude": "48"}, "Donnez la latitude et la longitude"),
        ({"name": "x" * 201}, "200"),
        ({"kind": "autre"}, "Choisissez parmi ce qui est proposé."),
    ],
)
def test_what_is_to_be_corrected_is_told_and_nothing_typed_is_lost(client, db, rennes, stamp, changed, told):
    answer = client.post("/lieux/proposer", data=FORM | {"stamp": stamp, "address": "Mon adresse"} | changed)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert told in page
    assert "Mon adresse" in page
    assert proposals(db) == []


def test_of_several_communes_one_is_chosen(client, db, rennes, stamp):
    rennes.name = "Saint-Denis"
    rennes.folded_name = "saint-denis"
    far = Commune(
        insee="97411", name="Saint-Denis", folded_name="saint-denis", postcodes=["97400"], department_code="35",
        latitude=-20.9, longitude=55.4, population=1,
    )  # fmt: skip
    db.add(far)
    db.commit()  # what is refused undoes all that was not
    given = FORM | {"stamp": stamp, "commune": "Saint-Denis"}

    asked = client.post("/lieux/proposer", data=given)
    taken = client.post("/lieux/proposer", data=given | {"town": "97411"})

    assert asked.status_code == 422
    assert "choisissez la bonne" in asked.get_data(as_text=True)
    assert taken.status_code == 303
    assert [each.proposed["insee"] for each in proposals(db)] == ["97411"]


def test_likely_twins_are_shown_before_it_is_sent(client, db, rennes, lab, stamp):
    given = FORM | {"name": "Le LabFab", "address": "19 rue Hoche", "stamp": stamp}

    shown = client.post("/lieux/proposer", data=given)
    sent = client.post("/lieux/proposer", data=given | {"autre": "oui"})

    page = shown.get_data(as_text=True)
    assert shown.status_code == 200
    assert "Est-ce l’un de ces lieux" in page
    assert f'href="/lieux/{lab.slug}"' in page
    assert sent.status_code == 303
    assert len(proposals(db)) == 1


def test_robots_are_told_nothing_and_too_fast_people_to_send_again(client, db, rennes, stamp):
    robot = client.post("/lieux/proposer", data=FORM | {"stamp": stamp, "site": "http://spam.test"})
    fast = client.post("/lieux/proposer", data=FORM | {"stamp": actions.stamp(clock.now())})
    forged = client.post("/lieux/proposer", data=FORM | {"stamp": "1-2"})

    assert [each.status_code for each in (robot, fast, forged)] == [303, 422, 422]
    assert "Relisez, puis renvoyez" in forged.get_data(as_text=True)
    assert proposals(db) == []


def test_too_much_from_one_network_must_wait(client, db, lab, stamp):
    given = {"what": "other", "message": "Bonjour", "name": lab.name, "kind": "fablab", "stamp": stamp}
    statuses = [client.post(f"/lieux/{lab.slug}/signaler", data=given).status_code for _turn in range(11)]

    assert statuses == [303] * 10 + [429]


# --- something wrong ---------------------------------------------------------------------------------------------


def fields_of(lab, **changed):
    names = ("name", "address", "address_extra", "postcode", "commune", "latitude", "longitude", "website", "phone")
    return {name: str(getattr(lab, name)) for name in names} | {"kind": "fablab", "version": lab.version} | changed


def send(client, lab, stamp, **changed):
    return client.post(f"/lieux/{lab.slug}/signaler", data=fields_of(lab, stamp=stamp, **changed))


def test_the_page_leads_to_the_form_which_is_filled_with_it(client, lab):
    page = client.get(f"/lieux/{lab.slug}").get_data(as_text=True)
    form = client.get(f"/lieux/{lab.slug}/signaler?quoi=closed").get_data(as_text=True)

    assert f'href="/lieux/{lab.slug}/signaler"' in page
    assert 'value="19 rue Hoche"' in form
    assert 'checked id="what-1"' in form or 'id="what-1" name="what" type="radio" value="closed"' in form
    assert hidden(form, "version") == str(lab.version)


def test_a_correction_holds_only_what_differs(client, db, lab, stamp):
    answer = send(client, lab, stamp, what="correction", phone="02 99 00 00 00", message="Nouveau numéro")

    assert answer.status_code == 303
    (proposal,) = proposals(db)
    assert (proposal.proposed, proposal.before) == ({"phone": "02 99 00 00 00"}, {"phone": ""})
    assert (lab.phone, proposal.place_version) == ("", lab.version)


def test_a_closed_place_a_double_and_other_words(client, db, lab, stamp):
    other = make_place(name="Autre fiche")
    for given in (
        {"what": "closed", "closed_on": "2026-01-15"},
        {"what": "closed"},
        {"what": "duplicate", "twin": f"https://mesh.test/en/lieux/{other.slug}?x=1"},
        {"what": "abuse", "message": "Publicité"},
    ):
        assert send(client, lab, stamp, **given).status_code == 303

    told = [(each.kind.value, each.proposed, each.twin_slug) for each in proposals(db)]
    assert told == [
        ("closed", {"closed_on": "2026-01-15"}, ""),
        ("closed", {"closed_on": clock.now().date().isoformat()}, ""),
        ("duplicate", {}, other.slug),
        ("abuse", {}, ""),
    ]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "Choisissez parmi ce qui est proposé."),
        ({"what": "correction"}, "Corrigez ce qui est faux ci-dessous"),
        ({"what": "correction", "phone": "abc"}, "Un numéro s’écrit avec des chiffres"),
        ({"what": "duplicate", "twin": "rien"}, "Aucune autre fiche n’a cette adresse."),
        ({"what": "duplicate"}, "Donnez l’adresse de l’autre fiche"),
        ({"what": "other"}, "Dites en quelques mots ce qui ne va pas."),
    ],
)
def test_a_report_that_says_nothing_is_asked_for_more(client, db, lab, stamp, given, told):
    answer = send(client, lab, stamp, **given)

    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)
    assert proposals(db) == []


def test_what_was_wrong_on_the_page_already_stops_nobody(client, db, lab, stamp):
    lab.phone = "voir le site"  # as an importer brought it
    db.flush()

    assert send(client, lab, stamp, what="closed").status_code == 303


def test_its_own_people_correct_at_once(as_person, db, alice, zone):
    lab = make_place(managers=(alice,))

    answer = send(as_person(alice), lab, "", what="correction", phone="02 99 00 00 00")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/lieux/{lab.slug}")
    assert (lab.phone, proposals(db)) == ("02 99 00 00 00", [])


def test_no_address_of_a_sender_stands_on_a_public_page(client, db, lab, say):
    say(lab, phone="01", contact="secret@exemple.test")

    for path in (f"/lieux/{lab.slug}", f"/lieux/{lab.slug}/signaler", f"/api/v1/lieux/{lab.slug}"):
        assert "secret@exemple.test" not in client.get(path).get_data(as_text=True)


# --- links of letters --------------------------------------------------------------------------------------------


def test_a_question_is_answered_by_its_link(client, db, lab, say, coordinator):
    proposal = say(lab, phone="01", contact="moi@exemple.test")
    actions.ask_back(proposal, question="Depuis quand ?", by=coordinator, now=NOW, version=proposal.version)
    path = "/propositions/" + db.scalars(sa.select(Mail.text)).one().split("/propositions/")[1].split()[0]

    page = client.get(path)
    empty = client.post(path, data={"text": ""})
    sent = client.post(path, data={"text": "Depuis mardi."}, headers={"Origin": "https://mail.test"})

    assert "Depuis quand ?" in page.get_data(as_text=True)
    assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert [empty.status_code, sent.status_code, client.get(path).status_code] == [422, 200, 404]


def test_places_are_confirmed_by_a_button_behind_the_link_or_on_the_page(client, as_person, db, alice, zone):
    from_letter, on_page = make_place(name="Lab un", managers=(alice,)), make_place(name="Lab deux", managers=(alice,))
    db.commit()
    freshness_actions.ask_yearly(clock.now() + timedelta(days=366))
    path = "/fiches/confirmer/" + db.scalars(sa.select(Mail.text)).one().split("/fiches/confirmer/")[1].split()[0]

    page = client.get(path).get_data(as_text=True)
    client.post(path, data={"lieu": [str(from_letter.id), "9" * 5000]})
    as_person(alice).post(f"/lieux/{on_page.slug}/confirmer")
    stranger = as_person(make_account()).post(f"/lieux/{on_page.slug}/confirmer")

    assert f'value="{from_letter.id}" checked' in page
    days = [db.get(Place, place.id).confirmed_at.date() for place in (from_letter, on_page)]
    assert days == [clock.now().date()] * 2
    assert [client.get(path).status_code, stranger.status_code] == [404, 403]
    assert "Fiche confirmée le" in client.get(f"/lieux/{on_page.slug}").get_data(as_text=True)


def test_where_the_zone_trusts_who_has_an_account_a_place_is_there_at_once(db, as_person, zone, coordinator, rennes):
    mine, other = make_account(), make_account()
    as_person(mine).post("/lieux/proposer", data=FORM)
    rules = DEFAULTS | {(Thing.PLACE, Whose.MEMBER): True}
    rule_actions.set_rules(zone, rules, seen=DEFAULTS, is_demo=False, by=coordinator, now=clock.now())
    db.commit()

    answer = as_person(other).post("/lieux/proposer", data=FORM | {"name": "Un tout autre lieu"})

    states = [proposal.state.value for proposal in db.scalars(sa.select(Proposal).order_by(Proposal.id))]
    assert (states, answer.location.startswith("/lieux/un-tout-autre-lieu")) == (["pending", "published"], True)


def test_who_coordinates_the_zone_adds_a_place_at_once(as_person, coordinator, rennes):
    assert "/lieux/" in as_person(coordinator).post("/lieux/proposer", data=FORM).location.replace("merci", "")


# --- hours by days -----------------------------------------------------------------------------------------------


# A browser sends every day, also those without hours.
WEEK = {f"days-{day}-{end}_0": "" for day in range(7) for end in ("open", "close")}


def test_hours_are_corrected_day_by_day(client, db, lab, stamp):
    lab.opening_hours = "Mo 09:00-12:00; PH off"
    db.commit()
    page = client.get(f"/lieux/{lab.slug}/signaler?quoi=correction").get_data(as_text=True)
    assert 'name="days-0-open_0" type="time" value="09:00"' in page.replace('id="days-0-open_0" ', "")
    by_days = WEEK | {"hours_as": "form", "holidays": "closed", "days-0-open_0": "09:00", "days-0-close_0": "12:00"}
    given = fields_of(lab, stamp=stamp, what="correction", message="") | by_days

    same = client.post(f"/lieux/{lab.slug}/signaler", data=given)
    changed = client.post(
        f"/lieux/{lab.slug}/signaler", data=given | {"days-5-open_0": "14:00", "days-5-close_0": "18:00"}
    )

    assert (same.status_code, changed.status_code) == (422, 303)
    assert "Corrigez ce qui est faux ci-dessous" in same.get_data(as_text=True)
    (proposal,) = proposals(db)
    assert proposal.proposed == {"opening_hours": "Mo 09:00-12:00; Sa 14:00-18:00; PH off"}


def test_hours_that_cross_are_told_at_their_day_and_kept(client, db, lab, stamp):
    given = fields_of(lab, stamp=stamp, what="correction") | WEEK | {
        "hours_as": "form", "holidays": "usual", "days-1-open_0": "09:00", "days-1-close_0": "12:00",
        "days-1-open_1": "11:00", "days-1-close_1": "13:00",
    }  # fmt: skip

    answer = client.post(f"/lieux/{lab.slug}/signaler", data=given)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert '<a href="#days-1-open_0">' in page
    assert "Deux plages se touchent ou se croisent" in page
    assert 'value="11:00"' in page


def test_a_missing_place_is_proposed_with_its_week(client, db, rennes, stamp):
    by_days = WEEK | {"hours_as": "form", "holidays": "usual", "days-2-open_0": "10:00", "days-2-close_0": "17:00"}

    client.post("/lieux/proposer", data=FORM | by_days | {"stamp": stamp})

    assert proposals(db)[0].proposed["opening_hours"] == "We 10:00-17:00"
