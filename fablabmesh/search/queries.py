"""Reads for the search: what fits the words of a question, of every sort, bounded however many places there are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, Text, and_, cast, exists, func, literal, not_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fablabmesh.events import queries as events
from fablabmesh.events.models import Event, EventDate
from fablabmesh.kit import geo
from fablabmesh.kit.db import session
from fablabmesh.kit.text import fold, search_words, word_patterns
from fablabmesh.places import queries as place_queries
from fablabmesh.places.models import Laureate, Place, PlaceNumber
from fablabmesh.places.rules import PlaceKind
from fablabmesh.projects import queries as projects
from fablabmesh.projects.filters import ProjectFilter
from fablabmesh.projects.models import Project
from fablabmesh.search.models import SearchWord
from fablabmesh.search.rules import (
    LONGEST,
    MOST_CANDIDATES,
    SHORTEST_MENDED,
    Candidate,
    Level,
    level_of,
    nearest,
    put_in_order,
    read_words,
)
from fablabmesh.terms.models import Term
from fablabmesh.terms.rules import Vocabulary
from fablabmesh.zones import queries as zones
from fablabmesh.zones.models import Commune, Department, Programme, Zone, ZoneDepartment
from fablabmesh.zones.moderation import ModerationState

MOST_BY_NAME = 100
MOST_DESCRIBED = 100
MOST_TOWNS = 6
# The words at the end of a question that may be the name of a commune: « fab lab saint étienne ».
MOST_END_WORDS = 3
_CANDIDATES = 40
# « 3d » is no commune, « 2a » is a department.
_IS_MIXED = re.compile("^(?!2[ab]$)(?=.*[0-9])(?=.*[a-z])")


@dataclass(frozen=True)
class Group:
    """The best of one sort, how well the best of all fits, and how many there are; `is_capped`: or more."""

    items: Sequence[Any] = ()
    level: Level = Level.DESCRIPTION
    count: int = 0
    is_capped: bool = False


@dataclass(frozen=True)
class Found:
    """What fits a question. `mended`: what it was taken for, when nothing fitted it as it was typed.

    Places are rows with their calls; `described` are the ones in whose description alone the words stand; events are
    (event, next date).
    """

    places: Group = Group()
    described: Group = Group()
    towns: Group = Group()
    terms: Group = Group()
    zones: Group = Group()
    events: Group = Group()
    projects: Group = Group()
    mended: str = ""

    @property
    def is_nothing(self) -> bool:
        groups = (self.places, self.described, self.towns, self.terms, self.zones, self.events, self.projects)
        return not any(group.count for group in groups)

    @property
    def is_little(self) -> bool:
        """Nothing, or only the commune that the question ends with."""
        return replace(self, towns=Group()).is_nothing and self.towns.level >= Level.TOGETHER


def find(text: str, *, now: datetime, limit: int, with_descriptions: bool = True) -> Found:
    """What fits, so many of each sort at most. Nothing for a text without words."""
    found = _find(text, now, limit, with_descriptions)
    mended = mend(text) if found.is_little else ""
    if not mended:
        return found
    other = _find(mended, now, limit, with_descriptions)
    return found if other.is_little else replace(other, mended=mended)


def _find(text: str, now: datetime, limit: int, with_descriptions: bool) -> Found:
    words = spell_out(read_words(text))
    if not words:
        return Found()
    places = find_places(text, words, now=now, limit=limit, is_brief=not with_descriptions)
    return Found(
        places=places,
        described=find_described(text, words, limit=limit) if with_descriptions or not places.count else Group(),
        towns=find_towns(text, words, limit=limit),
        terms=find_terms(words, limit=limit),
        zones=find_zones(words, limit=limit),
        events=find_events(words, now=now, limit=limit),
        projects=find_projects(text, words, limit=limit),
    )


def spell_out(words: Sequence[str]) -> list[str]:
    """Each word that is two of a term's written as one in two: « cyberbase » is found as « Cyber-base »."""
    joined = [word for word in words if len(word) > 5]
    if not joined:
        return list(words)
    squeezed = func.replace(Term.search_text, " ", "")
    holds = [and_(squeezed.contains(word), ~Term.search_text.contains(word)) for word in joined]
    pairs: dict[str, list[str]] = {}
    for told in session.scalars(select(Term.search_text).where(~Term.is_retired, or_(*holds))):
        parts = told.split()
        pairs |= {first + second: [first, second] for first, second in pairwise(parts)}
    return [part for word in words for part in pairs.get(word, [word])]


def find_version() -> tuple[int, int, str]:
    """Another one whenever something that is searched was written."""
    latest = select(func.max(Project.changed_at)).scalar_subquery()
    statement = select(
        select(func.max(PlaceNumber.number)).scalar_subquery(),
        select(func.max(Event.feed_number)).scalar_subquery(),
        cast(latest, Text),
    )
    places, dates, changed = session.execute(statement).one()
    return places or 0, dates or 0, changed or ""


# --- places ------------------------------------------------------------------------------------------------------


def find_places(text: str, words: Sequence[str], *, now: datetime, limit: int, is_brief: bool = False) -> Group:
    """By name, by commune and postcode, by machines, services and labels: see `rules` for the order.

    `is_brief`: where names that begin so are plenty, which nothing but the very name comes before, the others are not
    looked for: there may be millions of them.
    """
    rows = list(session.execute(beginning_so(text)).all())
    is_full = is_brief and len(rows) == MOST_BY_NAME
    rows += session.execute(place_candidates(words, only_chosen=is_full)).all()
    today = now.date()
    candidates = [
        Candidate(row[0], row[1], Level(row[2]), bool(row[3] and row[3] <= today), row[4], row[5], row[6])
        for row in rows
    ]
    ranked = put_in_order(candidates, words)
    fitting = sum(1 for row in rows if row[2] == Level.BESIDE)
    return Group(
        _load_places([place_id for _level, place_id in ranked[:limit]]),
        ranked[0][0] if ranked else Level.DESCRIPTION,
        max(len(ranked), fitting) if fitting < MOST_CANDIDATES else MOST_CANDIDATES,
        is_full or fitting >= MOST_CANDIDATES,
    )


def beginning_so(text: str) -> Any:
    """Names asked for between two bounds and not by LIKE, which a prepared statement would answer by reading all."""
    beginning = fold(text[:LONGEST]).strip()
    begins = (Place.folded_name.op("~>=~")(beginning), Place.folded_name.op("~<~")(_after(beginning)))
    return _candidate(Level.TOGETHER).where(*begins).limit(MOST_BY_NAME)


def place_candidates(words: Sequence[str], *, only_chosen: bool = False) -> CompoundSelect[Any] | Select[Any]:
    """Those in whose name, commune and postcode the words stand, and those that have them anywhere: so many of each at
    most, whichever an index gives first; and all of these that a call chose."""
    named, anywhere = _stand_in(Place.name_text, words), _stand_in(Place.search_text, words)
    chosen = _candidate(Level.TOGETHER).where(Place.id.in_(select(Laureate.place_id)), *named).limit(MOST_BY_NAME)
    parts = [
        _candidate(Level.TOGETHER).where(*named).limit(MOST_CANDIDATES),
        _candidate(Level.BESIDE).where(*anywhere).limit(MOST_CANDIDATES),
    ]
    first = select(chosen.subquery())
    return first if only_chosen else first.union_all(*(select(part.subquery()) for part in parts))


def _candidate(floor: Level) -> Any:
    is_chosen = exists().where(Laureate.place_id == Place.id)
    told = select(
        Place.id,
        Place.name,
        literal(floor.value).label("floor"),
        Place.closed_on,
        is_chosen.label("chosen"),
        Place.is_demo,
        Place.commune,
        (Place.kind == PlaceKind.EPN).label("is_epn"),
    )
    return told.where(place_queries.IS_LISTED)


def _stand_in(column: Any, words: Sequence[str]) -> list[ColumnElement[bool]]:
    return [or_(*map(column.like, word_patterns(word))) for word in words]


def _after(beginning: str) -> str:
    """What comes right after all that begins so, by code points."""
    last = ord(beginning[-1]) + 1 if beginning else 1
    # Half a pair is no character.
    return beginning[:-1] + chr(0xE000 if 0xD800 <= last <= 0xDFFF else min(last, 0x10FFFF))


def _load_places(ids: Sequence[int]) -> list[Place]:
    """In the order of the ids, with the calls that chose them."""
    if not ids:
        return []
    statement = select(Place).where(Place.id.in_(ids)).options(selectinload(Place.laureates).joinedload(Laureate.call))
    found = {place.id: place for place in session.scalars(statement)}
    return [found[place_id] for place_id in ids if place_id in found]


def find_described(text: str, words: Sequence[str], *, limit: int) -> Group:
    """Those in whose summary and description the words stand in any of their forms, and not elsewhere."""
    typed = text[:LONGEST]
    asked = func.websearch_to_tsquery("french", typed).op("||")(func.websearch_to_tsquery("french", fold(typed)))
    elsewhere = _stand_in(Place.search_text, words)
    statement = (
        _candidate(Level.DESCRIPTION)
        .add_columns(func.ts_rank(Place.described, asked))
        .where(Place.described.op("@@")(asked), not_(and_(*elsewhere)))
        .limit(MOST_DESCRIBED)
    )
    rows = sorted(session.execute(statement).all(), key=lambda row: (not row[4], -row[8], row[0]))
    return Group(
        _load_places([row[0] for row in rows[:limit]]), Level.DESCRIPTION, len(rows), len(rows) >= MOST_DESCRIBED
    )


def list_nearest(point: geo.Point, *, limit: int = 10) -> list[tuple[Place, int]]:
    """(place, metres), the nearest first."""
    rows = session.execute(
        select(Place, geo.distance(Place.location, point).label("away"))
        .where(Place.id.in_(nearest_ids(point, limit)))
        .options(selectinload(Place.laureates).joinedload(Laureate.call))
        .order_by("away", Place.id)
    )
    return [(place, round(metres)) for place, metres in rows]


def nearest_ids(point: geo.Point, limit: int) -> Select[int]:
    """Found along the index, however many places there are."""
    near = geo.nearness(Place.location, point)
    # Said the other way round, a planner without statistics takes almost all places for listed, as they are.
    unlisted = [state for state in ModerationState if state is not ModerationState.PUBLISHED]
    return (
        select(Place.id)
        .where(Place.location.is_not(None), Place.moderation.not_in(unlisted))
        .order_by(near)
        .limit(limit)
    )


# --- the others --------------------------------------------------------------------------------------------------


def find_towns(text: str, words: Sequence[str], *, limit: int) -> Group:
    """Communes by what people type; else those whose very name the last words are."""
    if not any(_IS_MIXED.search(word) for word in words):
        towns = zones.list_towns_called(text[:LONGEST], limit=max(limit, MOST_TOWNS))
        if towns:
            level = min(level_of(town.name, words, Level.BEGINNING) for town in towns)
            return Group(towns[:limit], level, len(towns))
    ends = ["_".join(words[-count:]) for count in range(1, min(MOST_END_WORDS, len(words) - 1) + 1)]
    called = [Commune.folded_name.like(end) for end in ends if len(end) > 2]
    if not called:
        return Group()
    order = (func.length(Commune.folded_name).desc(), Commune.population.desc().nulls_last(), Commune.insee)
    towns = list(session.scalars(select(Commune).where(or_(*called)).order_by(*order).limit(2)))
    return Group(towns[:limit], Level.TOGETHER, len(towns))


def suggest_towns(text: str, *, limit: int) -> tuple[list[Commune], str]:
    """Communes whose names go on as what was typed; and what it was taken for, where nothing did."""
    words = read_words(text)
    towns = zones.list_towns_beginning(text[:LONGEST], limit=limit) if words else []
    mended = mend(text) if words and not towns else ""
    if mended:
        towns = zones.list_towns_beginning(mended, limit=limit)
    return towns, mended if towns else ""


def find_terms(words: Sequence[str], *, limit: int) -> Group:
    """What places are described by: each word begins one of the term's, in either language."""
    told = " " + Term.search_text + " "
    begins = [or_(told.like(f"% {word}%"), *map(told.like, word_patterns(word)[1:])) for word in words]
    # Materials are told of machines, and no filter asks for them.
    asked = (~Term.is_retired, Term.vocabulary != Vocabulary.MATERIAL)
    terms = session.scalars(select(Term).where(*asked, *begins).order_by(Term.vocabulary, Term.position))
    levels = {term: min(level_of(name, words, Level.WORDS) for name in (term.name_fr, term.name_en)) for term in terms}
    ranked = sorted(levels, key=lambda term: (levels[term], term.vocabulary, term.position, term.code))
    return Group(ranked[:limit], levels[ranked[0]] if ranked else Level.DESCRIPTION, len(ranked))


def find_zones(words: Sequence[str], *, limit: int) -> Group:
    """By their names, and by those of their departments and former regions."""
    parts = func.string_agg(Department.name + " " + Department.region_name, " ")
    inside = (
        select(ZoneDepartment.zone_id, func.fold_words(parts).label("words"))
        .join(Department, Department.code == ZoneDepartment.department_code)
        .group_by(ZoneDepartment.zone_id)
        .subquery()
    )
    statement = (
        select(Zone, inside.c.words)
        .join(Zone.programme)
        .outerjoin(inside, inside.c.zone_id == Zone.id)
        .order_by(Programme.position, Zone.position, Zone.id)
    )
    found: list[tuple[Level, int, Zone]] = []
    for zone, within in session.execute(statement):
        named = search_words(f"{zone.name} {zone.programme.name}")
        known = [*named, *(within or "").split()]
        if all(any(each.startswith(word) for each in known) for word in words):
            found.append((level_of(zone.name, words), len(found), zone))
    found.sort(key=lambda each: each[:2])
    return Group([zone for *_, zone in found[:limit]], found[0][0] if found else Level.DESCRIPTION, len(found))


def find_events(words: Sequence[str], *, now: datetime, limit: int) -> Group:
    """(event, its next date) of those that are not over, by title and then by date."""
    is_ahead = exists().where(EventDate.event_id == Event.id, EventDate.ends_at > now)
    statement = (
        select(Event.id, Event.title, Event.starts_at)
        .where(events.IS_LISTED, is_ahead)
        .where(*(_stands_in_event(word) for word in words))
        .limit(MOST_CANDIDATES)
    )
    rows = [(level_of(title, words), starts, event_id) for event_id, title, starts in session.execute(statement)]
    rows.sort()
    ids = [event_id for *_, event_id in rows[:limit]]
    loaded = select(Event).where(Event.id.in_(ids)).options(joinedload(Event.place))
    by_id = {event.id: event for event in session.scalars(loaded)} if ids else {}
    dates = events.list_next_dates(ids, after=now, most=1) if ids else {}
    items = [(by_id[each], dates[each][0]) for each in ids if each in by_id and dates.get(each)]
    return Group(items, rows[0][0] if rows else Level.DESCRIPTION, len(rows), len(rows) >= MOST_CANDIDATES)


def _stands_in_event(word: str) -> ColumnElement[bool]:
    """Its text begins with a word and not with a space."""
    patterns = word_patterns(word)
    return or_(*map(Event.search_text.like, [*patterns, patterns[0][2:]] if len(word) < 3 else patterns))


def find_projects(text: str, words: Sequence[str], *, limit: int) -> Group:
    """Those that the list of projects finds too."""
    wanted = ProjectFilter(text=text[:LONGEST])
    count = projects.count_projects(wanted)
    items = projects.list_projects(wanted, limit=limit) if count else []
    return Group(items, min((level_of(each.title, words) for each in items), default=Level.DESCRIPTION), count)


# --- mistyped words ----------------------------------------------------------------------------------------------


def mend(text: str) -> str:
    """The question with each word that is nowhere replaced by the nearest that is; empty when nothing can be done."""
    words = read_words(text)
    mended = [_mend_word(word, is_last=place == len(words)) for place, word in enumerate(words, 1)]
    return " ".join(mended) if mended != words else ""


def _mend_word(word: str, *, is_last: bool) -> str:
    if len(word) < SHORTEST_MENDED or not word.isalpha():
        return word
    known = session.get(SearchWord, word)
    if known is not None:
        return known.spelled
    like = func.similarity(SearchWord.word, word)
    statement = select(SearchWord.word, SearchWord.spelled).where(SearchWord.word.op("%")(word))
    near = session.execute(statement.order_by(like.desc(), SearchWord.word).limit(_CANDIDATES)).all()
    return nearest(word, [(row[0], row[1]) for row in near], is_last=is_last) or word
