"""Who may read a zone's report, and what it looks like."""

import csv
import io
import re
from html import unescape

import pytest

from fablabmesh.accounts.rules import Role
from fablabmesh.kit.db import session
from tests.factories import make_account, make_coordinator

PATH = "/zones/fablab/ouest/bilan"


@pytest.fixture
def desk(as_person, zones):
    return as_person(make_coordinator(zones[0]))


def words(answer) -> str:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    text = unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def read(answer) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


@pytest.mark.parametrize("path", [PATH, f"{PATH}/2025", f"{PATH}/2025.csv"])
def test_it_is_for_those_who_coordinate_the_zone_and_for_administrators(client, as_person, zones, path):
    allowed = {200, 303}

    assert client.get(path).headers["Location"].startswith("/connexion")
    assert as_person(make_account()).get(path).status_code == 403
    assert as_person(make_coordinator(zones[1])).get(path).status_code == 403
    assert as_person(make_coordinator(zones[0])).get(path).status_code in allowed
    assert as_person(make_account(role=Role.ADMIN)).get(path).status_code in allowed


def test_the_bare_address_leads_to_the_last_full_year(desk, year_now):
    assert desk.get(PATH).headers["Location"] == f"{PATH}/{year_now - 1}"


@pytest.fixture
def year_now(db):
    return session.connection().exec_driver_sql("SELECT extract(year FROM now())::int").scalar()


def test_a_zone_or_a_year_that_is_not_there_is_not_found(desk, year_now):
    assert desk.get("/zones/fablab/nord/bilan/2025").status_code == 404
    assert desk.get(f"{PATH}/2012").status_code == 404
    assert desk.get(f"{PATH}/{year_now + 1}").status_code == 404
    assert desk.get(f"{PATH}/2013").status_code == 200
    assert desk.get(f"{PATH}/{'9' * 30}").status_code == 404


def test_the_page_says_each_figure_beside_that_of_the_year_before(desk, world):
    page = words(desk.get(f"{PATH}/2025"))

    for told in (
        "Bilan 2025 de la zone Ouest",
        "Fab Labs 3 3",
        "Nouvelles fiches 2 0 dont reprises d’une source 1 0",
        "Lieux confirmés dans l’année 2 1 soit, parmi les lieux en fin d’année 66,7 % 33,3 %",
        "Mars 2 1",
        "Décembre 1 0",
        "Dans l’année 3 1",
        "Annulés, en plus 1 0",
        "Ancien 2 1 Cayenne 1 0",
        "Lieux qui n’en ont tenu aucun 1 2",
        "Leurs noms : Nouveau .",
        "Partenariats avec d’autres zones 1 1",
        "Jours jusqu’à la décision (médiane) 3 j 2 j",
        "Personnes abonnées, à ce jour 2 –",
        "Découpe laser 1",
        "Découpe vinyle 1",
    ):
        assert told in page, told


def test_a_figure_leads_to_the_list_behind_it(desk, world):
    page = unescape(desk.get(f"{PATH}/2025").get_data(as_text=True))

    month = re.search(r'href="(/agenda\?zone=fablab/ouest&au=2025-03-31&du=2025-03-01)">2<', page)[1]
    behind = desk.get(month).get_data(as_text=True)
    assert "Série" in behind
    assert f'<a href="/agenda?lieu={world["old"].slug}&au=2025-12-31&du=2025-01-01">2</a>' in page
    for address in set(re.findall(r'<td class="year-number"><a href="([^"]+)"', page)):
        assert desk.get(address).status_code == 200, address


def test_the_table_says_the_same_and_runs_no_formula(desk, world):
    world["old"].name = '=HYPERLINK("http://voleur.test")'
    session.flush()

    answer = desk.get(f"{PATH}/2025.csv")
    rows = read(answer)

    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bilan-fablab-ouest-2025.csv"'
    assert rows[0] == ["Rubrique", "Chiffre", "2025", "2024", "Unité", "Ce que c’est"]
    assert [row[:5] for row in rows if "voleur" in row[1]] == [
        ["Les lieux qui ont tenu le plus de rendez-vous", '\'=HYPERLINK("http://voleur.test")', "2", "1", ""]
    ]
    assert ["Lieux en fin d’année", "Fab Labs", "3", "3", ""] in [row[:5] for row in rows]
    assert [row[2:5] for row in rows if row[1] == "soit, parmi les lieux en fin d’année"] == [
        ["0", "0", "part"],
        ["0.6667", "0.3333", "part"],
    ]


def test_markup_in_a_name_is_text(desk, world):
    world["new"].name = "<script>alert(1)</script>"
    session.flush()

    assert "<script>alert" not in desk.get(f"{PATH}/2025").get_data(as_text=True)


def test_a_zone_with_nothing_in_it_has_a_page_too(as_person, zones):
    page = words(as_person(make_coordinator(zones[1])).get("/zones/fablab/est/bilan/2025"))

    assert "soit, parmi les lieux en fin d’année – –" in page
    assert "Rendez-vous par genre Rien à compter." in page


def test_the_year_that_runs_says_so_and_leads_to_the_places_of_today(desk, world, year_now):
    answer = desk.get(f"{PATH}/{year_now}")

    assert "L’année est en cours" in words(answer)
    assert 'href="/?genre=fablab&amp;zone=ouest"' in answer.get_data(as_text=True)


def test_invented_people_read_what_is_invented(as_person, zones, world):
    page = words(as_person(make_coordinator(zones[0], is_demo=True)).get(f"{PATH}/2025"))

    assert "Fab Labs 1 1" in page
    assert "ne comptent que ce qui est inventé" in page


def test_those_who_may_are_led_to_it(client, desk, zones):
    zone = "/zones/fablab/ouest"

    assert f'href="{PATH}"' in desk.get(zone).get_data(as_text=True)
    assert f'href="{PATH}"' in desk.get("/mon-espace").get_data(as_text=True)
    assert f'href="{PATH}"' not in client.get(zone).get_data(as_text=True)
