"""How long things of people are kept, and who is thought to have left. Pure."""

from datetime import datetime, timedelta

from fablabmesh.accounts.rules import FAILURES_KEPT, LIVES, Role

# A session nobody used for so long opens nothing any more, nor does one that began so long ago: its row goes then.
SESSION_UNUSED, SESSION_KEPT = LIVES[Role.MEMBER]
ATTEMPT_KEPT = FAILURES_KEPT
# A token that ended, for its person to see that it did.
TOKEN_KEPT = timedelta(days=90)
# What was asked of people by letter, and when, once the link is void.
QUESTION_KEPT = timedelta(days=730)
# As the CNIL advises for accounts: after two years without a sign of life a letter; another a month before the end.
INACTIVE_AFTER = timedelta(days=730)
LAST_CALL = timedelta(days=30)
ERASED_AFTER = timedelta(days=1095)
# Copies of the whole (script/backup): what was erased lives on in them until they are thrown away.
BACKUP_KEPT = timedelta(days=30)

FIRST, LAST = "first", "last"


def next_step(
    seen_at: datetime, *, warned_at: datetime | None, called_at: datetime | None, now: datetime
) -> str | None:
    """What is due for an account without a sign of life since then: `first` letter, `last` letter, `erase` or nothing.

    Nobody is erased who was not told twice, the second time a month before: a letter that came late puts off the end.
    """
    if now - seen_at < INACTIVE_AFTER:
        return None
    if warned_at is None or warned_at < seen_at:
        return FIRST
    if called_at is None or called_at < seen_at:
        is_due = now - seen_at >= ERASED_AFTER - LAST_CALL and now - warned_at >= LAST_CALL
        return LAST if is_due else None
    is_over = now - seen_at >= ERASED_AFTER and now - called_at >= LAST_CALL
    return "erase" if is_over else None


def ends_at(seen_at: datetime, *, now: datetime) -> datetime:
    """When an account that nobody uses is erased, told in letters: never less than a month from now."""
    return max(seen_at + ERASED_AFTER, now + LAST_CALL)
