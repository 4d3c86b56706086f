"""Static files, packed once for each process, instead of anew and in haste for each visitor."""

from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request

from fablabmesh.kit.packing import ENCODINGS, pack

_KINDS = frozenset({"text/css", "text/javascript", "application/json", "image/svg+xml", "application/manifest+json"})
_SMALLEST = 500


def choose_encoding() -> str:
    """What the asker of this request likes best of `ENCODINGS`; empty where he takes none of them."""
    liked = request.accept_encodings
    best = max(ENCODINGS, key=liked.quality)
    return best if liked.quality(best) > 0 else ""


def install(app: Flask) -> None:
    """Static files of this application are sent packed."""

    @lru_cache(maxsize=512)
    def packed(path: str, _tag: str, encoding: str) -> bytes:
        return pack(Path(path).read_bytes(), encoding)

    def static(filename: str) -> Response:
        response = app.send_static_file(filename)
        encoding = choose_encoding()
        is_worth_it = response.status_code == 200 and (response.content_length or 0) >= _SMALLEST
        if response.mimetype in _KINDS:
            response.vary.add("Accept-Encoding")
        if not (encoding and is_worth_it and response.mimetype in _KINDS) or "Range" in request.headers:
            return response
        tag = response.get_etag()[0] or ""
        response.close()
        response.direct_passthrough = False
        response.set_data(packed(f"{app.static_folder}/{filename}", tag, encoding))
        response.headers["Content-Encoding"] = encoding
        response.headers.pop("Accept-Ranges", None)
        response.set_etag(f"{tag}-{encoding}")
        response.make_conditional(request)
        return response

    app.view_functions["static"] = static
