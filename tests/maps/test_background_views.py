"""The background by our own address: where the operator wants it, and only tiles that exist."""

from dataclasses import replace

import pytest

from fablabmesh.kit.map_layers import MapLayer
from fablabmesh.maps.background import NoTile


class Carrier:
    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def bring(self, zoom, x, y, *, now):
        self.asked.append((zoom, x, y))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def carrying(app):
    def put(*answers) -> Carrier:
        app.extensions["map_backgrounds"]["photos"] = Carrier(*answers)
        return app.extensions["map_backgrounds"]["photos"]

    settings = app.config["SETTINGS"]
    layer = MapLayer("photos", "Photographies", "Photographs", "https://t.test/{z}/{x}/{y}", "© T", proxy=True)
    app.config["SETTINGS"] = replace(settings, map_layers=(layer,))
    yield put
    app.config["SETTINGS"] = settings
    app.extensions["map_backgrounds"].clear()


def test_a_tile_is_sent_as_it_is_and_may_be_kept_for_a_week(client, carrying):
    carrying((b"picture", "image/png"))

    answer = client.get("/fonds/photos/5/16/11")

    assert (answer.data, answer.headers["Content-Type"]) == (b"picture", "image/png")
    assert answer.headers["Cache-Control"] == "public, max-age=604800"


def test_where_the_host_has_none_nothing_is_kept(client, carrying):
    carrying(NoTile())

    answer = client.get("/fonds/photos/5/16/11")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (502, "no-store")


@pytest.mark.parametrize("path", ["19/0/0", "1/2/0", "1/a/0", "1/-1/0"])
def test_what_is_no_tile_is_not_asked_for(client, carrying, path):
    carrier = carrying()

    assert client.get(f"/fonds/photos/{path}").status_code == 404
    assert carrier.asked == []


def test_without_the_setting_there_is_no_background_here(client):
    assert client.get("/fonds/photos/1/0/0").status_code == 404
