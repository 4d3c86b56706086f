"""What is kept by its version: answered without the application, packed as it is asked for, within bounds."""

import gzip

from fablabmesh.maps.front import Front, Memory, pack

HEADERS = [("Content-Type", "application/json"), ("Cache-Control", "public, max-age=31536000, immutable")]


def ask(front: Front, path: str, **environ: str) -> tuple[str, dict, bytes]:
    told = []
    given = {"PATH_INFO": path, "REQUEST_METHOD": "GET", **environ}
    body = b"".join(front(given, lambda status, headers: told.append((status, dict(headers)))))
    return (*told[0], body)


def application(_environ, start_response):
    start_response("200 OK", [("Server", "application")])
    return [b"application"]


def test_what_is_kept_is_answered_packed_plain_or_as_known_already():
    front = Front(application, Memory())
    front.memory.keep("/tuiles/3/0/0/0.json?q=a", pack(b"{}", HEADERS))

    plain = ask(front, "/tuiles/3/0/0/0.json", QUERY_STRING="q=a")
    packed = ask(front, "/tuiles/3/0/0/0.json", QUERY_STRING="q=a", HTTP_ACCEPT_ENCODING="gzip")
    known = ask(front, "/tuiles/3/0/0/0.json", QUERY_STRING="q=a", HTTP_IF_NONE_MATCH=packed[1]["ETag"])

    assert plain[2] == b"{}"
    assert (packed[1]["Content-Encoding"], gzip.decompress(packed[2])) == ("gzip", b"{}")
    assert (known[0], known[2]) == ("304 NOT MODIFIED", b"")


def test_all_else_is_the_applications():
    front = Front(application, Memory())
    front.memory.keep("/tuiles/3/0/0/0.json", pack(b"{}", HEADERS))

    assert ask(front, "/tuiles/3/0/0/0.json", QUERY_STRING="q=a")[2] == b"application"
    assert ask(front, "/tuiles/3/0/0/0.json", REQUEST_METHOD="POST")[2] == b"application"
    assert ask(front, "/tuiles/3/0/0/0.json", HTTP_ACCEPT_ENCODING="identity;q=0")[2] == b"application"


def test_the_one_longest_not_asked_for_makes_room():
    each = pack(b"x" * 1000, HEADERS)
    memory = Memory(most_bytes=each.size * 2)
    memory.keep("/a", each)
    memory.keep("/b", each)
    memory.find("/a")

    memory.keep("/c", each)

    assert [memory.find(address) is None for address in ("/a", "/b", "/c")] == [False, True, False]
    assert memory.bytes == each.size * 2


def test_what_is_larger_than_all_the_room_is_not_kept():
    memory = Memory(most_bytes=100)

    memory.keep("/a", pack(b"x" * 1000, HEADERS))

    assert (memory.find("/a"), memory.bytes) == (None, 0)
