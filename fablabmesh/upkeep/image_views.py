"""Images of events: served to everybody, sent by those who look after the place."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.events.forms import VersionForm
from fablabmesh.events.models import Event
from fablabmesh.events.rules import image_path
from fablabmesh.events.views import held_event
from fablabmesh.kit import clock, images
from fablabmesh.kit.acts import does
from fablabmesh.kit.errors import Conflict, NotFound, Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import without_language
from fablabmesh.kit.web import shared, signed_in, takes
from fablabmesh.upkeep import image_actions as actions
from fablabmesh.upkeep.image_forms import ImageForm
from fablabmesh.upkeep.queries import find_content

bp = Blueprint("images", __name__)

# The file, and what a form puts around it.
MOST_SENT = images.MOST_BYTES + 64 * 1024


@bp.app_template_global("image_path")
def path_of(digest: str, *, is_small: bool = False) -> str:
    """Where an image stands, in all languages."""
    return without_language(request.script_root) + image_path(digest, is_small=is_small)


@bp.get("/images/<string(length=32):digest>.jpg")
@shared
@does(Act.SITE_READ)
def large(digest: str) -> Response:
    """An image as it is shown on its page."""
    return _serve(digest, is_small=False)


@bp.get("/images/<string(length=32):digest>-480.jpg")
@shared
@does(Act.SITE_READ)
def small(digest: str) -> Response:
    """An image for small screens and lists."""
    return _serve(digest, is_small=True)


@bp.get("/evenements/<slug>/image")
@signed_in
@does(Act.EVENT_WRITE)
def edit(slug: str) -> str:
    """The image as it is, and a form to send another."""
    event = _changeable(slug)
    return _page(event, ImageForm(version=str(event.version), text=event.image_text))


@bp.post("/evenements/<slug>/image")
@takes(MOST_SENT)
@signed_in
@does(Act.EVENT_WRITE)
def update(slug: str) -> Answer | tuple[str, int]:
    """Keep the image, or say what is wrong with it."""
    event, form = _changeable(slug), ImageForm()
    fine, content, picture = form.validate(), form.content, None
    try:
        picture = images.read_picture(content) if content else None
    except images.BadImage as bad:
        form.image.errors = [str(bad)]
    if not content and event.image_digest is None:
        form.image.errors = [_("Choisissez une image.")]
    if not fine or form.image.errors:
        return _page(event, form), 422
    try:
        actions.set_image(
            event, picture, form.text.data or "", by=current_user, now=clock.now(), version=form.typed_version
        )
    except Conflict:
        form.version.data = str(event.version)
        return _page(event, form, is_stale=True), 409
    flash(_("L’image est enregistrée."))
    return redirect(url_for("events.show", slug=slug), 303)


@bp.post("/evenements/<slug>/image/retirer")
@signed_in
@does(Act.EVENT_WRITE)
def remove(slug: str) -> Answer | tuple[str, int]:
    """Take the image away."""
    event, form = _changeable(slug), VersionForm()
    try:
        actions.remove_image(event, by=current_user, now=clock.now(), version=form.typed_version)
    except Conflict:
        return _page(event, ImageForm(None, version=str(event.version), text=event.image_text), is_stale=True), 409
    flash(_("L’image est retirée."))
    return redirect(url_for("events.show", slug=slug), 303)


def _serve(digest: str, *, is_small: bool) -> Response:
    content = find_content(digest, is_small=is_small)
    if content is None:
        raise NotFound(_("Cette image n’existe pas, ou n’existe plus."))
    response = Response(content, mimetype=images.MIMETYPE)
    response.set_etag(digest)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    # Calendars and the sites that embed the agenda show it too.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.make_conditional(request)
    return response


def _page(event: Event, form: ImageForm, *, is_stale: bool = False) -> str:
    return render_template("upkeep/image.html", event=event, form=form, is_stale=is_stale)


def _changeable(slug: str) -> Event:
    event = held_event(slug)
    if event.deleted_at is not None:
        raise Refused(_("Cet événement est supprimé : reprenez-le avant de le modifier."))
    return event
