"""The part of an event's form that says when: wall times of a zone, and how they come again."""

from datetime import date, datetime, time
from typing import Any

from fablabmesh.authoring.repetition import LONGEST_INTERVAL, MOST_TIMES, Repetition, Rhythm, read_rule
from fablabmesh.authoring.schedule import Plan, PlanError, Single, make_schedule, read_singles, spell_singles
from fablabmesh.events.forms import fault, times_make_sense
from fablabmesh.events.rules import FIRST_YEAR, LAST_YEAR, When, zone_labels
from fablabmesh.events.wording import sentence, weekday_names
from fablabmesh.kit.forms import (
    BaseForm,
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    Length,
    NumberRange,
    Optional,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
    TimeField,
    block,
    line,
    required,
)
from fablabmesh.kit.i18n import gettext
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.kit.recurrence import WEEKDAYS
from fablabmesh.kit.school_holidays import SchoolZone

_DATES = ["%Y-%m-%d", "%d/%m/%Y"]
_TIMES = ["%H:%M", "%H:%M:%S", "%Hh%M", "%Hh"]
USUAL_HOURS = ("18:00", "20:00")
NEVER, UNTIL, COUNT = "never", "until", "count"
TIME_FIELDS = (
    *("first_day", "last_day", "is_all_day", "first_hour", "last_hour", "timezone", "former_day"),
    *("rhythm", "interval", "weekdays", "ends", "until", "count", "holidays", "left_out", "extra"),
)


class TimeForm(BaseForm):
    """When. An empty last day is the first one; an empty zone is that of where it happens."""

    is_all_day = BooleanField(_l("Toute la journée"))
    first_day = DateField(_l("Date"), format=_DATES, validators=[required(_l("Choisissez la date."))])
    first_hour = TimeField(_l("Début"), format=_TIMES, validators=[Optional()])
    last_day = DateField(_l("Dernier jour"), format=_DATES, validators=[Optional()])
    last_hour = TimeField(_l("Fin"), format=_TIMES, validators=[Optional()])
    timezone = SelectField(_l("Fuseau horaire"), filters=[line])

    # The first day as the form was shown with it: what was chosen for it follows when it is changed.
    former_day = HiddenField()
    rhythm = SelectField(_l("Répétition"), default=Rhythm.ONCE.value)
    interval = IntegerField(
        _l("Tous les combien"),
        default=1,
        validators=[
            Optional(),
            NumberRange(1, LONGEST_INTERVAL, _l("Écrivez un nombre de 1 à 52 (1 : à chaque fois).")),
        ],
    )
    weekdays = SelectMultipleField(_l("Jours de la semaine"))
    ends = RadioField(_l("Jusqu’à quand"), default=NEVER)
    until = DateField(_l("Dernière date possible"), format=_DATES, validators=[Optional()])
    count = IntegerField(
        _l("Nombre de fois"),
        validators=[Optional(), NumberRange(1, MOST_TIMES, _l("Écrivez un nombre de 1 à 500."))],
    )
    holidays = SelectField(_l("Sauf pendant les vacances scolaires"), default="")
    left_out = TextAreaField(_l("Dates écartées"), filters=[block], validators=[Length(max=10_000)])
    extra = TextAreaField(_l("Dates ajoutées"), filters=[block], validators=[Length(max=10_000)])

    def __init__(self, *, kept: When | None = None, **given: Any) -> None:
        """`kept`: the times of the event as they are now, with the zone and the rule that no field may show."""
        super().__init__(**given)
        self._kept = kept
        self._made: When | None = None
        names = zone_labels()
        if kept:
            names.setdefault(kept.timezone, kept.timezone)
        self.timezone.choices = [("", gettext("Celui du lieu")), *names.items()]
        self.rhythm.choices = [(item.value, item.label) for item in Rhythm if item is not Rhythm.KEPT]
        if kept and read_rule(kept.rrule, kept.starts_local, kept.timezone).rhythm is Rhythm.KEPT:
            self.rhythm.choices.insert(0, (Rhythm.KEPT.value, f"{Rhythm.KEPT.label} : {sentence(kept)}"))
        self.weekdays.choices = list(weekday_names().items())
        self.ends.choices = [
            (NEVER, gettext("Sans fin")),
            (UNTIL, gettext("Jusqu’à une date")),
            (COUNT, gettext("Un nombre de fois, dates écartées comprises")),
        ]
        self.holidays.choices = [("", gettext("Aucune : aussi pendant les vacances"))]
        self.holidays.choices += [(zone.value, zone.label) for zone in SchoolZone]

    @property
    def place_timezone(self) -> str:
        """The zone on the clocks of where it happens; a form with a place says which."""
        raise NotImplementedError

    @property
    def when(self) -> When:
        """The times, once `validate` has agreed."""
        if self._made is None:
            raise ValueError("the form has not been validated")
        return self._made

    @property
    def school_zone(self) -> SchoolZone | None:
        """In whose holidays the event does not take place."""
        repeats = self.rhythm.data != Rhythm.ONCE
        return SchoolZone(self.holidays.data) if self.holidays.data and repeats else None

    def validate(self, extra_validators: object = None) -> bool:
        """Each field, then the times together, then what comes again."""
        fine: bool = super().validate(extra_validators)
        if not self.is_all_day.data:
            self._hours_given()
        self._end_given()
        singles = {part: self._read_list(self[part]) for part in ("left_out", "extra")}
        # Told also while the title is still missing: dates are shown as they are typed.
        if self.time_faults:
            return False
        first = self._first()
        return times_make_sense(self, first) and self._plan_makes_sense(first, singles) and fine

    @property
    def time_faults(self) -> list[str]:
        """What is wrong about when."""
        return [f"{self[name].label.text} : {problem}" for name in TIME_FIELDS for problem in self[name].errors]

    def _first(self) -> When:
        first, last = self.first_day.data, self.last_day.data or self.first_day.data
        from_hour, to_hour = self.first_hour.data, self.last_hour.data
        if self.is_all_day.data:
            from_hour = to_hour = time()
        starts, ends = datetime.combine(first, from_hour), datetime.combine(last, to_hour)  # type: ignore[arg-type]
        return When(starts, ends, self.timezone.data or self.place_timezone, bool(self.is_all_day.data))

    def _hours_given(self) -> None:
        for field, message in (
            (self.first_hour, gettext("Écrivez l’heure du début, ou cochez « Toute la journée ».")),
            (self.last_hour, gettext("Écrivez l’heure de fin, ou cochez « Toute la journée ».")),
        ):
            if field.data is None and not field.errors:
                fault(field, message)

    def _end_given(self) -> None:
        if self.rhythm.data in (Rhythm.ONCE, Rhythm.KEPT):
            return
        if self.ends.data == UNTIL and self.until.data is None and not self.until.errors:
            fault(self.until, gettext("Écrivez la dernière date possible, ou choisissez « Sans fin »."))
        if self.ends.data == UNTIL and self.until.data and self.until.data.year > LAST_YEAR:
            fault(self.until, gettext("Vérifiez l’année."))
        if self.ends.data == COUNT and self.count.data is None and not self.count.errors:
            fault(self.count, gettext("Écrivez combien de fois, ou choisissez « Sans fin »."))

    def _read_list(self, field: Field) -> tuple[Single, ...] | None:
        try:
            return read_singles(field.data or "")
        except ValueError as error:
            fault(field, str(error))
            return None

    def _plan_makes_sense(self, first: When, singles: dict[str, Any]) -> bool:
        repetition = Repetition(
            Rhythm(self.rhythm.data),
            self.interval.data or 1,
            tuple(name for name in WEEKDAYS if name in (self.weekdays.data or ())),
            self.until.data if self.ends.data == UNTIL else None,
            self.count.data if self.ends.data == COUNT else None,
        )
        plan = Plan(_bare(repetition), self.school_zone, singles["left_out"], singles["extra"])
        try:
            self._made = make_schedule(first, plan, kept=self._kept, former_day=_read_day(self.former_day.data))
        except PlanError as error:
            return fault(self[error.part], error.message)
        return True


def _bare(repetition: Repetition) -> Repetition:
    """Without what the fields of other rhythms hold."""
    if repetition.rhythm in (Rhythm.ONCE, Rhythm.KEPT):
        return Repetition(repetition.rhythm)
    if repetition.rhythm is not Rhythm.WEEKLY:
        return Repetition(repetition.rhythm, repetition.interval, (), repetition.until, repetition.count)
    return repetition


def _read_day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def time_fields(when: When, plan: Plan, own_zone: str) -> dict[str, Any]:
    """What a form is filled with: by field, the text that a browser would send. `own_zone`: that of the place."""
    repetition = plan.repetition
    ends = UNTIL if repetition.until else COUNT if repetition.count else NEVER
    hours = USUAL_HOURS if when.is_all_day else (f"{when.starts_local:%H:%M}", f"{when.ends_local:%H:%M}")
    return {
        "is_all_day": "y" if when.is_all_day else None,
        "first_day": when.starts_local.date().isoformat(),
        "first_hour": hours[0],
        "last_day": when.ends_local.date().isoformat() if when.ends_local.date() != when.starts_local.date() else "",
        "last_hour": hours[1],
        "timezone": "" if when.timezone == own_zone else when.timezone,
        "former_day": when.starts_local.date().isoformat(),
        "rhythm": repetition.rhythm.value,
        "interval": str(repetition.interval),
        "weekdays": list(repetition.weekdays),
        "ends": ends,
        "until": repetition.until.isoformat() if repetition.until else "",
        "count": str(repetition.count or ""),
        "holidays": plan.holidays.value if plan.holidays else "",
        "left_out": spell_singles(plan.left_out),
        "extra": spell_singles(plan.extra),
    }
