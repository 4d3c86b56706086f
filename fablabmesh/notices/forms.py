"""The form by which somebody says how often they want to be told of what."""

from collections.abc import Mapping

from fablabmesh.kit.forms import BaseForm, SelectField
from fablabmesh.kit.i18n import LANGUAGES
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.notices.rules import Frequency, Kind


class NoticeForm(BaseForm):
    """The language; `make_form` adds a choice for each kind."""

    language = SelectField(_l("Langue des courriels"), choices=lambda: list(LANGUAGES.items()))

    @property
    def kinds(self) -> list[Kind]:
        """Those it asks for, in order."""
        return [kind for kind in Kind if kind.value in self]

    @property
    def chosen(self) -> dict[Kind, Frequency]:
        """What was chosen of each."""
        return {kind: Frequency(self[kind.value].data) for kind in self.kinds}


def make_form(frequencies: Mapping[Kind, Frequency], language: str) -> NoticeForm:
    """A form that asks for these kinds. It shows these values until it is sent."""
    choices = [(frequency.value, frequency.label) for frequency in Frequency]
    fields = {kind.value: SelectField(kind.label, choices=lambda: choices) for kind in frequencies}
    form: NoticeForm = type("_NoticeForm", (NoticeForm,), fields)(
        data={"language": language} | {kind.value: frequency.value for kind, frequency in frequencies.items()}
    )
    return form
