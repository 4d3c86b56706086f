"""What people do to a site without meaning it, and what others mean: on the served site, with several hands at once."""

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
import requests


class Hand:
    """Somebody who has signed in, and sends what a browser would."""

    def __init__(self, site, number=0):
        self.site, self.session = site, requests.Session()
        self.session.headers["Origin"] = site.url
        mail, password = site.people[number]
        assert self.send("/connexion", self.token("/connexion") | {"email": mail, "password": password}) == 303

    def read(self, path):
        answer = self.session.get(self.site.url + path, timeout=5)
        return answer.text

    def token(self, path):
        return hidden(self.read(path), "csrf_token")

    def send(self, path, fields):
        self.answer = self.session.post(self.site.url + path, data=fields, allow_redirects=False, timeout=5)
        return self.answer.status_code


def hidden(page, *names):
    found = {name: re.search(rf'name="{name}"[^>]*? value="([^"]*)"', page)[1] for name in names}
    return {name: unescape(text) for name, text in found.items()}


@pytest.fixture(scope="module")
def hand(site):
    return Hand(site)


def form(hand, **values):
    page = hand.read("/evenements/nouveau")
    place = re.search(r'name="place"[^>]*>\s*<option[^>]*value="(\d+)"|name="place" value="(\d+)"', page)
    return {
        **hidden(page, "csrf_token", "uid"),
        "place": place[1] or place[2],
        "category": "atelier",
        "first_day": "2090-06-14",
        "first_hour": "18:00",
        "last_hour": "20:00",
        "act": "draft",
    } | values


def test_a_form_sent_eight_times_at_once_makes_one_event(hand):
    typed = form(hand, title="Huit fois la même main")

    def send(_number):
        answer = hand.session.post(f"{hand.site.url}/evenements/nouveau", data=typed, allow_redirects=False, timeout=10)
        return answer.status_code, answer.headers.get("Location")

    with ThreadPoolExecutor(8) as hands:
        answers = set(hands.map(send, range(8)))

    assert answers == {(303, "/evenements/huit-fois-la-meme-main")}


def test_eight_events_of_one_title_made_at_once_have_eight_addresses(hand):
    sheets = [form(hand, title="Huit mains") for _ in range(8)]

    def send(typed):
        answer = hand.session.post(f"{hand.site.url}/evenements/nouveau", data=typed, allow_redirects=False, timeout=10)
        return answer.status_code, answer.headers.get("Location")

    with ThreadPoolExecutor(8) as hands:
        answers = set(hands.map(send, sheets))

    ends = ["", *(f"-{number}" for number in range(2, 9))]
    assert answers == {(303, f"/evenements/huit-mains{end}") for end in ends}


def test_what_is_written_while_the_session_ends_is_sent_after_signing_in_again(site):
    hand = Hand(site)
    typed = form(hand, title="Écrit trop longtemps", description="Deux lignes\nentières")
    assert hand.send("/deconnexion", hand.token("/mon-espace")) == 303

    assert hand.send("/evenements/nouveau", typed) == 403
    kept = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', hand.answer.text))
    mail, password = site.people[0]
    hand.send("/connexion", hand.token("/connexion") | {"email": mail, "password": password})
    assert hand.send("/evenements/nouveau", {name: unescape(text) for name, text in kept.items()}) == 400
    kept = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', hand.answer.text))
    assert hand.send("/evenements/nouveau", {name: unescape(text) for name, text in kept.items()}) == 303
    assert "Deux lignes" in hand.read("/evenements/ecrit-trop-longtemps")
