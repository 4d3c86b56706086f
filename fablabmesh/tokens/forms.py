"""The form of a token."""

from collections.abc import Sequence
from typing import Any

from fablabmesh.kit.forms import BaseForm, Length, SelectField, SelectMultipleField, StringField, line, required
from fablabmesh.kit.i18n import gettext
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.tokens.rules import LIVES, USUAL_LIFE, Scope


class TokenForm(BaseForm):
    """`name`: the program that will have it, so that one knows later which to revoke."""

    name = StringField(
        _l("Nom"),
        filters=[line],
        validators=[
            required(_l("Donnez-lui un nom, par exemple celui du programme : « Site du lab ».")),
            Length(max=60, message=_l("Le nom compte 60 signes au plus.")),
        ],
    )
    scopes = SelectMultipleField(_l("Ce qu’il permet"))
    places = SelectMultipleField(_l("Pour quels lieux"), coerce=int)
    days = SelectField(_l("Durée"), coerce=int, default=USUAL_LIFE)

    def __init__(self, places: Sequence[tuple[int, str]], **given: Any) -> None:
        super().__init__(**given)
        self.scopes.choices = [(scope.value, scope.label) for scope in Scope]
        self.places.choices = list(places)
        self.days.choices = [(days, _life(days)) for days in LIVES]

    def validate(self, extra_validators: object = None) -> bool:
        """At least one of each."""
        fine: bool = super().validate(extra_validators)
        for field, message in (
            (self.scopes, gettext("Choisissez au moins une chose que le jeton permet.")),
            (self.places, gettext("Choisissez au moins un lieu.")),
        ):
            if not field.data and not field.errors:
                field.errors = [message]
                fine = False
        return fine


def _life(days: int) -> str:
    return {
        30: gettext("un mois"),
        90: gettext("trois mois"),
        180: gettext("six mois"),
        365: gettext("un an"),
    }[days]
