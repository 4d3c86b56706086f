"""One item: who sees it, what it says, what two who decide at once are told."""

import pytest
import sqlalchemy as sa

from fablabmesh.curation.actions import Note
from fablabmesh.curation.rules import ProposalKind
from fablabmesh.events.models import Event
from fablabmesh.kit import clock
from fablabmesh.moderation import queries
from fablabmesh.moderation.report_actions import report
from fablabmesh.projects.models import Project
from tests.factories import make_account, make_coordinator, make_department, make_event, make_project, make_zone
from tests.moderation.conftest import hidden


@pytest.fixture
def desk(as_person, coordinator):
    return as_person(coordinator)


def address(case, end=""):
    return f"/moderation/dossiers/{case.id}{end}"


def fields(desk, case):
    page = desk.get(address(case)).get_data(as_text=True)
    return {name: hidden(page, name) for name in ("proposal_version", "thing_version")}


def test_an_item_says_what_its_page_will_say(desk, pending, case_of):
    case = case_of(pending(audience="Dès 8 ans", description="<script>alert(1)</script>"))

    page = desk.get(address(case)).get_data(as_text=True)

    for words in ("Soudure pour tout le monde", "Dès 8 ans", "Alice Martin", "&lt;script&gt;alert(1)&lt;/script&gt;"):
        assert words in page
    assert "<script>alert(1)" not in page


def test_an_item_is_for_those_who_decide_about_it(client, as_person, pending, case_of, manager):
    case = case_of(pending())
    make_department("59", "Nord")
    elsewhere = make_coordinator(make_zone("59", slug="nord", name="Nord"))

    assert client.get(address(case)).status_code == 303
    for person in (manager, elsewhere, make_account()):
        browser = as_person(person)
        assert browser.get(address(case)).status_code == 404
        for end in ("/accepter", "/refuser", "/demander", "/revenir", "/attribuer"):
            assert (end, browser.post(address(case, end)).status_code) == (end, 404)


def test_it_is_published_then_taken_back_and_the_second_who_decides_is_told(db, desk, pending, case_of):
    event = pending()
    case, seen = case_of(event), fields(desk, case_of(event))

    first = desk.post(address(case, "/accepter"), data=seen)
    second = desk.post(address(case, "/refuser"), data=seen | {"reason": "Trop tard ?"})

    assert (first.status_code, second.status_code) == (303, 409)
    assert "Quelqu’un d’autre vient de traiter cette proposition." in second.get_data(as_text=True)
    assert "a accepté la proposition" in second.get_data(as_text=True)
    now = hidden(second.get_data(as_text=True), "proposal_version")
    assert desk.post(address(case, "/revenir"), data={"proposal_version": now}).status_code == 303
    assert db.scalar(sa.select(Event.moderation).where(Event.id == event.id)) == "pending"


def test_a_refusal_needs_words_and_keeps_none_from_being_typed_again(db, desk, pending_project, case_of):
    case = case_of(pending_project)

    silent = desk.post(address(case, "/refuser"), data=fields(desk, case))
    said = desk.post(address(case, "/refuser"), data=fields(desk, case) | {"reason": "Sans date."})

    assert (silent.status_code, said.status_code) == (422, 303)
    assert "avec bienveillance" in silent.get_data(as_text=True)
    assert db.scalar(sa.select(Project.moderation)) == "refused"


def test_a_question_is_asked_and_an_empty_one_is_not(db, desk, pending, case_of):
    case = case_of(pending())
    given = fields(desk, case)

    assert desk.post(address(case, "/demander"), data=given | {"text": " "}).status_code == 422
    assert desk.post(address(case, "/demander"), data=given | {"text": "Où ?"}).status_code == 303
    assert queries.get_case(case.id).state.value == "asked"


def test_an_item_opens_again_after_a_question(desk, pending, case_of):
    case = case_of(pending())

    desk.post(address(case, "/demander"), data=fields(desk, case) | {"text": "Où ?"})

    page = desk.get(address(case))
    assert (page.status_code, "Où ?" in page.get_data(as_text=True)) == (200, True)


@pytest.mark.parametrize(
    ("act", "typed"),
    [
        ("/accepter", {"remedy": "nothing"}),
        ("/accepter", {"remedy": "cancel", "reason": "Vu."}),
        ("/accepter", {"remedy": "withdraw"}),
        ("/refuser", {"reason": "Tout va bien."}),
    ],
)
def test_a_report_opens_again_after_its_decision_and_is_taken_back(db, desk, lab, act, typed):
    said = report(make_event(lab), ProposalKind.ABUSE, Note(message="Non.", network="192.0.2.1"), now=clock.now())
    db.commit()
    case = queries.get_case(said.id)

    assert desk.post(address(case, act), data=fields(desk, case) | typed).status_code == 303
    decided = desk.get(address(case)).get_data(as_text=True)
    undone = desk.post(address(case, "/revenir"), data={"proposal_version": hidden(decided, "proposal_version")})

    assert (undone.status_code, desk.get(address(case)).status_code) == (303, 200)


def test_an_item_is_given_to_oneself_and_not_to_a_stranger(desk, pending, case_of, coordinator):
    case = case_of(pending())

    assert desk.post(address(case, "/attribuer"), data={"a": str(coordinator.id)}).status_code == 303
    assert queries.get_case(case.id).assigned_to_id == coordinator.id
    assert desk.post(address(case, "/attribuer"), data={"a": str(make_account().id)}).status_code == 400


def test_a_coordinator_retouches_what_waits_and_what_is_published_no_more(db, desk, pending, case_of):
    event = pending()
    case = case_of(event)

    assert desk.get(f"/evenements/{event.slug}/modifier").status_code == 200
    desk.post(address(case, "/accepter"), data=fields(desk, case))

    assert desk.get(f"/evenements/{event.slug}/modifier").status_code == 403


def turn(browser, path, **given):
    page = browser.get(f"{path}/moderer").get_data(as_text=True)
    return browser.post(f"{path}/moderer", data={"version": hidden(page, "version")} | given)


def test_a_place_leaves_the_directory_and_its_page_says_so(db, desk, client, as_person, lab, manager):
    path, why = f"/lieux/{lab.slug}", "Merci ! Le lieu a fermé."

    assert as_person(manager).get(f"{path}/moderer").status_code == 403
    assert f'href="{path}/moderer"' in desk.get(path).get_data(as_text=True)
    silent = turn(desk, path, what="archive")
    assert (silent.status_code, "avec bienveillance" in silent.get_data(as_text=True)) == (422, True)
    assert turn(desk, path, what="archive", reason=why).status_code == 303
    gone = client.get(path)
    assert (gone.status_code, "a été retiré de l’annuaire" in gone.get_data(as_text=True)) == (410, True)
    assert why not in gone.get_data(as_text=True)
    assert why in as_person(manager).get(path).get_data(as_text=True)
    assert turn(desk, path, what="unarchive").status_code == 303
    assert client.get(path).status_code == 200


def test_an_event_is_taken_out_from_its_own_page_and_its_team_reads_why(db, desk, client, as_person, lab, manager):
    event, why = make_event(lab), "Merci ! <b>Le prix</b> semble faux."
    path = f"/evenements/{event.slug}"

    assert f'href="{path}/moderer"' in desk.get(path).get_data(as_text=True)
    assert f'href="{path}/moderer"' not in as_person(manager).get(path).get_data(as_text=True)
    assert turn(desk, path, what="archive", reason=why).status_code == 422
    assert turn(desk, path, what="withdraw", reason=why).status_code == 303
    assert client.get(path).status_code == 404
    page = as_person(manager).get(path).get_data(as_text=True)
    assert ("&lt;b&gt;Le prix&lt;/b&gt;" in page, "Corrigez la page" in page) == (True, True)


def test_a_project_is_archived_and_two_who_do_so_at_once_are_told(db, desk, client, lab):
    project = make_project(lab)
    path = f"/projets/{project.slug}"
    old = hidden(desk.get(f"{path}/moderer").get_data(as_text=True), "version")

    assert turn(desk, path, what="archive", reason="Merci ! C’est fini.").status_code == 303
    late = desk.post(f"{path}/moderer", data={"version": old, "what": "unarchive", "reason": "Encore utile"})

    assert (late.status_code, "Encore utile" in late.get_data(as_text=True)) == (409, True)
    again = desk.post(f"{path}/moderer", data={"version": old, "what": "archive", "reason": "Merci"})
    assert again.status_code == 422
    assert "C’est fini." not in client.get(path).get_data(as_text=True)
