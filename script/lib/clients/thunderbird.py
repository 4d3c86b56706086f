"""Subscribes to a feed with Thunderbird, in a throw-away profile and without a screen, and writes what it shows.

Thunderbird is driven by Marionette, its own remote control, on loopback.
"""

import json
import re
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

PREFERENCES = {
    "marionette.port": 0,
    "calendar.timezone.local": "UTC",
    "calendar.timezone.useSystemTimezone": False,
    "app.update.enabled": False,
    "app.normandy.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "extensions.update.enabled": False,
    "mail.provider.enabled": False,
    "mailnews.start_page.enabled": False,
    "network.proxy.type": 1,  # a proxy that is not there: nothing but loopback is reached
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1",
    "network.proxy.allow_hijacking_localhost": False,
}
SCRIPT = (Path(__file__).parent / "thunderbird.js").read_text()


class Marionette:
    """Its protocol: “length:[0, number, name, parameters]” one way, “length:[1, number, error, value]” the other."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=200)
        self.file = self.socket.makefile("rb")
        self.number = 0
        self.receive()

    def receive(self) -> Any:
        length = b""
        while (byte := self.file.read(1)) != b":":
            if not byte:
                raise SystemExit("Thunderbird ended")
            length += byte
        return json.loads(self.file.read(int(length)))

    def ask(self, name: str, **parameters: object) -> Any:
        self.number += 1
        text = json.dumps([0, self.number, name, parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(text), text))
        _, _, error, value = self.receive()
        if error:
            raise SystemExit(f"{error['error']}: {error['message']}")
        return value["value"] if isinstance(value, dict) and "value" in value else value


def main(address: str, expected: Path, home: Path) -> None:
    told = json.loads(expected.read_text())
    profile = home / "profile"
    profile.mkdir()
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("".join(lines))
    words = ["--headless", "--no-remote", "--marionette", "--remote-allow-system-access", "--profile", str(profile)]
    program = subprocess.Popen(["thunderbird", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        marionette = Marionette(find_port(profile, program))
        marionette.ask("WebDriver:NewSession")
        marionette.ask("WebDriver:SetTimeouts", script=180_000)
        marionette.ask("Marionette:SetContext", value="chrome")
        arguments = [address, told["first"], told["after"]]
        shown = marionette.ask("WebDriver:ExecuteAsyncScript", script=SCRIPT, args=arguments, newSandbox=True)
        if isinstance(shown, str):
            raise SystemExit(shown)
        print(json.dumps(shown))
        with suppress(SystemExit, OSError):
            marionette.ask("Marionette:Quit", flags=["eForceQuit"])
    finally:
        program.terminate()
        with suppress(subprocess.TimeoutExpired):
            program.wait(15)
        program.kill()


def find_port(profile: Path, program: "subprocess.Popen[bytes]") -> int:
    """Thunderbird chooses one, and writes it into its profile."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and program.poll() is None:
        for name in ("MarionetteActivePort", "prefs.js"):
            with suppress(OSError):
                found = re.search(r'(?:marionette\.port", )?(\d{3,5})', (profile / name).read_text())
                if name == "MarionetteActivePort" and found:
                    return int(found[1])
        time.sleep(0.2)
    raise SystemExit("Thunderbird did not open its remote control")


main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
