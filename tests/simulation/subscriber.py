"""Those who follow a calendar: by its tag, or by CalDAV; and what the agenda says by itself, to compare."""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.caldav.conftest import Reader

_EVENT = re.compile(r"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", re.S)
Key = tuple[str, str]


def line_of(name: str, component: str) -> str:
    """A property with its parameters, unfolded; empty when there is none."""
    found = re.search(rf"^{name}[;:].*$", component.replace("\r\n ", ""), re.M)
    return found[0].strip() if found else ""


def components_of(body: str) -> dict[Key, str]:
    """By UID and RECURRENCE-ID. Fails when two have the same."""
    found: dict[Key, str] = {}
    for component in _EVENT.findall(body):
        key = (line_of("UID", component), line_of("RECURRENCE-ID", component))
        assert key not in found, f"told twice: {key}"
        found[key] = component
    return found


def revision_of(component: str) -> tuple[int, str]:
    """By which a calendar program knows the newer of two: RFC 5546 §2.1.5."""
    return int(line_of("SEQUENCE", component).partition(":")[2]), line_of("DTSTAMP", component)


@dataclass
class Follower:
    """Polls a feed with the tag it has. What comes again must be newer to be taken; what is gone is dropped."""

    client: Any
    address: str
    tag: str = ""
    body: bytes = b""
    store: dict[Key, str] = field(default_factory=dict)
    polls: int = 0
    unchanged: int = 0

    def poll(self) -> None:
        self.polls += 1
        answer = self.client.get(self.address, headers={"If-None-Match": self.tag} if self.tag else {})
        whole = self.client.get(self.address)
        assert (answer.headers["ETag"] == self.tag) == (whole.data == self.body)
        assert answer.headers["ETag"] == whole.headers["ETag"]
        if answer.status_code == 304:
            self.unchanged += 1
            return
        assert answer.status_code == 200
        self.tag, self.body = answer.headers["ETag"], answer.data
        self._take(components_of(answer.get_data(as_text=True)))

    def _take(self, told: dict[Key, str]) -> None:
        for key in self.store.keys() - told.keys():
            del self.store[key]
        for key, component in told.items():
            held = self.store.get(key)
            if held is None or revision_of(component) > revision_of(held):
                self.store[key] = component


@dataclass
class Synchronised:
    """Follows a collection by CalDAV and asks for what changed alone."""

    reader: Reader
    address: str
    token: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    fetched: int = 0
    restarts: int = 0

    def poll(self) -> None:
        answer = self._ask()
        if answer.status_code == 403:
            assert b"valid-sync-token" in answer.data
            self.token, self.restarts = "", self.restarts + 1
            answer = self._ask()
        assert answer.status_code == 207
        told, token = self.reader.read(answer)
        there = {each["href"]: each["getetag"] for each in told if not each["gone"]}
        gone = {each["href"] for each in told if each["gone"]}
        if not self.token:
            gone = self.tags.keys() - there.keys()
        for href in gone:
            self.tags.pop(href, None)
            self.texts.pop(href, None)
        self._fetch([href for href, tag in there.items() if self.tags.get(href) != tag])
        self.token = token

    def _ask(self):
        from_here = f"<D:sync-token>{self.token}</D:sync-token><D:sync-level>1</D:sync-level>"
        body = f'<D:sync-collection xmlns:D="DAV:">{from_here}<D:prop><D:getetag/></D:prop></D:sync-collection>'
        return self.reader.ask("REPORT", self.address, body)

    def _fetch(self, hrefs: list[str]) -> None:
        if not hrefs:
            return
        named = [f"<D:href>{href}</D:href>" for href in hrefs]
        found = self.reader.report(self.address, "C:calendar-multiget", *named, names=("D:getetag", "C:calendar-data"))
        assert sorted(each["href"] for each in found) == sorted(hrefs)
        self.fetched += len(hrefs)
        for each in found:
            self.tags[each["href"]], self.texts[each["href"]] = each["getetag"], each["calendar-data"]

    @property
    def store(self) -> dict[Key, str]:
        # A reader of XML makes one character of the end of a line.
        whole = "".join(self.texts.values()).replace("\r\n", "\n").replace("\n", "\r\n")
        return components_of(whole)
