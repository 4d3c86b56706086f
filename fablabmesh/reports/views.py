"""The page and the table of a zone's figures for its yearly report: for those who coordinate it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.events.rules import HOME_ZONE
from fablabmesh.feeds.slices import Choice, Slice
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import number
from fablabmesh.kit.tables import csv_file
from fablabmesh.kit.web import signed_in
from fablabmesh.moderation.rules import Wanted
from fablabmesh.reports import queries
from fablabmesh.reports.queries import Asked
from fablabmesh.reports.rules import FIRST_YEAR, SHOWN_SILENT, is_told, last_full_year
from fablabmesh.reports.sections import Paths, Section, Told, Unit, make_sections, to_rows
from fablabmesh.terms import queries as terms
from fablabmesh.terms.rules import Vocabulary
from fablabmesh.zones import queries as zones
from fablabmesh.zones.models import Zone
from fablabmesh.zones.rules import ties_to

bp = Blueprint("reports", __name__, url_prefix="/zones/<programme>/<slug>/bilan")


@bp.get("")
@signed_in
@does(Act.ZONE_FIGURES)
def latest(programme: str, slug: str) -> Answer:
    """The last full year's."""
    _find_zone(programme, slug)
    return redirect(url_for(".show", programme=programme, slug=slug, year=last_full_year(_today())), 303)


@bp.get("/<int:year>")
@signed_in
@does(Act.ZONE_FIGURES)
def show(programme: str, slug: str, year: int) -> str:
    """A year beside the one before, to read and to print."""
    zone = _find_zone(programme, slug)
    sections = _make_sections(zone, year)
    today = _today()
    return render_template(
        "reports/show.html",
        zone=zone,
        year=year,
        sections=sections,
        is_running=year == today.year,
        today=today,
        years=[each for each in (year - 1, year + 1) if is_told(each, today)],
        first_year=FIRST_YEAR,
        shown_silent=SHOWN_SILENT,
        said=_say,
    )


@bp.get("/<int:year>.csv")
@signed_in
@does(Act.ZONE_FIGURES)
def table(programme: str, slug: str, year: int) -> Response:
    """The same for a spreadsheet."""
    zone = _find_zone(programme, slug)
    answer = Response(csv_file(to_rows(_make_sections(zone, year), year)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="bilan-{programme}-{slug}-{year}.csv"'
    return answer


def _find_zone(programme: str, slug: str) -> Zone:
    zone = zones.get_zone(programme, slug)
    hold_to(Act.ZONE_FIGURES, ties_to(current_user, zone))
    return zone


def _today() -> date:
    return clock.now().astimezone(ZoneInfo(HOME_ZONE)).date()


def _make_sections(zone: Zone, year: int) -> list[Section]:
    """A fixed number of queries. Invented people read what is invented, and nobody else does."""
    today = _today()
    if not is_told(year, today):
        raise NotFound(
            _(
                "Il n’y a de bilan que de %(first)s à %(last)s : choisissez une de ces années.",
                first=FIRST_YEAR,
                last=today.year,
            )
        )
    name = f"{zone.programme.slug}/{zone.slug}"
    asked = Asked(zone.id, Slice((Choice(zones=(name,)),)), year, current_user.is_demo)
    told = Told(
        zone=name,
        is_running=year == today.year,
        categories={each.slug: each.label for each in queries.list_category_names()},
        machines={code: term.label for code, term in terms.map_terms()[Vocabulary.MACHINE].items()},
        paths=_paths(zone),
    )
    return make_sections(queries.count_all(asked, now=clock.now()), told)


def _paths(zone: Zone) -> Paths:
    shown = {"programme": zone.programme.slug if zone.programme.slug != "fablab" else "", "zone": zone.slug}
    return Paths(
        places=lambda query: url_for("home.index", **_given(query)),
        agenda=lambda path: request.script_root + path,
        place=lambda slug: url_for("places.show", slug=slug),
        projects=url_for("projects.index", **_given(shown)),
        queue=url_for("moderation.desk", **_given(Wanted(is_open=False, zone=zone.id).to_query())),
    )


def _given(query: Mapping[str, str]) -> dict[str, Any]:
    return {name: value for name, value in sorted(query.items()) if value}


def _say(value: float | None, unit: Unit) -> str:
    """« 12 », « 63,2 % », « 4,5 jours »; a dash for what is not known."""
    if value is None:
        return "–"
    if unit is Unit.SHARE:
        return _("%(number)s %%", number=number(round(value * 100, 1)))
    if unit is Unit.DAYS:
        return _("%(number)s j", number=number(round(value, 1)))
    return number(value)
