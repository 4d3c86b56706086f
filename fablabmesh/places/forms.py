"""Forms of a place's page and of calls for projects."""

from fablabmesh.kit.forms import (
    BaseForm,
    FloatField,
    HiddenField,
    IntegerField,
    Length,
    NumberRange,
    Optional,
    Regexp,
    SelectField,
    StringField,
    TextAreaField,
    block,
    line,
    phone_number,
    required,
    web_address,
)
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.places.rules import Confidence


class PlaceForm(BaseForm):
    """What the people who look after a place may change on its page."""

    version = HiddenField()
    name = StringField(
        _l("Nom du lieu"), filters=[line], validators=[required(_l("Écrivez le nom du lieu.")), Length(max=200)]
    )
    description = TextAreaField(_l("Présentation"), filters=[block], validators=[Length(max=10_000)])
    address = StringField(_l("Adresse"), filters=[line], validators=[Length(max=300)])
    address_extra = StringField(_l("Complément d’adresse"), filters=[line], validators=[Length(max=300)])
    postcode = StringField(
        _l("Code postal"),
        filters=[line],
        validators=[Optional(), Regexp(r"^\d{5}$", message=_l("Un code postal a cinq chiffres."))],
    )
    commune = StringField(_l("Commune"), filters=[line], validators=[Length(max=120)])
    latitude = FloatField(
        _l("Latitude"), validators=[Optional(), NumberRange(-90, 90, _l("Une latitude va de -90 à 90."))]
    )
    longitude = FloatField(
        _l("Longitude"), validators=[Optional(), NumberRange(-180, 180, _l("Une longitude va de -180 à 180."))]
    )
    phone = StringField(_l("Téléphone du lieu"), filters=[line], validators=[phone_number])
    website = StringField(_l("Site web"), filters=[line], validators=[web_address, Length(max=500)])
    opening_hours = StringField(_l("Horaires"), filters=[line], validators=[Length(max=500)])

    def validate(self, extra_validators: object = None) -> bool:
        """A point has two coordinates or none."""
        fine: bool = super().validate(extra_validators)
        if (self.latitude.data is None) != (self.longitude.data is None) and fine:
            self.longitude.errors = [_l("Donnez la latitude et la longitude, ou aucune des deux.")]
            return False
        return fine


class CallForm(BaseForm):
    """A call for projects."""

    name = StringField(_l("Nom de l’appel"), filters=[line], validators=[required(_l("Écrivez le nom de l’appel."))])
    year = IntegerField(
        _l("Année"),
        validators=[required(_l("Écrivez l’année.")), NumberRange(1990, 2100, _l("Une année sur quatre chiffres."))],
    )
    body = StringField(_l("Organisme"), filters=[line])
    file_count = IntegerField(_l("Dossiers déposés"), validators=[Optional(), NumberRange(min=0)])
    description = TextAreaField(_l("Présentation"), filters=[block])
    source = StringField(_l("Source"), filters=[line])


class LaureateForm(BaseForm):
    """A place chosen by a call."""

    place_slug = StringField(
        _l("Adresse de la fiche du lieu"),
        filters=[line, lambda text: text.rstrip("/").rsplit("/", 1)[-1]],
        validators=[required(_l("Collez l’adresse de la fiche, par exemple /lieux/artilect."))],
    )
    project_name = StringField(
        _l("Nom du projet lauréat"), filters=[line], validators=[required(_l("Écrivez le nom du projet."))]
    )
    holder = StringField(_l("Porteur"), filters=[line])
    source = StringField(_l("Source"), filters=[line])
    confidence = SelectField(_l("Confiance"), choices=lambda: [(item.value, item.label) for item in Confidence])
