"""Programs write events, as their person may and no further."""

import json

import pytest

from fablabmesh.events.models import Event, EventVersion
from fablabmesh.events.rules import EventStatus
from tests.factories import make_event, make_place


def errors(answer):
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    return answer.get_json()["errors"]


def test_an_event_is_published_and_says_where_it_stands(db, program, workshop, alice, lab):
    answer = program("POST", json=workshop)

    event = db.query(Event).one()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"http://localhost/api/v1/evenements/{event.slug}"
    assert answer.headers["ETag"] == f'"{event.version}"'
    assert (event.title, event.place_id, event.is_draft, event.created_by_id) == (
        "Découpe laser",
        lab.id,
        False,
        alice.id,
    )
    assert answer.get_json()["event"]["starts_at"] == "2090-06-10T16:00:00+00:00"
    assert [line.by_id for line in db.query(EventVersion)] == [alice.id]


def test_what_an_event_says_can_be_sent_again_as_it_is(program, workshop):
    whole = workshop | {
        "description": "**Venez**",
        "rrule": "FREQ=WEEKLY;COUNT=10;BYDAY=SA",
        "exdates": ["2090-06-17T18:00"],
        "rdates": ["2090-06-14T10:00"],
        "tags": ["laser", "bois"],
        "price": {"kind": "amount", "amount": 7.5},
        "capacity": 8,
        "registration_url": "https://inscription.test/",
        "online": {"access": "public", "url": "https://visio.test/"},
        "audience": "Tout public",
        "contact": "bonjour@lab.test",
        "is_draft": True,
    }
    made = program("POST", json=whole)
    sent = made.get_json()["sent"]

    again = program("PUT", f"/{made.get_json()['event']['slug']}", json=sent, If_Match=made.headers["ETag"])

    assert {name: sent[name] for name in whole} == whole
    assert again.get_json()["sent"] == sent
    # Nothing changed, so that no calendar is told of anything.
    assert again.headers["ETag"] == made.headers["ETag"]


def test_a_rule_that_no_field_of_the_form_shows_is_kept(program, workshop):
    answer = program("POST", json=workshop | {"rrule": "FREQ=MONTHLY;BYDAY=SA;BYSETPOS=2"})

    assert answer.get_json()["event"]["rrule"] == "FREQ=MONTHLY;BYDAY=SA;BYSETPOS=2"


def test_a_whole_day_takes_dates(program, workshop):
    days = {"is_all_day": True, "starts_local": "2090-06-10", "ends_local": "2090-06-12"}

    answer = program("POST", json=workshop | days)

    assert {name: answer.get_json()["event"][name] for name in days} == days


def test_only_what_is_sent_changes(program, workshop):
    made = program("POST", json=workshop | {"capacity": 8, "price": {"kind": "amount", "amount": 5}})
    path = f"/{made.get_json()['event']['slug']}"

    answer = program("PATCH", path, json={"title": "Gravure", "capacity": None}, If_Match=made.headers["ETag"])

    sent = answer.get_json()["sent"]
    assert (sent["title"], sent["capacity"], sent["price"]) == ("Gravure", None, {"kind": "amount", "amount": 5.0})


def test_it_is_found_by_its_uid_too(program, lab):
    event = make_event(lab, uid="atelier@lab.test")

    assert program("GET", "/atelier@lab.test").get_json()["event"]["slug"] == event.slug


def test_a_draft_is_read_published_cancelled_taken_back_and_deleted(db, program, workshop):
    made = program("POST", json=workshop | {"is_draft": True})
    path = f"/{made.get_json()['event']['slug']}"

    def patch(**changes):
        tag = program("GET", path).headers["ETag"]
        return program("PATCH", path, json=changes, If_Match=tag)

    assert program("GET", path).get_json()["is_draft"] is True
    assert patch(is_draft=False).get_json()["is_draft"] is False
    assert set(errors(patch(is_draft=True))) == {"is_draft"}
    assert set(errors(patch(status="cancelled"))) == {"cancel_reason"}
    assert patch(status="cancelled", cancel_reason="Panne").get_json()["event"]["cancel_reason"] == "Panne"
    assert patch(status="confirmed").get_json()["event"]["status"] == "confirmed"
    tag = program("GET", path).headers["ETag"]
    assert program("DELETE", path, If_Match=tag).status_code == 204
    event = db.query(Event).one()
    assert (event.deleted_at is not None, event.status) == (True, EventStatus.CONFIRMED)
    assert program("PATCH", path, json={}, If_Match="*").status_code == 409


def test_nobody_s_change_is_lost(program, lab, alice):
    event = make_event(lab)
    path, old = f"/{event.slug}", f'"{event.version}"'

    assert program("PATCH", path, json={"title": "A"}).status_code == 428
    assert program("PATCH", path, json={"title": "A"}, If_Match=old).status_code == 200
    for method, body in (("PATCH", {"title": "B"}), ("PUT", {"title": "B"}), ("DELETE", None)):
        assert program(method, path, json=body, If_Match=old).status_code == 412
    assert program("GET", path).get_json()["event"]["title"] == "A"


def test_an_unchanged_event_is_not_sent_again(program, lab):
    event = make_event(lab)

    assert program("GET", f"/{event.slug}", If_None_Match=f'"{event.version}"').status_code == 304


def test_a_request_sent_twice_makes_one_event(db, program, workshop):
    first, second = (program("POST", json=workshop, Idempotency_Key="juin") for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.headers["Location"] == second.headers["Location"]
    assert db.query(Event).count() == 1


def test_a_key_is_for_one_request(db, program, workshop):
    program("POST", json=workshop, Idempotency_Key="juin")

    answer = program("POST", json=workshop | {"title": "Autre"}, Idempotency_Key="juin")

    assert (answer.status_code, db.query(Event).count()) == (400, 1)


def test_a_refused_request_leaves_its_key_free(db, program, workshop):
    assert program("POST", json=workshop | {"title": ""}, Idempotency_Key="juin").status_code == 422

    assert program("POST", json=workshop, Idempotency_Key="juin").status_code == 201


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": 3}, "title"),
        ({"titre": "x"}, "titre"),
        ({"category": "rien"}, "category"),
        ({"place": "ailleurs"}, "place"),
        ({"starts_local": "demain"}, "starts_local"),
        ({"starts_local": "2090-06-10T18:00+02:00"}, "starts_local"),
        ({"starts_local": "2090-06-10"}, "starts_local"),
        ({"ends_local": "2090-06-10T17:00"}, "ends_local"),
        ({"starts_local": "2090-03-26T02:30", "ends_local": "2090-03-26T04:00"}, "starts_local"),
        ({"is_all_day": "oui"}, "is_all_day"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"rrule": "FREQ=HOURLY"}, "rrule"),
        ({"rrule": "n’importe quoi"}, "rrule"),
        ({"rrule": "FREQ=WEEKLY;COUNT=3", "exdates": ["2090-06-11T18:00"]}, "exdates"),
        ({"rdates": ["2080-06-11T18:00"]}, "rdates"),
        ({"rdates": "2090-06-11T18:00"}, "rdates"),
        ({"price": {"kind": "amount", "amount": -3}}, "price.amount"),
        ({"price": {"kind": "troc"}}, "price.kind"),
        ({"price": {"montant": 3}}, "price.montant"),
        ({"price": 3}, "price"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 2.5}, "capacity"),
        ({"online": {"access": "public", "url": ""}}, "online.url"),
        ({"online": {"access": "public", "url": "javascript:alert(1)"}}, "online.url"),
        ({"where": {"place": "nulle-part"}}, "where.place"),
        ({"where": {"text": "Au fond du jardin"}}, "where.text"),
        ({"partners": ["nulle-part"]}, "partners"),
        ({"tags": ["x" * 41]}, "tags"),
        ({"status": "cancelled"}, "status"),
        ({"language": "klingon"}, "language"),
    ],
)
def test_what_is_wrong_is_said_member_by_member(db, program, workshop, changes, member):
    answer = program("POST", json=workshop | changes)

    assert list(errors(answer)) == [member]
    assert db.query(Event).count() == 0


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b'{"title": NaN}', b'{"a": 1, "a": 2}', b'"\\u0000"', b'["\\ud800"]', b"[" * 9999]
)
def test_what_is_no_json_is_refused_at_the_door(app, make_token, body):
    headers = {"Authorization": f"Bearer {make_token()[1]}", "Content-Type": "application/json"}

    answer = app.test_client().post("/api/v1/evenements", data=body, headers=headers)

    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_what_is_no_object_is_refused_in_words(program):
    assert list(errors(program("POST", json=[1]))) == [""]


def test_a_form_is_not_taken_for_json(app, make_token):
    headers = {"Authorization": f"Bearer {make_token()[1]}"}

    assert app.test_client().post("/api/v1/evenements", data={"title": "x"}, headers=headers).status_code == 415


def test_what_others_send_comes_back_as_text(program, workshop):
    hostile = "<script>alert(1)</script>\r\nX-Injected: 1"

    answer = program("POST", json=workshop | {"title": hostile})

    assert answer.get_json()["event"]["title"] == "<script>alert(1)</script> X-Injected: 1"
    assert "X-Injected" not in answer.headers
    assert json.loads(answer.get_data())["event"]["slug"] == "script-alert-1-script-x-injected-1"


def test_a_calendar_that_names_its_event_as_ours_does_not_stand_in_the_way(program, workshop, db):
    slug = program("POST", json=workshop).get_json()["event"]["slug"]
    elsewhere = make_event(make_place(name="Ailleurs"))
    elsewhere.uid = slug
    db.commit()

    read = program("GET", f"/{slug}")
    gone = program("DELETE", f"/{slug}", If_Match=read.headers["ETag"])

    assert (read.get_json()["sent"]["title"], gone.status_code) == (workshop["title"], 204)
