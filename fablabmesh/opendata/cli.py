"""Open data from the terminal: load the national data, import a file in the national schema."""

from pathlib import Path
from time import perf_counter

import click
from flask.cli import AppGroup

from fablabmesh.kit import clock
from fablabmesh.kit.db import transaction
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.tables import render_csv
from fablabmesh.opendata import actions, national, queries
from fablabmesh.opendata import report as reports
from fablabmesh.opendata.report import Report

group = AppGroup("opendata", help="Données ouvertes.")


class _Undo(Exception):
    """Leaves a transaction without a trace."""


def load_if_needed() -> bool:
    """Load the national data if they are not there or not those of this version. Were they not there at all?"""
    kept = queries.find_report(national.PLACES_FILE)
    if kept is not None and kept.digest == national.digest():
        return False
    click.echo(_("Chargement des données nationales…"))
    _load(reset_composition=False)
    return kept is None


@group.command("load")
@click.option("--reset-composition", is_flag=True, help="Rétablit la composition des zones d’après les données.")
@click.option("--notes", is_flag=True, help="Affiche aussi les remarques.")
def load(reset_composition: bool, notes: bool) -> None:
    """Charge ou met à jour les données nationales. Recommencer ne change rien."""
    report = _load(reset_composition)
    click.echo(reports.to_text(report, notes=notes))


@group.command("import-lieux")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="", help="Producteur des données, pour les lignes qui ne le nomment pas.")
@click.option("--licence", default=actions.SCHEMA_LICENCE, show_default=True, help="Licence des données.")
@click.option("--dry-run", is_flag=True, help="Lit et rend compte sans rien écrire.")
@click.option("--report", "report_file", type=click.Path(dir_okay=False, path_type=Path), help="Rapport en CSV.")
@click.option("--notes", is_flag=True, help="Affiche aussi les remarques.")
def import_lieux(file: Path, source: str, licence: str, dry_run: bool, report_file: Path | None, notes: bool) -> None:
    """Importe un fichier JSON ou CSV au schéma national des lieux de médiation numérique."""
    report = Report()
    try:
        with transaction():
            report = actions.import_lieux(
                file.read_bytes(), file_name=file.name, source=source, licence=licence, now=clock.now()
            )
            if dry_run:
                raise _Undo
    except _Undo:
        click.echo(_("Essai : rien n’est écrit."))
    click.echo(reports.to_text(report, notes=notes))
    if report_file is not None:
        report_file.write_text("".join(render_csv(reports.to_rows(report))), "utf-8", newline="")


def _load(reset_composition: bool) -> Report:
    start = perf_counter()
    with transaction():
        done = actions.load_national_data(now=clock.now(), reset_composition=reset_composition)
    click.echo(
        _(
            "Écrits : %(departments)d départements, %(communes)d communes, %(composition)d rattachements de "
            "départements aux zones, %(laureates)d lauréats, %(poles)d pôles.",
            departments=done.departments,
            communes=done.communes,
            composition=done.composition,
            laureates=done.laureates,
            poles=done.poles,
        )
    )
    click.echo(reports.summary(done.report) + _(" (%(seconds).1f s)", seconds=perf_counter() - start))
    return done.report
