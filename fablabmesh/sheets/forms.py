"""The form of the whole page of a place, in parts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from fablabmesh.kit.forms import (
    BaseForm,
    BooleanField,
    DateField,
    Field,
    FieldList,
    FileField,
    FloatField,
    FormField,
    HiddenField,
    Length,
    NumberRange,
    Optional,
    RadioField,
    Regexp,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    block,
    line,
    phone_number,
    required,
    web_address,
)
from fablabmesh.kit.i18n import gettext
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.kit.opening_hours import find_mistake
from fablabmesh.places.rules import PlaceKind, Precision
from fablabmesh.sheets.details import Holder, Tool
from fablabmesh.sheets.hours_form import Holidays, Hours, find_fault, read_hours, write_hours
from fablabmesh.sheets.row_forms import (
    LAST,
    ClosureRow,
    DayRow,
    MachineRow,
    PersonRow,
    PictureRow,
    write_closure,
    write_day,
    write_machine,
)
from fablabmesh.sheets.rules import MOST_CLOSURES, MOST_MACHINES, MOST_PEOPLE, MOST_PICTURES, Caption
from fablabmesh.sheets.rules import VOCABULARIES as OF

TEXTS = ("name", "summary", "description", "phone", "website", "address", "address_extra", "postcode", "commune",
         "how_to_come", "appointment_url", "accessibility_url")  # fmt: skip
# Each part of the page with its fields, to open those that hold a fault.
PARTS: Mapping[str, Sequence[str]] = {
    "identity": ("name", "kind", "summary", "description", "phone", "website", "closed_on"),
    "coming": ("address", "address_extra", "postcode", "commune", "how_to_come", "appointment_url",
               "accessibility_url"),
    "point": ("latitude", "longitude", "precision"),
    "hours": ("hours_as", "days", "holidays", "holiday", "closures", "by_appointment", "opening_hours"),
    "words": ("services", "audiences", "accessibility", "fees", "support", "labels"),
    "machines": ("machines",),
    "people": ("people",),
    "pictures": ("pictures", "picture", "picture_text", "picture_credit"),
}  # fmt: skip


class HoursForm(BaseForm):
    """When a place is open: by a week of days, or in OpenStreetMap's notation for what a week cannot say."""

    hours_as = RadioField(
        _l("Comment les dire"),
        default="form",
        choices=lambda: [("form", gettext("par ce formulaire")), ("text", gettext("en notation OpenStreetMap"))],
    )
    days = FieldList(FormField(DayRow), min_entries=7, max_entries=7)
    holidays = SelectField(
        _l("Les jours fériés"),
        default=Holidays.USUAL.value,
        choices=lambda: [(kind.value, kind.label) for kind in Holidays],
    )
    holiday = FormField(DayRow)
    closures = FieldList(FormField(ClosureRow), max_entries=MOST_CLOSURES)
    by_appointment = BooleanField(_l("Seulement sur rendez-vous"))
    opening_hours = StringField(_l("Horaires en notation OpenStreetMap"), filters=[line], validators=[Length(max=500)])

    @property
    def hours(self) -> Hours:
        """What the form of the hours says; it is shown too while there is something to correct."""
        kind = Holidays(self.holidays.data) if self.holidays.data in set(Holidays) else Holidays.USUAL
        return Hours(
            tuple(day.form.spans for day in self.days),
            kind,
            self.holiday.form.spans if kind is Holidays.OPEN else (),
            tuple(row.form.closure for row in self.closures if row.form.is_whole),
            bool(self.by_appointment.data),
        )

    @property
    def hours_text(self) -> str:
        """The opening hours in OpenStreetMap's notation, however they were said."""
        return self.opening_hours.data or "" if self.hours_as.data == "text" else write_hours(self.hours)

    def check_hours(self) -> bool:
        """Do they make sense, however they were said? The field with the fault says why not."""
        if self.hours_as.data == "text":
            return check_notation(self.opening_hours)
        found = find_fault(self.hours) if not list(list_problems([self.days, self.holiday])) else None
        if found is None:
            return True
        row = self.holiday if found[0] == 7 else self.days[found[0]]
        return _fault(row.form.open_0, found[1])


class SheetForm(HoursForm):
    """Everything that the people who look after a place may change on its page."""

    version = HiddenField()
    # What was stored when the form was shown, a digest by column: tells what this person changed.
    seen = HiddenField()
    name = StringField(
        _l("Nom du lieu"), filters=[line], validators=[required(_l("Écrivez le nom du lieu.")), Length(max=200)]
    )
    kind = SelectField(_l("Genre de lieu"))
    summary = StringField(_l("En une phrase"), filters=[line], validators=[Length(max=500)])
    description = TextAreaField(_l("Présentation"), filters=[block], validators=[Length(max=10_000)])
    phone = StringField(_l("Téléphone du lieu"), filters=[line], validators=[phone_number])
    website = StringField(_l("Site web"), filters=[line], validators=[web_address, Length(max=500)])
    closed_on = DateField(_l("Fermé définitivement depuis le"), validators=[Optional()])

    address = StringField(_l("Adresse"), filters=[line], validators=[Length(max=300)])
    address_extra = StringField(_l("Complément d’adresse"), filters=[line], validators=[Length(max=300)])
    postcode = StringField(
        _l("Code postal"),
        filters=[line],
        validators=[Optional(), Regexp(r"^\d{5}$", message=_l("Un code postal a cinq chiffres."))],
    )
    commune = StringField(_l("Commune"), filters=[line], validators=[Length(max=120)])
    how_to_come = TextAreaField(_l("Comment venir"), filters=[block], validators=[Length(max=2000)])
    appointment_url = StringField(
        _l("Adresse web pour prendre rendez-vous"), filters=[line], validators=[web_address, Length(max=500)]
    )
    accessibility_url = StringField(
        _l("Fiche d’accessibilité (adresse web)"), filters=[line], validators=[web_address, Length(max=500)]
    )

    latitude = FloatField(
        _l("Latitude"), validators=[Optional(), NumberRange(-90, 90, _l("Une latitude va de -90 à 90."))]
    )
    longitude = FloatField(
        _l("Longitude"), validators=[Optional(), NumberRange(-180, 180, _l("Une longitude va de -180 à 180."))]
    )
    precision = RadioField(_l("Ce que montre ce point"))

    services = SelectMultipleField(_l("Services"))
    audiences = SelectMultipleField(_l("Publics"))
    accessibility = SelectMultipleField(_l("Accessibilité et accueil adapté"))
    fees = SelectMultipleField(_l("Tarifs"))
    support = SelectMultipleField(_l("Accompagnement"))
    labels = SelectMultipleField(_l("Labels et programmes"))

    machines = FieldList(FormField(MachineRow), max_entries=MOST_MACHINES)
    people = FieldList(FormField(PersonRow), max_entries=MOST_PEOPLE)
    pictures = FieldList(FormField(PictureRow), max_entries=MOST_PICTURES)
    picture = FileField(_l("Ajouter une photo"), render_kw={"accept": "image/jpeg,image/png,image/webp"})
    # A photograph that came with something to correct: it is kept until the rest is right.
    picture_digest = HiddenField()
    picture_text = StringField(_l("Ce que la photo montre"), filters=[line], validators=[Length(max=300)])
    picture_credit = StringField(_l("Crédit"), filters=[line], validators=[Length(max=120)])

    def offer(self, choices: Mapping[str, list[tuple[str, str]]], kinds: Sequence[PlaceKind]) -> None:
        """What there is to choose from, by vocabulary."""
        self.kind.choices = [(kind.value, kind.label) for kind in kinds]
        self.precision.choices = [
            (Precision.ADDRESS.value, gettext("l’entrée du lieu, ou son adresse")),
            (Precision.COMMUNE.value, gettext("la commune seulement")),
            (Precision.UNKNOWN.value, gettext("je ne sais pas")),
        ]
        for name, vocabulary in OF.items():
            self[name].choices = choices[vocabulary]
        for row in self.machines:
            row.form.offer(choices["machine"], choices["material"])

    # --- what was typed ------------------------------------------------------------------------------------------

    @property
    def typed_version(self) -> int:
        """The version the form was made of; 0, which no place has, for nonsense."""
        return read_number(self.version.data)

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of the place, as it keeps them; what was chosen is in the vocabularies' order."""
        return {
            **{name: self[name].data or "" for name in TEXTS},
            **{name: [code for code, _label in self[name].choices if code in (self[name].data or ())] for name in OF},
            "kind": PlaceKind(self.kind.data),
            "latitude": self.latitude.data,
            "longitude": self.longitude.data,
            "precision": Precision.UNKNOWN if self.latitude.data is None else Precision(self.precision.data),
            "opening_hours": self.hours_text,
            "closed_on": self.closed_on.data,
        }

    @property
    def tools(self) -> list[Tool]:
        """The machines that stay, in their new order: by rank, then as they were."""
        rows = [row.form for row in self.machines if not row.form.is_empty]
        return [row.tool for row in sorted(rows, key=lambda row: row.rank.data or LAST)]

    @property
    def holders(self) -> list[Holder]:
        return [row.form.holder for row in self.people if not row.form.is_empty]

    @property
    def captions(self) -> list[Caption]:
        """The photographs that stay, in their new order: by rank, then as they were."""
        rows = [row.form for row in self.pictures if not row.form.is_gone.data]
        rows.sort(key=lambda row: row.rank.data or LAST)
        return [Caption(read_number(row.id.data), row.text.data or "", row.credit.data or "") for row in rows]

    # --- what is wrong -------------------------------------------------------------------------------------------

    def validate(self, extra_validators: object = None) -> bool:
        """Field by field, then what must fit together."""
        fine = bool(super().validate(extra_validators))
        if (self.latitude.data is None) != (self.longitude.data is None) and not self.longitude.errors:
            fine = _fault(self.longitude, gettext("Donnez la latitude et la longitude, ou aucune des deux."))
        return self.check_hours() and fine

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """(id of the field, its label, what to do), in the order of the page."""
        return list(list_problems([self[name] for names in PARTS.values() for name in names]))

    @property
    def faulty_parts(self) -> set[str]:
        """The parts of the page with something to correct."""
        return {part for part, names in PARTS.items() if any(list_problems([self[name] for name in names]))}


def read_number(text: str | None) -> int:
    """A number that a form carries along; 0 for nonsense."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _fault(field: Field, message: str) -> bool:
    field.errors = [message]
    return False


def check_notation(field: Any) -> bool:
    """Can the hours in it be read?"""
    mistake = find_mistake(field.data) if field.data else None
    if mistake is None:
        return True
    if mistake.rest.strip():
        return _fault(field, gettext("Ceci n’est pas compris, à partir de « %(rest)s ».", rest=mistake.rest[:40]))
    return _fault(field, gettext("Il manque quelque chose à la fin."))


def list_problems(fields: Iterable[Any]) -> Iterator[tuple[str, str, str]]:
    """(id of the field, its label, what to do) of all that is wrong."""
    for field in fields:
        if isinstance(field, FieldList):
            for entry in field:
                yield from list_problems(entry.form)
        elif isinstance(field, FormField):
            yield from list_problems(field.form)
        elif field.errors:
            yield field.id, str(field.label.text), " ".join(map(str, field.errors))


def fill_hours(text: str) -> dict[str, Any]:
    """What the form shows of hours in OpenStreetMap's notation."""
    hours = read_hours(text)
    known = hours or Hours()
    return {
        "hours_as": "form" if hours is not None else "text",
        "days": [write_day(spans) for spans in known.days],
        "holidays": known.holidays.value,
        "holiday": write_day(known.holiday_spans),
        "closures": [write_closure(closure) for closure in known.closures],
        "by_appointment": known.by_appointment,
    }


def fill_sheet(
    columns: Mapping[str, Any], tools: Sequence[Tool], holders: Sequence[Holder], pictures: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What the form shows of a place."""
    return {
        **columns,
        "precision": columns["precision"].value,
        "kind": columns["kind"].value,
        **fill_hours(columns["opening_hours"]),
        "machines": [{**write_machine(tool), "rank": number} for number, tool in enumerate(tools, 1)],
        "people": [vars(holder) for holder in holders],
        "pictures": [{**picture, "rank": number} for number, picture in enumerate(pictures, 1)],
    }
