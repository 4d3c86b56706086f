"""The forms of the page of an event."""

from fablabmesh.kit.forms import BaseForm, HiddenField, Length, StringField, line, required
from fablabmesh.kit.i18n import lazy_gettext as _l


class CancelForm(BaseForm):
    """Why an event is called off: people who had noted it read it."""

    version = HiddenField()
    reason = StringField(
        _l("Pourquoi l’événement est annulé"),
        filters=[line],
        validators=[
            required(_l("Dites en quelques mots pourquoi : celles et ceux qui l’avaient noté le liront.")),
            Length(max=300),
        ],
    )

    @property
    def typed_version(self) -> int:
        """The version the form was made of; 0, which no event has, for nonsense."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
