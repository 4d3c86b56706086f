"""The form of a personal calendar."""

from fablabmesh.kit.forms import BaseForm, BooleanField, Length, StringField, line, required
from fablabmesh.kit.i18n import lazy_gettext as _l


class CalendarForm(BaseForm):
    """`name`: where it is used, so that one knows later which to close."""

    name = StringField(
        _l("Nom"),
        filters=[line],
        validators=[
            required(_l("Donnez-lui un nom, par exemple celui de l’appareil : « Mon téléphone ».")),
            Length(max=60, message=_l("Le nom compte 60 signes au plus.")),
        ],
    )
    with_drafts = BooleanField(_l("Avec les brouillons de mes lieux"), default=True)
    with_projects = BooleanField(_l("Avec les rendez-vous des labs de mes projets"), default=True)
