"""The only place that asks what time it is. Rules and actions take the time as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, in UTC, to the second (feeds and tables keep no smaller unit)."""
    return datetime.now(UTC).replace(microsecond=0)
