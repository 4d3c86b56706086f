"""Static files are sent packed, whole and with a tag of their own for each way of packing."""

import gzip

import brotli
import pytest

UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
SCRIPT = "/static/vendor/leaflet/dist/leaflet.js"


@pytest.fixture
def ask(client):
    """A file that is sent as it is stays open until its answer is closed."""

    def get(path: str, **headers: str):
        with client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()}) as answer:
            answer.get_data()
        return answer

    return get


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0.2, gzip;q=0.8", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("identity", None),
        ("", None),
    ],
)
def test_a_script_is_packed_as_its_asker_likes_best(ask, root, accepts, encoding):
    answer = ask(SCRIPT, Accept_Encoding=accepts)

    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, encoding)
    assert UNPACK[encoding](answer.data) == (root / SCRIPT.lstrip("/")).read_bytes()
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_who_has_a_packed_file_is_told_so_and_each_packing_has_a_tag_of_its_own(ask):
    tags = [ask(SCRIPT, Accept_Encoding=way).headers["ETag"] for way in ("br", "gzip", "")]
    again = [
        ask(SCRIPT, Accept_Encoding=way, If_None_Match=tag).status_code
        for way, tag in zip(("br", "gzip", ""), tags, strict=True)
    ]

    assert len(set(tags)) == 3
    assert again == [304, 304, 304]


def test_a_picture_is_left_as_it_is_and_so_is_a_part_of_a_script(ask, root):
    font = next((root / "static" / "vendor").rglob("*.woff2"))
    whole = ask(f"/{font.relative_to(root)}", Accept_Encoding="br")
    part = ask(SCRIPT, Accept_Encoding="br", Range="bytes=0-9")

    assert ("Content-Encoding" in whole.headers, whole.data == font.read_bytes()) == (False, True)
    assert (part.status_code, part.data) == (206, (root / SCRIPT.lstrip("/")).read_bytes()[:10])
