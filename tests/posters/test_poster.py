"""The poster: all that a door should tell, on one page."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fablabmesh.kit import pdf
from fablabmesh.posters.poster import Poster, draw_poster
from tests.pdf_text import lines_of, stream_of

pytestmark = pytest.mark.slow

POSTER = Poster(
    name="L’Œuvre « commune »",
    kind="Fab Lab",
    summary="Un atelier partagé.",
    address=["19 rue Hoche", "35000 Rennes"],
    contact=["02 61 91 00 10", "labfab.test"],
    hours=[("Du lundi au vendredi", "de 9 h à 18 h"), ("Samedi", "fermé")],
    closing="",
    dates=[("mardi 3 mars 2026, de 18 h à 20 h", "Couture")],
    zones=["Fab Labs : Ouest. Pôle : PiNG"],
    page="https://mesh.test/lieux/l-oeuvre",
    calendar="https://mesh.test/lieux/l-oeuvre/agenda.ics",
    is_demo=False,
    language="fr",
    made_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
)


@pytest.fixture(scope="module")
def fonts(request, tmp_path_factory):
    folder = request.config.rootpath / "static/vendor/@fontsource-variable/bricolage-grotesque/files"
    text, rest = (folder / f"bricolage-grotesque-{part}-wght-normal.woff2" for part in ("latin", "latin-ext"))
    return pdf.cut_fonts(text, rest, tmp_path_factory.mktemp("fonts"))


@pytest.fixture(autouse=True)
def french(pages):
    with pages.app_context():
        yield


def pages_of(made: bytes) -> int:
    return len(re.findall(rb"/Type /Page\n", made))


def test_it_says_who_where_when_and_what_comes(fonts):
    assert lines_of(draw_poster(POSTER, fonts)) == [
        "Fab Lab",
        "L’Œuvre « commune »",
        "Un atelier partagé.",
        "19 rue Hoche",
        "35000 Rennes",
        "02 61 91 00 10",
        "labfab.test",
        "Horaires",
        "Du lundi au vendredi",
        "de 9 h à 18 h",
        "Samedi",
        "fermé",
        "Prochains rendez-vous",
        "Couture",
        "mardi 3 mars 2026, de 18 h à 20 h",
        "Tout sur ce lieu",
        "mesh.test/lieux/l-oeuvre",
        "Son agenda dans mon calendrier",
        "mesh.test/lieux/l-oeuvre/agenda.ics",
        "Fab Labs : Ouest. Pôle : PiNG",
        "Fab Lab Mesh",
    ]


def test_the_same_words_give_the_same_bytes_and_other_words_others(fonts):
    assert draw_poster(POSTER, fonts) == draw_poster(POSTER, fonts)
    assert draw_poster(POSTER, fonts) != draw_poster(replace(POSTER, summary="Un autre."), fonts)


def test_the_fullest_poster_stays_on_one_page_and_above_its_codes(fonts):
    long = "Espace public numérique et atelier partagé de la communauté de communes du Val d’Œuvre et de ses environs"
    week = [
        (f"Jour numéro {number}", "de 9 h à 12 h et de 14 h à 18 h 30 (sur rendez-vous le matin)")
        for number in range(7)
    ]
    full = replace(
        POSTER,
        name=long,
        summary=f"{long}. {long}. {long}.",
        address=[long, "Bâtiment B", "35000 Rennes"],
        hours=week,
        dates=[(POSTER.dates[0][0], long)] * 3,
        zones=POSTER.zones * 2,
        is_demo=True,
    )

    made = draw_poster(full, fonts)

    assert pages_of(made) == 1
    heights = [float(y) for y in re.findall(rb"BT [\d.]+ ([-\d.]+) Td", _content(made))]
    titles = lines_of(made)
    above = heights[: titles.index("Tout sur ce lieu")]
    assert min(above) > heights[titles.index("Tout sur ce lieu")]
    assert min(heights) > 28


def test_one_that_closed_says_so_and_one_without_dates_leads_to_the_agenda(fonts):
    lines = lines_of(
        draw_poster(replace(POSTER, closing="Fermé définitivement depuis le 1er mars 2026.", dates=[]), fonts)
    )

    assert "Du lundi au vendredi" not in lines
    assert " ".join(lines[8:10]).startswith("Fermé définitivement")
    assert "À suivre dans l’agenda, ci-dessous." in lines


def test_codes_are_told_in_words_and_lead_where_they_say(fonts):
    made = draw_poster(POSTER, fonts)

    assert re.findall(rb"/URI \((.*?)\)", made) == [POSTER.page.encode(), POSTER.calendar.encode()]
    assert len(re.findall(rb"/Alt ", made)) == 4


def _content(made: bytes) -> bytes:
    return max(
        (stream_of(body) for body in re.findall(rb"\d+ 0 obj\n.*?endobj", made, re.S) if b"stream\n" in body),
        key=lambda text: text.count(b" Tj"),
    )
