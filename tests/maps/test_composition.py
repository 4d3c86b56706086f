"""What folium composes: the same to the byte, from our own host, without data."""

import json
import re

from fablabmesh.maps.composition import SCRIPTS, STYLES, Addresses, Background, LocalMap, render_script

ADDRESSES = Addresses("/carte/departements.json", "/carte/zones.json", "/carte", "/tuiles", "/carte/liens.json")
TILES = Background("https://tiles.exemple.test/{z}/{x}/{y}.png", "© exemple", "tiles.exemple.test")


def test_the_same_configuration_gives_the_same_script():
    assert render_script(ADDRESSES, {"a": "b"}, [TILES]) == render_script(ADDRESSES, {"a": "b"}, [TILES])


def test_the_script_names_addresses_and_holds_no_data():
    script = render_script(ADDRESSES, {"close": "Fermer"})

    calls = re.findall(r"^mesh\.(\w+)\(map_carte", script, re.M)
    assert calls == ["begin", "departments", "links", "places", "end"]
    assert [address in script for address in vars(ADDRESSES).values()] == [True] * 5
    assert len(script) < 1_500


def test_no_foreign_host_is_named_unless_the_operator_names_one():
    without, with_tiles = render_script(ADDRESSES, {}), render_script(ADDRESSES, {}, [TILES])

    assert re.findall(r"https?:", without) == []
    assert re.findall(r"https?://[^/\"]+", with_tiles) == ["https://tiles.exemple.test"]
    assert "© exemple".encode("unicode_escape").decode().replace("\\xa9", "\\u00a9") in with_tiles


def test_every_script_and_style_is_a_file_of_ours(root):
    names = [name for name, _address in (*LocalMap.default_js, *LocalMap.default_css)]

    assert names == [*SCRIPTS, *STYLES]
    assert [name for name in names if not (root / "static" / name).is_file()] == []


def test_a_map_without_tiles_knows_its_zooms():
    zooms = re.findall(r'"(minZoom|maxZoom)": (\d+)', render_script(ADDRESSES, {}))

    assert sorted(zooms) == [("maxZoom", "18"), ("minZoom", "2")]


def test_every_call_is_answered_by_a_script_of_ours(root):
    calls = set(re.findall(r"^mesh\.(\w+)\(", render_script(ADDRESSES, {}, [TILES]), re.M))
    sources = [(root / "static" / name).read_text("utf-8") for name in SCRIPTS if name.startswith("maps/")]

    given = {word for source in sources for word in re.findall(r"\w+", source[source.rindex("return {") :])}
    assert calls - given == set()


def test_words_cannot_leave_their_string():
    hostile = '</script>"; alert(1)//'
    script = render_script(ADDRESSES, {"close": hostile})

    argument = re.search(r"^mesh\.begin\(map_carte, (.*)\);$", script, re.M)[1]
    assert json.loads(argument) == {"close": hostile}
    assert "</script>" not in script


def test_a_background_is_made_and_left_to_the_script_to_show():
    script = render_script(ADDRESSES, {}, [TILES])

    assert "tile_layer_fond.addTo(map_carte)" not in script
    told = re.search(r"^mesh\.background\(map_carte, tile_layer_fond, (.*)\);$", script, re.M)[1]
    assert json.loads(told) == {
        "code": "fond",
        "host": "tiles.exemple.test",
        "legend": "",
        "name": "",
        "overlay": False,
    }
    assert '"maxNativeZoom": 18' in script


def test_backgrounds_and_what_lies_over_them_come_in_the_order_of_the_operator():
    trams = Background("/fonds/trams/{z}/{x}/{y}", "© T", code="trams", name="Trams", is_overlay=True, opacity=0.5)
    script = render_script(ADDRESSES, {}, [TILES, trams])

    calls = re.findall(r"^mesh\.(\w+)\(map_carte", script, re.M)
    assert calls == ["begin", "background", "background", "backgrounds", "departments", "links", "places", "end"]
    assert re.findall(r'"opacity": ([\d.]+)', script) == ["1.0", "0.5"]
    assert re.findall(r'"zIndex": (\d)', script) == ["1", "2"]
