"""Pages of figures: of the nation, of a programme, of a zone; what zones do together; the same as tables."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, render_template, request, url_for

from fablabmesh.accounts.rights import Act
from fablabmesh.events.rules import HOME_ZONE
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import language, number
from fablabmesh.kit.tables import csv_file
from fablabmesh.kit.web import anyone, conditional
from fablabmesh.places import queries as places
from fablabmesh.places.rules import PlaceKind
from fablabmesh.statistics import addresses, drawing, outlines, queries, report, tie_queries
from fablabmesh.statistics.addresses import Choices
from fablabmesh.statistics.figures import Tally, add_up, make_scale, rank
from fablabmesh.statistics.memory import Memory
from fablabmesh.statistics.report import Report, Scope, Territory, make_table
from fablabmesh.statistics.rules import FRESH_DAYS, RADII, Sort, month_after, months_around, read_radius, read_sort
from fablabmesh.terms import queries as terms
from fablabmesh.terms.rules import Vocabulary
from fablabmesh.zones import queries as zones

bp = Blueprint("statistics", __name__, url_prefix="/statistiques")

# Communes on the page; the table for a spreadsheet has all of them.
SHOWN_COMMUNES = 12
MOST_TIES = 100


@bp.get("/")
@anyone
@does(Act.SITE_READ)
def index() -> str:
    """The nation."""
    return _page(Scope())


@bp.get("/<programme>")
@anyone
@does(Act.SITE_READ)
def programme(programme: str) -> str:
    """A programme, its zones side by side."""
    return _page(_find_scope(programme, ""))


@bp.get("/<programme>/<zone>")
@anyone
@does(Act.SITE_READ)
def zone(programme: str, zone: str) -> str:
    """One zone."""
    return _page(_find_scope(programme, zone))


@bp.get("/tableaux/<name>.csv")
@anyone
@does(Act.SITE_READ)
def table(name: str) -> Response:
    """One of the tables, for a spreadsheet."""
    scope = _find_scope(request.args.get("programme", ""), request.args.get("zone", ""))
    made = make_table(name, _read_report(scope, clock.now(), communes=None))
    if made is None:
        raise NotFound(_("Il n’y a pas de tableau de ce nom."))
    answer = conditional(csv_file(made.to_rows()), "text/csv")
    stem = "-".join(filter(None, ("statistiques", name, scope.programme, scope.zone)))
    answer.headers["Content-Disposition"] = f'attachment; filename="{stem}.csv"'
    return answer


@bp.get("/liens")
@anyone
@does(Act.SITE_READ)
def ties() -> str:
    """What two zones do together, one by one."""
    programme = request.args.get("programme", "")
    one = zones.get_zone(programme, request.args.get("zone", ""))
    other = zones.get_zone(programme, request.args.get("avec", ""))
    return render_template(
        "statistics/ties.html",
        one=one,
        other=other,
        partnerships=tie_queries.list_partnerships_between(one, other),
        events=tie_queries.list_events_between(one, other),
        most=MOST_TIES,
    )


def _find_scope(programme: str, zone: str) -> Scope:
    if not programme and not zone:
        return Scope()
    found = zones.find_programme(programme)
    if found is None:
        raise NotFound(_("Ce programme n’existe pas."))
    if not zone:
        return Scope(found.slug, found.name)
    of = next((each for each in found.zones if each.slug == zone), None)
    if of is None:
        raise NotFound(_("Cette zone n’existe pas."))
    return Scope(found.slug, found.name, of.slug, of.name)


def _read_choices() -> Choices:
    return Choices(read_radius(request.args.get("rayon", "")), read_sort(request.args.get("genre", "")))


def _read_report(scope: Scope, now: datetime, *, communes: int | None = SHOWN_COMMUNES) -> Report:
    """All that the pages and the tables tell: as it was made for who asked before, if nothing changed since."""
    memory: Memory[Report] = current_app.extensions.setdefault("statistics_memory", Memory())
    chosen = _read_choices()
    version = (*queries.find_version(), _day_of(now))
    return memory.find(
        (language(), scope, chosen, communes), version, lambda: _make_report(scope, chosen, now, communes=communes)
    )


def _make_report(scope: Scope, chosen: Choices, now: datetime, *, communes: int | None) -> Report:
    """A fixed number of queries, whatever the scope."""
    today = _day_of(now)
    tallies = queries.map_tallies(now)
    compared = _find_compared(scope)
    territories = _list_zones(compared, tallies, today) if compared else []
    inside = next((each.departments for each in territories if each.slug == scope.zone), ()) if scope.zone else None
    known, measure = terms.map_terms(), queries.find_measure()
    within = {code for each in territories for code in each.departments}
    return Report(
        scope=scope,
        tally=add_up(tallies, tallies if inside is None else inside),
        zones=tuple(territories),
        departments=tuple(
            Territory(each.code, each.name, tallies.get(each.code, Tally()))
            for each in zones.list_departments()
            if inside is None or each.code in inside
        ),
        months=tuple(queries.list_months(addresses.events_of(scope), months_around(today))),
        ties=tie_queries.map_ties(compared.id) if compared else {},
        far=tuple(queries.list_far_communes(chosen.sort, chosen.km, inside, limit=communes)),
        machines={code: term.label for code, term in known[Vocabulary.MACHINE].items()},
        labels={code: term.label for code, term in known[Vocabulary.LABEL].items()},
        calls={call.slug: call.name for call in places.list_calls()},
        km=chosen.km,
        sort=chosen.sort,
        elsewhere=add_up(tallies, set(tallies) - within),
        compared=Scope(compared.slug, compared.name) if compared else Scope(),
        measured_at=measure.measured_at if measure else None,
    )


def _find_compared(scope: Scope) -> Any:
    """The programme whose zones are compared: of the nation, the first."""
    return next((each for each in zones.list_programmes() if each.slug == (scope.programme or each.slug)), None)


def _list_zones(programme: Any, tallies: Mapping[str, Tally], today: date) -> list[Territory]:
    parts: dict[str, list[str]] = {each.slug: [] for each in programme.zones}
    for code, by_programme in zones.map_departments_to_zones().items():
        if programme.slug in by_programme:
            parts[by_programme[programme.slug].slug].append(code)
    dates = queries.count_dates_by_zone(programme.id, _periods(today))
    return [
        Territory(
            each.slug,
            each.name,
            add_up(tallies, parts[each.slug]),
            each.colour,
            tuple(sorted(parts[each.slug])),
            *dates.get(each.slug, (0, 0)),
        )
        for each in programme.zones
    ]


def _day_of(now: datetime) -> date:
    return now.astimezone(ZoneInfo(HOME_ZONE)).date()


def _periods(today: date) -> list[tuple[date, date]]:
    """The year that ends today, and the months to come."""
    return [(today - timedelta(days=FRESH_DAYS), today), (today, month_after(months_around(today)[-1]))]


def _page(scope: Scope) -> str:
    now = clock.now()
    today = _day_of(now)
    told, chosen = _read_report(scope, now), _read_choices()
    densities = {each.slug: each.tally.density(chosen.sort.value) for each in told.departments}
    scale = make_scale(densities)
    return render_template(
        "statistics/show.html",
        report=told,
        scope=scope,
        pictured_zone=zones.get_zone(scope.programme, scope.zone) if scope.zone else None,
        chosen=chosen,
        now=now,
        this_month=today.replace(day=1),
        periods=_periods(today),
        programmes=zones.list_programmes(),
        radii=RADII,
        sorts=list(Sort),
        kinds=list(PlaceKind),
        scale=scale,
        map=drawing.draw_map(
            outlines.shapes(),
            {each.slug: each.name for each in told.departments},
            densities,
            scale.steps,
            about=[each.slug for each in told.departments] if scope.zone else None,
        ),
        columns=drawing.draw_columns(told.months),
        net=drawing.draw_net([(each.slug, each.name, each.colour) for each in told.zones], told.ties),
        pairs=report.pairs_of([each.slug for each in told.zones], scope.zone),
        width_of=drawing.width_of,
        rank=rank,
        zone_names={each.slug: each.name for each in told.zones},
        zone_scope=lambda slug: Scope(told.compared.programme, told.compared.programme_name, slug),
        percent=_percent,
        addresses=addresses,
        here=_address_of,
        to_table=_address_of_table,
        to_places=_address_of_places,
    )


def _percent(value: float | None) -> str:
    """« 63,2 % »."""
    return "–" if value is None else _("%(number)s %%", number=number(round(value * 100, 1)))


def _address_of(scope: Scope, **query: Any) -> str:
    """The page of these figures."""
    if scope.zone:
        return url_for("statistics.zone", programme=scope.programme, zone=scope.zone, **query)
    if scope.programme:
        return url_for("statistics.programme", programme=scope.programme, **query)
    return url_for("statistics.index", **query)


def _address_of_table(name: str, scope: Scope, chosen: Choices) -> str:
    asked = chosen.to_query() | {"programme": scope.programme, "zone": scope.zone}
    query: dict[str, Any] = {key: value for key, value in sorted(asked.items()) if value}
    return url_for("statistics.table", name=name, **query)


def _address_of_places(query: Mapping[str, Any]) -> str:
    return url_for("home.index", **query)
