"""How a page looks to axe, and what is too small to be pressed."""

from pathlib import Path

from playwright.sync_api import Page

_AXE = (Path(__file__).parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
_RUN = """() => axe.run(document, {
  iframes: false, resultTypes: ["violations"],
  runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
}).then(({ violations }) =>
  violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map((node) => node.html.slice(0, 120))]))"""


def axe(page: Page) -> list:
    """The faults that axe finds on the page as it stands: (rule, what it is about)."""
    page.evaluate(_AXE)
    return page.evaluate(_RUN)
