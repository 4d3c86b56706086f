"""What a WSGI server loads."""

from fablabmesh.app import create_app
from fablabmesh.kit.turns import Turns

app = create_app()
app.wsgi_app = Turns(app.wsgi_app)  # type: ignore[method-assign]
