"""The bench of calendars: fills a database, starts everybody, asks in rounds, and says which goal is met."""

import argparse
import asyncio
import json
import os
import shutil
import signal
import statistics
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import content
import measure
import peers
import sqlalchemy as sa
from cluster import Cluster
from goals import Goal, alone, show
from measure import Target
from sqlalchemy.orm import scoped_session, sessionmaker

from fablabmesh.app import create_app
from fablabmesh.events.models import Event
from fablabmesh.feeds import queries
from fablabmesh.feeds.composition import compose, cover_of
from fablabmesh.feeds.slices import Slice, of_zone
from fablabmesh.kit import clock, db, migrations
from fablabmesh.kit.config import driver_url, read_settings
from fablabmesh.opendata import actions as opendata
from fablabmesh.publication import actions as publication
from fablabmesh.publication import renewal_actions
from fablabmesh.zones import actions as zones
from fablabmesh.zones.rules import Standing
from tests.load.subscriber import Answer, Subscriber, poll_all

BASE_URL = "http://bench.invalid"
PAST_DAYS = 36_500
ZONE_OF = 5_000
HOME = peers.HOME


@dataclass
class Country:
    """The filled database, and what is looked at in it."""

    url: str
    write: scoped_session
    lab: str
    zone: str
    events: int


# --- the database ------------------------------------------------------------------------------------------------


def environ_for(url: str) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": url,
        "FABLABMESH_DATA": str(HOME),
        "FABLABMESH_ENV": "development",
        "FABLABMESH_SECRET_KEY": "a key for the bench alone, long enough for anybody",
        "FABLABMESH_BASE_URL": BASE_URL,
        "FABLABMESH_FEED_PAST_DAYS": str(PAST_DAYS),
    }


def prepare(cluster: Cluster, asked: argparse.Namespace) -> None:
    """Filled once for the same figures and the same schema."""
    sizes = {name: getattr(asked, name) for name in ("seed", "places", "labs", "events")}
    wanted = sizes | {"schema": migrations.head()}
    marker = HOME / "content.json"
    if marker.exists() and json.loads(marker.read_text()) == wanted:
        return
    marker.unlink(missing_ok=True)
    say("Filling the database, which takes minutes…")
    shutil.rmtree(HOME / "radicale", ignore_errors=True)
    script = "DROP DATABASE IF EXISTS fablabmesh WITH (FORCE);\nCREATE DATABASE fablabmesh OWNER fablabmesh;\n"
    script += "\\connect fablabmesh\nCREATE EXTENSION postgis;\n"
    cluster.psql("-v", "ON_ERROR_STOP=1", "--quiet", "-d", "postgres", script=script)
    migrations.upgrade(driver_url(cluster.url()))
    with create_app(read_settings(environ_for(cluster.url()))).app_context():
        with db.transaction():
            opendata.load_national_data(now=clock.now())
        content.fill(cluster.url(), **sizes)
        with db.transaction():
            divide(asked.events)
        begun = time.perf_counter()
        count = renewal_actions.settle_all()
        seconds = time.perf_counter() - begun
        print(f"Settled {count} events: {seconds:.0f} s, {seconds / count * 1000:.2f} ms each.", flush=True)
    marker.write_text(json.dumps(wanted))


def look(url: str) -> Country:
    """A lab with its fifty events, and the zone with five thousand."""
    engine = sa.create_engine(driver_url(url))
    write = scoped_session(sessionmaker(bind=engine, expire_on_commit=False))
    publication.install(write, publication.Publisher(BASE_URL, PAST_DAYS))
    with engine.connect() as connection:
        lab = connection.scalar(sa.text("SELECT min(place.slug) FROM place JOIN event ON event.place_id = place.id"
                                        " WHERE event.timezone = 'Europe/Paris'"))  # fmt: skip
        total = connection.scalar(sa.text("SELECT count(*) FROM event"))
    return Country(url, write, f"/lieux/{lab}/agenda.ics", f"/zones/{name_of(total // 20)}/zone/agenda.ics", total)


def name_of(size: int) -> str:
    return f"bench-{size}"


def divide(events: int) -> None:
    """A zone of a twentieth of the events and one of a tenth, each in a programme of its own."""
    counted = sa.text(
        "SELECT department_code, count(*) FROM event JOIN place ON place.id = place_id"
        " WHERE department_code IS NOT NULL GROUP BY 1 ORDER BY 2, 1"
    )
    found = db.session.execute(counted).all()
    for position, size in enumerate((events // 20, events // 10), 8):
        chosen: list[str] = []
        count = 0
        for department, more in found:
            if count < size:
                chosen.append(department)
                count += more
        programme = zones.put_programme(slug=name_of(size), name="Bench", position=position)
        zone = zones.put_zone(programme, slug="zone", name="Zone", colour="#000000", position=1, is_overseas=False)
        zones.compose(zone, chosen, standing=Standing.HYPOTHESIS, reason="bench")


# The events of a lab or of a zone, by its address.
INSIDE = (
    "event.place_id IN (SELECT place.id FROM place LEFT JOIN zone_department part USING (department_code)"
    " LEFT JOIN zone ON zone.id = part.zone_id LEFT JOIN programme ON programme.id = zone.programme_id"
    " WHERE :path IN ('/lieux/' || place.slug || '/agenda.ics',"
    " '/zones/' || programme.slug || '/' || zone.slug || '/agenda.ics'))"
)


def touch(country: Country, path: str) -> str:
    """Give an event of a lab, of a zone or of all a new title; comes back when that is committed."""
    wanted = f"Titre {time.monotonic_ns()}"
    inside = sa.text(INSIDE).bindparams(path=country.lab if path == "/agenda.ics" else path)
    event = country.write.scalars(sa.select(Event).where(inside).order_by(Event.id).limit(1)).one()
    event.title, event.changed_at = wanted, datetime.now(UTC)
    country.write.commit()
    country.write.remove()
    return wanted


# --- what is measured --------------------------------------------------------------------------------------------


@dataclass
class Site:
    """Everybody who serves, by name; `app_server`: the process whose children are the application's."""

    urls: dict[str, str]
    app_server: int
    publisher: int


@contextmanager
def everybody(country: Country) -> Iterator[Site]:
    environ = environ_for(country.url)
    published = HOME / "published"
    as_root = "user root;\n" if os.geteuid() == 0 else ""
    with ExitStack() as stack:
        app, server = stack.enter_context(peers.granian(sys.executable, "fablabmesh.wsgi:app", environ))
        command = [sys.executable, "-m", "fablabmesh", "feeds", "publish", published]
        publisher = stack.enter_context(peers.process(command, environ))
        text, name, port = peers.fronting(published, app)
        until(lambda: (published / "public").exists(), 600)
        fronted = stack.enter_context(peers.nginx(as_root + text, name, port))
        _, headers, body = measure.fetch(app + country.lab)
        folder = HOME / "static"
        folder.mkdir(exist_ok=True)
        (folder / "lab.ics").write_bytes(body)
        text, name, port = peers.static(folder)
        static = stack.enter_context(peers.nginx(as_root + text, name, port))
        given = {"BENCH_BODY": str(folder / "lab.ics"), "BENCH_TAG": headers["etag"]}
        bare, _ = stack.enter_context(peers.granian(sys.executable, "bare:app", environ | given))
        radicale = peers.fill_radicale(HOME / "radicale", {
            "lab": items_of(country, country.lab), "zone": items_of(country, country.zone),
        })  # fmt: skip
        other, _ = stack.enter_context(peers.granian(peers.VENV / "bin" / "python", "radicale:application", radicale))
        say("Radicale reads its files, which takes it minutes the first time…")
        for collection in ("lab", "zone"):
            measure.fetch(f"{other}/bench/{collection}/")
        yield Site(
            {"app": app, "bare": bare, "nginx": static, "published": fronted, "radicale": other}, server, publisher.pid
        )


def items_of(country: Country, path: str) -> dict[str, str]:
    """The same texts as ours, an event a file."""
    wanted = sa.text(f"SELECT uid, ical FROM event WHERE {INSIDE} ORDER BY id LIMIT :most")
    found = country.write.execute(wanted, {"path": path, "most": ZONE_OF}).all()
    country.write.remove()
    return {f"{uid}.ics": as_item(text) for uid, text in found}


def as_item(text: str) -> str:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//bench//FR\r\n{text}END:VCALENDAR\r\n"


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def until(is_so, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise SystemExit("The bench waits in vain.")
        time.sleep(0.05)


def warm(site: Site, country: Country, asked: argparse.Namespace) -> list[Goal]:
    """One lab's calendar, again and again: whole, and « you have it already »."""
    addresses = {name: site.urls[name] + country.lab for name in ("app", "bare", "published")}
    addresses |= {"nginx": site.urls["nginx"] + "/lab.ics", "radicale": site.urls["radicale"] + "/bench/lab/"}
    targets = {name: Target(url) for name, url in addresses.items()}
    for name in ("app", "bare", "nginx", "published"):
        tag = measure.fetch(addresses[name])[1]["etag"]
        targets[f"{name} 304"] = Target(addresses[name], {"If-None-Match": tag}, 304)
    rates = measure.interleave(targets, asked.rounds, asked.seconds)
    print("\nAnswers a second, the median of the rounds [least, most]:")
    for name, each in sorted(rates.items(), key=lambda item: -statistics.median(item[1])):
        print(f"  {name:<14} {statistics.median(each):>9,.0f}  [{min(each):,.0f}, {max(each):,.0f}]")
    ratio = partial(measure.ratio, rates)
    return [
        Goal("lab, warm: application / bare WSGI", ratio("app", "bare"), "≥", 0.4),
        Goal("lab, warm: application / Radicale", ratio("app", "radicale"), "≥", 10),
        Goal("lab, warm: published files / nginx's static file", ratio("published", "nginx"), "≥", 0.7),
        Goal("lab, warm: published files / Radicale", ratio("published", "radicale"), "≥", 100),
        Goal("304: application / bare WSGI", ratio("app 304", "bare 304"), "≥", 0.8),
    ]


def cold(country: Country, asked: argparse.Namespace) -> list[Goal]:
    """Put together anew from the stored texts, packed; beside the database's own joining of them, unpacked."""
    goals, costs = [], []
    tenth = of_zone(name_of(country.events // 10), "zone")
    with create_app(read_settings(environ_for(country.url))).app_context():
        for wanted, inside in ((tenth, INSIDE), (Slice(), ":path <> ''")):
            given = {"path": wanted.to_path()}
            joined = sa.text(
                f"SELECT string_agg(ical, '' ORDER BY place_id, id) FROM event WHERE ical <> '' AND {inside}"
            )
            count = db.session.scalar(sa.text(f"SELECT count(*) FROM event WHERE ical <> '' AND {inside}"), given)
            ours, theirs = measure.alternate(
                asked.rounds, partial(splice, wanted), partial(db.session.scalar, joined, given)
            )
            costs.append(ours)
            note = f"{ours * 1000:.1f} ms, {theirs * 1000:.1f} ms"
            goals.append(Goal(f"rebuild of {count:,} events, gzip / string_agg", ours / theirs, "≤", 0.25, note))
        db.session.remove()
    goals.append(Goal("rebuild: all / a tenth of it", costs[1] / costs[0], "≤", 12))
    return goals


def splice(wanted: Slice) -> bytes:
    """As the application does for what it does not have in memory."""
    cover = cover_of(wanted, queries.find_names(wanted), BASE_URL)
    return compose(cover, queries.list_pieces(wanted, with_text=True), []).packed


def fresh(site: Site, country: Country) -> list[Goal]:
    """From the commit of one change to the end of the first answer that shows it."""

    def time_of(name: str, path: str) -> float:
        found = []
        for _ in range(9):
            title = touch(country, path).encode()
            found.append(measure.until_new(site.urls[name] + path, lambda text, t=title: t in text, gzip=True))
        return statistics.median(found)

    with resting(site.publisher):
        here = time_of("app", country.zone)
    files = [time_of("published", path) for path in (country.lab, country.zone, "/agenda.ics")]
    there = statistics.median(put_and_get(site.urls["radicale"], country, number) for number in range(3))
    stale = sum(stale_after(site, country, path) for path in (country.lab, country.zone))
    shown = ", ".join(f"{seconds * 1000:.0f} ms" for seconds in files) + " (lab, zone, all)"
    note = f"{here * 1000:.1f} ms, {there * 1000:.0f} ms"
    return [
        Goal("one change in a zone of 5,000+: application / Radicale", here / there, "≤", 1 / 20, note),
        Goal("old answers from files, once the new one is there", stale, "≤", 0, f"there after {shown}"),
    ]


@contextmanager
def resting(process: int) -> Iterator[None]:
    """While the application is looked at, nobody writes the same as files on its processor."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def put_and_get(url: str, country: Country, number: int) -> float:
    """The same at Radicale: an item is put, and the collection asked for."""
    name, text = list(items_of(country, country.zone).items())[number]
    mark = f"X-CHANGED:{time.monotonic_ns()}"
    body = text.replace("SUMMARY", f"{mark}\r\nSUMMARY", 1).encode()
    request = urllib.request.Request(f"{url}/bench/zone/{name}", body, {"Content-Type": "text/calendar"}, method="PUT")
    urllib.request.urlopen(request, timeout=60).close()
    return measure.until_new(f"{url}/bench/zone/", lambda answer: mark.encode() in answer)


def stale_after(site: Site, country: Country, path: str) -> int:
    """Each of several changes, once seen, must be in every answer after, and no earlier tag may do for it."""
    url, tags, stale = site.urls["published"] + path, [], 0
    packed = {"Accept-Encoding": "gzip"}
    for _ in range(8):
        title = touch(country, path).encode()
        measure.until_new(url, lambda text, t=title: t in text, gzip=True)
        for _ in range(20):
            _, headers, body = measure.fetch(url, packed)
            stale += title not in measure.text_of(headers, body)
        stale += sum(measure.fetch(url, {**packed, "If-None-Match": tag})[0] == 304 for tag in tags)
        tags.append(headers["etag"])
    return stale


def memory(site: Site) -> list[Goal]:
    """Of the one worker, while four ask for everything as gzip, and one unpacked."""
    (worker,) = measure.workers_of(site.app_server)
    before, url = measure.memory_of(worker), f"{site.urls['app']}/agenda.ics"
    measure.rate(Target(url, {"Accept-Encoding": "gzip"}), 5)
    for _ in range(3):
        measure.fetch(url)
    most = measure.memory_of(worker, "VmHWM")
    return [Goal("memory of a worker that sends everything, MB", most, "≤", 600, f"{before:.0f} MB before")]


@dataclass
class Timed(Subscriber):
    """A subscriber with a watch."""

    waited: list[float] = field(default_factory=list)

    async def poll(self) -> Answer | None:
        begun = time.perf_counter()
        answer = await super().poll()
        self.waited.append(time.perf_counter() - begun)
        return answer


def subscribers(country: Country) -> list[Goal]:
    """A thousand in three rounds on two workers; some are slow, some hang up."""
    with peers.granian(sys.executable, "fablabmesh.wsgi:app", environ_for(country.url), workers=2) as (url, server):
        port = int(url.rpartition(":")[2])
        manners = ["slow"] * 5 + ["rude"] * 5 + ["quick"] * 90
        paths = [country.lab] * 9 + [country.zone]
        everyone = [Timed(port, paths[n % 10], manners[(n * 7) % 100]) for n in range(1000)]
        for _ in range(3):
            asyncio.run(poll_all(everyone, at_once=200))
        most = max(measure.memory_of(worker, "VmHWM") for worker in measure.workers_of(server))
    waited = sorted(seconds for each in everyone for seconds in each.waited if each.manner == "quick")
    later = [answer.status for each in everyone for answer in each.answers[1:]]
    wrong = sum(status not in (200, 304) for each in everyone for status in (a.status for a in each.answers))
    return [
        Goal("1,000 subscribers: errors", wrong, "≤", 0),
        Goal("1,000 subscribers: share of 304 after the first round", later.count(304) / len(later), "≥", 0.99),
        Goal("1,000 subscribers: p95, s", waited[int(len(waited) * 0.95)], "≤", 1, f"memory {most:.0f} MB at most"),
    ]


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench/feeds", description="How fast calendars are, as ratios of one run.")
    parser.add_argument("--events", type=int, default=content.EVENTS)
    parser.add_argument("--labs", type=int, default=content.LABS)
    parser.add_argument("--places", type=int, default=content.PLACES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is visited")
    parser.add_argument("--seconds", type=int, default=2, help="how long each visit lasts")
    asked = parser.parse_args(words)
    HOME.mkdir(parents=True, exist_ok=True)
    peers.install()
    cluster = Cluster(HOME / "cluster")
    with alone(HOME / "lock", "bench of calendars"), cluster.used():
        prepare(cluster, asked)
        country = look(cluster.url())
        with everybody(country) as site:
            goals = []
            for name, work in {
                "warm": partial(warm, site, country, asked),
                "cold": partial(cold, country, asked),
                "changes": partial(fresh, site, country),
                "memory": partial(memory, site),
            }.items():
                say(f"Measuring: {name}…")
                goals += work()
        say("Measuring: a thousand subscribers…")
        goals += subscribers(country)
        return show(goals, content.describe(cluster.url()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
