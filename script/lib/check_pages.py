"""Lighthouse and axe-core on the served site with its demonstration: reports below var/reports, and a table of goals.

The site runs as script/server runs it, on a database of its own below var/pages. Which pages there are is found by
following links from the front page: as a visitor, then as somebody of a lab, a coordinator and an administrator; one
page of every view that answers with HTML. A view that no link leads to is told at the end.
"""

import argparse
import html
import json
import os
import shutil
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urldefrag, urljoin, urlsplit

import pyotp
import serve
from cluster import Cluster
from playwright.sync_api import APIRequestContext, Browser, BrowserContext, Error, Page, sync_playwright
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect

from fablabmesh.app import create_app
from fablabmesh.kit.config import read_settings

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = ROOT / "var" / "pages"
REPORTS = ROOT / "var" / "reports"
LOCK = Path(__file__).resolve().parent / "pages"
# What Lighthouse is to give, by category.
GOALS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
TURNS = 3
SIZES = {"360": (360, 740), "1280": (1280, 900)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
GRAVE = ("serious", "critical")
MOST_FETCHED = 500  # addresses that are looked at for links
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


Person = tuple[str, str]  # mail address, password
MISSING = "/nulle-part"
# What forms lead to and links do not.
TYPED = ("/chercher?q=imprimante", "/chercher?q=xyzxyz", "/?q=xyzxyz", MISSING)


# --- the site ------------------------------------------------------------------------------------------------------


@dataclass
class Site:
    """The served site, the addresses it knows, and who may sign in."""

    url: str
    rules: Map
    people: list[Person]


@contextmanager
def served() -> Iterator[Site]:
    """With its demonstration, its worker and compression; the application in two processes."""
    port = serve.find_port("127.0.0.1", 0)
    url = serve.address("127.0.0.1", port)
    HOME.mkdir(parents=True, exist_ok=True)
    cluster = Cluster(HOME / "cluster")
    with cluster.used():
        given = {name: value for name, value in os.environ.items() if not name.startswith(("FABLABMESH", "DATABASE"))}
        environ = serve.make_environ({**given, "FABLABMESH_DATA": str(HOME)}, cluster.environ(), url)
        serve.ask_application(environ, "setup")
        administrator = make_administrator(environ)
        lines = (HOME / "demo-accounts.txt").read_text("utf-8").splitlines()
        rules = create_app(read_settings(environ)).url_map
        with serve.worker(environ), serve.granian(environ, "127.0.0.1", port, 2) as server:
            serve.wait_for_answer(server, "127.0.0.1", port)
            people = [(mail, password) for mail, password in (line.split(" ", 1) for line in lines)]
            # Who looks after a lab, who coordinates zones, who looks after the whole.
            yield Site(url, rules, [people[0], people[-1], administrator])


def make_administrator(environ: Mapping[str, str]) -> Person:
    """One of this database's own; the password is told once and kept beside it."""
    file = HOME / "administrator.txt"
    if not file.exists():
        command = [
            sys.executable,
            "-m",
            "fablabmesh",
            "accounts",
            "create",
            "admin@example.org",
            "A",
            "--role",
            "admin",
        ]
        told = subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout
        file.touch(mode=0o600)
        file.write_text(told.split()[-1])
    return "admin@example.org", file.read_text()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def find_chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise SystemExit("Chromium is missing: script/bootstrap --test installs it.")


# --- which pages there are -----------------------------------------------------------------------------------------


class Links(HTMLParser):
    """Addresses that a page leads to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def kind_of(rules: Map, path: str) -> str:
    """The view that answers an address, in French; nothing where there is none."""
    try:
        endpoint, _values = rules.bind("site").match(path, method="GET")
    except RequestRedirect as moved:
        return kind_of(rules, urlsplit(moved.new_url).path)
    except HTTPException:
        return ""
    return str(endpoint)


def list_links(text: str, base: str) -> list[str]:
    """Of the site itself, without what stands after #, in the order of the page."""
    found = (urldefrag(urljoin(base, href))[0] for href in Links(text).found)
    return list(dict.fromkeys(url for url in found if urlsplit(url)[:2] == urlsplit(base)[:2]))


def find_pages(site: Site, request: APIRequestContext) -> dict[str, str]:
    """One address for every view that answers with a page: the first that is met, without a filter if there is one."""
    found: dict[str, str] = {}
    plain = [rule.rule for rule in site.rules.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    waiting = [
        f"{site.url}/",
        *(f"{site.url}{path}" for path in sorted(plain)),
        *(f"{site.url}{path}" for path in TYPED),
    ]
    met, visits = set(waiting), Counter[str]()
    while waiting and sum(visits.values()) < MOST_FETCHED:
        url = waiting.pop(0)
        path = urlsplit(url).path
        kind = url.removeprefix(site.url) if url.removeprefix(site.url) in TYPED else kind_of(site.rules, path)
        # Of lists and of places there are thousands; a few of each lead to all that they lead to.
        if not kind or visits[kind] >= 4 or path.startswith(("/en/", "/api/v1/", "/caldav/")):
            continue
        visits[kind] += 1
        answer = request.get(url, max_redirects=5)
        check_typed(kind, answer.status)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        # An address that leads elsewhere is of the view that it leads to.
        kind = kind if kind in TYPED else kind_of(site.rules, urlsplit(answer.url).path)
        if answer.status >= 400 and kind not in TYPED:
            continue
        if kind not in found or (urlsplit(found[kind]).query and not urlsplit(answer.url).query):
            found[kind] = answer.url
        fresh = [link for link in list_links(answer.text(), answer.url) if link not in met]
        met |= set(fresh)
        waiting += fresh
    return {kind: url.removeprefix(site.url) for kind, url in found.items()}


def check_typed(kind: str, status: int) -> None:
    """A page that is looked at by its address is not left out unsaid once it stands elsewhere."""
    if kind in TYPED and status != (404 if kind == MISSING else 200):
        raise RuntimeError(f"{kind} answers {status}: TYPED is out of date")


def sign_in(context: BrowserContext, site: Site, person: Person) -> None:
    page = context.new_page()
    page.goto(f"{site.url}/connexion")
    page.locator("input[type=email]").fill(person[0])
    page.locator("input[type=password]").fill(person[1])
    page.locator("form:has(input[type=password]) button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    prove_twice(page, site)
    if "/connexion" in page.url:
        raise SystemExit(f"{person[0]} cannot sign in")
    page.close()


def prove_twice(page: Page, site: Site) -> None:
    """Who looks after the whole is let in with a code as well; the secret of this database's own is kept beside it."""
    kept = HOME / "administrator-codes.txt"
    path = urlsplit(page.url).path
    if path == "/mon-compte/securite":
        page.goto(f"{site.url}/mon-compte/codes")
        secret = page.locator("code.secret").inner_text().replace(" ", "")
        kept.touch(mode=0o600)
        kept.write_text(secret)
    elif path != "/connexion/verification":
        return
    page.locator("[name=code]").fill(pyotp.TOTP(kept.read_text()).now())
    page.locator("form:has([name=code]) button[type=submit]").first.click()
    page.wait_for_load_state("networkidle")


# --- axe-core ------------------------------------------------------------------------------------------------------


@dataclass
class Fault:
    """One rule that one page breaks, in one of its looks."""

    kind: str
    path: str
    look: str
    rule: str
    impact: str
    help: str
    nodes: list[str] = field(default_factory=list)


Pages = dict[tuple[str, str], tuple[str, Person | None]]


def check_axe(site: Site) -> list[Fault]:
    """Every page in every look; each view is seen as a visitor and as one who is known, where both may."""
    source = (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8")
    faults: list[Fault] = []
    pages: Pages = {}
    with chromium() as browser:
        contexts = {}
        for who in (None, *site.people):
            contexts[who] = browser.new_context(locale="fr-FR", reduced_motion="reduce")
            if who is not None:
                sign_in(contexts[who], site, who)
            for kind, path in find_pages(site, contexts[who].request).items():
                pages.setdefault((kind, "signed in" if who else "visitor"), (path, who))
        print(f"axe-core: {len(pages)} pages…", file=sys.stderr, flush=True)
        for (kind, seen_as), (path, who) in pages.items():
            page = contexts[who].new_page()
            faults += look_at(page, f"{site.url}{path}", source, f"{kind}, {seen_as}")
            page.close()
    seen = [[*key, path] for key, (path, _who) in pages.items()]
    (REPORTS / "axe-pages.json").write_text(json.dumps(seen, indent=1))
    tell_unseen(site, {kind for kind, _as in pages})
    return faults


def look_at(page: Page, url: str, source: str, kind: str) -> list[Fault]:
    """One page, loaded once, in all sizes and schemes of colours."""
    page.goto(url)
    page.evaluate(source)
    if page.locator(".leaflet-container, [data-map]").count():
        with suppress(Error):  # a map that still draws is looked at as it is
            page.wait_for_load_state("networkidle", timeout=5_000)
    faults: list[Fault] = []
    for (size, (width, height)), scheme in product(SIZES.items(), SCHEMES):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        told = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(RULES)}, resultTypes: ['violations']}})")
        faults += [
            Fault(kind, urlsplit(url).path, f"{size} px, {scheme}", each["id"], each["impact"], each["help"],
                  [node["html"][:200] for node in each["nodes"][:5]])
            for each in told["violations"]
        ]  # fmt: skip
    return faults


def tell_unseen(site: Site, seen: set[str]) -> None:
    """Views without parameters that no link led to; those that answer no page are among them."""
    plain = {
        rule.endpoint: rule.rule
        for rule in site.rules.iter_rules()
        if rule.methods and "GET" in rule.methods and not rule.arguments
    }
    unseen = sorted(path for endpoint, path in plain.items() if endpoint not in seen)
    (REPORTS / "axe-unseen.txt").write_text("\n".join(unseen) + "\n")


def show_axe(faults: Sequence[Fault]) -> bool:
    """The table; whether no fault is grave."""
    rows = "".join(
        f"<tr><td>{html.escape(f'{each.impact}: {each.rule}')}<td>{html.escape(each.help)}<td>{html.escape(each.path)}"
        f"<td>{each.look}<td><pre>{html.escape(chr(10).join(each.nodes))}</pre>"
        for each in faults
    )
    head = "<!doctype html><html lang=en><meta charset=utf-8><title>axe-core</title><h1>axe-core</h1><table border=1>"
    (REPORTS / "axe.html").write_text(f"{head}{rows}</table>", "utf-8")
    (REPORTS / "axe.json").write_text(json.dumps([vars(each) for each in faults], indent=1, ensure_ascii=False))
    seen = json.loads((REPORTS / "axe-pages.json").read_text())
    print(f"\naxe-core: {len(seen)} pages in {len(SIZES) * len(SCHEMES)} looks, {len(faults)} findings")
    grouped = Counter((each.impact, each.rule, each.path) for each in faults)
    for (impact, rule, path), count in sorted(grouped.items(), key=lambda item: (item[0][0] not in GRAVE, item[0])):
        print(f"  {impact:<9} {rule:<34} {path} ({count} looks)")
    return not any(each.impact in GRAVE for each in faults)


# --- Lighthouse ----------------------------------------------------------------------------------------------------


def install_lighthouse() -> Path:
    """By a lock of its own, below var."""
    folder = ROOT / "var" / "lighthouse"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = (LOCK / "package-lock.json").read_text()
    kept = folder / "installed-lock.json"
    if not kept.exists() or kept.read_text() != wanted:
        print("Installing Lighthouse…", file=sys.stderr, flush=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(LOCK / name, folder / name)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)
        kept.write_text(wanted)
    return folder / "node_modules" / "lighthouse" / "cli" / "index.js"


def choose_pages(site: Site) -> dict[str, str]:
    """The front page, the agenda, and the first place and the first zone that they lead to."""
    chosen = {"home": "/", "agenda": "/agenda"}
    with chromium() as browser:
        context = browser.new_context(locale="fr-FR")
        for path in ("/", "/zones/"):
            links = list_links(context.request.get(site.url + path).text(), f"{site.url}{path}")
            for name, kind in (("place", "places.show"), ("zone", "zones.show")):
                found = [url for url in links if kind_of(site.rules, urlsplit(url).path) == kind]
                if found:
                    chosen.setdefault(name, found[0].removeprefix(site.url))
        context.close()
    return chosen


def check_lighthouse(site: Site, turns: int) -> dict[str, dict[str, list[float]]]:
    """By page and category, the marks of each turn; every turn looks at every page."""
    program, pages = install_lighthouse(), choose_pages(site)
    marks: dict[str, dict[str, list[float]]] = {name: {category: [] for category in GOALS} for name in pages}
    for turn in range(1, turns + 1):
        for name, path in pages.items():
            print(f"Lighthouse: {path}, {turn} of {turns}…", file=sys.stderr, flush=True)
            told = ask_lighthouse(program, site.url + path, REPORTS / f"lighthouse-{name}-{turn}")
            for category in GOALS:
                marks[name][category].append(round(100 * (told["categories"][category]["score"] or 0)))
    return marks


def ask_lighthouse(program: Path, url: str, target: Path) -> dict[str, Any]:
    command = [
        *("node", str(program), url, "--quiet", "--locale=en", f"--only-categories={','.join(GOALS)}"),
        *("--output=json", "--output=html", f"--output-path={target}"),
        f"--chrome-flags=--headless=new {' '.join(FLAGS)}",
    ]
    environ = {**os.environ, "CHROME_PATH": find_chromium()}
    # Now and then the browser's recording begins too late, and Lighthouse asks to be run again.
    for turn in range(3):
        done = subprocess.run(command, check=turn == 2, env=environ, stdout=sys.stderr, timeout=300)
        if done.returncode == 0:
            break
    told: dict[str, Any] = json.loads(target.with_name(f"{target.name}.report.json").read_text("utf-8"))
    return told


def list_failed(told: Mapping[str, Any]) -> list[str]:
    """What costs marks: audits below 0.9 that a category weighs."""
    weighed = {
        reference["id"]
        for category in told["categories"].values()
        for reference in category["auditRefs"]
        if reference["weight"]
    }
    audits = (audit for name, audit in told["audits"].items() if name in weighed and audit["score"] is not None)
    return [
        f"{audit['id']}: {audit.get('displayValue') or audit['title']}"
        for audit in sorted(audits, key=lambda audit: audit["id"])
        if audit["score"] < 0.9
    ]


def show_lighthouse(marks: Mapping[str, Mapping[str, Sequence[float]]]) -> bool:
    """The table; whether every goal is met."""
    print("\nLighthouse, mobile, the median of the turns [each]")
    is_met = True
    for name, by_category in marks.items():
        for category, found in by_category.items():
            mark = statistics.median(found)
            is_met &= mark >= GOALS[category]
            word = "met" if mark >= GOALS[category] else "MISSED"
            print(f"  {name:<8} {category:<15} {mark:>4.0f} ≥ {GOALS[category]:<4} {word}  {found}")
        told = json.loads((REPORTS / f"lighthouse-{name}-1.report.json").read_text("utf-8"))
        for line in list_failed(told):
            print(f"           costs marks: {line}")
    return is_met


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/check-pages", description="Lighthouse and axe-core on the pages.")
    parser.add_argument("--lighthouse", action="store_true", help="only Lighthouse, unless --axe is there too")
    parser.add_argument("--axe", action="store_true", help="only axe-core, unless --lighthouse is there too")
    parser.add_argument("--turns", type=int, default=TURNS, help="how often Lighthouse looks at a page")
    asked = parser.parse_args(words)
    both = asked.lighthouse == asked.axe
    REPORTS.mkdir(parents=True, exist_ok=True)
    is_met = True
    with served() as site:
        if asked.lighthouse or both:
            is_met &= show_lighthouse(check_lighthouse(site, asked.turns))
        if asked.axe or both:
            is_met &= show_axe(check_axe(site))
    print(f"\nReports: {REPORTS.relative_to(ROOT)}")
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
