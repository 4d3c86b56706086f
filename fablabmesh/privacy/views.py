"""Legal pages: who runs the site, what it keeps of people, how accessible it is."""

from typing import Any

from flask import Blueprint, current_app, render_template

from fablabmesh.accounts.rights import Act
from fablabmesh.kit.acts import does
from fablabmesh.kit.config import Settings
from fablabmesh.kit.web import anyone
from fablabmesh.privacy import legal
from fablabmesh.privacy.register import BESIDE, REGISTER

bp = Blueprint("privacy", __name__)


def settings() -> Settings:
    """Those of the application."""
    found: Settings = current_app.config["SETTINGS"]
    return found


@bp.app_template_global()
def accessibility_state() -> str:
    """The words that the foot of every page must say."""
    return legal.conformity(legal.read_audit(settings().rgaa_audit))


def _operator() -> dict[str, Any]:
    given = settings()
    return {
        "operator": given.operator,
        "operator_address": given.operator_address,
        "publisher": given.publisher,
        "hosted_by": given.hosted_by,
        "privacy_contact": given.privacy_contact or given.contact,
        "is_incomplete": bool(legal.missing(given)),
    }


@bp.get("/mentions-legales")
@anyone
@does(Act.SITE_READ)
def notice() -> str:
    """Who runs the site, who answers for it, who hosts it."""
    return render_template("privacy/notice.html", **_operator())


@bp.get("/confidentialite")
@anyone
@does(Act.SITE_READ)
def register() -> str:
    """What is kept of people, why, how long; their rights and how to use them."""
    return render_template("privacy/register.html", treatments=REGISTER, beside=BESIDE, **_operator())


@bp.get("/accessibilite")
@anyone
@does(Act.SITE_READ)
def accessibility() -> str:
    """The statement of the RGAA."""
    return render_template(
        "privacy/accessibility.html", audit=legal.read_audit(settings().rgaa_audit), checks=legal.CHECKS, **_operator()
    )
