"""The table of goals, and who may run at a time."""

import fcntl
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Goal:
    """One line of the table. `is_met`: whether `value` is on the right side of `bound`."""

    what: str
    value: float
    sign: str
    bound: float
    note: str = ""

    @property
    def is_met(self) -> bool:
        return self.value >= self.bound if self.sign == "≥" else self.value <= self.bound


def show(goals: Sequence[Goal], head: Mapping[str, object]) -> int:
    print("\n" + ", ".join(f"{value} {name}" for name, value in head.items()))
    machine = f"{os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}"
    print(f"{machine}, load {os.getloadavg()[0]:.1f}\n")
    width = max(58, *(len(goal.what) + 2 for goal in goals)) if goals else 58
    print(f"{'goal':<{width}}{'measured':>10}{'bound':>10}")
    for goal in goals:
        bound = f"{goal.sign} {goal.bound:.3g}"
        print(f"{goal.what:<{width}}{goal.value:>10.3g}{bound:>10}  {'met' if goal.is_met else 'MISSED'}  {goal.note}")
    missed = [goal.what for goal in goals if not goal.is_met]
    print(f"\n{len(missed)} of {len(goals)} goals missed." + "".join(f"\n  {what}" for what in missed))
    return 1 if missed else 0


@contextmanager
def alone(lock: Path, name: str) -> Iterator[None]:
    """Two at a time would spoil each other's figures, and the database."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"Another {name} runs here.") from None
        yield
