"""The page where a person makes, sees and revokes the tokens of programs."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act, ties_to_own
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import fresh, public_url, signed_in
from fablabmesh.places import queries as places
from fablabmesh.places.models import Place
from fablabmesh.places.rules import may
from fablabmesh.tokens import actions, queries
from fablabmesh.tokens.forms import TokenForm
from fablabmesh.tokens.rules import Scope

bp = Blueprint("tokens", __name__)

Page = str | tuple[str, int]


@bp.get("/mon-espace/jetons")
@signed_in
@does(Act.ACCOUNT_USE)
def index() -> str:
    """The tokens that are open, and a form for one more."""
    return _page(_form())


@bp.post("/mon-espace/jetons")
@signed_in
@fresh
@does(Act.ACCOUNT_USE)
def create() -> Page:
    """One more; its words are shown this once."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    mine = [place for place in _writable() if place.id in (form.places.data or ())]
    try:
        _token, words = actions.make_token(
            current_user,
            name=form.name.data or "",
            scopes=[Scope(scope) for scope in form.scopes.data or ()],
            places=mine,
            days=form.days.data,
            now=clock.now(),
        )
    except Refused as refusal:
        form.name.errors = [refusal.message]
        return _page(form), 422
    return _page(_form(is_empty=True), words=words), 201


@bp.post("/mon-espace/jetons/<int:token_id>/revoquer")
@signed_in
@does(Act.OWN_USE)
def revoke(token_id: int) -> Answer:
    """It opens nothing from now on."""
    token = queries.get_token(token_id)
    ties = ties_to_own(current_user, token.account_id)
    hold_to(Act.OWN_USE, ties, hidden=queries.unknown())
    actions.revoke(token, now=clock.now())
    flash(_("Le jeton « %(name)s » est révoqué : il n’ouvre plus rien.", name=token.name))
    return redirect(url_for(".index"), 303)


def _writable() -> list[Place]:
    """The places for whose events a token may be made: those one looks after oneself."""
    mine = places.list_managed_by(current_user.id)
    return [place for place in mine if may(current_user, Act.EVENT_WRITE, place)]


def _form(*, is_empty: bool = False) -> TokenForm:
    given = {"formdata": None} if is_empty else {}
    return TokenForm([(place.id, place.name) for place in _writable()], **given)


def _page(form: TokenForm, words: str = "") -> str:
    tokens = queries.list_tokens(current_user.id)
    names = queries.name_places({place_id for token in tokens for place_id in token.place_ids})
    mine = _writable()
    return render_template(
        "tokens/index.html",
        tokens=tokens,
        shown={token.id: ", ".join(sorted(names[id_] for id_ in token.place_ids if id_ in names)) for token in tokens},
        scopes={scope.value: scope.label for scope in Scope},
        form=form,
        words=words,
        now=clock.now(),
        example=mine[0].slug if mine else "mon-lab",
        address=public_url("/api/v1/evenements"),
    )
