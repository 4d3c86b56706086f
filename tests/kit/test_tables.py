"""Tables for spreadsheets: whatever stands in a cell is shown, and never run."""

import csv
import io

import pytest

from fablabmesh.kit.tables import csv_file, render_csv

RUN = ["=1+1", "+33 2", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠a", '=HYPERLINK("http://x.test","a")']


def read(rows, separator=","):
    return list(
        csv.reader(io.StringIO("".join(render_csv(rows, separator=separator)), newline=""), delimiter=separator)
    )


@pytest.mark.parametrize("text", RUN)
def test_no_text_is_taken_for_a_formula(text):
    assert read([[text, [text, "b"], "fin"]]) == [["'" + text, "'" + text + "|b", "fin"]]


def test_what_only_holds_such_a_sign_stays_as_it_is():
    plain = ["a=1", "1-1", "Fab Lab @ Rennes", "'=1", " =1"]

    assert read([plain]) == [plain]


def test_numbers_stay_numbers_and_nothing_is_nothing():
    assert read([[-1, -4.5, 0.1, True, False, None, [], ""]]) == [["-1", "-4.5", "0.1", "true", "false", "", "", ""]]


@pytest.mark.parametrize("separator", [",", ";"])
def test_separators_quotes_and_lines_stay_within_their_cell(separator):
    hard = ["a;b,c", 'dit « "oui" »', "deux\r\nlignes", 'fin"', ";=1+1"]

    assert read([hard, ["x"]], separator) == [hard, ["x"]]


def test_a_file_begins_with_the_mark_that_spreadsheets_know_utf_8_by():
    assert csv_file([["é", 1], ["b", 2]]) == "\ufeffé,1\r\nb,2\r\n".encode()
