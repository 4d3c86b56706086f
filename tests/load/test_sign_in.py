"""Two hundred tries a second at the door, from one address and from many: honest people get in all the same."""

import http.client
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest

from tests.load.conftest import ROOT, serve

TRIES_A_SECOND, SECONDS, HANDS = 200, 4, 20

pytestmark = pytest.mark.slow


@dataclass
class Browser:
    """One person's: an address of its own, as a proxy in front tells it, and its cookies."""

    port: int
    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, **fields: str) -> http.client.HTTPResponse:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = self.headers()
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(line):
            line.request(method, path, urlencode(fields) if fields else None, headers)
            answer = line.getresponse()
            self.page = answer.read().decode()
        for text in answer.headers.get_all("Set-Cookie") or []:
            name, _equals, value = text.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def headers(self) -> dict[str, str]:
        told = {"X-Forwarded-For": self.address, "Connection": "close"}
        if self.cookies:
            told["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return told

    def send(self, path: str, **fields: str) -> http.client.HTTPResponse:
        self.ask("GET", path)
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        return self.ask("POST", path, csrf_token=token[1] if token else "", **fields)

    def sign_in(self, email: str, password: str, patience: int = 1) -> int:
        """The status in the end, after so many tries as the answers ask for. Signed out first, in the same browser."""
        self.cookies.pop("session", None)
        for _ in range(patience):
            answer = self.send("/connexion", email=email, password=password)
            if answer.status not in (429, 503):
                break
            time.sleep(min(int(answer.headers["Retry-After"]), 2))
        return answer.status


@dataclass
class Door:
    """The application, and two people with accounts: (mail address, password)."""

    port: int
    people: list[tuple[str, str]]


@pytest.fixture(scope="module")
def door(served) -> Iterator[Door]:
    port = serve.find_port("127.0.0.1", 0)
    environ = served.environ | {"FABLABMESH_BASE_URL": f"http://127.0.0.1:{port}", "FABLABMESH_PROXIES": "1"}
    people = []
    for name in ("alice", "bob"):
        words = [sys.executable, "-m", "fablabmesh", "accounts", "create", f"{name}@exemple.test", name.title()]
        told = subprocess.run(words, env=environ, cwd=ROOT, capture_output=True, text=True, check=True)
        people.append((f"{name}@exemple.test", told.stdout.split()[-1]))
    with serve.granian(environ, "127.0.0.1", port, 2) as server:
        serve.wait_for_answer(server, "127.0.0.1", port)
        yield Door(port, people)


@contextmanager
def crowd(door: Door, address_of: Callable[[int], str], email_of: Callable[[int], str]) -> Iterator[Counter]:
    """Tries come as fast as they were told to, whatever they are answered. Gives statuses → how many."""
    stranger = Browser(door.port, "203.0.113.200")
    stranger.ask("GET", "/connexion")
    token = re.search(r'name="csrf_token" value="([^"]+)"', stranger.page)[1]
    statuses: Counter = Counter()
    begun, is_over = time.monotonic(), threading.Event()

    def hand(number: int) -> None:
        for turn in range(TRIES_A_SECOND * SECONDS // HANDS):
            at = begun + (turn * HANDS + number) / TRIES_A_SECOND
            if is_over.wait(max(0.0, at - time.monotonic())):
                return
            which = turn * HANDS + number
            body = urlencode({"csrf_token": token, "email": email_of(which), "password": "pas le bon du tout"})
            headers = {"X-Forwarded-For": address_of(which), "Content-Type": "application/x-www-form-urlencoded"}
            line = http.client.HTTPConnection("127.0.0.1", door.port, timeout=20)
            try:
                line.request("POST", "/connexion", body, headers)
                answer = line.getresponse()
                answer.read()
                statuses[answer.status] += 1
            except OSError:
                statuses["lost"] += 1
            finally:
                line.close()

    hands = [threading.Thread(target=hand, args=(number,)) for number in range(HANDS)]
    for each in hands:
        each.start()
    time.sleep(0.5)  # the crowd is there first
    try:
        yield statuses
    finally:
        is_over.set()
        for each in hands:
            each.join()


def several(number: int) -> str:
    return f"cible{number % 50}@exemple.test"


def test_a_crowd_from_one_address_waits_and_nobody_else(door):
    alice, bob = door.people
    known = Browser(door.port, "192.0.2.10")
    assert known.sign_in(*alice) == 303

    with crowd(door, lambda _number: "198.51.100.7", several) as statuses:
        elsewhere = Browser(door.port, "192.0.2.20").sign_in(*bob, patience=4)
        # From the very address of the crowd, in a browser that has been used before.
        known.address = "198.51.100.7"
        beside = known.sign_in(*alice, patience=2)

    assert (elsewhere, beside) == (303, 303)
    assert statuses[422] < 60
    assert statuses[429] > statuses[422]
    assert set(statuses) <= {422, 429, 503}


def test_a_crowd_from_everywhere_leaves_every_honest_way_open(door):
    alice, bob = door.people
    known = Browser(door.port, "192.0.2.10")
    assert known.sign_in(*alice) == 303
    waits = []

    with crowd(door, lambda number: f"10.{number % 200}.{number // 200}.1", several) as statuses:
        begun = time.monotonic()
        back = known.sign_in(*alice, patience=2)
        waits.append(time.monotonic() - begun)
        letter = Browser(door.port, "192.0.2.30").send("/connexion/lien", email=bob[0])
        page = Browser(door.port, "192.0.2.31").ask("GET", "/agenda")
    # With a password from a browser that nobody knows, one may have to come back when the crowd is gone.
    new = Browser(door.port, "192.0.2.32").sign_in(*bob, patience=6)

    assert (back, letter.status, page.status, new) == (303, 303, 200, 303)
    assert max(waits) < 8
    assert set(statuses) <= {422, 429, 503}


def test_one_account_under_attack_from_everywhere_opens_to_its_owner(door):
    email, password = door.people[0]
    owner = Browser(door.port, "192.0.2.10")
    assert owner.sign_in(email, password, patience=4) == 303

    with crowd(door, lambda number: f"10.{number % 200}.{number // 200}.2", lambda _number: email) as statuses:
        back = owner.sign_in(email, password, patience=2)

    assert back == 303
    assert statuses[422] < 30
    assert statuses[429] > 0
