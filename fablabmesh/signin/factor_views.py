"""Passkeys, one-time codes, recovery codes and providers of one's own account: set up, named, taken away."""

from base64 import b64encode
from collections.abc import Callable

from flask import Response as Plain
from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from fablabmesh.accounts import session
from fablabmesh.accounts.rights import Act
from fablabmesh.accounts.rules import device_of
from fablabmesh.kit import clock, codes, db
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import fresh, signed_in
from fablabmesh.signin import account_views, factor_actions, letter_views, queries
from fablabmesh.signin.actions import desk
from fablabmesh.signin.forms import PasskeyForm, SecondForm
from fablabmesh.signin.one_time_codes import address_of, spell
from fablabmesh.signin.views import steps as bp

__all__ = ["account_views", "bp", "letter_views"]

Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


# --- one-time codes ----------------------------------------------------------------------------------------------


@bp.get("/mon-compte/codes")
@signed_in
@does(Act.ACCOUNT_USE)
@fresh
def codes_form() -> Page:
    """What the telephone scans, and a field for the first code."""
    if queries.get_factors(current_user.id).has_codes:
        return redirect(url_for(".security"))
    return _codes_page(SecondForm())


@bp.post("/mon-compte/codes")
@signed_in
@does(Act.ACCOUNT_USE)
@fresh
def confirm_codes() -> Page:
    """The telephone shows the right code: from now on it is asked for."""
    form = SecondForm()
    if queries.get_factors(current_user.id).has_codes:
        return redirect(url_for(".security"), 303)
    if not form.validate():
        return _codes_page(form), 422
    if not factor_actions.confirm_codes(current_user, form.code.data or "", now=clock.now()):
        problem = _("Ce code ne convient pas. Vérifiez l’heure du téléphone, attendez le code suivant et recommencez.")
        form.code.errors = [problem]
        return _codes_page(form), 422
    session.prove_again(current_user, is_strong=True)
    flash(_("Les codes à usage unique sont en place. Gardez maintenant des codes de secours."))
    return redirect(url_for(".recovery"), 303)


def _codes_page(form: SecondForm) -> str:
    secret = factor_actions.begin_codes(current_user, now=clock.now())
    picture = codes.to_svg(address_of(secret, current_user.email), title=_("Code à scanner"))
    return render_template(
        "signin/codes.html", form=form, secret=spell(secret), picture=b64encode(picture).decode("ascii")
    )


@bp.post("/mon-compte/codes/retirer")
@signed_in
@does(Act.ACCOUNT_USE)
@fresh
def remove_codes() -> Response:
    """No more codes of a telephone."""
    return _try(lambda: factor_actions.remove_codes(current_user, now=clock.now()), _("Les codes sont retirés."))


def _try(act: Callable[[], None], done: str) -> Response:
    try:
        act()
        flash(done)
    except (Refused, Conflict) as refusal:
        flash(refusal.message)
    return redirect(url_for(".security"), 303)


# --- recovery codes ----------------------------------------------------------------------------------------------


@bp.get("/mon-compte/codes-de-secours")
@signed_in
@does(Act.ACCOUNT_USE)
def recovery() -> Page:
    """What they are for, how many are left, and the button that makes new ones."""
    factors = queries.get_factors(current_user.id)
    if not factors.is_enough:
        return redirect(url_for(".security"))
    return render_template("signin/recovery.html", made=None, factors=factors)


@bp.post("/mon-compte/codes-de-secours")
@signed_in
@does(Act.ACCOUNT_USE)
@fresh
def make_recovery() -> Page:
    """Ten new ones, shown this once."""
    try:
        made = factor_actions.make_recovery_codes(current_user, now=clock.now())
    except Refused as refusal:
        flash(refusal.message)
        return redirect(url_for(".security"), 303)
    return render_template("signin/recovery.html", made=made, factors=queries.get_factors(current_user.id))


# --- passkeys ----------------------------------------------------------------------------------------------------


@bp.get("/mon-compte/cles/nouvelle")
@signed_in
@does(Act.ACCOUNT_USE)
@fresh
def new_passkey() -> Page:
    """A name, and the button that asks the device."""
    form = PasskeyForm(name=device_of(request.user_agent.string))
    return _passkey_page(form)


@bp.post("/mon-compte/cles/options")
@signed_in
@does(Act.ACCOUNT_USE)
@fresh
def new_passkey_options() -> Plain:
    """What the browser is to ask the device."""
    answer = Plain(factor_actions.begin_passkey(current_user, now=clock.now()), mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/mon-compte/cles")
@signed_in
@does(Act.ACCOUNT_USE)
@fresh
def create_passkey() -> Page:
    """Keep the key that the device made. It knew its owner to do so: that is worth two proofs."""
    form = PasskeyForm()
    if not form.validate():
        return _passkey_page(form), 422
    try:
        factor_actions.add_passkey(current_user, form.answer.data or "", name=form.name.data or "", now=clock.now())
    except (Refused, Conflict) as refusal:
        db.keep()  # the challenge is used up
        return _passkey_page(form, refusal.message), 422
    session.prove_again(current_user, is_strong=True)
    flash(_("La clé d’accès est enregistrée."))
    return redirect(url_for(".security"), 303)


@bp.post("/mon-compte/cles/<int:passkey_id>")
@signed_in
@does(Act.ACCOUNT_USE)
def rename_passkey(passkey_id: int) -> Response:
    """Another name."""
    form, passkey = PasskeyForm(), queries.get_passkey(current_user.id, passkey_id)
    if form.validate():
        factor_actions.rename_passkey(passkey, form.name.data or "")
        flash(_("C’est enregistré."))
    else:
        flash(" ".join(map(str, form.name.errors)))
    return redirect(url_for(".security", _anchor="cles"), 303)


@bp.post("/mon-compte/cles/<int:passkey_id>/supprimer")
@signed_in
@does(Act.ACCOUNT_USE)
@fresh
def remove_passkey(passkey_id: int) -> Response:
    """It opens nothing any more."""
    passkey = queries.get_passkey(current_user.id, passkey_id)
    return _try(
        lambda: factor_actions.remove_passkey(current_user, passkey, now=clock.now()),
        _("La clé d’accès est supprimée."),
    )


def _passkey_page(form: PasskeyForm, problem: str = "") -> str:
    return render_template("signin/passkey.html", form=form, problem=problem, desk=desk())


# --- providers ---------------------------------------------------------------------------------------------------


@bp.post("/mon-compte/fournisseur/<int:link_id>/retirer")
@signed_in
@does(Act.ACCOUNT_USE)
@fresh
def unlink_provider(link_id: int) -> Response:
    """That identity opens nothing any more."""
    return _try(
        lambda: factor_actions.unlink_provider(current_user, link_id, now=clock.now()),
        _("Cette identité n’ouvre plus votre compte."),
    )
