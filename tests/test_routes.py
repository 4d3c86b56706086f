"""All routes at once: each wears an access mark, each is in the list, none sets a cookie on a visitor for nothing."""

import re
from pathlib import Path

import pytest

from fablabmesh.kit.acts import acts_of

LIST = Path(__file__).parent / "routes.txt"
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
# Forms for strangers, and what the secret address of a letter opens.
OPEN = {
    *("accounts.sign_in", "digests.create", "digests.confirm", "digests.stop", "digests.update"),
    *(
        "signin.check_second",
        "signin.passkey_options",
        "signin.enter_by_passkey",
        "signin.ask_link",
        "signin.ask_reset",
    ),
    *("signin.enter_by_link", "signin.reset", "signin.confirm_address", "signin.undo_address"),
    *("teams.accept", "teams.decline", "teams.send_claim", "teams.send_request", "teams.use_claim_link"),
    *("coordination.send",),
    *("curation.create", "curation.send_report", "curation.answer", "curation.confirm_by_letter"),
    *("moderation.send_event_report", "moderation.send_project_report"),
    "notices.stop",
}


def every_route(app) -> list[str]:
    rows = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        methods = ",".join(sorted(rule.methods - {"HEAD", "OPTIONS"}))
        mark = "static" if rule.endpoint == "static" else getattr(view, "access", "UNMARKED")
        if getattr(view, "is_shared", False):
            mark = "by_token" if getattr(view, "is_by_token", False) else "shared"
        rows.append(f"{rule.rule}  {methods}  {mark}")
    return sorted(rows)


def test_every_view_wears_an_access_mark(app):
    unmarked = [row for row in every_route(app) if row.endswith("UNMARKED")]

    assert unmarked == []


def test_every_view_names_what_it_does(app):
    """`@does(Act.X)` beside the access mark; docs/rights.md is made of it."""
    silent = sorted(name for name, view in app.view_functions.items() if name != "static" and not acts_of(view))

    assert silent == []


def test_the_list_of_routes_is_the_one_reviewed(app):
    """An address that disappears breaks links and feeds: add a redirect, then write the list anew (CONTRIBUTING)."""
    reviewed = LIST.read_text("utf-8").splitlines()

    assert every_route(app) == reviewed


@pytest.mark.parametrize("marked", [{}, {"access": "anyone"}], ids=["no access mark", "no act"])
def test_an_unmarked_view_answers_403(app, db, marked):
    def secret():
        return "secret"

    vars(secret).update(marked)
    app.view_functions["nowhere"] = secret
    rule = app.url_rule_class("/nulle-part-ailleurs", endpoint="nowhere", methods=["GET"])
    app.url_map.add(rule)

    answer = app.test_client().get("/nulle-part-ailleurs")

    app.url_map._rules.remove(rule)
    app.url_map._rules_by_endpoint.pop("nowhere")
    app.view_functions.pop("nowhere")
    assert answer.status_code == 403
    assert "secret" not in answer.get_data(as_text=True)


def test_a_signed_in_view_leads_a_visitor_to_the_sign_in_page(app, client):
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if getattr(view, "access", "") == "signed_in" and "GET" in rule.methods and not rule.arguments:
            answer = client.get(rule.rule)
            assert (rule.rule, answer.status_code) == (rule.rule, 303)
            assert answer.headers["Location"].startswith("/connexion")


def test_every_unsafe_route_refuses_a_stranger(app, client):
    """Anonymous and without a token: nothing may be posted to but what is for strangers."""
    for rule in app.url_map.iter_rules():
        if rule.methods & UNSAFE and rule.endpoint not in OPEN:
            address = re.sub(r"<\w+>", "x", re.sub(r"<int:\w+>", "1", rule.rule))
            method = min(rule.methods & UNSAFE)
            answer = client.open(address, method=method)
            refusal = 401 if getattr(app.view_functions[rule.endpoint], "is_by_token", False) else 303
            assert (rule.rule, method, answer.status_code) == (rule.rule, method, refusal)
