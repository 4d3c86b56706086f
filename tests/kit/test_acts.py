"""What a view does is named, and asked for before it answers."""

import pytest
from flask import Blueprint, Flask

from fablabmesh.accounts.rights import Act, Tie
from fablabmesh.accounts.rules import Visitor
from fablabmesh.kit import acts
from fablabmesh.kit.acts import Unasked, does, hold_to
from fablabmesh.kit.errors import Forbidden, NotFound
from tests.people import Role, make_person


@pytest.fixture
def asked(pages):
    """A request in which rights may be asked for."""
    with pages.test_request_context("/"):
        yield


def test_a_tie_that_allows_the_act_lets_it_pass(asked):
    hold_to(Act.PLACE_EDIT, {Tie.MEMBER, Tie.EDITOR})


def test_no_tie_that_allows_it_is_a_refusal(asked):
    with pytest.raises(Forbidden):
        hold_to(Act.PLACE_EDIT, {Tie.MEMBER})


def test_what_is_nobody_s_business_does_not_exist_in_the_words_of_what_does_not(asked):
    with pytest.raises(NotFound) as refusal:
        hold_to(Act.EVENT_READ_HIDDEN, {Tie.MEMBER}, hidden="Cet événement n’existe pas.")

    assert refusal.value.message == "Cet événement n’existe pas."


@pytest.mark.parametrize(
    ("marked", "person", "passes"),
    [
        ((), make_person(1, Role.ADMIN), False),
        ((Act.SITE_READ,), Visitor(), True),
        ((Act.SITE_ADMINISTER,), make_person(1), False),
        ((Act.SITE_ADMINISTER,), make_person(1, Role.ADMIN), True),
        ((Act.PLACE_EDIT,), make_person(1), True),
        ((Act.SITE_ADMINISTER, Act.SITE_PEOPLE), make_person(1), False),
    ],
)
def test_what_depends_on_the_person_alone_is_settled_before_the_view(pages, marked, person, passes):
    view = does(*marked)(lambda: "page")
    with pages.test_request_context("/"):
        if passes:
            acts.check_person(view, lambda: person)
        else:
            with pytest.raises(Forbidden):
                acts.check_person(view, lambda: person)


@pytest.fixture
def site():
    """Three views that do the same thing: one asks, one asks for something else, one refuses by itself."""
    app, bp = Flask("site"), Blueprint("lab", __name__)
    app.testing = True

    @bp.get("/demande")
    @does(Act.PLACE_EDIT)
    def asks():
        hold_to(Act.PLACE_EDIT, {Tie.MANAGER})
        return "page"

    @bp.get("/autre")
    @does(Act.PLACE_EDIT)
    def asks_for_another():
        hold_to(Act.PLACE_CONFIRM, {Tie.MANAGER})
        return "secret"

    @bp.get("/refus")
    @does(Act.PLACE_EDIT)
    def refuses():
        return "non", 422

    acts.install(app)
    app.register_blueprint(bp)
    return app.test_client()


def test_a_view_that_asked_answers(site):
    assert site.get("/demande").get_data(as_text=True) == "page"


def test_a_view_that_asked_for_another_act_than_its_own_does_not_answer(site):
    with pytest.raises(Unasked):
        site.get("/autre")


def test_a_refusal_needs_no_right(site):
    assert site.get("/refus").status_code == 422


def test_a_view_that_never_asked_is_an_error_and_nothing_of_it_is_kept(app, db, alice, as_person):
    rule = app.url_rule_class("/sans-demander", endpoint="unasked", methods=["POST"])
    app.url_map.add(rule)

    @does(Act.PLACE_EDIT)
    def unasked():
        alice.name = "Changée"
        return "fait"

    unasked.access = "signed_in"
    app.view_functions["unasked"] = unasked
    browser = as_person(alice)
    try:
        with pytest.raises(Unasked):
            browser.post("/sans-demander")
    finally:
        app.url_map._rules.remove(rule)
        app.url_map._rules_by_endpoint.pop("unasked")
        app.view_functions.pop("unasked")

    db.refresh(alice)
    assert alice.name == "Alice"
