"""Roles, what a password must be, how long one waits after failures, what is told of a browser. Pure."""

import enum
import re
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from fablabmesh.accounts.common_passwords import is_common
from fablabmesh.kit.i18n import gettext as _


class Role(enum.StrEnum):
    """What a person is to the whole site; which places or zones are theirs is told by link tables."""

    MEMBER = "member"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        return {
            Role.MEMBER: _("Membre"),
            Role.ADMIN: _("Administration"),
        }[self]


class Visitor:
    """Somebody who is not signed in: asked by the same predicates as an account, and has no right."""

    id = 0
    name = ""
    role: Role | None = None
    language = ""
    zone_ids: tuple[int, ...] = ()
    department_codes: tuple[str, ...] = ()
    is_authenticated = False
    is_active = False
    is_anonymous = True
    is_demo = False

    def get_id(self) -> None:
        """No session."""
        return


class Means(enum.StrEnum):
    """How somebody proved who they are."""

    PASSWORD = "password"  # noqa: S105 - the name of a way, not one
    LINK = "link"
    PASSKEY = "passkey"
    PROVIDER = "provider"

    @property
    def label(self) -> str:
        return {
            Means.PASSWORD: _("Mot de passe"),
            Means.LINK: _("Lien reçu par courriel"),
            Means.PASSKEY: _("Clé d’accès"),
            Means.PROVIDER: _("Fournisseur d’identité"),
        }[self]


# --- passwords ---------------------------------------------------------------------------------------------------

PASSWORD_SHORTEST = 12
PASSWORD_LONGEST = 256


def password_problem(password: str, *, email: str, name: str) -> str | None:
    """Why this password is not good enough, in words, or None. Length counts, composition does not (ASVS 5, 6.2)."""
    if len(password) < PASSWORD_SHORTEST:
        return _(
            "Choisissez au moins %(count)d caractères : une phrase convient très bien.",
            count=PASSWORD_SHORTEST,
        )
    if len(password) > PASSWORD_LONGEST:
        return _("Choisissez au plus %(count)d caractères.", count=PASSWORD_LONGEST)
    lowered = password.casefold()
    personal = [part for part in (email.split("@")[0].casefold(), name.casefold()) if len(part) > 3]
    if any(part in lowered for part in personal) or len(set(lowered)) < 5:
        return _("Ce mot de passe se devine : évitez votre nom, votre adresse et les répétitions.")
    if is_common(password):
        return _("Ce mot de passe est parmi les plus courants : choisissez plutôt une phrase de quatre mots ou plus.")
    return None


# --- failures ----------------------------------------------------------------------------------------------------

# How many failures cost no wait: of one account, and of one network, behind which a whole lab may sit.
FREE_FOR_ACCOUNT = 5
FREE_FOR_NETWORK = 30
LONGEST_PAUSE = timedelta(minutes=15)
FAILURES_KEPT = timedelta(hours=24)


def pause_after(failures: int, free: int) -> timedelta:
    """How long to wait after so many failures: twice as long each time, and never for good."""
    if failures < free:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - free + 1, 20)), LONGEST_PAUSE)


# --- sessions ----------------------------------------------------------------------------------------------------

# Unused for so long, or begun so long ago, a session is over.
LIVES = {
    Role.MEMBER: (timedelta(days=30), timedelta(days=90)),
    Role.ADMIN: (timedelta(hours=2), timedelta(hours=12)),
}
# Somebody who is half signed in finds the second proof meanwhile.
HALF_LIFE = timedelta(minutes=10)
# A proof so old is asked for again before what is dangerous.
FRESH = timedelta(minutes=10)
DEVICE_KEPT = timedelta(days=365)


def network_of(address: str) -> str:
    """Whose failures are counted together: one address of the old kind, a household (/64) of the new."""
    found = _read_address(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return str(found or "")


def shown_network(address: str) -> str:
    """What is kept of an address to be shown to its owner: enough to know it again, too little to find anybody."""
    found = _read_address(address)
    if found is None:
        return ""
    return str(ip_network((found, 48 if isinstance(found, IPv6Address) else 24), strict=False))


def _read_address(address: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return found.ipv4_mapped
    return found


# In this order: most browsers also say that they are others.
_BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Version/.* Safari/"),
)
_SYSTEMS = (
    ("iPad", r"iPad"),
    ("iPhone", r"iPhone"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("macOS", r"Macintosh|Mac OS X"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
)


def device_of(user_agent: str) -> str:
    """« Firefox · Linux »: names that people know, nothing finer. Empty for what is not known."""
    agent = user_agent[:500]
    found = (
        next((name for name, pattern in names if re.search(pattern, agent)), "") for names in (_BROWSERS, _SYSTEMS)
    )
    return " · ".join(filter(None, found))
