"""The forms of imports: a file or an address, what is chosen of it, how a followed calendar is kept."""

from collections.abc import Sequence
from typing import Any

from fablabmesh.imports.rules import interval_labels
from fablabmesh.kit.fetch import Unfetched, check_url
from fablabmesh.kit.forms import (
    BaseForm,
    BooleanField,
    Field,
    FileField,
    HiddenField,
    Length,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
    line,
    required,
)
from fablabmesh.kit.i18n import gettext, language_name
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.kit.ical_apart import MOST_BYTES

# What events of French labs are in; one that says its own keeps it.
LANGUAGES = ("fr", "en", "de", "es", "it", "nl", "pt", "br", "oc", "eu", "co", "ca")


class ImportForm(BaseForm):
    """A file, or an address, and what its events have in common. `own_host`: of this site, which is not imported."""

    file = FileField(_l("Fichier .ics"))
    url = StringField(_l("Adresse de l’agenda"), filters=[line], validators=[Length(max=2000)])
    category = SelectField(_l("Genre de rendez-vous"))
    language = SelectField(_l("Langue"))

    def __init__(self, categories: Sequence[tuple[str, str]], *, own_host: str, **given: Any) -> None:
        super().__init__(**given)
        self._own_host = own_host
        self.category.choices = list(categories)
        self.language.choices = _language_names()
        self.content = b""

    def validate(self, extra_validators: object = None) -> bool:
        """Each field, then that there is one of the two and only one; reads the file."""
        fine: bool = super().validate(extra_validators)
        has_file = bool(self.file.data and self.file.data.filename)
        if has_file and self.url.data:
            return _fault(self.url, gettext("Choisissez un fichier ou donnez une adresse, pas les deux."))
        if not has_file and not self.url.data:
            return _fault(self.file, gettext("Choisissez un fichier, ou donnez l’adresse d’un agenda."))
        if has_file:
            self.content = self.file.data.stream.read(MOST_BYTES + 1)
            if not self.content:
                return _fault(self.file, gettext("Ce fichier est vide : exportez l’agenda de nouveau."))
            if len(self.content) > MOST_BYTES:
                return _fault(self.file, gettext("Ce fichier dépasse 5 Mo : exportez une période plus courte."))
        return fine

    def validate_url(self, field: Field) -> None:
        """An address of the open web, and not of this site."""
        if not field.data:
            return
        try:
            parts = check_url(field.data)
        except Unfetched as error:
            raise ValidationError(error.message) from error
        if parts.hostname == self._own_host:
            raise ValidationError(gettext("C’est un agenda de ce site : ses événements y sont déjà."))
        field.data = parts.geturl()

    @property
    def file_name(self) -> str:
        return line(self.file.data.filename) if self.content else ""


class ChooseForm(BaseForm):
    """What of a reading is imported. The boxes of the events are read apart (`read_numbers`)."""

    rest = BooleanField()
    follow = SelectField(_l("Et ensuite"), coerce=int)

    def __init__(self, *, can_follow: bool, **given: Any) -> None:
        super().__init__(**given)
        follow = [(minutes, gettext("le relire %(often)s", often=name)) for minutes, name in interval_labels().items()]
        self.follow.choices = [
            *(follow if can_follow else []),
            (0, gettext("ne pas le suivre : importer une seule fois")),
        ]


class SourceForm(BaseForm):
    """How a calendar is followed."""

    every_minutes = SelectField(_l("Relu"), coerce=int, choices=lambda: list(interval_labels().items()))
    category = SelectField(_l("Genre de rendez-vous des nouveaux événements"))
    language = SelectField(_l("Langue des nouveaux événements"))

    def __init__(self, categories: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(**given)
        self.category.choices = list(categories)
        self.language.choices = _language_names()


class HeldForm(BaseForm):
    """That a calendar may take away what it lost. `seen`: what the page showed."""

    seen = HiddenField()


class EndForm(BaseForm):
    """What becomes of the events of a calendar that is followed no more."""

    events = RadioField(
        _l("Que deviennent ses événements ?"),
        choices=lambda: [
            ("keep", gettext("Ils restent, et se modifient désormais ici")),
            ("cancel", gettext("Ceux qui sont à venir sont annulés")),
        ],
        validators=[required(_l("Choisissez ce que deviennent les événements."))],
    )


def read_numbers(texts: Sequence[str], count: int) -> set[int]:
    """The boxes that were ticked, as numbers of events."""
    given = {int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 7}
    return {number for number in given if number < count}


def _language_names() -> list[tuple[str, str]]:
    return [(code, language_name(code)) for code in LANGUAGES]


def _fault(field: Field, message: str) -> bool:
    field.errors = [*field.errors, message]
    return False
