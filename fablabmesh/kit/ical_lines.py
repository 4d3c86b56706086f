"""The lines of an iCalendar file as they come in the wild, put together into components. Pure.

What is wrong in one place must not hide the rest: ends that are missing, lines that are no properties, bytes of another
encoding are noted with their line and read as well as can be. The icalendar library reads a calendar whole or not at
all, and has no numbers of lines; of it serve the parameters, whose quoting is not to be written twice.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from icalendar.parser import Contentline

from fablabmesh.kit.i18n import gettext as _

MOST_COMPONENTS = 20_000
LONGEST_LINE = 200_000
_MOST_NESTED = 12
_MOST_STRAYS = 200
_MOST_REMARKS = 500
_PROPERTY = re.compile(r"([A-Za-z0-9][A-Za-z0-9_.-]{0,79})[;:]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class Unreadable(ValueError):
    """No calendar at all, or too much of one. `message` says so to people."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(slots=True)
class Line:
    """A property as it is written, unfolded. `number`: of its first line in the file, from 1."""

    number: int
    name: str
    text: str

    def parts(self) -> tuple[dict[str, str], str]:
        """Parameters in capitals, the first value of each; and the value as it is written."""
        head, colon, value = self.text.partition(":")
        if colon and ";" not in head:
            return {}, value
        try:
            _name, parameters, value = Contentline(self.text).raw_parts()  # type: ignore[no-untyped-call]
        except ValueError:
            return {}, self.text.rpartition(":")[2]
        return {str(name).upper(): _first(given) for name, given in parameters.items()}, str(value)


@dataclass(slots=True)
class Component:
    """What stands between BEGIN and END. `is_closed`: whether its END was there."""

    name: str
    number: int
    by_name: dict[str, list[Line]] = field(default_factory=dict)
    last: Line | None = None
    inner: list["Component"] = field(default_factory=list)
    is_closed: bool = False
    strays: int = 0

    def first(self, name: str) -> Line | None:
        found = self.by_name.get(name)
        return found[0] if found else None

    def all(self, name: str) -> list[Line]:
        return self.by_name.get(name, [])

    def add(self, line: Line) -> None:
        self.by_name.setdefault(line.name, []).append(line)
        self.last = line

    def text(self, name: str) -> str:
        """The value of a property of type TEXT; empty when it is not there."""
        line = self.first(name)
        return "" if line is None else unescape(line.parts()[1])


@dataclass(slots=True)
class File:
    """All that a file holds. `remarks`: (line, what was wrong, to people)."""

    calendars: list[Component] = field(default_factory=list)
    loose: list[Component] = field(default_factory=list)
    remarks: list[tuple[int, str]] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Does it end as it should? One that was cut in transmission does not."""
        return bool(self.calendars) and all(calendar.is_closed for calendar in self.calendars)

    def of_kind(self, name: str) -> Iterator[Component]:
        for holder in (*self.calendars, Component("", 0, inner=self.loose)):
            yield from (component for component in holder.inner if component.name == name)


def unescape(text: str) -> str:
    """TEXT as people read it (RFC 5545 §3.3.11)."""
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text)


def split_list(text: str) -> list[str]:
    """The values of a list of TEXT, read."""
    return [unescape(each) for each in re.split(r"(?<!\\),", text)]


def read_file(data: bytes) -> File:
    """The components of a file. Unreadable for what is no calendar, or one of too many components."""
    builder = _Builder()
    for number, raw in _unfold(_to_utf8(data)):
        builder.take(number, raw)
    found = builder.finish()
    if not found.calendars and not found.loose:
        raise Unreadable(_no_calendar(data))
    return found


def _no_calendar(data: bytes) -> str:
    start = data[:2000].lstrip().lower()
    if not start:
        return _("Le fichier est vide : exportez l’agenda de nouveau.")
    if start.startswith((b"<!doctype html", b"<html", b"<?xml")) or b"<html" in start:
        return _(
            "C’est une page web et non un agenda : cherchez dans votre logiciel l’adresse ou le fichier qui finit "
            "par .ics."
        )
    return _("Ce n’est pas un agenda au format iCalendar : exportez-le en .ics depuis votre logiciel.")


def _to_utf8(data: bytes) -> bytes:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            data = data.decode(encoding, "replace").encode()
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"")
    return data if b"\n" in data else data.replace(b"\r", b"\n")


def _unfold(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Before decoding: there are programs that fold in the middle of a letter."""
    first, pieces, length = 0, list[bytes](), 0
    for number, physical in enumerate(io.BytesIO(data), 1):
        raw = physical.rstrip(b"\r\n")
        if raw[:1] in (b" ", b"\t") and pieces:
            if length < LONGEST_LINE:
                pieces.append(raw[1:])
                length += len(raw)
            continue
        if pieces:
            yield first, b"".join(pieces)[:LONGEST_LINE]
        first, pieces, length = number, [raw], len(raw)
    if pieces:
        yield first, b"".join(pieces)[:LONGEST_LINE]


class _Builder:
    """Puts lines into components, whatever is missing between them."""

    def __init__(self) -> None:
        self.file = File()
        self.stack: list[Component] = []
        self.count = 0
        self.has_foreign_bytes = False

    def take(self, number: int, raw: bytes) -> None:
        text = self._decode(number, raw)
        if not text.strip():
            return
        head = text[:6].upper()
        if head == "BEGIN:":
            self._begin(text[6:].strip().upper()[:60], number)
        elif text[:4].upper() == "END:":
            self._end(text[4:].strip().upper()[:60], number)
        elif self.stack:
            self._add(number, text)

    def finish(self) -> File:
        for component in self.stack:
            self._say(component.number, _("« BEGIN:%(name)s » n’a pas de fin.", name=component.name))
        while self.stack:
            self._close()
        return self.file

    def _decode(self, number: int, raw: bytes) -> str:
        try:
            return raw.decode()
        except UnicodeDecodeError:
            if not self.has_foreign_bytes:
                self.has_foreign_bytes = True
                self._say(number, _("Le fichier n’est pas en UTF-8 : les accents sont lus comme ceux de Windows."))
            return raw.decode("cp1252", "replace")

    def _begin(self, name: str, number: int) -> None:
        self.count += 1
        if self.count > MOST_COMPONENTS:
            limit = MOST_COMPONENTS
            raise Unreadable(
                _("L’agenda a plus de %(limit)s éléments : exportez une période plus courte.", limit=limit)
            )
        if name == "VCALENDAR" and self.stack:
            self._close_down_to(0, number)
        elif name in ("VEVENT", "VTODO", "VJOURNAL", "VTIMEZONE", "VFREEBUSY"):
            self._close_down_to(1 if self.stack and self.stack[0].name == "VCALENDAR" else 0, number)
        self.stack.append(Component(name, number))

    def _close_down_to(self, depth: int, number: int) -> None:
        if len(self.stack) > depth:
            self._say(number, _("« END:%(name)s » manque avant cette ligne.", name=self.stack[-1].name))
        while len(self.stack) > depth:
            self._close()

    def _end(self, name: str, number: int) -> None:
        if name not in [component.name for component in self.stack]:
            self._say(number, _("« END:%(name)s » ne finit rien.", name=name))
            return
        while self.stack[-1].name != name:
            self._say(number, _("« END:%(name)s » manque avant cette ligne.", name=self.stack[-1].name))
            self._close()
        self.stack[-1].is_closed = True
        self._close()

    def _close(self) -> None:
        component = self.stack.pop()
        if self.stack and len(self.stack) <= _MOST_NESTED:
            self.stack[-1].inner.append(component)
        elif not self.stack and component.name == "VCALENDAR":
            self.file.calendars.append(component)
        elif not self.stack and component.name.startswith("V"):
            self.file.loose.append(component)

    def _add(self, number: int, text: str) -> None:
        component = self.stack[-1]
        found = _PROPERTY.match(text)
        if found:
            component.add(Line(number, found[1].upper(), text))
        elif component.last is not None and component.strays < _MOST_STRAYS:
            # A text whose line breaks were not written as \n: what follows belongs to it.
            component.last.text += f"\\n{text}"
            if not component.strays:
                self._say(
                    number, _("Cette ligne n’est pas une propriété : elle est lue comme la suite de la précédente.")
                )
            component.strays += 1

    def _say(self, number: int, message: str) -> None:
        if len(self.file.remarks) < _MOST_REMARKS:
            self.file.remarks.append((number, message))


def _first(given: object) -> str:
    return str(given[0]) if isinstance(given, list) and given else str(given)
