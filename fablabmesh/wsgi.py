"""What a WSGI server loads. What filters count on is read beside the first requests, and not by one of them."""

from contextlib import suppress
from threading import Thread

from fablabmesh.app import create_app
from fablabmesh.directory import facet_queries
from fablabmesh.kit import db
from fablabmesh.kit.config import read_settings
from fablabmesh.kit.turns import Turns
from fablabmesh.kit.watch import set_up

settings = read_settings()
set_up(has_words=settings.environment == "development")
app = create_app(settings)
app.wsgi_app = Turns(app.wsgi_app)  # type: ignore[method-assign]


def warm() -> None:
    """Without a database there is nothing to read: the first to count does it."""
    with app.app_context(), suppress(*db.Unreachable):
        facet_queries.warm(app.extensions["places_memory"])


# Of a server that forks after it loaded this, the thread stays behind, and the first to count reads.
Thread(target=warm, name="warm", daemon=True).start()
