"""What the demonstration is made of: invented people, places, events and projects. Pure data, nothing real.

Mail addresses end in .invalid, which RFC 2606 keeps from ever existing.
"""

from dataclasses import dataclass
from datetime import time

from fablabmesh.places.rules import PlaceKind


@dataclass(frozen=True)
class Person:
    """An invented manager and the invented place they look after."""

    email: str
    name: str
    place: str


@dataclass(frozen=True)
class Spot:
    """An invented place, put down in the middle of a real commune and nowhere else."""

    key: str
    name: str
    kind: PlaceKind
    commune: str
    insee: str
    postcode: str
    description: str
    opening_hours: str = ""


@dataclass(frozen=True)
class Meeting:
    """An invented event: so many days from the day the demonstration is set up."""

    place: str
    title: str
    category: str
    in_days: int
    starts: time | None = None
    ends: time | None = None
    description: str = ""
    cancelled: str = ""


@dataclass(frozen=True)
class Plan:
    """An invented project and what became of the labs that asked to join."""

    lead: str
    title: str
    summary: str
    description: str
    seeks: str
    accepted: tuple[tuple[str, str], ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()


PEOPLE = (
    Person("camille@demonstration.invalid", "Camille Exemple", "atelier"),
    Person("dominique@demonstration.invalid", "Dominique Exemple", "fabrique"),
    Person("sacha@demonstration.invalid", "Sacha Exemple", "case"),
)

PLACES = (
    Spot(
        "atelier",
        "Atelier des Essais",
        PlaceKind.FABLAB,
        "Rennes",
        "35238",
        "35000",
        "Un lab **inventé** pour essayer le site : découpe laser, impression 3D et couture y sont imaginaires.",
        "Tu-Fr 14:00-19:00; Sa 10:00-17:00",
    ),
    Spot(
        "fabrique",
        "Fabrique Imaginaire",
        PlaceKind.FABLAB,
        "Saint-Étienne",
        "42218",
        "42000",
        "Un second lab **inventé**, pour essayer les projets à plusieurs.",
        "We-Sa 10:00-18:00",
    ),
    Spot(
        "case",
        "La Case à Essais",
        PlaceKind.EPN,
        "Saint-Denis",
        "97411",
        "97400",
        "Un espace public numérique **inventé** de l’outre-mer, pour voir les heures de La Réunion.",
        "Mo-Fr 09:00-17:00",
    ),
)

EVENTS = (
    Meeting("atelier", "Initiation à la découpe laser", "initiation", 6, time(18), time(20, 30),
            "Deux heures pour préparer un fichier et repartir avec un objet.\n\n- huit places\n- venez avec une idée"),
    Meeting("atelier", "Portes ouvertes de l’atelier", "portes-ouvertes", 19),
    Meeting("atelier", "Réparer ensemble", "atelier", 12, time(14), time(17),
            "Petits appareils et vêtements.", cancelled="L’animation est souffrante ; une autre date viendra."),
    Meeting("atelier", "Rencontre des labs de la zone", "rencontre-inter-labs", -20, time(10), time(16)),
    Meeting("fabrique", "Formation de tuteur·trices", "formation-tuteurs", 9, time(9), time(17),
            "Une journée pour celles et ceux qui accueillent des forgeurs et forgeuses numériques."),
    Meeting("fabrique", "Nuit du prototype", "atelier", 33, time(19), time(23, 59)),
    Meeting("case", "Premiers pas avec un ordinateur", "formation", 4, time(9), time(11, 30)),
    Meeting("case", "Comité de pilotage", "comite-de-pilotage", 26, time(15), time(16, 30)),
)  # fmt: skip

PROJECTS = (
    Plan(
        "atelier",
        "Une fraiseuse à bois en plans ouverts",
        "Concevoir ensemble une petite fraiseuse que chaque lab puisse construire pour moins de mille euros.",
        "Les plans sont à moitié prêts. Il reste à **éprouver la broche** et à écrire la notice.",
        "Un lab qui sache usiner l’aluminium, et quelqu’un pour rédiger la notice.",
        accepted=(("fabrique", "Nous avons une fraiseuse et de l’aluminium."),),
    ),
    Plan(
        "fabrique",
        "Mallette de médiation pour les écoles",
        "Une mallette qui voyage, avec de quoi fabriquer un petit robot en une demi-journée.",
        "La première mallette existe ; il en faut cinq, et des retours de terrain.",
        "Des lieux qui accueillent des classes.",
        waiting=(("atelier", "Nous recevons trois classes par mois."),),
    ),
)
