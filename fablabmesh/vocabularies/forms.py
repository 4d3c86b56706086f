"""The form of a word of a vocabulary."""

from fablabmesh.kit.forms import (
    BaseForm,
    BooleanField,
    IntegerField,
    Length,
    NumberRange,
    StringField,
    line,
    required,
)
from fablabmesh.kit.forms import Optional as MayBeEmpty
from fablabmesh.kit.i18n import lazy_gettext as _l

_PLACE = NumberRange(1, 999, _l("Le rang est un nombre de 1 à 999."))


class CategoryForm(BaseForm):
    """A category of events. An empty rank is the last."""

    name_fr = StringField(
        _l("Nom en français"), filters=[line], validators=[required(_l("Écrivez le nom en français.")), Length(max=60)]
    )
    name_en = StringField(
        _l("Nom en anglais"), filters=[line], validators=[required(_l("Écrivez le nom en anglais.")), Length(max=60)]
    )
    position = IntegerField(_l("Rang dans la liste"), validators=[MayBeEmpty(), _PLACE])
    is_retired = BooleanField(_l("N’est plus proposé"))
