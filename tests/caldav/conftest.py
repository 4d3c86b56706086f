"""A client that speaks the protocol by hand, as little of it as a test needs."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

NAMES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/"'
SPACES = {"D": "DAV:", "C": "urn:ietf:params:xml:ns:caldav", "CS": "http://calendarserver.org/ns/"}


def body_of(kind: str, *inside: str) -> str:
    return f'<?xml version="1.0" encoding="utf-8"?><{kind} {NAMES}>{"".join(inside)}</{kind}>'


def props(*names: str) -> str:
    return f"<D:prop>{''.join(f'<{name}/>' for name in names)}</D:prop>"


@dataclass
class Reader:
    """Asks one application. What it is answered is read into plain things."""

    client: Any

    def ask(self, method: str, address: str, body: str | bytes = "", depth: str | None = None, **headers: str):
        given = {"Depth": depth} if depth is not None else {}
        return self.client.open(address, method=method, data=body, headers=given | headers)

    def find(self, address: str, *names: str, depth: str = "0") -> list[dict[str, Any]]:
        """By PROPFIND: what is found, each with its href."""
        answer = self.ask("PROPFIND", address, body_of("D:propfind", props(*names)), depth)
        assert answer.status_code == 207, answer.get_data(as_text=True)
        return self.read(answer)[0]

    def report(self, address: str, kind: str, *inside: str, names=("D:getetag",)) -> list[dict[str, Any]]:
        answer = self.ask("REPORT", address, body_of(kind, *inside, props(*names)), "1")
        assert answer.status_code == 207, answer.get_data(as_text=True)
        return self.read(answer)[0]

    def sync(self, address: str, token: str = "") -> tuple[str, list[str], list[str]]:
        """The new token, what changed and what is gone, by uid."""
        body = body_of("D:sync-collection", f"<D:sync-token>{token}</D:sync-token>", props("D:getetag"))
        answer = self.ask("REPORT", address, body)
        assert answer.status_code == 207, answer.get_data(as_text=True)
        found, new = self.read(answer)
        changed = [uid_of(each["href"]) for each in found if not each["gone"]]
        return new, sorted(changed), sorted(uid_of(each["href"]) for each in found if each["gone"])

    @staticmethod
    def read(answer) -> tuple[list[dict[str, Any]], str]:
        root = ElementTree.fromstring(answer.data)
        found = []
        for response in root.findall("D:response", SPACES):
            told: dict[str, Any] = {"href": response.findtext("D:href", "", SPACES)}
            told["gone"] = "404" in response.findtext("D:status", "", SPACES)
            for part in response.findall("D:propstat", SPACES):
                if " 200 " in part.findtext("D:status", "", SPACES):
                    told |= {name_of(each.tag): value_of(each) for each in part.find("D:prop", SPACES)}
            found.append(told)
        return found, root.findtext("D:sync-token", "", SPACES)


def name_of(tag: str) -> str:
    return tag.partition("}")[2]


def value_of(element) -> Any:
    """The text, or the names of what is inside, or the address that is."""
    href = element.find("D:href", SPACES)
    if href is not None:
        return href.text
    return [each.get("name") or name_of(each.tag) for each in element] or element.text


def uid_of(href: str) -> str:
    return unquote(unquote(href.rpartition("/")[2].removesuffix(".ics")))


@pytest.fixture
def reader(client) -> Reader:
    return Reader(client)
