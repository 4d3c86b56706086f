"""What the forms of an event share, in whatever room they are: versions, reasons, times that make sense."""

from datetime import datetime
from typing import Any

from fablabmesh.events.rules import FIRST_YEAR, LAST_YEAR, LONGEST, When, is_skipped
from fablabmesh.events.wording import hour, zone_name
from fablabmesh.kit.forms import BaseForm, Field, HiddenField, Length, StringField, line, required
from fablabmesh.kit.i18n import day, gettext
from fablabmesh.kit.i18n import lazy_gettext as _l


class VersionForm(BaseForm):
    """An act that needs no word: what it is done to must not have changed since it was shown."""

    version = HiddenField()

    @property
    def typed_version(self) -> int:
        """The version the form was made of; 0, which no event has, for nonsense."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


class CancelForm(VersionForm):
    """Why an event is called off: people who had noted it read it."""

    reason = StringField(
        _l("Pourquoi l’événement est annulé"),
        filters=[line],
        validators=[
            required(_l("Dites en quelques mots pourquoi : celles et ceux qui l’avaient noté le liront.")),
            Length(max=300),
        ],
    )


def fault(field: Field, message: str) -> bool:
    """Say at a field what is wrong; always False, for `return fault(…)`."""
    field.errors = [*field.errors, message]
    return False


def times_make_sense(form: Any, when: When) -> bool:
    """Say at the fields of a form (`first_day`, `first_hour`, `last_day`, `last_hour`) why its times cannot be."""
    if not FIRST_YEAR <= when.starts_local.year <= LAST_YEAR:
        return fault(form.first_day, gettext("Vérifiez l’année."))
    if when.ends_local.date() < when.starts_local.date():
        return fault(form.last_day, gettext("Le dernier jour vient avant le premier."))
    if when.ends_local - when.starts_local > LONGEST:
        return fault(form.last_day, gettext("Un événement dure un an au plus : vérifiez le dernier jour."))
    if when.is_all_day:
        return True
    for field, moment in ((form.first_hour, when.starts_local), (form.last_hour, when.ends_local)):
        if is_skipped(moment, when.timezone):
            return fault(field, skipped(moment, when.timezone))
    if when.ends_at <= when.starts_at:
        return fault(
            form.last_hour,
            gettext(
                "La fin vient avant le début, ou en même temps. "
                "Si l’événement passe minuit, écrivez aussi le dernier jour."
            ),
        )
    return True


def skipped(moment: datetime, timezone: str) -> str:
    """Why an hour cannot be: that night clocks jump over it."""
    return gettext(
        "Le %(day)s à %(hour)s n’existe pas : cette nuit-là, les horloges avancent (%(zone)s).",
        day=day(moment.date()),
        hour=hour(moment),
        zone=zone_name(timezone),
    )
