"""QR codes and the poster of a place, and pictures of maps for cards on other sites. The same for everybody."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, request, url_for

from fablabmesh.accounts.rights import Act
from fablabmesh.directory import queries as directory
from fablabmesh.directory.facets import list_chips
from fablabmesh.directory.filters import Search
from fablabmesh.events import queries as events
from fablabmesh.events import wording
from fablabmesh.kit import clock, codes
from fablabmesh.kit.acts import does
from fablabmesh.kit.config import Settings
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.hours_wording import read_hours, tell_closing, tell_usual_week
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import language, ngettext, number
from fablabmesh.kit.pdf import Fonts, cut_fonts
from fablabmesh.kit.web import conditional, public_url, shared
from fablabmesh.places import queries as places
from fablabmesh.places.models import Place
from fablabmesh.places.rules import spelled_address
from fablabmesh.posters import queries
from fablabmesh.posters.pictures import Picture, draw_picture, is_overseas
from fablabmesh.posters.poster import Poster, draw_poster
from fablabmesh.projects import queries as projects
from fablabmesh.projects.models import Project
from fablabmesh.projects.rules import PartnershipStatus
from fablabmesh.zones import queries as zones
from fablabmesh.zones.models import Zone
from fablabmesh.zones.rules import timezone_of_department

bp = Blueprint("posters", __name__)

SHOWN_DATES = 3
A_DAY = 86_400
# As many pictures are kept ready, some 40 kB each.
MOST_KEPT = 200
# Degrees: a point of the picture of the country, and of that of a zone.
_CELL, _FINE_CELL = 0.03, 0.008
_LONGEST_TITLE = 110
_FONTS = "vendor/@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-{}-wght-normal.woff2"


def _font_file(part: str) -> Path:
    return Path(current_app.static_folder or "") / _FONTS.format(part)


# --- codes --------------------------------------------------------------------------------------------------------


@bp.get("/lieux/<slug>/code.svg")
@shared
@does(Act.PLACE_READ)
def code_svg(slug: str) -> Response:
    """The QR code of a place's page, as a drawing."""
    place = places.get_listed(slug)
    title = _("Code QR de la fiche « %(name)s »", name=place.name)
    return conditional(codes.to_svg(_page_of(place), title=title), "image/svg+xml", max_age=A_DAY)


@bp.get("/lieux/<slug>/code.png")
@shared
@does(Act.PLACE_READ)
def code_png(slug: str) -> Response:
    """The QR code of a place's page, for programs that want dots."""
    return conditional(codes.to_png(_page_of(places.get_listed(slug))), "image/png", max_age=A_DAY)


def _page_of(place: Place) -> str:
    return public_url(url_for("places.show", slug=place.slug))


# --- the poster ---------------------------------------------------------------------------------------------------


@bp.get("/lieux/<slug>/affiche.pdf")
@shared
@does(Act.PLACE_READ)
def poster(slug: str) -> Response:
    """One page of A4 for the door of a place, in the language of the address."""
    place = places.get_listed(slug)
    response = conditional(draw_poster(_poster_of(place, clock.now()), _fonts()), "application/pdf", max_age=300)
    response.headers["Content-Disposition"] = f'inline; filename="affiche-{place.slug}.pdf"'
    return response


def _fonts() -> Fonts:
    made: Fonts | None = current_app.extensions.get("poster_fonts")
    if made is None:
        settings: Settings = current_app.config["SETTINGS"]
        made = cut_fonts(_font_file("latin"), _font_file("latin-ext"), settings.data_dir / "fonts")
        current_app.extensions["poster_fonts"] = made
    return made


def _poster_of(place: Place, now: datetime) -> Poster:
    coming = events.list_upcoming_at(place.id, after=now, limit=4 * SHOWN_DATES)
    dates = [date for date in coming if not date.is_cancelled][:SHOWN_DATES]
    is_closed = place.closed_on is not None and place.closed_on <= now.date()
    return Poster(
        name=place.name,
        kind=place.kind.label,
        summary=place.summary,
        address=spelled_address(place),
        contact=[line for line in (place.phone, place.website.partition("://")[2].rstrip("/")) if line],
        hours=_hours_of(place, now),
        closing=tell_closing(place.closed_on, now.date()) if is_closed and place.closed_on else "",
        dates=[(wording.when(date), date.title) for date in dates],
        zones=_zone_lines(place),
        page=_page_of(place),
        calendar=public_url(url_for("feeds.place", slug=place.slug)),
        is_demo=place.is_demo,
        language=language(),
        made_at=place.changed_at,
    )


def _hours_of(place: Place, now: datetime) -> list[tuple[str, str]]:
    """The usual week; what cannot be read, as it was written."""
    reading = read_hours(
        place.opening_hours, timezone_of_department(place.department_code), now, department=place.department_code
    )
    if reading is not None:
        return tell_usual_week(reading.week)
    return [("", place.opening_hours)] if place.opening_hours else []


def _zone_lines(place: Place) -> list[str]:
    in_zones = zones.list_zones_of_department(place.department_code)
    poles: dict[int, list[str]] = {}
    for role in places.list_pole_roles([zone.id for zone in in_zones]):
        poles.setdefault(role.zone_id, []).append(role.place.name)
    lines = []
    for zone in in_zones:
        name = f"{zone.programme.name} : {zone.name}" if language() == "fr" else f"{zone.programme.name}: {zone.name}"
        supported = ", ".join(poles.get(zone.id, []))
        lines.append(_("%(zone)s. Pôle : %(names)s", zone=name, names=supported) if supported else name)
    return lines


# --- pictures of maps ---------------------------------------------------------------------------------------------


@bp.app_template_global()
def picture_of(
    *,
    place: Place | None = None,
    zone: Zone | None = None,
    project: Project | None = None,
    search: Search | None = None,
    is_agenda: bool = False,
) -> str:
    """The address of the picture for a page about a place, a zone, a project, what a filter finds, or all: a new one
    when it changes."""
    if place is not None:
        return public_url(url_for("posters.place_picture", version=_version_of(place), slug=place.slug))
    version = str(queries.find_number())
    if project is not None:
        version = _version_of_project(project)
        return public_url(url_for("posters.project_picture", version=version, slug=project.slug))
    if search is not None and not search.is_everything:
        return public_url(url_for("posters.filter_picture", version=version) + f"?{search.filter.to_query()}")
    if zone is not None:
        address = url_for("posters.zone_picture", version=version, programme=zone.programme.slug, slug=zone.slug)
        return public_url(address)
    return public_url(url_for("posters.agenda_picture" if is_agenda else "posters.country_picture", version=version))


@bp.get("/images/carte/<version>/lieux/<slug>.png")
@shared
@does(Act.PLACE_READ)
def place_picture(version: str, slug: str) -> Response:
    """Where a place is: in the country, or on its own department overseas."""
    place = places.get_listed(slug)
    return _answer(("place", slug, _version_of(place)), lambda: _picture_of_place(place))


@bp.get("/images/carte/<version>/zones/<programme>/<slug>.png")
@shared
@does(Act.ZONE_READ)
def zone_picture(version: str, programme: str, slug: str) -> Response:
    """A zone with its places."""
    zone = zones.get_zone(programme, slug)
    return _answer(("zone", programme, slug, str(queries.find_number())), lambda: _picture_of_zone(zone))


@bp.get("/images/carte/<version>/france.png")
@shared
@does(Act.SITE_READ)
def country_picture(version: str) -> Response:
    """The whole country with all places."""
    title = _("La carte des Fab Labs et des espaces publics numériques")
    return _answer(("country", str(queries.find_number())), lambda: _picture_of_all(title, _("Annuaire et carte")))


@bp.get("/images/carte/<version>/filtre.png")
@shared
@does(Act.PLACE_READ)
def filter_picture(version: str) -> Response:
    """The country with what a filter of the front page finds."""
    now = clock.now()
    search = directory.read_asked(request.args.to_dict(flat=False), now=now).search.filter
    # What is open or happens changes with the hour: of the day is near enough for a card.
    day = "" if search.is_timeless else now.date().isoformat()
    key = ("filter", search.to_query(), day, str(queries.find_number()))
    return _answer(key, lambda: _picture_of_search(search, now))


@bp.get("/images/carte/<version>/projets/<slug>.png")
@shared
@does(Act.PROJECT_READ)
def project_picture(version: str, slug: str) -> Response:
    """Where the labs are that work at a project."""
    project = projects.get_project(slug)
    if project.moderation.is_hidden:
        raise NotFound(_("Ce projet n’existe pas, ou n’existe plus."))
    return _answer(("project", slug, _version_of_project(project)), lambda: _picture_of_project(project))


@bp.get("/images/carte/<version>/agenda.png")
@shared
@does(Act.EVENT_READ)
def agenda_picture(version: str) -> Response:
    """The same, entitled for the agenda."""
    title = _("L’agenda des Fab Labs et des espaces publics numériques")
    return _answer(("agenda", str(queries.find_number())), lambda: _picture_of_all(title, _("Rendez-vous et ateliers")))


def _version_of(place: Place) -> str:
    """Of all that its picture tells: what a call decided leaves the place's own version as it is."""
    return f"{place.version}-{place.laureates[0].call.year}" if place.laureates else str(place.version)


def _version_of_project(project: Project) -> str:
    """A lab that joins or moves leaves the project's own version as it is."""
    labs = [f"{lab.id}.{lab.version}" for lab in _labs_of(project)]
    return f"{project.version}-{hashlib.sha256(' '.join(labs).encode()).hexdigest()[:10]}"


def _labs_of(project: Project) -> list[Place]:
    """The lead first, then those that joined."""
    joined = [each.place for each in project.partnerships if each.status is PartnershipStatus.ACCEPTED]
    return [project.lead, *joined]


def _answer(key: tuple[str, ...], make: Callable[[], Picture]) -> Response:
    """As it is now, whatever version the address names: cards are fetched long after pages."""
    kept: dict[tuple[str, ...], bytes] = current_app.extensions.setdefault("map_pictures", {})
    spoken = (language(), *key)
    body = kept.get(spoken)
    if body is None:
        body = draw_picture(make(), _font_file("latin"))
        while len(kept) >= MOST_KEPT:
            kept.pop(next(iter(kept)), None)
        kept[spoken] = body
    is_current = (request.view_args or {}).get("version") == key[-1]
    etag = hashlib.sha256(body).hexdigest()[:32]
    return conditional(body, "image/png", max_age=30 * A_DAY if is_current else 300, etag=etag)


def _colours(programme: str) -> dict[str, str]:
    """Of each department, that of its zone."""
    by_department = zones.map_departments_to_zones()
    return {code: found[programme].colour for code, found in by_department.items() if programme in found}


def _picture_of_place(place: Place) -> Picture:
    in_zones = zones.list_zones_of_department(place.department_code)
    first = in_zones[0] if in_zones else None
    lit = _departments_of(first) if first else frozenset()
    alone = (place.department_code or "",) if is_overseas(place.department_code) else ()
    where = f"{place.commune} ({place.department_code})" if place.department_code else place.commune
    mark = None
    if place.latitude is not None and place.longitude is not None:
        mark = (place.longitude, place.latitude, bool(place.laureates))
    return Picture(
        title=place.name,
        kind=_lead_of(place),
        words=[word for word in (where, _("Zone %(name)s", name=first.name) if first else "") if word],
        colours=_colours(first.programme.slug if first else "fablab"),
        lit=lit,
        frame=alone,
        mark=mark,
    )


def _lead_of(place: Place) -> str:
    if place.laureates:
        return _("Lauréat %(year)s", year=place.laureates[0].call.year) + f" · {place.kind.label}"
    return str(place.kind.label)


def _departments_of(zone: Zone) -> frozenset[str]:
    composed = zones.get_zone(zone.programme.slug, zone.slug)
    return frozenset(part.department_code for part in composed.parts)


def _picture_of_zone(zone: Zone) -> Picture:
    codes_of = sorted(part.department_code for part in zone.parts)
    counts: dict[str, Any] = places.count_by_zone().get(zone.id, {})
    count = sum(value for kind, value in counts.items() if kind != "laureat")
    words = [ngettext("%(num)d lieu", "%(num)d lieux", count)]
    if counts.get("laureat"):
        words.append(ngettext("%(num)d lauréat", "%(num)d lauréats", counts["laureat"]))
    return Picture(
        title=zone.name,
        kind=zone.programme.name,
        words=words,
        colours=_colours(zone.programme.slug),
        lit=frozenset(codes_of),
        frame=tuple(codes_of),
        spots=queries.list_spots(codes_of, cell=_FINE_CELL),
    )


def _picture_of_project(project: Project) -> Picture:
    labs = _labs_of(project)
    partners = len(labs) - 1
    words = [project.lead.name]
    if partners:
        words.append(ngettext("avec %(num)d partenaire", "avec %(num)d partenaires", partners))
    spots = [(lab.longitude, lab.latitude, lab is project.lead) for lab in reversed(labs)]
    return Picture(
        title=project.title,
        kind=_("Projet commun") if partners else _("Projet"),
        words=words,
        colours=_colours("fablab"),
        spots=[(x, y, is_lead) for x, y, is_lead in spots if x is not None and y is not None],
    )


def _picture_of_search(search: Search, now: datetime) -> Picture:
    programme = zones.find_programme(search.programme) if search.zone else None
    chips = list_chips(search, directory.map_names(search, programme), now.date())
    return Picture(
        title=", ".join(chip.words for chip in chips)[:_LONGEST_TITLE] or _("Annuaire et carte"),
        kind=_("Fab Labs et espaces publics numériques"),
        words=[ngettext("%(num)d lieu", "%(num)d lieux", directory.count_found(search, now=now))],
        colours=_colours(search.programme if search.programme != "aucun" else "fablab"),
        spots=queries.list_spots(None, cell=_CELL, conditions=directory.fits(search, now=now)),
    )


def _picture_of_all(title: str, kind: str) -> Picture:
    counts = places.count_by_zone()
    fablab = {zone.id for zone in zones.list_zones() if zone.programme.slug == "fablab"}
    count = sum(v for zone, told in counts.items() if zone in fablab for k, v in told.items() if k != "laureat")
    return Picture(
        title=title,
        kind=kind,
        words=[_("%(count)s lieux", count=number(count))],
        colours=_colours("fablab"),
        spots=queries.list_spots(None, cell=_CELL),
    )
