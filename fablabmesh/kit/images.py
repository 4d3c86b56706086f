"""Pictures that people send, made plain: Pillow enters here. What comes out was drawn anew.

A file is judged by its content and never by its name. How much it would unfold to is known before it is unfolded.
"""

import math
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from threading import Lock

from PIL import Image, ImageCms, ImageOps

from fablabmesh.kit.i18n import gettext as _

MIMETYPE = "image/jpeg"
MOST_BYTES = 8 * 1024 * 1024
LONGEST_SIDE, SMALL_SIDE = 1600, 480
# Bytes that a point takes while it is read, as measured. A JPEG in one pass is reduced on the way; in several, all of
# it is unfolded first. 50 megapixels of the former, 16 of the latter and of a PNG, 12 of a WebP.
_MOST_MEMORY = 200_000_000
_COST_IN_ONE_PASS, _COST, _COST_OF_WEBP = 4, 12, 16
_SMALLEST_SIDE = 16
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 84
# Two large ones at once would need twice the memory; they wait for each other instead.
_one_at_a_time = Lock()


class BadImage(ValueError):
    """Not a picture that can be shown; the message is for whoever sent it."""


@dataclass(frozen=True)
class Picture:
    """A JPEG without metadata, upright, in sRGB, and a smaller copy. `digest` names both: it is of the content."""

    digest: str
    content: bytes
    width: int
    height: int
    small: bytes
    small_width: int
    small_height: int


def read_picture(data: bytes) -> Picture:
    """From the bytes of a JPEG, PNG or WebP. BadImage for anything else, or too large, or broken."""
    if len(data) > MOST_BYTES:
        raise BadImage(_("Cette image pèse plus de 8 Mo : réduisez-la et recommencez."))
    with _one_at_a_time:
        large = _draw(data)
        content = _to_jpeg(large)
        small = large.copy()
        small.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
        digest = sha256(content).hexdigest()[:32]
        return Picture(digest, content, *large.size, _to_jpeg(small), *small.size)


def _draw(data: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as source:
            _check_size(source, data)
            return _drawn(source)
    except BadImage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except Exception as error:  # a broken file makes decoders raise whatever they happen to stumble over
        raise BadImage(_("Ce fichier n’est pas une image lisible : envoyez une photo en JPEG, PNG ou WebP.")) from error


def _check_size(source: Image.Image, data: bytes) -> None:
    width, height = source.size
    if source.format in ("JPEG", "MPO"):
        cost = _COST_IN_ONE_PASS if _is_in_one_pass(data) else _COST
    else:
        cost = _COST_OF_WEBP if source.format == "WEBP" else _COST
    if width * height * cost > _MOST_MEMORY:
        raise _too_large()
    if min(width, height) < _SMALLEST_SIDE:
        raise BadImage(_("Cette image est trop petite pour être vue."))


def _is_in_one_pass(jpeg: bytes) -> bool:
    """Is there a single scan? (ISO/IEC 10918-1 §B.1: within one, FF is never followed by DA or D9.)"""
    at = 2
    while jpeg[at : at + 1] == b"\xff" and jpeg[at + 1 : at + 2] != b"\xda":
        # Each segment before the scan says how long it is; a thumbnail in one of them has scans of its own.
        at += 2 + max(2, int.from_bytes(jpeg[at + 2 : at + 4], "big"))
    end = jpeg.find(b"\xff\xd9", at)
    return jpeg.count(b"\xff\xda", at, end if end > 0 else len(jpeg)) == 1


def _too_large() -> BadImage:
    return BadImage(_("Cette image a trop de points : réduisez-la (4000 × 3000 suffisent) et recommencez."))


def _drawn(source: Image.Image) -> Image.Image:
    """Reduced, upright, on white, without anything that came along."""
    if source.mode.startswith("I;16"):
        # Sixteen bits of grey: Pillow would cut them off where it should scale them.
        plain = source.point(lambda value: value / 256).convert("L")
    elif source.mode in ("1", "P", "PA"):
        # A palette cannot be scaled, and may hold what is seen through.
        plain = source.convert("RGBA")
    else:
        plain = source
    # Twice what is wanted: the decoder of JPEG halves on the way, and well enough when it is reduced again after.
    share = 2 * LONGEST_SIDE / max(plain.size)
    if share < 1:
        plain.draft(None, (math.ceil(plain.width * share), math.ceil(plain.height * share)))
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    with suppress(Exception):  # it lies as it came, when what should say how is broken
        plain = ImageOps.exif_transpose(plain)
    plain = _in_srgb(plain, source.info.get("icc_profile"))
    drawn = Image.new("RGB", plain.size, "white")
    if plain.has_transparency_data:
        seen_through = plain.convert("RGBA")
        drawn.paste(seen_through, mask=seen_through.getchannel("A"))
    else:
        drawn.paste(plain.convert("RGB"))
    return drawn


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Telephones photograph in wider colours, which would look dull without their profile."""
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    with suppress(Exception):  # a profile that nobody can read is no profile
        known = ImageCms.ImageCmsProfile(BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        changed = ImageCms.profileToProfile(image, known, ImageCms.createProfile("sRGB"), outputMode=mode)
        return changed or image
    return image


def _to_jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()
