"""What people send as a picture: good ones are drawn anew, bad ones are refused with a sentence, none does harm."""

import resource
import struct
import subprocess
import sys
import time
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from fablabmesh.kit.i18n import force_locale
from fablabmesh.kit.images import MOST_BYTES, BadImage, read_picture

pytestmark = pytest.mark.slow  # together seconds, of which the fast run has few

ROOT = Path(__file__).parent.parent.parent
RED, BLUE = (200, 30, 30), (30, 30, 200)


@pytest.fixture(autouse=True)
def french(pages):
    with pages.app_context(), force_locale("fr"):
        yield


def halves(mode: str = "RGB", size=(400, 200)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **more) -> bytes:
    out = BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def shown(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def is_near(colour, wanted, by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(colour, wanted, strict=True))


def png_of(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG that says it is so large, and holds nothing more than these chunks."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IEND", b"")


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


# --- good ones ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_becomes_a_jpeg_of_its_size_and_a_small_one(kind):
    picture = read_picture(saved(halves(size=(2400, 1200)), kind))

    large, small = shown(picture.content), shown(picture.small)
    assert (large.format, large.size) == ("JPEG", (1600, 800))
    assert (small.format, small.size) == ("JPEG", (480, 240))
    assert ((picture.width, picture.height), (picture.small_width, picture.small_height)) == (large.size, small.size)
    assert is_near(large.getpixel((100, 400)), RED)
    assert is_near(large.getpixel((1500, 400)), BLUE)


def test_a_small_picture_is_not_blown_up():
    picture = read_picture(saved(halves(size=(300, 150)), "PNG"))

    assert shown(picture.content).size == shown(picture.small).size == (300, 150)


def test_the_same_picture_has_the_same_name_and_another_one_another():
    first, again, other = (
        read_picture(saved(image, "PNG")).digest for image in (halves(), halves(), halves(size=(400, 300)))
    )

    assert first == again
    assert first != other
    assert len(first) == 32


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16"])
def test_every_kind_of_point_is_understood(mode):
    grey = Image.new("L", (64, 64), 128)
    image = Image.new("I;16", (64, 64), 128 * 257) if mode == "I;16" else grey.convert(mode)

    pixel = shown(read_picture(saved(image, "PNG")).content).getpixel((32, 32))

    assert is_near(pixel, pixel[:1] * 3, by=2)
    if mode != "1":
        assert is_near(pixel, (128, 128, 128), by=3)


def test_inks_are_understood():
    picture = read_picture(saved(Image.new("CMYK", (64, 64), (0, 255, 255, 0)), "JPEG"))

    red, green, blue = shown(picture.content).getpixel((32, 32))
    assert red > 200 > 80 > max(green, blue)


def test_what_is_seen_through_stands_on_white():
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 32, 64))

    drawn = shown(read_picture(saved(image, "PNG")).content)

    assert is_near(drawn.getpixel((10, 32)), (0, 0, 0))
    assert is_near(drawn.getpixel((54, 32)), (255, 255, 255))


@pytest.mark.parametrize(
    ("turn", "size", "corner"),
    [(1, (400, 200), RED), (3, (400, 200), BLUE), (6, (200, 400), RED), (8, (200, 400), BLUE)],
)
def test_a_picture_taken_sideways_stands_upright(turn, size, corner):
    exif = Image.Exif()
    exif[0x0112] = turn

    drawn = shown(read_picture(saved(halves(), "JPEG", exif=exif, quality=95)).content)

    assert drawn.size == size
    assert is_near(drawn.getpixel((10, 10)), corner)


def test_a_profile_is_read_and_left_out():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    picture = read_picture(saved(halves(), "PNG", icc_profile=profile.tobytes()))

    assert is_near(shown(picture.content).getpixel((10, 10)), RED)
    assert "icc_profile" not in shown(picture.content).info


# --- what a picture must not tell --------------------------------------------------------------------------------


def with_secrets(kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x013B], exif[0x9286] = "Téléphone de Zoé", "Zoé Martin", "rue du Secret"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 6.0, 53.0), 3: "W", 4: (1.0, 40.0, 39.0)})
    more = {"JPEG": {"comment": b"rue du Secret"}, "WEBP": {"xmp": b"<x>rue du Secret</x>"}, "PNG": {}}[kind]
    return saved(halves(), kind, exif=exif, **more)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_neither_where_it_was_taken_nor_by_whom_is_left(kind):
    data = with_secrets(kind)
    assert shown(data).getexif().get_ifd(0x8825)[2] == (48.0, 6.0, 53.0)

    picture = read_picture(data)

    for drawn in (picture.content, picture.small):
        assert dict(shown(drawn).getexif()) == {}
        assert set(shown(drawn).info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }
        for secret in (b"Exif", b"Secret", b"Martin", b"xmp", b"ICC_PROFILE", b"Photoshop"):
            assert secret not in drawn


def test_what_hangs_on_behind_a_picture_is_left_behind():
    page = b"<script>alert(1)</script><?php system('id') ?>PK\x03\x04"

    picture = read_picture(saved(halves(), "JPEG", comment=page) + page)

    assert b"script" not in picture.content
    assert b"PK\x03\x04" not in picture.content
    assert picture.content.endswith(b"\xff\xd9")


# --- bad ones ----------------------------------------------------------------------------------------------------


def refused(data: bytes) -> str:
    with pytest.raises(BadImage) as found:
        read_picture(data)
    return str(found.value).replace("\u00a0", " ")


UNREADABLE = "Ce fichier n’est pas une image lisible : envoyez une photo en JPEG, PNG ou WebP."
TOO_LARGE = "Cette image a trop de points : réduisez-la (4000 × 3000 suffisent) et recommencez."


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"bonjour",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"GIF89a<script>alert(1)</script>",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0" + b"\x00" * 64,
        b"RIFF\xff\xff\xff\xffWEBPVP8 " + b"\x00" * 64,
    ],
)
def test_what_is_no_picture_is_refused_whatever_its_name(data):
    assert refused(data) == UNREADABLE


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP", "ICO"])
def test_other_kinds_of_pictures_are_refused(kind):
    assert refused(saved(halves(size=(64, 64)), kind)) == UNREADABLE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_half_a_picture_is_refused(kind, share):
    noise = Image.effect_noise((300, 300), 80).convert("RGB")
    data = saved(noise, kind)

    assert refused(data[: int(len(data) * share)]) == UNREADABLE


def test_a_picture_of_a_billion_points_is_refused_before_it_is_unfolded():
    points = zlib.compress(b"\x00" * 3_000_000, 9)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()

    assert refused(png_of(30_000, 30_000, chunk(b"IDAT", points))) == TOO_LARGE
    assert refused(png_of(10_000, 10_000, chunk(b"IDAT", points))) == TOO_LARGE
    assert refused(png_of(6_000, 6_000, chunk(b"IDAT", points))) == TOO_LARGE

    assert time.monotonic() - start < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kB


def test_words_that_unfold_to_gigabytes_are_refused():
    words = b"Comment\x00\x00" + zlib.compress(b"a" * 50_000_000, 9)
    data = png_of(64, 64, chunk(b"zTXt", words), chunk(b"IDAT", zlib.compress(b"\x00" * (64 * 193))))

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refused(data) == UNREADABLE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # kB


MAKE = """
import sys
from PIL import Image
width, height = int(sys.argv[2]), int(sys.argv[3])
noise = Image.effect_noise((width, height // 8), 12).convert(sys.argv[4])
image = Image.new(sys.argv[4], (width, height))
for strip in range(8 if sys.argv[5] != "PNG" else 0):
    image.paste(noise, (0, strip * (height // 8)))
image.save(sys.argv[1], sys.argv[5], **eval(sys.argv[6]))
"""
READ = """
import pathlib, re, sys, time
from fablabmesh.kit.images import BadImage, read_picture
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
data = pathlib.Path(sys.argv[1]).read_bytes()
before, start = peak(), time.process_time()
picture = read_picture(data)
print(max(picture.width, picture.height), peak() - before, time.process_time() - start)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "height", "mode", "kind", "more"),
    [
        (8_160, 6_120, "RGB", "JPEG", {"quality": 20}),
        (4_700, 3_544, "RGB", "JPEG", {"quality": 20, "progressive": True, "subsampling": 0}),
        (4_700, 3_544, "RGBA", "PNG", {"compress_level": 1}),
        (4_700, 3_544, "P", "PNG", {"compress_level": 1}),
        (4_080, 3_056, "RGBA", "WEBP", {"quality": 5, "method": 0}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_largest_pictures_that_are_taken_are_read_in_little_time_and_memory(
    tmp_path, width, height, mode, kind, more
):
    # In processes of their own: what one has used stays on its account.
    file = tmp_path / "picture"
    made = [MAKE, str(file), str(width), str(height), mode, kind, repr(more)]
    subprocess.run([sys.executable, "-c", *made], check=True)
    read = subprocess.run([sys.executable, "-c", READ, str(file)], capture_output=True, text=True, cwd=ROOT)

    assert read.stderr == ""
    side, kilobytes, seconds = map(float, read.stdout.split())
    assert side == 1600
    assert kilobytes < 200_000
    assert seconds < 5


@pytest.mark.parametrize(
    ("size", "kind", "more", "is_taken"),
    [
        ((6_000, 4_000), "JPEG", {}, True),
        ((6_000, 4_000), "JPEG", {"progressive": True}, False),
        ((5_000, 3_400), "PNG", {}, False),
        ((4_000, 3_000), "PNG", {}, True),
        ((4_200, 3_000), "WEBP", {"quality": 1, "method": 0}, False),
    ],
)
def test_how_large_a_picture_may_be_depends_on_how_it_must_be_read(size, kind, more, is_taken):
    data = saved(Image.new("L", size, 200).convert("L" if kind != "WEBP" else "RGB"), kind, **more)

    if is_taken:
        assert read_picture(data).width == 1600
    else:
        assert refused(data) == TOO_LARGE


def test_a_thumbnail_inside_a_photograph_is_no_second_pass():
    exif = Image.Exif()
    exif[0x9286] = saved(halves(size=(160, 80)), "JPEG").decode("latin-1")
    data = saved(Image.new("L", (6_000, 4_000), 200), "JPEG", exif=exif) + saved(halves(), "JPEG")

    assert read_picture(data).width == 1600


def test_a_file_that_is_too_heavy_is_not_even_looked_at():
    assert refused(b"\x00" * (MOST_BYTES + 1)) == "Cette image pèse plus de 8 Mo : réduisez-la et recommencez."


def test_a_speck_is_refused():
    assert refused(saved(halves(size=(8, 400)), "PNG")) == "Cette image est trop petite pour être vue."


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_broken_turn_and_a_broken_profile_do_not_matter():
    data = saved(halves(), "JPEG", exif=b"Exif\x00\x00MM\x00\x2a\xff\xff\xff\xff", icc_profile=b"nothing of the kind")

    assert shown(read_picture(data).content).size == (400, 200)
