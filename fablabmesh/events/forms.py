"""The forms of an event: what people type becomes times of a zone, or a message that says what to write."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from fablabmesh.events.rules import FIRST_YEAR, LAST_YEAR, LONGEST, When, is_skipped, zone_labels
from fablabmesh.events.wording import hour, zone_name
from fablabmesh.kit.forms import (
    BaseForm,
    BooleanField,
    DateField,
    Field,
    HiddenField,
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
from fablabmesh.kit.i18n import day, gettext
from fablabmesh.kit.i18n import lazy_gettext as _l

_DATES = ["%Y-%m-%d", "%d/%m/%Y"]
_TIMES = ["%H:%M", "%H:%M:%S", "%Hh%M", "%Hh"]
FIRST_HOUR, LAST_HOUR = time(18), time(20)


@dataclass(frozen=True)
class Choice:
    """A place where the event may be put, and the zone its clocks are on."""

    id: int
    name: str
    timezone: str


class EventForm(BaseForm):
    """One event. An empty last day is the first one; an empty zone is the place's."""

    version = HiddenField()
    uid = HiddenField()
    title = StringField(
        _l("Titre"), filters=[line], validators=[required(_l("Donnez un titre à l’événement.")), Length(max=200)]
    )
    place = SelectField(_l("Lieu"), coerce=int)
    category = SelectField(_l("Genre"))
    is_all_day = BooleanField(_l("Toute la journée"))
    first_day = DateField(_l("Date"), format=_DATES, validators=[required(_l("Choisissez la date."))])
    first_hour = TimeField(_l("Début"), format=_TIMES, validators=[Optional()])
    last_day = DateField(_l("Dernier jour"), format=_DATES, validators=[Optional()])
    last_hour = TimeField(_l("Fin"), format=_TIMES, validators=[Optional()])
    timezone = SelectField(_l("Fuseau horaire"), validators=[Optional()])
    description = TextAreaField(_l("Description"), filters=[block], validators=[Length(max=20_000)])

    def __init__(
        self, places: Sequence[Choice], categories: Sequence[tuple[str, str]], *, kept_zone: str = "", **given: Any
    ) -> None:
        """`places`: where this person may publish. `categories`: slug and label of each.

        `kept_zone`: a zone from elsewhere that an import once brought.
        """
        super().__init__(**given)
        self._zones = {place.id: place.timezone for place in places}
        self.category.choices = list(categories)
        self.place.choices = [(place.id, place.name) for place in places]
        names = zone_labels()
        if kept_zone and kept_zone not in names:
            names[kept_zone] = kept_zone
        self.timezone.choices = [("", gettext("Celui du lieu")), *names.items()]

    @property
    def when(self) -> When:
        """The times, once `validate` has agreed."""
        first, last = self.first_day.data, self.last_day.data or self.first_day.data
        from_hour, to_hour = self.first_hour.data, self.last_hour.data
        if self.is_all_day.data:
            from_hour = to_hour = time()
        if first is None or last is None or from_hour is None or to_hour is None:
            raise ValueError("the form has not been validated")
        starts, ends = datetime.combine(first, from_hour), datetime.combine(last, to_hour)
        return When(starts, ends, self._zone(), bool(self.is_all_day.data))

    @property
    def words(self) -> dict[str, Any]:
        """What is not time nor place."""
        return {
            "title": self.title.data,
            "category_slug": self.category.data,
            "description": self.description.data,
        }

    @property
    def typed_version(self) -> int:
        """The version the form was made of; 0, which no event has, for nonsense."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0

    @property
    def typed_uid(self) -> str | None:
        """The name given to the event when the form was shown, if it is one of ours."""
        try:
            return str(uuid.UUID(self.uid.data or ""))
        except ValueError:
            return None

    def validate(self, extra_validators: object = None) -> bool:
        """Each field, then the times together."""
        fine: bool = super().validate(extra_validators)
        if not self.is_all_day.data:
            fine = self._hours_given() and fine
        return fine and self._times_make_sense()

    def _zone(self) -> str:
        return self.timezone.data or self._zones[self.place.data]

    def _hours_given(self) -> bool:
        fine = True
        for field, message in (
            (self.first_hour, gettext("Écrivez l’heure du début, ou cochez « Toute la journée ».")),
            (self.last_hour, gettext("Écrivez l’heure de fin, ou cochez « Toute la journée ».")),
        ):
            if field.data is None:
                fine = _fault(field, message) if not field.errors else False
        return fine

    def _times_make_sense(self) -> bool:
        when = self.when
        if not (FIRST_YEAR <= when.starts_local.year <= LAST_YEAR):
            return _fault(self.first_day, gettext("Vérifiez l’année."))
        if when.ends_local.date() < when.starts_local.date():
            return _fault(self.last_day, gettext("Le dernier jour vient avant le premier."))
        if when.ends_local - when.starts_local > LONGEST:
            return _fault(self.last_day, gettext("Un événement dure un an au plus : vérifiez le dernier jour."))
        if when.is_all_day:
            return True
        for field, moment in ((self.first_hour, when.starts_local), (self.last_hour, when.ends_local)):
            if is_skipped(moment, when.timezone):
                return _fault(field, _skipped(moment, when.timezone))
        if when.ends_at <= when.starts_at:
            return _fault(
                self.last_hour,
                gettext(
                    "La fin vient avant le début, ou en même temps. "
                    "Si l’événement passe minuit, écrivez aussi le dernier jour."
                ),
            )
        return True


class CancelForm(BaseForm):
    """Why an event is called off: people who had noted it read it."""

    version = HiddenField()
    reason = StringField(
        _l("Pourquoi l’événement est annulé"),
        filters=[line],
        validators=[
            required(_l("Dites en quelques mots pourquoi : celles et ceux qui l’avaient noté le liront.")),
            Length(max=300),
        ],
    )

    typed_version = EventForm.typed_version


def _fault(field: Field, message: str) -> bool:
    field.errors = [*field.errors, message]
    return False


def _skipped(moment: datetime, timezone: str) -> str:
    return gettext(
        "Le %(day)s à %(hour)s n’existe pas : cette nuit-là, les horloges avancent (%(zone)s).",
        day=day(moment.date()),
        hour=hour(moment),
        zone=zone_name(timezone),
    )
