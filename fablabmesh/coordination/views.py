"""What a pole tells, for everybody: its news, their feed, and a letter to it."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.coordination import actions, queries
from fablabmesh.coordination.actions import TooMany
from fablabmesh.coordination.forms import WriteForm
from fablabmesh.coordination.models import PoleNews
from fablabmesh.coordination.news import author_of, to_item, to_linked_data
from fablabmesh.coordination.rules import IN_A_FEED, unknown
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.news import FORMATS, Channel
from fablabmesh.kit.web import anyone, conditional, public_url, read_page, shared
from fablabmesh.zones import queries as zones
from fablabmesh.zones.models import Zone
from fablabmesh.zones.rules import may

bp = Blueprint("coordination", __name__, url_prefix="/zones/<programme>/<slug>")

Page = Answer | tuple[str, int]
PAGE_SIZE = 20


def address_of(endpoint: str, zone: Zone, **more: Any) -> str:
    """The path of a page of this room."""
    return url_for(f"coordination.{endpoint}", programme=zone.programme.slug, slug=zone.slug, **more)


def zone_address(zone: Zone) -> str:
    """The public address of a zone's page."""
    return public_url(url_for("zones.show", programme=zone.programme.slug, slug=zone.slug))


@bp.get("/actualites")
@anyone
@does(Act.ZONE_READ)
def news(programme: str, slug: str) -> str:
    """All of them, the newest first; for who writes them, drafts too."""
    zone = zones.get_zone(programme, slug)
    may_animate = may(current_user, Act.ZONE_ANIMATE, zone)
    hidden_of = current_user.is_demo if may_animate else None
    page = read_page(request.args, queries.count_news(zone, hidden_of=hidden_of), PAGE_SIZE)
    return render_template(
        "coordination/news.html",
        zone=zone,
        news=queries.list_news(zone, limit=page.size, offset=page.offset, hidden_of=hidden_of),
        page=page,
        may_animate=may_animate,
    )


@bp.get("/actualites.<any(atom,rss,json):ending>")
@shared
@does(Act.ZONE_READ)
def feed(programme: str, slug: str, ending: str) -> Response:
    """The newest, for those who follow them."""
    zone = zones.get_zone(programme, slug)
    told = queries.list_news(zone, limit=IN_A_FEED)
    channel = Channel(
        name=_("Actualités de la zone %(name)s", name=zone.name),
        description=_("Ce que dit le pôle de la zone %(name)s.", name=zone.name),
        page=public_url(address_of("news", zone)),
        source=public_url(address_of("feed", zone, ending=ending)),
        calendar=public_url(url_for("feeds.zone", programme=zone.programme.slug, slug=zone.slug, ending="ics")),
    )
    items = [
        to_item(
            each,
            address=public_url(address_of("show", zone, news_slug=each.slug)),
            zone_address=zone_address(zone),
        )
        for each in told
    ]
    return conditional(FORMATS[ending].render(channel, items), FORMATS[ending].media_type)


@bp.get("/actualites/<news_slug>")
@anyone
@does(Act.ZONE_READ)
def show(programme: str, slug: str, news_slug: str) -> str:
    """One. A draft exists for those who write it, and for nobody else."""
    zone = zones.get_zone(programme, slug)
    found = queries.get_news(zone, news_slug)
    may_animate = may_write(zone, found)
    if not (found.is_published or may_animate):
        raise NotFound(unknown())
    address = public_url(address_of("show", zone, news_slug=found.slug))
    is_told = found.is_published and not found.is_demo
    return render_template(
        "coordination/show.html",
        zone=zone,
        news=found,
        author=author_of(zone),
        may_animate=may_animate,
        linked_data=to_linked_data(found, address=address, zone_address=zone_address(zone)) if is_told else None,
    )


def may_write(zone: Zone, found: PoleNews) -> bool:
    """Invented people write what is invented, and nobody else does."""
    return may(current_user, Act.ZONE_ANIMATE, zone) and current_user.is_demo == found.is_demo


@bp.get("/ecrire")
@anyone
@does(Act.SITE_PROPOSE)
def write(programme: str, slug: str) -> str:
    """The form of a letter to the pole."""
    form = WriteForm(formdata=None, stamp=actions.stamp(clock.now()))
    if current_user.is_authenticated:
        form.name.data, form.email.data = current_user.name, current_user.email
    return _write_page(zones.get_zone(programme, slug), form)


@bp.post("/ecrire")
@anyone
@does(Act.SITE_PROPOSE)
def send(programme: str, slug: str) -> Page:
    """Bring it, and show no address."""
    zone, form, now = zones.get_zone(programme, slug), WriteForm(), clock.now()
    if not form.validate():
        return _write_page(zone, form), 422
    is_known = current_user.is_authenticated
    if not form.is_by_robot:
        if not (is_known or actions.is_by_person(form.stamp.data or "", now)):
            form.stamp.data = actions.stamp(now)
            words = _(
                "Cette page était ouverte depuis trop peu de temps, ou depuis trop longtemps. Relisez, puis renvoyez."
            )
            return _write_page(zone, form, words), 422
        try:
            count = actions.write_to_pole(
                zone,
                form.text.data or "",
                # Who has an account writes in their own name.
                name=current_user.name if is_known else form.name.data or "",
                email=current_user.email if is_known else form.email.data or "",
                network=request.remote_addr or "",
                path=f"/zones/{zone.programme.slug}/{zone.slug}",
                now=now,
            )
        except TooMany as refusal:
            return _write_page(zone, form, refusal.message), 429
        if not count:
            return _write_page(zone, form, _("Personne ne coordonne encore cette zone sur le site.")), 422
    return redirect(address_of("sent", zone), 303)


def _write_page(zone: Zone, form: WriteForm, problem: str = "") -> str:
    form.stamp.data = form.stamp.data or actions.stamp(clock.now())
    has_readers = bool(queries.list_readers(zone))
    return render_template("coordination/write.html", zone=zone, form=form, problem=problem, has_readers=has_readers)


@bp.get("/ecrire/merci")
@anyone
@does(Act.SITE_PROPOSE)
def sent(programme: str, slug: str) -> str:
    """It is on its way."""
    return render_template("coordination/sent.html", zone=zones.get_zone(programme, slug))
