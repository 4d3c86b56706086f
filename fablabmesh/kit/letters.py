"""Letters written from templates, in plain text and in HTML, in a reader's language. Who they go to is not here.

`<room>/mail/<name>.html` stands beside `<name>.txt`, whose first line is the subject.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from fablabmesh.kit.i18n import LANGUAGES, force_locale, gettext, ngettext
from fablabmesh.kit.text import clean_line

LONGEST_SUBJECT = 200
# Between two languages of a letter in plain text. Two hyphens alone would begin a signature.
RULE = "=" * 40


@dataclass(frozen=True)
class Letter:
    """What somebody reads: the subject, and the same words twice."""

    subject: str
    text: str
    html: str


class Writer:
    """Knows the templates of letters. `base_url`: what their addresses begin with."""

    def __init__(self, templates: Path, base_url: str) -> None:
        environment = Environment(
            loader=FileSystemLoader(templates),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        # The extension adds it at run time.
        environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
        self._environment = environment
        self._base_url = base_url

    def write(self, name: str, language: str, /, **values: object) -> Letter:
        """`name`: the HTML template's. The values are given to both templates."""
        with force_locale(language):
            given = {"base_url": self._base_url, "language": language, **values}
            html = self._environment.get_template(name).render(given)
            whole = self._environment.get_template(name.removesuffix(".html") + ".txt").render(given)
        subject, _end, text = whole.strip().partition("\n")
        return Letter(_cut(clean_line(subject)), re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html.strip() + "\n")

    def write_in_all(self, name: str, values_in: Callable[[str], Mapping[str, object]]) -> Letter:
        """One letter in every language of the site, for readers of whom none is known. `values_in`: of a language."""
        letters = {code: self.write(name, code, **values_in(code)) for code in LANGUAGES}
        first = letters[next(iter(LANGUAGES))]
        others = {code: letter for code, letter in letters.items() if letter is not first}
        # Who does not read the first language looks no further than the head.
        head = " ".join(f"[{LANGUAGES[code]} ↓]" for code in others)
        text = f"\n{RULE}\n\n".join(letter.text for letter in letters.values())
        html = first.html
        for code, letter in others.items():
            inner = letter.html.partition("<body>")[2].partition("</body>")[0]
            html = html.replace("</body>", f'<div lang="{code}">{inner}</div>\n</body>')
        return Letter(_cut(" / ".join(letter.subject for letter in letters.values())), f"{head}\n\n{text}", html)


def _cut(subject: str) -> str:
    if len(subject) <= LONGEST_SUBJECT:
        return subject
    return subject[: LONGEST_SUBJECT - 1].rsplit(" ", 1)[0].rstrip(" ,;:\u00a0") + "…"
