"""A calendar kept elsewhere, on a server of this machine that the fence lets through; files as people bring them."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fablabmesh.imports.source_actions import Fetcher
from fablabmesh.kit.fetch import Fence
from tests.factories import make_place


class Elsewhere:
    """What the other site says: set `body` or `status`; it answers with tags, as good servers do."""

    def __init__(self, server):
        self.url = f"http://agenda.test:{server.server_port}/lab.ics"
        self.body, self.status, self.requests = b"", 200, []

    def say(self, *events):
        self.body, self.status = calendar(*events), 200

    @property
    def etag(self):
        return f'"{hash(self.body)}"'


@pytest.fixture
def elsewhere(db):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            site.requests.append(dict(self.headers))
            is_known = site.status == 200 and self.headers.get("If-None-Match") == site.etag
            self.send_response(304 if is_known else site.status)
            if not is_known:
                self.send_header("ETag", site.etag)
                self.send_header("Content-Length", str(len(site.body)))
            self.end_headers()
            if not is_known:
                self.wfile.write(site.body)

        def log_message(self, *_words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Elsewhere(server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    fence = Fence(ports=frozenset({server.server_port}), allows=lambda _address: True, seconds=5)
    db().info["fetcher"] = Fetcher("Essai", fence, lambda *_: ["127.0.0.1"])
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def lab(alice):
    return make_place(managers=(alice,))


def vevent(uid="un@ailleurs", title="Atelier bois", start="20260610T180000", end="20260610T200000", *more):
    lines = ["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", f"DTSTART;TZID=Europe/Paris:{start}"]
    return "\r\n".join([*lines, f"DTEND;TZID=Europe/Paris:{end}", *more, "END:VEVENT"])


def calendar(*events, name="Agenda du lab"):
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Ailleurs//FR", f"X-WR-CALNAME:{name}"]
    return "\r\n".join([*head, *events, "END:VCALENDAR", ""]).encode()
