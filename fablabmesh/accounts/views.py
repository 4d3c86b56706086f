"""Signing in and out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from fablabmesh.accounts import actions, session
from fablabmesh.accounts.forms import SignInForm
from fablabmesh.accounts.rights import Act
from fablabmesh.kit import clock, db
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import anyone, local_path, signed_in

bp = Blueprint("accounts", __name__)


@bp.get("/connexion")
@anyone
@does(Act.SITE_SIGN_IN)
def sign_in_form() -> Response | str:
    """The form, or the dashboard for whom has signed in already."""
    if current_user.is_authenticated:
        return redirect(_after_sign_in())
    return render_template("accounts/sign_in.html", form=SignInForm())


@bp.post("/connexion")
@anyone
@does(Act.SITE_SIGN_IN)
def sign_in() -> Response | tuple[str, int]:
    """One message for a wrong password and for an unknown address."""
    form = SignInForm()
    problem = None
    if form.validate():
        try:
            account = actions.check_credentials(
                form.email.data or "", form.password.data or "", address=request.remote_addr or "", now=clock.now()
            )
        except Refused as refusal:
            return render_template("accounts/sign_in.html", form=form, problem=refusal.message), 429
        if account is not None:
            session.begin(account)
            return redirect(_after_sign_in(), 303)
        # A failed attempt must be kept although the answer is an error.
        db.keep()
        problem = _("L’adresse ou le mot de passe ne convient pas. Vérifiez les deux et recommencez.")
    return render_template("accounts/sign_in.html", form=form, problem=problem), 422


@bp.post("/deconnexion")
@signed_in
@does(Act.ACCOUNT_USE)
def sign_out() -> Response:
    """By POST alone, so that no link or image signs anybody out."""
    session.end()
    return redirect(url_for("home.index"), 303)


def _after_sign_in() -> str:
    return local_path(request.args.get("suite"), url_for("home.dashboard"))
