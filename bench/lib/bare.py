"""The least a WSGI callable can do: the same bytes from memory, or 304 for the same tag."""

import os
from pathlib import Path

BODY = Path(os.environ["BENCH_BODY"]).read_bytes()
TAG = os.environ["BENCH_TAG"]
HEADERS = [("Content-Type", "text/calendar; charset=utf-8"), ("ETag", TAG), ("Content-Length", str(len(BODY)))]
KNOWN = [("ETag", TAG)]


def app(environ, start_response):
    if environ.get("HTTP_IF_NONE_MATCH") == TAG:
        start_response("304 NOT MODIFIED", KNOWN)
        return []
    start_response("200 OK", HEADERS)
    return [BODY]
