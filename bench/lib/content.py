"""A country of invented places and their events, the same for the same seed, written straight by COPY."""

import io
import json
import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg2

from fablabmesh.kit.text import fold, slugify
from fablabmesh.zones.rules import timezone_of_department

PLACES, LABS, EVENTS = 20_000, 2_000, 100_000
RECURRING, CANCELLED, ALL_DAY = 10, 5, 2  # in a hundred
FIRST = datetime(2026, 1, 5, 9, 0)  # noqa: DTZ001 - a wall time
MADE = "2026-01-02T08:00:00+00"
_WORDS = (
    "atelier découpe laser initiation brodeuse numérique imprimante fabrication ouverture réparation vélo électronique "
    "couture bois métal soudure robot capteur carte programmation enfants familles adultes débutants machine dessin "
    "modèle pièce plan outil apporter tissu ordinateur gratuit inscription accueil équipe partage documentation projet"
).split()
_TITLES = ("Atelier", "Initiation", "Portes ouvertes", "Ouverture au public", "Formation", "Réunion thématique")


def fill(url: str, *, seed: int, places: int, labs: int, events: int) -> None:
    """Into a database that has its departments, communes and zones, and nothing else."""
    chance = random.Random(seed)
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT insee, name, postcodes, department_code, latitude, longitude, coalesce(population, 1)"
                       " FROM commune ORDER BY insee")  # fmt: skip
        communes = cursor.fetchall()
        cursor.execute("SELECT slug FROM category ORDER BY slug")
        categories = [slug for (slug,) in cursor.fetchall()]
        # Where people live: a few great towns and many villages.
        chosen = chance.choices(communes, weights=[commune[6] for commune in communes], k=places)
        rows = [place_row(number, commune, is_lab=number < labs) for number, commune in enumerate(chosen)]
        copy(cursor, "place", PLACE, rows)
        cursor.execute("SELECT id, department_code FROM place WHERE source = 'bench' AND kind = 'fablab' ORDER BY id")
        found = cursor.fetchall()
        each = events // len(found)
        copy(
            cursor,
            "event",
            EVENT,
            (
                event_row(chance, lab, timezone_of_department(department), categories, number * each + index)
                for number, (lab, department) in enumerate(found)
                for index in range(each)
            ),
        )
        cursor.execute("ANALYZE")
    connection.close()


PLACE = (
    *("slug", "name", "folded_name", "search_text", "kind", "description", "address", "address_extra", "postcode"),
    *("commune", "insee", "latitude", "longitude", "precision", "department_code", "department_found_by"),
    *("phone", "website", "opening_hours", "services", "audiences", "fees", "support", "source", "source_id"),
    *("source_licence", "edited_fields", "is_demo", "version"),
)


def place_row(number: int, commune: Sequence, *, is_lab: bool) -> Sequence[object]:
    insee, town, postcodes, department, latitude, longitude, _population = commune
    name = f"{'Fab Lab' if is_lab else 'Espace numérique'} {number} de {town}"
    postcode = postcodes[0] if postcodes else ""
    return (
        *(slugify(name), name, fold(name), fold(f"{name} {town} {postcode}"), "fablab" if is_lab else "epn"),
        *("Ouvert à toutes et tous.", f"{number % 90 + 1} rue des Inventions", "", postcode, town, insee),
        *(latitude, longitude, "commune", department, "insee", "", "", "", "{}", "{}", "{}", "{}"),
        *("bench", str(number), "", "{}", False, 1),
    )


EVENT = (
    *("uid", "slug", "place_id", "title", "description", "category_slug", "starts_local", "ends_local", "timezone"),
    *("is_all_day", "starts_at", "ends_at", "rrule", "status", "cancel_reason", "sequence", "version", "created_at"),
    *("changed_at", "published_at"),
)


def event_row(chance: random.Random, place: int, zone: str, categories: Sequence[str], number: int) -> Sequence[object]:
    day = FIRST + timedelta(days=chance.randrange(720), minutes=30 * chance.randrange(20))
    length, is_all_day = timedelta(hours=chance.choice((1, 2, 3))), number % 100 < ALL_DAY
    if is_all_day:
        day, length = day.replace(hour=0, minute=0), timedelta(0)
    recurs = (number // 7) % 100 < RECURRING
    off = (number // 3) % 100 < CANCELLED
    title = f"{chance.choice(_TITLES)} : {' '.join(chance.choices(_WORDS, k=4))}"
    moments = [(wall.replace(tzinfo=ZoneInfo(zone))).isoformat() for wall in (day, day + length)]
    return (
        *(f"{chance.getrandbits(128):032x}", f"{slugify(title)}-{number}", place, title),
        *(" ".join(chance.choices(_WORDS, k=36)).capitalize() + ".", chance.choice(categories)),
        *(day.isoformat(), (day + length).isoformat(), zone, is_all_day, *moments),
        "FREQ=WEEKLY;COUNT=40" if recurs else "",
        *("cancelled" if off else "confirmed", "Panne de machine" if off else "", int(off), 1, MADE, MADE, MADE),
    )


def copy(cursor, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """No tab, end of line or backslash is in what is made up here but what JSON's own escapes would not change."""
    lines = ("\t".join("\\N" if value is None else str(value) for value in row) + "\n" for row in rows)
    text = io.StringIO("".join(lines))
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", text)


def describe(url: str) -> dict[str, object]:
    """What there is, for the head of the table."""
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT json_build_object('places', (SELECT count(*) FROM place), 'events', count(*),"
            " 'recurring', count(*) FILTER (WHERE rrule <> ''),"
            " 'cancelled', count(*) FILTER (WHERE status = 'cancelled'),"
            " 'bytes of text', sum(octet_length(ical))) FROM event"
        )
        found = cursor.fetchone()[0]
    connection.close()
    return dict(found) if isinstance(found, dict) else dict(json.loads(found))
