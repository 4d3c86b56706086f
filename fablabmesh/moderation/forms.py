"""Forms of the desk: a word to accept with, a reason to refuse for, a report on an event or a project."""

from typing import Any

from fablabmesh.curation.forms import StrangerForm
from fablabmesh.curation.rules import LONGEST_MESSAGE, ProposalKind
from fablabmesh.kit.forms import (
    BaseForm,
    HiddenField,
    Length,
    RadioField,
    SelectField,
    TextAreaField,
    block,
    required,
)
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.moderation.rules import Remedy, Turn, turn_reasons


def read_number(text: str | None) -> int:
    """What a hidden field says; 0, which nothing has for a version, for nonsense."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


class CaseForm(BaseForm):
    """What was on the screen when somebody decided."""

    proposal_version = HiddenField()
    thing_version = HiddenField()

    @property
    def versions(self) -> dict[str, int]:
        return {
            "version": read_number(self.proposal_version.data),
            "thing_version": read_number(self.thing_version.data),
        }


class AcceptForm(CaseForm):
    """Publish it, or do what a report asks for."""

    remedy = RadioField(_l("Ce qui suit"), choices=[], validate_choice=True)
    reason = TextAreaField(_l("Un mot pour la personne"), filters=[block], validators=[Length(max=LONGEST_MESSAGE)])

    def __init__(self, remedies: list[Remedy], **given: Any) -> None:
        super().__init__(**given)
        if remedies:
            self.remedy.choices = [(remedy.value, remedy.label) for remedy in remedies]
            self.remedy.data = self.remedy.data or Remedy.NOTHING.value
        else:
            del self.remedy

    @property
    def chosen(self) -> Remedy:
        return Remedy(self.remedy.data) if "remedy" in self else Remedy.NOTHING


def kind_reasons() -> list[str]:
    """What is mostly to be said, to start from."""
    return [
        _("Merci pour cette proposition ! Il lui manque une date, une heure ou un lieu précis pour être publiée."),
        _("Merci ! Cela ressemble à une annonce commerciale : l’agenda est pour ce qui est ouvert à toutes et tous."),
        _("Merci ! Cela figure déjà sur le site : nous gardons une seule annonce, pour que chacun·e s’y retrouve."),
        _("Merci ! Nous n’avons pas pu joindre le lieu pour vérifier. Réécrivez-nous quand il l’aura confirmé."),
        _("Merci ! Cela sort de ce que l’annuaire accueille ; voyez avec le pôle où l’annoncer plutôt."),
    ]


class RefuseForm(CaseForm):
    """Why not: a sentence to start from, in one's own words."""

    usual = SelectField(
        _l("Une phrase pour commencer"),
        choices=lambda: [("", _("— à écrire ci-dessous —")), *((words, words) for words in kind_reasons())],
        validate_choice=False,
    )
    reason = TextAreaField(_l("Vos mots"), filters=[block], validators=[Length(max=LONGEST_MESSAGE)])

    @property
    def words(self) -> str:
        usual = self.usual.data if self.usual.data in kind_reasons() else ""
        return " ".join(filter(None, (usual, self.reason.data)))


class TurnForm(BaseForm):
    """What becomes of something published, and why."""

    version = HiddenField()
    what = RadioField(
        _l("Que faut-il en faire ?"),
        choices=[],
        validate_choice=False,
        validators=[required(_l("Choisissez ce qu’il faut en faire."))],
    )
    usual = SelectField(
        _l("Une phrase pour commencer"),
        choices=lambda: [("", _("— à écrire ci-dessous —")), *((words, words) for words in turn_reasons())],
        validate_choice=False,
    )
    reason = TextAreaField(_l("Vos mots pour l’équipe"), filters=[block], validators=[Length(max=LONGEST_MESSAGE)])

    def __init__(self, turns: list[Turn], **given: Any) -> None:
        super().__init__(**given)
        self.what.choices = [(turn.value, turn.label) for turn in turns]
        self.offered = {turn.value for turn in turns}
        if len(turns) == 1 and not self.what.data:
            self.what.data = turns[0].value

    @property
    def turn(self) -> Turn:
        return Turn(self.what.data)

    @property
    def words(self) -> str:
        usual = self.usual.data if self.usual.data in turn_reasons() else ""
        return " ".join(filter(None, (usual, self.reason.data)))

    def validate(self, extra_validators: object = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.what.data and self.what.data not in self.offered:
            self.what.errors = [_("Ce n’est plus possible : la page a changé d’état. Relisez-la.")]
            fine = False
        elif self.what.data in (Turn.ARCHIVE, Turn.WITHDRAW) and not self.words:
            self.reason.errors = [_("Dites pourquoi, avec bienveillance : l’équipe recevra ces mots.")]
            fine = False
        return fine


class ThingReportForm(StrangerForm):
    """Something wrong with an event or a project, said by anybody."""

    what = RadioField(_l("Que se passe-t-il ?"), choices=[], validate_choice=True)
    message = TextAreaField(
        _l("Expliquez en quelques mots"),
        filters=[block],
        validators=[required(_l("Dites en quelques mots ce qui ne va pas.")), Length(max=LONGEST_MESSAGE)],
    )

    def __init__(self, *, is_event: bool, **given: Any) -> None:
        super().__init__(**given)
        over = _("L’événement n’aura pas lieu") if is_event else _("Le projet est abandonné, ou terminé")
        self.what.choices = [
            (ProposalKind.CORRECTION.value, _("Une information est fausse ou manque")),
            (ProposalKind.CLOSED.value, over),
            (ProposalKind.DUPLICATE.value, _("C’est annoncé deux fois")),
            (ProposalKind.ABUSE.value, _("Un texte ou une image n’a rien à faire ici")),
            (ProposalKind.OTHER.value, _("Autre chose")),
        ]
