"""What is sent with every answer, so that a browser does with it what is meant and nothing else. Pure."""

from fablabmesh.kit.config import Settings

# What a page may ask of the machine that shows it: where it is, keys, nothing else.
_POWERS = {
    "accelerometer": "()",
    "autoplay": "()",
    "camera": "()",
    "display-capture": "()",
    "encrypted-media": "()",
    "fullscreen": "(self)",
    "geolocation": "(self)",
    "gyroscope": "()",
    "hid": "()",
    "magnetometer": "()",
    "microphone": "()",
    "midi": "()",
    "payment": "()",
    "publickey-credentials-create": "(self)",
    "publickey-credentials-get": "(self)",
    "serial": "()",
    "usb": "()",
    "xr-spatial-tracking": "()",
}


def security_headers(settings: Settings, *, is_framed: bool = False) -> dict[str, str]:
    """Sent with every answer. The tile server is the only third party, and only if the operator named one.

    `is_framed`: any site may show it in a frame; nothing in it is of a person, and nothing in it can be done.
    """
    # The visitor of another site has agreed to nothing: a frame has no background of a third party.
    tiles = "" if is_framed else settings.tiles_origin
    headers = {
        "Content-Security-Policy": _policy(settings, tiles, is_framed=is_framed),
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Permitted-Cross-Domain-Policies": "none",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        # Tiles of another server come without its leave; they are asked for without the visitor's cookies.
        "Cross-Origin-Embedder-Policy": "credentialless" if settings.tiles_origin else "require-corp",
        "Permissions-Policy": ", ".join(f"{power}={who}" for power, who in _POWERS.items()),
    }
    if is_framed:
        del headers["X-Frame-Options"]
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if settings.is_https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def _policy(settings: Settings, tiles: str, *, is_framed: bool) -> str:
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": " ".join(filter(None, ("'self'", "data:", tiles))),
        "font-src": "'self'",
        "connect-src": "'self'",
        "frame-src": "'self'",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "*" if is_framed else "'none'",
    }
    if settings.is_https:
        policy["upgrade-insecure-requests"] = ""
    return "; ".join(f"{name} {value}".strip() for name, value in policy.items())
