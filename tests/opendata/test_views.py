"""The page of the data, and the report of an import."""

import csv
import io
import json

import pytest

from fablabmesh.opendata import actions, national
from tests.factories import NOW, make_department


@pytest.fixture
def imported(db):
    make_department("35")
    rows = [
        {"id": "1", "nom": "EPN <b>du</b> Port", "commune": "RENNES", "code_postal": "35000", "date_maj": "hier"},
        {"id": "2", "nom": "Sans adresse"},
    ]
    actions.import_lieux(json.dumps(rows).encode(), file_name="essai.json", source="Essai", licence="LO 2.0", now=NOW)


def test_an_empty_site_says_that_nothing_is_loaded(client):
    answer = client.get("/donnees")

    assert answer.status_code == 200
    assert "Aucun fichier n’a encore été importé." in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers


def test_the_page_gives_sources_licences_and_imports(client, imported):
    page = client.get("/donnees").get_data(as_text=True)

    assert '<th scope="row">Essai</th><td>1</td><td>LO 2.0</td>' in page
    assert '<a href="/donnees/rapports/essai.json">essai.json</a>' in page
    assert "1 ligne refusée" in page


def test_the_report_gives_line_column_value_and_remedy(client, imported):
    page = client.get("/donnees/rapports/essai.json").get_data(as_text=True)

    assert (
        "<tr><td>1</td><td>date_maj</td><td>hier</td>"
        "<td>Date illisible : elle n’est pas reprise. Forme attendue : 2026-03-31.</td></tr>"
    ) in page
    assert "<b>du</b>" not in page


def test_the_report_is_a_table_for_a_spreadsheet_too(client, imported):
    answer = client.get("/donnees/rapports.csv/essai.json")

    assert answer.mimetype == "text/csv"
    assert answer.get_data().decode("utf-8-sig").splitlines()[0] == "gravité,ligne,colonne,valeur,explication"
    assert (
        client.get("/donnees/rapports.csv/essai.json", headers={"If-None-Match": answer.headers["ETag"]}).status_code
        == 304
    )


def test_what_an_imported_file_holds_is_no_formula_in_the_table_of_its_report(client, db):
    make_department("35")
    row = {
        "id": "=1+1",
        "nom": "EPN",
        "commune": "RENNES",
        "code_postal": "35000",
        "date_maj": '=HYPERLINK("http://x")',
    }
    actions.import_lieux(json.dumps([row]).encode(), file_name="piege.json", source="Essai", licence="LO 2.0", now=NOW)

    table = client.get("/donnees/rapports.csv/piege.json").get_data().decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(table, newline="")) for cell in line]

    assert """'=HYPERLINK("http://x")""" in cells
    assert [cell for cell in cells if cell.startswith(("=", "+", "@", "-"))] == []


@pytest.mark.parametrize("page", ["/donnees/rapports/absent.json", "/donnees/rapports.csv/absent.json"])
def test_an_unknown_report_is_not_found(client, page):
    assert client.get(page).status_code == 404


def test_the_imported_list_can_be_read_line_by_line(client):
    answer = client.get("/donnees/lieux-hinaura.json")

    assert answer.get_data() == national.read_places()


def test_the_report_speaks_the_language_of_the_page(client, imported):
    assert client.get("/en/donnees/rapports/essai.json").status_code == 200
