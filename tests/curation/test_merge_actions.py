"""Two places made one: nothing that hung on the other is lost, and who followed it loses and repeats nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.curation.merge_actions import merge
from fablabmesh.curation.models import FreshnessLetter, PlaceTwin
from fablabmesh.digests.models import Subscription
from fablabmesh.events.models import Event, EventPartner, EventVersion
from fablabmesh.events.queries import get_event
from fablabmesh.imports.models import CalendarSource
from fablabmesh.kit.db import Base
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.places import actions as places
from fablabmesh.places.models import (
    Machine,
    Place,
    PlaceAlias,
    PlaceManager,
    PlacePerson,
    PlaceVersion,
)
from fablabmesh.places.queries import find_place, get_place
from fablabmesh.places.rules import Confidence, FactSubject, ManagerRole, PlaceKind
from fablabmesh.projects import actions as projects
from fablabmesh.projects.queries import get_project
from fablabmesh.projects.rules import PartnershipStatus
from fablabmesh.teams import actions as teams
from fablabmesh.teams import claim_actions, invitation_actions
from fablabmesh.teams import queries as team_queries
from fablabmesh.teams.claim_actions import Claimant
from fablabmesh.teams.invitation_actions import Guest
from fablabmesh.teams.models import Claim
from fablabmesh.terms.models import Term
from fablabmesh.terms.rules import Vocabulary
from fablabmesh.zones.rules import Standing
from tests.caldav.conftest import Reader
from tests.factories import NOW, make_account, make_event, make_place, make_project, make_series, make_zone
from tests.simulation.subscriber import Follower, Synchronised, components_of, revision_of

LATER = NOW + timedelta(days=1)


@pytest.fixture
def kept(db):
    return make_place(name="LabFab")


@pytest.fixture
def gone(db):
    return make_place(name="Lab Fab de Rennes", website="https://labfab.test")


def join(db, kept, gone, values=None, by=None):
    db.commit()
    merge(kept, gone, values or {}, by=by, now=LATER, versions=(kept.version, gone.version))
    db.commit()
    db.expire_all()


# --- calendars ---------------------------------------------------------------------------------------------------


class Led:
    """Goes where it is led, as calendar programs do."""

    def __init__(self, client):
        self._client = client

    def get(self, address, **given):
        return self._client.get(address, follow_redirects=True, **given)


def test_followers_of_both_have_all_events_under_their_names_with_no_revision_lowered_and_none_cancelled(
    db, client, kept, gone
):
    third = make_place(name="Troisième")
    make_event(kept, title="Sien")
    make_event(gone, title="Atelier")
    make_series(gone, title="Série", venue_id=third.id)
    make_event(third, title="Chez le tiers")
    _held_in(db, third, gone)
    _shared_with(db, third, gone, title="À deux")
    addresses = (f"/lieux/{gone.slug}/agenda.ics", f"/lieux/{kept.slug}/agenda.ics", "/agenda.ics")
    old, new, all_ = (Follower(Led(client), address) for address in addresses)
    for each in (old, new, all_):
        each.poll()
    before = dict(old.store) | dict(new.store)
    whole = dict(all_.store)

    join(db, kept, gone)
    for each in (old, new, all_):
        each.poll()

    assert old.store == new.store
    assert set(new.store) == set(before)
    assert set(all_.store) == set(whole)
    assert "STATUS:CANCELLED" not in "".join(new.store.values())
    lowered = [key for key, text in new.store.items() if revision_of(text) < revision_of(before[key])]
    assert lowered == []
    # What a program holds is what the calendar says: whatever changed was told as newer.
    assert all_.store == components_of(client.get("/agenda.ics").get_data(as_text=True))
    assert client.get(f"/lieux/{kept.slug}/agenda.ics", headers={"If-None-Match": new.tag}).status_code == 304
    assert "Lab Fab de Rennes" not in "".join(all_.store.values())


def _held_in(db, organiser, venue):
    event = make_event(organiser, title="Hors les murs")
    event.venue_id = venue.id
    db.commit()


def _shared_with(db, organiser, partner, **words):
    event = make_event(organiser, **words)
    db.add(EventPartner(event_id=event.id, place_id=partner.id))
    db.commit()
    db.expire_all()
    event = get_event(event.slug)
    event.capacity = 12
    db.commit()


def test_who_synchronises_with_either_gets_the_same_events_once(db, client, kept, gone):
    for lab in (kept, gone):
        make_event(lab, title=f"Chez {lab.name}")
    reader = Reader(client)
    mine = Synchronised(reader, f"/caldav/lieux/{kept.slug}/")
    zone = make_zone("35")
    wide = Synchronised(reader, f"/caldav/zones/fablab/{zone.slug}/")
    for each in (mine, wide):
        each.poll()
    former = f"/caldav/lieux/{gone.slug}/"

    join(db, kept, gone)
    led = client.open(former, method="PROPFIND", headers={"Depth": "0"}).headers["Location"]
    other = Synchronised(reader, led)
    for each in (mine, wide, other):
        each.poll()

    feed = components_of(client.get(f"/lieux/{kept.slug}/agenda.ics").get_data(as_text=True))
    assert mine.store == feed
    assert other.store == feed
    assert wide.store == feed
    assert mine.restarts == 0


def test_an_event_of_both_is_of_one(db, kept, gone):
    event = make_event(gone)
    db.add(EventPartner(event_id=event.id, place_id=kept.id))
    theirs = make_event(kept, title="Au lab")
    theirs.venue_id = gone.id
    db.commit()
    by = make_account()

    join(db, kept, gone, by=by)

    event, theirs = get_event(event.slug), get_event(theirs.slug)
    assert (event.place_id, event.partners, event.sequence) == (kept.id, [], 1)
    assert (theirs.place_id, theirs.venue_id) == (kept.id, None)
    line = db.scalars(sa.select(EventVersion).where(EventVersion.event_id == event.id).order_by(EventVersion.id)).all()[
        -1
    ]
    assert (line.by_id, line.deed, line.changed) == (by.id, "edited", {"place_id": [gone.id, kept.id]})


# --- all that hangs on a place -----------------------------------------------------------------------------------


def test_every_table_that_refers_to_a_place_is_thought_of():
    followed = {
        "calendar_import.place_id", "calendar_source.place_id", "event.place_id", "event.venue_id",
        "event_change.venue_id", "event_partner.place_id", "laureate.place_id", "machine.place_id",
        "partnership.place_id", "place_alias.place_id", "place_fact.place_id", "place_manager.place_id",
        "place_person.place_id", "place_picture.place_id", "place_source_alias.place_id", "place_twin.other_id",
        "place_twin.place_id", "place_version.place_id", "pole_role.place_id", "project.lead_id", "proposal.place_id",
        "claim.place_id", "invitation.place_id", "place_tenure.place_id", "pole_news.place_id",
    }  # fmt: skip
    made_anew = {"place_feature.place_id",
        "feed_chunk.place_id", "feed_forgotten.place_id", "feed_tombstone.place_id", "place_horizon.place_id",
        "place_opening.place_id",
    }  # fmt: skip

    refer = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.target_fullname == "place.id" for key in column.foreign_keys)
    }

    assert refer == followed | made_anew


def test_what_stands_on_the_page_comes_together_and_none_of_it_twice(db, kept, gone):
    printer = db.scalar(sa.select(Term).where(Term.vocabulary == Vocabulary.MACHINE, Term.code == "imprimante-3d"))
    laser = db.scalar(sa.select(Term).where(Term.vocabulary == Vocabulary.MACHINE, Term.code == "decoupe-laser"))
    for place, types in ((kept, [printer]), (gone, [printer, laser])):
        for position, term in enumerate(types):
            db.add(Machine(place_id=place.id, position=position, type_id=term.id))
        place.machine_types = sorted(term.code for term in types)
    db.add(PlacePerson(place_id=gone.id, position=0, role="Accueil"))
    fact = (FactSubject.PLACE, "Adresse", "Carte", Confidence.HIGH)
    places.set_facts(kept, [fact])
    places.set_facts(gone, [fact, (FactSubject.NOTE, "Ouvert en 2012", "Presse", None)])
    call, other = (places.put_call(slug, name=slug, year=2013) for slug in ("appel", "autre"))
    places.put_laureate(call, kept, project_name="Sien")
    for each in (call, other):
        places.put_laureate(each, gone, project_name="Leur")
    zone = make_zone("35")
    places.put_pole_role(gone, zone, standing=Standing.SOURCE, confidence=None, reason="")

    join(db, kept, gone, {"website": "https://labfab.test"})

    place = get_place(kept.slug)
    machines = db.execute(sa.select(Machine.position, Machine.type_id).where(Machine.place_id == kept.id)).all()
    assert sorted(machines) == [(0, printer.id), (1, laser.id)]
    assert place.machine_types == ["decoupe-laser", "imprimante-3d"]
    assert [fact.statement for fact in place.facts] == ["Adresse", "Ouvert en 2012"]
    assert [(each.call.slug, each.project_name) for each in place.laureates] == [("appel", "Sien"), ("autre", "Leur")]
    assert [role.zone_id for role in place.pole_roles] == [zone.id]
    assert db.scalars(sa.select(PlacePerson.role).where(PlacePerson.place_id == kept.id)).all() == ["Accueil"]
    assert place.website == "https://labfab.test"
    assert find_place(gone.slug) is None


def test_people_projects_and_followed_calendars_go_along(db, kept, gone):
    alice, bob = make_account(), make_account()
    places.grant(kept, alice, ManagerRole.EDITOR)
    for account in (alice, bob):
        places.grant(gone, account)
    third = make_place(name="Troisième")
    led, shared, both = make_project(gone, partners=(kept,)), make_project(third, title="B", partners=(gone,)), None
    both = make_project(third, title="C", partners=(gone,))
    projects.ask_to_join(both, kept, message="", by=None, now=NOW)
    for place, name in ((kept, "commun"), (gone, "commun"), (gone, "autre")):
        db.add(_source(place, f"https://ailleurs.test/{name}.ics"))

    join(db, kept, gone)

    roles = dict(db.execute(sa.select(PlaceManager.account_id, PlaceManager.role)).all())
    assert roles == {alice.id: ManagerRole.MANAGER, bob.id: ManagerRole.MANAGER}
    led, shared, both = (get_project(each.slug) for each in (led, shared, both))
    assert (led.lead_id, led.partnerships) == (kept.id, [])
    assert [(each.place_id, each.status) for each in shared.partnerships] == [(kept.id, PartnershipStatus.ACCEPTED)]
    assert [(each.place_id, each.status) for each in both.partnerships] == [(kept.id, PartnershipStatus.ACCEPTED)]
    urls = db.execute(sa.select(CalendarSource.place_id, CalendarSource.url).order_by(CalendarSource.url)).all()
    assert urls == [(kept.id, "https://ailleurs.test/autre.ics"), (kept.id, "https://ailleurs.test/commun.ics")]


def test_invitations_claims_and_that_it_was_looked_after_go_along(db, kept, gone):
    alice = make_account()
    places.grant(gone, alice)
    teams.leave(gone, alice, now=NOW, nobody_follows=True)
    for place, email in ((kept, "a@exemple.test"), (gone, "a@exemple.test"), (gone, "b@exemple.test")):
        invitation_actions.invite(place, Guest(email), ManagerRole.EDITOR, by=None, now=NOW)
        claim_actions.ask(place, Claimant("Léa", email), now=NOW)

    join(db, kept, gone)

    assert [invitation.email for invitation in team_queries.list_invitations(place_id=kept.id)] == [
        "b@exemple.test",
        "a@exemple.test",
    ]
    assert sorted(db.scalars(sa.select(Claim.email))) == ["a@exemple.test", "b@exemple.test"]
    assert [place.slug for place, _at in team_queries.list_orphans(None)] == [kept.slug]


def _source(place, url):
    given = {"category_slug": "atelier", "every_minutes": 60, "created_at": NOW, "next_fetch_at": NOW}
    return CalendarSource(place_id=place.id, url=url, **given)


def test_letters_and_all_former_addresses_ask_for_the_one_that_stays(db, client, kept, gone):
    db.add(PlaceAlias(slug="encore-avant", place_id=gone.id))
    for email, slug in (("a@exemple.test", gone.slug), ("b@exemple.test", gone.slug), ("b@exemple.test", kept.slug)):
        db.add(_letter(email, f"langue=fr&lieu={slug}"))
    db.flush()

    join(db, kept, gone)

    letters = db.execute(sa.select(Subscription.email, Subscription.query).order_by(Subscription.email)).all()
    assert letters == [(email, f"langue=fr&lieu={kept.slug}") for email in ("a@exemple.test", "b@exemple.test")]
    for slug in (gone.slug, "encore-avant"):
        assert client.get(f"/lieux/{slug}").headers["Location"] == f"/lieux/{kept.slug}"


def _letter(email, query):
    told = {"language": "fr", "nonce": b"0" * 16, "asked_at": NOW, "confirmed_at": NOW, "last_issue": date(2026, 3, 2)}
    return Subscription(email=email, query=query, failures=0, **told)


def test_the_importer_does_not_make_the_place_again_and_leaves_what_was_chosen(db, kept):
    words = {"name": "Leur nom", "kind": PlaceKind.FABLAB}
    theirs = places.create_place(words | {"phone": "01"}, now=NOW, source="carte", source_id="7")
    other = places.create_place(words | {"name": "Autre nom"}, now=NOW, source="liste", source_id="9")

    join(db, kept, theirs)
    place, outcome = places.put_place("carte", "7", {"name": "Leur nom", "phone": "02", "summary": "Neuf"}, now=LATER)
    assert (place.id, outcome, place.name, place.phone, place.summary) == (kept.id, "changed", "LabFab", "02", "Neuf")

    join(db, place, other)
    merged, outcome = places.put_place("liste", "9", {"name": "Autre nom"}, now=LATER)
    assert (merged.id, outcome, merged.name) == (kept.id, "same", "LabFab")
    assert db.scalar(sa.select(sa.func.count()).select_from(Place)) == 1


def test_the_history_tells_of_the_merge_and_keeps_all_that_the_other_page_said(db, kept, gone):
    db.add(PlaceVersion(place_id=gone.id, at=NOW, deed="edited", changed={"phone": ["", "01"]}))
    by = make_account()

    join(db, kept, gone, by=by)

    lines = db.scalars(sa.select(PlaceVersion).where(PlaceVersion.place_id == kept.id).order_by(PlaceVersion.id)).all()
    assert [(line.deed, line.changed) for line in lines[:-1]] == [
        ("created", {}),
        ("created", {}),
        ("edited", {"phone": ["", "01"]}),
    ]
    told = lines[-1].changed["merged"][0]
    assert (lines[-1].deed, lines[-1].by_id, lines[-1].at) == ("merged", by.id, LATER)
    assert (told["slug"], told["name"], told["website"]) == (gone.slug, "Lab Fab de Rennes", "https://labfab.test")


def test_whoever_the_other_was_not_is_not_the_one_that_stays_either(db, kept, gone):
    stranger = make_place(name="Homonyme")
    letter = FreshnessLetter(
        account_id=make_account().id, place_ids=[gone.id], secret_hash=b"x", sent_at=NOW, expires_at=LATER
    )
    db.add_all([letter, PlaceTwin(place_id=gone.id, other_id=stranger.id, score=80, found_at=NOW, dismissed_at=NOW)])
    db.flush()

    join(db, kept, gone)

    pairs = db.execute(sa.select(PlaceTwin.place_id, PlaceTwin.other_id, PlaceTwin.dismissed_at)).all()
    assert pairs == [(kept.id, stranger.id, NOW)]
    assert db.get(FreshnessLetter, letter.id).place_ids == [kept.id]


# --- refusals ----------------------------------------------------------------------------------------------------


def test_nothing_is_merged_that_changed_meanwhile_or_with_itself_or_an_invented_one(db, kept, gone):
    invented = make_place(name="Inventé", is_demo=True)
    given = {"by": None, "now": datetime(2026, 3, 3, tzinfo=UTC)}

    with pytest.raises(Conflict):
        merge(kept, gone, {}, versions=(kept.version, gone.version - 1), **given)
    with pytest.raises(Refused):
        merge(kept, kept, {}, versions=(kept.version, kept.version), **given)
    with pytest.raises(Refused):
        merge(kept, invented, {}, versions=(kept.version, invented.version), **given)

    assert db.scalar(sa.select(sa.func.count()).select_from(Place)) == 3
    assert db.scalar(sa.select(sa.func.count()).select_from(Event)) == 0
