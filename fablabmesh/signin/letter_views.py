"""What letters lead to: signing in by a link, another password, a mail address confirmed, changed or given back.

A link that is only opened does nothing: programs that look at mails before people do open them all.
"""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fablabmesh.accounts import actions as accounts
from fablabmesh.accounts import passwords, session
from fablabmesh.accounts import queries as people
from fablabmesh.accounts.attempt_actions import digest
from fablabmesh.accounts.models import OneTimeWord
from fablabmesh.accounts.rights import Act
from fablabmesh.accounts.rules import PASSWORD_SHORTEST, Means
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import Busy, TooSoon
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import anyone, local_path
from fablabmesh.signin import actions
from fablabmesh.signin.forms import LetterForm, NewPasswordForm
from fablabmesh.signin.models import Purpose
from fablabmesh.signin.views import enter, way_on
from fablabmesh.signin.views import steps as bp

# --- asking for one ----------------------------------------------------------------------------------------------


@bp.get("/connexion/lien")
@anyone
@does(Act.SITE_SIGN_IN)
def ask_link_form() -> str:
    """Where to send a link by which to sign in."""
    return _ask_page(Purpose.LINK, LetterForm())


@bp.post("/connexion/lien")
@anyone
@does(Act.SITE_SIGN_IN)
def ask_link() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """The answer is the same for an address that is known, unknown or nobody's."""
    return _ask(Purpose.LINK)


@bp.get("/mot-de-passe-oublie")
@anyone
@does(Act.SITE_SIGN_IN)
def lost() -> str:
    """Where to send a link by which to choose another password."""
    return _ask_page(Purpose.RESET, LetterForm())


@bp.post("/mot-de-passe-oublie")
@anyone
@does(Act.SITE_SIGN_IN)
def ask_reset() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """The same answer for every address."""
    return _ask(Purpose.RESET)


def _ask(purpose: Purpose) -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    form = LetterForm()
    if not form.validate():
        return _ask_page(purpose, form), 422
    then = local_path(request.args.get("suite"), "")
    try:
        actions.ask_letter(
            purpose, form.email.data or "", address=request.remote_addr or "", then=then, now=clock.now()
        )
    except TooSoon as refusal:
        return _ask_page(purpose, form, refusal.message), refusal.status, {"Retry-After": str(refusal.seconds)}
    return redirect(url_for("signin.asked"), 303)


def _ask_page(purpose: Purpose, form: LetterForm, problem: str = "") -> str:
    is_reset = purpose is Purpose.RESET
    return render_template("signin/ask.html", form=form, problem=problem, is_reset=is_reset)


@bp.get("/connexion/courriel-envoye")
@anyone
@does(Act.SITE_SIGN_IN)
def asked() -> str:
    """A letter is on its way, if the address has an account."""
    return render_template("signin/asked.html")


# --- coming by one -----------------------------------------------------------------------------------------------


def _find(word: str, *purposes: str) -> OneTimeWord | None:
    now = clock.now()
    found = (people.find_word(digest(word), purpose, now=now) for purpose in purposes)
    return next((each for each in found if each is not None), None)


def _page(name: str, status: int = 200, **values: object) -> Response:
    """Its address is a secret: no cache keeps it, no search engine knows it, no other site is told it."""
    answer = make_response(render_template(name, **values), status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _gone() -> Response:
    return _page("signin/gone.html", 410)


@bp.get("/connexion/lien/<word>")
@anyone
@does(Act.SITE_SECRET)
def link(word: str) -> Response:
    """A button: opening the link does not use it up."""
    return _page("signin/link.html") if _find(word, actions.WORD_LINK) else _gone()


@bp.post("/connexion/lien/<word>")
@anyone
@does(Act.SITE_SECRET)
def enter_by_link(word: str) -> Response:
    """In: whoever reads the letters of an address is its owner."""
    now = clock.now()
    used = accounts.use_word(word, actions.WORD_LINK, now=now)
    account = actions.confirm_by_word(used, now=now) if used is not None else None
    if used is None or account is None:
        return _gone()
    return enter(account, Means.LINK, is_strong=False, then=way_on(used.told.get("then")))


@bp.get("/mot-de-passe/<word>")
@anyone
@does(Act.SITE_SECRET)
def reset_form(word: str) -> Response:
    """A new password."""
    found = _find(word, actions.WORD_RESET)
    account = people.find_account(found.account_id) if found is not None else None
    return _reset_page(NewPasswordForm(account)) if account else _gone()


@bp.post("/mot-de-passe/<word>")
@anyone
@does(Act.SITE_SECRET)
def reset(word: str) -> Response:
    """It holds, all sessions end, and they are in."""
    now = clock.now()
    found = _find(word, actions.WORD_RESET)
    account = people.find_account(found.account_id) if found is not None else None
    if found is None or account is None or not account.is_active:
        return _gone()
    form = NewPasswordForm(account)
    if not form.validate():
        return _reset_page(form, status=422)
    try:
        with passwords.STRANGERS.entered():
            used = accounts.use_word(word, actions.WORD_RESET, now=now)
            if used is None:
                return _gone()
            session.end()
            actions.confirm_by_word(used, now=now)
            actions.change_password(account, form.password.data or "", now=now)
    except Busy as refusal:
        return _reset_page(form, refusal.message, refusal.status)
    flash(_("Votre nouveau mot de passe est en place. Toutes les autres sessions sont fermées."))
    return enter(account, Means.LINK, is_strong=False, then=way_on())


def _reset_page(form: NewPasswordForm, problem: str = "", status: int = 200) -> Response:
    return _page("signin/reset.html", status, form=form, problem=problem, shortest=PASSWORD_SHORTEST)


# --- the mail address --------------------------------------------------------------------------------------------


@bp.get("/mon-compte/adresse/<word>")
@anyone
@does(Act.SITE_SECRET)
def address(word: str) -> Response:
    """A button that confirms an address, the present one or another."""
    found = _find(word, actions.WORD_CONFIRM, actions.WORD_ADDRESS)
    return _page("signin/address_word.html", told=found.told, is_undo=False) if found else _gone()


@bp.post("/mon-compte/adresse/<word>")
@anyone
@does(Act.SITE_SECRET)
def confirm_address(word: str) -> Response:
    """It is theirs."""
    now = clock.now()
    used = accounts.use_word(word, actions.WORD_CONFIRM, now=now)
    if used is not None:
        account = actions.confirm_by_word(used, now=now)
    else:
        used = accounts.use_word(word, actions.WORD_ADDRESS, now=now)
        account = actions.change_address(used, now=now) if used is not None else None
    if account is None:
        return _gone()
    flash(_("Votre adresse est confirmée."))
    return redirect(url_for("signin.security"), 303)


@bp.get("/mon-compte/adresse/annuler/<word>")
@anyone
@does(Act.SITE_SECRET)
def undo_address_form(word: str) -> Response:
    """A button that gives the account back to its former address."""
    found = _find(word, actions.WORD_UNDO)
    return _page("signin/address_word.html", told=found.told, is_undo=True) if found else _gone()


@bp.post("/mon-compte/adresse/annuler/<word>")
@anyone
@does(Act.SITE_SECRET)
def undo_address(word: str) -> Response:
    """The former address holds again, nobody is signed in, and a new password is the next thing to do."""
    now = clock.now()
    used = accounts.use_word(word, actions.WORD_UNDO, now=now)
    account = actions.undo_address_change(used, now=now) if used is not None else None
    if account is None:
        return _gone()
    flash(_("L’adresse d’avant est de nouveau la vôtre, et toutes les sessions sont fermées. Changez le mot de passe."))
    return redirect(url_for("signin.lost"), 303)
