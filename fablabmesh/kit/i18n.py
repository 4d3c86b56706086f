"""Languages: French at the root, English below /en. Flask-Babel enters here, and every module takes `_` from here.

The language is in the address and nowhere else: no cookie, no guess from headers. Caches and shared links agree.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from babel.lists import format_list
from flask import Flask, has_request_context, request
from flask_babel import (
    Babel,
    force_locale,
    format_date,
    format_datetime,
    format_decimal,
    get_locale,
    lazy_gettext,
)
from flask_babel import gettext as _gettext
from flask_babel import ngettext as _ngettext

__all__ = [
    "LANGUAGES",
    "LanguagePrefix",
    "day",
    "force_locale",
    "format_date",
    "format_datetime",
    "format_decimal",
    "gettext",
    "install",
    "language",
    "language_name",
    "lazy_gettext",
    "listed",
    "ngettext",
    "other_languages",
    "root_of",
    "speaking",
    "without_language",
]

LANGUAGES = {"fr": "Français", "en": "English"}
_FALLBACK = "fr"

# Flask-Babel is not typed; every label of the site goes through these two.
gettext: Callable[..., str] = _gettext
ngettext: Callable[..., str] = _ngettext

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Any], Iterable[bytes]]


class LanguagePrefix:
    """WSGI: /en/x becomes /x under the root /en, so that every route and every url_for speaks the page's language."""

    def __init__(self, app: WsgiApp) -> None:
        self.app = app

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        for code in LANGUAGES:
            if code != _FALLBACK and (path == f"/{code}" or path.startswith(f"/{code}/")):
                environ["fablabmesh.language"] = code
                environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + f"/{code}"
                environ["PATH_INFO"] = path[len(code) + 1 :] or "/"
                break
        return self.app(environ, start_response)


def language() -> str:
    """The code of the language spoken now: `fr` or `en`."""
    locale = get_locale()
    return str(locale.language) if locale is not None else _FALLBACK


def language_name(code: str) -> str:
    """« anglais » of « en », in the language of the page; the code itself when nobody knows it."""
    # Those that CLDR does not name.
    own = {
        "fsl": gettext("langue des signes française"),
        "gcf": gettext("créole antillais"),
        "gcr": gettext("créole guyanais"),
        "rcf": gettext("créole réunionnais"),
    }
    locale = get_locale()
    name: str = own.get(code, code) if locale is None else locale.languages.get(code, own.get(code, code))
    return name


def root_of(code: str) -> str:
    """What the addresses of a language begin with: nothing for French, `/en` for English."""
    return "" if code == _FALLBACK else f"/{code}"


def without_language(root: str) -> str:
    """The root of the site for what has one address in all languages."""
    for code in LANGUAGES:
        if code != _FALLBACK:
            root = root.removesuffix(f"/{code}")
    return root


def other_languages() -> list[tuple[str, str, str]]:
    """(code, name, address of this page in it) for each language but the present one."""
    root = request.environ.get("SCRIPT_NAME", "")
    spoken = language()
    base = root[: -len(spoken) - 1] if spoken != _FALLBACK and root.endswith(f"/{spoken}") else root
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
    return [
        (code, name, f"{base}{'' if code == _FALLBACK else f'/{code}'}{request.path}{query}")
        for code, name in LANGUAGES.items()
        if code != spoken
    ]


def install(app: Flask) -> None:
    """Read the language from the address; give templates the date and number filters."""

    def choose() -> str:
        if not has_request_context():  # a command
            return _FALLBACK
        return str(request.environ.get("fablabmesh.language", _FALLBACK))

    translations = Path(__file__).parent.parent / "translations"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(translations)
    app.config["BABEL_DEFAULT_LOCALE"] = _FALLBACK
    Babel(app, locale_selector=choose)
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]
    app.jinja_env.filters.update(day=day, number=number)
    app.jinja_env.globals.update(language=language, other_languages=other_languages)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language in a process that has no application of its own."""
    app = Flask("fablabmesh")
    install(app)
    with app.app_context(), force_locale(code):
        yield


def day(value: date | datetime, form: str = "d MMMM yyyy") -> str:
    """« 3 mars 2026 ». `form` is a CLDR pattern."""
    moment = value.date() if isinstance(value, datetime) else value
    text: str = format_date(moment, form)
    # CLDR leaves « 1 mars »; French says « 1er mars ».
    return text.replace("1 ", "1er ", 1) if language() == "fr" and moment.day == 1 and form.startswith("d ") else text


def number(value: float) -> str:
    """« 34 871 » with the spaces of the language."""
    text: str = format_decimal(value)
    return text


def listed(words: list[str]) -> str:
    """« le mardi, le jeudi et le samedi »."""
    text: str = format_list(words, locale=language())
    return text
