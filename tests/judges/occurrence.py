"""What every reader is asked for: the occurrences of a calendar, in one spelling."""

from datetime import UTC, date, datetime
from typing import NamedTuple


class Occurrence(NamedTuple):
    """Days are told as they stand in the calendar (the end is the day after the last), moments in UTC."""

    uid: str
    start: str
    end: str
    summary: str
    status: str


class Span(NamedTuple):
    """Occurrences are those that start from `first` on and before `after`; in UTC, or that day for whole days."""

    first: date
    after: date

    def holds(self, start: str) -> bool:
        return self.first.isoformat() <= start[:10] < self.after.isoformat()


def spell(moment: datetime | date) -> str:
    if isinstance(moment, datetime):
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return moment.isoformat()


def spell_seconds(since_1970: float) -> str:
    return spell(datetime.fromtimestamp(since_1970, UTC))
