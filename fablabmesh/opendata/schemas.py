"""The national schema of places of digital mediation: fields of v0.1, closed lists of v1.0.2, and the way from one to
the other. Facts only; reading and checking of cells are elsewhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fablabmesh.kit.text import fold


@dataclass(frozen=True)
class Field:
    """A column of the schema. `several`: many values in one cell."""

    name: str
    is_required: bool = False
    pattern: re.Pattern[str] | None = None
    several: bool = False


INSEE: Final = re.compile(r"([013-9]\d|2[AB1-9])\d{3}")
POSTCODE: Final = re.compile(r"\d{5}")
PHONE: Final = re.compile(r"\+(?:33|590|594|262|596|269|687|689|508|681)\d{6,9}")

V0_1: Final = (
    Field("id", is_required=True),
    Field("pivot", is_required=True, pattern=re.compile(r"[a-zA-Z0-9]{9,14}")),
    Field("nom", is_required=True),
    Field("commune", is_required=True),
    Field("code_postal", is_required=True, pattern=POSTCODE),
    Field("code_insee", pattern=INSEE),
    Field("adresse", is_required=True),
    Field("complement_adresse"),
    Field("latitude"),
    Field("longitude"),
    Field("cle_ban"),
    Field("typologie", several=True),
    Field("telephone", pattern=PHONE),
    Field("courriel"),
    Field("site_web", several=True),
    Field("horaires"),
    Field("presentation_resume"),
    Field("presentation_detail"),
    Field("source"),
    Field("structure_parente"),
    Field("date_maj", is_required=True),
    Field("services", is_required=True, several=True),
    Field("publics_accueillis", several=True),
    Field("conditions_acces", several=True),
    Field("labels_nationaux", several=True),
    Field("labels_autres", several=True),
    Field("modalites_accompagnement", several=True),
    Field("accessibilite"),
    Field("prise_rdv"),
)

# Columns of v1.0.2 that v0.1 does not have under that name. Those that became two are read as the one they were.
V1_0_2_RENAMED: Final = {
    "courriels": "courriel",
    "frais_a_charge": "conditions_acces",
    "fiche_acces_libre": "accessibilite",
    "autres_formations_labels": "labels_autres",
    "dispositif_programmes_nationaux": "labels_nationaux",
    "publics_specifiquement_adresses": "publics_accueillis",
    "prise_en_charge_specifique": "prise_en_charge",
    "formations_labels": "labels_nationaux",
}
V1_0_2_NEW: Final = ("itinerance", "modalites_acces")
KNOWN_COLUMNS: Final = frozenset(
    [field.name for field in V0_1] + list(V1_0_2_RENAMED) + list(V1_0_2_RENAMED.values()) + list(V1_0_2_NEW)
)

# `;` in v0.1, `|` in v1.0.2.
SEPARATORS: Final = re.compile(r"[;|]")

SERVICES: Final = (
    "Aide aux démarches administratives",
    "Maîtrise des outils numériques du quotidien",
    "Insertion professionnelle via le numérique",
    "Utilisation sécurisée du numérique",
    "Parentalité et éducation avec le numérique",
    "Loisirs et créations numériques",
    "Compréhension du monde numérique",
    "Accès internet et matériel informatique",
    "Acquisition de matériel informatique à prix solidaire",
)
AUDIENCES: Final = (
    "Jeunes",
    "Étudiants",
    "Familles et/ou enfants",
    "Seniors",
    "Femmes",
    "Surdité",
    "Handicaps moteurs",
    "Handicaps mentaux",
    "Illettrisme",
    "Langues étrangères (anglais)",
    "Langues étrangères (autres)",
    "Déficience visuelle",
)
# What v1.0.2 keeps in a column of its own, `prise_en_charge_specifique`.
SPECIAL_CARE: Final = frozenset(AUDIENCES[5:])
FEES: Final = ("Gratuit", "Gratuit sous condition", "Payant")
SUPPORT: Final = ("En autonomie", "Accompagnement individuel", "Dans un atelier collectif", "À distance")

# v0.1 → v1.0.2. The services follow what national converters do; « créer », « citoyenneté », « entreprise » are ours.
_SERVICES_BEFORE: Final = {
    "Devenir autonome dans les démarches administratives": (0,),
    "Réaliser des démarches administratives avec un accompagnement": (0,),
    "Accompagner les démarches de santé": (0,),
    "Prendre en main un smartphone ou une tablette": (1,),
    "Prendre en main un ordinateur": (1,),
    "Utiliser le numérique au quotidien": (1,),
    "Favoriser mon insertion professionnelle": (2,),
    "Créer et développer mon entreprise": (2,),
    "Approfondir ma culture numérique": (3, 5, 6),
    "Soutenir la parentalité et l'éducation avec le numérique": (4,),
    "Créer avec le numérique": (5,),
    "Promouvoir la citoyenneté numérique": (6,),
    "Accéder à une connexion internet": (7,),
    "Accéder à du matériel": (7,),
    "S'équiper en matériel informatique": (8,),
}
# An empty tuple: known, and without an equivalent in v1.0.2.
_AUDIENCES_BEFORE: Final = {
    "Seniors (+ 65 ans)": ("Seniors",),
    "Familles/enfants": ("Familles et/ou enfants",),
    "Adultes": (),
    "Jeunes (16-26 ans)": ("Jeunes",),
    "Public langues étrangères": ("Langues étrangères (autres)",),
    "Handicaps psychiques": (),
    "Uniquement femmes": ("Femmes",),
    "Personnes en situation d'illettrisme": ("Illettrisme",),
}
_FEES_BEFORE: Final = {"Adhésion": ("Payant",), "Accepte le Pass numérique": ()}
_SUPPORT_BEFORE: Final = {
    "Seul": ("En autonomie",),
    "Avec de l'aide": ("Accompagnement individuel",),
    "Dans un atelier": ("Dans un atelier collectif",),
    "A ma place": (),
}


def _key(value: str) -> str:
    """What identifies a value of a closed list: the words before « : », however the apostrophe is written."""
    return value.split(" : ")[0].replace("’", "'").strip().casefold()


def _words(labels: tuple[str, ...], before: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    own = {_key(label): (label,) for label in labels}
    return own | {_key(value): became for value, became in before.items()}


_WORDS: Final = {
    "services": _words(
        SERVICES,
        {value: tuple(SERVICES[number] for number in now) for value, now in _SERVICES_BEFORE.items()},
    ),
    "audiences": _words(AUDIENCES, _AUDIENCES_BEFORE),
    "fees": _words(FEES, _FEES_BEFORE),
    "support": _words(SUPPORT, _SUPPORT_BEFORE),
}
_ORDER: Final = {"services": SERVICES, "audiences": AUDIENCES, "fees": FEES, "support": SUPPORT}

# v0.1 → the name of v1.0.2; an empty one: known, and without an equivalent.
_LABELS_BEFORE: Final = {
    "CNFS": "Conseillers numériques",
    "Grandes écoles du numérique": "Grande école du numérique",
    "Point relais CAF": "Point d'accès numérique CAF",
    "Point numérique CAF": "Point d'accès numérique CAF",
    "SudLabs": "SUD LABS (PACA)",
    "APTIC": "",
    "Relais pôle emploi": "",
    "French Tech": "",
    "Campus connecté": "",
}


@dataclass(frozen=True)
class Translated:
    """Labels of v1.0.2 in the schema's order, and what was left behind."""

    labels: list[str]
    without_equivalent: list[str]
    unknown: list[str]


def split_values(cell: str) -> list[str]:
    """The values of one cell, in order, each once."""
    return list(dict.fromkeys(value for part in SEPARATORS.split(cell) if (value := part.strip())))


def translate(kind: str, cell: str) -> Translated:
    """Labels of v1.0.2 for a cell of either version. `kind`: services, audiences, fees or support."""
    labels: set[str] = set()
    gone: list[str] = []
    unknown: list[str] = []
    for value in split_values(cell):
        became = _WORDS[kind].get(_key(value))
        if became is None:
            unknown.append(value)
        elif not became:
            gone.append(value.split(" : ")[0])
        else:
            labels.update(became)
    return Translated([label for label in _ORDER[kind] if label in labels], gone, unknown)


def label_key(name: str) -> str:
    """What identifies a label, however its name is spaced, accented and quoted."""
    return re.sub(r"[^a-z0-9]", "", fold(name))


_LABEL_KEYS_BEFORE: Final = {label_key(name): label_key(became) for name, became in _LABELS_BEFORE.items()}


def translate_labels(cell: str, codes: Mapping[str, str]) -> Translated:
    """Codes of labels for a cell of either version. `codes`: by `label_key`, those of the vocabulary, in its order."""
    found: set[str] = set()
    gone: list[str] = []
    unknown: list[str] = []
    for value in split_values(cell):
        key = label_key(value)
        code = codes.get(_LABEL_KEYS_BEFORE.get(key, key)) or codes.get(key)
        if code is not None:
            found.add(code)
        elif key in _LABEL_KEYS_BEFORE:
            gone.append(value)
        else:
            unknown.append(value)
    return Translated([code for code in dict.fromkeys(codes.values()) if code in found], gone, unknown)
