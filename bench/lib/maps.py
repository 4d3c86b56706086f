"""The bench of the map: fills three countries, starts everybody, asks in rounds, and says which goal is met."""

import argparse
import gzip
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial

import browser
import countries
import lookups
import map_peers
import measure
import peers
import psycopg2
import serve
from browser import Visit
from cluster import Cluster
from countries import Country
from goals import Goal, alone, show
from measure import Target

HOME = map_peers.HOME
PARTS = ("geojson", "tiles", "lookups", "page")
# Everybody is asked for the same of a place. By column: the expression over a place.
TEXTS = ("slug", "name", "kind", "address", "postcode", "commune", "phone", "website", "opening_hours", "source",
         "source_licence", "is_demo", "insee", "department_code", "closed_on", "source_updated_on")  # fmt: skip
LISTS = ("labels", "services", "machine_types", "audiences", "accessibility", "fees", "support")
IN_LIST = {
    **{name: f"coalesce({name}::text, '')" for name in TEXTS},
    **{name: f"array_to_json({name})::text" for name in LISTS},
    "url": "'http://bench.invalid/lieux/' || slug",
    "calls": "'[]'::text",
}
ON_MAP = {
    "slug": "slug",
    "name": "name",
    "kind": "kind",
    "commune": "commune",
    "department": "coalesce(department_code, '')",
    "laureate": "(SELECT coalesce(max(year), 0) FROM laureate JOIN funding_call ON funding_call.id = call_id"
    " WHERE place_id = place.id)",
}
FAR, NEAR = (6, 32, 22), (10, 518, 352)
GZIP = {"Accept-Encoding": "gzip"}
STATIC = """
pid {folder}/static.pid;
error_log {folder}/static-error.log warn;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    gzip_static on;
    client_body_temp_path {folder}/static-body;
    proxy_temp_path {folder}/static-proxy;
    fastcgi_temp_path {folder}/static-fastcgi;
    uwsgi_temp_path {folder}/static-uwsgi;
    scgi_temp_path {folder}/static-scgi;
    types {{
        text/html html;
        text/css css;
        text/javascript js;
        application/geo+json geojson;
        application/vnd.mapbox-vector-tile mvt;
    }}
    server {{ listen 127.0.0.1:{port}; root {folder}/static; }}
}}
"""


@dataclass
class Site:
    """Everybody who serves the smallest country. `app`: the application itself; `fronted`: nginx before it."""

    country: Country
    app: str
    fronted: str
    static: str
    mapserver: str
    tipg: str


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


@contextmanager
def everybody(country: Country, absent: Sequence[str]) -> Iterator[Site]:
    """All on the servers' processor, the database too."""
    environ = os.environ | countries.environ_for(country.url, HOME)
    map_peers.copy_places(country, {"lieux": IN_LIST, "points": ON_MAP})
    published = HOME / "published"
    with ExitStack() as stack:
        app, _server = stack.enter_context(peers.granian(sys.executable, "fablabmesh.wsgi:app", environ))
        stack.enter_context(peers.process([sys.executable, "-m", "fablabmesh", "feeds", "publish", published], environ))
        published.mkdir(exist_ok=True)
        text, name, port = peers.fronting(published, app)
        fronted = stack.enter_context(peers.nginx(map_peers.as_root() + text, f"map/{name}", port))
        (HOME / "static").mkdir(exist_ok=True)
        port = serve.find_port("127.0.0.1", 0)
        text = map_peers.as_root() + STATIC.format(folder=HOME, port=port)
        static = stack.enter_context(peers.nginx(text, "map/static.conf", port))
        mapserver = tipg = ""
        if "MapServer" not in absent:
            columns = {"lieux": list(IN_LIST), "points": list(ON_MAP)}
            mapserver = stack.enter_context(map_peers.mapserver(country, columns))
        if "tipg" not in absent:
            tipg = stack.enter_context(map_peers.tipg(country))
        yield Site(country, app, fronted, static, mapserver, tipg)


def touch(country: Country) -> str:
    """Give a place a new name; comes back when that is committed."""
    wanted = f"Atelier {time.monotonic_ns()}"
    connection = psycopg2.connect(country.url)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE place SET name = %s, folded_name = %s, version = version + 1, changed_at = now()"
            " WHERE id = (SELECT min(id) FROM place WHERE source = 'bench' AND kind = 'fablab')",
            (wanted, wanted.lower()),
        )
    connection.close()
    return wanted


def put_static(name: str, body: bytes) -> str:
    """A file of the static server, packed beside it; its path."""
    path = HOME / "static" / name
    path.write_bytes(body)
    path.with_name(f"{name}.gz").write_bytes(gzip.compress(body, 6))
    return f"/{name}"


def ask(url: str) -> bytes:
    status, _headers, body = measure.fetch(url)
    if status != 200:
        raise SystemExit(f"{url} answers {status}: {body[:300]!r}")
    return body


# --- all places as GeoJSON -----------------------------------------------------------------------------------------


def geojson(site: Site, asked: argparse.Namespace) -> list[Goal]:
    """Uncached: after a change, unpacked, one at a time, in turns. Warm: behind nginx, packed."""
    works: dict[str, Callable[[], bytes]] = {"ours": lambda: ask(f"{site.app}/lieux.geojson")}
    if site.mapserver:
        works["MapServer"] = lambda: ask(map_peers.wfs(site.mapserver, "lieux"))
    if site.tipg:
        works["tipg"] = lambda: ask(map_peers.tipg_items(site.tipg, "lieux"))
    counts = {name: map_peers.count_features(work()) for name, work in works.items()}
    if len(set(counts.values())) != 1:
        raise SystemExit(f"Not the same places: {counts}")
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(asked.rounds):
        for name, work in works.items():
            touch(site.country)
            begun = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - begun)
    note = ", ".join(f"{name} {statistics.median(each) * 1000:.0f} ms" for name, each in times.items())
    goals = [
        Goal(f"all places as GeoJSON, uncached: ours / {name}", measure.ratio(times, "ours", name), "≤", bound, note)
        for name, bound in (("MapServer", 1 / 2), ("tipg", 1 / 5))
        if name in works
    ]
    return goals + warm_geojson(site, asked)


def warm_geojson(site: Site, asked: argparse.Namespace) -> list[Goal]:
    path = "/lieux.geojson"
    title = touch(site.country).encode()
    seen = measure.until_new(site.fronted + path, lambda text: title in text, gzip=True)
    file = put_static("lieux.geojson", ask(site.app + path))
    targets = {"ours": Target(site.fronted + path, GZIP), "nginx": Target(site.static + file, GZIP)}
    rates = measure.interleave(targets, asked.rounds, asked.seconds)
    note = f"{statistics.median(rates['ours']):,.0f}/s, {statistics.median(rates['nginx']):,.0f}/s"
    stale = stale_after(site, path)
    return [
        Goal(
            "the same, warm behind nginx / nginx's packed file", measure.ratio(rates, "ours", "nginx"), "≥", 0.7, note
        ),
        Goal("old answers, once the new one was there", stale, "≤", 0, f"there after {seen * 1000:.0f} ms"),
    ]


def stale_after(site: Site, path: str) -> int:
    """Each of several changes, once seen, must be in every answer after, and no earlier tag may do for it."""
    url, tags, stale = site.fronted + path, [], 0
    for _ in range(6):
        title = touch(site.country).encode()
        measure.until_new(url, lambda text, t=title: t in text, gzip=True)
        for _ in range(10):
            _, headers, body = measure.fetch(url, GZIP)
            stale += title not in measure.text_of(headers, body)
        stale += sum(measure.fetch(url, {**GZIP, "If-None-Match": tag})[0] == 304 for tag in tags)
        tags.append(headers["etag"])
    return stale


# --- tiles ---------------------------------------------------------------------------------------------------------


def address(tile: tuple[int, int, int], version: str, ending: str) -> str:
    zoom, x, y = tile
    return f"/tuiles/{version}/{zoom}/{x}/{y}{ending}"


def version_of(site: Site) -> str:
    """Of the data, as a page names it."""
    plan = measure.fetch(f"{site.app}/carte/plan.json")[2].decode()
    return plan.split('"plan":"')[1].split('"')[0].rpartition("/")[2]


def tiles(site: Site, asked: argparse.Namespace) -> list[Goal]:
    """Vector tiles with the same five attributes; lean; as the page asks for them; and kept by nginx."""
    goals = []
    for name, tile in (("z6", FAR), ("z10", NEAR)):
        # No version, « 0 », is never kept: each answer is made anew.
        targets = {"ours": Target(site.app + address(tile, "0", "-complet.mvt"))}
        targets["lean"] = Target(site.app + address(tile, "0", ".mvt"))
        targets["cells"] = Target(site.app + address(tile, "0", ".json"))
        if site.mapserver:
            targets["MapServer"] = Target(map_peers.mapserver_tile(site.mapserver, "points", tile))
        if site.tipg:
            targets["tipg"] = Target(map_peers.tipg_tile(site.tipg, "points", tile))
        check_tiles(name, {each: target.url for each, target in targets.items() if each != "cells"})
        rates = measure.interleave(targets, asked.rounds, asked.seconds)
        note = ", ".join(f"{each} {statistics.median(found):,.0f}/s" for each, found in rates.items())
        goals += [
            Goal(f"tile {name}, uncached, same attributes: ours / {peer}", measure.ratio(rates, "ours", peer), "≥", 1,
                 note)
            for peer in ("tipg", "MapServer")
            if peer in targets
        ]  # fmt: skip
        if name == "z6" and "tipg" in targets:
            goals.append(Goal("tile z6, uncached: lean / tipg", measure.ratio(rates, "lean", "tipg"), "≥", 2.5))
            goals.append(
                Goal("tile z6, as the page asks for it / tipg", measure.ratio(rates, "cells", "tipg"), "≥", 2.5)
            )
    return goals + [warm_tile(site, asked, tile, name) for name, tile in (("z6", FAR), ("z10", NEAR))]


def check_tiles(name: str, addresses: Mapping[str, str]) -> None:
    """They are to tell the same places, but for a few at the edges."""
    counts = {each: map_peers.count_in_tile(ask(url)) for each, url in addresses.items()}
    print(f"Places in the tile {name}: {counts}")
    if max(counts.values()) > 1.02 * min(counts.values()):
        raise SystemExit("They are not the same places.")


def warm_tile(site: Site, asked: argparse.Namespace, tile: tuple[int, int, int], name: str) -> Goal:
    path = address(tile, version_of(site), "-complet.mvt")
    file = put_static("tile.mvt", ask(site.app + path))
    targets = {"ours": Target(site.fronted + path, GZIP), "nginx": Target(site.static + file, GZIP)}
    if measure.text_of(*measure.fetch(targets["ours"].url, GZIP)[1:]) != ask(site.app + path):
        raise SystemExit(f"{path} differs behind nginx")
    rates = measure.interleave(targets, asked.rounds, asked.seconds)
    note = f"{statistics.median(rates['ours']):,.0f}/s, {statistics.median(rates['nginx']):,.0f}/s"
    return Goal(f"tile {name}, cached / nginx's file", measure.ratio(rates, "ours", "nginx"), "≥", 0.6, note)


# --- the front page ------------------------------------------------------------------------------------------------

DATA = ("/carte/lieux", "/carte/reperes", "/tuiles/")


def page(site: Site, asked: argparse.Namespace) -> list[Goal]:
    """With 20,000 places, beside folium's own pages of them; phone, slowed processor and network, nothing cached."""
    say("Composing folium's pages…")
    map_peers.write_pages(HOME / "static" / "folium", list_markers(site.country))
    addresses = {"ours": f"{site.fronted}/", "fast": f"{site.static}/folium/fast.html"}
    visits: dict[str, list[Visit]] = {name: [] for name in (*addresses, "naive")}
    with browser.chromium() as opened:
        for _ in range(asked.visits):
            for name, url in addresses.items():
                visits[name].append(browser.visit(opened, url))
        if not asked.without_naive:
            say("Waiting for the naive page, which takes minutes…")
            visits["naive"].append(browser.visit(opened, f"{site.static}/folium/naive.html", patience=900))
        panned = browser.pan(opened, f"{site.fronted}/")
    tell(visits)
    return weights(visits["ours"]) + speeds(visits, panned)


def list_markers(country: Country) -> list[tuple[float, float, str]]:
    connection = psycopg2.connect(country.url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT latitude, longitude, name FROM place WHERE location IS NOT NULL ORDER BY id")
        found = cursor.fetchall()
    connection.close()
    return found


def tell(visits: Mapping[str, Sequence[Visit]]) -> None:
    print("\nA page with nothing cached, the median of its visits:")
    for name, each in visits.items():
        if each:
            of = partial(browser.middle_of, each)
            weight = of(lambda visit: sum(visit.weights.values())) / 1000
            print(
                f"  {name:<6} ready {of(lambda v: v.ready):6.2f} s, first paint {of(lambda v: v.paint):5.2f} s,"
                f" blocked {of(lambda v: v.blocked):6.2f} s, longest task {of(lambda v: v.longest):6.2f} s,"
                f" {of(lambda v: v.markers):.0f} markers, {weight:.0f} kB"
            )


def weights(visits: Sequence[Visit]) -> list[Goal]:
    """Over the wire, heads included, in kilobytes."""

    def weight(each: Visit, *, with_data: bool) -> float:
        return sum(size for url, size in each.weights.items() if with_data or not is_data(url)) / 1000

    largest = sorted(visits[0].weights.items(), key=lambda item: -item[1])[:4]
    note = ", ".join(f"{url.rpartition('/')[2][:28]} {size / 1000:.0f}" for url, size in largest)
    before, whole = (browser.middle_of(visits, partial(weight, with_data=with_data)) for with_data in (False, True))
    return [
        Goal("front page, cold, before the data, kB", before, "≤", 250, note),
        Goal("front page, cold, with 20,000 places, kB", whole, "≤", 450),
    ]


def is_data(url: str) -> bool:
    return any(part in url for part in DATA)


def speeds(visits: Mapping[str, Sequence[Visit]], panned: Visit) -> list[Goal]:
    ready = {name: browser.middle_of(each, lambda visit: visit.ready) for name, each in visits.items() if each}
    note = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in ready.items())
    goals = [Goal("map ready: ours / FastMarkerCluster", ready["ours"] / ready["fast"], "≤", 1, note)]
    if "naive" in ready:
        goals.append(Goal("map ready: ours / naive folium", ready["ours"] / ready["naive"], "≤", 1 / 20, note))
    blocked = browser.middle_of(visits["ours"], lambda visit: visit.blocked * 1000)
    return [
        *goals,
        Goal("front page: blocking time, ms", blocked, "≤", 150),
        Goal("panning with 20,000 places: longest task, ms", panned.longest * 1000, "≤", 200),
    ]


# --- all of it -----------------------------------------------------------------------------------------------------


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench/map", description="How fast the map is, as ratios of one run.")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="some parts of the table")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is visited")
    parser.add_argument("--seconds", type=int, default=2, help="how long each visit lasts")
    parser.add_argument("--visits", type=int, default=3, help="how often a page is opened")
    parser.add_argument("--without-naive", action="store_true", help="spare the minutes of folium's naive page")
    asked = parser.parse_args(words)
    HOME.mkdir(parents=True, exist_ok=True)
    with suppress(PermissionError):  # what else this machine does is to disturb as little as it may
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    peers.install()
    absent = map_peers.install()
    sizes = countries.SIZES if "lookups" in asked.only else countries.SIZES[:1]
    cluster = Cluster(HOME / "cluster")
    with alone(HOME / "lock", "bench of the map"), cluster.used():
        lands = countries.open_all(cluster, HOME, sizes, asked.seed)
        countries.pin(cluster, peers.SERVERS)
        goals = run(lands, absent, asked)
    head = {f"places ({name})": f"{size:,}" for size, name in zip(sizes, ("small", "medium", "large"), strict=False)}
    for name in absent:
        print(f"{name} cannot be had on this machine: its goals are not measured.")
    return show(goals, head)


def run(lands: Mapping[int, Country], absent: Sequence[str], asked: argparse.Namespace) -> list[Goal]:
    goals: list[Goal] = []
    if "lookups" in asked.only:
        say("Measuring: lookups…")
        goals += lookups.measure(lands, asked.seed)
    works: dict[str, Callable[[Site, argparse.Namespace], list[Goal]]] = {
        "geojson": geojson,
        "tiles": tiles,
        "page": page,
    }
    chosen = {name: work for name, work in works.items() if name in asked.only}
    if chosen:
        with everybody(lands[countries.SIZES[0]], absent) as site:
            for name, work in chosen.items():
                say(f"Measuring: {name}…")
                goals += work(site, asked)
    return goals


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
