"""All templates at once: used, short, without script or style of their own, and nothing unsaid to translators."""

import re
from pathlib import Path

from jinja2 import Environment, nodes
from jinja2.ext import i18n

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Letters: nobody serves their style, and each has the same words in plain text beside it.
LETTERS = [path for path in TEMPLATES if path.parent.name == "mail"]
TEXTS = sorted((ROOT / "templates").rglob("*.txt"))
REFERENCE = re.compile(r"""['"]([\w./-]+\.(?:html|txt|js|xml))['"]""")
ACCENTED = re.compile(r"[à-öø-ÿœÀ-ÖØ-ÝŒ]")


def names() -> set[str]:
    return {path.relative_to(ROOT / "templates").as_posix() for path in TEMPLATES}


def test_every_template_is_used():
    sources = [*TEMPLATES, *(ROOT / "fablabmesh").rglob("*.py")]
    used = {name for path in sources for name in REFERENCE.findall(path.read_text("utf-8"))}

    assert names() - used == set()


def test_no_template_is_longer_than_200_lines():
    long = [path.name for path in TEMPLATES if len(path.read_text("utf-8").splitlines()) > 200]

    assert long == []


def test_no_template_holds_inline_script_style_or_raw_html():
    pattern = re.compile(
        r"<style|<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)|\sstyle=|\son[a-z]+="
        r"|\|\s*safe\b|autoescape false",
        re.I,
    )
    guilty = [path.name for path in TEMPLATES if path not in LETTERS and pattern.search(path.read_text("utf-8"))]

    assert guilty == []


def test_a_letter_asks_nothing_of_the_network_and_runs_nothing():
    pattern = re.compile(
        r"<script|<img|<link|<iframe|<form|@import|url\(|\son[a-z]+=|\|\s*safe\b|autoescape false", re.I
    )
    guilty = [path.name for path in LETTERS if pattern.search(path.read_text("utf-8"))]

    assert guilty == []


def test_each_letter_has_its_words_in_plain_text():
    whole = [path for path in LETTERS if not path.name.startswith("_")]

    assert {path.with_suffix(".txt") for path in whole} == {path for path in TEXTS if not path.name.startswith("_")}


def test_every_french_word_of_a_template_can_be_translated():
    environment = Environment(extensions=[i18n], autoescape=True)
    left = []
    for path in [*TEMPLATES, *TEXTS]:
        tree = environment.parse(path.read_text("utf-8"))
        for node in tree.find_all(nodes.TemplateData):
            text = re.sub(r"<[^>]*>", " ", node.data)
            if ACCENTED.search(text):
                left.append(f"{path.name}: {text.strip()[:60]}")

    assert left == []
