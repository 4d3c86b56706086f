"""What is to be done regularly, and apart from those who serve pages: chores, one after the other. Pure.

A chore finds out by itself what is due (rows say so); run too often, it has nothing to do. One that fails is told to
the log and tried again at its next turn; the others go on.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# Never longer asleep than this: who asks for the end does not wait.
LONGEST_PAUSE = timedelta(seconds=5)
_log = logging.getLogger("fablabmesh.worker")


@dataclass(frozen=True)
class Chore:
    """`run` is given the time it is and says how many things it did; between two turns passes at least `every`.

    `goes_on`: it does a part of what is due; as long as it did something its next turn is as soon as all others had
    theirs.
    """

    name: str
    every: timedelta
    run: Callable[[datetime], int]
    goes_on: bool = False


class Worker:
    """Knows when each chore had its turn last. At first all are due."""

    def __init__(self, chores: Sequence[Chore], forget: Callable[[], None]) -> None:
        """`forget`: called after each turn, to let go of what it has loaded."""
        self._chores = chores
        self._forget = forget
        self._due: dict[str, datetime] = {}

    def run_due(self, now: datetime) -> int:
        """Give each chore that is due its turn; says how many things were done."""
        done = 0
        for chore in self._chores:
            if self._due.get(chore.name, now) > now:
                continue
            self._due[chore.name] = now + chore.every
            count = self._run(chore, now)
            if count and chore.goes_on:
                self._due[chore.name] = now
            done += count
        return done

    def pause(self, now: datetime) -> float:
        """Seconds until the next one is due, LONGEST_PAUSE at most."""
        first = min(self._due.values(), default=now + LONGEST_PAUSE)
        return min(max(first - now, timedelta()), LONGEST_PAUSE).total_seconds()

    def _run(self, chore: Chore, now: datetime) -> int:
        try:
            count = chore.run(now)
        except Exception:  # the next chore is not to blame
            _log.exception("the chore %s failed; it is tried again in %s", chore.name, chore.every)
            return 0
        finally:
            self._forget()
        if count:
            _log.info("%s: %d", chore.name, count)
        return count
