"""The demonstration from the terminal."""

import stat

import pytest

from fablabmesh.demo import content
from tests.factories import make_department


@pytest.fixture
def runner(app, db):
    make_department("35")
    make_department("42", "Loire", box=(3.7, 45.2, 4.8, 46.3))
    make_department("974", "La Réunion", box=(55.2, -21.4, 55.9, -20.8))
    return app.test_cli_runner()


def test_it_is_added_shown_and_removed(runner, settings):
    added = runner.invoke(args=["demo", "add"])
    shown = runner.invoke(args=["demo", "show"])
    removed = runner.invoke(args=["demo", "remove"])
    nothing = runner.invoke(args=["demo", "show"])

    assert [run.exit_code for run in (added, shown, removed, nothing)] == [0, 0, 0, 0]
    assert added.output == shown.output
    assert shown.output.count("@demonstration.invalid") == 5
    assert removed.output == f"Retirés\u00a0: {len(content.PLACES)} lieux et 5 comptes inventés.\n"
    assert nothing.output == ""


def test_it_is_not_added_twice(runner):
    runner.invoke(args=["demo", "add"])

    again = runner.invoke(args=["demo", "add"])

    assert again.exit_code == 1
    assert "déjà en place" in again.output


def test_the_passwords_are_for_their_owner_alone(runner, settings):
    runner.invoke(args=["demo", "add"])

    mode = (settings.data_dir / "demo-accounts.txt").stat().st_mode

    assert stat.S_IMODE(mode) == 0o600
