"""Calendars as strangers write them, each with what must be read of it.

`read`: of each event « title start/end zone », then what else is worth saying; `lost`: the beginning of each sentence
about an event that is not read; `unreadable`: the beginning of the sentence about a file that is none at all.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    name: str
    data: bytes
    read: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unreadable: str = ""
    remark: str = ""


def event(*lines: str, uid: str = "un@lab", summary: str = "Atelier") -> str:
    head = [f"UID:{uid}"] if uid else []
    head += [f"SUMMARY:{summary}"] if summary else []
    return "\r\n".join(["BEGIN:VEVENT", *head, *lines, "END:VEVENT"])


def calendar(*parts: str, head: str = "VERSION:2.0\r\nPRODID:-//Essai//FR") -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", head, *parts, "END:VCALENDAR", ""]).encode()


START = "DTSTART;TZID=Europe/Paris:20260302T180000"
END = "DTEND;TZID=Europe/Paris:20260302T200000"
PLAIN = "Atelier 2026-03-02T18:00/2026-03-02T20:00 Europe/Paris"
OWN_ZONE = "\r\n".join(
    [
        *("BEGIN:VTIMEZONE", "TZID:Notre heure", "BEGIN:DAYLIGHT", "DTSTART:19810329T020000"),
        *("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "END:DAYLIGHT"),
        *("BEGIN:STANDARD", "DTSTART:19961027T030000", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"),
        *("TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "END:STANDARD", "END:VTIMEZONE"),
    ]
)
ISLAND_ZONE = "\r\n".join(
    [
        *("BEGIN:VTIMEZONE", "TZID:Ile", "BEGIN:STANDARD", "DTSTART:16010101T000000"),
        *("TZOFFSETFROM:+0400", "TZOFFSETTO:+0400", "END:STANDARD", "END:VTIMEZONE"),
    ]
)
HTML = "<html-blob><p>Venez&nbsp\\;<b>tous</b> :</p><ul><li>lundi</li><li>"
HTML += "<a href='https://lab.test/a'>mardi</a></li></ul><script>alert(1)</script>"
SERIES = f"{START}\r\n{END}\r\nRRULE:FREQ=WEEKLY"

CASES = [
    # --- files and lines
    Case("plain", calendar(event(START, END)), [PLAIN]),
    Case("with bare line feeds", calendar(event(START, END)).replace(b"\r\n", b"\n"), [PLAIN]),
    Case("with carriage returns alone", calendar(event(START, END)).replace(b"\r\n", b"\r"), [PLAIN]),
    Case("with doubled carriage returns", calendar(event(START, END)).replace(b"\r\n", b"\r\r\n"), [PLAIN]),
    Case("with blank lines", calendar(event(START, END)).replace(b"\r\n", b"\r\n\r\n"), [PLAIN]),
    Case("with a mark of byte order", b"\xef\xbb\xbf" + calendar(event(START, END)), [PLAIN]),
    Case("in UTF-16", calendar(event(START, END)).decode().encode("utf-16"), [PLAIN]),
    Case(
        "in Latin-1",
        calendar(event(START, END, summary="Été à l’atelier")).decode().encode("cp1252"),
        ["Été à l’atelier 2026-03-02T18:00/2026-03-02T20:00 Europe/Paris"],
        remark="Le fichier n’est pas en UTF-8",
    ),
    Case(
        "folded in the middle of a letter",
        calendar(event(START, END, summary="Été")).replace("É".encode(), b"\xc3\r\n \x89"),
        ["Été 2026-03-02T18:00/2026-03-02T20:00 Europe/Paris"],
    ),
    Case(
        "folded in the middle of a name",
        calendar(event(START, END)).replace(b"DTSTART", b"DTS\r\n\tTART"),
        [PLAIN],
    ),
    Case(
        "with a text that was not folded",
        calendar(event(START, END, "DESCRIPTION:Venez\r\navec vos idées")),
        [f"{PLAIN} description=Venez  \navec vos idées"],
        remark="Cette ligne n’est pas une propriété",
    ),
    Case(
        "with names in lower case",
        calendar(event("dtstart:20260302T180000")),
        ["Atelier 2026-03-02T18:00 Europe/Paris"],
    ),
    Case(
        "with a quoted parameter",
        calendar(event('DTSTART;TZID="Europe/Paris";X-A="a;b:c":20260302T180000', END)),
        [PLAIN],
    ),
    Case("with junk in front", b"HTTP/1.0 200 OK\r\n\r\n" + calendar(event(START, END)), [PLAIN]),
    Case("with NUL in it", calendar(event(START, END)).replace(b"Atelier", b"Ate\x00lier"), [PLAIN]),
    Case(
        "with a line of a million letters",
        calendar(event(START, END, "DESCRIPTION:" + "a" * 1_000_000)),
        [f"{PLAIN} description=" + "a" * 19_999 + "…"],
        remark="La description est trop longue",
    ),
    Case(
        "with an alarm and a nested place",
        calendar(
            event(START, END, "BEGIN:VALARM\r\nSUMMARY:x\r\nEND:VALARM\r\nBEGIN:VLOCATION\r\nNAME:x\r\nEND:VLOCATION")
        ),
        [PLAIN],
    ),
    Case(
        "cut in the middle",
        calendar(event(START, END), event(START, END, uid="deux@lab"))[:-15],
        [PLAIN, PLAIN],
        remark="« BEGIN:VCALENDAR » n’a pas de fin.",
    ),
    Case(
        "without the end of an event",
        calendar(event(START, END), event(START, END, uid="deux@lab")).replace(b"END:VEVENT\r\nBEGIN", b"BEGIN"),
        [PLAIN, PLAIN],
        remark="« END:VEVENT » manque",
    ),
    Case(
        "with one end too many",
        calendar(event(START, END), "END:VEVENT"),
        [PLAIN],
        remark="« END:VEVENT » ne finit rien.",
    ),
    Case("without its frame", event(START, END).encode(), [PLAIN], remark="« BEGIN:VCALENDAR » manque"),
    Case(
        "two calendars in one file", calendar(event(START, END)) + calendar(event(START, END, uid="b")), [PLAIN, PLAIN]
    ),
    Case("with nothing in it", calendar()),
    Case("empty", b"", unreadable="Le fichier est vide"),
    Case("a web page", b"<!DOCTYPE html><html><body>BEGIN</body></html>", unreadable="C’est une page web"),
    Case("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, unreadable="Ce n’est pas un agenda"),
    Case(
        "of too many components",
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VTODO\r\nEND:VTODO\r\n" * 20_001 + b"END:VCALENDAR",
        unreadable="L’agenda a plus de 20000 éléments",
    ),
    Case(
        "nested without an end",
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VX\r\n" * 19_000,
        remark="« BEGIN:VX » n’a pas de fin.",
    ),
    Case("with tasks", calendar(event(START, END), "BEGIN:VTODO\r\nUID:t\r\nEND:VTODO"), [PLAIN], remark="Ne sont pas"),
    # --- identity
    Case("without a UID", calendar(event(START, END, uid="")), [PLAIN], remark="L’événement n’a pas d’identifiant"),
    Case("with a UID of a mile", calendar(event(START, END, uid="u" * 5000)), [PLAIN], remark="L’événement n’a pas"),
    Case(
        "without a title",
        calendar(event(START, END, summary="")),
        ["(sans titre) 2026-03-02T18:00/2026-03-02T20:00 Europe/Paris"],
        remark="L’événement n’a pas de titre",
    ),
    Case(
        "twice under one UID, the later first",
        calendar(
            event(START, END, "SEQUENCE:3", summary="Nouveau"),
            event("DTSTART;TZID=Europe/Paris:20260301T180000", "SEQUENCE:1", summary="Ancien"),
        ),
        ["Nouveau 2026-03-02T18:00/2026-03-02T20:00 Europe/Paris sequence=3"],
        remark="Deux événements ont le même identifiant",
    ),
    Case("private", calendar(event(START, END, "CLASS:PRIVATE")), remark="Événements privés"),
    Case("cancelled", calendar(event(START, END, "STATUS:CANCELLED")), [f"{PLAIN} cancelled"]),
    Case("all of it cancelled", calendar(event(START, END), head="METHOD:CANCEL"), [f"{PLAIN} cancelled"]),
    # --- times
    Case("of a day", calendar(event("DTSTART;VALUE=DATE:20260302")), ["Atelier 2026-03-02 Europe/Paris"]),
    Case(
        "of several days",
        calendar(event("DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260305")),
        ["Atelier 2026-03-02/2026-03-04 Europe/Paris"],
    ),
    Case(
        "of a day that ends as it starts",
        calendar(event("DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260302")),
        ["Atelier 2026-03-02 Europe/Paris"],
    ),
    Case(
        "of a day, as Outlook has it",
        calendar(event("DTSTART:20260302T000000", "DTEND:20260303T000000", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE")),
        ["Atelier 2026-03-02 Europe/Paris"],
    ),
    Case("of no length", calendar(event(START)), ["Atelier 2026-03-02T18:00 Europe/Paris"]),
    Case("with a length", calendar(event(START, "DURATION:PT2H")), [PLAIN]),
    Case(
        "with a length of days and hours over the clock change",
        calendar(event("DTSTART;TZID=Europe/Paris:20260328T180000", "DURATION:P1DT2H")),
        ["Atelier 2026-03-28T18:00/2026-03-29T20:00 Europe/Paris"],
    ),
    Case("floating", calendar(event("DTSTART:20260302T180000", "DTEND:20260302T200000")), [PLAIN]),
    Case("in UTC", calendar(event("DTSTART:20260302T170000Z", "DTEND:20260302T190000Z")), [PLAIN]),
    Case("of an offset", calendar(event("DTSTART:20260302T180000+0100", "DTEND:2026-03-02T20:00:00+01:00")), [PLAIN]),
    Case(
        "in the hour that comes twice, the second time",
        calendar(event("DTSTART:20261025T013000Z", "DTEND:20261025T014500Z")),
        ["Atelier 2026-10-25T01:30/2026-10-25T01:45 Etc/UTC"],
    ),
    Case("of a zone of Windows", calendar(event("DTSTART;TZID=Romance Standard Time:20260302T180000", END)), [PLAIN]),
    Case(
        "of a zone behind a prefix",
        calendar(event("DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Paris:20260302T180000", END)),
        [PLAIN],
    ),
    Case(
        "of a zone behind another",
        calendar(event("DTSTART;TZID=/mozilla.org/20050126_1/America/Martinique:20260302T180000")),
        ["Atelier 2026-03-02T18:00 America/Martinique"],
    ),
    Case(
        "of a zone of its own",
        calendar(OWN_ZONE, event("DTSTART;TZID=Notre heure:20260302T180000", "DTEND;TZID=Notre heure:20260302T200000")),
        [PLAIN],
        remark="Le fuseau « Notre heure » n’est pas connu",
    ),
    Case(
        "of an island of its own",
        calendar(ISLAND_ZONE, event("DTSTART;TZID=Ile:20260302T180000")),
        ["Atelier 2026-03-02T18:00 Indian/Reunion"],
        remark="Le fuseau « Ile »",
    ),
    Case(
        "of a zone that nobody describes",
        calendar(event("DTSTART;TZID=Chez nous:20260302T180000")),
        ["Atelier 2026-03-02T18:00 Europe/Paris"],
        remark="Le fuseau « Chez nous »",
    ),
    Case("that ends in another zone", calendar(event(START, "DTEND;TZID=Europe/London:20260302T190000")), [PLAIN]),
    Case(
        "that ends before it starts",
        calendar(event(START, "DTEND;TZID=Europe/Paris:20260302T170000")),
        ["Atelier 2026-03-02T18:00 Europe/Paris"],
        remark="La fin vient avant le début",
    ),
    Case(
        "until midnight, as 24 hours",
        calendar(event(START, "DTEND;TZID=Europe/Paris:20260302T240000")),
        ["Atelier 2026-03-02T18:00/2026-03-03T00:00 Europe/Paris"],
    ),
    Case("without a start", calendar(event("SEQUENCE:1")), lost=["L’événement n’a pas de date de début"]),
    Case("on the 31st of February", calendar(event("DTSTART:20260231T180000")), lost=["« 20260231T180000 » n’est pas"]),
    Case("in the year 9999", calendar(event("DTSTART:99991231T235900")), lost=["L’année 9999 n’est pas possible"]),
    Case("of ten years", calendar(event(START, "DTEND;TZID=Europe/Paris:20360302T200000")), lost=["L’événement dure"]),
    Case(
        "one that is broken between two that are not",
        calendar(
            event(START, END, uid="a"), event("DTSTART:demain", uid="b", summary="Cassé"), event(START, END, uid="c")
        ),
        [PLAIN, PLAIN],
        lost=["« demain » n’est pas une date"],
    ),
    # --- series
    Case("weekly", calendar(event(SERIES)), [f"{PLAIN} FREQ=WEEKLY"]),
    Case(
        "by a rule no form knows",
        calendar(event(START, END, "RRULE:FREQ=YEARLY;BYMONTH=3,6;BYDAY=MO,TU;BYSETPOS=1,-1;WKST=SU")),
        [f"{PLAIN} FREQ=YEARLY;WKST=SU;BYMONTH=3,6;BYDAY=MO,TU;BYSETPOS=1,-1"],
    ),
    Case(
        "of a rule in lower case",
        calendar(event(START, END, "RRULE:freq=weekly;byday=mo;")),
        [f"{PLAIN} FREQ=WEEKLY;BYDAY=MO"],
    ),
    Case(
        "by seconds", calendar(event(START, END, "RRULE:FREQ=SECONDLY")), lost=["Une répétition plus fine que le jour"]
    ),
    Case("by minutes", calendar(event(START, END, "RRULE:FREQ=MINUTELY;COUNT=9")), lost=["Une répétition plus fine"]),
    Case("by hours", calendar(event(START, END, "RRULE:FREQ=HOURLY")), lost=["Une répétition plus fine que le jour"]),
    Case(
        "by every minute of a day",
        calendar(event(START, END, f"RRULE:FREQ=DAILY;BYMINUTE={','.join(map(str, range(60)))}")),
        lost=["Une répétition plus fine que le jour"],
    ),
    Case(
        "on a day that never comes",
        calendar(event(START, END, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")),
        lost=["Cette règle de répétition ne donne aucune date"],
    ),
    Case(
        "of no rule at all",
        calendar(event(START, END, "RRULE:tous les lundis")),
        lost=["« tous les lundis » n’est pas"],
    ),
    Case(
        "with a day that is a date for hours",
        calendar(event(SERIES, "EXDATE;VALUE=DATE:20260309")),
        [f"{PLAIN} FREQ=WEEKLY -2026-03-09T18:00"],
    ),
    Case(
        "with days left out, in UTC and in a list",
        calendar(event(SERIES, "EXDATE:20260309T170000Z,20260316T170000Z")),
        [f"{PLAIN} FREQ=WEEKLY -2026-03-09T18:00 -2026-03-16T18:00"],
    ),
    Case(
        "with a day more, as a period",
        calendar(event(SERIES, "RDATE;VALUE=PERIOD;TZID=Europe/Paris:20260304T180000/PT2H")),
        [f"{PLAIN} FREQ=WEEKLY +2026-03-04T18:00"],
    ),
    Case(
        "of dates alone",
        calendar(event(START, END, "RDATE;TZID=Europe/Paris:20260304T180000,20260302T180000")),
        [f"{PLAIN} +2026-03-04T18:00"],
    ),
    Case(
        "with all its days left out",
        calendar(event(START, END, "RRULE:FREQ=DAILY;COUNT=1", "EXDATE;TZID=Europe/Paris:20260302T180000")),
        remark="Toutes les dates de la série",
    ),
    Case(
        "by two rules",
        calendar(event(SERIES, "RRULE:FREQ=MONTHLY;BYMONTHDAY=4;COUNT=2")),
        [f"{PLAIN} FREQ=WEEKLY +2026-03-04T18:00"],
        remark="Plusieurs règles",
    ),
    Case(
        "in UTC, and so a series of UTC",
        calendar(event("DTSTART:20260302T170000Z", "DTEND:20260302T190000Z", "RRULE:FREQ=WEEKLY")),
        ["Atelier 2026-03-02T17:00/2026-03-02T19:00 Etc/UTC FREQ=WEEKLY"],
    ),
    Case(
        "with a date moved, one called off, one as before",
        calendar(
            event(SERIES),
            event(
                "RECURRENCE-ID;TZID=Europe/Paris:20260309T180000",
                "DTSTART;TZID=Europe/Paris:20260310T180000",
                "DTEND;TZID=Europe/Paris:20260310T190000",
            ),
            event(
                "RECURRENCE-ID:20260316T170000Z",
                "DTSTART:20260316T170000Z",
                "DTEND:20260316T190000Z",
                "STATUS:CANCELLED",
            ),
            event(
                "RECURRENCE-ID;TZID=Europe/Paris:20260323T180000",
                "DTSTART;TZID=Europe/Paris:20260323T180000",
                "DTEND;TZID=Europe/Paris:20260323T200000",
            ),
        ),
        [f"{PLAIN} FREQ=WEEKLY [2026-03-09T18:00→2026-03-10T18:00/2026-03-10T19:00] [2026-03-16T18:00 off]"],
    ),
    Case(
        "with a date that the rule does not give",
        calendar(
            event(SERIES),
            event(
                "RECURRENCE-ID;TZID=Europe/Paris:20260311T180000",
                "DTSTART;TZID=Europe/Paris:20260312T180000",
                "DTEND;TZID=Europe/Paris:20260312T200000",
            ),
        ),
        [f"{PLAIN} FREQ=WEEKLY +2026-03-11T18:00 [2026-03-11T18:00→2026-03-12T18:00/2026-03-12T20:00]"],
    ),
    Case(
        "of single dates without their series",
        calendar(
            event("RECURRENCE-ID;TZID=Europe/Paris:20260302T180000", START, END),
            event(
                "RECURRENCE-ID;TZID=Europe/Paris:20260309T180000",
                "DTSTART;TZID=Europe/Paris:20260309T190000",
                "DTEND;TZID=Europe/Paris:20260309T210000",
            ),
        ),
        [f"{PLAIN} +2026-03-09T18:00 [2026-03-09T18:00→2026-03-09T19:00/2026-03-09T21:00]"],
    ),
    Case(
        "with a single broken date",
        calendar(event(SERIES), event("RECURRENCE-ID:lundi", START, END)),
        [f"{PLAIN} FREQ=WEEKLY"],
        lost=["« lundi » n’est pas une date de la série"],
    ),
    Case(
        "of three thousand single dates",
        calendar(
            event(
                START,
                END,
                "RDATE:"
                + ",".join(
                    f"{2030 + n // 300}{n % 12 + 1:02}{n % 28 + 1:02}T{n % 24:02}{n // 24 % 60:02}00"
                    for n in range(3000)
                ),
            )
        ),
        lost=["La série a plus de 2000 dates isolées"],
    ),
    # --- words
    Case(
        "with escapes",
        calendar(event(START, END, summary="Un\\, deux\\; trois\\\\quatre\\nCinq")),
        ["Un, deux; trois\\quatre Cinq 2026-03-02T18:00/2026-03-02T20:00 Europe/Paris"],
    ),
    Case(
        "with HTML",
        calendar(event(START, END, f"DESCRIPTION:{HTML}")),
        [f"{PLAIN} description=Venez **tous** :\n\n- lundi\n- [mardi](<https://lab.test/a>)"],
    ),
    Case(
        "with a place, a point and tags",
        calendar(event(START, END, "LOCATION:Salle 3", "GEO:48.1;-1.6", "CATEGORIES:Bois,Son\\, image")),
        [f"{PLAIN} place=Salle 3 point=48.1,-1.6 tags=Bois|Son, image"],
    ),
    Case("with a point out of this world", calendar(event(START, END, "GEO:480;x")), [PLAIN]),
    Case(
        "at an address",
        calendar(event(START, END, "LOCATION:https://visio.test/lab")),
        [f"{PLAIN} online=https://visio.test/lab"],
    ),
]
