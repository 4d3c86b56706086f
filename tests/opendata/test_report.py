"""A report is kept, read back, and says what to do."""

import json

from fablabmesh.opendata import report as reports
from fablabmesh.opendata.report import Fault, Report, Severity


def test_every_fault_has_a_message_that_ends_as_a_sentence():
    for fault in Fault:
        message = reports.Problem(fault, 3, "nom", "x", "détail").message

        assert message[-1] in ".)", fault


def test_the_gravest_come_first_then_the_lines():
    report = Report()
    report.add(Fault.ESCAPED, 2, "nom")
    report.add(Fault.BAD_DATE, 9, "date_maj")
    report.add(Fault.BAD_DATE, 4, "date_maj")
    report.add(Fault.NO_NAME, 30, "nom")

    assert [found.line for found in report.sorted_problems()] == [30, 4, 9, 2]
    assert report.count(Severity.WARNING) == 2


def test_a_finding_shared_by_many_rows_is_kept_once_with_their_number():
    report = Report()
    for line in (5, 9, 12):
        report.add_shared(Fault.NO_EQUIVALENT, line, "publics_accueillis", "Adultes")

    assert [(found.line, found.rows) for found in report.problems] == [(5, 3)]
    assert report.problems[0].message.endswith("De même pour 2 autres lignes.")


def test_a_report_survives_being_kept():
    report = Report(read=3, created=1, changed=1, same=0)
    report.add(Fault.MOBILE, 2, "telephone")
    report.add(Fault.NO_NAME, 7, "nom", "", "")

    kept = reports.from_json(json.loads(json.dumps(report.to_json())))

    assert kept.to_json() == report.to_json()
    assert kept.refused == 1


def test_a_fault_of_another_version_does_not_break_the_report():
    kept = Report().to_json() | {"problems": [["bad_moon", 1, "nom", "", "", 1]]}

    assert reports.from_json(kept).problems == []


def test_the_text_of_a_report_names_line_column_value_and_remedy():
    report = Report(read=1, created=1)
    report.add(Fault.BAD_POSTCODE, 12, "code_postal", "7310A")
    report.add(Fault.ESCAPED, 12, "nom")

    assert reports.to_text(report).splitlines() == [
        "1 lignes lues : 1 créées, 0 modifiées, 0 inchangées, 0 refusées.",
        "  À vérifier – ligne 12, code_postal [7310A] : Un code postal a cinq chiffres : il n’est pas repris.",
        "  1 remarque de plus.",
    ]


def test_the_rows_of_a_report_are_a_table_with_a_header():
    report = Report(read=1, created=1)
    report.add(Fault.NULL_ISLAND, 3, "latitude", "0, 0")

    assert reports.to_rows(report) == [
        ["gravité", "ligne", "colonne", "valeur", "explication"],
        [
            "À vérifier",
            "3",
            "latitude",
            "0, 0",
            "Le point 0, 0 est une absence de position : il n’est pas repris.",
        ],
    ]


def test_a_hostile_file_cannot_fill_the_memory_with_findings(monkeypatch):
    monkeypatch.setattr(reports, "MOST_PROBLEMS", 2)
    report = Report()
    for line in range(5):
        report.add(Fault.BAD_DATE, line, "date_maj", "x" * 1000)
    report.add_shared(Fault.NO_EQUIVALENT, 6, "services", "a")
    report.add_shared(Fault.NO_EQUIVALENT, 7, "services", "a")

    assert (len(report.problems), report.omitted) == (2, 5)
    assert len(report.problems[0].value) == reports.LONGEST_VALUE + 1
