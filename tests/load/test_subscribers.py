"""A thousand subscribers, twenty edits a second, a database that goes away, a worker that dies, lines left open."""

import asyncio
import os
import random
import signal
import socket
import threading
import time
import urllib.request
from datetime import UTC, datetime
from hashlib import sha256

import icalendar
import pytest
from sqlalchemy import select

from fablabmesh.events.models import Event
from fablabmesh.places.models import Place
from tests.load.conftest import Served, wait_until
from tests.load.subscriber import Answer, Subscriber, poll_all

LAB, ZONE, ALL = "/lieux/lab-0-rennes/agenda.ics", "/zones/fablab/ouest/agenda.ics", "/agenda.ics"
# In two more labs there is one more each; a test makes one of them go.
EVENTS = {LAB: {25}, ZONE: {100}, ALL: {101, 102}}
EDITS_A_SECOND, SECONDS = 20, 4

pytestmark = pytest.mark.slow


def ask(served: Served, path: str, **headers: str) -> Answer:
    subscriber = Subscriber(served.port, path, tag=headers.get("tag", ""), accepts=headers.get("accepts", "gzip"))
    return asyncio.run(subscriber.poll())


def is_whole(answer: Answer) -> bool:
    calendar = answer.calendar
    return (
        len(answer.body) == int(answer.headers["content-length"])
        and calendar.startswith(b"BEGIN:VCALENDAR\r\n")
        and calendar.endswith(b"END:VCALENDAR\r\n")
        and calendar.count(b"BEGIN:VEVENT") == calendar.count(b"END:VEVENT") > 0
    )


def retitle(served: Served, title: str) -> None:
    """An edit, as the application makes it; of the same title, one that changes nothing that calendars show."""
    event = served.write.scalars(
        select(Event)
        .join(Place, Place.id == Event.place_id)
        .where(Place.slug == "lab-0-rennes")
        .order_by(Event.id)
        .limit(1)
    ).one()
    if event.title == title:
        event.audience = f"{title}{random.random()}"
    else:
        event.title, event.changed_at = title, datetime.now(UTC)
    served.write.commit()


def test_a_thousand_subscribers_are_told_that_they_have_it_already(served):
    chance = random.Random(7)
    paths = [*[LAB] * 6, ZONE, ALL, *(f"/lieux/lab-{number}-rennes/agenda.ics" for number in range(1, 4))]
    manners = ["slow"] * 5 + ["rude"] * 5 + ["quick"] * 90
    subscribers = [Subscriber(served.port, chance.choice(paths), chance.choice(manners)) for _ in range(1000)]

    for _ in range(3):
        asyncio.run(poll_all(subscribers, at_once=150))

    polite = [subscriber for subscriber in subscribers if subscriber.manner != "rude"]
    first = [subscriber.answers[0] for subscriber in polite]
    later = [answer for subscriber in polite for answer in subscriber.answers[1:]]
    assert {answer.status for answer in first} == {200}
    assert all(is_whole(answer) for answer in first)
    assert len(later) == 2 * len(polite)
    assert {answer.status for answer in later} <= {200, 304}
    assert sum(answer.status == 304 for answer in later) >= 0.99 * len(later)
    assert {answer.body for answer in later if answer.status == 304} == {b""}


def test_under_twenty_edits_a_second_every_body_is_whole_and_a_tag_is_of_one_content(served):
    done = threading.Event()

    def edit() -> None:
        for number in range(EDITS_A_SECOND * SECONDS):
            begun = time.monotonic()
            retitle(served, f"Atelier {number // 2}")  # every second one changes nothing to be seen
            time.sleep(max(0.0, 1 / EDITS_A_SECOND - (time.monotonic() - begun)))
        served.write.remove()
        done.set()

    async def follow(subscribers: list[Subscriber]) -> None:
        while not done.is_set():
            await poll_all(subscribers, at_once=12)

    subscribers = [Subscriber(served.port, path) for path in (LAB, ZONE, ALL) for _ in range(4)]
    editor = threading.Thread(target=edit)
    editor.start()
    asyncio.run(follow(subscribers))
    editor.join()
    last = ask(served, LAB)

    seen = [(each.path, answer) for each in subscribers for answer in each.answers]
    wholes = [(path, answer) for path, answer in seen if answer.status == 200]
    assert {answer.status for _, answer in seen} <= {200, 304}
    assert all(is_whole(answer) for _, answer in wholes)
    for path, counts in EVENTS.items():
        bodies = {(answer.headers["etag"], sha256(answer.body).digest()) for at, answer in wholes if at == path}
        tags, contents = {tag for tag, _ in bodies}, {content for _, content in bodies}
        assert len(bodies) == len(tags) == len(contents) > 3
        calendars = [icalendar.Calendar.from_ical(answer.calendar) for at, answer in wholes[-8:] if at == path]
        assert {len(calendar.events) for calendar in calendars} <= counts
    # Nobody is told « you have it already » of what is old, once the last edit is made.
    title = f"SUMMARY:Atelier {EDITS_A_SECOND * SECONDS // 2 - 1}\r\n".encode()
    assert last.calendar.count(title) >= 1


def test_an_edit_is_shown_by_the_next_answer_of_every_worker(served):
    before = ask(served, LAB)
    retitle(served, "Tout autre chose")
    served.write.remove()

    def shown() -> list[bool]:
        return [b"SUMMARY:Tout autre chose\r\n" in ask(served, LAB).calendar for _ in range(8)]

    wait_until(lambda: all(shown()), 5)
    assert ask(served, LAB, tag=before.headers["etag"]).status == 200


def test_without_a_database_calendars_are_stale_or_refused_and_never_empty_and_come_back_by_themselves(served):
    for _ in range(8):
        ask(served, LAB)
    workers = served.workers()
    served.proxy.cut()
    try:
        time.sleep(0.5)
        known = [ask(served, LAB) for _ in range(6)]
        unknown = [ask(served, "/agenda.ics?q=brodeuse") for _ in range(2)]
        retitle(served, "Après la panne")
        served.write.remove()
    finally:
        served.proxy.open()

    assert {answer.status for answer in known} <= {200, 503}
    assert [answer.status for answer in known].count(200) >= 1
    assert all(is_whole(answer) and "warning" in answer.headers for answer in known if answer.status == 200)
    assert {answer.status for answer in unknown} == {503}
    assert all(answer.headers["retry-after"] == "60" for answer in (*known, *unknown) if answer.status == 503)
    wait_until(lambda: all(b"SUMMARY:Apr" in ask(served, LAB).calendar for _ in range(6)), 20)
    assert "warning" not in ask(served, LAB).headers
    assert served.workers() == workers


def test_a_worker_that_is_killed_is_replaced_and_others_answer_meanwhile(served):
    before = served.workers()
    os.kill(min(before), signal.SIGKILL)

    def answers() -> int:
        try:
            with urllib.request.urlopen(served.url + LAB, timeout=10) as answer:
                return answer.status
        except OSError:  # was on its line when it died
            return 0

    wait_until(lambda: answers() == 200, 5)
    wait_until(lambda: len(served.workers() - before) == 1, 15)
    assert [answers() for _ in range(8)] == [200] * 8


def test_lines_that_are_left_half_open_stop_nobody(served):
    halves = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(200)]
    try:
        for number, half in enumerate(halves):
            half.sendall(b"GET /agenda.ics HTTP/1.1\r\nHost: a" if number % 2 else b"")
        assert [ask(served, path).status for path in (LAB, ZONE, ALL, "/healthz")] == [200] * 4
    finally:
        for half in halves:
            half.close()


def test_who_reads_a_great_calendar_as_slowly_as_he_can_stops_nobody(served):
    """Unpacked, it is sent piece by piece, and each reader holds a thread."""
    path, write = "/lieux/bavard-nantes/agenda.ics", served.write
    inside = select(Place.id).where(Place.slug == "bavard-nantes").scalar_subquery()
    event = write.scalars(select(Event).where(Event.place_id == inside)).one()
    event.description = "Plus que ce que les noyaux gardent pour un lecteur. " * 130_000
    write.commit()
    wait_until(lambda: len(ask(served, path, accepts="").body) > 6_000_000, 20)
    idle = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(30)]
    try:
        for line in idle:
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        time.sleep(0.5)
        statuses = [ask(served, path).status for path in (LAB, ZONE, path, "/healthz") for _ in range(3)]
    finally:
        for line in idle:
            line.close()
        event.description = ""
        write.commit()
        write.remove()

    assert statuses == [200] * 12
    wait_until(lambda: ask(served, path, accepts="").status == 200, 10)
