"""Places as files: a table, and the formats of maps and of satellite receivers. Rows come in, bytes go out. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from xml.sax.saxutils import escape as _escape

from fablabmesh.kit import tables
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.text import clean_block

# Excel and LibreOffice tell columns by a semicolon where the comma is in numbers.
_SEPARATOR = ";"


@dataclass(frozen=True)
class Row:
    """What a file tells of a place, in the order of the table's columns. Codes of terms come as they are."""

    slug: str
    name: str
    kind: str
    address: str
    address_extra: str
    postcode: str
    commune: str
    insee: str
    department: str
    latitude: float | None
    longitude: float | None
    phone: str
    website: str
    opening_hours: str
    labels: Sequence[str]
    services: Sequence[str]
    machine_types: Sequence[str]
    audiences: Sequence[str]
    accessibility: Sequence[str]
    fees: Sequence[str]
    support: Sequence[str]
    calls: Sequence[str]
    closed_on: date | None
    source: str
    source_licence: str
    source_updated_on: date | None
    # The day on which somebody who knows last said that the page is right.
    confirmed_on: date | None
    is_demo: bool


@dataclass(frozen=True)
class Cover:
    """What stands before the places. `base`: what the address of a place begins with."""

    title: str
    page: str
    base: str
    on: date

    @property
    def credit(self) -> str:
        return _(
            "Source et licence de chaque lieu : voir sa fiche. Données du %(day)s, %(page)s",
            day=self.on.isoformat(),
            page=self.page,
        )


Render = Callable[[Cover, Iterable[Row]], Iterator[str]]


# --- a table ---------------------------------------------------------------------------------------------------------

COLUMNS = (
    "slug", "name", "kind", "address", "address_extra", "postcode", "commune", "insee", "department", "latitude",
    "longitude", "phone", "website", "opening_hours", "labels", "services", "machine_types", "audiences",
    "accessibility", "fees", "support", "calls", "closed_on", "source", "source_licence", "source_updated_on",
    "confirmed_on", "is_demo",
)  # fmt: skip


def render_csv(cover: Cover, rows: Iterable[Row]) -> Iterator[str]:
    """UTF-8 with its mark, semicolons, several values of a cell parted by « | »; the address of the page comes last."""
    yield tables.MARK
    yield from tables.render_csv(chain([[*COLUMNS, "url", "exported_on"]], _lines(cover, rows)), separator=_SEPARATOR)


def _lines(cover: Cover, rows: Iterable[Row]) -> Iterator[list[object]]:
    for row in rows:
        cells = [getattr(row, name) for name in COLUMNS]
        yield [*cells, cover.base + row.slug, cover.on.isoformat()]


# --- maps and receivers ----------------------------------------------------------------------------------------------


def render_kml(cover: Cover, rows: Iterable[Row]) -> Iterator[str]:
    """KML 2.2; a place without a point has no mark in it, and its address instead."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{_xml(cover.title)}</name><description>{_xml(cover.credit)}</description>\n"
    )
    for row in rows:
        address = _address(row)
        yield f'<Placemark id="{_xml(row.slug)}"><name>{_xml(row.name)}</name>'
        yield f"<address>{_xml(address)}</address>" if address else ""
        yield f"<phoneNumber>{_xml(row.phone)}</phoneNumber>" if row.phone else ""
        yield f"<description>{_xml(_description(cover, row))}</description>"
        if row.latitude is not None:
            yield f"<Point><coordinates>{row.longitude!r},{row.latitude!r}</coordinates></Point>"
        yield "</Placemark>\n"
    yield "</Document></kml>\n"


def render_gpx(cover: Cover, rows: Iterable[Row]) -> Iterator[str]:
    """GPX 1.1, which knows only what has a point."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="Fab Lab Mesh"'
        ' xmlns="http://www.topografix.com/GPX/1/1"><metadata>'
        f"<name>{_xml(cover.title)}</name><desc>{_xml(cover.credit)}</desc>"
        f'<link href="{_xml(cover.page)}"/></metadata>\n'
    )
    for row in rows:
        if row.latitude is None:
            continue
        yield (
            f'<wpt lat="{row.latitude!r}" lon="{row.longitude!r}"><name>{_xml(row.name)}</name>'
            f'<desc>{_xml(_description(cover, row))}</desc><link href="{_xml(cover.base + row.slug)}"/></wpt>\n'
        )
    yield "</gpx>\n"


def _address(row: Row) -> str:
    town = " ".join(filter(None, (row.postcode, row.commune)))
    return ", ".join(filter(None, (row.address, row.address_extra, town)))


def _description(cover: Cover, row: Row) -> str:
    source = ", ".join(
        filter(
            None,
            (row.source, row.source_licence, row.source_updated_on.isoformat() if row.source_updated_on else ""),
        )
    )
    lines = (
        _("Exemple inventé") if row.is_demo else "",
        _address(row),
        row.phone,
        row.opening_hours,
        cover.base + row.slug,
        _("Source : %(source)s", source=source) if source else "",
    )
    return "\n".join(filter(None, lines))


def _xml(text: str) -> str:
    return _escape(clean_block(text), {'"': "&quot;"})


# --- formats ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Format:
    """A kind of file. `render`: none where the database writes it."""

    media_type: str
    render: Render | None = None


FORMATS: dict[str, Format] = {
    "geojson": Format("application/geo+json"),
    "csv": Format("text/csv", render_csv),
    "kml": Format("application/vnd.google-earth.kml+xml", render_kml),
    "gpx": Format("application/gpx+xml", render_gpx),
}
