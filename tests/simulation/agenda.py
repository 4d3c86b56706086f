"""An agenda that people keep for years, step by step: seeded, and by the same actions as the pages'."""

import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select, text

from fablabmesh.events import actions, date_actions, queries
from fablabmesh.events.models import Event, EventDate
from fablabmesh.events.rules import EventStatus, When, when_of
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound, Refused
from fablabmesh.kit.recurrence import RuleError, check_rule, until_of
from fablabmesh.places import actions as places
from fablabmesh.places.models import Place
from fablabmesh.publication import renewal_actions
from fablabmesh.vocabularies import actions as vocabularies
from fablabmesh.zones import actions as zones
from fablabmesh.zones.models import Zone
from fablabmesh.zones.rules import Standing

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONES = ("Europe/Paris", "Europe/Paris", "Indian/Reunion", "America/Cayenne")
RULES = ("FREQ=WEEKLY;COUNT=12", "FREQ=WEEKLY", "FREQ=MONTHLY;BYDAY=2SA;COUNT=6", "FREQ=WEEKLY;INTERVAL=2")
TAGS = ("bois", "métal", "textile", "numérique")
WORDS = ("Atelier", "Initiation", "Portes ouvertes", "Rencontre", "Formation")
# Nothing else asks the database what time it is.
CLOCK = """
CREATE SCHEMA simulated;
CREATE FUNCTION simulated.now() RETURNS timestamptz STABLE LANGUAGE sql
    AS $$ SELECT current_setting('simulated.now')::timestamptz $$;
SET search_path TO simulated, pg_catalog, public;
"""


class Keepers:
    """Those who write the agenda. Each step is some days later, and one thing is done."""

    def __init__(self, seed: int, labs: list[Place], zones: tuple[Zone, Zone], since: datetime) -> None:
        self.chosen = random.Random(seed)
        self.labs = labs
        self.zones = zones
        self.now = since
        self.done: Counter[str] = Counter()
        session.execute(text(CLOCK))
        self._tell_time()

    def step(self) -> None:
        self.now += DAY * self.chosen.choice((0, 1, 3, 5, 8, 13)) + timedelta(seconds=self.chosen.randrange(1, 40_000))
        self._tell_time()
        renewal_actions.settle_aged()
        self.done["forgotten"] += renewal_actions.forget_left()
        session.commit()
        deed = self.chosen.choices(list(DEEDS), list(DEEDS.values()))[0]
        try:
            deed(self)
        except (Refused, NotFound, RuleError):
            session.rollback()
            self.done["refused"] += 1
            return
        self.done[deed.__name__.strip("_")] += 1
        session.commit()

    def _tell_time(self) -> None:
        session.execute(text("SELECT set_config('simulated.now', :now, false)"), {"now": self.now.isoformat()})

    # --- what there is to write about ----------------------------------------------------------------------------

    def _some_event(self, *conditions) -> Event:
        known = (Event.is_draft.is_(False), Event.deleted_at.is_(None))
        slugs = session.scalars(
            select(Event.slug).where(*(conditions or known)).order_by(Event.id.desc()).limit(25)
        ).all()
        if not slugs:
            raise NotFound
        return queries.get_event(self.chosen.choice(slugs))

    def _some_date(self, *, cancelled: bool = False) -> tuple[Event, datetime]:
        dates = session.execute(
            select(Event.slug, EventDate.recurrence_local)
            .join(Event, Event.id == EventDate.event_id)
            .where(EventDate.starts_at.between(self.now, self.now + 90 * DAY), EventDate.is_cancelled == cancelled)
            .where((Event.rrule != "") | (Event.rdates != []), Event.status == EventStatus.CONFIRMED)
            .order_by(Event.id.desc(), EventDate.recurrence_local)
            .limit(80)
        ).all()
        if not dates:
            raise NotFound
        slug, recurrence_local = self.chosen.choice(dates)
        return queries.get_event(slug), recurrence_local

    def _when(self) -> When:
        days, hours = self.chosen.randrange(1, 60), self.chosen.randrange(8, 21)
        start = self.now.replace(tzinfo=None, hour=hours, minute=0, second=0, microsecond=0) + days * DAY
        timezone = self.chosen.choice(ZONES)
        rule = self.chosen.choice(RULES) if self.chosen.random() < 0.4 else ""
        if self.chosen.random() < 0.15:
            midnight, rule = start.replace(hour=0), "" if "BYDAY" in rule else rule
            return When(midnight, midnight + DAY * self.chosen.randrange(3), timezone, is_all_day=True, rrule=rule)
        if "BYDAY" in rule:  # a series begins with one of its own dates
            start += DAY * ((5 - start.weekday()) % 7)
            start = next(start + 7 * DAY * weeks for weeks in range(5) if 8 <= (start + 7 * DAY * weeks).day <= 14)
        return When(start, start + HOUR * self.chosen.randrange(4), timezone, rrule=rule)

    def _values(self) -> dict[str, object]:
        number = sum(self.done.values())
        tags = self.chosen.sample(TAGS, self.chosen.randrange(3))
        return {"title": f"{self.chosen.choice(WORDS)} {number}", "category_slug": "atelier", "tags": tags}

    def _partners(self) -> list[Place]:
        return [self.chosen.choice(self.labs)] if self.chosen.random() < 0.3 else []

    @property
    def _by(self) -> dict[str, object]:
        return {"by": None, "now": self.now}


def _create(keepers: Keepers) -> None:
    lab = keepers.chosen.choice(keepers.labs)
    partners = [each for each in keepers._partners() if each is not lab]
    is_draft = keepers.chosen.random() < 0.1
    actions.create_event(lab, keepers._values(), keepers._when(), partners=partners, is_draft=is_draft, **keepers._by)


def _when_of(event: Event, moved: timedelta = timedelta()) -> When:
    if not moved:
        return when_of(event)
    rdates, exdates = (tuple(wall + moved for wall in each) for each in (event.rdates, event.exdates))
    start, end = event.starts_local + moved, event.ends_local + moved
    rule = _fitted(event.rrule, start, event.timezone, event.is_all_day)
    return When(start, end, event.timezone, event.is_all_day, rule, rdates, exdates)


def _fitted(rule: str, start: datetime, timezone: str, is_all_day: bool) -> str:
    """A rule for another start, as forms make it: it ends on the day that was chosen, whatever the hour."""
    first = start.date() if is_all_day else start
    until = until_of(rule, timezone)
    return (
        check_rule(re.sub(r"UNTIL=\w+", f"UNTIL={until:%Y%m%d}", rule) if until else rule, first, timezone)
        if rule
        else ""
    )


def _edit_words(keepers: Keepers) -> None:
    event = keepers._some_event()
    actions.edit_event(event, event.place, keepers._values(), _when_of(event), version=event.version, **keepers._by)


def _move(keepers: Keepers) -> None:
    event = keepers._some_event()
    # A series stays on the dates of its rule, as forms see to.
    by_days = event.is_all_day or (keepers.chosen.random() < 0.5 and "BYDAY" not in event.rrule)
    moved = DAY * 7 if by_days else HOUR
    actions.edit_event(event, event.place, {}, _when_of(event, moved), version=event.version, **keepers._by)


def _give_away(keepers: Keepers) -> None:
    event, lab = keepers._some_event(), keepers.chosen.choice(keepers.labs)
    actions.edit_event(event, lab, {}, _when_of(event), version=event.version, **keepers._by)


def _hold_elsewhere(keepers: Keepers) -> None:
    """At another lab, at some point of the map, or at its own place again."""
    event, lab = keepers._some_event(), keepers.chosen.choice(keepers.labs)
    nowhere = {"venue_id": None, "venue_text": "", "venue_latitude": None, "venue_longitude": None}
    some = keepers.chosen.choice(
        (
            {"venue_id": lab.id},
            {"venue_text": "Parc de Procé", "venue_latitude": 47.224, "venue_longitude": -1.58},
            {},
        )
    )
    values = nowhere | some
    actions.edit_event(event, event.place, values, _when_of(event), version=event.version, **keepers._by)


def _move_lab(keepers: Keepers) -> None:
    """From one town to the other."""
    lab = keepers.labs[1]
    is_here = lab.latitude > 48
    town = {"latitude": 47.218, "longitude": -1.554} if is_here else {"latitude": 48.1146, "longitude": -1.6775}
    places.update_place(lab, town, now=keepers.now)


def _invite(keepers: Keepers) -> None:
    event = keepers._some_event()
    partners = [each for each in keepers._partners() if each.id != event.place_id]
    actions.edit_event(event, event.place, {}, _when_of(event), version=event.version, partners=partners, **keepers._by)


def _cancel(keepers: Keepers) -> None:
    event = keepers._some_event()
    actions.cancel_event(event, reason="Panne", version=event.version, **keepers._by)


def _reinstate(keepers: Keepers) -> None:
    event = keepers._some_event(Event.status == EventStatus.CANCELLED, Event.deleted_at.is_(None))
    actions.reinstate_event(event, version=event.version, **keepers._by)


def _delete(keepers: Keepers) -> None:
    event = keepers._some_event()
    actions.delete_event(event, version=event.version, **keepers._by)


def _restore(keepers: Keepers) -> None:
    event = keepers._some_event(Event.deleted_at.is_not(None))
    actions.restore_event(event, version=event.version, **keepers._by)


def _publish(keepers: Keepers) -> None:
    event = keepers._some_event(Event.is_draft.is_(True), Event.deleted_at.is_(None))
    actions.publish_event(event, version=event.version, **keepers._by)


def _duplicate(keepers: Keepers) -> None:
    model = keepers._some_event()
    values = {name: getattr(model, name) for name in actions.EDITABLE}
    copy = actions.create_event(
        model.place, values, when_of(model), partners=model.partners, is_draft=True, **keepers._by
    )
    actions.take_image(copy, model)


def _move_date(keepers: Keepers) -> None:
    event, at = keepers._some_date()
    to = at + (DAY if event.is_all_day else keepers.chosen.choice((HOUR, DAY, -HOUR)))
    length = event.ends_local - event.starts_local
    date_actions.change_date(
        event, at, starts_local=to, ends_local=to + length, title=keepers.chosen.choice(("", "Spéciale")),
        version=event.version, **keepers._by,
    )  # fmt: skip


def _set_date_back(keepers: Keepers) -> None:
    """The date is again as the series says."""
    event = keepers._some_event(Event.changes.any(), Event.deleted_at.is_(None))
    at = keepers.chosen.choice(event.changes).recurrence_local
    end = at + (event.ends_local - event.starts_local)
    date_actions.change_date(event, at, starts_local=at, ends_local=end, version=event.version, **keepers._by)


def _cancel_date(keepers: Keepers) -> None:
    event, at = keepers._some_date()
    date_actions.cancel_date(event, at, reason="Férié", version=event.version, **keepers._by)


def _reinstate_date(keepers: Keepers) -> None:
    event, at = keepers._some_date(cancelled=True)
    date_actions.reinstate_date(event, at, version=event.version, **keepers._by)


def _add_date(keepers: Keepers) -> None:
    event, at = keepers._some_date()
    more = at + DAY * keepers.chosen.randrange(1, 6)
    date_actions.add_date(event, more, version=event.version, **keepers._by)


def _split(keepers: Keepers) -> None:
    event, at = keepers._some_date()
    when = date_actions.following_when(event, at)
    if keepers.chosen.random() < 0.5 and not when.is_all_day:
        rule = _fitted(when.rrule, when.starts_local + HOUR, when.timezone, when.is_all_day)
        when = When(
            when.starts_local + HOUR, when.ends_local + HOUR, when.timezone, False, rule,
            tuple(wall + HOUR for wall in when.rdates), tuple(wall + HOUR for wall in when.exdates),
        )  # fmt: skip
    date_actions.edit_following(event, at, event.place, keepers._values(), when, version=event.version, **keepers._by)


def _cancel_following(keepers: Keepers) -> None:
    event, at = keepers._some_date()
    date_actions.cancel_following(event, at, reason="Travaux", version=event.version, **keepers._by)


def _rename_lab(keepers: Keepers) -> None:
    lab = keepers.chosen.choice(keepers.labs)
    places.update_place(lab, {"name": f"{lab.name.split()[0]} {sum(keepers.done.values())}"}, now=keepers.now)


def _rename_category(keepers: Keepers) -> None:
    name = f"Atelier {sum(keepers.done.values())}"
    vocabularies.change_category("atelier", name_fr=name, name_en=name, position=1, is_retired=False)


def _compose_zone(keepers: Keepers) -> None:
    """The department of the third lab comes into the zone, or goes to another."""
    to = keepers.chosen.choice(keepers.zones)
    zones.compose(to, ["44"], standing=Standing.HYPOTHESIS, reason="pour un essai")


DEEDS: dict[Callable[[Keepers], None], int] = {
    _create: 30, _edit_words: 8, _move: 8, _give_away: 4, _hold_elsewhere: 4, _invite: 4, _cancel: 5, _reinstate: 3,
    _delete: 5, _restore: 3, _publish: 3, _duplicate: 2, _move_date: 9, _set_date_back: 4, _cancel_date: 6,
    _reinstate_date: 4, _add_date: 4, _split: 5, _cancel_following: 3, _rename_lab: 2, _move_lab: 2,
    _rename_category: 2, _compose_zone: 2,
}  # fmt: skip
