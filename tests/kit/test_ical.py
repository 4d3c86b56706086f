"""Calendars, byte for byte and as other programs read them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fablabmesh.kit import ical
from tests import icaljs

GOLDEN = Path(__file__).parent / "golden" / "calendar.ics"
GOLDEN_SERIES = Path(__file__).parent / "golden" / "series.ics"
PARIS = ZoneInfo("Europe/Paris")
NOUMEA = ZoneInfo("Pacific/Noumea")
CHANGED = datetime(2026, 2, 1, 8, 30, tzinfo=UTC)


def make_entry(**values) -> ical.Entry:
    given = {
        "uid": "atelier@exemple.test",
        "title": "Atelier découpe laser",
        "start": datetime(2026, 3, 28, 18, 0, tzinfo=PARIS),
        "end": datetime(2026, 3, 28, 20, 0, tzinfo=PARIS),
        "changed_at": CHANGED,
    }
    return ical.Entry(**given | values)


def golden_entries() -> list[ical.Entry]:
    return [
        make_entry(
            created_at=datetime(2026, 1, 15, 10, 0, tzinfo=UTC),
            description="Apportez vos fichiers ; SVG, DXF…\nEntrée libre \\ gratuite",
            place="LabFab, 19 rue Hoche, 35000 Rennes",
            latitude=48.1146,
            longitude=-1.6775,
            url="https://exemple.test/evenements/atelier-decoupe-laser",
            contact="LabFab",
            categories=("Atelier", "Découpe, gravure"),
        ),
        make_entry(
            uid="noumea@exemple.test",
            title="Initiation à l’impression 3D",
            start=datetime(2026, 3, 28, 18, 0, tzinfo=NOUMEA),
            end=datetime(2026, 3, 28, 19, 30, tzinfo=NOUMEA),
            revision=2,
            cancelled=True,
        ),
        make_entry(
            uid="portes-ouvertes@exemple.test",
            title="Portes ouvertes",
            start=date(2026, 3, 28),
            end=date(2026, 3, 29),
        ),
        make_entry(
            uid="reunion@exemple.test",
            title="Réunion thématique en ligne : "
            + "les matériaux biosourcés et le réemploi dans les ateliers de fabrication 🛠️",
            start=datetime(2026, 3, 29, 7, 0, tzinfo=UTC),
            end=datetime(2026, 3, 29, 8, 0, tzinfo=UTC),
        ),
    ]


def at(*parts: int, zone: ZoneInfo = PARIS) -> datetime:
    return datetime(*parts, tzinfo=zone)


def make_series(**values) -> ical.Entry:
    """Wednesdays from 18 to 20 h, on both sides of the spring change, an Easter Wednesday left out, a Friday added."""
    given = {
        "uid": "serie@exemple.test",
        "title": "Soirée ouverte",
        "start": at(2026, 3, 18, 18),
        "end": at(2026, 3, 18, 20),
        "rrule": "FREQ=WEEKLY;UNTIL=20260429T160000Z;BYDAY=WE",
        "rdates": (at(2026, 4, 17, 18), at(2026, 4, 10, 18)),
        "exdates": (at(2026, 4, 8, 18),),
    }
    return make_entry(**given | values)


def make_occurrence(original: datetime, **values) -> ical.Entry:
    given = {"rrule": "", "rdates": (), "exdates": (), "recurrence_id": original}
    return make_series(**given | {"start": original, "end": original + timedelta(hours=2)} | values)


def golden_series() -> list[ical.Entry]:
    return [
        make_series(
            tags=("bois", "Soirée ouverte", "impression 3D, résine"),
            categories=("Soirée ouverte",),
            image="https://exemple.test/images/soiree.jpg",
            image_label='Un établi, de nuit : "la ruche"',
            conference="https://visio.exemple.test/soiree;salle=2",
            conference_label="Salle de visioconférence",
            color="teal",
        ),
        make_occurrence(at(2026, 4, 1, 18), revision=1, cancelled=True),
        make_occurrence(
            at(2026, 4, 15, 18), revision=2, start=at(2026, 4, 16, 9, zone=NOUMEA), end=at(2026, 4, 16, 11, zone=NOUMEA)
        ),
        make_entry(
            uid="vacances@exemple.test",
            title="Ar vakañsoù",
            language="br",
            start=date(2026, 10, 24),
            end=date(2026, 10, 25),
            rrule="FREQ=YEARLY;COUNT=4",
            rdates=(date(2027, 2, 13),),
            exdates=(date(2028, 10, 24),),
        ),
    ]


def render(*entries: ical.Entry) -> bytes:
    return ical.render_calendar("Essai", entries)


def parsed(calendar: bytes) -> icalendar.Calendar:
    (found,) = icalendar.Calendar.from_ical(calendar, multiple=True)
    return found


def lines_of(calendar: bytes) -> list[str]:
    return calendar.replace(b"\r\n ", b"").decode().split("\r\n")


def values_of(name: str, calendar: bytes) -> list[str]:
    return [line.partition(":")[2] for line in lines_of(calendar) if line.startswith(name)]


# --- bytes -------------------------------------------------------------------------------------------------------


def test_the_golden_calendar_is_rendered_byte_for_byte():
    rendered = ical.render_calendar(
        "Agenda de la zone Grand Ouest",
        golden_entries(),
        description="Ce qui se passe dans les Fab Labs ; à suivre.",
        url="https://exemple.test/zones/fablab/grand-ouest",
        source="https://exemple.test/zones/fablab/grand-ouest/agenda.ics",
    )

    assert rendered == GOLDEN.read_bytes()


def test_the_order_of_the_entries_does_not_change_the_bytes():
    entries = golden_entries()

    assert render(*entries) == render(*reversed(entries))


def test_the_golden_series_are_rendered_byte_for_byte():
    assert ical.render_calendar("Soirées", golden_series(), color="navy") == GOLDEN_SERIES.read_bytes()


def test_a_calendar_is_its_head_its_zones_and_its_events_spliced():
    entries = [*golden_entries(), *golden_series()]
    kept = [ical.render_event(event) for event in ical.in_order(entries)]

    head = ical.render_head("Tout", changed_at=CHANGED, description="Un agenda", url="https://exemple.test/")
    zones = ical.render_zones(zone for event in kept for zone in event.zones)
    spliced = b"".join([head, zones, *(event.text for event in kept), ical.END])

    assert spliced == ical.render_calendar("Tout", entries, description="Un agenda", url="https://exemple.test/")


def test_an_empty_calendar_is_spliced_with_the_home_zone():
    spliced = ical.render_head("Rien") + ical.render_zones({ical.HOME_ZONE}) + ical.END

    assert spliced == ical.render_calendar("Rien", [])


def test_the_entries_of_an_event_stand_together_master_first():
    rendered = render(*reversed(golden_series()), make_entry(start=at(2026, 4, 1, 12), end=at(2026, 4, 1, 13)))

    body = rendered.partition(b"BEGIN:VEVENT")[2]
    told = [line.partition("@")[0] for line in lines_of(body) if line.startswith(("UID", "RECURRENCE-ID"))]
    assert told == [
        "UID:serie",
        "UID:serie",
        "RECURRENCE-ID;TZID=Europe/Paris:20260401T180000",
        "UID:serie",
        "RECURRENCE-ID;TZID=Europe/Paris:20260415T180000",
        "UID:atelier",
        "UID:vacances",
    ]


def test_an_event_names_the_zones_of_its_occurrences_too():
    series = [entry for entry in golden_series() if entry.uid.startswith("serie")]

    assert ical.render_event(series).zones == ("Europe/Paris", "Pacific/Noumea")
    assert ical.render_event([make_entry(start=date(2026, 5, 1), end=date(2026, 5, 1))]).zones == ()


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [make_entry(), make_series()],
        [make_series(), make_series(start=at(2026, 3, 25, 18), end=at(2026, 3, 25, 20))],
        [make_series(), make_occurrence(at(2026, 4, 1, 18)), make_occurrence(at(2026, 4, 1, 18), cancelled=True)],
    ],
    ids=["nothing", "two events", "two masters", "one occurrence twice"],
)
def test_what_is_not_one_event_is_refused(entries):
    with pytest.raises(ValueError, match="one"):
        ical.render_event(entries)


def test_an_empty_calendar_still_holds_a_component():
    rendered = ical.render_calendar("Rien", [])

    assert [component.name for component in parsed(rendered).walk()] == [
        "VCALENDAR",
        "VTIMEZONE",
        "DAYLIGHT",
        "STANDARD",
    ]
    assert icaljs.read(rendered) == {"name": "Rien", "zones": ["Europe/Paris"], "events": []}


def test_only_the_zones_in_use_are_described():
    assert values_of("TZID:", render(make_entry(start=date(2026, 5, 1), end=date(2026, 5, 1)))) == []
    assert values_of("TZID:", render(*golden_entries())) == ["Europe/Paris", "Pacific/Noumea"]


def test_the_calendar_itself_has_no_uid():
    head = render(make_entry()).partition(b"BEGIN:VEVENT")[0]

    assert [line for line in lines_of(head) if line.startswith("UID")] == []


@settings(max_examples=150, deadline=None)
@given(st.text(), st.text(), st.text())
def test_every_line_is_short_ends_in_crlf_and_is_whole_utf_8(title, description, place):
    rendered = render(make_entry(title=title, description=description, place=place))

    assert rendered.endswith(b"END:VCALENDAR\r\n")
    for line in rendered.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode("utf-8")


def test_a_line_break_in_a_text_cannot_add_a_property():
    nasty = "Atelier\r\nATTENDEE:mailto:x@exemple.test\nEND:VEVENT"

    rendered = render(
        make_entry(
            title=nasty, description=nasty, place=nasty, url=nasty, contact=nasty, uid=nasty, categories=(nasty,)
        )
    )

    assert [line for line in lines_of(rendered) if line.startswith("ATTENDEE")] == []
    assert rendered.count(b"\r\nEND:VEVENT\r\n") == 1
    assert len(icaljs.read(rendered)["events"]) == 1


def test_a_title_is_one_line():
    assert values_of("SUMMARY", render(make_entry(title="Un\ndeux\r\ntrois\u2028quatre\x00"))) == [
        "Un deux trois quatre"
    ]


# --- times -------------------------------------------------------------------------------------------------------


def test_a_moment_is_written_in_its_own_zone():
    rendered = render(
        make_entry(start=datetime(2026, 7, 1, 18, tzinfo=NOUMEA), end=datetime(2026, 7, 1, 19, tzinfo=NOUMEA))
    )

    assert [line for line in lines_of(rendered) if line.startswith(("DTSTART;", "DTEND;"))] == [
        "DTSTART;TZID=Pacific/Noumea:20260701T180000",
        "DTEND;TZID=Pacific/Noumea:20260701T190000",
    ]


@pytest.mark.parametrize("utc", [UTC, ZoneInfo("UTC"), ZoneInfo("Etc/UTC")])
def test_utc_is_written_with_a_z(utc):
    rendered = render(make_entry(start=datetime(2026, 7, 1, 18, tzinfo=utc), end=datetime(2026, 7, 1, 19, tzinfo=utc)))

    assert values_of("DTSTART", rendered) == ["20260701T180000Z"]
    assert values_of("TZID:", rendered) == []


def test_the_last_day_of_an_all_day_entry_is_written_exclusive():
    rendered = render(make_entry(start=date(2026, 5, 1), end=date(2026, 5, 2)))

    assert [line for line in lines_of(rendered) if line.startswith(("DTSTART;", "DTEND;"))] == [
        "DTSTART;VALUE=DATE:20260501",
        "DTEND;VALUE=DATE:20260503",
    ]


def test_an_entry_without_length_has_no_end():
    start = datetime(2026, 5, 1, 18, tzinfo=PARIS)

    assert values_of("DTEND", render(make_entry(start=start, end=start))) == []


@pytest.mark.parametrize(
    ("start", "written"),
    [
        (datetime(2026, 10, 25, 2, 30, tzinfo=PARIS), "20261025T003000Z"),
        (datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=PARIS), "20261025T013000Z"),
        (datetime(2026, 3, 29, 2, 30, tzinfo=PARIS), "20260329T013000Z"),
    ],
    ids=["first of two", "second of two", "skipped"],
)
def test_a_wall_time_that_readers_take_differently_is_written_in_utc(start, written):
    rendered = render(make_entry(start=start, end=start))

    assert values_of("DTSTART", rendered) == [written]


def test_the_stamps_are_those_of_the_row_whatever_its_zone():
    rendered = render(make_entry(changed_at=CHANGED.astimezone(NOUMEA), created_at=CHANGED - timedelta(days=1)))

    event = rendered.partition(b"BEGIN:VEVENT")[2]
    assert values_of("DTSTAMP", event) == ["20260201T083000Z"]
    assert values_of("LAST-MODIFIED", event) == ["20260201T083000Z"]
    assert values_of("CREATED", event) == ["20260131T083000Z"]


def test_the_same_instant_in_another_zone_is_another_rendering():
    there = make_entry(start=datetime(2026, 7, 1, 9, tzinfo=UTC), end=datetime(2026, 7, 1, 10, tzinfo=UTC))
    here = make_entry(start=datetime(2026, 7, 1, 11, tzinfo=PARIS), end=datetime(2026, 7, 1, 12, tzinfo=PARIS))

    assert there.start == here.start
    assert values_of("DTSTART", ical.render_component(there)) == ["20260701T090000Z"]
    assert values_of("DTSTART", ical.render_component(here)) == ["20260701T110000"]


@pytest.mark.parametrize(
    "values",
    [
        {"uid": ""},
        {"start": datetime(2026, 5, 1)},  # noqa: DTZ001 - naive on purpose
        {"changed_at": datetime(2026, 5, 1)},  # noqa: DTZ001 - naive on purpose
        {"start": date(2026, 3, 28)},
        {"end": datetime(2026, 3, 28, 17, 59, tzinfo=PARIS)},
        {"start": date(2026, 3, 28), "end": date(2026, 3, 27)},
        {"start": datetime.fromisoformat("2026-03-28T18:00:00+01:00")},
    ],
    ids=["no uid", "naive start", "naive stamp", "mixed", "end before", "last day before", "offset without a zone"],
)
def test_what_no_calendar_can_say_is_refused(values):
    with pytest.raises(ValueError, match=r"."):
        make_entry(**values)


def test_each_date_of_a_series_has_its_line():
    rendered = ical.render_component(make_series(exdates=(at(2026, 4, 8, 18), at(2026, 3, 25, 18))))

    assert [line for line in lines_of(rendered) if line.startswith(("RDATE", "EXDATE", "RRULE"))] == [
        "RRULE:FREQ=WEEKLY;UNTIL=20260429T160000Z;BYDAY=WE",
        "RDATE;TZID=Europe/Paris:20260410T180000",
        "RDATE;TZID=Europe/Paris:20260417T180000",
        "EXDATE;TZID=Europe/Paris:20260325T180000",
        "EXDATE;TZID=Europe/Paris:20260408T180000",
    ]


def test_a_series_never_begins_in_utc():
    rendered = ical.render_component(make_series(start=at(2026, 3, 29, 2, 30), end=at(2026, 3, 29, 5), rdates=()))

    assert [line for line in lines_of(rendered) if line.startswith("DTSTART")] == [
        "DTSTART;TZID=Europe/Paris:20260329T023000"
    ]


DAY = date(2026, 4, 8)


@pytest.mark.parametrize(
    "values",
    [
        {"rrule": "FREQ=WEEKLY\r\nATTENDEE:mailto:x@exemple.test"},
        {"rrule": "FREQ=WEEKLY\n"},
        {"rrule": "", "rdates": ()},
        {"rdates": (at(2026, 4, 10, 18, zone=NOUMEA),)},
        {"exdates": (DAY,)},
        {"rdates": (datetime(2026, 4, 10, 18),)},  # noqa: DTZ001 - naive on purpose
        {"start": DAY, "end": DAY, "rdates": ()},
        {"recurrence_id": at(2026, 4, 8, 18)},
        {"rrule": "", "rdates": (), "exdates": (), "recurrence_id": datetime(2026, 4, 8)},  # noqa: DTZ001 - the same
    ],
    ids=["line", "end of line", "no series", "zone", "date", "naive", "all day", "twice a series", "naive id"],
)
def test_a_series_that_readers_would_take_differently_is_refused(values):
    with pytest.raises(ValueError, match=r"."):
        make_series(**values)


# --- read back ---------------------------------------------------------------------------------------------------


def test_a_cancelled_entry_stays_with_its_status_and_its_revision():
    entry = make_entry(cancelled=True, revision=4)

    (event,) = parsed(render(entry)).events
    (read,) = icaljs.read(render(entry))["events"]

    assert (str(event["STATUS"]), event["SEQUENCE"]) == ("CANCELLED", 4)
    assert (read["status"], read["sequence"]) == ("CANCELLED", 4)


def test_two_readers_agree_with_the_entries_of_the_golden_calendar():
    entries = golden_entries()
    rendered = render(*entries)

    by_icalendar = {str(event["UID"]): event for event in parsed(rendered).events}
    by_icaljs = {event["uid"]: event for event in icaljs.read(rendered)["events"]}

    assert list(by_icalendar) == list(by_icaljs)
    assert sorted(by_icaljs) == sorted(entry.uid for entry in entries)
    for entry in entries:
        one, other = by_icalendar[entry.uid], by_icaljs[entry.uid]
        assert str(one["SUMMARY"]) == other["summary"] == entry.title
        assert one["DTSTART"].dt == entry.start
        if isinstance(entry.start, datetime):
            assert other["start"]["instant"] == entry.start.timestamp()
            assert other["end"]["instant"] == entry.end.timestamp()
        else:
            assert other["start"]["wall"] == entry.start.isoformat()
            assert other["end"]["wall"] == (entry.end + timedelta(days=1)).isoformat()


def test_the_whole_of_an_entry_comes_back():
    (first, *_) = golden_entries()

    (read,) = icaljs.read(render(first))["events"]

    assert read["description"] == first.description
    assert read["location"] == first.place
    assert read["url"] == first.url
    assert read["geo"] == [48.1146, -1.6775]
    assert read["categories"] == ["Atelier", "Découpe, gravure"]


VISIBLE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]))


@settings(max_examples=300, deadline=None)
@given(title=VISIBLE, description=st.lists(VISIBLE).map("\n".join), category=VISIBLE)
def test_any_text_comes_back_as_it_was_typed(title, description, category):
    entry = make_entry(title=title, description=description, place=title, categories=(category,))

    (event,) = parsed(render(entry)).events

    assert str(event["SUMMARY"]) == title.strip()
    assert str(event.get("DESCRIPTION", "")) == description
    assert str(event.get("LOCATION", "")) == title.strip()
    assert event.categories == [category.strip()]


def test_difficult_texts_come_back_from_icaljs():
    texts = ["a\\nb", "a\\\\nb;c,d", "\\", "\\,", '"', "x" * 200, "é" * 200, "👩‍🔧" * 40, "a:b;c=d", "%0D%0A", "\\N"]

    rendered = render(*(make_entry(uid=str(number), title=text) for number, text in enumerate(texts)))

    assert [event["summary"] for event in icaljs.read(rendered)["events"]] == [
        texts[int(number)] for number in sorted(map(str, range(len(texts))))
    ]


def test_one_event_alone_is_an_object_without_a_method():
    rendered = ical.render_event([make_entry()])

    text = ical.render_object(rendered.text.decode(), rendered.zones)

    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith("END:VTIMEZONE\r\n" + rendered.text.decode() + "END:VCALENDAR\r\n")
    assert "METHOD" not in text
