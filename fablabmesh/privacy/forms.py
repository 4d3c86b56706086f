"""The form of having an account erased."""

from fablabmesh.kit.forms import BaseForm, BooleanField, InputRequired
from fablabmesh.kit.i18n import lazy_gettext as _l


class ErasureForm(BaseForm):
    """What is to go with the account."""

    with_public_name = BooleanField(_l("Ôter aussi mon nom des fiches où il est public"), default=True)
    is_sure = BooleanField(
        _l("J’ai compris que rien de cela ne pourra être repris"),
        validators=[InputRequired(_l("Cochez cette case pour confirmer l’effacement."))],
    )
