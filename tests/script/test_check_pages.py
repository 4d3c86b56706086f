"""What looks at the pages: which pages there are, what costs marks, and no kind word for a grave fault."""

import json
import re
import sys
from pathlib import Path

import pytest
from werkzeug.routing import Map, Rule

LIB = Path(__file__).parent.parent.parent / "script" / "lib"
RULES = Map(
    [
        Rule("/", endpoint="home.index"),
        Rule("/lieux/<slug>", endpoint="places.show"),
        Rule("/zones/", endpoint="zones.index"),
        Rule("/deconnexion", endpoint="accounts.sign_out", methods=["POST"]),
    ]
)


@pytest.fixture
def pages(monkeypatch, tmp_path):
    """The script's module, with a folder of its own for its reports."""
    monkeypatch.syspath_prepend(str(LIB))
    module = __import__("check_pages")
    monkeypatch.setattr(module, "REPORTS", tmp_path)
    yield module
    sys.modules.pop("check_pages", None)


def test_an_address_is_of_the_view_that_answers_it(pages):
    asked = ["/", "/lieux/fablab-crest", "/zones", "/deconnexion", "/nulle-part"]

    assert [pages.kind_of(RULES, path) for path in asked] == ["home.index", "places.show", "zones.index", "", ""]


def test_only_links_within_the_site_are_followed_each_once(pages):
    text = """<a href="/lieux/a#plan">A</a> <a href='b'>B</a> <a href="/lieux/a">A</a> <a>none</a>
      <a href="https://ailleurs.example/">elsewhere</a> <a href="mailto:moi@example.org">me</a>"""

    assert pages.list_links(text, "http://ici:8000/zones/") == ["http://ici:8000/lieux/a", "http://ici:8000/zones/b"]


def test_a_typed_address_that_answers_no_page_is_no_page_looked_at(pages):
    for path in pages.TYPED:
        pages.check_typed(path, 404 if path == "/nulle-part" else 200)

    with pytest.raises(RuntimeError, match=re.escape("/chercher?q=imprimante answers 404")):
        pages.check_typed("/chercher?q=imprimante", 404)
    pages.check_typed("places.show", 404)


def test_typed_addresses_are_those_of_views(pages, app):
    rules = app.url_map

    assert [pages.kind_of(rules, path.split("?")[0]) for path in pages.TYPED] == [
        "search.index",
        "search.index",
        "home.index",
        "",
    ]


def test_what_costs_marks_is_what_weighs_and_is_not_well(pages):
    told = {
        "categories": {"seo": {"auditRefs": [{"id": "hreflang", "weight": 1}, {"id": "manual", "weight": 0}]}},
        "audits": {
            "hreflang": {"id": "hreflang", "score": 0, "title": "No `hreflang`"},
            "manual": {"id": "manual", "score": 0, "title": "By hand"},
        },
    }

    assert pages.list_failed(told) == ["hreflang: No `hreflang`"]


def test_marks_below_a_goal_are_told_as_missed(pages, tmp_path, capsys):
    (tmp_path / "lighthouse-home-1.report.json").write_text(json.dumps({"categories": {}, "audits": {}}))
    well = {"performance": [94, 96, 99], "accessibility": [100] * 3, "best-practices": [100] * 3, "seo": [100] * 3}

    assert pages.show_lighthouse({"home": well}) is True
    assert pages.show_lighthouse({"home": {**well, "seo": [99, 99, 100]}}) is False
    assert [line for line in capsys.readouterr().out.splitlines() if "MISSED" in line] == [
        "  home     seo               99 ≥ 100  MISSED  [99, 99, 100]"
    ]


def test_a_grave_fault_of_one_page_is_a_miss_and_a_slight_one_is_told(pages, tmp_path, capsys):
    (tmp_path / "axe-pages.json").write_text('[["home.index", "visitor", "/"]]')
    slight = pages.Fault("home.index", "/", "360 px, dark", "region", "moderate", "All content in landmarks", ["<p>"])
    grave = pages.Fault("home.index", "/", "360 px, dark", "color-contrast", "serious", "Contrast", ["<i>"])

    assert pages.show_axe([slight]) is True
    assert pages.show_axe([slight, grave]) is False
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "  serious   color-contrast                     / (1 looks)",
        "  moderate  region                             / (1 looks)",
    ]
    assert "color-contrast" in (tmp_path / "axe.html").read_text("utf-8")
