"""Settings: safe by default, refused with a mend when they cannot work."""

import pytest

from fablabmesh.kit.config import BadSetting, driver_url, read_settings

SECRET = "x" * 40


def test_defaults_are_a_developers_machine():
    settings = read_settings({})

    assert (settings.environment, settings.is_production, settings.tiles_origin) == ("development", False, "")
    assert len(settings.secret_key) == 64


@pytest.mark.parametrize(
    "environ",
    [
        {"FABLABMESH_ENV": "production"},
        {"FABLABMESH_ENV": "production", "FABLABMESH_SECRET_KEY": "short", "FABLABMESH_BASE_URL": "https://x.test"},
        {"FABLABMESH_ENV": "production", "FABLABMESH_SECRET_KEY": SECRET},
        {"FABLABMESH_ENV": "staging"},
        {"FABLABMESH_PROXIES": "two"},
        {"FABLABMESH_BASE_URL": "x.test"},
        {"FABLABMESH_TILES_URL": "https://tiles.test/{z}/{x}/{y}.png"},
        {"FABLABMESH_GEOCODER_URL": "adresse.test/search"},
        {"FABLABMESH_SMTP_URL": "mail.test", "FABLABMESH_MAIL_FROM": "mesh@x.test"},
        {"FABLABMESH_SMTP_URL": "smtps://mail.test"},
        {"FABLABMESH_SMTP_URL": "smtps://mail.test", "FABLABMESH_MAIL_FROM": "mesh"},
    ],
    ids=[
        "no secret",
        "short secret",
        "no https",
        "unknown environment",
        "words",
        "no scheme",
        "no credit",
        "no scheme of geocoder",
        "no scheme of mail",
        "no sender",
        "no address",
    ],
)
def test_a_setting_that_cannot_work_stops_the_start_and_names_itself(environ):
    with pytest.raises(BadSetting, match="FABLABMESH_"):
        read_settings(environ)


def test_production_starts_with_its_own_secret():
    settings = read_settings(
        {"FABLABMESH_ENV": "production", "FABLABMESH_SECRET_KEY": SECRET, "FABLABMESH_BASE_URL": "https://x.test/"}
    )

    assert (settings.is_production, settings.base_url, settings.secret_key) == (True, "https://x.test", SECRET)


def test_the_tile_server_is_known_by_its_origin():
    environ = {"FABLABMESH_TILES_URL": "https://{s}.tiles.test/{z}/{x}/{y}.png", "FABLABMESH_TILES_ATTRIBUTION": "© T"}

    assert read_settings(environ).tiles_origin == "https://*.tiles.test"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_plain_database_address_means_psycopg2(scheme):
    assert driver_url(f"{scheme}://u@h/d") == "postgresql+psycopg2://u@h/d"


def test_the_password_of_the_mail_server_is_neither_shown_nor_repeated():
    environ = {"FABLABMESH_SMTP_URL": "smtps://me:hidden@mail.test", "FABLABMESH_MAIL_FROM": "mesh@x.test"}

    assert "hidden" not in repr(read_settings(environ))
    with pytest.raises(BadSetting) as refusal:
        read_settings(environ | {"FABLABMESH_SMTP_URL": "smtps://me:hidden@mail.test/path"})
    assert "hidden" not in str(refusal.value)


def test_production_answers_to_the_name_of_its_public_address_and_those_that_are_named():
    environ = {"FABLABMESH_SECRET_KEY": SECRET, "FABLABMESH_BASE_URL": "https://mesh.test:8443"}
    environ["FABLABMESH_TRUSTED_HOSTS"] = "www.mesh.test, mesh.test"

    assert read_settings(environ).hosts == ["mesh.test", "www.mesh.test"]
    del environ["FABLABMESH_TRUSTED_HOSTS"]
    assert read_settings(environ).hosts == []
    assert read_settings(environ | {"FABLABMESH_ENV": "production"}).hosts == ["mesh.test"]
