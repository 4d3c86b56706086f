"""The history of the schema: one line, up and down with data, equal to the tables of the code."""

import re
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa

from fablabmesh.kit import migrations

FILES = sorted((Path(__file__).parent.parent / "alembic" / "versions").glob("*.py"))


def test_revisions_are_numbered_and_named_for_what_they_do():
    assert [path.name[:4] for path in FILES] == [f"{number:04d}" for number in range(1, len(FILES) + 1)]
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", path.name) for path in FILES)


def test_revisions_stand_on_their_own_and_can_be_undone():
    for path in FILES:
        text = path.read_text("utf-8")
        assert "fablabmesh" not in text.split('"""', 2)[2], path.name
        assert not re.search(r"def downgrade\(\)[^:]*:\s+pass", text), path.name


def dump(url: str) -> str:
    plain = url.replace("postgresql+psycopg2://", "postgresql://")
    text = subprocess.run(
        ["pg_dump", "--schema-only", "--no-owner", plain], capture_output=True, text=True, check=True
    ).stdout
    # pg_dump writes a random word on these two lines.
    return "\n".join(line for line in text.splitlines() if not line.startswith(("\\restrict", "\\unrestrict")))


@pytest.fixture
def scratch(make_database) -> str:
    return make_database("fablabmesh_migrations")


def test_there_is_one_head_and_the_tables_equal_the_code(database_url):
    migrations.check(database_url)

    assert migrations.head() == FILES[-1].name[:4]


def test_every_revision_goes_up_and_down_and_up_with_data_in_it(scratch):
    migrations.upgrade(scratch, "0001")
    engine = sa.create_engine(scratch)
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO programme (slug, name, position) VALUES ('fablab', 'Fab Labs', 1)"))
    schemas = [dump(scratch)]
    for path in FILES[1:]:
        migrations.upgrade(scratch, path.name[:4])
        schemas.append(dump(scratch))
    for index in range(len(FILES) - 1, 0, -1):
        migrations.downgrade(scratch, FILES[index - 1].name[:4])
        assert dump(scratch) == schemas[index - 1]
        migrations.upgrade(scratch, FILES[index].name[:4])
        assert dump(scratch) == schemas[index]
        migrations.downgrade(scratch, FILES[index - 1].name[:4])
    with engine.begin() as connection:
        kept = connection.scalar(sa.text("SELECT name FROM programme"))
    migrations.downgrade(scratch, "base")
    with engine.begin() as connection:
        left = connection.scalars(
            sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename != 'spatial_ref_sys'")
        ).all()
    engine.dispose()

    assert kept == "Fab Labs"
    assert left == ["alembic_version"]
