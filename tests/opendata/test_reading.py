"""Every record knows its line; nothing that a file can hold raises."""

import json

import pytest

from fablabmesh.opendata import reading
from fablabmesh.opendata.report import Fault, Report


def read(content: bytes | str):
    report = Report()
    records = reading.read_records(content.encode() if isinstance(content, str) else content, report)
    return records, report


def faults(report):
    return [(found.fault, found.line) for found in report.problems]


def test_a_json_record_knows_the_line_it_begins_at():
    records, report = read('[\n{"nom": "A"},\n\n{\n"nom": "B"\n}\n]\n')

    assert [(record.line, record.cells["nom"]) for record in records] == [(2, "A"), (4, "B")]
    assert report.read == 2
    assert report.problems == []


def test_a_csv_record_knows_the_line_it_begins_at_even_after_a_cell_of_several_lines():
    records, _report = read('nom,adresse\nA,"un\ndeux"\n\nB,trois\n')

    assert [(record.line, record.cells["adresse"]) for record in records] == [(2, "un\ndeux"), (5, "trois")]


def test_json_numbers_are_kept_as_written():
    records, _report = read('[{"latitude": 45.690919000, "id": 7, "longitude": NaN}]')

    assert records[0].cells == {"latitude": "45.690919000", "id": "7", "longitude": "NaN"}


def test_json_lists_of_words_are_read_and_other_shapes_are_reported():
    records, report = read('[{"services": ["a", "b"], "nom": {"fr": "x"}, "ouvert": true, "vide": null}]')

    assert records[0].cells == {"services": "a;b"}
    assert [(found.fault, found.column) for found in report.problems] == [
        (Fault.BAD_TYPE, "nom"),
        (Fault.BAD_TYPE, "ouvert"),
    ]


def test_records_before_a_broken_one_are_kept_and_the_place_of_the_break_is_told():
    records, report = read('[\n{"nom": "A"},\n{"nom": "B",,}\n]')

    assert [record.cells["nom"] for record in records] == ["A"]
    assert faults(report) == [(Fault.UNREADABLE, 3)]


def test_an_array_cut_short_is_reported():
    records, report = read('[\n{"nom": "A"}\n')

    assert len(records) == 1
    assert faults(report) == [(Fault.UNREADABLE, 3)]


def test_what_is_no_record_is_reported_and_the_next_is_read():
    records, report = read('[1, "deux", [3], {"nom": "A"}]')

    assert [record.cells["nom"] for record in records] == ["A"]
    assert faults(report) == [(Fault.NOT_A_RECORD, 1)] * 3
    assert report.read == 4


@pytest.mark.parametrize("content", ["", "  \n", '{"type": "FeatureCollection"}', "null"])
def test_what_is_no_list_gives_no_record(content):
    records, _report = read(content)

    assert records == []


@pytest.mark.parametrize(
    ("content", "faults_told"),
    [
        ("nom\nÉcole".encode(), []),
        (b"\xef\xbb\xbf" + "nom\nÉcole".encode(), []),
        ("nom\nÉcole".encode("cp1252"), [(Fault.ENCODING, 2)]),
        ("nom\nÉcole".encode("utf-16"), [(Fault.ENCODING, None)]),
    ],
)
def test_any_usual_encoding_is_read_and_an_unusual_one_is_told(content, faults_told):
    records, report = read(content)

    assert records[0].cells == {"nom": "École"}
    assert faults(report) == faults_told


def test_a_semicolon_for_a_comma_is_accepted_and_told():
    records, report = read("nom;commune\nA;B\n")

    assert records[0].cells == {"nom": "A", "commune": "B"}
    assert faults(report) == [(Fault.DELIMITER, 1)]


def test_ragged_rows_are_read_as_far_as_they_go():
    records, report = read("nom,commune\nA\nB,C,D\nE,F,\n")

    assert [record.cells for record in records] == [
        {"nom": "A"},
        {"nom": "B", "commune": "C"},
        {"nom": "E", "commune": "F"},
    ]
    assert faults(report) == [(Fault.MISSING_CELLS, 2), (Fault.EXTRA_CELLS, 3)]


def test_a_cell_beyond_all_measure_costs_its_row_only():
    records, report = read("nom\n" + "x" * 200_000 + "\nB\n")

    assert [record.cells["nom"] for record in records] == ["B"]
    assert faults(report) == [(Fault.UNREADABLE, 2)]


def test_a_quote_never_closed_does_not_swallow_the_file_in_silence():
    records, report = read('nom\n"A\n' + "B\n" * 500)

    assert records == []
    assert faults(report) == [(Fault.UNREADABLE, 2)]


def test_too_big_a_file_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 10)

    records, report = read("nom\nabcdefghijkl\n")

    assert records == []
    assert faults(report) == [(Fault.TOO_BIG, None)]


def test_too_many_rows_are_cut_and_told(monkeypatch):
    monkeypatch.setattr(reading, "MAX_ROWS", 2)

    records, report = read("nom\nA\nB\nC\nD\n")

    assert [record.cells["nom"] for record in records] == ["A", "B"]
    assert (report.read, faults(report)) == (2, [(Fault.TOO_BIG, None)])


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[" + b'{"a":' * 100_000,
        b'[{"nom": "\\ud800"}]',
        b'[{"nom": ' + b"9" * 5000 + b"}]",
        b"nom\x00,commune\n\x00,\x00\n",
        bytes(range(256)) * 50,
        b"\xff\xfe\x00",
        b'"',
        b"nom,nom,nom\n1,2,3\n",
        json.dumps([{"a" * 1000: "b" * 100_000}] * 20).encode(),
    ],
)
def test_no_input_raises(content):
    _records, report = read(content)

    assert isinstance(report.problems, list)
