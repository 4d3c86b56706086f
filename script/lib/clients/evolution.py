"""Subscribes to a feed with Evolution's data server, as Evolution and GNOME Calendar do, and writes what it shows. Run
by the system's Python under dbus-run-session."""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import gi  # type: ignore[import-not-found]  # the system's own

gi.require_version("ECal", "2.0")
gi.require_version("EDataServer", "1.2")
from gi.repository import ECal, EDataServer, GLib, ICalGLib  # type: ignore[import-not-found]  # noqa: E402

SOURCE = """[Data Source]
DisplayName=Feed
Enabled=true
Parent=webcal-stub
[Calendar]
BackendName=webcal
[Security]
Method=none
[Authentication]
Host={host}
Port={port}
Method=none
[WebDAV Backend]
ResourcePath={path}
[Offline]
StaySynchronized=true
[Refresh]
Enabled=false
"""


def main(address: str, expected: Path, home: Path) -> None:
    told = json.loads(expected.read_text())
    host, _, path = address.removeprefix("http://").partition("/")
    sources = home / ".config" / "evolution" / "sources"
    sources.mkdir(parents=True)
    name, _, port = host.partition(":")
    (sources / "feed.source").write_text(SOURCE.format(host=name, port=port or 80, path=f"/{path}"))
    registry = EDataServer.SourceRegistry.new_sync(None)
    source = registry.ref_source("feed")
    client = ECal.Client.connect_sync(source, ECal.ClientSourceType.EVENTS, 30, None)
    client.refresh_sync(None)
    wait_until_still(client)
    print(json.dumps(shown(client, told)))


def wait_until_still(client: ECal.Client) -> None:
    """It fetches in the background: until there are events, and no more of them come."""
    before, deadline = -1, time.monotonic() + 120
    while time.monotonic() < deadline:
        _, found = client.get_object_list_sync("#t", None)
        if found and len(found) == before:
            return
        before = len(found or [])
        run_for(1.5)
    raise SystemExit("no events after two minutes")


def run_for(seconds: float) -> None:
    loop = GLib.MainLoop()
    GLib.timeout_add(int(seconds * 1000), loop.quit)
    loop.run()


def shown(client: ECal.Client, told: dict[str, str]) -> list[list[str]]:
    found = []
    first, after = (datetime.fromisoformat(told[name]).replace(tzinfo=UTC) for name in ("first", "after"))

    def keep(event: ICalGLib.Component, start: ICalGLib.Time, end: ICalGLib.Time, *_rest: object) -> bool:
        each = [event.get_uid(), spell(start), spell(end), event.get_summary(), status_of(event)]
        if told["first"] <= each[1][:10] < told["after"]:
            found.append(each)
        return True

    day = timedelta(days=1)
    client.generate_instances_sync(int((first - day).timestamp()), int((after + day).timestamp()), None, keep, None)
    return found


def spell(moment: ICalGLib.Time) -> str:
    if moment.is_date():
        return f"{moment.get_year():04}-{moment.get_month():02}-{moment.get_day():02}"
    seconds = moment.as_timet_with_zone(moment.get_timezone() or ICalGLib.Timezone.get_utc_timezone())
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def status_of(event: ICalGLib.Component) -> str:
    return str(event.get_status().value_nick.upper())


main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
