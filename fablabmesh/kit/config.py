"""Settings: read from the environment once, checked, and nothing else reads the environment.

Each field of `Settings` is one environment variable; README documents them all (a test holds it).
"""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from fablabmesh.kit.map_layers import USUAL_CODE, BadLayers, MapLayer, read_layers
from fablabmesh.kit.smtp import read_sender, read_server

ENVIRONMENTS: Final = ("development", "production", "test")

VARIABLES: Final[dict[str, str]] = {
    "database_url": "DATABASE_URL",
    "data_dir": "FABLABMESH_DATA",
    "environment": "FABLABMESH_ENV",
    "secret_key": "FABLABMESH_SECRET_KEY",
    "base_url": "FABLABMESH_BASE_URL",
    "trusted_hosts": "FABLABMESH_TRUSTED_HOSTS",
    "proxies": "FABLABMESH_PROXIES",
    "tiles_url": "FABLABMESH_TILES_URL",
    "tiles_attribution": "FABLABMESH_TILES_ATTRIBUTION",
    "geocoder_url": "FABLABMESH_GEOCODER_URL",
    "tiles_proxy": "FABLABMESH_TILES_PROXY",
    "tiles_max_zoom": "FABLABMESH_TILES_MAX_ZOOM",
    "map_layers": "FABLABMESH_MAP_LAYERS",
    "map_rows": "FABLABMESH_MAP_ROWS",
    "contact": "FABLABMESH_CONTACT",
    "feed_past_days": "FABLABMESH_FEED_PAST_DAYS",
    "smtp_url": "FABLABMESH_SMTP_URL",
    "mail_from": "FABLABMESH_MAIL_FROM",
    "publish_dir": "FABLABMESH_PUBLISH_DIR",
    "operator": "FABLABMESH_OPERATOR",
    "operator_address": "FABLABMESH_OPERATOR_ADDRESS",
    "publisher": "FABLABMESH_PUBLISHER",
    "hosted_by": "FABLABMESH_HOSTED_BY",
    "privacy_contact": "FABLABMESH_PRIVACY_CONTACT",
    "rgaa_audit": "FABLABMESH_RGAA_AUDIT",
    "oidc_issuer": "FABLABMESH_OIDC_ISSUER",
    "oidc_client_id": "FABLABMESH_OIDC_CLIENT_ID",
    "oidc_client_secret": "FABLABMESH_OIDC_CLIENT_SECRET",
    "oidc_name": "FABLABMESH_OIDC_NAME",
    "oidc_scope": "FABLABMESH_OIDC_SCOPE",
}

# Share in per cent, day, who.
AUDIT: Final = r"(100|\d{1,2}(?:\.\d{1,2})?) (\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])) (\S.*)"


class BadSetting(SystemExit):
    """A setting that the application cannot start with; says which and what to write instead."""


@dataclass(frozen=True)
class Settings:
    """All that an operator can decide. Defaults are safe on a developer's machine."""

    database_url: str = "postgresql+psycopg2:///fablabmesh"
    data_dir: Path = Path("var")
    environment: str = "development"
    secret_key: str = ""
    base_url: str = "http://127.0.0.1:8000"
    trusted_hosts: tuple[str, ...] = ()
    proxies: int = 0
    tiles_url: str = ""
    tiles_attribution: str = ""
    geocoder_url: str = ""
    tiles_proxy: bool = False
    tiles_max_zoom: int = 18
    map_layers: tuple[MapLayer, ...] = ()
    map_rows: int = 5_000
    contact: str = ""
    feed_past_days: int = 730
    smtp_url: str = field(default="", repr=False)  # it holds a password
    mail_from: str = ""
    publish_dir: Path | None = None
    operator: str = ""
    operator_address: str = ""
    publisher: str = ""
    hosted_by: str = ""
    privacy_contact: str = ""
    rgaa_audit: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_name: str = "ProConnect"
    oidc_scope: str = "openid email"

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def hosts(self) -> list[str]:
        """The names this site answers to; none named: any, which is for a developer's machine alone."""
        own = [urlsplit(self.base_url).hostname or ""] if self.trusted_hosts or self.is_production else []
        return list(dict.fromkeys(filter(None, [*own, *self.trusted_hosts])))

    @property
    def layers(self) -> tuple[MapLayer, ...]:
        """All that may lie below the places on a map: that of the variables first, then those of the file."""
        if not self.tiles_url:
            return self.map_layers
        first = MapLayer(
            USUAL_CODE,
            "Plan",
            "Street map",
            self.tiles_url,
            self.tiles_attribution,
            max_zoom=self.tiles_max_zoom,
            proxy=self.tiles_proxy,
        )
        return (first, *self.map_layers)

    @property
    def tiles_origin(self) -> str:
        """Scheme and host of each tile server, for the CSP; empty when browsers are sent to none."""
        return " ".join(dict.fromkeys(filter(None, (layer.origin for layer in self.layers))))


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from environment variables. Raises BadSetting with the variable's name and the mend."""
    raw = {name: environ[variable].strip() for name, variable in VARIABLES.items() if environ.get(variable)}
    values: dict[str, object] = dict(raw)
    for name, read in _READERS.items():
        if name in raw:
            values[name] = read(VARIABLES[name], raw[name])
    return _checked(Settings(**values))  # type: ignore[arg-type]


def _checked(settings: Settings) -> Settings:
    if settings.environment not in ENVIRONMENTS:
        raise BadSetting(f"FABLABMESH_ENV: one of {', '.join(ENVIRONMENTS)} is expected.")
    if settings.tiles_proxy and not settings.tiles_url:
        raise BadSetting(
            "FABLABMESH_TILES_PROXY: there is nothing to bring; write FABLABMESH_TILES_URL, or leave it out."
        )
    if settings.tiles_url and not settings.tiles_attribution:
        raise BadSetting("FABLABMESH_TILES_ATTRIBUTION: a tile server asks for its credit; write it there.")
    _check_mail(settings)
    if settings.rgaa_audit and not re.fullmatch(AUDIT, settings.rgaa_audit):
        raise BadSetting(
            "FABLABMESH_RGAA_AUDIT: the share of criteria kept, the day and who audited are expected, "
            "as « 82.5 2027-01-15 Cabinet Exemple »."
        )
    _check_provider(settings)
    if settings.is_production:
        if len(settings.secret_key) < 32:
            raise BadSetting(
                "FABLABMESH_SECRET_KEY: production needs a secret of its own, 32 characters or more "
                "(python3 -c 'import secrets; print(secrets.token_urlsafe(48))')."
            )
        if not settings.is_https:
            raise BadSetting("FABLABMESH_BASE_URL: production is served over https://…; write the public address.")
        return settings
    if settings.secret_key:
        return settings
    # A key that dies with the process: safe, and sessions end at a restart, which says why to set one.
    return Settings(
        **{
            **{f.name: getattr(settings, f.name) for f in fields(settings)},
            "secret_key": secrets.token_hex(32),
        }
    )


def _check_mail(settings: Settings) -> None:
    """Both or neither: a server that is given letters must know whose they are."""
    try:
        if settings.smtp_url:
            read_server(settings.smtp_url)
    except ValueError as error:
        raise BadSetting(f"FABLABMESH_SMTP_URL: {error}.") from None
    if settings.smtp_url and not settings.mail_from:
        raise BadSetting("FABLABMESH_MAIL_FROM: letters need a sender; write an address that the server may use.")
    try:
        if settings.mail_from:
            read_sender(settings.mail_from)
    except ValueError as error:
        raise BadSetting(f"FABLABMESH_MAIL_FROM: {error}.") from None


def _check_provider(settings: Settings) -> None:
    """A provider of identities that cannot be trusted, or does not know us, is none."""
    if not settings.oidc_issuer:
        return
    if not (settings.oidc_client_id and settings.oidc_client_secret):
        raise BadSetting("FABLABMESH_OIDC_CLIENT_ID and FABLABMESH_OIDC_CLIENT_SECRET: write what the provider gave.")
    if settings.is_production and not settings.oidc_issuer.startswith("https://"):
        raise BadSetting("FABLABMESH_OIDC_ISSUER: a provider of identities is asked over https://… alone.")
    if "openid" not in settings.oidc_scope.split():
        raise BadSetting("FABLABMESH_OIDC_SCOPE: it begins with openid, as « openid email ».")


def driver_url(url: str) -> str:
    """The same database through psycopg2, which a plain postgresql:// no longer means to SQLAlchemy."""
    scheme, colon, rest = url.partition("://")
    return f"postgresql+psycopg2{colon}{rest}" if scheme in ("postgres", "postgresql") else url


def _count(variable: str, text: str) -> int:
    if not text.isdecimal():
        raise BadSetting(f"{variable}: a whole number is expected, not {text!r}.")
    return int(text)


def _yes(variable: str, text: str) -> bool:
    if text not in ("0", "1"):
        raise BadSetting(f"{variable}: 1 (yes) or 0 (no) is expected, not {text!r}.")
    return text == "1"


def _layers(variable: str, path: str) -> tuple[MapLayer, ...]:
    try:
        return read_layers(Path(path).read_text("utf-8"), taken=(USUAL_CODE,))
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{variable}: the file {path} cannot be read: {error}.") from None
    except BadLayers as error:
        raise BadSetting(f"{variable}: {path}: {error}.") from None


def _address(variable: str, text: str) -> str:
    if urlsplit(text.replace("{s}.", "", 1)).scheme not in ("http", "https"):
        raise BadSetting(f"{variable}: an address that begins with http:// or https:// is expected, not {text!r}.")
    return text


def _folder(_variable: str, text: str) -> Path:
    return Path(text).absolute()


def _hosts(_variable: str, text: str) -> tuple[str, ...]:
    return tuple(host.strip() for host in text.split(",") if host.strip())


def _base(variable: str, text: str) -> str:
    return _address(variable, text.rstrip("/"))


def _database(_variable: str, text: str) -> str:
    return driver_url(text)


_READERS: Final[dict[str, Callable[[str, str], object]]] = {
    "data_dir": _folder,
    "publish_dir": _folder,
    "trusted_hosts": _hosts,
    "proxies": _count,
    "feed_past_days": _count,
    "tiles_max_zoom": _count,
    "map_rows": _count,
    "tiles_proxy": _yes,
    "map_layers": _layers,
    "database_url": _database,
    "base_url": _base,
    "tiles_url": _address,
    "geocoder_url": _address,
    "oidc_issuer": _address,
}
