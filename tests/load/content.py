"""Fills the database of the environment: a zone, a few labs with workshops. Run by the tests' conftest."""

from fablabmesh.app import create_app
from fablabmesh.kit.db import session
from tests.factories import NOW, events, make_department, make_event, make_place, make_zone

LABS, WORKSHOPS = 4, 25
# So long that the calendar of a lab is a small one, and those of the zone and of all are great.
LONG = "".join(f"Apporter de quoi noter, {number} fois. " for number in range(120))


def main() -> None:
    with create_app().app_context():
        labs = [make_place(name=f"Lab {number}") for number in range(LABS)]
        make_zone("35")
        for lab in labs:
            for number in range(WORKSHOPS):
                event = make_event(lab, title=f"Atelier {number}", description=LONG)
                if number % 5 == 0:
                    events.cancel_event(event, reason="Panne", now=NOW, version=event.version)
        make_place(name="Vide")
        make_department("44", "Loire-Atlantique", box=(-2.6, 46.8, -0.9, 47.8))
        for name in ("Passager", "Bavard"):
            make_event(make_place(name=name, commune="Nantes", department="44", insee="44109", latitude=47.2))
        session.commit()


main()
