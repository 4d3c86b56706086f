"""Imports from the terminal: read a file and say what it holds, bring followed calendars up to date now."""

from pathlib import Path

import click
from flask.cli import AppGroup

from fablabmesh.imports import actions, source_actions
from fablabmesh.kit import clock
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.ical_apart import Failed, read_apart

group = AppGroup("imports", help="Agendas venus d’ailleurs.")


@group.command("read")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--zone", default="Europe/Paris", show_default=True, help="Fuseau des heures qui n’en disent pas.")
def read(file: Path, zone: str) -> None:
    """Lit un fichier .ics et dit ce qu’il contient, sans rien écrire."""
    try:
        calendar = read_apart(file.read_bytes(), home=zone, now=clock.now())
    except Failed as error:
        raise click.ClickException(error.message) from error
    for event in calendar.events:
        start = f"{event.starts:%d/%m/%Y}" if event.is_all_day else f"{event.starts:%d/%m/%Y %H:%M}"
        click.echo(" ".join(filter(None, (start, event.timezone, event.rrule, event.title))))
    for problem in calendar.problems:
        click.echo(
            _(
                "Ligne %(line)s – %(what)s : %(message)s",
                line=problem.line,
                what=problem.what or "…",
                message=problem.message,
            )
        )
    lost = sum(1 for problem in calendar.problems if problem.is_lost)
    click.echo(_("Lus : %(count)s. Illisibles : %(lost)s.", count=len(calendar.events), lost=lost))


@group.command("follow")
@click.option("--once", is_flag=True, help="Aussi ce qui attend d’être importé, comme le ferait le service.")
def follow(once: bool) -> None:
    """Met à jour les agendas suivis dont le moment est venu."""
    now = clock.now()
    count = source_actions.follow_due(now)
    while once and (done := actions.work(clock.now())):
        count += done
    click.echo(_("Agendas lus : %(count)s.", count=count))
