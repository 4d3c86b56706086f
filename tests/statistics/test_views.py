"""The pages of figures, and the lists behind them."""

import re
from html import unescape
from urllib.parse import parse_qs

import pytest

from fablabmesh.directory import queries as directory
from fablabmesh.feeds.agenda_queries import count_dates, read_asked
from fablabmesh.kit import clock
from fablabmesh.kit.db import session
from fablabmesh.projects.models import Partnership
from fablabmesh.projects.rules import PartnershipStatus
from fablabmesh.statistics import queries
from fablabmesh.statistics.actions import measure_reach
from tests.factories import NOW, make_event, make_place, make_project, make_zone


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def measured(country):
    measure_reach(NOW)
    return country


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_nation_is_told_with_the_list_behind_each_number(client, measured):
    page = text_of(client.get("/statistiques/"))

    assert "<h1>France en chiffres</h1>" in page
    assert '<dd><a href="/?genre=fablab">2</a></dd>' in page
    assert "<dt>Habitants</dt><dd>1 824</dd>" in page
    assert "Fab Labs 1 700 93,2 %" in words(page)
    assert '<a href="/?departement=35&genre=fablab">1</a>' in page
    assert "Distances mesurées le 2 mars 2026." in page


def test_a_zone_is_told_by_itself(client, measured):
    page = text_of(client.get("/statistiques/fablab/ouest?rayon=5&genre=epn"))

    assert "<h1>Ouest en chiffres</h1>" in page
    assert '<dd><a href="/?genre=epn&zone=ouest">1</a></dd>' in page
    assert "EPN et lieux de médiation numérique 200 16,3 %" in words(page)
    assert "Les plus grandes communes sans EPN ni lieu de médiation à moins de 5 km" in page
    # It is 7.8 km to the nearest one.
    assert '<a href="/?autour=35238&genre=epn&rayon=8">Rennes</a> (35)' in page
    assert "Loire (42)" not in page


def test_zones_of_a_programme_are_side_by_side(client, measured):
    page = text_of(client.get("/statistiques/fablab?rayon=10"))

    rows = re.findall(
        r'<tr>\s*<th scope="row">.*?zone=|/statistiques/fablab/(\w+)\?rayon=10">(?:Ouest|Est)</a></th>', page
    )
    assert [row for row in rows if row] == ["ouest", "est"]
    assert '<a href="/?genre=fablab&zone=est">1</a>' in page
    assert "97,6 %" in page


def test_missing_machines_are_told_in_words(client, measured):
    lab, other = measured
    lab.machine_types, other.machine_types = ["decoupe-laser"], ["decoupe-vinyle"]
    session.flush()

    page = text_of(client.get("/statistiques/fablab/ouest"))
    assert 'celle-ci :</strong> <a href="/?machine=decoupe-vinyle">Découpe vinyle</a>.' in page
    table = words(page[page.index("Lieux qui ont au moins une machine") :])
    assert "Découpe laser 1 aucune" in table
    assert "Découpe vinyle aucune 1" in table
    assert '<a href="/?machine=decoupe-laser&zone=ouest">1</a>' in page


def test_ties_lead_to_what_they_are_made_of(client, measured):
    lab, other = measured
    make_project(lab, title="Fraiseuse", partners=(other,))

    page = text_of(client.get("/statistiques/fablab"))
    address = re.search(r'<a href="(/statistiques/liens[^"]+)">Ouest – Est</a>', page)[1]
    behind = text_of(client.get(address))

    assert "1 partenariat de projet et 0 rendez-vous communs" in page
    assert "Ce que Ouest et Est font ensemble" in behind
    assert ">Fraiseuse</a>" in behind
    assert client.get("/statistiques/liens?programme=fablab&zone=ouest&avec=nord").status_code == 404


def test_a_table_can_be_taken_home(client, measured):
    answer = client.get("/statistiques/tableaux/couverture.csv?programme=fablab&zone=ouest")

    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="statistiques-couverture-fablab-ouest.csv"'
    rows = answer.get_data(as_text=True).removeprefix("\ufeff").splitlines()
    assert rows[1] == "Ouest,Fab Labs,5,1230,1000,0.813"
    assert client.get("/statistiques/tableaux/rien.csv").status_code == 404


def test_every_table_that_a_page_names_is_there(client, measured):
    lab, other = measured
    lab.labels, lab.machine_types = ["erc"], ["decoupe-laser"]
    make_project(lab, partners=(other,))
    session.flush()

    for path in ("/statistiques/", "/statistiques/fablab", "/statistiques/fablab/ouest"):
        files = set(re.findall(r'href="(/statistiques/tableaux/[^"]+)"', text_of(client.get(path))))
        assert len(files) >= 9
        for address in files:
            assert client.get(address).status_code == 200, address


def test_every_number_is_that_of_the_list_behind_it(client, measured):
    lab, other = measured
    lab.labels, lab.machine_types, other.machine_types = ["cyber-base"], ["decoupe-laser"], ["decoupe-vinyle"]
    lab.confirmed_at = clock.now()
    make_place(name="Fermé", closed_on=NOW.date()).machine_types = ["decoupe-laser"]
    day = clock.now().date()
    make_event(lab, starts=f"{day}T10:00", ends=f"{day}T11:00")
    session.flush()

    numbers = set()
    for path in ("/statistiques/", "/statistiques/fablab", "/statistiques/fablab/ouest"):
        numbers |= set(re.findall(r'<a href="/\?([^"]+)">(\d+)</a>', text_of(client.get(path))))

    assert len(numbers) > 15
    for query, number in numbers:
        search = directory.read_asked(parse_qs(query), now=clock.now()).search
        assert search.unknown == ()
        assert (query, directory.count_found(search, now=clock.now())) == (query, int(number))


def test_a_month_leads_to_as_many_dates(client, measured):
    lab, _other = measured
    day = clock.now().date().replace(day=15)
    for hour in (10, 12):
        make_event(lab, starts=f"{day}T{hour}:00", ends=f"{day}T{hour + 1}:00")

    page = text_of(client.get("/statistiques/fablab/ouest"))

    query, held = re.search(r'<a href="/agenda\?([^"]+)">[^<]+</a></th><td class="stat-n">(\d+)</td>', page).groups()
    wanted = read_asked(parse_qs(query), today=day).wanted
    assert (count_dates(wanted, now=clock.now()), int(held)) == (2, 2)


@pytest.mark.parametrize("path", ["/statistiques/rien", "/statistiques/fablab/rien", "/statistiques/rien/ouest"])
def test_what_there_is_not_is_not_found(client, measured, path):
    assert client.get(path).status_code == 404


def test_a_country_without_data_has_a_page_all_the_same(client):
    page = text_of(client.get("/statistiques/"))

    assert "Les distances sont en cours de mesure" in page
    assert "Les données nationales ne sont pas encore chargées." in page


def test_the_page_asks_as_much_of_the_database_however_much_there_is(client, measured, count_queries):
    lab, other = measured
    client.get("/statistiques/fablab")
    client.application.extensions.pop("statistics_memory")
    with count_queries() as few:
        client.get("/statistiques/fablab")

    for number in range(3):
        make_zone(programme="fablab", slug=f"zone-{number}", name=f"Zone {number}", position=5 + number)
        make_event(make_place(name=f"Lab {number}"))
        make_project(lab, title=f"Projet {number}", partners=(other,))
    with count_queries() as many:
        client.get("/statistiques/fablab")

    assert len(many) == len(few)
    assert len(few) <= 27


def test_pages_of_zones_lead_to_their_figures(client, measured):
    assert 'href="/statistiques/fablab/ouest"' in text_of(client.get("/zones/fablab/ouest"))
    assert 'href="/statistiques/fablab"' in text_of(client.get("/zones/"))
    assert 'href="/statistiques/"' in text_of(client.get("/"))


def test_figures_are_read_again_only_once_something_changed(client, db, measured, count_queries):
    def ask():
        with count_queries() as asked:
            page = words(text_of(client.get("/statistiques/")))
        return len(asked), page

    first, again = ask(), ask()
    make_event(make_place(name="Un lab de plus"))
    db.commit()
    changed = ask()

    assert again[1] == first[1]
    assert again[0] < first[0] / 2
    assert changed[0] == first[0]
    assert changed[1] != first[1]


@pytest.mark.parametrize("what", ["event", "partnership", "composition"])
def test_the_version_of_figures_is_another_after_each_thing_they_tell_of(db, measured, what):
    lab, other = make_place(name="Un"), make_place(name="Autre")
    project = make_project(lab)
    db.commit()
    before = queries.find_version()

    if what == "event":
        make_event(lab)
    elif what == "partnership":
        project.partnerships.append(Partnership(place=other, status=PartnershipStatus.ACCEPTED, asked_at=NOW))
    else:
        make_zone("35", slug="nouvelle", name="Nouvelle", programme="autre")
    db.commit()

    assert queries.find_version() != before
