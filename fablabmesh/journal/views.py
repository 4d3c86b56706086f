"""The journal: what was changed where one coordinates, by whom, before and after; and the way back."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act, ties_to_journal
from fablabmesh.journal import queries
from fablabmesh.journal import undo_actions as undoing
from fablabmesh.journal.forms import read_number, read_search
from fablabmesh.journal.models import JournalAct, JournalEntry
from fablabmesh.journal.rules import Reach, Search, may_undo, reach_of
from fablabmesh.journal.wording import tell, tell_actor, tell_clash
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import fresh, read_page, signed_in, with_query

bp = Blueprint("journal", __name__)

ACTS_A_PAGE = 30
ROWS_A_PAGE = 100


def _reach(act: Act = Act.JOURNAL_READ) -> Reach:
    """What this person may read of; that there is more is nobody else's business."""
    hold_to(act, ties_to_journal(current_user), hidden=_("Cette page n’existe pas."))
    found = reach_of(current_user)
    if found is None:
        raise NotFound(_("Cette page n’existe pas."))
    return found


@bp.get("/journal")
@signed_in
@does(Act.JOURNAL_READ)
def index() -> str:
    """Acts, the latest first, each with what it changed."""
    reach = _reach()
    form = read_search(MultiDict(request.args))
    search = form.search(read_number(request.args.get("avant")))
    acts = queries.list_acts(reach, search, limit=ACTS_A_PAGE + 1)
    shown, has_more = acts[:ACTS_A_PAGE], len(acts) > ACTS_A_PAGE
    ids = [act.id for act in shown]
    first = queries.map_first_entries(reach, search, ids)
    names = queries.name_all([entry for entries in first.values() for entry in entries])
    counts, undone = queries.count_entries(reach, search, ids), queries.map_undone(ids)
    rows = [
        (act, tell_actor(act), [tell(entry, names) for entry in first[act.id]], counts[act.id], undone.get(act.id, []))
        for act in shown
    ]
    older = with_query(avant=ids[-1]) if has_more else ""
    return render_template(
        "journal/index.html", form=form, rows=rows, older=older, is_latest=search.before is None, query=form.query
    )


@bp.get("/journal/<int:act_id>")
@signed_in
@does(Act.JOURNAL_READ)
def show(act_id: int) -> str:
    """One act, row by row."""
    reach = _reach()
    return _page(reach, queries.find_act(reach, act_id))


@bp.post("/journal/<int:act_id>/annuler")
@signed_in
@fresh
@does(Act.JOURNAL_UNDO)
def undo(act_id: int) -> Answer | tuple[str, int]:
    """Bring back what stood before the whole act."""
    reach = _reach(Act.JOURNAL_UNDO)
    act = queries.find_act(reach, act_id)
    if not _may_undo_all(reach, act):
        raise NotFound(queries.unknown())
    limit = undoing.MOST_UNDONE + 1
    return _undo(reach, act, queries.list_entries(reach, act.id, limit=limit))


@bp.post("/journal/<int:act_id>/<int:entry_id>/annuler")
@signed_in
@fresh
@does(Act.JOURNAL_UNDO)
def undo_entry(act_id: int, entry_id: int) -> Answer | tuple[str, int]:
    """Bring back what stood before one row of it."""
    reach = _reach(Act.JOURNAL_UNDO)
    act, entry = queries.find_act(reach, act_id), queries.find_entry(reach, act_id, entry_id)
    if not may_undo(current_user, {entry.table_name}):
        raise NotFound(queries.unknown())
    return _undo(reach, act, [entry])


def _undo(reach: Reach, act: JournalAct, entries: list[JournalEntry]) -> Answer | tuple[str, int]:
    try:
        undoing.undo(entries, by=current_user, now=clock.now())
    except undoing.Clashes as clashes:
        names = queries.name_all(entries)
        told = [tell_clash(clash, names) for clash in clashes.clashes]
        return _page(reach, act, problem=clashes.message, clashes=told), clashes.status
    flash(_("C’est annulé : ce qui était là avant est revenu. L’annulation est notée, et s’annule aussi."))
    return redirect(url_for(".show", act_id=act.id), 303)


def _may_undo_all(reach: Reach, act: JournalAct) -> bool:
    return may_undo(current_user, queries.list_tables(act.id)) and queries.count_beyond(reach, act.id) == 0


def _page(reach: Reach, act: JournalAct, *, problem: str = "", clashes: Sequence[object] = ()) -> str:
    total = queries.count_entries(reach, Search(), [act.id]).get(act.id, 0)
    page = read_page(request.args, total, ROWS_A_PAGE)
    entries = queries.list_entries(reach, act.id, limit=page.size, offset=page.offset)
    names = queries.name_all(entries)
    return render_template(
        "journal/show.html",
        act=act,
        actor=tell_actor(act),
        rows=[(tell(entry, names), may_undo(current_user, {entry.table_name})) for entry in entries],
        page=page,
        total=total,
        may_undo=_may_undo_all(reach, act),
        undone=queries.map_undone([act.id]).get(act.id, []),
        problem=problem,
        clashes=clashes,
    )
