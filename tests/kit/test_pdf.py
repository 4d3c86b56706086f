"""A page of paper: letters that are right, lines that fit, bytes that stay the same."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fablabmesh.kit import pdf
from fablabmesh.kit.codes import to_png
from tests.pdf_text import lines_of

pytestmark = pytest.mark.slow  # together seconds, of which the fast run has few

FONTS = Path("static/vendor/@fontsource-variable/bricolage-grotesque/files")
MADE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def fonts(tmp_path_factory, request):
    folder = request.config.rootpath / FONTS
    text, rest = (folder / f"bricolage-grotesque-{part}-wght-normal.woff2" for part in ("latin", "latin-ext"))
    return pdf.cut_fonts(text, rest, tmp_path_factory.mktemp("fonts"))


def paper(fonts, title="Une affiche"):
    return pdf.Paper(fonts, title=title, language="fr", made_at=MADE)


def test_each_weight_is_cut_once_and_kept(fonts):
    before = {path: path.stat().st_mtime_ns for _, _, path in fonts.files}
    folder = next(iter(before)).parent

    assert len(before) == len(list(folder.iterdir())) == 4
    assert {0x153, 0x2019, 0xAB, 0xA0, 0x151} <= fonts.characters


def test_french_letters_and_spaces_are_read_back_as_they_were_written(fonts):
    sheet = paper(fonts)
    sheet.write("L’Œuvre : « cœur »\u00a0– à l’été, 18\u202fh…", (10, 10), 190, 20)
    sheet.write("En gras : ŐÇ", (10, 30), 190, 20, bold=True)

    # The font draws both spaces alike, and so they are read.
    assert lines_of(sheet.to_bytes()) == ["L’Œuvre : « cœur » – à l’été, 18 h…", "En gras : ŐÇ"]


def test_a_line_never_ends_before_a_space_that_does_not_break(fonts):
    sheet = paper(fonts)

    sheet.write("Ouvert jusqu’à 18\u00a0h\u00a030", (10, 10), 42, 14, lines=3)

    assert lines_of(sheet.to_bytes()) == ["Ouvert jusqu’à", "18 h 30"]


def test_what_no_font_has_is_left_out_or_taken_apart(fonts):
    sheet = paper(fonts)
    sheet.write("Lab ★ \U0001f389 ｆａｂ", (10, 10), 190, 20)

    assert lines_of(sheet.to_bytes()) == ["Lab   fab"]


def test_a_long_name_wraps_is_set_smaller_and_cut_at_last(fonts):
    sheet = paper(fonts)
    name = "Espace public numérique et atelier partagé de la communauté de communes du Val d’Œuvre"

    ends = [sheet.write(name, (10, 10), width, 40, lines=3, smallest=20) for width in (190, 100, 20)]

    lines = lines_of(sheet.to_bytes())
    assert [len(lines), lines[-1][-1]] == [9, "…"]
    assert " ".join(line.strip() for line in lines[:3]) == name
    assert ends[0] > ends[1] >= ends[2]


def test_the_same_content_gives_the_same_bytes(fonts):
    def make(title="Une affiche"):
        sheet = paper(fonts, title)
        sheet.write("Bonjour", (10, 10), 190, 20)
        sheet.picture(to_png("https://mesh.test/"), (10, 40), 50, "Code")
        return sheet.to_bytes()

    assert make() == make()
    assert make() != make("Une autre")


def test_the_file_says_its_title_its_language_and_what_pictures_show(fonts):
    sheet = paper(fonts, "Atelier & « Cie »")
    sheet.picture(to_png("https://mesh.test/"), (10, 40), 50, "Code QR de la page")
    sheet.link((10, 40), 50, 50, "https://mesh.test/", "La page")

    made = sheet.to_bytes()

    assert re.findall(rb"/Lang \((.*?)\)", made) == [b"fr"]
    assert (b"/DisplayDocTitle true" in made, b"/Marked true" in made) == (True, True)
    assert '<rdf:li xml:lang="x-default">Atelier &amp; « Cie »</rdf:li>'.encode() in made
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>" in made
    assert re.findall(rb"/Alt \((.*?)\)", made) == [b"Code QR de la page", b"La page"]
    assert re.findall(rb"/URI \((.*?)\)", made) == [b"https://mesh.test/"]
