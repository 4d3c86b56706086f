"""Reads of terms."""

from sqlalchemy import select

from fablabmesh.kit.db import session
from fablabmesh.terms.models import Term
from fablabmesh.terms.rules import Vocabulary


def list_terms(vocabulary: Vocabulary, *, with_retired: bool = False) -> list[Term]:
    """Those of a vocabulary, in their order."""
    statement = select(Term).where(Term.vocabulary == vocabulary).order_by(Term.position, Term.code)
    if not with_retired:
        statement = statement.where(~Term.is_retired)
    return list(session.scalars(statement))


def map_terms() -> dict[Vocabulary, dict[str, Term]]:
    """All terms, retired ones too, by vocabulary and code, in their order: one query."""
    found: dict[Vocabulary, dict[str, Term]] = {vocabulary: {} for vocabulary in Vocabulary}
    for term in session.scalars(select(Term).order_by(Term.vocabulary, Term.position, Term.code)):
        found[term.vocabulary][term.code] = term
    return found
