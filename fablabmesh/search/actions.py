"""Learning the words there are to be found, so that a mistyped one can be put right."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.dialects.postgresql import insert

from fablabmesh.events import queries as events
from fablabmesh.events.models import Event
from fablabmesh.kit.db import session, transaction
from fablabmesh.kit.text import search_words
from fablabmesh.places import queries as places
from fablabmesh.places.models import Place, PlaceChange, PlaceNumber
from fablabmesh.projects import queries as projects
from fablabmesh.projects.models import Project
from fablabmesh.search.models import SearchState, SearchWord
from fablabmesh.terms.models import Term
from fablabmesh.zones.models import Commune

# Shorter ones are not put right, longer ones are no words.
_IS_WORD = "^[a-z]{4,40}$"
_BATCH = 5_000
_PATIENCE = "10min"


def learn_words(now: datetime) -> int:
    """What was written since the last time; everything the first time. Says how many words are new."""
    with transaction():
        # The first time reads all places there are.
        session.execute(text(f"SET LOCAL statement_timeout = '{_PATIENCE}'"))
        state = session.get(SearchState, 1) or SearchState(id=1, place_number=0, commune_count=0)
        is_first = state.learnt_at is None
        since, number = state.learnt_at, session.scalar(select(func.max(PlaceNumber.number))) or 0
        # All on the first time: what was there before changes were counted has no number.
        changed = select(PlaceChange.place_id).where(PlaceChange.number > state.place_number)
        learnt = 0
        if is_first or number != state.place_number:
            learnt += _learn(Place.search_text, places.IS_LISTED, *([] if is_first else [Place.id.in_(changed)]))
        learnt += _learn(Term.search_text)
        later = [Event.changed_at >= since] if since else []
        learnt += _learn(Event.search_text, events.IS_LISTED, *later)
        told = func.fold_words(Project.title + " " + Project.summary)
        learnt += _learn(told, projects.IS_LISTED, *([Project.changed_at >= since] if since else []))
        communes = session.scalar(select(func.count(Commune.insee))) or 0
        if communes != state.commune_count:
            learnt += _learn_communes()
        state.place_number, state.commune_count, state.learnt_at = number, communes, now
        session.add(state)
    return learnt


def _learn(told: Any, *conditions: ColumnElement[bool]) -> int:
    """The words of a folded text, each once."""
    every = func.regexp_split_to_table(told, "[^a-z0-9]+").label("word")
    split = select(every).where(*conditions).subquery()
    words = select(split.c.word, split.c.word).where(split.c.word.op("~")(_IS_WORD)).distinct()
    statement = insert(SearchWord).from_select(["word", "spelled"], words).on_conflict_do_nothing()
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def _learn_communes() -> int:
    """The words of their names, and each name in one piece: « stetienne »."""
    learnt = _learn(func.fold_words(Commune.name))
    pieces: dict[str, str] = {}
    for name in session.scalars(select(Commune.name).order_by(Commune.population.desc().nulls_last(), Commune.insee)):
        words = search_words(name)
        whole = " ".join(words)
        short = ["st" if word == "saint" else "ste" if word == "sainte" else word for word in words]
        if len(words) > 1 and whole.isascii():
            for piece in {"".join(words), "".join(short)}:
                if 4 <= len(piece) <= 40 and piece.isalpha():
                    pieces.setdefault(piece, whole)
    rows = [{"word": word, "spelled": spelled} for word, spelled in pieces.items()]
    for begin in range(0, len(rows), _BATCH):
        statement = insert(SearchWord).values(rows[begin : begin + _BATCH]).on_conflict_do_nothing()
        learnt += int(session.execute(statement).rowcount)  # type: ignore[attr-defined]
    return learnt
