"""The door to alembic."""

from fablabmesh.kit import migrations


def test_the_command_is_idempotent(app, database_url):
    runner = app.test_cli_runner()

    first, second = runner.invoke(args=["db", "upgrade"]), runner.invoke(args=["db", "upgrade"])

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.output == second.output == f"schema: {migrations.head()}\n"
