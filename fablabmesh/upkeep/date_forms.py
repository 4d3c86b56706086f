"""The forms of one date of a series: what people type becomes wall times of its zone, or says what to write."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from fablabmesh.events.forms import VersionForm, fault, skipped, times_make_sense
from fablabmesh.events.rules import FIRST_YEAR, LAST_YEAR, When, is_skipped
from fablabmesh.kit.forms import (
    DateField,
    Length,
    Optional,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    block,
    line,
    required,
)
from fablabmesh.kit.i18n import gettext
from fablabmesh.kit.i18n import lazy_gettext as _l

_DATES = ["%Y-%m-%d", "%d/%m/%Y"]
_TIMES = ["%H:%M", "%H:%M:%S", "%Hh%M", "%Hh"]


class ReasonForm(VersionForm):
    """Why a date is called off: people who had noted it read it."""

    reason = StringField(
        _l("Pourquoi"),
        filters=[line],
        validators=[
            required(_l("Dites en quelques mots pourquoi : celles et ceux qui l’avaient noté le liront.")),
            Length(max=300),
        ],
    )


class AddDateForm(VersionForm):
    """One date more, as long as the others."""

    first_day = DateField(_l("Date"), format=_DATES, validators=[required(_l("Choisissez la date."))])
    first_hour = TimeField(_l("Début"), format=_TIMES, validators=[Optional()])

    def __init__(self, event: Any, **given: Any) -> None:
        super().__init__(**given)
        self._event = event

    @property
    def starts_local(self) -> datetime:
        """Once `validate` has agreed."""
        hours = time() if self._event.is_all_day else self.first_hour.data
        if self.first_day.data is None or hours is None:
            raise ValueError("the form has not been validated")
        return datetime.combine(self.first_day.data, hours)

    def validate(self, extra_validators: object = None) -> bool:
        """Each field, then the moment."""
        fine = super().validate(extra_validators)
        if not self._event.is_all_day and self.first_hour.data is None and not self.first_hour.errors:
            return fault(self.first_hour, gettext("Écrivez l’heure du début."))
        if not fine:
            return False
        if not FIRST_YEAR <= self.starts_local.year <= LAST_YEAR:
            return fault(self.first_day, gettext("Vérifiez l’année."))
        if not self._event.is_all_day and is_skipped(self.starts_local, self._event.timezone):
            return fault(self.first_hour, skipped(self.starts_local, self._event.timezone))
        return True


class ChangeDateForm(VersionForm):
    """What one date is; it is filled with what the series says of it. An empty last day is the first one."""

    first_day = DateField(_l("Date"), format=_DATES, validators=[required(_l("Choisissez la date."))])
    first_hour = TimeField(_l("Début"), format=_TIMES, validators=[Optional()])
    last_day = DateField(_l("Dernier jour"), format=_DATES, validators=[Optional()])
    last_hour = TimeField(_l("Fin"), format=_TIMES, validators=[Optional()])
    venue = SelectField(_l("Lieu"), coerce=int)
    search = StringField(_l("Chercher un autre lieu du réseau"), filters=[line], validators=[Length(max=100)])
    venue_text = StringField(_l("Ou une autre adresse"), filters=[line], validators=[Length(max=300)])
    title = StringField(
        _l("Titre"), filters=[line], validators=[required(_l("Donnez un titre à cette date.")), Length(max=200)]
    )
    description = TextAreaField(_l("Description"), filters=[block], validators=[Length(max=20_000)])

    def __init__(self, event: Any, venues: Sequence[tuple[int, str]], **given: Any) -> None:
        """`venues`: where else it may be; 0 is where the series is."""
        super().__init__(**given)
        self._event = event
        self.venue.choices = list(venues)

    @property
    def when(self) -> When:
        """The times, once `validate` has agreed."""
        first, last = self.first_day.data, self.last_day.data or self.first_day.data
        from_hour, to_hour = self.first_hour.data, self.last_hour.data
        if self._event.is_all_day:
            from_hour = to_hour = time()
        if first is None or last is None or from_hour is None or to_hour is None:
            raise ValueError("the form has not been validated")
        starts, ends = datetime.combine(first, from_hour), datetime.combine(last, to_hour)
        return When(starts, ends, self._event.timezone, self._event.is_all_day)

    def validate(self, extra_validators: object = None) -> bool:
        """Each field, then the times together."""
        fine: bool = super().validate(extra_validators)
        if self.venue.data and self.venue_text.data:
            fine = fault(
                self.venue_text, gettext("Choisissez un lieu de la liste ou écrivez une adresse, pas les deux.")
            )
        if not self._event.is_all_day:
            fine = self._hours_given() and fine
        return fine and times_make_sense(self, self.when)

    def _hours_given(self) -> bool:
        fine = True
        for field, message in (
            (self.first_hour, gettext("Écrivez l’heure du début.")),
            (self.last_hour, gettext("Écrivez l’heure de fin.")),
        ):
            if field.data is None:
                fine = fault(field, message) if not field.errors else False
        return fine
