import pytest

from fablabmesh.curation.actions import Note, TooMany
from fablabmesh.curation.rules import MOST_PER_NETWORK, ProposalKind
from fablabmesh.moderation.report_actions import report
from tests.factories import NOW, make_event, make_project

NOTE = Note(message="Faux.", contact="moi@exemple.test", network="192.0.2.1")


def test_a_report_keeps_what_it_is_about_where_it_is_decided_and_how_to_answer(lab):
    event = make_event(lab)

    said = report(event, ProposalKind.DUPLICATE, NOTE, now=NOW)

    assert (said.event_id, said.place_id, said.department_code, said.place_name) == (
        event.id,
        lab.id,
        "35",
        event.title,
    )
    assert (said.state.value, said.contact, said.is_demo) == ("pending", "moi@exemple.test", False)


def test_a_network_says_so_much_and_no_more(lab):
    project = make_project(lab)
    for _ in range(MOST_PER_NETWORK):
        report(project, ProposalKind.ABUSE, NOTE, now=NOW)

    with pytest.raises(TooMany):
        report(project, ProposalKind.ABUSE, NOTE, now=NOW)
