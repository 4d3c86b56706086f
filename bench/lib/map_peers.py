"""Others who serve places: MapServer, tipg, folium's own pages; each with the same places of the same database."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import folium
import folium.plugins
import peers
import psycopg2
import serve
from countries import Country

HOME = peers.HOME / "map"
MAPSERVER = Path("/usr/lib/cgi-bin/mapserv")
MODULES = peers.ROOT / "bench" / "npm"

# The places of the country as a table of their own, with nothing else in it: none of them has to join or to filter.
COPY_FOR_PEERS = """
DROP SCHEMA IF EXISTS peers CASCADE;
CREATE SCHEMA peers AUTHORIZATION fablabmesh;
SET ROLE fablabmesh;
CREATE TABLE peers.{table} AS
  SELECT place.id, {columns}, location::geometry(Point, 4326) AS geom FROM place WHERE location IS NOT NULL ORDER BY id;
ALTER TABLE peers.{table} ADD PRIMARY KEY (id);
CREATE INDEX ON peers.{table} USING gist (geom);
ANALYZE peers.{table};
"""
MAPFILE = """
MAP
  NAME "bench"
  STATUS ON
  EXTENT -180 -85 180 85
  SIZE 256 256
  PROJECTION "init=epsg:4326" END
  OUTPUTFORMAT
    NAME "geojson"
    DRIVER "OGR/GEOJSON"
    MIMETYPE "application/json"
    FORMATOPTION "STORAGE=stream"
    FORMATOPTION "FORM=SIMPLE"
  END
  OUTPUTFORMAT NAME "mvt" DRIVER "MVT" FORMATOPTION "EXTENT=4096" FORMATOPTION "EDGE_BUFFER=0" END
  WEB METADATA
    "ows_title" "bench"
    "ows_onlineresource" "http://127.0.0.1:{port}/"
    "ows_enable_request" "*"
    "wfs_getfeature_formatlist" "geojson"
    "ows_srs" "EPSG:4326"
  END END
{layers}
END
"""
LAYER = """
  LAYER
    NAME "{table}"
    TYPE POINT
    STATUS ON
    CONNECTIONTYPE POSTGIS
    CONNECTION "{connection}"
    DATA "geom FROM peers.{table} USING UNIQUE id USING SRID=4326"
    PROCESSING "CLOSE_CONNECTION=DEFER"
    PROJECTION "init=epsg:4326" END
    TEMPLATE "none"
    METADATA
      "ows_title" "{table}"
      "gml_include_items" "{columns}"
      "gml_featureid" "id"
    END
  END
"""
GATEWAY = """
pid {folder}/mapserver.pid;
error_log {folder}/mapserver-error.log warn;
worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/mapserver-body;
    proxy_temp_path {folder}/mapserver-proxy;
    fastcgi_temp_path {folder}/mapserver-fastcgi;
    uwsgi_temp_path {folder}/mapserver-uwsgi;
    scgi_temp_path {folder}/mapserver-scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            fastcgi_pass 127.0.0.1:{behind};
            fastcgi_keep_conn on;
            fastcgi_buffers 64 64k;
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param QUERY_STRING $query_string;
            fastcgi_param SERVER_NAME 127.0.0.1;
            fastcgi_param SERVER_PORT {port};
            fastcgi_param SCRIPT_NAME /;
            fastcgi_param MS_MAPFILE {folder}/bench.map;
        }}
    }}
}}
"""


def install() -> list[str]:
    """What is missing, as far as it may be installed; names of those who cannot be had."""
    wanted = [] if MAPSERVER.exists() and shutil.which("spawn-fcgi") else ["cgi-mapserver", "spawn-fcgi"]
    if wanted and os.geteuid() == 0:
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (("update",), ("install", "--yes", "--no-install-recommends", *wanted)):
            command = ["apt-get", "-o", "DPkg::Lock::Timeout=600", "-qq", *words]
            subprocess.run(command, env=environ, check=False, stdout=sys.stderr)
    if not (peers.VENV / "bin" / "uvicorn").exists():
        subprocess.run([peers.VENV / "bin" / "pip", "install", "--quiet", *TIPG], check=False, stdout=sys.stderr)
    absent = [] if MAPSERVER.exists() and shutil.which("spawn-fcgi") else ["MapServer"]
    return absent + ([] if (peers.VENV / "bin" / "uvicorn").exists() else ["tipg"])


TIPG = ("tipg>=1.6,<2", "uvicorn>=0.30,<1")


def copy_places(country: Country, tables: Mapping[str, Mapping[str, str]]) -> None:
    """`tables`: by name, the columns that they are to serve, each with the expression over a place that it is."""
    connection = psycopg2.connect(country.owner_url)
    with connection, connection.cursor() as cursor:
        for number, (table, columns) in enumerate(tables.items()):
            chosen = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
            script = COPY_FOR_PEERS.format(table=table, columns=chosen)
            cursor.execute(script if not number else script[script.index("SET ROLE") :])
        cursor.execute("RESET ROLE")
    connection.close()


@contextmanager
def mapserver(country: Country, tables: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """One process by FastCGI, as Debian ships it, behind nginx, which it needs to be spoken to."""
    HOME.mkdir(parents=True, exist_ok=True)
    port, behind = (serve.find_port("127.0.0.1", 0) for _ in range(2))
    connection = connection_words(country.url)
    layers = "".join(
        LAYER.format(table=table, connection=connection, columns=",".join(columns)) for table, columns in tables.items()
    )
    (HOME / "bench.map").write_text(MAPFILE.format(port=port, layers=layers), "utf-8")
    (HOME / "mapserver.conf").write_text('CONFIG\n  ENV\n    MS_MAP_PATTERN "."\n  END\nEND\n')
    environ = {**os.environ, "MAPSERVER_CONFIG_FILE": str(HOME / "mapserver.conf")}
    command = ["spawn-fcgi", "-n", "-a", "127.0.0.1", "-p", str(behind), "--", str(MAPSERVER)]
    text = as_root() + GATEWAY.format(folder=HOME, port=port, behind=behind)
    with peers.process(command, environ), peers.nginx(text, "map/mapserver-nginx.conf", port) as url:
        yield url


def as_root() -> str:
    return "user root;\n" if os.geteuid() == 0 else ""


def connection_words(url: str) -> str:
    """The address of a database as libpq's words."""
    parts = urlsplit(url)
    (host,) = parse_qs(parts.query)["host"]
    return f"host={host} dbname={parts.path[1:]} user={parts.username}"


def wfs(url: str, table: str) -> str:
    words = "SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature&OUTPUTFORMAT=geojson"
    return f"{url}/?{words}&TYPENAMES={table}"


def mapserver_tile(url: str, table: str, tile: tuple[int, int, int]) -> str:
    zoom, x, y = tile
    return f"{url}/?mode=tile&tilemode=gmap&tile={x}+{y}+{zoom}&layers={table}&map.imagetype=mvt"


@contextmanager
def tipg(country: Country) -> Iterator[str]:
    """One worker."""
    port = serve.find_port("127.0.0.1", 0)
    environ = {
        **os.environ,
        # It wants a host that is none of the query's: the folder of the socket, which its driver understands.
        "DATABASE_URL": re.sub(r"@/(\w+)\?host=(.*)", r"@\2/\1", country.url),
        "TIPG_DB_SCHEMAS": '["peers"]',
        "TIPG_MAX_FEATURES_PER_QUERY": "5000000",
        "TIPG_MAX_FEATURES_PER_TILE": "5000000",
        "TIPG_TILE_BUFFER": "0",
    }
    words = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--log-level", "warning", "--no-access-log"]
    with peers.process([peers.VENV / "bin" / "python", "-m", "uvicorn", "tipg.main:app", *words], environ) as running:
        peers.wait(f"http://127.0.0.1:{port}/", running)
        yield f"http://127.0.0.1:{port}"


def tipg_items(url: str, table: str) -> str:
    return f"{url}/collections/peers.{table}/items?f=geojson&limit=5000000"


def tipg_tile(url: str, table: str, tile: tuple[int, int, int]) -> str:
    zoom, x, y = tile
    return f"{url}/collections/peers.{table}/tiles/WebMercatorQuad/{zoom}/{x}/{y}"


# --- folium's own pages --------------------------------------------------------------------------------------------

# What its pages ask content networks for, by the end of the address, and where the same lies in the packages.
SUBSTITUTES = {
    "leaflet@1.9.3/dist/leaflet.js": "leaflet/dist/leaflet.js",
    "jquery-3.7.1.min.js": "jquery/dist/jquery.min.js",
    "bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "leaflet.awesome-markers.js": "leaflet.awesome-markers/dist/leaflet.awesome-markers.js",
    "leaflet@1.9.3/dist/leaflet.css": "leaflet/dist/leaflet.css",
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "css/all.min.css": "@fortawesome/fontawesome-free/css/all.min.css",
    "leaflet.awesome-markers.css": "leaflet.awesome-markers/dist/leaflet.awesome-markers.css",
    "leaflet.markercluster.js": "leaflet.markercluster/dist/leaflet.markercluster.js",
    "MarkerCluster.css": "leaflet.markercluster/dist/MarkerCluster.css",
    "MarkerCluster.Default.css": "leaflet.markercluster/dist/MarkerCluster.Default.css",
}
# Packaged nowhere, and a kilobyte each: the pages go without.
LEFT_OUT = ("bootstrap-glyphicons.css", "leaflet.awesome.rotate.min.css")


def install_modules(folder: Path) -> Path:
    """folium's scripts, by a lock of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(MODULES / name, folder / name)
    if not (folder / "node_modules").is_dir():
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)
    return folder / "node_modules"


def write_pages(folder: Path, places: Sequence[tuple[float, float, str]]) -> None:
    """`naive.html`: a marker with a popup for each; `fast.html`: FastMarkerCluster with the places in the page."""
    folder.mkdir(parents=True, exist_ok=True)
    modules = install_modules(folder.parent / "npm")
    shutil.rmtree(folder / "modules", ignore_errors=True)
    shutil.copytree(modules, folder / "modules")
    naive = plain_map()
    for latitude, longitude, name in places:
        folium.Marker((latitude, longitude), popup=name, tooltip=name).add_to(naive)
    fast = plain_map()
    folium.plugins.FastMarkerCluster([(latitude, longitude) for latitude, longitude, _name in places]).add_to(fast)
    for name, made in (("naive", naive), ("fast", fast)):
        (folder / f"{name}.html").write_text(localize(made.get_root().render()), "utf-8")
    for path in folder.rglob("*"):
        if path.suffix in (".html", ".js", ".css"):
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 6))


def plain_map() -> folium.Map:
    """As our page begins; no tiles, which would have to come from elsewhere."""
    made = folium.Map(location=(46.6, 2.45), zoom_start=6, tiles=None)
    made.options["maxZoom"] = 18
    return made


def localize(page: str) -> str:
    """The page with the addresses of the packages instead of those of content networks."""
    lines = []
    for line in page.splitlines():
        if "https://" in line and ("<script" in line or "<link" in line):
            if any(name in line for name in LEFT_OUT):
                continue
            before, _, after = line.partition("https://")
            address, quote, rest = after.partition('"')
            here = next(target for end, target in SUBSTITUTES.items() if address.endswith(end))
            line = f"{before}modules/{here}{quote}{rest}"
        lines.append(line)
    return "\n".join(lines)


def count_features(body: bytes) -> int:
    return len(json.loads(body)["features"])


def count_in_tile(body: bytes) -> int:
    """Features of a vector tile: the fields numbered 2 of those numbered 3, as Protocol Buffers write them."""
    return sum(sum(1 for number, _part in read_fields(layer) if number == 2) for number, layer in read_fields(body)
               if number == 3)  # fmt: skip


def read_fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The numbers of a message's fields, with the bytes of those that have a length."""
    at = 0
    while at < len(message):
        key, at = read_varint(message, at)
        kind = key & 7
        if kind == 2:
            length, at = read_varint(message, at)
            yield key >> 3, message[at : at + length]
            at += length
        elif kind == 0:
            _value, at = read_varint(message, at)
        else:
            at += {1: 8, 5: 4}[kind]


def read_varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
