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


HOSTILE = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}</textarea></title>"
MARKDOWN = (
    HOSTILE + "\n\n[lien](javascript:alert(3)) ![i](https://ailleurs.test/i.png) <svg onload=alert(4)>\n\n"
    '<https://x.test/"onmouseover=alert(5)>\n\n<style>*{display:none}</style><base href=//x.test><form action=//x.test>'
)


def test_hostile_words_are_shown_as_words_on_every_page(hand, site, open_page):
    words = dict.fromkeys(("title", "audience", "contact", "accessibility", "address"), HOSTILE) | {
        "description": MARKDOWN,
        "tags": '<b onclick=alert(1)>, "><script>alert(2)</script>',
        "registration_url": 'https://x.test/"><script>alert(1)</script>',
        "online_access": "public",
        "online_url": "https://x.test/'onfocus=alert(1)//",
        "where": "address",
        "town_search": "35000",
        "rhythm": "weekly",
        "price_kind": "amount",
        "price_amount": "7,50",
    }
    typed = form(hand, **words, act="publish")
    hand.send("/evenements/nouveau", typed)
    page = hand.answer.headers["Location"]
    edited = hidden(hand.read(f"{page}/modifier"), "csrf_token", "version", "seen")
    hand.send(f"{page}/modifier", typed | edited | {"title": HOSTILE + " bis", "act": "save"})
    watched, dialogs = open_page(), []
    watched.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    sign_in(watched, site)

    lab = re.search(r'href="(/lieux/[^"/]+)"', hand.read(page))[1]
    months = ("/agenda?vue=mois&mois=2090-06", "/agenda?vue=semaine&semaine=2090-W24")
    for path in (page, "/agenda?du=2090-06-01", *months, f"/agenda/integrer?lieu={lab.rsplit('/')[-1]}", lab,
                 "/mon-espace", "/mes-evenements", *(f"{page}/{part}" for part in
                 ("modifier", "historique", "dates", "image", "supprimer", "dates/ajouter",
                  "dates/2090-06-21T18:00", "dates/2090-06-21T18:00/annuler"))):  # fmt: skip
        watched.page.goto(site.url + path)
        assert watched.page.locator("main, body").first.inner_text().strip(), path
        assert watched.page.locator("main img[src='x'], main script:not([src]):not([type])").count() == 0, path
        watched.page.mouse.move(400, 400)
    send_from_page(watched, f"{page}/modifier", "preview")
    hand.send(f"{page}/modifier", typed | hidden(hand.read(f"{page}/modifier"), "csrf_token") | {"version": "1"})
    assert hand.answer.status_code == 409
    send_from_page(watched, f"{page}/modifier", "save", version="1")

    assert dialogs == []
    # The browser's own line for the 409 that was asked for.
    assert [each for each in watched.complaints if "409" not in each] == []
    assert watched.foreign == []


def sign_in(watched, site):
    mail, password = site.people[0]
    watched.go("/connexion")
    watched.page.fill("[name=email]", mail)
    watched.page.fill("[name=password]", password)
    watched.page.click("main button[type=submit]")
    watched.page.wait_for_load_state("networkidle")


def send_from_page(watched, path, act, **values):
    watched.go(path)
    for name, text in values.items():
        watched.page.locator(f"[name={name}]").evaluate("(field, text) => { field.value = text }", text)
    if values:
        watched.page.fill("[name=title]", HOSTILE + " ter")
    watched.page.locator(f"button[name=act][value={act}]:not(.visually-hidden)").first.click()
    watched.page.wait_for_load_state("networkidle")
