"""Forms of proposals: the same rules as on the form of a place's own people."""

from collections.abc import Sequence
from typing import Any, cast

from fablabmesh.curation.rules import LONGEST_MESSAGE, PROPOSABLE, ProposalKind
from fablabmesh.digests.forms import one_address
from fablabmesh.kit.forms import (
    BaseForm,
    BooleanField,
    DateField,
    EmailField,
    FloatField,
    HiddenField,
    Length,
    Optional,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    block,
    line,
    required,
)
from fablabmesh.kit.i18n import gettext
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.places.rules import PlaceKind
from fablabmesh.sheets.forms import HoursForm, SheetForm, check_notation, list_problems
from fablabmesh.sheets.hours_form import read_hours
from fablabmesh.zones.models import Commune


class StrangerForm(BaseForm):
    """What comes with whatever strangers send. `site` is shown to nobody: what fills it in is a robot."""

    known_by = StringField(_l("Comment le savez-vous ?"), filters=[line], validators=[Length(max=300)])
    contact = EmailField(
        _l("Votre adresse électronique (facultatif)"),
        filters=[line],
        validators=[Optional(), one_address],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )
    site = StringField(_l("Laissez ce champ vide"), render_kw={"autocomplete": "off", "tabindex": "-1"})
    stamp = HiddenField()

    @property
    def is_by_robot(self) -> bool:
        return bool(self.site.data)

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """(id of the field, its label, what to do), in the order of the fields."""
        return list(list_problems(self))


def has_faulty_hours(form: HoursForm) -> bool:
    """Is something to be corrected in the part of the hours?"""
    return any(list_problems([form.days, form.holiday, form.closures, form.opening_hours]))


class DescribedPlace(BaseForm):
    """What the page of a place says, by the same fields as on the form of its own people."""

    version = HiddenField()
    name = cast(StringField, SheetForm.name)
    kind = SelectField(_l("Genre de lieu"), choices=lambda: [(item.value, item.label) for item in PlaceKind])
    address = cast(StringField, SheetForm.address)
    address_extra = cast(StringField, SheetForm.address_extra)
    postcode = cast(StringField, SheetForm.postcode)
    commune = cast(StringField, SheetForm.commune)
    latitude = cast(FloatField, SheetForm.latitude)
    longitude = cast(FloatField, SheetForm.longitude)
    website = cast(StringField, SheetForm.website)
    phone = cast(StringField, SheetForm.phone)
    opening_hours = cast(StringField, SheetForm.opening_hours)
    services = SelectMultipleField(_l("Ce que le lieu propose"), choices=[])
    summary = cast(StringField, SheetForm.summary)
    description = cast(TextAreaField, SheetForm.description)
    closed_on = DateField(_l("Fermé depuis le"), validators=[Optional()])

    def offer(self, services: Sequence[tuple[str, str]]) -> None:
        """(code, name) of what may be chosen; what the place has already stays."""
        known = {code for code, _name in services}
        extra = [(code, code) for code in self.services.data or [] if code not in known]
        self.services.choices = [*services, *extra]

    def validate(self, extra_validators: object = None) -> bool:
        """Field by field, then a whole point and hours that can be read."""
        fine = bool(super().validate(extra_validators))
        if "latitude" in self and "longitude" in self and (self.latitude.data is None) != (self.longitude.data is None):
            self.longitude.errors = [gettext("Donnez la latitude et la longitude, ou aucune des deux.")]
            fine = False
        if isinstance(self, HoursForm):
            # A page of before there were two ways to tell them.
            if not self.hours_as.raw_data:
                self.hours_as.data = "text"
            return self.check_hours() and fine
        return ("opening_hours" not in self or check_notation(self.opening_hours)) and fine


class MissingForm(StrangerForm, DescribedPlace, HoursForm):
    """A place that is not there yet."""

    commune = StringField(
        _l("Commune"),
        filters=[line],
        validators=[required(_l("Écrivez la commune, ou son code postal.")), Length(max=120)],
    )
    town = RadioField(_l("Laquelle ?"), validate_choice=False, choices=[])
    looks_after = BooleanField(_l("Je voudrais m’occuper de ce lieu : sa fiche, ses événements, ses projets"))
    message = TextAreaField(_l("Autre chose à nous dire ?"), filters=[block], validators=[Length(max=LONGEST_MESSAGE)])

    def needs_contact(self, is_signed_in: bool) -> bool:
        """Who wishes to look after it must be reached; says so in the form."""
        if not self.looks_after.data or is_signed_in or self.contact.data:
            return False
        self.contact.errors = [gettext("Écrivez votre adresse : l’invitation à vous occuper du lieu y sera envoyée.")]
        return True

    def choose_town(self, found: Sequence[Commune]) -> Commune | None:
        """The one that is meant; else what there is to choose from, or what to write instead."""
        if len(found) == 1:
            return found[0]
        self.town.choices = [(town.insee, f"{town.name} ({', '.join(town.postcodes[:2])})") for town in found]
        chosen = next((town for town in found if town.insee == self.town.data), None)
        if chosen is None:
            field, problem = (
                (self.town, gettext("Plusieurs communes portent ce nom : choisissez la bonne."))
                if found
                else (self.commune, gettext("Aucune commune ne s’appelle ainsi. Écrivez son nom ou son code postal."))
            )
            field.errors = [*field.errors, problem]
        return chosen


class ReportForm(StrangerForm, DescribedPlace, HoursForm):
    """Something wrong on a page, filled with the page as it is."""

    what = RadioField(
        _l("Que faut-il changer ?"),
        choices=lambda: [
            (ProposalKind.CORRECTION.value, gettext("Une information est fausse ou manque")),
            (ProposalKind.CLOSED.value, gettext("Le lieu est fermé définitivement")),
            (ProposalKind.DUPLICATE.value, gettext("Le lieu figure deux fois dans l’annuaire")),
            (ProposalKind.ABUSE.value, gettext("Un texte ou une image n’a rien à faire ici")),
            (ProposalKind.OTHER.value, gettext("Autre chose")),
        ],
        validate_choice=True,
    )
    twin = StringField(
        _l("Adresse de l’autre fiche"),
        filters=[line, lambda text: text.split("?")[0].rstrip("/").rsplit("/", 1)[-1]],
        validators=[Length(max=200)],
    )
    message = TextAreaField(_l("Expliquez en quelques mots"), filters=[block], validators=[Length(max=LONGEST_MESSAGE)])

    def changes(self, place: Any) -> dict[str, Any]:
        """By column, what differs from the page."""
        given = {name: self[name].data for name in PROPOSABLE if name in self and name != "closed_on"}
        given["kind"] = PlaceKind(given["kind"]) if given["kind"] in set(PlaceKind) else place.kind
        # The same hours, which the form would only have written otherwise, are no change.
        is_same = self.hours_as.data != "text" and self.hours == read_hours(place.opening_hours)
        given["opening_hours"] = place.opening_hours if is_same else self.hours_text
        return {name: value for name, value in given.items() if value != getattr(place, name)}

    def forgive(self, place: Any) -> None:
        """What stands on the page already is not the visitor's to put right."""
        for name in PROPOSABLE:
            if name in self and self[name].data == getattr(place, name):
                self[name].errors = []


class DecisionForm(DescribedPlace):
    """What was proposed, to be accepted as it is or retouched. `names`: the columns that it is about."""

    proposal_version = HiddenField()
    reason = TextAreaField(_l("Un mot pour la personne"), filters=[block], validators=[Length(max=LONGEST_MESSAGE)])

    def __init__(self, names: Sequence[str], **given: Any) -> None:
        super().__init__(**given)
        self.names = [name for name in PROPOSABLE if name in names and name in self]
        for name in PROPOSABLE:
            if name in self and name not in self.names:
                del self[name]

    def chosen(self, kept: Sequence[str]) -> dict[str, Any]:
        """By column, what is to be written of it."""
        values = {name: self[name].data for name in self.names if name in kept}
        if "kind" in values:
            values["kind"] = PlaceKind(values["kind"])
        return values


class AnswerForm(BaseForm):
    """An answer, a question, or a reason."""

    text = TextAreaField(
        _l("Votre réponse"), filters=[block], validators=[required(_l("Écrivez quelques mots.")), Length(max=2000)]
    )


def usual_reasons() -> list[str]:
    """What is mostly to be said, in the words of who reads the page."""
    return [
        gettext("Merci ! Cette information figure déjà sur la fiche."),
        gettext("Merci ! Nous n’avons pas pu vérifier cette information auprès du lieu."),
        gettext("Merci ! Ce lieu n’entre pas dans le champ de l’annuaire."),
        gettext("Merci ! Ce lieu figure déjà dans l’annuaire."),
    ]


class RefusalForm(BaseForm):
    """Why not. A usual reason, or other words, or both."""

    usual = SelectField(
        _l("Raison"),
        choices=lambda: [("", gettext("— à écrire ci-dessous —")), *((words, words) for words in usual_reasons())],
    )
    reason = TextAreaField(_l("Précisions"), filters=[block], validators=[Length(max=LONGEST_MESSAGE)])

    @property
    def words(self) -> str:
        return " ".join(filter(None, (self.usual.data, self.reason.data)))
