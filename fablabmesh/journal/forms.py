"""What somebody looks for in the journal, as it stands in the address."""

from collections.abc import Mapping
from typing import Any

from fablabmesh.journal.rules import RowDeed, Search, Topic
from fablabmesh.kit.forms import BaseForm, DateField, Optional, SelectField, StringField, line
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import lazy_gettext as _l


def _choices(enumeration: Any) -> list[tuple[str, str]]:
    return [("", _("Tout")), *((each.value, each.label) for each in enumeration)]


class SearchForm(BaseForm):
    """Names of fields are words of the address."""

    class Meta(BaseForm.Meta):
        csrf = False

    quoi = SelectField(_l("Sur quoi"), default="", choices=lambda: _choices(Topic))
    geste = SelectField(_l("Geste"), default="", choices=lambda: _choices(RowDeed))
    lieu = StringField(_l("Lieu"), filters=[line], render_kw={"autocomplete": "off"})
    qui = StringField(_l("Qui"), filters=[line], render_kw={"autocomplete": "off"})
    du = DateField(_l("Depuis le"), validators=[Optional()])
    au = DateField(_l("Jusqu’au"), validators=[Optional()])

    def search(self, before: int | None) -> Search:
        """What was looked for; what cannot be read is left out, and the form says so."""
        return Search(
            topic=Topic(self.quoi.data) if self.quoi.data in list(Topic) else None,
            deed=RowDeed(self.geste.data) if self.geste.data in list(RowDeed) else None,
            who=self.qui.data or "",
            place=self.lieu.data or "",
            first=self.du.data,
            last=self.au.data,
            before=before,
        )

    @property
    def query(self) -> dict[str, str]:
        """The words of the address, without what is empty."""
        return {name: str(value) for name, value in self.values.items() if value not in (None, "")}


def read_search(args: Mapping[str, str]) -> SearchForm:
    """The form that an address fills in."""
    form = SearchForm(formdata=args)
    form.validate()
    return form


def read_number(text: str | None) -> int | None:
    """A number of the journal, or None for what is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 18 else None
