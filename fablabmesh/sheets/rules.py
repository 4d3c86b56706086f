"""How much a page may hold, and which vocabulary its columns are in. Pure."""

from dataclasses import dataclass

from fablabmesh.terms.rules import Vocabulary

MOST_PICTURES = 8
MOST_MACHINES = 60
MOST_PEOPLE = 20
MOST_CLOSURES = 10

VOCABULARIES = {
    "services": Vocabulary.SERVICE,
    "audiences": Vocabulary.AUDIENCE,
    "accessibility": Vocabulary.ACCESSIBILITY,
    "fees": Vocabulary.FEE,
    "support": Vocabulary.SUPPORT,
    "labels": Vocabulary.LABEL,
}


@dataclass(frozen=True)
class Caption:
    """What a photograph that is there is told as. `id`: its row."""

    id: int
    text: str
    credit: str
