"""Every form that people of each role find is filled with markup, field by field; then what shows it is opened."""

import re
from collections import deque
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
import requests

from tests.journeys.test_hostile import Hand

MARK = "alert(77)"
HOSTILE = (
    f"\"'><img src=x onerror={MARK}><script>{MARK}</script><svg onload={MARK}></textarea></title>"
    f" [a](javascript:{MARK})"
)
# What would end the walk, or is not for words.
LEFT_OUT = re.compile(
    r"deconnexion|supprimer|effacer|quitter|retirer|fermer|mot-de-passe|connexion|securite|sessions|integrer"
)
START = ["/mon-espace", "/", "/moderation", "/mes-evenements", "/lieux/proposer", "/courrier", "/agenda"]
PAGES, SHOWN = 40, 20
KEPT = ("hidden", "radio", "submit", "button", "date", "time", "number", "file", "password")


class Forms(HTMLParser):
    """The forms of a page as a browser would send them, and where its links lead."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms, self.links, self._select = [], [], ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name = given.get("name", "")
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        elif tag == "form":
            is_post = given.get("method", "").lower() == "post"
            self.forms.append({"action": given.get("action", ""), "post": is_post, "fields": {}, "words": []})
        elif not self.forms or (not name and tag != "option"):
            return
        elif tag == "textarea":
            self.forms[-1]["words"].append(name)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and given.get("value"):
            if "selected" in given or self._select not in self.forms[-1]["fields"]:
                self.forms[-1]["fields"][self._select] = given["value"]
        elif tag in ("input", "button"):
            self._take(name, given, given.get("type", "text" if tag == "input" else "submit"))

    def _take(self, name, given, kind):
        form = self.forms[-1]
        if kind in ("text", "search", "tel", "url", "email"):
            form["words"].append(name)
            form["fields"].setdefault(name, given.get("value", ""))
        elif kind == "checkbox" or kind == "radio":
            if "checked" in given:
                form["fields"][name] = given.get("value", "on")
        elif kind in KEPT and kind != "file":
            form["fields"].setdefault(name, given.get("value", ""))


def walk(hand: Hand, start: list[str]):
    """Pages of the site, one of each shape, nearest first."""
    waiting, seen = deque(start), set()
    while waiting and len(seen) < PAGES:
        path = waiting.popleft()
        shape = re.sub(r"(?<=/)(?!nouveau|proposer|composer)[a-z0-9-]*[0-9-][a-z0-9-]*", "*", urlsplit(path).path)
        if shape in seen or LEFT_OUT.search(path):
            continue
        seen.add(shape)
        answer = hand.session.get(hand.site.url + path, timeout=10)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        if not is_page or not answer.url.startswith(hand.site.url):
            continue
        page = Forms()
        page.feed(answer.text)
        yield path, page, answer.text
        for link in page.links:
            target = urlsplit(urljoin(path, link))
            if not target.netloc and target.path.startswith("/") and not target.path.startswith(("/en", "/static")):
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))


def fill(hand: Hand, path: str, form) -> bool:
    """Send it: first all words hostile, then, where that is refused, one after the other beside what was there."""
    action = urljoin(path, form["action"] or path)
    if not form["post"] or LEFT_OUT.search(action) or not form["words"] or "csrf_token" not in form["fields"]:
        return False
    words = [name for name in form["words"] if not re.search(r"email|mail|site$|postcode|insee|version", name)]
    tries = [dict.fromkeys(words, HOSTILE), *({name: HOSTILE} for name in words)]
    for values in tries[:4]:
        sent = form["fields"] | values
        answer = hand.session.post(hand.site.url + action, data=sent, allow_redirects=False, timeout=10)
        assert answer.status_code < 500, (action, answer.status_code)
        if answer.status_code in (302, 303):
            break
    return True


@pytest.fixture(scope="module")
def filled(site):
    """Which forms were sent, and by whom; the cookies of each."""
    sent, hands = set(), []
    for number in range(min(3, len(site.people))):
        try:
            hand = Hand(site, number)
        except (AssertionError, TypeError):  # asks for a second proof
            continue
        hands.append(hand)
        for path, page, _text in walk(hand, START):
            for form in page.forms:
                shape = re.sub(r"(?<=/)[a-z0-9-]*[0-9-][a-z0-9-]*", "*", urljoin(path, form["action"] or path))
                if shape not in sent and fill(hand, path, form):
                    sent.add(shape)
    return sent, hands


def test_markup_posted_in_every_field_runs_nowhere(site, filled, open_page):
    sent, hands = filled
    watched, dialogs, opened = open_page(), [], 0
    watched.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    watched.page.add_init_script(
        "addEventListener('securitypolicyviolation', event => console.error('policy', event.violatedDirective))"
    )
    for hand in hands[:2]:
        token = hand.session.cookies.get("session")
        watched.page.context.add_cookies([{"name": "session", "value": token, "url": site.url}])
        for path, _page, text in walk(hand, START):
            if MARK not in text and not path.startswith(("/?", "/lieux/?")):
                continue
            watched.page.goto(site.url + path, wait_until="load")
            assert watched.page.locator("img[src='x'], svg[onload]").count() == 0, path
            opened += 1
            if opened >= SHOWN:
                break

    assert dialogs == []
    assert [told for told in watched.complaints if "policy" in told.lower()] == []
    assert watched.foreign == []
    assert len(sent) >= 10
    assert opened >= 8


def test_nobody_without_an_account_was_helped_by_it(site, filled):
    """Pages that everybody sees."""
    visitor = requests.Session()
    for path in ("/", "/agenda", "/projets/", "/statistiques/"):
        text = visitor.get(site.url + path, timeout=10).text
        assert f"<script>{MARK}" not in text, path
        assert f"<img src=x onerror={MARK}>" not in text, path
    assert visitor.cookies.get_dict() == {}
