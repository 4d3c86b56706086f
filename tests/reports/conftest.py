"""A world of two years and two zones, counted by hand: the West, with Rennes and Cayenne; the East, with Strasbourg."""

from datetime import UTC, datetime, timedelta

import pytest

from fablabmesh.curation.models import Proposal
from fablabmesh.curation.rules import ProposalKind, ProposalState
from fablabmesh.digests.models import Subscription
from fablabmesh.kit.db import session
from fablabmesh.places.models import Place, PlaceVersion
from fablabmesh.places.rules import PlaceDeed
from fablabmesh.projects.models import Partnership, Project
from tests.factories import make_department, make_event, make_place, make_project, make_zone


def at(text: str) -> datetime:
    """An instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def put(name: str, *, created: str, department: str = "35", is_demo: bool = False, **values: object) -> Place:
    """A place whose page was made then."""
    given = {} if department == "35" else {"department": department, "postcode": f"{department:0<5}"}
    place = make_place(name=name, is_demo=is_demo, **given)
    place.created_at = at(created)
    for column, value in values.items():
        setattr(place, column, value)
    session.flush()
    return place


def note(place: Place, deed: PlaceDeed, when: str) -> None:
    """A line of a place's history."""
    session.add(PlaceVersion(place_id=place.id, at=at(when), deed=deed))
    session.flush()


def hold(place: Place, starts: str, *, title: str = "Atelier", **values: str):
    """Two hours, by the clocks of the place."""
    ends = (datetime.fromisoformat(starts) + timedelta(hours=2)).isoformat()
    return make_event(place, title=title, starts=starts, ends=ends, **values)


def decide(came: str, decided: str | None, state: ProposalState, *, code: str = "35", is_demo: bool = False) -> None:
    """Something that was proposed."""
    session.add(
        Proposal(
            kind=ProposalKind.OTHER,
            state=state,
            department_code=code,
            is_demo=is_demo,
            created_at=at(came),
            decided_at=at(decided) if decided else None,
        )
    )
    session.flush()


@pytest.fixture
def zones(db):
    make_department("35")
    make_department("67", "Bas-Rhin", box=(7.0, 48.1, 8.2, 49.1), region=("44", "Grand Est"))
    make_department("973", "Guyane", box=(-54.6, 2.1, -51.6, 5.8), region=("03", "Guyane"))
    return make_zone("35", "973"), make_zone("67", slug="est", name="Est", position=2)


@pytest.fixture
def world(zones):
    """Places by name."""
    places = {
        "old": put("Ancien", created="2023-05-01", machine_types=["decoupe-laser"]),
        "new": put("Nouveau", created="2025-02-01", source="lieux.test"),
        "closed": put("Fermé", created="2023-05-01", closed_on=at("2025-06-01").date()),
        "archived": put("Archivé", created="2023-05-01"),
        # Half past midnight in Paris is of the year before in Cayenne.
        "cayenne": put("Cayenne", created="2026-01-01T00:30", department="973"),
        "east": put("Est", created="2023-05-01", department="67", machine_types=["decoupe-vinyle", "decoupe-laser"]),
        "hidden": put("Brouillon", created="2023-05-01"),
        "invented": put("Inventé", created="2023-05-01", is_demo=True, machine_types=["impression-3d"]),
    }
    places["hidden"].moderation = "draft"
    places["archived"].moderation = "archived"
    note(places["archived"], PlaceDeed.ARCHIVED, "2025-03-01")
    note(places["old"], PlaceDeed.CONFIRMED, "2024-04-01")
    note(places["old"], PlaceDeed.CONFIRMED, "2025-04-01")
    note(places["new"], PlaceDeed.CONFIRMED, "2025-05-01")
    note(places["old"], PlaceDeed.MERGED, "2025-05-02")
    _events(places)
    _projects(places)
    for came, decided, state in (
        ("2024-05-01", "2024-05-03", ProposalState.PUBLISHED),
        ("2024-12-01", "2025-01-10", ProposalState.REFUSED),
        ("2025-05-01", "2025-05-02", ProposalState.PUBLISHED),
        ("2025-05-01", "2025-05-04", ProposalState.PUBLISHED),
        ("2025-06-01", None, ProposalState.PENDING),
    ):
        decide(came, decided, state)
    decide("2025-05-01", "2025-05-02", ProposalState.PUBLISHED, code="67")
    decide("2025-05-01", "2025-05-02", ProposalState.PUBLISHED, is_demo=True)
    for number, (query, when) in enumerate(
        (("zone=fablab/ouest", "2024-02-01"), ("zone=fablab/ouest", "2025-02-01"), ("zone=fablab/est", "2025-02-01"))
    ):
        session.add(
            Subscription(
                email=f"a{number}@exemple.test", query=query, language="fr", nonce=b"1", asked_at=at(when),
                confirmed_at=at(when), last_issue=at(when).date(),
            )
        )  # fmt: skip
    session.flush()
    return places


def _events(places):
    hold(places["old"], "2024-03-10T18:00")
    hold(places["old"], "2025-03-10T18:00", title="Série")
    hold(places["old"], "2025-03-11T18:00", category="formation")
    # The last evening of the year in Cayenne: the year has changed in Paris.
    hold(places["cayenne"], "2025-12-31T22:00", timezone="America/Cayenne")
    hold(places["east"], "2025-07-01T10:00")
    hold(places["invented"], "2025-07-01T10:00")
    called_off = hold(places["new"], "2025-08-01T10:00")
    called_off.status = "cancelled"
    session.commit()


def _projects(places):
    for lead, partner, when in (
        ("old", "new", "2025-02-01"),
        ("old", "east", "2024-02-01"),
        ("east", "old", "2025-02-02"),
    ):
        project = make_project(places[lead], title=f"{lead} {partner}", partners=(places[partner],))
        session.get(Project, project.id).created_at = at(when)
        session.get(Partnership, (project.id, places[partner].id)).answered_at = at(when)
    session.flush()
