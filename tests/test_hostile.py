"""Hostile words in every column that people fill in, and every address of the site asked for: words they remain.

The database is filled behind the back of all forms, as if every check had been got around; only escaping is left.
"""

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa

from fablabmesh.kit.db import Base, session
from fablabmesh.publication import renewal_actions
from tests.access.table import list_doors
from tests.access.world import NoRecipe, addresses_of, open_world

HOSTILE = (
    "=cmd|'/C calc'!A0 \"'><img src=x onerror=alert(1)><script>alert(2)</script><svg onload=alert(3)>"
    "</textarea></title></script>--></style> xx{{7*7}}xx %s %(a)s {0} ${7*7} &lt;b&gt; javascript:alert(4)"
)
ENDINGS = ("\r\nX-Evil: 1\r\n\r\n<b onclick=alert(5)>", "")
# What programs wrote and read again; people have no word in it.
NOT_WORDS = re.compile(
    r"slug|uid|code|digest|hash|email|timezone|rrule|language|purpose|insee|postcode|_text$|state|status|kind|colour|"
    r"vocabulary|licence_url|etag|modified|recipient|headers|tongue|key|^url$|_hash|schema|version|sort|table|act$|"
    r"^path|mimetype|network|subject$|scope|standing|precision|origin|issuer|deed|means|told|password|secret"
)
# Written by programs of ours, out of what was escaped.
WRITTEN = {"event.ical", "mail.html", "mail.text", "mail.message_id", "place_feature.feature", "place.opening_hours"}
MUST_BE = {
    *("place.name", "place.summary", "place.description", "place.address", "place.commune", "place.phone"),
    *("place.website", "event.title", "event.description", "event.online_url", "project.title", "project.summary"),
    *("account.name", "term.name_fr", "proposal.message", "zone.name", "funding_call.name", "category.name_fr"),
    *("machine.model", "place_person.role", "place_picture.text", "partnership.message", "calendar_source.name"),
}


def poison(connection) -> set[str]:
    """HOSTILE into every column that takes it. The columns that did."""
    taken = set()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            is_text = isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum)
            if (
                not is_text
                or column.foreign_keys
                or column.primary_key
                or NOT_WORDS.search(column.name)
                or (str(column) in WRITTEN)
            ):
                continue
            for ending in ENDINGS:
                value = HOSTILE + ending
                try:
                    with connection.begin_nested():
                        connection.execute(sa.update(table).values({column.name: value}))
                except sa.exc.DBAPIError:
                    continue  # the database itself refuses it
                taken.add(f"{table.name}.{column.name}")
                break
    return taken


@pytest.fixture(scope="module")
def world(app, engine):
    with open_world(app, engine) as opened:
        opened.poisoned = poison(opened.connection)
        session.remove()
        with app.app_context():
            renewal_actions.settle_all()
        yield opened


def known(door, world) -> list[str]:
    """The addresses of a door; that each has one is asked by the table of access."""
    try:
        return [address for _label, address in addresses_of(door.rule, world.things)]
    except NoRecipe:
        return []


def ask(world, address, **given):
    """The answer, or the failure that a server would answer with 500."""
    try:
        return world.app.test_client(use_cookies=False).open(address, **given)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:200]


class Page(HTMLParser):
    """What of a page would run, or be another element than the site's own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.data: list[str] = []
        self._is_data = False

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        kind = given.get("type", "")
        self._is_data = tag == "script" and kind in ("application/json", "application/ld+json")
        if tag == "script" and "src" not in given and not self._is_data:
            self.wrong.append("a script")
        if self._is_data:
            self.data.append("")
        if given.get("src") == "x" or (tag == "svg" and "onload" in given) or (tag == "base" and "href" in given):
            self.wrong.append(f"<{tag}>")
        self.wrong += [f"{tag} {name}" for name in given if name.startswith("on")]
        for name in ("href", "src", "action", "formaction", "data"):
            if re.sub(r"[\x00-\x20]", "", given.get(name) or "").lower().startswith(("javascript:", "vbscript:")):
                self.wrong.append(f"{tag} {name} runs")

    def handle_endtag(self, tag):
        if tag == "script":
            self._is_data = False

    def handle_data(self, data):
        if self._is_data:
            self.data[-1] += data


def faults_of(answer) -> list[str]:
    """What is wrong with an answer, by what it says that it is."""
    body = answer.get_data()
    found = ["an error of ours"] if answer.status_code >= 500 and answer.status_code != 503 else []
    found += ["a header"] if "X-Evil" in answer.headers or "\n" in str(answer.headers.get("Location", "")) else []
    kind = answer.mimetype
    if kind.startswith(("image/", "application/pdf", "application/vnd.mapbox")) or not body:
        return found
    text = body.decode("utf-8-sig")
    found += ["a template was run"] if "xx49xx" in text else []
    if kind == "text/html":
        page = Page()
        page.feed(text)
        found += page.wrong
        for told in page.data:
            json.loads(told)
    elif kind == "text/calendar":
        found += [line for line in text.split("\r\n") if re.match(r"(?i)x-evil|<b", line)]
    elif kind == "text/csv":
        separator = ";" if text.split("\n", 1)[0].count(";") > 2 else ","
        cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]
        found += [cell for cell in cells if cell.startswith(("=", "@", "\t", "\r"))]
    elif kind.endswith("json"):
        json.loads(text)
    elif kind.endswith("xml"):
        root = ElementTree.fromstring(body)
        found += [element.tag for element in root.iter() if re.search(r"(^|})(script|img|svg|b)$", element.tag)]
    return found


def test_every_column_that_people_fill_in_was_filled(world):
    """Else the silence of the others would prove nothing."""
    assert MUST_BE - world.poisoned == set()
    assert len(world.poisoned) > 60


@pytest.mark.parametrize("persona", ["visitor", "manager", "administrator"])
def test_hostile_words_come_back_as_text_wherever_they_show(world, persona):
    headers = {"Cookie": world.cookies[persona]} if persona in world.cookies else {}
    wrong, shown = {}, 0
    for door in list_doors(world.app):
        if door.method not in ("GET", "PROPFIND", "REPORT"):
            continue
        for address in known(door, world):
            answer = ask(world, address, method=door.method, headers=headers)
            if isinstance(answer, str):
                wrong[address] = [answer]
                continue
            if faults := faults_of(answer):
                wrong[address] = faults
            shown += b"cmd|" in answer.get_data()
            answer.close()

    assert wrong == {}
    assert shown > 20


def test_json_within_a_page_ends_no_script(world):
    """What scripts and search engines read stands in a page, whose parser looks for the end of it."""
    for address in (f"/lieux/{world.things['lab']}", f"/evenements/{world.things['event']}", "/", "/agenda"):
        page = Page()
        page.feed(world.app.test_client().get(address).get_data(as_text=True))
        assert (address, page.wrong) == (address, [])
        assert all(isinstance(json.loads(told), dict | list) for told in page.data)


ODD = [
    *("0", "-1", "1e9", "999999999999", "99999999999999999999", "1.5", "NaN", "Infinity", "0x10", "²", "٣", "true"),
    *("", " ", ".", "..", "../../setup.cfg", "/etc/passwd", "a" * 300, "%2e%2e", "null", "[]", "{}", "'", '"', "\\"),
    *("1' OR '1'='1", "1; DROP TABLE place", "%", "_", "*", "(", "a&b", "é", "\U0001f527", "\u202e", "$1", "{{7*7}}"),
    *("2090-13-45", "2090-06-31", "0000-00-00", "9999-12-31", "-0001-01-01", "25:99", "48.1,-1.6,5", "91,181", "1e400"),
]


def test_no_number_and_no_word_in_an_address_is_an_error_of_ours(world):
    """In place of each argument, and of each parameter that a page names in its own forms and links."""
    wrong = []
    names = ("au", "bbox", "du", "genre", "lieu", "mois", "page", "pres", "q", "rayon", "semaine", "z", "zone")
    for door in list_doors(world.app):
        if door.method != "GET":
            continue
        names = sorted(
            {"q", "page", "du", "au", "zone", "lieu", "genre", "pres", "rayon", "mois", "semaine", "bbox", "z"}
        )
        odd = iter(ODD * 20)
        asked = [re.sub(r"<[^>]+>", lambda _m, odd=odd: quoted(next(odd)), door.rule) for _turn in range(5)]
        asked += ["&".join([f"{name}={quoted(next(odd))}&{name}={quoted(next(odd))}" for name in names])]
        plain = (known(door, world) or [door.rule])[0]
        for address in (*asked[:-1] * ("<" in door.rule), f"{plain}?{asked[-1]}"):
            answer = ask(world, address, headers={"Cookie": world.cookies["administrator"]})
            if isinstance(answer, str):
                wrong.append((address, answer))
                continue
            if answer.status_code >= 500 and answer.status_code != 503:
                wrong.append((address, answer.status_code))
            answer.close()

    assert wrong == []


def quoted(text: str) -> str:
    return "".join(f"%{octet:02X}" for octet in text.encode()) or "%20"
