"""Forms of teams: inviting, accepting, handing over, claiming a place, asking for an account, answering."""

from collections.abc import Sequence

from fablabmesh.kit.forms import (
    BaseForm,
    BooleanField,
    EmailField,
    Field,
    Form,
    HiddenField,
    Length,
    Optional,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
    block,
    line,
    required,
)
from fablabmesh.kit.i18n import LANGUAGES, gettext
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.mails.rules import clean_address
from fablabmesh.places.rules import ManagerRole
from fablabmesh.teams.rules import LONGEST_MESSAGE, After

LONGEST_NAME = 80


def one_address(_form: Form, field: Field) -> None:
    """Check: one mail address, which is then written as envelopes have it."""
    address = clean_address(field.data or "")
    if address is None:
        raise ValidationError(gettext("Cette adresse n’est pas complète (exemple : prenom@exemple.fr)."))
    field.data = address


def _address(label: str) -> EmailField:
    return EmailField(
        label,
        filters=[line],
        validators=[required(_l("Écrivez une adresse électronique.")), one_address],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )


def _name() -> StringField:
    return StringField(
        _l("Votre nom"),
        filters=[line],
        validators=[required(_l("Écrivez votre nom, tel que l’équipe le verra.")), Length(max=LONGEST_NAME)],
        render_kw={"autocomplete": "name"},
    )


def _language(label: str) -> SelectField:
    return SelectField(label, choices=lambda: list(LANGUAGES.items()))


class GuestForm(BaseForm):
    """Who is invited, and in which words."""

    email = EmailField(
        _l("Son adresse électronique"),
        filters=[line],
        validators=[required(_l("Écrivez l’adresse de la personne à inviter.")), one_address],
        render_kw={"autocomplete": "off", "inputmode": "email"},
    )
    language = _language(_l("Langue de l’invitation"))
    message = TextAreaField(
        _l("Un mot pour cette personne (facultatif)"), filters=[block], validators=[Length(max=LONGEST_MESSAGE)]
    )


class InviteForm(GuestForm):
    """Into the team of a place."""

    role = RadioField(
        _l("Son rôle"),
        choices=lambda: [
            (ManagerRole.EDITOR.value, gettext("Rédaction : la fiche, les événements et les projets")),
            (ManagerRole.MANAGER.value, gettext("Responsable : tout cela, et l’équipe")),
        ],
        default=ManagerRole.EDITOR.value,
    )


class CoordinatorForm(GuestForm):
    """To coordinate a zone."""

    zone_id = SelectField(_l("Zone"), choices=[], coerce=str)

    def offer(self, zones: Sequence[tuple[str, str]]) -> None:
        """(number, name) of what there is."""
        self.zone_id.choices = list(zones)


class AcceptForm(BaseForm):
    """An account made by an invitation."""

    name = _name()
    language = _language(_l("Langue des courriels"))
    password = PasswordField(
        _l("Mot de passe (facultatif)"), validators=[Optional()], render_kw={"autocomplete": "new-password"}
    )


class HandOverForm(BaseForm):
    """Who takes over: somebody of the team, or somebody invited."""

    to = RadioField(_l("Qui prend la suite ?"), validate_choice=False, choices=[])
    successor = EmailField(
        _l("Son adresse électronique"),
        filters=[line],
        validators=[Optional(), one_address],
        render_kw={"autocomplete": "off", "inputmode": "email"},
    )
    then = RadioField(
        _l("Et vous, ensuite ?"),
        choices=lambda: [(after.value, after.label) for after in After],
        default=After.EDITOR.value,
    )

    def offer(self, others: Sequence[tuple[str, str]]) -> None:
        """(number, name) of the others in the team."""
        self.offered = [*others, ("mail", gettext("Quelqu’un d’autre, que j’invite"))]
        self.to.choices = self.offered
        if self.to.data is None:
            self.to.data = self.offered[0][0]

    def validate(self, extra_validators: object = None) -> bool:
        """One of them, or an address."""
        fine = bool(super().validate(extra_validators))
        if self.to.data not in dict(self.offered):
            self.to.errors = [gettext("Choisissez parmi ce qui est proposé.")]
            return False
        if self.to.data == "mail" and not self.successor.data:
            self.successor.errors = [gettext("Écrivez l’adresse de la personne à inviter.")]
            return False
        return fine


class MessageForm(BaseForm):
    """A letter to a team by way of the site."""

    text = TextAreaField(
        _l("Votre message"),
        filters=[block],
        validators=[required(_l("Écrivez quelques mots.")), Length(max=LONGEST_MESSAGE)],
    )
    with_address = BooleanField(_l("Joindre mon adresse, pour qu’on me réponde"))


class StrangerForm(BaseForm):
    """`site` is shown to nobody: what fills it in is a robot."""

    name = _name()
    email = _address(_l("Votre adresse électronique"))
    message = TextAreaField(
        _l("Votre rôle dans ce lieu, et comment on peut le vérifier"),
        filters=[block],
        validators=[Length(max=LONGEST_MESSAGE)],
    )
    site = StringField(_l("Laissez ce champ vide"), render_kw={"autocomplete": "off", "tabindex": "-1"})
    stamp = HiddenField()

    @property
    def is_by_robot(self) -> bool:
        return bool(self.site.data)


class ClaimForm(StrangerForm):
    """A place that somebody says is theirs to look after."""


class RequestForm(StrangerForm):
    """An account, for a place that is in the directory or is not yet."""

    place_name = StringField(
        _l("Nom du lieu"),
        filters=[line],
        validators=[required(_l("Écrivez le nom du lieu dont vous voulez vous occuper.")), Length(max=200)],
    )
    commune = StringField(_l("Commune (facultatif)"), filters=[line], validators=[Length(max=120)])
    slug = RadioField(_l("Est-ce l’un de ces lieux ?"), validate_choice=False, choices=[])


class WordsForm(BaseForm):
    """A question, an answer or a reason."""

    text = TextAreaField(
        _l("Votre réponse"),
        filters=[block],
        validators=[required(_l("Écrivez quelques mots.")), Length(max=LONGEST_MESSAGE)],
    )


def usual_refusals() -> list[str]:
    """What is mostly to be said, in the words of who reads the page."""
    return [
        gettext("Merci ! Nous n’avons pas pu vérifier que vous travaillez avec ce lieu."),
        gettext("Merci ! Ce lieu a déjà une équipe : demandez-lui de vous inviter."),
        gettext("Merci ! Le lieu nous dit qu’une autre personne s’occupe de sa fiche."),
    ]


class RefusalForm(BaseForm):
    """Why not. A usual reason, or other words, or both."""

    usual = SelectField(
        _l("Raison"),
        choices=lambda: [("", gettext("— à écrire ci-dessous —")), *((words, words) for words in usual_refusals())],
    )
    reason = TextAreaField(_l("Précisions"), filters=[block], validators=[Length(max=LONGEST_MESSAGE)])

    @property
    def words(self) -> str:
        return " ".join(filter(None, (self.usual.data, self.reason.data)))
