"""What CalDAV costs: makes an agenda of so many events in an empty database, asks for it and tells the time.

Run: .venv/bin/python script/lib/db.py run --test -- .venv/bin/python bench/caldav.py [events]
"""

import os
import random
import re
import sys
import time
from datetime import UTC, datetime, timedelta

import psycopg2
import sqlalchemy as sa

from fablabmesh.app import create_app
from fablabmesh.events import actions as events
from fablabmesh.events.rules import When
from fablabmesh.kit import db, migrations
from fablabmesh.kit.config import Settings, driver_url
from tests.caldav.conftest import body_of, props
from tests.factories import make_place, make_zone

LABS = 100
ZONE = "/caldav/zones/fablab/ouest/"


def main(count: int) -> None:
    url = make_database()
    migrations.upgrade(url)
    app = create_app(Settings(database_url=url, environment="development", secret_key="x" * 40))
    with app.app_context():
        fill(count)
        statements = [0]
        sa.event.listen(app.extensions["engine"], "before_cursor_execute", lambda *_: count_up(statements))
        measure(app.test_client(), statements, count)


def make_database() -> str:
    maintenance = os.environ["TEST_DATABASE_URL"]
    connection = psycopg2.connect(maintenance.replace("postgresql+psycopg2://", "postgresql://"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS bench_caldav WITH (FORCE)")
        cursor.execute("CREATE DATABASE bench_caldav TEMPLATE template0")
    connection.close()
    return sa.make_url(driver_url(maintenance)).set(database="bench_caldav").render_as_string(hide_password=False)


def fill(count: int) -> None:
    chosen, now = random.Random(7), datetime.now(UTC)
    first = now.replace(month=1, day=1, hour=18, minute=0, second=0, microsecond=0, tzinfo=None)
    labs = [make_place(name=f"Lab {number}") for number in range(LABS)]
    make_zone("35")
    for number in range(count):
        start = first + timedelta(days=chosen.randrange(700))
        rule = "FREQ=WEEKLY;COUNT=10" if number % 10 == 0 else ""
        when = When(start, start + timedelta(hours=2), "Europe/Paris", rrule=rule)
        values = {"title": f"Atelier {number}", "category_slug": "atelier", "description": "Venez. " * 40}
        events.create_event(labs[number % LABS], values, when, by=None, now=now)
        if number % 500 == 499:
            db.session.commit()
    db.session.commit()


def count_up(statements: list[int]) -> None:
    statements[0] += 1


def measure(client, statements: list[int], count: int) -> None:
    listing = body_of("D:propfind", props("D:resourcetype", "D:getcontenttype", "D:getetag"))
    names = re.findall(r"<href>([^<]*\.ics)", ask(client, "PROPFIND", ZONE, listing))
    hrefs = "".join(f"<D:href>{name}</D:href>" for name in names)
    token = re.search("<sync-token>([^<]*)", sync(client, "")).group(1)
    year = datetime.now(UTC).year
    span = f'<C:time-range start="{year}0601T000000Z" end="{year}0901T000000Z"/>'
    events_then = f'<C:comp-filter name="VEVENT">{span}</C:comp-filter>'
    query = f'<C:filter><C:comp-filter name="VCALENDAR">{events_then}</C:comp-filter></C:filter>'
    tasks = {
        "PROPFIND 0, ctag": lambda: ask(client, "PROPFIND", ZONE, body_of("D:propfind", props("CS:getctag")), "0"),
        "PROPFIND 1, tags": lambda: ask(client, "PROPFIND", ZONE, listing),
        "sync-collection, first": lambda: sync(client, ""),
        "sync-collection, nothing new": lambda: sync(client, token),
        "calendar-query, 3 months, tags": lambda: ask(
            client, "REPORT", ZONE, body_of("C:calendar-query", props("D:getetag"), query)
        ),
        "calendar-multiget, all": lambda: ask(
            client, "REPORT", ZONE, body_of("C:calendar-multiget", props("D:getetag", "C:calendar-data"), hrefs)
        ),
    }
    print(f"{len(names)} of {count} events\n\n{'':32}{'best of 3':>10}{'bytes':>12}{'queries':>9}")
    for name, task in tasks.items():
        best, size, asked = 1e9, 0, 0
        for _ in range(3):
            before, start = statements[0], time.perf_counter()
            size = len(task())
            best, asked = min(best, time.perf_counter() - start), statements[0] - before
        print(f"{name:32}{best * 1000:>7.0f} ms{size:>12,}{asked:>9}")


def sync(client, token: str) -> str:
    body = body_of("D:sync-collection", f"<D:sync-token>{token}</D:sync-token>", props("D:getetag"))
    return ask(client, "REPORT", ZONE, body)


def ask(client, method: str, path: str, body: str, depth: str = "1") -> str:
    answer = client.open(path, method=method, data=body, headers={"Depth": depth})
    assert answer.status_code == 207, (method, answer.status_code, answer.get_data(as_text=True)[:500])
    return answer.get_data(as_text=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
