"""What stands several times in the form of a place's page: days, closed periods, machines, roles, photographs."""

from datetime import date, time
from typing import Any

from fablabmesh.kit.forms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    Length,
    NumberRange,
    Optional,
    Row,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    block,
    line,
)
from fablabmesh.kit.i18n import format_date, gettext
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.places.rules import Training
from fablabmesh.sheets.details import Holder, Tool
from fablabmesh.sheets.hours_form import LENGTHS, MIDNIGHT, MOST_SPANS, Closure, Span

# The rank of what has none.
LAST = 99
_CLOCKS = ["%H:%M", "%H:%M:%S", "%Hh%M"]
_YEAR = NumberRange(2000, 2100, _l("Une année sur quatre chiffres, ou rien."))
_RANK = NumberRange(1, LAST, _l("Un rang de 1 à 99."))
_DAY = NumberRange(1, 31, _l("Un jour du mois va de 1 à 31."))


class DayRow(Row):
    """Up to three times that a day is open. A day without any is a day of rest."""

    open_0 = TimeField(_l("de"), format=_CLOCKS, validators=[Optional()])
    close_0 = TimeField(_l("à"), format=_CLOCKS, validators=[Optional()])
    open_1 = TimeField(_l("puis"), format=_CLOCKS, validators=[Optional()])
    close_1 = TimeField(_l("à"), format=_CLOCKS, validators=[Optional()])
    open_2 = TimeField(_l("puis"), format=_CLOCKS, validators=[Optional()])
    close_2 = TimeField(_l("à"), format=_CLOCKS, validators=[Optional()])

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        """The fields, two by two."""
        return [(self[f"open_{number}"], self[f"close_{number}"]) for number in range(MOST_SPANS)]

    @property
    def spans(self) -> tuple[Span, ...]:
        """What was typed, in the order of the day."""
        whole = [(start.data, end.data) for start, end in self.pairs if start.data is not None and end.data is not None]
        return tuple(sorted((_minutes(start), _minutes(end) or MIDNIGHT) for start, end in whole))

    def validate(self, extra_validators: Any = None) -> bool:
        """A beginning has an end."""
        fine = bool(super().validate(extra_validators))
        for start, end in self.pairs:
            if (start.data is None) != (end.data is None) and not (start.errors or end.errors):
                missing = end if end.data is None else start
                missing.errors = [gettext("Écrivez les deux heures, ou aucune.")]
                fine = False
        return fine


def write_day(spans: tuple[Span, ...]) -> dict[str, time]:
    """The fields of a day."""
    filled: dict[str, time] = {}
    for number, (start, end) in enumerate(spans):
        filled[f"open_{number}"] = time(start // 60, start % 60)
        filled[f"close_{number}"] = time(end // 60 % 24, end % 60)
    return filled


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute


class ClosureRow(Row):
    """A period that is closed: from a day of a month to another, every year unless one is given."""

    first_day = IntegerField(_l("Du"), validators=[Optional(), _DAY])
    first_month = SelectField(_l("mois"), coerce=int)
    last_day = IntegerField(_l("au"), validators=[Optional(), _DAY])
    last_month = SelectField(_l("mois"), coerce=int)
    year = IntegerField(_l("Année"), validators=[Optional(), _YEAR])

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        months = [(number, str(format_date(date(2024, number, 1), "MMMM"))) for number in range(1, 13)]
        self.first_month.choices = self.last_month.choices = months

    @property
    def is_empty(self) -> bool:
        return self.first_day.data is None and self.last_day.data is None

    @property
    def is_whole(self) -> bool:
        """Is it a period of days that exist?"""
        pairs = ((self.first_day.data, self.first_month.data), (self.last_day.data, self.last_month.data))
        of = [(day, month) for day, month in pairs if day is not None]
        return self.first_day.data is not None and all(
            month in range(1, 13) and 1 <= day <= LENGTHS[month - 1] for day, month in of
        )

    @property
    def closure(self) -> Closure:
        """What was typed; an end that is not said is the beginning."""
        first = (self.first_month.data, self.first_day.data or 1)
        last = (self.last_month.data, self.last_day.data) if self.last_day.data else first
        return Closure(first, last, self.year.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Days that their months have."""
        fine = bool(super().validate(extra_validators))
        if fine and not self.is_empty:
            if self.first_day.data is None:
                self.first_day.errors = [gettext("Écrivez le premier jour de la fermeture.")]
                return False
            for day, month in ((self.first_day, self.first_month), (self.last_day, self.last_month)):
                if day.data is not None and day.data > LENGTHS[month.data - 1]:
                    day.errors = [gettext("Ce mois n’a pas tant de jours.")]
                    fine = False
        return fine


def write_closure(closure: Closure) -> dict[str, int | None]:
    """The fields of a closed period."""
    return {
        "first_day": closure.first[1],
        "first_month": closure.first[0],
        "last_day": closure.last[1],
        "last_month": closure.last[0],
        "year": closure.year,
    }


class MachineRow(Row):
    """A machine, or several alike. A row without a type is no machine."""

    rank = IntegerField(_l("Rang"), validators=[Optional(), _RANK])
    type = SelectField(_l("Type de machine"), validators=[Optional()])
    model = StringField(_l("Marque et modèle"), filters=[line], validators=[Length(max=120)])
    quantity = IntegerField(
        _l("Combien"), default=1, validators=[Optional(), NumberRange(1, 500, _l("Un nombre de 1 à 500."))]
    )
    size = StringField(_l("Dimensions utiles"), filters=[line], validators=[Length(max=120)])
    materials = SelectMultipleField(_l("Matériaux"), validators=[Optional()])
    training = SelectField(_l("Formation demandée"))
    price = StringField(_l("Tarif"), filters=[line], validators=[Length(max=120)])
    note = TextAreaField(_l("Remarque"), filters=[block], validators=[Length(max=500)])
    is_broken = BooleanField(_l("En panne en ce moment"))
    is_gone = BooleanField(_l("Retirer cette machine"))

    def offer(self, types: list[tuple[str, str]], materials: list[tuple[str, str]]) -> None:
        """What there is to choose from; what was kept before stays."""
        self.type.choices = [("", "—"), *types]
        self.materials.choices = materials
        self.training.choices = [(item.value, item.label) for item in Training]

    @property
    def is_empty(self) -> bool:
        return not self.type.data or bool(self.is_gone.data)

    @property
    def tool(self) -> Tool:
        return Tool(
            type=self.type.data,
            model=self.model.data or "",
            quantity=self.quantity.data or 1,
            size=self.size.data or "",
            materials=tuple(self.materials.data or ()),
            training=Training(self.training.data) if self.training.data in set(Training) else Training.UNKNOWN,
            price=self.price.data or "",
            note=self.note.data or "",
            is_working=not self.is_broken.data,
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """What is told of a machine needs its type."""
        if self.is_gone.data:
            return True
        fine = bool(super().validate(extra_validators))
        if not self.type.data and any(self[name].data for name in ("model", "size", "price", "note")):
            self.type.errors = [gettext("Choisissez le type de cette machine, ou retirez-la.")]
            return False
        return fine


def write_machine(tool: Tool) -> dict[str, Any]:
    """The fields of a machine."""
    filled = tool.plain()
    filled["is_broken"] = not filled.pop("is_working")
    return filled


class PersonRow(Row):
    """A public role, and who holds it if they agree."""

    role = StringField(_l("Rôle"), filters=[line], validators=[Length(max=120)])
    name = StringField(_l("Nom, si la personne est d’accord"), filters=[line], validators=[Length(max=120)])
    consented_on = DateField(_l("Accord donné le"), validators=[Optional()])
    is_gone = BooleanField(_l("Retirer ce rôle"))

    @property
    def is_empty(self) -> bool:
        return bool(self.is_gone.data) or not (self.role.data or self.name.data)

    @property
    def holder(self) -> Holder:
        name = self.name.data or ""
        return Holder(self.role.data or "", name, self.consented_on.data if name else None)

    def validate(self, extra_validators: Any = None) -> bool:
        """A name has a role, and the day of its bearer's consent."""
        if self.is_gone.data:
            return True
        fine = bool(super().validate(extra_validators))
        if self.name.data and not self.role.data:
            self.role.errors = [gettext("Écrivez le rôle de cette personne.")]
            fine = False
        if self.name.data and self.consented_on.data is None and not self.consented_on.errors:
            self.consented_on.errors = [gettext("Un nom n’est publié qu’avec l’accord de la personne : notez sa date.")]
            fine = False
        return fine


class PictureRow(Row):
    """A photograph that is there: its words, its rank, or its end."""

    id = HiddenField()
    digest = HiddenField()
    rank = IntegerField(_l("Rang"), validators=[Optional(), _RANK])
    text = StringField(_l("Ce que la photo montre"), filters=[line], validators=[Length(max=300)])
    credit = StringField(_l("Crédit"), filters=[line], validators=[Length(max=120)])
    is_gone = BooleanField(_l("Retirer cette photo"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Who does not see it is told what it shows."""
        if self.is_gone.data:
            return True
        fine = bool(super().validate(extra_validators))
        if not self.text.data:
            self.text.errors = [gettext("Décrivez la photo en une phrase, pour celles et ceux qui ne la voient pas.")]
            return False
        return fine
