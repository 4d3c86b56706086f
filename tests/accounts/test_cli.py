"""Accounts from the terminal."""

from fablabmesh.accounts import queries
from fablabmesh.accounts.rules import Role


def test_the_first_administrator_is_made_from_the_terminal(app, db):
    runner = app.test_cli_runner()

    made = runner.invoke(args=["accounts", "create", "admin@exemple.test", "Ada", "--role", "admin"])
    again = runner.invoke(args=["accounts", "create", "admin@exemple.test", "Ada"])

    assert (made.exit_code, again.exit_code) == (0, 1)
    assert "Mot de passe" in made.output
    assert "existe déjà" in again.output
    assert queries.find_by_email("admin@exemple.test").role is Role.ADMIN
