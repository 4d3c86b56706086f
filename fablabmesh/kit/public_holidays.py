"""The public holidays of France by name, and those that some departments have beside them. Pure."""

from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import easter

from fablabmesh.kit.i18n import lazy_gettext as _l

# (month, day): the same every year.
_FIXED = {
    (1, 1): _l("Jour de l’An"),
    (5, 1): _l("Fête du Travail"),
    (5, 8): _l("Victoire de 1945"),
    (7, 14): _l("Fête nationale"),
    (8, 15): _l("Assomption"),
    (11, 1): _l("Toussaint"),
    (11, 11): _l("Armistice de 1918"),
    (12, 25): _l("Noël"),
}
# Days after Easter Sunday.
_MOVABLE = {1: _l("Lundi de Pâques"), 39: _l("Ascension"), 50: _l("Lundi de Pentecôte")}
# The law of 1983 on the commemoration of the abolition of slavery, and local law in Alsace and Moselle.
_ABOLITION = {"971": (5, 27), "972": (5, 22), "973": (6, 10), "974": (12, 20), "976": (4, 27)}
_LOCAL_LAW = {"57", "67", "68"}


@lru_cache(maxsize=256)
def _days(year: int, department: str) -> dict[date, object]:
    found: dict[date, object] = {date(year, month, day): name for (month, day), name in _FIXED.items()}
    sunday = easter(year)
    found |= {sunday + timedelta(days=after): name for after, name in _MOVABLE.items()}
    if department in _ABOLITION:
        found[date(year, *_ABOLITION[department])] = _l("Abolition de l’esclavage")
    if department in _LOCAL_LAW:
        found |= {sunday - timedelta(days=2): _l("Vendredi saint"), date(year, 12, 26): _l("Saint-Étienne")}
    return found


def holiday_name(day: date, department: str | None = None) -> str:
    """« Fête du Travail », in the language of the page; nothing for a day that is none there."""
    name = _days(day.year, department or "").get(day)
    return "" if name is None else str(name)
