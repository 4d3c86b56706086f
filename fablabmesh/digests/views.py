"""Asking for a weekly letter, confirming it by a link, changing and stopping it by another.

A link that is only opened does nothing: programs that look at mails before people do open them all.
"""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.digests import actions, issue_actions, rules
from fablabmesh.digests.forms import AskForm, LanguageForm
from fablabmesh.digests.models import Subscription
from fablabmesh.feeds import queries as feeds
from fablabmesh.feeds.composition import title_of
from fablabmesh.feeds.slices import BadFilter, Slice, read_slice
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import NotFound, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import language
from fablabmesh.kit.web import anyone, by_secret_link

bp = Blueprint("digests", __name__)


# --- asking ------------------------------------------------------------------------------------------------------


@bp.get("/lettres/nouvelle")
@anyone
@does(Act.SITE_PROPOSE)
def new() -> str:
    """What the letter of this filter would be, and the form to ask for it."""
    return _new_page(_read_filter(), AskForm(language=language()))


@bp.post("/lettres/nouvelle")
@anyone
@does(Act.SITE_PROPOSE)
def create() -> Answer | tuple[str, int]:
    """Send a link to the address. The answer is the same for an address that is known, unknown or nobody's."""
    wanted, form = _read_filter(), AskForm()
    if not form.validate():
        return _new_page(wanted, form), 422
    if not form.is_by_robot:
        network, now = rules.network_of(request.remote_addr or ""), clock.now()
        try:
            actions.ask(
                email=form.email.data or "", wanted=wanted, language=form.language.data, network=network, now=now
            )
        except actions.TooMany as refusal:
            return _new_page(wanted, form, refusal.message), 429
    return redirect(url_for(".asked"), 303)


@bp.get("/lettres/demandee")
@anyone
@does(Act.SITE_PROPOSE)
def asked() -> str:
    """A link is on its way."""
    return render_template("digests/told.html", heading=_("Consultez votre boîte de réception"), state="asked")


def _read_filter() -> Slice:
    args = request.args.to_dict(flat=False)
    wanted = read_slice(args, zones=feeds.map_zones(), categories=feeds.list_category_slugs()) if args else Slice()
    wanted = feeds.follow_moved(wanted)
    if not rules.is_quotable(wanted):
        raise Refused(_("Une lettre ne suit pas des mots qui contiennent une adresse : retirez-la de votre recherche."))
    return wanted


def _new_page(wanted: Slice, form: AskForm, problem: str = "") -> str:
    title, query = title_of(wanted, feeds.find_names(wanted)), wanted.to_query()
    return render_template("digests/new.html", form=form, title=title, query=query, problem=problem)


# --- confirming --------------------------------------------------------------------------------------------------


@bp.get("/lettres/confirmer/<secret>")
@anyone
@does(Act.SITE_SECRET)
def confirmation(secret: str) -> Response:
    """A button: opening the link confirms nothing."""
    subscription = actions.get_asked(secret, now=clock.now())
    return _private(render_template("digests/confirm.html", title=_title(subscription)))


@bp.post("/lettres/confirmer/<secret>")
@anyone
@does(Act.SITE_SECRET)
@by_secret_link
def confirm(secret: str) -> Response:
    """The letter begins."""
    subscription = actions.confirm(secret, now=clock.now())
    title, word = _title(subscription), actions.stop_word(subscription)
    page = render_template("digests/told.html", heading=_("C’est confirmé"), state="confirmed", title=title, word=word)
    return _private(page)


# --- changing and stopping ---------------------------------------------------------------------------------------


@bp.get("/lettres/arreter/<word>")
@anyone
@does(Act.SITE_SECRET)
def settings(word: str) -> Response:
    """What is sent, in which language, and the button that stops it."""
    subscription = _get(word)
    form = LanguageForm(language=subscription.language)
    others = actions.count_others(subscription)
    page = render_template(
        "digests/settings.html",
        form=form,
        word=word,
        title=_title(subscription),
        query=subscription.query,
        others=others,
    )
    return _private(page)


@bp.post("/lettres/arreter/<word>")
@anyone
@does(Act.SITE_SECRET)
@by_secret_link
def stop(word: str) -> Response:
    """The one click of RFC 8058, by a person or by a program of mail: no cookie, no token, no question.

    What is stopped already is stopped: a program that asks twice is told the same.
    """
    subscription = actions.find_by_stop_word(word)
    if subscription is not None:
        if request.form.get("tout") == "oui":
            actions.stop_all(subscription.email, now=clock.now())
        else:
            actions.stop(subscription, now=clock.now())
    return _private(render_template("digests/told.html", heading=_("C’est arrêté"), state="stopped"))


@bp.post("/lettres/regler/<word>")
@anyone
@does(Act.SITE_SECRET)
@by_secret_link
def update(word: str) -> Answer:
    """Another language, from the next letter on."""
    subscription, form = _get(word), LanguageForm(meta={"csrf": False})
    if form.validate():
        actions.set_language(subscription, form.language.data)
    return redirect(url_for(".settings", word=word, _anchor="langue"), 303)


def _get(word: str) -> Subscription:
    subscription = actions.find_by_stop_word(word)
    if subscription is None:
        raise NotFound(
            _("Cette lettre est arrêtée, ou le lien est incomplet. Pour une autre, suivez le lien qu’elle contient.")
        )
    return subscription


def _title(subscription: Subscription) -> str:
    try:
        wanted = issue_actions.read_query(subscription.query)
        return title_of(wanted, feeds.find_names(wanted))
    except (BadFilter, NotFound):
        return _("Agenda des Fab Labs")


def _private(page: str) -> Response:
    """Its address is a secret: no cache keeps it, no search engine knows it."""
    answer = Response(page, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
