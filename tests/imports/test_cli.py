"""Imports from the terminal."""

from tests.imports.conftest import calendar, vevent


def test_a_file_is_read_and_its_report_printed(app, tmp_path):
    file = tmp_path / "lab.ics"
    broken = vevent("b", "Cassé", "demain")
    file.write_bytes(
        calendar(vevent("a", "Atelier", "20260610T180000", "20260610T200000", "RRULE:FREQ=WEEKLY"), broken)
    )

    told = app.test_cli_runner().invoke(args=["imports", "read", str(file)]).output

    assert told.splitlines() == [
        "10/06/2026 18:00 Europe/Paris FREQ=WEEKLY Atelier",
        "Ligne 12 – Cassé : « demain » n’est pas une date : corrigez le début dans votre logiciel.",
        "Lus : 1. Illisibles : 1.",
    ]


def test_what_is_no_calendar_is_told(app, tmp_path):
    file = tmp_path / "lab.ics"
    file.write_bytes(b"bonjour")

    answer = app.test_cli_runner().invoke(args=["imports", "read", str(file)])

    assert answer.exit_code == 1
    assert "Ce n’est pas un agenda" in answer.output


def test_followed_calendars_are_read_now(app, db):
    answer = app.test_cli_runner().invoke(args=["imports", "follow", "--once"])

    assert (answer.exit_code, answer.output) == (0, "Agendas lus\N{NO-BREAK SPACE}: 0.\n")
