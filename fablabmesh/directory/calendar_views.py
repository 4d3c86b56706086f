"""The agenda of what a search finds as a calendar and as news: who follows it gets tomorrow's places too, and loses
those that no longer fit. Where the agenda has the words for the same, its own address is the one."""

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
from fablabmesh.kit.news import FORMATS
from fablabmesh.kit.web import public_url, shared

bp = Blueprint("places_calendar", __name__)


@bp.get("/lieux.ics", defaults={"ending": "ics"})
@bp.get(f"/lieux.<any({', '.join(FORMATS)}):ending>")
@shared
@does(Act.PLACE_READ)
def show(ending: str) -> Answer:
    """Every event of the places that fit, now and later; or what is announced there and what changes."""
    return feeds.serve(partial(_find, ending))


bp.after_request(feeds.answer_preflight)


def path_of(search: Search, ending: str = "ics") -> str:
    """The one address of the calendar, without what a calendar cannot keep."""
    wanted = calendars.slice_of(search)
    return wanted.to_path(ending) if wanted is not None else f"/lieux.{ending}?{search.lasting.to_query()}"


@bp.app_template_global("places_calendar_path")
def places_calendar_path(search: Search, ending: str = "ics") -> str:
    """Where it stands, in all languages."""
    return without_language(request.script_root) + path_of(search, ending)


bp.add_app_template_global(calendars.slice_of, "agenda_of")


def _find(ending: str) -> feeds.Found:
    now = clock.now()
    args = request.args.to_dict(flat=False)
    for name in args.keys() - PARAMETERS:
        message = _("Le paramètre « %(name)s » n’existe pas.", name=name[:40])
        raise BadFilter(message, name[:40], sorted(PARAMETERS))
    search = queries.read_asked(args, now=now).search
    if search.unknown:
        raise BadFilter(_("Ce filtre n’existe pas : %(values)s.", values=", ".join(search.unknown)), "")
    wanted = search.lasting
    address = path_of(wanted, ending)

    def bring(memory: feeds.Memory) -> feeds.Kept:
        cover = Cover(
            name=calendars.find_title(wanted, today=now.date()),
            page=public_url(f"/?{wanted.to_query()}"),
            source=public_url(path_of(wanted)),
        )
        if ending != "ics":
            part = calendars.part_of(wanted, now=now)
            return feeds.bring_news_of(memory, part, cover, address, ending)
        read = partial(calendars.list_pieces, wanted, now=now)
        return feeds.bring_pieces(memory, address, cover, read, file_name_at(address))

    return address, bring
