"""Languages: French at the root, English below /en."""

from datetime import UTC, date, datetime

import pytest

from fablabmesh.kit.i18n import LanguagePrefix, day, language_name, number


@pytest.mark.parametrize(
    ("path", "script", "info", "language"),
    [
        ("/agenda", "", "/agenda", None),
        ("/en/agenda", "/en", "/agenda", "en"),
        ("/en", "/en", "/", "en"),
        ("/english", "", "/english", None),
        ("/en/", "/en", "/", "en"),
    ],
)
def test_the_prefix_moves_to_the_root(path, script, info, language):
    seen = {}
    LanguagePrefix(lambda environ, _start: seen.update(environ) or [])({"PATH_INFO": path}, None)

    assert (seen.get("SCRIPT_NAME", ""), seen["PATH_INFO"], seen.get("fablabmesh.language")) == (script, info, language)


def test_the_first_of_the_month_is_1er(app):
    with app.test_request_context("/"):
        assert (day(date(2026, 3, 1)), day(datetime(2026, 3, 21, 9, tzinfo=UTC))) == ("1er mars 2026", "21 mars 2026")


def test_numbers_have_the_spaces_of_the_language(app):
    with app.test_request_context("/"):
        french = number(34871.5)
    with app.test_request_context("/en/", environ_overrides={"fablabmesh.language": "en"}):
        english = number(34871.5)

    assert (french, english) == ("34\u202f871,5", "34,871.5")


def test_a_language_has_a_name_in_the_language_of_the_page(app):
    with app.test_request_context("/"):
        french = [language_name(code) for code in ("en", "br", "xx-nobody")]
    with app.test_request_context("/en/", environ_overrides={"fablabmesh.language": "en"}):
        english = language_name("fr")

    assert (french, english) == (["anglais", "breton", "xx-nobody"], "French")


def test_a_page_names_itself_in_the_other_language(client):
    french = client.get("/connexion?suite=/mon-espace").get_data(as_text=True)
    english = client.get("/en/connexion").get_data(as_text=True)

    assert '<html lang="fr">' in french
    assert 'href="/en/connexion?suite=/mon-espace" hreflang="en"' in french
    assert '<link rel="alternate" hreflang="en" href="http://localhost/en/connexion">' in french
    assert '<html lang="en">' in english
    assert 'href="/connexion" hreflang="fr"' in english
