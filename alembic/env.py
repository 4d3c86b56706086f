"""Runs the migrations, for `fablabmesh db upgrade` and for the `alembic -c setup.cfg` command alike."""

import os

import sqlalchemy as sa
from alembic import context

import fablabmesh.accounts.models
import fablabmesh.curation.models
import fablabmesh.digests.models
import fablabmesh.events.models
import fablabmesh.imports.models
import fablabmesh.mails.models
import fablabmesh.opendata.models
import fablabmesh.places.models
import fablabmesh.projects.models
import fablabmesh.search.models
import fablabmesh.syndication.models
import fablabmesh.teams.models
import fablabmesh.terms.models
import fablabmesh.tokens.models
import fablabmesh.zones.models  # noqa: F401
from fablabmesh.kit.config import driver_url
from fablabmesh.kit.db import Base

url = driver_url(context.config.attributes.get("url") or os.environ.get("DATABASE_URL", "postgresql:///fablabmesh"))


def is_ours(_thing, name, kind, _reflected, _other) -> bool:
    """PostGIS keeps a table of its own in the same schema."""
    return not (kind == "table" and name == "spatial_ref_sys")


# lock_timeout as a connection option: a SET before alembic's transaction would silently undo the whole upgrade.
engine = sa.create_engine(
    url, poolclass=sa.pool.NullPool, connect_args={"options": "-c lock_timeout=10s -c timezone=UTC"}
)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=is_ours,
        compare_type=True,
        compare_server_default=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
