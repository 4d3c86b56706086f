"""A zone in the words of schema.org (https://schema.org/Place), for search engines. Pure.

A pole that is only thought to support the zone is not told: a machine would not read the doubt.
"""

from collections.abc import Callable, Iterable
from typing import Any

from fablabmesh.zones.rules import Standing


def to_linked_data(
    zone: Any, departments: Iterable[Any], roles: Iterable[Any], *, address: str, address_of: Callable[[Any], str]
) -> dict[str, Any]:
    """`departments`: those of the zone; `roles`: who supports it, with the place; `address_of`: the page of a place."""
    area: dict[str, Any] = {
        "@type": "Place",
        "@id": address,
        "url": address,
        "name": zone.name,
        "containsPlace": [
            {"@type": "AdministrativeArea", "name": department.name, "identifier": department.code}
            for department in departments
        ],
    }
    poles = [
        {
            "@type": "Organization",
            "name": role.place.name,
            "url": address_of(role.place),
            "areaServed": {"@id": address},
        }
        for role in roles
        if role.standing is Standing.SOURCE and not role.place.is_demo
    ]
    return {"@context": "https://schema.org", "@graph": [area, *poles]}
