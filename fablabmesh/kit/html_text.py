"""HTML as calendars carry it, to Markdown: the words, emphasis, lists and links; nothing else. Pure."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

_LOOKS = re.compile(
    r"</?(?:p|br|b|i|u|a|ul|ol|li|div|span|strong|em|h[1-6]|table|tr|td|blockquote|font|hr|html|body)\b[^<>]*>", re.I
)
_SILENT = {"script", "style", "head", "title", "template", "svg", "math", "object", "iframe", "textarea"}
_BLOCKS = {
    *("p", "div", "table", "tr", "ul", "ol", "blockquote", "section", "article", "header", "footer", "pre", "dl", "dt"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "body", "html"),
}
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*"}


def looks_like_html(text: str) -> bool:
    """Are there tags in it that people do not write?"""
    return bool(_LOOKS.search(text))


def html_to_markdown(text: str) -> str:
    """Never raises; what is not understood is left out."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.result()


def plain_to_markdown(text: str) -> str:
    """Plain text whose lines stay lines: Markdown alone would run them together."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    joined = []
    for index, line in enumerate(lines):
        follows = index + 1 < len(lines) and bool(lines[index + 1])
        joined.append(f"{line}  " if line and follows else line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(joined)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._silent = 0
        # How many parts there were when emphasis was opened last.
        self._opened = -1
        self._links: list[tuple[int, str]] = []
        self._lists: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "br":
            self._parts.append("  \n")
        elif tag == "li":
            self._begin_item()
        elif tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else -1)
            self._parts.append("\n\n")
        elif tag == "a":
            address = dict(attrs).get("href") or ""
            self._links.append((len(self._parts), address if _link_scheme(address) else ""))
        elif tag in _MARKS:
            self._parts.append(_MARKS[tag])
            self._opened = len(self._parts)
        elif tag in _BLOCKS:
            self._parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in ("ul", "ol"):
            if self._lists:
                self._lists.pop()
            self._parts.append("\n\n")
        elif tag == "a" and self._links:
            self._end_link()
        elif tag in _MARKS:
            self._end_emphasis(_MARKS[tag])
        elif tag in _BLOCKS:
            self._parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if self._silent or not data:
            return
        text = re.sub(r"\s+", " ", data)
        if text.startswith(" ") and len(self._parts) == self._opened:
            self._parts.insert(-1, " ")  # emphasis begins at a letter
            text = text[1:]
        self._parts.append(text)

    def result(self) -> str:
        text = "".join(self._parts).replace("\N{NO-BREAK SPACE}", " ")
        lines = [line.strip(" ") + ("  " if line.endswith("  ") else "") for line in text.split("\n")]
        lines = ["" if not line.strip() else line for line in lines]
        return re.sub(r" *\n{3,}", "\n\n", "\n".join(lines)).strip()

    def _begin_item(self) -> None:
        if self._lists and self._lists[-1] >= 0:
            self._lists[-1] += 1
            self._parts.append(f"\n{self._lists[-1]}. ")
        else:
            self._parts.append("\n- ")

    def _end_emphasis(self, mark: str) -> None:
        """Emphasis ends at a letter, and there is none of nothing."""
        if len(self._parts) == self._opened:
            self._parts.pop()
            return
        last = self._parts[-1] if self._parts else ""
        if last.endswith(" ") and last.strip():
            self._parts[-1:] = [last.rstrip(" "), mark, " "]
        else:
            self._parts.append(mark)

    def _end_link(self) -> None:
        start, address = self._links.pop()
        words = "".join(self._parts[start:]).strip()
        del self._parts[start:]
        shown = words.replace("[", "(").replace("]", ")")
        if not address:
            self._parts.append(words)
        elif not words or words.rstrip("/") == address.rstrip("/"):
            self._parts.append(f"<{address}>")
        else:
            self._parts.append(f"[{shown}](<{address}>)")


def _link_scheme(address: str) -> str:
    """The scheme of an address that a page may link to; empty for any other."""
    try:
        scheme = urlsplit(address.strip()).scheme.lower()
    except ValueError:
        return ""
    clean = not re.search(r"[\s<>]", address)
    return scheme if clean and scheme in ("http", "https", "mailto", "tel") else ""
