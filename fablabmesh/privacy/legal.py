"""What the law has a site say of who runs it, and of how accessible it is. Pure."""

import logging
import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fablabmesh.kit.config import AUDIT, VARIABLES, Settings
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import lazy_gettext as _l

_log = logging.getLogger("fablabmesh.privacy")

# What article 1-1 of the law on the digital economy (LCEN) asks for.
NEEDED: Final = ("operator", "operator_address", "publisher", "hosted_by")

# What is looked at before each version, and by what: the statement tells no more than that.
CHECKS: Final[tuple[tuple[Any, str], ...]] = (
    (_l("Une page de chaque sorte, claire et sombre, étroite et large, avec axe-core."), "script/check-pages"),
    (_l("Chaque page des parcours ci-dessous, avec axe-core."), "tests/journeys/looks.py"),
    (_l("La carte et l’annuaire au clavier, et sans script."), "tests/journeys/test_directory.py"),
    (_l("Les formulaires au clavier, avec leurs messages d’erreur."), "tests/journeys/test_authoring.py"),
)


@dataclass(frozen=True)
class Audit:
    """What somebody found who went through the 106 criteria of the RGAA."""

    rate: float
    on: date
    by: str


def read_audit(text: str) -> Audit | None:
    """The audit of the settings; None where there is none, or on a day that does not exist."""
    found = re.fullmatch(AUDIT, text)
    if found is None:
        return None
    try:
        return Audit(float(found[1]), date.fromisoformat(found[2]), found[3])
    except ValueError:
        return None


def conformity(audit: Audit | None) -> str:
    """The three words of the decree of 2019. Without an audit nobody may say more than the last."""
    if audit is None or audit.rate < 50:
        return _("non conforme")
    return _("totalement conforme") if audit.rate == 100 else _("partiellement conforme")


def missing(settings: Settings) -> list[str]:
    """The variables without which the legal notice is not one."""
    return [VARIABLES[name] for name in NEEDED if not getattr(settings, name)]


def warn(settings: Settings) -> None:
    """Say at the start what the legal notice lacks."""
    lacking = missing(settings)
    if settings.is_production and lacking:
        _log.warning("the legal notice says « to be completed »; set %s", ", ".join(lacking))
