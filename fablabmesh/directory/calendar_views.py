"""The agenda of what a search finds as a calendar: who follows it gets tomorrow's places too, and loses those that no
longer fit. Where the agenda has the words for the same, its own address is the one."""

from functools import partial

from flask import Blueprint, request
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.directory import calendar_queries as calendars
from fablabmesh.directory import queries
from fablabmesh.directory.filters import PARAMETERS, Search
from fablabmesh.feeds import views as feeds
from fablabmesh.feeds.composition import Cover, file_name_at
from fablabmesh.feeds.slices import BadFilter
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import without_language
from fablabmesh.kit.web import public_url, shared

bp = Blueprint("places_calendar", __name__)


@bp.get("/lieux.ics")
@shared
@does(Act.PLACE_READ)
def show() -> Answer:
    """Every event of the places that fit, now and later."""
    return feeds.serve(_find)


bp.after_request(feeds.answer_preflight)


def path_of(search: Search) -> str:
    """The one address of the calendar, without what a calendar cannot keep."""
    wanted = calendars.slice_of(search)
    return wanted.to_path() if wanted is not None else f"/lieux.ics?{search.lasting.to_query()}"


@bp.app_template_global("places_calendar_path")
def places_calendar_path(search: Search) -> str:
    """Where it stands, in all languages."""
    return without_language(request.script_root) + path_of(search)


bp.add_app_template_global(calendars.slice_of, "agenda_of")


def _find() -> feeds.Found:
    now = clock.now()
    args = request.args.to_dict(flat=False)
    for name in args.keys() - PARAMETERS:
        message = _("Le paramètre « %(name)s » n’existe pas.", name=name[:40])
        raise BadFilter(message, name[:40], sorted(PARAMETERS))
    search = queries.read_asked(args, now=now).search
    if search.unknown:
        raise BadFilter(_("Ce filtre n’existe pas : %(values)s.", values=", ".join(search.unknown)), "")
    wanted = search.lasting
    address = path_of(wanted)

    def bring(memory: feeds.Memory) -> feeds.Kept:
        cover = Cover(
            name=calendars.find_title(wanted, today=now.date()),
            page=public_url(f"/?{wanted.to_query()}"),
            source=public_url(address),
        )
        read = partial(calendars.list_pieces, wanted, now=now)
        return feeds.bring_pieces(memory, address, cover, read, file_name_at(address))

    return address, bring
