"""What a map or a list of places is called on the page of another site. Pure."""

from collections.abc import Mapping

from fablabmesh.directory.filters import LISTS, NOW, Search
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import listed
from fablabmesh.places.filters import LAUREATE
from fablabmesh.places.rules import PlaceKind

# Parameter → value → what people call it.
Names = Mapping[str, Mapping[str, str]]


def title_of(search: Search, names: Names) -> str:
    """« Fab Labs – zone Ouest – à 20 km de Rennes »."""
    return " – ".join([_kinds(search), *parts_of(search, names)])


def _kinds(search: Search) -> str:
    kinds = [kind.plural for kind in PlaceKind if kind in search.place.kinds]
    if search.place.laureates_only:
        kinds.insert(0, _("Lauréats"))
    return listed(kinds) if kinds else _("Fab Labs et espaces publics numériques")


def parts_of(search: Search, names: Names) -> list[str]:
    """Each thing that is asked for beside the kind of place, in words."""
    found = []
    if search.zone:
        found.append(_("zone %(name)s", name=names["zone"].get(search.zone, search.zone)))
    for name, attribute in LISTS.items():
        values = getattr(search, attribute)
        if values:
            found.append(listed([names.get(name, {}).get(value, value) for value in values]))
    if search.around:
        spot = names["autour"].get(search.around.commune, search.around.spelled)
        found.append(_("à %(km)s km de %(name)s", km=search.around.km, name=spot))
    if search.open:
        found.append(_("ouverts maintenant") if search.open == NOW else _("ouverts : %(when)s", when=search.open))
    if search.has_events:
        found.append(_("avec des rendez-vous"))
    if search.seeks_partners:
        found.append(_("qui cherchent des partenaires"))
    if search.text:
        found.append(_("« %(words)s »", words=search.text))
    return found


def kinds_offered() -> dict[str, str]:
    """The boxes of a form: value → what people read."""
    return {LAUREATE: _("Lauréats")} | {kind.value: kind.plural for kind in PlaceKind}
