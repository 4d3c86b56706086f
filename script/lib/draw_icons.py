"""Draws static/base/icons from the shapes of static/base/icon.svg, for systems without SVG. To run when they change."""

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parents[2] / "static" / "base" / "icons"
CORNERS = ((6, 23), (16, 6), (26, 23))
SPOTS = (((16, 6.5), "#d1495b"), ((6.5, 23), "#2f6f9f"), ((25.5, 23), "#c98a00"))
FINE = 4


def draw(size: int, share: float, background: str | None) -> Image.Image:
    """`share`: of the square that the drawing takes; the rest is left for whoever cuts it round."""
    whole = size * FINE
    image = Image.new("RGBA", (whole, whole), background or (0, 0, 0, 0))
    pencil = ImageDraw.Draw(image)
    unit = whole * share / 32

    def at(x: float, y: float) -> tuple[float, float]:
        # The drawing stands between 2 and 27.5 of 32 from top to bottom: put in the middle.
        return whole / 2 + (x - 16) * unit, whole / 2 + (y - 14.75) * unit

    corners = [at(*corner) for corner in CORNERS]
    pencil.line([*corners, corners[0]], fill="#7d8791", width=round(2.5 * unit), joint="curve")
    for spot, colour in SPOTS:
        x, y = at(*spot)
        radius = 4.5 * unit
        pencil.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, size, share, background in (
        ("icon-192", 192, 1.0, None),
        ("icon-512", 512, 1.0, None),
        ("maskable-512", 512, 0.66, "#f7f5f0"),
        ("apple-touch-180", 180, 0.8, "#f7f5f0"),
    ):
        image = draw(size, share, background)
        (image.convert("RGB") if background else image).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
