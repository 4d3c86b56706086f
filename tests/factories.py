"""Valid things by default; a test states only what it is about."""

from datetime import UTC, datetime
from itertools import count

from fablabmesh.accounts import actions as accounts
from fablabmesh.accounts import passwords
from fablabmesh.accounts.models import Account
from fablabmesh.accounts.rules import Role
from fablabmesh.events import actions as events
from fablabmesh.events.models import Event
from fablabmesh.events.rules import When
from fablabmesh.kit.db import session
from fablabmesh.places import actions as places
from fablabmesh.places.models import Place
from fablabmesh.places.rules import PlaceKind, Precision
from fablabmesh.projects import actions as projects
from fablabmesh.projects import queries as project_queries
from fablabmesh.projects.models import Project
from fablabmesh.zones import actions as zones
from fablabmesh.zones.models import Department, Programme, Zone
from fablabmesh.zones.rules import Standing

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "une phrase bien longue"
_HASH = passwords.hash_password(PASSWORD)
_number = count(1)


def local(text: str) -> datetime:
    """A wall time."""
    return datetime.fromisoformat(text)


def make_account(
    *, name: str = "Alice Martin", email: str | None = None, role: Role = Role.MEMBER, is_demo: bool = False
) -> Account:
    account = Account(
        email=(email or f"personne{next(_number)}@exemple.test").lower(),
        name=name,
        password_hash=_HASH,
        role=role,
        email_confirmed_at=NOW,
        is_demo=is_demo,
        is_active=True,
    )
    session.add(account)
    session.flush()
    return account


def make_coordinator(*zones_: Zone, name: str = "Maxence Roux", is_demo: bool = False) -> Account:
    """Somebody who coordinates these zones."""
    account = make_account(name=name, is_demo=is_demo)
    for zone in zones_:
        zones.grant_coordination(zone, account, by=None, now=NOW)
    return account


def square(west: float, south: float, east: float, north: float) -> str:
    return f"SRID=4326;MULTIPOLYGON((({west} {south},{east} {south},{east} {north},{west} {north},{west} {south})))"


def make_department(
    code: str = "35", name: str = "Ille-et-Vilaine", *, box=(-2.3, 47.6, -1.0, 48.7), region=("53", "Bretagne")
) -> Department:
    found = session.get(Department, code)
    if found is not None:
        return found
    department = Department(code=code, name=name, region_code=region[0], region_name=region[1], geom=square(*box))
    session.add(department)
    session.flush()
    return department


def make_zone(
    *departments: str,
    programme: str = "fablab",
    slug: str = "ouest",
    name: str = "Ouest",
    colour: str = "#2f6f9f",
    position: int = 1,
) -> Zone:
    titles = {"fablab": "Fab Labs", "epn": "Espaces publics numériques"}
    made: Programme = zones.put_programme(
        slug=programme, name=titles.get(programme, programme), position=1 if programme == "fablab" else 2
    )
    zone = zones.put_zone(made, slug=slug, name=name, colour=colour, position=position, is_overseas=False)
    if departments:
        zones.compose(zone, departments, standing=Standing.HYPOTHESIS, reason="pour un essai")
    return zone


def make_place(
    *, name: str = "LabFab", managers: tuple[Account, ...] = (), is_demo: bool = False, **values: object
) -> Place:
    """A Fab Lab in Rennes unless told otherwise; give it managers by name of account."""
    department = str(values.pop("department", "35"))
    if department == "35":
        make_department()
    given = {
        "name": name,
        "kind": PlaceKind.FABLAB,
        "address": "19 rue Hoche",
        "postcode": "35000",
        "commune": "Rennes",
        "insee": f"{department[:2]}238" if len(department) == 2 else f"{department}01",
        "latitude": 48.1146,
        "longitude": -1.6775,
        "precision": Precision.ADDRESS,
    } | values
    place = places.create_place(given, now=NOW, is_demo=is_demo)
    for account in managers:
        places.grant(place, account)
    session.refresh(place, ["managers"])
    return place


def make_event(
    place: Place,
    *,
    title: str = "Atelier découpe laser",
    starts: str = "2090-06-10T18:00",
    ends: str = "2090-06-10T20:00",
    timezone: str = "Europe/Paris",
    is_all_day: bool = False,
    category: str = "atelier",
    description: str = "",
    by: Account | None = None,
    uid: str | None = None,
) -> Event:
    """A workshop far in the future, in wall times. All day: give the midnights of the first and of the last day."""
    when = When(datetime.fromisoformat(starts), datetime.fromisoformat(ends), timezone, is_all_day)
    values = {"title": title, "category_slug": category, "description": description}
    event = events.create_event(place, values, when, by=by, now=NOW, uid=uid)
    session.commit()  # its dates and its calendar text are made now
    return event


def make_series(
    place: Place,
    *,
    rrule: str = "FREQ=WEEKLY;BYDAY=SA;COUNT=4",
    starts: str = "2090-06-10T18:00",
    ends: str = "2090-06-10T20:00",
    timezone: str = "Europe/Paris",
    is_all_day: bool = False,
    is_draft: bool = False,
    by: Account | None = None,
    **values: object,
) -> Event:
    """Four Saturdays far in the future unless told otherwise."""
    first, last = datetime.fromisoformat(starts), datetime.fromisoformat(ends)
    given = {"title": "Couture", "category_slug": "atelier"} | values
    when = When(first, last, timezone, is_all_day, rrule=rrule)
    event = events.create_event(place, given, when, by=by, now=NOW, is_draft=is_draft)
    session.commit()
    return event


def make_project(
    lead: Place, *, title: str = "Une fraiseuse en plans ouverts", partners: tuple[Place, ...] = (), **values: object
) -> Project:
    """A project that looks for partners, with the labs that were taken in."""
    given = {"title": title, "summary": "La concevoir ensemble.", "seeks": "Un lab qui usine l’aluminium."} | values
    project = project_queries.get_project(projects.create_project(lead, given, by=None, now=NOW).slug)
    for place in partners:
        projects.ask_to_join(project, place, message="Un tour.", by=None, now=NOW)
        projects.accept(project, place, answer="", by=None, now=NOW)
    return project_queries.get_project(project.slug)


__all__ = [
    "NOW",
    "PASSWORD",
    "accounts",
    "local",
    "make_account",
    "make_department",
    "make_event",
    "make_place",
    "make_project",
    "make_series",
    "make_zone",
    "square",
]
