"""Measures the table of access anew, and writes docs/rights.md: `script/rights`."""

import os

from fablabmesh.kit import migrations
from fablabmesh.kit.config import Settings
from tests.access.document import DOCUMENT, write_document
from tests.access.table import write_golden
from tests.access.world import open_world
from tests.conftest import prepare_app, run_outside_transaction, sibling_url

NAME = f"fablabmesh_access_{os.getpid()}"


def main() -> None:
    """In a database of its own, which is dropped at the end."""
    run_outside_transaction(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)', f'CREATE DATABASE "{NAME}"')
    try:
        url = sibling_url(NAME)
        migrations.upgrade(url)
        app = prepare_app(Settings(database_url=url, environment="test", secret_key="x", base_url="http://localhost",
                                   feed_past_days=36_500))  # fmt: skip
        with open_world(app, app.extensions["engine"]) as world:
            write_golden(world)
        DOCUMENT.write_text(write_document(app), "utf-8")
    finally:
        run_outside_transaction(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')


if __name__ == "__main__":
    main()
