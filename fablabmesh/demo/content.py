"""What the demonstration is made of: invented people, places, events and projects. Pure data, nothing real.

Mail addresses end in .invalid, which RFC 2606 keeps from ever existing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from typing import Any

from fablabmesh.coordination.rules import Contact
from fablabmesh.curation.rules import ProposalKind
from fablabmesh.demo.labs import LABS
from fablabmesh.demo.spaces import SPACES
from fablabmesh.events.rules import OnlineAccess, PriceKind
from fablabmesh.places.rules import ManagerRole, PlaceKind


@dataclass(frozen=True)
class Person:
    """An invented manager and the invented place they look after."""

    email: str
    name: str
    place: str
    role: ManagerRole = ManagerRole.MANAGER


@dataclass(frozen=True)
class Coordinator:
    """An invented person who coordinates zones, and there the invented places alone. `zones`: (programme, zone)."""

    email: str
    name: str
    zones: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Told:
    """News of an invented pole, so many days before the demonstration is set up."""

    title: str
    days_ago: int
    text: str
    is_published: bool = True


@dataclass(frozen=True)
class Meeting:
    """An invented event: so many days from the day the demonstration is set up.

    A series (`rule`: an RRULE) begins on the first `weekday` after them (0: Monday), and its `moved` and `called_off`
    dates are counted from 0. `words`: what else an event can say; `days`: how many a whole-day one lasts.
    """

    place: str
    title: str
    category: str
    in_days: int
    starts: time | None = None
    ends: time | None = None
    description: str = ""
    cancelled: str = ""
    days: int = 1
    rule: str = ""
    weekday: int | None = None
    moved: int | None = None
    called_off: int | None = None
    partners: tuple[str, ...] = ()
    is_draft: bool = False
    words: Mapping[str, Any] = field(default_factory=dict)
    image: tuple[str, str] | None = None  # a file of `data`, and what it shows


@dataclass(frozen=True)
class Said:
    """What an invented visitor said of an invented place, or of an event (`about`: its title) or project of it."""

    place: str
    kind: ProposalKind
    message: str
    about: str = ""
    known_by: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    days_ago: int = 1


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

# Whoever writes for a place without looking after it: in the zone of the invented coordinator, their words wait.
EDITORS = (Person("alix@demonstration.invalid", "Alix Exemple", "atelier", ManagerRole.EDITOR),)

COORDINATORS = (
    Coordinator("maxence@demonstration.invalid", "Maxence Exemple", (("fablab", "ouest"), ("epn", "ouest"))),
)

# What the invented pole says in the zones of the invented coordinator.
POLE = {
    "presentation": "Le pôle Ouest (inventé) relie les ateliers de la zone : une visite par an dans chaque lieu, une "
    "journée commune au printemps, et une **réserve de machines** que l’on se prête.\n\n"
    "- des conseils pour ouvrir un lieu\n- des formations entre pairs\n- un prêt de matériel",
    "seeks": "Un lieu qui accueille la journée de printemps, et deux personnes qui savent entretenir une brodeuse.",
}
CONTACTS = (
    Contact("Animation du réseau", text="Le mardi et le jeudi", email="pole-ouest@demonstration.invalid"),
    Contact("Collectivités", text="Ouvrir ou soutenir un lieu", email="collectivites@demonstration.invalid"),
)
NEWS = (
    Told("Le prêt de machines est ouvert", 24, "La **découpe vinyle** et le scanner 3D se prêtent trois semaines."),
    Told(
        "Journée de printemps : le programme",
        9,
        "Huit ateliers se présentent.\n\n- matin : visites\n- après-midi : réparation",
    ),
    Told("Compte rendu de la réunion des fabmanagers", 2, "Nous avons parlé du financement et des horaires communs."),
    Told("Appel à témoignages", 0, "Brouillon : à relire avant de publier.", is_published=False),
)

# Who would like to look after which place that has nobody, and what they say.
CLAIMS = (
    ("case", "phare", "J’anime l’atelier du mercredi ; mon nom est sur la porte, et la mairie peut le confirmer."),
)

PLACES = (*LABS, *SPACES)

EVENTS = (
    Meeting("atelier", "Initiation à la découpe laser", "initiation", 6, time(18), time(20, 30),
            "Deux heures pour préparer un fichier et repartir avec un objet.\n\n- huit places\n- venez avec une idée",
            image=("decoupe.png", "Trois roues dentées en contreplaqué sous le faisceau d’une découpe laser (dessin)")),
    Meeting("atelier", "Portes ouvertes de l’atelier", "portes-ouvertes", 19),
    Meeting("atelier", "Réparer ensemble", "atelier", 12, time(14), time(17),
            "Petits appareils et vêtements.", cancelled="L’animation est souffrante ; une autre date viendra."),
    Meeting("atelier", "Rencontre des labs de la zone", "rencontre-inter-labs", -20, time(10), time(16)),
    Meeting("fabrique", "Formation de tuteur·trices", "formation-tuteurs", 9, time(9), time(17),
            "Une journée pour celles et ceux qui accueillent des forgeurs et forgeuses numériques."),
    Meeting("fabrique", "Nuit du prototype", "atelier", 33, time(19), time(23, 59)),
    Meeting("case", "Premiers pas avec un ordinateur", "formation", 4, time(9), time(11, 30)),
    Meeting("case", "Comité de pilotage", "comite-de-pilotage", 26, time(15), time(16, 30)),
    Meeting("atelier", "Atelier libre", "atelier", 1, time(18), time(20, 30),
            "Les machines sont à vous, avec quelqu’un pour aider.",
            rule="FREQ=WEEKLY;BYDAY=TU,TH", weekday=1, moved=2, called_off=4,
            words={"price_kind": PriceKind.MEMBERSHIP, "tags": ["découpe laser", "impression 3D"], "capacity": 12,
                   "audience": "À partir de 14 ans", "accessibility": "De plain-pied, une table réglable en hauteur"}),
    Meeting("atelier", "Couture du samedi", "atelier", 3, time(10), time(12, 30),
            "Ourlets, fermetures, et une surjeteuse à apprivoiser.",
            rule="FREQ=MONTHLY;BYDAY=2SA", partners=("fabrique",),
            words={"price_kind": PriceKind.FREE, "tags": ["couture", "réparation"]}),
    Meeting("fabrique", "Café réparation", "atelier", 5, time(17), time(20),
            "On répare, on boit un café, on apprend.", rule="FREQ=MONTHLY;BYDAY=-1FR",
            words={"price_kind": PriceKind.FREE, "tags": ["réparation"],
                   "venue_text": "Maison de quartier imaginaire, 1 rue des Essais, 42000 Saint-Étienne",
                   "venue_latitude": 45.434, "venue_longitude": 4.39}),
    Meeting("fabrique", "Rencontre en ligne des forgeurs et forgeuses numériques", "reunion-thematique", 2,
            time(12, 30), time(13, 30), "Une heure pour se dire ce qui marche et ce qui coince.",
            rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", weekday=2,
            words={"online_access": OnlineAccess.PUBLIC, "online_url": "https://visio.invalid/forge",
                   "tags": ["forgeur numérique"]}),
    Meeting("fabrique", "Résidence : le bois autrement", "rencontre-inter-labs", 40, days=3, partners=("atelier",),
            description="Trois jours, trois labs, une machine à inventer.",
            words={"price_kind": PriceKind.AMOUNT, "price_amount": Decimal("35.00"), "capacity": 15,
                   "registration_url": "https://inscription.invalid/residence", "tags": ["bois"]}),
    Meeting("case", "Permanence numérique", "initiation", 0, time(9), time(11),
            "Sans rendez-vous : messagerie, démarches, téléphone.", rule="FREQ=WEEKLY;BYDAY=MO,WE", weekday=0,
            words={"price_kind": PriceKind.FREE, "tags": ["démarches en ligne"]}),
    Meeting("atelier", "Fête de l’atelier", "portes-ouvertes", 60, time(15), time(22),
            "À confirmer avec la mairie.", is_draft=True),
)  # fmt: skip

# Written by the editors.
WAITING_EVENTS = (
    Meeting("atelier", "Fabriquer un nichoir", "atelier", 15, time(14), time(17),
            "Une après-midi pour scier, percer et assembler.\n\nLe bois est fourni.",
            words={"price_kind": PriceKind.FREE, "audience": "En famille, dès 7 ans", "tags": ["bois"]}),
    Meeting("atelier", "Soirée jeux de société", "portes-ouvertes", 22, time(20), time(23)),
)  # fmt: skip
WAITING_PROJECTS = (
    Plan(
        "atelier",
        "Un four solaire pour la cour",
        "Bâtir un four solaire avec le quartier, et en publier les plans.",
        "Une première maquette tient debout ; il manque le verre et un peu de soleil.",
        "Du verre de récupération, et un lab qui sait plier la tôle.",
    ),
)
SAID = (
    Said("atelier", ProposalKind.MISSING, "Il vient d’ouvrir dans l’ancienne école.", known_by="J’y suis allé·e hier.",
         values={"name": "Atelier partagé imaginaire", "kind": PlaceKind.FABLAB, "address": "3 rue des Essais",
                 "summary": "Un atelier de quartier, inventé pour la démonstration."}, days_ago=3),
    Said("atelier", ProposalKind.CORRECTION, "Le numéro a changé cet été.", known_by="C’est écrit sur la porte.",
         values={"phone": "02 99 00 00 00"}, days_ago=20),
    Said("atelier", ProposalKind.OTHER, "La rampe d’accès est en travaux jusqu’au printemps.", days_ago=5),
    Said("atelier", ProposalKind.CLOSED, "On m’a dit au téléphone que c’était annulé.",
         about="Initiation à la découpe laser", days_ago=1),
    Said("atelier", ProposalKind.ABUSE, "Le texte vante une marque de machines.",
         about="Une fraiseuse à bois en plans ouverts", days_ago=2),
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
