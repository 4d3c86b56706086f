"""The pages where administrators keep the terms that places are described by."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from fablabmesh.accounts.rights import Act
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import signed_in
from fablabmesh.terms.models import Term
from fablabmesh.terms.rules import STANDARDS, Vocabulary, read_vocabulary
from fablabmesh.vocabularies import queries, term_actions
from fablabmesh.vocabularies.term_forms import TermForm, fill_term
from fablabmesh.vocabularies.views import bp


@bp.get("/administration")
@signed_in
@does(Act.SITE_ADMINISTER)
def administration() -> str:
    """What administrators keep, in one place."""
    return render_template(
        "vocabularies/administration.html", vocabularies=list(Vocabulary), counts=queries.count_terms()
    )


@bp.get("/administration/vocabulaires/<vocabulary>")
@signed_in
@does(Act.SITE_ADMINISTER)
def terms(vocabulary: str) -> str:
    """A vocabulary, with a form for one more word."""
    of = _read(vocabulary)
    return _list(of, TermForm(formdata=None))


@bp.post("/administration/vocabulaires/<vocabulary>")
@signed_in
@does(Act.SITE_ADMINISTER)
def add_term(vocabulary: str) -> Response | tuple[str, int]:
    """One more word."""
    of, form = _read(vocabulary), TermForm()
    form.offer(_list_wider(queries.list_used_terms(of)))
    if not _is_fine(of, form):
        return _list(of, form), 422
    added = term_actions.add_term(of, form.term_values)
    flash(_("« %(name)s » est proposé aux lieux.", name=added.label))
    return redirect(url_for(".terms", vocabulary=of.slug), 303)


@bp.get("/administration/vocabulaires/<vocabulary>/<code>")
@signed_in
@does(Act.SITE_ADMINISTER)
def term(vocabulary: str, code: str) -> str:
    """The form of one word."""
    of = _read(vocabulary)
    rows = queries.list_used_terms(of)
    found, count = _get(rows, code)
    form = TermForm(formdata=None, data=fill_term(found))
    form.offer(_list_wider(rows, but=code))
    return _page(of, found, count, form)


@bp.post("/administration/vocabulaires/<vocabulary>/<code>")
@signed_in
@does(Act.SITE_ADMINISTER)
def change_term(vocabulary: str, code: str) -> Response | tuple[str, int]:
    """Rename it, move it, widen it, retire it or offer it again."""
    of, form = _read(vocabulary), TermForm()
    rows = queries.list_used_terms(of)
    found, count = _get(rows, code)
    form.offer(_list_wider(rows, but=code))
    if not _is_fine(of, form, but=code):
        return _page(of, found, count, form), 422
    values = form.term_values | {"is_retired": bool(form.is_retired.data)}
    # An emptied field takes the alignment away.
    values["alignments"] = {name: values["alignments"].get(name, "") for name in STANDARDS}
    term_actions.change_term(of, code, values)
    flash(_("« %(name)s » est à jour, partout où il est écrit.", name=form.name_fr.data))
    return redirect(url_for(".terms", vocabulary=of.slug), 303)


def _read(slug: str) -> Vocabulary:
    found = read_vocabulary(slug)
    if found is None:
        raise NotFound(_("Ce vocabulaire n’existe pas."))
    return found


def _get(rows: Sequence[tuple[Term, int]], code: str) -> tuple[Term, int]:
    for found, count in rows:
        if found.code == code:
            return found, count
    raise NotFound(_("Ce mot n’existe pas dans ce vocabulaire."))


def _list_wider(rows: Sequence[tuple[Term, int]], *, but: str = "") -> list[tuple[str, str]]:
    """The terms that may be wider than this one: neither itself nor one that it is wider than."""
    broader = {found.code: found.broader for found, _count in rows}

    def is_below(code: str | None) -> bool:
        seen: set[str] = set()
        while code and code not in seen:
            if code == but:
                return True
            seen.add(code)
            code = broader.get(code)
        return False

    return [(found.code, found.label) for found, _count in rows if not (but and is_below(found.code))]


def _is_fine(of: Vocabulary, form: TermForm, but: str = "") -> bool:
    if not form.validate():
        return False
    if queries.is_term_taken(of, form.name_fr.data or "", but=but):
        form.name_fr.errors = [_("Un autre mot de ce vocabulaire porte déjà ce nom.")]
        return False
    return True


def _list(of: Vocabulary, form: TermForm) -> str:
    rows = queries.list_used_terms(of)
    form.offer(_list_wider(rows))
    names = {found.code: found.label for found, _count in rows}
    return render_template(
        "vocabularies/terms.html", vocabulary=of, rows=rows, names=names, standards=STANDARDS, form=form
    )


def _page(of: Vocabulary, found: Term, count: int, form: TermForm) -> str:
    return render_template("vocabularies/term.html", vocabulary=of, term=found, count=count, form=form)
