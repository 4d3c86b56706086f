"""What is typed about a project, read into values or into messages."""

import pytest
from werkzeug.datastructures import MultiDict

from fablabmesh.projects.forms import AnswerForm, JoinForm, ProjectForm
from fablabmesh.projects.rules import ProjectState

TYPED = {
    "lead": "labfab",
    "title": " Une   fraiseuse ",
    "summary": "La faire.\r\nEnsemble.",
    "licence": "MIT",
    "state": "seeking",
    "version": "3",
}
LEADS = [("labfab", "LabFab"), ("autre", "Un autre lab")]


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context("/", method="POST"):
        yield


def read(**changes):
    return ProjectForm(LEADS, formdata=MultiDict(TYPED | changes))


def test_words_are_cleaned_and_typed():
    form = read()

    assert form.validate()
    assert form.words == {
        "title": "Une fraiseuse",
        "summary": "La faire.\nEnsemble.",
        "description": "",
        "seeks": "",
        "licence": "MIT",
        "state": ProjectState.SEEKING,
    }
    assert form.typed_version == 3


@pytest.mark.parametrize(
    ("changes", "faulty"),
    [
        ({"title": " "}, {"title"}),
        ({"summary": ""}, {"summary"}),
        ({"summary": "x" * 401}, {"summary"}),
        ({"lead": "pas-le-mien"}, {"lead"}),
        ({"licence": "WTFPL"}, {"licence"}),
        ({"state": "perdu"}, {"state"}),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(changes, faulty):
    form = read(**changes)

    assert form.validate() is False
    assert set(form.errors) == faulty


def test_a_project_that_has_its_lead_is_not_asked_for_it_again():
    form = ProjectForm(formdata=MultiDict(TYPED))

    assert form.validate()
    assert form.lead is None


def test_a_licence_from_elsewhere_is_kept():
    form = ProjectForm(LEADS, kept_licence="WTFPL", formdata=MultiDict(TYPED | {"licence": "WTFPL"}))

    assert form.validate()


@pytest.mark.parametrize("version", ["", "x", "-1", "٣", "9" * 12])
def test_a_version_that_makes_no_sense_is_no_version(version):
    assert read(version=version).typed_version == 0


def test_a_request_says_what_the_lab_brings():
    silent = JoinForm(LEADS, formdata=MultiDict({"place": "labfab", "message": " "}))

    assert silent.validate() is False
    assert set(silent.errors) == {"message"}


def test_a_lab_is_taken_in_without_a_word_but_not_declined_without_one():
    silent = AnswerForm(1, formdata=MultiDict({"answer": ""}))

    assert silent.validate() is True
    assert silent.validate_refusal() is False
    assert AnswerForm(1, formdata=MultiDict({"answer": "Plus tard."})).validate_refusal() is True
