"""What is decided about what waits, alone and with others, and the way back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.curation import actions as curation
from fablabmesh.curation.actions import Note
from fablabmesh.curation.models import Decision, Proposal
from fablabmesh.curation.queries import find_scope
from fablabmesh.curation.rules import ProposalKind
from fablabmesh.events import actions as events
from fablabmesh.events.models import Event, EventVersion
from fablabmesh.events.rules import when_of
from fablabmesh.kit import clock
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.mails.models import Mail
from fablabmesh.moderation import actions, queries
from fablabmesh.moderation.report_actions import report
from fablabmesh.moderation.rules import Remedy, Ticket
from fablabmesh.projects import actions as projects
from fablabmesh.projects.models import Project
from fablabmesh.zones import rule_actions, rule_queries
from fablabmesh.zones.moderation import DEFAULTS, ModerationState
from tests.factories import NOW, make_account, make_coordinator, make_event, make_place, make_zone

LATER = NOW + timedelta(days=1)


def given(case):
    return {"version": case.version, "thing_version": queries.thing_version(case)}


def state(db, thing):
    return db.scalar(sa.select(type(thing).moderation).where(type(thing).id == thing.id)).value


def deeds(db, case):
    return [each.value for each in db.scalars(sa.select(Decision.deed).filter_by(proposal_id=case.id).order_by("id"))]


def test_what_waits_is_published_and_its_author_is_told(db, pending, case_of, coordinator):
    event = pending()
    case = case_of(event)

    actions.accept(case, by=coordinator, now=LATER, reason="Bravo !", **given(case))
    db.commit()

    assert (state(db, event), case.state.value, deeds(db, case)) == ("published", "published", ["accepted"])
    assert event.published_at == LATER
    assert event.ical.startswith("BEGIN:VEVENT")
    assert db.scalars(sa.select(EventVersion.deed).order_by(EventVersion.id)).all() == ["created", "published"]
    letter = db.scalars(sa.select(Mail)).one()
    assert (letter.to_address, "C’est publié" in letter.text, "Bravo" in letter.text) == (
        "alice@exemple.test",
        True,
        True,
    )


def test_what_was_retouched_first_says_so(db, pending, case_of, coordinator):
    event = pending()
    values = {"title": "Soudure", "category_slug": "atelier"}
    events.edit_event(event, event.place, values, when_of(event), now=LATER, version=event.version, by=coordinator)
    case = case_of(event)

    actions.accept(case, by=coordinator, now=LATER, **given(case))

    assert deeds(db, case) == ["amended"]
    assert case.place_name == "Soudure"


def test_what_is_refused_is_hidden_and_can_be_proposed_again(db, pending, case_of, coordinator, manager):
    event = pending()
    case = case_of(event)

    actions.refuse(case, reason="Il manque l’adresse.", by=coordinator, now=LATER, **given(case))

    assert (state(db, event), event.deleted_at) == ("refused", None)
    assert "Il manque" in db.scalars(sa.select(Mail.text)).one()
    events.publish_event(event, now=LATER, version=event.version, by=manager)
    again = case_of(event)
    assert (state(db, event), again.id != case.id, again.state.value) == ("pending", True, "pending")


def trust(zone, coordinator):
    """Let the zone's managers publish at once again."""
    seen = rule_queries.map_rules(zone.id, is_demo=False)
    rule_actions.set_rules(zone, DEFAULTS, seen=seen, is_demo=False, by=coordinator, now=NOW)


@pytest.mark.parametrize("is_taken_back", [False, True])
def test_a_manager_does_not_publish_what_the_zone_refused(
    db, pending, pending_project, case_of, zone, coordinator, manager, is_taken_back
):
    event, project = pending(), pending_project
    for thing in (event, project):
        actions.refuse(case_of(thing), reason="Non.", by=coordinator, now=LATER, **given(case_of(thing)))
    trust(zone, coordinator)

    def send() -> list:
        published = ModerationState.PUBLISHED
        return [
            events.publish_event(event, now=LATER, version=event.version, by=manager),
            projects.move_project(project, published, now=LATER, version=project.version, by=manager),
        ]

    told = send()
    if is_taken_back:
        events.recall_event(event, now=LATER, version=event.version, by=manager)
        projects.move_project(project, ModerationState.DRAFT, now=LATER, version=project.version, by=manager)
        told = send()

    assert told == [ModerationState.PENDING, ModerationState.PENDING]
    for thing in (event, project):
        actions.accept(case_of(thing), by=coordinator, now=LATER, **given(case_of(thing)))
    assert (event.moderation, project.moderation, project.refused_at) == ("published", "published", None)


def test_who_may_refuse_publishes_what_was_refused(db, pending, case_of, lab, coordinator):
    event = pending()
    actions.refuse(case_of(event), reason="Non.", by=coordinator, now=LATER, **given(case_of(event)))

    assert events.publish_event(event, now=LATER, version=event.version, by=coordinator) == "published"


def test_two_who_decide_at_once_decide_once(db, pending, case_of, coordinator):
    case = case_of(pending())
    seen = given(case)
    actions.accept(case, by=coordinator, now=LATER, **seen)

    with pytest.raises(Conflict):
        actions.refuse(queries.get_case(case.id), reason="Non.", by=coordinator, now=LATER, **seen)

    assert deeds(db, case) == ["accepted"]


def test_what_its_author_changed_meanwhile_is_read_again_first(pending, case_of, coordinator, manager):
    event = pending()
    seen = given(case_of(event))
    values = {"title": "Tout autre chose", "category_slug": "atelier"}
    events.edit_event(event, event.place, values, when_of(event), now=LATER, version=event.version, by=manager)

    with pytest.raises(Conflict, match="a changé pendant"):
        actions.accept(case_of(event), by=coordinator, now=LATER, **seen)


@pytest.mark.parametrize("decide", ["accept", "refuse"])
def test_each_decision_can_be_undone(db, pending, pending_project, case_of, coordinator, decide):
    for thing in (pending(), pending_project):
        case = case_of(thing)
        more = {"reason": "Non."} if decide == "refuse" else {}
        getattr(actions, decide)(case, by=coordinator, now=LATER, **given(case), **more)
        case = queries.get_case(case.id)

        actions.undo(case, by=coordinator, now=LATER, version=case.version)
        db.commit()

        assert (state(db, thing), case.state.value) == ("pending", "pending")
        assert db.scalar(sa.select(sa.func.count(Proposal.id)).filter_by(place_name=thing.title)) == 1


def test_nothing_is_undone_that_others_have_touched(db, pending, case_of, coordinator):
    event = pending()
    case = case_of(event)
    actions.accept(case, by=coordinator, now=LATER, **given(case))
    events.cancel_event(event, reason="Grippe", now=LATER, version=event.version)
    case = queries.get_case(case.id)

    with pytest.raises(Conflict, match="a changé depuis"):
        actions.undo(case, by=coordinator, now=LATER, version=case.version)

    assert state(db, event) == "published"


def test_what_its_author_takes_back_leaves_the_queue(db, pending, case_of, coordinator, manager):
    event = pending()
    case = case_of(event)

    events.recall_event(event, now=LATER, version=event.version, by=manager)
    case = queries.get_case(case.id)

    assert (state(db, event), case.state.value, case.decided_at) == ("draft", "withdrawn", LATER)
    with pytest.raises(Refused):
        actions.undo(case, by=coordinator, now=LATER, version=case.version)


def test_what_is_deleted_leaves_the_queue_and_comes_back_with_it(pending, case_of, manager):
    event = pending()
    first = case_of(event).id
    events.delete_event(event, now=LATER, version=event.version, by=manager)
    gone = case_of(event)

    events.restore_event(event, now=LATER, version=event.version, by=manager)

    assert (gone.id, gone.state.value) == (first, "withdrawn")
    assert (case_of(event).id != first, case_of(event).state.value) == (True, "pending")


def test_what_moves_to_another_zone_waits_there(db, pending, case_of, manager):
    event = pending()
    other = make_place(name="Ailleurs", department="75", managers=(manager,), postcode="75011", commune="Paris")
    values = {"title": event.title, "category_slug": "atelier"}

    events.edit_event(event, other, values, when_of(event), now=LATER, version=event.version, by=manager)

    case = case_of(event)
    assert (case.place_id, case.department_code) == (other.id, other.department_code)


def reported(db, thing, kind=ProposalKind.CLOSED):
    proposal = report(
        thing, kind, Note(message="C’est faux.", contact="moi@exemple.test", network="192.0.2.1"), now=NOW
    )
    db.commit()
    return queries.get_case(proposal.id)


@pytest.mark.parametrize(
    ("remedy", "moderation", "status", "is_deleted"),
    [
        (Remedy.NOTHING, "published", "confirmed", False),
        (Remedy.CANCEL, "published", "cancelled", False),
        (Remedy.WITHDRAW, "refused", "confirmed", True),
    ],
)
def test_a_report_is_settled_and_unsettled(db, lab, coordinator, remedy, moderation, status, is_deleted):
    # What is deleted is told as cancelled for half a year from then: by the clock of whoever renders it.
    event = make_event(lab)
    case = reported(db, event)

    actions.accept(case, by=coordinator, now=clock.now(), reason="Vu.", remedy=remedy, **given(case))
    db.commit()

    assert (state(db, event), event.status.value, event.deleted_at is not None) == (moderation, status, is_deleted)
    assert ("STATUS:CANCELLED" in event.ical) is (remedy is not Remedy.NOTHING)
    case = queries.get_case(case.id)
    actions.undo(case, by=coordinator, now=clock.now(), version=case.version)
    db.commit()
    assert (state(db, event), event.status.value, event.deleted_at) == ("published", "confirmed", None)
    assert "STATUS:CONFIRMED" in event.ical


def test_a_report_that_is_refused_changes_nothing_and_its_writer_is_told(db, lab, coordinator):
    event = make_event(lab)
    case = reported(db, event, ProposalKind.ABUSE)

    actions.refuse(case, reason="Tout va bien.", by=coordinator, now=LATER, **given(case))

    assert (state(db, event), case.contact) == ("published", "")
    assert db.scalars(sa.select(Mail.to_address)).all() == ["moi@exemple.test"]


def test_a_question_waits_for_its_answer(db, pending, case_of, coordinator):
    case = case_of(pending())

    curation.ask_back(case, question="À quelle adresse ?", by=coordinator, now=LATER, version=case.version)

    assert (case.state.value, deeds(db, case)) == ("asked", ["asked"])
    assert "À quelle adresse" in db.scalars(sa.select(Mail.text)).one()


# --- many at once ------------------------------------------------------------------------------------------------


def tickets(*cases):
    return [Ticket(case.id, case.version, queries.thing_version(case)) for case in cases]


def test_many_are_accepted_each_by_itself(db, pending, pending_project, case_of, coordinator, lab):
    first, second = pending("Un"), pending("Deux")
    chosen = tickets(case_of(first), case_of(second), case_of(pending_project))
    stale = Ticket(chosen[1].proposal_id, 99, chosen[1].thing)

    told = actions.accept_all(
        [chosen[0], stale, chosen[2], Ticket(10**6, 1, 1)], find_scope(coordinator), by=coordinator, now=LATER
    )
    db.commit()

    assert [(each.name, bool(each.problem)) for each in told] == [
        ("Un four solaire", False),
        ("Un", False),
        ("Deux", True),
        ("", True),
    ]
    assert [state(db, each) for each in (first, second, pending_project)] == ["published", "pending", "published"]


def test_a_report_is_not_accepted_by_the_handful(db, pending, case_of, coordinator, lab):
    closed = curation.report(
        lab, ProposalKind.CLOSED, {}, Note(message="Fermé.", network="192.0.2.1"), version=1, now=NOW
    )
    db.commit()
    cases = [reported(db, make_event(lab)), queries.get_case(closed.id), case_of(pending("Un"))]

    told = actions.accept_all(tickets(*cases), find_scope(coordinator), by=coordinator, now=LATER)
    db.commit()

    words = "C’est un signalement : ouvrez-le pour choisir ce qui doit suivre."
    assert sorted(each.problem for each in told) == ["", words, words]
    assert [queries.get_case(case.id).state.value for case in cases] == ["pending", "pending", "published"]


def test_nobody_accepts_by_the_handful_what_they_may_not_decide(db, pending, case_of, manager):
    event = pending()
    elsewhere = make_coordinator(make_zone(programme="epn", slug="nord", name="Nord"))

    for person in (manager, elsewhere, make_account()):
        told = actions.accept_all(tickets(case_of(event)), find_scope(person), by=person, now=LATER)
        assert [(each.name, bool(each.problem)) for each in told] == [("", True)]

    assert state(db, event) == "pending"


def test_many_are_refused_for_one_reason(db, pending, case_of, coordinator):
    chosen = [case_of(pending("Un")), case_of(pending("Deux"))]

    actions.refuse_all(tickets(*chosen), find_scope(coordinator), reason="Sans date.", by=coordinator, now=LATER)

    assert db.scalars(sa.select(Event.moderation)).all() == ["refused", "refused"]
    assert ["Sans date." in text for text in db.scalars(sa.select(Mail.text))] == [True, True]


def test_corrections_of_a_page_are_accepted_by_the_handful_unless_the_page_has_changed(db, lab, coordinator):
    note = Note(message="Vu.", network="192.0.2.1")
    good = curation.report(lab, ProposalKind.CORRECTION, {"phone": "01 02 03 04 05"}, note, version=1, now=NOW)
    late = curation.report(lab, ProposalKind.CORRECTION, {"phone": "06"}, note, version=1, now=NOW)
    chosen = tickets(queries.get_case(good.id), queries.get_case(late.id))

    told = actions.accept_all(chosen, find_scope(coordinator), by=coordinator, now=LATER)

    assert [bool(each.problem) for each in told] == [False, True]
    assert "a changé depuis" in told[1].problem


# --- who takes care ----------------------------------------------------------------------------------------------


def test_an_item_is_given_to_who_may_decide_and_to_nobody_else(pending, case_of, coordinator):
    case = case_of(pending())
    before = case.version

    actions.assign(case, coordinator)

    assert (case.assigned_to, case.version) == (coordinator, before)
    with pytest.raises(Refused):
        actions.assign(case, make_account())
    actions.assign(case, None)
    assert case.assigned_to_id is None


def test_what_is_decided_is_given_to_nobody(pending, case_of, coordinator):
    case = case_of(pending())
    actions.accept(case, by=coordinator, now=LATER, **given(case))

    told = actions.assign_all(tickets(queries.get_case(case.id)), find_scope(coordinator), coordinator)

    assert [bool(each.problem) for each in told] == [True]


def test_a_project_is_published_and_withdrawn(db, pending_project, case_of, coordinator):
    case = case_of(pending_project)

    actions.accept(case, by=coordinator, now=LATER, **given(case))

    assert db.scalars(sa.select(Project.moderation)).one() == "published"
