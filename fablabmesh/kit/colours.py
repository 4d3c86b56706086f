"""Colours by the names of CSS 3, which are all that a calendar may say (RFC 7986 §5.9). Pure."""

from functools import lru_cache

from PIL import ImageColor

_NAMES = {name: value for name, value in sorted(ImageColor.colormap.items()) if isinstance(value, str)}


@lru_cache(maxsize=256)
def nearest_name(colour: str) -> str:
    """The name that comes nearest to « #458fde », by the distance of red, green and blue; weighted as eyes see them."""
    red, green, blue = ImageColor.getrgb(colour)[:3]

    def distance(name: str) -> float:
        other = ImageColor.getrgb(_NAMES[name])
        return 3 * (red - other[0]) ** 2 + 4 * (green - other[1]) ** 2 + 2 * (blue - other[2]) ** 2

    return min(_NAMES, key=distance)
