"""Writes of the vocabularies. A code is for ever, since addresses and calendars bear it: words are never removed."""

from sqlalchemy import func, select

from fablabmesh.events.models import Category
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.text import free_slug


def add_category(*, name_fr: str, name_en: str, position: int | None = None) -> Category:
    """A new one, the last in the list unless told otherwise; its code is made of its French name."""
    if position is None:
        position = (session.scalar(select(func.max(Category.position))) or 0) + 1
    slug = free_slug(name_fr, lambda slug: session.get(Category, slug) is not None)
    category = Category(slug=slug, name_fr=name_fr, name_en=name_en, position=position, is_retired=False)
    session.add(category)
    session.flush()
    return category


def change_category(slug: str, *, name_fr: str, name_en: str, position: int, is_retired: bool) -> Category:
    """Events of that category are told by the new name, in calendars too."""
    # No stronger: who writes an event of that category need not wait, nor be waited for.
    category = session.get(Category, slug, with_for_update={"key_share": True})
    if category is None:
        raise NotFound(_("Ce genre de rendez-vous n’existe pas."))
    category.name_fr, category.name_en = name_fr, name_en
    category.position, category.is_retired = position, is_retired
    session.flush()
    return category
