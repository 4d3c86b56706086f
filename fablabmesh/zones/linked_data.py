"""A zone in the words of schema.org (https://schema.org/Place), for search engines. Pure.

A pole that is only thought to support the zone is not told: a machine would not read the doubt.
"""

from collections.abc import Callable, Iterable
from typing import Any

from fablabmesh.zones.rules import Standing


def to_linked_data(
    zone: Any,
    departments: Iterable[Any],
    roles: Iterable[Any],
    *,
    address: str,
    address_of: Callable[[Any], str],
    pages: Iterable[Any] = (),
) -> dict[str, Any]:
    """`departments`: those of the zone; `roles`: who supports it, with the place; `address_of`: the page of a place;
    `pages`: what its coordinators wrote."""
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
    points = _to_contact_points(pages, zone_address=address, name=zone.name)
    return {"@context": "https://schema.org", "@graph": [area, *poles, *points]}


def _to_contact_points(pages: Iterable[Any], *, zone_address: str, name: str) -> list[dict[str, Any]]:
    """https://schema.org/ContactPoint of a pole: what stands on its page, and no invented one."""
    points = [
        {
            key: value
            for key, value in {
                "@type": "ContactPoint",
                "contactType": contact.role,
                "email": contact.email,
                "telephone": contact.phone,
                "url": contact.url,
            }.items()
            if value
        }
        for page in pages
        if not page.is_demo
        for contact in page.contacts
    ]
    if not points:
        return []
    return [{"@type": "Organization", "name": name, "areaServed": {"@id": zone_address}, "contactPoint": points}]
