"""How often somebody is told of what, and the link that stops it.

A link that is only opened stops nothing: programs that look at mails before people do open them all.
"""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import anyone, by_secret_link, signed_in
from fablabmesh.notices import actions, queries
from fablabmesh.notices.forms import NoticeForm, make_form
from fablabmesh.notices.rules import EVERYTHING, Kind

bp = Blueprint("notices", __name__)


@bp.get("/mon-espace/avis")
@signed_in
@does(Act.ACCOUNT_USE)
def settings() -> str:
    """Each kind of notices, and how often."""
    return _page(make_form(queries.map_frequencies(current_user), current_user.language))


@bp.post("/mon-espace/avis")
@signed_in
@does(Act.ACCOUNT_USE)
def update() -> Answer | tuple[str, int]:
    """From now on."""
    form = make_form(queries.map_frequencies(current_user), current_user.language)
    if not form.validate():
        return _page(form), 422
    actions.choose(current_user, form.chosen, now=clock.now())
    actions.set_language(current_user, form.language.data)
    flash(_("Vos réglages sont enregistrés."))
    return redirect(url_for(".settings"), 303)


def _page(form: NoticeForm) -> str:
    desk = [form[kind.value] for kind in form.kinds if kind.is_of_desk]
    others = [form[kind.value] for kind in form.kinds if not kind.is_of_desk]
    return render_template("notices/settings.html", form=form, desk=desk, others=others)


@bp.get("/avis/arreter/<word>")
@anyone
@does(Act.SITE_SECRET)
def stopping(word: str) -> Response:
    """What would come no more, and the button."""
    found = actions.read_stop(word)
    if found is None:
        raise NotFound(_("Ce lien est incomplet, ou ce compte n’existe plus. Suivez le lien entier du courriel."))
    label = "" if found[1] == EVERYTHING else Kind(found[1]).label
    return _private(render_template("notices/stop.html", label=label, is_done=False))


@bp.post("/avis/arreter/<word>")
@anyone
@does(Act.SITE_SECRET)
@by_secret_link
@does(Act.SITE_SECRET)
def stop(word: str) -> Response:
    """The one click of RFC 8058, by a person or by a program of mail: no cookie, no token, no question.

    A program that asks twice, or for an account that is gone, is told the same.
    """
    actions.stop(word, now=clock.now())
    return _private(render_template("notices/stop.html", label="", is_done=True))


def _private(page: str) -> Response:
    """Its address is a secret: no cache keeps it, no search engine knows it."""
    answer = Response(page, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
