"""The door: signing in by password, passkey or provider, the second step, signing out.

The first blueprint keeps the name of the room of people, by which all pages lead here.
"""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import current_user
from werkzeug.wrappers import Response

from fablabmesh.accounts import actions as accounts
from fablabmesh.accounts import passwords, session
from fablabmesh.accounts import queries as people
from fablabmesh.accounts.attempt_actions import counter, hold_back, note_failure
from fablabmesh.accounts.models import Account
from fablabmesh.accounts.rights import Act
from fablabmesh.accounts.rules import Means, device_of, network_of, shown_network
from fablabmesh.kit import clock, db
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import Busy, NotFound, TooSoon
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import anyone, fresh, local_path, public_url, signed_in
from fablabmesh.signin import actions, factor_actions, queries
from fablabmesh.signin.factor_actions import CHALLENGE_LIFE
from fablabmesh.signin.forms import SecondForm, SignInForm
from fablabmesh.signin.providers import Errand, Provider, Unproved

bp = Blueprint("accounts", __name__)
steps = Blueprint("signin", __name__)

WORD_PROVIDER = "signin.provider"
Page = tuple[str, int] | tuple[str, int, dict[str, str]]


# --- by password -------------------------------------------------------------------------------------------------


@bp.get("/connexion")
@anyone
@does(Act.SITE_SIGN_IN)
def sign_in_form() -> Response | str:
    """All ways to sign in, or the dashboard for whom has signed in already."""
    if current_user.is_authenticated:
        return redirect(way_on())
    return _door(SignInForm(), None)


@bp.post("/connexion")
@anyone
@does(Act.SITE_SIGN_IN)
def sign_in() -> Response | Page:
    """One message for a wrong password and for an unknown address."""
    form = SignInForm()
    if not form.validate():
        return _door(form, None), 422
    email, now = form.email.data or "", clock.now()
    device, address = session.known_device(), request.remote_addr or ""
    try:
        counters, is_known = accounts.counters_of(email, address=address, device=device, now=now)
        hold_back(counters, now=now)
        with (passwords.KNOWN if is_known else passwords.STRANGERS).entered():
            account = accounts.check_credentials(
                email, form.password.data or "", address=address, device=device, now=now
            )
            if account is None:
                # A failure is kept although the answer is an error; here, so that who waits in the lane sees it.
                db.keep()
    except (TooSoon, Busy) as refusal:
        if isinstance(refusal, Busy):
            # Of the network alone: a crowd from one address is soon made to wait, and the lane is free for others.
            note_failure(counters[1:], now=now)
            db.keep()
        return _door(form, refusal.message), refusal.status, {"Retry-After": str(refusal.seconds)}
    if account is None:
        return _door(form, _("L’adresse ou le mot de passe ne convient pas. Vérifiez les deux et recommencez.")), 422
    return enter(account, Means.PASSWORD, is_strong=False, then=way_on())


def _door(form: SignInForm, problem: str | None) -> str:
    return render_template(
        "signin/sign_in.html", form=form, problem=problem, then=request.args.get("suite"), desk=actions.desk()
    )


def way_on(then: str | None = None) -> str:
    """Where they were on their way to, on this site."""
    return local_path(then or request.args.get("suite"), url_for("home.dashboard"))


def enter(account: Account, means: Means, *, is_strong: bool, then: str) -> Response:
    """In, or on to the second step where the account has one and this was not worth two proofs."""
    if not is_strong and queries.get_factors(account.id).is_enough:
        session.begin_half(account, means)
        return redirect(url_for("signin.second_step", suite=then), 303)
    return _open(account, means, is_strong=is_strong, then=then)


def _open(account: Account, means: Means, *, is_strong: bool, then: str) -> Response:
    is_new = session.begin(account, means, is_strong=is_strong)
    # The first browser of all is no news.
    if is_new and people.count_devices(account.id) > 1:
        device, network = device_of(request.user_agent.string), shown_network(request.remote_addr or "")
        actions.tell(account, "device", now=clock.now(), device=device, network=network)
    return redirect(then, 303)


@bp.post("/deconnexion")
@signed_in
@does(Act.ACCOUNT_USE)
def sign_out() -> Response:
    """By POST alone, so that no link or image signs anybody out."""
    session.end()
    return redirect(url_for("home.index"), 303)


# --- the second step ---------------------------------------------------------------------------------------------


@steps.get("/connexion/verification")
@anyone
@does(Act.SITE_SIGN_IN)
def second_step() -> Response | str:
    """Asks for a code, or for a passkey."""
    half = session.find_half()
    if half is None:
        return redirect(url_for("accounts.sign_in_form", suite=request.args.get("suite")), 303)
    return _second_page(half.account, SecondForm(), None)


@steps.post("/connexion/verification")
@anyone
@does(Act.SITE_SIGN_IN)
def check_second() -> Response | Page:
    """The code is right, or it is counted."""
    half = session.find_half()
    if half is None:
        flash(_("Cette étape a duré trop longtemps : recommencez depuis le début."))
        return redirect(url_for("accounts.sign_in_form", suite=request.args.get("suite")), 303)
    form, account, now = SecondForm(), half.account, clock.now()
    if not form.validate():
        return _second_page(account, form, None), 422
    try:
        if factor_actions.check_second(account, form.code.data or "", now=now):
            return _open(account, half.means, is_strong=True, then=way_on())
    except TooSoon as refusal:
        return _second_page(account, form, refusal.message), refusal.status, {"Retry-After": str(refusal.seconds)}
    db.keep()
    problem = _("Ce code ne convient pas, ou a déjà servi. Attendez le suivant, ou prenez un code de secours.")
    return _second_page(account, form, problem), 422


def _second_page(account: Account, form: SecondForm, problem: str | None) -> str:
    return render_template(
        "signin/second.html",
        form=form,
        problem=problem,
        factors=queries.get_factors(account.id),
        then=request.args.get("suite"),
        desk=actions.desk(),
    )


# --- by passkey --------------------------------------------------------------------------------------------------


@steps.post("/connexion/cle/options")
@anyone
@does(Act.SITE_SIGN_IN)
def passkey_options() -> Response:
    """What the browser is to ask the device. Of somebody who is signed in, or half so, their own keys alone."""
    _hold_to_passkeys()
    try:
        options = factor_actions.begin_showing(
            network=network_of(request.remote_addr or ""), now=clock.now(), account=_whose()
        )
    except TooSoon as refusal:
        return _json("{}", refusal.status)
    return _json(options, 200)


def _whose() -> Account | None:
    if current_user.is_authenticated:
        account: Account = current_user._get_current_object()
        return account
    half = session.find_half()
    return half.account if half else None


def _hold_to_passkeys() -> None:
    if not actions.desk().party.is_possible:
        raise NotFound(_("Les clés d’accès ne sont pas possibles à cette adresse."))


def _json(body: str, status: int) -> Response:
    answer = Response(body, status, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@steps.post("/connexion/cle")
@anyone
@does(Act.SITE_SIGN_IN)
def enter_by_passkey() -> Response | Page:
    """A passkey is worth two proofs: the device knew its owner."""
    _hold_to_passkeys()
    half = session.find_half()
    account = factor_actions.show_passkey(
        request.form.get("answer", ""), now=clock.now(), account=half.account if half else None
    )
    if account is not None:
        return _open(account, Means.PASSKEY, is_strong=True, then=way_on())
    db.keep()  # the challenge is used up
    problem = _("Cette clé d’accès n’est pas reconnue. Recommencez, ou connectez-vous autrement.")
    if half is not None:
        return _second_page(half.account, SecondForm(formdata=None), problem), 422
    return _door(SignInForm(formdata=None), problem), 422


# --- by a provider -----------------------------------------------------------------------------------------------


@steps.get("/connexion/fournisseur")
@anyone
@does(Act.SITE_SIGN_IN)
def go_to_provider() -> Response:
    """To the provider, with a state that this browser alone can bring back, once."""
    return _go(None, way_on())


@steps.get("/mon-compte/fournisseur/relier")
@signed_in
@does(Act.ACCOUNT_USE)
@fresh
def go_to_link() -> Response:
    """The same, to link the identity to the account of who is signed in."""
    return _go(current_user, url_for("signin.security"))


def _provider() -> Provider:
    found = actions.desk().provider
    if found is None:
        raise NotFound(_("Aucun fournisseur d’identité n’est relié à ce site."))
    return found


def _go(account: Account | None, then: str) -> Response:
    provider, errand, now = _provider(), Errand.make(), clock.now()
    try:
        counters = [counter("challenge:net", network_of(request.remote_addr or ""), 60)]
        hold_back(counters, now=now)
        note_failure(counters, now=now)
        told = {"nonce": errand.nonce, "verifier": errand.verifier, "then": then, "root": request.script_root}
        state = accounts.write_word(WORD_PROVIDER, account=account, lives=CHALLENGE_LIFE * 2, now=now, told=told)
        there = provider.address_to_go(errand, state=state, back=_back(), now=now)
    except (Unproved, TooSoon) as refusal:
        return _turned_away(refusal)
    cookie["provider"] = state
    return redirect(there, 303)


def _back() -> str:
    return public_url("/connexion/fournisseur/retour")


@steps.get("/connexion/fournisseur/retour")
@anyone
@does(Act.SITE_SIGN_IN)
def come_from_provider() -> Response:
    """Who the provider says it is, if it is an account of ours."""
    provider, now, state = _provider(), clock.now(), request.args.get("state", "")
    word = accounts.use_word(state, WORD_PROVIDER, now=now) if state and cookie.pop("provider", None) == state else None
    if word is None or request.args.get("iss", provider.issuer) != provider.issuer:
        return _turned_away(Unproved("a state that is not ours"))
    told = word.told
    # Used up, whatever comes of it; and no transaction waits for the provider.
    db.keep()
    try:
        errand = Errand(told["nonce"], told["verifier"])
        identity = provider.identify(request.args.get("code", ""), errand, back=_back(), now=now)
    except Unproved as refusal:
        provider.forget()
        return _turned_away(refusal, told["root"])
    if word.account_id is not None:
        if current_user.is_authenticated and current_user.id == word.account_id:
            factor_actions.link_provider(current_user, identity, now=now)
            flash(_("Votre identité est reliée à ce compte."))
        return redirect(told["then"], 303)
    account = factor_actions.recognise(identity, now=now)
    if account is None:
        flash(
            _("Aucun compte n’est relié à cette identité. Connectez-vous autrement, puis reliez-la dans « Sécurité ».")
        )
        return redirect(told["root"] + "/connexion", 303)
    return enter(account, Means.PROVIDER, is_strong=False, then=told["then"])


def _turned_away(refusal: Unproved | TooSoon, root: str = "") -> Response:
    if isinstance(refusal, Unproved):
        current_app.logger.warning("the provider of identities proved nothing: %s", refusal.reason)
    flash(refusal.message)
    return redirect(f"{root}/connexion" if root else url_for("accounts.sign_in_form"), 303)
