"""The operator's background tiles from our own address, where the operator wants it so."""

from flask import Response, current_app

from fablabmesh.accounts.rights import Act
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.config import Settings
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.web import conditional, shared
from fablabmesh.maps.background import FRESH_FOR, Carrier, NoTile
from fablabmesh.maps.data_views import bp
from fablabmesh.maps.grid import read_tile

__all__ = ["bp"]


@bp.get("/fonds/<code>/<zoom>/<x>/<y>")
@shared
@does(Act.SITE_READ)
def background_tile(code: str, zoom: str, x: str, y: str) -> Response:
    """One tile. Nobody makes this server ask for tiles that do not exist."""
    settings: Settings = current_app.config["SETTINGS"]
    carrier: Carrier | None = current_app.extensions["map_backgrounds"].get(code)
    deepest = next((layer.max_zoom for layer in settings.layers if layer.code == code), 0)
    tile = read_tile(zoom, x, y, deepest=deepest)
    if carrier is None or tile is None:
        raise NotFound(_("Cette tuile n’existe pas."))
    try:
        body, mimetype = carrier.bring(tile.zoom, tile.x, tile.y, now=clock.now().timestamp())
    except NoTile:
        return Response(status=502, headers={"Cache-Control": "no-store"}, mimetype="text/plain")
    return conditional(body, mimetype, max_age=FRESH_FOR)
