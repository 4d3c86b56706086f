"""Forms of a pole: its page with its contacts, news, a letter to it."""

from typing import Any
from urllib.parse import urlsplit

from fablabmesh.coordination.rules import LONGEST_MESSAGE, LONGEST_TEXT, MOST_CONTACTS, Contact
from fablabmesh.kit.forms import (
    BaseForm,
    BooleanField,
    DateField,
    EmailField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    InputRequired,
    Length,
    Optional,
    Row,
    StringField,
    TextAreaField,
    ValidationError,
    block,
    line,
    phone_number,
    required,
    web_address,
)
from fablabmesh.kit.i18n import gettext
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.mails.rules import clean_address


def one_address(_form: Form, field: Field) -> None:
    """Check: one mail address, which is then written as envelopes have it."""
    address = clean_address(field.data or "")
    if address is None:
        raise ValidationError(gettext("Cette adresse n’est pas complète (exemple : prenom@exemple.fr)."))
    field.data = address


class VersionedForm(BaseForm):
    """Of something that several may write."""

    version = HiddenField()

    @property
    def typed_version(self) -> int:
        """The version the form was made of; -1, which nothing has, for nonsense."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


class ContactRow(Row):
    """Whom to ask for what."""

    role = StringField(_l("Rôle ou sujet"), filters=[line], validators=[Length(max=120)])
    text = StringField(_l("En quelques mots"), filters=[line], validators=[Length(max=300)])
    email = EmailField(_l("Adresse électronique publique"), filters=[line], validators=[Optional(), one_address])
    phone = StringField(_l("Téléphone public"), filters=[line], validators=[phone_number])
    url = StringField(_l("Page web"), filters=[line], validators=[web_address, Length(max=500)])
    name = StringField(_l("Nom, si la personne est d’accord"), filters=[line], validators=[Length(max=120)])
    consented_on = DateField(_l("Accord donné le"), validators=[Optional()])
    is_gone = BooleanField(_l("Retirer ce contact"))

    @property
    def is_empty(self) -> bool:
        typed = (self.role, self.text, self.email, self.phone, self.url, self.name)
        return bool(self.is_gone.data) or not any(field.data for field in typed)

    @property
    def contact(self) -> Contact:
        """What was typed."""
        name = self.name.data or ""
        return Contact(
            role=self.role.data or "",
            name=name,
            consented_on=self.consented_on.data if name else None,
            text=self.text.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
            url=self.url.data or "",
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """A contact has a role, and a name the day of its bearer's consent."""
        if self.is_gone.data:
            return True
        fine = bool(super().validate(extra_validators))
        if not self.is_empty and not self.role.data:
            self.role.errors = [gettext("Écrivez le rôle ou le sujet de ce contact.")]
            fine = False
        if self.name.data and self.consented_on.data is None and not self.consented_on.errors:
            self.consented_on.errors = [gettext("Un nom n’est publié qu’avec l’accord de la personne : notez sa date.")]
            fine = False
        return fine


class PageForm(VersionedForm):
    """The page of a pole."""

    presentation = TextAreaField(_l("Présentation du pôle"), filters=[block], validators=[Length(max=LONGEST_TEXT)])
    seeks = TextAreaField(_l("Ce que la zone cherche"), filters=[block], validators=[Length(max=LONGEST_TEXT)])
    contacts = FieldList(FormField(ContactRow), max_entries=MOST_CONTACTS)

    @property
    def words(self) -> dict[str, str]:
        return {"presentation": self.presentation.data or "", "seeks": self.seeks.data or ""}

    @property
    def told_contacts(self) -> list[Contact]:
        """Those that are to be on the page, in their order."""
        return [row.form.contact for row in self.contacts if not row.form.is_empty]

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """(id of the field, its label, what to do), in the order of the page."""
        own = [(field.id, field.label.text, " ".join(field.errors)) for field in (self.presentation, self.seeks)]
        rows = [(field.id, field.label.text, " ".join(field.errors)) for row in self.contacts for field in row.form]
        return [problem for problem in (*own, *rows) if problem[2]]


class NewsForm(VersionedForm):
    """Something that a pole tells."""

    title = StringField(_l("Titre"), filters=[line], validators=[required(_l("Écrivez un titre.")), Length(max=200)])
    on_date = DateField(_l("Date"), validators=[InputRequired(_l("Écrivez la date de la nouvelle."))])
    text = TextAreaField(
        _l("Texte"), filters=[block], validators=[required(_l("Écrivez quelques mots.")), Length(max=LONGEST_TEXT)]
    )
    url = StringField(_l("Lien (facultatif)"), filters=[line], validators=[web_address, Length(max=500)])
    event = StringField(_l("Événement (facultatif)"), filters=[line], validators=[Length(max=300)])
    place = StringField(_l("Lieu (facultatif)"), filters=[line], validators=[Length(max=300)])

    @property
    def words(self) -> dict[str, Any]:
        """What a form sets by itself; event and place are looked for."""
        return {
            "title": self.title.data,
            "on_date": self.on_date.data,
            "text": self.text.data,
            "url": self.url.data or "",
        }


def slug_in(address: str) -> str:
    """What names a page, in its address or by itself."""
    try:
        return urlsplit(address).path.rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""


class WriteForm(BaseForm):
    """A letter to a pole. `site` is shown to nobody: what fills it in is a robot."""

    name = StringField(
        _l("Votre nom"),
        filters=[line],
        validators=[required(_l("Écrivez votre nom.")), Length(max=120)],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        _l("Votre adresse électronique"),
        filters=[line],
        validators=[required(_l("Écrivez une adresse électronique.")), one_address],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )
    text = TextAreaField(
        _l("Votre message"),
        filters=[block],
        validators=[required(_l("Écrivez quelques mots.")), Length(max=LONGEST_MESSAGE)],
    )
    site = StringField(_l("Laissez ce champ vide"), render_kw={"autocomplete": "off", "tabindex": "-1"})
    stamp = HiddenField()

    @property
    def is_by_robot(self) -> bool:
        return bool(self.site.data)
