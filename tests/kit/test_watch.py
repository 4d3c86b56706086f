"""What is noted of refusals: enough to see an attack, nothing of a person, and one line whatever was sent."""

import io
import json
import logging
from datetime import datetime

import pytest

from fablabmesh.kit.watch import LOGGER, note, set_up, shortened
from tests.factories import make_place


@pytest.fixture
def noted(caplog):
    caplog.set_level(logging.WARNING, LOGGER)
    return lambda: [json.loads(record.getMessage()) for record in caplog.records if record.name == LOGGER]


def test_junk_and_another_site_are_noted(client, noted):
    client.get("/agenda?q=%ff")
    client.post("/connexion", headers={"Origin": "https://autre.test"}, environ_overrides={"REMOTE_ADDR": "192.0.2.77"})

    told = [(each["event"], each["status"], each["view"], each["method"], each["network"]) for each in noted()]
    assert told == [
        ("malformed", 400, "feeds.index", "GET", "127.0.0.0/24"),
        ("refused", 403, noted()[1]["view"], "POST", "192.0.2.0/24"),
    ]


def test_who_is_refused_what_is_not_theirs_is_noted_by_number(as_person, alice, noted):
    lab = make_place()
    browser = as_person(alice)

    assert browser.get(f"/lieux/{lab.slug}/modifier").status_code == 403
    (told,) = noted()
    assert (told["event"], told["account"]) == ("refused", alice.id)
    assert not {alice.email, alice.name, lab.slug} & set(map(str, told.values()))


def test_what_is_answered_is_not_noted(client, noted):
    client.get("/a-propos")
    client.get("/nulle-part")

    assert noted() == []


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("unix:", ""),
        ("", ""),
        ("1.2.3.4\r\nx", ""),
    ],
)
def test_an_address_is_told_to_its_network_alone(address, network):
    assert shortened(address) == network


def test_an_entry_is_one_line_whatever_it_holds(monkeypatch):
    ours, written = logging.getLogger("fablabmesh"), io.StringIO()
    monkeypatch.setattr(ours, "handlers", [])
    monkeypatch.setattr(ours, "propagate", ours.propagate)
    set_up()
    set_up()
    (handler,) = ours.handlers
    handler.setStream(written)
    note("x", view="a\r\n2026-01-01 WARNING forged\u2028\x1b[31m")
    logging.getLogger("fablabmesh.other").warning("b\r\nforged \x1b %s", "c\nd")

    first, second = written.getvalue().splitlines()
    assert second.endswith(r" WARNING fablabmesh.other: b\r\nforged \x1b c\nd")
    when, grave, who, what = first.split(" ", 3)
    assert datetime.fromisoformat(when).utcoffset().total_seconds() == 0
    assert (grave, who) == ("WARNING", "fablabmesh.security:")
    assert json.loads(what)["view"] == "a\r\n2026-01-01 WARNING forged\u2028\x1b[31m"


def test_the_trace_of_a_failure_says_where_and_what_kind_and_repeats_no_word():
    told = {has_words: failure_told(has_words) for has_words in (False, True)}

    assert [word for word in ("Zénobie", "un mot") if word in told[False]] == []
    assert told[False].splitlines()[-1] == "builtins.RuntimeError"
    assert "builtins.ValueError\n" in told[False]
    assert "in fail" in told[False]
    assert told[True].splitlines()[-1] == "RuntimeError: un mot"


def failure_told(has_words, name="Zénobie", words="un mot"):
    def fail():
        try:
            raise ValueError(name)
        except ValueError as error:
            raise RuntimeError(words) from error

    out, logger = io.StringIO(), logging.getLogger("fablabmesh")
    before, logger.handlers = logger.handlers, []
    try:
        set_up(has_words=has_words)
        logger.handlers[0].setStream(out)
        try:
            fail()
        except RuntimeError:
            logger.exception("failed")
    finally:
        logger.handlers, logger.propagate = before, True
    return out.getvalue()
