"""What is of the site as a whole and read by machines: for search engines, for who installs it, for who is offline."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, render_template, stream_with_context, url_for

from fablabmesh.accounts.rights import Act
from fablabmesh.home import sitemap_queries
from fablabmesh.home.sitemap import Entry, render_index, render_pages
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import LANGUAGES, language, root_of
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import asset, conditional, public_url, shared

bp = Blueprint("site", __name__)

HOUR = 3600
NUMBERED = "/sitemap-{}-{}.xml"
# Pages that stand for themselves.
PAGES = (
    *("/", "/agenda", "/projets/", "/zones/", "/statistiques/", "/appels/", "/a-propos", "/donnees", "/api/"),
    *("/mentions-legales", "/confidentialite", "/accessibilite"),
)
# Search engines find each thing at its own address; each combination of filters has no end.
ROBOTS = """User-agent: *
Allow: /static/
Allow: /*?page=
Disallow: /*?*
Disallow: /*.json$
Disallow: /connexion
Disallow: /mon-espace
Disallow: /lettres/
Disallow: /courrier
Disallow: /en/connexion
Disallow: /en/mon-espace
Disallow: /en/lettres/
Disallow: /en/courrier

Sitemap: {sitemap}
"""
WORKER = "home/service-worker.js"
OFFLINE = "/hors-ligne"
SHELL = (
    "vendor/modern-normalize/modern-normalize.css",
    "base/base.css",
    "base/parts.css",
    "base/icon.svg",
    "home/offline.js",
    "home/offline-page.js",
)
FONT = "vendor/@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-wght-normal.woff2"


@bp.app_template_global()
def site_linked_data() -> dict[str, Any]:
    """The site in the words of schema.org (https://schema.org/WebSite), and how it is searched."""
    search = public_url(url_for("search.index")) + "?q={search_term_string}"
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": "Fab Lab Mesh",
        "url": public_url(url_for("home.index")),
        "inLanguage": language(),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": search},
            "query-input": "required name=search_term_string",
        },
    }


@bp.get("/robots.txt")
@shared
@does(Act.SITE_READ)
def robots() -> Response:
    """What search engines may read, and where they find all of it."""
    return conditional(ROBOTS.format(sitemap=public_url("/sitemap.xml")).encode(), "text/plain", max_age=HOUR)


@bp.get("/sitemap.xml")
@shared
@does(Act.SITE_READ)
def sitemap() -> Response:
    """The file that names the other files."""
    files = [Entry("/sitemap-pages.xml")]
    files += [
        Entry(NUMBERED.format(sort, number), changed_at) for sort, number, changed_at in sitemap_queries.list_files()
    ]
    return conditional(render_index(public_url(""), files).encode(), "application/xml", max_age=HOUR)


@bp.get("/sitemap-pages.xml")
@shared
@does(Act.SITE_READ)
def sitemap_of_pages() -> Response:
    """The lists, the zones, the calls."""
    entries = [*map(Entry, PAGES), *sitemap_queries.list_zones_and_calls()]
    return conditional("".join(render_pages(public_url(""), entries)).encode(), "application/xml", max_age=HOUR)


@bp.get("/sitemap-<sort>-<int:number>.xml")
@shared
@does(Act.SITE_READ)
def sitemap_of(sort: str, number: int) -> Response:
    """One file of places, events or projects, sent as it is read."""
    if sort not in sitemap_queries.SORTS or number > 1_000_000:
        raise NotFound(_("Cette page n’existe pas."))
    pieces = render_pages(public_url(""), sitemap_queries.iterate_pages(sort, number))
    response = Response(stream_with_context(pieces), mimetype="application/xml")
    response.headers["Cache-Control"] = f"public, max-age={HOUR}"
    return response


@bp.get("/manifest.webmanifest")
@shared
@does(Act.SITE_READ)
def manifest() -> Response:
    """How the site looks when it is installed."""
    told = {
        "id": "/",
        "name": "Fab Lab Mesh",
        "short_name": "Fab Lab Mesh",
        "description": _("La carte, l’agenda et les projets des Fab Labs et des espaces publics numériques."),
        "lang": language(),
        "dir": "ltr",
        "start_url": url_for("home.index"),
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#f7f5f0",
        "theme_color": "#f7f5f0",
        "categories": ["education", "navigation"],
        "icons": [
            {"src": asset("base/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": asset("base/icons/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": asset("base/icons/icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": asset("base/icons/maskable-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
        "shortcuts": [
            {"name": _("Agenda"), "url": url_for("feeds.index")},
            {"name": _("Chercher"), "url": url_for("search.index")},
        ],
    }
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return conditional(body, "application/manifest+json", max_age=HOUR)


@bp.get("/service-worker.js")
@shared
@does(Act.SITE_READ)
def service_worker() -> Response:
    """Another one whenever what it keeps ready is another: a browser asks for it again by itself."""
    shell = [*(root_of(code) + OFFLINE for code in LANGUAGES), *map(asset, SHELL), f"/static/{FONT}"]
    text = f"const SHELL = {json.dumps(shell)};\n{_worker(current_app.static_folder or '')}"
    response = conditional(text.encode(), "text/javascript", max_age=0)
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def _worker(folder: str) -> str:
    return (Path(folder) / WORKER).read_text("utf-8")


@bp.get(OFFLINE)
@shared
@does(Act.SITE_READ)
def offline() -> str:
    """What is shown in place of a page that cannot be had: those that can."""
    return render_template("home/offline.html")
