"""vdirsyncer, as somebody runs it, follows a lab of the served site: it fetches what changed, and no more."""

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import icalendar
import pytest
from vdirsyncer.storage.dav import CalDAVStorage

ROOT = Path(__file__).parent.parent.parent
CONFIG = """
[general]
status_path = "{folder}/status"
[pair agenda]
a = "site"
b = "folder"
collections = null
[storage site]
type = "caldav"
url = "{url}"
read_only = true
[storage folder]
type = "filesystem"
path = "{folder}/items"
fileext = ".ics"
"""


@dataclass
class Listener:
    """Stands between a client and the site and hears what is asked: each method, with the items it names."""

    url: str = ""
    asked: list[tuple[str, int, list[str]]] = field(default_factory=list)

    def take(self) -> list[tuple[str, int, list[str]]]:
        asked, self.asked = self.asked, []
        return asked


@contextmanager
def between(site_url: str) -> Iterator[Listener]:
    host = urlsplit(site_url).netloc
    heard = Listener()

    class Handler(BaseHTTPRequestHandler):
        def hand_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            connection = HTTPConnection(host, timeout=30)
            connection.request(self.command, self.path, body, {**dict(self.headers), "Host": host})
            answer = connection.getresponse()
            heard.asked.append((self.command, answer.status, re.findall(r"<href>\S*/([^/]*)\.ics", body.decode())))
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.read())
            connection.close()

        def log_message(self, *_given: object) -> None:
            pass

    for method in ("GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT", "PUT", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.hand_on)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def write(site, what: str) -> dict:
    command = [sys.executable, "-m", "tests.journeys.writes", what]
    return json.loads(subprocess.run(command, env=site.environ, cwd=ROOT, capture_output=True, check=True).stdout)


def vdirsyncer(folder: Path, *words: str) -> None:
    config = ["--config", str(folder / "config")]
    environ = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        [sys.executable, "-m", "vdirsyncer", *config, *words],
        env=environ,
        capture_output=True,
        text=True,
        input="y\n" * 9,
    )
    assert done.returncode == 0, done.stderr


def by_uid(calendars) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for calendar in calendars:
        for event in calendar.walk("VEVENT"):
            found.setdefault(str(event["UID"]), []).append(event.to_ical())
    return found


def in_folder(folder: Path) -> dict[str, list[bytes]]:
    return by_uid(icalendar.Calendar.from_ical(path.read_bytes()) for path in (folder / "items").glob("*.ics"))


def in_feed(site, lab: str) -> dict[str, list[bytes]]:
    with urllib.request.urlopen(f"{site.url}/lieux/{lab}/agenda.ics", timeout=20) as answer:
        return by_uid([icalendar.Calendar.from_ical(answer.read())])


@pytest.mark.slow
def test_vdirsyncer_has_what_the_feed_has_and_fetches_what_changed_alone(site, tmp_path):
    lab = write(site, "begin")["lab"]
    with between(site.url) as heard:
        (tmp_path / "config").write_text(CONFIG.format(folder=tmp_path, url=f"{heard.url}/caldav/lieux/{lab}/"))
        (tmp_path / "items").mkdir()
        vdirsyncer(tmp_path, "discover")
        vdirsyncer(tmp_path, "sync")
        first, feed = in_folder(tmp_path), in_feed(site, lab)
        heard.take()
        vdirsyncer(tmp_path, "sync")
        idle = heard.take()
        written = write(site, "go-on")
        vdirsyncer(tmp_path, "sync")
        changed = heard.take()

    assert (len(first) >= 18, first) == (True, feed)
    assert {method for method, _status, _items in idle} <= {"PROPFIND"}
    fetched = [items for method, _status, items in changed if method != "PROPFIND"]
    assert [sorted(items) for items in fetched] == [written["fetched"]]
    assert {status for _method, status, _items in changed} == {207}
    second = in_folder(tmp_path)
    assert second == in_feed(site, lab)
    assert set(first) - set(second) == set(written["dropped"])


def test_vdirsyncer_finds_the_whole_and_the_zones_by_the_name_of_the_site_alone(site):
    async def find() -> list[str]:
        async with aiohttp.TCPConnector() as connector:
            given = {"url": f"{site.url}/", "username": "personne", "password": "rien", "connector": connector}
            return [each["url"] async for each in CalDAVStorage.discover(**given)]

    found = asyncio.run(find())

    assert found[0] == f"{site.url}/caldav/agenda/"
    assert all(re.fullmatch(rf"{site.url}/caldav/zones/[a-z]+/[a-z0-9-]+/", url) for url in found[1:])
    assert len(found) > 5
