"""What taking an act back means for each row that it changed. Pure.

An act may write a row several times: what counts is how the row was before the first and how it is after the last.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from fablabmesh.journal.rules import RowDeed
from fablabmesh.journal.wording import MASKED

EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass
class Net:
    """One row, from before an act to after it. `before` and `after`: the columns that the act told of."""

    table: str
    key: dict[str, Any]
    was_there: bool
    is_there: bool
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def deed(self) -> RowDeed | None:
        """What the act did to it on the whole; None for what came and went within it."""
        if self.was_there and self.is_there:
            return RowDeed.UPDATE
        if self.was_there or self.is_there:
            return RowDeed.INSERT if self.is_there else RowDeed.DELETE
        return None


@dataclass(frozen=True)
class Clash:
    """What was written again since: as the act found it, as the act left it, as it is now."""

    table: str
    key: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    now: dict[str, Any] | None


def net_of(entries: Iterable[Any]) -> list[Net]:
    """The rows of these entries, in the order they were first written."""
    rows: dict[tuple[str, str], Net] = {}
    for entry in entries:
        name = (entry.table_name, repr(sorted(entry.row_key.items())))
        row = rows.get(name)
        before, after = entry.before or {}, entry.after or {}
        if row is None:
            there = entry.deed != RowDeed.INSERT
            row = rows[name] = Net(entry.table_name, entry.row_key, there, True)
        if entry.deed == RowDeed.DELETE:
            row.before = {**before, **row.before} if row.was_there else {}
            row.is_there, row.after = False, {}
        elif entry.deed == RowDeed.INSERT:
            row.is_there, row.after = True, dict(after)
        else:
            row.before = {**before, **row.before} if row.was_there else {}
            row.after = {**row.after, **after}
    return list(rows.values())


def clash_of(row: Net, now: dict[str, Any] | None) -> Clash | None:
    """What stands in the way of taking it back, `now` being the row as it is; None where nothing does."""
    if row.deed is RowDeed.DELETE:
        return None if now is None else Clash(row.table, row.key, row.before, None, now)
    if now is None:
        return None if row.deed is RowDeed.INSERT else Clash(row.table, row.key, row.before, row.after, None)
    names = [name for name in row.after if name in now and not _is_same(row.after[name], now[name])]
    if not names:
        return None
    return Clash(
        row.table,
        row.key,
        {name: row.before.get(name) for name in names} if row.was_there else None,
        {name: row.after[name] for name in names},
        {name: now[name] for name in names},
    )


def _is_same(told: Any, now: Any) -> bool:
    """Of what is masked nobody can say; what was empty went without saying."""
    return told in (MASKED, now) or (told in EMPTY and now in EMPTY)


def values_before(row: Net, now: dict[str, Any]) -> dict[str, Any]:
    """What to write to a row so that it is as it was: only what differs from now, and nothing that is masked."""
    names = {*row.before, *row.after}
    found = {}
    for name in names:
        was = row.before.get(name)
        if was != MASKED and name in now and not (was == now[name] or (was in EMPTY and now[name] in EMPTY)):
            found[name] = was
    return found
