"""Reads the committed data beside this module: outlines, communes, programmes and zones, the call of 2013 and its
laureates, the poles, the list of real places. Pure: files in, values out.
"""

import csv
import gzip
import hashlib
import io
import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

from fablabmesh.opendata.gazetteer import Gazetteer, Town

PLACES_FILE: Final = "places-hinaura.json"
PLACES_LICENCE: Final = "Licence Ouverte 2.0"
DEPARTMENTS_COUNT: Final = 101

Row = dict[str, str]


def read_bytes(name: str) -> bytes:
    """A committed file, unpacked if it is packed."""
    content = (files("fablabmesh.opendata") / "data" / name).read_bytes()
    return gzip.decompress(content) if name.endswith(".gz") else content


def read_rows(name: str) -> list[Row]:
    """The rows of a committed table."""
    return list(csv.DictReader(io.StringIO(read_bytes(name).decode("utf-8"))))


def list_department_shapes(*, light: bool = False) -> list[tuple[str, str, dict[str, Any]]]:
    """(code, name, GeoJSON geometry). `light`: for drawing; else for telling where a point lies."""
    name = "departments-light.geojson.gz" if light else "departments.geojson.gz"
    collection = json.loads(read_bytes(name))
    return [
        (feature["properties"]["code"], feature["properties"]["name"], feature["geometry"])
        for feature in collection["features"]
    ]


@cache
def list_towns() -> list[Town]:
    """The gazetteer, by INSEE code."""
    return [
        Town(
            insee=row["insee"],
            name=row["name"],
            postcodes=tuple(row["postcodes"].split()),
            department=row["department"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            population=int(row["population"]) if row["population"] else None,
        )
        for row in read_rows("communes.csv.gz")
    ]


@cache
def make_gazetteer() -> Gazetteer:
    """The gazetteer, ready to be asked; half a second the first time."""
    return Gazetteer(list_towns())


def map_regions() -> dict[str, tuple[str, list[str]]]:
    """Code of a region of before 2016 → its name and its departments."""
    return {row["code"]: (row["name"], row["departments"].split()) for row in read_rows("regions.csv")}


@cache
def digest() -> str:
    """What tells one version of all these data from another."""
    folder = files("fablabmesh.opendata") / "data"
    total = hashlib.sha256()
    for name in sorted(file.name for file in folder.iterdir()):
        total.update(name.encode() + (folder / name).read_bytes())
    return total.hexdigest()


def read_places() -> bytes:
    """The list of real places, as its producer published it."""
    return read_bytes(f"{PLACES_FILE}.gz")
