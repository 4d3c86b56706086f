"""One's own data: what there is, all of it to take away, and the end of an account."""

from typing import Any

from flask import Response, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts import session as sessions
from fablabmesh.accounts.models import Account
from fablabmesh.accounts.rights import Act
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import NotFound, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import anyone, fresh, public_url, signed_in
from fablabmesh.privacy import actions, parcel, queries
from fablabmesh.privacy.forms import ErasureForm
from fablabmesh.privacy.register import REGISTER
from fablabmesh.privacy.rules import BACKUP_KEPT
from fablabmesh.privacy.views import bp


@bp.get("/mon-espace/donnees")
@signed_in
@does(Act.ACCOUNT_USE)
def mine() -> str:
    """What the site keeps of this person, and how much of each."""
    found = queries.gather(current_user)
    counts = [(treatment, sum(len(rows) for _table, rows in tables)) for treatment, tables in _chapters(found.rows)]
    return render_template("privacy/mine.html", counts=counts)


@bp.post("/mon-espace/donnees")
@signed_in
@fresh
@does(Act.ACCOUNT_USE)
def take() -> Response:
    """The parcel, made at once."""
    now = clock.now()
    found = queries.gather(current_user)
    site = public_url("")
    page = render_template(
        "privacy/parcel.html", person=current_user, chapters=_chapters(found.rows), now=now, site=site
    )
    files = {
        parcel.JSON_NAME: parcel.write_json(found.rows, found.names, site=site, made_at=now),
        parcel.PAGE_NAME: page.encode(),
    }
    answer = Response(parcel.pack(files, made_at=now), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="mes-donnees-{now:%Y-%m-%d}.zip"'
    return answer


def _chapters(rows: dict[str, list[dict[str, Any]]]) -> list[tuple[Any, list[tuple[str, list[dict[str, Any]]]]]]:
    """The rows by treatment of the register, without the empty ones."""
    plain = {table: [parcel.plain(row) for row in found] for table, found in rows.items() if found}
    chapters = [
        (each, [(name, plain[name]) for table in each.tables for name in (table, f"{table}_by_you") if name in plain])
        for each in REGISTER
    ]
    return [(treatment, tables) for treatment, tables in chapters if tables]


# --- the end -----------------------------------------------------------------------------------------------------


@bp.get("/mon-espace/effacer")
@signed_in
@does(Act.ACCOUNT_USE)
def erasure() -> str:
    """What will go, what will stay, before it is done."""
    return _erasure_page(current_user, ErasureForm())


@bp.post("/mon-espace/effacer")
@signed_in
@fresh
@does(Act.ACCOUNT_USE)
def erase() -> Answer | tuple[str, int]:
    """The account goes, with all that the page said; nobody is signed in afterwards."""
    form = ErasureForm()
    if not form.validate():
        return _erasure_page(current_user, form), 422
    account_id = current_user.id
    try:
        actions.erase(account_id, with_public_name=bool(form.with_public_name.data), now=clock.now())
    except Refused as refusal:
        return _erasure_page(current_user, form, refusal.message), 422
    sessions.end()
    return redirect(url_for(".erased"), 303)


@bp.get("/compte-efface")
@anyone
@does(Act.SITE_READ)
def erased() -> str:
    """What was done, told to somebody who has no account any more."""
    return render_template("privacy/erased.html", backup_days=BACKUP_KEPT.days)


@bp.get("/administration/effacer/<int:account_id>")
@signed_in
@does(Act.SITE_PEOPLE)
def erasure_of(account_id: int) -> str:
    """The same page for whoever administers the site and was asked by letter."""
    return _erasure_page(_find(account_id), ErasureForm())


@bp.post("/administration/effacer/<int:account_id>")
@signed_in
@fresh
@does(Act.SITE_PEOPLE)
def erase_other(account_id: int) -> Answer | tuple[str, int]:
    """On request of the person."""
    account, form = _find(account_id), ErasureForm()
    if not form.validate():
        return _erasure_page(account, form), 422
    try:
        actions.erase(account.id, with_public_name=bool(form.with_public_name.data), now=clock.now())
    except Refused as refusal:
        return _erasure_page(account, form, refusal.message), 422
    return redirect(url_for(".erased"), 303)


def _find(account_id: int) -> Account:
    account = queries.get_and_lock(account_id)
    # Invented people are taken away together; an invented administrator has nothing to say of real ones.
    if account is None or account.id == current_user.id or account.is_demo != current_user.is_demo:
        raise NotFound(_("Ce compte n’existe pas."))
    return account


def _erasure_page(account: Account, form: ErasureForm, problem: str = "") -> str:
    return render_template(
        "privacy/erasure.html",
        account=account,
        is_mine=account.id == current_user.id,
        form=form,
        problem=problem,
        alone=queries.list_left_alone(account),
        named=queries.list_public_roles(account),
        treatments=REGISTER,
        backup_days=BACKUP_KEPT.days,
    )
