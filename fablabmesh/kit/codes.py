"""QR codes of addresses: segno enters here. Level M of correction, and the quiet zone that readers need around it."""

from io import BytesIO

import segno

# ISO/IEC 18004 §9.1: four modules, or readers miss it.
_QUIET = 4
# Modules of a code for print and for screens are this many dots wide.
_SCALE = 12


def _code(text: str) -> segno.QRCode:
    # Not a higher level where the size allows it: the same address is the same picture, whatever segno prefers.
    return segno.make_qr(text, error="m", boost_error=False)


def to_svg(text: str, *, title: str) -> bytes:
    """A drawing without a size of its own, black on white in the dark too. `title`: for who does not see it."""
    out = BytesIO()
    _code(text).save(
        out,
        kind="svg",
        border=_QUIET,
        light="#fff",
        title=title,
        omitsize=True,
        svgclass=None,
        lineclass=None,
        xmldecl=False,
        nl=False,
    )
    return out.getvalue()


def to_png(text: str) -> bytes:
    """Black and white, sharp when printed."""
    out = BytesIO()
    _code(text).save(out, kind="png", scale=_SCALE, border=_QUIET)
    return out.getvalue()
