"""The pages where administrators keep the vocabularies."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from fablabmesh.accounts.rights import Act
from fablabmesh.events.models import Category
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import signed_in
from fablabmesh.vocabularies import actions, queries
from fablabmesh.vocabularies.forms import CategoryForm

bp = Blueprint("vocabularies", __name__)


@bp.get("/administration/categories")
@signed_in
@does(Act.SITE_ADMINISTER)
def categories() -> str:
    """The categories of events, with a form for one more."""
    return _list(CategoryForm(formdata=None))


@bp.post("/administration/categories")
@signed_in
@does(Act.SITE_ADMINISTER)
def add_category() -> Response | tuple[str, int]:
    """One more category."""
    form = CategoryForm()
    if not _is_fine(form):
        return _list(form), 422
    added = actions.add_category(
        name_fr=form.name_fr.data or "", name_en=form.name_en.data or "", position=form.position.data
    )
    flash(_("« %(name)s » est proposé pour les événements.", name=added.label))
    return redirect(url_for(".categories"), 303)


@bp.get("/administration/categories/<slug>")
@signed_in
@does(Act.SITE_ADMINISTER)
def category(slug: str) -> str:
    """The form of one category."""
    found = _get(slug)
    return render_template("vocabularies/category.html", category=found, form=CategoryForm(formdata=None, obj=found))


@bp.post("/administration/categories/<slug>")
@signed_in
@does(Act.SITE_ADMINISTER)
def change_category(slug: str) -> Response | tuple[str, int]:
    """Rename it, move it in the list, retire it or offer it again."""
    found, form = _get(slug), CategoryForm()
    if not _is_fine(form, but=slug):
        return render_template("vocabularies/category.html", category=found, form=form), 422
    actions.change_category(
        slug,
        name_fr=form.name_fr.data or "",
        name_en=form.name_en.data or "",
        position=form.position.data or found.position,
        is_retired=bool(form.is_retired.data),
    )
    flash(_("Le genre de rendez-vous est à jour, dans les calendriers abonnés aussi."))
    return redirect(url_for(".categories"), 303)


def _get(slug: str) -> Category:
    for found, _count in queries.list_used_categories():
        if found.slug == slug:
            return found
    raise NotFound(_("Ce genre de rendez-vous n’existe pas."))


def _is_fine(form: CategoryForm, but: str = "") -> bool:
    if not form.validate():
        return False
    if queries.is_name_taken(form.name_fr.data or "", but=but):
        form.name_fr.errors = [_("Un autre genre de rendez-vous porte déjà ce nom.")]
        return False
    return True


def _list(form: CategoryForm) -> str:
    return render_template("vocabularies/categories.html", categories=queries.list_used_categories(), form=form)
