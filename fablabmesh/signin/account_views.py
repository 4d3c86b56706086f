"""One's own account: name and language, password, mail address, sessions; and who is asked again who they are."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from fablabmesh.accounts import actions as accounts
from fablabmesh.accounts import passwords, session
from fablabmesh.accounts import queries as people
from fablabmesh.accounts.rights import Act
from fablabmesh.accounts.rules import PASSWORD_SHORTEST, Role
from fablabmesh.kit import clock, db
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import Busy, TooSoon
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import ngettext
from fablabmesh.kit.web import fresh, local_path, signed_in
from fablabmesh.signin import actions, factor_actions, queries
from fablabmesh.signin.forms import AddressForm, ChangePasswordForm, NewPasswordForm, ProfileForm
from fablabmesh.signin.views import steps as bp

Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]
# Names of fields that no form of ours has: they travel beside what was typed.
PROOFS = ("preuve_mot_de_passe", "preuve_code", "preuve_cle")
_SELF = ("accounts", "signin")


# --- name, language ----------------------------------------------------------------------------------------------


@bp.get("/mon-compte")
@signed_in
@does(Act.ACCOUNT_USE)
def profile() -> str:
    """How one is called, and written to."""
    return render_template("signin/profile.html", form=ProfileForm(obj=current_user))


@bp.post("/mon-compte")
@signed_in
@does(Act.ACCOUNT_USE)
def update_profile() -> Page:
    """Keep it."""
    form = ProfileForm()
    if not form.validate():
        return render_template("signin/profile.html", form=form), 422
    actions.rename(current_user, name=form.name.data or "", language=form.language.data)
    flash(_("C’est enregistré."))
    return redirect(url_for(".profile"), 303)


# --- what the account is kept by ---------------------------------------------------------------------------------


@bp.get("/mon-compte/securite")
@signed_in
@does(Act.ACCOUNT_USE)
def security() -> str:
    """All that opens the account, and where it is open."""
    return render_template(
        "signin/security.html",
        factors=queries.get_factors(current_user.id),
        passkeys=queries.list_passkeys(current_user.id),
        links=queries.list_provider_links(current_user.id),
        sign_ins=people.list_open_sign_ins(current_user, now=clock.now()),
        must_set_up=must_set_up(),
        desk=actions.desk(),
    )


@bp.post("/mon-compte/sessions/<int:sign_in_id>/fermer")
@signed_in
@does(Act.ACCOUNT_USE)
def end_session(sign_in_id: int) -> Response:
    """That one is over; somebody else's is none of theirs."""
    accounts.end_sign_ins(current_user, now=clock.now(), only=sign_in_id)
    flash(_("La session est fermée."))
    return redirect(url_for(".security", _anchor="sessions"), 303)


@bp.post("/mon-compte/sessions/fermer")
@signed_in
@does(Act.ACCOUNT_USE)
def end_sessions() -> Response:
    """All but this one, and every other browser is new again."""
    count = accounts.end_sign_ins(current_user, now=clock.now(), but=current_user.sign_in)
    accounts.forget_devices(current_user, but=session.known_device())
    flash(ngettext("%(num)d autre session est fermée.", "%(num)d autres sessions sont fermées.", count))
    return redirect(url_for(".security", _anchor="sessions"), 303)


@bp.get("/mon-compte/mot-de-passe")
@signed_in
@does(Act.ACCOUNT_USE)
def password_form() -> str:
    """Another password; a first one for whom has none."""
    return _password_page(_password_form())


@bp.post("/mon-compte/mot-de-passe")
@signed_in
@does(Act.ACCOUNT_USE)
@fresh
def change_password() -> Page:
    """It holds, and every other session ends."""
    form, now = _password_form(), clock.now()
    if not form.validate():
        return _password_page(form), 422
    try:
        with passwords.KNOWN.entered():
            if isinstance(form, ChangePasswordForm) and not accounts.check_password(
                current_user, form.present.data or "", now=now
            ):
                db.keep()
                form.present.errors = [_("Ce n’est pas votre mot de passe actuel.")]
                return _password_page(form), 422
            actions.change_password(current_user, form.password.data or "", now=now)
    except (TooSoon, Busy) as refusal:
        return _password_page(form, refusal.message), refusal.status, {"Retry-After": str(refusal.seconds)}
    session.prove_again(current_user, is_strong=False)
    flash(_("Votre nouveau mot de passe est en place. Toutes les autres sessions sont fermées."))
    return redirect(url_for(".security"), 303)


def _password_form() -> NewPasswordForm:
    kind = NewPasswordForm if current_user.password_hash is None else ChangePasswordForm
    return kind(current_user)


def _password_page(form: NewPasswordForm, problem: str = "") -> str:
    return render_template("signin/password.html", form=form, problem=problem, shortest=PASSWORD_SHORTEST)


# --- the mail address --------------------------------------------------------------------------------------------


@bp.get("/mon-compte/adresse")
@signed_in
@does(Act.ACCOUNT_USE)
def address_form() -> str:
    """Another mail address."""
    return render_template("signin/address.html", form=AddressForm(), problem="")


@bp.post("/mon-compte/adresse")
@signed_in
@does(Act.ACCOUNT_USE)
@fresh
def change_address() -> Page:
    """Letters to both; nothing changes before the new one answers."""
    form = AddressForm()
    if not form.validate():
        return render_template("signin/address.html", form=form, problem=""), 422
    if form.email.data == current_user.email:
        return render_template("signin/address.html", form=form, problem=_("C’est déjà votre adresse.")), 422
    try:
        actions.ask_address_change(current_user, form.email.data or "", now=clock.now())
    except TooSoon as refusal:
        page = render_template("signin/address.html", form=form, problem=refusal.message)
        return page, refusal.status, {"Retry-After": str(refusal.seconds)}
    flash(_("Un courriel part vers la nouvelle adresse : ouvrez son lien pour la confirmer."))
    return redirect(url_for(".security"), 303)


@bp.post("/mon-compte/adresse/confirmer")
@signed_in
@does(Act.ACCOUNT_USE)
def ask_confirmation() -> Response:
    """A letter to the present address."""
    try:
        actions.ask_confirmation(current_user, now=clock.now())
        flash(_("Un courriel part vers votre adresse : ouvrez son lien pour la confirmer."))
    except TooSoon as refusal:
        flash(refusal.message)
    return redirect(url_for(".security"), 303)


# --- asked again -------------------------------------------------------------------------------------------------


def must_set_up() -> bool:
    """An administrator who gave one proof alone sets up a second before anything else."""
    sign_in = current_user.sign_in if current_user.is_authenticated else None
    return sign_in is not None and current_user.role is Role.ADMIN and not sign_in.is_strong


@bp.before_app_request
def hold_to_proofs() -> Any:
    """Lead who must to the second proof, and ask again before what is dangerous."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.endpoint == "static" or getattr(view, "is_shared", False):
        return None
    if not current_user.is_authenticated:
        return None
    if must_set_up() and (request.endpoint or "").partition(".")[0] not in _SELF:
        return redirect(url_for("signin.security"), 303)
    if not getattr(view, "is_fresh", False) or current_user.is_fresh:
        return None
    if request.method != "POST":
        return redirect(url_for("signin.proof_form", suite=request.script_root + request.full_path.rstrip("?")), 303)
    return _prove_beside()


def _prove_beside() -> Any:
    """The proof comes with the form it was asked for, which is then taken as it is; its token was checked before."""
    problem, status, headers = _check_proof() if any(request.form.get(name) for name in PROOFS) else ("", 403, {})
    if status == 200:
        return None
    fields = [
        (name, text) for name, texts in request.form.lists() for text in texts if name not in (*PROOFS, "csrf_token")
    ]
    page = _proof_page(problem, fields=fields, action=request.script_root + request.full_path.rstrip("?"))
    return page, status, {"Cache-Control": "no-store", **headers}


def _check_proof() -> tuple[str, int, dict[str, str]]:
    """What is wrong with it, and the status of the answer; 200: nothing."""
    account, now = current_user._get_current_object(), clock.now()
    password, code, key = (request.form.get(name, "") for name in PROOFS)
    has_factors = queries.get_factors(account.id).is_enough
    try:
        if key:
            is_proved = factor_actions.show_passkey(key, now=now, account=account) is not None
        elif code:
            is_proved = factor_actions.check_second(account, code, now=now)
        elif has_factors or account.password_hash is None:
            is_proved = False  # who has two proofs is not asked for the weaker
        else:
            with passwords.KNOWN.entered():
                is_proved = accounts.check_password(account, password[:1000], now=now)
    except (TooSoon, Busy) as refusal:
        return refusal.message, refusal.status, {"Retry-After": str(refusal.seconds)}
    if is_proved:
        session.prove_again(account, is_strong=bool(key or code))
    # What was used up or counted stays so, whatever the view answers.
    db.keep()
    return ("", 200, {}) if is_proved else (_("Cela ne convient pas : vérifiez, puis recommencez."), 422, {})


@bp.get("/connexion/preuve")
@signed_in
@does(Act.ACCOUNT_USE)
def proof_form() -> Page:
    """Asks who one is, on the way to a page that wants to know it now."""
    if current_user.is_fresh:
        return redirect(_way_on())
    return _proof_page("", fields=[], action=None)


@bp.post("/connexion/preuve")
@signed_in
@does(Act.ACCOUNT_USE)
def prove() -> Page:
    """On to the page."""
    problem, status, headers = _check_proof()
    if status != 200:
        return _proof_page(problem, fields=[], action=None), status, headers
    return redirect(_way_on(), 303)


def _way_on() -> str:
    return local_path(request.args.get("suite"), url_for("signin.security"))


def _proof_page(problem: str, *, fields: list[tuple[str, str]], action: str | None) -> str:
    return render_template(
        "signin/proof.html",
        problem=problem,
        fields=fields,
        action=action,
        factors=queries.get_factors(current_user.id),
        desk=actions.desk(),
        has_files=bool(request.files),
    )
