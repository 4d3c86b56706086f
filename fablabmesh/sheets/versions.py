"""Two people at one page: what each of them changed, and what remains to be chosen. Pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

SHORT = 10


def digest(value: Any) -> str:
    """Tells whether a value is still the same, in few letters."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:SHORT]


def note(values: Mapping[str, Any]) -> str:
    """For the form to carry: what was stored when it was shown."""
    return " ".join(f"{name}:{digest(value)}" for name, value in sorted(values.items()))


def meet(seen: str, mine: Mapping[str, Any], stored: Mapping[str, Any]) -> tuple[dict[str, bool], list[str]]:
    """(what of mine stands, what both of us changed otherwise).

    By name: True where I wrote something, so that mine stands; False where the stored value does.
    """
    before = dict(part.partition(":")[::2] for part in seen.split())
    stands = {name: digest(value) != before.get(name) for name, value in mine.items()}
    both = [
        name
        for name, value in mine.items()
        if stands[name] and digest(stored[name]) != before.get(name) and stored[name] != value
    ]
    return stands, both
