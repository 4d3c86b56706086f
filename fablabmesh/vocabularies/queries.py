"""Reads of the vocabularies, with how often each word is used."""

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from fablabmesh.events.models import Category, Event
from fablabmesh.kit.db import session
from fablabmesh.places.models import Machine, Place
from fablabmesh.terms.models import Term
from fablabmesh.terms.queries import list_terms
from fablabmesh.terms.rules import Vocabulary

_COLUMNS: dict[Vocabulary, InstrumentedAttribute[list[str]]] = {
    Vocabulary.SERVICE: Place.services,
    Vocabulary.MACHINE: Place.machine_types,
    Vocabulary.LABEL: Place.labels,
    Vocabulary.AUDIENCE: Place.audiences,
    Vocabulary.ACCESSIBILITY: Place.accessibility,
    Vocabulary.FEE: Place.fees,
    Vocabulary.SUPPORT: Place.support,
}


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


# --- terms -------------------------------------------------------------------------------------------------------


def list_used_terms(vocabulary: Vocabulary) -> list[tuple[Term, int]]:
    """All of a vocabulary, retired ones too, each with the number of places that it tells of."""
    counts = count_uses(vocabulary)
    return [(term, counts.get(term.code, 0)) for term in list_terms(vocabulary, with_retired=True)]


def count_uses(vocabulary: Vocabulary) -> dict[str, int]:
    """By code, how many places it tells of."""
    column = _COLUMNS.get(vocabulary)
    if column is None:
        of = select(func.unnest(Machine.materials).label("code"), Machine.place_id.label("place_id")).subquery()
    else:
        of = select(func.unnest(column).label("code"), Place.id.label("place_id")).subquery()
    rows = session.execute(select(of.c.code, func.count(func.distinct(of.c.place_id))).group_by(of.c.code))
    return {row[0]: row[1] for row in rows}


def count_terms() -> dict[Vocabulary, int]:
    """How many each vocabulary offers."""
    rows = session.execute(select(Term.vocabulary, func.count()).where(~Term.is_retired).group_by(Term.vocabulary))
    return {row[0]: row[1] for row in rows}


def is_term_taken(vocabulary: Vocabulary, name_fr: str, *, but: str = "") -> bool:
    """Does another term of the vocabulary bear this name?"""
    statement = select(Term.code).where(
        Term.vocabulary == vocabulary, func.lower(Term.name_fr) == name_fr.lower(), Term.code != but
    )
    return session.scalar(statement) is not None
