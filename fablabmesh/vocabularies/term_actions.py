"""Writes of the terms that places are described by. A code is for ever: terms are retired, never removed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update

from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.text import free_slug
from fablabmesh.places.models import PlaceNumber
from fablabmesh.sheets.actions import rebuild_machine_types
from fablabmesh.terms.models import Term
from fablabmesh.terms.rules import Vocabulary


def add_term(vocabulary: Vocabulary, values: Mapping[str, Any]) -> Term:
    """A new one, the last in the list unless told otherwise; its code is made of its French name.

    `values`: name_fr, name_en, position, broader, issuer, alignments.
    """
    given = dict(values)
    if given.get("position") is None:
        last = session.scalar(select(func.max(Term.position)).where(Term.vocabulary == vocabulary))
        given["position"] = (last or 0) + 1
    code = free_slug(given["name_fr"], lambda slug: _find(vocabulary, slug) is not None)
    term = Term(vocabulary=vocabulary, code=code, is_retired=False, **given)
    session.add(term)
    session.flush()
    _tell()
    return term


def change_term(vocabulary: Vocabulary, code: str, values: Mapping[str, Any]) -> Term:
    """Rename it, move it, widen it, retire it or offer it again; `alignments` beside the ones given stay."""
    term = _find(vocabulary, code, is_locked=True)
    if term is None:
        raise NotFound(_("Ce mot n’existe pas dans ce vocabulaire."))
    given = dict(values)
    was_broader = term.broader
    if "alignments" in given:
        given["alignments"] = {name: told for name, told in (term.alignments | given["alignments"]).items() if told}
    for name, value in given.items():
        if value is not None or name == "broader":
            setattr(term, name, value)
    session.flush()
    if vocabulary is Vocabulary.MACHINE and term.broader != was_broader:
        rebuild_machine_types()
    _tell()
    return term


def _find(vocabulary: Vocabulary, code: str, *, is_locked: bool = False) -> Term | None:
    statement = select(Term).where(Term.vocabulary == vocabulary, Term.code == code)
    return session.scalar(statement.with_for_update(key_share=True) if is_locked else statement)


def _tell() -> None:
    """What is made of places bears the words: it is made anew, as after a change of a place."""
    number = session.scalar(update(PlaceNumber).values(number=PlaceNumber.number + 1).returning(PlaceNumber.number))
    session.execute(select(func.pg_notify("places", str(number))))
