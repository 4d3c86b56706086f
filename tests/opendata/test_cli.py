"""Open data from the terminal."""

import json

import pytest

from fablabmesh.opendata import cli, queries
from fablabmesh.opendata import national as data
from fablabmesh.places import queries as places
from fablabmesh.places.filters import PlaceFilter
from tests.factories import make_department

ROWS = [{"id": "1", "nom": "EPN du Port", "commune": "Rennes", "code_postal": "35000"}, {"id": "2", "nom": "Perdu"}]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "essai.json"
    path.write_text(json.dumps(ROWS), "utf-8")
    return path


@pytest.fixture
def run(app, db):
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(cli.group, [str(word) for word in words])


def test_an_import_prints_its_counts_and_what_to_mend(run, file):
    make_department("35")

    result = run("import-lieux", file)

    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[0].startswith("2 lignes lues : 1 créées, 0 modifiées, 0 inchangées, 1 refusées.")
    assert "Rien ne situe le lieu" in result.output


def test_a_dry_run_writes_nothing_but_its_report(run, file, tmp_path):
    make_department("35")

    result = run("import-lieux", file, "--dry-run", "--report", tmp_path / "rapport.csv")

    assert result.output.splitlines()[0] == "Essai : rien n’est écrit."
    assert (tmp_path / "rapport.csv").read_text("utf-8").splitlines()[0] == "gravité,ligne,colonne,valeur,explication"
    assert places.count_places(PlaceFilter()) == 0
    assert queries.list_reports() == []


def test_the_national_data_are_loaded_when_needed_and_only_then(national_engine, national, capsys):
    assert cli.load_if_needed() is False
    assert capsys.readouterr().out == ""

    queries.get_report("places-hinaura.json").digest = "of an older version"
    assert cli.load_if_needed() is False
    assert "687 inchangées" in capsys.readouterr().out


def test_the_digest_tells_versions_of_the_data_apart():
    assert len(data.digest()) == 64
