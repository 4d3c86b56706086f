"""A page as a cheap phone on a slow network meets it: when its markers are there, what it loads, how long it blocks."""

import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

# As Lighthouse's own « mobile »: a processor four times slower, slow 4G.
SLOWER = 4
LATENCY_MS, DOWN, UP = 150, 1_638_400 // 8, 675_000 // 8
PHONE = {"width": 412, "height": 823}
DESK = {"width": 1280, "height": 800}
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
QUIET = 1.5  # seconds without a new marker and without a long task: the map is ready
LONG = 50  # milliseconds that a task may last without blocking anybody

# Before the page's own scripts: notes every long task, and at each frame how many markers there are. Two pages draw
# their markers differently and are both right; what is common to them is Leaflet's class of an icon.
WATCH = """
(() => {
  const told = { tasks: [], markers: [], paint: 0 };
  window.__bench = told;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) told.tasks.push([task.startTime, task.duration]);
  }).observe({ type: 'longtask', buffered: true });
  new PerformanceObserver((list) => {
    for (const paint of list.getEntries()) if (paint.name === 'first-contentful-paint') told.paint = paint.startTime;
  }).observe({ type: 'paint', buffered: true });
  const icons = document.getElementsByClassName('leaflet-marker-icon');
  let count = 0;
  const look = () => {
    if (icons.length !== count) {
      count = icons.length;
      told.markers.push([performance.now(), count]);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""


@dataclass
class Visit:
    """One loading of a page with nothing cached. Seconds from the beginning; bytes as they came over the wire."""

    ready: float
    paint: float
    blocked: float
    longest: float
    markers: int
    weights: Mapping[str, int] = field(default_factory=dict)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def slow_page(browser: Browser, size: Mapping[str, int] = PHONE) -> Iterator[tuple[Page, CDPSession]]:
    """A new visitor: no cache, no cookie, a slowed processor and network."""
    context = browser.new_context(viewport=dict(size), locale="fr-FR", service_workers="block")
    page = context.new_page()
    page.set_default_timeout(600_000)
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": LATENCY_MS, "downloadThroughput": DOWN, "uploadThroughput": UP},
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    try:
        yield page, session
    finally:
        context.close()


def visit(browser: Browser, url: str, patience: float = 60) -> Visit:
    with slow_page(browser) as (page, session):
        weights = weigh(session)
        page.goto(url, wait_until="commit")
        told = settle(page, patience)
        return read(told, dict(weights()))


def weigh(session: CDPSession) -> Callable[[], Mapping[str, int]]:
    """What comes over the wire, heads included, by address."""
    addresses: dict[str, str] = {}
    weights: dict[str, int] = {}

    def sent(event: dict) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def finished(event: dict) -> None:
        url = addresses.get(event["requestId"], "?")
        weights[url] = weights.get(url, 0) + int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", sent)
    session.on("Network.loadingFinished", finished)
    return lambda: weights


def settle(page: Page, patience: float) -> Mapping[str, list]:
    """What the page noted, once nothing more happens to it."""
    deadline = time.monotonic() + patience
    while True:
        page.wait_for_timeout(250)
        # A page that is busy answers when it has done, and is then asked again.
        told = json.loads(page.evaluate("JSON.stringify({ ...window.__bench, now: performance.now() })"))
        last = max([stamp for stamp, _ in told["markers"]] + [a + b for a, b in told["tasks"]] + [0])
        if told["markers"] and told["now"] - last > QUIET * 1000:
            return told
        if time.monotonic() > deadline:
            raise SystemExit(f"{page.url} shows no marker, or does not come to rest")


def read(told: Mapping, weights: Mapping[str, int]) -> Visit:
    """Ready: the last time that a marker came. Blocked: what long tasks last beyond 50 ms, from the first paint on."""
    return Visit(
        ready=max(stamp for stamp, _ in told["markers"]) / 1000,
        paint=told["paint"] / 1000,
        blocked=blocked_by(told["tasks"], told["paint"]) / 1000,
        longest=max((duration for _, duration in told["tasks"]), default=0) / 1000,
        markers=told["markers"][-1][1],
        weights=weights,
    )


def blocked_by(tasks: Sequence[Sequence[float]], paint: float) -> float:
    """Milliseconds, as Lighthouse's « total blocking time »: a task counts by what of it is after the first paint."""
    total = 0.0
    for start, duration in tasks:
        after = start + duration - max(start, paint)
        total += max(0.0, min(after, duration) - LONG)
    return total


# There and back again, so that the map stays where the places are.
DRAGS = ((200, 0), (-200, 0), (0, 150), (0, -150), (150, 100), (-150, -100))
NEARER = 3


def pan(browser: Browser, url: str) -> Visit:
    """The map is dragged about at several zooms; the long tasks of that alone."""
    with slow_page(browser, DESK) as (page, _session):
        page.goto(url, wait_until="commit")
        settle(page, 60)
        since = page.evaluate("performance.now()")
        box = page.locator(".leaflet-container").first.bounding_box()
        if box is None:
            raise SystemExit(f"{url} has no map")
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for zoom in range(NEARER + 1):
            for right, down in DRAGS:
                drag(page, middle, right, down)
            if zoom < NEARER:
                page.mouse.wheel(0, -240)
                page.wait_for_timeout(700)
        told = settle(page, 60)
        tasks = [task for task in told["tasks"] if task[0] >= since]
        return read({**told, "tasks": tasks, "paint": since}, {})


def drag(page: Page, start: tuple[float, float], right: float, down: float) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(start[0] + right * step / 10, start[1] + down * step / 10)
        page.wait_for_timeout(16)
    page.mouse.up()
    page.wait_for_timeout(200)


def middle_of(visits: Sequence[Visit], what: Callable[[Visit], float]) -> float:
    return statistics.median(map(what, visits))
