"""The whole application as people meet it: a production server on real data, and headless Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

SHOTS = Path(os.environ.get("FABLABMESH_SCREENSHOTS") or Path(__file__).parent.parent.parent / "var" / "screenshots")
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


@dataclass
class Site:
    """A served site: its address and the invented people's passwords by mail address."""

    url: str
    environ: dict[str, str]
    people: list[tuple[str, str]] = field(default_factory=list)

    def run(self, *words: str) -> str:
        command = [sys.executable, "-m", "fablabmesh", *words]
        return subprocess.run(command, env=self.environ, capture_output=True, text=True, check=True).stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError(f"the server does not answer at {url}")


@pytest.fixture(scope="session")
def site(make_database, tmp_path_factory) -> Iterator[Site]:
    port = free_port()
    environ = os.environ | {
        "DATABASE_URL": make_database(f"fablabmesh_journeys_{os.getpid()}"),
        "FABLABMESH_DATA": str(tmp_path_factory.mktemp("journeys")),
        "FABLABMESH_ENV": "development",
        "FABLABMESH_SECRET_KEY": "a key for the journeys, long enough for anybody",
        "FABLABMESH_BASE_URL": f"http://127.0.0.1:{port}",
    }
    served = Site(f"http://127.0.0.1:{port}", environ)
    served.run("setup")
    for line in served.run("demo", "show").splitlines():
        words = line.split()
        mail = next((word for word in words if "@" in word), None)
        if mail:
            served.people.append((mail, words[-1]))
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
         "--workers", "2", "--no-access-log", "--log-level", "warning", "fablabmesh.wsgi:app"],
        env=environ,
    )  # fmt: skip
    try:
        wait_for(f"{served.url}/readyz", server)
        yield served
    finally:
        server.terminate()
        server.wait(20)


# Not for the whole session: while Playwright is open, nothing else in its process may run an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=executable,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield opened
        opened.close()


class Watched:
    """A page that remembers what it should never do: call another origin, break the policy, fail."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.site = site
        self.page: Page = context.new_page()
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", self._see_request)
        self.page.on("console", self._see_message)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _see_message(self, message) -> None:
        # Where a journey blocks service workers, the browser says so at each page.
        is_ours = "Service Worker registration blocked" not in message.text
        if message.type in ("error", "warning") and is_ours:
            self.complaints.append(message.text)

    def _see_request(self, request) -> None:
        if not request.url.startswith((self.site.url, "data:", "blob:")):
            self.foreign.append(request.url)

    def go(self, path: str) -> Page:
        self.page.goto(self.site.url + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def shoot(self, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        width = self.page.viewport_size["width"]
        for _ in range(3):
            try:
                self.page.screenshot(path=SHOTS / f"{name}-{width}.png")
            except Error:  # a busy machine may not draw in time; a picture is for people, and no claim
                self.page.wait_for_timeout(500)
            else:
                return

    def assert_quiet(self) -> None:
        assert self.foreign == []
        assert self.complaints == []


@pytest.fixture
def open_page(browser, site) -> Iterator:
    contexts: list[BrowserContext] = []

    def make(size=DESK, **options) -> Watched:
        # What a service worker answers cannot be stopped nor watched; the journey that is about it lets it in.
        options.setdefault("service_workers", "block")
        context = browser.new_context(viewport=size, locale="fr-FR", **options)
        contexts.append(context)
        return Watched(context, site)

    yield make
    for context in contexts:
        context.close()
