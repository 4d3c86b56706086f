"""What a browser would send of a page's form, when nobody touches it."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.fields, self._inside, self._area, self._select, self._option = [], False, None, None, None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self._inside = "data-sheet" in given
        if not self._inside:
            return
        name = given.get("name")
        if tag == "input" and name and given.get("type") != "file":
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.fields.append((name, given.get("value") or ""))
        elif tag == "textarea":
            self._area = [name, ""]
        elif tag == "select":
            self._select = [name, "multiple" in given, []]
        elif tag == "option" and self._select:
            self._select[2].append((given.get("value"), "selected" in given))

    def handle_data(self, text):
        if self._area:
            self._area[1] += text

    def handle_endtag(self, tag):
        if tag == "textarea" and self._area:
            self.fields.append((self._area[0], self._area[1].removeprefix("\r\n").removeprefix("\n")))
            self._area = None
        elif tag == "select" and self._select:
            name, is_multiple, options = self._select
            chosen = [value for value, is_selected in options if is_selected]
            if not chosen and options and not is_multiple:
                chosen = [options[0][0]]
            self.fields += [(name, value) for value in chosen]
            self._select = None


def read_form(answer):
    """Names with their values, in lists, as the test client takes them."""
    reader = _Reader()
    reader.feed(answer.get_data(as_text=True))
    found = {}
    for name, value in reader.fields:
        found.setdefault(name, []).append(value)
    return found
