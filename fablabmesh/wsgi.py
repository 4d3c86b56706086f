"""What a WSGI server loads."""

from fablabmesh.app import create_app

app = create_app()
