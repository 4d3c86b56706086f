"""What search engines are told of a zone."""

from types import SimpleNamespace

from fablabmesh.zones.linked_data import to_linked_data
from fablabmesh.zones.rules import Standing


def role(name, standing, is_demo=False):
    return SimpleNamespace(standing=standing, place=SimpleNamespace(name=name, is_demo=is_demo))


def test_a_zone_holds_departments_and_is_served_by_the_poles_that_are_sourced():
    told = to_linked_data(
        SimpleNamespace(name="Ouest"),
        [SimpleNamespace(code="35", name="Ille-et-Vilaine")],
        [role("PiNG", Standing.SOURCE), role("Peut-être", Standing.HYPOTHESIS), role("Faux", Standing.SOURCE, True)],
        address="https://x.test/zones/fablab/ouest",
        address_of=lambda place: f"https://x.test/lieux/{place.name}",
    )

    assert told == {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": "Place",
                "@id": "https://x.test/zones/fablab/ouest",
                "url": "https://x.test/zones/fablab/ouest",
                "name": "Ouest",
                "containsPlace": [{"@type": "AdministrativeArea", "name": "Ille-et-Vilaine", "identifier": "35"}],
            },
            {
                "@type": "Organization",
                "name": "PiNG",
                "url": "https://x.test/lieux/PiNG",
                "areaServed": {"@id": "https://x.test/zones/fablab/ouest"},
            },
        ],
    }
