"""What a zone does with what is published: why is told, nobody else undoes it, all of it can be undone."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from fablabmesh.events import actions as events
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.mails.models import Mail
from fablabmesh.moderation import actions
from fablabmesh.moderation.rules import Turn
from fablabmesh.moderation.state_actions import path_of, turn
from fablabmesh.projects import actions as projects
from fablabmesh.sheets import queries as sheets
from fablabmesh.upkeep.queries import list_versions
from fablabmesh.zones.moderation import ModerationState
from tests.factories import NOW, make_account, make_event, make_place, make_project

LATER = NOW + timedelta(days=1)
WHY = "Merci ! Le prix semble faux."


@pytest.fixture
def act(coordinator):
    def do(thing, what, reason=WHY, **given):
        turn(thing, what, **({"reason": reason, "by": coordinator, "now": LATER, "version": thing.version} | given))

    return do


@pytest.fixture
def past(lab):
    return make_event(lab, starts="2019-06-10T18:00", ends="2019-06-10T20:00")


def letters(db):
    return [(mail.to_address, mail.subject) for mail in db.scalars(sa.select(Mail).order_by(Mail.id))]


def test_a_place_is_archived_and_brought_back_and_its_history_says_so(lab, act):
    act(lab, Turn.ARCHIVE)
    assert (lab.moderation.value, lab.zone_reason) == ("archived", WHY)
    with pytest.raises(Refused):
        act(lab, Turn.ARCHIVE)

    act(lab, Turn.UNARCHIVE, reason="")

    assert (lab.moderation.value, lab.zone_reason) == ("published", "")
    lines = sheets.list_versions(lab.id, limit=9, offset=0)
    assert [line.deed for line in lines] == ["unarchived", "archived", "created"]
    with pytest.raises(Refused):
        act(lab, Turn.UNARCHIVE)


def test_a_page_that_changed_meanwhile_is_not_touched_unseen(lab, past, act):
    for thing in (lab, past, make_project(lab)):
        with pytest.raises(Conflict):
            act(thing, Turn.ARCHIVE, version=thing.version + 1)


def test_where_something_is_announced_it_is_called_off_first(lab, act):
    event = make_event(lab)

    for what in (Turn.ARCHIVE, Turn.WITHDRAW):
        with pytest.raises(Refused, match="annulez-les"):
            act(lab, what)
    with pytest.raises(Refused, match="annulez-le"):
        act(event, Turn.ARCHIVE)


def test_a_team_is_told_why_and_who_did_it_is_not(db, lab, manager, coordinator, act):
    writer = make_account(name="Rédac", email="redac@exemple.test")
    other = make_place(name="Autre", latitude=48.2, managers=(manager, writer, coordinator))

    act(make_project(other, title="Four solaire"), Turn.ARCHIVE)

    subject = "Archivé\N{NO-BREAK SPACE}: Four solaire"
    assert letters(db) == [("alice@exemple.test", subject), ("redac@exemple.test", subject)]
    text = db.scalar(sa.select(Mail.text).limit(1))
    assert (WHY in text, "il peut le sortir des archives" in text) == (True, True)


def test_nothing_is_taken_out_without_a_word(lab, act):
    with pytest.raises(ValueError, match="why"):
        act(lab, Turn.WITHDRAW, reason="")


def test_an_event_taken_out_waits_at_the_desk_and_is_published_again_there(db, lab, act, case_of, coordinator):
    event = make_event(lab)
    sequence = event.sequence

    act(event, Turn.WITHDRAW)
    db.commit()
    case = case_of(event)

    assert (event.moderation.value, event.zone_reason, case.state) == ("pending", WHY, "pending")
    actions.accept(case, by=coordinator, now=LATER, version=case.version, thing_version=event.version)
    assert (event.moderation.value, event.zone_reason, event.sequence) == ("published", "", sequence + 2)
    deeds = [line.deed for line in list_versions(event.id, limit=9)]
    assert deeds[:2] == ["published", "withdrawn"]


def test_what_the_zone_took_out_comes_back_by_its_word_alone(lab, manager, act):
    event, project = make_event(lab), make_project(lab)
    for thing in (event, project):
        act(thing, Turn.WITHDRAW)

    events.recall_event(event, now=LATER, version=event.version, by=manager)
    state = events.publish_event(event, now=LATER, version=event.version, by=manager)
    projects.move_project(project, ModerationState.DRAFT, by=manager, now=LATER, version=project.version)
    again = projects.move_project(project, ModerationState.PUBLISHED, by=manager, now=LATER, version=project.version)

    assert [state.value, again.value] == ["pending", "pending"]


def test_what_the_zone_archived_its_team_does_not_bring_back(lab, past, manager, act):
    project = make_project(lab)
    for thing in (past, project):
        act(thing, Turn.ARCHIVE)

    with pytest.raises(Refused, match="écrivez-lui"):
        events.unarchive_event(past, now=LATER, version=past.version, by=manager)
    with pytest.raises(Refused, match="écrivez-lui"):
        projects.move_project(project, ModerationState.PUBLISHED, by=manager, now=LATER, version=project.version)

    for thing in (past, project):
        act(thing, Turn.UNARCHIVE, reason="")
    assert [each.moderation.value for each in (past, project)] == ["published", "published"]


def test_a_refusal_stays_to_be_read_on_the_page_and_what_is_refused_waits_again(
    db, pending, case_of, coordinator, manager
):
    event = pending()
    case = case_of(event)

    actions.refuse(case, reason=WHY, by=coordinator, now=LATER, version=case.version, thing_version=event.version)

    assert (event.moderation.value, event.zone_reason) == ("refused", WHY)
    assert events.publish_event(event, now=LATER, version=event.version, by=manager).value == "pending"


def test_pages_are_where_they_are(lab, past):
    things = (lab, past, make_project(lab))
    assert [path_of(each) for each in things] == [
        f"/lieux/{lab.slug}",
        f"/evenements/{past.slug}",
        f"/projets/{things[2].slug}",
    ]
