"""What a WSGI server loads."""

from fablabmesh.app import create_app
from fablabmesh.kit.turns import Turns
from fablabmesh.kit.watch import set_up

set_up()
app = create_app()
app.wsgi_app = Turns(app.wsgi_app)  # type: ignore[method-assign]
