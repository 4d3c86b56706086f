"""What a device's answer proves, and what not."""

import json
from dataclasses import replace

import pytest

from fablabmesh.signin import passkeys
from tests.signin.device import Device, decode, encode

PARTY = passkeys.party_of("http://localhost")
HANDLE = b"h" * 32


def register(device, challenge=b"one", party=PARTY):
    options = passkeys.registration_options(
        PARTY, challenge, handle=HANDLE, email="alice@exemple.test", name="Alice", former=[]
    )
    return passkeys.check_made(passkeys.read_answer(device.make(options)), party, b"one")


def show(device, made, challenge=b"two", **changed):
    answer = passkeys.read_answer(device.show(passkeys.authentication_options(PARTY, challenge)))
    given = {"public_key": made.public_key, "sign_count": made.sign_count, **changed}
    return passkeys.check_shown(answer, PARTY, b"two", **given)


@pytest.mark.parametrize(
    ("base_url", "host", "origin", "is_possible"),
    [
        ("https://mesh.exemple.test", "mesh.exemple.test", "https://mesh.exemple.test", True),
        ("http://localhost:8000", "localhost", "http://localhost:8000", True),
        ("http://127.0.0.1:8000", "127.0.0.1", "http://127.0.0.1:8000", False),
        ("http://mesh.exemple.test", "mesh.exemple.test", "http://mesh.exemple.test", False),
    ],
)
def test_passkeys_are_of_the_site_s_name(base_url, host, origin, is_possible):
    party = passkeys.party_of(base_url)

    assert (party.id, party.origin, party.is_possible) == (host, origin, is_possible)


def test_a_device_makes_a_key_and_shows_it():
    device = Device()

    made = register(device)
    count = show(device, made)

    assert (made.credential_id, made.transports) == (device.credential_id, ["internal"])
    assert count == 1


def test_the_browser_is_told_to_know_the_owner_and_to_propose_whom_it_knows():
    made = json.loads(
        passkeys.registration_options(PARTY, b"one", handle=HANDLE, email="a@b.test", name="A", former=[b"old"])
    )
    shown = json.loads(passkeys.authentication_options(PARTY, b"two"))

    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert [decode(each["id"]) for each in made["excludeCredentials"]] == [b"old"]
    assert (shown["userVerification"], shown["allowCredentials"], shown["rpId"]) == ("required", [], "localhost")


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://mal.test"},
        {"host": "mal.test"},
        {"knows_owner": False},
    ],
    ids=["another site's page", "another site's key", "an owner that is not known"],
)
def test_a_key_that_is_not_made_here_for_its_owner_is_none(wrong):
    assert register(Device(**wrong)) is None


def test_a_key_for_another_challenge_is_none():
    assert register(Device(), challenge=b"three") is None


@pytest.mark.parametrize(
    "wrong",
    [{"origin": "https://mal.test"}, {"host": "mal.test"}, {"knows_owner": False}],
    ids=["another site's page", "another site's key", "an owner that is not known"],
)
def test_a_key_that_is_not_shown_here_by_its_owner_proves_nothing(wrong):
    device = Device()
    made = register(device)

    assert show(replace(device, **wrong), made) is None


def test_a_key_that_is_shown_by_another_device_for_another_challenge_or_by_a_copy_proves_nothing():
    device = Device()
    made = register(device)

    assert show(replace(device, key=Device().key), made) is None
    assert show(device, made, challenge=b"three") is None
    assert show(device, made, sign_count=40) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        "[" * 5_000,
        '{"response": {"clientDataJSON": 7}}',
        json.dumps({"rawId": "é", "response": {"clientDataJSON": encode(b"[1]")}}),
        json.dumps({"rawId": "aa", "response": {"clientDataJSON": encode(b'{"challenge": 1}')}}),
        "x" * 30_000,
    ],
)
def test_junk_is_no_answer(text):
    assert passkeys.read_answer(text) is None


def test_an_answer_without_what_it_should_hold_proves_nothing():
    device = Device()
    made = register(device)
    options = passkeys.authentication_options(PARTY, b"two")
    whole = json.loads(device.show(options))
    for name in ("signature", "authenticatorData"):
        for value in (None, 7, "AAAA", "é"):
            cut = {**whole, "response": {**whole["response"], name: value}}
            answer = passkeys.read_answer(json.dumps(cut))
            assert passkeys.check_shown(answer, PARTY, b"two", public_key=made.public_key, sign_count=0) is None
