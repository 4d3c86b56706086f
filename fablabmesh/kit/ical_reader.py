"""The process that reads one calendar file: a line of JSON that says how and the file on its input, JSON on its output.

It gives itself little time and memory before it looks at what strangers wrote, and nothing of the application is in it:
no database, no settings, no network.
"""

import gc
import json
import resource
import sys
from datetime import datetime
from typing import Any

from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import speaking
from fablabmesh.kit.ical_apart import to_json
from fablabmesh.kit.ical_lines import Unreadable
from fablabmesh.kit.ical_reading import read_calendar

SECONDS = 4
# Of data; with the program itself, which is mapped beside it, the process stays below 200 MB.
MEMORY = 180 * 1024 * 1024


def main() -> None:
    """Read one file and end."""
    asked, data = sys.stdin.buffer.readline(), sys.stdin.buffer.read()
    order = json.loads(asked)
    _confine()
    gc.disable()  # it ends soon
    with speaking(order["language"]):
        told = _read(order, data)
    sys.stdout.write(told)


def _read(order: dict[str, Any], data: bytes) -> str:
    since = datetime.fromisoformat(order["since"]) if order["since"] else None
    try:
        now = datetime.fromisoformat(order["now"])
        return to_json(read_calendar(data, home=order["home"], now=now, since=since))
    except Unreadable as error:
        return json.dumps({"failed": error.message})
    except (MemoryError, RecursionError):
        return json.dumps({"failed": _("L’agenda demande trop de mémoire : exportez une période plus courte.")})


def _confine() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


if __name__ == "__main__":
    main()
