"""Reads of images."""

from sqlalchemy import select

from fablabmesh.events.models import Image
from fablabmesh.kit.db import session


def find_content(digest: str, *, is_small: bool) -> bytes | None:
    """The bytes of an image, or of its smaller copy."""
    return session.scalar(select(Image.small if is_small else Image.content).where(Image.digest == digest))
