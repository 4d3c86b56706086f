"""Roles and what a password must be. Pure."""

import enum

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


PASSWORD_SHORTEST = 12
PASSWORD_LONGEST = 256
ATTEMPTS_ALLOWED = 10
ATTEMPTS_WINDOW_MINUTES = 15


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
    return None
