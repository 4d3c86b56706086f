"""QR codes: sharp, with their quiet zone, the same in both forms."""

import re
from io import BytesIO

from PIL import Image

from fablabmesh.kit import codes

ADDRESS = "https://mesh.test/lieux/labfab-rennes"


def modules(png: bytes) -> list[str]:
    """Dark ones as X, each as wide as twelve dots."""
    with Image.open(BytesIO(png)) as image:
        dots = image.convert("L")
        count = dots.width // 12
        return ["".join("X" if dots.getpixel((x * 12 + 6, y * 12 + 6)) == 0 else "." for x in range(count))
                for y in range(count)]  # fmt: skip


def test_a_code_keeps_four_modules_of_quiet_around():
    rows = modules(codes.to_png(ADDRESS))

    size = len(rows)
    assert rows[:4] + rows[-4:] == ["." * size] * 8
    assert {row[:4] + row[-4:] for row in rows} == {"." * 8}
    assert rows[4][4:11] == "XXXXXXX"


def test_both_forms_are_of_the_same_modules():
    rows = modules(codes.to_png(ADDRESS))
    path = re.search(r'stroke="#000" d="([^"]+)"', codes.to_svg(ADDRESS, title="x").decode())[1]

    drawn = [["."] * len(rows) for _ in rows]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        given = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "M":
            x, y = given
        elif command == "m":
            x, y = x + given[0], y + given[1]
        else:
            drawn[int(y)][int(x) : int(x + given[0])] = "X" * int(given[0])
            x += given[0]
    assert ["".join(row) for row in drawn] == rows


def test_a_drawing_says_what_it_is_and_escapes_it():
    drawn = codes.to_svg(ADDRESS, title="Code de « <b>ici</b> »").decode()

    assert re.findall("<title>(.*)</title>", drawn) == ["Code de « &lt;b&gt;ici&lt;/b&gt; »"]
    assert re.search(r"<svg[^>]*>", drawn)[0] == '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 37 37">'
