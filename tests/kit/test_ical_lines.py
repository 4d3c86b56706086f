"""Lines of a calendar file are put together into components, with their numbers, whatever is missing."""

import pytest

from fablabmesh.kit.ical_lines import Component, Line, Unreadable, read_file, split_list, unescape


def test_a_line_is_numbered_where_it_begins():
    (event,) = read_file(
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Un\n  titre\n\nUID:a\nEND:VEVENT\nEND:VCALENDAR\n"
    ).of_kind("VEVENT")

    lines = [(line.number, line.name, line.parts()[1]) for name in ("SUMMARY", "UID") for line in event.all(name)]
    assert (event.number, lines) == (2, [(3, "SUMMARY", "Un titre"), (6, "UID", "a")])


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("DTSTART:2026", ({}, "2026")),
        ("DTSTART;TZID=Europe/Paris:2026", ({"TZID": "Europe/Paris"}, "2026")),
        ('X;a="b:c;d";E=f,g:h:i', ({"A": "b:c;d", "E": "f"}, "h:i")),
        ("X;:h", ({}, "h")),
        ("X;A:h", ({}, "h")),
    ],
)
def test_a_line_has_parameters_and_a_value(text, parts):
    assert Line(1, "X", text).parts() == parts


def test_text_is_unescaped_once():
    assert unescape(r"a\\nb\nc\,d\;e\\") == "a\\nb\nc,d;e\\"
    assert split_list(r"a\,b,c") == ["a,b", "c"]


def test_what_has_no_property_has_no_text():
    assert Component("VEVENT", 1).text("SUMMARY") == ""


def test_an_end_closes_what_stands_inside():
    file = read_file(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VALARM\nEND:VEVENT\nEND:VCALENDAR")

    assert [event.is_closed for event in file.of_kind("VEVENT")] == [True]
    assert file.remarks == [(4, "«\N{NO-BREAK SPACE}END:VALARM\N{NO-BREAK SPACE}» manque avant cette ligne.")]
    assert file.is_whole


def test_a_text_that_is_broken_into_many_lines_is_put_together_so_far():
    file = read_file(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDESCRIPTION:a\n" + b"suite\n" * 100_000 + b"END:VEVENT\n")

    (event,) = file.of_kind("VEVENT")
    assert event.text("DESCRIPTION").count("\n") == 200


def test_what_is_no_calendar_is_refused():
    with pytest.raises(Unreadable):
        read_file(b"UID:a\nSUMMARY:b\n")
