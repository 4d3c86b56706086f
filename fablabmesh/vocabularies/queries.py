"""Reads of the vocabularies, with how often each word is used."""

from sqlalchemy import func, select

from fablabmesh.events.models import Category, Event
from fablabmesh.kit.db import session


def list_used_categories() -> list[tuple[Category, int]]:
    """All of them, retired ones too, each with the number of its events."""
    statement = (
        select(Category, func.count(Event.id))
        .outerjoin(Event, Event.category_slug == Category.slug)
        .group_by(Category.slug)
        .order_by(Category.position, Category.slug)
    )
    return [(category, count) for category, count in session.execute(statement)]


def is_name_taken(name_fr: str, *, but: str = "") -> bool:
    """Does another category bear this name?"""
    statement = select(Category.slug).where(func.lower(Category.name_fr) == name_fr.lower(), Category.slug != but)
    return session.scalar(statement) is not None
