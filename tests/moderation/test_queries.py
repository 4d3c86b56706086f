"""What a queue holds, for whom, and by which filters."""

from datetime import timedelta

from fablabmesh.curation.actions import Note
from fablabmesh.curation.queries import find_scope
from fablabmesh.curation.rules import ProposalKind
from fablabmesh.moderation import actions, queries
from fablabmesh.moderation.report_actions import report
from fablabmesh.moderation.rules import Charge, Wanted
from fablabmesh.zones.moderation import Thing
from tests.factories import NOW, make_account, make_coordinator, make_department, make_event, make_zone

LATE = NOW + timedelta(days=15)


EVERYTHING = Wanted()


def names(person, wanted=EVERYTHING, now=NOW):
    scope = find_scope(person)
    found = queries.list_queue(scope, wanted, me=person.id, now=now, limit=50)
    assert queries.count_queue(scope, wanted, me=person.id, now=now) == len(found)
    return [each.place_name for each in found]


def test_the_queue_is_one_for_all_that_waits_the_oldest_first(pending, pending_project, coordinator, lab):
    pending("Un")
    report(make_event(lab, title="Signalé"), ProposalKind.ABUSE, Note(message="Non.", network="192.0.2.1"), now=LATE)

    assert names(coordinator) == ["Un four solaire", "Un", "Signalé"]
    assert names(coordinator, Wanted(thing=Thing.PROJECT)) == ["Un four solaire"]
    assert names(coordinator, Wanted(thing=Thing.EVENT)) == ["Un", "Signalé"]
    assert names(coordinator, Wanted(thing=Thing.PLACE)) == []
    assert names(coordinator, Wanted(kind=ProposalKind.ABUSE)) == ["Signalé"]


def test_it_is_parted_by_who_takes_care_by_zone_and_by_lateness(pending, case_of, coordinator, zone):
    mine, nobodys = pending("Un"), pending("Deux")
    actions.assign(case_of(mine), coordinator)

    assert names(coordinator, Wanted(whose=Charge.MINE)) == ["Un"]
    assert names(coordinator, Wanted(whose=Charge.NOBODYS)) == [nobodys.title]
    assert names(coordinator, Wanted(zone=zone.id)) == ["Un", "Deux"]
    assert names(coordinator, Wanted(is_late=True)) == []
    assert names(coordinator, Wanted(is_late=True), now=LATE) == ["Un", "Deux"]
    counts = queries.count_by(find_scope(coordinator), Wanted(), me=coordinator.id, now=LATE)
    told = {name: counts[name] for name in ("genre:publication", "quoi:evenement", "qui:moi", "qui:personne", "retard")}
    assert told == {"genre:publication": 2, "quoi:evenement": 2, "qui:moi": 1, "qui:personne": 1, "retard": 2}


def test_its_own_people_do_not_decide_about_what_they_wrote_nor_about_complaints_of_it(pending, manager, lab):
    pending("Un")
    report(make_event(lab, title="Passé"), ProposalKind.OTHER, Note(message="Non.", network="192.0.2.1"), now=NOW)
    report(make_event(lab, title="Déplacé"), ProposalKind.ABUSE, Note(message="Non.", network="192.0.2.1"), now=NOW)

    assert names(manager) == ["Passé"]


def test_another_zone_and_the_invented_world_see_nothing_of_it(pending, zone):
    pending("Un")

    make_department("59", "Nord")
    assert names(make_coordinator(make_zone("59", slug="nord", name="Nord"))) == []
    assert names(make_coordinator(zone, is_demo=True)) == []
    assert names(make_account()) == []


def test_a_queue_is_read_in_the_same_number_of_queries_however_long(pending, coordinator, count_queries):
    scope = find_scope(coordinator)
    pending("Un")

    def cost():
        with count_queries() as seen:
            for each in queries.list_queue(scope, Wanted(), me=coordinator.id, now=NOW, limit=50):
                assert (each.place.name, each.by.name, each.assigned_to) == ("LabFab", "Alice Martin", None)
            queries.count_by(scope, Wanted(), me=coordinator.id, now=NOW)
        return len(seen)

    one = cost()
    pending("Deux"), pending("Trois")

    assert cost() == one


def test_an_item_may_be_given_to_the_coordinators_and_colleagues_begin_with_oneself(pending, zone, coordinator):
    other = make_coordinator(zone, name="Aline Autre")

    assert queries.list_colleagues(find_scope(coordinator), coordinator.id) == [coordinator, other]
