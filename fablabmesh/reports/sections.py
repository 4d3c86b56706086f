"""The figures in words, part by part, each with what it means and the list behind it: for the page and for the table
of a spreadsheet alike. Pure."""

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fablabmesh.curation.rules import LATE_AFTER
from fablabmesh.feeds.agenda import Wanted
from fablabmesh.feeds.slices import Choice, Slice
from fablabmesh.kit.i18n import day
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.places.rules import PlaceKind
from fablabmesh.reports.rules import SHOWN_PLACES, Count, Figures, Held, in_order, span

Cell = str | int | float | None


class Unit(enum.StrEnum):
    """What a number is of."""

    COUNT = "count"
    SHARE = "share"
    DAYS = "days"

    @property
    def label(self) -> str:
        return {Unit.COUNT: "", Unit.SHARE: _("part"), Unit.DAYS: _("jours")}[self]


@dataclass(frozen=True)
class Line:
    """A figure and that of the year before. `address` and `before_address`: of the lists behind them."""

    label: str
    count: Count
    unit: Unit = Unit.COUNT
    address: str = ""
    before_address: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the report. `is_today`: what is known of today alone. `more`: lines for the spreadsheet only."""

    slug: str
    title: str
    lines: tuple[Line, ...]
    definition: str
    is_today: bool = False
    more: tuple[Line, ...] = ()
    names: tuple[Line, ...] = ()
    names_title: str = ""


@dataclass(frozen=True)
class Paths:
    """How the lists behind the figures are addressed. `agenda`: the canonical path of a part of the agenda."""

    places: Callable[[Mapping[str, str]], str]
    agenda: Callable[[str], str]
    place: Callable[[str], str]
    projects: str
    queue: str


@dataclass(frozen=True)
class Told:
    """What the words are made of, beside the figures."""

    zone: str  # « programme/zone »
    is_running: bool
    categories: Mapping[str, str]
    machines: Mapping[str, str]
    paths: Paths


def make_sections(figures: Figures, told: Told) -> list[Section]:
    """In the order of a report: what there is, what was done, who watched over it."""
    return [
        _places(figures, told),
        _movement(figures),
        _care(figures),
        _months(figures, told),
        _categories(figures, told),
        _holders(figures, told),
        _silent(figures, told),
        _projects(figures, told),
        _proposals(figures, told),
        _letter(figures),
        _machines(figures, told),
        _lacking(figures, told),
    ]


def _places(figures: Figures, told: Told) -> Section:
    programme, _slash, zone = told.zone.partition("/")
    shown = {"programme": programme if programme != "fablab" else "", "zone": zone}
    lines = []
    for kind in PlaceKind:
        # Lists are of today: they are behind the figures of the year that runs, and of no other.
        address = told.paths.places(shown | {"genre": kind.value}) if told.is_running else ""
        lines.append(Line(kind.plural, figures.kinds.get(kind.value, Count()), address=address))
    lines.append(Line(_("Ensemble"), figures.places, address=told.paths.places(shown) if told.is_running else ""))
    return Section(
        "lieux",
        _("Lieux en fin d’année"),
        tuple(lines),
        _(
            "Fiches publiées au 31 décembre (à ce jour pour l’année en cours), ni fermées pour de bon, ni archivées. "
            "Une fiche réunie à une autre compte avec celle qui reste, pour toutes les années."
        ),
    )


def _movement(figures: Figures) -> Section:
    moved = figures.movement
    names = {
        "new": _("Nouvelles fiches"),
        "imported": _("dont reprises d’une source"),
        "closed": _("Lieux fermés pour de bon"),
        "merged": _("Fiches réunies à une autre"),
        "archived": _("Fiches archivées"),
    }
    return Section(
        "mouvement",
        _("Ce qui a changé"),
        tuple(Line(label, moved.get(name, Count())) for name, label in names.items()),
        _(
            "D’après l’historique des fiches : la date de création ici, celle de la fermeture, celles des réunions et "
            "des archivages, même si la fiche en est sortie depuis."
        ),
    )


def _care(figures: Figures) -> Section:
    places, tended = figures.places, figures.movement.get("tended", Count())
    confirmed = figures.movement.get("confirmed", Count())
    return Section(
        "suivi",
        _("Des fiches suivies et confirmées"),
        (
            Line(_("Lieux dont quelqu’un s’occupe"), tended),
            Line(_("soit, parmi les lieux en fin d’année"), tended.share_of(places), Unit.SHARE),
            Line(_("Lieux confirmés dans l’année"), confirmed),
            Line(_("soit, parmi les lieux en fin d’année"), confirmed.share_of(places), Unit.SHARE),
        ),
        _(
            "Quelqu’un s’occupe d’un lieu s’il avait une équipe au 31 décembre (à ce jour pour l’année en cours) ; "
            "il est confirmé si quelqu’un a dit dans l’année que sa fiche est juste."
        ),
    )


def _agenda(told: Told, first: date, end: date, *, category: str = "", place: str = "") -> str:
    """The dates from one day to the eve of another."""
    choice = Choice(
        zones=() if place else (told.zone,),
        categories=(category,) if category else (),
        places=(place,) if place else (),
    )
    return told.paths.agenda(Wanted(Slice((choice,)), since=first, until=end - timedelta(days=1)).to_path())


def _of_year(told: Told, count: Count, label: str, year: int, *, category: str = "", place: str = "") -> Line:
    """A line whose numbers lead to the dates of their years; a zero leads nowhere."""
    now, before = (
        _agenda(told, *(each.date() for each in span(of)), category=category, place=place) for of in (year, year - 1)
    )
    return Line(label, count, address=now if count.now else "", before_address=before if count.before else "")


def _months(figures: Figures, told: Told) -> Section:
    lines = []
    for month, count in sorted(figures.months.items()):
        firsts = [date(year, month, 1) for year in (figures.year, figures.year - 1)]
        now, before = (_agenda(told, first, _after(first)) for first in firsts)
        name = day(firsts[0], "LLLL").capitalize()
        lines.append(Line(name, count, address=now if count.now else "", before_address=before if count.before else ""))
    lines.append(_of_year(told, figures.dates, _("Dans l’année"), figures.year))
    lines.append(Line(_("Annulés, en plus"), figures.cancelled))
    return Section(
        "mois",
        _("Rendez-vous par mois"),
        tuple(lines),
        _(
            "Chaque date d’une série compte pour elle-même, au mois où elle commence à l’heure du lieu ; ce que "
            "plusieurs lieux tiennent ensemble compte une fois. Les listes montrent aussi ce qui est annulé, et ce qui "
            "a commencé avant."
        ),
    )


def _after(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _categories(figures: Figures, told: Told) -> Section:
    known = [slug for slug in told.categories if slug in figures.categories]
    order = sorted(known, key=lambda slug: -(figures.categories[slug].now or 0))
    return Section(
        "genres",
        _("Rendez-vous par genre"),
        tuple(
            _of_year(told, figures.categories[slug], told.categories[slug], figures.year, category=slug)
            for slug in order
        ),
        _("Les mêmes dates, sans ce qui est annulé, par genre de rendez-vous."),
    )


def _holders(figures: Figures, told: Told) -> Section:
    lines = [_of_year(told, each.dates, each.name, figures.year, place=each.slug) for each in in_order(figures.held)]
    return Section(
        "organisateurs",
        _("Les lieux qui ont tenu le plus de rendez-vous"),
        tuple(lines[:SHOWN_PLACES]),
        _(
            "Les mêmes dates, par lieu, seul ou avec d’autres : ce qui est tenu à deux compte pour chacun. La page en "
            "montre %(num)s, le tableau les a tous.",
            num=SHOWN_PLACES,
        ),
        more=tuple(lines[SHOWN_PLACES:]),
    )


def _silent(figures: Figures, told: Told) -> Section:
    return Section(
        "sans",
        _("Les lieux sans rendez-vous"),
        (Line(_("Lieux qui n’en ont tenu aucun"), Count(len(figures.silent), figures.silent_before)),),
        _("Les lieux en fin d’année qui n’ont tenu, ni seuls ni avec d’autres, aucune date dans l’année."),
        names=tuple(_named(each, told) for each in figures.silent),
        names_title=_("Leurs noms :"),
    )


def _named(each: Held, told: Told) -> Line:
    return Line(each.name, each.dates, address=told.paths.place(each.slug))


def _projects(figures: Figures, told: Told) -> Section:
    begun, finished = (figures.projects.get(name, Count()) for name in ("begun", "finished"))
    within, across = (figures.partnerships.get(name, Count()) for name in ("within", "across"))
    address = told.paths.projects if told.is_running else ""
    return Section(
        "projets",
        _("Projets et partenariats"),
        (
            Line(_("Projets commencés"), begun, address=address if begun.now else ""),
            Line(_("Projets terminés"), finished),
            Line(_("Partenariats entre lieux de la zone"), within),
            Line(_("Partenariats avec d’autres zones"), across),
        ),
        _(
            "Projets publiés qu’un lieu de la zone porte, à la date où ils ont été proposés ou dits terminés ; "
            "demandes de partenariat acceptées dans l’année, que le projet soit porté ici ou rejoint d’ici."
        ),
    )


def _proposals(figures: Figures, told: Told) -> Section:
    counts = {name: figures.proposals.get(name, Count()) for name in ("received", "accepted", "refused", "late")}
    address = told.paths.queue
    return Section(
        "moderation",
        _("Propositions et signalements"),
        (
            Line(_("Reçus"), counts["received"]),
            Line(_("Acceptés"), counts["accepted"], address=address if counts["accepted"].now else ""),
            Line(_("Refusés"), counts["refused"], address=address if counts["refused"].now else ""),
            Line(_("Jours jusqu’à la décision (médiane)"), figures.proposals.get("median", Count()), Unit.DAYS),
            Line(_("En retard"), counts["late"]),
        ),
        _(
            "Ce qui est passé par la file de modération de la zone, à la date où c’est arrivé, ou à celle de la "
            "décision ; en retard, ce qui a attendu plus de %(days)s jours. La moitié des décisions a pris moins de "
            "temps que la médiane.",
            days=LATE_AFTER.days,
        ),
    )


def _letter(figures: Figures) -> Section:
    return Section(
        "lettre",
        _("La lettre hebdomadaire de la zone"),
        (
            Line(_("Personnes abonnées, à ce jour"), Count(figures.subscribers, None)),
            Line(_("dont abonnées dans l’année"), figures.subscribed),
        ),
        _("Adresses confirmées, abonnées à l’agenda de toute la zone ; de qui se désabonne, rien n’est gardé."),
    )


def _machines(figures: Figures, told: Told) -> Section:
    programme, _slash, zone = told.zone.partition("/")
    shown = {"programme": programme if programme != "fablab" else "", "zone": zone}
    order = sorted(figures.machines, key=lambda code: (-figures.machines[code], told.machines.get(code, code)))
    return Section(
        "machines",
        _("Les machines de la zone"),
        tuple(
            Line(
                told.machines.get(code, code),
                Count(figures.machines[code], None),
                address=told.paths.places(shown | {"machine": code}),
            )
            for code in order
        ),
        _(
            "Lieux qui annoncent à ce jour au moins une machine de ce type ; un type comprend ceux, plus précis, qu’il "
            "rassemble. Ce qu’il en était un an avant n’est pas gardé."
        ),
        is_today=True,
    )


def _lacking(figures: Figures, told: Told) -> Section:
    return Section(
        "manques",
        _("Ce qu’aucun lieu de la zone n’annonce"),
        tuple(
            Line(
                told.machines.get(code, code),
                Count(figures.elsewhere[code], None),
                address=told.paths.places({"machine": code}),
            )
            for code in figures.lacking
        ),
        _("Types de machines que des lieux d’autres zones annoncent à ce jour, avec le nombre de ces lieux."),
        is_today=True,
    )


def to_rows(sections: Sequence[Section], year: int) -> list[list[Cell]]:
    """The same for a spreadsheet, with all places and with what each figure means."""
    rows: list[list[Cell]] = [
        [_("Rubrique"), _("Chiffre"), str(year), str(year - 1), _("Unité"), _("Ce que c’est")],
    ]
    for section in sections:
        for line in (*section.lines, *section.more, *section.names):
            count = line.count
            numbers = [_short(count.now), _short(count.before)]
            rows.append([section.title, line.label, *numbers, line.unit.label, section.definition])
    return rows


def _short(number: float | None) -> Cell:
    """With no more of it than one can read."""
    if number is None or isinstance(number, int):
        return number
    short = round(number, 4)
    return int(short) if short.is_integer() else short
