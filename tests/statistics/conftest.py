"""Two zones of one department each, with a few communes whose people can be added up by hand."""

import pytest

from fablabmesh.kit.db import session
from fablabmesh.places.models import FundingCall, Laureate
from fablabmesh.zones.models import Commune
from tests.factories import make_department, make_place, make_zone

# INSEE code, name, latitude, longitude, people. One degree of latitude is about 111 km.
COMMUNES = [
    ("35238", "Rennes", 48.11, -1.68, 1000),
    ("35001", "Près", 48.18, -1.68, 200),
    ("35002", "Loin", 48.40, -1.68, 30),
    ("35003", "Sans population", 48.11, -1.69, None),
    ("42218", "Saint-Étienne", 45.43, 4.39, 500),
    ("42001", "Seule", 46.20, 4.39, 4),
    ("75056", "Paris", 48.86, 2.34, 90),
    ("75101", "Paris 1er arrondissement", 48.86, 2.34, 40),
    ("75102", "Paris 2e arrondissement", 48.87, 2.34, 50),
]


@pytest.fixture
def country(db):
    """Labs in Rennes and Saint-Étienne, the first a laureate; public digital spaces near Rennes."""
    make_department("35")
    make_department("42", "Loire", box=(3.7, 45.2, 4.8, 46.3), region=("82", "Rhône-Alpes"))
    make_department("75", "Paris", box=(2.2, 48.8, 2.5, 48.9), region=("11", "Île-de-France"))
    make_zone("35", slug="ouest", name="Ouest", position=1)
    make_zone("42", slug="est", name="Est", position=2, colour="#995511")
    for insee, name, latitude, longitude, people in COMMUNES:
        commune = Commune(
            insee=insee,
            name=name,
            folded_name=name.lower(),
            postcodes=[],
            department_code=insee[:2],
            latitude=latitude,
            longitude=longitude,
            population=people,
        )
        session.add(commune)
    lab = make_place(name="Lab de Rennes", latitude=48.11, longitude=-1.68)
    other = make_place(
        name="Lab de Loire", department="42", insee="42218", postcode="42000", latitude=45.43, longitude=4.39
    )
    make_place(name="Cyber", kind="epn", latitude=48.18, longitude=-1.68)
    call = FundingCall(slug="appel-2022", name="Appel 2022", year=2022)
    session.add(call)
    session.flush()
    session.add(Laureate(call_id=call.id, place_id=lab.id, project_name="Un projet"))
    session.flush()
    return lab, other


@pytest.fixture(autouse=True)
def forget_reports(app):
    """What one test was told is nothing to the next, whose database is another."""
    app.extensions.pop("statistics_memory", None)
