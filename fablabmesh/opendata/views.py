"""Where the data come from, under which licence, and what each import had to say."""

from flask import Blueprint, Response, render_template

from fablabmesh.accounts.rights import Act
from fablabmesh.kit.acts import does
from fablabmesh.kit.tables import csv_file
from fablabmesh.kit.web import anyone, conditional
from fablabmesh.opendata import national, queries
from fablabmesh.opendata import report as reports
from fablabmesh.opendata.report import Severity

bp = Blueprint("opendata", __name__)

# Rows shown on the page; the CSV file has all of them.
SHOWN = 500


@bp.get("/donnees")
@anyone
@does(Act.SITE_READ)
def index() -> str:
    """Sources, licences and counts, and the imports."""
    kept = [(run, reports.from_json(run.report)) for run in queries.list_reports()]
    return render_template(
        "opendata/index.html",
        sources=queries.count_places_by_source(),
        departments=queries.count_departments(),
        communes=queries.count_communes(),
        kept=kept,
        Severity=Severity,
    )


@bp.get("/donnees/rapports/<path:name>")
@anyone
@does(Act.SITE_READ)
def report(name: str) -> str:
    """One import, finding by finding: line, column, value, and what to do."""
    run = queries.get_report(name)
    told = reports.from_json(run.report)
    groups = [
        (severity, [found for found in told.sorted_problems() if found.severity is severity]) for severity in Severity
    ]
    return render_template(
        "opendata/report.html",
        run=run,
        told=told,
        groups=[group for group in groups if group[1]],
        shown=SHOWN,
        is_national=name == national.PLACES_FILE,
    )


@bp.get("/donnees/rapports.csv/<path:name>")
@anyone
@does(Act.SITE_READ)
def report_table(name: str) -> Response:
    """The same as a table for a spreadsheet."""
    answer = conditional(csv_file(reports.to_rows(reports.from_json(queries.get_report(name).report))), "text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="rapport.csv"'
    return answer


@bp.get("/donnees/lieux-hinaura.json")
@anyone
@does(Act.SITE_READ)
def places_file() -> Response:
    """The list of real places as it was imported, so that a line of the report can be looked up."""
    return conditional(national.read_places(), "application/json")
