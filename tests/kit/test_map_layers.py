"""The file in which an operator names the backgrounds of the map."""

import pytest

from fablabmesh.kit.config import BadSetting, Settings, read_settings
from fablabmesh.kit.map_layers import BadLayers, MapLayer, read_layers

PHOTOS = """
[[layer]]
code = "photos"
name_fr = "Photographies aériennes"
name_en = "Aerial photographs"
url = "https://data.exemple.test/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
credit = "IGN"
max_zoom = 19
"""
TRAMS = """
[[layer]]
code = "trams"
name_fr = "Transports"
url = "https://{s}.trams.test/{z}/{x}/{y}.png"
credit = "© Trams"
kind = "overlay"
proxy = true
opacity = 0.7
legend_fr = "En rouge, les tramways"
"""


def test_layers_are_read_in_the_order_of_the_file():
    photos, trams = read_layers(PHOTOS + TRAMS)

    assert photos == MapLayer(
        "photos",
        "Photographies aériennes",
        "Aerial photographs",
        "https://data.exemple.test/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}",
        "IGN",
        max_zoom=19,
    )
    assert (trams.is_overlay, trams.proxy, trams.opacity) == (True, True, 0.7)
    # What is told in French alone is told so to everybody.
    assert (trams.name_en, trams.legend_en) == ("Transports", "En rouge, les tramways")


def test_browsers_are_sent_to_the_hosts_of_what_is_not_brought():
    photos, trams = read_layers(PHOTOS + TRAMS)

    assert (photos.origin, photos.host) == ("https://data.exemple.test", "data.exemple.test")
    assert (trams.origin, trams.host) == ("", "")
    bare = read_layers(TRAMS.replace("proxy = true", ""))[0]
    assert (bare.origin, bare.host) == ("https://*.trams.test", "trams.test")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[layer", "it is no TOML"),
        ("layer = 1", "two pairs of brackets"),
        ("[layers]", "layers: nothing is known of that"),
        (PHOTOS.replace('code = "photos"', 'code = "../x"'), "layer 1: code"),
        (PHOTOS.replace("{z}", "6"), "layer 1: url"),
        (PHOTOS.replace("https://", "javascript://"), "layer 1: url"),
        (PHOTOS.replace('credit = "IGN"', ""), "layer 1: credit"),
        (PHOTOS.replace("max_zoom = 19", "max_zoom = 40"), "layer 1: max_zoom"),
        (PHOTOS + 'kind = "below"', "layer 1: kind"),
        (PHOTOS + "opacity = 2", "layer 1: opacity"),
        (PHOTOS + 'proxy = "yes"', "layer 1: proxy"),
        (PHOTOS + 'colour = "red"', "layer 1: colour"),
        (PHOTOS + PHOTOS, "layer 2: the code 'photos' is taken"),
        (PHOTOS.replace("photos", "fond"), "layer 1: the code 'fond' is taken"),
        ("".join(PHOTOS.replace('"photos"', f'"p{n}"') for n in range(13)), "13 layers"),
    ],
)
def test_a_file_that_no_map_can_be_made_of_says_where_and_why(text, said):
    with pytest.raises(BadLayers) as refused:
        read_layers(text, taken=("fond",))

    assert said in str(refused.value)


def test_the_setting_names_the_file_and_the_policy_all_hosts(tmp_path):
    path = tmp_path / "layers.toml"
    path.write_text(PHOTOS + TRAMS, "utf-8")
    environ = {
        "FABLABMESH_MAP_LAYERS": str(path),
        "FABLABMESH_TILES_URL": "https://tiles.test/{z}/{x}/{y}.png",
        "FABLABMESH_TILES_ATTRIBUTION": "© T",
    }

    settings = read_settings(environ)

    assert [layer.code for layer in settings.layers] == ["fond", "photos", "trams"]
    assert settings.tiles_origin == "https://tiles.test https://data.exemple.test"
    assert Settings().layers == ()


def test_a_file_that_is_not_there_stops_the_start(tmp_path):
    with pytest.raises(BadSetting) as refused:
        read_settings({"FABLABMESH_MAP_LAYERS": str(tmp_path / "none.toml")})

    assert "FABLABMESH_MAP_LAYERS: the file" in str(refused.value)


def test_the_file_of_the_documentation_can_be_read(root):
    (photos,) = read_layers((root / "docs" / "map-layers.toml").read_text("utf-8"))

    assert (photos.code, photos.proxy, photos.legend_en) == ("photos", True, "Taken in 2024")
