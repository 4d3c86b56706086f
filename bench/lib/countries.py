"""Countries of 20,000 to 2,000,000 places: a database each, the same for the same seed, kept between runs."""

import json
import os
import random
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import content
import psycopg2
from cluster import Cluster
from flask import Flask

from fablabmesh.app import create_app
from fablabmesh.directory import facet_queries
from fablabmesh.kit import clock, db, migrations
from fablabmesh.kit.config import driver_url, read_settings
from fablabmesh.kit.opening_hours import list_openings
from fablabmesh.kit.text import fold, slugify
from fablabmesh.opendata import actions as opendata
from fablabmesh.places.rules import OPENINGS_COUNTED_DAYS
from fablabmesh.publication import renewal_actions
from fablabmesh.zones.rules import timezone_of_department

SIZES = (20_000, 200_000, 2_000_000)
# Above it nothing is measured that looks at the clock: opening times of millions of places would fill the disk.
LARGEST_WITH_TIMES = 200_000
EVENTS = 100  # one for so many places
# More than these are copies of them.
MOST_MADE = 199_000
LABS = 10  # in a hundred; the others are public digital spaces
TIMETABLE = 40  # in a hundred have one
WITH_LABEL = 30
SPREAD = 0.03  # degrees round the town hall
TOLD = ("fonctionnement", "accueil", "découverte", "atelier", "formation", "création", "réparation", "partage")
NAMES = {
    "fablab": ("Fab Lab", "Makerspace", "Atelier partagé", "Hackerspace", "Laboratoire ouvert", "Fabrique"),
    "epn": ("Espace numérique", "Médiathèque", "Bibliothèque", "Centre social", "Mairie", "Maison France services",
            "Mission locale", "Point numérique", "Cyber-base", "Tiers-lieu", "Maison de quartier", "Foyer rural"),
}  # fmt: skip
AFTER = ("Jules Verne", "Marie Curie", "Jean Moulin", "Louise Michel", "Ada Lovelace", "Victor Hugo", "Simone Veil",
         "Émile Zola", "des Lilas", "du Vieux Moulin", "de la Gare", "de l’Étang", "des Capucins")  # fmt: skip
HOURS = (
    "Mo-Fr 09:00-12:00,14:00-18:00",
    "Tu-Sa 10:00-18:00",
    "Mo,We,Fr 14:00-18:00; Sa 09:00-12:00; PH off",
    "We 14:00-20:00; Sa 10:00-17:00",
    "Tu-Fr 14:00-19:00; Sa 10:00-18:00; PH off",
    "Mo-Th 08:30-12:00,13:30-17:30; Fr 08:30-12:00",
    "Th 18:00-22:00",
    "Mo-Su 08:00-20:00",
)
PLACE = (
    *("slug", "name", "folded_name", "search_text", "kind", "summary", "description", "address", "postcode"),
    *("commune", "insee", "latitude", "longitude", "precision", "department_code", "department_found_by"),
    *("opening_hours", "services", "audiences", "accessibility", "fees", "support", "labels", "machine_types"),
    *("source", "source_id", "edited_fields", "is_demo", "version"),
    *("address_extra", "phone", "website", "source_licence"),
)
Commune = tuple[str, str, Sequence[str], str, float, float, int]
# By vocabulary: the codes, each with the broader one or nothing.
Words = Mapping[str, Sequence[tuple[str, str | None]]]


@dataclass
class Country:
    """One filled database and the application over it."""

    size: int
    url: str
    owner_url: str
    app: Flask
    counts: facet_queries.Memory = field(default_factory=facet_queries.Memory)


def name_of(size: int) -> str:
    return f"bench_{size}"


@contextmanager
def inside(country: Country) -> Iterator[None]:
    """The application's queries ask this country: its session is one for the whole process."""
    db.session.remove()
    db.session.configure(bind=country.app.extensions["engine"])
    facet_queries.install(db.session, country.counts)
    with country.app.test_request_context("/"):
        yield
    db.session.remove()


# --- the places ----------------------------------------------------------------------------------------------------


def place_rows(communes: Sequence[Commune], words: Words, seed: int, count: int) -> Iterator[Sequence[object]]:
    """Invented places, round the town halls of where people live: a few great towns and many villages."""
    chance = random.Random(seed)
    weights = [commune[6] for commune in communes]
    made = 0
    while made < count:
        for commune in chance.choices(communes, weights=weights, k=min(10_000, count - made)):
            yield place_row(chance, made, commune, words)
            made += 1


def place_row(chance: random.Random, number: int, commune: Commune, words: Words) -> Sequence[object]:
    insee, town, postcodes, department, latitude, longitude, _population = commune
    is_lab = number % 100 < LABS
    kind = "fablab" if is_lab else "epn"
    name = f"{chance.choice(NAMES[kind])} {chance.choice(AFTER)}"
    name += f" de {town}" if number % 3 else ""
    postcode = postcodes[0] if postcodes else ""
    machines = some(chance, words["machine"], 4) if is_lab or number % 20 == 19 else []
    return (
        *(f"{slugify(name)}-{number}", name, fold(name), fold(f"{name} {town} {postcode}"), kind),
        f"Un lieu de {chance.choice(TOLD)} et de {chance.choice(TOLD)}.",
        f"Ouvert à toutes et tous pour {' '.join(chance.choices(TOLD, k=6))}.",
        *(f"{number % 90 + 1} rue {chance.choice(AFTER)}", postcode, town, insee),
        *(round(latitude + chance.gauss(0, SPREAD), 6), round(longitude + chance.gauss(0, SPREAD), 6)),
        *("address", department, "insee"),
        chance.choice(HOURS) if chance.randrange(100) < TIMETABLE else "",
        *(array(some(chance, words[each], most)) for each, most in (("service", 4), ("audience", 3))),
        *(array(some(chance, words[each], 2)) for each in ("accessibility", "fee", "support")),
        array(some(chance, words["label"], 2) if chance.randrange(100) < WITH_LABEL else []),
        array(machines),
        *("bench", str(number), "{}", "f", 1),
        *("", "", "", "Licence Ouverte 2.0"),
    )


def some(chance: random.Random, terms: Sequence[tuple[str, str | None]], most: int) -> list[str]:
    """Codes of a few terms, each with its broader one."""
    found: dict[str, None] = {}
    for code, broader in chance.choices(terms, k=chance.randint(1, most)):
        found |= {each: None for each in (code, broader) if each}
    return list(found)


def array(codes: Iterable[str]) -> str:
    return "{" + ",".join(codes) + "}"


# --- the databases -------------------------------------------------------------------------------------------------


class Lines:
    """Rows as COPY reads them, made as they are asked for: two millions at once would fill the memory."""

    def __init__(self, rows: Iterable[Sequence[object]]) -> None:
        self.lines = ("\t".join(map(str, row)) + "\n" for row in rows)
        self.left = ""

    def read(self, size: int) -> str:
        parts, length = [self.left], len(self.left)
        while length < size and (line := next(self.lines, "")):
            parts.append(line)
            length += len(line)
        text = "".join(parts)
        self.left = text[size:]
        return text[:size]


def open_all(cluster: Cluster, home: Path, sizes: Sequence[int], seed: int) -> dict[int, Country]:
    """Each country, filled where it was not yet, or was for another seed."""
    found = {}
    for size in sizes:
        url, owner = (cluster.url(role, name_of(size)) for role in ("fablabmesh", "postgres"))
        wanted = {"seed": seed, "size": size}
        marker = home / f"{name_of(size)}.json"
        kept = json.loads(marker.read_text()) if marker.exists() else {}
        if kept.get("wanted") != wanted:
            marker.unlink(missing_ok=True)
            make(cluster, home, size, seed)
            kept = {"wanted": wanted, "schema": migrations.head()}
        elif kept["schema"] != migrations.head():
            # A site is not filled anew for a new schema either.
            migrations.upgrade(driver_url(url))
            kept = {"wanted": wanted, "schema": migrations.head()}
        marker.write_text(json.dumps(kept))
        found[size] = Country(size, url, owner, create_app(read_settings(environ_for(url, home))))
        if kept.get("counted", "") < (clock.now() - timedelta(days=10)).isoformat():
            work(found[size])
            marker.write_text(json.dumps({**kept, "counted": clock.now().isoformat()}))
    return found


def environ_for(url: str, home: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "FABLABMESH_DATA": str(home),
        "FABLABMESH_ENV": "development",
        "FABLABMESH_SECRET_KEY": "a key for the bench alone, long enough for anybody",
        "FABLABMESH_BASE_URL": "http://bench.invalid",
    }


def make(cluster: Cluster, home: Path, size: int, seed: int) -> None:
    print(f"Filling the database of {size:,} places…", file=sys.stderr, flush=True)
    begun, name = time.perf_counter(), name_of(size)
    script = f"DROP DATABASE IF EXISTS {name} WITH (FORCE);\nCREATE DATABASE {name} OWNER fablabmesh;\n"
    script += f"\\connect {name}\nCREATE EXTENSION postgis;\n"
    # Ours is no superuser: what only one may make is what a site's operator makes by hand.
    script += "CREATE EXTENSION IF NOT EXISTS pg_trgm;\nCREATE EXTENSION IF NOT EXISTS unaccent;\n"
    cluster.psql("-v", "ON_ERROR_STOP=1", "--quiet", "-d", "postgres", script=script)
    url = cluster.url("fablabmesh", name)
    migrations.upgrade(driver_url(url))
    with create_app(read_settings(environ_for(url, home))).app_context(), db.transaction():
        opendata.load_national_data(now=clock.now())
    fill(cluster.url("postgres", name), size, seed)
    print(f"  {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)


def fill(url: str, size: int, seed: int) -> None:
    """Beside the places of the national data, as many as make the size. Changes are not counted one by one, foreign
    keys are right by themselves, and indexes come afterwards."""
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '1GB'")
        cursor.execute(OWN_TRIGGERS)
        own = [name for (name,) in cursor.fetchall()]
        for name in own:
            cursor.execute(f"ALTER TABLE place ENABLE ALWAYS TRIGGER {name}")
        cursor.execute("SELECT insee, name, postcodes, department_code, latitude, longitude, coalesce(population, 1)"
                       " FROM commune ORDER BY insee")  # fmt: skip
        communes = cursor.fetchall()
        cursor.execute("SELECT vocabulary, code, broader FROM term ORDER BY vocabulary, position, code")
        words: dict[str, list[tuple[str, str | None]]] = {}
        for vocabulary, code, broader in cursor.fetchall():
            words.setdefault(vocabulary, []).append((code, broader))
        cursor.execute("SELECT count(*) FROM place")
        wanted = size - cursor.fetchone()[0]
        rows = place_rows(communes, words, seed, min(wanted, MOST_MADE))
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        for _definition, index in indexes:
            cursor.execute(f"DROP INDEX {index}")
        cursor.copy_expert(f"COPY place ({', '.join(PLACE)}) FROM STDIN", Lines(rows), 1 << 20)
        for name in own:
            cursor.execute(f"ALTER TABLE place ENABLE TRIGGER {name}")
        multiply(cursor, wanted)
        for definition, _index in indexes:
            cursor.execute(definition)
        cursor.execute(MACHINES)
        add_events(cursor, seed, size)
        # What is made of places is to be made anew.
        cursor.execute("UPDATE place_number SET number = number + 1")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()


def multiply(cursor, wanted: int) -> None:
    """As many as are wanted, from those that were made: the same in all, but somewhere near and at another address.

    What a row says of itself is copied with it, and not worked out again for each of millions.
    """
    cursor.execute("SELECT string_agg(column_name, ',') FROM information_schema.columns WHERE table_name = 'place'"
                   " AND is_generated = 'NEVER' AND column_name <> 'id'")  # fmt: skip
    columns = cursor.fetchone()[0].split(",")
    told = {
        "slug": "slug || '-' || turn",
        "source_id": "source_id || '-' || turn",
        "latitude": "round((latitude + 0.05 * (random() - 0.5))::numeric, 6)",
        "longitude": "round((longitude + 0.05 * (random() - 0.5))::numeric, 6)",
    }
    chosen = ", ".join(told.get(column, column) for column in columns)
    cursor.execute("SELECT setseed(0.5)")
    cursor.execute(
        f"INSERT INTO place ({', '.join(columns)}) SELECT {chosen} FROM place, generate_series(1, %s) AS turn"
        " WHERE source = 'bench' ORDER BY turn, place.id LIMIT %s",
        (wanted // MOST_MADE, max(0, wanted - MOST_MADE)),
    )


def add_events(cursor, seed: int, size: int) -> None:
    """Of the first labs; the application settles them afterwards."""
    chance = random.Random(seed)
    cursor.execute("SELECT slug FROM category ORDER BY slug")
    categories = [slug for (slug,) in cursor.fetchall()]
    most = min(size, LARGEST_WITH_TIMES) // EVENTS  # two each
    cursor.execute(
        "SELECT id, department_code FROM place WHERE kind = 'fablab' AND source = 'bench' ORDER BY id LIMIT %s",
        [most // 2],
    )
    labs = cursor.fetchall()
    rows = (
        content.event_row(chance, lab, timezone_of_department(department), categories, number)
        for number, (lab, department) in enumerate(labs * 2)
    )
    content.copy(cursor, "event", content.EVENT, rows)


def work(country: Country) -> None:
    """What the application makes of places beside writing them: times, words, the map; as its worker does."""
    print(f"Working on {country.size:,} places…", file=sys.stderr, flush=True)
    begun = time.perf_counter()
    if country.size <= LARGEST_WITH_TIMES:
        count_out(country)
    with inside(country):
        with db.transaction():
            renewal_actions.settle_all()
        for chore in country.app.extensions["chores"]:
            if chore.name in CHORES:
                since = time.perf_counter()
                chore.run(clock.now())
                print(f"  {chore.name}: {time.perf_counter() - since:.0f} s", file=sys.stderr, flush=True)
    connection = psycopg2.connect(country.owner_url)
    connection.autocommit = True
    connection.cursor().execute("VACUUM ANALYZE")
    connection.close()
    print(f"  {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)


CHORES = ("map", "words to search")


def count_out(country: Country) -> None:
    """When places are open in the weeks to come. Many have the same hours, which are read once for all of them: the
    worker would do it place by place."""
    now = clock.now()
    connection = psycopg2.connect(country.owner_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("TRUNCATE place_opening, place_horizon")
        cursor.execute(
            "SELECT DISTINCT opening_hours, coalesce(department_code, '') FROM place WHERE opening_hours <> ''"
        )
        by_clock: dict[tuple[str, str], list[str]] = {}
        for hours, department in cursor.fetchall():
            by_clock.setdefault((hours, timezone_of_department(department)), []).append(department)
        until = now + timedelta(days=OPENINGS_COUNTED_DAYS)
        for (hours, timezone), departments in by_clock.items():
            openings = list_openings(hours, timezone, now - timedelta(days=2), until)
            times = [opening.opens_at for opening in openings], [opening.closes_at for opening in openings]
            cursor.execute(OPENINGS, {"hours": hours, "departments": departments, "from": times[0], "to": times[1]})
        cursor.execute("INSERT INTO place_horizon (place_id, counted_to) SELECT id, %s FROM place"
                       " WHERE opening_hours <> ''", [until])  # fmt: skip
    connection.close()


OPENINGS = """
INSERT INTO place_opening (place_id, opens_at, closes_at)
SELECT place.id, opens_at, closes_at
FROM place CROSS JOIN unnest(%(from)s::timestamptz[], %(to)s::timestamptz[]) AS told(opens_at, closes_at)
WHERE opening_hours = %(hours)s AND coalesce(department_code, '') = ANY (%(departments)s)
ON CONFLICT DO NOTHING
"""
# Triggers that write into the row itself: what they make is a part of the place.
OWN_TRIGGERS = """
SELECT tgname FROM pg_trigger
WHERE tgrelid = 'place'::regclass AND NOT tgisinternal AND (tgtype & 2) = 2
"""
INDEXES = """
SELECT indexdef, indexrelid::regclass FROM pg_indexes JOIN pg_index ON indexrelid = indexname::regclass
WHERE tablename = 'place' AND NOT indisunique
"""
# Of each type that a place is said to have, one machine; not of what is only broader.
MACHINES = """
INSERT INTO machine (place_id, position, type_id, model, quantity, size, materials, training, price, note, is_working)
SELECT place.id, row_number() OVER (PARTITION BY place.id ORDER BY term.position), term.id, '', 1, '', '{}',
  'unknown', '', '', true
FROM place JOIN term ON vocabulary = 'machine' AND code = ANY (machine_types)
WHERE source = 'bench' AND machine_types <> '{}'
  AND NOT EXISTS (SELECT FROM term narrow WHERE narrow.vocabulary = 'machine' AND narrow.broader = term.code)
"""


def pin(cluster: Cluster, processors: set[int]) -> None:
    """The database serves on the servers' processor too: what it forks from now on inherits that."""
    os.sched_setaffinity(int((cluster.data / "postmaster.pid").read_text().splitlines()[0]), processors)
