"""Reports that were made, each good for one version of all that it tells of. Pure; one of each process."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")

MOST = 64


class Memory(Generic[T]):
    """The last ones asked for; of one version at a time, for an older one is asked for by nobody."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[Hashable, T]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable, version: Hashable, make: Callable[[], T]) -> T:
        """The one of that version, made if need be. `version`: read before what the report is made of."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept[0] == version:
                self._kept.move_to_end(key)
                return kept[1]
        made = make()
        with self._lock:
            self._kept[key] = version, made
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made
