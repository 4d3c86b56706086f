"""What is kept by version must not outlive a test, nor the count of changes stand still in its one transaction."""

import pytest
import sqlalchemy as sa


@pytest.fixture
def memory(app):
    """As it is outside of tests, for as long as this one."""
    memory = app.extensions["map_memory"]
    memory.__init__()
    yield memory
    memory.__init__(most_bytes=0)


@pytest.fixture
def count_changes(db):
    """Have what was written be counted as if it were committed."""

    def count() -> int:
        db.flush()
        db.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
        db.execute(sa.text("SET CONSTRAINTS ALL DEFERRED"))
        db.execute(sa.text("SELECT set_config('mesh.place_number', '', true)"))
        return db.scalar(sa.text("SELECT number FROM place_number"))

    return count
