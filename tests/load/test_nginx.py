"""Calendars and places from files behind nginx, as docs/nginx.conf has it: never old; the application for the rest."""

import asyncio
import gzip
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from fablabmesh.places.models import Place
from tests.load.conftest import ROOT, Served, serve, wait_until
from tests.load.subscriber import Answer, Subscriber
from tests.load.test_subscribers import ALL, LAB, ZONE, is_whole, retitle

# Of the machine, else the program alone as script/bootstrap fetched it.
NGINX = shutil.which("nginx") or shutil.which(ROOT / "var" / "nginx" / "usr" / "sbin" / "nginx")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NGINX is None, reason="neither a package nor script/bootstrap brought nginx"),
]


@dataclass
class Fronted:
    """nginx before the served application. `publisher` keeps its files."""

    served: Served
    port: int
    folder: Path
    publisher: subprocess.Popen | None = None

    def start(self) -> None:
        self.publisher = self.served.start("feeds", "publish", str(self.folder))
        wait_until((self.folder / "public").exists, 20)

    def stop(self, sign: signal.Signals) -> None:
        self.publisher.send_signal(sign)
        self.publisher.wait(10)

    def ask(self, path: str, accepts: str = "gzip", tag: str = "") -> Answer:
        return asyncio.run(Subscriber(self.port, path, tag=tag, accepts=accepts).poll())

    def file(self, path: str) -> Path:
        return self.folder / "public" / f"{path.lstrip('/')}.gz"

    def change(self, title: str) -> None:
        """An edit; comes back when its file is there."""
        before = self.file(LAB).read_bytes()
        retitle(self.served, title)
        self.served.write.remove()
        wait_until(lambda: self.file(LAB).read_bytes() != before, 10)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One that nginx, who drops its rights, may look into; those of pytest are private."""
    with tempfile.TemporaryDirectory(prefix="published-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def fronted(served, folder) -> Iterator[Fronted]:
    made = Fronted(served, serve.find_port("127.0.0.1", 0), folder)
    text = (ROOT / "docs" / "nginx.conf").read_text("utf-8")
    given = {"FOLDER": str(made.folder), "PORT": str(made.port), "APPLICATION": f"127.0.0.1:{served.port}"}
    for name, value in given.items():
        text = text.replace(f"@{name}@", value)
    (made.folder / "nginx.conf").write_text(text, "utf-8")
    made.start()
    nginx = subprocess.Popen([NGINX, "-e", "stderr", "-c", str(made.folder / "nginx.conf"), "-g", "daemon off;"])
    try:
        wait_until(lambda: nginx.poll() is not None or is_open(made.port))
        yield made
    finally:
        nginx.terminate()
        nginx.wait(10)
        made.stop(signal.SIGTERM)


def is_open(port: int) -> bool:
    try:
        asyncio.run(Subscriber(port, "/healthz").poll())
    except OSError:
        return False
    return True


def from_file(answer: Answer) -> bool:
    """The application's tags are of 32 digits and more, nginx's of a date and a size."""
    return len(answer.headers["etag"]) < 30


def test_files_say_the_same_as_the_application(fronted):
    for path in (LAB, ZONE, ALL):
        for accepts in ("gzip", ""):
            here = fronted.ask(path, accepts)
            there = asyncio.run(Subscriber(fronted.served.port, path, accepts=accepts).poll())

            # Great ones are there as gzip only.
            assert (here.status, from_file(here), from_file(there)) == (200, bool(accepts) or path == LAB, False)
            assert here.calendar == there.calendar
            for name in ("content-type", "content-disposition", "cache-control", "vary", "access-control-allow-origin"):
                assert here.headers[name] == there.headers[name], name
            assert here.headers.get("content-encoding") == there.headers.get("content-encoding")


def test_what_is_no_file_is_asked_of_the_application(fronted):
    filtered = fronted.ask("/agenda.ics?lieu=lab-0-rennes")
    other = fronted.ask("/agenda.ics?q=atelier")

    assert (filtered.status, filtered.headers["location"]) == (301, LAB)
    assert (other.status, from_file(other)) == (200, False)
    assert fronted.ask("/lieux/vide-rennes/agenda.ics").status == 200
    assert fronted.ask("/lieux/rien/agenda.ics").status == 404


def test_after_a_change_nobody_is_given_the_old_one_nor_told_that_he_has_it(fronted):
    tags: dict[str, list[str]] = {"gzip": [], "": []}
    for number in range(12):  # several in a second, all of one size unpacked
        fronted.change(f"Atelier numéro {number:02}")
        for accepts, former in tags.items():
            answers = [fronted.ask(LAB, accepts) for _ in range(3)]
            assert all(f"SUMMARY:Atelier numéro {number:02}\r\n".encode() in answer.calendar for answer in answers)
            assert all(is_whole(answer) and from_file(answer) for answer in answers)
            for tag in former:
                assert fronted.ask(LAB, accepts, tag).status == 200
            former.append(answers[0].headers["etag"])
            assert fronted.ask(LAB, accepts, former[-1]).status == 304
    assert len({*tags["gzip"], *tags[""]}) == 24


def rename(fronted: Fronted, name: str) -> None:
    """A place is called otherwise; comes back when the list of all places says so."""
    write = fronted.served.write
    write.scalars(select(Place).where(Place.slug == "lab-0-rennes")).one().name = name
    write.commit()
    write.remove()
    file = fronted.folder / "places" / "public" / "lieux.geojson.gz"
    wait_until(lambda: file.exists() and name.encode() in gzip.decompress(file.read_bytes()), 20)


def test_the_list_of_all_places_is_a_file_that_says_the_same_as_the_application(fronted):
    rename(fronted, "Le lab")
    here = fronted.ask("/lieux.geojson")
    there = asyncio.run(Subscriber(fronted.served.port, "/lieux.geojson", accepts="gzip").poll())

    assert (here.status, here.calendar) == (200, there.calendar)
    assert (from_file(here), from_file(fronted.ask("/lieux.geojson?genre=epn"))) == (True, False)
    for name in ("content-type", "content-disposition", "cache-control", "vary", "access-control-allow-origin",
                 "content-encoding", "cross-origin-resource-policy"):  # fmt: skip
        assert here.headers[name] == there.headers[name], name
    assert fronted.ask("/lieux.geojson", accepts="").calendar == here.calendar


def test_after_a_change_nobody_is_given_the_old_list_of_places(fronted):
    tags: list[str] = []
    for number in range(4):
        rename(fronted, f"Le lab numéro {number}")
        answers = [fronted.ask("/lieux.geojson") for _ in range(3)]
        assert all(from_file(answer) and f"Le lab numéro {number}".encode() in answer.calendar for answer in answers)
        assert [fronted.ask("/lieux.geojson", tag=tag).status for tag in tags] == [200] * number
        tags.append(answers[0].headers["etag"])
    assert len(set(tags)) == 4


def test_a_place_that_goes_takes_its_calendar_with_it(fronted):
    path, write = "/lieux/passager-nantes/agenda.ics", fronted.served.write
    before = fronted.ask(path)
    write.delete(write.scalars(select(Place).where(Place.slug == "passager-nantes")).one())
    write.commit()
    write.remove()
    wait_until(lambda: not fronted.file(path).exists(), 10)

    assert (before.status, fronted.ask(path).status) == (200, 404)


def test_a_publisher_that_is_told_to_stop_leaves_calendars_to_the_application(fronted):
    fronted.stop(signal.SIGTERM)
    answer = fronted.ask(LAB)
    fronted.start()

    assert (answer.status, from_file(answer)) == (200, False)
    assert from_file(fronted.ask(LAB))


def test_a_publisher_that_was_killed_finds_out_what_it_missed(fronted):
    fronted.stop(signal.SIGKILL)
    half = fronted.folder / "files" / "agenda.ics.gz.new"
    half.write_bytes(b"ha")
    retitle(fronted.served, "Pendant ce temps")
    fronted.served.write.remove()
    fronted.publisher = fronted.served.start("feeds", "publish", str(fronted.folder))
    wait_until(lambda: not half.exists() and fronted.file(LAB).exists(), 20)

    answers = [fronted.ask(path) for path in (LAB, ZONE, ALL)]

    assert all(from_file(answer) and b"Pendant ce temps" in answer.calendar for answer in answers)
