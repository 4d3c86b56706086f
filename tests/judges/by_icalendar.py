"""python-icalendar with recurring-ical-events: the engine is dateutil's."""

from datetime import datetime, timedelta

import icalendar
import recurring_ical_events

from tests.judges.occurrence import Occurrence, Span, spell


def read(calendar: bytes, span: Span) -> list[Occurrence]:
    (parsed,) = icalendar.Calendar.from_ical(calendar, multiple=True)
    # A day of margin: it compares days with moments in its own way.
    first, after = span.first - timedelta(days=1), span.after + timedelta(days=1)
    events = recurring_ical_events.of(parsed, skip_bad_series=False).between(first, after)
    found = [_occurrence(event) for event in events]
    return sorted(each for each in found if span.holds(each.start))


def _occurrence(event: icalendar.Event) -> Occurrence:
    start = event["DTSTART"].dt
    end = event["DTEND"].dt if "DTEND" in event else start
    assert isinstance(start, datetime) == isinstance(end, datetime)
    return Occurrence(str(event["UID"]), spell(start), spell(end), str(event["SUMMARY"]), str(event["STATUS"]))
